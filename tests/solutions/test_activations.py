"""Chapter 5's activations against PyTorch's autograd and the course's own gradient check."""

import numpy as np
import pytest
from device import bytes_sent, is_on_device, same_on_device, to_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import ReLU, gradient_check
from solutions.initialization import ELU, LeakyReLU, PReLU, RReLU

few = settings(max_examples=25)
shapes = st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple)


def in_use(layer):
    layer.training = False
    return layer


def agrees_with_autograd(torch, layer, operation, x, rng):
    tensor, dout = torch.tensor(x, requires_grad=True), rng.normal(size=x.shape)
    expected = operation(tensor)
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(layer.forward(x), expected.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(dout), tensor.grad.numpy(), rtol=1e-12)


SAME_AS_TORCH = {
    "leaky 0.01": (LeakyReLU, lambda f: lambda x: f.leaky_relu(x)),
    "leaky 0.2": (lambda: LeakyReLU(0.2), lambda f: lambda x: f.leaky_relu(x, 0.2)),
    "leaky -0.5": (lambda: LeakyReLU(-0.5), lambda f: lambda x: f.leaky_relu(x, -0.5)),
    "ELU": (ELU, lambda f: f.elu),
    "ELU 1.7": (lambda: ELU(1.7), lambda f: lambda x: f.elu(x, 1.7)),
    "RReLU in use": (
        lambda: in_use(RReLU(np.random.default_rng(0))),
        lambda f: lambda x: f.rrelu(x, 1 / 5.5, 1 / 5.5, training=False),
    ),
    "RReLU of one slope": (
        lambda: RReLU(np.random.default_rng(0), 4, 4),
        lambda f: lambda x: f.leaky_relu(x, 0.25),
    ),
    "PReLU": (lambda: PReLU(np.array([0.25])), lambda f: lambda x: f.leaky_relu(x, 0.25)),
}


@pytest.mark.parametrize("name", SAME_AS_TORCH)
@few
@given(shape=shapes, seed=st.integers(0, 1000))
def test_layer_agrees_with_autograd_for_any_shape(torch, name, shape, seed):
    make, operation = SAME_AS_TORCH[name]
    rng = np.random.default_rng(seed)
    x = 3 * rng.normal(size=shape)
    agrees_with_autograd(torch, make(), operation(torch.nn.functional), x, rng)


@few
@given(
    sizes=st.lists(st.integers(0, 4), min_size=2, max_size=4),
    channels=st.integers(1, 4),
    shared=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_prelu_and_the_gradient_of_its_slopes_agree_with_autograd(
    torch, sizes, channels, shared, seed
):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(sizes[0], channels, *sizes[2:]))
    layer = PReLU(rng.normal(size=1 if shared else channels))
    a = torch.tensor(layer.params["a"], requires_grad=True)
    agrees_with_autograd(torch, layer, lambda t: torch.nn.functional.prelu(t, a), x, rng)
    assert layer.grads["a"].shape == layer.params["a"].shape
    dout = rng.normal(size=x.shape)
    a.grad = None
    torch.nn.functional.prelu(torch.tensor(x), a).backward(torch.tensor(dout))
    layer.backward(dout)
    np.testing.assert_allclose(layer.grads["a"], a.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_prelu_refuses_slopes_that_do_not_fit(rng):
    with pytest.raises(ValueError, match=r"a must be \(C,\), but it is \(2, 3\)"):
        PReLU(np.zeros((2, 3)))
    for numbers in [(), (0.25,), (np.float64(0.25),)]:  # PyTorch's default; a slope; and again
        with pytest.raises(
            TypeError, match=r"PReLU takes the arrays themselves, a \(C,\), such as"
        ):
            PReLU(*numbers)
    with pytest.raises(TypeError, match="a must be an array of floats, but its dtype is int64"):
        PReLU(np.zeros(3, int))
    layer = PReLU(np.zeros(3))
    for shape in [(3,), (5, 4), (5, 1, 3, 3)]:
        with pytest.raises(ValueError, match=r"x must be \(N, 3, \.\.\.\), but a sample is"):
            layer.forward(np.zeros(shape))


def test_prelu_works_on_the_slopes_it_was_given():
    a = np.array([0.25])
    layer = PReLU(a)
    assert layer.params["a"] is a
    a -= 0.15
    np.testing.assert_allclose(layer.forward(np.array([[-2.0, 3.0]])), [[-0.2, 3.0]])


def test_rrelu_draws_a_slope_for_each_element_in_training(rng):
    layer = RReLU(np.random.default_rng(1))
    x, dout = -np.abs(rng.normal(size=(300, 20))), rng.normal(size=(300, 20))
    slopes = layer.forward(x) / x
    assert 1 / 8 - 1e-12 <= slopes.min() < 0.1252
    assert 0.332 < slopes.max() <= 1 / 3 + 1e-12
    assert (1 / slopes).mean() == pytest.approx(5.5, rel=0.02)
    assert slopes.mean() == pytest.approx(np.log(8 / 3) / 5, rel=0.02)
    assert slopes.mean() < 0.21 < (1 / 8 + 1 / 3) / 2  # PyTorch's are steeper on the average
    np.testing.assert_allclose(layer.backward(dout), dout * slopes, rtol=1e-12)
    assert (layer.forward(x) / x != slopes).mean() > 0.99
    again = RReLU(np.random.default_rng(1)).forward(x)
    np.testing.assert_allclose(again / x, slopes, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.float16, np.float32])
