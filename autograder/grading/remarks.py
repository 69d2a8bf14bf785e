"""What is said of a submission besides verdicts, and what is written into its notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import nbformat

from autograder.authoring.sources import shortened
from autograder.authoring.tasks import Assignment, Task
from autograder.grading.asked import BY_HAND
from autograder.grading.causes import Causes, errors_in, undefined_name
from autograder.grading.submissions import LEFT_OUT, cell_name, is_missing
from autograder.judging.verdicts import TaskReport
from autograder.notebook.display import as_html, as_text
from autograder.sandbox.session import MOST_OUTPUT_BYTES, MOST_OUTPUTS, Session

MOST_WORDS = 300
MOST_ERRORS = 9


def foreign(notebook: nbformat.NotebookNode, file: str, assignment: Assignment) -> list[str]:
    """Remark on a notebook, in a file of this name, that has none of this assignment's answers."""
    asked = {f"{task.name}-answer" for task in assignment.tasks}
    if asked & {cell.id for cell in notebook.cells}:
        return []
    return [
        f"{file} has none of the answer cells of {assignment.name}: it may belong "
        "to another assignment. What it defines was graded all the same."
    ]


def lacking(handed_in: Collection[str], tasks: Sequence[Task]) -> list[str]:
    """Remark on the tasks of which a notebook has no cell, as one of an earlier edition has not."""
    names = [one.name for one in tasks if not {one.name, f"{one.name}-answer"} & set(handed_in)]
    if not names:
        return []
    return [
        f"It has no cells of {', '.join(names)}, and may have been handed out before the "
        "assignment had them. What it defines was graded all the same."
    ]


def unanswered(notebook: nbformat.NotebookNode) -> list[str]:
    """Remark on the questions whose cells a notebook lacks, or has as another kind of cell."""
    names = [cell.id for cell in notebook.cells if is_missing(cell)]
    if not names:
        return []
    return [
        f"It has no cell, or one of another kind, in the place of {', '.join(names)}: an answer "
        "may stand in another cell. The points are given by hand."
    ]


def cell_remarks(causes: Causes, *, own_words: bool = False) -> list[str]:
    """Remark on the cells that were stopped, or that raised an exception.

    With ``own_words``, also in the words of what they raised.
    """
    notebook, session = causes.notebook, causes.session
    left_out = [n for n, cell in enumerate(notebook.cells) if cell.source == LEFT_OUT]
    remarks = [f"{cell_name(notebook, n)} is longer than 1 MiB and was left out." for n in left_out]
    for number, reason in sorted(session.stops.items()):
        remarks.append(f"{cell_name(notebook, number)}: {reason}.")
    for number in sorted(session.cut):
        kept = session.budget.output_characters >> 10
        remarks.append(f"{cell_name(notebook, number)} showed more than {kept} KiB of text.")
    if session.full_at is not None:
        remarks.append(
            f"{cell_name(notebook, session.full_at)}: from here on not all that was shown is kept; "
            f"of a submission that is {MOST_OUTPUTS} outputs, of {MOST_OUTPUT_BYTES >> 20} MiB."
        )
    behind: Counter[int] = Counter()  # how many cells miss what one has not defined
    for number, outputs in sorted(session.outputs.items()):
        # A cell goes on after an import that failed, and may fail again.
        for error in {one["ename"]: one for one in errors_in(outputs)[:MOST_ERRORS]}.values():
            missing = undefined_name(error["ename"], error["evalue"])
            cause = causes.cell_behind(missing) if missing else None
            if cause is not None and cause != number:
                behind[cause] += 1
            elif error["ename"] != "NotImplementedError":
                words = f": {shortened(error['evalue'], MOST_WORDS)}" if own_words else "."
                remarks.append(f"{cell_name(notebook, number)} raised {error['ename']}{words}")
    for number, count in behind.items():
        cells = "1 other cell misses" if count == 1 else f"{count} other cells miss"
        remarks.append(f"{cells} what {causes.cell(number)} defines.")
    return remarks


def forfeit_remarks(reports: Sequence[TaskReport]) -> list[str]:
    """Remark on the tasks that a shortcut cost all their points: the instructor may think again."""
    lost = [report.name for report in reports if any(check.forfeits for check in report.checks)]
    if not lost:
        return []
    return [
        f"{', '.join(lost)}: no points, because of a shortcut. Points that you give by hand in "
        "formgrader are kept when it is graded again."
    ]


def stopped_remarks(reports: Sequence[TaskReport]) -> list[str]:
    """Remark on the tasks whose second run, with earlier ones right, was stopped."""
    return [
        f"{report.name}: graded once more with the earlier tasks right that it builds on, it was "
        f"stopped, so it may deserve more: {report.stopped_again}."
        for report in reports
        if report.stopped_again
    ]


def write_outputs(
    notebook: nbformat.NotebookNode,
    session: Session,
    reports: Sequence[TaskReport],
    by_hand: Collection[str] = (),
) -> None:
    """Write what the cells showed, and the verdicts, into the autograded notebook.

    A test that nobody runs, named in ``by_hand``, says so.
    """
    for number, shown in session.outputs.items():
        outputs = list(shown)
        if number in session.stops:
            text = f"{session.stops[number]}\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": text})
        notebook.cells[number].outputs = [nbformat.from_dict(one) for one in outputs]
    by_name = {report.name: report for report in reports}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name in by_hand:
            said = {"output_type": "stream", "name": "stdout", "text": f"{name}: {BY_HAND}.\n"}
            cell.outputs = [nbformat.from_dict(said)]
        elif name in by_name and cell.cell_type == "code":
            cell.outputs = verdict_outputs(by_name[name])


def verdict_outputs(report: TaskReport) -> list[nbformat.NotebookNode]:
    """Return the outputs of a check cell: the table, then the points as nbgrader reads them."""
    table = {"text/html": as_html(report), "text/plain": as_text(report)}
    points = {"text/plain": repr(float(report.points))}
    shown = {"output_type": "display_data", "metadata": {}, "data": table}
    result = {"output_type": "execute_result", "metadata": {}, "data": points, "execution_count": 1}
    return [nbformat.from_dict(shown), nbformat.from_dict(result)]
