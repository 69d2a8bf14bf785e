"""What the benchmark of grading makes of the CPU seconds that it counts."""

from __future__ import annotations

from pathlib import Path

import grading
import pytest
from graders import Grader
from grading import Cost, measure, rounds_of


def test_what_is_needed_once_is_told_from_what_each_submission_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grading, "cpu_of", lambda command, *_: 3.0 + 0.5 * len(command))
    ways = [Grader("all", Path(), list), Grader("slow", Path(), list, rounds=1)]
    costs = measure(ways, rounds_of(20, 2, few=4), 4, lambda: None)
    assert costs == {"all": Cost([0.5, 0.5], [3.0, 3.0]), "slow": Cost([0.5], [3.0])}
