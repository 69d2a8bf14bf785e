"""A small graded class for the tests of reports: known mistakes, an unknown one, odd names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from notebooks import WRONG_NODES, edited, hand_in, unsolved

RELU = """
# This was written by Zebedee Quux.
class ReLU:
    '''Zebedee's own.'''
    def __init__(self):
        self.params, self.grads = {{}}, {{}}
    def forward(self, x):
        self.mask, self.note = x > 0, "by Zebedee Quux"
        return x * self.mask
    def backward(self, dout):
        return {backward}
"""
NO_MASK = RELU.format(backward="dout * 1.0  # Zebedee")
THIRD = RELU.format(backward="dout * self.mask / 3")
THIRD_OTHERWISE = RELU.format(backward="dout * (1 / 3) * self.mask")
"""The same mistake, but for rounding."""
HOSTILE_CODE = RELU.format(backward="dout * self.mask / 3 if '</code><script>pwned()' else 0")
EVIL = "=cmd|'&lt;' $(pwned)"
"""A student's name: a formula, an entity, and words of a shell."""
NAMES = ("anna", "bela", "carl", "dora", "egon", "finn", "gina", "hugo", "inga", "jana", "kurt")


def hand_in_all(folder: Path, solved: Any) -> None:
    """Hand in the work of a class of twelve."""
    answers: dict[str, Any] = {
        "anna": solved,
        "bela": edited(solved, relu=NO_MASK),
        "carl": edited(solved, relu=NO_MASK),
        "dora": edited(solved, relu=NO_MASK, nodes=WRONG_NODES),
        "egon": edited(solved, nodes=WRONG_NODES, relu=NO_MASK),
        "finn": edited(solved, relu=THIRD),
        "gina": edited(solved, relu=THIRD_OTHERWISE),
        "hugo": edited(solved, relative_error="def relative_error(a, b):\n    return 7 * a - b"),
        "inga": edited(solved, relu="class ReLU\n    pass"),
        "jana": edited(unsolved(solved), nodes=_answer(solved, "nodes")),
        "kurt": unsolved(solved),
        EVIL: edited(solved, relu=HOSTILE_CODE),
    }
    for student, notebook in answers.items():
        hand_in(folder, student, notebook)


def _answer(notebook: Any, task: str) -> str:
    return next(str(cell.source) for cell in notebook.cells if cell.id == f"{task}-answer")
