"""Books that LaTeX sets."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from book_specs import BIBLIOGRAPHY, RELATIONS, SPEC
from generated_code import SHIPPED

import optgen.book.build
from optgen.book.build import PDF, build_book
from optgen.book.typeset import BookError
from optgen.build.errors import CommandError
from optgen.catalogue.figures import load_figures
from optgen.catalogue.items import Catalogue, load_catalogue
from optgen.documents import BOOK as MANIFEST

ROOT = SHIPPED.parent
ODD = [ROOT / "tests" / "targets" / "odd_specs", ROOT / "tests" / "peers" / "specs"]


def book(folder: Path, out: Path, **more: Path) -> str:
    """The text of the PDF."""
    outcome = build_book(load_catalogue(folder), folder.parent / "generated", out, **more)
    assert outcome.pdf
    return text_of(out / PDF)


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "all.py").write_text(SPEC)
    return folder


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    """All that is shipped."""
    return load_catalogue(SHIPPED)


@pytest.fixture(scope="module")
def out(latex: str, shipped: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its book."""
    out = tmp_path_factory.mktemp(latex) / "out"
    build_book(shipped, ROOT / "generated", out, ROOT / "docs", ROOT / "benchmarks" / "results")
    return out


def tex(out: Path, name: str) -> str:
    return (out / "tex" / "items" / f"{name}.tex").read_text()


def test_every_shipped_item_is_in_the_book(shipped: Catalogue, out: Path) -> None:
    text = " ".join(text_of(out / PDF).split()).casefold()
    assert len(shipped.items) > 70
    for item in shipped.items:
        assert rf"\label{{item-{item.name}}}" in tex(out, item.name)
        assert r"\begin{align*}" in tex(out, item.name)
        assert item.title.casefold() in text
        if item.kind == "optimizer":
            assert str(item.facts["class"]).casefold() in text


def test_recorded_figures_are_in_the_book(shipped: Catalogue, out: Path) -> None:
    recorded = load_figures(ROOT / "benchmarks" / "results", ROOT / "generated").items
    found = [item.name for item in shipped.of_kind("optimizer") if r"\bookhead{Verified}" in tex(out, item.name)]
    assert set(found) == {item.name for item in shipped.of_kind("optimizer")} & recorded.keys()
    assert len(found) > 45, "run: python -m optgen.catalogue.record benchmarks/results"
    assert "Worst ulps" in text_of(out / PDF)


def test_recorded_proofs_are_in_the_book(out: Path) -> None:
    text = (out / "tex" / "relations.tex").read_text()
    assert text.count("(every step)") > 50, "run: python -m optgen.catalogue.record benchmarks/results --only prove"


def test_derivations_are_in_the_book(out: Path) -> None:
    text = text_of(out / PDF)
    assert "Bias correction" in text
    assert "Nesterov momentum, and where its parameter is" in text


@pytest.mark.usefixtures("latex")
@pytest.mark.parametrize("folder", ODD, ids=lambda folder: folder.parent.name)
def test_odd_specs_are_set(folder: Path, tmp_path: Path) -> None:
    text = book(folder, tmp_path / "out")
    for item in load_catalogue(folder).items:
        assert item.name[:16].partition("_")[0] in text


@pytest.mark.usefixtures("latex")
def test_the_same_specs_make_the_same_bytes(specs: Path, tmp_path: Path) -> None:
    (specs / "references.bib").write_text(BIBLIOGRAPHY)
    (specs / "relations.py").write_text(RELATIONS)
    text = book(specs, tmp_path / "one")
    book(specs, tmp_path / "elsewhere" / "two")
    assert (tmp_path / "one" / PDF).read_bytes() == (tmp_path / "elsewhere" / "two" / PDF).read_bytes()
    assert "Nobody" in text
    assert "The optimizers of mine" in text


@pytest.mark.usefixtures("latex")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (r'tex=r"\eta"', r'tex=r"\nosuchsymbol"', r"Undefined control sequence \nosuchsymbol"),
        (r'tex=r"\eta"', r'tex=r"\frac{a}"', ""),
        ('tex="T"', r'tex=r"\mathrm{' + "wide" * 60 + '}"', "pt too wide"),
    ],
)
def test_what_latex_refuses_is_told_with_its_place(specs: Path, tmp_path: Path, old: str, new: str, told: str) -> None:
    (specs / "all.py").write_text(SPEC.replace(old, new))
    with pytest.raises(BookError) as error:
        book(specs, tmp_path / "out")
    assert "all.py:" in str(error.value)
    assert told in str(error.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("latex")
def test_a_failure_leaves_the_book_of_before(specs: Path, tmp_path: Path) -> None:
    book(specs, tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    (specs / "derivations.tex").write_text("\\chapter{A}\n\\ref{nowhere}\n")
    with pytest.raises(BookError, match="Reference `nowhere' on page 2 undefined"):
        book(specs, tmp_path / "out")
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_without_latex_there_is_the_tree(specs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optgen.book.build, "missing_tools", lambda: ["latexmk"])
    outcome = build_book(load_catalogue(specs), tmp_path, tmp_path / "out")
    assert (outcome.pdf, outcome.missing) == (False, ("latexmk",))
    assert (tmp_path / "out" / "tex" / "items" / "one.tex").is_file()
    assert not (tmp_path / "out" / PDF).exists()
    (specs / "all.py").write_text(SPEC.partition("@transform")[0])
    build_book(load_catalogue(specs), tmp_path, tmp_path / "out")
    assert not (tmp_path / "out" / "tex" / "items" / "twice.tex").exists()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_no_book_is_left_alone(specs: Path, tmp_path: Path, what: str) -> None:
    out = tmp_path / "out"
    if what == "file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "thesis.tex").write_text("mine")
    with pytest.raises(CommandError, match=r"is a file|is no book of optgen"):
        build_book(load_catalogue(specs), tmp_path, out)
    assert not (out / MANIFEST).exists()
