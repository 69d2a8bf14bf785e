"""Write a group of unknown mistakes down as one of the class's own, for a hint to be filled in."""

from __future__ import annotations

from pathlib import Path

from autograder.building.assignments import load
from autograder.classes.class_directory import ClassDirectory, ClassError
from autograder.grading.own_mistakes import OwnMistake, as_toml, folder_of
from autograder.reporting.examples import answer_in, as_code
from autograder.reporting.mistakes import unknown_mistakes
from autograder.reporting.records import Records
from autograder.writing import write_whole


def write_draft(where: ClassDirectory, records: Records, number: int) -> Path:
    """Write a group's example as a mistake without a hint; return its file.

    Parameters
    ----------
    where, records : ClassDirectory, Records
        The class, and what is recorded of an assignment's grades.
    number : int
        The group's, as the report counts them: from 1.

    Raises
    ------
    ClassError, OSError
        If there is no such group, if it was written before, or cannot be written.
    """
    name, groups = records.assignment, unknown_mistakes(records)
    if not 1 <= number <= len(groups):
        there = f"there is {_all_of(len(groups))}" if groups else "there is none"
        raise ClassError(f"{name} has no group {number} of unknown cause: {there}.")
    group = groups[number - 1]
    path = folder_of(where.folder, name) / f"{group.name}.toml"
    if path.exists():
        raise ClassError(
            f"{path} is there already: fill in its hint, and run 'handgrad grade {name} --force'."
        )
    code = shortest_code(
        [records.found[place].notebook for place in group.students], name, group.task
    )
    if not code:
        raise ClassError(f"None of the code of group {number} can be read as Python.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, as_toml(OwnMistake(group.name, group.task, "", code)))
    return path


def _all_of(groups: int) -> str:
    return "group 1 alone" if groups == 1 else f"one of each number from 1 to {groups}"


def shortest_code(notebooks: list[Path], assignment: str, task: str) -> str:
    """Return the shortest of the codes with which some students answered a task."""
    asked = load(assignment)
    codes = (as_code(answer_in(notebook, asked, task)) for notebook in notebooks)
    return min(filter(None, codes), key=lambda code: (len(code), code), default="")
