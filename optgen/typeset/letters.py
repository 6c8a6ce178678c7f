r"""Unicode for the LaTeX of a symbol: `\hat{m}` is m̂, `\beta_{1}` is β₁."""

from __future__ import annotations

import re
import unicodedata

from optgen.spec.tex import Nucleus, nucleus

_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_WORDS = {"infty": "∞", "prime": "′", "ell": "ℓ", "max": "max", "min": "min", "epsilon": "ϵ", "phi": "ϕ", "cdot": "·"}
_ACCENTED = re.compile(r"\\(hat|bar|tilde|dot|vec)\s*(?:\{([^{}]*)\}|(\\[A-Za-z]+|[A-Za-z]))")
_UPRIGHT = re.compile(
    r"\\(?:math(?:rm|it|bf|cal|bb|frak|sf|tt|scr)|text(?:rm|it|bf|sf|tt)?|operatorname|boldsymbol|bm)\s*\{([^{}]*)\}"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")

_LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvxβγρϕχ,", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ,")
_RAISED = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzβγδθ′,",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵝᵞᵟᶿ′,",
)


def text(tex: str) -> str:
    """LaTeX without scripts as Unicode; what is not known stays as it is."""
    tex = _UPRIGHT.sub(lambda found: found[1].replace("\\", ""), tex)
    tex = _ACCENTED.sub(lambda found: text(found[2] or found[3]) + _ACCENTS[found[1]], tex)
    tex = _COMMAND.sub(lambda found: _word(found[1]), tex)
    return re.sub(r"[{}\\]", "", tex).strip()


def _word(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {'LAMDA' if name.lower() == 'lambda' else name.upper()}")
    except KeyError:
        return name


def lowered(script: str) -> str:
    """A subscript; behind `_` where Unicode has no small letters for it."""
    small = script.translate(_LOWERED)
    return small if _changed(script, small) else f"_{script}"


def raised(script: str) -> str:
    """A superscript; empty where Unicode has no small letters for it."""
    small = script.replace(" ", "").translate(_RAISED)
    return small if _changed(script.replace(" ", ""), small) else ""


def _changed(script: str, small: str) -> bool:
    """Whether every letter has become another one."""
    return all(old != new or old in ",′" for old, new in zip(script, small, strict=True))


def symbol(found: Nucleus) -> str:
    """A symbol with its scripts, on one line."""
    sub = ",".join(text(index) for index in found.sub)
    sup = text(found.sup)
    above = (raised(sup) or f"^{sup}") if sup else ""
    # Time stands last, as it changes: ρ_max,t would be read as one word otherwise.
    return text(found.base) + (lowered(sub) if sub else "") + above


def plain(tex: str) -> str:
    """The symbol of a declaration, without a time."""
    return symbol(nucleus(tex))
