"""Where specs become text: captured when first needed, each optimizer generated at most once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from optgen.depth import too_deep
from optgen.problems import Problem, SpecError

from .inputs import Inputs
from .ownership import is_ours
from .record import Record, Source
from .watcher import Watcher

if TYPE_CHECKING:
    from optgen.spec.model import Spec

Files = dict[str, str]


class Workshop:
    """The specs of a folder, for one state of everything that the code is made from.

    Args:
        folder: The specs.
        inputs: The state, read before the specs are.
        watcher: Is told of progress.
    """

    def __init__(self, folder: Path, inputs: Inputs, watcher: Watcher) -> None:
        self.folder, self.inputs, self.watcher = folder, inputs, watcher
        self._texts: dict[str, Files] = {}
        self._some: dict[str, Spec] = {}
        self._read: list[str] = []

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """Every spec by name, checked.

        Raises:
            SpecError: With all the mistakes of all the files.
        """
        found = self._checked(self.inputs.sources)
        specs: dict[str, Spec] = {}
        twice = []
        for spec in found:
            if spec.name in specs:
                first = specs[spec.name].location
                twice.append(Problem(spec.location, f"{spec.name} is already declared at {first}", "rename one"))
            specs[spec.name] = spec
        if twice:
            raise SpecError(twice)
        return specs

    @property
    def captured(self) -> Mapping[str, Spec]:
        """The specs that have been captured: all, those of some files, or none yet."""
        return self.specs if "specs" in vars(self) else self._some

    def of(self, names: Iterable[str]) -> list[Spec]:
        """The specs of some names, in their order; all files are read where one of them has not been yet."""
        wanted = list(names)
        found = self.captured if set(wanted) <= self.captured.keys() else self.specs
        return [found[name] for name in wanted]

    def declared(self, known: Record) -> dict[str, str]:
        """The spec file of each optimizer, by path below the specs folder.

        Args:
            known: What the last build recorded: files that are as they were then are not read.

        Raises:
            SpecError: With all the mistakes of all the files that are read.
        """
        files = {(self.folder / file).resolve(): file for file in self.inputs.sources}
        stale = known.stale(self.inputs)
        if len(stale) < len(files):
            kept = {file: known.sources[file] for file in self.inputs.sources if file not in stale}
            if self._read != stale:  # a build looks twice, the second time behind its lock
                self._some = {spec.name: spec for spec in self._checked(stale, part=True)}
                self._read = stale
            if not _clash(self._some.values(), kept.values()):
                named = {name: file for file, source in kept.items() for name in source.names}
                named |= {name: files[Path(spec.location.file).resolve()] for name, spec in self._some.items()}
                order = {file: number for number, file in enumerate(self.inputs.sources)}
                return dict(sorted(named.items(), key=lambda item: order[item[1]]))
        return {name: files[Path(spec.location.file).resolve()] for name, spec in self.specs.items()}

    def _checked(self, files: Iterable[str], *, part: bool = False) -> list[Spec]:
        """The specs of some files, checked; `part` as for `load`."""
        from optgen.check import load_checked
        from optgen.spec.load import load

        paths = [self.folder / file for file in files]
        try:
            return load_checked(self.folder, paths, part=part)
        except RecursionError:
            raise SpecError([too_deep(load(self.folder, paths)[0])]) from None

    def texts(self, names: Iterable[str], jobs: int) -> dict[str, Files]:
        """The files of optimizers: path below the output folder, and text.

        Args:
            names: Which; in this order in the answer.
            jobs: Processes that may work at once.

        Raises:
            SpecError: With all that no code could be made of.
        """
        wanted = list(names)
        missing = [name for name in wanted if name not in self._texts]
        if missing:
            self._generate(missing, jobs)
        return {name: self._texts[name] for name in wanted}

    def _generate(self, names: list[str], jobs: int) -> None:
        from .parallel import each

        self.of(names)  # captured here, so that worker processes inherit them
        problems: list[Problem] = []
        with self.watcher.task("generating", len(names), forks=True) as done:
            for name, result in zip(names, each(self._one, names, jobs), strict=True):
                if isinstance(result, dict):
                    self._texts[name] = result
                else:
                    problems += result
                done(name)
        if problems:
            raise SpecError(problems)

    def _one(self, name: str) -> Files | tuple[Problem, ...]:
        from optgen.driver import generate

        spec = self.captured[name]
        try:
            files = generate(spec, self.folder)
        except SpecError as error:
            return error.problems
        except RecursionError:
            return (too_deep([spec]),)
        except Exception as error:
            error.add_note(f"while generating {name}, {spec.location}")
            raise
        for file, text in files.items():
            if not is_ours(text.partition("\n")[0].encode()):
                raise ValueError(f"{file} is generated without a header in its first line")
        return files


def _clash(specs: Iterable[Spec], kept: Iterable[Source]) -> bool:
    """Whether specs have a name, or the name of a class, that one in another file has; folders may not tell cases."""
    names = {name.lower() for source in kept for name in source.names}
    classes = {name for source in kept for name in source.classes}
    return any(spec.name.lower() in names or str(spec.class_name) in classes for spec in specs)
