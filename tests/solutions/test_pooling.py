"""Chapter 8: pooling against PyTorch, the papers' formulas and numerical differentiation."""

import math

import numpy as np
import pytest
from device import bytes_sent, drawn_on_the_host, same_on_device, to_device
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from solutions.backpropagation import gradient_check
from solutions.convolution import (
    AveragePool2D,
    AveragePooling,
    Flatten,
    FractionalMaxPool,
    GlobalAveragePool,
    MaxPool2D,
    MaxPooling,
    StochasticPool,
    fractional_boundaries,
    random_pooling,
)

few = settings(max_examples=25)


@st.composite
def windows(draw):
    """Shapes that fit: x (N, C, H, W), then size, stride, padding."""
    size = draw(st.integers(1, 4))
    padding = draw(st.integers(0, size // 2))
    H, W = (draw(st.integers(max(1, size - 2 * padding), 7)) for _ in range(2))
    shape = draw(st.integers(0, 3)), draw(st.integers(1, 3)), H, W
    return shape, size, draw(st.none() | st.integers(1, 3)), padding


def agrees_with_autograd(torch, layer, operation, x, rng):
    tensor = torch.tensor(x, requires_grad=True)
    expected = operation(tensor)
    y = layer.forward(x)
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-12)
    dout = rng.normal(size=y.shape)
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(layer.backward(dout), tensor.grad.numpy(), rtol=1e-9, atol=1e-15)
    assert layer.output_shape(x.shape[1:]) == y.shape[1:]


@few
@given(case=windows(), seed=st.integers(0, 1000), ties=st.booleans())
def test_max_pool_agrees_with_autograd_even_on_ties(torch, case, seed, ties):
    shape, size, stride, padding = case
    rng = np.random.default_rng(seed)
    x = rng.integers(-3, 0, size=shape) * 1.0 if ties else rng.normal(size=shape) - 3
    agrees_with_autograd(
        torch,
        MaxPool2D(size, stride, padding),
        lambda tensor: torch.nn.functional.max_pool2d(tensor, size, stride, padding),
        x,
        rng,
    )


@few
@given(case=windows(), seed=st.integers(0, 1000))
def test_average_pool_agrees_with_autograd(torch, case, seed):
    shape, size, stride, padding = case
    rng = np.random.default_rng(seed)
    agrees_with_autograd(
        torch,
        AveragePool2D(size, stride, padding),
        lambda tensor: torch.nn.functional.avg_pool2d(tensor, size, stride, padding),
        rng.normal(size=shape),
        rng,
    )


@pytest.mark.parametrize("N", [0, 1, 4])
def test_global_average_and_flatten_agree_with_autograd(torch, N, rng):
    x = rng.normal(size=(N, 3, 4, 5))
    agrees_with_autograd(torch, GlobalAveragePool(), lambda t: t.mean(dim=(2, 3)), x, rng)
    agrees_with_autograd(torch, Flatten(), lambda t: t.flatten(1), x, rng)


@few
@given(case=windows(), seed=st.integers(0, 1000), ties=st.booleans())
def test_pooling_of_columns_is_the_same(case, seed, ties):
    shape, *how = case
    rng = np.random.default_rng(seed)
    x = rng.integers(-3, 0, size=shape) * 1.0 if ties else rng.normal(size=shape) - 3
    for fast, plain in ((MaxPool2D, MaxPooling), (AveragePool2D, AveragePooling)):
        layers = fast(*how), plain(*how)
        y, same = (layer.forward(x) for layer in layers)
        np.testing.assert_allclose(same, y, rtol=1e-12)
        dout = rng.normal(size=y.shape)
        dx, same = (layer.backward(dout) for layer in layers)
        np.testing.assert_allclose(same, dx, rtol=1e-12, atol=1e-15)


def test_gradient_of_a_tie_goes_to_the_first_winner_only():
    layer = MaxPool2D(2)
    layer.forward(np.array([[[[0.0, 7, 7, 7], [7, 7, 7, 7]]]]))
    dx = layer.backward(np.array([[[[3.0, 5.0]]]]))
    assert dx.tolist() == [[[[0, 3, 5, 0], [0, 0, 0, 0]]]]


def test_padding_never_wins_over_negative_pixels():
    y = MaxPool2D(3, stride=1, padding=1).forward(np.full((1, 1, 3, 3), -5.0))
    assert (y == -5).all()


def test_max_pool_hardly_notices_a_small_shift():
    """A bright pixel that moves within its window leaves the output as it is."""
    x = np.zeros((2, 1, 4, 4))
    x[0, 0, 0, 0] = x[1, 0, 1, 1] = 1
    y = MaxPool2D(2).forward(x)
    np.testing.assert_array_equal(y[0], y[1])


def layers(rng):
    return {
        "max": MaxPool2D(3, stride=2, padding=1),
        "average": AveragePool2D(3, stride=2, padding=1),
        "max of columns": MaxPooling(3, stride=2, padding=1),
        "average of columns": AveragePooling(3, stride=2, padding=1),
        "global": GlobalAveragePool(),
        "flatten": Flatten(),
        "stochastic": StochasticPool(2, rng),
        "fractional": FractionalMaxPool(1.5, rng),
    }


NAMES = list(layers(None))


@pytest.mark.parametrize(
    ("name", "training"),
    # in training, what stochastic pooling draws moves with x: it has a test of its own
    [(name, mode) for name in NAMES for mode in (True, False) if (name, mode) != ("stochastic", 1)],
)
def test_gradient_passes_the_check(name, training, rng):
    layer = layers(rng)[name]
    layer.training = training
    x = rng.uniform(0.1, 1, size=(2, 3, 7, 6))
    y = layer.forward(x)
    dout = rng.normal(size=y.shape)
    dx = layer.backward(dout)

    def loss(z):
        again = layers(np.random.default_rng(20240229))[name]  # draws what ``layer`` drew
        again.training = training
        return float((again.forward(z) * dout).sum())

    assert gradient_check(loss, x, dx)
    assert layer.params == layer.grads == {}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("training", [True, False])
def test_dtype_stays_and_nothing_given_is_changed(name, dtype, training, rng):
    layer = layers(rng)[name]
    layer.training = training
    x = rng.uniform(0, 1, size=(3, 2, 8, 7)).astype(dtype)
    x_before = x.copy()
    y = layer.forward(x)
    dout = rng.normal(size=y.shape).astype(dtype)
    y_before, dout_before = y.copy(), dout.copy()
    first = layer.backward(dout).copy()
    np.testing.assert_array_equal(layer.backward(dout), first)
    assert y.dtype == first.dtype == dtype
    assert first.shape == x.shape
    assert y.shape[1:] == layer.output_shape(x.shape[1:])
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(dout, dout_before)


@pytest.mark.parametrize("name", NAMES)
def test_batch_may_be_empty(name, rng):
    layer = layers(rng)[name]
    y = layer.forward(np.zeros((0, 2, 8, 7)))
    assert y.shape == (0, *layer.output_shape((2, 8, 7)))
    assert layer.backward(y).shape == (0, 2, 8, 7)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "flatten"])
