"""How long a check may take in the notebook, and what is seen of it meanwhile."""

from __future__ import annotations

import _thread
import contextvars
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograder.authoring.implementation import Stopped

PATIENCE = 3
"""What does not compute but waits is given this many times as long, as where it is graded."""
TICK = 0.1
AGAIN = 1.0
"""Seconds until code that caught the interruption is interrupted once more."""
QUIET_SECONDS = 2.0
"""After this long a check says that it works."""


def has_threads() -> bool:
    """Return whether something can be watched while it runs: not in a browser, by WebAssembly."""
    return sys.platform not in ("emscripten", "wasi")


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Stop what runs inside after so many seconds of computing, as Ctrl-C would.

    Where there are no threads nothing is stopped: there the kernel is restarted by hand.

    Raises
    ------
    Stopped
        With the sentence, when it was stopped.
    """
    if not has_threads() or threading.current_thread() is not threading.main_thread():
        yield  # nobody can interrupt it
        return
    over, is_up = threading.Event(), threading.Event()
    begun, clock = time.process_time(), time.monotonic()

    def watch() -> None:
        tick = TICK
        while not over.wait(tick):
            computed = time.process_time() - begun
            if computed > seconds or time.monotonic() - clock > PATIENCE * seconds:
                is_up.set()
                _thread.interrupt_main()
                tick = AGAIN

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        try:
            yield
        finally:
            over.set()
            watcher.join()
    except KeyboardInterrupt:
        if not is_up.is_set():
            raise
        raise Stopped(
            f"your code was stopped after {seconds:g} seconds: is there a loop that never ends?"
        ) from None


@contextmanager
def said_when_slow(show: Callable[[str], None], total: int) -> Iterator[Callable[[str], None]]:
    """Say what is being done, once it takes longer than two seconds, and from then on.

    Where there are no threads, this is said when the next thing begins.

    Parameters
    ----------
    show : function
        Shows a line in the place of the one before.
    total : int
        How many things there are to do.

    Yields
    ------
    begin : function
        To be called with the name of each thing when its turn comes.
    """
    done, line, over = 0, "", threading.Event()
    is_late, is_watched, started = threading.Event(), has_threads(), time.monotonic()

    def wait() -> None:
        if not over.wait(QUIET_SECONDS):
            is_late.set()
            show(line)

    def begin(name: str) -> None:
        nonlocal done, line
        done += 1
        line = f"Checking, {done} of {total}: {name} …"
        if is_late.is_set() if is_watched else time.monotonic() - started > QUIET_SECONDS:
            show(line)

    if not is_watched:
        yield begin
        return
    context: Any = contextvars.copy_context()  # in which IPython keeps the cell to show it in
    waiter = threading.Thread(target=context.run, args=(wait,), daemon=True)
    waiter.start()
    try:
        yield begin
    finally:
        over.set()
        waiter.join()
