"""How much it says that two works are alike, and how alike works are by chance.

What two have in common weighs the more, the fewer others have it: what one of 300 has weighs eight
bits, what half of them have one bit. Short tasks have few right answers, so any two are somewhat
alike. How alike the most alike pair is that did *not* copy is found by dealing: the answers to each
task are dealt out anew among those who answered it, as often as is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from autograder.similarity.works import Work

DEALS = 200
SEED = 0
"""The same works give the same list."""

Bits = NDArray[np.float32]


@dataclass(frozen=True)
class Evidence:
    """What speaks for each pair of some works.

    Attributes
    ----------
    parts : mapping of str to array of shape (N, N)
        The bits of each task.
    total : array of shape (N, N)
        Their sum.
    chance : array of shape (DEALS,)
        The bits of the most alike pair in each deal.
    """

    parts: Mapping[str, Bits]
    total: Bits
    chance: Bits

    def reached(self, bits: float) -> int:
        """Return in how many deals some pair was as alike as that."""
        return int((self.chance >= bits).sum())


def gather_evidence(works: Sequence[Work], parts: Sequence[str]) -> Evidence:
    """Weigh what works have in common, and what they would have by chance."""
    forms = {name: [_forms(work, name) for work in works] for name in parts}
    bits = {name: _bits(found) for name, found in forms.items() if any(found)}
    count = len(works)
    total = sum(bits.values(), np.zeros((count, count), np.float32))
    answered = {name: np.flatnonzero([bool(one) for one in forms[name]]) for name in bits}
    new = np.array([work.is_new for work in works])
    return Evidence(bits, total, _chance(bits, answered, np.logical_or.outer(new, new)))


def _forms(work: Work, part: str) -> frozenset[int]:
    return work.parts[part].forms.all if part in work.parts else frozenset()


def _bits(found: Sequence[frozenset[int]]) -> Bits:
    """Return the bits of one task: the mean over the forms of the shorter answer.

    A form that is not shared has none. One that is shared has the logarithm of how seldom somebody
    else has it, the pair apart, counted as if one more had it.
    """
    counter = CountVectorizer(analyzer=sorted, binary=True, dtype=np.float32)
    table = counter.fit_transform(found)
    sizes = table.getnnz(axis=1)
    have = np.asarray(table.sum(axis=0)).ravel()
    weights = np.log2(np.count_nonzero(sizes) / np.maximum(have - 1, 1))
    shared = (table.multiply(weights) @ table.T).toarray()
    np.fill_diagonal(shared, 0)
    mean: Bits = (shared / np.maximum(np.minimum.outer(sizes, sizes), 1)).astype(np.float32)
    return mean


def _chance(
    bits: Mapping[str, Bits], answered: Mapping[str, NDArray[np.int_]], counts: NDArray[np.bool_]
) -> Bits:
    """Return the bits of the most alike pair that counts, in each deal."""
    rng = np.random.default_rng(SEED)
    most = np.zeros(DEALS, np.float32)
    for deal in range(DEALS):
        total = np.zeros(counts.shape, np.float32)
        for name, one in bits.items():
            places = np.arange(len(one))
            places[answered[name]] = rng.permutation(answered[name])
            total += one[np.ix_(places, places)]
        most[deal] = np.max(total, where=counts, initial=0)
    return most
