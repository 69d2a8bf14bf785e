"""A term is found by its mark, with the sentence that explains it; its uses by its words."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.building import glossary
from autograder.building.glossary import glossary_notebook, prose_of, terms_of, uses
from autograder.building.pages import Page


class Written(Page):
    """A page of which the text is given here."""

    def __init__(self, *cells: str) -> None:
        super().__init__("07_rest", "1_nap")
        text = [nbformat.v4.new_markdown_cell(cell) for cell in cells]
        vars(self)["text"] = nbformat.v4.new_notebook(cells=text)


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("Before. A **<dfn>nap</dfn>** is short.\nAfter.", "nap", "A *nap* is short."),
        (
            "- To sleep $x$ hours is a <dfn>long\n  nap</dfn>. More.",
            "long nap",
            "To sleep $x$ hours is a *long nap*.",
        ),
        ("**<dfn>Noon\n  nap</dfn>** is short.", "Noon nap", "*Noon nap* is short."),
        ("- **<dfn>Nap</dfn>**: it is short.", "Nap", "*Nap*: it is short."),
        ("**A <dfn>nap</dfn> is short.** After.", "nap", "A *nap* is short."),
        (
            "A **<dfn>nap</dfn>** is\n\n$$n = 1$$\n\nor so.",
            "nap",
            "A *nap* is $$n = 1$$",
        ),
        (
            "A **<dfn>nap</dfn>** has $n$ of these: hours. $n$ is 1.",
            "nap",
            "A *nap* has $n$ of these: hours.",
        ),
    ],
)
def test_a_term_comes_with_its_sentence(text: str, name: str, sentence: str) -> None:
    (term,) = terms_of(Written("# 7.1 Rest", text))
    assert (term.name, term.sentence, term.page.number) == (name, sentence, "7.1")


@pytest.mark.parametrize(
    ("term", "prose", "count"),
    [
        ("loss", "Loss and losses are lost; lossy, log-loss, loss-free.", 2),
        ("cross-entropy", "cross entropy, Cross-entropy and\ncross-\nentropy", 3),
        ("entropy", "cross-entropy", 0),
        ("mini-batch", "mini-batches", 1),
        ("local minimum", "a local\n  minimum", 1),
    ],
)
def test_uses_are_found_in_any_number_and_line(term: str, prose: str, count: int) -> None:
    assert len(list(uses(term, prose))) == count


def test_code_formulas_and_addresses_are_no_prose() -> None:
    page = Written("a `nap` $nap$ $$nap$$ [so](nap.md)\n```\nnap\n```\n<b>nap</b> <dfn>nap</dfn>")
    assert (
        len(list(uses("nap", prose_of(page.text).replace("<dfn>", "").replace("</dfn>", "")))) == 2
    )


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("../04_optimizers/6_schedules.md", "04_optimizers/4.6_schedules.ipynb"),
        ("../04_optimizers/6_schedules.md#warm", "04_optimizers/4.6_schedules.ipynb#warm"),
        ("2_night.md", "07_rest/7.2_night.ipynb"),
    ],
)
def test_a_link_in_a_sentence_leads_on_from_the_glossary(
    monkeypatch: pytest.MonkeyPatch, link: str, leads_to: str
) -> None:
    page = Written("# 7.1 Rest", f"A **<dfn>nap</dfn>** is [short]({link}).")
    monkeypatch.setattr(glossary, "all_terms", lambda: terms_of(page))
    (entry,) = glossary_notebook().cells[1].source.splitlines()
    assert f"[short](../course/{leads_to})" in entry


def test_the_glossary_leads_to_its_pages(tmp_path: Path) -> None:
    notebook = glossary_notebook()
    nbformat.validate(notebook)
    entries = notebook.cells[1].source.splitlines()
    names = [entry.split("**")[1].casefold() for entry in entries]
    assert names == sorted(names)
    assert len(set(names)) == len(names) > 50
    assert all(entry.endswith(".ipynb))") for entry in entries)
