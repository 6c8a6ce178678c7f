from __future__ import annotations

from pathlib import Path

import pytest
from building import built_files, contents, files, generate, workplace, write_spec

from optgen.build.errors import CommandError
from optgen.build.names import select


def test_without_names_all_are_meant() -> None:
    assert select([], ["b", "a"]) == ["b", "a"]


def test_the_order_is_that_of_the_specs() -> None:
    assert select(["a", "b", "a"], ["b", "c", "a"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("adma", "there is no optimizer adma (did you mean adam?)"),
        ("Adam", "there is no optimizer Adam (did you mean adam?)"),
        ("xyz", "there is no optimizer xyz (there are: adam, lamb)"),
    ],
)
def test_unknown_names(name: str, text: str) -> None:
    with pytest.raises(CommandError) as caught:
        select([name], ["lamb", "adam"])
    assert str(caught.value) == text


def test_every_unknown_name_is_reported() -> None:
    with pytest.raises(CommandError) as caught:
        select(["a", "b"], [])
    assert str(caught.value).count("\n") == 1


def test_only_the_named_are_built(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two")
    generate(folders, "two")
    assert files(folders.out) == built_files("two")
    assert '__all__ = ["two"]' in (folders.out / "__init__.py").read_text()


def test_the_others_stay_and_stay_listed(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two", "three")
    generate(folders, "one")
    generate(folders, "two")
    assert files(folders.out) == built_files("one", "two")
    assert '__all__ = ["one", "two"]' in (folders.out / "__init__.py").read_text()


def test_orphans_and_stale_files_of_others_stay(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two", "three")
    generate(folders)
    before = contents(folders.out)
    (folders.specs / "three.py").unlink()
    write_spec(folders.specs, "two", lr="0.25")
    write_spec(folders.specs, "one", lr="0.25")
    outcome = generate(folders, "one")
    changed = {name for name, content in contents(folders.out).items() if content != before[name]}
    assert "one/reference.py" in changed
    assert {name.partition("/")[0] for name in changed} == {"one"}
    assert (outcome.written, outcome.removed) == (len(changed), 0)
    generate(folders)
    assert files(folders.out) == built_files("one", "two")
    assert "0.25" in (folders.out / "two" / "reference.py").read_text()


def test_an_unknown_name_of_a_build_that_is_up_to_date(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    with pytest.raises(CommandError, match="did you mean one"):
        generate(folders, "oen")
