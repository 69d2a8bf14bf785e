"""What the next run goes on with after one that was cut off, and what it says."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path
from typing import Any

import faulty
from graded_class import FIRST, OTHER, SECOND, grade_with, records_of, seeds_of, state
from processes import Orphanage


def cut_off_after(count: int, folder: Path, **options: Any) -> None:
    """Grade in a process that is killed when it has graded some."""
    done: list[str] = []

    def stop(student: str) -> None:
        done.append(student)
        if len(done) == count:
            faulty.die()

    work = functools.partial(grade_with, folder, on_graded=stop, **options)
    with Orphanage():
        assert faulty.status_of(faulty.fork(work)) == -9


def test_the_next_run_says_what_it_resumes(quick: Path, undisturbed: dict[int, Any]) -> None:
    cut_off_after(1, quick, fresh=FIRST)
    [said] = grade_with(quick, OTHER)
    assert said == (
        "The last run ended early, after 1 of 3 submissions: going on with the other 2, "
        "with the same inputs."
    )
    assert state(quick) == undisturbed[FIRST]
    assert grade_with(quick, OTHER) == []


def test_a_forced_run_goes_on_with_the_rest_of_its_list(
    quick: Path, undisturbed: dict[int, Any]
) -> None:
    grade_with(quick, FIRST)
    cut_off_after(2, quick, fresh=SECOND, force=True)
    assert set(seeds_of(quick).values()) == {FIRST, SECOND}
    [said] = grade_with(quick, OTHER)
    assert "after 2 of 3 submissions: going on with the other 1, with the same inputs" in said
    assert state(quick) == undisturbed[SECOND]


def test_going_on_with_one_student_leaves_the_others_for_later(quick: Path) -> None:
    grade_with(quick, FIRST)
    cut_off_after(1, quick, fresh=SECOND, force=True)
    [said] = grade_with(quick, OTHER, students=["eve"])
    assert "going on with 1 of the other 2, with the same inputs" in said
    assert seeds_of(quick) == {"ada": SECOND, "bob": FIRST, "eve": SECOND}
    grade_with(quick, OTHER, students=["ada"], force=True)
    assert seeds_of(quick) == {"ada": OTHER, "bob": FIRST, "eve": SECOND}
    [said] = grade_with(quick, OTHER)
    assert "going on with the other 1, with the same inputs" in said
    assert seeds_of(quick) == {"ada": OTHER, "bob": SECOND, "eve": SECOND}


def test_going_on_with_another_seed_is_said(quick: Path) -> None:
    cut_off_after(1, quick, fresh=FIRST)
    [said] = grade_with(quick, OTHER, seed=SECOND)
    assert "going on with the other 2, with seed 6." in said
    assert seeds_of(quick) == {"ada": FIRST, "bob": SECOND, "eve": SECOND}


def test_forcing_again_begins_anew(quick: Path) -> None:
    cut_off_after(1, quick, fresh=FIRST)
    assert grade_with(quick, SECOND, force=True) == []
    assert set(seeds_of(quick).values()) == {SECOND}
    assert records_of(quick) == ["lock"]


def test_what_is_handed_in_or_taken_back_between_the_runs_is_seen(
    quick: Path, undisturbed: dict[int, Any]
) -> None:
    aside = quick.parent / "aside"
    (quick / "submitted" / "ada").rename(aside)
    cut_off_after(1, quick, fresh=FIRST)  # bob
    aside.rename(quick / "submitted" / "ada")
    [said] = grade_with(quick, OTHER)
    assert "after 1 of 2 submissions: going on with the other 1" in said
    assert state(quick) == undisturbed[FIRST]
    cut_off_after(1, quick, fresh=SECOND, force=True)  # ada
    shutil.rmtree(quick / "submitted" / "eve")
    [said] = grade_with(quick, OTHER)
    assert "after 1 of 3 submissions: going on with the other 1" in said
    assert records_of(quick) == ["lock"]


def test_a_gradebook_that_was_restored_from_a_copy_is_brought_up_to_date(
    quick: Path, undisturbed: dict[int, Any]
) -> None:
    """What has an autograded notebook but no grade is graded again."""
    shutil.copy(quick / "gradebook.db", quick / "copy.db")
    grade_with(quick, FIRST)
    (quick / "copy.db").rename(quick / "gradebook.db")
    grade_with(quick, SECOND)
    assert state(quick) == undisturbed[SECOND]
