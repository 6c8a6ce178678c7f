"""The command line in a process of its own, and specs for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import optgen

ROOT = Path(optgen.__file__).parent.parent

GOOD = '''
from optgen.spec import Flag, Grad, Hyper, Param, State, flag, hyper, optimizer, state, t, where


@optimizer(paper="Nobody 2000", title="The good one")
def good(
    theta: Param,
    g: Grad,
    m: State = state(key="average", only_if="heavy"),
    lr: Hyper = hyper(0.1, ge=0),
    mu: Hyper = hyper(0.9, ge=0, lt=1),
    heavy: Flag = flag(doc="follow an average"),
) -> None:
    """Descend."""
    m[t] = mu * m[t-1] + g[t]
    theta[t] = theta[t-1] - lr * where(heavy, m[t], g[t])
'''

BAD = GOOD.replace("def good", "def bad").replace("+ g[t]", "+ h[t]")


def specs(root: Path, **texts: str) -> Path:
    """A folder of spec files, one for each keyword."""
    folder = root / "specs"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def environment(**changes: str) -> dict[str, str]:
    """Our environment with optgen in reach, and without what would change the output."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "TERM": "xterm", **changes}


def run(*arguments: str | Path, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run `optgen`."""
    return subprocess.run(
        [sys.executable, "-m", "optgen", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**changes),
        timeout=60,
    )


def script(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run Python that has optgen in reach."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, env=environment(), timeout=60
    )
