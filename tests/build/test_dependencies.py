"""What the code of a spec depends on: a build without `--check` never differs from one with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from building import everything, generate, workplace, write_spec

from optgen.build import dependencies as module
from optgen.build.builder import Request, preview
from optgen.build.dependencies import dependencies


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of that of `optgen.specs`."""
    folder = tmp_path / "shipped"
    (folder / "inner").mkdir(parents=True)
    for name in ("__init__", "inner/__init__"):
        (folder / f"{name}.py").write_text("")
    monkeypatch.setattr(module, "_folder", lambda: folder)
    return folder


def found(folder: Path, text: str) -> set[str] | None:
    """Names of the files that a spec with this text depends on, besides itself."""
    spec = folder.parent / "spec.py"
    spec.write_text(text)
    files = dependencies(spec)
    if files is None:
        return None
    assert next(iter(files)) == spec
    assert all(path.read_bytes() == content for path, content in files.items())
    return {path.relative_to(folder).as_posix() for path in files if path != spec}


@pytest.mark.parametrize(
    "text",
    [
        "from optgen.spec import *",
        "import optgen.spec",
        "from __future__ import annotations\nimport math, functools\nfrom collections.abc import Callable",
        "x = 1",
    ],
)
def test_a_spec_of_its_own(shipped: Path, text: str) -> None:
    assert found(shipped, text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "import json",
        "from .reader import one",
        "from .neighbour import *",
        "from optgen.specs.one import *",
        "import optgen",
        "from optgen.spec.load import load",
        "import optgen.specifics",
        "if x:\n    def f():\n        import os.path",
        "RATE = float(open('rate.txt').read())",
        "exec('import json')",
        "def (",
        "from optgen.specs.reader import one",
    ],
)
def test_a_spec_that_may_depend_on_anything(shipped: Path, text: str) -> None:
    for folder in (shipped, shipped.parent):
        (folder / "reader.py").write_text("import json")
    assert found(shipped, text) is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import optgen.specs.one", {"one.py"}),
        ("from optgen.specs.one import one as uno", {"one.py"}),
        ("from optgen.specs import one", {"one.py"}),
        ("from optgen.specs import one, more", {"one.py", "more.py"}),
        ("from optgen.specs.more import anything", {"one.py", "more.py"}),
        ("from optgen.specs.inner.deep import deep", {"inner/__init__.py", "inner/deep.py"}),
        ("from optgen.specs.nothing import missing", set()),
    ],
)
def test_a_spec_made_of_specs_of_optgen(shipped: Path, text: str, names: set[str]) -> None:
    (shipped / "one.py").write_text("from optgen.spec import *")
    (shipped / "more.py").write_text("from optgen.specs.one import one\nfrom optgen.specs.more import more")
    (shipped / "inner" / "deep.py").write_text("from optgen.spec import *")
    assert found(shipped, text) == {"__init__.py", *names}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from .one import one", {"one.py"}),
        ("from . import one as uno, more", {"one.py", "more.py", "inner/deep.py"}),
        ("from .inner.deep import deep", {"one.py", "inner/deep.py"}),
        ("from .inner import deep", {"one.py", "inner/deep.py"}),
        ("from .nothing import missing", set()),
    ],
)
def test_a_spec_made_of_its_neighbours(tmp_path: Path, text: str, names: set[str]) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "one.py").write_text("from optgen.spec import *")
    (tmp_path / "more.py").write_text("from .one import one\nfrom .inner.deep import deep")
    (tmp_path / "inner" / "deep.py").write_text("from ..one import one")
    (tmp_path / "spec.py").write_text(text)
    files = dependencies(tmp_path / "spec.py")
    assert files is not None
    assert {path.relative_to(tmp_path).as_posix() for path in files} == {"spec.py", *names}


def test_a_neighbour_that_changes_is_built_again(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    (folders.specs / "rates.py").write_text("RATE = 0.5\n")
    path = write_spec(folders.specs, "three", lr="RATE")
    path.write_text("from .rates import RATE\n" + path.read_text())
    for rate in ("0.5", "0.75"):
        (folders.specs / "rates.py").write_text(f"RATE = {rate}\n")
        generate(folders)
        assert f"lr: float = {rate}" in (folders.out / "three" / "reference.py").read_text()
        before = everything(folders.out)
        assert generate(folders).written == 0
        assert everything(folders.out) == before


def test_relations_are_no_spec(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    (folders.specs / "relations.py").write_text("nonsense(")
    assert generate(folders).written > 0


def test_the_folder_is_that_of_optgen() -> None:
    assert (module._folder() / "adam.py").is_file()


@pytest.mark.parametrize(
    "load",
    [
        "import pathlib\nRATE = float(pathlib.Path(__file__).with_name('rate.txt').resolve().read_text())\n",
        "with open(__file__.replace('three.py', 'rate.txt')) as file:\n    RATE = float(file.read())\n",
        "import sys\nsys.path.insert(0, {folder!r})\nsys.modules.pop('rates_elsewhere', None)\n"
        "sys.dont_write_bytecode = True\nfrom rates_elsewhere import RATE\n",
    ],
)
def test_a_build_and_a_check_agree_on_what_is_read_from_elsewhere(tmp_path: Path, load: str) -> None:
    folders = workplace(tmp_path, "one")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = write_spec(folders.specs, "three", lr="RATE")
    path.write_text(load.replace("{folder!r}", repr(str(elsewhere))) + path.read_text())
    for rate in ("0.5", "0.75"):
        (folders.specs / "rate.txt").write_text(rate)
        (elsewhere / "rates_elsewhere.py").write_text(f"RATE = {rate}\n")
        generate(folders)
        assert f"lr: float = {rate}" in (folders.out / "three" / "reference.py").read_text()
        assert preview(Request(folders)).is_clean
    before = everything(folders.out)
    assert generate(folders).written == 0
    assert everything(folders.out) == before
