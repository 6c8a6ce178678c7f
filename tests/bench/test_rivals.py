"""Who takes part, and who does not, and why."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil

import pytest
import torch
from subjects import SMALL, facts, subject

from optgen.bench import compilers, rivals, run
from optgen.bench.cases import CASES, Case
from optgen.bench.facts import Facts, has_fused_rival, plainest
from optgen.bench.memory import Budget, free
from optgen.bench.rivals import LeftOutError

HAS_OPTAX = importlib.util.find_spec("optax") is not None
GB = 1_000_000_000


def test_cases_have_the_sizes_of_their_names() -> None:
    sizes = {case.name: case.numel for case in CASES}
    assert sizes["10 x 16.8M"] == 10 * sizes["1 x 16.8M"] == 10 * 2**24
    assert sizes["1000 x 1024"] == 1024000
    assert sizes["GPT-2 small"] == 124_439_808  # as its authors count
    assert sizes["a layer of Llama 7B"] == 202_383_360
    assert sizes["1 x 16777213"] % 4


@pytest.mark.parametrize(
    ("spec", "ways"),
    [
        ("adamw", ["ours", "copy", "plainest", "torch fused", "torch foreach", "optax", "torch for-loop", "NumPy"]),
        ("sgd", ["ours", "copy", "torch fused", "torch foreach", "optax", "torch for-loop", "NumPy"]),
        ("rmsprop", ["ours", "copy", "plainest", "torch foreach", "optax", "torch for-loop", "NumPy"]),
        ("noisy_sgd", ["ours", "copy", "plainest", "optax", "NumPy"]),
        ("laprop", ["ours", "copy", "plainest", "NumPy"]),
        ("prodigy", ["ours", "copy", "plainest", "optax"]),
        ("sophia", ["ours", "copy", "plainest"]),
    ],
)
def test_all_take_part_that_have_the_optimizer(spec: str, ways: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "OTHERS", {who: make for who, make in run.OTHERS.items() if who != "torch compiled"})
    found, left_out = run.taking_part(subject(spec), GB)
    assert [rival.name for rival in found] == [way for way in ways if HAS_OPTAX or way != "optax"], left_out
    assert {rival.name for rival in found} | left_out.keys() == run.ALWAYS.keys() | run.OTHERS.keys()
    assert all(left_out.values())
    for rival in found:
        rival.step()


def test_what_is_left_out_has_a_reason() -> None:
    _, left_out = run.taking_part(subject("lion", Case("many", ((2,),) * 20)), GB)
    assert left_out["torch foreach"] == left_out["torch compiled"] == "torch.optim has no Lion"
    with pytest.raises(LeftOutError, match="up to 16 tensors"):
        compilers.compiled("torch compiled", subject("adamw", Case("many", ((2,),) * 20)))
    with pytest.raises(LeftOutError, match=r"up to 33\.6M numbers"):
        rivals.reference("NumPy", subject("adamw", Case("large", ((1 << 26,),))))
    with pytest.raises(LeftOutError, match="no argument fused"):
        rivals.in_torch("torch fused", subject("rmsprop"), {"fused": True})
    with pytest.raises(LeftOutError, match="on the CPU"):
        compilers.jitted("optax", dataclasses.replace(subject("adamw"), device="cuda"))


def test_without_optax_the_others_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    own = subject("adamw")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(LeftOutError, match="not installed"):
        compilers.jitted("optax", own)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # what torch's compiler imports of torch is deprecated
def test_a_compiled_step_is_that_of_torch() -> None:
    if shutil.which(os.environ.get("CXX", "g++")) is None:
        pytest.skip("torch.compile needs a C++ compiler")
    subject_ = subject("sgd", Case("one", ((7,),)))
    before = subject_.params[0].detach().clone()
    rival = compilers.compiled("torch compiled", subject_)
    rival.step()
    assert rival.compile_s is not None
    assert rival.compile_s > 0
    expected = before - 2 * 1e-3 * subject_.grads[0]
    torch.testing.assert_close(subject_.params[0].detach(), expected)
    compilers.forget()


def test_a_step_that_cannot_be_compiled_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: object) -> object:
        def step() -> None:
            raise RuntimeError("no compiler\nand more of it")

        return step

    monkeypatch.setattr(torch, "compile", failing)
    with pytest.raises(LeftOutError, match=r"^RuntimeError: no compiler$"):
        compilers.compiled("torch compiled", subject("sgd"))


def test_a_copy_copies() -> None:
    assert torch.equal(rivals.copy("copy", subject("sgd")).step(), torch.zeros(SMALL.numel))


def test_states_are_counted_by_the_bytes() -> None:
    found = {name: facts(name) for name in ("sgd", "lion", "adamw", "amsgrad", "lamb", "noisy_sgd", "adafactor")}
    assert {name: own.states for name, own in found.items()} == {
        "sgd": 0,
        "lion": 1,
        "adamw": 2,
        "amsgrad": 3,
        "lamb": 2,
        "noisy_sgd": 0,
        "adafactor": 0,
    }
    assert {name for name, own in found.items() if own.noise} == {"noisy_sgd"}
    assert {name for name, own in found.items() if own.passes > 1} == {"lamb", "adafactor"}
    assert has_fused_rival("AdamW")
    assert not has_fused_rival("Lion")
    assert plainest(found.values()).optimizer == "SGD"


def test_who_has_no_room_is_left_out() -> None:
    own = subject("adamw", Case("large", ((1_000_000, 25),)))  # 0.1 GB a tensor
    budget = Budget(int(0.82 * GB), own)
    budget.take("ours", always=True)
    budget.take("torch fused", always=False)
    with pytest.raises(LeftOutError, match=r"needs 0\.2 GB more, where 0\.0 GB are left of the 0\.8 GB"):
        budget.take("torch foreach", always=False)
    budget.take("copy", always=True)


def test_free_memory_is_known() -> None:
    assert 10_000_000 < free("cpu") < 1 << 50


def test_facts_have_all_that_results_say() -> None:
    assert facts("adamw") == Facts("AdamW", "adamw", 28, 28, 1, noise=False)
