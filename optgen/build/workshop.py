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

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """Every spec by name, checked.

        Raises:
            SpecError: With all the mistakes of all the files.
        """
        from optgen.check import load_checked
        from optgen.spec.load import load

        files = [self.folder / file for file in self.inputs.sources]
        try:
            found = load_checked(self.folder, files)
        except RecursionError:
            raise SpecError([too_deep(load(self.folder, files)[0])]) from None
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

    def declared(self) -> dict[str, str]:
        """The spec file of each optimizer, by path below the specs folder."""
        files = {(self.folder / file).resolve(): file for file in self.inputs.sources}
        return {name: files[Path(spec.location.file).resolve()] for name, spec in self.specs.items()}

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

        self.specs  # noqa: B018  # captured here, so that worker processes inherit them
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

        spec = self.specs[name]
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
