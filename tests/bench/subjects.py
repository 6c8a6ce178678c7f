"""What tests of the benchmark time: optimizers with few numbers."""

from __future__ import annotations

from optgen.bench.cases import Case
from optgen.bench.facts import Facts, facts_of
from optgen.bench.rivals import Subject
from optgen.build.folders import find_folders
from optgen.cli.specs import load_specs
from optgen.driver import unit_of

SMALL = Case("small", ((3, 4), (5,)))


def facts(spec: str) -> Facts:
    """Of a shipped spec."""
    folder = find_folders(None, None).specs
    (found,) = load_specs(folder, [spec])
    return facts_of(unit_of(found, folder))


def subject(spec: str, case: Case = SMALL) -> Subject:
    """An optimizer at one size."""
    return Subject(facts(spec), case, "cpu", "SGD")
