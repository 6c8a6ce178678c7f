"""What is recorded of verification and proofs is shown as long as it is about the code and the claims of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optgen.catalogue import figures, proofs
from optgen.catalogue.items import load_catalogue
from optgen.prove.load import load_relations

SPEC = '''
from optgen.spec import *


@optimizer()
def one(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    """Descend."""
    theta[t] = theta[t-1] - lr * g[t]


@optimizer()
def two(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0), scale: Hyper = hyper(1, ge=0)) -> None:
    """Descend."""
    theta[t] = theta[t-1] - lr * scale * g[t]
'''

RELATIONS = """
from optgen.prove import relation, run
from .pair import one, two

relation("two is one", run(two, scale=1) == run(one))
relation("one is one", run(one) == run(one), steps=1)
"""


def record(generated: Path, **changes: Any) -> dict[str, Any]:
    check = {"target": "kernel", "against": "equations", "comparisons": 9, "largest_ulps": "inf", "worst_ratio": 0.5}
    report = {"optimizer": "one", "passed": True, "checks": [check]}
    digests = {"one": figures.code_digest(generated / "one"), "_runtime": figures.runtime_digest(generated)}
    return {"machine": {"date": "2026-01-01"}, "digests": digests, "reports": [report], **changes}


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    for name in ("one", "_runtime"):
        (tmp_path / "generated" / name).mkdir(parents=True)
        (tmp_path / "generated" / name / "kernel.py").write_text("pass\n")
    return tmp_path / "generated"


def test_figures_are_read(generated: Path, tmp_path: Path) -> None:
    (tmp_path / figures.FILE).write_text(json.dumps(record(generated)))
    found = figures.load_figures(tmp_path, generated)
    assert found.runtime_current
    assert found.machine["date"] == "2026-01-01"
    one = found.items["one"]
    assert one.current
    assert one.passed
    assert one.rows == (figures.Figure("kernel", "equations", 9, float("inf"), 0.5),)


def test_figures_of_other_code_are_not_current(generated: Path, tmp_path: Path) -> None:
    (tmp_path / figures.FILE).write_text(json.dumps(record(generated)))
    (generated / "one" / "kernel.py").write_text("pass  # changed\n")
    found = figures.load_figures(tmp_path, generated)
    assert not found.items["one"].current
    assert found.runtime_current
    (generated / "_runtime" / "more.py").write_text("")
    assert not figures.load_figures(tmp_path, generated).runtime_current


@pytest.mark.parametrize("text", ["", "[]", '{"reports": []}'])
def test_a_damaged_record_is_told(generated: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / figures.FILE).write_text(text)
    with pytest.raises(ValueError, match="is no record of a verification"):
        figures.load_figures(tmp_path, generated)


@pytest.mark.parametrize("results", [None, Path("nowhere")])
def test_without_a_record_there_are_no_figures(generated: Path, results: Path | None) -> None:
    assert figures.load_figures(results, generated) == figures.Verification()


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "pair.py").write_text(SPEC)
    (folder / "relations.py").write_text(RELATIONS)
    return folder


def recorded(specs: Path, results: Path) -> None:
    """Write a record as if all were proved."""
    prints = load_catalogue(specs).prints
    found = [{"digest": proofs.digest(r, prints), "extent": "every step"} for r in load_relations(specs)]
    (results / proofs.FILE).write_text(json.dumps({"proofs": found}))


def test_relations_are_told_with_what_they_are_about(specs: Path, tmp_path: Path) -> None:
    first, second = proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)
    assert (first.name, first.left, first.sign, first.right) == ("two is one", "two(scale=1)", "==", "one")
    assert first.parts == frozenset({"one", "two"})
    assert second.parts == frozenset({"one"})
    assert first.extent == second.extent == ""
    assert proofs.about((first, second), "two") == (first,)


def test_a_recorded_proof_counts_until_a_spec_changes(specs: Path, tmp_path: Path) -> None:
    recorded(specs, tmp_path)
    assert [p.extent for p in proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)] == ["every step"] * 2
    (specs / "pair.py").write_text(SPEC.replace("lr * scale * g", "lr * scale**2 * g"))
    assert [p.extent for p in proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)] == ["", "every step"]


def test_a_recorded_proof_counts_until_its_claim_changes(specs: Path, tmp_path: Path) -> None:
    recorded(specs, tmp_path)
    (specs / "relations.py").write_text(RELATIONS.replace("scale=1", "scale=2"))
    assert [p.extent for p in proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)] == ["", "every step"]


FORMS = """
from optgen.prove import form, names, number, relation, run
from optgen.spec import Grad, Hyper, Param, hyper, t
from .pair import one

g, c = names("g"), number("c", gt=0)


@form
def other(theta: Param, g: Grad, lr: Hyper = hyper(0.1, ge=0)) -> None:
    "Down."
    theta[t] = theta[t-1] - lr * g[t]


relation("the other is one", run(other) == run(one))
relation("a multiple", run(one, g=c * g) == run(one, g=c * g))
"""


@pytest.mark.parametrize(("old", "new", "lost"), [("- lr * g[t]", "- 2 * lr * g[t]", 0), ("gt=0", "lt=0", 1)])
def test_a_recorded_proof_counts_until_a_form_or_a_number_changes(
    specs: Path, tmp_path: Path, old: str, new: str, lost: int
) -> None:
    (specs / "relations.py").write_text(FORMS)
    recorded(specs, tmp_path)
    assert [p.extent for p in proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)] == ["every step"] * 2
    (specs / "relations.py").write_text(FORMS.replace(old, new))
    found = [p.extent for p in proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)]
    assert [not extent for extent in found] == [number == lost for number in range(2)]


def test_a_damaged_record_of_proofs_is_told(specs: Path, tmp_path: Path) -> None:
    (tmp_path / proofs.FILE).write_text("{}")
    with pytest.raises(ValueError, match="is no record of proofs"):
        proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path)


def test_a_folder_without_relations_states_nothing(specs: Path, tmp_path: Path) -> None:
    (specs / "relations.py").unlink()
    assert proofs.load_proofs(specs, load_catalogue(specs).prints, tmp_path) == ()
