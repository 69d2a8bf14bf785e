"""A locked, spoilt or missing gradebook: nothing is written into it, and grading goes on later."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import faulty
import pytest
from faulty import in_child
from graded_class import FIRST, OTHER, SECOND, grade_with, notebooks_of, seeds_of, state
from notebooks import NAME

from autograder.classes import classroom
from autograder.classes.class_directory import ClassDirectory
from autograder.classes.gradebook import GradebookError


def impatient(folder: Path) -> Path:
    """Let the gradebook's database wait for a lock only briefly; return its file."""
    config = folder / "nbgrader_config.py"
    url = f"sqlite:///{folder / 'gradebook.db'}?timeout=0.05"
    config.write_text(config.read_text() + f"c.CourseDirectory.db_url = {url!r}\n")
    return folder / "gradebook.db"


def test_a_locked_gradebook_is_said_and_grading_goes_on_when_it_is_free(
    quick: Path, undisturbed: dict[int, Any]
) -> None:
    file = impatient(quick)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(GradebookError, match=r"is locked\): close other programs"):
            grade_with(quick, OTHER)
        other.execute("rollback")
        with pytest.raises(GradebookError, match=r"is locked\): close other programs"):
            grade_with(quick, FIRST, on_graded=lambda _: other.execute("begin exclusive"))
        other.execute("rollback")
    assert set(seeds_of(quick)) == {"ada"}
    [said] = grade_with(quick, OTHER)
    assert "after 1 of 3 submissions" in said
    assert state(quick) == undisturbed[FIRST]


def foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as base:
        base.execute("create table music (song)")
        base.commit()


SPOILT: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no database": (lambda f: f.write_bytes(os.urandom(5000)), "damaged; restore it from a copy"),
    "cut off": (lambda f: os.truncate(f, 20_000), "damaged; restore it from a copy"),
    "overwritten": (
        lambda f: f.write_bytes(f.read_bytes()[:4096] + b"\xff" * 200_000),
        "damaged; restore it from a copy",
    ),
    "of something else": (foreign, "another program: put the gradebook back"),
    "a folder": (lambda f: (f.unlink(), f.mkdir()), "see that its folder exists"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_gradebook_is_said_and_not_touched(quick: Path, how: str) -> None:
    grade_with(quick, FIRST)
    before = state(quick)
    good = shutil.copy(quick / "gradebook.db", quick / "copy.db")
    spoil, cure = SPOILT[how]
    file = quick / "gradebook.db"
    spoil(file)
    spoilt = file.read_bytes() if file.is_file() else b""
    with pytest.raises(GradebookError) as raised:
        grade_with(quick, SECOND, force=True)
    assert cure in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (file.read_bytes() if file.is_file() else b"") == spoilt
    assert notebooks_of(quick) == before["notebooks"]
    shutil.rmtree(file) if file.is_dir() else file.unlink()
    shutil.move(good, file)
    assert grade_with(quick, SECOND) == []
    assert state(quick) == before


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_gradebook_that_is_gone_is_made_anew_after_a_release(
    quick: Path, undisturbed: dict[int, Any], how: str
) -> None:
    grade_with(quick, FIRST)
    (quick / "gradebook.db").unlink()
    if how == "empty":
        (quick / "gradebook.db").touch()
    with pytest.raises(GradebookError, match="release it first, with 'handgrad release"):
        grade_with(quick, SECOND)
    classroom.release_assignment(ClassDirectory(quick), NAME)
    grade_with(quick, SECOND)
    assert state(quick) == undisturbed[SECOND]


def test_a_gradebook_that_may_not_be_written_is_said(
    quick: Path, disk: Path, undisturbed: dict[int, Any]
) -> None:
    def work() -> str:
        faulty.own_mounts()
        file = quick / "gradebook.db"
        faulty.mount(str(file), file, flags=faulty.MS_BIND)
        read_only = faulty.MS_BIND | faulty.MS_REMOUNT | faulty.MS_RDONLY
        faulty.mount("none", file, flags=read_only)
        with pytest.raises(GradebookError) as raised:
            grade_with(quick, FIRST)
        return str(raised.value)

    said = in_child(work)
    assert "readonly database): see that you may write it and its folder" in said
    grade_with(quick, OTHER)
    assert state(quick) == undisturbed[FIRST]
