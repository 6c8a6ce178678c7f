"""What specs cite is in the bibliography of their folder, and mistakes are told with their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from generated_code import SHIPPED

from optgen.catalogue.bibliography import load_bibliography
from optgen.catalogue.citations import Bibliography
from optgen.catalogue.items import load_catalogue
from optgen.problems import Location, SpecError

PLACE = Location("foo.py", 7)

ENTRIES = r"""
@article{kepler1609, author = {Kepler, Johannes}, title = {Astronomia Nova}, year = {1609}, journal = {Prague}}
@misc{noether1918a, author = {Noether, Emmy}, title = {First}, year = {1918}, eprint = {0101.00001}}
@misc{noether1918b, author = {Noether, Emmy and Klein, Felix}, title = {Second}, year = {1918}, eprint = {0101.00002}}
@misc{muller2000, author = {M{\"u}ller, Ada and Li, B and Wu, C and Xu, D}, title = {On 100\% {\'E}t{\'e}},
  year = {2000}, url = {https://example.org/~ada/a%20b}}
@misc{vandyke2001, author = {van Dyke, Jan}, title = {Of}, year = {2001}, doi = {10.1/a_b(c)}}
"""


def bibliography(folder: Path, text: str = ENTRIES) -> Bibliography:
    (folder / "references.bib").write_text(text, encoding="utf-8")
    found = load_bibliography(folder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("paper", "found"),
    [
        ("Kepler 1609", [("kepler1609", "", "")]),
        ("Kepler 1609, Astronomia Nova, Chapter 3", [("kepler1609", "", "Chapter 3")]),
        ("Noether 1918, arXiv:0101.00001, Equation 2", [("noether1918a", "", "Equation 2")]),
        ("Noether & Klein 1918, arXiv:0101.00002", [("noether1918b", "", "")]),
        ("Müller et al. 2000", [("muller2000", "", "")]),
        ("Muller et al. 2000, example.org/~ada/a%20b", [("muller2000", "", "")]),
        ("van Dyke 2001, doi:10.1/a_b(c), Section 1", [("vandyke2001", "", "Section 1")]),
        ("Kepler 1609; orbits: Müller 2000", [("kepler1609", "", ""), ("muller2000", "orbits", "")]),
        ("", []),
    ],
)
def test_what_is_cited_is_found(tmp_path: Path, paper: str, found: list[tuple[str, str, str]]) -> None:
    cited = bibliography(tmp_path).cited(paper, PLACE)
    assert [(c.reference.key, c.label, c.where) for c in cited] == found


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ("Keppler 1609", "has no entry of Keppler 1609 (did you mean Kepler 1609?)"),
        ("Zeno 1900", "has no entry of Zeno 1900 (add an entry of Zeno 1900 to it)"),
        ("Kepler 1609, arXiv:9999.99999", "knows Kepler 1609 by another number (kepler1609 has none)"),
        ("Klein 1919, arXiv:0101.00002", "is Noether 1918 in"),
        ("Noether 1918", "may be noether1918a and noether1918b"),
        ("no year at all", "cites nothing of"),
        ("Kepler 1609; Zeno 1900", "has no entry of Zeno 1900"),
    ],
)
def test_a_wrong_citation_is_told(tmp_path: Path, paper: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        bibliography(tmp_path).cited(paper, PLACE)
    assert message in str(error.value)
    assert str(error.value).startswith("foo.py:7: paper: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@misc{a, title = {T}", "is no BibTeX"),
        ("@misc{a, author = {A, B}, title = {T}, year = {1}} @misc{a, author = {A, B}}", "is no BibTeX"),
        ("@misc{a, title = {T}}", "the entry a has no author and no year"),
        ("@misc{a, author = {A, B}, year = {2000}}", "the entry a has no title"),
    ],
)
def test_a_wrong_bibliography_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        bibliography(tmp_path, text)
    assert message in str(error.value)
    assert "references.bib" in str(error.value)


def test_a_reference_is_plain_text(tmp_path: Path) -> None:
    found = bibliography(tmp_path).references
    ada = found["muller2000"]
    assert (ada.family, ada.authors, ada.title, ada.year) == ("Müller", "Müller et al.", "On 100% Été", "2000")
    assert ada.link == "https://example.org/~ada/a%20b"
    assert found["noether1918b"].authors == "Noether & Klein"
    assert found["noether1918b"].link == "https://arxiv.org/abs/0101.00002"
    assert found["vandyke2001"].family == "van Dyke"
    assert found["vandyke2001"].link == "https://doi.org/10.1/a_b(c)"
    assert found["kepler1609"].place == "Prague"


def test_a_folder_without_bibliography_has_none(tmp_path: Path) -> None:
    assert load_bibliography(tmp_path) is None


def test_what_the_shipped_specs_cite_is_all_that_their_bibliography_has() -> None:
    catalogue = load_catalogue(SHIPPED)
    assert catalogue.bibliography is not None
    cited = {citation.reference.key for item in catalogue.items for citation in item.citations}
    assert cited == set(catalogue.bibliography.references)
    assert len(cited) > 50
    for reference in catalogue.bibliography.references.values():
        assert reference.key.endswith(reference.year) or reference.year in reference.key
        assert reference.link or reference.place, reference.key


def test_a_number_that_a_spec_states_is_that_of_the_entry() -> None:
    """And each item with `paper=` cites something."""
    for item in load_catalogue(SHIPPED).items:
        assert bool(item.paper) == bool(item.citations), item.name
        for citation in item.citations:
            assert citation.reference.year in item.paper
