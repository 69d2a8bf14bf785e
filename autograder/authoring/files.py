"""A notebook's file, read without its outputs: of what was handed in only the cells matter.

Outputs can be of any size and shape. They are cut out of the file's bytes, block by block, before
anything is made of them. What is left is JSON as it was, and it is this that has a limit.
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

LARGEST_FILE = 512 << 20
"""Bytes of a notebook's file."""
LARGEST_KEPT = 32 << 20
"""Bytes of it without outputs."""
MOST_CUT = 10_000
"""Lists of outputs that are cut out; more of them count as what is kept."""
BLOCK = 1 << 20
START = re.compile(rb'"outputs"\s{0,16}:\s{0,16}\[')
LONGEST_START = 64
"""Bytes of a block that are looked at again with the next one: a start may be torn in two."""
STEPS = np.zeros(256, np.int8)
STEPS[list(b"[{")], STEPS[list(b"]}")] = 1, -1


class TooLarge(Exception):
    """There is more than is read; a part of a sentence says of what, and what helps."""


def read_cells(file: BinaryIO) -> bytes:
    """Return the bytes of a notebook's file, but for what stands in its lists of outputs.

    Parameters
    ----------
    file : binary file
        At its start. It need not be a notebook, nor JSON.

    Raises
    ------
    TooLarge
        If the file, or what is left of it, is too large.
    """
    cutter = _Cutter()
    held, size = b"", 0
    while read := file.read(BLOCK):
        size += len(read)
        block = held + read
        held = block[cutter.cut(block, len(block) - LONGEST_START) :]
        if size > LARGEST_FILE:
            raise TooLarge(
                f"has more than the {LARGEST_FILE >> 20} MiB that are read: clear its outputs "
                "(Edit, Clear Outputs of All Cells)"
            )
        if cutter.size > LARGEST_KEPT:
            raise TooLarge(
                f"has more than {LARGEST_KEPT >> 20} MiB besides its outputs, which is more than "
                "is read: take large pictures out of its text"
            )
    cutter.cut(held, len(held))
    return b"".join(cutter.kept)


class _Cutter:
    """Goes through a file's blocks, and keeps what stands in no list of outputs."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.size = 0
        self._lists = 0
        self._depth = 0  # of brackets within a list of outputs; 0 outside
        self._in_text = 0
        self._is_escaped = 0  # whether an odd number of backslashes came last

    def cut(self, block: bytes, end: int) -> int:
        """Go through a block, at least to its end's place; return how far it is done with."""
        if end <= 0:
            return 0
        quotes = self._quotes(block)
        in_text = (np.cumsum(quotes, dtype=np.int32) + self._in_text) & 1
        levels = np.cumsum(STEPS[np.frombuffer(block, np.uint8)] * (1 - in_text), dtype=np.int32)
        at = 0
        while at < end:
            if self._depth:
                at = self._pass_over(levels, at)
            else:
                at = self._keep(block, at, end, quotes & in_text)
        run = at - len(block[:at].rstrip(b"\\"))
        self._is_escaped = (run + (self._is_escaped if run == at else 0)) & 1
        self._in_text = int(in_text[at - 1])
        return at

    def _quotes(self, block: bytes) -> NDArray[np.int8]:
        """Return 1 for each quotation mark at which a text begins or ends, else 0."""
        values = np.frombuffer(block, np.uint8)
        quotes: NDArray[np.int8] = (values == ord('"')).astype(np.int8)
        if self._is_escaped or b"\\" in block:
            places = np.arange(len(values), dtype=np.int32)
            other = np.maximum.accumulate(np.where(values == ord("\\"), -1, places))
            marks = np.flatnonzero(quotes)
            before = np.where(marks > 0, other[marks - 1], -1)
            run = marks - 1 - before + (before < 0) * self._is_escaped
            quotes[marks[run & 1 == 1]] = 0
        return quotes

    def _keep(self, block: bytes, at: int, end: int, opening: NDArray[Any]) -> int:
        """Keep what comes before the next list of outputs; return where that begins."""
        place = at
        while self._lists < MOST_CUT and (found := START.search(block, place)):
            if found.start() >= end:
                break
            if opening[found.start()]:
                self._lists += 1
                self._depth = 1
                end = found.end()
                break
            place = found.start() + 1
        self.kept.append(block[at:end])
        self.size += end - at
        return end

    def _pass_over(self, levels: NDArray[np.int32], at: int) -> int:
        """Return where the list of outputs ends, or the block."""
        start = int(levels[at - 1]) if at else 0
        place, width = at, 256
        while place < len(levels):
            (found,) = np.nonzero(levels[place : place + width] == start - self._depth)
            if len(found):
                self._depth = 0
                return place + int(found[0])
            place, width = place + width, 2 * width
        self._depth += int(levels[-1]) - start
        return len(levels)
