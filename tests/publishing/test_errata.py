"""What pages claim leads to its tests, and a page lists where textbooks differ."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("myst_nb", reason="what builds the site is not installed")

from nbformat.v4 import new_markdown_cell, new_notebook
from visitors import CLAIMS

from autograder.building.chapters import ROOT
from autograder.building.claims import claims_of
from autograder.building.pages import Page, all_pages
from autograder.publishing.anchors import html_of
from autograder.publishing.claims import Claim, Proofs
from autograder.publishing.errata import sentence_of
from autograder.publishing.sources_of_tests import page_of_tests, pages_of_tests, source_of

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated. Check CHANGES for Sphinx")
PROOFS = {page: Proofs(page, CLAIMS) for page in all_pages()}
SLOW = Page("03_backpropagation", "10_slow_or_stopped")
CLAIM = "Five layers are slow, not stopped."


def html(site: Path, page: str) -> str:
    return (site / page).read_text("utf-8")


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.number)
def test_every_claim_that_a_test_holds_leads_to_it(page: Page, site: Path) -> None:
    shown = html(site, html_of(page.path))
    held = [text for text in claims_of(page) if text in PROOFS[page].tests]
    places = re.findall(r'<a class="tested" id="(claim-\d+)" href="([^"]+)">', shown)
    assert sorted(place for place, _ in places) == sorted(map(PROOFS[page].place_of, held))
    for place, address in places:
        assert address == f"../../{PROOFS[page].path}.html#{place}"
        assert f'id="{place}"' in html(site, f"{PROOFS[page].path}.html")


def test_a_claims_page_has_its_tests(site: Path) -> None:
    shown = html(site, f"{PROOFS[SLOW].path}.html")
    (claim,) = (one for one in CLAIMS if one.text == CLAIM and "_ten_" in one.function)
    assert " ".join(source_of(claim.file, claim.function).split()) in text_of(shown)
    assert f'href="{page_of_tests(claim.file, claim.function).removeprefix("tested/")}"' in shown


def test_a_file_of_tests_is_a_page_with_a_place_for_each(site: Path) -> None:
    for file in {claim.file for claim in CLAIMS}:
        address = page_of_tests(file, "test_x").partition("#")[0]
        shown = html(site, address)
        for name in re.findall(r"^def (test_\w+)", (ROOT / file).read_text("utf-8"), re.MULTILINE):
            assert f'id="{name.replace("_", "-")}"' in shown, f"{file}: {name}"


def test_the_page_of_a_file_has_all_of_it() -> None:
    file = CLAIMS[0].file
    (page,) = pages_of_tests([file]).values()
    code = "\n".join(re.findall(r"````python\n(.*?)\n````", page, re.DOTALL))
    lines = [line for line in (ROOT / file).read_text("utf-8").splitlines() if line]
    assert [line for line in code.splitlines() if line] == lines


def test_every_erratum_says_what_is_measured_where_and_by_which_test(site: Path) -> None:
    cards = re.findall(r'<div class="erratum[^"]*">(.*?)</div>', html(site, "errata.html"), re.S)
    entries = [(page, entry) for page in all_pages() for entry in page.textbooks]
    assert len(cards) == len(entries) > 10
    for card, (page, entry) in zip(cards, entries, strict=True):
        assert re.sub(r"[*`$]", "", entry.said)[:20] in text_of(card)
        place = PROOFS[page].place_of(entry.claim)
        assert place, f"no test holds {entry.claim}"
        assert f'href="{html_of(page.path)}#{place}"' in card
        assert f'href="{PROOFS[page].path}.html#{place}"' in card


TEXT = """First. It is slow, and **so
it is** in $x$. **One claim. Of two.** More. **Last**: so
it ends. And this."""


def test_a_claim_is_told_in_its_sentence() -> None:
    page = Page("03_backpropagation", "1_written")
    page.__dict__["text"] = new_notebook(cells=[new_markdown_cell(f"- one\n\n{TEXT}")])
    assert sentence_of(page, "so it is") == "It is slow, and **so it is** in $x$."
    assert sentence_of(page, "One claim. Of two.") == "**One claim. Of two.**"
    assert sentence_of(page, "Last") == "**Last**: so it ends."
    with pytest.raises(LookupError, match="does not claim 'one'"):
        sentence_of(page, "one")


def test_only_what_is_held_gets_a_link() -> None:
    proofs = Proofs(SLOW, [Claim("03_backpropagation/10_slow_or_stopped", CLAIM, "f", "test_f")])
    assert proofs.linked("**Five layers are\nslow, not stopped.** And.") == (
        "**Five layers are\nslow, not stopped.** "
        '<a class="tested" id="claim-1" '
        f'href="../../{proofs.path}.html#claim-1">(tested)</a> And.'
    )
    for text in ("**other**", f"`**{CLAIM}**`", CLAIM):
        assert proofs.linked(text) == text


def test_a_test_that_is_not_there_is_said() -> None:
    with pytest.raises(LookupError, match="has no function test_nothing"):
        source_of(CLAIMS[0].file, "test_nothing")
