"""Which test holds which claim of the course: read from the tests' sources, none of which is run.

A test names the claims that it holds, as they stand in bold on the page that it tests, or, with
``page=``, on another one::

    @pytest.mark.claim("Five layers are slow, not stopped.")
    def test_five_layers_are_slow_and_ten_are_stopped(names): ...

``python tests/claims.py`` prints them all, as JSON.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.building.claims import in_one_line

TESTS = Path(__file__).parent
MARK = "pytest.mark.claim"


@dataclass(frozen=True)
class Claim:
    """A claim of a page, and a test that holds it."""

    page: str  #: such as ``03_backpropagation/10_slow_or_stopped``
    text: str  #: as it stands in bold, in one line
    file: str  #: of the test, from the repository's root: ``tests/course/…/test_….py``
    function: str
    line: int  #: at which the function begins, its marks left out

    @property
    def where(self) -> str:
        """The test, as an error names it."""
        return f"{self.file}:{self.line} {self.function}"


def held_claims(folder: Path = TESTS) -> list[Claim]:
    """Return every claim that a test holds, by file and line."""
    return [claim for path in sorted(folder.rglob("test_*.py")) for claim in claims_held_in(path)]


def claims_held_in(path: Path) -> Iterator[Claim]:
    """Yield the claims that the tests of a file hold."""
    source = path.read_text("utf-8")
    if MARK not in source:
        return
    tree = ast.parse(source)
    file = path.relative_to(TESTS.parent).as_posix() if path.is_relative_to(TESTS) else path.name
    for test in ast.walk(tree):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test"):
            for text, page in _marks(test):
                at = page or _page_of(tree)
                yield Claim(at, in_one_line(text), file, test.name, test.lineno)


def _marks(test: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield the text of each mark of a test, and the page that it names, if any."""
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == MARK:
            (text,) = (ast.literal_eval(one) for one in mark.args)
            named = {one.arg: ast.literal_eval(one.value) for one in mark.keywords}
            yield text, named.get("page", "")


def _page_of(tree: ast.Module) -> str:
    """Return the page that a file of tests names: ``PAGE = "…"``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PAGE":
            return str(ast.literal_eval(node.value))
    return ""


if __name__ == "__main__":
    print(json.dumps([asdict(claim) for claim in held_claims()], ensure_ascii=False, indent=1))
