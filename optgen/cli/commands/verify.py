"""`optgen verify`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optgen.build.errors import CommandError
from optgen.build.folders import Folders, find_folders, shown
from optgen.build.packages import INIT
from optgen.cli.guard import FAILED
from optgen.cli.options import Jobs, Json, Names, Out, Specs
from optgen.cli.progress import watcher
from optgen.cli.specs import deep_enough, load_specs
from optgen.cli.streams import only_results, say, say_json, say_laid_out, tell

if TYPE_CHECKING:
    from optgen.spec.model import Spec
    from optgen.verify.report import Report

EXAMPLES = (
    ("optgen verify", "everything, on the CPU"),
    ("optgen verify foo --device cuda", "one optimizer on a GPU"),
    ("optgen verify --json > report.json", "for other programs"),
)


class Device(StrEnum):
    """Where kernels run."""

    cpu = "cpu"
    cuda = "cuda"


def command(
    names: Names = None,
    device: Annotated[
        Device, typer.Option(help="Where kernels run; on the CPU in Triton's interpreter.", show_default=True)
    ] = Device.cpu,
    json: Json = False,
    specs: Specs = None,
    out: Out = None,
    jobs: Jobs = None,
) -> None:
    """Compare equations, references and kernels with each other on real arrays.

    The generated code is taken as it is; optgen build makes it. Exit code 1 where it is not what the specs give now, or
    where anything is further apart than rounding explains.
    """
    folders = find_folders(specs, out)
    units = load_specs(folders.specs, names or ())
    _need_code(folders.out, units)
    if device is Device.cuda:
        _need_cuda()
    with only_results():
        reports = _verified(units, folders.specs, folders.out, device, jobs)
        reports = [_explained(*pair, folders) for pair in zip(reports, units, strict=True)]
    passed = all(report.passed for report in reports)
    if json:
        say_json({"passed": passed, "device": device.value, "reports": [report.as_dict() for report in reports]})
    else:
        _show(reports)
    if not passed:
        raise typer.Exit(FAILED)


def _verified(units: list[Spec], specs: Path, out: Path, device: Device, jobs: int | None) -> list[Report]:
    from optgen.verify import verify

    with watcher().task("verifying", len(units)) as done:
        return verify(units, specs, out, device=device.value, jobs=jobs, on_done=lambda report: done(report.optimizer))


def _explained(report: Report, spec: Spec, folders: Folders) -> Report:
    """The report, failed where the code is not what the spec gives: nothing else may be wrong, or another default."""
    from optgen.driver import generate

    with deep_enough(spec):
        files = generate(spec, folders.specs)
    stale = [name for name, text in files.items() if not _holds(folders.out / name, text)]
    if not stale:
        return report
    note = f"generated code is not that of the spec: run optgen build (differing: {', '.join(stale)})"
    return replace(report, error=f"{note}\n{report.error}".rstrip())


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def _show(reports: list[Report]) -> None:
    from optgen.verify.report import miss_lines, table

    say_laid_out(lambda _: table(reports))
    misses = miss_lines(reports)
    if misses:
        tell("\n".join(misses))
    failed = sum(not report.passed for report in reports)
    say(f"{len(reports) - failed} verified" + (f", {failed} failed verification" if failed else ""))


def _need_code(out: Path, units: list[Spec]) -> None:
    missing = [spec.name for spec in units if not (out / spec.name / INIT).is_file()]
    if missing:
        advice = "run optgen build first, or name the folder that it went to with --out"
        raise CommandError(f"{shown(out)}: has no code of {', '.join(missing)}: {advice}")


def _need_cuda() -> None:
    import torch

    if not torch.cuda.is_available():
        raise CommandError("there is no GPU here that torch can use: leave out --device cuda")
