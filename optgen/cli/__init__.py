"""The command line: `optgen`, and `python -m optgen`."""

from __future__ import annotations


def main() -> None:
    """Run one command and end the process: 0 done, 1 a check failed, 2 the command or a spec is wrong."""
    import sys

    from optgen.depth import allow_depth

    from .streams import INTERRUPTED, begin_streams, end_streams, is_full, unwritten

    code: object = 0
    begin_streams()
    allow_depth()
    try:
        from .app import app

        app()
    except SystemExit as ended:
        code = ended.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        if not is_full(error):
            raise
        code = unwritten(error)  # what Typer prints itself: help
    sys.exit(end_streams(code))  # type: ignore[arg-type]  # whatever `SystemExit` was given
