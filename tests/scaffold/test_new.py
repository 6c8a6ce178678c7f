"""`optgen new`: files that build as they stand, under names that can be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import ROOT, run

from optgen.build.errors import CommandError
from optgen.check import load_checked
from optgen.driver import generate
from optgen.scaffold.create import create
from optgen.sources import TRANSFORM, declared
from optgen.spec.model import Spec

SHIPPED = ROOT / "specs"
ORIGINALS = {spec.name: spec for spec in load_checked(SHIPPED)}


def only(folder: Path) -> Spec:
    (spec,) = load_checked(folder)
    return spec


@pytest.mark.parametrize("name", sorted(ORIGINALS))
def test_a_copy_is_the_original_under_another_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = create("my_own", folder, name)
    spec, original = only(folder), ORIGINALS[name]
    assert (made.name, made.class_name, made.kind) == ("my_own", "MyOwn", original.kind)
    assert (spec.name, spec.class_name, spec.title) == ("my_own", "MyOwn", "MyOwn")
    assert (spec.doc, spec.paper) == (original.doc, original.paper)
    assert [(e.lhs, e.rhs) for e in spec.equations] == [(e.lhs, e.rhs) for e in original.equations]
    assert [(h.name, h.default) for h in spec.hypers] == [(h.name, h.default) for h in original.hypers]
    assert generate(spec, folder).keys() == {file.replace(name, "my_own", 1) for file in generate(original, SHIPPED)}


def test_what_is_read_off_the_text_is_what_is_captured() -> None:
    found = {d.name for d in declared(SHIPPED) if d.kind != TRANSFORM}
    assert found == ORIGINALS.keys()


def test_the_lesson_builds_and_verifies(tmp_path: Path) -> None:
    made = run("new", "calm", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.splitlines()[0] == "specs/calm.py: optimizer calm, Calm in Python"
    assert "optgen build calm --specs specs" in made.stdout
    built = run("build", "calm", "--specs", "specs", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert ", 1 verified in " in built.stdout


@pytest.mark.parametrize("name", ["lion", "rangerlars", "one_cycle"])
def test_copies_verify(name: str, tmp_path: Path) -> None:
    assert run("new", "mine", "--from", name, "--specs", "own", cwd=tmp_path).returncode == 0
    built = run("build", "mine", "--specs", "own", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert ", 1 verified in " in built.stdout


def test_json_is_one_document(tmp_path: Path) -> None:
    done = run("new", "mine", "--from", "adamw", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert (found["file"], found["class"], found["from"]) == ("specs/mine.py", "Mine", "adamw")
    assert found["next"][0] == "optgen show mine --specs specs"


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "calm.py").write_text("mine = 1\n")
    with pytest.raises(CommandError, match=r"calm\.py: is there already, and is not overwritten"):
        create("calm", tmp_path)
    assert (tmp_path / "calm.py").read_text() == "mine = 1\n"


def test_a_link_to_nothing_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "calm.py").symlink_to(tmp_path / "elsewhere.py")
    with pytest.raises(CommandError, match="is not overwritten"):
        create("calm", tmp_path)
    assert not (tmp_path / "elsewhere.py").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("3x", "a name has letters, digits and _"),
        ("a-b", "a name has letters, digits and _"),
        ("for", "for is a word of Python already"),
        ("sqrt", r"sqrt is a word of optgen\.spec already"),
        ("optim", "optim is the module of all classes already"),
        ("_x", "_x is reserved"),
        ("größe", "größe is not in ASCII letters"),
        ("relations", r"relations\.py is the file of what is to be proved"),
        ("tensor", "'Tensor' is reserved for generated code"),
    ],
)
def test_names_that_cannot_be(name: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"no spec can be called {name}.*{reason}"):
        create(name, tmp_path / "specs")
    assert not (tmp_path / "specs").exists()


def test_a_name_that_another_file_declares_is_taken(tmp_path: Path) -> None:
    create("one", tmp_path)
    (tmp_path / "one.py").rename(tmp_path / "first.py")
    with pytest.raises(CommandError, match=r"one is already declared at .*first\.py:"):
        create("one", tmp_path)


def test_originals_that_there_are_not(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="lookahead is a transform: apply it"):
        create("mine", tmp_path, "lookahead")
    with pytest.raises(CommandError, match=r"there is no optimizer adamx \(did you mean adamax\?\)"):
        create("mine", tmp_path, "adamx")


TWO = '''
import math

from optgen.spec import Grad, Hyper, Local, Param, absolute, hyper, optimizer, sqrt, t
from optgen.specs.transforms.lookahead import lookahead

LIMIT = math.pi


def bounded(x):
    return x / (LIMIT + absolute(x))


@optimizer(title="The first")
def first(theta: Param, g: Grad, lr: Hyper = hyper(0.1)) -> None:
    """The first."""
    theta[t] = theta[t-1] - lr * bounded(g[t])


# About the second.
@optimizer()
def second(theta: Param, g: Grad, lr: Hyper = hyper(0.1)) -> None:
    """The second."""
    theta[t] = theta[t-1] - lr * sqrt(absolute(g[t]))


third = lookahead(first, class_name="TheThird", k=3)
'''


def test_one_of_several_takes_only_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "several.py").write_text(TWO)
    create("a", tmp_path, "first")
    text = (tmp_path / "a.py").read_text()
    assert "import math" in text
    assert "def bounded" in text
    assert "lookahead" not in text
    assert "second" not in text
    create("b", tmp_path, "second")
    assert "# About the second.\n@optimizer()\ndef b(" in (tmp_path / "b.py").read_text()
    assert "math" not in (tmp_path / "b.py").read_text()


def test_parts_of_a_composition_stay_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "several.py").write_text(TWO)
    create("c", tmp_path, "third")
    text = (tmp_path / "c.py").read_text()
    assert "from .below.several import first\n" in text
    assert text.endswith("\nc = lookahead(first, k=3)\n")
    assert {spec.name for spec in load_checked(tmp_path)} == {"first", "second", "third", "c"}
