"""A class with work of many kinds, and what is written when it is graded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from notebooks import NAME, edited, unsolved

WRONG_RELU = """
class ReLU:
    def __init__(self):
        self.params, self.grads = {}, {}
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, dout):
        return dout * (dout > 0)
"""
RAISES_IN_A_MODULE = """
from solutions.losses import accuracy
accuracy(None, None)
"""


def mixed(solved: Any) -> dict[str, Any]:
    """Return what six students hand in: right, wrong, raising, and no notebook at all."""
    return {
        "ada": solved,
        "ben": edited(solved, relu=WRONG_RELU),
        "chen": edited(solved, relu=RAISES_IN_A_MODULE),
        "dora": edited(solved, nodes="print({'a', 'b', 'c'}, hash('a'))"),
        "emil": unsolved(solved),
        "fay": b"{",
    }


def results(folder: Path, *apart: str) -> tuple[str, dict[str, str]]:
    """Return what was written, as text: the results, and each autograded notebook.

    ``apart`` are the parts of a report that are left out, besides the times.
    """

    def steady(content: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in content.items() if key not in ("times", *apart)}

    reports = json.loads((folder / "results.json").read_text("utf-8"))
    notebooks = {}
    for path in sorted((folder / "autograded").glob(f"*/{NAME}/{NAME}.ipynb")):
        content = json.loads(path.read_text("utf-8"))
        own = content["metadata"]["handgrad"]
        own["report"] = steady(own["report"])
        notebooks[path.parts[-3]] = json.dumps(content)
    return json.dumps([steady(report) for report in reports]), notebooks
