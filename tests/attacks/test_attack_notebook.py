"""The notebook itself: malformed and hostile JSON, claims of points, text that wants to run."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from attacking import CANARY, FULL, NAME, Arena, Attack, edited, parameters, points, said
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from autograder.classes.nbgrader_plugin import configure

pytestmark = pytest.mark.usefixtures("_unharmed")

MIB = 1 << 20
FRAME: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}

UNREADABLE = {
    "nothing": (b"", "is empty"),
    "half a file": (json.dumps(FRAME).encode()[:-9], "only a part of one"),
    "lists without end": (b"[" * MIB, "only a part of one"),
    "objects without end": (b'{"a":' * MIB, "only a part of one"),
    "a number without end": (b'{"nbformat": ' + b"9" * MIB + b"}", "only a part of one"),
    "bytes": (bytes(range(256)) * 99, "bytes that are not UTF-8"),
    "another encoding": (json.dumps(FRAME).encode("utf-16"), "bytes that are not UTF-8"),
    "a zip bomb": (b"PK\x03\x04" + bytes(9999), "not a notebook, or only a part"),
    "a pickle": (b"cos\nsystem\n(S'touch /tmp/handgrad-attack-marker'\ntR.", "not a notebook"),
    "JSON of another kind": (b'["cells"]', "is JSON, but not a notebook"),
    "cells that are no cells": (json.dumps({**FRAME, "cells": [1]}).encode(), "not a notebook"),
    "a version that is none": (b'{"nbformat": 1e999, "cells": []}', "not a notebook"),
    "a version to come": (b'{"nbformat": 99, "cells": []}', "newer notebook format"),
    "an old version, broken": (b'{"nbformat": 3, "worksheets": [[]]}', "older notebook format"),
    "too many cells": (
        json.dumps({**FRAME, "cells": [{}] * 1001}).encode(),
        "more than 1000 cells",
    ),
    "too many bytes": (b" " * (33 * MIB), "more than 32 MiB besides"),
    "too many parts": (b'{"nbformat": 4, "cells": [' + b"[]," * (3 * MIB), "more parts than"),
    "too many cells, old": (
        json.dumps({"nbformat": 3, "worksheets": [{"cells": [{}] * 1001}]}).encode(),
        "more than 1000 cells",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_gets_a_sentence(arena: Arena, name: str) -> None:
    content, reason = UNREADABLE[name]
    start = time.process_time()
    report = arena.grade_notebook(content)
    assert time.process_time() - start < 20, "computing, on a slow machine"
    assert points(report) == dict.fromkeys(FULL, 0.0)
    assert reason in report.remarks[0]
    assert said(report).count(reason) >= 2, "the tasks do not say why"
    arena.assert_sealed(report)


Change = Callable[[dict[str, Any]], Any]


def claims(notebook: dict[str, Any]) -> None:
    """Claim points, and that all is done, wherever a notebook can."""
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader")
        if mark:
            mark |= {"points": 1000, "grade": True, "locked": False, "schema_version": 99}
            mark |= {"checksum": "0", "cell_type": "code", "task": True}
    report = {"points": 1000, "tasks": [{"name": "relative_error", "points": 1000}]}
    notebook["metadata"]["handgrad"] = {"assignment": NAME, "report": report}


def own_checks(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "relative_error":
            cell["source"] = "print('3 of 3')\n3.0"
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}}
            ]


def more_graded_cells(notebook: dict[str, Any]) -> None:
    for name in ("bonus", "relative_error2", "nodes "):
        mark = {"grade_id": name, "grade": True, "points": 100, "locked": True, "solution": False}
        cell = {"cell_type": "code", "source": "100.0", "metadata": {"nbgrader": mark}}
        notebook["cells"].append({**cell, "id": name, "outputs": [], "execution_count": 1})


def duplicates(notebook: dict[str, Any]) -> None:
    """All cells twice, the second ones with right answers out of nowhere."""
    again = json.loads(json.dumps(notebook["cells"]))
    for cell in again:
        cell["metadata"] |= {"nbgrader": {"grade_id": "relative_error", "grade": True}}
    notebook["cells"] += again


def no_checks(notebook: dict[str, Any]) -> None:
    notebook["cells"] = [c for c in notebook["cells"] if c["id"].endswith("-answer")]
    notebook["cells"].insert(0, {"cell_type": "code", "source": "import numpy as np"})


def odd_values(notebook: dict[str, Any]) -> None:
    odd = [None, 7, [], "x", {"nbgrader": [1]}, {"nbgrader": {"grade_id": ["nodes"]}}, -1e308]
    notebook["cells"] += [
        {"cell_type": kind, "metadata": one, "source": one, "outputs": one, "attachments": one}
        for one in odd
        for kind in ("code", "markdown", "heading", None)
    ]
    notebook["metadata"] = [1e308, {"kernelspec": {"argv": ["touch", "/tmp/x"]}}]
    notebook["nbformat_minor"] = {"a": [None]}


def kernel(notebook: dict[str, Any]) -> None:
    notebook["metadata"] |= {
        "kernelspec": {"name": "../../../bin/sh", "language": "bash"},
        "language_info": {"name": "bash", "file_extension": "/../../x"},
    }


def huge_outputs(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            text = {"output_type": "stream", "name": "stdout", "text": "x" * MIB}
            cell["outputs"] = [text] * 2


def no_text(notebook: dict[str, Any]) -> None:
    mark = {"grade_id": "handgrad", "locked": True}
    text = "\ud800\udfff \u202e\x1b[2J\x00 " + CANARY[:6]
    notebook["cells"].append({"cell_type": "raw", "source": text, "metadata": {"nbgrader": mark}})


def vast_outputs(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"text": ['"outputs": [\\" ]' * 99]}] * 999


CHANGES = [claims, own_checks, more_graded_cells, duplicates, no_checks, odd_values, kernel]
CHANGES += [huge_outputs, vast_outputs, no_text]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("is_right", [True, False], ids=["right", "wrong"])
def test_what_a_notebook_claims_counts_for_nothing(
    arena: Arena, change: Change, is_right: bool
) -> None:
    """Right answers get their points whatever stands around them, and wrong ones none."""
    wrong = {} if is_right else {"relative_error": "def relative_error(a, b): return 42.0"}
    notebook = json.loads(json.dumps(edited(arena.solved, wrong)))
    change(notebook)
    report = arena.grade_notebook(json.dumps(notebook).encode())
    assert points(report) == ({**FULL} if is_right else {**FULL, "relative_error": 0.0})
    assert report.max_points == sum(FULL.values())
    assert is_right or "got one number, expected the shape" in said(report)
    graded = report.graded_notebook()
    marks = [one.metadata.nbgrader for one in graded.cells if "nbgrader" in one.metadata]
    assert sum(mark.points for mark in marks if mark.grade) == report.max_points + 2
    assert graded.metadata["handgrad"]["report"]["points"] == report.points
    assert graded.metadata.get("kernelspec", {}).get("name") in (None, "python3")
    assert len(report.notebook) < MIB
    arena.assert_sealed(report)


def test_one_key_given_twice_is_read_once(arena: Arena) -> None:
    text = json.dumps(arena.solved)
    report = arena.grade_notebook(b'{"cells": [{"cell_type": "code"}],' + text[1:].encode())
    assert points(report) == FULL


def test_outputs_that_cannot_be_parsed_are_not_parsed(arena: Arena) -> None:
    text = json.dumps(arena.solved).replace('"outputs": []', f'"outputs": [{"[" * MIB}{"]" * MIB}]')
    assert len(text) > 9 * MIB
    assert points(arena.grade_notebook(text.encode())) == FULL


MAGIC = [
    Attack("bash", {"relative_error": "%%bash\ntouch /tmp/x"}, "is not defined|raised"),
    Attack("javascript", {"relative_error": "%%javascript\npwned()"}, "is not defined"),
    Attack("html", {"relative_error": "%%html\n<script>pwned()</script>"}, "is not defined"),
    Attack(
        "a file", {"relative_error": "%%writefile /tmp/handgrad-attack-marker\nx"}, "is not defined"
    ),
    Attack("a script", {"relative_error": "%run /etc/passwd\n%load /etc/passwd"}, "not defined"),
    Attack("packages", {"relative_error": "%pip install handgrad\n!pip list"}, "not defined"),
]


@parameters(MAGIC)
def test_magic_has_no_powers(arena: Arena, attack: Attack) -> None:
    arena.assert_defeated(attack, arena.grade(attack))


MARKDOWN = [
    "<script>pwned()</script>",
    "<img src=x onerror=pwned()>",
    "[link](javascript:pwned())",
    "<svg onload=pwned()><script>pwned()</script></svg>",
    "<iframe srcdoc='<script>pwned()</script>'></iframe>",
    "<style>body { background: url(//pwned.example) }</style>",
    "<form action=javascript:pwned()><button formaction=javascript:pwned()>b</button></form>",
    "<meta http-equiv=refresh content='0; url=javascript:pwned()'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwned()></math>",
    "$\\href{javascript:pwned()}{x}$",
    "![picture](https://pwned.example/a.png)",
    "```\n</pre><script>pwned()</script>\n```",
]
SHOWN = """
import sys
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
display(HTML("<script>pwned()</script>"), Javascript("pwned()"))
display(Latex("<img src=x onerror=pwned()>"))
display(Markdown("<script>pwned()</script>"), SVG("<svg onload='pwned()'></svg>"))
display({"text/html": "<script>pwned()</script>", "text/plain": "<script>pwned()</script>",
         "application/javascript": "pwned()", "image/svg+xml": "<svg onload='pwned()'/>",
         "image/png": "'><script>pwned()</script>"},
        raw=True, metadata={"text/html": {"isolated": True}, "image/png": {"alt": "'><script>"}})
