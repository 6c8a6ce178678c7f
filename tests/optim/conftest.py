"""Torch optimizers that are generated for tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_code import ODD, Code

TARGETS = ("numpy", "numba", "torch")


@pytest.fixture(scope="session")
def spanning(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Compositions that look at all tensors at once."""
    specs = Path(__file__).resolve().parent / "specs"
    return Code(specs, tmp_path_factory.mktemp("spanning") / "spanning_code", TARGETS)


@pytest.fixture(scope="session")
def odd_optimizers(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Torch optimizers of specs that no one would ship."""
    return Code(ODD, tmp_path_factory.mktemp("odd_optimizers") / "odd_optimizers_code", TARGETS)