def test_rrelu_draws_slopes_and_no_zeros_for_every_dtype(dtype):
    layer = RReLU(np.random.default_rng(1))
    slopes = -layer.forward(np.full((200, 30), -1, dtype))
    assert slopes.dtype == (dtype if np.dtype(dtype).kind == "f" else np.float64)
    assert 0.124 < slopes.min() < 0.126
    assert 0.33 < slopes.max() < 0.334
    assert slopes.mean(dtype=float) == pytest.approx(np.log(8 / 3) / 5, rel=0.02)
    np.testing.assert_array_equal(layer.backward(np.ones_like(slopes)), slopes)


def test_rrelu_draws_nothing_in_use(rng):
    generator = np.random.default_rng(1)
    layer = in_use(RReLU(generator, 1.5, 3.5))
    before = generator.bit_generator.state
    np.testing.assert_allclose(layer.forward(np.array([-2.0, 5.0])), [-0.8, 5.0])
    np.testing.assert_allclose(layer.backward(np.array([1.0, 1.0])), [0.4, 1.0])
    assert generator.bit_generator.state == before


NARROW = {
    "LeakyReLU": lambda put: LeakyReLU(np.float64(0.1)),
    "PReLU": lambda put: PReLU(put(np.array([0.25, -0.1, 0.4]))),
    "RReLU": lambda put: RReLU(np.random.default_rng(0), np.float64(1.1), np.float64(3.3)),
    "RReLU in use": lambda put: in_use(RReLU(np.random.default_rng(0), *np.array([1.1, 3.3]))),
    "ELU": lambda put: ELU(np.float64(1.3)),
}


@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_hyperparameters_of_numpy_do_not_widen(name, dtype, rng):
    layer = NARROW[name](lambda array: array.astype(dtype))
    x, dout = (rng.normal(size=(4, 3, 2)).astype(dtype) for _ in range(2))
    assert layer.forward(x).dtype == layer.backward(dout).dtype == dtype
    assert all(grad.dtype == dtype for grad in layer.grads.values())


@pytest.mark.parametrize("shared", [True, False])
def test_prelu_computes_only_the_gradients_that_are_wanted(shared, rng):
    layer = PReLU(np.full(1 if shared else 3, 0.25))
    x, dout = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    layer.forward(x)
    dx, da = layer.backward(dout), layer.grads.pop("a")
    layer.frozen = True
    np.testing.assert_array_equal(layer.backward(dout), dx)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert layer.backward(dout) is None
    np.testing.assert_array_equal(layer.grads["a"], da)


def test_the_gradient_of_a_slope_is_not_summed_in_float16():
    layer = PReLU(np.full(1, 0.25, np.float16))
    x = np.tile(np.float16([-200, -200, -100]), (1000, 1))
    layer.forward(x)
    layer.backward(np.tile(np.float16([1, -1, 0.25]), (1000, 1)))
    assert layer.grads["a"] == np.float16(-25000)


@pytest.mark.parametrize("name", NARROW)
def test_every_number_sees_only_itself(name):
    layer = NARROW[name](on_host)
    assert layer.output_shape((3, 5, 4)) == (3, 5, 4)
    assert layer.windows() == []


EVERY = {
    "LeakyReLU": lambda put: LeakyReLU(),
    "PReLU": lambda put: PReLU(put(np.array([0.25, -0.1, 0.4]))),
    "PReLU shared": lambda put: PReLU(put(np.array([0.25]))),
    "RReLU": lambda put: RReLU(np.random.default_rng(0)),
    "RReLU in use": lambda put: in_use(RReLU(np.random.default_rng(0))),
    "ELU": lambda put: ELU(1.3),
}


def on_host(array):
    return array


