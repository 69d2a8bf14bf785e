"""What holds for every chapter: it runs, describes its figures, and asks questions."""

from __future__ import annotations

import re

import pytest
from chapter import COURSE, SEEDS, cells_of, execute

CHAPTERS = sorted(path.stem for path in COURSE.glob("[0-9][0-9]_*.md"))


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("seed", SEEDS, ids="seed {}".format)
def test_every_figure_is_shown_with_a_description(chapter: str, seed: int) -> None:
    run = execute(chapter, seed)
    assert run.left_open == [], "figures were drawn but not passed to show_figure"
    assert run.drawn == len(run.bundles) >= 6
    for bundle in run.bundles:
        alt = re.search(r'alt="([^"]*)"', bundle["text/html"])
        assert alt is not None
        assert len(alt[1].split()) >= 12, f"too short for an alt text: {alt[1]!r}"
        assert bundle["image/png"]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_section_asks_for_a_prediction(chapter: str) -> None:
    text = "\n\n".join(c.source for c in cells_of(chapter) if c.cell_type == "markdown")
    sections = re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]
    assert sections, "a chapter has numbered sections: ## 1 ..."
    for section in sections:
        title = section.splitlines()[0]
        assert "**Predict, then run.**" in section, f"nothing to predict in section {title!r}"
        assert "**A question to think about.**" in section, f"no question in section {title!r}"
