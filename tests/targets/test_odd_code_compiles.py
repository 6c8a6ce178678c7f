"""Odd kernels compile for a GPU that is not there: the interpreter takes much that the compiler does not."""

from __future__ import annotations

import importlib
import os

import pytest
from generated_code import ODD_NAMES, Code

from optgen.inspect.compile import kernels, signature_of

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("here, Triton interprets", allow_module_level=True)


@pytest.mark.parametrize("on", [False, True], ids=["flags off", "flags on"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_kernels_compile(odd: Code, name: str, on: bool) -> None:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    odd.generate(name)
    module = importlib.import_module(f"{odd.folder.name}.{name}.kernel")
    unit = odd.unit(name)  # without flags, both cases are the same code: the second is Triton's cache
    assert len(kernels(module)) == 1 + len(unit.batch.phases) + len(unit.batch.finishes)
    flags = {f.name: on for f in unit.spec.flags}
    for kernel in (getattr(module, name) for name in kernels(module)):
        types, constants = signature_of(unit, module, kernel, flags, aligned=on)
        triton.compile(ASTSource(kernel, types, constants), target=GPUTarget("cuda", 90, 32))
