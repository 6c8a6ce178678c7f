"""From spec to code: the stages in order, one line each."""

from __future__ import annotations

from pathlib import Path

from optgen.files import source_path
from optgen.ir import wellformed
from optgen.ir.freeze import freeze
from optgen.passes.pipeline import plan
from optgen.passes.states import settle_states
from optgen.spec.model import Spec
from optgen.targets import targets
from optgen.targets.base import Unit, handles


def unit_of(spec: Spec, folder: Path) -> Unit:
    """Take a checked spec through freeze and passes.

    Args:
        spec: As captured and checked.
        folder: The folder of specs that it was found in.
    """
    program = wellformed.check(settle_states(freeze(spec)), after="freeze")
    return Unit(spec, program, plan(program), source_path(folder, Path(spec.location.file)))


def generate(spec: Spec, folder: Path) -> dict[str, str]:
    """Every file of one optimizer: path below the output folder, and text.

    Raises:
        ValueError: Two targets render a file of one name.
    """
    unit = unit_of(spec, folder)
    files: dict[str, str] = {}
    origins: dict[str, str] = {}
    for target in (t for t in targets() if handles(t, spec.kind)):
        for name, text in target.render(unit).items():
            if name in origins:
                raise ValueError(f"the targets {origins[name]} and {target.name} both render {name}: rename one")
            origins[name] = target.name
            files[f"{spec.name}/{name}"] = text
    return files
