"""A verifying process: reads one request a line on standard input, answers each with a report on standard output.

Triton decides at import whether it interprets, so this runs in a process of its own, with the environment set by whoever
starts it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
import warnings
from pathlib import Path

from optgen.spec.load import load_file

from .report import Report
from .run import verify_spec


def main() -> None:
    """Serve requests until standard input ends."""
    answers = sys.stdout
    warnings.filterwarnings("ignore", module="triton")  # its interpreter warns where numbers overflow, as they may
    with contextlib.redirect_stdout(sys.stderr):  # whatever generated code prints must not mix with answers
        for line in sys.stdin:
            report = answer(json.loads(line))
            print(json.dumps(report.as_dict()), file=answers, flush=True)


def answer(request: dict[str, str]) -> Report:
    """Verify what a request names; an exception becomes the report's error."""
    try:
        specs, _ = load_file(Path(request["file"]))
        spec = next(s for s in specs if s.name == request["name"])
        return verify_spec(spec, Path(request["specs"]), Path(request["out"]), request["device"])
    except Exception:  # noqa: BLE001  # generated code may raise anything: it is a finding, not a crash
        return Report(request["name"], error=traceback.format_exc(limit=-3).strip())


if __name__ == "__main__":
    main()
