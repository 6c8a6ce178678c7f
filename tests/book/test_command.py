"""`optgen docs --pdf`."""

from __future__ import annotations

from pathlib import Path

import pytest
from book_specs import BIBLIOGRAPHY, SPEC
from commandline import run, specs

from optgen.documents import CACHE


@pytest.mark.usefixtures("latex")
def test_a_book_is_made(tmp_path: Path) -> None:
    folder = specs(tmp_path, all=SPEC)
    done = run("docs", "--pdf", "--specs", folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("book/book.pdf: made of 6 files of LaTeX")
    assert (tmp_path / "book" / "book.pdf").read_bytes().startswith(b"%PDF")
    assert not (tmp_path / "site").exists()


@pytest.mark.usefixtures("latex")
def test_a_wrong_symbol_fails_with_its_place(tmp_path: Path) -> None:
    folder = specs(tmp_path, all=SPEC.replace(r"\eta", r"\nosuchsymbol"))
    done = run("docs", "--pdf", "--specs", folder, "--out", "b", cwd=tmp_path)
    assert done.returncode == 1
    line = next(n for n, text in enumerate(SPEC.split("\n"), 1) if r"\eta" in text)
    assert f"specs/all.py:{line}: Undefined control sequence \\nosuchsymbol" in done.stderr
    assert [path.name for path in (tmp_path / "b").iterdir()] == [CACHE]


def test_an_unknown_citation_fails_with_its_place(tmp_path: Path) -> None:
    folder = specs(tmp_path, all=SPEC.replace("Nobody 2000", "Somebody 2000"))
    (folder / "references.bib").write_text(BIBLIOGRAPHY)
    done = run("docs", "--pdf", "--specs", folder, "--out", "b", cwd=tmp_path)
    assert done.returncode == 2
    assert "specs/all.py:6: paper: 'Somebody 2000, Algorithm 1': " in done.stderr
    assert [path.name for path in (tmp_path / "b").iterdir()] == [CACHE]


def test_without_latex_it_says_how_to_get_it(tmp_path: Path) -> None:
    folder = specs(tmp_path, all=SPEC)
    done = run("docs", "--pdf", "--specs", folder, "--out", "b", cwd=tmp_path, PATH="")
    assert done.returncode == 2
    assert "no PDF, for want of latexmk and pdflatex and bibtex: apt-get install latexmk" in done.stderr
    assert (tmp_path / "b" / "tex" / "book.tex").is_file()
    assert not (tmp_path / "b" / "book.pdf").exists()


def test_a_book_is_not_served(tmp_path: Path) -> None:
    done = run("docs", "--pdf", "--serve", cwd=tmp_path)
    assert done.returncode == 2
    assert "a book is not served" in done.stderr
