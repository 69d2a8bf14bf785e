"""Tables are read whatever wrote them, and filled without a byte of the rest being changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from platform_files import CANVAS, GERMAN_WORKSHEET, PLAIN, written

from autograder.lms.decoding import TableError, guessed
from autograder.lms.tables import Table

NAMES = "id,name\nada,José Ångström\nben,Zoë Müller\n"
CHINESE = "学号,姓名\n2026001,王小明\n2026002,李娜\n2026003,欧阳喆\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (NAMES, "utf-8"),
        (NAMES, "utf-8-sig"),
        (NAMES, "utf-16"),
        (NAMES, "utf-16-le"),
        (NAMES, "utf-16-be"),
        (NAMES, "cp1252"),
        (CHINESE, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (CHINESE, "gbk"),
        ("id,name\nada,欧阳喆\n", "gbk"),
        ("id,name\nada,Müßig\nben,Æsop\n", "cp1252"),
        (PLAIN.replace("\n", "\r\n"), "utf-8"),
        (PLAIN.replace(",", ";").replace("\n", "\r"), "utf-8"),
        (PLAIN.replace(",", "\t"), "utf-16"),
        ("sep=;\r\n" + PLAIN.replace(",", ";"), "utf-8"),
    ],
)
def test_the_same_rows_are_read_from_every_encoding_and_delimiter(
    tmp_path: Path, text: str, encoding: str
) -> None:
    table = Table.read(written(tmp_path / "table.csv", text, encoding))
    plain = [line for line in text.splitlines() if not line.startswith("sep=")]
    assert [row.texts for row in table.rows] == [line.split(table.delimiter) for line in plain]
    assert table.filled({}) == text.encode(encoding)


def test_quotes_and_lines_within_cells_are_read_as_they_are_meant(tmp_path: Path) -> None:
    text = 'a,"b ""c"", d",\r\n\r\n"two\r\nlines",x"y,"open\n'
    table = Table.read(written(tmp_path / "table.csv", text))
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["a", 'b "c", d', ""],
        ["two\r\nlines", 'x"y', '"open'],
    ]
    assert [row.line for row in table.rows] == [1, 3]
    assert table.filled({}) == text.encode()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_only_the_filled_cells_change(tmp_path: Path, encoding: str, ends: str) -> None:
    text = GERMAN_WORKSHEET.replace("\n", ends)
    table = Table.read(written(tmp_path / "table.csv", text, encoding))
    ada, joerg = (row.cells[4] for row in table.rows[1:])
    filled = table.filled({joerg: "63,5", ada: "78"})
    expected = text.replace('abgegeben",,"78,00"', 'abgegeben",78,"78,00"').replace("12,50", "63,5")
    assert filled == expected.encode(encoding)


def test_a_column_is_added_behind_the_last_one(tmp_path: Path) -> None:
    table = Table.read(written(tmp_path / "table.csv", "id,\r\nada,\r\n"))
    head, ada = table.rows
    texts = {head.added(1): "3", ada.added(1): "7", head.added(2): "4", ada.added(2): "8,5"}
    assert table.filled({**texts, ada.cells[1]: "x"}) == b'id,,3,4\r\nada,x,7,"8,5"\r\n'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04...", "a spreadsheet's own file: save it as CSV"),
        (b"\xd0\xcf\x11\xe0...", "a spreadsheet's own file"),
        (b"\xef\xbb\xbfid\n\xff\xfe", "is no text in utf-8: save it as CSV"),
        (b"id,name\nada\0,x\n", "is no text: save the table as CSV"),
        (b"\n\n", "is empty"),
    ],
)
def test_what_is_no_table_gets_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(TableError, match=said):
        Table.read(path)
    with pytest.raises(TableError, match="cannot be read: give the CSV file itself"):
        Table.read(tmp_path)


def test_an_encoding_that_is_named_is_used(tmp_path: Path) -> None:
    path = written(tmp_path / "table.csv", "id,name\nivan,Иванов\n", "cp1251")
    assert Table.read(path, "cp1251").rows[1].texts == ["ivan", "Иванов"]
    with pytest.raises(TableError, match="no text in klingon"):
        Table.read(path, "klingon")


def test_western_names_are_not_taken_for_chinese_ones() -> None:
    assert guessed(CANVAS.replace("王小明", "Žižek").encode("cp1252")) == "cp1252"
    for name in ("Müller", "Åse Bø", "François", "Çelik, Ömür", "Nuñez", "Søren Kjær"):
        assert guessed(f"id,name\nx,{name}\n".encode("cp1252")) == "cp1252", name
