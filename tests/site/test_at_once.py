"""Two commands that write the same documents do it one after the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from commandline import GOOD, ROOT, environment, specs

from optgen.build.lock import held
from optgen.build.watcher import Silent
from optgen.documents import CACHE


def test_a_second_command_waits(tmp_path: Path) -> None:
    folder, out = specs(tmp_path, good=GOOD), tmp_path / "pages"
    line = [sys.executable, "-m", "optgen", "docs", "--specs", str(folder), "--out", str(out)]
    with held(out, CACHE, Silent()):
        second = subprocess.Popen(
            line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment()
        )
        assert second.stderr is not None
        assert second.stderr.readline() == f"waiting for another build of {out}\n"
        assert not (out / "index.html").exists()
    _, rest = second.communicate(timeout=60)
    assert second.returncode == 0, rest
    assert (out / "index.html").is_file()
