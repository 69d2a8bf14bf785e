"""The field's own words: each is introduced once, and used nowhere before."""

from __future__ import annotations

from collections import Counter

import jupytext
import pytest

from autograder.building.chapters import ASSIGNMENTS, assignment_names
from autograder.building.glossary import MARK, Term, all_terms, prose_of, uses
from autograder.building.pages import all_pages

TERMS = all_terms()
OWED = """perceptron, weight, bias, decision boundary, margin, hidden layer, fully connected,
multilayer perceptron, activation, logit, softmax, loss, likelihood, linear regression,
logistic regression, entropy, cross-entropy, log-sum-exp, derivative, difference quotient,
partial derivative, gradient, gradient descent, learning rate, convex, local minimum, saddle point,
plateau, mini-batch, epoch, overfitting, hinge loss, computational graph, chain rule,
automatic differentiation, vector–Jacobian product, Jacobian, gradient check, vanishing gradient,
exploding gradient, gradient clipping, singular value"""
PROSE = {page: prose_of(page.text) for page in all_pages()}


def plain(prose: str) -> str:
    return prose.replace("<dfn>", "").replace("</dfn>", "")


def test_what_a_reader_of_other_books_expects_is_introduced() -> None:
    owed = {" ".join(name.split()).casefold() for name in OWED.split(",")}
    assert owed <= {term.name.casefold() for term in TERMS}


def test_a_term_is_introduced_once() -> None:
    twice = [name for name, n in Counter(t.name.casefold() for t in TERMS).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_used_nowhere_before(term: Term) -> None:
    for page, prose in PROSE.items():
        if page == term.page:
            marks = (m for m in MARK.finditer(prose) if " ".join(m[1].split()) == term.name)
            before = prose[: next(marks).start()]
            assert not list(uses(term.name, plain(before))), f"earlier on page {page.number}"
            return
        found = [
            prose[max(0, u.start() - 40) : u.end() + 40] for u in uses(term.name, plain(prose))
        ]
        assert found == [], f"used on page {page.number}, introduced on {term.page.number}"


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_the_sentence_of_a_term_explains_it(term: Term) -> None:
    assert 6 <= len(term.sentence.split()) <= 70, term.sentence


@pytest.mark.parametrize("name", assignment_names())
def test_an_assignment_uses_no_term_of_a_later_chapter(name: str) -> None:
    prose = prose_of(jupytext.read(ASSIGNMENTS / name / "text.md", fmt="md:myst"))
    later = [term for term in TERMS if term.page.chapter > name]
    assert [term.name for term in later if list(uses(term.name, prose))] == []
