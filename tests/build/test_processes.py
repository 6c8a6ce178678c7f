"""Several builds at once, builds that are killed, and builds that use several processes."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from building import built_files, contents, everything, generate, workplace, write_spec

from optgen.build import parallel
from optgen.build.builder import Request, build, preview
from optgen.build.folders import Folders, find_folders
from optgen.build.lock import locked
from optgen.build.watcher import Silent

SEED = 20240607


def command(folders: Folders, *options: str) -> list[str]:
    """A build in a process of its own."""
    where = ["--specs", str(folders.specs), "--out", str(folders.out)]
    return [sys.executable, "-m", "optgen", "build", *where, "--no-verify", *options]


def fresh(folders: Folders, where: Path) -> dict[str, bytes]:
    """What a build in an empty folder gives."""
    generate(Folders(folders.specs, where))
    return contents(where)


def test_killed_at_any_moment_the_next_build_completes_the_tree(tmp_path: Path) -> None:
    names = [f"number{n}" for n in range(6)]
    folders = workplace(tmp_path, *names)
    generate(folders)
    chance = random.Random(SEED)
    fork = multiprocessing.get_context("fork")
    interrupted = 0
    for number in range(40):
        # Some specs change, one goes or comes back: files to write and files to remove.
        for name in chance.sample(names, 3):
            write_spec(folders.specs, name, lr=f"0.{number + 1}")
        gone = folders.specs / f"{chance.choice(names)}.py"
        if gone.exists():
            gone.unlink()
        process = fork.Process(target=generate, args=(folders,))
        process.start()
        time.sleep(chance.uniform(0, 0.12))
        process.kill()
        process.join()
        interrupted += process.exitcode == -signal.SIGKILL
        if number % 4 == 3:
            generate(folders)
            assert preview(Request(folders)).is_clean
            assert not [name for name in everything(folders.out) if name.endswith(".optgen-tmp")]
    assert interrupted >= 10
    generate(folders)
    assert contents(folders.out) == fresh(folders, tmp_path / "fresh")
    assert not [path for path in folders.out.rglob("*") if path.is_dir() and not any(path.iterdir())]


def test_a_killed_command_leaves_no_lock(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    with subprocess.Popen(command(folders)) as process:
        while not (folders.out / ".optgen").exists():
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
    generate(folders)
    assert contents(folders.out) == fresh(folders, tmp_path / "fresh")


def test_builds_at_once(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two", "three")
    processes = [subprocess.Popen(command(folders, *names)) for names in ((), ("two",), (), ("three", "one"))]
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert preview(Request(folders)).is_clean
    assert contents(folders.out) == fresh(folders, tmp_path / "fresh")
    assert not [name for name in everything(folders.out) if name.endswith(".optgen-tmp")]


def test_a_second_build_waits_and_says_so(tmp_path: Path) -> None:
    class Watching(Silent):
        notes: list[str] = []  # noqa: RUF012  # one instance

        def note(self, text: str) -> None:
            self.notes.append(text)
            released.append(time.monotonic())
            holder.__exit__(None, None, None)

    folders = workplace(tmp_path, "one")
    released: list[float] = []
    holder = locked(folders.out, Silent())
    holder.__enter__()
    outcome = build(Request(folders, verify=False), Watching())
    assert Watching.notes == [f"waiting for another build of {folders.out}"]
    assert outcome.written == len(built_files("one"))


def test_a_build_with_nothing_to_do_does_not_wait(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    generate(folders)
    with locked(folders.out, Silent()):
        assert generate(folders).written == 0


def test_what_another_build_has_done_meanwhile_is_not_done_again(tmp_path: Path) -> None:
    class Late(Silent):
        def note(self, text: str) -> None:
            del text
            holder.__exit__(None, None, None)

    folders = workplace(tmp_path, "one")
    done = fresh(folders, tmp_path / "fresh")
    holder = locked(folders.out, Silent())
    holder.__enter__()
    for name, content in done.items():
        (folders.out / name).parent.mkdir(exist_ok=True)
        (folders.out / name).write_bytes(content)
    assert build(Request(folders, verify=False), Late()).written == 0


def test_files_that_another_build_has_written_meanwhile_are_not_the_users(tmp_path: Path) -> None:
    class Meanwhile(Silent):
        def task(self, what: str, total: int, forks: bool = False) -> AbstractContextManager[Callable[[str], None]]:
            generate(folders)
            return super().task(what, total, forks)

    folders = workplace(tmp_path, "one")
    assert build(Request(folders, verify=False), Meanwhile()).written == 0


@pytest.fixture
def cheap_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes, however little there is to do."""
    monkeypatch.setattr(parallel, "WORTH_A_PROCESS", 1)


@pytest.mark.usefixtures("cheap_processes")
class TestWorkers:
    def test_the_output_is_the_same(self, tmp_path: Path) -> None:
        folders = workplace(tmp_path, *(f"number{n}" for n in range(7)))
        for jobs in (1, 2, 5):
            build(Request(Folders(folders.specs, tmp_path / f"out{jobs}"), verify=False, jobs=jobs))
        outputs = [contents(tmp_path / f"out{jobs}") for jobs in (1, 2, 5)]
        assert outputs[0] == outputs[1] == outputs[2]
        assert outputs[0].keys() == built_files(*(f"number{n}" for n in range(7)))

    def test_errors_come_back(self) -> None:
        def fail(number: int) -> int:
            if number == 3:
                raise ValueError("three")
            return os.getpid()

        with pytest.raises(ValueError, match="three"):
            list(parallel.each(fail, range(9), 2))
        assert len(set(parallel.each(lambda _: os.getpid(), range(20), 2))) >= 2

    def test_results_are_in_order(self) -> None:
        assert list(parallel.each(lambda n: n * n, range(50), 3)) == [n * n for n in range(50)]

    def test_workers_end_with_their_parent(self, tmp_path: Path) -> None:
        def work(number: int) -> None:
            (tmp_path / str(os.getpid())).touch()
            time.sleep(0.2 * (number > 0))

        fork = multiprocessing.get_context("fork")
        parent = fork.Process(target=lambda: list(parallel.each(work, range(1000), 2)))
        parent.start()
        while len(list(tmp_path.iterdir())) < 3:
            assert parent.is_alive()
            time.sleep(0.01)
        parent.kill()
        parent.join()
        workers = {int(path.name) for path in tmp_path.iterdir()} - {parent.pid}
        deadline = time.monotonic() + 10
        while any(Path(f"/proc/{worker}/stat").exists() and not _is_dead(worker) for worker in workers):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def _is_dead(process: int) -> bool:
    """Whether nobody has waited yet for a process that has ended."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_the_output_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    names = ("one", "two", "three")
    folders = workplace(tmp_path, *names)
    outs = [Folders(folders.specs, tmp_path / f"out{seed}") for seed in range(2)]

    def run(seed: int) -> None:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        subprocess.run(command(outs[seed]), env=environment, check=True)

    with ThreadPoolExecutor() as pool:
        list(pool.map(run, range(2)))
    assert contents(outs[0].out) == contents(outs[1].out)
    records = [(o.out / ".optgen" / "build.json").read_bytes() for o in outs]
    assert records[0] == records[1]


def test_what_is_shipped_builds(tmp_path: Path) -> None:
    folders = find_folders(None, tmp_path / "code")
    outcome = generate(folders)
    assert outcome.written >= 3 * len(list(folders.specs.glob("[a-z]*.py")))
    assert generate(folders).written == 0
