"""Exit codes, streams and start-up of the command line."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commandline import BAD, GOOD, ROOT, environment, run, script, specs

import optgen

HEAVY = (
    *("sympy", "jinja2", "torch", "triton", "numpy", "numba", "matplotlib", "plotext", "watchfiles", "mpmath"),
    *("rich.console", "rich.table", "filelock", "asyncio", "importlib.metadata"),
)


@pytest.mark.parametrize("command", ["build", "diff", "doctor", "list", "new", "show", "try", "verify"])
def test_help_has_examples(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Examples:" in done.stdout
    assert f"optgen {command}" in done.stdout
    assert done.stderr == ""


def test_help_lists_the_commands() -> None:
    done = run("--help")
    assert all(
        f" {command} " in done.stdout for command in ("build", "diff", "doctor", "list", "new", "show", "try", "verify")
    )


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"optgen {optgen.__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["build", "--nonsense"],
        ["build", "--jobs", "0"],
        ["build", "--out", ""],
        ["build", "--specs", ""],
        ["verify", "--device", "tpu"],
        ["show"],
        ["show", "adam", "--out", "generated"],
        ["list", "--out", "generated"],
    ],
)
def test_usage_errors(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def imported(arguments: list[str], cwd: Path) -> set[str]:
    """The modules that a command has imported when it ends, besides those of Typer."""
    code = f"""
import sys, typer
before = set(sys.modules)
from optgen.cli.app import app
try:
    app({arguments!r})
except SystemExit as ended:
    assert not ended.code, ended.code
sys.stderr.write("\\n".join(set(sys.modules) - before))
"""
    return set(script(code, cwd).stderr.split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["build", "--help"], ["try", "--help"]])
def test_starting_imports_little(arguments: list[str], tmp_path: Path) -> None:
    # The help of a command with options of several types: Typer asks Pydantic, which asks for its plugins.
    asks = {"importlib.metadata"} if len(arguments) > 1 else set()
    assert not imported(arguments, tmp_path) & (set(HEAVY) - asks)


def test_a_build_with_nothing_to_do_imports_little(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD)
    assert run("build", "--specs", folder, "--no-verify").returncode == 0
    modules = imported(["build", "--specs", str(folder), "--no-verify"], tmp_path)
    assert "optgen.build.plan" in modules
    assert not modules & (set(HEAVY) - {"importlib.metadata"})
    assert not {m for m in modules if m.startswith(("optgen.spec", "optgen.targets", "optgen.verify"))}


def test_build(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD)
    first = run("build", "--specs", folder, "--no-verify")
    assert first.returncode == 0
    assert first.stdout.count("\n") == 1
    assert " written, 0 unchanged, 0 removed, 0 verified in " in first.stdout
    again = run("build", "--specs", "specs", "--no-verify", cwd=tmp_path)
    assert again.stdout.startswith("0 written, ")
    assert again.stderr == ""


def test_check(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD)
    run("build", "--specs", folder, "--no-verify")
    clean = run("build", "--check", "--specs", "specs", cwd=tmp_path)
    assert (clean.returncode, clean.stdout.count("\n")) == (0, 1)
    path = tmp_path / "generated" / "good" / "kernel.py"
    path.write_text(path.read_text() + "# mine\n")
    done = run("build", "--check", "--specs", "specs", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("--- a/generated/good/kernel.py\n+++ b/generated/good/kernel.py\n@@ ")
    assert "-# mine\n" in done.stdout
    assert "1 modified or missing, 0 orphaned" in done.stderr


def test_mistakes_of_an_author(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD, bad=BAD, worse="def (\n", print="print('hello')\n")
    for command in (["build"], ["build", "--check"], ["show", "bad"], ["show", "unknown"], ["verify"]):
        done = run(*command, "--specs", folder.name, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stdout == ""
        assert "specs/bad.py:15: " in done.stderr
        assert "specs/worse.py:1: " in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "generated").exists()


def test_specs_beside_those_with_mistakes(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD, bad=BAD, worse="def (\n")
    shown = run("show", "good", "--specs", folder)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "The good one" in shown.stdout
    for options in ([], ["--json"]):
        listed = run("list", *options, "--specs", folder.name, cwd=tmp_path)
        assert listed.returncode == 2
        assert "good" in listed.stdout
        assert "specs/bad.py:15: " in listed.stderr
        assert "specs/worse.py:1: " in listed.stderr
    assert [row["name"] for row in json.loads(listed.stdout)] == ["good"]


def test_a_name_that_another_file_declares_too_is_not_shown(tmp_path: Path) -> None:
    folder = specs(tmp_path, good=GOOD, other=GOOD)
    for command in (["show", "good"], ["list"]):
        done = run(*command, "--specs", folder)
        assert (done.returncode, done.stdout) == (2, "")
        assert "specs/other.py:" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["build", "goood", "--no-verify"], "there is no optimizer goood (did you mean good?)"),
        (["show", "god"], "there is no optimizer god (did you mean good?)"),
        (["verify", "xyz"], "there is no optimizer xyz (there are: good)"),
        (["verify", "good"], "generated: has no code of good: run optgen build first, or name the folder that "),
        (["build", "--out", "file"], "file: is a file, not a folder for generated code"),
        (["build", "--out", "specs/x"], "specs/x: lies in the folder of specs"),
        (["list", "--specs", "x" * 300], "x" * 300 + ": File name too long"),
        (["list", "--specs", "nowhere"], "nowhere: there is no such folder of specs"),
    ],
)
def test_mistakes_of_a_user(tmp_path: Path, arguments: list[str], text: str) -> None:
    specs(tmp_path, good=GOOD)
    (tmp_path / "file").touch()
    where = [] if "--specs" in arguments else ["--specs", "specs"]
    done = run(*arguments, *where, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.replace(f"{tmp_path}/", "").startswith(f"optgen: {text}")
    assert done.stderr.count("\n") == 1


def test_a_file_in_the_way(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated" / "__init__.py").write_text("mine = 1\n")
    done = run("build", "--specs", "specs", cwd=tmp_path)
    assert done.returncode == 2
    assert "optgen: generated/__init__.py: was not generated by optgen" in done.stderr
    assert [p.name for p in (tmp_path / "generated").iterdir()] == ["__init__.py"]


def test_json_is_one_document_whatever_specs_print(tmp_path: Path) -> None:
    noise = "import os, sys\nprint('hello')\nos.system('echo hello')\nos.write(1, b'hello')\n"
    folder = specs(tmp_path, good=noise + GOOD)
    for command in (["list"], ["show", "good"]):
        done = run(*command, "--json", "--specs", folder)
        json.loads(done.stdout)
        assert "hello" in done.stderr


def test_failed_verification(tmp_path: Path) -> None:
    code = """
