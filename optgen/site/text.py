"""Pages that are written by hand, in Markdown: the same files that the repository shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .code import coloured
from .formula import mathml

_CODE_OR_MATH = re.compile(r"```.*?```|`[^`\n]*`|\$(?P<math>[^$\n]+)\$", re.DOTALL)
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
        file: It; links to other files of Markdown beside it become links to their pages.
    """
    source = _with_formulas(file.read_text(encoding="utf-8"))
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = markdown.parse(source)
    title = _prepare(tokens)
    rendered = markdown.renderer.render(tokens, markdown.options, {})
    return TextPage(file.stem, title or file.stem, _wrapped(rendered))


def _with_formulas(source: str) -> str:
    """The text with MathML for what stands between dollars, but for code."""
    return _CODE_OR_MATH.sub(lambda found: mathml(found["math"]) if found["math"] else found[0], source)


def _prepare(tokens: list[Token]) -> str:
    """Give headings names, turn links to pages, colour code; returns the first heading."""
    title = ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            words = _plain(tokens[place + 1])
            title = title or words
            token.attrs["id"] = anchor(words)
        for child in token.children or ():
            if child.type == "link_open":
                child.attrs["href"] = re.sub(r"^([\w-]+)\.md(?=#|$)", r"\1.html", str(child.attrs["href"]))
        if token.type == "fence":
            language = _COLOURED.get(token.info.split()[0] if token.info else "text", "text")
            token.type, token.content = "html_block", _block(token.content, language)
    return title


def _block(code: str, language: str) -> str:
    return f'<pre class="code" tabindex="0"><code>{coloured(code, language)}</code></pre>\n'


def _plain(token: Token) -> str:
    """The words of a heading."""
    return "".join(child.content for child in token.children or () if child.type in ("text", "code_inline"))


def anchor(words: str) -> str:
    """The name of a heading in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _wrapped(rendered: str) -> str:
    """Tables that scroll by themselves."""
    opened = '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="data">'
    return rendered.replace("<table>", opened).replace("</table>", "</table></div>")


def local_files(rendered: str) -> set[str]:
    """Files beside the page that it shows or links to, but for pages."""
    found: set[Any] = set(re.findall(r'(?:src|href)="([\w./-]+)"', rendered))
    return {name for name in found if not name.endswith(".html") and "://" not in name}
