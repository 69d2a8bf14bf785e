"""A table that another program has written as CSV, read and filled cell by cell.

A learning platform takes back the very file that it gave. So what is filled in is put into its
text, and no byte of the rest is written anew: not the delimiter, the quotes, or the ends of lines,
all of which Python's ``csv`` would choose again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.lms.decoding import TableError, read_text

DELIMITERS = ",;\t"
DECLARED = re.compile(r"sep=([,;\t])[^\r\n]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
"""The line by which a spreadsheet is told the delimiter."""
CELL = r'(?:"((?:[^"]|"")*+)")?([^{0}\r\n]*)({0}|\r\n|\r|\n|\Z)'
"""A quoted part, of which the quotes may be missing at the end; the rest; what ends the cell."""
QUOTED = re.compile(r'"(?:[^"]|"")*+"')
ENDS = re.compile(r"\r\n|\r|\n")
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and from where to where it stands in the text of the table.

    One that is `added` is not there yet: it comes behind the last cell of its row, as the first,
    the second and so on.
    """

    text: str
    start: int
    end: int
    added: int = 0


@dataclass(frozen=True)
class Row:
    """A row: the number of its first line in the file, counted from 1, and its cells."""

    line: int
    cells: list[Cell] = field(default_factory=list)

    def added(self, number: int) -> Cell:
        """Return the place of a cell that is added, as the first, the second and so on."""
        end = self.cells[-1].end
        return Cell("", end, end, number)

    @property
    def texts(self) -> list[str]:
        """What stands in its cells, without the spaces around."""
        return [cell.text.strip() for cell in self.cells]

    def text(self, column: int | None) -> str:
        """Return what stands in a column; nothing where the row is too short."""
        if column is None or column >= len(self.cells):
            return ""
        return self.cells[column].text.strip()


@dataclass(frozen=True)
class Table:
    """A table in a file.

    Attributes
    ----------
    path : Path
        The file.
    encoding, mark : str, bytes
        Its encoding, and the mark that it begins with.
    delimiter : str
        What stands between its cells.
    text : str
        All of its text.
    rows : list of Row
        Its rows, without empty lines; the first one is the header.
    """

    path: Path
    encoding: str
    mark: bytes
    delimiter: str
    text: str
    rows: list[Row]

    @classmethod
    def read(cls, path: Path, encoding: str = "") -> Table:
        """Read a table.

        Raises
        ------
        TableError
            If the file is no table.
        """
        text, encoding, mark = read_text(path, encoding)
        declared = DECLARED.match(text)
        start = declared.end() if declared else 0
        delimiter = declared[1] if declared else _delimiter(text)
        rows = []
        for row in _rows(text, start, delimiter):
            if any(row.texts):
                rows.append(row)
            if len(rows) > MOST_ROWS:
                raise TableError(
                    f"{path} has more than {MOST_ROWS} rows: give a table of the class."
                )
        if not rows:
            raise TableError(f"{path} is empty: export the table again.")
        return cls(path, encoding, mark, delimiter, text, rows)

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return self.rows[0].texts

    def filled(self, texts: Mapping[Cell, str]) -> bytes:
        """Return the file with other texts in some cells, and all else as it is."""
        parts, end = [], 0
        for cell in sorted(texts, key=lambda cell: (cell.start, cell.added)):
            parts += [self.text[end : cell.start], self._written(cell, texts[cell])]
            end = cell.end
        return self.mark + "".join([*parts, self.text[end:]]).encode(self.encoding)

    def _written(self, cell: Cell, text: str) -> str:
        was_quoted = self.text[cell.start : cell.end].startswith('"')
        if was_quoted or any(character in text for character in f'{self.delimiter}"\r\n'):
            text = '"{}"'.format(text.replace('"', '""'))
        return f"{self.delimiter}{text}" if cell.added else text


def _delimiter(text: str) -> str:
    """Return what stands between the cells of a table: what its first line has most of."""
    for row in _rows(text, 0, "\0"):  # as one cell, but for what is quoted
        line = QUOTED.sub("", text[row.cells[0].start : row.cells[-1].end])
        if line.strip():
            return max(DELIMITERS, key=line.count)
    return DELIMITERS[0]


def _rows(text: str, start: int, delimiter: str) -> Iterator[Row]:
    """Yield the rows of a text, empty ones too."""
    pattern = re.compile(CELL.format(re.escape(delimiter)))
    line, place = 1 + _lines(text[:start]), start
    row = Row(line)
    while place <= len(text):
        found = pattern.match(text, place)
        assert found is not None  # it matches anything
        quoted, plain, end = found[1], found[2], found[3]
        content = plain if quoted is None else quoted.replace('""', '"') + plain
        row.cells.append(Cell(content, place, found.start(3)))
        line += _lines(found[0])
        place = found.end()
        if end != delimiter:
            yield row
            row = Row(line)
            if not end or place == len(text):
                return


def _lines(text: str) -> int:
    return len(ENDS.findall(text))
