"""A small network tells circles, squares and crosses apart: `python examples/image_classifier.py`.

The images are drawn here, with noise. Any optimizer of `optgen.optim` can train it:
`python examples/image_classifier.py --optimizer LAMB --lr 0.01`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

SIZE, BATCH = 16, 32
Make = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


def images(count: int, random: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images (count, 1, SIZE, SIZE) of circles, squares and crosses in any place, and which each is."""
    kinds = torch.randint(3, (count,), generator=random)
    middle = 5 + 6 * torch.rand(count, 2, 1, 1, generator=random)
    radius = 2 + 2 * torch.rand(count, 1, 1, generator=random)
    y, x = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    dy, dx = (y - middle[:, 0]).abs(), (x - middle[:, 1]).abs()
    circle = (dy**2 + dx**2).sqrt() < radius
    square = torch.maximum(dy, dx) < radius
    cross = (torch.minimum(dy, dx) < 1) & square
    drawn = torch.stack([circle, square, cross])[kinds, torch.arange(count)].float()
    return (drawn + 0.3 * torch.randn(drawn.shape, generator=random))[:, None], kinds


def network() -> nn.Module:
    """Two convolutions and a linear layer: images to the logits of the three kinds."""
    convolutions = [nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*convolutions, nn.Flatten(), nn.Linear(32 * 2 * 2, 3))


def losses(make: Make, steps: int, seed: int = 0) -> Iterator[float]:
    """The loss of each step of a training; the same numbers for the same seed and optimizer."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    model = network()
    optimizer = make(model.parameters())
    for _ in range(steps):
        batch, kinds = images(BATCH, random)
        optimizer.zero_grad()
        loss = cross_entropy(model(batch), kinds)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say
        optimizer.step()
        yield loss.item()


def main() -> None:
    """Train, and tell the loss at times."""
    from optgen import optim

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optimizer", default="AdamW", help="a class of optgen.optim")
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--steps", type=int, default=200)
    given = parser.parse_args()
    for step, loss in enumerate(losses(lambda p: getattr(optim, given.optimizer)(p, lr=given.lr), given.steps), 1):
        if step == 1 or step % 20 == 0:
            print(f"step {step:4}: loss {loss:.3f}")


if __name__ == "__main__":
    main()
