"""What late work costs: the class's policy, of ours or of its own, as nbgrader is told it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float, TraitError

from autograder.classes.class_directory import ClassError

LatePenalty = Callable[[str, float, float], float | None]
"""Takes the student, the score and the seconds of delay; returns what is taken off, or None."""


class LatePolicy(LateSubmissionPlugin):  # type: ignore[misc]
    """Takes a share of the points for each hour or day begun; nothing, unless the class says so."""

    per_hour = Float(0, min=0, max=100, help="Percent of the points, for each hour begun.").tag(
        config=True
    )
    per_day = Float(0, min=0, max=100, help="Percent of the points, for each day begun.").tag(
        config=True
    )
    grace_minutes = Float(0, min=0, help="Whoever is late by no more loses nothing.").tag(
        config=True
    )
    cutoff_hours = Float(
        None, min=0, allow_none=True, help="What comes later than this counts nothing."
    ).tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return what is taken off a score; None for nothing."""
        hours = total_seconds_late / 3600
        if 60 * hours <= self.grace_minutes:
            return None
        if self.penalty_method == "zero":
            return score
        if self.cutoff_hours is not None and hours > self.cutoff_hours:
            return score
        percent = self.per_hour * math.ceil(hours) + self.per_day * math.ceil(hours / 24)
        return round(score * min(percent, 100) / 100, 4) or None

    def __str__(self) -> str:
        costs = [
            f"{percent:g} % of the points for each {unit} begun"
            for percent, unit in ((self.per_hour, "hour"), (self.per_day, "day"))
            if percent
        ]
        if self.penalty_method == "zero":
            costs = ["late work counts nothing"]
        elif self.cutoff_hours is not None:
            costs.append(f"nothing counts after {self.cutoff_hours:g} hours")
        if costs and self.grace_minutes:
            costs.append(f"{self.grace_minutes:g} minutes are forgiven")
        return "; ".join(costs) or "lateness costs nothing"


def late_policy(config: Any) -> Any:
    """Return the plugin with a class's late policy.

    Raises
    ------
    ClassError
        If the class's configuration asks for one that cannot be.
    """
    try:
        late = AssignLatePenalties(config=config)
        late.init_plugin()
        return late.plugin_inst
    except (TraitError, ImportError) as error:
        reason = " ".join(str(error).split())
        raise ClassError(
            f"The late policy in nbgrader_config.py cannot be used ({reason}): correct it there."
        ) from None


def late_penalty(config: Any) -> LatePenalty:
    """Return how a class's late policy takes points off; errors are as of `late_policy`."""
    policy = late_policy(config)

    def penalty(student: str, score: float, seconds: float) -> float | None:
        try:
            taken = policy.late_submission_penalty(student, score, seconds)
            return None if taken is None else float(taken)
        except Exception as error:  # the class's own code
            raise ClassError(
                f"The late policy {type(policy).__name__} of nbgrader_config.py has failed for "
                f"{student} ({type(error).__name__}: {error}): correct it there."
            ) from None

    return penalty


def policy_in_words(config: Any) -> str:
    """Return a class's late policy in words; errors are as of `late_policy`."""
    policy = late_policy(config)
    name = type(policy).__name__
    return str(policy) if isinstance(policy, LatePolicy) else f"{name}, in nbgrader_config.py"
