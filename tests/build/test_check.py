from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from building import built_files, contents, everything, generate, workplace, write_spec

from optgen.build.builder import Request, preview
from optgen.build.diff import differences
from optgen.build.errors import CommandError
from optgen.build.folders import Folders


def diff(folders: Folders, *names: str) -> str:
    """What `--check` prints; makes sure that it touches nothing."""
    root = folders.specs.parent
    before = everything(root)
    plan = preview(Request(folders, names))
    text = "".join(differences(plan))
    assert plan.is_clean == (not text)
    assert everything(root) == before
    return text


def test_clean(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    assert diff(folders) == ""


def test_nothing_there_yet(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    text = diff(folders)
    assert text.count("--- /dev/null\n") == len(built_files("one"))
    assert not folders.out.exists()


def test_modified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    path = folders.out / "one" / "kernel.py"
    path.write_text(path.read_text().replace("WARPS = 4", "WARPS = 8"))
    monkeypatch.chdir(tmp_path)
    lines = diff(folders).splitlines()
    assert lines[:2] == ["--- a/generated/one/kernel.py", "+++ b/generated/one/kernel.py"]
    assert [line for line in lines[2:] if line[0] in "+-"] == ["-WARPS = 8", "+WARPS = 4"]


def test_missing_and_orphaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    (folders.out / "one" / "kernel.py").unlink()
    (folders.specs / "two.py").unlink()
    monkeypatch.chdir(tmp_path)
    text = diff(folders)
    assert "--- /dev/null\n+++ b/generated/one/kernel.py\n" in text
    assert "--- a/generated/two/kernel.py\n+++ /dev/null\n" in text


def test_the_diff_is_one_that_git_applies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    write_spec(folders.specs, "one", lr="0.5")
    (folders.specs / "two.py").unlink()
    path = folders.out / "_runtime" / "domain.py"
    path.write_text(path.read_text().rstrip("\n"))
    monkeypatch.chdir(tmp_path)
    patch = diff(folders)
    assert "\\ No newline at end of file\n" in patch
    subprocess.run(["git", "apply", "--unidiff-zero", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    now = contents(folders.out)
    generate(folders)
    assert now == contents(folders.out)


def test_an_edit_by_hand_shows_though_the_record_knows_better(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    path = folders.out / "one" / "reference.py"
    path.write_text("mine = 1\n")
    assert "-mine = 1\n" in diff(folders)


def test_what_is_no_text(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    (folders.out / "one" / "reference.py").write_bytes(b"\xff\xfe\x00\r\n\x0c\n")
    assert "+import numpy as np\n" in diff(folders)


def test_only_the_named(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    (folders.out / "two" / "kernel.py").unlink()
    (folders.out / "old").mkdir()
    (folders.out / "old" / "kernel.py").write_bytes((folders.out / "one" / "kernel.py").read_bytes())
    assert diff(folders, "one") == ""
    assert "two/kernel.py" in diff(folders, "two")


def test_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"there is no optimizer onne \(did you mean one\?\)"):
        preview(Request(workplace(tmp_path, "one"), ("onne",)))
