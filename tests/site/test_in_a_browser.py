"""The site in a browser, from its folder: nothing fails, nothing is cut, and it does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

WIDTHS = (1280, 390)
MEASURE = """() => ({
    width: document.documentElement.scrollWidth,
    empty: [...document.querySelectorAll("math")].filter((m) => {
        const box = m.getBoundingClientRect();
        return m.checkVisibility() && !(box.width > 0 && box.height > 0);
    }).length,
    // What is wider than its place scrolls there, by mouse, finger and keyboard.
    cut: [...document.querySelectorAll(".equations, .scroll, .panel .code, pre.code")].filter(
        (e) => e.scrollWidth > e.clientWidth
            && !(["auto", "scroll"].includes(getComputedStyle(e).overflowX) && e.tabIndex === 0)
    ).length,
    formulas: document.querySelectorAll("math").length,
    images: [...document.images].filter((i) => i.complete && i.naturalWidth === 0).map((i) => i.src),
})"""


def pages(site: Path) -> list[str]:
    """Every page, by its path."""
    return sorted(str(file.relative_to(site)) for file in site.rglob("*.html"))


class Visit:
    """A window with the complaints of what is shown in it."""

    def __init__(self, browser: Any, site: Path, width: int = 1280, **options: Any) -> None:
        self.page, self.site, self.complaints = (
            browser.new_page(viewport={"width": width, "height": 900}, **options),
            site,
            list[str](),
        )
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)

    def _failed(self, request: Any) -> None:
        """A file did not come, unless the window has gone on to another page."""
        if "ERR_ABORTED" not in str(request.failure):
            self.complaints.append(f"{request.failure}: {request.url}")

    def go(self, name: str) -> Any:
        """Show a page."""
        self.page.goto(f"file://{self.site}/{name}")
        return self.page


@pytest.fixture
def visit(browser: Any, site: Path) -> Iterator[Visit]:
    """A window."""
    visit = Visit(browser, site)
    yield visit
    visit.page.close()
    assert not visit.complaints


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_whole(browser: Any, site: Path, width: int) -> None:
    visit, wrong = Visit(browser, site, width), list[str]()
    found = pages(site)
    assert len(found) > 80
    for name in found:
        measured = visit.go(name).evaluate(MEASURE)
        if measured["width"] > width or measured["empty"] or measured["cut"] or measured["images"]:
            wrong.append(f"{name}: {measured}")
        if name.startswith("optimizers/"):
            assert measured["formulas"] > 5, name
    visit.page.close()
    assert not wrong
    assert not visit.complaints


def test_search_finds_and_opens(visit: Visit) -> None:
    page = visit.go("optimizers/adamw.html")
    page.keyboard.press("/")
    page.keyboard.type("rosenblatt-nothing")
    assert page.inner_text("#found") == "nothing found"
    page.fill("#find", "ranger wright")
    options = page.locator("#found [role=option]")
    assert "Ranger" in options.first.inner_text()
    page.keyboard.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url("**/optimizers/ranger.html")
    assert page.inner_text("h1") == "Ranger"


def test_search_knows_authors_and_every_item(visit: Visit) -> None:
    page = visit.go("index.html")
    found = page.evaluate("matches('kingma ba').map((item) => item.name)")
    assert {"adam", "adamax"} <= set(found)
    lost = page.evaluate(
        "OPTGEN_INDEX.filter((i) => !matches(i.title).some((m) => m.address === i.address)).map((i) => i.title)"
    )
    assert lost == []


def test_filter_and_sorting(visit: Visit) -> None:
    page = visit.go("catalogue.html")
    page.select_option("select[name=kind]", "optimizers")
    page.select_option("select[name=state]", "4")
    shown = page.locator("#items tbody tr:not([hidden])")
    assert 0 < shown.count() < 30
    assert all(int(row.get_attribute("data-state")) <= 4 for row in shown.all())
    page.fill("input[name=words]", "nesterov")
    assert 0 < shown.count() < 6
    page.fill("input[name=words]", "")
    page.click("th button:text('year')")
    years = [int(row.get_attribute("data-year") or 9999) for row in shown.all()]
    assert years == sorted(years)
    page.keyboard.press("Enter")
    assert page.get_attribute("th:has(button:text('year'))", "aria-sort") == "descending"


def test_lines_that_belong_together_light_up(visit: Visit) -> None:
    page = visit.go("optimizers/adamw.html")
    line = page.locator(".panel", has_text="Spec").locator("li", has_text="vhat[t] = where").first
    line.hover()
    lit = [row.inner_text().strip() for row in page.locator("li.lit").all()]
    assert "vhat = (vmax if amsgrad else v) / (1 - beta2**t)" in lit  # the reference
    assert "vhat = (vmax if amsgrad else v) * inv_one_minus_beta2_pow_t" in lit  # the kernel
    assert page.locator(".equations tr.lit").count() == 1
    page.locator(".equations").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(".equations tr").first.get_attribute("class") == "lit"
    page.keyboard.press("Escape")
    assert page.locator(".lit").count() == 0


def test_colours_are_chosen_and_kept(browser: Any, site: Path) -> None:
    visit = Visit(browser, site, color_scheme="dark")
    page = visit.go("index.html")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.get_attribute("html", "data-theme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    visit.go("catalogue.html")
    assert page.get_attribute("html", "data-theme") == "light"
    visit.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(browser: Any, site: Path, scheme: str) -> None:
    visit = Visit(browser, site, color_scheme=scheme)
    names = ("--ink", "--soft", "--accent")
    page = visit.go("index.html")
    for ground in ("--paper", "--raised"):
        for name in names:
            ratio = page.evaluate(CONTRAST, [name, ground])
            assert ratio >= 4.5, (scheme, name, ground, ratio)
    visit.page.close()


CONTRAST = """([ink, ground]) => {
    const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const light = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const [a, b] = [light(value(ink)), light(value(ground))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
}"""


def test_comparison_moves_and_can_be_held(visit: Visit) -> None:
    page = visit.go("compare.html#lamb")
    assert page.is_checked("input[value=lamb]")
    rows = page.locator("#legend tbody tr")
    before = rows.count()
    page.wait_for_function("document.getElementById('step').value > 3")
    page.click("#play")
    step = page.input_value("#step")
    page.wait_for_timeout(150)
    assert page.input_value("#step") == step
    page.check("input[value=adan]")
    assert rows.count() == before + 1
    page.select_option("#surface", "saddle")
    assert "surface-saddle.svg" in page.get_attribute("#picture", "src")
    page.fill("#step", "200")
    assert page.locator("#ways path").count() == before + 1
    assert all(len(path.get_attribute("d")) > 20 for path in page.locator("#ways path").all())


def test_nothing_moves_for_those_who_ask_for_that(browser: Any, site: Path) -> None:
    visit = Visit(browser, site, reduced_motion="reduce")
    page = visit.go("compare.html")
    assert page.input_value("#step") == "200"
    assert page.inner_text("#play") == "Play"
    visit.page.close()


def test_keyboard_reaches_everything_on_top(visit: Visit) -> None:
    page = visit.go("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    assert {"optgen", "Catalogue", "Compare", "find", "theme"} <= reached
