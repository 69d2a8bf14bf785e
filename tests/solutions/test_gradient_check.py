"""The gradient check passes what is right, finds what is wrong, and says what it cannot see."""

from itertools import pairwise

import numpy as np
import pytest

from solutions.backpropagation import (
    Affine,
    ReLU,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
    TwoLayerNet,
    crosses_kink,
    gradient_check,
    relative_error,
)
from solutions.losses import measured_gradient

SCALES = [1e-8, 1e-3, 1.0, 1e6]
SEEDS = range(4)


def test_relative_error_in_closed_form():
    a, b = np.array([1.0, 0.0, 2.0, 1e-12, -1.0]), np.array([1.0, 0.0, 1.0, 2e-12, 1.0])
    np.testing.assert_allclose(relative_error(a, b), [0, 0, 0.5, 0.5, 2])


# What can be measured -----------------------------------------------------------------------------


def softmax_loss(logits, labels, scale=1.0):
    """A loss of the logits, and its gradient there."""
    layer = SoftmaxWithLoss()
    layer.forward(logits, labels)
    return lambda z: scale * SoftmaxWithLoss().forward(z, labels), scale * layer.backward()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("h", [1e-4, 1e-5, 1e-6])
def test_measured_slopes_are_as_right_as_they_claim(scale, h, rng):
    x, c = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    before = x.copy()
    slopes, uncertainty = measured_gradient(lambda z: scale * float((c * np.sin(z)).sum()), x, h)
    np.testing.assert_array_equal(x, before)
    off = np.abs(slopes - scale * c * np.cos(x)).max()
    assert off <= uncertainty
    assert scale * 1e-15 / h < uncertainty < scale * 2e-13 / h


@pytest.mark.parametrize("steepness", [10, 100])
def test_measured_slopes_follow_curves_that_a_central_difference_does_not(steepness):
    x = np.array([0.5 * np.pi / steepness])  # the slope is 0 there, its own slopes are not
    slopes, uncertainty = measured_gradient(lambda z: float(np.sin(2 * steepness * z).sum()), x)
    assert abs(slopes[0] + 2 * steepness) < max(uncertainty, 1e-9 * steepness)


def test_a_loss_that_loses_digits_is_known_to(rng):
    x = rng.normal(size=5)

    def in_float32(z):
        return float(np.exp(z.astype(np.float32)).sum())

    slopes, uncertainty = measured_gradient(in_float32, x)
    assert np.abs(slopes - np.exp(x)).max() <= uncertainty
    assert uncertainty > 0.01


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("lead", [15.0, 22.0, 30.0, 36.0, 38.0, 300.0])
def test_a_sure_softmax_moves_in_steps_and_that_is_known(lead, scale):
    for seed in SEEDS:
        logits = np.random.default_rng(seed).normal(size=(1, 4))
        logits[0, 2] += lead
        f, gradient = softmax_loss(logits, np.array([2]), scale)
        slopes, uncertainty = measured_gradient(f, logits)
        assert np.abs(slopes - gradient).max() <= uncertainty
        assert uncertainty < max(1, scale) * 1e-9


def test_where_nothing_moves_the_rounding_of_numbers_around_1_is_assumed():
    _, uncertainty = measured_gradient(lambda z: 0.0, np.ones(3))
    assert uncertainty == pytest.approx(20 * 2.2e-16 / 1e-5, rel=0.01)


def test_a_kink_just_at_x_is_not_taken_for_rounding():
    x = np.array([0.0, 1.0, -1.0])
    _, uncertainty = measured_gradient(lambda z: float(np.maximum(z, 0).sum()), x)
    assert uncertainty < 1e-8


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_other_dtypes_are_refused(dtype):
    x = np.ones(3, dtype=dtype)
    with pytest.raises(ValueError, match=f"needs x in float64, but it is {np.dtype(dtype)}"):
        gradient_check(lambda z: float(z.sum()), x, np.ones(3))


