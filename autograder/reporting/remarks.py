"""What was remarked on in a class: by kind, as a remark can quote what tells who is meant."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from autograder.reporting.records import Records

KINDS = {
    "no points, because of a shortcut": "A shortcut cost a task its points",
    "it was stopped, so it may deserve more": "Stopped when graded again with earlier tasks right",
    "no exercise needs that": "A module is imported that reaches beyond the exercises",
    "are to be solved with NumPy": "Another library is imported",
    "Complex numbers are used": "Complex numbers are used",
    "The file ": "The file could not be read",
    "none of the answer cells": "The notebook may belong to another assignment",
    "It has no cell": "Cells of the assignment are missing",
    "of computing": "A cell was stopped by a limit",
    "raised": "A cell raised an exception",
}
"""What a remark is about, by words of it; the first that fits."""
OTHER = "Something else"


def remarks_in(records: Records, *, names: bool) -> list[dict[str, Any]]:
    """Return the kinds of remarks: how many students each concerns and, if asked for, which."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for record in records.found:
        for remark in record.report["remarks"]:
            found[_kind(remark)].setdefault(record.student, []).append(remark)
    order = [*KINDS.values(), OTHER]
    return [
        {
            "kind": kind,
            "students": len(found[kind]),
            **({"said": found[kind]} if names else {}),
        }
        for kind in order
        if kind in found
    ]


def _kind(remark: str) -> str:
    return next((kind for words, kind in KINDS.items() if words in remark), OTHER)
