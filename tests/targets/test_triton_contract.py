"""What `kernel.py` promises its callers, for every optimizer, in Triton's interpreter."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest
from generated_code import SHIPPED_NAMES, Code, Interpreter, combinations, inside
from one_tensor import one_tensor

from optgen.spec.model import Kind

every_optimizer = pytest.mark.parametrize("name", SHIPPED_NAMES)


def settings(code: Code, name: str) -> list[dict[str, Any]]:
    """The arguments for every combination of flags."""
    return combinations(code.specs[name])


@every_optimizer
def test_every_size(shipped: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(shipped, name, "sizes", settings(shipped, name)[:: max(1, len(settings(shipped, name)) - 1)])


@every_optimizer
def test_no_elements(shipped: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(shipped, name, "empty", settings(shipped, name))


@every_optimizer
def test_mixed_dtypes(shipped: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(shipped, name, "mixed_dtypes", settings(shipped, name)[-1:])


def test_rounding_to_narrow_parameters(shipped: Code, interpreter: Interpreter) -> None:
    interpreter(shipped, "sgd", "rounding")


@every_optimizer
def test_special_gradients(shipped: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(shipped, name, "special_gradients", settings(shipped, name))


@every_optimizer
def test_wrong_arguments_are_named_and_nothing_is_written(shipped: Code, interpreter: Interpreter, name: str) -> None:
    spec = shipped.specs[name]
    every = settings(shipped, name)
    flags, hypers = [f.name for f in spec.choices], [h.name for h in spec.hypers]
    interpreter(shipped, name, "refusals", every, flags, hypers)


@every_optimizer
def test_numbers_of_all_kinds(shipped: Code, interpreter: Interpreter, name: str) -> None:
    hypers = {h.name: inside(h) for h in shipped.specs[name].hypers}
    interpreter(shipped, name, "takes_numbers_of_all_kinds", hypers)


@every_optimizer
def test_autograd_hears_of_the_change(shipped: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(shipped, name, "counts_versions", settings(shipped, name)[-1])


def test_norms_are_repeatable(shipped: Code, interpreter: Interpreter) -> None:
    interpreter(shipped, "lamb", "repeatable", {}, [])


@pytest.mark.parametrize("name", ["averages", "three_phases", "kept_in_scratch"])
def test_reductions_are_repeatable(odd: Code, interpreter: Interpreter, name: str) -> None:
    interpreter(odd, name, "repeatable", {}, [s.name for s in odd.specs[name].of_kind(Kind.INPUT)])


def test_further_tensors(odd: Code, interpreter: Interpreter) -> None:
    interpreter(odd, "further_tensors", "refuses_further_tensors")


@pytest.mark.skipif(os.environ.get("TRITON_INTERPRET") == "1", reason="here, kernels do run on the CPU")
@every_optimizer
def test_without_the_interpreter_a_cpu_tensor_is_refused(shipped: Code, name: str) -> None:
    torch = pytest.importorskip("torch")
    shipped.generate(name)
    kernel = one_tensor(importlib.import_module(f"{shipped.folder.name}.{name}.kernel"))
    theta = torch.zeros(3)
    further = {s.name: theta for s in shipped.specs[name].of_kind(Kind.INPUT)}
    with pytest.raises(RuntimeError, match=r"theta is on the CPU.*TRITON_INTERPRET=1"):
        kernel.init(theta)
    with pytest.raises(RuntimeError, match=r"theta is on the CPU.*TRITON_INTERPRET=1"):
        kernel.step_(theta, theta, {}, 1, **further)


def test_numbers_beyond_float32(odd: Code, interpreter: Interpreter) -> None:
    interpreter(odd, "numbers", "narrow_with_extreme_numbers", [{}, {"lr": 1e-60}, {"lots": 1e300}])