def test_a_loss_that_is_drawn_afresh_is_refused(rng):
    x = rng.normal(size=(4, 3))

    def with_dropout(z):
        return float((z * (rng.random(z.shape) < 0.5)).sum())

    with pytest.raises(ValueError, match="f must give the same number each time: here "):
        gradient_check(with_dropout, x, np.ones_like(x))
    with pytest.raises(ValueError, match="here nan, then nan"):
        gradient_check(lambda z: np.nan, x, np.ones_like(x))


# Right and wrong ----------------------------------------------------------------------------------


def network(rng, depth, activation, weight_scale):
    """A deep network's loss as a function of one of its parameters: cases, one for each."""
    sizes = [5, *[4] * (depth - 1), 3]
    params = [
        (weight_scale / np.sqrt(a) * rng.normal(size=(a, b)), 0.1 * rng.normal(size=b))
        for a, b in pairwise(sizes)
    ]
    x, labels = rng.normal(size=(6, 5)), rng.integers(3, size=6)

    def forward(params):
        layers, inputs, z = [], [], x
        for W, b in params:
            layers += [Affine(W, b), activation()]
            inputs.append(layers[-2].forward(z))
            z = layers[-1].forward(inputs[-1])
        return layers[:-1], inputs

    layers, inputs = forward(params)
    last = SoftmaxWithLoss()
    last.forward(inputs[-1], labels)
    dout = last.backward()
    for layer in reversed(layers):
        dout = layer.backward(dout)
    for number in {0, depth // 2, depth - 1}:
        for which, name in enumerate("Wb"):

            def outputs(value, number=number, which=which):
                changed = [list(pair) for pair in params]
                changed[number][which] = value
                return forward(changed)[1]

            yield (
                lambda value, outputs=outputs: last.forward(outputs(value)[-1], labels),
                params[number][which],
                layers[2 * number].grads[name],
                lambda value, outputs=outputs: np.hstack(outputs(value)[:-1] or [x]) > 0,
            )


def deep_networks(seed):
    """Networks of 2 to 20 layers, with weights that let gradients shrink, pass or grow."""
    rng = np.random.default_rng(seed)
    for depth in (2, 5, 20):
        for activation in (ReLU, Sigmoid, Tanh):
            for f, x, gradient, winners in network(rng, depth, activation, rng.choice([0.5, 1, 2])):
                yield f, x, gradient, winners if activation is ReLU else None


def normalized(x):
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5)


def losses_of_one_array(seed, scale):
    """Losses of every kind, times a scale, with their gradients."""
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(5, 4)), rng.integers(4, size=5)
    yield softmax_loss(logits, labels, scale)[0], logits, softmax_loss(logits, labels, scale)[1]
    for lead in (8.0, 15.0, 30.0, 40.0):
        sure = logits[:1] + lead * (np.arange(4) == 1)
        f, gradient = softmax_loss(sure, np.array([1]), scale)
        yield f, sure, gradient
    rows, dout, bias = rng.normal(size=(7, 3)), rng.normal(size=(7, 3)), rng.normal(size=3)

    def shifted(b):
        return scale * float((normalized(rows + b) * dout).sum())

    yield shifted, bias, np.zeros(3)
    yield shifted, bias, scale * 1e-17 * rng.normal(size=3)
    for steepness in (1, 10, 100):
        x, c = rng.normal(size=6), rng.normal(size=6)

        def steep(z, c=c, k=steepness):
            return scale * float((c * np.tanh(k * z)).sum())

        yield steep, x, scale * steepness * c * (1 - np.tanh(steepness * x) ** 2)
    yield (lambda z: scale * float((z**3).sum())), np.zeros(4), np.zeros(4)
    yield (lambda z: scale * (1e3 + float(np.exp(z).sum()))), x, scale * np.exp(x)


