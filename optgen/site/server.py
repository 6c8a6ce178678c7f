"""The site on this machine, for browsers that take folders amiss, and for colleagues."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from optgen.build.errors import CommandError


class _Quiet(SimpleHTTPRequestHandler):
    """Says nothing of each request, and lets browsers keep nothing that the next build replaces."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def end_headers(self) -> None:
        """With a word to the browser."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def serve(folder: Path, port: int, say: Callable[[str], object]) -> None:
    """Serve a folder to this machine until it is interrupted.

    Args:
        folder: Of the site.
        port: Where; 0 for any that is free.
        say: Is told the address.

    Raises:
        CommandError: Something else has the port.
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise CommandError(f"port {port}: {error.strerror}: name another one with --port") from None
    with server:
        say(f"http://127.0.0.1:{server.server_port}/ until Ctrl-C")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
