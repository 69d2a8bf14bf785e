"""Whatever ends grading: no grade is lost, doubled or half-written, and the next run goes on."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import os
import select
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import faulty
import pytest
from faulty import grades_of, in_child, notebooks_of, records_of, seeds_of
from nbgrader.api import Gradebook
from notebooks import NAME, edited, unsolved

from autograder import batch, classroom, cli, runs
from autograder.class_directory import ClassDirectory, ClassError
from autograder.classroom import grade_assignment
from autograder.examiner import Examiner
from autograder.gradebook import GradebookError
from autograder.grading import grade_submission
from autograder.lending import Lender
from autograder.locking import sole_writer
from autograder.sandbox import Isolation
from autograder.terminal import progress

STUDENTS = ("ada", "bob", "eve")
WRONG = "def relative_error(a, b): return a - b"
FIRST, SECOND, OTHER = 5, 6, 7
"""Seeds: of the first grading, of the second, and of one that must not happen."""
STRIDE = 16
"""Of the lines of the program, each so many is one before which it is killed; 1 takes minutes."""

pytestmark = pytest.mark.usefixtures("isolation")


# The class ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(few_solved: Any) -> dict[str, Any]:
    """What the three hand in."""
    return {
        "ada": few_solved,
        "bob": edited(few_solved, relative_error=WRONG),
        "eve": unsolved(few_solved),
    }


@pytest.fixture(scope="module")
def canned(
    tmp_path_factory: pytest.TempPathFactory, few_source: Path, zygote: Any, answers: Any
) -> faulty.Canned:
    """The reports on the three at each seed, made once in the sandbox."""
    folder = tmp_path_factory.mktemp("handed-in")
    reports = {}
    for seed in (FIRST, SECOND, OTHER):
        examiner = Examiner(few_source, seed)
        # With the second seed everybody is given another's marks, so that grading changes them.
        given = STUDENTS[1:] + STUDENTS[:1] if seed == SECOND else STUDENTS
        for student, other in zip(STUDENTS, given, strict=True):
            (folder / student).write_text(json.dumps(answers[other]))
            report = grade_submission(examiner, zygote, student, folder / student)
            reports[student, seed] = report
    return faulty.Canned(reports)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def course(
    class_folder: Path,
    submit: Callable[..., Path],
    answers: dict[str, Any],
    isolation: Any,
    monkeypatch: pytest.MonkeyPatch,
    scratch: Path,
) -> Path:
    """A class in which three have handed in. Warm parents start without matplotlib."""
    for student, notebook in answers.items():
        submit(student, notebook, "2026-03-01 10:00:00.000000" if student == "bob" else None)
    quick = functools.partial(batch.Zygote, preload=("numpy.random", "IPython"))
    monkeypatch.setattr(batch, "Zygote", quick)
    monkeypatch.setattr(classroom, "probe", lambda: isolation)
    return class_folder


@pytest.fixture
def quick(course: Path, canned: faulty.Canned, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The class, where grading takes no time."""
    monkeypatch.setattr(batch, "grade_submission", canned)
    monkeypatch.setattr(batch, "Zygote", faulty.NoZygote)
    monkeypatch.setattr(batch, "Examiner", functools.cache(Examiner))
    return course


def grade(folder: Path, **options: Any) -> Any:
    return grade_assignment(ClassDirectory(folder), NAME, **{"workers": 2, **options})


def grade_with(folder: Path, fresh: int, **options: Any) -> list[str]:
    """Grade where a fresh seed would be `fresh`; return what was said."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "fresh_seed", lambda: fresh)
        outcome = grade(folder, say=said.append, **options)
    assert outcome.failures == []
    return said


def state(folder: Path) -> dict[str, Any]:
    return {"grades": grades_of(folder), "notebooks": notebooks_of(folder)}


def grades_by(student: str, grades: dict[str, Any]) -> list[Any]:
    return [row for row in grades["g"] if row[0] == student]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def mark_by_hand(folder: Path) -> None:
    """Give grades and a comment as an instructor does in formgrader."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "course") as book:
        for student in STUDENTS:
            book.find_grade("why_order", NAME, NAME, student).manual_score = 1.5
            book.find_comment("why_order", NAME, NAME, student).manual_comment = f"So, {student}."
        book.find_grade("relu", NAME, NAME, "ada").extra_credit = 1
        book.db.commit()


