"""The page of a report: one file that loads nothing, for a screen, a telephone and a printer."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.classes.standalone import templates_in
from autograder.reporting.drawing import bars, heat_map, legend
from autograder.reporting.findings import MOST_EXAMPLES
from autograder.reporting.quality import EASY
from autograder.reporting.states import Table

TEMPLATES = Path(__file__).parent / "templates"


def page_of(found: Mapping[str, Any], table: Table) -> str:
    """Return the page of what was found in a class.

    Parameters
    ----------
    found : mapping
        As `findings` gives it: every number of the page stands there.
    table : Table
        Its checks, for the map.
    """
    environment = templates_in(TEMPLATES)
    environment.filters |= {"readable": readable, "percent": percent, "number": number}
    environment.filters["command"] = lambda words: readable(shlex.join(words))
    places = {(one.task, one.check): place for place, one in enumerate(table.columns)}
    order = [places[one["task"], one["check"]] for one in found["checks"]]
    pictures = {"map": heat_map(table, order), "bars": bars(found["tasks"]), "legend": legend()}
    template = environment.get_template("report.html.j2")
    checks = [{**one, "order": _oddness(one)} for one in found["checks"]]
    return template.render(
        **{**found, "checks": checks},
        pictures=pictures,
        flags={"easy": EASY},
        most=MOST_EXAMPLES,
        named="names" in found,
    )


def _oddness(check: Mapping[str, Any]) -> tuple[bool, float]:
    """Return where a check comes among those to look at: who is surely backwards comes first."""
    interval = check["interval"]
    return (False, interval[1]) if interval else (True, check["rate"])


def readable(text: str) -> str:
    """Return a text without what steers how it is shown: controls, and marks of direction."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def percent(share: float) -> str:
    """Return a share as per cent."""
    return f"{100 * share:.0f} %"


def number(value: float) -> str:
    """Return points as they are written."""
    return f"{round(value, 2):g}"
