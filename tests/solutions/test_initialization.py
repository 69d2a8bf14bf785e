"""Chapter 5: distributions against SciPy, fans against PyTorch, signals against the theory."""

import math
from functools import partial

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from solutions.arrays import rounded
from solutions.backpropagation import Affine, ReLU, Sigmoid, Tanh
from solutions.initialization import (
    activation_statistics,
    dead_units,
    distinct_units,
    fans,
    glorot_normal,
    glorot_uniform,
    he,
    lecun,
    orthogonal,
    saturated_share,
    signal_rms,
    small_random,
    sparse,
    truncated_normal,
    variance_scaling,
    weights_for,
    zeros,
)
from solutions.initialization.statistics import spread

few = settings(max_examples=25)
MATRIX, FILTERS = (150, 90), (40, 12, 5, 3)
FANS = {MATRIX: (150, 90), FILTERS: (12 * 15, 40 * 15)}


@few
@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), st.booleans())
def test_fans_are_those_of_torch(torch, sizes, is_matrix):
    shape = tuple(sizes[:2] if is_matrix else sizes)
    weights = torch.zeros(shape)  # for PyTorch the weights of an affine layer are (M, D)
    calculate = torch.nn.init._calculate_fan_in_and_fan_out
    assert fans(shape) == calculate(weights.T if is_matrix else weights)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (0, 3), (2, 3, 0, 1), (2, -1)])
def test_shapes_that_are_no_weights_are_refused(shape, rng):
    for initializer in (lecun, glorot_normal, glorot_uniform, he, variance_scaling, orthogonal):
        with pytest.raises(ValueError, match=r"shape must be \(D, M\) or \(FN, C, FH, FW\)"):
            initializer(shape, rng)


def test_sizes_without_a_shape_are_refused(rng):
    with pytest.raises(ValueError, match=r"shape must be \(D, M\) .* is 64"):
        he(64, rng)


def normal(std):
    return stats.norm(scale=std)


def uniform(std):
    return stats.uniform(-math.sqrt(3) * std, 2 * math.sqrt(3) * std)


def truncated(std):
    """Cut at twice the standard deviation of the whole, whatever that is."""
    whole = std / stats.truncnorm(-2, 2).std()
    return stats.truncnorm(-2, 2, scale=whole)


PAPERS = [
    (lecun, normal, lambda i, o: 1 / i),
    (glorot_normal, normal, lambda i, o: 2 / (i + o)),
    (glorot_uniform, uniform, lambda i, o: 2 / (i + o)),
    (he, normal, lambda i, o: 2 / i),
    (small_random, normal, lambda i, o: 1e-4),
]


@pytest.mark.parametrize("shape", [MATRIX, FILTERS], ids=str)
@pytest.mark.parametrize(("initializer", "distribution", "variance"), PAPERS)
def test_distribution_is_that_of_the_paper(initializer, distribution, variance, shape, rng):
    weights = initializer(shape, rng)
    expected = distribution(math.sqrt(variance(*FANS[shape])))
    assert (weights.shape, weights.dtype) == (shape, np.float64)
    assert stats.kstest(weights.ravel(), expected.cdf).pvalue > 0.01
    assert weights.var() == pytest.approx(expected.var(), rel=0.05)


@pytest.mark.parametrize("shape", [MATRIX, FILTERS], ids=str)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("name", ["normal", "uniform", "truncated"])
def test_variance_scaling_has_variance_scale_over_fan(shape, mode, name, rng):
    weights = variance_scaling(shape, rng, 1.7, mode, name)
    fan_in, fan_out = FANS[shape]
    fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]
    expected = {"normal": normal, "uniform": uniform, "truncated": truncated}[name](
        math.sqrt(1.7 / fan)
    )
    assert weights.var() == pytest.approx(1.7 / fan, rel=0.05)
    assert stats.kstest(weights.ravel(), expected.cdf).pvalue > 0.01
    assert expected.support()[0] <= weights.min() <= weights.max() <= expected.support()[1]


@pytest.mark.parametrize(
    ("initializer", "arguments"),
    [
        (lecun, (1, "fan_in", "normal")),
        (glorot_normal, (1, "fan_avg", "normal")),
        (glorot_uniform, (1, "fan_avg", "uniform")),
        (he, (2, "fan_in", "normal")),
    ],
)
def test_variance_scaling_contains_the_others(initializer, arguments):
    ours = variance_scaling(FILTERS, np.random.default_rng(3), *arguments)
    np.testing.assert_allclose(initializer(FILTERS, np.random.default_rng(3)), ours, rtol=1e-12)


