"""The tutorial, run as it is written: files, commands and what they print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from markdown_blocks import Block, blocks


class Reader:
    """Somebody who types what a page says.

    Args:
        folder: Where.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.printed = folder, ""

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        said = dict(comment.partition(": ")[::2] for comment in block.comments)
        if "replace" in said:
            self.write(said["file"], "", said["replace"])
        if "file" in said and "replace" not in said:
            self.write(said["file"], block.code, "")
        elif "run" in said or "fails" in said:
            self.run(["bash", "-euo", "pipefail", "-c", block.code], int(said.get("fails", 0)))
        elif "python" in said:
            self.run([sys.executable, "-c", block.code], 0)
        elif "output" in said:
            printed = [" ".join(line.split()) for line in self.printed.splitlines()]
            for line in block.code.strip().splitlines():
                wanted = " ".join(line.split())
                assert any(wanted in line for line in printed), f"line {block.line}: {wanted!r} in {self.printed}"
        else:
            assert not block.code, f"line {block.line}: nobody says what to do with this block"

    def write(self, name: str, code: str, replace: str) -> None:
        """Put a file in place; without code it is the one of that name in `specs`, with a text replaced."""
        if replace:
            old, _, new = replace.partition(" -> ")
            before = (self.folder / "specs" / Path(name).name).read_text()
            assert old in before
            code = before.replace(old, new)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)

    def run(self, command: list[str], code: int) -> None:
        """Run a command; `optgen` is the one of this Python."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PATH": path, "COLUMNS": "120"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout
        self.printed = done.stdout


def test_it_works_as_written(tmp_path: Path) -> None:
    found = [*blocks("tutorial.md")]
    assert sum(bool(block.code) for block in found) >= 12
    reader = Reader(tmp_path)
    for block in found:
        reader.follow(block)


def test_output_that_differs_is_told(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.follow(Block(1, ("run",), "bash", "echo one two\n"))
    reader.follow(Block(2, ("output",), "text", "one  two\n"))
    with pytest.raises(AssertionError, match="line 3"):
        reader.follow(Block(3, ("output",), "text", "three\n"))
