"""What students write, made harmless for the pages that instructors open.

nbgrader's feedback and formgrader show student text as HTML. Of it only the tags that Markdown,
tables and pictures need are let through; scripts, styles, forms, frames, and pictures or links
that would load anything from elsewhere are shown as the text that they are.
"""

from __future__ import annotations

import re
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from markupsafe import Markup

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
STYLES = CSSSanitizer(allowed_css_properties=["color", "text-align", "white-space"])
# Commands of MathJax that reach out of the formula.
REACHING = re.compile(r"\\(href|require|style|cssId|class|unicode|includegraphics)\b")


def clean_html(element: Any) -> Markup:
    """Return HTML with nothing in it that runs or loads: nbconvert's filter of this name.

    Parameters
    ----------
    element : str
        HTML made of what a student wrote.
    """
    text = REACHING.sub(r"\1", str(element))
    cleaned = bleach.clean(
        text,
        tags=TAGS,
        attributes=_is_harmless,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=STYLES,
    )
    return Markup(cleaned)


def _is_harmless(tag: str, name: str, value: str) -> bool:
    if name in ("class", "id", "style", "title", "scope", "open", "align"):
        return True
    if tag == "img":
        return name == "alt" or (name == "src" and value.startswith("data:image/"))
    return tag == "a" and name == "href" and not value.lower().lstrip().startswith("data:")
