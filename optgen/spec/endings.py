"""What endings of names mean in generated code: no author may use them, and no name that gives way gets one."""

from __future__ import annotations

ENDINGS = {
    "_prev": "the value before the step in generated code",
    "_ptr": "an address in generated code",
    "_draw": "random numbers in generated code",
}


def beside(name: str, owner: str, taken: set[str]) -> str:
    """Another name for what a transform declares, where its own is taken.

    Args:
        name: Its own.
        owner: The transform's.
        taken: Names that something else has.
    """
    found = f"{owner}_{name}"
    if found.endswith(tuple(ENDINGS)):
        found = f"{name}_of_{owner}"
    return beside(found, owner, taken) if found in taken else found