print("<script>pwned()</script>\\x1b[1;31m<img src=x onerror=pwned()>")
print("\\x1b]8;;javascript:pwned()\\x07")
print("<script>pwned()</script>", file=sys.stderr)
raise type("<script>pwned</script>", (Exception,), {})("<img src=x onerror=pwned()>")
"""
RUNS = ("script", "style", "iframe", "object", "embed", "link", "base", "meta", "form", "svg")
LOADS = ("href", "src", "srcset", "srcdoc", "data", "action", "formaction", "poster")


def active(page: str) -> set[str]:
    """Return all of a page that runs something or loads it from elsewhere."""
    found = set()
    for element in BeautifulSoup(page, "html.parser").find_all(True):
        if element.name in RUNS:
            found.add(str(element)[:200])
        for name, value in element.attrs.items():
            is_inside = str(value).startswith(("#", "data:image/png;base64,"))
            if name.startswith("on") or (name in LOADS and not is_inside):
                found.add(f"{element.name} {name}={value}")
    return found


def page_of(notebook: Any) -> str:
    """Return the page that an instructor sees, by the filters that a class is set up with."""
    config = Config()
    configure(config)
    return str(HTMLExporter(config=config).from_notebook_node(notebook)[0])


def test_nothing_of_it_runs_in_the_pages(arena: Arena) -> None:
    """What cells show, and what stands in text cells, is shown as text."""
    answers = {"why_order": "\n\n".join(MARKDOWN), "relative_error": SHOWN}
    notebook = edited(arena.solved, answers)
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n'><script>pwned()</script>").decode()
    for text in MARKDOWN:
        for kind in ("markdown", "raw", "code"):
            cell = {"cell_type": kind, "metadata": {}, "source": text}
            cell["attachments"] = {"'><script>pwned()</script>": {"image/png": png}}
            notebook["cells"].append(nbformat.from_dict(cell))
    report = arena.grade_notebook(notebook)
    assert points(report) == {**FULL, "relative_error": 0.0}
    assert "'relative_error-answer' raised Exception." in said(report)
    honest = page_of(arena.grade(Attack("honest", {}, "")).graded_notebook())
    page = page_of(report.graded_notebook())
    assert active(page) - active(honest) == set()
    assert page.count("pwned") > 30, "the page does not show what the student wrote"
    arena.assert_sealed(report)
