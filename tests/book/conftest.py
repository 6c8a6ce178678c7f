"""Folders of specs for books, and the programs that set them."""

from __future__ import annotations

import os
import shutil

import pytest

from optgen.book.tools import INSTALL
from optgen.book.typeset import missing_tools


@pytest.fixture(scope="session")
def latex() -> str:
    """The program that sets a book; on a build server its absence is a failure."""
    missing = missing_tools() + [tool for tool in ("pdftotext",) if shutil.which(tool) is None]
    if not missing:
        return "latexmk"
    text = f"there is no {' and no '.join(missing)}: {INSTALL} poppler-utils"
    if os.environ.get("CI"):
        pytest.fail(text)
    return pytest.skip(text)
