"""Clocks that are set: limits, grades and what is graded again do not depend on them."""

from __future__ import annotations

import itertools
import os
import time
from pathlib import Path

import pytest
from graded_class import (
    FIRST,
    STUDENTS,
    Canned,
    files_in,
    grade,
    grade_with,
    grades_of,
    notebooks_of,
)
from notebooks import NAME


def test_a_clock_that_jumps_changes_nothing(
    course: Path, canned: Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits are measured by a clock that nobody sets; files' times are not looked at."""
    now = time.time()
    jumps = itertools.cycle([now, now - 9e7, now + 9e7, 0.0])
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    grade_with(course, FIRST)
    found = notebooks_of(course)
    expected = {student: canned.reports[student, FIRST].points for student in STUDENTS}
    assert {
        student: sum(score or 0 for who, _, score, *_ in grades_of(course)["g"] if who == student)
        for student in STUDENTS
    } == expected
    for path in files_in(course / "submitted"):
        os.utime(path, (now + 9e7, now + 9e7))
    assert grade(course).skipped == 3
    (course / "submitted" / "bob" / NAME / "timestamp.txt").write_text("2026-03-01 10:00:01 UTC")
    for path in files_in(course / "submitted"):
        os.utime(path, (0, 0))
    outcome = grade(course, seed=FIRST)
    assert (outcome.graded, outcome.skipped) == (0, 3), "the same work was graded again"
    assert "10:00:01" in (course / "autograded" / "bob" / NAME / "timestamp.txt").read_text()
    notebook = f"bob/{NAME}/{NAME}.ipynb"
    assert notebooks_of(course)[notebook] == found[notebook]
