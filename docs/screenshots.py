"""Pictures of the documentation, to be looked at: `python docs/screenshots.py SITE [--pdf BOOK]`.

Takes the first page, an optimizer's page in light and dark, on a wide and on a narrow screen, and pages of the book,
with Chromium and pdftoppm as Debian has them. The picture of the README is the first page's way from spec to speed.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SHOTS = (
    ("first-light", "index.html", 1280, "light"),
    ("first-dark", "index.html", 1280, "dark"),
    ("optimizer-light", "optimizers/adamw.html", 1280, "light"),
    ("optimizer-dark", "optimizers/adamw.html", 1280, "dark"),
    ("optimizer-narrow", "optimizers/prodigy.html", 390, "light"),
    ("compare", "compare.html", 1280, "light"),
    ("catalogue", "catalogue.html", 1280, "light"),
    ("training", "training.html", 1280, "light"),
    ("tutorial", "tutorial.html", 1280, "dark"),
)
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def shoot(browser: Any, site: Path, out: Path) -> None:
    """All pictures of the site."""
    for name, file, width, scheme in SHOTS:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
        page.goto(f"file://{site.resolve()}/{file}")
        page.screenshot(path=out / f"{name}.png", full_page=True)
        page.close()


def shoot_chain(browser: Any, site: Path, out: Path) -> None:
    """The picture of the README."""
    page = browser.new_page(viewport={"width": 1480, "height": 1500}, color_scheme="light")
    page.goto(f"file://{site.resolve()}/index.html")
    page.locator(".chain").screenshot(path=out / "chain.png")
    page.close()


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path, help="what `optgen docs` has written")
    parser.add_argument("--pdf", type=Path, help="what `optgen docs --pdf` has written")
    parser.add_argument("--pages", type=int, nargs="*", default=[18, 28], help="of the book")
    parser.add_argument("--out", type=Path, default=Path("pictures"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*OPTIONS])
        shoot(browser, arguments.site, arguments.out)
        shoot_chain(browser, arguments.site, arguments.out)
        browser.close()
    for number in arguments.pages if arguments.pdf else ():
        page = ["-f", str(number), "-l", str(number), "-singlefile", "-r", "100", "-png"]
        subprocess.run(["pdftoppm", *page, arguments.pdf, arguments.out / f"book-{number}"], check=True)


if __name__ == "__main__":
    main()
