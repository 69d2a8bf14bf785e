"""What the source of a cell says that it imports, and what may be imported.

It is read, never run.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

EARLIER = ".earlier"
"""Where a workbook keeps what a release has in ``solutions``: out of sight, as it has answers."""
COURSE = {"numpy", "matplotlib", "mpl_toolkits", "tqdm", "IPython", "handgrad", "solutions"}
WAYS_AROUND = {
    "ctypes",
    "gc",
    "importlib",
    "inspect",
    "multiprocessing",
    "runpy",
    "socket",
    "subprocess",
}
"""Modules of the standard library that reach beyond an exercise."""
MAGIC = re.compile(r"^(\s*)[%!?].*")
WRITTEN = re.compile(r"^\s*%%(?:writefile|file)\s+(?:-a\s+)?(\w+)\.py\s*$", re.MULTILINE)
ASSIGNED = re.compile(r"^(\s*\w[\w, ]*=\s*)[%!].*")
MOST_QUOTED = 200
"""Characters of a line, or of a name, that are quoted."""
MOST_SOURCE = 1 << 17
"""Characters of a submission that are read: parsing takes a hundred times as much memory."""


def shortened(line: str, most: int = MOST_QUOTED) -> str:
    """Return a line as it is quoted: what is long is cut, and marked as cut."""
    return line if len(line) <= most else f"{line[: most - 1]}…"


def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a cell, its magics taken for what does nothing."""
    lines = [MAGIC.sub(r"\1pass", line) for line in source.split("\n")]
    lines = [ASSIGNED.sub(r"\1None", line) for line in lines]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a cell says that is odd, but Python
        return ast.parse("\n".join(lines))


def tree_of(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell, or None if it is no Python."""
    try:
        return parsed(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # what does not run imports nothing


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


def imports_of(sources: Iterable[str]) -> list[str]:
    """Return the modules that cells import."""
    trees = [tree for tree in map(tree_of, sources) if tree is not None]
    return [module for tree in trees for module in imported_modules(tree)]


def written_modules(sources: Iterable[str]) -> set[str]:
    """Return the modules that cells write themselves, with a magic."""
    return {name for source in sources for name in WRITTEN.findall(source)}


@dataclass(frozen=True)
class Rules:
    """What may be imported besides the standard library.

    Attributes
    ----------
    modules : frozenset of str
        Modules by their full names; one stands for all that is in it, but for ``solutions``,
        where each of its parts does.
    """

    modules: frozenset[str]

    @classmethod
    def of(cls, folder: Path, released: Iterable[str] = ()) -> Rules:
        """Allow what lies beside the notebook, and what the released cells import themselves."""
        beside = {path.stem for path in folder.iterdir()}
        parts = chain(folder.glob("solutions/*"), folder.glob(f"{EARLIER}/solutions/*"))
        earlier = {f"solutions.{path.stem}" for path in parts}
        return cls(frozenset(COURSE | beside | earlier | set(imports_of(released))))

    def is_foreign(self, module: str) -> bool:
        """Return whether a module is neither NumPy nor the standard library nor was handed out."""
        top = module.partition(".")[0]
        if top == "solutions":
            return ".".join(module.split(".")[:2]) not in self.modules
        return top not in self.modules and top not in sys.stdlib_module_names

    def is_way_around(self, module: str) -> bool:
        """Return whether a module of the standard library is nobody's exercise."""
        return module.partition(".")[0] in WAYS_AROUND and module not in self.modules


def foreign_imports(source: str, rules: Rules) -> list[str]:
    """Return the modules that a cell imports and that are not to be had."""
    return [name for name in imports_of([source[:MOST_SOURCE]]) if rules.is_foreign(name)]
