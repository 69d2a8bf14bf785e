"""Maps of what builds on what: a list of links with arcs beside it, which a phone shows as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from autograder.building.pages import Page, pages_of
from autograder.publishing.anchors import html_of

ROW = 72
"""The height of a row, in pixels, whatever stands in it; the style sheet knows it, too."""
GUTTER = 76
"""How wide the arcs' column is, in pixels."""


@dataclass(frozen=True)
class Stop:
    """A row of a map: where it leads, what stands there, and which rows it builds on."""

    address: str
    title: str
    said: str
    builds_on: dict[int, int]
    """Rows, by their places from 0, and how many links lead there."""
    is_beyond: bool = False


def chapter_map(chapter: str) -> str:
    """Return the map of a chapter's pages as HTML, for the page beside them."""
    pages = pages_of(chapter)
    places = {page.number: place for place, page in enumerate(pages)}
    stops = []
    for page in pages:
        said = [f"{page.measure.minutes} minutes"]
        said += [f"builds on {', '.join(page.builds_on)}"] if page.builds_on else []
        said += ["beyond the core"] if page.is_beyond else []
        stops.append(
            Stop(
                html_of(page.path).rpartition("/")[2],
                f"{page.number} {page.title}",
                " · ".join(said),
                {places[number]: 1 for number in page.builds_on if number in places},
                page.is_beyond,
            )
        )
    return drawn(stops, "What builds on what in this chapter")


def course_map(chapters: Sequence[str], titles: Sequence[str], way: str) -> str:
    """Return the map of chapters as HTML, for a page from which `way` leads to their folders."""
    stops: list[Stop] = []
    for chapter, title in zip(chapters, titles, strict=True):
        pages = pages_of(chapter)
        back = Counter(
            int(number.partition(".")[0]) - 1 for page in pages for number in page.builds_on
        )
        said = [counted(pages), lasting(sum(page.measure.minutes for page in pages))]
        earlier = [place for place in sorted(back) if place < len(stops)]
        if earlier:
            said.append(f"builds on {', '.join(str(place + 1) for place in earlier)}")
        stops.append(
            Stop(
                f"{way}{chapter}/index.html",
                title,
                " · ".join(said),
                {place: back[place] for place in earlier},
            )
        )
    return drawn(stops, "Which chapter builds on which")


def counted(pages: Sequence[Page]) -> str:
    """Return how many pages there are, in words."""
    return f"{len(pages)} page{'s' if len(pages) > 1 else ''}"


def lasting(minutes: int) -> str:
    """Return how long something takes, in words."""
    return f"about {round(minutes / 60)} hours" if minutes > 90 else f"about {minutes} minutes"


def drawn(stops: Sequence[Stop], name: str) -> str:
    """Return a map as HTML."""
    height = ROW * len(stops)
    arcs = [
        _arc(earlier, place, len(stops), count)
        for place, stop in enumerate(stops)
        for earlier, count in sorted(stop.builds_on.items())
    ]
    dots = [
        f'<circle cx="{GUTTER - 8}" cy="{_middle(place)}" r="{4 if stop.is_beyond else 6}"/>'
        for place, stop in enumerate(stops)
    ]
    rows = [
        f'<li><a href="{escape(stop.address)}">{escape(stop.title)}</a>'
        f"<span>{escape(stop.said)}</span></li>"
        for stop in stops
    ]
    return "\n".join(
        [
            f'<div class="map" role="group" aria-label="{escape(name)}">',
            f'<svg width="{GUTTER}" height="{height}" viewBox="0 0 {GUTTER} {height}" '
            'aria-hidden="true">',
            *arcs,
            *dots,
            "</svg>",
            "<ol>",
            *rows,
            "</ol>",
            "</div>",
        ]
    )


def _middle(place: int) -> int:
    return ROW * place + ROW // 2


def _arc(earlier: int, later: int, rows: int, count: int) -> str:
    """Return the arc between two rows: the further apart they are, the wider it swings."""
    x, above, below = GUTTER - 8, _middle(earlier), _middle(later)
    reach = min(1.0, (later - earlier - 1) / max(1, min(rows - 2, 7)))
    bow = round((GUTTER - 12) * (0.25 + 0.75 * reach) * 4 / 3)  # a curve goes three quarters of it
    width = 1 + min(count, 10) * 0.25
    curve = f"M{x} {above} C{x - bow} {above + 8} {x - bow} {below - 8} {x} {below}"
    return f'<path d="{curve}" stroke-width="{width:g}"/>'
