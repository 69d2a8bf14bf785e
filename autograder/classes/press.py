"""Where pages are set: a process that may die alone, with limits on its time and memory.

Whatever makes HTML of a text can be made to take hours by some text. So everything that a student
has written is sent to a process that the kernel ends when it has computed too long for one piece.
What has not come back from there is shown as plain text. What a page has used up in all, of time
and of room, is counted, too.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection

from autograder.grading.beside import start_beside
from autograder.judging.memory import limited

PIECE_SECONDS = 2.0
"""Of computing for one piece of a page: the text of a cell, or an output."""
PAGE_SECONDS = 10.0
"""Of computing for a page; what then comes is shown as plain text."""
PATIENCE = 60.0
"""Seconds on the clock for a piece, on a machine that has little time for it."""
MEMORY = 512 << 20
"""Bytes that setting a piece may take."""
LARGEST_PIECE = 2 << 20
"""Characters of HTML of one piece."""
LARGEST_PAGE = 4 << 20
"""Characters of HTML of a page, without pictures: formgrader takes each page apart again."""
MOST_KEPT = 1000
LARGEST_KEPT = 50_000
"""Characters. Most texts of a class are the same on all pages; long ones are few."""

SERVE = """
import sys
sys.modules["rfc3987_syntax"] = None  # which takes more than a second of each start, for nothing
from autograder.classes.press import serve
serve()
"""
NO_DESCRIPTION = "No description has been provided for this image"

Pictures = tuple[tuple[str, str], ...]
Made = tuple[str | None, float]
"""The HTML of a piece, or None, and the seconds of computing that it took."""


def sign_of(number: int) -> str:
    """Return what stands for the data of an attached picture, which does not go over the line."""
    return f"handgrad{number}picture"


class PressError(Exception):
    """The process that sets pages does not start."""


class Press:
    """Sets pieces of pages, one page after the other.

    Attributes
    ----------
    seconds_left, room_left : float, int
        What the present page may still use: computing, and characters of HTML.
    """

    def __init__(self) -> None:
        self._line: Connection | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._kept: dict[tuple[str, str, Pictures], Made] = {}
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)
        self.begin_page()

    def begin_page(self) -> None:
        """Start counting what a page uses."""
        self.seconds_left = PAGE_SECONDS
        self.room_left = LARGEST_PAGE

    def set(self, kind: str, text: str, pictures: Pictures = ()) -> str | None:
        """Return a text as HTML; None if it is to be shown as plain text.

        Parameters
        ----------
        kind : str
            What it is, for `typesetting.piece`.
        text : str
            What a student wrote.
        pictures : tuple of (str, str)
            Names and kinds of the pictures that belong to it.

        Raises
        ------
        PressError
            If there is no process that could do it.
        """
        if self.seconds_left <= 0 or len(text) > self.room_left:
            return None
        key = kind, text, pictures
        html, seconds = self._kept[key] if key in self._kept else self._made(*key)
        if html is not None and len(text) + len(html) <= LARGEST_KEPT:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = html, seconds
        self.seconds_left -= seconds
        return html if html is not None and self.take(len(html)) else None

    def take(self, size: int) -> bool:
        """Return whether a page has room for so many characters more, which are then taken."""
        is_room = size <= self.room_left
        self.room_left -= size if is_room else 0
        return is_room

    def _made(self, kind: str, text: str, pictures: Pictures) -> Made:
        """Let the process set a text; a new one is started where the last one has died."""
        line = self._open() if self._line is None else self._line
        try:
            line.send_bytes(json.dumps([kind, text, pictures]).encode())
            if not line.poll(PATIENCE):
                raise TimeoutError
            html, seconds = json.loads(line.recv_bytes())
        except (OSError, EOFError):
            self.close()
            return None, PIECE_SECONDS
        return html, seconds

    def _open(self) -> Connection:
        """Start the process, and wait until it can work."""
        self._line, self._process = start_beside(SERVE)
        try:
            self._line.recv_bytes()
        except (OSError, EOFError):
            self.close()
            raise PressError(
                "The process that makes pages did not start: see that all that it needs is there, "
                "with 'pip install handgrad[instructor]'."
            ) from None
        return self._line

    def close(self) -> None:
        """End the process."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def _forget(self) -> None:
        """Leave the process to the one that has started it."""
        self._line = self._process = None


def serve() -> None:
    """Set what comes over the line, in a process of its own, until the line ends."""
    from autograder.classes import typesetting
    from autograder.inside import kernel

    line = Connection(int(sys.argv[1]))
    kernel.end_with(int(sys.argv[2]))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # which ends the process
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
    with suppress(EOFError, OSError), limited(MEMORY):
        line.send_bytes(b"ready")
        while True:
            request = json.loads(line.recv_bytes())
            signal.setitimer(signal.ITIMER_PROF, PIECE_SECONDS)
            start = time.process_time()
            try:
                html = typesetting.piece(*request)
            except (Exception, MemoryError):
                html = None  # such as for a picture that is not there
            seconds = time.process_time() - start
            signal.setitimer(signal.ITIMER_PROF, 0)
            is_short = html is not None and len(html) <= LARGEST_PIECE
            line.send_bytes(json.dumps([html if is_short else None, seconds]).encode())
