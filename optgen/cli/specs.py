"""The checked specs that a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optgen.build.folders import Folders
from optgen.build.inputs import spec_files
from optgen.build.names import select

from .streams import only_results

if TYPE_CHECKING:
    from optgen.spec.model import Spec


def load_specs(folders: Folders, names: Sequence[str] = ()) -> list[Spec]:
    """Capture and check the specs of a folder, and choose.

    Args:
        folders: Where.
        names: Which; all where empty.

    Raises:
        CommandError: A name is unknown.
        SpecError: With all the mistakes of all the specs.
    """
    from optgen.check import load_checked

    with only_results():
        specs = {spec.name: spec for spec in load_checked(folders.specs, spec_files(folders.specs))}
    return [specs[name] for name in select(names, specs)]
