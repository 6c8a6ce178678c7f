"""Writes docs/conventions.md, and the same for programs into docs/conventions.json, from the tables that the tests run:
`python tests/peers/conventions.py`.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import numpy as np  # noqa: E402
from composed_peers import COMPOSED  # noqa: E402
from keras_peers import KERAS  # noqa: E402
from optax_peers import OPTAX  # noqa: E402
from peer import Patch, Peer  # noqa: E402
from schedule_peers import SCHEDULES  # noqa: E402
from torch_peers import TORCH, TUPLES  # noqa: E402
from trajectories import BAR, DONE, distance, somewhere  # noqa: E402

from optgen.check import load_checked  # noqa: E402

SPECS = HERE.parents[1] / "specs"
FILE = HERE.parents[1] / "docs" / "conventions.md"
DATA = FILE.with_suffix(".json")
PEERS = [*TORCH.values(), *OPTAX.values(), *KERAS.values(), *COMPOSED.values()]
LIBRARIES = ("torch", "optax", "keras")
PLACES = {"torch": "torch.optim", "optax": "optax", "keras": "keras.optimizers"}
NOTHING = "-"
DECAYS = {"": "", "l2": "before", "decoupled": "behind"}
MARKS = {"before": " †", "behind": " ‡"}

DIFFERENT = {
    ("sophia", "optax", "contrib.sophia"): "differs: theirs corrects the momentum for bias, and divides by the Hessian "
    "as it was before this step's estimate",
    ("adam", "keras", "Adam"): "differs: theirs does not correct `epsilon` for bias, as `adam_eps_hat` does not",
    ("adamw", "keras", "AdamW"): "differs: theirs does not correct `epsilon` for bias, as `adam_eps_hat` does not",
    ("adamax", "keras", "Adamax"): "differs: theirs adds `epsilon` to the divisor, ours to the gradient's size in it",
    ("adafactor", "keras", "Adafactor"): "differs: theirs takes means in float32, whatever the dtype, and measures the "
    "parameter behind weight decay",
}
"""What no choice makes the same."""

HEAD = """# Conventions of other libraries

Libraries differ in what they call by one name. For each optimizer that torch.optim, optax or Keras has too, this says
what to choose so that ours is the same: twenty steps in float64, from the start and from the middle of a run, agree to
1e-12 of the parameter's movement, and so do the states. All of it is checked by `pytest tests/peers`, and this page is
written from the tables of those tests by `python tests/peers/conventions.py`, with torch {torch}, optax {optax} and
Keras {keras}.

Optimizers that none of them has are held against their authors' code, retold in `tests/peers/authors.py`.

## Optimizers

"Same" means: with the same numbers; defaults are compared further below. Keras's `weight_decay` is decoupled, whatever
the optimizer. Of optax's optimizers, those marked † have no weight decay:
`optax.chain(optax.add_decayed_weights(weight_decay), ...)` is ours; for those marked ‡ it is
`optax.chain(..., optax.add_decayed_weights(-lr * weight_decay))`.

"""

DEFAULTS = """
## Defaults that differ

Ours is that of the paper or of its authors' code. Flags and arguments that the table above names are left out.

"""

MADE = """
## Made by transforms

What libraries ship whole, or put together of parts of their own, against a spec with transforms.

"""

SCHEDULED = """
## Schedules

Our factor of step t, from 1, is what theirs gives for its count or epoch t - 1.

"""

BUGS = """
## Known bugs of peers

Each is shown by a test: without the correction of the lines in question the two differ as given, in units of the
movement, after twenty steps from the middle of a run; with it, they agree as all others do.

