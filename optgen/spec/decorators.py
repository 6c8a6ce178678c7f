"""The decorators of a spec file, and what they note: a spec function, or a transform that waits for its parts."""

from __future__ import annotations

import inspect
import reprlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from optgen.problems import Location

from .model import SpecKind
from .places import frame_place
from .series import MistakeError


@dataclass(frozen=True)
class Declaration:
    """A spec function that has been declared but not yet run.

    Attributes:
        function: The author's function.
        kind: What it declares.
        paper: Citation.
        class_name: Name of the torch class.
        title: Heading in the documentation.
        location: Where the decorator was applied, or the transform to its parts.
        parts: What the function, a transform's, is applied to, in the order of its parameters.
        defaults: Hyper-parameters and flags whose defaults are others than declared.
        called: Name that the file gives to the result of a transform.
    """

    function: Callable[..., None]
    kind: SpecKind
    paper: str
    class_name: str
    title: str
    location: Location
    parts: tuple[Declaration, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    called: str = ""

    def __call__(self, *_: object, **given: object) -> None:
        """A spec is not called: a transform takes it, and takes the defaults of its parts as well."""
        default = next((f"{name}={value!r}" for name, value in given.items()), "lr=0.1")
        example = f"transform({self.name}, {default})"
        raise MistakeError(f"{self.name} is not called: a transform takes its defaults too, as in {example}")

    @property
    def name(self) -> str:
        """The optimizer's name: of the function, or of the variable that a composition is assigned to."""
        return self.called or self.function.__name__

    @property
    def doc(self) -> str:
        """The function's docstring, unindented."""
        own = inspect.getdoc(self.function) or ""
        return "\n\n".join([own, *(f"Applied to {named(part).title}: {part.doc}" for part in self.parts)])


DECLARED: list[Declaration] = []
"""Every declaration that has not been collected yet, so that the loader misses none that a file makes."""


TRANSFORMS: list[Transform] = []
"""Every transform that a file declares, for lists of what there is."""


def named(declaration: Declaration, called: str = "") -> Declaration:
    """The declaration with everything that follows from its name."""
    declaration = replace(declaration, called=called or declaration.called)
    class_name = declaration.class_name or "".join(part.capitalize() for part in declaration.name.split("_"))
    return replace(declaration, class_name=class_name, title=declaration.title or class_name)


@dataclass(frozen=True)
class Transform:
    """A spec function with places for other specs: call it with those.

    Attributes:
        function: The author's function.
        kind: What comes out.
        paper: Citation.
        title: Heading in the documentation.
        location: Where the decorator was applied.
        places: Names of the parameters that other specs are for, and kinds of those specs.
    """

    function: Callable[..., None]
    kind: SpecKind
    paper: str
    title: str
    location: Location
    places: dict[str, SpecKind]

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.function.__name__

    @property
    def doc(self) -> str:
        """The function's docstring, unindented."""
        return inspect.getdoc(self.function) or ""

    @property
    def declared(self) -> dict[str, Any]:
        """What the function's parameters are declared with, by name."""
        given = inspect.signature(self.function).parameters
        return {name: p.default for name, p in given.items() if p.default is not p.empty}

    def __call__(
        self, *parts: Declaration, paper: str = "", class_name: str = "", title: str = "", **defaults: Any
    ) -> Declaration:
        """Apply the transform; the file's name for the result becomes the spec's.

        Args:
            parts: Optimizers and schedules, or results of other transforms, one for each place.
            paper: Citation; those of the transform and its parts where absent.
            class_name: Name of the torch class; the spec's name in CamelCase where absent.
            title: Heading in the documentation; the class name where absent.
            defaults: Other defaults of hyper-parameters and flags.
        """
        self._hold_against_places(parts)
        place = frame_place(sys._getframe(1))
        papers = "; ".join(dict.fromkeys(p for p in (self.paper, *(part.paper for part in parts)) if p))
        made = Declaration(self.function, self.kind, paper or papers, class_name, title, place, parts, defaults)
        DECLARED.append(made)
        return made

    def _hold_against_places(self, parts: tuple[object, ...]) -> None:
        """Refuse what is no spec, or one of another kind than is asked for."""
        wanted = " and ".join(f"{_article(kind)} for {name}" for name, kind in self.places.items())
        if len(parts) != len(self.places):
            raise MistakeError(f"{self.name} takes {wanted}, and was given {len(parts) or 'nothing'}")
        for (name, kind), part in zip(self.places.items(), parts, strict=True):
            if isinstance(part, Transform):
                raise MistakeError(f"{part.name} is a transform: apply it first, as in {self.name}({part.name}(...))")
            if not isinstance(part, Declaration):
                found = getattr(part, "__name__", reprlib.repr(part))
                raise MistakeError(f"{self.name} takes {wanted}, and {found} is no spec")
            if part.kind is not kind:
                found = f"{part.name} is {_article(part.kind)}"
                raise MistakeError(f"{self.name} takes {_article(kind)} for {name}; {found}")


def _article(kind: SpecKind) -> str:
    return f"{'an' if kind is SpecKind.OPTIMIZER else 'a'} {kind}"


def optimizer(
    function: object = None, /, *, paper: str = "", class_name: str = "", title: str = ""
) -> Callable[[Callable[..., None]], Any]:
    """Declare an optimizer: the decorated function's parameters are its symbols, its body is the update.

    Args:
        function: Nothing; what Python hands over where the parentheses are missing.
        paper: Citation, as free text.
        class_name: Name of the torch class; the function's name in CamelCase where absent.
        title: Heading in the documentation; the class name where absent.
    """
    return _decorator(function, "optimizer", "theta: Param, g: Grad, ...", SpecKind.OPTIMIZER, paper, class_name, title)


def schedule(
    function: object = None, /, *, paper: str = "", class_name: str = "", title: str = ""
) -> Callable[[Callable[..., None]], Any]:
    """Declare a schedule: a spec function that gives a factor for the learning rate of each step.

    One with a parameter that is a `Schedule` is to be applied to another schedule.

    Args:
        function: Nothing; what Python hands over where the parentheses are missing.
        paper: Citation, as free text.
        class_name: Name of the class of torch schedulers; the function's name in CamelCase where absent.
        title: Heading in the documentation; the class name where absent.
    """
    return _decorator(function, "schedule", "factor: Factor, ...", SpecKind.SCHEDULE, paper, class_name, title)


def transform(function: object = None, /, *, paper: str = "", title: str = "") -> Callable[[Callable[..., None]], Any]:
    """Declare a transform: a spec function of which a parameter is a `Base`, to be applied to an optimizer.

    Args:
        function: Nothing; what Python hands over where the parentheses are missing.
        paper: Citation, as free text.
        title: Heading in the documentation; the function's name where absent.
    """
    return _decorator(function, "transform", "base: Base, theta: Param, ...", SpecKind.OPTIMIZER, paper, "", title)


def _decorator(
    given: object, word: str, example: str, kind: SpecKind, paper: str, class_name: str, title: str
) -> Callable[[Callable[..., None]], Any]:
    """What `@optimizer(...)` and its like are: they note the function as a declaration, or as a transform."""
    if given is not None:
        raise MistakeError(f'write @{word}(paper="...") or @{word}(), with parentheses')

    def declare(function: Callable[..., None]) -> Declaration | Transform:
        if not isinstance(function, FunctionType):
            raise MistakeError(f"@{word}(...) stands on top of a function: def name({example})")
        place = frame_place(sys._getframe(1))
        places = _places(function)
        if places and word != "optimizer":
            heading = title or function.__name__.replace("_", " ")
            TRANSFORMS.append(Transform(function, kind, paper, heading, place, places))
            return TRANSFORMS[-1]
        declaration = named(Declaration(function, kind, paper, class_name, title, place))
        DECLARED.append(declaration)
        return declaration

    return declare


def _places(function: FunctionType) -> dict[str, SpecKind]:
    """The parameters that other specs are for, and the kinds of those."""
    kinds = {name: getattr(a, "__name__", str(a)) for name, a in function.__annotations__.items()}
    plain = {name: kind.strip("\"'").rpartition(".")[2] for name, kind in kinds.items()}
    asked = {"Base": SpecKind.OPTIMIZER, "Schedule": SpecKind.SCHEDULE}
    return {name: asked[kind] for name, kind in plain.items() if kind in asked}
