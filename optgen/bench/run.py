"""A run of the benchmark: every optimizer at one size, and some at every size."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from . import compilers, rivals
from .cases import CASES, EVERY, Case
from .clocks import Clock
from .facts import Facts, has_fused_rival
from .measure import Times, interleaved
from .memory import Budget
from .rivals import LeftOutError, Maker, Rival, Subject

SECONDS = 5.0
"""For the steps of one optimizer at one size, more or less."""
ALWAYS: dict[str, Maker] = {"ours": rivals.ours, "copy": rivals.copy, "plainest": rivals.plainest}
"""What every result is made of; the others take part where they can."""
OTHERS: dict[str, Maker] = {
    "torch fused": partial(rivals.in_torch, ways={"fused": True}),
    "torch foreach": partial(rivals.in_torch, ways={"foreach": True}),
    "torch compiled": compilers.compiled,
    "optax": compilers.jitted,
    "torch for-loop": partial(rivals.in_torch, ways={"foreach": False}),
    "NumPy": rivals.reference,
}


@dataclass(frozen=True)
class Setting:
    """What all results of a run have in common.

    Attributes:
        device: "cpu" or "cuda".
        clock: Times a step there.
        memory: Bytes that the rivals of one result may take together.
        plainest: Our optimizer that moves the fewest bytes.
    """

    device: str
    clock: Clock
    memory: int
    plainest: Facts


def pairs(optimizers: Sequence[Facts], *, every_case: bool) -> list[tuple[Facts, Case]]:
    """Each optimizer at one size, and those that torch has fused steps of at each.

    Args:
        optimizers: Which.
        every_case: Whether some are run at every size.
    """
    more = CASES[1:] if every_case else ()
    return [(own, EVERY) for own in optimizers] + [
        (own, case) for case in more for own in optimizers if has_fused_rival(own.optimizer)
    ]


def results(chosen: Sequence[tuple[Facts, Case]], setting: Setting) -> Iterator[dict[str, Any]]:
    """The times of each pair; a result as soon as it is there."""
    for facts, case in chosen:
        yield _result(facts, case, setting)
        compilers.forget()
        gc.collect()


def taking_part(subject: Subject, memory: int) -> tuple[list[Rival], dict[str, str]]:
    """All that can make the step of an optimizer, each behind its first step; and why others cannot.

    Args:
        subject: What is updated.
        memory: Bytes that all may take together.
    """
    budget = Budget(memory, subject)
    found, left_out = [], {}
    for who, make in {**ALWAYS, **OTHERS}.items():
        try:
            budget.take(who, always=who in ALWAYS)
            rival = make(who, subject)
            rival.step()
            found.append(rival)
        except LeftOutError as reason:
            left_out[who] = str(reason)
    return found, left_out


def _result(facts: Facts, case: Case, setting: Setting) -> dict[str, Any]:
    subject = Subject(facts, case, setting.device, setting.plainest.optimizer)
    found, left_out = taking_part(subject, setting.memory)
    times = interleaved(found, setting.clock, SECONDS)
    compiled = {rival.name: {"compile_s": round(rival.compile_s, 2)} for rival in found if rival.compile_s is not None}
    return {
        **facts.as_dict(),
        "case": case.name,
        "tensors": len(case.shapes),
        "numel": case.numel,
        "times": {who: {**own.as_dict(), **compiled.get(who, {})} for who, own in times.items()},
        **_ratios(times),
        **_beside_memory(facts, case, setting, times),
        "left_out": left_out,
    }


def _ratios(times: dict[str, Times]) -> dict[str, Any]:
    """How many times as long as ours others take: in all, and on a GPU for the host and for the device alone."""
    found: dict[str, Any] = {"ratios": {}}
    for who, own in times.items():
        if who == "ours":
            continue
        found["ratios"][who] = _rounded(own.wall.median / times["ours"].wall.median)
        for name in ("host", "device"):
            theirs, mine = getattr(own, name), getattr(times["ours"], name)
            if theirs and mine:
                found.setdefault(f"{name}_ratios", {})[who] = _rounded(theirs.median / mine.median)
    return found


def _beside_memory(facts: Facts, case: Case, setting: Setting, times: dict[str, Times]) -> dict[str, Any]:
    """The bandwidth of our step beside that of a copy, and its time beside that of the plainest for the same bytes."""
    ours, copied = times["ours"].work, times["copy"].work
    plain = times["plainest"].work if "plainest" in times else ours
    return {
        "bandwidth_of_copy": _rounded((facts.bytes_each * case.numel / ours) / (8 * case.numel / copied)),
        "time_over_bytes_of_plainest": _rounded((ours / facts.bytes_each) / (plain / setting.plainest.bytes_each)),
        "plainest": setting.plainest.optimizer,
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
