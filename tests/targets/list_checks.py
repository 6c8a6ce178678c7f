"""What is asked of kernels that update several tensors; `interpreter_worker.py` calls these functions by name."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from kernel_checks import DTYPES, Arguments, Modules, bits, normal, same_bits
from one_tensor import one_tensor

Shapes = tuple[tuple[int, ...], ...]
SHAPES: Shapes = ((3, 5), (), (0,), (1100,), (2, 3, 4))


def inputs_of(module: ModuleType, shapes: Shapes, seed: int) -> dict[str, list[torch.Tensor]]:
    """Values for what a spec asks for beyond the gradient."""
    parameters = inspect.signature(module.step_).parameters.values()
    names = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    return {name: [value.abs() for value in several(seed + n, shapes)] for n, name in enumerate(names)}


def several(seed: int, shapes: Shapes, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """Random tensors."""
    return [normal(100 * seed + i, shape, dtype) for i, shape in enumerate(shapes)]


def arrays(value: Any) -> Any:
    """Copies as NumPy has them, of lists too."""
    return [*map(arrays, value)] if isinstance(value, list | tuple) else value.numpy().copy()


def flat(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """Every tensor under the name that a message would give it."""
    found: dict[str, Any] = {}
    for name, value in tensors.items():
        found |= {f"{name}[{i}]": part for i, part in enumerate(value)} if isinstance(value, list) else {name: value}
    return found


def together(modules: Modules, shapes: Shapes, arguments: Arguments, rtol: float) -> None:
    """Steps of lists follow the float32 reference, each from the kernel's own state; gradients stay as they are."""
    kernel, reference = modules.generated.kernel, modules.generated.reference
    theta = several(1, shapes)
    state = kernel.init(theta, **arguments)
    for t in (1, 2, 3):
        grad, further = several(t + 1, shapes), inputs_of(kernel, shapes, t + 20)
        given = flat({"grad": grad, **further})
        copies = {name: value.clone() for name, value in given.items()}
        expected, after = reference.step(
            arrays(theta),
            arrays(grad),
            {k: arrays(v) for k, v in state.items()},
            t,
            **{k: arrays(v) for k, v in further.items()},
            **arguments,
        )
        kernel.step_(theta, grad, state, t, **further, **arguments)
        assert all(same_bits(value, copies[name]) for name, value in given.items())
        assert state.keys() == after.keys()
        found, wanted = flat({"theta": theta, **state}), flat({"theta": expected, **after})
        assert found.keys() == wanted.keys()
        for name, value in wanted.items():
            scale = np.max(np.abs(value[np.isfinite(value)]), initial=1e-30)
            what = f"{name} at t={t} of {shapes} with {dict(arguments)}"
            np.testing.assert_allclose(found[name].numpy(), value, rtol=rtol, atol=rtol * scale, err_msg=what)


def together_is_not_apart(modules: Modules, arguments: Arguments) -> None:
    """A step of two tensors is another than two steps of one; of tuples it is the same."""
    kernel, shapes = modules.generated.kernel, ((3, 4), (5,))
    grad = several(2, shapes)
    further = inputs_of(kernel, shapes, 20)
    found = []
    for kind in (list, tuple):
        theta = several(1, shapes)
        state = kernel.init(kind(theta), **arguments)
        for t in (1, 2, 3):
            kernel.step_(kind(theta), kind(grad), state, t, **{k: kind(v) for k, v in further.items()}, **arguments)
        found.append(flat({"theta": theta, **state}))
    assert all(map(same_bits, *(values.values() for values in found)))
    single = one_tensor(kernel)
    for i in range(2):
        alone, own = several(1, shapes)[i], {name: values[i] for name, values in further.items()}
        state = single.init(alone, **arguments)
        for t in (1, 2, 3):
            single.step_(alone, grad[i], state, t, **own, **arguments)
        first = found[0]
        pairs = [(value, first[name if name in first else f"{name}[{i}]"]) for name, value in state.items()]
        pairs.append((alone, first[f"theta[{i}]"]))
        assert any(not torch.allclose(*pair, rtol=1e-4, atol=0) for pair in pairs)


