"""Two answers to a task side by side, line by line: what they share stands on one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from autograder.authoring.sources import shortened
from autograder.similarity.forms import Piece
from autograder.similarity.works import Part

MOST_LINES = 300
LONGEST_LINE = 200
TOKEN = re.compile(r"\w+|\s+|[^\w\s]")

Text = tuple[tuple[str, bool], ...]
"""A line in pieces, each with whether the other side has something else there."""


@dataclass(frozen=True)
class Side:
    """A line of one of two answers.

    Attributes
    ----------
    number : int
        Which line it is.
    text : tuple of (str, bool)
        What stands in it.
    owners : int
        How many have what is shared in it; 0 if nothing is.
    elsewhere : int
        The line of the other answer that shares it, where that is not in the same row.
    """

    number: int
    text: Text
    owners: int = 0
    elsewhere: int = 0


Row = tuple[Side | None, Side | None]


def rows_of(left: Part, right: Part, owners: Callable[[int], int]) -> list[Row]:
    """Return the rows of two answers to a task.

    Parameters
    ----------
    left, right : Part
        The answers.
    owners : function
        Tells how many have a form.
    """
    sides = _sides(left, right, owners), _sides(right, left, owners)
    matcher = SequenceMatcher(None, _keys(left, sides[0]), _keys(right, sides[1]), autojunk=False)
    rows: list[Row] = []
    for what, a, b, c, d in matcher.get_opcodes():
        pairs = zip_longest(sides[0][a:b], sides[1][c:d])
        rows += [_matched(*pair) if what == "equal" else pair for pair in pairs]
    return rows


def _sides(part: Part, other: Part, owners: Callable[[int], int]) -> list[Side]:
    """Return the lines of an answer, and of each who else has it and where the other one does."""
    there = _first_places(other.forms.pieces)
    rarest: dict[int, Side] = {}
    for piece in part.forms.pieces:
        if piece.form not in there:
            continue
        for line in range(piece.first, min(piece.last, MOST_LINES) + 1):
            many, at = owners(piece.form), there[piece.form] + line - piece.first
            if line not in rarest or many < rarest[line].owners:
                rarest[line] = Side(line, (), many, at)
    lines = [shortened(_plain(line), LONGEST_LINE) for line in part.lines[:MOST_LINES]]
    return [
        replace(rarest.get(number, Side(number, ())), text=((line, False),))
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def _first_places(pieces: Sequence[Piece]) -> dict[int, int]:
    return {piece.form: piece.first for piece in reversed(pieces)}


def _plain(line: str) -> str:
    """Return a student's line without what could turn it round or cannot be shown."""
    line = line.expandtabs(4)
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def _keys(part: Part, sides: Sequence[Side]) -> list[object]:
    """Return what lines are known by on the other side: what they share, or else their text."""
    shared: dict[int, object] = {}
    for piece in part.forms.pieces:
        for line in range(piece.first, min(piece.last, MOST_LINES) + 1):
            shared[line] = (piece.form, line - piece.first)
    return [shared[side.number] if side.owners else side.text[0][0].strip() for side in sides]


def _matched(left: Side | None, right: Side | None) -> Row:
    """Return two lines that are the same but for names, and mark where these differ."""
    if left is None or right is None:
        return left, right
    ours, theirs = (TOKEN.findall(side.text[0][0]) for side in (left, right))
    codes = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return (
        replace(
            left, text=tuple(_marked(ours, ((w, a, b) for w, a, b, _, _ in codes))), elsewhere=0
        ),
        replace(
            right, text=tuple(_marked(theirs, ((w, c, d) for w, _, _, c, d in codes))), elsewhere=0
        ),
    )


def _marked(
    tokens: Sequence[str], codes: Iterator[tuple[str, int, int]]
) -> Iterator[tuple[str, bool]]:
    for what, start, end in codes:
        if start < end:
            yield "".join(tokens[start:end]), what != "equal"
