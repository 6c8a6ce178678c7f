"""What is updated: lists of shapes, from many small tensors to few large ones."""

from __future__ import annotations

from dataclasses import dataclass

Shape = tuple[int, ...]

_LARGE = 1 << 24


def _gpt2_small() -> tuple[Shape, ...]:
    """The parameters of GPT-2 small: 124M numbers in 148 tensors."""
    width = 768
    block: tuple[Shape, ...] = ((width,), (width,), (width, 3 * width), (3 * width,), (width, width), (width,))
    block += ((width,), (width,), (width, 4 * width), (4 * width,), (4 * width, width), (width,))
    return ((50257, width), (1024, width), *(block * 12), (width,), (width,))


def _llama_layer() -> tuple[Shape, ...]:
    """One layer of a Llama of 7B: 202M numbers in 9 tensors."""
    width, inner = 4096, 11008
    return (*((width, width),) * 4, *((inner, width),) * 2, (width, inner), (width,), (width,))


@dataclass(frozen=True)
class Case:
    """Parameters of a benchmark.

    Attributes:
        name: For tables.
        shapes: Of the parameters.
    """

    name: str
    shapes: tuple[Shape, ...]

    @property
    def numel(self) -> int:
        """Numbers of all parameters."""
        total = 0
        for shape in self.shapes:
            count = 1
            for length in shape:
                count *= length
            total += count
        return total


CASES = (
    Case("1 x 16.8M", ((4096, 4096),)),
    Case("10 x 16.8M", ((4096, 4096),) * 10),
    Case("200 x 1M", ((1024, 1024),) * 200),
    Case("1000 x 1024", ((1024,),) * 1000),
    Case("1000 x 16", ((16,),) * 1000),
    Case("1 x 16777213", ((_LARGE - 3,),)),
    Case("GPT-2 small", _gpt2_small()),
    Case("a layer of Llama 7B", _llama_layer()),
)
"""Each by its name for tables; at one size, `1 x 16.8M`, every optimizer is run."""
EVERY = CASES[0]
