"""The guide: README, section by section, and the texts beside it, as pages of the site.

Nothing is written twice: a page is a part of a file of the repository, in which links to files and
headings lead to the pages made from these, and pictures come along. A link to what the site has not
becomes plain text.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from autograder.building.chapters import ROOT
from autograder.publishing.anchors import anchor_of, slug

README = "README.md"
GUIDE = "Teach"
"""The section with which the guide begins; those before it are the learners' page."""
LEARN = "Learn"
"""The section with which the learners' page begins."""
PLACEHOLDER = "REPOSITORY"
"""What the README says for the address of the repository."""
START = "start"
FOLDER = "guide"
WHOLE = {
    "autograder/SECURITY.md": f"{FOLDER}/security",
    "BENCHMARKS.md": f"{FOLDER}/benchmarks",
    "CONTRIBUTING.md": f"{FOLDER}/contributing",
}
"""The files that are pages as they are."""
MADE_ELSEWHERE = {("solutions/README.md", ""): ("reference/index", "")}
FENCED = r"^(?P<fence>`{3,})(?s:.*?)^(?P=fence)$"
HEADING = re.compile(rf"{FENCED}|^(?P<level>#{{1,6}}) (?P<title>.+)$", re.MULTILINE)
PICTURE = re.compile(r"!\[(?P<alt>(?s:.*?))\]\((?P<picture>[^)\s]+)\)")
LINK = re.compile(
    rf"{FENCED}|`[^`\n]*`|{PICTURE.pattern}|\[(?P<shown>[^]]*)\]\((?P<to>[^)\s]+)\)", re.MULTILINE
)
NO_SLUG = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Section:
    """A heading of a file, what stands below it, and the page on which the site has it."""

    level: int
    title: str
    body: str
    page: str = ""


def guide_pages(repository: str = PLACEHOLDER) -> dict[str, str]:
    """Return the pages of the guide, and the learners' start page, by where they lie."""
    start = [f"{'#' * one.level} {one.title}\n{one.body}" for one in _learners_first()]
    pages = {START: _linked("# How to start\n\n" + "\n".join(start), README, START)}
    for one in _of_readme():
        if not _starts(one):
            pages[one.page] = _linked(f"# {one.title}\n{one.body}", README, one.page)
    for file, page in WHOLE.items():
        pages[page] = _linked((ROOT / file).read_text("utf-8"), file, page)
    address = re.compile(rf"\b{PLACEHOLDER}\b")
    return {f"{page}.md": address.sub(lambda _: repository, text) for page, text in pages.items()}


def guide_pictures() -> dict[str, bytes]:
    """Return the pictures that the README shows, by where they lie."""
    text = (ROOT / README).read_text("utf-8")
    paths = (found["picture"] for found in PICTURE.finditer(text))
    return {path: (ROOT / path).read_bytes() for path in paths}


def in_order() -> list[str]:
    """Return the pages of the guide in the order in which they are listed."""
    return [one.page for one in _of_readme() if not _starts(one)] + list(WHOLE.values())


def _learners_first() -> list[Section]:
    """Return the sections of the start page: who comes from the first page wants to learn."""
    found = [one for one in _of_readme() if _starts(one)]
    begin = next(place for place, one in enumerate(found) if one.title == LEARN)
    return found[begin:] + found[:begin]


def _starts(section: Section) -> bool:
    return section.page == START


@cache
def _of_readme() -> tuple[Section, ...]:
    """Return the sections of the README, each with its page; what stands above them is left out."""
    sections, learners = [], True
    for level, title, body in _cut((ROOT / README).read_text("utf-8")):
        learners = learners and title != GUIDE
        if level > 1:
            page = START if learners else f"{FOLDER}/{slug(title)}"
            sections.append(Section(level, title, body, page))
    return tuple(sections)


def _cut(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield the level, the title and what follows, of each heading that is not in code."""
    found = [match for match in HEADING.finditer(text) if match["title"]]
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        yield len(match["level"]), match["title"], text[match.end() : end]


@cache
def _places() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return the page and the place there of each file's headings, as links name these."""
    places = {(README, ""): ("index", ""), **MADE_ELSEWHERE}
    for one in _of_readme():
        there = anchor_of(one.title) if _starts(one) else ""
        places[README, _named(one.title)] = (one.page, there)
    for file, page in WHOLE.items():
        places[file, ""] = (page, "")
        for _, title, _ in _cut((ROOT / file).read_text("utf-8")):
            places[file, _named(title)] = (page, anchor_of(title.replace("`", "")))
    return places


def _named(title: str) -> str:
    """Return what leads to a heading where the repository is read."""
    return NO_SLUG.sub("", title.lower()).replace(" ", "-")


def _linked(text: str, file: str, page: str) -> str:
    """Return a text of a file whose links lead to pages of the site, from one of them."""

    def led(found: re.Match[str]) -> str:
        here = posixpath.dirname(page) or "."
        if found["picture"]:
            return f"![{found['alt']}]({posixpath.relpath(found['picture'], here)})"
        if not found["to"] or urlsplit(found["to"]).scheme:
            return found[0]
        path, _, name = found["to"].partition("#")
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(file), path)) if path else file
        if (meant, name) not in _places():
            return found["shown"]
        to, there = _places()[meant, name]
        way = posixpath.relpath(f"{to}.md", here)
        return f"[{found['shown']}]({way}{'#' * bool(there)}{there})"

    return LINK.sub(led, text)
