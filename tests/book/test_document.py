"""The tree of LaTeX, without setting it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from book_specs import BIBLIOGRAPHY, RELATIONS, SPEC

from optgen.book.document import document
from optgen.book.sources import Sources
from optgen.catalogue.conventions import Conventions
from optgen.catalogue.figures import Figure, Figures, Verification
from optgen.catalogue.items import load_catalogue
from optgen.catalogue.proofs import load_proofs
from optgen.problems import SpecError


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "specs"
    folder.mkdir()
    (folder / "all.py").write_text(SPEC)
    return folder


def made(specs: Path, **known: Any) -> dict[str, str]:
    catalogue = load_catalogue(specs)
    return document(Sources(catalogue, load_proofs(catalogue.folder, catalogue.prints, None), **known), "A title")


def test_an_optimizer_has_its_parts(specs: Path) -> None:
    text = made(specs)["items/one.tex"]
    assert r"\section{One \& only}\label{item-one}" in text
    assert r"g_t &= \nabla f(\theta_{t-1}) \tag*{\bookstep{1}}" in text
    assert r"m_t &= \mu m_{t-1} + g_t \quad \text{if heavy} \tag*{\bookstep{2}}" in text
    assert r"$\mu$ & \texttt{mu} & $0.9$ & $[0, 1)$" in text
    doc = r"follow \{an\} average\textasciicircum{}2 of \$5 \& 50\%, \textbackslash{} \textasciitilde{}"
    assert rf"\texttt{{heavy}} & off & {doc}" in text
    assert r"$m$ & $m_0 = 0$ & like the parameter & \texttt{average}, if \texttt{heavy}" in text
    assert r"as by default & 0 & 12 & 12" in text
    assert r"\texttt{heavy} & 4 & 20 & 20" in text
    assert r"\about{Source}Nobody 2000, Algorithm 1." in text
    assert r"Descend by 100 \%." in text


def test_schedules_and_transforms_have_theirs(specs: Path) -> None:
    tree = made(specs)
    assert r"\section{Falling}" in tree["items/falling.tex"]
    assert r"\mathrm{factor}_t &= \frac{T}{T + t}" in tree["items/falling.tex"]
    assert "Applied to gradient descent:" in tree["items/twice.tex"]
    assert r"d_t &= \mathrm{times} \, g_t" in tree["items/twice.tex"]
    assert r"\texttt{times}" in tree["items/twice.tex"]
    assert r"\texttt{lr}" not in tree["items/twice.tex"].partition("Hyper-parameters")[2]


def test_each_equation_has_its_place(specs: Path) -> None:
    text = made(specs)["items/one.tex"]
    line = next(n for n, line in enumerate(SPEC.split("\n"), 1) if "m[t] = mu" in line)
    before = text.partition("m_t &=")[0].rstrip().split("\n")[-1]
    assert before == f"%@ specs/all.py:{line}"


def test_citations_are_those_of_the_bibliography(specs: Path) -> None:
    (specs / "references.bib").write_text(BIBLIOGRAPHY)
    tree = made(specs)
    assert r"\about{Source}\citet[{Algorithm 1}]{nobody2000}." in tree["items/one.tex"]
    assert "@misc{nobody2000," in tree["references.bib"]
    assert r"\bibliography{references}" in tree["book.tex"]


def test_an_unknown_citation_is_told_with_its_place(specs: Path) -> None:
    (specs / "references.bib").write_text(BIBLIOGRAPHY.replace("2000}, how", "2001}, how"))
    with pytest.raises(SpecError, match=r"all\.py:\d+: paper: .*no entry of Nobody 2000 \(did you mean Nobody 2001"):
        made(specs)


def test_relations_are_listed_where_they_are_about_something(specs: Path) -> None:
    (specs / "relations.py").write_text(RELATIONS)
    tree = made(specs)
    assert r"\hyperref[relation-1]{1}}One is one (stated; no proof is recorded)." in tree["items/one.tex"]
    assert r"\label{relation-1}" in tree["relations.tex"]
    assert "relation-1" not in tree["items/falling.tex"]


@pytest.mark.parametrize("current", [True, False])
def test_figures_are_shown_and_old_ones_are_said_to_be_old(specs: Path, current: bool) -> None:
    exact = (Figure("kernel", "initial state", 9, 0.0, 0.0), Figure("reference", "initial state", 9, 0.0, 0.0))
    rows = (Figure("kernel float32", "equations", 12345, 1.234, 0.567), *exact)
    verification = Verification({"date": "2026-02-03", "python": "3.11"}, {"one": Figures(rows, True, current)})
    tree = made(specs, verification=verification)
    assert r"kernel float32 & equations & 12,345 & 1.23 & 57 \\" in tree["items/one.tex"]
    assert "Without any difference: kernel and reference against initial state." in tree["items/one.tex"]
    assert ("has changed since" in tree["items/one.tex"]) is not current
    assert "Recorded on 2026-02-03 with python 3.11" in tree["reading.tex"]
    assert "Verified" not in tree["items/falling.tex"]


def test_conventions_are_shown(specs: Path) -> None:
    fact = {"library": "torch", "theirs": "One", "ours_with": "`heavy=True`", "theirs_with": "", "bug": "", "decay": ""}
    known = {"optimizers": {"one": [fact | {"note": "but 1 %"}]}, "defaults": {}, "schedules": []}
    text = made(specs, conventions=Conventions(known))["items/one.tex"]
    assert r"with \texttt{heavy=True}; but 1 \%." in text


def test_symbols_have_an_index(specs: Path) -> None:
    text = made(specs)["book.tex"].partition("Index of symbols")[2]
    assert r"$T$ & \texttt{steps} & hyper-parameter & \pageref{item-falling}" in text
    assert r"$m$ & \texttt{m} & state & \pageref{item-one}" in text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r"\spec{on}", "there is no spec 'on' (did you mean 'one'?)"),
        (r"\relation{one is two}", "there is no relation 'one is two'"),
        (r"\equations{one}{n}", "there is no equation of one 'n'"),
        (r"\equations{twice}{d}", "twice is a transform"),
    ],
)
def test_a_chapter_that_names_what_is_not_there_is_told(specs: Path, line: str, message: str) -> None:
    (specs / "derivations.tex").write_text("\\chapter{A}\n\n" + line + "\n")
    with pytest.raises(SpecError) as error:
        made(specs)
    assert message in str(error.value)
    assert "derivations.tex:3: " in str(error.value)


def test_a_chapter_has_equations_of_specs(specs: Path) -> None:
    (specs / "derivations.tex").write_text("\\chapter{A}\nSee \\spec{one}:\n\\equations{one}{m}\n")
    text = made(specs)["derivations.tex"]
    assert r"See \hyperref[item-one]{One \& only}:" in text
    assert "\\begin{align*}\nm_t &= \\mu m_{t-1} + g_t\n\\end{align*}" in text


def test_nothing_of_the_machine_is_in_it(specs: Path) -> None:
    (specs / "derivations.tex").write_text("\\chapter{A}\n")
    assert not [name for name, text in made(specs).items() if str(specs.parent) in text]


def test_no_day_is_named_but_that_of_the_environment(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    plain = made(specs)
    assert plain == made(specs)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert "1970-01-02" in made(specs)["book.tex"]
    assert "1970-01-02" not in plain["book.tex"]
