"""What students write, made into harmless HTML: what `press` lets a process of its own do.

Of what students write only the tags that Markdown, tables and pictures need are let through;
scripts, styles, forms, frames, and pictures that would be loaded from elsewhere are shown as the
text that they are. Formulas become MathML, which browsers set without help from the net.

Nothing here has a limit: there is always a text for which one of the libraries takes hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from latex2mathml.converter import convert_to_element
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import Highlight2HTML, ansi2html

from autograder.classes.press import NO_DESCRIPTION, sign_of

HARMLESS = """
    a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img li
    ol p pre s span strong sub summary sup table tbody td th thead tr ul
"""
# Students' tables and words keep their places, and get no colours: those are for verdicts.
PLACES = ["text-align", "vertical-align", "white-space"]
LOOKS = ["background-color", "color", "padding", *PLACES]
# Those of highlighted code and, where it is ours, of our own tables; others would put the page's
# own styles and scripts to work, such as its buttons for grading. For the same reason no id is
# let through.
CLASSES = re.compile(r"highlight|hll|[a-z][a-z0-9]?")
OWN_CLASSES = re.compile(r"handgrad-[a-z-]+")
# No relative links: what a student handed in beside the notebook is served from this very place.
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
# A picture that says nothing to who cannot see it.
UNDESCRIBED = re.compile(r"<img(?![^>]*\salt=)")
# As MathJax finds formulas in a page.
FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<block>.+?)(?<!\\)\$\$"
    r"|(?<![\\$])\$(?P<inline>[^$\s](?:[^$]*?[^$\s\\])?)\$(?!\d)"
    r"|\\\[(?P<bracket>.+?)\\\]"
    r"|\\\((?P<parenthesis>.+?)\\\)"
    r"|(?P<environment>\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\})",
    re.DOTALL,
)
# Commands of MathJax that reach out of a formula.
REACHING = re.compile(
    r"\\(?=(?:href|require|style|cssId|class|unicode|includegraphics|mmlToken)(?![A-Za-z]))"
)
# Environments that the library does not know, and the one like them that it does.
ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|align|gathered|gather\*?)\}")
AS_IT_IS = frozenset({"code", "pre"})
MATHML = "http://www.w3.org/1998/Math/MathML"
MATHML_TAGS = """
    math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace
    msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
MATHML_ATTRIBUTES = """
    columnspacing depth display displaystyle fence form height linebreak linethickness
    lspace mathvariant maxsize minsize movablelimits notation rowspacing rspace scriptlevel
    separator stretchy voffset width
"""
MATHML_VALUE = re.compile(r"[\w .%+-]{1,40}")
DEEPEST = 100
"""How far the elements of a formula may be nested; browsers give up later."""


def piece(kind: str, text: str, pictures: Iterable[tuple[str, str]]) -> str:
    """Return a text of some kind as HTML."""
    if kind == "markdown":
        return markdown(text, pictures)
    return {"code": code, "own": clean_own, "student": clean, "terminal": terminal}[kind](text)


def markdown(source: str, pictures: Iterable[tuple[str, str]]) -> str:
    """Return Markdown as harmless HTML.

    Parameters
    ----------
    source : str
        Markdown of a student's.
    pictures : iterable of (str, str)
        Names and kinds of the pictures that belong to it. In their places `sign_of` their numbers
        is put, as they are large.

    Raises
    ------
    Exception
        For a picture that is not there, and for whatever else cannot be set.
    """
    signs = {name: {kind: sign_of(number)} for number, (name, kind) in enumerate(pictures)}
    html = _EXPORTER.markdown2html({"cell": {"attachments": signs}}, source)
    return clean(str(html))


def clean(html: str) -> str:
    """Return a student's HTML with nothing in it that runs, loads, or poses as a verdict."""
    return _described(_CLEANER.clean(html))


def clean_own(html: str) -> str:
    """Return HTML that a check has made, with nothing in it that runs or loads."""
    return _described(_OWN_CLEANER.clean(html))


def code(source: str) -> str:
    """Return code in colours."""
    return str(_HIGHLIGHT(source))


