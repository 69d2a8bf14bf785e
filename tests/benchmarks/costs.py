"""What graders cost for each submission and once, from the CPU seconds of runs of two sizes.

The least of all rounds is taken of each run, before anything is computed from it: what else the
machine does only ever adds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf


@dataclass(frozen=True)
class Run:
    """A grader's run over some submissions of one kind."""

    grader: str
    kind: str
    count: int


@dataclass
class Costs:
    """The CPU seconds of all runs, and what follows from them.

    Parameters
    ----------
    floor : str
        The grader that is the others' measure.
    shares : mapping
        The kinds of submissions, with their shares in the mix.
    """

    floor: str
    shares: Mapping[str, float]
    seconds: dict[Run, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, run: Run, seconds: float) -> None:
        self.seconds[run].append(seconds)

    def each(self, grader: str) -> list[float]:
        """Return what a submission costs: of each kind, and in the mix."""
        of_kinds = {}
        for kind in self.shares:
            few, more = self._sizes(grader, kind)
            of_kinds[kind] = (self._least(more) - self._least(few)) / (more.count - few.count)
        mix = sum(share * of_kinds[kind] for kind, share in self.shares.items())
        return [*of_kinds.values(), mix]

    def over_floor(self, grader: str) -> list[float]:
        """Return how many times the floor it costs."""
        return [a / b for a, b in zip(self.each(grader), self.each(self.floor), strict=True)]

    def beyond_floor(self, grader: str, other: str) -> list[float]:
        """Return how many times less than another a grader costs, each beyond the floor."""
        rows = zip(self.each(grader), self.each(other), self.each(self.floor), strict=True)
        return [(b - floor) / (a - floor) if a > floor else inf for a, b, floor in rows]

    def once(self, grader: str) -> float:
        """Return what a run over the first kind costs beyond its submissions."""
        few, _ = self._sizes(grader, next(iter(self.shares)))
        return self._least(few) - few.count * self.each(grader)[0]

    def once_for_all(self, run: Run, grader: str) -> float:
        """Return what a run over a mix costs beyond its submissions, at another grader's price."""
        return self._least(run) - run.count * self.each(grader)[-1]

    def _least(self, run: Run) -> float:
        return min(self.seconds[run])

    def _sizes(self, grader: str, kind: str) -> list[Run]:
        runs = [run for run in self.seconds if (run.grader, run.kind) == (grader, kind)]
        return sorted(runs, key=lambda run: run.count)
