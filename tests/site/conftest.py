"""The whole site, and a browser to look at it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from code_for_tests import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of all that optgen ships."""
    from optgen.site.build import build_site
    from optgen.site.sources import Sources

    out = tmp_path_factory.mktemp("site") / "out"
    build_site(Sources(ROOT / "specs", ROOT / "generated", ROOT / "docs", ROOT / "benchmarks" / "results"), out)
    return out


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium, as Debian has it."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*OPTIONS])
        yield browser
        browser.close()