def terminal(text: str) -> str:
    """Return text with a terminal's codes for colours as HTML."""
    return str(ansi2html(text))


def _described(html: str) -> str:
    return UNDESCRIBED.sub(f'<img alt="{NO_DESCRIPTION}"', html)


class _Formulas(Filter):  # type: ignore[misc]
    """Puts MathML in the place of formulas; what is no formula loses its reaching commands."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        text = ""
        within = 0  # elements whose text is shown as it is
        for token in super().__iter__():
            if token["type"] in ("Characters", "SpaceCharacters"):
                text += token["data"]
            elif token["type"] == "Entity":
                text += unescape(f"&{token['name']};")
            else:
                yield from _characters(text) if within else _set(text)
                text = ""
                if token.get("name") in AS_IT_IS:
                    within += (token["type"] == "StartTag") - (token["type"] == "EndTag")
                yield token
        yield from _characters(text) if within else _set(text)


def _characters(text: str) -> Iterator[dict[str, Any]]:
    yield {"type": "Characters", "data": REACHING.sub("", text)}


def _set(text: str) -> Iterator[dict[str, Any]]:
    """Yield text with its formulas set; one that cannot be set is shown as it is written."""
    at = 0
    for found in FORMULA.finditer(text):
        yield from _characters(text[at : found.start()])
        at = found.end()
        inside = next(part for name in FORMS if (part := found[name]) is not None)
        display = "inline" if found["inline"] or found["parenthesis"] else "block"
        try:
            element = convert_to_element(ALIGNED.sub(r"\\\1{align*}", inside), display=display)
            tokens = list(_tokens(element, DEEPEST))
        except Exception:  # whatever it is: the library has no common one for what is no formula
            yield from _characters(found[0])
        else:
            yield from tokens
    yield from _characters(text[at:])


FORMS = ("block", "inline", "bracket", "parenthesis", "environment")


def _tokens(element: Element, deepest: int) -> Iterator[dict[str, Any]]:
    """Yield a formula's elements as the cleaner has them, with what is harmless in them."""
    if deepest == 0:
        raise RecursionError
    name = element.tag if element.tag in _TAGS else "mrow"
    data = {
        (None, key): value
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES and MATHML_VALUE.fullmatch(value)
    }
    if (side := element.get("columnalign")) in ("left", "right"):
        data[None, "style"] = f"text-align: {side}"  # the other name is out of use
    yield {"type": "StartTag", "namespace": MATHML, "name": name, "data": data}
    if element.text:
        yield from _characters(unescape(element.text))
    for child in element:
        yield from _tokens(child, deepest - 1)
    yield {"type": "EndTag", "namespace": MATHML, "name": name, "data": {}}


def _is_harmless(is_own: bool) -> Callable[[str, str, str], bool]:
    def decide(tag: str, name: str, value: str) -> bool:
        if name == "class":
            classes = value.split()
            return all(
                CLASSES.fullmatch(one) or (is_own and OWN_CLASSES.fullmatch(one)) for one in classes
            )
        if name in ("style", "title", "scope", "open", "align"):
            return True
        if tag == "img":
            is_size = name in ("width", "height") and value.isdecimal()
            return is_size or name == "alt" or (name == "src" and bool(PICTURE.fullmatch(value)))
        return tag == "a" and name == "href" and bool(LINK.match(value))

    return decide


def _cleaner(is_own: bool) -> Cleaner:
    return Cleaner(
        tags=frozenset(HARMLESS.split()),
        attributes=_is_harmless(is_own),
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=LOOKS if is_own else PLACES),
        filters=[_Formulas],
    )


_TAGS, _ATTRIBUTES = frozenset(MATHML_TAGS.split()), frozenset(MATHML_ATTRIBUTES.split())
_CLEANER, _OWN_CLEANER = _cleaner(False), _cleaner(True)
_EXPORTER = HTMLExporter(exclude_anchor_links=True)
_HIGHLIGHT = Highlight2HTML(pygments_lexer="ipython3")
