"""The names of places within a page."""

from __future__ import annotations

import re
import unicodedata

from docutils.nodes import make_id

NO_WORD = re.compile(r"[\W_]+")


def anchor_of(heading: str) -> str:
    """Return what leads to a heading, as JupyterLab makes it."""
    return heading.strip().replace(" ", "-")


def slug(text: str) -> str:
    """Return a text as a part of an address."""
    return NO_WORD.sub("-", text.casefold()).strip("-")


def place_of(heading: str) -> str:
    """Return the name that Sphinx gives to the place of a heading."""
    return str(make_id(heading))


def place_of_term(name: str) -> str:
    """Return the name that Sphinx gives to the place of a term in the glossary."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "term-" + re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-")


def html_of(path: str) -> str:
    """Return the address of a notebook's page, from the first page."""
    return path.removesuffix(".ipynb") + ".html"
