"""Sites of folders that are not optgen's own: what lies beside specs, what texts say, what is damaged or gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from building import generate, workplace, write_spec

from optgen.build.folders import Folders
from optgen.documents import SITE as MANIFEST
from optgen.site.build import Outcome, build_site
from optgen.site.formula import FormulaError
from optgen.site.output import SiteError
from optgen.site.sources import Sources


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A folder with one spec, and one of texts."""
    (tmp_path / "docs").mkdir()
    return workplace(tmp_path, "one")


def built(folders: Folders) -> Outcome:
    """The site of the folder."""
    generate(folders)
    root = folders.specs.parent
    results = root / "results"
    sources = Sources(folders.specs, folders.out, root / "docs", results if results.is_dir() else None)
    return build_site(sources, root / "out")


def text(folders: Folders, name: str, content: str) -> None:
    """Write a text."""
    (folders.specs.parent / "docs" / name).write_text(content)


def page(folders: Folders, name: str) -> str:
    """A page of the site."""
    return (folders.specs.parent / "out" / name).read_text()


def test_links_that_lead_outside_are_named_and_touch_nothing(folders: Folders) -> None:
    text(folders, "guide.md", "# Guide\n\n[source](../specs/one.py) and ![picture](../specs/one.py)\n")
    source = folders.specs / "one.py"
    before = source.read_bytes(), source.stat().st_mtime_ns
    with pytest.raises(SiteError, match=r"guide.html links to \.\./specs/one.py"):
        built(folders)
    text(folders, "guide.md", "# Guide\n\n[source](../specs/one.py), [page](guide.md)\n")
    built(folders)
    assert '<a href="guide.html">page</a>' in page(folders, "guide.html")
    assert "../specs" not in page(folders, "guide.html")
    text(folders, "guide.md", "# Guide\n")
    built(folders)
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before


def test_a_manifest_that_names_what_lies_outside_removes_nothing(folders: Folders) -> None:
    built(folders)
    manifest = folders.specs.parent / "out" / MANIFEST
    manifest.write_text(manifest.read_text().replace('"files":{', '"files":{"../specs/one.py":"x",', 1))
    built(folders)
    assert (folders.specs / "one.py").is_file()


@pytest.mark.parametrize("damage", ["[]", "{", '{"files": 3}'])
def test_a_damaged_manifest_is_made_again(folders: Folders, damage: str) -> None:
    built(folders)
    (folders.specs.parent / "out" / MANIFEST).write_text(damage)
    built(folders)
    assert built(folders).written == 0


def test_a_text_may_not_take_the_place_of_a_page(folders: Folders) -> None:
    text(folders, "catalogue.md", "# Mine\n")
    with pytest.raises(SiteError, match=r"catalogue.html is a file of the site twice"):
        built(folders)


def test_files_without_specs_do_not_matter(folders: Folders) -> None:
    built(folders)
    (folders.specs / "helper.py").write_text("K = 2\n")
    built(folders)
    (folders.specs / "helper.py").write_text("import numpy\n\nK = 2\n")
    built(folders)
    built(folders)
    assert "one" in page(folders, "optimizers/one.html")


def test_what_was_kept_may_be_gone_or_damaged(folders: Folders) -> None:
    built(folders)
    cache = folders.specs.parent / "out" / ".cache"
    shutil.rmtree(cache)
    built(folders)
    (cache / "one.json").write_text("{")
    for kept in cache.glob("*.kept"):
        kept.write_text("{")
    built(folders)
    assert "rosenbrock" in page(folders, "assets/walks.js")


def test_results_of_others_are_passed_over_and_damaged_ones_named(folders: Folders) -> None:
    results = folders.specs.parent / "results"
    results.mkdir()
    (results / "mine.json").write_text('{"results": []}')
    (results / "number.json").write_text("3")
    built(folders)
    (results / "broken.json").write_text("{")
    with pytest.raises(SiteError, match=r"broken.json: is damaged"):
        built(folders)


@pytest.mark.parametrize("name", ["verify.json", "prove.json"])
def test_damaged_records_are_named(folders: Folders, name: str) -> None:
    results = folders.specs.parent / "results"
    results.mkdir()
    (results / name).write_text("{}")
    (folders.specs / "relations.py").write_text(
        "from optgen.prove import relation, run\n\nfrom .one import one\n\nrelation('a', run(one) == run(one))\n"
    )
    with pytest.raises(SiteError, match=name):
        built(folders)


