"""What is said of a submission besides verdicts, and what is written into its notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from autograder.authoring.implementation import ImplementationError
from autograder.authoring.sources import (
    Rules,
    foreign_imports,
    imported_modules,
    statements_for,
)
from autograder.authoring.tasks import Assignment
from autograder.grading.submissions import cell_name, student_code
from autograder.judging.results import NOT_RUN
from autograder.judging.verdicts import TaskReport
from autograder.notebook.display import as_html, as_text
from autograder.sandbox.session import Session

MOST_WORDS = 300
MOST_NAME = 50
MOST_ERRORS = 9
MOST_LINE = 80
UNDEFINED = re.compile(r"name '(\w{1,100})' is not defined")
NOT_IMPORTED = ("ImportError", "ModuleNotFoundError")
NOT_THERE = "is not there where your work is graded"


def explain(
    error: ImplementationError, notebook: nbformat.NotebookNode, session: Session, rules: Rules
) -> str:
    """Say what a submission raised, in our words alone: its own could tell what the inputs were."""
    if error.kind == "MemoryError":
        return "your code asked for more memory than a submission may use"
    missing = UNDEFINED.match(error.message) if error.kind == "NameError" else None
    if missing and (why := why_missing(notebook, session, missing[1], rules)):
        return f"{missing[1]} is not defined: {why}"
    line = _line(error, notebook)
    said = f"your code raised {error.kind}" + (f" in the line `{line}`" if line else "")
    if error.kind in NOT_IMPORTED and (foreign := foreign_imports(line, rules)):
        said += f", as {foreign[0][:MOST_NAME]} {NOT_THERE}"
    return said


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
        # A cell goes on after an import that failed, and may fail again.
        for error in {one["ename"]: one for one in _errors(outputs)[:MOST_ERRORS]}.values():
            if error["ename"] != "NotImplementedError":
                words = f": {error['evalue'][:MOST_WORDS]}" if own_words else "."
                remarks.append(f"{cell_name(notebook, number)} raised {error['ename']}{words}")
    return remarks


def _errors(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the exceptions that a cell has shown; with the last one it has ended."""
    return [one for one in outputs if one["output_type"] == "error"]


def why_undefined(
    notebook: nbformat.NotebookNode, session: Session, task: str, name: str, rules: Rules
) -> str:
    """Say why a name that a task asks for is not defined."""
    if why := why_missing(notebook, session, name, rules):
        return why
    number = next((n for n, cell in enumerate(notebook.cells) if cell.id == f"{task}-answer"), -1)
    return _why_unfinished(session, number, "its cell") or NOT_RUN


def why_missing(notebook: nbformat.NotebookNode, session: Session, name: str, rules: Rules) -> str:
    """Say why a name has no value that a cell gives it; nothing if no cell that does has failed."""
    for number, source in student_code(notebook):
        if number not in session.stops and not _errors(session.outputs.get(number, ())):
            continue
        statements = statements_for(name, source)
        if not statements:
            continue
        cell = cell_name(notebook, number).replace("The", "the").replace("Cell", "cell")
        raised = _raised(session, number)
        if raised in (*NOT_IMPORTED, "NameError"):
            for statement in statements:
                if module := _foreign(statement, rules):
                    return f"{_shown(statement, cell)} failed, as {module} {NOT_THERE}"
        if raised in NOT_IMPORTED:
            return f"{_shown(statements[0], cell)} raised {raised}"
        return _why_unfinished(session, number, f"{cell}, which defines it,")
    return ""


def _foreign(statement: ast.stmt, rules: Rules) -> str:
    """Return a package that a statement imports and that is not there, or nothing."""
    modules = imported_modules(ast.Module([statement], []))
    found = next((module for module in modules if rules.is_foreign(module)), "")
    return found.partition(".")[0][:MOST_NAME]


def _shown(statement: ast.stmt, cell: str) -> str:
    line = ast.unparse(statement).split("\n")[0]
    return f"`{line}` in {cell}" if len(line) <= MOST_LINE else f"a line in {cell}"


def _why_unfinished(session: Session, number: int, cell: str) -> str:
    """Say why a cell did not finish, if it did not."""
    if number in session.stops:
        return f"{cell} did not finish: {session.stops[number]}"
    raised = _raised(session, number)
    return f"{cell} did not finish: it raised {raised}" if raised else ""


def _raised(session: Session, number: int) -> str:
    """Return the name of the last exception that a cell has shown, or nothing."""
    errors = _errors(session.outputs.get(number, ()))
    return str(errors[-1]["ename"]) if errors else ""


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
