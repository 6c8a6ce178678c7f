"""What a target is, and what every target needs: the unit it renders, headers, templates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta

import optgen.templates
from optgen.files import MARK
from optgen.ir.nodes import Program
from optgen.passes.batch import batched
from optgen.passes.phases import Schedule
from optgen.passes.pipeline import plan
from optgen.spec.model import Spec, SpecKind


@dataclass(frozen=True)
class Unit:
    """One optimizer on its way to code.

    Attributes:
        spec: As captured: the equations in SymPy, for documents.
        program: As frozen: one statement an equation, in the author's order, for code that reads like the paper.
        schedule: As optimized: host, element and tensor statements in phases, for kernels.
        source: Path of the spec as headers show it: the name of its folder and the path below it.
    """

    spec: Spec
    program: Program
    schedule: Schedule
    source: str

    @cached_property
    def batch(self) -> Schedule:
        """The schedule of the same update for many tensors at once, whose gradients come with a factor."""
        return plan(batched(self.program))


class Target(Protocol):
    """A kind of generated code: one folder in `optgen/targets`, one in `templates`.

    Attributes:
        name: Name of both folders.
        kinds: Kinds of specs that it renders, as an attribute that may be left out: all then.
        reserved: Names that its code uses, so that no hyper-parameter, flag or input may have them: these become
            arguments under their own names. Other names of a spec may be the same.
    """

    name: str
    reserved: frozenset[str]

    def render(self, unit: Unit) -> dict[str, str]:
        """The files for one optimizer: name and finished text."""
        ...


def handles(target: Target, kind: SpecKind) -> bool:
    """Whether a target renders specs of a kind."""
    return kind in getattr(target, "kinds", SpecKind)


def header(unit: Unit, template: str) -> str:
    """The text of a generated file's first line, without comment signs."""
    return f"{MARK} from {unit.source} with templates/{template}. Do not edit."


def _environment(template: str) -> Environment:
    """Jinja2 for a template; LaTeX gets delimiters that do not look like LaTeX."""
    return _environment_of(template.endswith(".tex.j2"), tuple(optgen.templates.__path__))


@cache
def _environment_of(latex: bool, folders: tuple[str, ...]) -> Environment:
    """Jinja2 that fails on what is missing."""
    syntax: dict[str, Any] = {}
    if latex:
        syntax = {
            "variable_start_string": "<<",
            "variable_end_string": ">>",
            "block_start_string": "<%",
            "block_end_string": "%>",
            "comment_start_string": "<#",
            "comment_end_string": "#>",
        }
    return Environment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        **syntax,
    )


def render(template: str, values: dict[str, object]) -> str:
    """Fill a template.

    Args:
        template: Path below `templates/`, ending in `.j2`.
        values: One for each variable of the template, no more and no fewer.

    Raises:
        ValueError: Template and values do not name the same variables.
    """
    environment = _environment(template)
    wanted = _variables(environment, template)
    if wanted != values.keys():
        missing, unused = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        raise ValueError(f"templates/{template}: without a value {missing}, without a use {unused}")
    return environment.get_template(template).render(values)


@cache
def _variables(environment: Environment, template: str) -> frozenset[str]:
    """What a template and those that it includes take."""
    source = environment.loader.get_source(environment, template)[0] if environment.loader else ""
    tree = environment.parse(source)
    included = [_variables(environment, other) for other in meta.find_referenced_templates(tree) if other]
    return frozenset(meta.find_undeclared_variables(tree)).union(*included)
