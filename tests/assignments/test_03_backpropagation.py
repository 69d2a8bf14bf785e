"""The assignment on backpropagation is fair, strict, and says what it means."""

from functools import partial

from gate import Gate

from autograder.building.assignments import load
from autograder.building.chapters import reference_of
from autograder.judging.expectations import expect
from autograder.judging.faults import fault_of


class TestBackpropagation(Gate):
    assignment = "03_backpropagation"
    minutes = 180


def test_a_right_answer_passes_where_all_numbers_are_drawn_of_one_sign() -> None:
    """There no ReLU lets anything through, and a slope of 0 was held against a steepest of 0."""
    name = "03_backpropagation"
    task = load(name).task("relu")
    expected = expect(task, partial(reference_of, name), seed=39103423886195)
    for check in task.checks:
        right = expected[check.name].reference
        assert fault_of(check, right, right) is None, check.title
