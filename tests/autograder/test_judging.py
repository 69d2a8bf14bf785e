"""From results to verdicts, and to the name of the misunderstanding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.authoring.draws import Draws
from autograder.authoring.implementation import Implementation, ImplementationError, Stopped
from autograder.authoring.tasks import Task
from autograder.inside.wire import Handle
from autograder.judging.expectations import Expected, expect
from autograder.judging.results import Result, run_check
from autograder.judging.verdicts import TaskReport, judge
from autograder.notebook.display import as_html, as_text, summary_html, summary_text


def task_of(*functions: Any, needs: tuple[str, ...] = ("f",), **bounds: Any) -> Task:
    """Return a task with a check for each function."""
    task = Task("t", "The <task>", points=6, needs=needs, minutes=1)
    for function in functions:
        task.check(f"check {function.__name__}", **bounds)(function)
    return task


def sums(impl: Any, rng: Any) -> Any:
    return impl.f(rng.normal(size=3))


def shape(impl: Any, rng: Any) -> Any:
    return np.shape(impl.f(rng.normal(size=4)))


def reference(x: Any) -> Any:
    return x.sum()


def verdict(task: Task, student: Any, right: Any = reference, seed: int = 0) -> TaskReport:
    """Judge a function f."""
    expected = expect(task, lambda replaced: {"f": right, **replaced}, seed)
    impl = {"f": student} if student is not None else {}
    results = {
        check.name: run_check(
            check, Implementation(impl), Draws(recorded=expected[check.name].draws)
        )
        for check in task.checks
    }
    return judge(task, results, expected, {m.name: m.hint for m in task.misconceptions})


def messages(report: TaskReport) -> list[str]:
    return [check.message for check in report.checks]


def adds_three(impl: Any, rng: Any) -> Any:
    return impl.f(rng.normal(size=4)) + rng.normal(size=3)


def test_the_shapes_follow_one_stop() -> None:
    task = task_of(adds_three)
    task.shapes = "x (N,)"
    for wrong, end in [(lambda x: x[:2], "kind returned? "), (lambda x: x[:2] + x, ". ")]:
        (message,) = messages(verdict(task, wrong, lambda x: x[:3]))
        assert message.endswith(f"{end}The shapes of this task: x (N,)")


def test_points_are_shared_out_by_weight() -> None:
    task = task_of(sums)
    task.check("shape", weight=2)(shape)
    assert verdict(task, reference).points == 6
    assert verdict(task, lambda x: 0.0).points == 4
    assert verdict(task, lambda x: x).points == 0
    task.points = 1
    assert verdict(task, lambda x: 0.0).points == 0.6667


def with_condition() -> Task:
    """Return a task that gives nothing unless f gives the right shape."""
    task = task_of(sums)
    task.check("shape", weight=0, required=True)(shape)
    return task


def test_a_wrong_value_in_a_required_check_costs_all_points() -> None:
    report = verdict(with_condition(), lambda x: x.sum() if len(x) == 3 else x)
    assert [check.passed for check in report.checks] == [True, False]
    assert [check.forfeits for check in report.checks] == [False, True]
    assert report.points == 0
    assert "This costs the task all its points." in as_text(report)
    assert "This costs the task all its points." in as_html(report)


def test_passing_a_required_check_of_weight_0_earns_nothing() -> None:
    assert verdict(with_condition(), reference).points == 6
    assert verdict(with_condition(), lambda x: 0.0).points == 0


def test_who_raises_in_a_required_check_keeps_the_points_of_the_others() -> None:
    report = verdict(with_condition(), lambda x: x.sum() if len(x) == 3 else raises(x))
    assert [check.passed for check in report.checks] == [True, False]
    assert report.points == 6
    assert not report.is_full
    assert "all its points" not in as_text(report)


def test_who_is_stopped_in_a_required_check_keeps_the_points_of_the_others() -> None:
    task = with_condition()
    expected = expect(task, lambda replaced: {"f": reference}, 0)
    results = {name: one.reference for name, one in expected.items()}
    report = judge(task, results | {"shape": Result(detail="stopped", stopped=True)}, expected, {})
    assert (report.points, messages(report)) == (6, ["", "stopped"])


def test_what_a_student_raises_is_told_with_the_line() -> None:
    def broken(x: Any) -> Any:
        raise ValueError("no")

    assert messages(verdict(task_of(sums), broken)) == ["your code raised ValueError: no"]
    error = ImplementationError({"kind": "ValueError", "source": "x = 1"})
    (check,) = task_of(sums).checks

    def raising(impl: Any, rng: Any) -> Any:
        raise error

    (check,) = task_of(raising).checks
    assert run_check(check, Implementation({}), Draws(0)).detail == (
        "your code raised ValueError in the line `x = 1`"
    )
    explained = run_check(check, Implementation({}), Draws(0), lambda error: "in other words")
    assert explained == Result(raised="ValueError", detail="in other words")


def test_what_is_not_defined_is_told() -> None:
    report = verdict(task_of(sums), None)
    assert messages(report) == ["f is not defined: its cell has not run, or raised an error"]


@pytest.mark.parametrize(
    "value", [None, "text", [], {}, {1.5: 2}, 10**400, float("nan"), object(), [object()], np.e]
)
def test_a_check_that_stumbles_is_a_failed_check(value: Any) -> None:
    def uses(impl: Any, rng: Any) -> Any:
        y = impl.f(rng.normal(size=3))
        return float(y * 2 + y[0]["key"] / 0)

    report = verdict(task_of(uses), lambda x: value, lambda x: value)
    assert not report.checks[0].passed


def test_an_object_is_not_data_even_where_the_reference_gives_one() -> None:
    class Thing:
        pass

    report = verdict(task_of(sums), lambda x: Thing())
    assert messages(report) == ["got an object that is not data, expected a number"]
    nested = run_check(
        task_of(lambda impl, rng: {"a": [impl.f(), (impl.f(),)]}).checks[0],
        Implementation({"f": Thing}),
        Draws(0),
    )
    assert nested.value == {"a": [Handle(0), (Handle(0),)]}


def test_a_stop_is_not_the_checks_business() -> None:
    def stopped(impl: Any, rng: Any) -> Any:
        raise Stopped("enough")

    with pytest.raises(Stopped):
        run_check(task_of(stopped).checks[0], Implementation({}), Draws(0))


@pytest.mark.parametrize(
    ("bounds", "value", "message"),
    [
        ({"at_least": 0.5}, 0.5, ""),
        ({"at_least": 0.5}, np.float32(0.75), ""),
        ({"at_least": 0.5}, 0.4, "got 0.4; it must be at least 0.5"),
        ({"at_most": 0.5}, 0.5, ""),
        ({"at_most": 0.5}, 1, "got 1; it must be at most 0.5"),
        ({"at_least": 0, "at_most": 1}, 2, "got 2; it must be at most 1"),
        ({"at_least": 0, "at_most": 1}, -1, "got -1; it must be at least 0"),
        ({"at_most": 1}, float("nan"), "got nan; it must be at most 1"),
        ({"at_least": 1}, float("nan"), "got nan; it must be at least 1"),
        ({"at_most": 1}, 10**400, "got a number that is too large; it must be at most 1"),
        ({"at_most": 1}, True, "got a truth value, expected a number"),
        ({"at_most": 1}, None, "got nothing (None): a return is missing, expected a number"),
        ({"at_most": 1}, np.zeros(2), "got an array, expected a number"),
        ({"at_most": 1}, 1j, "got a complex number, expected a number"),
        ({"at_most": 1}, np.complex64(0), "got a complex number, expected a number"),
        ({"at_most": 1}, np.bool_(False), "got a truth value, expected a number"),
        ({"at_most": 1}, np.array([[0.5]]), ""),
        ({"at_most": 1}, "0", "got a text, expected a number"),
    ],
    ids=lambda value: str(value)[:25] if not isinstance(value, int) else "number",
)
def test_bounds(bounds: Any, value: Any, message: str) -> None:
    report = verdict(task_of(sums, **bounds), lambda x: value, lambda x: 0.5)
    assert messages(report) == [message]


def with_mistakes(*functions: Any) -> Task:
    task = task_of(sums, shape)
    for function in functions:
        task.misconception(f"You wrote {function.__name__}.")(function)
    return task


def mean(x: Any) -> Any:
    return x.mean()


def nothing(x: Any) -> Any:
    return x


def raises(x: Any) -> Any:
    raise ValueError


def half_raises(x: Any) -> Any:
    if len(x) == 3:
        raise ValueError
    return x.sum()


def test_a_known_mistake_is_named_with_its_hint() -> None:
    report = verdict(with_mistakes(mean, nothing), lambda x: sum(x) / len(x))
    first, second = report.checks
    assert (first.misconception, first.hint) == ("mean", "You wrote mean.")
    assert (second.passed, second.misconception, second.hint) == (True, None, "")


def test_an_unknown_mistake_is_not_named() -> None:
    report = verdict(with_mistakes(mean), lambda x: x.max())
    assert [check.misconception for check in report.checks] == [None, None]


def test_of_two_mistakes_the_one_that_explains_more_is_named() -> None:
    def mean_of_three(x: Any) -> Any:
        return x.mean() if len(x) == 3 else x

    for order in ([mean, mean_of_three], [mean_of_three, mean]):
        report = verdict(with_mistakes(*order), mean_of_three)
        assert {check.misconception for check in report.checks} == {"mean_of_three"}


def test_an_exception_names_a_mistake_only_if_everything_fits() -> None:
    """Many mistakes raise the same: alone, an exception says little."""
    task = with_mistakes(raises, half_raises)
    assert {check.misconception for check in verdict(task, raises).checks} == {"raises"}
    report = verdict(task, half_raises)
    assert [check.misconception for check in report.checks] == ["half_raises", None]

    def other(x: Any) -> Any:
        if len(x) == 3:
            raise ValueError
        return x

    assert [check.misconception for check in verdict(task, other).checks] == [None, None]


def test_a_mistake_that_fails_what_the_student_passes_is_another_one() -> None:
    """Here it agrees on the first check by chance, and the second one tells them apart."""

    def mean_of_rows(x: Any) -> Any:
        return x.mean() if len(x) == 3 else x

    report = verdict(with_mistakes(mean_of_rows), mean)
    assert [check.passed for check in report.checks] == [False, True]
    assert [check.misconception for check in report.checks] == [None, None]
    report = verdict(with_mistakes(mean_of_rows, mean), mean)
    assert [check.misconception for check in report.checks] == ["mean", None]


def test_a_number_that_is_held_to_a_bound_names_nothing_by_itself() -> None:
    """Two mistakes may be off by the same amount; one of them must fit elsewhere, too."""

    def distance(impl: Any, rng: Any) -> Any:
        x = rng.normal(size=3)
        return abs(impl.f(x) - x.sum())

    def above(x: Any) -> Any:
        return x.sum() + 1

    def below(x: Any) -> Any:
        return x.sum() - 1

    task = with_mistakes(above)
    task.check("distance", at_most=1e-6)(distance)
    report = verdict(task, below)
    assert [check.misconception for check in report.checks] == [None, None, None]
    report = verdict(task, above)
    assert [check.misconception for check in report.checks] == ["above", None, "above"]
    only_bounded = task_of(distance, at_most=1e-6)
    only_bounded.misconception("Hint.")(above)
    assert [check.misconception for check in verdict(only_bounded, above).checks] == ["above"]


def names(report: TaskReport) -> list[str | None]:
    return [check.misconception for check in report.checks]


def large(impl: Any, rng: Any) -> Any:
    return impl.f(800 + rng.uniform(size=5))


def overflowing(x: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.log(np.exp(x).sum())


def stable(x: Any) -> Any:
    return x.max() + np.log(np.exp(x - x.max()).sum())


@pytest.mark.parametrize("lost", [np.inf, np.nan])
def test_infinity_and_nan_are_no_evidence(lost: float) -> None:
    """Overflow has many causes: it names a mistake only if that explains everything else, too."""

    def known(x: Any) -> Any:
        return lost if x.max() > 700 else overflowing(x)

    def another(x: Any) -> Any:
        return lost if x.max() > 700 else x.sum()

    def slip(x: Any) -> Any:
        return lost if x.max() > 700 else overflowing(x)

    task = task_of(sums, large)
    task.misconception("Nothing is subtracted.")(known)
    assert names(verdict(task, another, stable)) == [None, None]
    assert names(verdict(task, slip, stable)) == [None, "known"]


def test_next_to_a_number_that_tells_infinity_is_named_as_well() -> None:
    def known(x: Any) -> Any:
        return np.inf if x.max() > 700 else x.mean()

    def student(x: Any) -> Any:
        return np.inf if x.max() > 700 else sum(x) / 3 if len(x) == 3 else x

    task = task_of(sums, large, shape)
    task.misconception("Hint.")(known)
    assert names(verdict(task, student, stable)) == ["known", "known", None]


def test_evidence_that_cannot_tell_mistakes_apart_names_none() -> None:
    def mean_too(x: Any) -> Any:
        return x.mean()

    assert names(verdict(with_mistakes(mean, mean_too), mean)) == [None, None]
    task = task_of(sums)
    for one in (mean, mean_too):
        task.misconception("One hint for both.")(one)
    assert names(verdict(task, mean)) == ["mean"]


def test_of_two_that_explain_what_failed_the_one_that_agrees_in_the_rest_is_named() -> None:
    """The check that passed is held to a bound, and the two lie within it at different places."""

    def distance(impl: Any, rng: Any) -> Any:
        x = rng.normal(size=4)
        return abs(impl.f(x) - x.sum())

    def near(x: Any) -> Any:
        return x.mean() if len(x) == 3 else x.sum() + 0.25

    def nearer(x: Any) -> Any:
        return x.mean() if len(x) == 3 else x.sum() + 0.125

    task = task_of(sums)
    task.check("distance", at_most=0.5)(distance)
    for one in (near, nearer):
        task.misconception(f"You wrote {one.__name__}.")(one)
    assert names(verdict(task, near)) == ["near", None]
    assert names(verdict(task, nearer)) == ["nearer", None]
    assert names(verdict(task, mean_of_three)) == [None, None]


def mean_of_three(x: Any) -> Any:
    return x.mean() if len(x) == 3 else x.sum()


def fives(impl: Any, rng: Any) -> Any:
    return impl.f(rng.normal(size=5))


def test_a_mistake_that_predicts_another_value_elsewhere_is_not_preferred() -> None:
    """It agrees in as many checks; but two of them passed, and where one failed it says other."""

    def off(impl: Any, rng: Any) -> Any:
        return abs(impl.f(np.ones(4)) - 4)

    def farther(impl: Any, rng: Any) -> Any:
        return abs(impl.f(np.ones(6)) - 6)

    def contradicted(x: Any) -> Any:
        return {3: x.mean(), 5: x.max()}.get(len(x), x.sum())

    def by_all(x: Any) -> Any:
        return {3: x.mean(), 5: x.std()}.get(len(x), x.sum() + 0.25)

    def student(x: Any) -> Any:
        return {3: x.mean(), 5: x.std()}.get(len(x), x.sum())

    for order in ([contradicted, by_all], [by_all, contradicted]):
        task = task_of(sums, fives)
        for one in (off, farther):
            task.check(one.__name__, at_most=0.5)(one)
        for mistake in order:
            task.misconception(f"You wrote {mistake.__name__}.")(mistake)
        assert names(verdict(task, student)) == ["by_all", "by_all", None, None]


@pytest.mark.parametrize("value", [True, "text", 0, 0.5, [1.0, 0.0], np.zeros(5)], ids=repr)
def test_a_truth_value_a_text_or_a_few_digits_agree_by_chance(value: Any) -> None:
    def known(x: Any) -> Any:
        return value if len(x) == 3 else x.mean()

    def another(x: Any) -> Any:
        return value if len(x) == 3 else x.max()

    def both(x: Any) -> Any:
        return value

    task = task_of(sums, fives)
    for one in (known, both):
        task.misconception(f"You wrote {one.__name__}.")(one)
    assert names(verdict(task, another)) == [None, None]
    assert names(verdict(task, known)) == ["known", "known"]
    assert names(verdict(task, both)) == ["both", "both"]


def test_a_required_check_tells_whatever_it_gives() -> None:
    """It is made to; and who takes a way around the exercise may have made mistakes besides."""

    def way(impl: Any, rng: Any) -> Any:
        return "around" if impl.f(np.zeros(2)) else "through"

    def known(x: Any) -> Any:
        return x.sum() + (len(x) == 2)

    task = task_of(sums)
    task.check("way", weight=0, required=True)(way)
    task.misconception("Hint.")(known)
    report = verdict(task, lambda x: x.mean() + (len(x) == 2))
    assert names(report) == [None, "known"]


def test_what_is_not_written_yet_is_no_mistake() -> None:
    def blank(x: Any) -> Any:
        raise NotImplementedError

    report = verdict(with_mistakes(blank, raises), blank)
    assert [check.misconception for check in report.checks] == [None, None]


def test_what_was_stopped_is_no_mistake() -> None:
    task = with_mistakes(raises)
    stopped = {c.name: Result(detail="stopped", stopped=True) for c in task.checks}
    expected = expect(task, lambda replaced: {"f": reference, **replaced}, 0)
    report = judge(task, stopped, expected, {"raises": "hint"})
    assert messages(report) == ["stopped", "stopped"]
    assert [check.misconception for check in report.checks] == [None, None]
    assert report.points == 0


def test_a_mistake_in_another_name_than_the_first() -> None:
    task = task_of(lambda impl, rng: [impl.f(1), impl.g(1)], needs=("f", "g"))
    task.misconception("Hint.", replaces="g")(nothing)
    names = {"f": lambda x: 5, "g": lambda x: 6}
    (one,) = expect(task, lambda replaced: {**names, **replaced}, 0).values()
    assert one.reference.value == [5, 6]
    assert one.mistakes["nothing"].value == [5, 1]


def test_a_mistake_is_run_when_it_is_asked_for_and_once() -> None:
    ran = []

    def known(x: Any) -> Any:
        ran.append(len(x))
        return x.mean()

    task = with_mistakes(known)
    expected = expect(task, lambda replaced: {"f": reference, **replaced}, 0)
    hints = {"known": "hint"}
    right = {name: one.reference for name, one in expected.items()}
    assert judge(task, right, expected, hints).is_full
    blank = dict.fromkeys(right, Result(raised="NotImplementedError"))
    assert names(judge(task, blank, expected, hints)) == [None, None]
    assert ran == [], "what is not written is no known mistake"
    wrong = right | {"sums": Result(value=17.25)}
    judge(task, wrong, expected, hints)
    assert ran == [3], "it does not give 17.25: nothing else of it is asked for"
    wrong = right | {"sums": expected["sums"].mistakes["known"]}
    assert names(judge(task, wrong, expected, hints)) == ["known", None]
    assert ran == [3, 4]
    with pytest.raises(KeyError):
        expected["sums"].mistakes["unknown"]
    assert len(expected["sums"].mistakes) == 1


def test_what_has_a_bound_is_run_last() -> None:
    ran = []

    def known(x: Any) -> Any:
        ran.append(len(x))
        return x.mean() + (len(x) == 5)

    def bounded(impl: Any, rng: Any) -> Any:
        return float(np.sum(impl.f(rng.normal(size=5))) * 0)

    task = Task("t", "The task", points=6, needs=["f"], minutes=1)
    task.check("bounded", at_most=1)(bounded)
    task.check("shape")(shape)
    task.check("sums")(sums)
    task.misconception("Hint.")(known)
    report = verdict(task, lambda x: x.mean())
    assert ran == [3, 4, 5]
    assert names(report) == [None, None, "known"]


def test_inputs_repeat_with_the_seed_and_differ_between_checks() -> None:
    task = task_of(sums, shape)
    first, again, other = (
        expect(task, lambda replaced: {"f": reference, **replaced}, seed) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first["sums"].draws[0], again["sums"].draws[0])
    assert not np.array_equal(first["sums"].draws[0], other["sums"].draws[0])
    assert not np.array_equal(first["sums"].draws[0], first["shape"].draws[0][:3])


def test_a_mistake_sees_the_inputs_that_the_student_sees() -> None:
    task = with_mistakes(nothing)
    expected = expect(task, lambda replaced: {"f": reference, **replaced}, 3)["sums"]
    np.testing.assert_array_equal(expected.mistakes["nothing"].value, expected.draws[0])
    assert isinstance(expected, Expected)


# How it is shown ---------------------------------------------------------------------------------


def test_the_table_as_text() -> None:
    report = verdict(with_mistakes(mean), lambda x: x.mean())
    lines = as_text(report).splitlines()
    assert lines[0] == "The <task>: 3 of 6 points"
    assert lines[1] == "  FAILED  check sums"
    assert lines[2].strip().startswith("got ")
    assert lines[3] == "          Hint: You wrote mean."
    assert lines[4] == "  passed  check shape"
    assert len(lines) == 5


def test_the_table_as_a_page_can_be_read_by_all_and_runs_nothing() -> None:
    def evil(x: Any) -> Any:
        raise ValueError("<script>alert(1)</script>")

    html = as_html(verdict(with_mistakes(mean), evil))
    assert "<script" not in html
    assert "The &lt;task&gt;" in html
    for part in ("<caption", 'scope="col"', "✗ failed", "<thead>"):
        assert part in html
    assert "✓ passed" in as_html(verdict(task_of(sums), reference))


def test_the_summary() -> None:
    reports = [verdict(task_of(sums), reference), verdict(task_of(sums), nothing)]
    assert summary_text(reports).splitlines() == [
        f"{'6 of 6 points':>22}  The <task>",
        f"{'0 of 6 points':>22}  The <task>",
        "So far: 6 of 12 points",
    ]
    html = summary_html(reports)
    assert "So far: 6 of 12 points" in html
    assert html.count('scope="row"') == 2