def test_input_that_is_no_image_is_refused(name, rng):
    with pytest.raises(ValueError, match=r"x must be \(N, C, H, W\), but a sample is \(5,\)"):
        layers(rng)[name].forward(np.zeros((3, 5)))


@pytest.mark.parametrize("pool", [MaxPool2D, AveragePool2D])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0,), "size must be at least 1, but it is 0"),
        ((2, 0), "stride must be at least 1, but it is 0"),
        ((2, 2, -1), "padding must be at least 0, but it is -1"),
        ((3, 1, 2), "padding must be at most half of the window, 1, but it is 2"),
    ],
)
def test_pool_refuses_wrong_sizes(pool, arguments, words):
    with pytest.raises(ValueError, match=words):
        pool(*arguments)


@pytest.mark.parametrize("pool", [MaxPool2D, AveragePool2D])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((2, 2),), r"size must be a whole number, but it is \(2, 2\)"),
        ((2.0,), r"size must be a whole number, but it is 2\.0"),
        ((2, 2.0), r"stride must be a whole number, but it is 2\.0"),
        ((2, 2, "same"), "padding must be a number of pixels, but it is 'same'"),
    ],
)
def test_reflexes_of_other_libraries_get_a_sentence(pool, arguments, words):
    with pytest.raises(TypeError, match=words):
        pool(*arguments)


