"""A Python of our own beside this process: it is spoken with over a line, and outlives nobody.

This module loads nothing of ours: a cluster's worker has it, too.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from typing import IO


def start_beside(
    program: str, errors: int | IO[bytes] = subprocess.DEVNULL
) -> tuple[Connection, subprocess.Popen[bytes]]:
    """Start a program in a process of its own; return our end of the line to it, and the process.

    Parameters
    ----------
    program : str
        Python's source. It gets the number of its end of the line, and that of this process.
    errors : int or file
        Where it writes its errors; nowhere by default.
    """
    ours, theirs = socket.socketpair()
    line = Connection(ours.detach())
    with theirs:
        process = subprocess.Popen(
            # Without the present folder among those that modules come from.
            [sys.executable, "-P", "-c", program, str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C is not for it
        )
    return line, process
