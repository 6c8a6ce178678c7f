"""A step of a torch optimizer is the same whether the kernels make it, many tensors a launch, or the CPU."""

from __future__ import annotations

import pytest
from generated_code import SHIPPED_NAMES, Code, Interpreter


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_kernels_make_the_steps_of_the_cpu(shipped: Code, interpreter: Interpreter, name: str) -> None:
    assert interpreter(shipped, name, "kernels_follow_the_cpu", False, "float32") < 1e-5


@pytest.mark.parametrize("name", ["adamw", "lamb", "prodigy", "sgd"])
def test_so_they_do_where_the_loss_is_to_rise(shipped: Code, interpreter: Interpreter, name: str) -> None:
    assert interpreter(shipped, name, "kernels_follow_the_cpu", True, "float32") < 1e-5


@pytest.mark.parametrize("name", ["adamw", "lion", "lamb"])
def test_so_they_do_on_16_bits(shipped: Code, interpreter: Interpreter, name: str) -> None:
    assert interpreter(shipped, name, "kernels_follow_the_cpu", False, "bfloat16") < 1e-2


@pytest.mark.parametrize("name", SHIPPED_NAMES)
@pytest.mark.parametrize(
    "check",
    [
        "scalars_are_those_of_the_host",
        "overflow_leaves_all_as_it_was",
        "tensors_are_read_where_they_are",
        "nobody_waits",
    ],
)
def test_numbers_lie_on_the_device(shipped: Code, interpreter: Interpreter, check: str, name: str) -> None:
    interpreter(shipped, name, check)


def test_what_a_graph_copies_stays(shipped: Code, interpreter: Interpreter) -> None:
    interpreter(shipped, "sgd", "graphs_keep_what_they_copy")
