"""Bad input gets one clear sentence, and what is good in it is kept."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import edited, unsolved

from autograder.grading.reading import Unreadable
from autograder.grading.submissions import Cell, read_submission, restore, student_code
from autograder.sandbox import pictures

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
MARK = {"grade_id": "relu-answer"}


@pytest.fixture
def source(few_solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return unsolved(few_solved)


def written(folder: Path, content: Any, name: str = "03.ipynb") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def notebook(*cells: Any, version: int = 4) -> dict[str, Any]:
    return {"nbformat": version, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


def code(source: Any, grade_id: Any = "", kind: Any = "code") -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "metadata": {"nbgrader": {"grade_id": grade_id}}}


OLD = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old"},
    "worksheets": [
        {
            "metadata": {},
            "cells": [
                {
                    "cell_type": "code",
                    "input": "x = 1",
                    "language": "python",
                    "metadata": {"nbgrader": MARK},
                    "outputs": [],
                }
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (json.dumps(notebook(code("x = 1"))).encode()[:-20], "only a part of one"),
        (b"<html>", "not a notebook, or only a part of one"),
        (b"[" * 200_000, "not a notebook, or only a part of one"),
        (b"9" * 10_000, "not a notebook, or only a part of one"),
        (b'{"nbformat": 4, "x": "\xff"}', "bytes that are not UTF-8"),
        ("text".encode("utf-16"), "bytes that are not UTF-8"),
        (b"\0\0\0\0", "not a notebook"),
        ([], "JSON, but not a notebook"),
        (3, "JSON, but not a notebook"),
        (None, "JSON, but not a notebook"),
        ({"cells": []}, "JSON, but not a notebook"),
        ({"nbformat": "4", "cells": []}, "JSON, but not a notebook"),
        ({"nbformat": 4}, "JSON, but not a notebook"),
        ({"nbformat": 4, "cells": {}}, "JSON, but not a notebook"),
        ({"nbformat": 4, "cells": [1]}, "JSON, but not a notebook"),
        ({"nbformat": 5, "cells": []}, "newer notebook format"),
        ({"nbformat": 3, "worksheets": 7}, "older notebook format"),
        ({"nbformat": 1}, "older notebook format"),
        ({"nbformat": -1}, "older notebook format"),
        ({"nbformat": True}, "older notebook format"),
        (notebook(*[code("")] * 1001), "more than 1000 cells"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_what_is_not_a_notebook(tmp_path: Path, content: Any, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence) as caught:
        read_submission(written(tmp_path, content))
    assert "03.ipynb" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_what_is_not_a_file(tmp_path: Path) -> None:
    real = written(tmp_path, notebook(), "real.ipynb")
    (tmp_path / "link.ipynb").symlink_to(real)
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name, sentence in {
        "missing.ipynb": "No file missing.ipynb was submitted",
        "link.ipynb": "is a link",
        "folder.ipynb": "is not a file",
        "pipe.ipynb": "is not a file",
        "x" * 300: "cannot be read",
    }.items():
        with pytest.raises(Unreadable, match=sentence):
            read_submission(tmp_path / name)


def test_a_file_of_200_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "03.ipynb"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with pytest.raises(Unreadable, match=r"has more than the 32 MiB .* clear its outputs"):
        read_submission(path)


def test_an_older_notebook_is_converted(tmp_path: Path) -> None:
    assert read_submission(written(tmp_path, OLD)) == [Cell("code", "x = 1", "relu-answer")]


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        (code(["a\n", "b"]), Cell("code", "a\nb", "")),
        (code(["a\n", 3, None]), Cell("code", "a\n", "")),
        (code(None), Cell("code", "", "")),
        (code({"a": 1}), Cell("code", "", "")),
        (code("x", kind="heading"), Cell("raw", "x", "")),
        (code("x", kind=["code"]), Cell("raw", "x", "")),
        (code("x", grade_id=["relu"]), Cell("code", "x", "")),
        (code("x", grade_id="relu"), Cell("code", "x", "relu")),
        ({}, Cell("raw", "", "")),
        ({"cell_type": "code", "source": "x", "metadata": []}, Cell("code", "x", "")),
        ({"cell_type": "code", "source": "x", "metadata": {"nbgrader": 1}}, Cell("code", "x", "")),
        (code("'\ud800'"), Cell("code", "'?'", "")),
        (code("x", "relu") | {"attachments": 3}, Cell("code", "x", "relu")),
        (code("x") | {"attachments": {"a": {"image/png": "no"}}}, Cell("code", "x", "")),
        (code("x") | {"attachments": {"a": {"image/svg+xml": PNG}}}, Cell("code", "x", "")),
        (code("x") | {"attachments": {"a": {"image/jpeg": PNG}}}, Cell("code", "x", "")),
        (code("x") | {"attachments": {"a": {"image/png": "é"}}}, Cell("code", "x", "")),
        (
            code("x") | {"attachments": {"a\ud800": {"image/png": PNG, "text/html": "<b>"}}},
            Cell("code", "x", "", {"a?": {"image/png": PNG}}),
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_cells_are_taken_as_plain_text(tmp_path: Path, raw: Any, cell: Cell) -> None:
    assert read_submission(written(tmp_path, notebook(raw))) == [cell]


def test_a_cell_that_is_too_long_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, notebook(code("x" * (1 << 21)), code("y = 1")))
    first, second = read_submission(path)
    assert first.source == "# This cell was longer than 1 MiB and is left out.\n"
    assert second.source == "y = 1"


def test_pictures_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {str(number): {"image/png": PNG} for number in range(30)}
    (cell,) = read_submission(written(tmp_path, notebook(code("x") | {"attachments": many})))
    assert len(cell.attachments) == 20
    monkeypatch.setattr(pictures, "LARGEST", len(PNG) - 1)
    (cell,) = read_submission(written(tmp_path, notebook(code("x") | {"attachments": many})))
    assert cell.attachments == {}


def cells_of(notebook: nbformat.NotebookNode) -> list[Cell]:
    return [
        Cell(c.cell_type, c.source, c.metadata.get("nbgrader", {}).get("grade_id", ""))
        for c in notebook.cells
    ]


def graded(notebook: nbformat.NotebookNode) -> list[str]:
    return [c.id for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]


ORDER = ["nodes", "why_order", "relu", "relative_error"]


def test_an_honest_notebook_comes_back_as_it_is(source: Any, few_solved: Any) -> None:
    restored = restore(cells_of(few_solved), source)
    assert [c.source for c in restored.cells] == [c.source for c in few_solved.cells]
    nbformat.validate(restored)
    assert graded(restored) == ORDER


def test_nothing_submitted_gives_the_graded_cells(source: Any) -> None:
    restored = restore([], source)
    assert graded(restored) == ORDER
    nbformat.validate(restored)


def test_deleted_check_cells_come_back_behind_their_answers(source: Any, few_solved: Any) -> None:
    answers = [cell for cell in cells_of(few_solved) if cell.grade_id.endswith("-answer")]
    restored = restore([*answers, Cell("code", "extra = 1", "")], source)
    assert graded(restored) == ORDER
    ids = [cell.id for cell in restored.cells]
    for task in ("nodes", "relu", "relative_error"):
        assert ids[ids.index(f"{task}-answer") + 1] == task
    assert ids[-1].startswith("cell-")


def test_duplicated_check_cells_count_once(source: Any, few_solved: Any) -> None:
    cells = cells_of(few_solved)
    restored = restore([cell for cell in cells for _ in range(3)], source)
    assert graded(restored) == ORDER
    nbformat.validate(restored)
    runs = [text for _, text in student_code(restored)]
    assert runs.count(next(c.source for c in cells if c.grade_id == "relu-answer")) == 3
    assert not any("check(" in text for text in runs)


def test_the_students_order_stays(source: Any, few_solved: Any) -> None:
    restored = restore(cells_of(few_solved)[::-1], source)
    assert graded(restored) == ORDER[::-1]


def test_checks_and_points_are_the_instructors(source: Any, few_solved: Any) -> None:
    changed = [
        Cell(c.kind, "check = lambda *_: None", c.grade_id) if c.grade_id == "relu" else c
        for c in cells_of(few_solved)
    ]
    restored = restore(changed, source)
    cells = {cell.id: cell for cell in restored.cells}
    assert cells["relu"].source == 'check("relu")'
    assert (
        cells["relu"].metadata == source.cells[[c.id for c in source.cells].index("relu")].metadata
    )


def test_an_answer_of_another_kind_is_a_cell_like_any_other(source: Any) -> None:
    restored = restore(
        [
            Cell("markdown", "my answer", "relu-answer"),
            Cell("markdown", "", "relu"),
            Cell("raw", "text", "why_order"),
        ],
        source,
    )
    assert restored.cells[-1].id != "relu-answer"
    assert graded(restored) == ORDER
    kinds = {cell.id: cell.cell_type for cell in restored.cells}
    assert kinds["why_order"] == "markdown"
    nbformat.validate(restored)


def test_attached_pictures_stay_in_text_answers(source: Any) -> None:
    picture = {"a.png": {"image/png": PNG}}
    restored = restore(
        [Cell("markdown", "![](attachment:a.png)", name, picture) for name in ("why_order", "")],
        source,
    )
    with_pictures = [cell for cell in restored.cells if cell.get("attachments") == picture]
    assert len(with_pictures) == 2
    nbformat.validate(restored)


def test_unknown_cells_and_ids_are_the_students_own(source: Any) -> None:
    restored = restore([Cell("code", "x = 1", "linear-regression"), Cell("raw", "r", "")], source)
    assert any(
        cell.source == "x = 1" and "nbgrader" not in cell.metadata for cell in restored.cells
    )
    nbformat.validate(restored)


@pytest.mark.parametrize(
    "text", ["x = '\0'", "(" * 5000, "-" * 100_000 + "1", "a," * 500_000, "class (", "\f\x1b[2J"]
)
def test_code_that_cannot_be_parsed_is_only_text_here(source: Any, text: str) -> None:
    restored = restore([Cell("code", text, "relu-answer"), Cell("code", text, "")], source)
    assert [s for _, s in student_code(restored)].count(text) == 2


def test_the_students_own_checks_do_not_run(source: Any) -> None:
    texts = ['check("relu")', "check('relu')  # once more", "check()", 'check("relu"); x = 1']
    restored = restore([Cell("code", text, "") for text in texts], source)
    assert [s for _, s in student_code(restored)][:2] == ["check()", 'check("relu"); x = 1']


def test_what_comes_back_has_no_outputs_and_no_counts(source: Any, few_solved: Any) -> None:
    restored = restore(cells_of(few_solved), edited(source))
    for cell in restored.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
