"""What importing costs: the optimizers are there without what computes with them, and all have types."""

from __future__ import annotations

import inspect
import subprocess
import sys
import typing
from pathlib import Path

import pytest
import torch
from beside import CLASSES, NAMES

import optgen
import optgen.generated
import optgen.optim

HEAVY = (
    "sympy",
    "jinja2",
    "numba",
    "llvmlite",
    "triton",
    "mpmath",
    "rich",
    "typer",
    "optgen.spec",
    "torch.distributed.tensor",
)


def loaded_behind(code: str, before: str = "") -> set[str]:
    """Which of the heavy modules a process of its own has loaded behind some code, but not before.

    Args:
        code: What is run.
        before: What is run before, behind `import torch`.
    """
    script = f"""
import sys
import torch
{before}
before = set(sys.modules)
{code}
print(*[name for name in {HEAVY!r} if name in set(sys.modules) - before])
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    return set(found.stdout.split())


def test_importing_the_optimizers_loads_nothing_heavy() -> None:
    assert loaded_behind("import optgen.optim") == set()
    assert loaded_behind("from optgen.optim import *\nassert AdamW.__name__ == 'AdamW'") == set()


def test_making_one_does_not_either() -> None:
    theirs = "torch.optim.SGD([torch.ones(3)]).state_dict()"  # for which torch loads its compiler, and that SymPy
    made = "from optgen.optim import AdamW\noptimizer = AdamW([torch.nn.Parameter(torch.ones(3))])\n"
    assert loaded_behind(made + "optimizer.step()\noptimizer.state_dict()", theirs) == set()  # without a gradient
    update = "optimizer.param_groups[0]['params'][0].grad = torch.ones(3)\noptimizer.step()"
    assert loaded_behind(made + update, theirs) == {"numba", "llvmlite"}


def test_all_classes_are_named() -> None:
    assert sorted(optgen.optim.__all__) == NAMES
    for name, cls in CLASSES.items():
        assert cls.__name__ == cls.__qualname__ == name
        assert issubclass(cls, torch.optim.Optimizer)
        assert cls.__doc__
    with pytest.raises(AttributeError, match="has no optimizer 'Adamw'"):
        optgen.optim.Adamw  # noqa: B018  # that it is not there is the test


@pytest.mark.parametrize("name", NAMES)
def test_every_argument_has_a_type_and_a_line_in_the_docstring(name: str) -> None:
    hints = typing.get_type_hints(CLASSES[name].__init__)
    arguments = inspect.signature(CLASSES[name]).parameters
    assert hints.keys() == {*arguments, "return"}
    assert hints["lr"] == float | torch.Tensor
    assert all(f"\n        {argument}: " in CLASSES[name].__doc__ for argument in arguments)


USE = """
import torch
from optgen.optim import SGD, AdamW, Nesterov, Sophia

model = torch.nn.Linear(2, 2)
optimizer = AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99))
AdamW(model.named_parameters(), amsgrad=True)
AdamW([{"params": model.parameters(), "lr": 0.1}], lr=torch.tensor(0.1))
torch.optim.lr_scheduler.StepLR(optimizer, 2)
loss: float = optimizer.step(lambda: 1.0)
optimizer.step()
Sophia(model.parameters()).step(hessian=[None, torch.ones(2)])
with Nesterov(model.parameters()).at_point():
    pass


class Mine(SGD):
    def more(self) -> bool:
        return self.param_groups[0]["nesterov"] is True


AdamW(model.parameters(), lr="0.1")  # type: ignore[arg-type]
AdamW(model.parameters(), learning_rate=0.1)  # type: ignore[call-arg]
SGD(model.parameters()).at_point()  # type: ignore[attr-defined]
"""


def test_types_are_those_that_users_see(tmp_path: Path) -> None:
    """As where it is installed: there, what is generated is a folder of the package."""
    package = tmp_path / "site" / "optgen"
    package.mkdir(parents=True)
    for folder in (optgen.__path__[0], str(Path(optgen.generated.__path__[0]).parent)):
        for entry in Path(folder).iterdir():
            if entry.name in ("__init__.py", "py.typed", "optim.py", "generated"):
                (package / entry.name).unlink(missing_ok=True)
                (package / entry.name).symlink_to(entry)
    (tmp_path / "use.py").write_text(USE)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--cache-dir", "cache", "use.py"]
    environment = {"MYPYPATH": str(tmp_path / "site"), "PATH": "", "HOME": str(tmp_path)}
    found = subprocess.run(
        [*command, "--config-file="],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
