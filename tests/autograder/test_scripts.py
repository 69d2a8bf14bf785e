"""What a check asks, as one message, and what becomes of the reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.authoring.implementation import (
    ImplementationError,
    LocalLink,
    calls_run,
    fetch,
    keep,
    lines_run,
)
from autograder.authoring.tasks import Task
from autograder.inside import wire
from autograder.inside.evaluator import ROOT, Evaluator
from autograder.inside.wire import Handle, decode, encode
from autograder.judging.expectations import Expected, expect
from autograder.judging.results import TOO_LARGE, Result


class Layer:
    """A layer that remembers its input."""

    def __init__(self, W: Any) -> None:
        self.W = W

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W

    def backward(self, dout: Any) -> Any:
        return dout @ self.W.T


class Rewritten:
    """The same layer by somebody else, with more methods."""

    def __init__(self, W: Any) -> None:
        self.W = W

    def also(self) -> None:
        """Nothing that is asked for."""

    def forward(self, x: Any) -> Any:
        self.x = x
        return self.also() or x @ self.W

    def backward(self, dout: Any) -> Any:
        return dout @ self.W.T


class Rounded(Layer):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * (1 + 1e-15)


def both_ways(impl: Any, rng: Any) -> Any:
    layer = impl.Layer(rng.normal(size=(3, 2)))
    y = layer.forward(rng.normal(size=(4, 3)))
    return {"y": y, "dx": layer.backward(rng.normal(size=(4, 2))), "x": layer.x}


def through_two(impl: Any, rng: Any) -> Any:
    first, second = impl.Layer(rng.normal(size=(3, 2))), impl.Layer(rng.normal(size=(2, 5)))
    return second.forward(first.forward(rng.normal(size=(4, 3))))


def expected_of(check: Callable[..., Any], right: Any = Layer) -> tuple[Any, Expected]:
    """Return a check, and what is expected in it."""
    task = Task("t", "The task", points=1, needs=["Layer"], minutes=1)
    task.check("check")(check)
    (one,) = task.checks
    (expected,) = expect(task, lambda replaced: {"Layer": right}, 0).values()
    return one, expected


class Counted(LocalLink):
    """A link that notes what kinds of requests it carries."""

    def __init__(self, **namespace: Any) -> None:
        super().__init__(namespace)
        self.asked: list[str] = []

    def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
        self.asked.append(decode(frame)["do"])
        return super().exchange(frame, answer_callback)


def test_whoever_gives_the_same_bytes_gets_the_references_result() -> None:
    check, expected = expected_of(both_ways)
    for layer in (Layer, Rewritten):
        link = Counted(Layer=layer)
        assert expected.result(check, link) is expected.reference
        assert link.asked == ["all"]


def test_other_replies_are_gone_through_without_another_question() -> None:
    check, expected = expected_of(both_ways)
    link = Counted(Layer=Rounded)
    result = expected.result(check, link)
    assert link.asked == ["all"]
    assert result is not expected.reference
    assert not np.array_equal(result.value["y"], expected.reference.value["y"])
    np.testing.assert_allclose(result.value["y"], expected.reference.value["y"])
    np.testing.assert_array_equal(result.value["dx"], expected.reference.value["dx"])


def test_a_check_that_asks_for_something_else_asks_step_by_step() -> None:
    check, expected = expected_of(through_two)
    link = Counted(Layer=Rounded)  # the second layer gets what the first one gave
    result = expected.result(check, link)
    assert link.asked == ["all", "call", "call", "call", "call"]
    np.testing.assert_allclose(result.value, expected.reference.value)


def test_an_error_ends_a_script_and_is_the_result() -> None:
    class Broken(Layer):
        calls = 0

        def forward(self, x: Any) -> Any:
            raise ValueError("no")

        def backward(self, dout: Any) -> Any:
            Broken.calls += 1
            return dout

    check, expected = expected_of(both_ways)
    link = Counted(Layer=Broken)
    assert expected.result(check, link).raised == "ValueError"
    assert link.asked == ["all"]
    assert Broken.calls == 0, "it is not asked on"


def test_a_name_that_is_missing_is_told() -> None:
    check, expected = expected_of(both_ways)
    result = expected.result(check, Counted(), why_undefined=lambda name: f"no {name}")
    assert result == Result(raised="NameError", detail="Layer is not defined: no Layer")


def test_a_method_that_is_an_attribute_is_asked_for_step_by_step() -> None:
    class Odd(Layer):
        def __init__(self, W: Any) -> None:
            super().__init__(W)
            self.backward = lambda dout: dout @ W.T  # type: ignore[method-assign]

    class Without(Odd):
        backward: Any = None

    for layer in (Odd, Without):
        check, expected = expected_of(both_ways)
        result = expected.result(check, Counted(Layer=layer))
        np.testing.assert_array_equal(result.value["dx"], expected.reference.value["dx"])


def test_an_object_in_the_place_of_a_number_shifts_nothing() -> None:
    """What a script asks later is about other objects then: so it is not believed."""

    class Objects(Layer):
        def forward(self, x: Any) -> Any:
            return object()

    def two(impl: Any, rng: Any) -> Any:
        impl.Layer(rng.normal(size=(3, 2))).forward(rng.normal(size=(4, 3)))
        return impl.Layer(rng.normal(size=(2, 6))).W

    check, expected = expected_of(two)
    link = Counted(Layer=Objects)
    np.testing.assert_array_equal(expected.result(check, link).value, expected.reference.value)
    assert link.asked[:2] == ["all", "call"]


def test_what_is_kept_and_changed_is_that_of_the_own_check() -> None:
    class InPlace(Layer):
        def forward(self, x: Any) -> Any:
            x += 1
            return x @ self.W

    def kept(impl: Any, rng: Any) -> Any:
        x = keep(impl, rng.normal(size=(4, 3)))
        impl.Layer(rng.normal(size=(3, 2))).forward(x)
        return fetch(x)

    check, expected = expected_of(kept)
    link = Counted(Layer=InPlace)
    for _ in range(2):
        changed = expected.result(check, link).value
        np.testing.assert_array_equal(changed, expected.reference.value + 1)
    assert link.asked == ["all", "all"]


def hands_over(impl: Any, rng: Any) -> Any:
    return np.shape(impl.Layer(rng.normal(size=(3, 2))).forward(lambda: 1) is None)


def counts_lines(impl: Any, rng: Any) -> Any:
    layer = impl.Layer(rng.normal(size=(3, 2)))
    return lines_run(layer.forward, rng.normal(size=(4, 3))) > 99


def counts_calls(impl: Any, rng: Any) -> Any:
    layer = impl.Layer(rng.normal(size=(3, 2)))
    return calls_run(layer.forward, rng.normal(size=(4, 3)), of=["forward"]) > 1


def raises(impl: Any, rng: Any) -> Any:
    try:
        impl.Layer(rng.normal(size=(3, 2))).forward(rng.normal(size=(4, 7)))
    except ImplementationError as error:
        return [error.kind, impl.Layer(rng.normal(size=(3, 2))).W]


def nothing(impl: Any, rng: Any) -> Any:
    return 1


@pytest.mark.parametrize("check", [hands_over, counts_lines, counts_calls, raises, nothing])
def test_what_is_asked_step_by_step(check: Any) -> None:
    _, expected = expected_of(check)
    assert expected.script is None


def test_what_is_too_large_for_one_message_is_asked_step_by_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def many(impl: Any, rng: Any) -> Any:
        layer = impl.Layer(np.eye(100))
        return [layer.forward(rng.normal(size=(100, 100))) for _ in range(9)]

    check, expected = expected_of(many)
    assert expected.script is not None
    assert expected.result(check, Counted(Layer=Layer)) is expected.reference
    monkeypatch.setattr(wire, "MAX_BINARY", 200_000)
    _, without = expected_of(many)
    assert without.script is None
    # The question fits, and the answer does not: nobody is judged by that.
    monkeypatch.setattr(wire, "MAX_BINARY", len(expected.script.message))
    big = type("Big", (Layer,), {"forward": lambda self, x: np.concatenate([x @ self.W] * 2)})
    link = Counted(Layer=big)
    result = expected.result(check, link)
    assert link.asked == ["all", *["call"] * 10]
    assert [part.shape for part in result.value] == [(200, 100)] * 9


class Replying:
    """A link whose other end replies whatever it likes to a script, and honestly to the rest."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply if isinstance(reply, bytes) else encode(reply)
        self.honest = LocalLink({"Layer": Rounded})

    def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
        if decode(frame)["do"] == "all":
            return self.reply
        return self.honest.exchange(frame, answer_callback)