import sys
import optgen.verify
from optgen.verify.report import Report
def fake(units, specs, out, *, device="cpu", jobs=None, on_done=None):
    reports = [Report(unit.name, error="an infinity of ulps") for unit in units]
    for report in reports:
        print("noise")
        on_done(report)
    return reports
optgen.verify.verify = fake
from optgen.cli import main
sys.argv = ["optgen", *{arguments}]
main()
"""
    specs(tmp_path, good=GOOD)
    built = script(code.format(arguments=["build", "--specs", "specs"]), tmp_path)
    assert built.returncode == 1
    assert ", 0 verified, 1 failed verification in " in built.stdout
    assert "good: an infinity of ulps" in built.stderr
    verified = script(code.format(arguments=["verify", "--specs", "specs", "--json"]), tmp_path)
    assert verified.returncode == 1
    document = json.loads(verified.stdout)
    assert document["passed"] is False
    assert document["reports"][0]["optimizer"] == "good"
    shown = script(code.format(arguments=["verify", "--specs", "specs"]), tmp_path)
    assert shown.returncode == 1
    assert shown.stdout.endswith("0 verified, 1 failed verification\n")
    assert "good: an infinity of ulps" in shown.stderr


@pytest.mark.parametrize("change", ["spec", "default", "code"])
def test_failed_verification_of_code_that_is_not_that_of_the_spec(tmp_path: Path, change: str) -> None:
    folder = specs(tmp_path, good=GOOD)
    assert run("build", "--specs", folder, "--no-verify").returncode == 0
    if change == "spec":
        (folder / "good.py").write_text(GOOD.replace("mu: Hyper", "nu: Hyper").replace("mu *", "nu *"))
    elif change == "default":  # which no comparison sees: hyper-parameters are always given
        (folder / "good.py").write_text(GOOD.replace("hyper(0.9", "hyper(0.8"))
    else:
        path = tmp_path / "generated" / "good" / "kernel.py"
        path.write_text(path.read_text().replace("theta = theta - ", "theta = theta + "))
    done = run("verify", "--specs", folder, "--json")
    assert done.returncode == 1
    [report] = json.loads(done.stdout)["reports"]
    note = "generated code is not that of the spec: run optgen build (differing: good/"
    assert report["error"].startswith(note)
    assert ("good/reference.py" in report["error"]) is (change != "code")
    assert bool(report["misses"]) is (change == "code")


def test_interrupted(tmp_path: Path) -> None:
    mark = tmp_path / "started"
    sleep = f"import pathlib, time\npathlib.Path({str(mark)!r}).touch()\ntime.sleep(60)\n"
    specs(tmp_path, good=sleep + GOOD)
    with subprocess.Popen(
        [sys.executable, "-m", "optgen", "build", "--specs", "specs"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not mark.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not (tmp_path / "generated").exists()


def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    specs(tmp_path, good=GOOD)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "optgen", "build", "--specs", "specs", "--no-verify"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    ) as process:
        os.close(theirs)
        output, _ = process.communicate(timeout=30)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert process.returncode == 0
    assert output.count("\n") == 1
    assert "generating" in shown
    assert "1/1" in shown


def test_an_installed_optgen_has_its_folders_inside_it(tmp_path: Path) -> None:
    site = tmp_path / "site"
    leave = shutil.ignore_patterns("__pycache__", ".optgen")
    shutil.copytree(ROOT / "optgen", site / "optgen", ignore=leave)
    shutil.copytree(ROOT / "templates", site / "optgen" / "templates", ignore=leave)
    specs(tmp_path, good=GOOD).rename(site / "optgen" / "specs")
    (site / "optgen" / "generated").mkdir()  # else an editable install of this repository would offer its own
    for expected in ("0 unchanged", "0 written"):
        done = run("build", "--no-verify", cwd=site, PYTHONPATH=str(site))
        assert expected in done.stdout
    assert done.stderr == ""
    assert (site / "optgen" / "generated" / "good" / "kernel.py").is_file()
