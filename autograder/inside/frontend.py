"""What a cell asks of the front end, or of the machine, that is not there where work is graded.

No shell, no installer, no screen and few packages: a line that could only fail there does nothing,
says so, and the rest of the cell runs.
"""

from __future__ import annotations

import ast
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList

from .names import bound_names

WORKING = {
    *("time", "timeit", "prun", "capture", "run", "writefile", "file", "env", "set_env"),
    *("who", "whos", "who_ls", "precision", "pprint", "pinfo", "pinfo2", "pdef", "pdoc", "psource"),
}
"""Magics that do what they do at home."""
NOTHING = "`{}` does nothing where your work is graded."
MOST_WORDS = 60


class AwayFromHome(InteractiveShell):  # type: ignore[misc]
    """A shell that passes over what only a student's own machine has.

    Attributes
    ----------
    missing : frozenset of str
        The names that statements would have bound which failed for want of a package.
    """

    missing: frozenset[str] = frozenset()

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        if magic_name in WORKING:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        if magic_name == "pylab":
            return super().run_line_magic(magic_name, "inline")
        if magic_name == "matplotlib" and line.strip() in ("", "inline"):
            return None  # figures are shown inline in any case
        does_nothing(f"%{magic_name} {line}")
        return SList() if magic_name in ("sx", "system") else None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        if magic_name in WORKING:
            return super().run_cell_magic(magic_name, line, cell)
        return does_nothing(f"%%{magic_name} {line}")

    def system(self, cmd: str) -> None:
        self.user_ns["_exit_code"] = 0
        does_nothing(f"!{cmd}")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        does_nothing(f"!{cmd}")
        return SList() if split else LSString()

    async def run_ast_nodes(
        self,
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> bool:
        """Run the statements of a cell; return whether one failed that the others wait for."""
        before_last = "all" if interactivity == "all" else "none"
        for place, node in enumerate(nodelist, 1):
            shown = interactivity if place == len(nodelist) else before_last
            failed = await super().run_ast_nodes([node], cell_name, shown, compiler, result)
            if failed and not self._is_passed_over(node, getattr(result, "error_in_exec", None)):
                return True
        return False

    def _is_passed_over(self, node: ast.stmt, error: BaseException | None) -> bool:
        """Return whether a statement has failed for want of a package only, and note its names."""
        if isinstance(error, ImportError):
            wants = imports(node)
        else:
            wants = type(error) is NameError and error.name in self.missing
        if wants:
            self.missing |= bound_names(node)
        return wants


def imports(node: ast.AST) -> bool:
    """Return whether a statement is an import, or holds one that runs when it does."""
    if isinstance(node, ast.If | ast.With | ast.For):
        return any(map(imports, ast.iter_child_nodes(node)))
    return isinstance(node, ast.Import | ast.ImportFrom)


def does_nothing(line: str) -> None:
    """Say of a line that it does nothing."""
    words = line.strip().split("\n")[0]
    print(NOTHING.format(words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"))
