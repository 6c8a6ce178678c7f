"""What `kernel.py` promises of parameters that are updated together, in Triton's interpreter."""

from __future__ import annotations

from typing import Any

import pytest
from generated_code import ODD, SHIPPED, Code, Interpreter, combinations, takes_lists

from optgen.check import load_checked

HOMES = {spec.name: folder for folder in (SHIPPED, ODD) for spec in load_checked(folder) if takes_lists(spec)}
every_list = pytest.mark.parametrize("name", sorted(HOMES))
SHAPES: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((3, 5), (), (0,), (1100,), (2, 3, 4)),
    ((33, 70), (1024,)),
    ((3, 0), (2, 1)),
    ((0,), (0, 3)),
    ((5, 1), (1, 1500), (1500, 1)),
)


@pytest.fixture
def code(shipped: Code, odd: Code, name: str) -> Code:
    """Where an optimizer is."""
    return shipped if HOMES[name] == SHIPPED else odd


def settings(code: Code, name: str) -> list[dict[str, Any]]:
    """The arguments for some combinations of flags, the first and the last among them."""
    every = combinations(code.specs[name])
    return every if len(every) < 3 else [every[0], every[len(every) // 2], every[-1]]


@every_list
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_lists_follow_the_reference(
    code: Code, interpreter: Interpreter, name: str, shapes: tuple[tuple[int, ...], ...]
) -> None:
    for arguments in settings(code, name):
        interpreter(code, name, "together", shapes, arguments, 5e-6)


@every_list
def test_a_step_of_two_is_not_two_steps_of_one(code: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(code, name, "together_is_not_apart", settings(code, name)[0])


@every_list
def test_each_keeps_its_dtype(code: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(code, name, "together_mixed_dtypes", settings(code, name)[-1])


@every_list
def test_autograd_hears_of_every_change(code: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(code, name, "together_counts_versions", settings(code, name)[-1])


@every_list
def test_reductions_of_lists_are_repeatable(code: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(code, name, "together_repeatable", settings(code, name)[-1])


@every_list
def test_wrong_entries_are_named_and_nothing_is_written(code: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(code, name, "refuses_lists", settings(code, name))
