from __future__ import annotations

import os
from pathlib import Path

import pytest
from building import files, generate, workplace, write_spec

import optgen
from optgen.build.errors import CommandError
from optgen.build.folders import find_folders, shown

ROOT = Path(optgen.__file__).parent.parent


def test_without_names_the_folders_are_those_of_the_packages() -> None:
    folders = find_folders()
    assert folders.specs == ROOT / "specs"
    assert folders.out == ROOT / "generated"


def test_code_of_named_specs_lies_beside_them(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert find_folders(tmp_path / "mine").out == tmp_path / "generated"


def test_a_relative_folder_is_beside_itself_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    assert find_folders(Path()).out == tmp_path / "generated"


def test_only_out_is_named(tmp_path: Path) -> None:
    folders = find_folders(None, tmp_path / "code")
    assert (folders.specs, folders.out) == (ROOT / "specs", tmp_path / "code")


def test_a_missing_folder_of_specs(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere: there is no such folder of specs"):
        find_folders(tmp_path / "nowhere")


def test_a_file_is_no_folder_of_specs(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="is a file, not a folder of specs"):
        find_folders(tmp_path / "file")


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_is_no_folder_for_code(tmp_path: Path, out: str) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="file: is a file, not a folder for generated code"):
        find_folders(tmp_path / "specs", tmp_path / out)


@pytest.mark.parametrize("out", ["specs", "specs/generated"])
def test_code_among_specs_would_be_read_as_specs(tmp_path: Path, out: str) -> None:
    (tmp_path / "specs").mkdir()
    with pytest.raises(CommandError, match="lies in the folder of specs"):
        find_folders(tmp_path / "specs", tmp_path / out)


def test_a_name_that_would_break_the_header(tmp_path: Path) -> None:
    (tmp_path / "a\nimport os").mkdir()
    with pytest.raises(CommandError, match="headers of generated files cannot show"):
        find_folders(tmp_path / "a\nimport os")
    write_spec(tmp_path / "specs", "plain", file="b\nimport os.py")
    with pytest.raises(CommandError, match="headers of generated files cannot show"):
        generate(find_folders(tmp_path / "specs"))


def test_spaces_and_letters_of_any_kind(tmp_path: Path) -> None:
    folders = workplace(tmp_path / "ein Verzeichnis, füñf φ", "plain")
    generate(folders)
    assert "plain/kernel.py" in files(folders.out)


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_spec(tmp_path / "specs", "plain")
    folders = find_folders(tmp_path / "specs", tmp_path / "a" / "b" / "c")
    generate(folders)
    assert "plain/kernel.py" in files(folders.out)


def test_a_link_to_the_output_folder(tmp_path: Path) -> None:
    write_spec(tmp_path / "specs", "plain")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    generate(find_folders(tmp_path / "specs", tmp_path / "link"))
    assert "plain/kernel.py" in files(tmp_path / "real")


def test_a_spec_that_is_a_link_to_elsewhere(tmp_path: Path) -> None:
    write_spec(tmp_path / "elsewhere", "plain")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "plain.py").symlink_to(tmp_path / "elsewhere" / "plain.py")
    folders = find_folders(tmp_path / "specs")
    generate(folders)
    assert "from specs/plain.py with" in (folders.out / "plain" / "kernel.py").read_text()
    assert generate(folders).written == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "plain")
    folders.out.mkdir(mode=0o555)
    with pytest.raises(CommandError, match=r"cannot write to .*generated: Permission denied"):
        generate(folders)


def test_a_place_where_no_folder_can_be_made(tmp_path: Path) -> None:
    write_spec(tmp_path / "specs", "plain")
    with pytest.raises(CommandError, match=r"cannot write to /proc/optgen"):
        generate(find_folders(tmp_path / "specs", Path("/proc/optgen/code")))


def test_paths_in_messages_are_short_where_they_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "a" / "b") == "a/b"
    assert shown(tmp_path.parent / "c") == str(tmp_path.parent / "c")
