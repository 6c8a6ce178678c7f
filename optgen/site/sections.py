"""What is known of an item beside its spec: other libraries, relations, and what was verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optgen.catalogue.conventions import Conventions
from optgen.catalogue.figures import Figures, Verification
from optgen.catalogue.items import Item
from optgen.catalogue.proofs import Proof

from .pages import in_backquotes, text


@dataclass(frozen=True)
class Known:
    """What was recorded of all items.

    Attributes:
        verification: Of the generated code.
        conventions: Of other libraries.
    """

    verification: Verification = field(default_factory=Verification)
    conventions: Conventions = field(default_factory=Conventions)


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Attributes:
        id: Its name in addresses.
        title: Its heading.
        body: HTML.
    """

    id: str
    title: str
    body: str


def sections(item: Item, known: Known, stated: Sequence[tuple[int, str]]) -> list[Section]:
    """The parts of an item's page that come last.

    Args:
        item: The item.
        known: What was recorded.
        stated: Numbers and sentences of the relations that it stands in.
    """
    found = []
    if rows := known.conventions.libraries(item.kind, item.name):
        cells = [(f"<code>{text(name)}</code>", in_backquotes(same)) for name, same in rows]
        found.append(Section("libraries", "In other libraries", table(("there", "the same steps as ours"), cells)))
    if stated:
        lines = "".join(
            f'<li><a href="../relations.html#relation-{number}">{text(name)}</a></li>' for number, name in stated
        )
        found.append(Section("relations", "Relations to others", f"<ul>{lines}</ul>"))
    figures = known.verification.items.get(item.name)
    if figures:
        found.append(Section("verified", "Verified", _verified(figures, known.verification)))
    return found


def _verified(found: Figures, verification: Verification) -> str:
    """The table of figures, or why there is none."""
    if not (found.current and verification.runtime_current):
        return "<p>The code has changed since it was last recorded what its verification found.</p>"
    rows = [
        (text(f.target), text(f.against), f"{f.comparisons:,}", f"{f.ulps:.2f}", f"{100 * f.share:.0f} %")
        for f in found.rows
    ]
    heads = ("what", "against", "numbers", "worst, in ulps", "of what is allowed")
    date = verification.machine.get("date", "")
    note = f'<p class="small">Recorded {text(date)}. Allowed is twice what rounding of the operations can make.</p>'
    return note + table(heads, rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that scrolls by itself; cells are HTML."""
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    inside = f'<table class="data"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table">{inside}</div>'


def relations(proofs: Sequence[Proof], addresses: Mapping[str, str]) -> str:
    """The body of the page of all relations.

    Args:
        proofs: What the folder states, with what was proved of it.
        addresses: Page of each item.
    """
    lines = []
    for number, proof in enumerate(proofs, start=1):
        sign = {"==": "=", ">=": "≥"}[proof.sign]
        given = f" where {', '.join(f'<code>{text(g)}</code>' for g in proof.given)}" if proof.given else ""
        about = ", ".join(f'<a href="{addresses[n]}">{text(n)}</a>' for n in sorted(proof.parts) if n in addresses)
        extent = f"proved for {text(proof.extent)}" if proof.extent else "no proof of this is recorded"
        lines.append(
            f'<li id="relation-{number}"><b>{text(proof.name)}</b><br><code>{text(proof.left)}</code> {sign} '
            f"<code>{text(proof.right)}</code>{given}<br>"
            f'<span class="small">{extent} · {about}</span></li>'
        )
    lead = "What the specs state of each other, proved by algebra for every step, or for as many as are named."
    return f'<h1>Relations</h1><p class="lead">{lead}</p><ol class="references">{"".join(lines)}</ol>'
