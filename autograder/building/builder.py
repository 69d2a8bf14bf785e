"""From an assignment's text to the instructor's notebook.

An exercise cell imports from the reference what the student is to write: here its source is put in
the place of that import.
"""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat

from autograder.authoring.sources import imported_modules, parsed
from autograder.authoring.tasks import Assignment, Question, Task, without_mistakes
from autograder.building.cells import (
    checked_task,
    exercise_names,
    given_and_without,
    imported_names,
    nbgrader_metadata,
    plain,
)
from autograder.building.chapters import chapter_order, earlier_parts, reference_source, topic_of
from autograder.building.stubs import BEGIN, END, ChapterSource


class BuildError(Exception):
    """A text cannot be built; one sentence says what is wrong, and where."""


def released_modules(assignment: Assignment) -> dict[str, str]:
    """Return the files of an assignment that travel with its release, known mistakes left out.

    These are the tasks and questions, and what is imported in them: ``from .inputs import ...``.
    """
    waiting, found = ["inputs", "questions", *(task.name for task in assignment.tasks)], {}
    while waiting:
        path = assignment.folder / f"{waiting.pop(0)}.py"
        if path.name not in found and path.is_file():
            found[path.name] = without_mistakes(path.read_text(encoding="utf-8"))
            waiting += _neighbours(found[path.name])
    return found


def _neighbours(source: str) -> list[str]:
    """Return the modules of its own folder that a module imports from."""
    nodes = ast.walk(ast.parse(source))
    return [n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.level and n.module]


class Builder:
    """Builds the cells of one text, one after the other."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.chapter = f"solutions.{topic_of(assignment.name)}"
        self.asked = ChapterSource(reference_source(assignment.name))
        self.allowed = {Path(part).stem for part in earlier_parts(assignment.name)}
        self.imported: set[str] = set()
        self.defined: set[str] = set()
        self.graded: list[str] = []
        for name, source in released_modules(assignment).items():
            self.require_order(name, source)

    def cell(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        if "question" in cell.metadata:
            return self.question(cell)
        if cell.cell_type != "code":
            return plain(cell)
        if "exercise" in cell.metadata.get("tags", []):
            return self.exercise(cell)
        name = checked_task(cell.source)
        if name is not None:
            return self.check(cell, name)
        self.require_order("text.md", cell.source)
        self.imported |= imported_names(cell.source)
        built = plain(cell)
        if self.defined:  # what uses an answer that is not written yet must not end "Run All"
            built.metadata["tags"] = [*built.metadata.get("tags", []), "raises-exception"]
        return built

    def exercise(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        module, names = exercise_names(cell.source)
        if module != self.chapter:
            raise self.error(f"the exercise {cell.source!r} is not one import from {self.chapter}")
        try:
            exercise = self.asked.exercise(names, *given_and_without(cell))
        except KeyError as missing:
            raise self.error(f"{module} does not define {missing.args[0]}") from None
        undefined = sorted(exercise.siblings - self.defined)
        if undefined:
            raise self.error(
                f"the exercise {names[0]!r} uses {undefined[0]!r}, which no exercise above defines"
            )
        # What another exercise imports does not count: its cell may be written anew.
        imports = [line for name, line in exercise.imports if name not in self.imported]
        self.require_order("text.md", "\n".join(imports))
        self.defined |= set(names)
        task = self.task_of(names)
        source = "\n".join([*imports, "", "", exercise.source]) if imports else exercise.source
        built = nbformat.v4.new_code_cell(source)
        built.metadata["nbgrader"] = nbgrader_metadata(f"{task.name}-answer", solution=True)
        return built

    def check(self, cell: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
        try:
            task = self.assignment.task(name)
        except KeyError as error:
            raise BuildError(error.args[0]) from None
        missing = [need for need in task.needs if need not in self.defined]
        if missing:
            raise self.error(f"{name!r} is checked before {missing[0]!r} is asked for")
        self.graded.append(name)
        built = nbformat.v4.new_code_cell(cell.source)
        built.metadata["nbgrader"] = nbgrader_metadata(
            name, grade=True, locked=True, points=task.points
        )
        return built

    def question(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        name = cell.metadata["question"]
        found = [q for q in self.assignment.questions if q.name == name]
        if not found or BEGIN not in cell.source or END not in cell.source:
            raise self.error(f"the question {name!r} is not declared, or has no marked answer")
        self.graded.append(name)
        built = nbformat.v4.new_markdown_cell(cell.source)
        built.metadata["nbgrader"] = nbgrader_metadata(
            name, grade=True, solution=True, points=found[0].points
        )
        return built

    def task_of(self, names: list[str]) -> Task:
        for task in self.assignment.tasks:
            if set(task.needs) & set(names):
                return task
        raise self.error(f"no task asks for {names[0]!r}")

    def require_order(self, where: str, source: str) -> None:
        """Raise if code imports from a chapter that its students have not come to."""
        for module in imported_modules(parsed(source)):
            package, _, rest = module.partition(".")
            topic = rest.partition(".")[0]
            if package != "solutions" or not topic or topic in self.allowed:
                continue
            later = topic in chapter_order()
            reason = "a chapter that comes later" if later else "a module that does not exist"
            if f"solutions.{topic}" == self.chapter:
                reason = "what this assignment asks for"
            raise self.error(f"{where} imports {module}, {reason}")

    def require_complete(self) -> None:
        """Raise unless every task and question stands in the text exactly once."""
        parts: list[Task | Question] = [*self.assignment.tasks, *self.assignment.questions]
        for part in parts:
            count = self.graded.count(part.name)
            if count != 1:
                raise self.error(f"{part.name!r} stands {count} times in the text, not once")

    def error(self, what: str) -> BuildError:
        return BuildError(f"The assignment {self.assignment.name} cannot be built: {what}.")
