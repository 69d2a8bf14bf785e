"""Whose work is graded: who was asked for, who is in the gradebook, and who is new in it."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.classes.gradebook import Ledger
from autograder.classes.handed_in import HandedIn, Submission
from autograder.grading.reading import named, shown

MOST_PLACES = 10


def wanted_work(where: ClassDirectory, name: str, wanted: set[str]) -> tuple[HandedIn, list[str]]:
    """Return what was handed in, and a sentence for each piece of work that is passed over.

    Raises
    ------
    ClassError
        If there is nothing to grade.
    """
    found = where.handed_in(name, wanted)
    passed_over = [
        nothing_by(student, name, found.students)
        for student in sorted(wanted.difference(found.students))
    ]
    passed_over += found.undecided + found.misplaced[:MOST_PLACES]
    more = len(found.misplaced) - MOST_PLACES
    if more > 0:
        passed_over.append(f"Work lies in {more} more places where no submission is looked for.")
    if not found.submissions:
        there = f"Nothing was handed in for {name} in {where.folder / 'submitted'}."
        raise ClassError(
            "\n".join(passed_over if wanted and passed_over else [there, *passed_over])
        )
    return found, passed_over


def nothing_by(student: str, name: str, students: list[str]) -> str:
    """Say that somebody has handed nothing in, and who may have been meant."""
    near = get_close_matches(student, students, cutoff=0.5)
    meant = f": did you mean {named(near)}?" if near else "; submitted/ has the names."
    return f"Nothing was handed in for {name} by '{shown(student)}'{meant}"


def known_students(
    where: ClassDirectory, ledger: Ledger, submissions: list[Submission]
) -> tuple[list[Submission], list[str]]:
    """Return the submissions of those who may have grades, and a sentence for each other one.

    Who is not in the gradebook is entered, unless the class says ``c.Autograde.create_student =
    False``: its gradebook is then the list of its students.
    """
    if where.config.Autograde.get("create_student", True):
        return submissions, []
    students = ledger.students()
    return [one for one in submissions if one.student in students], [
        f"{shown(one.student)} is not among the gradebook's students and was not graded: enter "
        "them, with 'nbgrader db student add', or take the folder out of submitted/."
        for one in submissions
        if one.student not in students
    ]


def say_who_is_new(
    where: ClassDirectory,
    name: str,
    ledger: Ledger,
    due: list[Submission],
    say: Callable[[str], None],
) -> None:
    """Say who comes back into the gradebook, and who was not in the list that it has."""
    students = ledger.students()
    new = [one.student for one in due if one.student not in students]
    back = [student for student in new if where.step("autograded", name, student).exists()]
    if back:
        say(
            "Graded before, but no longer in the gradebook, are these students, who come back into "
            f"it: {named(back)}. Who has left the class should leave submitted/, too."
        )
    new = [student for student in new if student not in back]
    if new and ledger.has_list():
        say(f"Not in the gradebook's list of students, and entered into it now: {named(new)}.")
