"""What is said of a submission besides verdicts, and what is written into its notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

import nbformat

from autograder.authoring import Assignment
from autograder.display import as_html, as_text
from autograder.implementation import ImplementationError
from autograder.judging import TaskReport
from autograder.session import Session

MOST_WORDS = 300


def explain(error: ImplementationError, notebook: nbformat.NotebookNode) -> str:
    """Say what a submission raised, in our words alone: its own could tell what the inputs were."""
    if error.kind == "MemoryError":
        return "your code asked for more memory than a submission may use"
    line = _line(error, notebook)
    return f"your code raised {error.kind}" + (f" in the line `{line}`" if line else "")


def _line(error: ImplementationError, notebook: nbformat.NotebookNode) -> str:
    """Return the line of the submitted notebook that an error points at, or nothing."""
    found = re.fullmatch(r"<cell (\d{1,4})>", error.file)
    if found is None or int(found[1]) >= len(notebook.cells):
        return ""
    # IPython counts from the first line that is not empty.
    source = notebook.cells[int(found[1])].source.split("\n")
    lines = list(dropwhile(lambda line: not line.strip(), source))
    return lines[error.line - 1].strip() if 0 < error.line <= len(lines) else ""


def foreign(notebook: nbformat.NotebookNode, path: Path, assignment: Assignment) -> list[str]:
    """Remark on a notebook that has none of this assignment's answers."""
    asked = {f"{task.name}-answer" for task in assignment.tasks}
    if asked & {cell.id for cell in notebook.cells}:
        return []
    return [
        f"{path.name} has none of the answer cells of {assignment.name}: it may belong "
        "to another assignment. What it defines was graded all the same."
    ]


def cell_remarks(
    notebook: nbformat.NotebookNode, session: Session, *, own_words: bool = False
) -> list[str]:
    """Remark on the cells that were stopped, or that are not Python.

    With ``own_words``, also in the words of what they raised.
    """
    remarks = []
    for number, reason in sorted(session.stops.items()):
        remarks.append(f"{_cell_name(notebook, number)}: {reason}.")
    for number in sorted(session.cut):
        kept = session.budget.output_characters >> 10
        remarks.append(f"{_cell_name(notebook, number)} showed more than {kept} KiB of text.")
    for number, outputs in sorted(session.outputs.items()):
        errors = [one for one in outputs if one["output_type"] == "error"]
        if errors and errors[0]["ename"] != "NotImplementedError":
            words = f": {errors[0]['evalue'][:MOST_WORDS]}" if own_words else "."
            remarks.append(f"{_cell_name(notebook, number)} raised {errors[0]['ename']}{words}")
    return remarks


def _cell_name(notebook: nbformat.NotebookNode, number: int) -> str:
    grade_id = notebook.cells[number].metadata.get("nbgrader", {}).get("grade_id")
    return f"The cell {grade_id!r}" if grade_id else f"Cell {number + 1}"


def write_outputs(
    notebook: nbformat.NotebookNode, session: Session, reports: Sequence[TaskReport]
) -> None:
    """Write what the cells showed, and the verdicts, into the autograded notebook."""
    for number, shown in session.outputs.items():
        outputs = list(shown)
        if number in session.stops:
            text = f"{session.stops[number]}\n"
            outputs.append({"output_type": "stream", "name": "stderr", "text": text})
        notebook.cells[number].outputs = [nbformat.from_dict(one) for one in outputs]
    by_name = {report.name: report for report in reports}
    for cell in notebook.cells:
        report = by_name.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if report is not None and cell.cell_type == "code":
            cell.outputs = verdict_outputs(report)


def verdict_outputs(report: TaskReport) -> list[nbformat.NotebookNode]:
    """Return the outputs of a check cell: the table, then the points as nbgrader reads them."""
    table = {"text/html": as_html(report), "text/plain": as_text(report)}
    points = {"text/plain": repr(float(report.points))}
    shown = {"output_type": "display_data", "metadata": {}, "data": table}
    result = {"output_type": "execute_result", "metadata": {}, "data": points, "execution_count": 1}
    return [nbformat.from_dict(shown), nbformat.from_dict(result)]
