"""What `optgen.load` gives: the generated modules and class of one spec, its equations, its verification."""

from __future__ import annotations

import importlib
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Any

from optgen.build.errors import CommandError
from optgen.spec.decorators import Declaration
from optgen.spec.model import Spec, SpecKind
from optgen.targets.latex import equation_rows

from .cache import package
from .found import file_spec
from .written import written

if TYPE_CHECKING:
    from optgen.verify.report import Report

_LINE_WIDTH = 60.0
"""A notebook is wider than a page, in em."""


class Loaded:
    """Everything that is generated from a spec.

    Besides what is listed, it has the class under its own name: `load(calm).Calm`.

    Attributes:
        spec: As captured.
        folder: The generated files.
    """

    def __init__(self, spec: Spec, folder: Path, source: Path, declaration: Declaration | None) -> None:
        self.spec, self.folder = spec, folder
        self._source, self._declaration = source, declaration

    @property
    def name(self) -> str:
        """The optimizer's name."""
        return self.spec.name

    @cached_property
    def reference(self) -> ModuleType:
        """The NumPy reference: `init` and `step` of an optimizer, `factor` of a schedule."""
        return self._module("reference")

    @cached_property
    def kernel(self) -> ModuleType:
        """The Triton kernels: `init` and `step_`."""
        return self._module("kernel")

    @cached_property
    def cpu(self) -> ModuleType:
        """The fused path for CPUs."""
        return self._module("cpu")

    @cached_property
    def optimizer_class(self) -> type:
        """The class for torch."""
        return self._class("optimizer", SpecKind.OPTIMIZER)

    @cached_property
    def scheduler_class(self) -> type:
        """The class of a schedule for torch."""
        return self._class("scheduler", SpecKind.SCHEDULE)

    @cached_property
    def latex(self) -> str:
        r"""The equations as LaTeX for math mode, in an `aligned` environment."""
        rows = []
        for row in equation_rows(self.spec, _LINE_WIDTH):
            first, *more = row.lines
            note = rf" \quad {row.note}" if row.note else ""
            rows.append(rf"{row.lhs} &= " + r" \\ &\qquad {} ".join([first, *more]) + note)
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def verify(self, device: str = "cpu") -> Report:
        """Compare equations, reference, kernel and CPU path with each other, in a process of their own.

        Args:
            device: "cpu" for Triton's interpreter, "cuda" for a GPU.

        Returns:
            What was found; `passed` says whether all is right.
        """
        from optgen.verify import verify

        if self._declaration is None:
            return verify([self.spec], self._source, self.folder, device=device, jobs=1)[0]
        with TemporaryDirectory(prefix="optgen-") as name:
            file = Path(name) / f"{self.spec.name}.py"
            file.write_text(written(self._declaration, self.spec.name), encoding="utf-8")
            spec, _ = file_spec(file, self.spec.name)
            return verify([spec], file.parent, self.folder, device=device, jobs=1)[0]

    def _repr_latex_(self) -> str:
        """What a notebook shows."""
        return f"$$\n{self.latex}\n$$"

    def __repr__(self) -> str:
        from optgen.typeset.equations import plain_text

        return f"{self.spec.title}, {self.spec.location}\n\n{plain_text(self.spec)}"

    def __getattr__(self, name: str) -> Any:
        if name == self.spec.class_name:
            return self.optimizer_class if self.spec.kind is SpecKind.OPTIMIZER else self.scheduler_class
        raise AttributeError(f"{self.spec.name} has no {name!r}: it has {', '.join(dir(self))}")

    def __dir__(self) -> list[str]:
        own = ["cpu", "kernel", "optimizer_class"] if self.spec.kind is SpecKind.OPTIMIZER else ["scheduler_class"]
        return sorted([*own, "folder", "latex", "name", "reference", "spec", "verify", self.spec.class_name])

    def _class(self, module: str, kind: SpecKind) -> type:
        if self.spec.kind is not kind:
            raise CommandError(f"{self.spec.name} is a {self.spec.kind}: it has {', '.join(dir(self))}")
        made: type = getattr(self._module(module), self.spec.class_name)
        return made

    def _module(self, name: str) -> ModuleType:
        if not (self.folder / self.spec.name / f"{name}.py").is_file():
            raise CommandError(f"{self.spec.name} is a {self.spec.kind}, of which no {name} is generated")
        return importlib.import_module(f"{package(self.folder)}.{self.spec.name}.{name}")
