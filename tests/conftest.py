"""Generated code that the tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from generated_code import ODD, SHIPPED, Code, Interpreter


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """The optimizers that optgen ships."""
    return Code(SHIPPED, tmp_path_factory.mktemp("shipped") / "shipped_code")


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Specs that no one would ship."""
    return Code(ODD, tmp_path_factory.mktemp("odd") / "odd_code")


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    """One process for all tests."""
    interpreter = Interpreter()
    yield interpreter
    interpreter.close()
