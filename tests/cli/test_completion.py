"""What the shell offers behind TAB, and that it is found quickly: without SymPy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from commandline import GOOD, environment, script, specs


def offered(line: str, cwd: Path) -> list[str]:
    """What bash is told for a line that ends at the cursor."""
    words = line.split(" ")
    changed = environment(_OPTGEN_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    code = "import sys; sys.argv[0] = 'optgen'; from optgen.cli import main; main()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=changed, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("optgen show adam", ["adam", "adam_eps_hat", "adam_eps_inside", "adam_uncorrected", "adamax", "adamw"]),
        ("optgen diff adam adamw", ["adamw"]),
        ("optgen build lion ti", ["tiger"]),
        ("optgen build lion li", ["linear_decay", "linear_warmup"]),
        ("optgen show looka", []),
        ("optgen try lion --surface r", ["rosenbrock"]),
        ("optgen new mine --from rang", ["ranger", "rangerlars"]),
        ("optgen doc", ["docs", "doctor"]),
        ("optgen show --specs specs g", ["good"]),
        ("optgen show --specs nowhere lio", ["lion"]),
    ],
)
def test_what_is_offered(line: str, words: list[str], tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD, broken="def (\n")
    assert offered(line, tmp_path) == words


def test_it_is_found_without_anything_heavy(tmp_path: Path) -> None:
    code = """
import sys
from types import SimpleNamespace
from optgen.cli.complete import complete_names, complete_surfaces
names = [*complete_names(SimpleNamespace(params={}), "")]
assert len(names) > 50 and len([*complete_surfaces("")]) == 5, names
print(*sorted({"sympy", "torch", "numpy", "jinja2", "rich", "mpmath"} & set(sys.modules)))
"""
    done = script(code, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_surfaces_are_those_that_there_are() -> None:
    from optgen.cli.complete import complete_surfaces
    from optgen.surfaces.surface import SURFACES

    assert [*complete_surfaces("")] == [*SURFACES]