def test_variance_scaling_names_what_it_does_not_know(rng):
    with pytest.raises(ValueError, match="mode must be one of fan_in, fan_out, fan_avg, not 'in'"):
        variance_scaling(MATRIX, rng, mode="in")
    with pytest.raises(ValueError, match="normal, uniform or truncated, not 'cauchy'"):
        variance_scaling(MATRIX, rng, distribution="cauchy")
    with pytest.raises(ValueError, match="scale must be finite and more than 0, but it is 0"):
        variance_scaling(MATRIX, rng, scale=0)


def test_truncated_normal_has_variance_1_and_scipys_limits(rng):
    x = truncated_normal((200, 300), rng)
    limit = 2 / stats.truncnorm(-2, 2).std()
    assert x.std() == pytest.approx(1, rel=0.01)
    assert limit - 0.01 < np.abs(x).max() <= limit


def test_zeros_keep_all_units_alike_for_ever(rng):
    W1, W2 = zeros((5, 4)), zeros((4, 3))
    first, second = Affine(W1, zeros((4,))), Affine(W2, zeros((3,)))
    activation, x = Sigmoid(), rng.normal(size=(8, 5))
    for _ in range(5):
        dout = second.forward(activation.forward(first.forward(x))) - rng.normal(size=(8, 3))
        first.backward(activation.backward(second.backward(dout)))
        for layer in (first, second):
            for name, param in layer.params.items():
                param -= 0.1 * layer.grads[name]
    assert np.abs(W1).max() > 0  # it learns,
    np.testing.assert_array_equal(W1, W1[:, :1].repeat(4, axis=1))  # but one unit four times
    np.testing.assert_array_equal(W2, W2[:1].repeat(4, axis=0))


@few
@given(st.integers(1, 12), st.integers(1, 6), st.data())
def test_sparse_has_a_fixed_number_of_connections_per_unit(inputs, units, data):
    connections = data.draw(st.integers(0, inputs))
    weights = sparse((inputs, units), np.random.default_rng(inputs), connections)
    assert (weights != 0).sum(axis=0).tolist() == units * [connections]


def test_sparse_draws_places_and_values_evenly(rng):
    weights = sparse((20, 5000), rng, connections=4, std=0.3)
    found = (weights != 0).sum(axis=1)
    assert stats.chisquare(found).pvalue > 0.01
    assert not (weights != 0).all(axis=0).any()
    assert len({tuple(column) for column in (weights != 0).T}) > 1000  # units differ
    assert weights[weights != 0].std() == pytest.approx(0.3, rel=0.02)


def test_sparse_refuses_what_does_not_fit(rng):
    with pytest.raises(ValueError, match=r"shape must be \(D, M\), but it is \(2, 3, 4, 5\)"):
        sparse((2, 3, 4, 5), rng)
    for connections in (-1, 9):
        with pytest.raises(ValueError, match=f"must be from 0 to 8, but it is {connections}"):
            sparse((8, 3), rng, connections)


@few
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 1000))
def test_orthogonal_keeps_lengths(rows, columns, seed):
    weights = orthogonal((rows, columns), np.random.default_rng(seed), gain=1.5)
    small = weights.T @ weights if rows >= columns else weights @ weights.T
    np.testing.assert_allclose(small, 1.5**2 * np.eye(min(rows, columns)), atol=1e-12)


def test_orthogonal_filters_are_orthogonal(rng):
    weights = orthogonal((6, 4, 3, 2), rng)
    rows = weights.reshape(6, -1)
    assert weights.shape == (6, 4, 3, 2)
    np.testing.assert_allclose(rows @ rows.T, np.eye(6), atol=1e-12)


def test_orthogonal_matrices_are_drawn_evenly(rng):
    """Without the sign fix the diagonal is never positive, and the mean trace not 0."""
    matrices = np.stack([orthogonal((3, 3), rng) for _ in range(2000)])
    expected = stats.ortho_group.rvs(3, size=2000, random_state=1)
    for i in range(3):
        for j in range(3):
            assert stats.ks_2samp(matrices[:, i, j], expected[:, i, j]).pvalue > 0.001
    traces, expected_traces = (np.trace(m, axis1=1, axis2=2) for m in (matrices, expected))
    assert stats.ks_2samp(traces, expected_traces).pvalue > 0.01
    assert abs(traces.mean()) < 0.1


