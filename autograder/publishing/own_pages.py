"""The site's own words: its first page, how to start, how to teach."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from autograder.building.assignments import load
from autograder.building.chapters import ROOT, assignment_names, chapter_names, topic_of
from autograder.building.pages import Page, all_pages
from autograder.publishing.guide import PICTURE, in_order

FOLDER = Path(__file__).parent / "texts"


def own_pages(repository: str) -> dict[str, str]:
    """Return the site's own pages by their files' names."""
    facts = _facts(repository)
    return {
        path.name: Template(path.read_text("utf-8")).substitute(facts)
        for path in sorted(FOLDER.glob("*.md"))
    }


def _facts(repository: str) -> Mapping[str, object]:
    pages = all_pages()
    tasks = [task for name in assignment_names() for task in load(name).tasks]
    pictures = [one[0] for one in PICTURE.finditer((ROOT / "README.md").read_text("utf-8"))]
    return {
        "repository": repository,
        "guide": "\n".join(in_order()),
        "example": next(one for one in pictures if one.endswith("check.png)")),
        "report": next(one for one in pictures if one.endswith("report.png)")),
        "chapters": len(chapter_names()),
        "topics": ", ".join(topic_of(name).replace("_", " ") for name in chapter_names()),
        "pages": len(pages),
        "hours": round(sum(page.measure.minutes for page in pages) / 60),
        "tasks": len(tasks),
        "task_hours": round(sum(task.minutes for task in tasks) / 60),
        **_link("first", pages[0]),
        **_link("sample", max(pages, key=lambda page: len(page.tasks))),
    }


def _link(name: str, page: Page) -> dict[str, str]:
    return {f"{name}_number": page.number, f"{name}_title": page.title, f"{name}_path": page.path}