@pytest.mark.parametrize("name", EVERY)
def test_gradient_check(name, rng):
    x, dout = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))
    x[0, 0, 0] = 2e-6  # a kink within h

    def f(z):
        return float((dout * EVERY[name](on_host).forward(z)).sum())

    layer = EVERY[name](on_host)
    layer.forward(x)
    found = gradient_check(f, x, layer.backward(dout), winners=lambda z: z > 0)
    assert found.passed
    assert found.kinks == 1


@pytest.mark.parametrize("name", ["PReLU", "PReLU shared"])
def test_gradient_check_of_the_slopes(name, rng):
    x, dout = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))
    layer = EVERY[name](on_host)
    layer.forward(x)
    layer.backward(dout)
    found = gradient_check(
        lambda a: float((dout * PReLU(a).forward(x)).sum()), layer.params["a"], layer.grads["a"]
    )
    assert found.passed


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("samples", [0, 1, 5])
def test_dtype_and_shape_stay_and_nothing_given_is_changed(name, dtype, samples, rng):
    layer = EVERY[name](lambda array: array.astype(dtype))
    x, dout = (rng.normal(size=(samples, 3, 2)).astype(dtype) for _ in range(2))
    given_arrays = [x, dout, *layer.params.values()]
    copies = [array.copy() for array in given_arrays]
    y = layer.forward(x)
    first = layer.backward(dout).copy()
    grads = {key: grad.copy() for key, grad in layer.grads.items()}
    np.testing.assert_array_equal(layer.backward(dout), first)
    assert layer.grads.keys() == layer.params.keys()
    for key, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, grads[key])
        assert grad.dtype == dtype
    assert y.dtype == first.dtype == dtype
    assert y.shape == first.shape == x.shape
    for array, copy in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("name", EVERY)
def test_no_overflow_and_no_dead_side(name):
    layer = EVERY[name](on_host)
    x = np.array([[-1e4, -1.0, -1e-3], [1e4, 1.0, 1e-3]])
    with np.errstate(all="raise", under="ignore"):
        y = layer.forward(x)
        slope = layer.backward(np.ones_like(x))
    assert np.isfinite(y).all()
    assert slope[1].tolist() == [1, 1, 1]
    assert (slope[0, 1:] != 0).all()  # where a ReLU would be dead


def test_elu_levels_off_and_is_smooth_at_zero():
    layer = ELU(alpha=1.0)
    y = layer.forward(np.array([-50.0, -1e-9, 1e-9]))
    assert y[0] == pytest.approx(-1)
    np.testing.assert_allclose(layer.backward(np.ones(3))[1:], [1, 1], rtol=1e-8)
    np.testing.assert_allclose(y[1:], [-1e-9, 1e-9], rtol=1e-8)  # expm1: no digits are lost


def test_slope_zero_is_the_plain_relu(rng):
    x, dout = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    leaky, plain = LeakyReLU(0.0), ReLU()
    np.testing.assert_array_equal(leaky.forward(x), plain.forward(x))
    np.testing.assert_array_equal(leaky.backward(dout), plain.backward(dout))


def test_settings_out_of_range_are_named(rng):
    with pytest.raises(ValueError, match=r"low must be at most high, but they are 5 and 3\.5"):
        RReLU(rng, 5, 3.5)
    for low in (0, -1):
        with pytest.raises(ValueError, match="low must be finite and more than 0, but it is"):
            RReLU(rng, low)
    for alpha in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match="alpha must be finite and more than 0, but it is"):
            ELU(alpha)
    for make in (
        LeakyReLU,
        lambda value: RReLU(rng, low=value),
        lambda value: RReLU(rng, 1, value),
    ):
        with pytest.raises(ValueError, match=r"must be finite.*, but it is nan"):
            make(np.nan)
    with pytest.raises(TypeError, match=r"slope must be a number, but it is '0\.1'"):
        LeakyReLU("0.1")


@pytest.mark.parametrize("name", [name for name in EVERY if name != "RReLU"])
@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device(name):
    rng = np.random.default_rng(4)
    x, dout = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))

    def run(put):
        layer = EVERY[name](put)
        return layer.forward(put(x)), layer.backward(put(dout)), layer.grads

    same_on_device(run)


@pytest.mark.usefixtures("fake_cupy")
def test_rrelu_draws_its_slopes_on_the_device():
    """They are others than on the host, and not sent there."""
    layer, x = RReLU(np.random.default_rng(0)), to_device(-np.ones((100, 20), np.float32))
    layer.forward(x)
    sent = bytes_sent(lambda: layer.forward(x))
    assert sent == 0
    dx = layer.backward(to_device(np.ones((100, 20), np.float32)))
    assert is_on_device(dx)
    assert dx.dtype == np.float32
    slopes = -layer.forward(x).get()
    assert 0.124 < slopes.min() < 0.13
    assert 0.31 < slopes.max() < 0.334