@pytest.mark.parametrize(
    "reply",
    [
        *(b"", b"garbage", 1, None, []),
        *({"value": one} for one in (1, None, "same", [1], [b"garbage"], [b""] * 4, Handle(0))),
        {"value": [encode(1)]},
    ],
)
def test_forged_answers_are_refused(reply: Any) -> None:
    check, expected = expected_of(both_ways)
    result = expected.result(check, Replying(reply))
    assert result.raised == "WireError"
    assert result.detail.startswith("what came back cannot be judged: ")


@pytest.mark.parametrize("reply", [{}, {"value": []}, {"error": {"kind": "ValueError"}}])
def test_no_answer_is_asked_for_step_by_step(reply: Any) -> None:
    check, expected = expected_of(both_ways)
    result = expected.result(check, Replying(reply))
    np.testing.assert_allclose(result.value["y"], expected.reference.value["y"])
    assert result is not expected.reference


def test_an_answer_without_room_for_it_is_too_large() -> None:
    class Full(Replying):
        def exchange(self, frame: bytes, answer_callback: Any) -> bytes:
            raise MemoryError

    check, expected = expected_of(both_ways)
    assert expected.result(check, Full(0)) == Result(raised="MemoryError", detail=TOO_LARGE)


def test_a_function_of_an_earlier_check_is_not_there_any_more() -> None:
    kept: list[Any] = []

    class Later(Layer):
        def forward(self, x: Any) -> Any:
            if kept:
                kept[0]()
            kept.append(x)
            return super().forward(x) if isinstance(x, np.ndarray) else 0

    link = LocalLink({"Layer": Later})
    check, expected = expected_of(hands_over)
    expected.result(check, link)
    check, expected = expected_of(both_ways)
    result = expected.result(check, link)
    assert (result.raised, result.said) == ("ValueError", "there is no such function")


