"""Words, symbols, claims and maps, before Sphinx sees them."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("myst_nb", reason="what builds the site is not installed")

from autograder.building.chapters import chapter_names
from autograder.building.glossary import NO_PROSE, Term, all_terms, sentences_of
from autograder.building.pages import Page, all_pages
from autograder.publishing.claims import Claim, Proofs
from autograder.publishing.formulas import mathml
from autograder.publishing.lines import broken
from autograder.publishing.maps import chapter_map, course_map
from autograder.publishing.symbols import all_symbols
from autograder.publishing.words import Linker, with_anchors

PAGE = Page("03_backpropagation", "4_layers")
TERMS = [Term(name, PAGE, "") for name in ("loss", "hinge loss", "mini-batch", "gradient")]


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("a loss, a loss", "a {term}`loss <loss>`, a loss"),
        ("The hinge\nloss", "The {term}`hinge loss <hinge loss>`"),
        ("Two Losses", "Two {term}`Losses <loss>`"),
        ("mini batches", "{term}`mini batches <mini-batch>`"),
        ("`loss` and $loss$", "`loss` and $loss$"),
        ("[the loss](a.md)", "[the loss](a.md)"),
        ("# A loss\n", "# A loss\n"),
        ("```\nloss\n```", "```\nloss\n```"),
        ("$$\nloss\n$$", "$$\nloss\n$$"),
        ("**<dfn>loss</dfn>**", "**<dfn>loss</dfn>**"),
        ("lossless", "lossless"),
    ],
)
def test_the_first_use_of_a_word_is_linked(text: str, linked: str) -> None:
    assert Linker(TERMS).linked(text) == linked


def test_a_word_is_linked_once_on_a_page() -> None:
    linker = Linker(TERMS)
    assert linker.linked("a gradient").count("{term}") == 1
    assert linker.linked("a gradient").count("{term}") == 0
    assert Linker([]).linked("a gradient") == "a gradient"


def test_where_a_word_is_introduced_can_be_linked() -> None:
    assert with_anchors("**<dfn>chain rule</dfn>**") == (
        '**<dfn id="term-chain-rule">chain rule</dfn>**'
    )


def test_symbols_are_found_where_they_are_introduced() -> None:
    symbols = {symbol.shown: symbol for symbol in all_symbols(all_pages())}
    eta = symbols["$\\eta$"]
    assert eta.searched == ("η", "eta")
    assert "learning rate" in eta.uses[0].sentence
    assert eta.uses[0].page.chapter == "01_perceptrons"
    assert len({use.page.chapter for use in eta.uses}) == len(eta.uses), "once in each chapter"
    assert symbols["`fan_in`"].searched == ("fan_in",)
    assert symbols["`fan_in`"].uses[0].sentence.endswith("is called its *fan-in*.")
    rate = [(use.page.number, use.sentence) for use in symbols["`learning_rate`"].uses]
    assert [number for number, _ in rate] == ["1.4", "3.3"], "a term in code, and where it is used"
    assert rate[0][1].endswith("is called the *learning rate*.")
    assert "$x^2$" not in symbols, "a power is no symbol"
    anchors = [symbol.anchor for symbol in symbols.values()]
    assert len(anchors) == len({anchor.casefold() for anchor in anchors})


def test_what_introduces_a_symbol_or_a_term_ends_with_its_item_of_a_list() -> None:
    uses = [use for symbol in all_symbols(all_pages()) for use in symbol.uses]
    symbols = [use.sentence for use in uses]
    for sentence in symbols + [term.sentence for term in all_terms()]:
        prose = NO_PROSE.sub("", sentence)
        assert not re.search(r"[.;)] (?:-|\d+\.) ", prose), sentence
        assert prose.count("*") % 2 == prose.count("**") % 2 == 0, f"half a pair: {sentence}"
    assert "`in_order(last)`: a list of all numbers" in "\n".join(symbols)


def test_a_line_of_a_formula_is_no_item_of_a_list() -> None:
    text = "So\n$$\na\n- b .\n$$\n\n- The one.\n- The other.\n1. First $x$.\n"
    assert [" ".join(one.split()) for one in sentences_of(text) if one.strip()] == [
        *("So $$ a - b . $$", "The one.", "The other.", "First $x$.")
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("--no-figures", "--no-figures"),
        ("test_a::test_long_name", "test_<wbr>a::<wbr>test_<wbr>long_<wbr>name"),
        ("--allow-unsandboxed", "--allow-<wbr>unsandboxed"),
        ("a_single_word", "a_single_word"),
    ],
)
def test_a_long_name_is_broken_behind_a_part_of_it(body: str, expected: str) -> None:
    assert broken(f'<span class="pre">{body}</span>') == f'<span class="pre">{expected}</span>'


def test_what_follows_a_formula_stays_with_it() -> None:
    inline = mathml("b", "inline")
    assert broken(f"a {inline}. So {inline} is") == (
        f'a <span class="kept">{inline}.</span> So {inline} is'
    )


def test_a_claim_is_marked_where_it_stands() -> None:
    proofs = Proofs(PAGE, [Claim("03_backpropagation/4_layers", "So it is.", "f.py", "test_f")])
    text = "**So\nit is.** **And so?**\n\n```\n**So it is.**\n```"
    marked = proofs.linked(text)
    assert marked.startswith('**So\nit is.** <a class="tested" id="claim-1" href="../../tested')
    assert marked.count("<a ") == 1
    other = Proofs(Page("03_backpropagation", "1_graphs"), [Claim("03/4", "So it is.", "f", "g")])
    assert other.linked(text) == text


@pytest.mark.parametrize("chapter", chapter_names())
def test_a_map_has_a_row_for_each_page_and_an_arc_for_each_link(chapter: str) -> None:
    drawn = chapter_map(chapter)
    pages = [page for page in all_pages() if page.chapter == chapter]
    within = [n for page in pages for n in page.builds_on if n in {p.number for p in pages}]
    assert drawn.count("<li>") == drawn.count("<circle") == len(pages)
    assert drawn.count("<path") == len(within)
    assert len(re.findall(r'<a href="', drawn)) == len(pages)


def test_the_map_of_the_course_leads_only_back() -> None:
    drawn = course_map(chapter_names(), chapter_names(), "")
    for above, below in re.findall(r'd="M\d+ (\d+) .*? (\d+)"', drawn):
        assert int(above) < int(below)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("(-2)", '<mo form="prefix">−</mo>'),
        ("a - 2", "<mo>−</mo>"),
        (r"\lvert x", '<mo form="prefix" stretchy="false">|</mo><mi>x</mi>'),
        (r"x \rvert", '<mi>x</mi><mo form="postfix" stretchy="false">|</mo>'),
        (r"\lVert W \rVert^2 + \frac12", '<mo form="postfix" stretchy="false">‖</mo>'),
        (r"\begin{aligned}a &= b\end{aligned}", "text-align: right"),
        (r"a < b", "<mo>&lt;</mo>"),
        (r"\arg\min", "<mo>arg</mo>"),
    ],
)
def test_a_formula_is_set_as_it_is_read(latex: str, expected: str) -> None:
    assert expected in mathml(latex, "inline")


def test_no_term_is_lost_in_the_glossary() -> None:
    from autograder.publishing.words import glossary_page

    page = glossary_page(all_terms())
    for term in all_terms():
        assert f"\n{term.name}\n" in page
