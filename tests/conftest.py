"""Generated code that the tests share; what makes it is imported when a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from generated_code import Code, Interpreter


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """The optimizers that optgen ships."""
    from generated_code import SHIPPED, Code

    return Code(SHIPPED, tmp_path_factory.mktemp("shipped") / "shipped_code")


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Code:
    """Specs that no one would ship."""
    from generated_code import ODD, Code

    return Code(ODD, tmp_path_factory.mktemp("odd") / "odd_code")


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    """One process for all tests."""
    from generated_code import Interpreter

    interpreter = Interpreter()
    yield interpreter
    interpreter.close()
