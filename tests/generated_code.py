"""Code generated for tests, and a process in which Triton interprets."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cached_property
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import optgen.specs
import optgen.templates
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.spec.functions import Reduction
from optgen.spec.model import Flag, HyperParameter, Spec, SpecKind
from optgen.targets.base import Unit

TESTS = Path(__file__).resolve().parent
SHIPPED = Path(optgen.specs.__path__[0])
ODD = TESTS / "targets" / "odd_specs"
SHIPPED_NAMES = sorted(spec.name for spec in load_checked(SHIPPED) if spec.kind is SpecKind.OPTIMIZER)
ODD_NAMES = sorted(file.stem for file in ODD.glob("[a-z]*.py"))
TARGETS = ("numpy", "triton")


def chosen(flag: Flag, on: bool) -> tuple[str, float | bool]:
    """The argument that turns a flag on or off: the flag itself, or the hyper-parameter that it follows."""
    return (flag.nonzero, 0.4 if on else 0.0) if flag.nonzero else (flag.name, on)


def combinations(spec: Spec) -> list[dict[str, Any]]:
    """The arguments for every setting of the flags."""
    settings = product((False, True), repeat=len(spec.flags))
    return [dict(chosen(f, on) for f, on in zip(spec.flags, values, strict=True)) for values in settings]


def inside(hyper: HyperParameter) -> float:
    """A number of a domain, which float32 holds exactly."""
    signs = {"ge": float.__ge__, "gt": float.__gt__, "le": float.__le__, "lt": float.__lt__}
    return next(x for x in (0.5, 1.5, 4.5, -0.5) if all(signs[sign](x, float(bound)) for sign, bound in hyper.bounds))


def takes_lists(spec: Spec) -> bool:
    """Whether tensors are updated together."""
    return any(node.over == "all" for equation in spec.equations for node in equation.rhs.atoms(Reduction))


def coupled(spec: Spec) -> bool:
    """Whether an element depends on the others."""
    return any(equation.rhs.has(Reduction) for equation in spec.equations)


class Code:
    """Specs of a folder, and the package that is generated from them when it is first asked for.

    Args:
        specs: Folder of the specs.
        folder: Where the package goes.
        targets: What is generated.
    """

    def __init__(self, specs: Path, folder: Path, targets: Iterable[str] = TARGETS) -> None:
        self.folder, self._specs, self._units = folder, specs, dict[str, Unit]()
        self._targets = tuple(targets)
        (folder / "_runtime").mkdir(parents=True)
        (folder / "__init__.py").touch()
        for template in optgen.templates.__path__:
            for file in Path(template).glob("*/_runtime/*.py"):
                shutil.copy(file, folder / "_runtime" / file.name)
        sys.path.insert(0, str(folder.parent))

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """The captured specs, by name."""
        return {spec.name: spec for spec in load_checked(self._specs)}

    def unit(self, name: str) -> Unit:
        """A spec taken through freeze and passes."""
        if name not in self._units:
            self._units[name] = unit_of(self.specs[name], self._specs)
        return self._units[name]

    def generate(self, name: str) -> Path:
        """Write the files of one optimizer, where they are not there yet."""
        place = self.folder / name
        if not place.is_dir():
            place.mkdir()
            (place / "__init__.py").touch()
            for target in self._targets:
                files = importlib.import_module(f"optgen.targets.{target}").TARGET.render(self.unit(name))
                for file, text in files.items():
                    (place / file).write_text(text)
        return place

    def runtime(self, name: str) -> ModuleType:
        """An imported module of the runtime."""
        return importlib.import_module(f"{self.folder.name}._runtime.{name}")

    def reference(self, name: str) -> Any:
        """The imported `reference.py` of an optimizer."""
        self.generate(name)
        importlib.invalidate_caches()
        return importlib.import_module(f"{self.folder.name}.{name}.reference")


class Interpreter:
    """A process in which Triton interprets: it decides so when it is imported."""

    def __init__(self) -> None:
        environment = {**os.environ, "TRITON_INTERPRET": "1", "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-W", "error", str(TESTS / "interpreter_worker.py")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=TESTS.parent
        )

    def __call__(self, code: Code, name: str, check: str, *arguments: object) -> Any:
        """Call a function of `kernel_checks.py`, or one of its neighbours, with the modules of one optimizer.

        Its failure is the test's.
        """
        code.generate(name)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump((str(code.folder), name, check, arguments), self.process.stdin)
        self.process.stdin.flush()
        failure, result = pickle.load(self.process.stdout)
        if failure:
            pytest.fail(failure, pytrace=False)
        return result

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()
