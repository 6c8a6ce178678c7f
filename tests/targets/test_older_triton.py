"""Kernels hold to what Triton 3.6 has: what is installed here may be newer, and takes more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from generated_code import ODD_NAMES, Code

import optgen.generated

SHIPPED = Path(optgen.generated.__path__[0])
FILES = sorted([*SHIPPED.glob("*/kernel.py"), SHIPPED / "_runtime" / "device.py", SHIPPED / "_runtime" / "tiles.py"])
KNOWN = {
    *("PropagateNan", "abs", "arange", "bfloat16", "broadcast_to", "cast", "cdiv", "constexpr", "core", "cos", "exp"),
    *("exp2", "float32", "float64", "floor", "full", "int32", "int64", "load", "log", "log2", "max", "maximum"),
    *("minimum", "multiple_of", "num_programs", "philox", "pointer_type", "program_id", "sqrt", "static_range"),
    *("store", "sum", "uint16", "uint32", "where", "zeros"),
}
"""What kernels use of the language; before a name is added, it has to be looked up in Triton 3.6, which has these."""


def jitted(file: Path) -> Iterator[ast.FunctionDef]:
    """The functions that Triton compiles."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and any("triton.jit" in ast.unparse(d) for d in node.decorator_list):
            yield node


def faults(file: Path) -> list[str]:
    """Names that the language may not have, and functions that return None in the place of a value."""
    found = []
    for function in jitted(file):
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "tl" and node.attr not in KNOWN:
                found.append(f"{function.name}: tl.{node.attr}")
            if isinstance(node, ast.IfExp) and None in (
                getattr(node.orelse, "value", 0),
                getattr(node.body, "value", 0),
            ):
                found.append(f"{function.name}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_shipped_kernels(file: Path) -> None:
    assert list(jitted(file)) or file.stem == "tiles"
    assert faults(file) == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_kernels(odd: Code, name: str) -> None:
    assert faults(odd.generate(name) / "kernel.py") == []


def test_what_it_has_not_is_seen(tmp_path: Path) -> None:
    text = "@triton.jit\ndef f(x, on: tl.constexpr):\n    y = tl.to_tensor(x)\n    return x if on else None\n"
    (tmp_path / "kernel.py").write_text(text)
    assert sorted(faults(tmp_path / "kernel.py")) == ["f: tl.to_tensor", "f: x if on else None"]
