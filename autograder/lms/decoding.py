"""The text of a file that a spreadsheet or a learning platform has written, in whatever encoding.

A file says its encoding by a mark at its start, or does not: then UTF-8 is tried, which hardly any
other text is by chance, and after it the two that spreadsheets still write without asking.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from autograder.grading.reading import Unreadable, open_plainly, shown

LARGEST_TABLE = 16 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
LEGACY_CHINESE, LEGACY_WESTERN = "gbk", "cp1252"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of a spreadsheet program itself begin."""


class TableError(Exception):
    """A table cannot be read, understood or written; one sentence says why and what to do."""


def read_text(path: Path, encoding: str = "") -> tuple[str, str, bytes]:
    """Return the text of a file, its encoding, and the mark that the file begins with, if any.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        Its encoding, where that is known.

    Raises
    ------
    TableError
        If it is missing, too large, or no text.
    """
    try:
        with open_plainly(path) as file:
            data = file.read(LARGEST_TABLE + 1)
    except (Unreadable, OSError):
        raise TableError(
            f"{path} cannot be read: give the CSV file itself, no link and no folder."
        ) from None
    if len(data) > LARGEST_TABLE:
        raise TableError(
            f"{path} has more than {LARGEST_TABLE >> 20} MiB, which no table of a class has: give "
            "the CSV file that was exported."
        )
    if data.startswith(WORKBOOKS):
        raise TableError(
            f"{path} is a spreadsheet's own file: save it as CSV (UTF-8), and give that."
        )
    mark = next((mark for mark in MARKS if data.startswith(mark)), b"")
    encoding = MARKS.get(mark) or encoding or guessed(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise TableError(
            f"{path} is no text in {shown(encoding)}: save it as CSV (UTF-8), or name its encoding "
            "with --encoding."
        ) from None
    if "\0" in text:
        raise TableError(f"{path} is no text: save the table as CSV (UTF-8), and give that.")
    return text, encoding, mark


def guessed(data: bytes) -> str:
    """Return the encoding that bytes without a mark are most likely in.

    Chinese text in GBK comes in pairs of which both bytes are high, nearly always; in Western text
    a high byte stands alone, among letters of ASCII.
    """
    if len(data) >= 4 and data[1] == data[3] == 0 != data[0]:
        return "utf-16-le"
    if len(data) >= 4 and data[0] == data[2] == 0 != data[1]:
        return "utf-16-be"
    for encoding in ("utf-8", LEGACY_CHINESE):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _is_common(text):
            return encoding
    return LEGACY_WESTERN


def _is_common(text: str) -> bool:
    """Return whether most characters beyond ASCII are of the everyday ones of Chinese."""
    foreign = [character for character in text if not character.isascii()]
    return 2 * sum(map(_is_everyday, foreign)) > len(foreign)


def _is_everyday(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
