"""A small transformer learns to write like a text, character by character: `python examples/character_transformer.py`.

The text is any file, this repository's README if none is named. Any optimizer of `optgen.optim` can train it:
`python examples/character_transformer.py --optimizer Lion --steps 300`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

README = Path(__file__).resolve().parent.parent / "README.md"
CONTEXT, WIDTH, HEADS, LAYERS, BATCH = 64, 64, 4, 2, 16
Make = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


class Model(nn.Module):
    """Characters to the logits of those that follow.

    Args:
        characters: How many there are.
    """

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.characters, self.places = nn.Embedding(characters, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.head = nn.Linear(WIDTH, characters)

    def forward(self, text: Tensor) -> Tensor:
        """Logits (batch, length, characters) of a text (batch, length)."""
        length = text.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        x = self.characters(text) + self.places(torch.arange(length))
        logits: Tensor = self.head(self.layers(x, mask, is_causal=True))
        return logits


def losses(make: Make, text: str, steps: int, seed: int = 0) -> Iterator[float]:
    """The loss of each step of a training; the same numbers for the same seed and optimizer."""
    torch.manual_seed(seed)
    alphabet = sorted(set(text))
    numbers = {character: number for number, character in enumerate(alphabet)}
    data = torch.tensor([numbers[character] for character in text])
    model = Model(len(alphabet))
    optimizer = make(model.parameters())
    for _ in range(steps):
        starts = torch.randint(len(data) - CONTEXT, (BATCH,)).tolist()
        batch = torch.stack([data[start : start + CONTEXT + 1] for start in starts])
        optimizer.zero_grad()
        loss = cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say
        optimizer.step()
        yield loss.item()


def main() -> None:
    """Train, and tell the loss at times."""
    from optgen import optim

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--optimizer", default="AdamW", help="a class of optgen.optim")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--text", type=Path, default=README)
    given = parser.parse_args()
    text = given.text.read_text(encoding="utf-8")
    for step, loss in enumerate(
        losses(lambda p: getattr(optim, given.optimizer)(p, lr=given.lr), text, given.steps), 1
    ):
        if step == 1 or step % 20 == 0:
            print(f"step {step:4}: loss {loss:.3f}")


if __name__ == "__main__":
    main()
