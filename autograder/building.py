"""Build an assignment: from one text to the instructor's and the student's notebook.

The text runs as it stands: an exercise cell imports from the reference what the student is to
write. The build puts the source in the place of that import, and nbgrader's metadata on the cells
that are graded. The same text gives the same bytes every time.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from autograder.authoring import Assignment, Question, Task, load_assignment
from autograder.chapters import (
    ASSIGNMENTS,
    COURSE,
    SOLUTIONS,
    chapters_of_modules,
    earlier_modules,
    own_modules,
    reference_of,
)
from autograder.checking import FOLDER
from autograder.frozen import FILENAME, freeze
from autograder.stubs import BEGIN, END, TEXT_STUB, ModuleSource, without_solutions

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
GIVEN = ("__init__",)
LONGEST_CHECK = 200
"""Characters of a cell that does nothing but check a task."""


class BuildError(Exception):
    """A text cannot be built; one sentence says what is wrong, and where."""


def load(name: str) -> Assignment:
    """Load an assignment of the course, known mistakes included."""
    return load_assignment(name, ASSIGNMENTS / name)


def build_source(assignment: Assignment) -> nbformat.NotebookNode:
    """Return the instructor's notebook: solutions marked, cells carrying nbgrader's metadata.

    Raises
    ------
    BuildError
        If the text uses a chapter that comes later, leaves out a task, or asks for what an
        exercise above does not define.
    """
    text = jupytext.read(assignment.folder / "text.md", fmt="md:myst")
    builder = _Builder(assignment)
    cells = [builder.cell(cell) for cell in text.cells]
    builder.require_complete()
    _name_cells(cells)
    return _notebook(cells, {"handgrad": {"assignment": assignment.name}})


def release(source: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the student's notebook of an instructor's one."""
    notebook = nbformat.from_dict(source)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            is_code = cell.cell_type == "code"
            cell.source = without_solutions(cell.source, *([] if is_code else [TEXT_STUB]))
    return notebook


def chapter_notebook(name: str) -> nbformat.NotebookNode:
    """Return a chapter of the course as a notebook, not yet run."""
    text = jupytext.read(COURSE / f"{name}.md", fmt="md:myst")
    cells = [_plain(cell) for cell in text.cells]
    _name_cells(cells)
    return _notebook(cells, {})


