"""Why a submission's names are missing: a cell that did not finish, a package that is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import nbformat

from autograder.authoring.implementation import ImplementationError
from autograder.authoring.sources import (
    MOST_SOURCE,
    Rules,
    foreign_imports,
    imported_modules,
    shortened,
    tree_of,
)
from autograder.grading.submissions import cell_name, student_code
from autograder.inside.names import bound_names
from autograder.judging.results import NOT_RUN
from autograder.sandbox.session import Session

MOST_NAME = 50
MOST_LINE = 80
MOST_WORDS = 300
HEAD = re.compile(
    r"^(?:class|def)\s+(\w{1,100})|^(\w{1,100})\s*=|^(?:from|import)\b.*\b(\w{1,100})$",
    re.MULTILINE,
)
"""What gives a name its value, in a cell that is no Python."""
UNDEFINED = re.compile(r"name '(\w{1,100})' is not defined")
QUOTED = re.compile(r"'([\w.]+)'")
NOT_IMPORTED = ("ImportError", "ModuleNotFoundError")
NOT_THERE = "is not there where your work is graded"


class Causes:
    """What is known of the trouble that the cells of a submission have had.

    Parameters
    ----------
    notebook : NotebookNode
        The submission.
    session : Session
        Where its cells have run.
    rules : Rules
        Which packages are there.
    """

    def __init__(self, notebook: nbformat.NotebookNode, session: Session, rules: Rules) -> None:
        self.notebook, self.session, self.rules = notebook, session, rules

    def explain(self, error: ImplementationError) -> str:
        """Say what was raised in a check, in our words: its own could tell what the inputs were."""
        if error.kind == "MemoryError":
            return "your code asked for more memory than a submission may use"
        missing = undefined_name(error.kind, error.message)
        if missing and (why := self.why_missing(missing)):
            return f"{missing} is not defined: {why}"
        line = self._line(error)
        said = f"your code raised {error.kind}" + (f" in the line `{line}`" if line else "")
        if error.kind in NOT_IMPORTED and (foreign := foreign_imports(line, self.rules)):
            said += f", as {foreign[0][:MOST_NAME]} {NOT_THERE}"
        return said

    def _line(self, error: ImplementationError) -> str:
        """Return the line of the submitted notebook that an error points at, or nothing."""
        found = re.fullmatch(r"<cell (\d{1,4})>", error.file)
        if found is None or int(found[1]) >= len(self.notebook.cells):
            return ""
        # IPython counts from the first line that is not empty.
        lines = self.notebook.cells[int(found[1])].source.lstrip().splitlines()
        return shortened(lines[error.line - 1].strip()) if 0 < error.line <= len(lines) else ""

    def why_undefined(self, task: str, name: str) -> str:
        """Say why a name that a task asks for is not defined."""
        if why := self.why_missing(name):
            return why
        answers = (n for n, cell in enumerate(self.notebook.cells) if cell.id == f"{task}-answer")
        return self._why_unfinished(next(answers, -1), "its cell") or NOT_RUN

    def why_missing(self, name: str) -> str:
        """Say why a name has no value that a cell gives it; nothing if no such cell has failed."""
        number = self.cell_behind(name)
        if number is None:
            return ""
        cell = self.cell(number)
        statements = statements_for(name, self._bodies.get(number, []))
        raised = self._raised(number)
        if raised in (*NOT_IMPORTED, "NameError"):
            for statement in statements:
                if module := self._foreign(statement):
                    return f"{_shown(statement, cell)} failed, as {module} {NOT_THERE}"
        if raised in NOT_IMPORTED and statements and self._is_of(number, statements[0]):
            return f"{_shown(statements[0], cell)} raised {raised}"
        return self._why_unfinished(number, f"{cell}, which defines it,")

    def cell(self, number: int) -> str:
        """Return what a cell is called within a sentence."""
        name = cell_name(self.notebook, number)
        return f"{name[0].lower()}{name[1:]}"

    def cell_behind(self, name: str) -> int | None:
        """Return the number of the first cell with trouble that gives a name its value."""
        in_trouble = (n for n, _ in student_code(self.notebook) if self._has_trouble(n))
        return next((n for n in in_trouble if self._gives(n, name)), None)

    def _gives(self, number: int, name: str) -> bool:
        """Return whether a cell gives a name its value, or would if it were Python."""
        if number in self._bodies:
            return bool(statements_for(name, self._bodies[number]))
        return name in self._heads.get(number, ())

    @cached_property
    def _bodies(self) -> dict[int, list[ast.stmt]]:
        """Return the statements of the cells that are Python, by their numbers."""
        trees = {number: tree_of(source) for number, source in self._sources.items()}
        return {number: tree.body for number, tree in trees.items() if tree is not None}

    @cached_property
    def _heads(self) -> dict[int, set[str]]:
        """Return the names that the other cells seem to give a value, by their numbers."""
        others = self._sources.keys() - self._bodies.keys()
        return {n: {"".join(head) for head in HEAD.findall(self._sources[n])} for n in others}

    @cached_property
    def _sources(self) -> dict[int, str]:
        """Return the cells that are looked at: to parse takes a hundred times as much memory."""
        left, sources = MOST_SOURCE, {}
        for number, source in student_code(self.notebook):
            left -= len(source)
            if left >= 0:
                sources[number] = source
        return sources

    def _has_trouble(self, number: int) -> bool:
        return number in self.session.stops or bool(self._raised(number))

    def _why_unfinished(self, number: int, cell: str) -> str:
        """Say why a cell did not finish, if it did not."""
        if number in self.session.stops:
            return f"{cell} did not finish: {self.session.stops[number]}"
        raised = self._raised(number)
        return f"{cell} did not finish: it raised {raised}" if raised else ""

    def _raised(self, number: int) -> str:
        """Return the name of the last exception that a cell has shown, or nothing."""
        errors = errors_in(self.session.outputs.get(number, ()))
        return str(errors[-1]["ename"]) if errors else ""

    def _is_of(self, number: int, statement: ast.stmt) -> bool:
        """Return whether what a cell could not import is named by a statement of its."""
        words = str(errors_in(self.session.outputs[number])[-1]["evalue"])[:MOST_WORDS]
        line = ast.unparse(statement)
        return any(name in line for name in QUOTED.findall(words))

    def _foreign(self, statement: ast.stmt) -> str:
        """Return a package that a statement imports and that is not there, or nothing."""
        modules = imported_modules(ast.Module([statement], []))
        found = next((module for module in modules if self.rules.is_foreign(module)), "")
        top = found.partition(".")[0]
        return (found if top == "solutions" else top)[:MOST_NAME]


def undefined_name(kind: str, words: str) -> str:
    """Return the name that is not defined, if that is what an exception says."""
    found = UNDEFINED.match(words) if kind == "NameError" else None
    return found[1] if found else ""


def errors_in(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the exceptions that a cell has shown; with the last one it has ended."""
    return [one for one in outputs if one["output_type"] == "error"]


def statements_for(name: str, body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a cell that give a name its value, or that may: ``import *``.

    Behind them comes what gives their values to the names that they use.
    """
    found = [one for one in body if bound_names(one) & {name, "*"}]
    used = {node.id for one in found for node in ast.walk(one) if isinstance(node, ast.Name)}
    return found + [one for one in body if found and one not in found and bound_names(one) & used]


def _shown(statement: ast.stmt, cell: str) -> str:
    line = ast.unparse(statement).split("\n")[0]
    return f"`{line}` in {cell}" if len(line) <= MOST_LINE else f"a line in {cell}"
