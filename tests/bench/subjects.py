"""What tests of the benchmark time: optimizers with few numbers."""

from __future__ import annotations

from functools import cache

from optgen.bench.cases import Case
from optgen.bench.facts import Facts, facts_of
from optgen.bench.rivals import Subject
from optgen.build.folders import find_folders
from optgen.cli.specs import load_specs
from optgen.driver import unit_of
from optgen.spec.model import Spec

SMALL = Case("small", ((3, 4), (5,)))


@cache
def facts(spec: str) -> Facts:
    """Of a shipped spec."""
    return facts_of(unit_of(_specs()[spec], find_folders(None, None).specs))


@cache
def _specs() -> dict[str, Spec]:
    return {spec.name: spec for spec in load_specs(find_folders(None, None).specs)}


def subject(spec: str, case: Case = SMALL) -> Subject:
    """An optimizer at one size."""
    return Subject(facts(spec), case, "cpu", "SGD")
