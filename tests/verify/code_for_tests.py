"""References, kernels and CPU paths for specs, written without the build."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import optgen
from optgen.driver import unit_of
from optgen.spec.load import load
from optgen.spec.model import Spec
from optgen.targets.numba import TARGET as NUMBA
from optgen.targets.numpy import TARGET as NUMPY
from optgen.targets.triton import TARGET as TRITON

ROOT = Path(optgen.__file__).resolve().parent.parent

TINY = '''
from optgen.spec import Flag, Grad, Hyper, Param, State, flag, hyper, optimizer, state, t, where


@optimizer()
def tiny(
    theta: Param,
    g: Grad,
    m: State = state(init="start"),
    lr: Hyper = hyper(0.1, ge=0),
    beta: Hyper = hyper(0.9, ge=0, lt=1),
    start: Hyper = hyper(0.5),
    ahead: Flag = flag(),
) -> None:
    """An average."""
    m[t] = beta * m[t-1] + (1 - beta) * g[t]
    theta[t] = theta[t-1] - lr * where(ahead, beta * m[t] + g[t], m[t])
'''


def write_code(folder: Path, out: Path, names: tuple[str, ...] = ()) -> list[Spec]:
    """Generate references, kernels and CPU paths for the specs of a folder; returns these."""
    specs, problems = load(folder)
    assert not problems
    chosen = [spec for spec in specs if not names or spec.name in names]
    for spec in chosen:
        assert not spec.problems
        place = out / spec.name
        place.mkdir(parents=True)
        (place / "__init__.py").write_text("")
        for target in (NUMPY, TRITON, NUMBA):
            for name, text in target.render(unit_of(spec, folder)).items():
                (place / name).write_text(text)
    (out / "__init__.py").write_text("")
    runtime = out / "_runtime"
    runtime.mkdir()
    for file in sorted((ROOT / "templates").glob("*/_runtime/*.py")):
        shutil.copy(file, runtime / file.name)
    return chosen


@contextmanager
def rewritten(file: Path, text: str) -> Iterator[None]:
    """Put another text into a file for a while.

    Behind it the file is as old as it was: whether what was compiled of it still holds, Numba tells by its time.
    """
    original, times = file.read_text(), file.stat()
    file.write_text(text)
    try:
        yield
    finally:
        file.write_text(original)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def request_for(spec: Spec, folder: Path, out: Path, **more: object) -> dict[str, object]:
    """What a worker is asked."""
    return {"name": spec.name, "file": spec.location.file, "specs": str(folder), "out": str(out), **more}
