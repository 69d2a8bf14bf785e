"""What students write, made harmless for the pages that instructors open.

nbgrader's feedback and formgrader show student text as HTML, and their templates clean only a part
of it. So the filters that make HTML are replaced here. Of what students write only the tags that
Markdown, tables and pictures need are let through; scripts, styles, forms, frames, and pictures
that would be loaded from elsewhere are shown as the text that they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape, unescape
from typing import Any

from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from jinja2 import pass_context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbconvert.preprocessors import Preprocessor

HARMLESS = """
    a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li
    ol p pre s span strong sub summary sup table tbody td th thead tr ul
"""
STYLES = CSSSanitizer(
    allowed_css_properties=[
        "background-color",
        "color",
        "padding",
        "text-align",
        "vertical-align",
        "white-space",
    ]
)
# Those of highlighted code and of our own tables; others would put the page's own styles and
# scripts to work, such as its buttons for grading. For the same reason no id is let through.
CLASSES = re.compile(r"handgrad-[a-z-]+|highlight|hll|[a-z][a-z0-9]?")
# No relative links: what a student handed in beside the notebook is served from this very place.
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
# Commands of MathJax that reach out of the formula.
REACHING = re.compile(
    r"\\(?=(?:href|require|style|cssId|class|unicode|includegraphics|mmlToken)(?![A-Za-z]))"
)
# A picture that says nothing to who cannot see it.
UNDESCRIBED = re.compile(r"<img(?![^>]*\salt=)")
NO_DESCRIPTION = "No description has been provided for this image"
# Most texts of a class are the same on all pages. Long ones are pictures, and few.
MOST_KEPT, LARGEST_KEPT = 1000, 50_000
NAMES = ("student", "first_name", "last_name", "notebook_path")


def clean_html(element: Any) -> Markup:
    """Return HTML with nothing in it that runs or loads: nbconvert's filter of this name.

    Parameters
    ----------
    element : str
        HTML made of what a student wrote.
    """
    html = str(element)
    return _cleaned(html) if len(html) <= LARGEST_KEPT else _cleaned.__wrapped__(html)


@pass_context
def markdown2html(context: Any, source: str) -> Markup:
    """Return Markdown as harmless HTML: nbconvert's filter of this name, which cleans nothing.

    Parameters
    ----------
    context : jinja2.runtime.Context
        The page's; the cell in it holds the attached pictures.
    source : str
        Markdown; what cannot be set, such as a picture that is not attached, is shown as it is.
    """
    attachments = context.get("cell", {}).get("attachments")
    if attachments or len(source) > LARGEST_KEPT:
        return _rendered.__wrapped__(source, attachments)
    return _rendered(source)


@lru_cache(maxsize=MOST_KEPT)
def _cleaned(html: str) -> Markup:
    cleaned = _cleaner().clean(html)
    return Markup(UNDESCRIBED.sub(f'<img alt="{NO_DESCRIPTION}"', cleaned))


@lru_cache(maxsize=MOST_KEPT)
def _rendered(source: str, attachments: Any = None) -> Markup:
    cell = {"attachments": attachments or {}}
    try:
        return clean_html(_exporter().markdown2html({"cell": cell}, source))
    except Exception:
        return Markup("<pre>{}</pre>").format(source)


class PageExporter(HTMLExporter):  # type: ignore[misc]
    """Makes nbgrader's feedback pages, in half the time that nbconvert's exporter takes.

    That one parses each page again to describe pictures that lack a description, and to mark parts
    that these pages do not have. Here the pictures are described before the page is made.
    """

    def from_notebook_node(
        self, nb: Any, resources: Any = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return a notebook's page."""
        for cell in nb.cells:
            for output in cell.get("outputs", ()):
                if "data" in output:
                    output.setdefault("metadata", {}).setdefault("alt", NO_DESCRIPTION)
        resources = self._init_resources(resources)
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name"))
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        shown = WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources
        )
        self.register_filter("filter_data_type", shown)
        page: tuple[str, dict[str, Any]] = TemplateExporter.from_notebook_node(
            self, nb, resources, **kw
        )
        return page


class EscapedNames(Preprocessor):  # type: ignore[misc]
    """Escapes the names that formgrader's page takes for HTML: those of folders and students."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook as it is, and the page's names made harmless."""
        for name in NAMES:
            if resources.get(name):
                resources[name] = escape(resources[name])
        return nb, resources


@lru_cache(maxsize=1)
def _exporter() -> HTMLExporter:
    return HTMLExporter(exclude_anchor_links=True)


@lru_cache(maxsize=1)
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=frozenset(HARMLESS.split()),
        attributes=_is_harmless,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=STYLES,
        filters=[_Formulas],
    )


class _Formulas(Filter):  # type: ignore[misc]
    """Takes the backslash from reaching commands, however they are spelt in HTML."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        text = ""
        for token in super().__iter__():
            if token["type"] in ("Characters", "SpaceCharacters"):
                text += token["data"]
            elif token["type"] == "Entity":
                text += unescape(f"&{token['name']};")
            else:
                yield {"type": "Characters", "data": REACHING.sub("", text)}
                yield token
                text = ""
        yield {"type": "Characters", "data": REACHING.sub("", text)}


def _is_harmless(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(CLASSES.fullmatch(one) for one in value.split())
    if name in ("style", "title", "scope", "open", "align"):
        return True
    if tag == "img":
        is_size = name in ("width", "height") and value.isdecimal()
        return is_size or name == "alt" or (name == "src" and bool(PICTURE.fullmatch(value)))
    return tag == "a" and name == "href" and bool(LINK.match(value))
