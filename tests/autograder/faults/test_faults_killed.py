"""Killed at any step: no grade is lost, doubled or half-written, and the next run goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faulty
import pytest
from faulty import in_child
from graded_class import (
    FIRST,
    OTHER,
    SECOND,
    STUDENTS,
    Backup,
    files_in,
    grade_with,
    grades_by,
    grades_of,
    mark_by_hand,
    notebooks_of,
    records_of,
    seeds_of,
    state,
)
from processes import Orphanage
from sqlalchemy import event
from sqlalchemy.engine import Engine

STRIDE = 16
"""Of the lines of the program, each so many is one before which it is killed; 1 takes minutes."""


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """What a process has written outlives it: only a power failure asks for more."""

    def hurry(base: sqlite3.Connection, _: Any) -> None:
        base.execute("pragma synchronous = off")

    event.listen(Engine, "connect", hurry)
    yield
    event.remove(Engine, "connect", hurry)


def steps(folder: Path, **options: Any) -> list[str]:
    """Return the names of the steps of a run."""

    def work() -> list[str]:
        watch = faulty.Steps()
        watch.watch()
        grade_with(folder, workers=1, **options)
        return watch.names

    return list(in_child(work))


def killed_at(step: int, folder: Path, **options: Any) -> None:
    """Grade in a process that is killed at a step."""

    def work() -> None:
        faulty.Steps(step).watch()
        grade_with(folder, workers=1, **options)

    with Orphanage():
        assert faulty.status_of(faulty.fork(work)) == -9


def chosen(names: list[str]) -> list[int]:
    """Choose steps: what is done to the class's files, first and last, and some of the rest."""
    first = {name: number for number, name in reversed(list(enumerate(names)))}
    last = {name: number for number, name in enumerate(names)}
    steps = sorted({*first.values(), *last.values()})
    kept = (".part", ".ipynb", ".txt", ".jsonl", "lock", "commit")
    lasting = [step for step in steps if names[step].endswith(kept)]
    return sorted({*lasting, *steps[::STRIDE]})


def test_killed_at_any_step_a_first_grading_goes_on_as_if_undisturbed(
    quick: Path, undisturbed: dict[int, Any], scratch: Path
) -> None:
    backup = Backup(quick)
    names = steps(quick, fresh=FIRST)
    for step in chosen(names):
        where = f"killed at step {step}, {names[step]}"
        backup.restore()
        killed_at(step, quick, fresh=FIRST)
        begun, cut_off = seeds_of(quick), notebooks_of(quick)
        for student in STUDENTS:
            whole = grades_by(student, undisturbed[FIRST]["grades"])
            assert grades_by(student, grades_of(quick)) in (whole, []), where
        said = grade_with(quick, SECOND, workers=1)
        (seed,) = set(seeds_of(quick).values())
        assert seed == FIRST or not begun, where
        assert state(quick) == undisturbed[seed], where
        if 0 < len(begun) < 3:
            assert "The last run ended early, after " in said[0], where
        assert records_of(quick) == ["lock"], where
        assert files_in(scratch) == [] or cut_off == state(quick)["notebooks"], where


def test_killed_at_any_step_grading_again_loses_nothing_and_goes_on_with_the_rest(
    quick: Path, scratch: Path
) -> None:
    grade_with(quick, FIRST)
    mark_by_hand(quick)
    backup = Backup(quick)
    before = state(quick)
    names = steps(quick, fresh=SECOND, force=True)
    after = state(quick)
    manual = [[*row[:2], row[3]] for row in before["grades"]["g"]]
    for step in chosen(names):
        where = f"killed at step {step}, {names[step]}"
        backup.restore()
        killed_at(step, quick, fresh=SECOND, force=True)
        cut_off = notebooks_of(quick)
        cut_off = {name: cut_off[name] for name in cut_off if not name.endswith(".part")}
        assert cut_off.keys() == before["notebooks"].keys(), where
        for name, text in cut_off.items():
            assert text in (before["notebooks"][name], after["notebooks"][name]), where
        assert [[*row[:2], row[3]] for row in grades_of(quick)["g"]] == manual, where
        grade_with(quick, OTHER, workers=1)
        (seed,) = set(seeds_of(quick).values())
        assert state(quick) == {FIRST: before, SECOND: after}[seed], where
        assert seed == SECOND or cut_off == before["notebooks"], where
        assert records_of(quick) == ["lock"], where
        assert files_in(scratch) == [] or cut_off == state(quick)["notebooks"], where


def test_a_transaction_that_was_cut_off_is_rolled_back(
    quick: Path, undisturbed: dict[int, Any]
) -> None:
    """SQLite's own journal, left by a process that was killed while it wrote, is not in the way."""
    grade_with(quick, FIRST)

    def work() -> None:
        base = sqlite3.connect(quick / "gradebook.db")
        base.execute("pragma cache_size = 1")  # so that it writes before it commits
        base.execute("update grade set auto_score = 99")
        base.execute("create table more (text)")
        base.executemany("insert into more values (?)", [("x" * 4000,)] * 50)
        faulty.die()

    assert faulty.status_of(faulty.fork(work)) == -9
    assert (quick / "gradebook.db-journal").stat().st_size > 0
    grade_with(quick, OTHER)
    assert state(quick) == undisturbed[FIRST]
