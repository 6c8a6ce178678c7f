"""Building the site: every item has its page, what has not changed stays, and mistakes fail and write nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from building import generate, workplace, write_spec

from optgen.build.errors import CommandError
from optgen.build.folders import Folders
from optgen.catalogue.items import load_catalogue
from optgen.problems import SpecError
from optgen.site.build import Outcome, build_site
from optgen.site.formula import FormulaError, mathml
from optgen.site.output import SiteError
from optgen.site.sources import Sources


def built(folders: Folders, out: Path, texts: Path | None = None) -> Outcome:
    """The site of a folder of specs."""
    generate(folders)
    return build_site(Sources(folders.specs, folders.out, texts), out)


def test_every_item_has_a_page(site: Path) -> None:
    specs = Path(__file__).resolve().parents[2] / "specs"
    catalogue = load_catalogue(specs)
    for item in catalogue.items:
        page = site / f"{item.kind}s" / f"{item.name}.html"
        assert item.title.replace("&", "&amp;") in page.read_text(), item.name


def test_what_has_not_changed_stays(tmp_path: Path) -> None:
    folders, out = workplace(tmp_path, "one", "two"), tmp_path / "out"
    first = built(folders, out)
    assert first.written > 10
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*.html")}
    assert built(folders, out).written == 0
    write_spec(folders.specs, "two", lr="0.5")
    assert built(folders, out).written >= 1
    after = {file: file.stat().st_mtime_ns for file in out.rglob("*.html")}
    assert after[out / "optimizers/one.html"] == before[out / "optimizers/one.html"]
    assert after[out / "optimizers/two.html"] != before[out / "optimizers/two.html"]


def test_the_page_of_a_spec_that_is_gone_goes(tmp_path: Path) -> None:
    folders, out = workplace(tmp_path, "one", "two"), tmp_path / "out"
    built(folders, out)
    (folders.specs / "two.py").unlink()
    assert built(folders, out).removed == 1
    assert not (out / "optimizers/two.html").exists()
    assert "two" not in json.loads((out / "assets/index.js").read_text().partition(" = ")[2].rstrip(";\n"))[-1]["name"]


def test_a_damaged_page_is_mended(tmp_path: Path) -> None:
    folders, out = workplace(tmp_path, "one"), tmp_path / "out"
    built(folders, out)
    page = out / "optimizers/one.html"
    whole = page.read_text()
    page.write_text(whole[:100])
    built(folders, out)
    assert page.read_text() == whole


def test_the_same_bytes_again(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one", "two")
    for name in ("a", "b"):
        built(folders, tmp_path / name)
    files = {file.relative_to(tmp_path / "a") for file in (tmp_path / "a").rglob("*") if file.is_file()}
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)


def test_a_broken_link_fails_and_writes_nothing(tmp_path: Path) -> None:
    folders, out, texts = workplace(tmp_path, "one"), tmp_path / "out", tmp_path / "docs"
    texts.mkdir()
    (texts / "page.md").write_text("# A page\n\n[nowhere](missing.md), [no place](page.md#there)\n")
    with pytest.raises(SiteError) as caught:
        built(folders, out, texts)
    assert "page.html links to missing.html, which is not there" in str(caught.value)
    assert "page.html links to page.html#there: there is no such place in page.html" in str(caught.value)
    assert not (out / "index.html").exists()


def test_a_place_that_is_there_is_found(tmp_path: Path) -> None:
    folders, texts = workplace(tmp_path, "one"), tmp_path / "docs"
    texts.mkdir()
    (texts / "page.md").write_text("# A page\n\n[down](page.md#over-there)\n\n## Over there\n\n`$x$` and $x_1^2$\n")
    built(folders, tmp_path / "out", texts)
    page = (tmp_path / "out/page.html").read_text()
    assert '<h2 id="over-there">' in page
    assert "<code>$x$</code>" in page
    assert "<msubsup>" in page


def test_an_unknown_citation_fails(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    bibliography = Path(__file__).resolve().parents[2] / "specs" / "references.bib"
    shutil.copy(bibliography, folders.specs / "references.bib")
    with pytest.raises(SpecError, match="no entry of Nobody 2000"):
        built(folders, tmp_path / "out")


def test_a_wrong_symbol_fails_with_its_place(tmp_path: Path) -> None:
    folders = workplace(tmp_path, "one")
    spec = folders.specs / "one.py"
    spec.write_text(spec.read_text().replace("ge=0", r'ge=0, tex=r"\mathfrak{\nosuchsymbol}"', 1))
    with pytest.raises(FormulaError, match=r"one\.py:\d+: \\nosuchsymbol is no symbol"):
        built(folders, tmp_path / "out")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    folders, out = workplace(tmp_path, "one"), tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(CommandError, match="holds something that is no site"):
        built(folders, out)
    assert [file.name for file in out.iterdir() if file.name != ".cache"] == ["mine.txt"]


@pytest.mark.parametrize(
    "latex", [r"\frac{a}{b}", r"\hat{m}_t", r"\begin{cases} a & \text{if b} \\[2ex] c & d \end{cases}"]
)
def test_formulas_become_elements(latex: str) -> None:
    assert mathml(latex).startswith("<math")
    assert "\\" not in mathml(latex)
