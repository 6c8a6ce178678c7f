"""Carry out a plan: the only place where an output folder is changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import cannot
from .folders import shown
from .plan import Plan, refuse_foreign
from .record import Record
from .writing import remove, remove_empty_folders, write


def apply(plan: Plan) -> None:
    """Bring the output folder into the planned state; its lock has to be held.

    Killed in between, the old record is still there: it does not fit what was written already, so that the next
    build looks at those files again.

    Raises:
        CommandError: A file of the user's is in the way, or the system refuses to write.
    """
    refuse_foreign(plan)
    out = plan.folders.out
    for name in plan.tree.leftovers:
        with _told("remove", out / name):
            (out / name).unlink(missing_ok=True)
    for name, text in plan.writes.items():
        with _told("write", out / name):
            write(out / name, text.encode())
    for name in plan.removals:
        with _told("remove", out / name):
            remove(out / name)
    remove_empty_folders(out, plan.emptied)
    if not plan.same_record:
        save(plan, plan.goal.record)


def save(plan: Plan, record: Record) -> None:
    """Keep a record for the next build, out of sight of git."""
    file, data = record.dump()
    path = plan.folders.out / file
    with _told("write", path):
        if not path.with_name(".gitignore").exists():
            write(path.with_name(".gitignore"), b"*\n")
        write(path, data)


@contextmanager
def _told(what: str, path: Path) -> Iterator[None]:
    """Say in words of the user's what the system refused."""
    try:
        yield
    except OSError as error:
        raise cannot(what, shown(path), error) from None
