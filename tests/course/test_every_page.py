"""What holds for every page: it is one sitting, runs, asks, and describes its figures."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import Any

import pytest
from chapter import PAGES, cells_of, execute

from autograder.building.assignments import load
from autograder.building.chapters import COURSE, chapter_names
from autograder.building.pages import LINK, Page, pages_of
from autograder.building.yardstick import QUESTION, is_folded

DRAWS = re.compile(r"\bplt\.(?!rcParams\.update)|\bshow_figure\(|\bax(es)?\.")
SHORTEST, LONGEST = 20, 50
MOST_WORDS = 2500


def page_of(page: str) -> Page:
    return Page(*page.split("/"))


def prose_of(page: str) -> str:
    return "\n\n".join(c.source for c in cells_of(page) if c.cell_type == "markdown")


def code_of(page: str) -> list[Any]:
    return [cell for cell in cells_of(page) if cell.cell_type == "code"]


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_is_shown_with_a_description(page: str, page_seed: int) -> None:
    run = execute(page, page_seed)
    assert run.left_open == [], "figures were drawn but not passed to show_figure"
    assert run.drawn == len(run.bundles) >= 1
    for bundle in run.bundles:
        alt = re.search(r'alt="([^"]*)"', bundle["text/html"])
        assert alt is not None
        assert len(alt[1].split()) >= 12, f"too short for an alt text: {alt[1]!r}"
        assert bundle["image/png"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_sitting(page: str) -> None:
    measure = page_of(page).measure
    assert SHORTEST <= measure.minutes <= LONGEST, measure
    assert measure.words <= MOST_WORDS, measure


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_parts(page: str) -> None:
    prose = prose_of(page)
    number = page_of(page).number
    assert prose.startswith(f"# {number} "), "the title has the page's number"
    assert prose.count("\n# ") == 0, "there is one title"
    assert QUESTION in prose
    for heading in ("What to take away", "Elsewhere this is called"):
        assert f"\n## {heading}\n" in prose, heading


@pytest.mark.parametrize("page", PAGES)
def test_predictions_are_written_down_and_set_beside_the_results(page: str) -> None:
    asked = answered = 0
    for cell in code_of(page):
        for name in re.findall(r"^(guess\w*) = \.\.\.", cell.source, re.MULTILINE):
            assert not is_folded(cell), "a reader has to see where to write"
            asked += 1
            assert any(f"reveal({name}" in other.source for other in code_of(page)), name
        answered += cell.source.count("reveal(")
    assert 1 <= asked <= answered
    assert prose_of(page).count("**Predict, then run.**") >= 1


@pytest.mark.parametrize("page", PAGES)
def test_code_that_draws_is_folded(page: str) -> None:
    for cell in code_of(page):
        tags = cell.metadata.get("tags", [])
        assert is_folded(cell) == ("hide-input" in tags), cell.source
        assert is_folded(cell) or not DRAWS.search(cell.source), cell.source


@pytest.mark.parametrize("page", PAGES)
def test_the_tests_leave_no_trace_in_a_page(page: str) -> None:
    assert not [cell.source for cell in code_of(page) if "claims" in cell.source]


@pytest.mark.parametrize("page", PAGES)
def test_numbers_of_a_description_are_computed(page: str) -> None:
    """What is typed may count panels or name inputs; results have decimals, or are per cent."""
    for cell in code_of(page):
        for call in ast.walk(ast.parse(cell.source)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "show_figure":
                (alt,) = (one.value for one in call.keywords if one.arg == "alt")
                formats = [
                    node.format_spec for node in ast.walk(alt) if hasattr(node, "format_spec")
                ]
                inner = {id(node) for spec in formats if spec for node in ast.walk(spec)}
                typed = "|".join(
                    node.value
                    for node in ast.walk(alt)
                    if isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and id(node) not in inner
                )
                assert not re.search(r"\d+[.,]\d+|\d ?(%|per ?cent)", typed), typed


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages(page: str) -> None:
    prose = prose_of(page)
    for found in LINK.finditer(prose):
        path = COURSE / (found[1] or page.split("/")[0]) / f"{found[2]}_{found[3]}.md"
        assert path.is_file(), found[0]
    assert not re.search(r"\bsection \d", prose), "sections have no numbers: name the page"
    known = {Page(*one.split("/")).number for one in PAGES}
    spoken = set(re.findall(r"\bpage (\d\.\d+)", prose))
    assert spoken <= known, f"there is no page {spoken - known}"


@pytest.mark.parametrize("chapter", chapter_names())
def test_each_task_can_be_done_after_one_page(chapter: str) -> None:
    assignment = load(chapter)
    named = Counter(name for page in pages_of(chapter) for name in page.tasks)
    due = [one.name for one in (*assignment.tasks, *assignment.questions)]
    assert named == Counter(due)


@pytest.mark.parametrize("chapter", chapter_names())
def test_a_chapter_ends_within_its_core_or_says_what_is_beyond(chapter: str) -> None:
    core = [page for page in pages_of(chapter) if not page.is_beyond]
    assert core, chapter
    for page in pages_of(chapter):
        if page.is_beyond:
            assert "beyond" in prose_of(f"{chapter}/{page.stem}").lower()
