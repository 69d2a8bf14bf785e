"""A mistake that is declared once is made in each part of an answer, each branch, two and all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.authoring.layers import add_layer_mistakes, add_memory_mistakes
from autograder.authoring.parts import Branch, Part, Parts
from autograder.authoring.tasks import AuthoringError, Task


class Scale:
    """y = w · x, for rows or for single numbers."""

    def __init__(self, w: Any) -> None:
        self.params, self.grads = {"w": w}, {"w": None, "b": None}

    def forward(self, x: Any) -> Any:
        self.x = x
        return self.params["w"] * x

    def backward(self, dout: Any = 1.0) -> Any:
        self.grads["w"], self.grads["b"] = dout * self.x, dout
        return self.params["w"] * dout


def pair(x: Any, y: Any) -> tuple[Any, dict[str, Any]]:
    """Return a number, and two in a dictionary."""
    return x.sum(), {"x": x, "y": y}


def task_of(*needs: str) -> Task:
    return Task("scale", "The scale", points=1, needs=needs, minutes=1)


OUTPUTS = {
    "y": Part("the output", "forward"),
    "x": Part("the gradient of x", "backward"),
    "w": Part("the gradient of w", "backward", stored="grads.w"),
}
BRANCHES = {
    "rows": Branch("rows", lambda x: x.ndim == 2),
    "row": Branch("a single row", lambda x: x.ndim == 1),
}


def faults(change: Any, outputs: Any = OUTPUTS, branches: Any = None, **over: Any) -> Task:
    task = task_of("Scale")
    Parts(task, [Scale], outputs, branches or {}).fault("Look at {what}.", **over)(change)
    return task


def given(wrong: Any, x: Any) -> dict[str, Any]:
    layer = wrong(np.array([2.0, 3.0]))
    return {"y": layer.forward(x), "x": layer.backward(), "w": layer.grads["w"]}


def negative(value: Any, *inputs: Any) -> Any:
    return -value


X = np.array([[1.0, 2.0], [5.0, 7.0]])


def test_each_part_two_and_all() -> None:
    right = given(Scale, X)
    made = {mistake.name: mistake.wrong["Scale"] for mistake in faults(negative).misconceptions}
    expected = {
        "negative": "yxw",
        "negative.y": "y",
        "negative.x": "x",
        "negative.w": "w",
        "negative.y.x": "yx",
        "negative.y.w": "yw",
        "negative.x.w": "xw",
    }
    assert list(made) == list(expected)
    for name, parts in expected.items():
        found = given(made[name], X)
        for key in right:
            sign = -1 if key in parts else 1
            assert np.array_equal(found[key], sign * right[key]), (name, key)


def test_some_parts_only() -> None:
    names = [mistake.name for mistake in faults(negative, over=["x", "w"]).misconceptions]
    assert names == ["negative", "negative.x", "negative.w"]


def test_one_part_alone_makes_one_mistake() -> None:
    assert [m.name for m in faults(negative, over=["y"]).misconceptions] == ["negative"]


def test_each_branch_alone() -> None:
    made = {m.name: m for m in faults(negative, branches=BRANCHES, over=["x"]).misconceptions}
    assert list(made) == ["negative", "negative.rows", "negative.row"]
    for name, signs in (("negative", [-1, -1]), ("negative.rows", [-1, 1])):
        found = [given(made[name].wrong["Scale"], x)["x"] for x in (X, X[0])]
        right = [given(Scale, x)["x"] for x in (X, X[0])]
        for one, other, sign in zip(found, right, signs, strict=True):
            assert np.array_equal(one, sign * other), name


def test_a_branch_is_that_of_the_last_forward_for_each_object() -> None:
    made = {m.name: m.wrong["Scale"] for m in faults(negative, branches=BRANCHES).misconceptions}
    first, second = (made["negative.rows"](np.array([2.0, 3.0])) for _ in range(2))
    first.forward(X)
    second.forward(X[0])
    assert (first.backward() < 0).all()
    assert (second.backward() > 0).all()
    first.forward(X[0])
    assert (first.backward() > 0).all()


def test_a_change_is_given_the_inputs_of_the_call_or_of_the_one_before() -> None:
    seen = []

    def note(value: Any, x: Any) -> Any:
        seen.append(x)
        return value

    layer = faults(note).misconceptions[0].wrong["Scale"](np.array([2.0, 3.0]))
    layer.forward(X)
    layer.backward()
    layer.backward(np.array([4.0, 5.0]))
    assert [x.shape for x in seen] == [(2, 2), (2, 2), (2, 2), (2,), (2,)]


def test_a_wrong_implementation_is_mixed_with_the_right_one() -> None:
    class Wrong(Scale):
        def forward(self, x: Any) -> Any:
            return super().forward(x + 1)

        def backward(self, dout: Any = 1.0) -> Any:
            return 10 * super().backward(dout)

    task = task_of("Scale")
    Parts(task, [Scale], OUTPUTS).mistake("Wrong.")(Wrong)
    right, wrong = given(Scale, X), given(Wrong, X)
    assert not any(np.array_equal(right[key], wrong[key]) for key in right)
    for mistake in task.misconceptions:
        parts = mistake.name.split(".")[1:] or list("yxw")
        found = given(mistake.wrong["Scale"], X)
        for key in right:
            assert np.array_equal(found[key], (wrong if key in parts else right)[key]), mistake.name


def test_functions_and_places_in_what_they_return() -> None:
    task = task_of("pair")
    outputs = {
        "sum": Part("the sum", at=(0,)),
        "x": Part("x", at=(1, "x")),
        "y": Part("y", at=(1, "y")),
    }
    Parts(task, [pair], outputs, {"large": Branch("large x", lambda x, y: x.max() > 3)}).fault(
        "Wrong."
    )(negative)
    made = {mistake.name: mistake.wrong["pair"] for mistake in task.misconceptions}
    total, parts = made["negative.sum.y"](X, 2 * X)
    assert (total, (parts["x"] == X).all(), (parts["y"] == -2 * X).all()) == (-15, True, True)
    for x, sign in ((X, -1), (X / 7, 1)):
        total, parts = made["negative.x.large"](x, x)
        assert np.array_equal(parts["x"], sign * x)
        assert total == x.sum()


def test_a_wrong_function_takes_the_place_of_all_that_is_returned() -> None:
    def refusing(x: Any) -> Any:
        raise ValueError("no")

    def right(x: Any) -> Any:
        return x

    task = task_of("right")
    Parts(task, [right], {"y": Part("the output")}, BRANCHES).mistake("Wrong.")(refusing)
    whole, rows, row = (mistake.wrong["right"] for mistake in task.misconceptions)
    for wrong, x in ((whole, X), (whole, X[0]), (rows, X), (row, X[0])):
        with pytest.raises(ValueError, match="no"):
            wrong(x)
    assert rows(X[0]) is not None
    assert row(X) is not None


def test_several_names_are_wrong_alone_and_together() -> None:
    def half(x: Any) -> Any:
        return x / 2

    def double(x: Any) -> Any:
        return 2 * x

    task = task_of("half", "double")
    outputs = {"half": Part("half", of="half"), "double": Part("the double", of="double")}
    Parts(task, [half, double], outputs).fault("Look at {what}.")(negative)
    assert {mistake.name: sorted(mistake.wrong) for mistake in task.misconceptions} == {
        "negative": ["double", "half"],
        "negative.half": ["half"],
        "negative.double": ["double"],
    }
    assert [wrong(4) for wrong in task.misconceptions[0].wrong.values()] == [-2, -8]

    class AsMuchMore:
        @staticmethod
        def half(x: Any) -> Any:
            return x - 2

        @staticmethod
        def double(x: Any) -> Any:
            return x + 2

    task = task_of("half", "double")
    Parts(task, [half, double], outputs).mistake("Look at {what}.")(AsMuchMore)
    assert {
        mistake.name: {name: wrong(10) for name, wrong in mistake.wrong.items()}
        for mistake in task.misconceptions
    } == {
        "AsMuchMore": {"half": 8, "double": 12},
        "AsMuchMore.half": {"half": 8},
        "AsMuchMore.double": {"double": 12},
    }


def test_an_attribute_of_the_object_is_a_part_too() -> None:
    outputs = {"all": Part("the gradients", "backward", stored="grads")}
    task = faults(lambda value, *_: dict.fromkeys(value, 0.0), outputs)
    assert given(task.misconceptions[0].wrong["Scale"], X)["w"] == 0.0


def test_hints_say_the_parts() -> None:
    said = {m.name: m.hint for m in faults(negative, branches=BRANCHES).misconceptions}
    assert said["negative"] == "Look at the output, the gradient of x and the gradient of w."
    assert said["negative.x.w.row"] == (
        "Look at the gradient of x and the gradient of w for a single row."
    )
    task = task_of("Scale")
    Parts(task, [Scale], OUTPUTS).fault("It is negative.")(negative)
    plain = {mistake.name: mistake.hint for mistake in task.misconceptions}
    assert plain["negative"] == "It is negative."
    assert plain["negative.y"] == "It is negative. This concerns the output."


def test_what_all_layers_may_do_wrong() -> None:
    task = task_of("Scale")
    add_layer_mistakes(Parts(task, [Scale], OUTPUTS), ["x", "w"])
    made = {mistake.name: mistake.wrong["Scale"] for mistake in task.misconceptions}
    narrow = made["in_float64.y"](np.float32([2, 3]))
    assert narrow.forward(X.astype("f4")).dtype == np.float64
    assert narrow.backward(np.float32([1, 1])).dtype == np.float32
    assert not given(made["no_gradient.w"], X)["w"].any()
    assert given(made["no_gradient.w"], X)["x"].all()


def test_a_layer_may_pass_on_what_it_is_given() -> None:
    task = task_of("Scale")
    add_layer_mistakes(Parts(task, [Scale], OUTPUTS), ["x", "w"], passed_on=["y", "x"])
    made = {mistake.name: mistake.wrong["Scale"] for mistake in task.misconceptions}
    layer = made["as_it_came"](np.array([2.0, 3.0]))
    assert layer.forward(X) is X
    assert layer.backward(X) is X
    assert (made["as_it_came.x"](np.array([2.0, 3.0])).forward(X) != X).any()


def test_memory_of_all_attributes_and_of_some() -> None:
    class Product(Scale):
        def forward(self, x: Any) -> Any:
            self._x, self._n = x, len(x)
            return x

        def backward(self, dout: Any = 1.0) -> Any:
            return self._x * self._n

    task = task_of("Product")
    add_memory_mistakes(task, Product, ["_x", "_n"], ["_n"])
    made = {mistake.name: mistake.wrong["Product"] for mistake in task.misconceptions}
    assert list(made) == ["first_for_ever", "first_for_ever.n", "shared_by_all", "shared_by_all.n"]

    def after_two(wrong: Any) -> Any:
        one, other = wrong(1), wrong(1)
        one.forward(X)
        one.forward(np.full((3, 2), 4.0))
        other.forward(np.full((1, 2), 9.0))
        return one.backward()[0, 0]

    # The first batch is x = 1 with n = 2, the second x = 4 with n = 3; another's is 9 with n = 1.
    assert {name: after_two(wrong) for name, wrong in made.items()} == {
        "first_for_ever": 2,
        "first_for_ever.n": 8,
        "shared_by_all": 9,
        "shared_by_all.n": 4,
    }


def test_an_authors_slips_are_refused() -> None:
    with pytest.raises(AuthoringError, match=r"Only \{what\} can stand in braces"):
        Parts(task_of("Scale"), [Scale], OUTPUTS).fault("Look at {whatt}.")(negative)
    with pytest.raises(AuthoringError, match=r"Scale sets no self\._mask"):
        add_memory_mistakes(task_of("Scale"), Scale, ["_mask"])
