"""The guide on the site: all of the README and the texts beside it, each from its one source."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("myst_nb", reason="what builds the site is not installed")

from autograder.building.chapters import ROOT
from autograder.publishing import guide
from autograder.publishing.guide import WHOLE, guide_pages, in_order

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated. Check CHANGES for Sphinx")
README = (ROOT / "README.md").read_text("utf-8")
PAGES = guide_pages()


def text_of(site: Path, page: str) -> str:
    markup = (site / f"{page}.html").read_text("utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


def lines_of(text: str) -> set[str]:
    """Return the lines of a text without their links' addresses, which differ."""
    return {re.sub(r"\]\([^)]*\)|[\[\]]|^#+ ", "", line).strip() for line in text.splitlines()}


def test_nothing_of_the_texts_is_left_out() -> None:
    below = README.partition("\n## ")[2]
    shown = lines_of("\n".join(PAGES.values()))
    for text in (below, *((ROOT / file).read_text("utf-8") for file in WHOLE)):
        assert not lines_of(text) - shown


def test_what_a_learner_needs_is_one_page(site: Path) -> None:
    said = text_of(site, "start")
    assert "handgrad lab" in said
    assert said.index("handgrad lab") < said.index("make demo"), "learning comes first"
    assert "On your own" in said
    assert "handgrad grade" not in said


def test_a_section_is_a_page(site: Path) -> None:
    assert in_order()[0] == "guide/teach"
    assert in_order()[-1] == "guide/contributing"
    assert "guide/late-work" in in_order()
    assert {f"{page}.md" for page in in_order()} | {"start.md"} == set(PAGES)
    for page in in_order():
        assert f'href="{page}.html"' in (site / "teach.html").read_text("utf-8"), page
        assert "<h1>" in (site / f"{page}.html").read_text("utf-8")


def test_links_lead_to_pages_of_the_site() -> None:
    assert "](with-canvas-moodle-or-google-classroom.md)" in PAGES["guide/teach.md"]
    assert "](security.md#Limits)" in PAGES["guide/with-canvas-moodle-or-google-classroom.md"]
    assert "](../reference/index.md)" not in PAGES["guide/teach.md"]
    assert "](reference/index.md)" in PAGES["start.md"]
    assert "](benchmarks.md#Alike-work:-make-copies)" in PAGES["guide/alike-work.md"]


def test_what_the_site_has_not_is_plain_text() -> None:
    assert "see LICENSE." in " ".join(PAGES["guide/what-is-where.md"].split())
    assert not re.findall(r"\]\([^)]*LICENSE\)", "\n".join(PAGES.values()))


def test_headings_in_code_are_no_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# A\n\n## B\n\n````sh\n## no\n```\n## no\n```\n````\n\n### C\n\ntext\n"
    assert [(level, title) for level, title, _ in guide._cut(text)] == [
        (1, "A"),
        (2, "B"),
        (3, "C"),
    ]


def test_the_repositorys_address_is_filled_in() -> None:
    assert "git clone REPOSITORY handgrad" in PAGES["start.md"]
    filled = guide_pages("https://example.org/handgrad.git")["start.md"]
    assert "git clone https://example.org/handgrad.git handgrad" in filled
    assert not re.search(r"\bREPOSITORY\b", filled)
    assert "HANDGRAD_REPOSITORY=ADDRESS" in filled, "which is another name"


def test_pictures_come_along(site: Path) -> None:
    pictures = guide.guide_pictures()
    assert pictures.keys() == set(re.findall(r"\]\((course/pictures/[^)]*)\)", README))
    assert all(png.startswith(b"\x89PNG") for png in pictures.values())
    shown = (site / "index.html").read_text("utf-8") + (site / "start.html").read_text("utf-8")
    for path in pictures:
        assert f"_images/{Path(path).name}" in shown, f"the site does not show {path}"
    assert re.search(r'<img alt="The affine layer: [^"]{100,}"', shown.replace("\n", " "))
