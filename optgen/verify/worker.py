"""A verifying process: reads one request a line on standard input, answers on standard output.

Triton decides at import whether it interprets, so this runs in a process of its own, with the environment set by
whoever starts it. An answer is one line for each run that begins, `{"at": "..."}`, and at last `{"report": {...}}`.
The process ends with its standard input: also in the middle of a run, so that it outlives nobody.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from optgen.depth import allow_depth
from optgen.problems import SpecError
from optgen.spec.load import load_file
from optgen.spec.package import folder_as_package

from .report import Report
from .run import PATIENCE, verify_spec


def main() -> None:
    """Serve requests until standard input ends."""
    allow_depth()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever generated code prints must not mix with answers

    def send(answer: dict[str, Any]) -> None:
        try:
            print(json.dumps(answer), file=answers, flush=True)
        except BrokenPipeError:
            os._exit(1)

    requests: SimpleQueue[str] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            requests.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        report = answer(json.loads(requests.get()), lambda case: send({"at": case}))
        send({"report": report.as_dict()})


def answer(request: dict[str, Any], on_case: Callable[[str], None] | None = None) -> Report:
    """Verify what a request names; an exception becomes the report's error."""
    name = request["name"]
    try:
        with folder_as_package(Path(request["specs"])):
            specs, problems = load_file(Path(request["file"]), Path(request["specs"]))
        spec = next((s for s in specs if s.name == name), None)
        if spec is None or spec.problems or problems:
            raise SpecError([*problems, *(spec.problems if spec else ())])
        return verify_spec(
            spec,
            Path(request["specs"]),
            Path(request["out"]),
            request["device"],
            seed=request.get("seed", 0),
            patience=request.get("patience", PATIENCE),
            on_case=on_case,
        )
    except SpecError as error:
        return Report(name, error=str(error) or f"{request['file']} has no spec {name}")
    except Exception:  # noqa: BLE001  # nothing may end the process: it has other specs to verify
        return Report(name, error=traceback.format_exc().strip())


if __name__ == "__main__":
    main()
