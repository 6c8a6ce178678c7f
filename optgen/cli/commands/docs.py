"""`optgen docs`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optgen.cli.guard import FAILED
from optgen.cli.needs import need
from optgen.cli.options import Specs, folder
from optgen.cli.progress import watcher
from optgen.cli.streams import only_results, say, tell

if TYPE_CHECKING:
    from optgen.build.folders import Folders

EXAMPLES = (
    ("optgen docs", "the site, in the folder site"),
    ("optgen docs --serve", "the same, and show it on this machine"),
    ("optgen docs --pdf", "a book instead, in the folder book"),
    ("optgen docs --specs mine --out pages", "of specs of your own"),
)


def command(
    specs: Specs = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", parser=folder, help="Folder for it.", show_default="site or book"),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write the book instead: LaTeX, and its PDF.")] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the site on this machine until Ctrl-C.")] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port for --serve; 0 for any.")
    ] = 8000,
) -> None:
    """Write the documentation: a site that works from its folder, without a network, or a book.

    Generated code is brought up to date first. What has not changed since the last time is not made again. A wrong
    symbol, an unknown citation or a broken link is a failure, and leaves the documents as they were.
    """
    from optgen.build.builder import Request, build
    from optgen.build.errors import CommandError
    from optgen.build.folders import find_folders
    from optgen.build.lock import held
    from optgen.documents import BOOK, CACHE, SITE, refuse_foreign

    if pdf and serve:
        raise CommandError("a book is not served: leave out --pdf or --serve")
    need("optgen docs", "pybtex", *(() if pdf else ("latex2mathml", "markdown_it", "matplotlib", "pygments")))
    out = out or Path("book" if pdf else "site")
    refuse_foreign(out, *((BOOK, "book") if pdf else (SITE, "site")))
    watching = watcher()
    # Code of somebody's own specs may be anywhere, or nowhere: for the documents it is made among what they keep.
    folders = find_folders(specs, out / CACHE / "generated" if specs else None)
    with held(out, CACHE, watching), only_results():
        build(Request(folders, verify=False), watching)
        done = (_book if pdf else _site)(folders, out)
    say(done)
    if serve:
        from optgen.site.server import serve as run

        run(out, port, say)


def _site(folders: Folders, out: Path) -> str:
    """Write the site; what was done."""
    from optgen.site.build import build_site
    from optgen.site.formula import FormulaError
    from optgen.site.output import SiteError
    from optgen.site.sources import Sources

    try:
        done = build_site(Sources(folders.specs, folders.out, *_beside(folders.specs)), out)
    except (SiteError, FormulaError) as error:
        tell(f"optgen: {error}")
        raise typer.Exit(FAILED) from None
    return f"{out}/index.html: {done}"


def _book(folders: Folders, out: Path) -> str:
    """Write the book; where it is.

    Raises:
        CommandError: There is no PDF, and why.
    """
    from optgen.book.build import PDF, build_book
    from optgen.book.tools import INSTALL
    from optgen.book.typeset import BookError
    from optgen.build.errors import CommandError
    from optgen.catalogue.items import load_catalogue

    try:
        done = build_book(load_catalogue(folders.specs), folders.out, out, *_beside(folders.specs))
    except BookError as error:
        tell(f"optgen: {error}")
        raise typer.Exit(FAILED) from None
    if not done.pdf:
        missing = " and ".join(done.missing)
        raise CommandError(f"{out}/tex: {done.files} files of LaTeX, but no PDF, for want of {missing}: {INSTALL}")
    return f"{out}/{PDF}: made of {done.files} files of LaTeX in {done.seconds:.1f} s"


def _beside(specs: Path) -> tuple[Path | None, Path | None]:
    """Folders of texts and of results beside the specs, if they are about these specs, and not about others there."""
    from optgen.documents import SETTINGS, about

    texts, results = (specs.parent / name for name in ("docs", "benchmarks/results"))
    whose = about(texts)
    if whose and whose != specs.name:
        return None, None
    return texts if (texts / SETTINGS).is_file() else None, results if results.is_dir() else None
