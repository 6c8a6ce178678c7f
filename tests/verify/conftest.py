"""Generated code in temporary folders, and specs to generate it from."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from code_for_tests import TINY, write_code

from optgen.spec.model import Spec
from optgen.verify.pool import Worker


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], tuple[list[Spec], Path, Path]]:
    """A function from the text of a spec file to its specs, their folder and that of the generated code."""

    def made(text: str) -> tuple[list[Spec], Path, Path]:
        folder, out = tmp_path / "specs", tmp_path / "out"
        folder.mkdir()
        (folder / "file.py").write_text(textwrap.dedent(text))
        return write_code(folder, out), folder, out

    return made


@pytest.fixture
def tiny(make: Callable[[str], tuple[list[Spec], Path, Path]]) -> tuple[Spec, Path, Path]:
    """A small optimizer: spec, folder of the spec, folder of its code."""
    specs, folder, out = make(TINY)
    return specs[0], folder, out


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    """A worker process for all tests that verify a few specs one after another."""
    with Worker("cpu", timeout=120) as process:
        yield process
