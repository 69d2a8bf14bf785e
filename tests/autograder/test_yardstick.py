"""The yardstick counts what a reader reads and does."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.building.yardstick import measure, words_of


def code(source: str, folded: bool = False) -> Any:
    metadata = {"jupyter": {"source_hidden": True}} if folded else {}
    return nbformat.from_dict(nbformat.v4.new_code_cell(source, metadata=metadata))


@pytest.mark.parametrize(
    ("prose", "words"),
    [
        ("Two words.", 2),
        ("A formula $x = y + 1$ is none, nor is\n$$z = 1$$", 6),
        ("A [link to a page](3_learning.md) has its words", 8),
        ("<details><summary>Answer</summary>\n\nNo.\n\n</details>", 2),
        ("| a | b |\n|---|---|\n| one | two |", 4),
        ("It's 1.5 °C, 20 % less", 5),
        ("```python\nx = 1\n```", 0),
    ],
)
def test_words_are_what_is_read(prose: str, words: int) -> None:
    assert len(words_of(prose)) == words, words_of(prose)


def test_each_part_counts_once() -> None:
    text = nbformat.v4.new_markdown_cell(
        "**Predict, then run.** How many?\n\n$$x$$\n\n**A question to think about.** Why?"
    )
    cells = [
        text,
        code("import numpy as np\nfrom x import (\n    y,\n)\n\nguess = ...  # how many?"),
        code("a = 1\n\n# why\nb = 2"),
        code("show_figure(fig, alt='x')\nmany = lines = 3", folded=True),
    ]
    found = measure(cells)
    assert (found.lines, found.formulas, found.figures) == (4, 1, 1)
    assert (found.guesses, found.questions, found.words) == (1, 1, 11)
    assert found.exact == pytest.approx(0.11 + 4 * 0.12 + 0.5 + 0.5 + 1.5 + 2)
    assert found.minutes == 5


def test_minutes_are_rounded_to_fives() -> None:
    cells = [nbformat.v4.new_markdown_cell("word " * 2240)]
    assert measure(cells).minutes == 20
    assert measure([nbformat.v4.new_markdown_cell("word " * 2260)]).minutes == 25
