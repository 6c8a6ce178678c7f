"""Pages that are written by hand, in Markdown: the same files that the repository shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from optgen.build.folders import shown

from .code import coloured
from .formula import FormulaError, mathml

_CODE_OR_MATH = re.compile(
    r"^(?P<fence>```|~~~).*?^(?P=fence)|^(?: {4}|\t).*?$|`[^`\n]*`|\$(?P<math>[^\s$](?:[^$\n]*[^\s$])?)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)
"""Formulas are told from prices as usual: no space inside the dollars, no digit behind them."""
_COLOURED = {"python": "python", "bash": "bash", "json": "json", "text": "text"}


@dataclass(frozen=True)
class TextPage:
    """A page of text.

    Attributes:
        name: Of its file, without suffix.
        title: Its first heading.
        html: All of it.
    """

    name: str
    title: str
    html: str


def text_page(file: Path) -> TextPage:
    """Read a file of Markdown.

    Args:
        file: It; links to other files of Markdown beside it become links to their pages, and what links lead to outside
            of its folder is only named.

    Raises:
        FormulaError: A formula is wrong; the text has its place.
    """
    source = _with_formulas(file)
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = markdown.parse(source)
    title = _prepare(tokens)
    rendered = markdown.renderer.render(tokens, markdown.options, {})
    return TextPage(file.stem, title or file.stem, _wrapped(rendered))


def _with_formulas(file: Path) -> str:
    """The text with MathML for what stands between dollars, but for code."""
    source = file.read_text(encoding="utf-8")

    def replaced(found: re.Match[str]) -> str:
        if not found["math"]:
            return found[0]
        try:
            return mathml(found["math"])
        except FormulaError as error:
            raise FormulaError(f"{shown(file)}:{source.count(chr(10), 0, found.start()) + 1}: {error}") from None

    return _CODE_OR_MATH.sub(replaced, source)


def _prepare(tokens: list[Token]) -> str:
    """Give headings names, turn links to pages, colour code; returns the first heading."""
    title, anchors = "", set[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _plain(tokens[place + 1])
            title = title or words
            token.attrs["id"] = _unique(anchor(words), anchors)
        _mend_links(token.children or [])
        if token.type == "fence":
            language = _COLOURED.get(token.info.split()[0] if token.info else "text", "text")
            token.type, token.content = "html_block", _block(token.content, language)
    return title


def _mend_links(tokens: list[Token]) -> None:
    """Let links to Markdown lead to its page, and take away those that lead out of the folder, from first to last."""
    outside = False
    for token in tokens:
        if token.type == "link_open":
            link = str(token.attrs["href"])
            outside = link.startswith(("../", "/"))
            token.attrs["href"] = re.sub(r"^([\w-]+)\.md(?=#|$)", r"\1.html", link)
        if outside and token.type in ("link_open", "link_close"):
            outside = token.type == "link_open"
            token.type, token.content = "html_inline", ""


def _unique(name: str, taken: set[str]) -> str:
    """A name that no other heading of the page has."""
    number, found = 0, name or "heading"
    while found in taken:
        number += 1
        found = f"{name or 'heading'}-{number}"
    taken.add(found)
    return found


def _block(code: str, language: str) -> str:
    return f'<pre class="code" tabindex="0"><code>{coloured(code, language)}</code></pre>\n'


def _plain(token: Token) -> str:
    """The words of a heading."""
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


def anchor(words: str) -> str:
    """The name of a heading in addresses, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def _wrapped(rendered: str) -> str:
    """Tables that scroll by themselves."""
    opened = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="data">'
    return rendered.replace("<table>", opened).replace("</table>", "</table></div>")


def local_files(rendered: str) -> set[str]:
    """Files beside the page that it shows or links to, but for pages."""
    found: set[Any] = set(re.findall(r'(?:src|href)="([\w./-]+)"', rendered))
    local = {name for name in found if not name.endswith(".html") and "://" not in name}
    return {name for name in local if not name.startswith("/") and ".." not in name.split("/")}
