"""Which files of specs a build reads: those that may have changed, unless names clash."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import contents, generate, workplace, write_spec

import optgen.spec.load
from optgen.problems import Problem, SpecError
from optgen.spec.model import Spec

TRANSFORM = '''
from optgen.spec import Base, Grad, Param, t, transform


@transform()
def halved(base: Base, theta: Param, g: Grad) -> None:
    """Half of each step."""
    theta[t] = theta[t-1] - base.step(theta[t-1], g[t]) / 2
'''


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are captured, in order."""
    names: list[str] = []
    real = optgen.spec.load.load_file

    def noting(path: Path, folder: Path | None = None) -> tuple[list[Spec], list[Problem]]:
        names.append(path.name)
        return real(path, folder)

    monkeypatch.setattr(optgen.spec.load, "load_file", noting)
    return names


def test_only_what_has_changed_is_read(tmp_path: Path, read: list[str]) -> None:
    folders = workplace(tmp_path, "one", "two", "three")
    generate(folders)
    assert sorted(read) == ["one.py", "three.py", "two.py"]
    read.clear()
    write_spec(folders.specs, "two", lr="0.5")
    generate(folders)
    assert read == ["two.py"]
    assert b"0.5" in contents(folders.out)["two/reference.py"]
    read.clear()
    generate(folders)
    assert read == []


def test_what_others_are_called_is_still_known(tmp_path: Path, read: list[str]) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    (folders.specs / "two.py").unlink()
    read.clear()
    generate(folders)
    assert read == []
    assert not any(name.startswith("two/") for name in contents(folders.out))
    write_spec(folders.specs, "four")
    generate(folders)
    assert read == ["four.py"]
    assert {"one/reference.py", "four/reference.py"} <= contents(folders.out).keys()


@pytest.mark.parametrize(("change", "message"), [("ONE", "the name ONE is taken"), ("three", "the class name One")])
def test_names_clash_with_files_that_have_not_changed(tmp_path: Path, change: str, message: str) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    path = write_spec(folders.specs, change, file="two.py")
    path.write_text(path.read_text().replace('paper="Nobody 2000"', 'class_name="One"'))
    with pytest.raises(SpecError, match=message):
        generate(folders)


def test_a_transform_alone_may_change(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    (folders.specs / "halved.py").write_text(TRANSFORM)
    generate(folders)
    (folders.specs / "halved.py").write_text(TRANSFORM.replace("/ 2", "/ 3"))
    assert generate(folders).written == 0


def test_a_change_of_a_part_is_a_change_of_the_whole(tmp_path: Path, read: list[str]) -> None:
    folders = workplace(tmp_path, "one", "two")
    (folders.specs / "halved.py").write_text(TRANSFORM)
    (folders.specs / "half.py").write_text("from .halved import halved\nfrom .one import one\n\nhalf = halved(one)\n")
    generate(folders)
    read.clear()
    (folders.specs / "halved.py").write_text(TRANSFORM.replace("/ 2", "/ 3"))
    generate(folders)
    assert read == ["half.py", "halved.py"]
    assert b"/ 3" in contents(folders.out)["half/reference.py"]
