"""Links of the finished pages: each leads to a file of the site, and to a place that is there."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r"<(a|img|link|script)\b([^>]*)>")
_LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
_ELSEWHERE = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
"""What a page may link to outside of the site."""
_PLACE = re.compile(r'<[^>]*\sid="([^"]+)"')


@dataclass
class Found:
    """What a page links to, and the places in it that can be linked to."""

    links: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)


def found_in(text: str) -> Found:
    """Read a page: one of ours, in which all attributes are in quotation marks, and signs of code are escaped."""
    found = Found(places=_PLACE.findall(text))
    for tag, attributes in _TAG.findall(text):
        for link in map(html.unescape, _LINK.findall(attributes)):
            if not (tag == "a" and _ELSEWHERE.match(link)):
                found.links.append(link)
    return found


def broken(pages: Mapping[str, Found], files: Sequence[str]) -> list[str]:
    """A sentence for each link that leads nowhere.

    Args:
        pages: What was found in each page, by its path below the root.
        files: Paths of everything in the site.
    """
    known, problems = {*files, *pages}, []
    for page, found in pages.items():
        for link in found.links:
            try:
                parts = urlsplit(link)
            except ValueError as error:
                problems.append(f"{page} links to {link}: {error}")
                continue
            if parts.scheme or parts.netloc:
                problems.append(
                    f"{page} takes {link} from elsewhere: all that leaves a site is links to http, https and mailto"
                )
                continue
            target = normpath(join(dirname(page), unquote(parts.path))) if parts.path else page
            if target not in known:
                problems.append(f"{page} links to {link}, which is not there")
            elif parts.fragment and target in pages and not _is_place(parts.fragment, target, pages):
                problems.append(f"{page} links to {link}: there is no such place in {target}")
    return problems


def _is_place(fragment: str, target: str, pages: Mapping[str, Any]) -> bool:
    # What is compared is chosen behind the sign, by a script.
    return fragment in pages[target].places or target == "compare.html"
