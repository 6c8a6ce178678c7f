"""What every page has around it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import optgen


@dataclass(frozen=True)
class Frame:
    """The site's own name and the way through it.

    Attributes:
        navigation: Names and addresses of what every page links to.
    """

    navigation: Sequence[tuple[str, str]]

    def around(self, file: str, title: str, description: str) -> dict[str, object]:
        """What templates take besides their own.

        Args:
            file: Of the page, below the root.
            title: Of the page, as plain text; the brand for the first page.
            description: In a sentence.
        """
        return {
            "root": "../" * file.count("/"),
            "here": file,
            "title": html.escape(title) if title == BRAND else f"{html.escape(title)} · {BRAND}",
            "description": html.escape(description, quote=True),
            "brand": BRAND,
            "navigation": [(html.escape(name), html.escape(quote(address))) for name, address in self.navigation],
            "version": optgen.__version__,
        }


BRAND = "optgen"
