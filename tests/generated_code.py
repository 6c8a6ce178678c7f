"""Code generated for tests, and a process in which Triton interprets."""

from __future__ import annotations

import importlib
import os
import pickle
import shutil
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import optgen.specs
import optgen.templates
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.spec.model import Spec
from optgen.targets.base import Unit

TESTS = Path(__file__).resolve().parent
SHIPPED = Path(optgen.specs.__path__[0])
ODD = TESTS / "targets" / "odd_specs"
SHIPPED_NAMES = sorted(file.stem for file in SHIPPED.glob("[a-z]*.py"))
ODD_NAMES = sorted(file.stem for file in ODD.glob("[a-z]*.py"))
TARGETS = ("numpy", "triton")


class Code:
    """Specs of a folder, and the package that is generated from them when it is first asked for.

    Args:
        specs: Folder of the specs.
        folder: Where the package goes.
    """

    def __init__(self, specs: Path, folder: Path) -> None:
        self.folder, self._specs, self._units = folder, specs, dict[str, Unit]()
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
            for target in TARGETS:
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
        """Call a function of `kernel_checks.py` with the modules of one optimizer; its failure is the test's."""
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
