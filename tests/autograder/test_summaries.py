"""What an instructor reads in the terminal: what is new, and what it adds up to."""

from __future__ import annotations

from typing import Any

import pytest
from notebooks import NAME

from autograder.commands.summaries import commonest_mistakes, sums
from autograder.commands.terminal import print_reports
from autograder.judging import visible


def report(student: str, points: float, *mistakes: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Return a report on a submission that made mistakes: (task, name of the mistake)."""
    checks: dict[str, list[dict[str, Any]]] = {}
    for task, mistake in mistakes:
        one = {"passed": False, "misconception": mistake or None, "message": "got 2, expected 1"}
        checks.setdefault(task, []).append(one)
    tasks = [
        {"name": name, "points": 0.0, "max_points": 10.0, "checks": found}
        for name, found in checks.items()
    ]
    return {
        "student": student,
        "points": points,
        "max_points": 78.0,
        "tasks": tasks,
        "remarks": [],
        "times": {"seconds": 1.0},
        "sandbox": {"name": "bubblewrap", "level": 3, "reason": ""},
        **more,
    }


@pytest.mark.parametrize(
    ("points", "new", "before", "said"),
    [
        ([78.0], 1, 0, "1 graded now."),
        ([78.0], 0, 1, "0 graded now, 1 graded before."),
        ([], 0, 0, "0 graded now."),
        ([78.0, 71.94], 2, 0, "2 graded now; the mean of all 2 is 75.0 of 78 points."),
        (
            [78.0, 0.0, 26.0],
            1,
            2,
            "1 graded now, 2 graded before; the mean of all 3 is 34.7 of 78 points.",
        ),
    ],
)
def test_how_many_and_their_mean(points: list[float], new: int, before: int, said: str) -> None:
    reports = [report(f"s{number}", one) for number, one in enumerate(points)]
    assert sums(reports, new, before)[0] == said


def test_it_says_of_what_the_points_are() -> None:
    (_, alone) = sums([report("ada", 78.0)], 1, 0)
    assert alone == "These are the points of the tasks that are checked."
    (_, more) = sums([report("ada", 78.0, by_hand=2.0), report("ben", 0.0)], 2, 0)
    assert more == (
        "These are the points of the tasks that are checked; "
        "2 points more are given by hand, in formgrader."
    )


def test_the_commonest_mistakes_are_counted_by_students() -> None:
    reports = [
        report("ada", 70, ("affine", "over_n"), ("affine", "over_n"), ("relu", "mask")),
        report("ben", 70, ("affine", "over_n"), ("relu", "")),
        report("chen", 70, ("affine", "over_n"), ("relu", "mask"), ("tanh", "cosh")),
        report("dora", 70, ("sigmoid", "over_n"), ("train", visible.NAME)),
        report("emil", 70, ("sigmoid", "over_n")),
    ]
    hints = {"over_n": "You divide.", "mask": "Your mask asks dout."}
    assert commonest_mistakes(reports, hints) == [
        (3, "affine", "You divide."),
        (2, "relu", "Your mask asks dout."),
        (2, "sigmoid", "You divide."),
    ]
    rare = commonest_mistakes(reports[3:4] + reports[2:3], {})
    assert (1, "train", visible.HINT) in commonest_mistakes(reports[3:4], {})
    assert rare[0] == (1, "affine", "over_n")  # nobody knows its hint: a report of another edition
    assert commonest_mistakes([report("fay", 0, ("relu", ""))], {}) == []


def shown(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    print_reports(NAME, *arguments)
    return capsys.readouterr().out


def test_what_is_new_is_shown_and_all_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    old = report("ada [bold]", 50, ("affine", "bias_over_everything"))
    new = report("\x1b[2Jben", 78, ("affine", "bias_over_everything"))
    out = shown(capsys, [new], [old, new], 1, 1)
    assert "ben" in out
    assert "ada" not in out
    assert "\x1b" not in out
    assert "the mean of all 2 is 64.0 of 78 points" in out
    assert "2 students  affine  You sum the gradient of the biases over everything." in out
    assert "Sandbox: bubblewrap (level 3)." in out


def test_if_nothing_is_new_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    reports = [report("ada", 50), report("ben", 70)]
    out = shown(capsys, [], reports, 0, 2)
    assert out.startswith("Nothing was new; --all shows what was graded before.\n")
    assert "0 graded now, 2 graded before; the mean of all 2 is 60.0" in out
    assert "mistakes" not in out
    out = shown(capsys, reports, reports, 0, 2)
    assert "ada" in out
    assert "Nothing was new" not in out
