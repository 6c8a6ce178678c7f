"""Nothing in the generator is there for one optimizer, and specs stay short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from generated_code import SHIPPED

import optgen
import optgen.templates
from optgen.files import spec_files
from optgen.spec.load import load, load_transforms

ENGLISH = {"constant", "momentum", "scheduled"}
"""Words that the generator has for other things."""

LIBRARIES = {"torch.optim.SGD"}
"""What is called in torch to compare with."""

MOST_LINES = 25


def names() -> set[str]:
    """Everything that a file under `specs` declares."""
    specs, _ = load(SHIPPED)
    return ({spec.name for spec in specs} | {made.name for made in load_transforms(SHIPPED)}) - ENGLISH


def files() -> list[Path]:
    """The generator and its templates; specs and generated code may lie inside an installed optgen."""
    root = Path(optgen.__file__).parent
    own = [f for f in root.rglob("*.py") if f.relative_to(root).parts[0] not in ("specs", "generated", "templates")]
    templates = [Path(folder) for folder in optgen.templates.__path__]
    return [*own, *(f for folder in templates for f in folder.rglob("*") if f.suffix in (".py", ".j2"))]


def test_no_optimizer_is_named() -> None:
    pattern = re.compile(rf"(?<!\w)({'|'.join(sorted(names()))})(?!\w)", re.IGNORECASE)
    found = []
    for file in files():
        text = file.read_text()
        for allowed in LIBRARIES:
            text = text.replace(allowed, "")
        found += [f"{file}: {match[0]}" for match in pattern.finditer(text)]
    assert len(files()) > 100
    assert not found


@pytest.mark.parametrize("file", spec_files(SHIPPED), ids=lambda file: file.stem)
def test_a_spec_is_short(file: Path) -> None:
    """Declarations and equations together, each counted once however long it is."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            equations = [n for n in ast.walk(node) if isinstance(n, ast.Assign)]
            assert len(parameters) + len(equations) <= MOST_LINES