def together_mixed_dtypes(modules: Modules, arguments: Arguments) -> None:
    """Each parameter keeps its dtype and is rounded once; the others do not notice."""
    kernel, shapes = modules.generated.kernel, ((3, 5), (1100,), (2, 3))
    narrow = [value.to(dtype) for value, dtype in zip(several(1, shapes), DTYPES, strict=True)]
    wide = [value.float().clone() for value in narrow]
    states = [kernel.init(narrow, **arguments), kernel.init(wide, **arguments)]
    grad = [value.to(dtype) for value, dtype in zip(several(2, shapes), DTYPES[::-1], strict=True)]
    further = inputs_of(kernel, shapes, 20)
    kernel.step_(narrow, grad, states[0], 1, **further, **arguments)
    kernel.step_(wide, [value.float() for value in grad], states[1], 1, **further, **arguments)
    for value, exact, dtype in zip(narrow, wide, DTYPES, strict=True):
        assert same_bits(value, exact.to(dtype))
    for name, value in flat(states[0]).items():
        assert same_bits(value, flat(states[1])[name])


def together_counts_versions(modules: Modules, arguments: Arguments) -> None:
    """Autograd hears of the change of every parameter."""
    kernel, shapes = modules.generated.kernel, ((2, 2), (3,), (0,))
    theta = [torch.nn.Parameter(value) for value in several(1, shapes)]
    state = kernel.init(theta, **arguments)
    before = [value._version for value in theta]
    kernel.step_(theta, several(2, shapes), state, 1, **inputs_of(kernel, shapes, 20), **arguments)
    assert all(value._version > count for value, count in zip(theta, before, strict=True))
    assert not any(value.requires_grad for value in flat(state).values())


def together_repeatable(modules: Modules, arguments: Arguments) -> None:
    """Two runs agree to the last bit."""
    kernel, shapes = modules.generated.kernel, ((70, 90), (5000,), (), (0, 2))
    found = []
    for _ in range(2):
        theta = several(1, shapes)
        state = kernel.init(theta, **arguments)
        for t in (1, 2):
            kernel.step_(theta, several(t + 1, shapes), state, t, **inputs_of(kernel, shapes, 20), **arguments)
        found.append([*theta, *flat(state).values()])
    assert all(map(same_bits, *found))


class ListRefusals:
    """Calls that have to fail, and to leave everything as it was."""

    def __init__(self, kernel: Any, arguments: Arguments) -> None:
        self.kernel, self.arguments, self.shapes = kernel, dict(arguments), ((3, 4), (5,), (2, 3))
        self.theta, self.grad = several(1, self.shapes), several(2, self.shapes)
        self.state = kernel.init(self.theta, **arguments)
        self.further = inputs_of(kernel, self.shapes, 20)

    def check(self, error: type[Exception], *parts: str, **changed: Any) -> None:
        """One call with some arguments replaced."""
        given = {"theta": self.theta, "grad": self.grad, "state": self.state, "t": 1, **self.arguments, **self.further}
        kept = flat({"theta": self.theta, **self.state})
        before = {name: value.clone() for name, value in kept.items()}
        with pytest.raises(error) as caught:
            self.kernel.step_(**{**given, **changed})
        missing = [part for part in parts if part not in str(caught.value)]
        assert not missing, f"{missing} not in {caught.value}"
        assert all(torch.equal(bits(value), bits(before[name])) for name, value in kept.items())