def right_gradients(seed):
    for scale in SCALES:
        for case in losses_of_one_array(seed, scale):
            yield *case, None
    yield from deep_networks(seed)


def mistakes(gradient, rng):
    """The gradient with mistakes of all kinds, made at all coordinates or at a single one."""
    place = tuple(int(rng.integers(n)) for n in gradient.shape)
    single = np.zeros(gradient.shape)
    single[place] = 1
    yield 2 * gradient
    yield -gradient
    yield 0 * gradient
    yield 1.001 * gradient
    yield gradient * (1 + 0.5 * single)
    yield gradient * (1 - single)
    yield gradient + np.abs(gradient).max() * single


@pytest.mark.parametrize("seed", SEEDS)
def test_no_right_gradient_is_called_wrong(seed):
    for f, x, gradient, winners in right_gradients(seed):
        found = gradient_check(f, x, gradient, winners)
        assert found.worst_error <= 1e-6, str(found)
        assert found or found.kinks > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_wrong_gradient_passes_but_where_the_check_says_that_it_cannot_see(seed):
    rng = np.random.default_rng(seed)
    cases = [case for case in right_gradients(seed) for _ in range(2)]
    seen = 0
    for f, x, gradient, winners in cases:
        wrong = rng.choice(list(mistakes(gradient, rng)))
        is_wrong = relative_error(wrong, gradient) > 0.1
        found = gradient_check(f, x, wrong, winners)
        assert found.worst_error > 1e-6 or is_wrong.sum() <= found.unmeasured + found.kinks
        seen += found.worst_error > 1e-6
    assert seen > len(cases) / 3


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_mistake_is_found_where_slopes_are_of_the_size_of_the_loss(seed, scale):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(5, 4)), rng.integers(4, size=5)
    f, gradient = softmax_loss(logits, labels, scale)
    assert gradient_check(f, logits, gradient).unmeasured == 0
    for wrong in mistakes(gradient, rng):
        assert not gradient_check(f, logits, wrong)


def test_zeros_are_found_in_the_place_of_slopes_of_1e_8(rng):
    x, c = rng.normal(size=6), rng.uniform(1, 2, size=6)

    def f(z):
        return 1.0 + 1e-8 * float((c * z).sum())

    assert gradient_check(f, x, 1e-8 * c)
    found = gradient_check(f, x, np.zeros(6))
    assert (found.passed, found.worst_error) == (False, 1)


def test_of_two_wrong_slopes_the_worse_is_shown(rng):
    x = rng.normal(size=(3, 2))
    right = np.cos(x)
    assert gradient_check(lambda z: float(np.sin(z).sum()), x, right)
    wrong = right.copy()
    wrong[2, 1] *= 1.1
    wrong[0, 1] *= 2
    found = gradient_check(lambda z: float(np.sin(z).sum()), x, wrong)
    assert found.worst_index == (0, 1)
    assert found.worst_error == pytest.approx(0.5)
    assert found.analytic == 2 * right[0, 1]
    assert found.numerical == pytest.approx(right[0, 1])
    assert found.size == 6


def test_a_gradient_that_is_no_number_does_not_pass(rng):
    x = rng.normal(size=3)
    found = gradient_check(lambda z: float(z.sum()), x, np.array([1.0, np.nan, 1.0]))
    assert not found.passed
    assert found.worst_index == (1,)


def test_a_gradient_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 3\) but x \(3,\)"):
        gradient_check(lambda z: float(z.sum()), np.ones(3), np.ones((1, 3)))


# Kinks --------------------------------------------------------------------------------------------


def test_kinks_are_counted_instead_of_failing_at_them():
    x = np.array([[0.5, -1.0], [2e-6, 3.0]])
    before = x.copy()
    slope = (x > 0).astype(float)

    def f(z):
        return float(np.maximum(z, 0).sum())

    without = gradient_check(f, x, slope)
    assert without.worst_index == (1, 0)
    assert without.worst_error == pytest.approx(1 - (4 * 0.7 - 0.6) / 3)  # at h/2, and at h
    found = gradient_check(f, x, slope, winners=lambda z: z > 0)
    assert (found.kinks, found.worst_error, found.passed) == (1, 0, True)
    np.testing.assert_array_equal(x, before)


