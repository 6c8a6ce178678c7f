"""The reference of the language: every example is captured, checked and generated, every message is compared."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from markdown_blocks import Block, blocks

from optgen.check import load_checked
from optgen.driver import generate
from optgen.problems import SpecError

BLOCKS = [*blocks("language.md")]
EXAMPLES = [block for block in BLOCKS if block.language == "python" and "wrong" not in block.comments]
WRONG = [(block, after) for block, after in pairwise(BLOCKS) if "wrong" in block.comments]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8
    assert WRONG


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: f"line {block.line}")
def test_an_example_is_what_it_says(block: Block, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(block.code)
    specs = load_checked(tmp_path)
    assert specs
    for spec in specs:
        assert generate(spec, tmp_path)


@pytest.mark.parametrize(("block", "message"), WRONG, ids=lambda block: f"line {block.line}")
def test_a_mistake_gets_the_message(
    block: Block, message: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "example.py").write_text(block.code)
    with pytest.raises(SpecError) as caught:
        load_checked(tmp_path)
    assert message.code.strip() in "\n".join(map(str, caught.value.problems))