DRAWN = [
    *(small_random, lecun, glorot_normal, glorot_uniform, he, truncated_normal, sparse, orthogonal),
    *(partial(variance_scaling, distribution=name) for name in ("normal", "uniform", "truncated")),
]


@pytest.mark.parametrize("initializer", DRAWN)
def test_a_seed_gives_the_same_weights_in_every_dtype(initializer):
    expected = initializer((12, 7), np.random.default_rng(9))
    assert expected.dtype == np.float64
    for dtype in (np.float64, np.float32, np.float16, "float32"):
        found = initializer((12, 7), np.random.default_rng(9), dtype=dtype)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, expected.astype(dtype))


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex])
@pytest.mark.parametrize("initializer", [*DRAWN, lambda shape, rng, dtype: zeros(shape, dtype)])
def test_weights_are_floats(initializer, dtype, rng):
    with pytest.raises(TypeError, match=r"dtype must be one of floats, such as np\.float32, but"):
        initializer((12, 7), rng, dtype=dtype)


def test_zeros_have_the_dtype_asked_for():
    assert zeros((3,)).dtype == np.float64
    assert zeros((3,), np.float32).dtype == np.float32


def deep_net(rng, initializer, activation, depth=10, width=200):
    layers = []
    for _ in range(depth):
        layers += [Affine(initializer((width, width), rng), zeros((width,))), activation()]
    return layers


def test_he_keeps_the_second_moment_through_relus_there_and_back(rng):
    """The promise of the paper; LeCun's weights lose a factor of 2 per layer instead."""
    x, dout = rng.normal(size=(300, 200)), rng.normal(size=(300, 200))
    moments = {}
    for initializer in (he, lecun):
        layers = deep_net(rng, initializer, ReLU)
        found = activation_statistics(layers, x, dout)
        last = found[-2].activations  # before the last ReLU
        first = found[0].gradients
        moments[initializer] = last.mean**2 + last.std**2, first.mean**2 + first.std**2
    assert moments[he][0] == pytest.approx(2, rel=0.3)  # He's preactivations have variance 2 E[x²]
    assert moments[he][1] == pytest.approx(0.5, rel=0.3)
    assert moments[lecun][0] == pytest.approx(2**-9, rel=0.3)
    assert moments[lecun][1] == pytest.approx(2**-10, rel=0.3)


def test_statistics_are_those_of_activations_and_of_autograds_gradients(torch, rng):
    layers = [Affine(rng.normal(size=(5, 4)), rng.normal(size=4)), Tanh()]
    layers += [Affine(rng.normal(size=(4, 3)), rng.normal(size=3))]
    x, dout = rng.normal(size=(6, 5)), rng.normal(size=(6, 3))
    y, outputs = torch.tensor(x), []
    for layer in layers:
        if layer.params:
            W, b = (torch.tensor(layer.params[name], requires_grad=True) for name in "Wb")
            y = y @ W + b
        else:
            y = torch.tanh(y)
        y.retain_grad()
        outputs.append(y)
    y.backward(torch.tensor(dout))
    found = activation_statistics(layers, x, dout, bins=7)
    assert len(found) == 3
    for ours, tensor in zip(found, outputs, strict=True):
        for got, values in [
            (ours.activations, tensor.detach().numpy()),
            (ours.gradients, tensor.grad.numpy()),
        ]:
            assert (got.mean, got.std) == pytest.approx((values.mean(), values.std()), rel=1e-9)
            assert got.counts.sum() == values.size
            assert (got.edges[0], got.edges[-1]) == pytest.approx((values.min(), values.max()))
            inside = (values >= got.edges[2] - 1e-12) & (values < got.edges[3])
            assert got.counts[2] == inside.sum()
            assert (len(got.counts), len(got.edges)) == (7, 8)


def test_statistics_of_what_has_no_spread_are_refused():
    for values in (np.zeros((0, 3)), np.array([1.0, np.inf]), np.array([np.nan])):
        with pytest.raises(ValueError, match="must be finite, and at least one"):
            spread(values)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int16, np.uint8])
