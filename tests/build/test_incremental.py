from __future__ import annotations

import json
import os
import py_compile
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from building import FakeVerify, built_files, contents, everything, files, generate, own_files, workplace, write_spec

import optgen.driver
from optgen.build.builder import Request, build
from optgen.build.folders import Folders
from optgen.build.hashing import digest_of, versions
from optgen.build.ownership import is_ours, origin
from optgen.spec.model import Spec


@pytest.fixture
def generated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The optimizers that are generated, in order."""
    names: list[str] = []
    real = optgen.driver.generate

    def noting(spec: Spec, folder: Path) -> dict[str, str]:
        names.append(spec.name)
        return real(spec, folder)

    monkeypatch.setattr(optgen.driver, "generate", noting)
    return names


def test_the_first_build_makes_everything(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two")
    outcome = generate(folders)
    assert files(folders.out) == built_files("one", "two")
    assert (outcome.written, outcome.unchanged, outcome.removed) == (len(built_files("one", "two")), 0, 0)


def test_the_first_line_of_every_file_says_that_it_is_ours_and_whence(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    for name, content in contents(folders.out).items():
        first = content.partition(b"\n")[0]
        assert is_ours(first), name
        assert is_ours(first + b"\r\n"), name
        expected = {"_runtime": None, "one": "specs/one.py"}.get(name.partition("/")[0], "specs/")
        assert origin(first) == expected


def test_the_second_build_does_nothing(tmp_path: Path, generated: list[str]) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    before = everything(tmp_path)
    generated.clear()
    outcome = generate(folders)
    assert (outcome.written, outcome.unchanged, outcome.removed) == (0, len(built_files("one", "two")), 0)
    assert generated == []
    assert everything(tmp_path) == before


def test_only_what_changed_is_made_again(tmp_path: Path, generated: list[str]) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    before = everything(folders.out)
    generated.clear()
    write_spec(folders.specs, "two", lr="0.25")
    outcome = generate(folders)
    assert generated == ["two"]
    after = everything(folders.out)
    changed = {name for name in files(folders.out) if after[name] != before[name]}
    assert changed == {f"two/{file}" for file in own_files() if b"0.25" in after[f"two/{file}"][1]}
    assert outcome.written == len(changed)


@pytest.mark.parametrize("template", ["numpy/reference.py.j2", "triton/_runtime/launch.py"])
def test_a_changed_template_makes_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, generated: list[str], template: str
) -> None:
    folders, file = workplace(tmp_path, "one", "two"), ""

    def as_if_changed(folder: Path, found: Iterable[Path]) -> str:
        names = [path.relative_to(folder).as_posix() for path in found]
        return digest_of([*names, "changed" if file in names else ""])

    monkeypatch.setattr("optgen.build.inputs.digest_files", as_if_changed)
    generate(folders)
    generated.clear()
    file = template
    assert generate(folders).written == 0
    assert generated == ["one", "two"]


@pytest.mark.parametrize("package", ["sympy", "jinja2"])
def test_another_version_makes_everything_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, generated: list[str], package: str
) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    generated.clear()
    found = ["9.9" if name == package else "1.0" for name in ("sympy", "jinja2")]
    monkeypatch.setattr("optgen.build.inputs.versions", lambda *_: found)
    generate(folders)
    assert generated == ["one"]


@pytest.mark.parametrize("change", ["append", "delete", "truncate"])
def test_a_file_that_was_changed_by_hand_is_made_again(tmp_path: Path, change: str) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders)
    before = contents(folders.out)
    path = folders.out / "one" / "kernel.py"
    if change == "delete":
        path.unlink()
    else:
        path.write_text(path.read_text() + "# mine\n" if change == "append" else path.read_text()[:200])
    assert generate(folders).written == 1
    assert contents(folders.out) == before


def test_python_does_not_run_what_it_compiled_before(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    compiled = py_compile.compile(str(folders.out / "one" / "reference.py"))
    kept = py_compile.compile(str(folders.out / "_runtime" / "domain.py"))
    write_spec(folders.specs, "one", lr="0.2")
    generate(folders)
    assert not Path(str(compiled)).exists()
    assert Path(str(kept)).exists()


@pytest.mark.parametrize("name", ["__init__.py", "one/__init__.py", "_runtime/domain.py"])
def test_files_of_the_build_itself_are_made_again(tmp_path: Path, generated: list[str], name: str) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    generated.clear()
    before = contents(folders.out)
    (folders.out / name).unlink()
    assert generate(folders).written == 1
    assert generated == []
    assert contents(folders.out) == before


@pytest.mark.parametrize("record", ["", "{", "[]", '{"format": 0}', '{"format": 1, "sources": 3}'])
def test_a_record_that_cannot_be_read_only_costs_time(tmp_path: Path, generated: list[str], record: str) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    generated.clear()
    (folders.out / ".optgen" / "build.json").write_text(record)
    outcome = generate(folders)
    assert (outcome.written, outcome.unchanged) == (0, len(built_files("one")))
    assert generated == ["one"]
    json.loads((folders.out / ".optgen" / "build.json").read_text())


def test_git_does_not_see_the_record(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    assert (folders.out / ".optgen" / ".gitignore").read_text() == "*\n"


def test_a_copy_of_the_whole_place_is_up_to_date(tmp_path: Path, generated: list[str]) -> None:
    folders = workplace(tmp_path / "here", "one")
    generate(folders)
    generated.clear()
    (tmp_path / "here").rename(tmp_path / "there")
    moved = Folders(tmp_path / "there" / "specs", tmp_path / "there" / "generated")
    assert generate(moved).written == 0
    assert generated == []


def test_a_file_with_several_optimizers(tmp_path: Path, generated: list[str]) -> None:
    folders = workplace(tmp_path, "one")
    two = write_spec(tmp_path / "other", "two").read_text()
    with (folders.specs / "one.py").open("a") as file:
        file.write(two)
    generate(folders)
    assert files(folders.out) == built_files("one", "two")
    generated.clear()
    (folders.out / "two" / "kernel.py").unlink()
    generate(folders)
    assert generated == ["two"]


class TestVerification:
    @pytest.fixture(autouse=True)
    def verify(self, monkeypatch: pytest.MonkeyPatch) -> FakeVerify:
        fake = FakeVerify()
        monkeypatch.setattr("optgen.verify.verify", fake)
        return fake

    def test_success_is_remembered(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one", "two")
        assert len(build(Request(folders)).reports) == 2
        assert len(build(Request(folders)).reports) == 0
        assert verify.asked == [["one", "two"]]

    def test_only_what_changed_is_verified(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one", "two")
        build(Request(folders))
        write_spec(folders.specs, "two", lr="0.25")
        build(Request(folders))
        assert verify.asked[1:] == [["two"]]

    def test_a_change_that_changes_no_code_is_not_verified(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one")
        build(Request(folders))
        with (folders.specs / "one.py").open("a") as file:
            file.write("# nothing\n")
        assert build(Request(folders)).written == 0
        assert len(verify.asked) == 1

    def test_a_clean_clone_is_verified_though_no_file_changes(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one")
        build(Request(folders))
        for file in (folders.out / ".optgen").iterdir():
            file.unlink()
        outcome = build(Request(folders))
        assert outcome.written == 0
        assert verify.asked == [["one"], ["one"]]

    def test_failure_is_not_remembered(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one", "two")
        verify.failing = {"two"}
        assert not build(Request(folders)).passed
        assert not build(Request(folders)).passed
        verify.failing = set()
        assert build(Request(folders)).passed
        assert verify.asked == [["one", "two"], ["two"], ["two"]]

    def test_no_verify_leaves_it_to_the_next_build(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one")
        build(Request(folders, verify=False))
        assert verify.asked == []
        build(Request(folders))
        assert verify.asked == [["one"]]

    @pytest.mark.parametrize("package", ["numpy", "torch", "triton"])
    def test_another_version_is_verified_again(
        self, tmp_path: Path, verify: FakeVerify, monkeypatch: pytest.MonkeyPatch, package: str
    ) -> None:
        folders = workplace(tmp_path, "one")
        build(Request(folders))
        monkeypatch.setattr(
            "optgen.build.inputs.versions", lambda *names: [*versions(*names), *(["!"] if package in names else [])]
        )
        build(Request(folders))
        assert verify.asked == [["one"], ["one"]]

    def test_only_the_named_are_verified(self, tmp_path: Path, verify: FakeVerify) -> None:
        folders = workplace(tmp_path, "one", "two")
        build(Request(folders, ("two",)))
        assert verify.asked == [["two"]]

    @pytest.mark.parametrize("recorded", [True, False])
    def test_what_cannot_be_written_to_is_verified_all_the_same(
        self, tmp_path: Path, verify: FakeVerify, monkeypatch: pytest.MonkeyPatch, recorded: bool
    ) -> None:
        folders = workplace(tmp_path, "one")
        build(Request(folders, verify=False))
        if not recorded:
            shutil.rmtree(folders.out / ".optgen")
        before = everything(folders.out)
        monkeypatch.setattr(os, "access", lambda path, _: folders.out not in (path, *path.parents))
        for _ in range(2):
            assert build(Request(folders)).passed
        assert verify.asked == [["one"], ["one"]]
        assert everything(folders.out) == before
        verify.failing = {"one"}
        assert not build(Request(folders)).passed
        assert not build(Request(folders, verify=False)).reports
