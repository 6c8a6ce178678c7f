"""Odd kernels compile for a GPU that is not there: the interpreter takes much that the compiler does not."""

from __future__ import annotations

import importlib
import os
import re
from typing import Any

import pytest
from generated_code import ODD_NAMES, Code

from optgen.ir.rates import Rate
from optgen.targets.base import Unit

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("here, Triton interprets", allow_module_level=True)


KERNEL = re.compile("^(step|phase[0-9]+)_(kernel|finish(_rows|_cols|_all)?)[0-9]*$|^prepare(_rows|_cols|_all)?[0-9]*$")
WHOLE = {"count", "matrices", "rows", "cols", "stride"}
"""What shapes give to kernels."""


def signature(unit: Unit, kernel: Any, flags: dict[str, bool]) -> tuple[dict[str, str], dict[tuple[int, ...], object]]:
    """Types of a kernel's parameters and values of its constants, by their names."""
    numbers = unit.program.coarse_states(Rate.STEP, Rate.GLOBAL, Rate.TENSOR)
    doubles = {"values_ptr", "all_values_ptr", *(f"{i.series}_ptr" for i in numbers)}
    absent = {f"{s.name}_ptr" for s in unit.spec.states if s.only_if and not flags[s.only_if]}
    fixed = {"BLOCK": 1024, "WIDTH": 1024, "TILE_MATRICES": 1, "TILE_ROWS": 8, "TILE_COLS": 128, "LANES": 8, **flags}
    types: dict[str, str] = {}
    constants: dict[tuple[int, ...], object] = {}
    for position, parameter in enumerate(kernel.params):
        name = parameter.name
        if name in fixed or name in absent:
            types[name] = "constexpr"
            constants[(position,)] = fixed.get(name)
        elif name.endswith("_ptr"):
            types[name] = "*fp64" if name in doubles else "*fp32"
        else:
            types[name] = "i64" if name == "n" else "i32" if name in WHOLE else "fp32"
    return types, constants


@pytest.mark.parametrize("on", [False, True], ids=["flags off", "flags on"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_kernels_compile(odd: Code, name: str, on: bool) -> None:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    odd.generate(name)
    module = importlib.import_module(f"{odd.folder.name}.{name}.kernel")
    kernels = [value for key, value in vars(module).items() if KERNEL.search(key)]
    unit = odd.unit(name)  # without flags, both cases are the same code: the second is Triton's cache
    plan = unit.schedule
    assert len(kernels) == len(plan.phases) + len(plan.finishes)
    for kernel in kernels:
        types, constants = signature(unit, kernel, {f.name: on for f in unit.spec.flags})
        triton.compile(ASTSource(kernel, types, constants), target=GPUTarget("cuda", 90, 32))