def test_windows(rng):
    assert MaxPool2D(3, stride=2).windows() == MaxPooling(3, stride=2).windows() == [(3, 2)]
    assert AveragePooling(3).windows() == [(3, 3)]
    assert AveragePool2D(2).windows() == StochasticPool(2, rng).windows() == [(2, 2)]
    assert Flatten().windows() == []


def test_integers_do_not_wrap(rng):
    x = np.full((1, 1, 2, 2), 200, np.uint8)
    assert AveragePool2D(2).forward(x).tolist() == [[[[200.0]]]]
    assert GlobalAveragePool().forward(x).tolist() == [[200.0]]
    assert MaxPool2D(3, padding=1).forward(-x.astype(np.int8)).tolist() == [[[[56.0]]]]
    assert MaxPool2D(3, padding=1).forward(np.full((1, 1, 2, 2), -5)).tolist() == [[[[-5.0]]]]
    many = np.broadcast_to(np.array([[1, 0], [2, 5]], np.uint8), (300, 1, 2, 2))
    stochastic = StochasticPool(2, rng)
    assert set(np.unique(stochastic.forward(many))) == {1.0, 2.0, 5.0}
    stochastic.training = False
    assert stochastic.forward(many[:1]).item() == pytest.approx(30 / 8)
    assert FractionalMaxPool(1.5, rng).forward(x.repeat(2, axis=2)).max() == 200.0


def test_sums_of_float16_do_not_overflow(rng):
    x = np.full((1, 1, 4, 4), 60000, np.float16)
    assert AveragePool2D(4).forward(x).item() == 60000
    assert GlobalAveragePool().forward(x).item() == 60000
    for training in (True, False):
        stochastic = StochasticPool(4, rng)
        stochastic.training = training
        assert stochastic.forward(x).item() == 60000


def test_a_gradient_of_another_shape_is_refused(rng):
    for name, layer in layers(rng).items():
        with pytest.raises(ValueError, match="comes before any forward"):
            layer.backward(np.zeros(3))
        y = layer.forward(np.ones((4, 2, 8, 7)))
        with pytest.raises(ValueError, match="but forward returned"):
            layer.backward(y[:1])
        assert layer.backward(y).shape == (4, 2, 8, 7), name


def test_pool_refuses_an_image_smaller_than_its_window():
    with pytest.raises(ValueError, match="window 3 does not fit into 2 pixels"):
        MaxPool2D(3).forward(np.zeros((1, 1, 2, 5)))


def test_stochastic_pool_draws_a_pixel_as_often_as_its_share(rng):
    window = np.array([[1.0, 0.0], [2.0, 5.0]])
    x = np.broadcast_to(window, (20000, 1, 2, 2))
    layer = StochasticPool(2, rng)
    y = layer.forward(x)
    values, counts = np.unique(y, return_counts=True)
    assert values.tolist() == [1, 2, 5]  # never the 0
    np.testing.assert_allclose(counts / 20000, window[window > 0] / 8, atol=0.015)
    # the gradient goes to the pixel that was drawn
    np.testing.assert_array_equal(layer.backward(2 * np.ones_like(y)) != 0, x == y)
    layer.training = False
    assert layer.forward(x[:1]).item() == pytest.approx(30 / 8)
    assert y.mean() == pytest.approx(30 / 8, rel=0.02)


def test_stochastic_pool_of_a_window_of_zeros(rng):
    layer = StochasticPool(2, rng)
    for training in [True, False]:
        layer.training = training
        with np.errstate(all="raise"):
            assert layer.forward(np.zeros((1, 2, 4, 4))).tolist() == np.zeros((1, 2, 2, 2)).tolist()


def test_stochastic_pool_draws_nothing_in_use_and_refuses_negative_pixels(rng):
    layer = StochasticPool(2, rng)
    layer.training = False
    x = rng.uniform(size=(2, 1, 4, 4))
    before = rng.bit_generator.state
    layer.forward(x)
    assert rng.bit_generator.state == before
    with pytest.raises(ValueError, match="must not be negative"):
        layer.forward(x - 1)


