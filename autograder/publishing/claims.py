"""What a page claims in bold, and the tests that hold it: a link, and a page with their source.

Which test holds which claim is said by the marks of the tests: this is told, as a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.building.claims import BOLD, in_one_line
from autograder.building.pages import Page
from autograder.publishing.sources_of_tests import FOLDER, page_of_tests, source_of

ANCHOR = "claim-"


@dataclass(frozen=True)
class Claim:
    """A claim in bold, ``text`` on ``page`` (03_backpropagation/4_layers), and a test of it."""

    page: str
    text: str
    file: str
    function: str


def read_claims(path: Path) -> list[Claim]:
    """Return claims as ``tests/claims.py`` lists them."""
    rows = json.loads(path.read_text("utf-8"))
    return [Claim(row["page"], row["text"], row["file"], row["function"]) for row in rows]


class Proofs:
    """The claims of one page, with the tests of each."""

    def __init__(self, page: Page, claims: Iterable[Claim]) -> None:
        self.page = page
        self.tests: dict[str, list[Claim]] = {}
        for claim in claims:
            if claim.page == f"{page.chapter}/{page.stem}":
                self.tests.setdefault(in_one_line(claim.text), []).append(claim)

    @property
    def path(self) -> str:
        """Where their page lies: ``tested/3.4_layers``."""
        return f"{FOLDER}/{self.page.path.rpartition('/')[2].removesuffix('.ipynb')}"

    def place_of(self, text: str) -> str:
        """Return the name of a claim's place, on its page and on that of its tests, or nothing."""
        claims = list(self.tests)
        return f"{ANCHOR}{claims.index(text) + 1}" if text in claims else ""

    def linked(self, text: str) -> str:
        """Return a text of the page in which what is tested leads to its tests."""
        return BOLD.sub(self._link, text)

    def _link(self, found: re.Match[str]) -> str:
        place = self.place_of(in_one_line(found["bold"] or ""))
        if not place:
            return found[0]
        to = f"../../{self.path}.html#{place}"
        return f'{found[0]} <a class="tested" id="{place}" href="{to}">(tested)</a>'

    def source(self) -> str:
        """Return the page that shows the tests."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield "---\norphan: true\nnosearch: true\n---\n"
        yield f"# What holds the claims of page {self.page.number}\n"
        yield (
            f"Each claim of [page {self.page.number}, {self.page.title}](../{self.page.path}) that "
            "is tested, with the tests that assert it. They run on the page's own results "
            "(`names`), at three seeds.\n"
        )
        for text, claims in self.tests.items():
            yield f'<span id="{self.place_of(text)}"></span>\n'
            yield f"## {self.page.linked(text, '../')}\n"
            for claim in claims:
                where = page_of_tests(claim.file, claim.function).removeprefix(f"{FOLDER}/")
                yield f'<a href="{where}">{claim.file}</a>:\n'
                yield f"````python\n{source_of(claim.file, claim.function)}\n````\n"
