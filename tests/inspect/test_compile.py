"""Every shipped kernel, compiled for an H100-class GPU without one."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import triton
from torch._subclasses.fake_tensor import FakeTensorMode

import optgen.specs
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.generated._runtime import launch
from optgen.inspect.compile import Kernel, inspect, kernels
from optgen.inspect.gates import VECTOR, broken, is_pass
from optgen.spec.model import Spec, SpecKind
from optgen.targets.base import Unit

pytestmark = pytest.mark.skipif(
    triton.knobs.runtime.interpret, reason="Triton compiles nothing under TRITON_INTERPRET=1"
)

FOLDER = Path(optgen.specs.__path__[0])
SPECS = [spec for spec in load_checked(FOLDER) if spec.kind is SpecKind.OPTIMIZER]
DEVICES = ("on_device(theta.device)", "on_device(theta[0].device)", "on_device(device)")


def _flags(spec: Spec) -> list[dict[str, bool]]:
    names = [f.name for f in spec.flags]
    return [dict(zip(names, values, strict=True)) for values in product((False, True), repeat=len(names))]


CASES = [
    pytest.param(spec, flags, id=f"{spec.name}-{''.join('01'[v] for v in flags.values())}")
    for spec in SPECS
    for flags in _flags(spec)
]


def _compiled(unit: Unit, flags: dict[str, bool]) -> list[Kernel]:
    module = importlib.import_module(f"optgen.generated.{unit.spec.name}.kernel")
    return inspect(unit, module, "sm_90", flags)


@pytest.mark.parametrize(("spec", "flags"), CASES)
def test_accesses_are_wide_and_nothing_spills(spec: Spec, flags: dict[str, bool]) -> None:
    unit = unit_of(spec, FOLDER)
    module = importlib.import_module(f"optgen.generated.{spec.name}.kernel")
    found = _compiled(unit, flags)
    assert len([kernel for kernel in found if is_pass(kernel)]) == len(unit.batch.phases)
    assert broken(unit, module, found, flags) == {}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_what_is_not_aligned_goes_by_elements(spec: Spec) -> None:
    """Where a tensor begins anywhere, wide accesses would be faults; so they would in rows of odd length."""
    unit = unit_of(spec, FOLDER)
    module = importlib.import_module(f"optgen.generated.{spec.name}.kernel")
    flags = {f.name: f.default for f in spec.flags}
    for kernel in inspect(unit, module, "sm_90", flags, aligned=False, size_hint=False):
        if is_pass(kernel):
            assert VECTOR not in kernel.loads
            assert VECTOR not in kernel.stores
            assert kernel.local == 0


@pytest.mark.parametrize("arch", ["sm_80", "sm_100", "gfx942"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_so_they_are_on_other_architectures(spec: Spec, arch: str) -> None:
    unit = unit_of(spec, FOLDER)
    module = importlib.import_module(f"optgen.generated.{spec.name}.kernel")
    flags = {f.name: f.default for f in spec.flags}
    assert broken(unit, module, inspect(unit, module, arch, flags), flags) == {}


def test_gates_see_what_is_broken() -> None:
    unit = unit_of(next(s for s in SPECS if s.name == "lamb"), FOLDER)
    module = importlib.import_module("optgen.generated.lamb.kernel")
    scalars, first, finish, second = inspect(unit, module, "sm_90", {})
    assert broken(unit, module, [scalars, first, finish, second], {}) == {}
    spilled, waiting = replace(finish, local=16), replace(second, barriers=3)
    found = broken(unit, module, [replace(first, registers=128), spilled, waiting], {})
    assert found == {
        "phase1_kernel": ["takes 128 registers of a thread, where 104 are allowed"],
        "phase1_finish_each": ["spills 16 bytes of a thread"],
        "phase2_kernel": ["3 barriers, though nothing is added up"],
    }
    narrow = broken(unit, module, inspect(unit, module, "sm_90", {}, aligned=False), {})
    assert any("of 16 bytes, where 4 tensors take 8" in text for text in narrow["phase1_kernel"])
    more = replace(second, loads={**second.loads, 16: 60}, conversions=2)
    assert len(broken(unit, module, [first, finish, more], {})["phase2_kernel"]) == 2


def test_offsets_of_32_bits_are_seen(tmp_path: Path) -> None:
    source = Path(str(importlib.import_module("optgen.generated.sgd.kernel").__file__)).read_text()
    unit = unit_of(next(s for s in SPECS if s.name == "sgd"), FOLDER)
    flags = {f.name: f.default for f in unit.spec.flags}
    for number, narrow in enumerate(("block.to(tl.int32) * BLOCK", "(block.to(tl.int32) * BLOCK).to(tl.int64)")):
        text = source.replace("block * BLOCK", narrow)
        assert text != source
        file = tmp_path / f"narrow{number}.py"
        file.write_text(text.replace("from .._runtime", "from optgen.generated._runtime"))
        found = spec_from_file_location(file.stem, file)
        assert found
        assert found.loader
        module = module_from_spec(found)
        found.loader.exec_module(module)
        assert {kernel.offset_bits for kernel in inspect(unit, module, "sm_90", flags)} == {32}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_launch_is_on_the_device_of_the_parameter(spec: Spec) -> None:
    """Triton launches on the current GPU, whichever the tensors are on."""
    module = importlib.import_module(f"optgen.generated.{spec.name}.kernel")
    tree = ast.parse(Path(str(module.__file__)).read_text())
    guards = [n for n in ast.walk(tree) if isinstance(n, ast.With) and ast.unparse(n.items[0]) in DEVICES]
    [guarded] = [set(_launches(guard)) for guard in guards]
    assert guarded == set(_launches(tree))
    assert len(guarded) == len(kernels(module))


def _launches(tree: ast.AST) -> Iterator[ast.Call]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Subscript))


def test_the_guard_makes_the_device_of_the_parameter_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    current: list[torch.device] = []

    @contextmanager
    def device(chosen: torch.device) -> Iterator[None]:
        current.append(chosen)
        yield
        current.pop()

    monkeypatch.setattr(torch, "get_device_module", lambda _: SimpleNamespace(device=device))
    with launch.on_device(torch.device("cuda", 1)):
        assert current == [torch.device("cuda", 1)]
    assert current == []
    with launch.on_device(torch.device("cpu")):
        assert current == []


def test_tensors_on_two_gpus_are_refused() -> None:
    with FakeTensorMode():
        first, second = (torch.empty(3, device=f"cuda:{n}") for n in range(2))
        for name, grad, state in (("grad", second, {}), (r"state\['m'\]", first.clone(), {"m": second})):
            with pytest.raises(ValueError, match=f"{name} must be on theta's device cuda:0, got cuda:1"):
                launch.check_tensors(first, grad, state, dict.fromkeys(state, True))
