"""Optax is optional where tests are run by hand."""

from __future__ import annotations

import importlib.util
import os

import pytest


def need_optax() -> None:
    """On CI it has to be there; elsewhere what needs it is skipped."""
    if importlib.util.find_spec("optax") is None:
        message = "optax is not installed: pip install 'optgen[test]'"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
