"""What a worker of a cluster does: it has each submission graded by a process of ours, a clerk.

The worker itself has threads, and a process with threads must not be forked. So each of its threads
has a clerk beside it, which grades as one process does on one machine. All that a worker passes on,
to the clerk and back, are bytes. This module is loaded in the worker, and loads hardly more there.
"""

from __future__ import annotations

import subprocess
import tempfile
from typing import IO

from autograder.grading.beside import start_beside

SERVE = """
import sys
sys.modules["rfc3987_syntax"] = None  # which takes more than a second of each start, for nothing
from autograder.grading.errand import serve
serve()
"""
GOODBYE = 3.0
"""Seconds for a clerk to end its sandbox, and to take away its files."""
NOT_OPEN = b""
"""What a worker says that does not know of a run: it has been started anew in the meantime."""


class ClerkEnded(Exception):
    """The process that graded has ended: killed, or for want of memory."""


class Clerk:
    """A process that grades one submission after the other.

    Parameters
    ----------
    errand : bytes
        What it is told first.

    Attributes
    ----------
    welcome : bytes
        What it answers to that.
    """

    def __init__(self, errand: bytes) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._line, self._process = start_beside(SERVE, self._errors)
        self.welcome = self.ask(errand)

    @property
    def is_there(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, question: bytes) -> bytes:
        """Return its answer.

        Raises
        ------
        ClerkEnded
            If there is none.
        """
        try:
            self._line.send_bytes(question)
            return self._line.recv_bytes()
        except (OSError, EOFError):
            raise ClerkEnded(self._last_words()) from None

    def _last_words(self) -> str:
        self.close()
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), "without a word")
        return f"the process that grades has ended, with status {self._process.returncode}: {last}"

    def stop(self) -> None:
        """Tell it to end, whatever it does; who waits for its answer then sees the line end."""
        self._process.terminate()

    def close(self) -> None:
        """End it."""
        self.stop()
        try:
            self._process.wait(GOODBYE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Office:
    """The clerks of one run on this worker: as many as it has threads that grade."""

    def __init__(self, errand: bytes) -> None:
        self.errand = errand
        self.clerks: list[Clerk] = []
        self._free: list[Clerk] = []

    def clerk(self) -> Clerk:
        """Return one that is free, or a new one."""
        while self._free:
            clerk = self._free.pop()  # of two threads only one gets it
            if clerk.is_there:
                return clerk
            self.clerks.remove(clerk)
        clerk = Clerk(self.errand)
        self.clerks.append(clerk)
        return clerk

    def give_back(self, clerk: Clerk) -> None:
        """Let others have a clerk."""
        self._free.append(clerk)

    def close(self) -> None:
        """End all clerks."""
        for clerk in self.clerks:
            clerk.stop()
        for clerk in self.clerks:
            clerk.close()


_offices: dict[str, Office] = {}


# What a cluster is asked to run -------------------------------------------------------------------


def is_known() -> bool:
    """Return that Handgrad is installed: a worker that lacks it would end over anything else."""
    return True


def open_office(run: str, errand: bytes) -> bytes:
    """Begin with a run; return what its first clerk answers."""
    for other, office in list(_offices.items()):
        if not any(clerk.is_there for clerk in office.clerks):  # they end when nobody asks
            del _offices[other]
    close_office(run)
    office = Office(errand)
    clerk = office.clerk()
    office.give_back(clerk)
    _offices[run] = office
    return clerk.welcome


def grade(run: str, work: bytes) -> bytes:
    """Have a submission graded; return the clerk's answer, or `NOT_OPEN`."""
    office = _offices.get(run)
    if office is None:
        return NOT_OPEN
    clerk = office.clerk()
    try:
        return clerk.ask(work)
    finally:
        office.give_back(clerk)


def close_office(run: str) -> None:
    """End with a run, whatever its clerks do."""
    office = _offices.pop(run, None)
    if office is not None:
        office.close()
