"""`optgen docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from optgen.cli.guard import FAILED
from optgen.cli.needs import need
from optgen.cli.options import Specs, folder
from optgen.cli.progress import watcher
from optgen.cli.streams import only_results, say, tell

EXAMPLES = (
    ("optgen docs", "the site, in the folder site"),
    ("optgen docs --serve", "the same, and show it on this machine"),
    ("optgen docs --specs mine --out pages", "of specs of your own"),
)


def command(
    specs: Specs = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", parser=folder, help="Folder of the documents.")] = Path(
        "site"
    ),
    serve: Annotated[bool, typer.Option("--serve", help="Serve the site on this machine until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port for --serve; 0 for any.")] = 8000,
) -> None:
    """Write the documentation: a site that works from its folder, without a network.

    Generated code is brought up to date first. What has not changed since the last time is not made again. A wrong
    symbol, an unknown citation or a broken link is a failure, and leaves the documents as they were.
    """
    from optgen.build.builder import Request, build
    from optgen.build.folders import find_folders

    need("optgen docs", "latex2mathml", "markdown_it", "matplotlib", "pybtex", "pygments")
    folders = find_folders(specs)
    with only_results():
        build(Request(folders, verify=False), watcher())

    from optgen.catalogue.items import load_catalogue
    from optgen.site.build import SiteError, build_site
    from optgen.site.formula import FormulaError

    beside = folders.specs.parent
    texts, results = beside / "docs", beside / "benchmarks" / "results"
    try:
        with only_results():
            catalogue = load_catalogue(folders.specs)
            done = build_site(
                catalogue, folders.out, out, texts if texts.is_dir() else None, results if results.is_dir() else None
            )
    except (SiteError, FormulaError) as error:
        tell(f"optgen: {error}")
        raise typer.Exit(FAILED) from None
    say(f"{out}/index.html: {done}")
    if serve:
        from optgen.site.server import serve as run

        run(out, port, say)
