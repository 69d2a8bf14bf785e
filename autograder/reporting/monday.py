"""What to do on Monday: at most three sentences, made by rule from what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.building.pages import Page, headings_of, pages_of, path_of_task
from autograder.reporting.headings import heading_of
from autograder.reporting.mistakes import Mistake
from autograder.reporting.progress import TaskProgress

MANY = 0.1
"""Of the class: fewer who made a mistake are told by their hint, not by a lesson."""
STOPPED = 0.15
"""Of the class: fewer who stopped at one task say nothing of it."""


@dataclass(frozen=True)
class Link:
    """A place of the course: what it is called, and where it lies in a workbook."""

    title: str
    path: str


@dataclass(frozen=True)
class Advice:
    """What to do: a sentence, and five minutes' worth of the course to do it with."""

    sentence: str
    example: str
    links: list[Link]


def advice(
    assignment: str,
    students: int,
    known: Sequence[Mistake],
    unknown: Sequence[Mistake],
    progress: Sequence[TaskProgress],
) -> list[Advice]:
    """Return what is worth the class's time, if anything is.

    Parameters
    ----------
    assignment : str
        The assignment.
    students : int
        How many there are.
    known, unknown : sequence of Mistake
        The named mistakes and the groups of unknown cause, by the points that they cost.
    progress : sequence of TaskProgress
        How far they came.
    """
    found = []
    headings = headings_of(assignment)
    for one in [m for m in known if len(m.students) >= max(2, MANY * students)][:1]:
        found.append(
            Advice(
                f"Take up {_called(one.task, headings)}: {len(one.students)} of {students} "
                f"students made the same mistake, which cost the class {one.lost:.4g} points. "
                f"{_quoted(one.hint)}",
                *_lesson(assignment, one.task, headings),
            )
        )
    for one in unknown[:1]:
        found.append(
            Advice(
                f"Find out what {len(one.students)} students misunderstood in "
                f"{_called(one.task, headings)}: their results are equal, and wrong in a way that "
                "has no name yet (group 1). Ask one of them to explain the code.",
                *_lesson(assignment, one.task, headings),
            )
        )
    most = max(progress, key=lambda one: one.stopped, default=None)
    if most and most.stopped >= max(2, STOPPED * students):
        after = progress[list(progress).index(most) + 1].task
        found.append(
            Advice(
                f"Start {_called(after, headings)} together: {most.stopped} of {students} students "
                "began nothing from there on.",
                *_lesson(assignment, after, headings),
            )
        )
    return found


def _called(task: str, headings: Mapping[str, str]) -> str:
    return f"“{heading_of(task, headings)}”"


def _quoted(hint: str) -> str:
    return f"They were told: “{hint}”" if hint else ""


def _lesson(assignment: str, task: str, headings: Mapping[str, str]) -> tuple[str, list[Link]]:
    """Return five minutes' worth of the course on a task, and where it stands."""
    pages = [page for page in pages_of(assignment) if task in page.tasks]
    links = [_link(page) for page in pages[:1]]
    if task in headings:
        links.append(Link(heading_of(task, headings), path_of_task(assignment, task)))
    predicted = next(filter(None, map(_prediction, pages[:1])), "")
    if predicted:
        said = f"Five minutes: let everybody guess, on paper, then run “{predicted}”."
    else:
        said = "Five minutes: work the small example at the head of the task on the board."
    return said, links


def _link(page: Page) -> Link:
    return Link(f"page {page.number}, {page.title}", page.path)


def _prediction(page: Page) -> str:
    """Return the heading of the last section of a page that lets its reader predict."""
    heading = found = ""
    for cell in page.text.cells:
        for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
            heading = line[3:].strip() if line.startswith("## ") else heading
            found = heading if heading and "**Predict, then run.**" in line else found
    return found
