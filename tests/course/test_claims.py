"""Whatever stands in bold on a page is held by a test, which quotes it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from claims import TESTS, Claim, claims_held_in, held_claims

from autograder.building.claims import claims_in, claims_of
from autograder.building.pages import all_pages

HELD: defaultdict[str, list[Claim]] = defaultdict(list)
for claim in held_claims():
    HELD[claim.page].append(claim)
PAGE_OF = {f"{page.chapter}/{page.stem}": page for page in all_pages()}


@pytest.mark.parametrize("page", PAGE_OF)
def test_a_test_holds_every_claim(page: str) -> None:
    held = {claim.text for claim in HELD[page]}
    for text in claims_of(PAGE_OF[page]):
        assert text in held, (
            f"No test holds “{text}”, which stands in bold in course/{page}.md. Mark the test that "
            f"asserts it by @pytest.mark.claim(…), or, if it claims nothing, make it italics."
        )


@pytest.mark.parametrize("page", PAGE_OF)
def test_every_mark_quotes_its_page(page: str) -> None:
    claims = claims_of(PAGE_OF[page])
    for claim in HELD[page]:
        assert claim.text in claims, (
            f"{claim.where} holds “{claim.text}”, which does not stand in bold in "
            f"course/{page}.md. Quote what stands there, see that the test still asserts it, or "
            f"take the mark away."
        )


def test_every_mark_names_a_page() -> None:
    lost = [claim.where for page in HELD.keys() - PAGE_OF.keys() for claim in HELD[page]]
    assert lost == [], "These marks name no page: write PAGE = … in the file, or page=… in the mark"


@pytest.mark.parametrize("page", PAGE_OF)
def test_nothing_is_claimed_or_marked_twice(page: str) -> None:
    twice = [text for text, n in Counter(claims_of(PAGE_OF[page])).items() if n > 1]
    assert twice == [], "It is claimed twice: let it stand in bold once"
    twice = [(c.where, c.text) for c, n in Counter(HELD[page]).items() if n > 1]
    assert twice == [], "A test says twice that it holds the same"


@pytest.mark.parametrize("page", PAGE_OF)
def test_what_textbooks_say_differs_from_a_claim_of_the_page(page: str) -> None:
    claims = claims_of(PAGE_OF[page])
    for entry in PAGE_OF[page].textbooks:
        assert entry.claim in claims, f"“{entry.claim}” does not stand in bold in course/{page}.md"
        assert len(entry.said.split()) >= 4, f"who says what? {entry.said!r}"
        assert entry.said.endswith((".", "?", ".”")), f"no whole sentence: {entry.said!r}"


TEXT = """**Predict, then run.** A **<dfn>margin</dfn>** is **wide
enough for $x$ and `a**b`**, where `2**3 + **x` is code. **Why?** It *is* so, and **it *is*.**

```python
f(**one, **two)
```

| **head** | rest |
|---|:--|
| **body** | 1 |
"""


def test_what_counts_as_a_claim() -> None:
    assert list(claims_in(TEXT)) == ["wide enough for $x$ and `a**b`", "it *is*.", "body"]


def test_marks_are_read_without_running_a_test(tmp_path: Path) -> None:
    path = tmp_path / "test_x.py"
    path.write_text(
        'PAGE = "1/a"\nraise SystemExit\n\n@pytest.mark.claim("one\\n two")\n'
        '@pytest.mark.parametrize("x", [1])\n@pytest.mark.claim("far " "away", page="2/b")\n'
        "def test_it(x): ...\n\n\ndef test_other(): ...\n"
    )
    assert list(claims_held_in(path)) == [
        Claim("1/a", "one two", "test_x.py", "test_it", 7),
        Claim("2/b", "far away", "test_x.py", "test_it", 7),
    ]


def test_all_are_printed_for_others_to_read() -> None:
    printed = subprocess.run(
        [sys.executable, TESTS / "claims.py"], stdout=subprocess.PIPE, check=True, cwd=TESTS.parent
    )
    assert [Claim(**row) for row in json.loads(printed.stdout)] == held_claims()
