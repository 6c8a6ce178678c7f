"""`optgen prove` on the command line: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import run
from relation_text import HEAD, folder

from optgen.build.errors import CommandError
from optgen.cli.commands.prove import command
from optgen.problems import SpecError
from optgen.prove.load import load_relations
from optgen.prove.sides import statement

RELATIONS = (
    'relation("no momentum is plain", run(ball, mu=0) == run(plain))',
    'relation("the first step is plain", run(ball) == run(plain), steps=1)',
)


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    return folder(tmp_path, *RELATIONS)


def test_proved(specs: Path) -> None:
    done = run("prove", "ball", "--with", "mu=0", "--equals", "plain", "--specs", specs)
    assert done.returncode == 0
    assert "ball(mu=0) == plain" in done.stdout
    assert "proved for every step" in done.stdout
    assert "proving 1/1" in done.stderr


def test_wrong(specs: Path) -> None:
    done = run("prove", "ball", "--equals", "plain", "--specs", specs)
    assert done.returncode == 1
    assert "wrong" in done.stdout
    assert "left minus right, for the claim behind step 2:" in done.stdout
    assert "-g[1]*lr*mu" in done.stdout
    assert "step = 2" in done.stdout


def test_only_some_steps(specs: Path) -> None:
    done = run("prove", "ball", "--equals", "plain", "--steps", "1", "--specs", specs)
    assert done.returncode == 0
    assert "proved for the first step" in done.stdout


def test_sides_of_their_own_and_numbers_of_ones_own(specs: Path) -> None:
    done = run(
        *("prove", "rooted[v]", "--with", "eps=0", "--left", "g=c*g", "--positive", "c"),
        *("--equals", "rooted[c**2 * v]", "--json", "--specs", specs),
    )
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["proved"] is True
    [relation] = found["relations"]
    assert relation["left"] == "rooted(eps=0, g=g*c)[v]"
    assert relation["steps"] == "every"
    assert relation["counterexample"] == {}


def test_conditions_and_flags(specs: Path) -> None:
    done = run("prove", "bounded", "--equals", "plain", "--given", "absolute(g) <= top", "--specs", specs)
    assert done.returncode == 0
    done = run("prove", "ball", "--left", "ahead=on", "--with", "mu=0", "--equals", "ball", "--specs", specs)
    assert done.returncode == 0


def test_every_relation_of_a_folder(specs: Path) -> None:
    done = run("prove", "--specs", specs)
    assert done.returncode == 0
    assert "no momentum is plain" in done.stdout
    assert done.stdout.endswith("2 proved\n")
    found = json.loads(run("prove", "--json", "--specs", specs).stdout)
    assert [relation["name"] for relation in found["relations"]] == ["no momentum is plain", "the first step is plain"]


def test_a_wrong_relation_of_a_folder(tmp_path: Path) -> None:
    specs = folder(tmp_path, *RELATIONS, 'relation("no", run(ball) == run(plain))')
    done = run("prove", "--specs", "specs", cwd=specs.parent)
    assert done.returncode == 1
    assert done.stdout.endswith("2 proved, 1 not\n")
    line = HEAD.count("\n") + len(RELATIONS) + 1
    assert f"specs/relations.py:{line}: no: wrong" in done.stderr
    assert "they differ for:" in done.stderr


def test_relations_about_one_optimizer(tmp_path: Path) -> None:
    specs = folder(tmp_path, *RELATIONS, 'relation("scale", run(signed, g=c * g) == run(signed))')
    assert run("prove", "signed", "--specs", specs).stdout.endswith("1 proved\n")
    done = run("prove", "rooted", "--specs", specs)
    assert (done.returncode, done.stderr) == (
        2,
        "optgen: no relation is about rooted: name another optimizer with --equals\n",
    )


def test_relations_about_a_composition(tmp_path: Path) -> None:
    """It is found under the name that the file has for it."""
    specs = folder(tmp_path, *RELATIONS, "made = shrink(plain)", 'relation("same", run(made, rate=0) == run(plain))')
    done = run("prove", "made", "--specs", specs)
    assert done.stdout.endswith("1 proved\n"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bal", "--equals", "plain"], "there is no optimizer bal (did you mean ball?)"),
        (["ball", "--equals", "plan"], "there is no optimizer plan (did you mean plain?)"),
        (["nothing"], "there is no optimizer nothing"),
        (
            ["ball", "--with", "mmu=0", "--equals", "plain"],
            "--with mmu: neither ball nor plain has mmu (did you mean mu?)",
        ),
        (["ball", "--right", "mu=0", "--equals", "plain"], "--right mu: plain has no mu"),
        (["ball", "--left", "lrr=0", "--equals", "ball"], "--left lrr: ball has no lrr (did you mean lr?)"),
        (["ball", "--with", "mu", "--equals", "plain"], "--with mu: write name=value, as in --with eps=0"),
        (["ball", "--with", "mu=1+", "--equals", "plain"], "'1+' is no expression"),
        (["ball", "--with", "mu=sqr(2)", "--equals", "plain"], "there is no function sqr (did you mean sqrt?)"),
        (["ball", "--with", "mu='x'", "--equals", "plain"], "'x' is not understood"),
        (["ball", "--with", "ahead=3", "--equals", "plain"], "ahead of ball is a flag: write True or False"),
        (["ball", "--with", "mu=on", "--equals", "plain"], "mu of ball cannot be True, which is no number"),
        (["ball", "--with", "mu=c", "--equals", "plain"], "c is no series and no hyper-parameter of either side"),
        (["ball", "--with", "mu=mmu", "--equals", "plain"], "mmu is no series and no hyper-parameter of either side"),
        (["ball", "--positive", "mu", "--left", "lr=mu", "--equals", "ball"], "the number mu has the name of a hyper"),
        (["ball[c]", "--equals", "plain"], "c is no series and no hyper-parameter"),
        (["ball[b[t-2]]", "--equals", "plain"], "b is known at [t] and at [t-1]"),
        (["bounded[g]", "--equals", "bounded[h]"], "h is no series and no hyper-parameter of either side"),
        (["ball", "--steps", "2"], "there is nothing to compare with: name another optimizer with --equals"),
        (["--equals", "ball"], "name the optimizer that ball is claimed to be equal to"),
        (["ball", "--equals", "bounded[u]", "--given", "1 < 2"], "is no condition that anything depends on"),
    ],
)
def test_mistakes_on_the_command_line(arguments: list[str], message: str, specs: Path) -> None:
    with pytest.raises((CommandError, SpecError)) as error:
        _typed(arguments, specs)
    assert message in str(error.value)


def _typed(arguments: list[str], specs: Path) -> None:
    """Call the command as Typer does, without a process of its own."""
    named = not arguments[0].startswith("--")
    rest = arguments[named:]
    options: dict[str, list[str]] = {}
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        options.setdefault(option.removeprefix("--").replace("with", "with_"), []).append(value)
    given: dict[str, Any] = {**options, "specs": specs, "name": arguments[0] if named else None}
    if "equals" in options:
        given["equals"] = options["equals"][0]
    if "steps" in options:
        given["steps"] = int(options["steps"][0])
    command(**given)


def test_a_mistake_ends_the_command(specs: Path) -> None:
    done = run("prove", "bal", "--equals", "plain", "--specs", specs)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "optgen: there is no optimizer bal (did you mean ball?)\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('relation("it", run(bal) == run(plain))', "bal"),
        ('relation("it", run(ball, mmu=0) == run(plain))', "ball has no mmu (did you mean mu?)"),
        ('relation("it", run(ball, ahead=1) == run(plain))', "ahead of ball is a flag: write True or False"),
        ('relation("it", run(ball, mu="0") == run(plain))', "mu of ball cannot be '0'"),
        ('relation("it", run(ball) == plain)', "run(...) is compared with a Declaration: write run(...) on both sides"),
        ('relation("it", run(ball) == 3)', "run(...) is compared with a int"),
        ('relation("it", run(7) == run(plain))', "run(...) takes an optimizer or a form, and was given a int"),
        ('relation("it", run(ball))', "a relation claims run(...) == run(...), and was given a Run"),
        ('relation("it", run(ball) == run(plain), keeps={"c": b})', "ball has no state c"),
        ('relation("it", run(ball) == run(plain), keeps={"b": b})', "plain keeps no b"),
        ('relation("it", run(ball) == run(plain), steps=0)', "steps is 0 (claim one step at least)"),
        ('relation("it", run(ball) == run(plain), given=1 < 2)', "True is no condition that anything depends on"),
        (
            'relation("it", run(ball, mu=names("w")) == run(plain))',
            "w is no series and no hyper-parameter",
        ),
        ('relation("it", run(bounded)[v] == run(plain))', "v is no series and no hyper-parameter of either side"),
        (RELATIONS[0] + "\n" + RELATIONS[0], "another relation is called 'no momentum is plain'"),
        ("1 / 0", "division by zero"),
        ("", "states no relation"),
    ],
)
def test_mistakes_in_a_file(text: str, message: str, tmp_path: Path) -> None:
    specs = folder(tmp_path, text)
    with pytest.raises(SpecError) as error:
        [statement(relation) for relation in load_relations(specs)]
    assert "specs/relations.py" in str(error.value)
    assert message in str(error.value)


def test_a_mistake_in_a_file_ends_the_command(tmp_path: Path) -> None:
    specs = folder(tmp_path, "", 'relation("it", run(ball, mmu=0) == run(plain))')
    done = run("prove", "--specs", "specs", cwd=specs.parent)
    assert (done.returncode, done.stdout) == (2, "")
    line = HEAD.count("\n") + 2
    assert done.stderr.startswith(f"specs/relations.py:{line}: ball has no mmu (did you mean mu?)\n    relation(")


def test_no_file(tmp_path: Path) -> None:
    specs = folder(tmp_path)
    (specs / "relations.py").unlink()
    done = run("prove", "--specs", "specs", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "specs/relations.py: there is no such file of relations (name two specs to compare)\n"


def test_a_local_is_unknown_between_steps(specs: Path) -> None:
    done = run("prove", "plain", "--equals", "bounded[theta + u]", "--specs", specs)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
