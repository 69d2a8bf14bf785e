"""The course's terms on the site: a page of them, and links to it from where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.building.glossary import MARK, Term
from autograder.building.pages import Page
from autograder.publishing.anchors import html_of, slug
from autograder.publishing.symbols import index_of

GLOSSARY = "glossary"
NO_PROSE = re.compile(
    r"^```.*?^```|^:::.*?$|\$\$.*?\$\$|`[^`]*`|\$[^$]*\$|!?\[[^\]]*\]\([^)]*\)"
    r"|<(?P<whole>dfn|summary)\b.*?</(?P=whole)>|<[^<>]+>|^#.*?$|^\|.*?$",
    re.DOTALL | re.MULTILINE,
)
"""What stays as it is: no term is looked for in code, formulas, links, headings and tables."""


class Linker:
    """Links the first use of each known term on a page to the glossary."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.names = {_plain(term.name): term.name for term in terms}
        parts = (
            r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name)))
            for name in sorted(self.names, key=len, reverse=True)
        )
        self.pattern = re.compile(
            rf"(?<![\w-])({'|'.join(parts)})(?:e?s)?(?![\w-])" if self.names else r"(?!)",
            re.IGNORECASE,
        )

    def linked(self, text: str) -> str:
        """Return a text with links; what it has linked once, it leaves in the next one."""
        pieces, at = [], 0
        for kept in NO_PROSE.finditer(text):
            pieces += [self.pattern.sub(self._link, text[at : kept.start()]), kept[0]]
            at = kept.end()
        return "".join([*pieces, self.pattern.sub(self._link, text[at:])])

    def _link(self, found: re.Match[str]) -> str:
        name = self.names.pop(_plain(found[1]), "")
        return f"{{term}}`{' '.join(found[0].split())} <{name}>`" if name else found[0]


def _plain(name: str) -> str:
    return " ".join(re.split(r"[\s-]+", name.casefold().strip()))


def with_anchors(text: str) -> str:
    """Return a text in which each term that it introduces can be led to."""

    def named(found: re.Match[str]) -> str:
        return found[0].replace("<dfn>", f'<dfn id="{_anchor(found[1])}">')

    return MARK.sub(named, text)


def _anchor(name: str) -> str:
    return f"term-{slug(name)}"


def glossary_page(terms: Iterable[Term]) -> str:
    """Return the glossary: each term, the sentence that introduces it, and where that stands."""
    lines = [
        "# Glossary",
        "",
        "Each word with the sentence that introduces it. On the pages, the first use of a word "
        "leads here.",
        "",
        ":::{glossary}",
    ]
    for term in sorted(terms, key=lambda term: term.name.casefold()):
        sentence = term.page.linked(term.sentence, "")
        found = [f"  {line}".rstrip() for line in index_of(_spelled(term.name))]
        lines += [term.name, *found, f"  {sentence} ({_origin(term.page, term.name)})", ""]
    return "\n".join([*lines, ":::"])


def _spelled(name: str) -> list[str]:
    """Return how else a name is typed: with a space or a hyphen in the place of its dashes."""
    others = {re.sub("[-–]", " ", name), name.replace("–", "-")} - {name}
    return [f"! {other}" for other in sorted(others)]


def _origin(page: Page, name: str) -> str:
    return f'<a href="{html_of(page.path)}#{_anchor(name)}">page {page.number}</a>'
