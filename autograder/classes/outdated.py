"""Which grades are of old: what of an assignment has changed since they were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.building.editions import (
    Edition,
    changed_parts,
    edition_from,
    edition_of,
    touched_tasks,
)
from autograder.classes.sources import few
from autograder.grading.asked import Asked


@dataclass(frozen=True)
class Changed:
    """What has changed since a grade was made; nothing, if it is false.

    Attributes
    ----------
    then : Edition, optional
        The edition that made it, if that was recorded.
    touched : frozenset of str
        The tasks that may be judged otherwise.
    has_other_points : bool
        Whether the tasks are others, or have other points.
    """

    then: Edition | None
    touched: frozenset[str]
    has_other_points: bool

    def __bool__(self) -> bool:
        return bool(self.touched or self.has_other_points or self.then is None)


class Yardstick:
    """What an assignment is now, which grades are held against.

    Parameters
    ----------
    name : str
        The assignment.
    asked : Asked
        What its source in the class gives points for.
    """

    def __init__(self, name: str, asked: Asked) -> None:
        self.name = name
        self.asked = asked
        self.edition = edition_of(name)
        self._touched: dict[str, frozenset[str]] = {}

    def changed(self, report: Mapping[str, Any]) -> Changed:
        """Return what has changed since a report was made."""
        then = edition_from(report.get("edition"))
        checked = {task["name"]: task["max_points"] for task in report["tasks"]}
        given = sum(self.asked.by_hand.values())
        is_other = checked != dict(self.asked.checked) or report.get("by_hand", given) != given
        return Changed(then, self._touched_since(then), is_other)

    def _touched_since(self, then: Edition | None) -> frozenset[str]:
        key = then.digest if then else ""
        if key not in self._touched:
            touched = touched_tasks(self.name, then, self.edition)
            self._touched[key] = frozenset(touched & self.asked.checked.keys())
        return self._touched[key]


def made_otherwise(
    name: str, reports: Sequence[Mapping[str, Any]], asked: Asked, own: str = ""
) -> str:
    """Return in a sentence or two which grades were made with other points, checks, or names.

    Parameters
    ----------
    name : str
        The assignment.
    reports : sequence of mapping
        What was graded before.
    asked : Asked
        What its source gives points for.
    own : str
        The digest of the mistakes that the class has named.
    """
    yardstick = Yardstick(name, asked)
    found = [yardstick.changed(report) for report in reports]
    points = sum(one.has_other_points for one in found)
    unknown = sum(one.then is None for one in found)
    old = [one.then for one in found if one.then and one.touched]
    unnamed = sum(report.get("own_mistakes", "") != own for report in reports)
    said = [_unnamed(name, unnamed, len(found))] if unnamed else []
    if not points + unknown + len(old):
        return "".join(said)
    why = [f"other points ({points})"] if points else []
    if old:
        parts = dict.fromkeys(part for one in old for part in changed_parts(one, yardstick.edition))
        why.append(f"another edition of {few(list(parts))} ({len(old)})")
    if unknown:
        why.append(f"an edition that was not recorded ({unknown})")
    points_differ = (
        f"{sum(map(bool, found))} of the {len(found)} earlier grades were made with "
        f"{' or '.join(why)}. They stay as they are; 'handgrad regrade {name}' shows who would "
        "gain or lose, and changes them if you say so."
    )
    return " ".join([points_differ, *said])


def _unnamed(name: str, count: int, graded: int) -> str:
    return (
        f"{count} of the {graded} earlier grades were made with other mistakes of your own. "
        f"'handgrad grade {name} --force' names them as they are now."
    )
