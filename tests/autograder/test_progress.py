"""What a reader has done so far is kept in the workbook, and shown on its first page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.building.start import outline, start_notebook
from autograder.judging.verdicts import CheckReport, TaskReport
from autograder.notebook.progress import (
    ALL,
    NO_TASKS,
    NONE,
    OUTLINE,
    RECORD,
    SOME,
    as_path,
    keep_scores,
    progress,
    scores_of,
)

CHAPTER = "07_rest"


def page(number: str, *tasks: str, beyond: bool = False) -> dict[str, Any]:
    return {
        "number": number,
        "title": f"Page {number}",
        "path": f"course/{CHAPTER}/{number}_rest.ipynb",
        "minutes": 40,
        "beyond": beyond,
        "builds_on": "–",
        "tasks": [
            {"name": name, "label": f"task {name}", "points": 4 * (name != "words"), "path": "x"}
            for name in tasks
        ],
    }


@pytest.fixture
def workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pages = [page("7.1", "nap", "doze"), page("7.2", beyond=True), page("7.3", "sleep", "words")]
    chapter = {"name": CHAPTER, "number": 7, "title": "Rest", "assignment": "y", "pages": pages}
    (tmp_path / OUTLINE).parent.mkdir()
    (tmp_path / OUTLINE).write_text(json.dumps([chapter]))
    (tmp_path / RECORD).write_text("{}")
    (tmp_path / "assignments" / CHAPTER).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "assignments" / CHAPTER)
    return tmp_path


def report(name: str, points: float, most: float = 4) -> TaskReport:
    results = [
        CheckReport("a", "A", points, True, True),
        CheckReport("b", "B", most - points, False, True),
    ]
    return TaskReport(name, name, most, tuple(results))


def marks(folder: Path) -> list[str]:
    return [
        line[2] for line in as_path(folder).splitlines() if "rest.ipynb" in line and "|" in line
    ]


def test_the_last_check_of_each_task_counts(workbook: Path) -> None:
    assert marks(workbook) == [NONE, NO_TASKS, NONE]
    keep_scores(CHAPTER, [report("nap", 4), report("doze", 0)])
    assert marks(workbook) == [SOME, NO_TASKS, NONE]
    assert "4 of 12 points" in as_path(workbook)
    assert "task doze](x) 0/4" in as_path(workbook)
    assert "**Go on with** [page 7.1, Page 7.1]" in as_path(workbook)
    keep_scores(CHAPTER, [report("doze", 4)])
    assert marks(workbook) == [ALL, NO_TASKS, NONE]
    assert "**Go on with** [page 7.3, Page 7.3]" in as_path(workbook)
    assert "about 1 h 20 min to read" in as_path(workbook), "what is beyond the core is left out"
    keep_scores(CHAPTER, [report("nap", 1)])
    assert marks(workbook) == [SOME, NO_TASKS, NONE]
    keep_scores(CHAPTER, [report(name, 4) for name in ("nap", "doze", "sleep")])
    assert marks(workbook) == [ALL, NO_TASKS, ALL]
    assert "Go on with" not in as_path(workbook)
    assert "▰" * 10 in as_path(workbook)


def test_points_that_were_changed_since_keep_their_share(workbook: Path) -> None:
    keep_scores(CHAPTER, [report("nap", 5, 10)])
    assert "task nap](x) 2/4" in as_path(workbook)


@pytest.mark.parametrize(
    "odd", ["", "{", "[]", "3", '{"nap": 4}', '{"nap": [9, 4]}', '{"nap": ["a", "b"]}', "{}\0"]
)
def test_what_is_odd_counts_for_nothing(workbook: Path, odd: str) -> None:
    file = workbook / ".handgrad" / "progress" / f"{CHAPTER}.json"
    file.parent.mkdir()
    file.write_text(odd)
    assert marks(workbook) == [NONE, NO_TASKS, NONE]
    keep_scores(CHAPTER, [report("nap", 4)])
    assert scores_of(workbook, CHAPTER)["nap"] == [4, 4]


@pytest.mark.parametrize("odd", ["", "[1]", '[{"name": "x"}]', "{}\0"])
def test_a_damaged_outline_is_said_to_be(workbook: Path, odd: str) -> None:
    (workbook / OUTLINE).write_text(odd)
    assert "call 'handgrad lab' again" in as_path(workbook)


def test_outside_of_a_workbook_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    keep_scores(CHAPTER, [report("nap", 4)])
    progress()
    assert list(tmp_path.iterdir()) == []
    assert "no workbook" in capsys.readouterr().out


def test_where_nothing_can_be_kept_a_check_goes_on(workbook: Path) -> None:
    (workbook / ".handgrad" / "progress").write_text("no folder")
    keep_scores(CHAPTER, [report("nap", 4)])
    assert marks(workbook) == [NONE, NO_TASKS, NONE]


def test_the_course_s_own_outline_can_be_shown(tmp_path: Path) -> None:
    chapters = outline()
    (tmp_path / OUTLINE).parent.mkdir()
    (tmp_path / OUTLINE).write_text(json.dumps(chapters))
    path = as_path(tmp_path)
    for chapter in chapters:
        for one in chapter["pages"]:
            assert f"]({one['path']})" in path
    (shown,) = start_notebook(path).cells[1].outputs
    assert shown.data["text/markdown"] == path
