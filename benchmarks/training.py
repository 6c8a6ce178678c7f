"""Losses of a small training with several optimizers, for the site: `python benchmarks/training.py`.

Each trains a network of two layers on the images of `examples/image_classifier.py`, with several learning rates; what
ends lowest is kept.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from optgen import optim

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "examples"))

from image_classifier import BATCH, SIZE, images

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
RATES = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
LAST = 20
"""Steps whose mean loss says how a training has ended."""


def end(values: Sequence[float]) -> float:
    """Mean loss of the last steps; infinite where it is no number."""
    mean = sum(values[-LAST:]) / LAST
    return mean if mean == mean else float("inf")


def batches(steps: int) -> list[tuple[Tensor, Tensor]]:
    """The images of all steps, and which each is."""
    random = torch.Generator().manual_seed(0)
    return [images(BATCH, random) for _ in range(steps)]


def losses(class_name: str, rate: float, data: Sequence[tuple[Tensor, Tensor]]) -> list[float]:
    """The loss of each step, always from the same start."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(SIZE * SIZE, 64), nn.ReLU(), nn.Linear(64, 3))
    optimizer = getattr(optim, class_name)(model.parameters(), lr=rate)
    found = []
    for pictures, kinds in data:
        optimizer.zero_grad()
        loss = cross_entropy(model(pictures), kinds)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say
        optimizer.step()
        found.append(loss.item())
    return found


def trained(class_name: str, data: Sequence[tuple[Tensor, Tensor]]) -> dict[str, object]:
    """The training with the learning rate that ends lowest."""
    runs = {rate: losses(class_name, rate, data) for rate in RATES}
    best = min(runs, key=lambda rate: end(runs[rate]))
    print(f"{class_name}: {end(runs[best]):.4f} at a learning rate of {best:g}", flush=True)
    return {"lr": best, "losses": [round(value, 5) for value in runs[best]]}


def main() -> None:
    """Train with all of them, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", type=Path, default=Path("benchmarks/results/training.json"))
    parser.add_argument("--steps", type=int, default=500)
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # of so small a network, one core makes more steps than several
    data = batches(arguments.steps)
    what = (
        f"A network of two layers learns to tell circles, squares and crosses apart: {BATCH} new noisy images a step, "
        f"{arguments.steps} steps, for all optimizers from the same start and with the same images. Each has that "
        f"learning rate of {len(RATES)} that ends lowest; all else is left at its default."
    )
    found = {"what": what, "last": LAST, "optimizers": {n: trained(c, data) for n, c in OPTIMIZERS.items()}}
    arguments.save.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
