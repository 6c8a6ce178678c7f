"""What the code for CPUs does whatever the equations are: threads, packages beside each other, mixtures of dtypes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from cpu_steps import SHAPES, stepped

import optgen.generated

SCRIPT = Path(__file__).parent / "cpu_steps.py"
GENERATED = Path(optgen.generated.__path__[0])
NAMES = ("adamw", "lamb", "adafactor", "sm3", "prodigy", "noisy_sgd")


def run(modules: list[str], cache: Path, *paths: Path, threads: int = 1, part: int = 200) -> list[str]:
    """The words that the script prints."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": str(threads), "NUMBA_CACHE_DIR": str(cache)}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (*paths, *filter(None, sys.path))))
    command = [sys.executable, "-W", "error", str(SCRIPT), str(part), *modules]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_several_threads_give_what_one_gives_to_the_last_bit(tmp_path: Path) -> None:
    modules = [f"optgen.generated.{name}.cpu" for name in NAMES]
    one, *alone = run(modules, tmp_path)
    many, *together = run(modules, tmp_path, threads=4)
    assert (one, many) == ("1", "4")
    assert together == alone
    assert len(set(alone)) == len(NAMES)


def package(folder: Path) -> Path:
    """Generated code of one optimizer in a folder of its own."""
    for name in ("_runtime", "lion"):
        shutil.copytree(GENERATED / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "__init__.py").touch()
    return folder


def test_two_packages_work_in_one_process(tmp_path: Path) -> None:
    for name in ("one", "other"):
        package(tmp_path / name)
    _, one, other = run(["one.lion.cpu", "other.lion.cpu"], tmp_path / "cache", tmp_path)
    assert one == other


def test_a_package_works_under_two_names_though_what_was_compiled_is_kept(tmp_path: Path) -> None:
    (tmp_path / "outer").mkdir()
    inner = package(tmp_path / "outer" / "inner").parent
    found = [
        run([name], tmp_path / "cache", path)[1]
        for name, path in (("outer.inner.lion.cpu", tmp_path), ("inner.lion.cpu", inner), ("inner.lion.cpu", inner))
    ]
    assert len(set(found)) == 1


@pytest.mark.parametrize("name", ["prodigy", "adafactor"])
def test_a_mixture_of_dtypes_is_computed_like_one_dtype(name: str) -> None:
    from importlib import import_module

    module = import_module(f"optgen.generated.{name}.cpu")
    mixed = (torch.float32, torch.bfloat16, torch.float16, torch.float32)
    assert len(mixed) == len(SHAPES)
    (thetas, states), (others, other_states) = stepped(module, 1), stepped(module, 1, mixed)
    for theta, other, dtype in zip(thetas, others, mixed, strict=True):
        assert other.dtype == dtype
        torch.testing.assert_close(other.float(), theta, rtol=2.0**-8, atol=1e-5)
    for state, other in zip(states, other_states, strict=True):
        assert state.keys() == other.keys()
        for key in state:
            torch.testing.assert_close(other[key], state[key], rtol=1e-5, atol=1e-7, equal_nan=True)
