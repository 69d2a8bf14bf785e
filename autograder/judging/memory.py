"""A limit on the grader's own memory while it handles what a submission gave back.

A check may multiply what it got by arrays of its own: from few bytes gigabytes can be made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

EXTRA_BYTES = 512 << 20
"""What the grading of one task may take beyond what the grader has by then."""


@contextmanager
def limited(extra: int = EXTRA_BYTES) -> Iterator[None]:
    """Let this process take only so many more bytes; what needs more raises MemoryError.

    Parameters
    ----------
    extra : int
        Bytes of address space. Only Linux can be asked for this.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    from autograder.inside import kernel

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = kernel.address_space() + extra
    if soft != resource.RLIM_INFINITY:
        limit = min(limit, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
