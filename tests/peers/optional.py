"""Libraries that are optional where tests are run by hand."""

from __future__ import annotations

import importlib.util
import os

import pytest


def need(library: str) -> None:
    """On CI it has to be there; elsewhere what needs it is skipped."""
    if importlib.util.find_spec(library) is None:
        message = f"{library} is not installed: pip install 'optgen[test]'"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
