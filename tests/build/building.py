"""Folders of small specs to build, and what lies in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optgen.driver
from optgen.build.builder import Outcome, Request, build
from optgen.build.folders import Folders, find_folders
from optgen.build.inputs import template_folders
from optgen.build.runtime import runtime_files
from optgen.check import load_checked
from optgen.spec.model import Spec

SPEC = '''
"""A spec for tests."""

from optgen.spec import Grad, Hyper, Param, State, hyper, optimizer, t


@optimizer(paper="Nobody 2000")
def {name}(theta: Param, g: Grad, m: State, lr: Hyper = hyper({lr}, ge=0)) -> None:
    """Descend along the sum of the gradients."""
    m[t] = m[t-1] + g[t]
    theta[t] = theta[t-1] - lr * m[t]
'''


def write_spec(folder: Path, name: str, lr: str = "0.1", file: str = "") -> Path:
    """Write a spec that is right."""
    path = folder / (file or f"{name}.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SPEC.format(name=name, lr=lr), encoding="utf-8")
    return path


def workplace(root: Path, *names: str) -> Folders:
    """A folder of specs with optimizers of these names, and where their code goes."""
    for name in names:
        write_spec(root / "specs", name)
    return find_folders(root / "specs")


def generate(folders: Folders, *names: str) -> Outcome:
    """Build without verification."""
    return build(Request(folders, names, verify=False))


def files(folder: Path) -> set[str]:
    """What lies below a folder, without the record and what Python compiles."""
    found = (p.relative_to(folder) for p in folder.rglob("*") if not p.is_dir())
    return {p.as_posix() for p in found if not {".optgen", "__pycache__"} & set(p.parts)}


def contents(folder: Path) -> dict[str, bytes]:
    """What lies below a folder, with what is in it."""
    return {name: (folder / name).read_bytes() for name in files(folder)}


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder below a folder, hidden ones too: time of the last change, and content."""
    return {
        p.relative_to(folder).as_posix(): (p.lstat().st_mtime_ns, b"" if p.is_dir() else p.read_bytes())
        for p in folder.rglob("*")
    }


@cache
def own_files() -> frozenset[str]:
    """What the targets generate for one optimizer."""
    with TemporaryDirectory() as folder:
        specs = workplace(Path(folder), "name").specs
        [spec] = load_checked(specs)
        return frozenset(file.removeprefix("name/") for file in optgen.driver.generate(spec, specs))


def built_files(*names: str) -> set[str]:
    """What a build of these optimizers consists of."""
    own = {f"{name}/{file}" for name in names for file in ("__init__.py", *own_files())}
    return own | runtime_files(template_folders()).keys() | {"__init__.py", "optim.py"}


@dataclass(frozen=True)
class FakeReport:
    """As much of a report as a build looks at."""

    optimizer: str
    passed: bool


@dataclass
class FakeVerify:
    """Stands for `optgen.verify.verify`; notes what it is asked."""

    failing: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)

    def __call__(
        self,
        units: Iterable[Spec],
        specs: Path,
        out: Path,
        *,
        device: str = "cpu",
        jobs: int | None = None,
        on_done: Callable[[Any], None] | None = None,
    ) -> list[FakeReport]:
        del specs, device, jobs
        reports = [FakeReport(unit.name, unit.name not in self.failing) for unit in units]
        self.asked.append([report.optimizer for report in reports])
        for report in reports:
            assert (out / report.optimizer / "reference.py").is_file()
            if on_done:
                on_done(report)
        return reports
