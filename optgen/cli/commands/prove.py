"""`optgen prove`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optgen.build.errors import CommandError
from optgen.build.folders import find_specs
from optgen.cli.complete import complete_all_names
from optgen.cli.guard import FAILED
from optgen.cli.options import Json, Specs
from optgen.cli.progress import watcher
from optgen.cli.specs import load_own_or_shipped, load_specs
from optgen.cli.streams import only_results, say, say_json, say_laid_out, tell

if TYPE_CHECKING:
    from optgen.prove import Verdict
    from optgen.prove.sides import Statement

EXAMPLES = (
    ("optgen prove", "every relation"),
    ("optgen prove foo", "those about one"),
    ("optgen prove foo --equals bar", "the same steps?"),
    ("optgen prove foo --with eps=0 --equals bar", "without eps?"),
    ("optgen prove foo --equals bar --right a=1-b", "with a replaced?"),
    ("optgen prove foo --equals 'bar[w - lr*v]'", "shifted?"),
    ("optgen prove foo --equals foo --left g=c*g --positive c", "any scale?"),
)

_Changes = list[str] | None


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME[X]",
            help="An optimizer; with [X], a value of it.",
            show_default="all",
            autocompletion=complete_all_names,
        ),
    ] = None,
    equals: Annotated[
        str | None,
        typer.Option(metavar="NAME[X]", help="What it is claimed to be equal to.", autocompletion=complete_all_names),
    ] = None,
    with_: Annotated[
        _Changes, typer.Option("--with", metavar="NAME=VALUE", help="Replace something on both sides.")
    ] = None,
    left: Annotated[_Changes, typer.Option(metavar="NAME=VALUE", help="Replace something of NAME only.")] = None,
    right: Annotated[_Changes, typer.Option(metavar="NAME=VALUE", help="Replace something of the other only.")] = None,
    given: Annotated[_Changes, typer.Option(metavar="CONDITION", help="What holds at each step.")] = None,
    positive: Annotated[_Changes, typer.Option(metavar="NAME", help="A positive number of your own.")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Only so many steps.", show_default="all")
    ] = None,
    json: Json = False,
    specs: Specs = None,
) -> None:
    """Prove by computer algebra that optimizers are related, for all gradients, states and hyper-parameters.

    That is, for all for which both sides are defined: nothing is said of where one of them divides by zero.

    Without --equals, what relations.py in the folder of specs states. Hyper-parameters of the same name are the same
    number on both sides, anywhere in their domain, and gradients are the same. A value may be an expression of
    hyper-parameters, of t, and of series: g=c*g. Hyper-parameters, flags, locals and the gradient can be replaced, and
    what the parameter and states start with. Names that the folder of specs has not are looked for among those that
    optgen ships.

    Exit code 1 where a relation is wrong, with numbers that show it, or where none was found either way.
    """
    folder = find_specs(specs)
    if equals is None:
        _need_equals(with_, left, right, given, positive, steps)
    with only_results():
        statements = (
            _stated(folder, name)
            if equals is None
            else [_asked(folder, name, equals, (with_, left, right, given, positive), steps)]
        )
        verdicts = _proved(statements)
    proved = all(verdict.proved for verdict in verdicts)
    if json:
        say_json({"proved": proved, "relations": [verdict.as_dict() for verdict in verdicts]})
    else:
        _show(verdicts, alone=equals is not None)
    if not proved:
        raise typer.Exit(FAILED)


def _need_equals(*options: object) -> None:
    if any(options):
        raise CommandError("there is nothing to compare with: name another optimizer with --equals")


def _stated(folder: Path, name: str | None) -> list[Statement]:
    """The relations that the folder states; only those about one where it is named."""
    from optgen.prove.load import load_relations
    from optgen.prove.sides import statement

    found = [statement(relation) for relation in load_relations(folder)]
    if name is None:
        return found
    about = [s for s in found if name in s.parts]
    if not about:
        load_specs(folder, [name])
        raise CommandError(f"no relation is about {name}: name another optimizer with --equals")
    return about


def _asked(folder: Path, name: str | None, equals: str, changes: tuple[_Changes, ...], steps: int | None) -> Statement:
    """The relation that the command line states."""
    from optgen.prove.asked import asked
    from optgen.prove.sides import statement

    if name is None:
        raise CommandError(f"name the optimizer that {equals} is claimed to be equal to")
    both, left, right, given, positive = (texts or () for texts in changes)
    relation = asked(
        (name, equals),
        lambda names: [spec for spec, _ in load_own_or_shipped(folder, names)],
        both=both,
        left=left,
        right=right,
        given=given,
        positive=positive,
        steps=steps,
    )
    return statement(relation)


def _proved(statements: list[Statement]) -> list[Verdict]:
    from optgen.prove import prove

    verdicts = []
    with watcher().task("proving", len(statements)) as done:
        for one in statements:
            verdicts.append(prove(one))
            done(one.name)
    return verdicts


def _show(verdicts: list[Verdict], *, alone: bool) -> None:
    from optgen.prove.report import failures, page, table

    if alone:
        say_laid_out(lambda _: page(verdicts[0]))
        return
    say_laid_out(lambda _: table(verdicts))
    wrong = failures(verdicts)
    if wrong:
        tell(wrong)
    failed = sum(not verdict.proved for verdict in verdicts)
    say(f"{len(verdicts) - failed} proved" + (f", {failed} not" if failed else ""))
