"""Where textbooks differ: what is widely said, and the claim of a page that says what one measures.

It stands in the heads of the pages (``textbooks``); each claim is one that a test holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from autograder.building.claims import BOLD, in_one_line
from autograder.building.glossary import END_OF_SENTENCE, PARAGRAPH
from autograder.building.pages import Page
from autograder.publishing.anchors import html_of
from autograder.publishing.chapters import title_of
from autograder.publishing.claims import Proofs

FILE = "errata"
HEAD = """# Where textbooks differ from what you will measure

Much is said of deep learning that holds only sometimes. Here is what you will measure otherwise
on the pages of this course, at their sizes and on their data. Each is a claim that a test asserts,
at three seeds: follow it to the experiment, change it there, and judge by yourself.
"""


def errata_page(proofs: Sequence[Proofs]) -> str:
    """Return the page of all that is said and not found, chapter by chapter."""
    lines = [HEAD]
    with_errata = (one for one in proofs if one.page.textbooks)
    for chapter, pages in groupby(with_errata, key=lambda one: one.page.chapter):
        lines += [f"## {title_of(chapter)}", ""]
        for proof in pages:
            lines += _of_page(proof)
    return "\n".join(lines)


def _of_page(proof: Proofs) -> Iterator[str]:
    page = proof.page
    for entry in page.textbooks:
        place = proof.place_of(entry.claim)
        name = f"page {page.number}, {page.title}"
        yield ":::{container} erratum"
        yield f"{entry.said}\n"
        yield f"{page.linked(sentence_of(page, entry.claim), '')}\n"
        links = [f'<a href="{html_of(page.path)}{"#" * bool(place)}{place}">{name}</a>']
        if place:
            links.append(f'<a href="{proof.path}.html#{place}">tested</a>')
        yield f"{' · '.join(links)}\n"
        yield ":::\n"


def sentence_of(page: Page, claim: str) -> str:
    """Return the sentence in which a page makes a claim, in one line.

    Raises
    ------
    LookupError
        If it makes no such claim.
    """
    cells = (cell.source for cell in page.text.cells if cell.cell_type == "markdown")
    for paragraph in (part for source in cells for part in PARAGRAPH.split(source)):
        for found in BOLD.finditer(paragraph):
            if in_one_line(found["bold"] or "") == claim:
                before = END_OF_SENTENCE.split(f"{paragraph[: found.start()]}**")[-1]
                after = END_OF_SENTENCE.split(f"{claim[-1]}{paragraph[found.end() :]}")[0][1:]
                start = before.removesuffix("**").lstrip("-* \n")
                sentence = in_one_line(f"{start}{found[0]}{after}")
                return sentence if sentence.count("**") % 2 == 0 else in_one_line(found[0])
    raise LookupError(f"Page {page.number} does not claim {claim!r}.")
