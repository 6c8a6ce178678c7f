"""Whether generated code is what the specs give, by what the build has noted: nothing is generated for it."""

from __future__ import annotations

from optgen.build.errors import CommandError
from optgen.build.folders import Folders, shown
from optgen.problems import SpecError

from .finding import Finding, State

_BUILD = "run optgen build"


def code(folders: Folders) -> Finding:
    """The folder of generated code.

    Args:
        folders: Of specs and of code.
    """
    use = "optgen.optim, and references and kernels"
    if not folders.out.is_dir():
        return Finding("generated code", State.MISSING, True, "", use, _BUILD)
    from optgen.build.goal import Wish
    from optgen.build.plan import make_plan
    from optgen.build.watcher import Silent

    try:
        plan = make_plan(folders, Wish((), verify=False), Silent(), 1)
    except (SpecError, CommandError) as error:
        return Finding("generated code", State.WRONG, True, str(error).splitlines()[0], use, "mend the specs")
    if plan.is_clean:
        return Finding("generated code", State.OK, True, f"{shown(folders.out)}: current", use)
    found = f"{len(plan.writes)} files not as the specs have them" if plan.writes else f"{len(plan.removals)} orphaned"
    return Finding("generated code", State.WRONG, True, f"{shown(folders.out)}: {found}", use, _BUILD)