class Backup:
    """What grading changes in a class, to be put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copy = folder.parent / "backup"
        shutil.copytree(folder, self.copy)

    def restore(self) -> None:
        for name in ("autograded", ".handgrad"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            if (self.copy / name).exists():
                shutil.copytree(self.copy / name, self.folder / name)
        for left in self.folder.glob("gradebook.db-*"):
            left.unlink()
        shutil.copy(self.copy / "gradebook.db", self.folder / "gradebook.db")


@pytest.fixture
def undisturbed(quick: Path) -> dict[int, Any]:
    """The class's state after an undisturbed run at each seed, from where the class is now."""
    backup = Backup(quick)
    states = {}
    for seed in (FIRST, SECOND):
        grade_with(quick, seed, force=True)
        states[seed] = state(quick)
        backup.restore()
    shutil.rmtree(backup.copy)
    return states


# Killed -------------------------------------------------------------------------------------------


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

    with faulty.Orphanage():
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


# Going on -----------------------------------------------------------------------------------------


def cut_off_after(count: int, folder: Path, **options: Any) -> None:
    """Grade in a process that is killed when it has graded some."""
    done: list[str] = []

    def stop(student: str) -> None:
        done.append(student)
        if len(done) == count:
            faulty.die()

    work = functools.partial(grade_with, folder, on_graded=stop, **options)
    with faulty.Orphanage():
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


# Two at once --------------------------------------------------------------------------------------


