"""A leaderboard comes out of what ``handgrad grade --json`` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.authoring.tasks import Task
from autograder.commands.cli import main
from autograder.commands.leaderboard import LeaderboardError, Standing, standings, table
from autograder.grading.reports import task_json
from autograder.judging.expectations import Expected
from autograder.judging.results import Result
from autograder.judging.verdicts import judge


def report(student: str, *measured: float | None) -> dict[str, Any]:
    """Return what of a report a leaderboard looks at."""
    checks = [{"measured": number} for number in (*measured, None)]
    others = {"name": "other", "points": 1.0, "checks": [{"measured": 5.0}]}
    return {
        "student": student,
        "tasks": [others, {"name": "project", "points": 7.5, "checks": checks}],
    }


CLASS = [report("ada", 0.5, 0.7), report("ben", None), report("chen", 0.9), report("dora", 0.6)]


def test_the_best_stands_first() -> None:
    found = standings(CLASS, "project")
    assert [one.student for one in found] == ["chen", "ada", "dora"]
    assert found[1].measured == pytest.approx(0.6)
    assert found[1].points == 7.5
    assert standings(CLASS, "project", lowest=True)[-1].student == "chen"


def test_equals_share_a_place() -> None:
    lines = table([Standing("a|b", 0.9, 7), Standing("c\x1b[2J", 0.5, 6), Standing("d", 0.5, 6)])
    assert lines[2:] == [
        "| 1 | a\\|b | 0.9 | 7 |",
        "| 2 | c\ufffd[2J | 0.5 | 6 |",
        "| 2 | d | 0.5 | 6 |",
    ]


def test_nothing_measured_is_said() -> None:
    with pytest.raises(
        LeaderboardError, match="in a task 'affine'; there is something of other, project"
    ):
        standings(CLASS, "affine")
    with pytest.raises(LeaderboardError, match="in a task 'affine'; nor in another one"):
        standings([], "affine")


def test_it_comes_from_the_command(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(CLASS), encoding="utf-8")
    done = CliRunner().invoke(main, ["leaderboard", str(file), "project"])
    assert done.exit_code == 0, done.output
    assert "| 1 | chen | 0.9 | 7.5 |" in done.output


@pytest.mark.parametrize("content", ["{", "[1]", '{"a": 1}', "[{}]", "3"])
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    file = tmp_path / "results.json"
    file.write_text(content, encoding="utf-8")
    done = CliRunner().invoke(main, ["leaderboard", str(file), "project"])
    assert done.exit_code == 1
    assert "is not what 'handgrad grade --json' writes" in done.output


@pytest.mark.parametrize(
    ("value", "measured"),
    [
        (0.81234567, 0.8123),
        (np.array([3.0]), 3.0),
        (2, 2.0),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        (True, None),
        ("0.9", None),
        (None, None),
    ],
)
def test_what_is_held_to_a_bound_is_in_the_report(value: Any, measured: float | None) -> None:
    task = Task("project", "A project", points=2, needs=[], minutes=1)
    task.check("bounded", at_least=0.5)(bounded)
    task.check("compared")(compared)
    reference = Expected([], Result(value=1.0), {})
    results = {name: Result(value=value) for name in ("bounded", "compared")}
    found = judge(task, results, dict.fromkeys(results, reference), {})
    checks = task_json(found)["checks"]
    assert [check["measured"] for check in checks] == [measured, None]


def bounded(impl: Any, rng: Any) -> float:
    """Stand for a check that measures."""
    return 1.0


def compared(impl: Any, rng: Any) -> float:
    """Stand for a check that compares."""
    return 1.0
