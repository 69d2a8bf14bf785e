"""Bad input gets one clear sentence, and what is good in it is kept."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import tracemalloc
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks import edited, unsolved

from autograder.authoring import files
from autograder.grading.reading import Unreadable
from autograder.grading.submissions import (
    Cell,
    is_missing,
    is_of_the_assignment,
    read_submission,
    restore,
    student_code,
)
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


def with_outputs(cell: dict[str, Any], outputs: str) -> bytes:
    """Return a notebook of one cell with these outputs, as JSON."""
    text = json.dumps(notebook(cell | {"outputs": "@"}, code("y = 2")), indent=1)
    return text.replace('"@"', outputs).encode()


@pytest.mark.parametrize(
    "outputs",
    [
        "[]",
        '[{"text": ["' + "x" * (40 << 20) + '"]}]',
        '[{"text": "]}\\\\"}, {"data": {"image/png": "' + "A" * 99_999 + '"}}, "\\"]"]',
        "[" + "[]," * (10 << 20) + "[]]",
        "[" + "[" * 100_000 + "]" * 100_000 + "]",
        "[NaN, {'no JSON': at all}, 1e999]",
        '[{"outputs": [{"outputs": []}]}]',
        '["\\ud800 é 字 😀"]',
    ],
    ids=lambda value: str(value)[:25],
)
@pytest.mark.parametrize("block", [100, 1 << 20])
def test_outputs_are_not_read(
    tmp_path: Path, outputs: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if len(outputs) > 1 << 20 and block == 100:
        outputs = outputs[:3000] + outputs[-3000:]
    monkeypatch.setattr(files, "BLOCK", block)
    path = written(tmp_path, with_outputs(code("x = 1", "relu-answer"), outputs))
    assert [cell.source for cell in read_submission(path)] == ["x = 1", "y = 2"]


def test_whatever_stands_in_a_notebook_only_its_outputs_are_cut_out() -> None:
    draw = random.Random(5)
    bits = ["a", '"', "\\", "[", "]", "{", "}", "outputs", '"outputs": [', "é", "\n"]

    def value(depth: int = 0) -> Any:
        kind = draw.random()
        if depth > 4 or kind < 0.3:
            return "".join(draw.choices(bits, k=draw.randrange(6)))
        if kind < 0.6:
            return [value(depth + 1) for _ in range(draw.randrange(4))]
        keys = ["outputs", "x", 'out"puts', "\\outputs"]
        return {draw.choice(keys): value(depth + 1) for _ in range(draw.randrange(4))}

    def cut(found: Any) -> Any:
        if isinstance(found, list):
            return [cut(one) for one in found]
        if not isinstance(found, dict):
            return found
        lists = {key: key == "outputs" and isinstance(one, list) for key, one in found.items()}
        return {key: [] if lists[key] else cut(one) for key, one in found.items()}

    for number in range(1000):
        content = [value() for _ in range(4)]
        text = json.dumps(content, ensure_ascii=number % 2 == 0, indent=number % 3 or None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "BLOCK", 70 + number % 60)
            assert json.loads(files.read_cells(io.BytesIO(text.encode()))) == cut(content)


def test_what_is_kept_has_a_limit_and_what_is_not_has_another(tmp_path: Path) -> None:
    path = tmp_path / "03.ipynb"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with pytest.raises(Unreadable, match=r"has more than 32 MiB besides its outputs, .* pictures"):
        read_submission(path)


def test_a_file_beyond_all_measure_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 3 << 20)
    path = written(tmp_path, with_outputs(code("x = 1"), f'["{"x" * (4 << 20)}"]'))
    with pytest.raises(Unreadable, match=r"has more than the 3 MiB that are read: clear its out"):
        read_submission(path)


@pytest.mark.parametrize("part", ["[],", '{"a":1},'])
@pytest.mark.parametrize("version", [3, 4])
def test_a_notebook_of_many_parts_does_not_fill_the_grader(
    tmp_path: Path, part: str, version: int
) -> None:
    """What stands outside of outputs is parsed, with a limit on what that may take."""
    start = f'{{"nbformat": {version}, "worksheets": [], "cells": [], "metadata": ['
    content = (start + part * ((20 << 20) // len(part)) + "1]}").encode()
    with pytest.raises(Unreadable, match=r"more parts than a notebook has"):
        read_submission(written(tmp_path, content))


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


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,", b'"",', b'"\\"",'])
@pytest.mark.parametrize("is_whole", [True, False])
def test_parts_are_counted_whatever_memory_is_free(
    part: bytes, is_whole: bool, tmp_path: Path
) -> None:
    end = b"0]}" if is_whole else b""
    path = written(tmp_path, b'{"nbformat": 4, "cells": [' + part * (3 << 19) + end)
    free = bytearray(400 << 20)  # what this process had before and gives back
    del free
    with pytest.raises(Unreadable, match="more parts than"):
        read_submission(path)


@pytest.mark.parametrize("part", [b'"",', b"[],", b'{"a":1},', b'"\\\\",'])
def test_counting_parts_takes_little_memory(part: bytes, tmp_path: Path) -> None:
    content = b'{"nbformat": 4, "cells": [{"source": [' + part * (3 << 19) + b"0]}]}"
    path = written(tmp_path, content)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="more parts than"):
            read_submission(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(content) + 64 * (1 << 20)


@pytest.mark.parametrize("sign", [",", "[", "{", '"', "\\"])
def test_signs_within_a_text_are_no_parts(sign: str, tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": sign * (3 << 18)}] * 2
    path = written(tmp_path, {"nbformat": 4, "metadata": {}, "cells": cells})
    assert [len(cell.source) for cell in read_submission(path)] == [3 << 18] * 2


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


def test_questions_without_a_cell_are_marked(source: Any, few_solved: Any) -> None:
    cells = cells_of(few_solved)
    assert not any(is_missing(cell) for cell in restore(cells, source).cells)
    assert not any(is_missing(cell) for cell in restore([], source).cells)
    there = [cell for cell in cells if cell.grade_id not in ("why_order", "relu")]
    for answer in ([], [Cell("code", "an answer", "why_order")], [Cell("markdown", "one", "")]):
        restored = restore([*there, *answer], source)
        assert [cell.id for cell in restored.cells if is_missing(cell)] == ["why_order"]


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


def test_the_assignments_own_words_are_marked(source: Any, few_solved: Any) -> None:
    """Whatever else stands in a text cell is the student's."""
    given = next(cell.source for cell in source.cells if cell.id == "why_order")
    cells = [
        Cell("markdown", given, "why_order"),
        Cell("markdown", f"{given} And more.", ""),
        Cell("markdown", given, ""),
        Cell("code", given, ""),
    ]
    restored = restore(cells, source)
    marked = {cell.source for cell in restored.cells if is_of_the_assignment(cell)}
    assert marked == {given}
    assert [cell.cell_type for cell in restored.cells if is_of_the_assignment(cell)] == [
        "markdown",
        "markdown",
    ]


def test_a_cell_cannot_say_that_it_is_the_assignments(tmp_path: Path, source: Any) -> None:
    claim = {"cell_type": "markdown", "source": "All passed.", "metadata": {"handgrad": {}}}
    claim["metadata"] = {"handgrad": {"of": "assignment"}, "nbgrader": {"grade_id": "why_order"}}
    restored = restore(read_submission(written(tmp_path, notebook(claim, claim))), source)
    assert [cell.source for cell in restored.cells].count("All passed.") == 2
    assert not any(map(is_of_the_assignment, restored.cells))