class Gate:
    """A pipe that one process waits at until another opens it."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()

    def wait(self) -> None:
        assert select.select([self.read], [], [], 60)[0], "nobody opens the gate"
        os.read(self.read, 1)

    def open(self) -> None:
        os.write(self.write, b"!")


def test_a_second_grader_waits_and_says_so(quick: Path, undisturbed: dict[int, Any]) -> None:
    begun, waits, free = Gate(), Gate(), Gate()

    def slowly(student: str) -> None:
        if student == "ada":
            begun.open()
            free.wait()

    def second() -> None:
        def say(sentence: str) -> None:
            assert sentence.startswith("Another program is grading in ")
            assert sentence.endswith(": waiting until it has ended.")
            waits.open()

        outcome = grade(quick, say=say)
        assert (outcome.graded, outcome.skipped) == (0, 3)

    one = faulty.fork(lambda: grade_with(quick, FIRST, on_graded=slowly))
    begun.wait()
    two = faulty.fork(second)
    waits.wait()
    free.open()
    assert [faulty.status_of(pid) for pid in (one, two)] == [0, 0]
    assert state(quick) == undisturbed[FIRST]


def test_nbgrader_saves_grades_when_nobody_else_does(quick: Path) -> None:
    from autograder import nbgrader_plugin

    waits = Gate()

    def autograde() -> None:
        def announced(course: Path, say: Any) -> Any:
            return sole_writer(course, lambda sentence: (waits.open(), say(sentence)))

        nbgrader_plugin.sole_writer = announced  # type: ignore[assignment]
        nbgrader_plugin.fresh_seed = lambda: FIRST  # type: ignore[assignment]
        assert ClassDirectory(quick).api().autograde(NAME, "ada")["success"]

    with sole_writer(quick, print):
        pid = faulty.fork(autograde)
        waits.wait()
        assert all(score is None for _, _, score, *_ in grades_of(quick)["g"])
    assert faulty.status_of(pid) == 0
    assert [score for _, name, score, *_ in grades_of(quick)["g"] if name == "relu"] == [4.0]


# Full disks ---------------------------------------------------------------------------------------

PAGE = 4096


def where_of(folder: Path) -> Path:
    """Return where the record of a run lies."""
    return ClassDirectory(folder).journal(NAME)


@pytest.fixture
def disk(quick: Path) -> Path:
    """Where a test may mount a disk."""
    if not faulty.can_mount():
        pytest.skip("mounting a small disk takes the right to have mounts of one's own")
    return quick.parent / "disk"


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_a_full_disk_is_said_in_a_sentence_and_loses_nothing(
    quick: Path, disk: Path, again: bool
) -> None:
    """With room for 0, 1, 2 ... pages more, so that each kind of file is the one that fails."""
    if again:
        grade_with(quick, FIRST)
        mark_by_hand(quick)
    before = notebooks_of(quick)

    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        course = Path(shutil.copytree(quick, disk / "class"))
        backup = Backup(course)
        grade_with(course, SECOND, force=again)
        after = state(course)
        said = []
        for pages in range(0, 32, 2):
            backup.restore()
            ballast = faulty.leave(disk, pages * PAGE)
            try:
                grade_with(course, SECOND, force=again)
            except (ClassError, GradebookError, OSError) as error:
                said.append(str(error))
            cut_off = notebooks_of(course)
            assert cut_off.keys() >= before.keys(), f"{pages} pages"
            for name, text in cut_off.items():
                assert text in (before.get(name), after["notebooks"][name]), f"{pages} pages"
            ballast.unlink()
            begun = where_of(course).exists()
            grade_with(course, OTHER if begun else SECOND, force=again and not begun)
            assert state(course) == after, f"{pages} pages"
        return said

    said = in_child(work)
    part = (
        ".ipynb cannot be written (No space left on device): make room" if again else "(database or"
    )
    assert any(part in sentence for sentence in said), said
    assert all("\n" not in sentence for sentence in said)


def test_a_full_temporary_folder_is_said_in_a_sentence(
    quick: Path, disk: Path, undisturbed: dict[int, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        said = []
        for pages in range(4):
            ballast = faulty.leave(disk, pages * PAGE)
            with pytest.raises(OSError, match="No space left on device") as raised:
                grade_with(quick, FIRST)
            said.append(str(raised.value.filename))
            assert list(disk.iterdir()) == [ballast]
            ballast.unlink()
        grade_with(quick, FIRST)
        return said

    assert all("handgrad-stage-" in name for name in in_child(work))
    assert state(quick) == undisturbed[FIRST]


def test_results_are_written_whole_or_not_at_all(quick: Path, disk: Path) -> None:
    from click.testing import CliRunner

    from autograder.cli import main

    def work() -> list[str]:
        faulty.own_mounts()
        faulty.small_disk(disk)
        (disk / "results.json").write_text("before")
        ballast = faulty.leave(disk, PAGE)
        arguments = ["grade", "3", "--class", str(quick), "--seed", str(FIRST)]
        arguments += ["--json", str(disk / "results.json")]
        full = CliRunner().invoke(main, arguments)
        assert full.exit_code == 1
        assert (disk / "results.json").read_text() == "before"
        ballast.unlink()
        assert [path.name for path in disk.iterdir()] == ["results.json"]
        assert CliRunner().invoke(main, arguments).exit_code == 0
        assert len(json.loads((disk / "results.json").read_text())) == 3
        return [full.stderr.splitlines()[-1]]

    [said] = in_child(work)
    assert said.startswith("Error: ")
    assert "results.json cannot be used (No space left on device)" in said


# The gradebook ------------------------------------------------------------------------------------


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


# Workers ------------------------------------------------------------------------------------------


def many(folder: Path, canned: faulty.Canned, count: int) -> faulty.Canned:
    """Let more students hand in what ada did."""
    reports = dict(canned.reports)
    for number in range(count):
        student = f"s{number:02}"
        shutil.copytree(folder / "submitted" / "ada", folder / "submitted" / student)
        report = dataclasses.replace(reports["ada", FIRST], student=student)
        reports |= {(student, seed): report for seed in (FIRST, OTHER)}
    return faulty.Canned(reports)


def test_a_worker_that_dies_costs_only_what_killed_it_its_grade(
    quick: Path, canned: faulty.Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = many(quick, canned, 10)

    def deadly(examiner: Any, zygote: Any, student: str, *rest: Any) -> Any:
        if student in ("bob", "s05"):
            faulty.die()
        return reports(examiner, zygote, student)

    with monkeypatch.context() as patch:
        patch.setattr(batch, "grade_submission", deadly)
        outcome = grade(quick, seed=FIRST)
    assert (outcome.graded, len(outcome.reports)) == (11, 11)
    assert [sentence.split()[0] for sentence in outcome.failures] == ["bob", "s05"]
    assert "could not be graded (BrokenProcessPool: " in outcome.failures[0]
    monkeypatch.setattr(batch, "grade_submission", reports)
    [said] = grade_with(quick, OTHER)
    assert "after 11 of 13 submissions: going on with the other 2, with the same inputs" in said
    assert set(seeds_of(quick).values()) == {FIRST}


def test_where_every_worker_dies_grading_ends_and_names_all(
    quick: Path, canned: faulty.Canned, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = many(quick, canned, 20)
    with monkeypatch.context() as patch:
        patch.setattr(batch, "grade_submission", faulty.die)
        outcome = grade(quick, seed=FIRST)
    assert (outcome.graded, len(outcome.failures), outcome.reports) == (0, 23, [])
    assert not (quick / "autograded").exists()
    monkeypatch.setattr(batch, "grade_submission", reports)
    [said] = grade_with(quick, OTHER)
    assert "after 0 of 23 submissions: going on with the other 23" in said


def test_a_killed_zygote_costs_nobody_a_grade(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch.grade_submission

    def killing(examiner: Any, zygote: Any, student: str, *rest: Any) -> Any:
        with suppress(FileExistsError):
            (tmp_path / student).touch(exist_ok=False)
            os.kill(zygote.pid, signal.SIGKILL)
        return real(examiner, zygote, student, *rest)

    monkeypatch.setattr(batch, "grade_submission", killing)
    outcome = grade(course, seed=FIRST)
    assert (outcome.graded, outcome.failures) == (3, [])


def test_the_lent_reference_ends_with_its_grader(isolation: Isolation) -> None:
    def work() -> None:
        Lender(NAME, isolation)._fork()
        faulty.die()

    with faulty.Orphanage():
        assert faulty.status_of(faulty.fork(work)) == -9


# Signals ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=lambda one: getattr(one, "name", ""),
)
def test_a_command_that_is_stopped_leaves_no_process_and_goes_on(
    course: Path, scratch: Path, tmp_path: Path, number: int, status: int, few_solved: Any
) -> None:
    """With real sandboxes; like Ctrl-C in a terminal, SIGINT goes to all of the command."""
    slow = edited(few_solved, relative_error="import time\ntime.sleep(5)")
    for student in ("s1", "s2"):
        shutil.copytree(course / "submitted" / "ada", course / "submitted" / student)
        path = course / "submitted" / student / NAME / f"{NAME}.ipynb"
        path.write_text(json.dumps(slow))
    output = tmp_path / "said"

    def command(*more: str) -> None:
        os.setsid()
        with output.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        try:
            cli.main(["grade", "3", "--class", str(course), "--workers", "2", *more])
        except SystemExit as end:
            sys.stderr.flush()
            os._exit(end.code if isinstance(end.code, int) else 1)

    with faulty.Orphanage():
        pid = faulty.fork(command)
        faulty.wait_until(lambda: len(seeds_of(course)) == 3 and len(faulty.descendants(pid)) > 2)
        send = os.killpg if number == signal.SIGINT else os.kill
        send(pid, number)
        assert faulty.status_of(pid) == status
    said = output.read_text()
    assert "Traceback" not in said
    if status > 0:
        assert said == (
            "Stopped. All grades made so far are kept; run the command again, and it goes on.\n"
        )
        assert files_in(scratch) == []
    kept = state(course)["notebooks"]
    for student in ("s1", "s2"):
        shutil.rmtree(course / "submitted" / student)
        shutil.copytree(course / "submitted" / "eve", course / "submitted" / student)
    with faulty.Orphanage():
        assert faulty.status_of(faulty.fork(command)) == 0
    assert "after 3 of 5 submissions: going on with the other 2, with the" in output.read_text()
    assert kept.items() <= state(course)["notebooks"].items()
    assert len(set(seeds_of(course).values())) == 1
    assert files_in(scratch) == []


def test_the_command_grades_in_parallel() -> None:
    """A progress bar's thread would keep the grader from forking workers."""
    before = threading.active_count()
    with progress([], "Grading"):
        assert threading.active_count() == before


# Clocks -------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_changes_nothing(
    course: Path, canned: faulty.Canned, monkeypatch: pytest.MonkeyPatch
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
    assert (outcome.graded, outcome.skipped) == (1, 2)
    notebook = f"bob/{NAME}/{NAME}.ipynb"
    assert notebooks_of(course)[notebook] == found[notebook]
