"""The pairs of works that are more alike than chance makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.similarity.evidence import DEALS, gather_evidence
from autograder.similarity.works import Work

ONCE_IN = 100
"""A pair is listed if chance makes one as alike in fewer than one of so many classes."""
FEWEST = 3
"""Of two works nobody can say what is rare."""


class SimilarityError(Exception):
    """Nothing can be compared; one sentence says why and what to do."""


@dataclass(frozen=True)
class Pair:
    """Two works that are more alike than chance makes them.

    Attributes
    ----------
    left, right : Work
        The two.
    bits : float
        What speaks for it in all tasks.
    parts : mapping of str to float
        What speaks for it in each task, the most first.
    reached : int
        In how many deals chance made some pair as alike.
    """

    left: Work
    right: Work
    bits: float
    parts: Mapping[str, float]
    reached: int


@dataclass(frozen=True)
class Comparison:
    """What came of comparing works.

    Attributes
    ----------
    works : sequence of Work
        All.
    pairs : list of Pair
        Those that are listed, the most alike first.
    by_chance : float
        The bits that the most alike pair of a deal has in one of a hundred deals at most.
    owners : mapping of (str, int) to int
        How many of them have a form in a task.
    """

    works: Sequence[Work]
    pairs: list[Pair]
    by_chance: float
    owners: Mapping[tuple[str, int], int]

    def as_json(self) -> dict[str, Any]:
        """Return it as data."""
        pairs = [
            {
                "works": [pair.left.name, pair.right.name],
                "bits": round(pair.bits, 2),
                "deals_as_alike": pair.reached,
                "tasks": {name: round(bits, 2) for name, bits in pair.parts.items()},
            }
            for pair in self.pairs
        ]
        return {
            "works": [work.name for work in self.works],
            "deals": DEALS,
            "bits_by_chance": round(self.by_chance, 2),
            "pairs": pairs,
            "not_compared": {work.name: work.remarks for work in self.works if work.remarks},
        }


def compare(works: Sequence[Work], parts: Sequence[str]) -> Comparison:
    """Compare all works with each other, in the parts that are named.

    Raises
    ------
    SimilarityError
        If there are too few to say what is rare among them.
    """
    if len(works) < FEWEST:
        raise SimilarityError(
            "There are too few submissions to say what is rare among them: add others, such as "
            "those of an earlier year, with '--with FOLDER'."
        )
    evidence = gather_evidence(works, parts)
    seldom = DEALS // ONCE_IN
    by_chance = float(np.sort(evidence.chance)[-seldom - 1])
    pairs = []
    for one, other in np.argwhere(np.triu(evidence.total) > by_chance):
        if works[one].is_new or works[other].is_new:
            bits = {name: float(of[one, other]) for name, of in evidence.parts.items()}
            shared = dict(sorted(bits.items(), key=lambda part: -part[1]))
            total = float(evidence.total[one, other])
            pairs.append(
                Pair(
                    works[one],
                    works[other],
                    total,
                    {name: some for name, some in shared.items() if some > 0},
                    evidence.reached(total),
                )
            )
    owners = Counter(
        (name, form)
        for work in works
        for name, part in work.parts.items()
        for form in part.forms.all
    )
    return Comparison(works, sorted(pairs, key=lambda pair: -pair.bits), by_chance, owners)
