"""The page that shows alike works side by side: one file, which loads and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.classes.standalone import templates_in
from autograder.similarity.evidence import DEALS
from autograder.similarity.pairs import ONCE_IN, Comparison, Pair
from autograder.similarity.rows import Row, rows_of

TEMPLATES = Path(__file__).parent / "templates"
MOST_PAIRS = 30
"""Shown side by side; more are only listed."""


def page_of(
    assignment: str, comparison: Comparison, titles: Mapping[str, str], remarks: list[str]
) -> str:
    """Return the page of a comparison as HTML.

    Parameters
    ----------
    assignment : str
        The assignment.
    comparison : Comparison
        What came of it.
    titles : mapping of str to str
        What the tasks are called.
    remarks : list of str
        What was not compared.
    """

    def rows(pair: Pair, part: str) -> list[Row]:
        return rows_of(
            pair.left.parts[part],
            pair.right.parts[part],
            lambda form: comparison.owners[part, form],
        )

    return (
        templates_in(TEMPLATES)
        .get_template("similar.html.j2")
        .render(
            assignment=assignment,
            comparison=comparison,
            shown=comparison.pairs[:MOST_PAIRS],
            titles=titles,
            remarks=remarks,
            rows=rows,
            deals=DEALS,
            once_in=ONCE_IN,
            rare=max(2, len(comparison.works) // 10),
        )
    )
