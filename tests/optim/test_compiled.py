"""Training that torch.compile looks at is the same; it does not look into steps."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from beside import CLASSES, same, snapshot


def trained(name: str, compiled: bool) -> tuple[Any, list[str]]:
    """An optimizer behind some steps, and the files that torch has compiled."""
    torch.manual_seed(3)
    model = torch.nn.Linear(4, 3, dtype=torch.float64)
    optimizer = CLASSES[name](model.named_parameters(), lr=0.05)
    files: list[str] = []

    def looked_at(graph: torch.fx.GraphModule, _: Any) -> Any:
        files.extend(str(node.stack_trace) for node in graph.graph.nodes)
        return graph.forward

    def train(x: torch.Tensor) -> torch.Tensor:
        loss: torch.Tensor = (model(x) ** 2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()
        return loss

    run = torch.compile(train, backend=looked_at) if compiled else train
    for number in range(3):
        run(torch.full((2, 4), 1.0 + number, dtype=torch.float64))
    return optimizer, files


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")  # torch's own, while it compiles
@pytest.mark.parametrize("name", ["AdamW", "Prodigy", "ScheduleFreeSGD"])
def test_a_compiled_step_is_the_step(name: str) -> None:
    optimizer, files = trained(name, compiled=True)
    same(snapshot(trained(name, compiled=False)[0]), snapshot(optimizer))
    assert files
    assert not any("_runtime" in file for file in files)
    torch._dynamo.reset()