def test_a_mistake_beside_a_kink_is_still_seen():
    x = np.array([2e-6, 1.5])
    found = gradient_check(
        lambda z: float(np.maximum(z, 0).sum()), x, np.array([7.0, 2.0]), winners=lambda z: z > 0
    )
    assert (found.kinks, found.worst_index) == (1, (1,))
    assert found.worst_error == pytest.approx(0.5)


@pytest.mark.parametrize(("at_kinks", "passed"), [(2, True), (3, False), (4, False)])
def test_a_check_that_skips_more_than_half_has_not_passed(at_kinks, passed):
    x = np.array([1.0, 2.0, 3.0, 4.0])
    x[:at_kinks] = 1e-6
    found = gradient_check(
        lambda z: float(np.maximum(z, 0).sum()), x, np.ones(4), winners=lambda z: z > 0
    )
    assert (found.kinks, found.passed, bool(found)) == (at_kinks, passed, passed)


@pytest.mark.parametrize(("distance", "expected"), [(0.9, True), (1.1, False)])
def test_crosses_kink_reaches_as_far_as_h(distance, expected):
    h = 1e-3
    x = np.array([1.0, distance * h])
    assert crosses_kink(lambda z: z > 0, x, (1,), h) is expected
    assert crosses_kink(lambda z: z > 0, x, (0,), h) is False


def test_two_layer_net_passes_with_its_kinks_watched(rng):
    shapes = {"W1": (6, 5), "b1": 5, "W2": (5, 4), "b2": 4}
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    x, labels = rng.normal(size=(7, 6)), rng.integers(0, 4, size=7)
    params["b1"][2] -= (x @ params["W1"] + params["b1"])[3, 2] - 1e-7  # one unit close to its kink
    grads = TwoLayerNet(params).gradients(x, labels)

    def loss(W1):
        return TwoLayerNet({**params, "W1": W1}).loss(x, labels)

    def winners(W1):
        return x @ W1 + params["b1"] > 0

    assert gradient_check(loss, params["W1"], grads["W1"]).worst_error > 1e-3
    found = gradient_check(loss, params["W1"], grads["W1"], winners)
    assert found.kinks == 6  # every weight of that unit, and no other
    assert found.passed


# What it says -------------------------------------------------------------------------------------


def test_it_says_where_both_slopes_part():
    f, x = (lambda z: float((z**2).sum())), np.array([1.0, 2.0])
    assert str(gradient_check(f, x, np.array([2.0, 4.0]))) == "passed."
    wrong = gradient_check(f, x, np.array([2.0, 6.0]))
    assert str(wrong) == "wrong: at (1,) the gradient says 6, but the slope is 4."


def test_it_says_what_was_skipped():
    f, x = (lambda z: float(np.maximum(z, 0).sum())), np.array([1e-6, 2.0])
    found = gradient_check(f, x, np.ones(2), winners=lambda z: z > 0)
    assert str(found) == "passed. 1 of 2 coordinates were skipped: they lie at kinks."
    found = gradient_check(f, x[:1], np.ones(1), winners=lambda z: z > 0)
    assert str(found).startswith("undecided: take a smaller h. 1 of 1 coordinates were skipped")


def test_it_says_which_slopes_it_could_not_measure(rng):
    x, dout = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    found = gradient_check(
        lambda b: float((normalized(x + b) * dout).sum()), rng.normal(size=3), np.zeros(3)
    )
    assert found.passed
    assert found.unmeasured == 3
    assert "3 of 3 slopes are too small to be measured: a mistake in them would" in str(found)
