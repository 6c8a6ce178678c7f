"""`optgen build --watch`: builds again at every change, shows mistakes and waits on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from commandline import BAD, GOOD, environment, run, specs


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)


def test_changes_are_built_and_mistakes_shown(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles", reason="watchfiles is not installed")
    folder = specs(tmp_path, good=GOOD)
    out, log = tmp_path / "out", tmp_path / "log"
    reference = tmp_path / "generated" / "good" / "reference.py"
    command = [sys.executable, "-m", "optgen", "build", "--specs", "specs", "--no-verify", "--watch"]
    with out.open("wb") as stdout, log.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdout=stdout, stderr=stderr)
        try:
            wait_for(lambda: log.read_text().count("waiting for changes in specs") == 1, process)
            assert "momentum" not in reference.read_text()
            (folder / "good.py").write_text(GOOD.replace("mu", "momentum"))
            wait_for(lambda: log.read_text().count("waiting for changes") == 2, process)
            assert "momentum" in reference.read_text()
            (folder / "good.py").write_text(BAD)
            wait_for(lambda: log.read_text().count("waiting for changes") == 3, process)
            assert "specs/good.py:15: " in log.read_text()
            (folder / "good.py").write_text(GOOD)
            wait_for(lambda: log.read_text().count("waiting for changes") == 4, process)
            assert "momentum" not in reference.read_text()
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            process.wait()
    assert out.read_text().count(" written, ") == 3
    assert "changed: specs/good.py" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_watching_and_checking_do_not_go_together(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    done = run("build", "--specs", "specs", "--watch", "--check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "optgen: --check writes nothing, and --watch does: leave out one of them\n"


def test_what_to_install(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'watchfiles' else find(name, *rest)\n"
    )
    path = f"{tmp_path}:{environment()['PYTHONPATH']}"
    done = run("build", "--specs", "specs", "--watch", cwd=tmp_path, PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "optgen: optgen build --watch needs watchfiles: pip install 'optgen[watch]'\n"
