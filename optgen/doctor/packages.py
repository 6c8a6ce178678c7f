"""Python and the packages that optgen uses, from their metadata: only what is to be tried is imported."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from .finding import Finding, State

_USES = {
    "sympy": "equations",
    "jinja2": "templates of code",
    "mpmath": "verification at 50 digits",
    "numpy": "references",
    "torch": "optimizers",
    "triton": "kernels",
    "numba": "the path on CPUs",
    "typer": "the command line",
    "rich": "tables",
    "filelock": "builds",
    "matplotlib": "optgen docs, optgen try --png",
    "plotext": "drawings of optgen try",
    "pygments": "optgen docs",
    "latex2mathml": "optgen docs",
    "markdown-it-py": "optgen docs",
    "pybtex": "optgen docs",
    "watchfiles": "optgen build --watch",
}
_EXTRAS = {name: "docs" for name, use in _USES.items() if use.startswith(("optgen docs", "drawings"))} | {
    "watchfiles": "watch"
}
_REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+)\s*([^;]*)(?:;\s*extra == [\"'](\w+)[\"'])?")
_CONDITION = re.compile(r"(>=|<=|==|<|>)\s*([\w.]+)")


def python() -> Finding:
    """The interpreter."""
    right = sys.version_info >= (3, 11)
    advice = "" if right else "install Python 3.11 or newer"
    return Finding("Python", State.OK if right else State.WRONG, True, platform.python_version(), "everything", advice)


def packages() -> Iterator[Finding]:
    """Optgen itself, and what it declares that it needs, in the order of its declaration."""
    import optgen

    yield Finding("optgen", State.OK, True, optgen.__version__, "")
    try:
        declared = metadata.requires("optgen") or []
    except metadata.PackageNotFoundError:
        advice = "install optgen, as in pip install -e . in its folder"
        yield Finding("package optgen", State.MISSING, False, "", "versions of what it needs", advice)
        return
    seen: set[str] = set()
    for text in declared:
        found = _REQUIREMENT.match(text)
        if found and found[3] in (None, "docs", "watch") and found[1].lower() not in seen | {"optgen"}:
            seen.add(found[1].lower())
            yield _package(found[1].lower(), found[2].strip(), found[3] or "")
    for name, extra in _EXTRAS.items():  # an installation in place may have been declared before they were
        if name not in seen:
            yield _package(name, "", extra)


def _package(name: str, conditions: str, extra: str) -> Finding:
    """A package against the versions that are asked for."""
    use = _USES.get(name, "")
    wanted = f"'{name}{conditions}'" if conditions else name
    how = f"pip install 'optgen[{extra}]'" if extra else f"pip install {wanted}"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, State.MISSING, not extra, "", use, how)
    right = all(_holds(version, sign, bound) for sign, bound in _CONDITION.findall(conditions))
    return Finding(name, State.OK if right else State.WRONG, not extra, version, use, "" if right else how)


def _holds(version: str, sign: str, bound: str) -> bool:
    a, b = _numbers(version), _numbers(bound)
    return {">=": a >= b, "<=": a <= b, "==": a == b, "<": a < b, ">": a > b}[sign]


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a release: those of `2.11.0+cu126` are 2 and 11, as zeros at the end say nothing."""
    found = [int(n) for n in re.findall(r"\d+", re.split(r"[+a-z]", version)[0])]
    while found and not found[-1]:
        found.pop()
    return tuple(found)
