"""What is said of a submission besides verdicts, and what is written into its notebook."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring.implementation import ImplementationError
from autograder.authoring.sources import Rules, foreign_imports
from autograder.authoring.tasks import Assignment, Task
from autograder.grading.asked import BY_HAND
from autograder.grading.submissions import cell_name
from autograder.judging.results import NOT_RUN
from autograder.judging.verdicts import TaskReport
from autograder.notebook.display import as_html, as_text
from autograder.sandbox.session import Session

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
    lines = notebook.cells[int(found[1])].source.lstrip().splitlines()
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


def lacking(handed_in: Collection[str], tasks: Sequence[Task]) -> list[str]:
    """Remark on the tasks of which a notebook has no cell, as one of an earlier edition has not."""
    names = [one.name for one in tasks if not {one.name, f"{one.name}-answer"} & set(handed_in)]
    if not names:
        return []
    return [
        f"It has no cells of {', '.join(names)}, and may have been handed out before the "
        "assignment had them. What it defines was graded all the same."
    ]


def cell_remarks(
    notebook: nbformat.NotebookNode, session: Session, *, own_words: bool = False
) -> list[str]:
    """Remark on the cells that were stopped, or that are not Python.

    With ``own_words``, also in the words of what they raised.
    """
    remarks = []
    for number, reason in sorted(session.stops.items()):
        remarks.append(f"{cell_name(notebook, number)}: {reason}.")
    for number in sorted(session.cut):
        kept = session.budget.output_characters >> 10
        remarks.append(f"{cell_name(notebook, number)} showed more than {kept} KiB of text.")
    for number, outputs in sorted(session.outputs.items()):
        error = _error(outputs)
        if error["ename"] not in ("", "NotImplementedError"):
            words = f": {error['evalue'][:MOST_WORDS]}" if own_words else "."
            remarks.append(f"{cell_name(notebook, number)} raised {error['ename']}{words}")
    return remarks


def _error(outputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the exception with which a cell ended; where there was none its name is empty."""
    return next((one for one in outputs if one["output_type"] == "error"), {"ename": ""})


def why_undefined(
    notebook: nbformat.NotebookNode, session: Session, task: str, rules: Rules
) -> str:
    """Say why the names of a task are not defined, if one of them is not."""
    for number, cell in enumerate(notebook.cells):
        if cell.id != f"{task}-answer":
            continue
        raised = _error(session.outputs.get(number, ()))["ename"]
        if raised in ("ImportError", "ModuleNotFoundError"):
            modules = foreign_imports(cell.source, rules)
            what = f", as it imports {modules[0][:50]}" if modules else ""
            return f"its cell raised {raised}{what}"
    return NOT_RUN


def forfeit_remarks(reports: Sequence[TaskReport]) -> list[str]:
    """Remark on the tasks that a shortcut cost all their points: the instructor may think again."""
    lost = [report.name for report in reports if any(check.forfeits for check in report.checks)]
    if not lost:
        return []
    return [
        f"{', '.join(lost)}: no points, because of a shortcut. Points that you give by hand in "
        "formgrader are kept when it is graded again."
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