# The far side ------------------------------------------------------------------------------------


def all_of(*requests: Any, names: Any = ()) -> bytes:
    frames = [one if isinstance(one, bytes) else encode(one) for one in requests]
    return encode({"do": "all", "on": ROOT, "requests": frames, "names": list(names)})


NEW = {"do": "call", "on": ROOT, "name": "Layer", "args": [np.eye(2)], "kwargs": {}}


def test_objects_are_numbered_afresh_and_only_named_methods_are_listed() -> None:
    evaluator = Evaluator({"Layer": Rewritten})
    for _ in range(2):
        replies = decode(evaluator.answer(all_of(NEW, NEW, names=["backward", "forward", "x"])))
        assert [decode(reply) for reply in replies["value"]] == [
            {"value": Handle(1, ("backward", "forward"))},
            {"value": Handle(2, ("backward", "forward"))},
        ]
    alone = decode(evaluator.answer(encode(NEW)))["value"]
    assert alone == Handle(3, ("also", "backward", "forward"))


@pytest.mark.parametrize(
    "bad", [b"garbage", {"do": "x", "on": ROOT}, {"do": "fetch", "on": Handle(9)}, 1]
)
def test_an_evaluator_stops_at_the_first_error(bad: Any) -> None:
    evaluator = Evaluator({"Layer": Layer})
    replies = decode(evaluator.answer(all_of(NEW, bad, NEW)))["value"]
    assert ["error" in decode(reply) for reply in replies] == [False, True]


@pytest.mark.parametrize(
    "details",
    [{}, {"requests": 1, "names": []}, {"requests": [1], "names": []}, {"requests": [b""]}],
)
def test_an_evaluator_answers_odd_scripts_with_an_error(details: Any) -> None:
    evaluator = Evaluator({"Layer": Layer})
    reply = decode(evaluator.answer(encode({"do": "all", "on": ROOT, **details})))
    inner = [decode(one) for one in reply.get("value", [])]
    assert all("error" in one for one in [reply] if not inner)
    assert all("error" in one for one in inner)
