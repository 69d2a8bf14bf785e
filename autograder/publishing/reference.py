"""What the reference offers: each public name, where it lies, who teaches it and who asks for it.

It is read from the sources, none of which is run. A chapter offers what its package names in
``__all__``; a module beside the chapters its classes, and the functions that the reference's README
names.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from autograder.authoring.tasks import Task
from autograder.building.assignments import load
from autograder.building.chapters import ROOT, SOLUTIONS, assignment_names, topic_of
from autograder.building.pages import Page, all_pages, pages_of

README = SOLUTIONS / "README.md"
KINDS: Mapping[type[ast.stmt], str] = {ast.ClassDef: "class", ast.FunctionDef: "function"}
SPAN = re.compile(r"(?<![`}])`([^`\n]+)`(?!`)")
"""Code within a text, but no role of MyST's such as ``{term}`…```."""
IMPORTED = re.compile(r"^from solutions[.\w]* import (\([^)]*\)|.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """A public name of the reference."""

    name: str
    package: str  #: from which it is imported: ``solutions.backpropagation``
    module: str  #: which defines it: ``solutions.backpropagation.layers``
    definition: ast.stmt = field(repr=False, compare=False)
    says: str = field(repr=False)  #: its docstring
    source: str = field(repr=False)

    @property
    def full(self) -> str:
        """The name by which the site knows it."""
        return f"{self.package}.{self.name}"

    def link(self, shown: str, method: str = "") -> str:
        """Return MyST's link to it, or to one of its methods."""
        return f"{{py:obj}}`{shown} <{'.'.join(filter(None, (self.full, method)))}>`"

    @property
    def kind(self) -> str:
        """Whether it is a class, a function or data."""
        return KINDS.get(type(self.definition), "data")

    @property
    def methods(self) -> list[str]:
        """The public methods that it defines, and says something of."""
        body = self.definition.body if isinstance(self.definition, ast.ClassDef) else []
        said = (one for one in body if isinstance(one, ast.FunctionDef) and ast.get_docstring(one))
        return [method.name for method in said if not method.name.startswith("_")]

    @property
    def bases(self) -> list[str]:
        """The names of the classes from which it derives."""
        bases = self.definition.bases if isinstance(self.definition, ast.ClassDef) else []
        return [ast.unparse(base) for base in bases]

    @property
    def first_sentence(self) -> str:
        """How its docstring begins, in one line."""
        return " ".join(self.says.partition("\n\n")[0].split())

    @cached_property
    def task(self) -> tuple[str, Task] | None:
        """The first task that asks for it, and the assignment that this belongs to."""
        topic = self.package.rpartition(".")[2]
        for assignment in assignment_names():
            for task in load(assignment).tasks if topic_of(assignment) == topic else ():
                if self.name in task.needs:
                    return assignment, task
        return None

    @cached_property
    def taught_on(self) -> Page | None:
        """The page after which its task can be done; if there is no task, the first that has it."""
        if self.task is not None:
            assignment, task = self.task
            pages = [page for page in pages_of(assignment) if task.name in page.tasks]
            if pages:
                return pages[0]
        return next((page for page in all_pages() if self.name in _names_on(page)), None)


@dataclass(frozen=True)
class Module:
    """A module of the reference, with what it offers."""

    name: str
    says: str  #: its docstring
    entries: list[Entry]

    @property
    def title(self) -> str:
        """As it is listed: ``Gradient checking``."""
        return self.name.rpartition(".")[2].replace("_", " ").capitalize()

    @property
    def path(self) -> str:
        """Where its page lies: ``reference/backpropagation/layers``."""
        return self.name.replace(".", "/").replace("solutions", "reference", 1)


@cache
def all_modules() -> tuple[Module, ...]:
    """Return the modules that offer something: chapter by chapter, then those beside."""
    exported = {
        _definer(package, name): package for package in packages() for name in _all(package)
    }
    described = README.read_text("utf-8")
    modules = []
    for module in _module_names():
        tree = _tree(module)
        entries = [
            _entry(name, exported.get((module, name), module), module, node)
            for name, node in _definitions(tree)
            if (module, name) in exported or _is_offered(module, name, node, described)
        ]
        if entries:
            modules.append(Module(module, ast.get_docstring(tree) or "", entries))
    return tuple(modules)


def _entry(name: str, package: str, module: str, node: ast.stmt) -> Entry:
    return Entry(name, package, module, node, _docstring(module, node), _source(module, node))


@cache
def all_entries() -> tuple[Entry, ...]:
    """Return all public names, module by module."""
    return tuple(entry for module in all_modules() for entry in module.entries)


@cache
def packages() -> tuple[str, ...]:
    """Return the chapters' packages, in the order in which they are taught, and the other ones."""
    chapters = [f"solutions.{topic_of(name)}" for name in assignment_names()]
    inits = sorted(SOLUTIONS.glob("*/__init__.py"))
    others = (f"solutions.{path.parent.name}" for path in inits)
    return tuple(dict.fromkeys([*chapters, *others]))


def says_of(package: str) -> str:
    """Return the docstring of a package."""
    return ast.get_docstring(_tree(package)) or ""


def _module_names() -> Iterator[str]:
    for package in packages():
        for path in sorted((SOLUTIONS / package.rpartition(".")[2]).glob("[!_]*.py")):
            yield f"{package}.{path.stem}"
    for path in sorted(SOLUTIONS.glob("[!_]*.py")):
        yield f"solutions.{path.stem}"


def _is_offered(module: str, name: str, node: ast.stmt, described: str) -> bool:
    """Return whether a module beside the chapters offers a name to its reader."""
    if module.count(".") > 1 or name.startswith("_"):
        return False
    return isinstance(node, ast.ClassDef) or f"`{module.partition('.')[2]}.{name}`" in described


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                yield target.id, node


def _definer(module: str, name: str) -> tuple[str, str]:
    """Return the module that defines what another one offers, and its name."""
    tree = _tree(module)
    if name in dict(_definitions(tree)):
        return module, name
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and name in [alias.name for alias in node.names]:
            return _definer(node.module or "", name)
    raise LookupError(f"{module} offers {name}, which it neither defines nor imports.")


def _all(package: str) -> list[str]:
    listed = dict(_definitions(_tree(package)))["__all__"]
    assert isinstance(listed, ast.Assign)
    return list(ast.literal_eval(listed.value))


def _path(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_path(module).read_text("utf-8"))


def _docstring(module: str, node: ast.stmt) -> str:
    """Return what a definition says of itself; of data, the string that follows."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return ast.get_docstring(node) or ""
    body = _tree(module).body
    for after in body[body.index(node) + 1 :][:1]:
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            return inspect.cleandoc(str(after.value.value))
    return ""


def _source(module: str, node: ast.stmt) -> str:
    """Return the source of a definition, with its decorators."""
    marks = node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef) else []
    first = min([node.lineno, *(mark.lineno for mark in marks)])
    lines = _path(module).read_text("utf-8").splitlines()
    return "\n".join(lines[first - 1 : node.end_lineno])


@cache
def _names_on(page: Page) -> frozenset[str]:
    """Return what a page names in its text, or imports from the reference."""
    named: set[str] = set()
    for cell in page.text.cells:
        if cell.cell_type == "code":
            for imported in IMPORTED.findall(cell.source):
                named.update(re.findall(r"\w+", imported))
        else:
            named.update(SPAN.findall(cell.source))
    return frozenset(named)
