"""One function on many things, in several processes where that pays."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

WORTH_A_PROCESS = 24
"""Optimizers that are generated in about the time that one more process costs."""

_work: Callable[[Any], Any]


def each(function: Callable[[T], R], things: Sequence[T], jobs: int) -> Iterator[R]:
    """The results, in the order of the things.

    Args:
        function: Any; it reaches other processes by fork.
        things: What can be pickled, as the results can.
        jobs: Processes that may work at once.
    """
    workers = min(jobs, len(things) // WORTH_A_PROCESS)
    if workers < 2 or sys.platform != "linux":
        yield from map(function, things)
        return
    yield function(things[0])  # what this imports and caches, the workers inherit
    yield from _in_processes(function, things[1:], workers)


def _in_processes(function: Callable[[T], R], things: Sequence[T], workers: int) -> Iterator[R]:
    from concurrent.futures import ProcessPoolExecutor

    global _work  # not an argument, because those are pickled
    _work = function
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_obey_parent)
    try:
        yield from pool.map(_call, things, chunksize=max(1, len(things) // (4 * workers)))
    finally:
        pool.shutdown(cancel_futures=True)


def _call(thing: Any) -> Any:
    return _work(thing)


def _obey_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it ends: nothing else tells a worker that it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()
