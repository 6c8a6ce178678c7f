"""What the tests against other libraries share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_code import Code

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


@pytest.fixture(scope="session")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Optimizers made by transforms, as libraries make them of their parts."""
    return Code(HERE / "specs", tmp_path_factory.mktemp("composed") / "composed_code")


@pytest.fixture(scope="session", autouse=True)
def _jax_in_double() -> Iterator[None]:
    """JAX computes in float64 only where it is told so."""
    if importlib.util.find_spec("jax") is None:
        yield
        return
    import jax

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.fixture(autouse=True)
def _torch_in_double() -> Iterator[None]:
    """Torch keeps numbers of its own, such as the product of NAdam's momenta, in its default dtype."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
