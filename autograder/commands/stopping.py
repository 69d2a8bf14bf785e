"""What Ctrl-C and a polite kill do to a command: a sentence, and the status that shells expect."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click


class _Stopped(BaseException):
    """A signal asked the command to end."""


@contextmanager
def stoppable(sentence: str) -> Iterator[None]:
    """Let SIGINT and SIGTERM unwind the command, say a sentence and exit with 128 + their number.

    Parameters
    ----------
    sentence : str
        What becomes of the work that was begun.
    """

    def stop(number: int, _: Any) -> NoReturn:
        for one in before:
            signal.signal(one, signal.SIG_IGN)  # unwinding is not to be cut off in turn
        raise _Stopped(number)

    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    for one in before:
        signal.signal(one, stop)
    try:
        yield
    except _Stopped as stopped:
        click.echo(sentence, err=True)
        sys.exit(128 + stopped.args[0])
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