def write_support(assignment: Assignment, folder: Path) -> None:
    """Write what lies beside an assignment's notebook, in the release and in the sandbox.

    These are the modules of earlier chapters with the data that they read, and the checks with
    the results that they expect.
    """
    package = folder / "solutions"
    package.mkdir(parents=True, exist_ok=True)
    for module in ["__init__", *earlier_modules(assignment.name)]:
        shutil.copyfile(SOLUTIONS / f"{module}.py", package / f"{module}.py")
    _solutions().write_data(package)
    checks = folder / FOLDER
    checks.mkdir(exist_ok=True)
    shutil.copyfile(assignment.folder / "checks.py", checks / "checks.py")
    (checks / FILENAME).write_bytes(freeze(assignment, partial(reference_of, assignment.name)))


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook: the same notebook gives the same bytes."""
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")


def write_release(name: str, folder: Path) -> None:
    """Write an assignment's release folder: the student's notebook and what lies beside it."""
    assignment = load(name)
    _write(assignment, release(build_source(assignment)), folder)


def write_source(name: str, folder: Path) -> None:
    """Write an assignment's source folder for nbgrader: the instructor's notebook, and support."""
    assignment = load(name)
    _write(assignment, build_source(assignment), folder)


def _write(assignment: Assignment, notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Write a new folder with a notebook and what lies beside it: whole, or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".new-") as scratch:
        new = Path(scratch) / assignment.name
        write_support(assignment, new)
        write_notebook(notebook, new / f"{assignment.name}.ipynb")
        new.rename(folder)


def _solutions() -> Any:
    import solutions

    return solutions


class _Builder:
    """Builds the cells of one text, one after the other."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.asked = {
            f"solutions.{module}": ModuleSource((SOLUTIONS / f"{module}.py").read_text("utf-8"))
            for module in own_modules(assignment.name)
        }
        self.allowed = {f"solutions.{module}" for module in earlier_modules(assignment.name)}
        self.imported: set[str] = set()
        self.defined: set[str] = set()
        self.graded: list[str] = []
        self.require_order("checks.py", (assignment.folder / "checks.py").read_text("utf-8"))

    def cell(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        if "question" in cell.metadata:
            return self.question(cell)
        if cell.cell_type != "code":
            return _plain(cell)
        if "exercise" in cell.metadata.get("tags", []):
            return self.exercise(cell)
        name = checked_task(cell.source)
        if name is not None:
            return self.check(cell, name)
        self.require_order("text.md", cell.source)
        self.imported |= _imported_names(cell.source)
        return _plain(cell)

    def exercise(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        module, names = _exercise_names(cell.source)
        if module not in self.asked:
            known = " or ".join(sorted(self.asked))
            raise self.error(f"the exercise {cell.source!r} is not one import from {known}")
        try:
            exercise = self.asked[module].exercise(names, cell.metadata.get("given", GIVEN))
        except KeyError as missing:
            raise self.error(f"{module} does not define {missing.args[0]!r}") from None
        same_chapter = {name for name, line in exercise.imports if self.is_asked(line)}
        undefined = sorted((exercise.siblings | same_chapter) - self.defined)
        if undefined:
            raise self.error(
                f"the exercise {names[0]!r} uses {undefined[0]!r}, which no exercise above defines"
            )
        outside = [(name, line) for name, line in exercise.imports if name not in same_chapter]
        imports = [line for name, line in outside if name not in self.imported]
        self.require_order("text.md", "\n".join(imports))
        self.imported |= {name for name, _ in outside}
        self.defined |= set(names)
        task = self.task_of(names)
        source = "\n".join([*imports, "", "", exercise.source]) if imports else exercise.source
        built = nbformat.v4.new_code_cell(source)
        built.metadata["nbgrader"] = _metadata(f"{task.name}-answer", solution=True)
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
        built.metadata["nbgrader"] = _metadata(name, grade=True, locked=True, points=task.points)
        return built

    def question(self, cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
        name = cell.metadata["question"]
        found = [q for q in self.assignment.questions if q.name == name]
        if not found or BEGIN not in cell.source or END not in cell.source:
            raise self.error(f"the question {name!r} is not declared, or has no marked answer")
        self.graded.append(name)
        built = nbformat.v4.new_markdown_cell(cell.source)
        built.metadata["nbgrader"] = _metadata(
            name, grade=True, solution=True, points=found[0].points
        )
        return built

    def task_of(self, names: list[str]) -> Task:
        for task in self.assignment.tasks:
            if set(task.needs) & set(names):
                return task
        raise self.error(f"no task asks for {names[0]!r}")

    def is_asked(self, line: str) -> bool:
        """Return whether a line imports from what this assignment asks for."""
        return any(module in self.asked for module in imported_modules(parsed(line)))

    def require_order(self, where: str, source: str) -> None:
        """Raise if code imports from a chapter that its students have not come to."""
        for module in imported_modules(parsed(source)):
            if not module.startswith("solutions.") or module in self.allowed:
                continue
            topic = module.split(".")[1]
            later = topic in chapters_of_modules()
            reason = "a chapter that comes later" if later else "a module that does not exist"
            if module in self.asked:
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


def _notebook(cells: list[nbformat.NotebookNode], extra: dict[str, Any]) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {
        "kernelspec": dict(KERNELSPEC),
        "language_info": {"name": "python"},
        **extra,
    }
    notebook.nbformat_minor = 5
    return nbformat.from_dict(notebook)


def _plain(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    if cell.cell_type == "code":
        built = nbformat.v4.new_code_cell(cell.source)
    else:
        built = nbformat.v4.new_markdown_cell(cell.source)
    kept = [tag for tag in cell.metadata.get("tags", []) if tag != "exercise"]
    if kept:
        built.metadata["tags"] = kept
    if "jupyter" in cell.metadata:  # such as source_hidden, for code that only draws
        built.metadata["jupyter"] = cell.metadata["jupyter"]
    return built


def _metadata(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    metadata = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return metadata if points is None else {**metadata, "points": points}


def _name_cells(cells: Iterable[nbformat.NotebookNode]) -> None:
    """Give each cell an id that stays the same over builds and over changes elsewhere."""
    seen: dict[str, int] = {}
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        base = name or hashlib.sha256(cell.source.encode()).hexdigest()[:10]
        seen[base] = seen.get(base, 0) + 1
        cell.id = base if seen[base] == 1 else f"{base}-{seen[base]}"


def checked_task(source: str) -> str | None:
    """Return the task that a cell checks, if it is a check cell: nothing but ``check("name")``."""
    if len(source) > LONGEST_CHECK:
        return None  # nor is a stranger's code parsed that takes memory to parse
    try:
        body = parsed(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [
            ast.Expr(
                value=ast.Call(
                    func=ast.Name(id="check"), args=[ast.Constant(value=str(name))], keywords=[]
                )
            )
        ]:
            return name
    return None


def _exercise_names(source: str) -> tuple[str, list[str]]:
    """Return the module that an exercise cell imports from, and what; or "" and nothing."""
    match ast.parse(source).body:
        case [ast.ImportFrom(module=str(module), names=names)]:
            return module, [alias.name for alias in names]
    return "", []


def imported_modules(tree: ast.Module) -> list[str]:
    """Return the modules that code imports, submodules of ``solutions`` by their full name."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "solutions":
            found += [f"solutions.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def _imported_names(source: str) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a cell, its magics taken for statements that do nothing."""
    lines = [re.sub(r"^(\s*)[%!?].*", r"\1pass", line) for line in source.split("\n")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a cell says that is odd, but Python
        return ast.parse("\n".join(lines))
