"""Calls functions of `kernel_checks.py` and its neighbours, in a process in which Triton interprets.

Requests and answers are pickles on standard input and output.
"""

from __future__ import annotations

import contextlib
import importlib
import pickle
import sys
import traceback
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from optgen.verify.interpreter import patch_once

CHECKS = ("kernel_checks", "line_checks", "list_checks", "optimizer_checks", "refusal_checks")


def main() -> None:
    """Serve requests until standard input ends."""
    # The interpreter computes with NumPy, which warns where numbers overflow, as they may.
    warnings.filterwarnings("ignore", category=RuntimeWarning, module="triton")
    assert patch_once()  # else everything takes twice as long
    answers = sys.stdout.buffer
    sys.path.insert(0, str(Path(__file__).parent / "targets"))
    with contextlib.redirect_stdout(sys.stderr):
        modules = [importlib.import_module(name) for name in CHECKS]
        checks = {name: check for module in modules for name, check in vars(module).items()}
        while True:
            try:
                request = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            pickle.dump(_answer(checks, *request), answers)
            answers.flush()


def _answer(checks: dict[str, Any], folder: str, name: str, check: str, arguments: tuple[Any, ...]) -> tuple[str, Any]:
    """What went wrong, or the result."""
    try:
        return "", checks[check](_modules(Path(folder), name), *arguments)
    except BaseException:  # noqa: BLE001  # whatever it is, the test is to show it
        return traceback.format_exc(), None


def _modules(folder: Path, name: str) -> SimpleNamespace:
    """An optimizer's generated modules: for one tensor each, and as they are."""
    if str(folder.parent) not in sys.path:
        sys.path.insert(0, str(folder.parent))
    importlib.invalidate_caches()
    package = f"{folder.name}.{name}"
    generated = {module: importlib.import_module(f"{package}.{module}") for module in ("reference", "kernel")}
    one_tensor, together = importlib.import_module("one_tensor").one_tensor, set[str]()
    return SimpleNamespace(
        name=name,
        reference=one_tensor(generated["reference"], together),
        kernel=one_tensor(generated["kernel"], together),
        generated=SimpleNamespace(**generated),
    )


if __name__ == "__main__":
    main()
