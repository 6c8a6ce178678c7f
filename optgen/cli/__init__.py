"""The command line: `optgen`, and `python -m optgen`."""

from __future__ import annotations


def main() -> None:
    """Run one command and end the process: 0 done, 1 a check failed, 2 the command or a spec is wrong."""
    import sys

    from .streams import INTERRUPTED, begin_streams, end_streams

    code: object = 0
    begin_streams()
    try:
        from .app import app

        app()
    except SystemExit as ended:
        code = ended.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(end_streams(code))  # type: ignore[arg-type]  # whatever `SystemExit` was given
