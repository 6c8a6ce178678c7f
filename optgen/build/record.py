"""What the last build did: a file in the output folder's hidden `.optgen/`, which is never committed.

It only saves work. Without it, or with one that cannot be read, everything is generated and verified again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from .folders import Folders
from .hashing import digest_of
from .inputs import Inputs

FOLDER = ".optgen"
_FILE = "build.json"
_FORMAT = 2


@dataclass(frozen=True)
class Source:
    """A spec file when it was last read.

    Attributes:
        key: Digest of all that its code depends on; empty where nobody knows what that is.
        names: The optimizers that it declares.
        classes: The names of their classes, in the same order.
    """

    key: str
    names: tuple[str, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """An optimizer when its code was last generated.

    Attributes:
        key: That of its spec file.
        files: Digest of each file, by path below the output folder.
        verified: Digest of all that its last successful verification depended on; empty before the first.
    """

    key: str
    files: dict[str, str]
    verified: str = ""


@dataclass(frozen=True)
class Record:
    """What is known of an output folder.

    Attributes:
        specs: Path of the specs folder from the output folder.
        sources: The spec files, by path below their folder.
        optimizers: The optimizers, by name.
    """

    specs: str = ""
    sources: dict[str, Source] = field(default_factory=dict)
    optimizers: dict[str, Built] = field(default_factory=dict)

    @classmethod
    def load(cls, out: Path) -> Record:
        """The record of an output folder; an empty one where there is none that can be read."""
        try:
            found = json.loads((out / FOLDER / _FILE).read_bytes())
            if found["format"] != _FORMAT:
                return cls()
            sources = {
                file: Source(s["key"], tuple(s["names"]), tuple(s["classes"])) for file, s in found["sources"].items()
            }
            optimizers = {name: Built(**b) for name, b in found["optimizers"].items()}
            return cls(found["specs"], sources, optimizers)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def dump(self) -> tuple[Path, bytes]:
        """Path below the output folder, and content."""
        return Path(FOLDER, _FILE), json.dumps({"format": _FORMAT, **asdict(self)}, indent=1).encode()

    def declared(self, inputs: Inputs) -> dict[str, str] | None:
        """The spec file of each optimizer, or None where a spec file may have changed since it was read."""
        if self.sources.keys() != inputs.sources.keys() or self.stale(inputs):
            return None
        return {name: file for file, source in self.sources.items() for name in source.names}

    def stale(self, inputs: Inputs) -> list[str]:
        """The spec files that may have changed since they were read, or that are new."""
        return [
            file
            for file, key in inputs.sources.items()
            if not key or file not in self.sources or self.sources[file].key != key
        ]

    def with_verified(self, keys: dict[str, str]) -> Record:
        """The same, with optimizers that have been verified."""
        passed = {name: replace(self.optimizers[name], verified=key) for name, key in keys.items()}
        return replace(self, optimizers=self.optimizers | passed)


def verification_key(built: Built, shared: dict[str, str], inputs: Inputs) -> str:
    """What a verification depends on.

    Args:
        built: The optimizer.
        shared: Digests of the files that all optimizers import.
        inputs: What the code is made from and verified with.
    """
    files = sorted((built.files | shared).items())
    return digest_of([inputs.verification, *(part for pair in files for part in pair)])


def path_between(folders: Folders) -> str:
    """The specs folder as the record keeps it: relative, so that a copy of the whole tree stays valid."""
    return Path(os.path.relpath(folders.specs, folders.out)).as_posix()
