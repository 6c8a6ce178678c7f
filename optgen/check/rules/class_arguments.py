"""What `arg=` names is an argument of the torch class: an identifier that nothing else has."""

from collections.abc import Iterator

from optgen.check.declared import default_place
from optgen.check.reserved import FLAG, HYPER, reason_against
from optgen.problems import Problem
from optgen.spec.model import Flag, HyperParameter, Spec


def check(spec: Spec) -> Iterator[Problem]:
    """Find arguments that are no names, or taken."""
    symbols: list[HyperParameter | Flag] = [*spec.hypers, *spec.flags]
    names = {symbol.name: symbol for symbol in symbols}
    flags: dict[str, str] = {}
    for symbol in symbols:
        arg: object = symbol.arg
        place = default_place(spec, symbol.name, symbol.location, "arg")
        if arg == "":
            continue
        kind = FLAG if isinstance(symbol, Flag) else HYPER
        if not isinstance(arg, str) or not arg.isidentifier():
            yield Problem(place, f"{arg!r} is no name of an argument", f'write arg="{symbol.name}"')
        elif arg in names and names[arg] is not symbol:
            yield Problem(place, f"{arg} is a symbol of its own", "choose another argument")
        elif reason_against(arg, kind) and arg != "betas":
            yield Problem(place, f"{arg} is {reason_against(arg, kind)}", "choose another argument")
        elif arg in flags and (kind == FLAG or flags[arg] == FLAG):
            yield Problem(place, f"{arg} is given twice, and a flag makes no tuple", "choose another argument")
        if isinstance(arg, str):
            flags.setdefault(arg, kind)
