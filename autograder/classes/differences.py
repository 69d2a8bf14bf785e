"""Who gains or loses by a regrade, how much and why: in each check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.classes.regrading import Due, Regrade
from autograder.classes.tallies import Score

NO_SCORE = Score(None, None, 0.0)


@dataclass(frozen=True)
class Difference:
    """What a regrade changes for one student.

    Attributes
    ----------
    student : str
        Who.
    before, after : float
        All points in the gradebook, those by hand included.
    reasons : list of str
        What becomes of which check, and which points change.
    turned : list of tuple
        The checks that turn: the task, the check's title, and whether it passes now.
    """

    student: str
    before: float
    after: float
    reasons: list[str]
    turned: list[tuple[str, str, bool]]

    @property
    def gain(self) -> float:
        """By how many points it is better."""
        return round(self.after - self.before, 4)


def differences(regrade: Regrade) -> list[Difference]:
    """Return what the new verdicts of a regrade change, those who lose most first."""
    found = []
    for one in regrade.due:
        after = regrade.pending.report(one.submission)
        if after is not None:
            found.append(_difference(one, after, regrade.scores.get(one.student, {})))
    return sorted(found, key=lambda one: (one.gain, one.student))


def _difference(due: Due, after: Mapping[str, Any], scores: Mapping[str, Score]) -> Difference:
    recorded = {task["name"]: task for task in due.record["tasks"]}
    before = total = float(sum(score.score or 0.0 for score in scores.values()))
    reasons, turned = list[str](), list[tuple[str, str, bool]]()
    for task in after["tasks"]:
        name, score = task["name"], scores.get(task["name"], NO_SCORE)
        total += task["points"] - (score.auto or 0.0) if score.manual is None else 0.0
        turns = list(_turns(recorded.get(name), task))
        said = [reason for _, _, reason in turns]
        turned += [(name, title, passes) for title, passes, _ in turns if passes is not None]
        was = recorded.get(name)
        if was and was["max_points"] != task["max_points"]:
            said.append(f"{task['max_points']:g} points at most, {was['max_points']:g} before")
        elif was and was["points"] != task["points"] and not said:
            said.append("its checks weigh otherwise")
        if said and score.manual is not None:
            said.append(f"the {score.manual:g} points by hand stay")
        reasons += [f"{name}: {reason}" for reason in said]
    return Difference(due.student, round(before, 4), round(total, 4), reasons, turned)


def _turns(
    before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Iterator[tuple[str, bool | None, str]]:
    """Yield the title of each check that turns, whether it passes now if it is there, and why."""
    if before is None:
        yield "", None, "a new task"
        return
    was = {check["name"]: check for check in before["checks"]}
    now = {check["name"]: check for check in after["checks"]}
    for name, check in now.items():
        title = check["title"]
        verdict = "passes" if check["passed"] else f"fails ({check['message']})"
        if name not in was:
            yield title, check["passed"], f'"{title}" is new, and {verdict}'
        elif was[name]["passed"] != check["passed"]:
            yield title, check["passed"], f'"{title}" {verdict} now'
        elif was[name]["forfeits"] != check["forfeits"]:
            yield title, None, f'"{title}" costs {"all" if check["forfeits"] else "no more"} points'
    for name in was.keys() - now.keys():
        yield was[name]["title"], None, f'"{was[name]["title"]}" is gone'


def in_sum(found: Iterable[Difference]) -> list[str]:
    """Return in sentences how many gain and lose, and in which checks."""
    gains = [one.gain for one in found]
    more, less = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
    said = [
        f"Who gains points: {more}; who loses some: {less}; {len(gains) - more - less} keep theirs."
    ]
    turned = Counter(turn for one in found for turn in one.turned)
    for (task, title, passes), count in sorted(turned.items()):
        said.append(f'{task}, "{title}": {"passes" if passes else "fails"} now: {count}.')
    return said
