"""Which checks are run again, with earlier tasks right or visible inputs, and what counts then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from autograder.authoring.tasks import Check, Task
from autograder.grading.desk import Desk
from autograder.grading.remarks import stopped_remarks
from autograder.grading.reports import task_json
from autograder.judging.expectations import Expected
from autograder.judging.results import Result
from autograder.judging.verdicts import CheckReport, TaskReport, judge, with_names_of
from autograder.notebook.display import as_text

PLAIN, BOUNDED = "compared", "trained"


def task_of(name: str, *, compared: int = 2, bounded: int = 1, required: bool = False) -> Task:
    """Return a task with checks ``compared0``, ... and with bounds ``trained0``, ..."""
    task = Task(name, name, points=4, needs=[name], minutes=1)
    for kind, count, bounds in ((PLAIN, compared, {}), (BOUNDED, bounded, {"at_least": 1.0})):
        for number in range(count):

            def check(impl: Any, rng: Any) -> None: ...

            check.__name__ = f"{kind}{number}"
            task.check(check.__name__, required=required, **cast(Any, bounds))(check)
    return task


@dataclass(frozen=True)
class Told(Desk):
    """A desk that is told which checks pass: alone, with what is lent, with the visible inputs."""

    alone: Mapping[str, str] = field(default_factory=dict)
    lent: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def results(
        self, task: Task, checks: Iterable[Check], lent: Any = None, expected: Any = None
    ) -> Iterator[tuple[Check, Result]]:
        how, told = ("lent", self.lent) if lent == self._lend else ("alone", self.alone)
        how, told = ("seen", self.seen) if expected is not None else (how, told)
        for check in checks:
            self.runs.append(f"{how} {task.name} {check.name}")
            yield check, Result(value=float(check.name in told.get(task.name, "")))

    def _is_untouched(self, task: Task) -> bool:
        return False


def expected(task: Task) -> dict[str, Expected]:
    return {check.name: Expected([], Result(value=1.0), {}) for check in task.checks}


def desk(tasks: list[Task], *, visible: bool = False, **told: Any) -> Told:
    """Return a desk for these tasks, and a lender all of whose names are used."""
    used: set[str] = set()

    def begin(names: Iterable[str]) -> None:
        used.clear()
        used.update(names)

    examiner = SimpleNamespace(
        tasks=tasks,
        expected=expected,
        visible=lambda task: expected(task) if visible else {},
        judge=lambda task, results: judge(task, results, expected(task), {}),
    )
    lender = SimpleNamespace(begin=begin, used=used, forget=lambda: None)
    return Told(*cast(Any, (examiner, None, None, lender)), **told)


ALL = "compared0 compared1 trained0"


def test_what_passed_alone_is_not_run_again_and_stays_passed() -> None:
    told = desk([task_of("a"), task_of("b")], alone={"b": "compared0"}, lent={"b": "compared1"})
    graded = told.grade_all()
    assert [run for run in told.runs if "lent" in run] == ["lent b compared1", "lent b trained0"]
    assert graded[1].report.failed == {"trained0"}
    assert graded[1].report.points == pytest.approx(4 * 2 / 3, abs=1e-3)
    assert graded[1].report.points_alone == pytest.approx(4 / 3, abs=1e-3)
    assert graded[1].report.carried_from == ("a",)
    assert graded[1].results["compared0"].value == 1


@pytest.mark.parametrize(
    ("alone", "lent", "trained_again"),
    [
        ("", "", False),  # nothing else got better
        ("", "compared1", True),  # another one did
        ("compared0 compared1", "trained0", True),  # no other had failed
        ("compared0 compared1", "", True),
        ("compared0 trained0", "compared1", False),  # it had passed
    ],
)
def test_training_is_tried_again_only_where_there_is_hope(
    alone: str, lent: str, trained_again: bool
) -> None:
    told = desk([task_of("a"), task_of("b")], alone={"b": alone}, lent={"b": lent})
    told.grade_all()
    assert ("lent b trained0" in told.runs) is trained_again


def test_a_task_that_is_right_with_what_is_lent_is_not_lent_itself() -> None:
    tasks = [task_of(name) for name in "abc"]
    told = desk(tasks, alone={"c": "compared0"}, lent={"b": ALL, "c": ALL})
    graded = told.grade_all()
    assert [one.report.carried_from for one in graded] == [(), ("a",), ("a",)]


def test_a_verdict_that_stands_is_not_made_again_and_counts_for_those_after_it() -> None:
    tasks = [task_of(name) for name in "abc"]
    stands = desk(tasks, alone={"b": "compared0"}).grade(tasks[1]).report
    told = desk(tasks, alone={"a": ALL}, lent={"c": ALL}, kept={"b": stands})
    graded = told.grade_all()
    assert graded[1].report is stands
    assert graded[2].report.carried_from == ("b",)
    assert {run.split()[1] for run in told.runs} == {"a", "c"}


def test_a_task_that_stays_wrong_is_lent_to_those_after_it() -> None:
    tasks = [task_of(name) for name in "abc"]
    told = desk(tasks, lent={"b": "compared0", "c": ALL})
    assert told.grade_all()[2].report.carried_from == ("a", "b")


def test_what_is_no_better_is_graded_as_it_stands() -> None:
    told = desk([task_of("a"), task_of("b")], alone={"b": "compared0"})
    report = told.grade_all()[1].report
    assert (report.carried_from, report.points_alone) == ((), None)


class Halted(Told):
    """A desk at which the second run with earlier tasks right is stopped, at its last check."""

    def results(self, *request: Any, **more: Any) -> Iterator[tuple[Check, Result]]:
        for check, result in super().results(*request, **more):
            is_last = check.name == "compared1" and self.runs[-1].startswith("lent")
            yield (
                check,
                Result(detail="this check was stopped", stopped=True) if is_last else result,
            )


@pytest.mark.parametrize("lent", ["", "compared0"])
def test_a_second_run_that_was_stopped_is_said(lent: str) -> None:
    """To the student in the table, to the instructor in a remark; points are never lost by it."""
    tasks = [task_of(name, bounded=0) for name in "ab"]
    told = desk(tasks, lent={"b": lent})
    halted = Halted(told.examiner, told.session, told.notebook, told.lender, lent=told.lent)
    report = halted.grade_all()[1].report
    assert report.points == (2 if lent else 0)
    assert report.stopped_again == "this check was stopped"
    assert "it was graded once more, and then stopped: this check was stopped." in as_text(report)
    (remark,) = stopped_remarks([report])
    assert remark.startswith("b: graded once more")
    assert "this check was stopped." in remark
    assert task_json(report)["stopped_again"] == "this check was stopped"
    assert stopped_remarks([told.grade_all()[1].report]) == []


def test_what_is_lent_costs_no_points() -> None:
    """A required check that raises alone forfeits nothing; with what is lent it may be wrong."""
    b = task_of("b")
    b.checks[0] = Check(**{**vars(b.checks[0]), "required": True})
    told = desk([task_of("a"), b], alone={"b": "compared0"}, lent={"b": "compared1"})
    alone = {check.name: Result(value=1.0) for check in b.checks}
    alone |= {"compared0": Result(raised="ValueError"), "compared1": Result(value=0.0)}
    before = told.examiner.judge(b, alone)
    assert before.points > 0
    after = told._grade_again(b, SimpleNamespace(report=before, results=alone), {"a": "a"})  # type: ignore[arg-type]
    assert after.report.points == before.points


def test_the_visible_run_ends_at_the_first_fault() -> None:
    told = desk([task_of("a", compared=3)], visible=True, seen={"a": "compared0 compared2"})
    told.grade_all()
    assert [run for run in told.runs if "seen" in run] == ["seen a compared0", "seen a compared1"]


def test_what_is_right_for_the_visible_inputs_alone_is_named() -> None:
    told = desk([task_of("a")], visible=True, alone={"a": "compared0"}, seen={"a": ALL})
    report = told.grade_all()[0].report
    named = {check.name for check in report.checks if check.misconception}
    assert named == {"compared1"}
    assert [run for run in told.runs if "seen" in run] == ["seen a compared1", "seen a trained0"]


def test_a_mistake_that_shows_only_with_a_loan_is_named() -> None:
    def reported(*names: str | None) -> TaskReport:
        checks = (
            CheckReport(f"c{i}", "", 1.0, name == "right", "wrong", *((name, name) if name else ()))
            for i, name in enumerate(names)
        )
        return TaskReport("b", "b", 4, tuple(checks))

    alone = reported("right", None, "mine", None)
    named = with_names_of(alone, reported(None, "found", "other", None))
    assert [check.misconception for check in named.checks] == ["right", "found", "mine", None]
    assert [check.hint for check in named.checks] == ["right", "found", "mine", ""]
    assert named.points == alone.points


def test_what_a_task_gives_with_a_loan_is_kept_if_it_makes_nothing_better() -> None:
    told = desk([task_of("a"), task_of("b")], alone={"b": "compared0"}, lent={"b": ""})
    graded = told.grade_all()[-1]
    assert graded.with_loan.keys() == {"compared1"}
    assert graded.report.carried_from == ()
