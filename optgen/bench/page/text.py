"""The words of the page, around tables and pictures."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from . import tables
from .load import Results, Row, Run

COMMAND = "python -m optgen.bench.page"

HEAD = f"""# Performance

Written by `{COMMAND}` from the files in `benchmarks/results/`, and from nothing else. What counts are the
ratios: all who make the same step take turns in one run, with the same parameters and gradients, so that whatever else
a machine does is felt by all of them. Figures are medians; the spread is half the distance between the quartiles. A
ratio says how many times as long another takes as ours: above 1, ours is faster.
"""

WHO = """
- **torch fused**, **foreach**, **for-loop**: `torch.optim` with `fused=True`, `foreach=True`, `foreach=False`.
- **torch compiled**: the step of `torch.optim` with `foreach=True` under `torch.compile`; what compiling takes is not
  in the times.
- **optax**: what has the same name in optax, with its defaults, under `jax.jit` with donated buffers. Where its
  equations differ from ours, [conventions.md](conventions.md) says so.
- **NumPy**: the generated reference.
- **of copy**: the bandwidth at which our step moves its least bytes, as a share of the bandwidth of a copy of as many
  numbers in the same run. Above 100% is possible on a CPU, where a copy has to fetch what it overwrites.
- **over plainest**: the time of our step over that in which {plainest}, our optimizer that moves the fewest bytes of
  those that torch has fused steps of, moves as many bytes; in the same run.
- **bytes**: moved for each number of the parameters, in float32; in brackets the least that the equations allow, where
  that is less.
"""

NO_GPU = """
## On a GPU

**No GPU has timed these kernels yet**: nothing is claimed about their speed. What is known without one is what they
are compiled to, further below. Where there is a GPU, `optgen bench --all --device cuda --save
benchmarks/results/cuda.json` times them: in all, on the host alone, and on the device alone.
"""

ON_GPU = """
At one size, times are of the device alone, which has all of a step queued before it begins; by size, they are of all,
host and device, and the host's own time, until `step()` returns, stands beside them.
"""

HOST = """
### What a step costs the host

{tensors} tensors of {numel} numbers, so that there is next to nothing to compute; microseconds a tensor. Gradients are
"kept" where each is the tensor that it was in the step before, and "new" where all are other tensors at other
addresses, as behind `zero_grad()`. "Kernels not launched" is the way of a step to a GPU, all of it but the launches.
"""

KERNELS = """
## What kernels are compiled to

Compiled for float32 without a GPU by `optgen inspect`: registers of a thread for each pass over memory (of {amd}, the
tools do not say), bytes that a thread spills, the widest loads of the pass that has the narrowest, and how many of the
[gates](../optgen/inspect/gates.py) are missed. Bytes are those of the tables above.
"""


def page(results: Results) -> str:
    """The whole page.

    Args:
        results: All that there are.
    """
    parts = [HEAD]
    if results.runs:
        parts.append(WHO.format(plainest=results.runs[0].rows[0]["plainest"]))
    parts += [part for run in results.runs for part in _of_run(run)]
    if not any(run.on_gpu for run in results.runs):
        parts.append(NO_GPU)
    if results.kernels:
        amd = " and ".join(dict.fromkeys(row["arch"] for row in results.kernels if row["registers"] is None))
        parts += [KERNELS.format(amd=amd), tables.kernels(results.kernels, results.runs) + "\n"]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _of_run(run: Run) -> Iterable[str]:
    """The section of a run."""
    machine = dict(run.machine)
    date, device, memory, load = (machine.pop(name) for name in ("date", "device", "memory_gb", "load"))
    yield f"## On a {'GPU' if run.on_gpu else 'CPU'}: {device}\n"
    versions = ", ".join(f"{name} {value}" for name, value in machine.items() if name != "kind")
    yield f"{date}; {versions}. Rivals of one result may take {memory:g} GB together.\n"
    yield f"When the run began, {load:g} other processes on average wanted the {machine['cores']} cores.\n"
    if run.on_gpu:
        yield ON_GPU
    yield "\n".join(f"- {sentence}" for sentence in _summary(run)) + "\n"
    yield f"![How many times as long others take]({picture(run, 'ratios')})\n"
    if spans := tables.compiling(run):
        yield f"What compiling took before the first step: {spans}.\n"
    yield f"### Every optimizer, {run.one_size[0]['numel'] / 1e6:.1f}M numbers\n"
    yield tables.one_size(run) + "\n"
    yield f"![Bandwidth beside a copy]({picture(run, 'bandwidth')})\n"
    if run.sizes:
        yield "### Few large tensors and many small ones\n"
        yield f"![Ratios by size]({picture(run, 'sizes')})\n"
        yield tables.sizes(run) + "\n"
    if run.host_cost:
        yield HOST.format(**run.host_cost[0])
        yield tables.host_cost(run) + "\n"
    yield "### Who took no part\n"
    yield "\n".join(_left_out(run.rows)) + "\n"


def picture(run: Run, what: str) -> str:
    """File of a picture, beside the page."""
    return f"performance-{run.name}-{what}.svg"


def _summary(run: Run) -> Iterable[str]:
    """The figures that most will come for."""
    one = run.one_size
    for who in run.rivals:
        known = {row["optimizer"]: row[run.ratios][who] for row in one if who in row[run.ratios]}
        if known:
            least, most = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
            median, low, high = map(tables.ratio, (statistics.median(known.values()), known[least], known[most]))
            yield f"{who}: {median} times as long in the median of {len(known)}, {low} ({least}) to {high} ({most})."
    shares = [row["bandwidth_of_copy"] for row in one if row["passes"] == 1]
    if shares:
        middle, low = (f"{100 * value:.0f}%" for value in (statistics.median(shares), min(shares)))
        yield f"Bandwidth of the {len(shares)} with one pass: {middle} of a copy's in the median, {low} at least."


def _left_out(rows: Sequence[Row]) -> Iterable[str]:
    """Each reason, with whom it concerns."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for row in rows:
        for who, why in row["left_out"].items():
            if who != "plainest":
                own = found.setdefault((who, why.replace(row["optimizer"], "...")), {})
                own.setdefault(row["case"], []).append(row["optimizer"])
    for (who, why), cases in found.items():
        concerned = (f"{case}: {', '.join(names)}" for case, names in cases.items())
        yield f"- {who}: {why} ({'; '.join(concerned)})"