"""


def setting(values: Mapping[str, Any]) -> str:
    """Arguments as they are written."""
    return ", ".join(f"`{name}={value}`" for name, value in values.items())


def fact(peer: Peer) -> dict[str, str]:
    """What makes ours the same, as texts in which names stand between backquotes; empty where nothing is to be done."""
    return {
        "library": peer.library,
        "theirs": peer.theirs,
        "ours_with": setting(peer.choices),
        "theirs_with": setting(peer.arguments),
        "bug": peer.patch.issue if peer.patch else "",
        "decay": DECAYS[peer.decay],
        "note": peer.note,
    }


def cell(of: Mapping[str, str]) -> str:
    """A fact as a cell of a table."""
    if "differs" in of:
        return f"`{of['theirs']}`: differs: {of['differs']}"
    parts = [f"with {of['ours_with']}" if of["ours_with"] else ""]
    parts.append(f"theirs with {of['theirs_with']}" if of["theirs_with"] else "")
    if of["bug"]:
        parts.append(f"once [its bug](#known-bugs-of-peers) is corrected ({of['bug']})")
    same = "; ".join(part for part in parts if part) or "same"
    note = f"; {of['note']}" if of["note"] else ""
    return f"`{of['theirs']}`: {same}{MARKS.get(of['decay'], '')}{note}"


def facts(ours: str) -> list[dict[str, str]]:
    """What libraries have of one optimizer."""
    found = [fact(peer) for peer in PEERS if peer.ours == ours]
    for (o, library, theirs), text in DIFFERENT.items():
        if o == ours:
            found.append({"library": library, "theirs": theirs, "differs": text.removeprefix("differs: ")})
    return [one for n, one in enumerate(found) if one not in found[:n]]


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a table."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def called(name: str) -> str:
    """What an optimizer of ours is called, or what a composed one is made of."""
    tree = ast.parse((HERE / "specs" / "composed.py").read_text())
    made = {ast.unparse(n.targets[0]): ast.unparse(n.value) for n in tree.body if isinstance(n, ast.Assign)}
    return f"`{made.get(name, name)}`"


def specs() -> list[str]:
    """Our optimizers that are in the tables."""
    return sorted({p.ours for p in PEERS} | {ours for ours, _, _ in DIFFERENT})


def is_shipped(name: str) -> bool:
    """Whether it is an optimizer of ours, and not one composed for the tests."""
    return any(SPECS.rglob(f"{name}.py"))


def cells(ours: str, library: str) -> str:
    """What a library has of one optimizer."""
    found = [cell(of) for of in facts(ours) if of["library"] == library]
    return "<br>".join(dict.fromkeys(found)) or NOTHING


def optimizers(names: Iterable[str]) -> list[str]:
    """The table of optimizers."""
    rows = {called(name): [cells(name, library) for library in LIBRARIES] for name in names}
    return columns(rows)


def columns(rows: Mapping[str, list[str]]) -> list[str]:
    """A table by libraries, without those that have nothing in it."""
    kept = [place for place in range(len(LIBRARIES)) if any(row[place] != NOTHING for row in rows.values())]
    head = ("ours", *(LIBRARIES[place] for place in kept))
    return table(head, ([name, *(row[place] for place in kept)] for name, row in rows.items()))


def function_of(peer: Peer) -> Any:
    """Their class or function."""
    place = importlib.import_module(PLACES[peer.library])
    for name in peer.theirs.split("."):
        place = getattr(place, name)
    return place


def differing(peer: Peer) -> dict[str, tuple[Any, Any]]:
    """Our default and theirs, by our names, where both have one and they differ."""
    from keras_running import USUAL as OF_KERAS
    from optax_running import USUAL as OF_OPTAX

    names = {**{"optax": OF_OPTAX, "keras": OF_KERAS}.get(peer.library, {}), **peer.names}
    theirs = {n: p.default for n, p in inspect.signature(function_of(peer)).parameters.items()}
    if peer.library == "torch":
        for name, parts in TUPLES.items():
            if isinstance(theirs.get(name), tuple):
                theirs |= dict(zip(parts, theirs[name], strict=False))
    step = importlib.import_module(f"optgen.generated.{peer.ours}.reference").step
    ours = {n: p.default for n, p in inspect.signature(step).parameters.items() if n not in peer.choices}
    if peer.library == "torch":
        module = importlib.import_module(f"optgen.generated.{peer.ours}.optimizer")
        ours |= {name: None for c in vars(module).values() for name in getattr(c, "by_dtype", ()) if name in ours}
    empty = inspect.Parameter.empty
    both = {name: (value, theirs.get(names.get(name, name), empty)) for name, value in ours.items()}
    # None stands for what changes nothing: no decay, no momentum, a rate of one.
    unlike = {n: (a, b) for n, (a, b) in both.items() if empty not in (a, b) and a != b}
    return {n: (a, b) for n, (a, b) in unlike.items() if b is not None or a not in (0, 1)}


def default_facts(ours: str) -> list[dict[str, str]]:
    """Defaults of one optimizer that differ from those of libraries."""
    rows = {}
    for peer in PEERS:
        if peer.ours == ours and (found := differing(peer)):
            text = ", ".join(f"`{name}` {mine} / {theirs}" for name, (mine, theirs) in found.items())
            rows[peer.library, peer.theirs] = {"library": peer.library, "theirs": peer.theirs, "ours/theirs": text}
    return list(rows.values())


def defaults() -> list[str]:
    """The table of defaults."""
    names = dict.fromkeys(peer.ours for peer in PEERS if is_shipped(peer.ours))
    rows = [(name, row) for name in names for row in default_facts(name)]
    head = ("ours", "theirs", "ours / theirs")
    return table(head, ([f"`{n}`", f"{row['library']} `{row['theirs']}`", row["ours/theirs"]] for n, row in rows))


def schedules() -> list[str]:
    """The table of schedules."""
    names = sorted({s.ours for s in SCHEDULES})
    text = {(s.ours, s.library): f"`{s.theirs}`: {s.same}" for s in SCHEDULES}
    return columns({f"`{name}`": [text.get((name, library), NOTHING) for library in LIBRARIES] for name in names})


def bugs() -> list[str]:
    """The table of bugs."""
    rows = []
    for peer in PEERS:
        if peer.patch:
            before, after = apart(peer, None), apart(peer, peer.patch)
            assert after < BAR < 1e-3 < before
            rows.append([f"{peer.library} `{peer.theirs}`", peer.patch.what, peer.patch.issue, f"{before:.1f}"])
    return table(("optimizer", "bug", "reported", "apart"), rows)


def apart(peer: Peer, patch: Patch | None) -> float:
    """How far ours and theirs come apart from the middle of a run."""
    from optax_running import Running

    reference = importlib.import_module(f"optgen.generated.{peer.ours}.reference")
    (spec,) = load_checked(SPECS, [SPECS / f"{peer.ours}.py"])
    theta = np.random.default_rng(5).standard_normal((4, 5)) + 1.5
    state = somewhere(reference, {s.name: s.key for s in spec.states}, theta, peer.hypers)
    theirs = Running(peer, theta, patch)
    theirs.load(state, DONE)
    return distance(reference, theirs.step, theta, state, DONE + 1, peer.hypers, seed=1)


def page() -> str:
    """The text of the page."""
    import jax
    import optax
    import torch

    jax.config.update("jax_enable_x64", True)
    versions = {"torch": torch.__version__.partition("+")[0], "optax": optax.__version__, "keras": version("keras")}
    names = specs()
    parts = [
        HEAD.format(**versions),
        *optimizers(name for name in names if is_shipped(name)),
        DEFAULTS,
        *defaults(),
        MADE,
        *optimizers(name for name in names if not is_shipped(name)),
        SCHEDULED,
        *schedules(),
        BUGS,
        *bugs(),
    ]
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def data() -> str:
    """The same of what we ship, as JSON."""
    known = [name for name in specs() if is_shipped(name)]
    scheduled = [{"ours": s.ours, "library": s.library, "theirs": s.theirs, "same": s.same} for s in SCHEDULES]
    found = {
        "optimizers": {name: facts(name) for name in known},
        "defaults": {name: rows for name in known if (rows := default_facts(name))},
        "schedules": [one for n, one in enumerate(scheduled) if one not in scheduled[:n]],
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(page())
    DATA.write_text(data())