def test_statistics_do_not_overflow(dtype):
    """In float16 a variance ends at 65504, and so does the span of the bins."""
    largest = {"f": 6e4, "i": 30000, "u": 255}[np.dtype(dtype).kind]
    values = np.linspace(0 if dtype == np.uint8 else -largest, largest, 501).astype(dtype)
    found, exact = spread(values), values.astype(np.float64)
    assert (found.mean, found.std) == pytest.approx((exact.mean(), exact.std()), abs=1e-2)
    counts, edges = np.histogram(exact, bins=30)
    np.testing.assert_allclose(found.edges, edges, rtol=1e-6)
    assert np.abs(found.counts - counts).max() <= 1  # a value on an edge
    (layer,) = activation_statistics([ReLU()], values[None], values[None])
    assert layer.gradients.std == pytest.approx(exact.std(), rel=1e-5)


def test_saturated_share_by_hand():
    tanh = np.array([[-0.99, -0.5, 0.0], [0.95, 0.91, -0.89]])  # near are those beyond ±0.9
    assert saturated_share(tanh, -1, 1) == pytest.approx(3 / 6)
    sigmoid = np.array([0.01, 0.04, 0.06, 0.5, 0.94, 0.97])
    assert saturated_share(sigmoid, 0, 1) == pytest.approx(3 / 6)
    assert saturated_share(sigmoid, 0, 1, margin=0.02) == pytest.approx(1 / 6)


def test_relu_with_negative_weights_on_positive_inputs_is_dead(rng):
    x = rng.uniform(size=(50, 2))
    W = np.array([[-1.0, 1.0, 0.5], [-1.0, 0.5, -1.0]])
    assert dead_units(ReLU().forward(x @ W)) == 1
    assert dead_units(ReLU().forward(x @ -W)) == 1


def test_a_dead_channel_is_0_at_every_place_of_every_sample(rng):
    y = np.maximum(rng.normal(size=(4, 5, 3, 2)), 0)
    y[:, [1, 3]] = 0
    y[:, 4] = 0
    y[2, 4, 1, 1] = 0.3
    assert dead_units(y) == 2


@pytest.mark.usefixtures("fake_cupy")
def test_statistics_on_the_device():
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(5, 4)), rng.normal(size=4)
    x, dout = rng.normal(size=(6, 5)), rng.normal(size=(6, 4))

    def run(put):
        found = activation_statistics([Affine(put(W), put(b)), ReLU()], put(x), put(dout))
        y = put(x) * (put(x) > 0)
        return [list(part) for layer in found for part in layer], dead_units(y)

    same_on_device(run)
    same_on_device(lambda put: saturated_share(put(x), -1, 1))


@few
@given(st.integers(1, 4), st.integers(1, 7), st.data())
def test_distinct_units_are_different_columns(inputs, units, data):
    numbers = st.lists(st.integers(0, 1), min_size=units, max_size=units)
    W = np.array(data.draw(st.lists(numbers, min_size=inputs, max_size=inputs)), dtype=float)
    assert distinct_units(W) == len({tuple(column) for column in W.T})


def test_signal_rms_is_what_theory_says(rng):
    """Of orthogonal weights and a straight line nothing is lost; of He's and a ReLU, on average."""
    x = rng.normal(size=(50, 30))
    rms = math.sqrt((x**2).mean())
    straight = signal_rms(x, [orthogonal((30, 30), rng) for _ in range(4)], lambda s: s)
    assert straight == pytest.approx([rms] * 4)
    x = rng.normal(size=(200, 1000))
    (found,) = signal_rms(x, [lecun((1000, 800), rng)], lambda s: np.maximum(s, 0))
    assert found == pytest.approx(math.sqrt(0.5), rel=0.05)
    assert signal_rms(x, [], np.tanh) == []


@pytest.mark.parametrize(
    ("activation", "gain"),
    [
        (lambda s: s, 1),
        (lambda s: np.maximum(s, 0), math.sqrt(2)),
        (np.cos, 1 / math.sqrt((1 + math.exp(-2)) / 2)),
        (lambda s: 0.6 * np.abs(s) + 0.1 * s, 1 / math.sqrt(0.37)),
    ],
)
def test_weights_for_an_activation_have_the_gain_of_its_integral(activation, gain, rng):
    weights = weights_for((400, 200), rng, activation)
    assert weights.shape == (400, 200)
    assert weights.std() * math.sqrt(400) == pytest.approx(gain, rel=0.05)
    assert stats.kstest(weights.ravel() / weights.std(), "norm").pvalue > 0.01


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex])
def test_weights_are_rounded_to_floats_only(dtype):
    with pytest.raises(TypeError, match=r"dtype must be one of floats, such as np\.float32, but"):
        rounded(np.zeros(3), dtype)
