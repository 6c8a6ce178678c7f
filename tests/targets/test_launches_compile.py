"""What a step launches compiles as a GPU would get it: the compiler is told of numbers that are 1, and of what is None.

Triton's interpreter looks at none of that, and `optgen inspect` says itself what the arguments are.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import torch

import optgen.optim
from optgen.generated._runtime import launch

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("here, Triton interprets", allow_module_level=True)

NAMES = sorted(optgen.optim.__all__)


class Driver:
    """Of a GPU that is not there: all that Triton asks before it launches."""

    def get_current_device(self) -> int:
        """Its number."""
        return 0

    def get_current_stream(self, _: int) -> int:
        """Where it would launch."""
        return 0

    def get_current_target(self) -> Any:
        """What to compile for."""
        from triton.backends.compiler import GPUTarget

        return GPUTarget("cuda", 90, 32)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kernels that have been compiled where they would have been launched."""
    from triton.runtime import driver
    from triton.runtime.jit import JITFunction

    names: list[str] = []

    def compiled(self: Any, grid: Any) -> Any:
        def compile_it(*arguments: Any, **more: Any) -> None:
            names.append(self.fn.__name__)
            assert self.run(*arguments, grid=grid, warmup=True, **more) is not None

        return compile_it

    monkeypatch.setattr(JITFunction, "__getitem__", compiled)
    monkeypatch.setattr(driver, "_active", Driver())
    monkeypatch.setattr(launch._CHECKS, "place", lambda *_: None)  # tensors may be on the CPU
    return names


def step(name: str, params: list[torch.nn.Parameter], scaled: bool, **arguments: Any) -> Any:
    """A step by the path of kernels."""
    kind = getattr(optgen.optim, name)
    optimizer = type(name, (kind,), {"interpreted": True})(params, **arguments)
    for param in params:
        param.grad = torch.ones_like(param)
    if scaled:
        optimizer.grad_scale, optimizer.found_inf = torch.tensor(4.0), torch.tensor(0.0)
    optimizer.step(**{given: [torch.ones_like(p) for p in params] for given in optimizer.inputs})
    return optimizer


@pytest.mark.parametrize("name", NAMES)
def test_one_number_without_flags(name: str, launched: list[str]) -> None:
    step(name, [torch.nn.Parameter(torch.ones(1))], scaled=False)
    assert len(launched) > 1
    assert launched[0].startswith(("scalars", "prepare"))


@pytest.mark.parametrize("name", NAMES)
def test_several_tensors_of_16_bits_with_all_flags(name: str, launched: list[str]) -> None:
    kind = getattr(optgen.optim, name)
    flags = {key: True for key in kind.flags if key in kind([torch.nn.Parameter(torch.ones(1))]).defaults}
    params = [torch.nn.Parameter(torch.ones(shape, dtype=torch.bfloat16)) for shape in ((40, 50), (7,), (2, 3, 4))]
    step(name, params, scaled=True, **flags)
    assert len(launched) > 1


def test_what_does_not_compile_is_seen(launched: list[str]) -> None:
    import triton
    from triton import language as tl

    @triton.jit  # type: ignore[untyped-decorator]  # Triton's own
    def wrong(count: Any) -> None:
        tl.static_assert(count.dtype == tl.int64)  # a number that is 1 has no dtype

    with pytest.raises(triton.CompilationError):
        wrong[(1,)](1)
    assert launched == ["wrong"]
