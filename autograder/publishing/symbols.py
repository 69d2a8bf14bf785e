"""The course's symbols: where each is introduced, chapter by chapter, as one letter has many uses.

A Greek letter counts wherever a formula has it, a Latin one where it stands alone in the text; a
name in code is one in lower case, as variables and arguments are. What introduces it is the first
sentence of a chapter that has it; a name such as ``fan_in``, which is a term in code, is introduced
where the term is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.building.glossary import NO_PROSE, TAG, by_itself, sentences_of, terms_of
from autograder.building.pages import Page

SYMBOLS = "symbols"
NAMES = """alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi
rho sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"""
GREEK = dict(zip(NAMES.split(), "αβγδϵεζηθικλμνξπρστϕφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True))
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$([^$]+)\$(?!\$)", re.DOTALL)
LETTER = re.compile(r"\\([A-Za-z]+)")
ALONE = re.compile(r"\\(?:mathbf|hat|bar|tilde)(?:\{[A-Za-z]\}| [A-Za-z])|[A-Za-z]")
MARKS = re.compile(r"\\\w+|[${} `]")
NAME = re.compile(r"(?<!`)`([a-z][a-z0-9_]*)`(?!`)")
STARS = re.compile(rf"({NO_PROSE.pattern})|\*+", re.DOTALL)
NOT_READ = re.compile(r"^```.*?^```|^\|.*?$|^#.*?$", re.DOTALL | re.MULTILINE)
FIELDS = ("Greek letters", "Latin letters", "Names in code")


@dataclass(frozen=True)
class Use:
    """The first sentence of a chapter that has a symbol."""

    page: Page
    sentence: str


@dataclass(frozen=True)
class Symbol:
    """A symbol: as Markdown, as it is searched for, and what it stands for in each chapter."""

    field: str
    shown: str
    searched: tuple[str, ...]
    uses: tuple[Use, ...]

    @property
    def anchor(self) -> str:
        """What leads to it."""
        kind = self.field.partition(" ")[0].casefold()
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.shown).strip("-")
        capital = "capital-" if name[0].isupper() else ""  # names of places have no capitals
        return f"symbol-{kind}-{capital}{name.casefold()}"


def all_symbols(pages: Iterable[Page]) -> list[Symbol]:
    """Return the symbols of some pages, in the order of the index."""
    pages = list(pages)
    uses: dict[tuple[str, str], dict[str, Use]] = {}
    for page in pages:
        for sentence in _sentences(page):
            for symbol in _symbols(sentence):
                first = uses.setdefault(symbol, {})
                first.setdefault(page.chapter, Use(page, sentence))
    for term in (term for page in pages for term in terms_of(page)):
        symbol = FIELDS[2], f"`{re.sub(r'[^a-z0-9]+', '_', term.name.casefold())}`"
        if symbol in uses:
            its = uses[symbol] | {term.page.chapter: Use(term.page, _balanced(term.sentence))}
            uses[symbol] = dict(sorted(its.items()))
    ordered = sorted(uses, key=lambda one: (FIELDS.index(one[0]), one[1].strip("$\\`").casefold()))
    return [
        Symbol(field, shown, _searched(shown), tuple(uses[field, shown].values()))
        for field, shown in ordered
    ]


def greek_of(page: Page) -> list[str]:
    """Return the Greek letters of a page, and their names: what a reader may search for."""
    found = {
        name
        for cell in page.text.cells
        if cell.cell_type == "markdown"
        for formula in FORMULA.finditer(cell.source)
        for name in LETTER.findall(formula[0])
        if name in GREEK
    }
    return [word for name in sorted(found) for word in (GREEK[name], name)]


def index_of(words: Sequence[str]) -> list[str]:
    """Return what lets the search find a place by words that its text does not have.

    What begins with ``!`` is found first.
    """
    return ["```{index} " + ", ".join(words), "```", ""] if words else []


def _sentences(page: Page) -> Iterator[str]:
    for cell in page.text.cells:
        if cell.cell_type == "markdown":
            for sentence in sentences_of(TAG.sub("", NOT_READ.sub("", cell.source))):
                yield _balanced(by_itself(sentence))


def _balanced(sentence: str) -> str:
    """Return a sentence without stars, if the other half of a pair stands in another one."""
    text = NO_PROSE.sub("", sentence)
    paired = text.count("**") % 2 == text.count("*") % 2 == 0
    return sentence if paired else STARS.sub(r"\1", sentence)


def _symbols(sentence: str) -> Iterator[tuple[str, str]]:
    for found in FORMULA.finditer(sentence):
        formula = (found[1] or found[2]).strip()
        for name in LETTER.findall(formula):
            if name in GREEK:
                yield FIELDS[0], f"$\\{name}$"
        if ALONE.fullmatch(formula):
            yield FIELDS[1], f"${formula}$"
    for name in NAME.findall(FORMULA.sub("", sentence)):
        yield FIELDS[2], f"`{name}`"


def _searched(shown: str) -> tuple[str, ...]:
    bare = shown.strip("$`\\")
    return (
        (GREEK[bare], bare) if bare in GREEK else (re.sub(r"\\\w+|[{} ]", "", shown.strip("$`")),)
    )


def symbols_page(symbols: Iterable[Symbol]) -> str:
    """Return the index of symbols."""
    lines = [
        "# Symbols",
        "",
        "Which page introduces a symbol. Some letters stand for one thing in one chapter and for "
        "another in the next: each chapter's first sentence with the letter is shown.",
    ]
    field = ""
    for symbol in symbols:
        if symbol.field != field:
            field = symbol.field
            lines += ["", f"## {field}"]
        lines += [
            "",
            *index_of([f"! {word}" for word in symbol.searched]),
            f"({symbol.anchor})=",
            "::::{container} symbol",
            symbol.shown,
        ]
        lines += [f"(*{symbol.searched[1]}*)"] if len(symbol.searched) > 1 else []
        lines += [""]
        for use in symbol.uses:
            text = use.page.linked(use.sentence, "")
            lines.append(f"- [{use.page.number}]({use.page.path}) {text}")
        lines.append("::::")
    return "\n".join(lines)