def test_prices_are_no_formulas_and_code_is_left_alone(folders: Folders) -> None:
    text(
        folders,
        "page.md",
        "# Page\n\nIt costs $5 here and $6 there, $x_1$ too.\n\n~~~bash\necho $A $B\n~~~\n\n    $C $D\n",
    )
    built(folders)
    found = page(folders, "page.html")
    assert "It costs $5 here and $6 there" in found
    assert found.count("<math") == 1
    assert "$C $D" in found


@pytest.mark.parametrize("formula", [r"\foo", "x^", r"a_b_c", r"\left( a"])
def test_a_wrong_formula_of_a_page_has_its_place(folders: Folders, formula: str) -> None:
    text(folders, "page.md", f"# Page\n\nThis: ${formula}$.\n")
    with pytest.raises(FormulaError, match=r"page\.md:3: "):
        built(folders)


def test_headings_have_names_of_their_own(folders: Folders) -> None:
    text(folders, "page.md", "# Use of `Vec` & <co>\n\n## Über uns\n\n## 日本\n\n## Use\n\n## Use\n")
    built(folders)
    found = page(folders, "page.html")
    for name in ("über-uns", "日本", "use", "use-1"):
        assert f'id="{name}"' in found
    assert "Use of Vec &amp; " in page(folders, "catalogue.html")
    assert "<co>" not in page(folders, "catalogue.html")


def test_rates_stay_in_their_domain(folders: Folders) -> None:
    write_spec(folders.specs, "bounded")
    path = folders.specs / "bounded.py"
    path.write_text(path.read_text().replace("ge=0)", "ge=0, le=0.5)"))
    built(folders)
    assert "learning rate" in page(folders, "optimizers/bounded.html")


def test_specs_may_be_links(folders: Folders, tmp_path: Path) -> None:
    elsewhere = write_spec(tmp_path / "elsewhere", "linked")
    (folders.specs / "linked.py").symlink_to(elsewhere)
    built(folders)
    assert "linked" in page(folders, "optimizers/linked.html")


def test_relations_without_a_record_are_not_said_to_be_disproved(folders: Folders) -> None:
    (folders.specs / "relations.py").write_text(
        "from optgen.prove import relation, run\n\nfrom .one import one\n\nrelation('a is a', run(one) == run(one))\n"
    )
    built(folders)
    assert "no proof of this is recorded" in page(folders, "relations.html")


def test_what_a_failed_build_computed_is_not_taken_for_what_is_there(folders: Folders) -> None:
    spec = folders.specs / "one.py"
    good = spec.read_text()
    built(folders)
    right = page(folders, "assets/walks.js")
    spec.write_text(good.replace("0.1", "0.05").replace("ge=0", 'ge=0, tex=r"\\nosuch"').replace("- lr", "- 3 * lr"))
    with pytest.raises(FormulaError):
        built(folders)
    spec.write_text(good)
    built(folders)
    assert page(folders, "assets/walks.js") == right


def test_relations_are_read_again_where_a_file_that_they_import_changes(folders: Folders) -> None:
    title = folders.specs / "_title.py"
    title.write_text('TITLE = "before"\n')
    lines = ("from optgen.prove import relation, run", "from ._title import TITLE", "from .one import one")
    (folders.specs / "relations.py").write_text("\n".join([*lines, "relation(TITLE, run(one) == run(one))\n"]))
    built(folders)
    title.write_text('TITLE = "behind"\n')
    built(folders)
    assert "behind" in page(folders, "relations.html")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//[bad", "ftp://there"])
def test_only_addresses_of_the_web_are_linked_to(folders: Folders, link: str) -> None:
    text(folders, "page.md", f"# Page\n\n<a href='{link}'>there</a>\n".replace("'", '"'))
    with pytest.raises(SiteError, match=r"page\.html"):
        built(folders)


def test_specs_may_begin_with_a_byte_order_mark(folders: Folders) -> None:
    spec = folders.specs / "one.py"
    spec.write_bytes(b"\xef\xbb\xbf" + spec.read_bytes())
    built(folders)
    assert "def" in page(folders, "optimizers/one.html")
