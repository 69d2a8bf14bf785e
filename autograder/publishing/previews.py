"""What a link shows before it is followed: the beginning of a page, or what a word means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from autograder.building.glossary import PARAGRAPH, Term
from autograder.building.pages import Page, headings_of, path_of_assignment
from autograder.publishing.anchors import html_of, place_of, place_of_term
from autograder.publishing.formulas import mathml
from autograder.publishing.page_sources import part_of, split_heading
from autograder.publishing.words import GLOSSARY

FILE = "previews.js"


def previews(
    pages: Sequence[Page], terms: Iterable[Term], assignments: Sequence[str]
) -> dict[str, str]:
    """Return the HTML that a link shows, by the address that it leads to from the first page."""
    shown = {html_of(page.path): _of_page(page) for page in pages}
    for term in terms:
        shown[f"{GLOSSARY}.html#{place_of_term(term.name)}"] = _html(term.sentence)
    for name in assignments:
        for part, heading in headings_of(name).items():
            title, minutes = split_heading(heading)
            points = part_of(name, part).points
            address = f"{html_of(path_of_assignment(name))}#{place_of(heading)}"
            said = f"{points:g} points · {minutes} minutes"
            shown[address] = f"<p><strong>{escape(title)}</strong></p><p>{said}</p>"
    return shown


def as_script(shown: dict[str, str]) -> bytes:
    """Return previews as a script, as a page that was opened from a disk may load nothing else."""
    data = json.dumps(shown, ensure_ascii=False, sort_keys=True, indent=0)
    return f"window.handgradPreviews = {data};\n".encode()


def _of_page(page: Page) -> str:
    title = f"<p><strong>{escape(f'{page.number} {page.title}')}</strong></p>"
    _, _, rest = page.text.cells[0].source.partition("\n")
    first = PARAGRAPH.split(rest.strip())[0]
    return f"{title}{_html(first)}<p>about {page.measure.minutes} minutes</p>"


def _html(markdown: str) -> str:
    """Return Markdown as HTML without links: nothing in a preview can be reached."""
    html: str = _MARKDOWN.render(markdown)
    return html.strip()


def _setter() -> MarkdownIt:
    setter = MarkdownIt("commonmark", {"html": True})
    setter.use(
        dollarmath_plugin,
        double_inline=True,
        renderer=lambda latex, options: mathml(
            latex, "block" if options["display_mode"] else "inline"
        ),
    )
    setter.add_render_rule("link_open", lambda *_: "")
    setter.add_render_rule("link_close", lambda *_: "")
    return setter


_MARKDOWN = _setter()
