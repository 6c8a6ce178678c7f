"""What is asked of kernels in Triton's interpreter; `interpreter_worker.py` calls these functions by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

Array = NDArray[Any]
Arguments = Mapping[str, Any]
Modules = SimpleNamespace
DTYPES = (torch.float32, torch.float16, torch.bfloat16)


def tensor(array: Array, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """A tensor of its own with an array's values."""
    return torch.from_numpy(np.array(array)).to(dtype)


def normal(seed: int, shape: int | tuple[int, ...], dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Random values."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def further_tensors(step: Callable[..., object], like: torch.Tensor) -> dict[str, torch.Tensor]:
    """Values for what a spec asks for beyond the gradient: arguments that have no default."""
    parameters = inspect.signature(step).parameters.values()
    names = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    return {name: normal(40 + number, tuple(like.shape)).abs() for number, name in enumerate(names)}


def as_arrays(tensors: Mapping[str, torch.Tensor]) -> dict[str, Array]:
    """What the reference takes of them."""
    return {name: value.numpy() for name, value in tensors.items()}


def bits(value: torch.Tensor) -> torch.Tensor:
    """The bits of floating-point numbers."""
    return value.view({2: torch.int16, 4: torch.int32, 8: torch.int64}[value.element_size()])


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Equal to the last bit; any NaN equals any other."""
    both_nan = one.isnan() & other.isnan()
    return one.dtype == other.dtype and bool((both_nan | (bits(one) == bits(other))).all())


def follows_reference(
    modules: Modules,
    theta: Array,
    grads: list[Array],
    inputs: list[Mapping[str, Array]],
    arguments: Arguments,
    rtol: float,
) -> None:
    """Steps of the kernel against steps of the float32 reference, each from the kernel's own state."""
    parameter = tensor(theta)
    state = modules.kernel.init(parameter, **arguments)
    for t, (grad, given) in enumerate(zip(grads, inputs, strict=True), start=1):
        further = {**as_arrays(further_tensors(modules.kernel.step_, parameter)), **given}
        before = {name: value.numpy().copy() for name, value in state.items()}
        expected, after = modules.reference.step(parameter.numpy().copy(), grad, before, t, **further, **arguments)
        tensors = {name: tensor(value) for name, value in further.items()}
        modules.kernel.step_(parameter, tensor(grad), state, t, **tensors, **arguments)
        assert state.keys() == after.keys()
        for name, wanted in {"theta": expected, **after}.items():
            got = (parameter if name == "theta" else state[name]).numpy()
            scale = np.max(np.abs(wanted[np.isfinite(wanted)]), initial=1e-30)
            np.testing.assert_allclose(
                got, wanted, rtol=rtol, atol=rtol * scale, err_msg=f"{name} at t={t} with {dict(arguments)}"
            )


def sizes(modules: Modules, settings: list[Arguments]) -> None:
    """Every interesting size, and a tensor without dimensions."""
    block = modules.kernel.BLOCK
    shapes: list[tuple[int, ...]] = [(), (1,), (block - 1,), (block,), (block + 1,), (2 * block,), (2 * block + 3,)]
    for shape in [*shapes, (5, 7), (3, block)]:
        rng = np.random.default_rng(len(shape))
        grads = [rng.standard_normal(shape).astype(np.float32) for _ in range(2)]
        for arguments in settings:
            theta = np.asarray(rng.standard_normal(shape), np.float32)
            follows_reference(modules, theta, grads, [{}, {}], arguments, 2e-6)


def empty(modules: Modules, settings: list[Arguments]) -> None:
    """Tensors without elements: nothing happens, and nothing breaks."""
    for shape in ((0,), (3, 0, 2)):
        for arguments in settings:
            theta = torch.zeros(shape)
            state = modules.kernel.init(theta, **arguments)
            further = further_tensors(modules.kernel.step_, theta)
            modules.kernel.step_(theta, torch.zeros(shape), state, 1, **further, **arguments)
            assert theta.shape == shape
            wanted = modules.reference.init(np.zeros(shape, np.float32), **arguments)
            assert {name: value.shape for name, value in state.items()} == {n: v.shape for n, v in wanted.items()}


def mixed_dtypes(modules: Modules, settings: list[Arguments]) -> None:
    """Narrow parameters and gradients give what float32 gives, rounded once at the end."""
    for arguments in settings:
        for theta_type in DTYPES:
            for grad_type in DTYPES:
                narrow = normal(1, 1100, theta_type)
                wide = narrow.float().clone()
                states = [modules.kernel.init(narrow, **arguments), modules.kernel.init(wide, **arguments)]
                for t in (1, 2):
                    grad = normal(t + 1, 1100, grad_type)
                    wide = narrow.float().clone()
                    further = further_tensors(modules.kernel.step_, wide)
                    modules.kernel.step_(narrow, grad, states[0], t, **further, **arguments)
                    modules.kernel.step_(wide, grad.float(), states[1], t, **further, **arguments)
                    what = f"{theta_type} with {grad_type} at t={t} with {dict(arguments)}"
                    assert same_bits(narrow, wide.to(theta_type)), what
                    for name, value in states[0].items():
                        assert value.dtype == (torch.float32 if value.ndim else torch.float64)
                        assert same_bits(value, states[1][name]), f"{name}: {what}"


def rounding(modules: Modules) -> None:
    """Results are rounded to nearest even, with ties, overflow, NaN and subnormals as torch has them."""
    exact = [1.0, 1.5, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-11, 1 + 3 * 2**-11, 65504.0, 65519.99, 65520.0, 65536.0]
    exact += [
        3.39e38,
        3.3962e38,
        2.0**-24,
        2.0**-25,
        3 * 2.0**-26,
        6e-8,
        1e-40,
        9.2e-41,
        0.0,
        -0.0,
        torch.inf,
        torch.nan,
        1e-45,
    ]
    values = torch.tensor([*exact, *(-x for x in exact)])
    values = torch.cat([values, normal(0, 1000) * 10.0 ** normal(1, 1000).mul(10)])
    for dtype in (torch.float16, torch.bfloat16):
        theta = torch.zeros(values.shape, dtype=dtype)
        modules.kernel.step_(theta, -values, {}, 1, lr=1.0, weight_decay=0.0)  # theta = 0 - 1 * -value
        wanted = torch.where(values == 0, torch.zeros(()), values).to(dtype)
        assert same_bits(theta, wanted), dtype


def special_gradients(modules: Modules, settings: list[Arguments]) -> None:
    """NaN and infinity spoil what the reference says they spoil; zeros and subnormals survive."""
    for arguments in settings:
        for bad in (np.nan, np.inf, -np.inf):
            grad = np.full((9,), 0.5, np.float32)
            grad[3] = bad
            theta = np.linspace(-1, 1, 9, dtype=np.float32)
            follows_reference(modules, theta, [grad, np.abs(theta)], [{}, {}], arguments, 1e-5)
        quiet = np.array([-0.0, 0.0, 1e-40, -1e-45], np.float32)
        follows_reference(modules, quiet, [np.zeros(4, np.float32)], [{}], arguments, 1e-6)


def repeatable(modules: Modules, arguments: Arguments, inputs: list[str]) -> None:
    """Two runs agree to the last bit."""
    found = []
    for _ in range(2):
        theta = normal(3, 5000)
        state = modules.kernel.init(theta, **arguments)
        for t in (1, 2, 3):
            further = {name: normal(t + 20, 5000) for name in inputs}
            modules.kernel.step_(theta, normal(t + 10, 5000), state, t, **further, **arguments)
        found.append([theta, *state.values()])
    assert all(same_bits(one, other) for one, other in zip(*found, strict=True))


def draws(modules: Modules, size: int, seed: int, t: int, tensor: int) -> dict[str, Array]:
    """The states after a step from zero."""
    theta = torch.zeros(size)
    state = modules.kernel.init(theta)
    modules.kernel.step_(theta, torch.zeros(size), state, t, seed=seed, tensor=tensor)
    return {name: value.numpy() for name, value in state.items()}


def counts_versions(modules: Modules, arguments: Arguments) -> None:
    """Autograd hears of the change, and a parameter that requires a gradient may be changed."""
    theta = torch.nn.Parameter(normal(0, 4))
    before = theta._version
    state = modules.kernel.init(theta, **arguments)
    further = further_tensors(modules.kernel.step_, theta)
    modules.kernel.step_(theta, normal(1, 4), state, 1, **further, **arguments)
    assert theta._version > before
    assert not any(value.requires_grad for value in state.values())
    with torch.inference_mode():
        plain = normal(0, 4)
        modules.kernel.step_(plain, normal(1, 4), modules.kernel.init(plain, **arguments), 1, **further, **arguments)


def takes_numbers_of_all_kinds(modules: Modules, hypers: Mapping[str, float]) -> None:
    """NumPy's and torch's scalars are as good as Python's."""
    for make in (float, np.float64, np.float32, lambda x: torch.tensor(x), lambda x: np.array(x)):
        theta = normal(0, 8)
        state = modules.kernel.init(theta, **hypers)
        further = further_tensors(modules.kernel.step_, theta)
        numbers = {k: make(v) for k, v in hypers.items()}
        modules.kernel.step_(theta, normal(1, 8), state, np.int64(1), **further, **numbers)
        wanted, _ = modules.reference.step(
            normal(0, 8).numpy(),
            normal(1, 8).numpy(),
            modules.reference.init(normal(0, 8).numpy(), **hypers),
            1,
            **as_arrays(further),
            **{k: float(np.float32(v)) if make is np.float32 else v for k, v in hypers.items()},
        )
        np.testing.assert_allclose(theta.numpy(), wanted, rtol=1e-5, atol=1e-6)


def narrow_with_extreme_numbers(modules: Modules, settings: list[Arguments]) -> None:
    """Scalars that float32 does not hold do not change what a narrow parameter is."""
    for arguments in settings:
        for dtype in DTYPES:
            theta = normal(0, 40, dtype)
            modules.kernel.step_(theta, normal(1, 40, dtype), modules.kernel.init(theta), 1, **arguments)
            assert theta.dtype == dtype
            assert bool(theta.isfinite().all())
