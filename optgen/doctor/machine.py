"""What the machine has besides Python: a GPU, compilers, LaTeX; tried in processes of their own where that may fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from optgen.book.tools import INSTALL, NEEDED

from .finding import Finding, State

_SECONDS = 90.0
_IMPORTS = {
    "torch": ("import torch; print(torch.__version__)", "optimizers", "pip install torch"),
    "numba": (
        "import numba; print(numba.njit(lambda x: x + 1)(1) and numba.__version__)",
        "the path on CPUs: it compiles by itself and needs no C compiler",
        "pip install --force-reinstall numba llvmlite",
    ),
    "triton interpreter": (
        "import triton, triton.language as tl; print(triton.__version__)",
        "verification without a GPU",
        "pip install triton",
    ),
}
_GPU = "import torch; print(torch.cuda.get_device_name() if torch.cuda.is_available() else '')"
_DRIVER = "import triton; print(triton.runtime.driver.active.get_current_target().arch)"


def runs() -> Iterator[Finding]:
    """Whether the libraries that are more than Python start."""
    for name, (code, use, advice) in _IMPORTS.items():
        done, text = _python(code, TRITON_INTERPRET="1")
        yield Finding(
            f"{name} runs", State.OK if done else State.WRONG, True, "" if done else text, use, "" if done else advice
        )


def gpu() -> Iterator[Finding]:
    """A GPU, and whether Triton gets to it."""
    done, name = _python(_GPU)
    if not done or not name:
        advice = "without one, kernels run in Triton's interpreter (TRITON_INTERPRET=1) and optimizers on the CPU"
        yield Finding("GPU", State.MISSING, False, "", "kernels", advice)
        return
    yield Finding("GPU", State.OK, False, name, "kernels")
    reached, text = _python(_DRIVER)
    advice = "" if reached else "Triton needs a C compiler and a driver that fits: see what it said"
    state = State.OK if reached else State.WRONG
    yield Finding("Triton reaches it", state, False, text, "kernels", advice)


def programs() -> Iterator[Finding]:
    """A C compiler, and LaTeX."""
    compiler = next((path for name in (os.environ.get("CC", ""), "cc", "gcc", "clang") if (path := _which(name))), "")
    use = "Triton on a GPU: it compiles its launchers in C (Numba needs none)"
    advice = "" if compiler else "apt install gcc, or set CC"
    yield Finding("C compiler", State.OK if compiler else State.MISSING, False, compiler, use, advice)
    for name in NEEDED:
        path = _which(name)
        advice = "" if path else INSTALL
        yield Finding(name, State.OK if path else State.MISSING, False, path, "optgen docs --pdf", advice)


def _which(name: str) -> str:
    return (shutil.which(name) or "") if name else ""


def _python(code: str, **changes: str) -> tuple[bool, str]:
    """Run a line; whether it worked, and what it printed, or the last line of what went wrong."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, **changes},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    lines = (done.stdout if done.returncode == 0 else done.stderr).strip().splitlines()
    return done.returncode == 0, lines[-1] if lines else ""