@few
@given(regions=st.integers(1, 40), data=st.data(), offset=st.floats(0, 1))
def test_fractional_boundaries_are_ones_and_twos(regions, data, offset):
    size = data.draw(st.integers(regions, 2 * regions))
    boundaries = fractional_boundaries(size, regions, offset)
    assert (boundaries[0], boundaries[-1], len(boundaries)) == (0, size, regions + 1)
    assert set(np.diff(boundaries).tolist()) <= {1, 2}
    # as even as can be: every stretch of regions is as long as any other, give or take a pixel
    for run in range(1, regions + 1):
        lengths = np.array(boundaries[run:]) - np.array(boundaries[:-run])
        assert lengths.max() - lengths.min() <= 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((5, 2, 0.5), "regions must be from 3 to 5 to cut 5 pixels into ones and twos, but it is"),
        ((5, 6, 0.5), "regions must be from 3 to 5"),
        ((5, 4, 1.5), "offset must be from 0 to 1, but it is 1.5"),
    ],
)
def test_fractional_boundaries_refuse(arguments, words):
    with pytest.raises(ValueError, match=words):
        fractional_boundaries(*arguments)


def fractional_by_hand(x, ratio, overlapping, offsets):
    """Regions one by one, as the paper defines them."""
    N, C, H, W = x.shape
    OH, OW = math.floor(H / ratio), math.floor(W / ratio)
    rows = fractional_boundaries(H - overlapping, OH, offsets[0])
    columns = fractional_boundaries(W - overlapping, OW, offsets[1])
    y, dx = np.zeros((N, C, OH, OW)), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(N, C, OH, OW):
        top, left = rows[i], columns[j]
        region = x[n, c, top : rows[i + 1] + overlapping, left : columns[j + 1] + overlapping]
        y[n, c, i, j] = region.max()
        k, m = np.unravel_index(region.argmax(), region.shape)
        dx[n, c, top + k, left + m] += i + 10 * j + 1
    return y, dx


@few
@given(
    shape=st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(5, 9), st.integers(5, 9)),
    ratio=st.floats(1.3, 1.7),
    overlapping=st.booleans(),
    training=st.booleans(),
    ties=st.booleans(),
)
def test_fractional_pool_is_the_maximum_of_each_region(shape, ratio, overlapping, training, ties):
    rng = np.random.default_rng(3)
    x = rng.integers(-2, 0, size=shape) * 1.0 if ties else rng.normal(size=shape)
    # Other sizes cannot be cut into ones and twos: refused, as tested below.
    assume(all(math.floor(size / ratio) >= math.ceil(size / 2) for size in shape[2:]))
    layer = FractionalMaxPool(ratio, np.random.default_rng(7), overlapping)
    layer.training = training
    offsets = np.random.default_rng(7).random(2) if training else (0.5, 0.5)
    y, dx = fractional_by_hand(x, ratio, overlapping, offsets)
    np.testing.assert_array_equal(layer.forward(x), y)
    weights = np.arange(y.shape[2])[:, None] + 10.0 * np.arange(y.shape[3]) + 1
    np.testing.assert_array_equal(layer.backward(np.broadcast_to(weights, y.shape)), dx)


def test_fractional_pool_draws_anew_in_training_only(rng):
    layer = FractionalMaxPool(1.4, rng)
    x = rng.normal(size=(1, 1, 30, 30))
    assert any((layer.forward(x) != layer.forward(x)).any() for _ in range(5))
    layer.training = False
    before = rng.bit_generator.state
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x))
    assert rng.bit_generator.state == before


def test_fractional_pool_refuses_ratios_it_cannot_have(rng):
    with pytest.raises(ValueError, match=r"ratio must be at least 1 and at most 2, but it is 2\.5"):
        FractionalMaxPool(2.5, rng)
    with pytest.raises(ValueError, match="regions must be from"):
        FractionalMaxPool(1.9, rng, overlapping=False).forward(np.zeros((1, 1, 3, 3)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name, training, rng, monkeypatch):
    monkeypatch.setattr(random_pooling, "uniform", drawn_on_the_host)
    x = rng.uniform(size=(3, 2, 7, 6))

    def there_and_back(put):
        layer = layers(np.random.default_rng(3))[name]
        layer.training = training
        y = layer.forward(put(x))
        return y, layer.backward(y)

    same_on_device(there_and_back)


@pytest.mark.usefixtures("fake_cupy")
def test_stochastic_pool_draws_where_the_data_is(rng):
    x = to_device(rng.uniform(size=(3, 2, 8, 8)))
    assert bytes_sent(lambda: StochasticPool(2, rng).forward(x)) == 0
