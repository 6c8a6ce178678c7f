"""Losses of a small training with several optimizers, for the site: `python benchmarks/training.py`.

Each trains the network of `examples/image_classifier.py`, on images that are drawn here, with several learning rates;
what ends lowest is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

import torch
from image_classifier import BATCH, losses

from optgen import optim

OPTIMIZERS = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "radam": "RAdam",
    "lion": "Lion",
    "lamb": "LAMB",
    "adan": "Adan",
    "adopt": "ADOPT",
    "schedule_free_adamw": "ScheduleFreeAdamW",
    "prodigy": "Prodigy",
}
"""Names of specs and classes."""
RATES = (1e-3, 3e-3, 1e-2, 1e-1, 1.0)
LAST = 20
"""Steps whose mean loss says how a training has ended."""


def end(values: Sequence[float]) -> float:
    """Mean loss of the last steps; infinite where it is no number."""
    mean = sum(values[-LAST:]) / LAST
    return mean if mean == mean else float("inf")


def trained(class_name: str, steps: int) -> dict[str, object]:
    """The training with the learning rate that ends lowest."""
    made = getattr(optim, class_name)
    runs = {rate: [*losses(partial(made, lr=rate), steps)] for rate in RATES}
    best = min(runs, key=lambda rate: end(runs[rate]))
    print(f"{class_name}: {end(runs[best]):.4f} at a learning rate of {best:g}", flush=True)
    return {"lr": best, "losses": [round(value, 5) for value in runs[best]]}


def main() -> None:
    """Train with all of them, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=Path, default=Path("benchmarks/results/training.json"))
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # of so small a network, one core makes more steps than several
    what = (
        f"A small convolutional network learns to tell circles, squares and crosses apart, {BATCH} noisy images a step "
        f"for {arguments.steps} steps, from the same start and with the same images. Each optimizer has that learning "
        f"rate of {len(RATES)} that ends lowest; all else is left at its default."
    )
    found = {"what": what, "optimizers": {n: trained(c, arguments.steps) for n, c in OPTIMIZERS.items()}}
    arguments.save.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
