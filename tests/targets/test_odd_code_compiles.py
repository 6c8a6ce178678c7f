"""Odd kernels compile for a GPU that is not there: the interpreter takes much that the compiler does not."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest
from generated_code import ODD_NAMES, Code

from optgen.spec.model import Spec

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("here, Triton interprets", allow_module_level=True)


def signature(spec: Spec, kernel: Any, flags: dict[str, bool]) -> tuple[dict[str, str], dict[tuple[int, ...], object]]:
    """Types of a kernel's parameters and values of its constants, by their names."""
    absent = {f"{s.name}_ptr" for s in spec.states if s.only_if and not flags[s.only_if]}
    fixed = {"BLOCK": 1024, "WIDTH": 1024, **flags}
    types: dict[str, str] = {}
    constants: dict[tuple[int, ...], object] = {}
    for position, parameter in enumerate(kernel.params):
        name = parameter.name
        if name in fixed or name in absent:
            types[name] = "constexpr"
            constants[(position,)] = fixed.get(name)
        elif name.endswith("_ptr"):
            types[name] = "*fp64" if name == "values_ptr" else "*fp32"
        else:
            types[name] = {"n": "i64", "count": "i32"}.get(name, "fp32")
    return types, constants


@pytest.mark.parametrize("on", [False, True], ids=["flags off", "flags on"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_kernels_compile(odd: Code, name: str, on: bool) -> None:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    spec = odd.specs[name]  # without flags, both cases are the same code: the second is Triton's cache
    odd.generate(name)
    module = importlib.import_module(f"{odd.folder.name}.{name}.kernel")
    kernels = [value for key, value in vars(module).items() if key.endswith(("_kernel", "_finish")) or key == "prepare"]
    plan = odd.unit(name).schedule
    assert len(kernels) == len(plan.phases) + len(plan.finishes)
    for kernel in kernels:
        types, constants = signature(spec, kernel, {f.name: on for f in spec.flags})
        triton.compile(ASTSource(kernel, types, constants), target=GPUTarget("cuda", 90, 32))