def refuses_lists(modules: Modules, settings: list[Arguments]) -> None:
    """Every wrong entry is named, with its number."""
    kernel = modules.generated.kernel
    for wrong, error, text in (
        (torch.ones(3), TypeError, "theta must be a list of tensors"),
        (None, TypeError, "theta must be a list of tensors"),
        ([], ValueError, "theta is an empty list: there is nothing to update"),
        ([torch.ones(2), None], TypeError, "theta[1] must be a torch tensor, got None"),
        ([torch.ones(2), torch.ones(2).double()], TypeError, "theta[1] must be float32 or float16 or bfloat16, got"),
    ):
        with pytest.raises(error) as caught:
            kernel.init(wrong)
        assert text in str(caught.value)
    for arguments in settings:
        call = ListRefusals(kernel, arguments)
        theta, state = call.theta, call.state

        def instead(values: list[Any], number: int, value: Any) -> list[Any]:
            return [*values[:number], value, *values[number + 1 :]]

        call.check(TypeError, "theta must be a list of tensors", theta=theta[0])
        call.check(TypeError, "theta must be a list of tensors", theta=dict(enumerate(theta)))
        call.check(ValueError, "theta is an empty list", theta=[], grad=[])
        call.check(TypeError, "theta[2] must be a torch tensor", theta=instead(theta, 2, 1.0))
        call.check(ValueError, "theta[0] must be contiguous", theta=instead(theta, 0, torch.ones(4, 3).T))
        call.check(ValueError, "theta[1] must be on the device cpu", theta=instead(theta, 1, torch.ones(5).to("meta")))
        for name, values in {"grad": call.grad, **call.further}.items():
            call.check(TypeError, f"{name} must be a list with a tensor for each parameter", **{name: values[0]})
            call.check(ValueError, f"{name} has 2 entries for 3 parameters", **{name: values[:2]})
            call.check(ValueError, f"{name} has 4 entries for 3 parameters", **{name: [*values, values[0]]})
            call.check(TypeError, f"{name}[1] must be a torch tensor, got None", **{name: instead(values, 1, None)})
            call.check(TypeError, f"{name}[2] must be float32", "int64", **{name: instead(values, 2, values[2].long())})
            shape = f"{name}[2] must have theta[2]'s shape (2, 3), got (3, 2)"
            call.check(ValueError, shape, **{name: instead(values, 2, torch.ones(3, 2))})
            fix = f"pass {name}[2].contiguous()"
            call.check(ValueError, f"{name}[2] must be contig", fix, **{name: instead(values, 2, torch.ones(3, 2).T)})
        call.check(TypeError, "state must be a dict", state=[state])
        call.check(ValueError, "unknown 'other'", state={**state, "other": theta})
        call.check(
            ValueError,
            "share memory",
            "theta[0]",
            "theta[2]",
            theta=instead(theta, 2, theta[0].view(-1)[:6].view(2, 3)),
        )
        call.check(ValueError, "share memory", "theta[1]", "grad[1]", grad=instead(call.grad, 1, theta[1]))
        for name, values in state.items():
            label, rest = f"state['{name}']", {key: kept for key, kept in state.items() if key != name}
            call.check(ValueError, f"state has no '{name}'", state=rest)
            if not isinstance(values, list):
                call.check(TypeError, f"{label} must be a torch tensor", state={**rest, name: [values]})
                call.check(TypeError, f"{label} must be float64", state={**rest, name: values.float()})
                call.check(ValueError, f"{label} must be one number", state={**rest, name: values.repeat(2)})
                continue
            call.check(TypeError, f"{label} must be a list with a tensor for each", state={**rest, name: values[0]})
            call.check(ValueError, f"{label} has 1 entries for 3 parameters", state={**rest, name: values[:1]})
            call.check(TypeError, f"{label}[1] must be a torch", state={**rest, name: instead(values, 1, 0)})
            call.check(
                TypeError, f"{label}[2] must be float", state={**rest, name: instead(values, 2, values[2].half())}
            )
            wrong = torch.ones(7, dtype=values[1].dtype)
            call.check(ValueError, f"{label}[1] must ", "(7,)", state={**rest, name: instead(values, 1, wrong)})
            if values[1].ndim:
                call.check(
                    ValueError,
                    "share memory",
                    f"{label}[1]",
                    "theta[1]",
                    state={**rest, name: instead(values, 1, theta[1][: values[1].numel()])},
                )
