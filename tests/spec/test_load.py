"""Folders of specs, wherever they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from optgen.files import spec_files
from optgen.spec.load import load

SPEC = """from optgen.spec import *


@optimizer(paper="")
def {name}(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "A step."
    theta[t] = theta[t-1] - lr * g[t]
"""


def write(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.py").write_text(SPEC.format(name=name))


def test_a_folder_anywhere_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "my specs é"
    write(folder, "b", "a")
    write(folder / "variants", "c")
    write(folder / "_private", "d")
    write(folder / ".hidden", "e")
    (folder / "__init__.py").write_text("raise RuntimeError('not a spec')\n")
    specs, problems = load(folder)
    assert not problems
    assert [s.name for s in specs] == ["a", "b", "c"]
    assert [f.name for f in spec_files(folder)] == ["a.py", "b.py", "c.py"]


def test_messages_show_paths_as_the_user_types_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "specs", "a")
    (tmp_path / "specs" / "bad.py").write_text("x = (\n")
    monkeypatch.chdir(tmp_path)
    specs, problems = load(Path("specs"))
    assert [s.location.file for s in specs] == ["specs/a.py"]
    assert [p.location.file for p in problems] == ["specs/bad.py"]
    assert str(problems[0]).startswith("specs/bad.py:1: does not parse: ")


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path, "good")
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "crash.py").write_text("import optgen\n\n1 / 0\n")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    specs, problems = load(tmp_path)
    assert [s.name for s in specs] == ["good"]
    assert [p.location.line for p in sorted(problems) if p.location.file.endswith(("broken.py", "crash.py"))] == [1, 3]
    assert len(problems) == 3


def test_nothing_is_written_beside_the_specs(tmp_path: Path) -> None:
    write(tmp_path, "a")
    load(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.py"]


def test_empty_and_missing_folders_are_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no specs" in str(load(tmp_path / "empty")[1][0])
    assert "no such folder" in str(load(tmp_path / "missing")[1][0])


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    write(tmp_path, "a")
    load(tmp_path)
    (tmp_path / "a.py").write_text(SPEC.format(name="renamed").replace("lr *", "2 * lr *"))
    specs, _ = load(tmp_path)
    assert specs[0].name == "renamed"
    assert specs[0].equations[0].location.source.endswith("2 * lr * g[t]")
