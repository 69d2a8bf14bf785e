"""Chapter 6, the layers: against PyTorch, numerical gradients and closed forms."""

import copy
import math

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import gradient_check
from solutions.normalization import (
    BatchNorm,
    BatchNormGraph,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    SpatialBatchNorm,
    WeightNorm,
    direction_gradients,
    scaled_directions,
)

few = settings(max_examples=25)
seeds = st.integers(0, 1000)
DTYPES = [np.float64, np.float32, np.float16]


def scale_and_shift(rng, shape, dtype=np.float64):
    """Gamma and beta without symmetry: neither 1 nor 0, and of both signs."""
    return (rng.normal(size=shape) + 2).astype(dtype), rng.normal(size=shape).astype(dtype)


def batch(rng, shape):
    """Data whose features differ in mean and spread."""
    return 3 * rng.normal(size=shape) + np.arange(math.prod(shape)).reshape(shape) % 5


def layers(rng, dtype=np.float64):
    """Every layer of the chapter with an input that it takes: name, layer, x."""

    def pair(shape):
        return scale_and_shift(rng, shape, dtype)

    v, g, b = rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=3)
    testing = BatchNorm(*pair(5))
    testing.running_mean[...], testing.running_var[...] = np.arange(5), 1 + np.arange(5)
    testing.training = False
    found = {
        "graph": (BatchNormGraph(*pair(5)), (4, 5)),
        "batch": (BatchNorm(*pair(5)), (4, 5)),
        "batch, test mode": (testing, (4, 5)),
        "spatial": (SpatialBatchNorm(*pair(3)), (2, 3, 4, 5)),
        "layer": (LayerNorm(*pair(5)), (4, 5)),
        "layer of images": (LayerNorm(*pair((3, 2, 4))), (2, 3, 2, 4)),
        "group": (GroupNorm(*pair(6), groups=3), (2, 6, 2, 3)),
        "group of features": (GroupNorm(*pair(6), groups=2), (4, 6)),
        "weight": (WeightNorm(v.astype(dtype), g.astype(dtype), b.astype(dtype)), (4, 5)),
        "response": (LocalResponseNorm(k=1.0, n=3, alpha=0.5), (2, 4, 3, 2)),
    }
    return {name: (layer, batch(rng, s).astype(dtype)) for name, (layer, s) in found.items()}


NAMES = list(layers(np.random.default_rng(0)))


def torch_gradients(torch, function, x, params, dout):
    """Output, gradient of x, and gradients of the parameters, by PyTorch."""
    x = torch.tensor(x, requires_grad=True)
    params = [torch.tensor(param, requires_grad=True) for param in params]
    y = function(x, *params)
    y.backward(torch.tensor(dout))
    return [t.detach().numpy() for t in [y, x.grad, *(param.grad for param in params)]]


def assert_same(layer, x, dout, expected):
    """The layer's output and gradients are those expected, in the order of its params."""
    found = [layer.forward(x), layer.backward(dout), *(layer.grads[name] for name in layer.params)]
    assert layer.grads.keys() == layer.params.keys()
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("layer_class", [BatchNorm, BatchNormGraph])
@few
@given(n=st.integers(2, 9), d=st.integers(1, 6), seed=seeds)
def test_batch_norm_agrees_with_autograd(torch, layer_class, n, d, seed):
    rng = np.random.default_rng(seed)
    gamma, beta = scale_and_shift(rng, d)
    x, dout = batch(rng, (n, d)), rng.normal(size=(n, d))

    def theirs(x, gamma, beta):
        return torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)

    expected = torch_gradients(torch, theirs, x, [gamma, beta], dout)
    assert_same(layer_class(gamma, beta, eps=1e-3), x, dout, expected)


@few
@given(shape=st.tuples(*[st.integers(1, 4)] * 4), seed=seeds)
def test_spatial_batch_norm_agrees_with_autograd(torch, shape, seed):
    rng = np.random.default_rng(seed)
    shape = (shape[0] + 1, *shape[1:])  # PyTorch refuses a single value per channel
    gamma, beta = scale_and_shift(rng, shape[1])
    x, dout = batch(rng, shape), rng.normal(size=shape)

    def theirs(x, gamma, beta):
        return torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True)

    expected = torch_gradients(torch, theirs, x, [gamma, beta], dout)
    assert_same(SpatialBatchNorm(gamma, beta), x, dout, expected)


@pytest.mark.parametrize("shape", [(7, 3), (2, 3, 4, 5)])
def test_batch_norm_in_test_mode_agrees_with_autograd(torch, shape, rng):
    gamma, beta = scale_and_shift(rng, 3)
    layer = (BatchNorm if len(shape) == 2 else SpatialBatchNorm)(gamma, beta)
    for _ in range(3):
        layer.forward(batch(rng, shape))
    layer.training = False
    running = {name: array.copy() for name, array in layer.buffers.items()}
    mean, var = torch.tensor(running["running_mean"]), torch.tensor(running["running_var"])

    def theirs(x, gamma, beta):
        return torch.nn.functional.batch_norm(x, mean, var, gamma, beta)

    x, dout = batch(rng, shape), rng.normal(size=shape)
    assert_same(layer, x, dout, torch_gradients(torch, theirs, x, [gamma, beta], dout))
    for name, array in running.items():
        np.testing.assert_array_equal(layer.buffers[name], array, "test mode moved the averages")
    # What one sample gives does not depend on its batch.
    np.testing.assert_allclose(layer.forward(x[:1]), layer.forward(x)[:1], rtol=1e-12)


def test_backward_uses_the_mode_of_its_forward(rng):
    layer, x = BatchNorm(*scale_and_shift(rng, 3)), batch(rng, (6, 3))
    layer.forward(x)
    expected = layer.backward(x)
    layer.training = False
    np.testing.assert_array_equal(layer.backward(x), expected)


@pytest.mark.parametrize("shape", [(6, 3), (2, 3, 4, 5)])
def test_running_averages_weigh_the_old_value_and_take_the_biased_variance(torch, shape, rng):
    ours = (BatchNorm if len(shape) == 2 else SpatialBatchNorm)(
        np.ones(3), np.zeros(3), momentum=0.7
    )
    theirs = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(
        3, momentum=0.3, dtype=torch.float64
    )
    arrays = ours.running_mean, ours.running_var
    values = math.prod(shape) // 3
    var = np.ones(3)
    for _ in range(4):
        x = batch(rng, shape)
        ours.forward(x)
        theirs(torch.tensor(x))
        rest = tuple(axis for axis in range(x.ndim) if axis != 1)
        var = 0.7 * var + 0.3 * ((x**2).mean(axis=rest) - x.mean(axis=rest) ** 2)
    np.testing.assert_allclose(ours.running_mean, theirs.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(ours.running_var, var, rtol=1e-9)
    # PyTorch's running variance is the unbiased one, but for what is left of the 1 at the start
    start = 0.7**4
    unbiased = (var - start) * values / (values - 1) + start
    np.testing.assert_allclose(unbiased, theirs.running_var.numpy(), rtol=1e-9)
    assert ours.buffers["running_mean"] is ours.running_mean is arrays[0]  # changed in place
    assert ours.buffers["running_var"] is ours.running_var is arrays[1]


@few
@given(n=st.integers(1, 8), d=st.integers(1, 5), seed=seeds)
def test_graph_and_closed_form_of_batch_norm_are_equal(n, d, seed):
    rng = np.random.default_rng(seed)
    gamma, beta = scale_and_shift(rng, d)
    x, dout = batch(rng, (n, d)), rng.normal(size=(n, d))
    graph, closed = BatchNormGraph(gamma, beta), BatchNorm(gamma, beta)
    graph_y, graph_dx = graph.forward(x), graph.backward(dout)
    graph_found = [graph_y, graph_dx, graph.grads["gamma"], graph.grads["beta"]]
    assert_same(closed, x, dout, graph_found)


def test_a_batch_of_one_gives_the_shift_and_no_gradient(rng):
    gamma, beta = scale_and_shift(rng, 4)
    layer = BatchNorm(gamma, beta)
    np.testing.assert_array_equal(layer.forward(batch(rng, (1, 4))), [beta])
    np.testing.assert_array_equal(layer.backward(rng.normal(size=(1, 4))), np.zeros((1, 4)))


def test_batch_norm_of_a_constant_feature_is_its_shift():
    layer = BatchNorm(np.full(1, 3.0), np.full(1, 0.5))
    np.testing.assert_array_equal(layer.forward(np.full((4, 1), 7.0)), np.full((4, 1), 0.5))
    assert np.isfinite(layer.backward(np.arange(4.0)[:, None])).all()


@few
@given(
    n=st.integers(0, 3),
    sample=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    lead=st.integers(0, 2),
    seed=seeds,
)
def test_layer_norm_agrees_with_autograd(torch, n, sample, lead, seed):
    rng = np.random.default_rng(seed)
    normalized = sample[min(lead, len(sample) - 1) :]  # the whole sample, or its last axes
    gamma, beta = scale_and_shift(rng, normalized)
    x, dout = batch(rng, (n, *sample)), rng.normal(size=(n, *sample))

    def theirs(x, gamma, beta):
        return torch.nn.functional.layer_norm(x, normalized, gamma, beta, eps=1e-3)

    expected = torch_gradients(torch, theirs, x, [gamma, beta], dout)
    assert_same(LayerNorm(gamma, beta, eps=1e-3), x, dout, expected)


@few
@given(
    n=st.integers(1, 3),
    groups=st.integers(1, 3),
    each=st.integers(1, 3),
    pixels=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    seed=seeds,
)
def test_group_norm_agrees_with_autograd(torch, n, groups, each, pixels, seed):
    rng = np.random.default_rng(seed)
    shape = (n + 1, groups * each, *pixels)
    gamma, beta = scale_and_shift(rng, groups * each)
    x, dout = batch(rng, shape), rng.normal(size=shape)

    def theirs(x, gamma, beta):
        return torch.nn.functional.group_norm(x, groups, gamma, beta, eps=1e-3)

    if each * math.prod(pixels) == 1:  # PyTorch refuses some of these: a mean over one value
        layer = GroupNorm(gamma, beta, groups, eps=1e-3)
        np.testing.assert_allclose(layer.forward(x), 0 * x + beta.reshape(-1, *(1,) * len(pixels)))
        np.testing.assert_allclose(layer.backward(dout), 0 * x, atol=1e-12)
        return
    expected = torch_gradients(torch, theirs, x, [gamma, beta], dout)
    assert_same(GroupNorm(gamma, beta, groups, eps=1e-3), x, dout, expected)


def test_one_group_is_layer_norm_without_its_scale(rng):
    x = batch(rng, (3, 4, 2, 5))
    group = GroupNorm(np.ones(4), np.zeros(4), groups=1)
    layer = LayerNorm(np.ones((4, 2, 5)), np.zeros((4, 2, 5)))
    np.testing.assert_allclose(group.forward(x), layer.forward(x), rtol=1e-12)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if not name.startswith(("gra", "ba", "s"))]
)
def test_without_a_batch_no_sample_sees_another(name, rng):
    layer, x = layers(rng)[name]
    alone = np.concatenate([layer.forward(row[None]) for row in x])
    np.testing.assert_allclose(layer.forward(x), alone, rtol=1e-12)


@few
@given(n=st.integers(0, 4), d=st.integers(1, 5), m=st.integers(1, 4), seed=seeds)
def test_weight_norm_agrees_with_autograd(torch, n, d, m, seed):
    rng = np.random.default_rng(seed)
    v, g, b = rng.normal(size=(d, m)), rng.normal(size=m), rng.normal(size=m)
    x, dout = batch(rng, (n, d)), rng.normal(size=(n, m))

    def theirs(x, v, g, b):
        return x @ torch._weight_norm(v, g[None], 1) + b

    layer = WeightNorm(v, g, b)
    assert_same(layer, x, dout, torch_gradients(torch, theirs, x, [v, g, b], dout))
    np.testing.assert_allclose((layer.grads["v"] * v).sum(axis=0), 0, atol=1e-9)


def test_weight_norm_takes_images_and_lets_only_the_direction_of_v_count(rng):
    v, g, b = rng.normal(size=(12, 3)), rng.normal(size=3), rng.normal(size=3)
    x, dout = rng.normal(size=(4, 3, 2, 2)), rng.normal(size=(4, 3))
    layer, longer = WeightNorm(v, g, b), WeightNorm(7 * v, g, b)
    np.testing.assert_allclose(layer.forward(x), longer.forward(x), rtol=1e-9)
    assert layer.backward(dout).shape == x.shape
    longer.backward(dout)
    np.testing.assert_allclose(layer.grads["v"], 7 * longer.grads["v"], rtol=1e-9)


def test_weights_of_a_direction_and_a_length_agree_with_autograd(torch, rng):
    """Also the form in which a convolution can use them: its filters as columns."""
    v, g, dw = rng.normal(size=(12, 3)), rng.normal(size=3), rng.normal(size=(12, 3))
    v_torch, g_torch = (torch.tensor(array, requires_grad=True) for array in (v, g[None]))
    w = torch._weight_norm(v_torch, g_torch, 1)
    w.backward(torch.tensor(dw))
    np.testing.assert_allclose(scaled_directions(v, g), w.detach().numpy(), rtol=1e-12)
    dv, dg = direction_gradients(dw, v, g)
    np.testing.assert_allclose(dv, v_torch.grad.numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dg, g_torch.grad.numpy()[0], rtol=1e-9)


def test_weight_norm_initialized_on_data_gives_mean_0_and_variance_1(rng):
    v, g, b = rng.normal(size=(6, 3)), np.ones(3), np.zeros(3)
    layer, x, before = WeightNorm(v, g, b), batch(rng, (50, 6)), v.copy()
    layer.initialize(x)
    y = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axis=0), 1, rtol=1e-12)
    assert layer.params["g"] is g
    np.testing.assert_array_equal(v, before)
    with pytest.raises(ValueError, match="same output for all samples"):
        layer.initialize(np.full((7, 6), 0.1))  # whose outputs are rounded
    for few_samples in (x[:1], x[:0]):
        with pytest.raises(ValueError, match="same output for all samples"):
            layer.initialize(few_samples)
    np.testing.assert_array_equal(layer.forward(x), y)
    layer.initialize(x.astype(int))
    np.testing.assert_allclose(layer.forward(x.astype(int)).var(axis=0), 1, rtol=1e-12)


@few
@given(
    n=st.integers(0, 3),
    channels=st.integers(1, 8),
    window=st.sampled_from([1, 3, 5, 7]),
    seed=seeds,
)
def test_local_response_norm_agrees_with_autograd(torch, n, channels, window, seed):
    rng = np.random.default_rng(seed)
    shape = (n, channels, 3, 2)
    x, dout = batch(rng, shape), rng.normal(size=shape)

    def theirs(x):  # PyTorch's alpha multiplies the mean over the window
        return torch.nn.functional.local_response_norm(x, window, 0.3 * window, 0.6, 1.5)

    layer = LocalResponseNorm(k=1.5, n=window, alpha=0.3, beta=0.6)
    if n == 0:  # PyTorch's own refuses
        assert layer.forward(x).shape == layer.backward(dout).shape == shape
        return
    assert_same(layer, x, dout, torch_gradients(torch, theirs, x, [], dout))


def test_local_response_norm_with_the_constants_of_the_paper():
    """By hand: channel c of five ones sees 3, 4, 5, 4, 3 of them."""
    y = LocalResponseNorm().forward(np.ones((1, 5)))
    np.testing.assert_allclose(y[0], [(2 + 1e-4 * seen) ** -0.75 for seen in [3, 4, 5, 4, 3]])


@pytest.mark.parametrize("name", NAMES)
def test_numerical_gradient_of_input_and_parameters(name, rng):
    layer, x = layers(rng)[name]
    dout = rng.normal(size=layer.forward(x).shape)
    dx = layer.backward(dout)

    def loss(z):
        return float((layer.forward(z) * dout).sum())

    grads = dict(layer.grads)
    assert gradient_check(loss, x, dx)
    for key, param in layer.params.items():

        def loss_of_param(value, key=key):
            layer.params[key] = value
            return loss(x)

        assert gradient_check(loss_of_param, param, grads[key])
        layer.params[key] = param


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_stays(name, dtype, rng):
    layer, x = layers(rng, dtype)[name]
    y = layer.forward(x)
    assert y.dtype == dtype
    assert layer.backward(y).dtype == dtype
    arrays = [*layer.params.values(), *layer.grads.values()]
    assert all(array.dtype == dtype for array in arrays)
    # a variance does not fit into float16
    assert all(array.dtype == max(dtype, np.float32, key=size) for array in layer.buffers.values())


def size(dtype):
    return np.dtype(dtype).itemsize


SETTINGS = {
    "graph": (BatchNormGraph, {"eps": 1e-5}),
    "batch": (BatchNorm, {"eps": 1e-5, "momentum": 0.9}),
    "spatial": (SpatialBatchNorm, {"eps": 1e-5, "momentum": 0.9}),
    "layer": (LayerNorm, {"eps": 1e-5}),
    "group": (GroupNorm, {"eps": 1e-5, "groups": 3}),
    "response": (LocalResponseNorm, {"k": 2.0, "n": 3, "alpha": 1e-4, "beta": 0.75}),
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_hyperparameters_of_numpy_do_not_widen(name, dtype, rng):
    layer_class, options = SETTINGS[name]
    layer, x = layers(rng, dtype)[name]
    numbers = {key: np.asarray(value)[()] for key, value in options.items()}
    layer = layer_class(*layer.params.values(), **numbers)
    for layer.training in (True, False):
        y = layer.forward(x)
        assert y.dtype == layer.backward(y).dtype == dtype
        assert all(grad.dtype == dtype for grad in layer.grads.values())
    assert all(type(vars(layer)[key]) in (int, float) for key in options)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "weight"])
@pytest.mark.parametrize("largest", [300, 6e4])
def test_float16_does_not_overflow(name, largest, rng):
    """Its squares are infinite from 256 on: what is computed with is float32."""
    half, x = layers(rng, np.float16)[name]
    if name == "batch, test mode":
        half.running_var[...] = largest**2
    exact = copy.deepcopy(half)
    exact.params = {key: value.astype(np.float64) for key, value in half.params.items()}
    x = (x * (largest / np.abs(x).max())).astype(np.float16)
    dout = rng.normal(size=x.shape).astype(np.float16)
    y, dx = half.forward(x), half.backward(dout)
    assert y.dtype == dx.dtype == np.float16
    found = [y, dx, *half.grads.values(), *half.buffers.values()]
    expected = [exact.forward(x.astype(float)), exact.backward(dout.astype(float))]
    expected += [*exact.grads.values(), *exact.buffers.values()]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-3, atol=2e-3)


def test_weight_norm_of_long_directions_in_float16(rng):
    v = np.array([[6e4, 3.0], [-6e4, 4.0]], np.float16)
    layer = WeightNorm(v, np.float16([2, 10]), np.zeros(2, np.float16))
    np.testing.assert_allclose(layer.forward(np.float16([[1, 0]])), [[2**0.5, 6]], rtol=1e-3)
    dx = layer.backward(np.float16([[1, 1]]))
    np.testing.assert_allclose(dx, [[2**0.5 + 6, 8 - 2**0.5]], rtol=1e-3)
    np.testing.assert_allclose(layer.grads["g"], [0.5**0.5, 0.6], rtol=1e-3)
    np.testing.assert_allclose(layer.grads["v"][:, 1], [2 * 0.64, -2 * 0.48], rtol=1e-3)
    layer.initialize(np.float16([[6e4, 0], [-6e4, 6e4], [0, 1]]))
    assert all(np.isfinite(param).all() for param in layer.params.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_integers_are_numbers(name, dtype, rng):
    layer, x = layers(rng)[name]
    x = (20 * x).astype(dtype)
    np.testing.assert_array_equal(layer.forward(x), layer.forward(x.astype(np.float64)))


@pytest.mark.parametrize("name", NAMES)
def test_only_the_gradients_that_are_wanted_are_computed(name, rng):
    layer, x = layers(rng)[name]
    dout = rng.normal(size=layer.forward(x).shape)
    dx, grads = layer.backward(dout), layer.grads
    layer.frozen, layer.grads = True, {}
    np.testing.assert_array_equal(layer.backward(dout), dx)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert (layer.backward(dout) is None) == bool(layer.params)
    for key, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[key], grad)


def test_float16_goes_without_an_input_gradient_too(rng):
    layer, x = layers(rng, np.float16)["batch"]
    layer.needs_input_gradient = False
    assert layer.backward(layer.forward(x)) is None
    assert layer.grads["gamma"].dtype == np.float16


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_goes_in_and_comes_out(name, rng):
    layer, x = layers(rng)[name]
    assert layer.output_shape(x.shape[1:]) == layer.forward(x).shape[1:]
    if name == "weight":
        with pytest.raises(NotImplementedError, match="WeightNorm does not say how far it sees"):
            layer.windows()
    else:
        assert layer.windows() == []
    with pytest.raises(ValueError, match=r"x must .*, but a sample is \(\)"):
        layer.forward(np.zeros(4))


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_of_another_shape_is_refused(name, rng):
    layer, x = layers(rng)[name]
    with pytest.raises(ValueError, match="backward comes before any forward"):
        layer.backward(x)
    y = layer.forward(x)
    with pytest.raises(ValueError, match="but forward returned"):
        layer.backward(y[:1])


@pytest.mark.parametrize("name", NAMES)
def test_backward_repeats_itself_and_nothing_given_is_changed(name, rng):
    layer, x = layers(rng)[name]
    before = {key: array.copy() for key, array in layer.params.items()}
    x_before, y = x.copy(), layer.forward(x)
    y_before, dout = y.copy(), rng.normal(size=y.shape)
    dout_before = dout.copy()
    first, grads = layer.backward(dout).copy(), {k: g.copy() for k, g in layer.grads.items()}
    np.testing.assert_array_equal(layer.backward(dout), first)
    for key, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[key], grad)
        np.testing.assert_array_equal(layer.params[key], before[key])
    for array, kept in [(x, x_before), (y, y_before), (dout, dout_before)]:
        np.testing.assert_array_equal(array, kept)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device(name):
    def case(put):
        layer, x = layers(np.random.default_rng(3))[name]
        if isinstance(layer, BatchNorm | SpatialBatchNorm):
            training, layer = layer.training, type(layer)(*map(put, layer.params.values()))
            layer.training = training
        else:
            layer.params = {key: put(array) for key, array in layer.params.items()}
        y = layer.forward(put(x))
        return y, layer.backward(y), layer.grads, getattr(layer, "buffers", {})

    same_on_device(case)


@pytest.mark.usefixtures("fake_cupy")
def test_weight_norm_is_initialized_on_the_device():
    def case(put):
        rng = np.random.default_rng(3)
        layer = WeightNorm(put(rng.normal(size=(3, 2))), put(np.ones(2)), put(np.zeros(2)))
        layer.initialize(put(rng.normal(size=(5, 3))))
        return layer.params

    same_on_device(case)


ONE = np.ones(3), np.zeros(3)
MATRIX = np.ones((4, 3))
EPS = "eps must be finite and more than 0, but it is"
CHANNELS = r"x must be \(N, 3, H, W\), but a sample is"
MISTAKES = {
    "momentum": (
        "momentum must be at least 0 and less than 1, but it is 1",
        lambda: BatchNorm(*ONE, momentum=1.0),
    ),
    "negative momentum": ("momentum must be", lambda: BatchNorm(*ONE, momentum=-0.1)),
    "momentum nan": ("momentum must be", lambda: BatchNorm(*ONE, momentum=np.nan)),
    "features": (
        r"x must be \(N, 3\), but a sample is \(4,\)",
        lambda: BatchNorm(*ONE).forward(np.ones((2, 4))),
    ),
    "images": (r"x must be \(N, 3\), but", lambda: BatchNorm(*ONE).forward(np.ones((2, 5, 3)))),
    "no samples": (r"x has shape \(0, 3\): no s", lambda: BatchNorm(*ONE).forward(np.ones((0, 3)))),
    "empty graph": ("no samples", lambda: BatchNormGraph(*ONE).forward(np.ones((0, 3)))),
    "no pixels": ("no samples", lambda: SpatialBatchNorm(*ONE).forward(np.ones((2, 3, 0, 4)))),
    "no image": (CHANNELS, lambda: SpatialBatchNorm(*ONE).forward(np.ones((2, 3)))),
    "channels": (CHANNELS, lambda: SpatialBatchNorm(*ONE).forward(np.ones((2, 4, 3, 3)))),
    "layer": (
        r"x must be \(N, \.\.\., 3\), but a sample is \(4,\)",
        lambda: LayerNorm(*ONE).forward(np.ones((2, 4))),
    ),
    "last axes": (
        r"x must be \(N, \.\.\., 4, 3\), but a sample is \(3,\)",
        lambda: LayerNorm(MATRIX, MATRIX).forward(np.ones((2, 3))),
    ),
    "groups": ("groups must divide the 3 channels, but it is 2", lambda: GroupNorm(*ONE, groups=2)),
    "no groups": ("groups must be at least 1, but it is 0", lambda: GroupNorm(*ONE, groups=0)),
    "the paper's groups": ("the 3 channels, but it is 32", lambda: GroupNorm(*ONE)),
    "group": (
        r"x must be \(N, 3, \.\.\.\), but a sample is \(4,\)",
        lambda: GroupNorm(*ONE, 3).forward(np.ones((2, 4))),
    ),
    "v": ("column of zeros", lambda: WeightNorm(np.eye(3)[:, :2] * [1, 0], *np.ones((2, 2)))),
    "g": (r"g must be \(3,\), but it is \(4,\)", lambda: WeightNorm(MATRIX, np.ones(4), ONE[1])),
    "b": (r"b must be \(3,\), but it is \(1,\)", lambda: WeightNorm(MATRIX, ONE[0], np.ones(1))),
    "weights": (
        "x must have 4 numbers per sample",
        lambda: WeightNorm(MATRIX, *ONE).forward(np.ones((2, 3))),
    ),
    "weights at first": (
        "x must have 4 numbers per sample",
        lambda: WeightNorm(MATRIX, *ONE).initialize(np.ones((2, 3))),
    ),
    "window": ("n must be odd, but it is 4", lambda: LocalResponseNorm(n=4)),
    "negative window": ("n must be at least 1, but it is -1", lambda: LocalResponseNorm(n=-1)),
    "k": ("k must be finite and more than 0, but it is 0", lambda: LocalResponseNorm(k=0)),
    "alpha": ("alpha must be finite and at least 0", lambda: LocalResponseNorm(alpha=-1e-4)),
    "beta": ("beta must be finite, but it is nan", lambda: LocalResponseNorm(beta=np.nan)),
    "dtypes": ("beta must be float32", lambda: BatchNorm(np.ones(3, "f"), np.zeros(3))),
}
NORMS = [
    (BatchNormGraph, r"BatchNormGraph\(np\.ones\(64\), np\.zeros\(64\)\)"),
    (BatchNorm, r"BatchNorm\(np\.ones\(64\), np\.zeros\(64\)\)"),
    (SpatialBatchNorm, r"SpatialBatchNorm\(np\.ones\(64\), np\.zeros\(64\)\)"),
    (LayerNorm, r"LayerNorm\(np\.ones\(64\), np\.zeros\(64\)\)"),
    (GroupNorm, r"GroupNorm\(np\.ones\(8\), np\.zeros\(8\), groups=2\)"),
]


@pytest.mark.parametrize(("norm", "example"), NORMS)
def test_sizes_get_the_arrays_shown_and_shapes_have_to_fit(norm, example):
    for sizes in [(64,), (2, 8), (64, np.zeros(64)), (np.ones(64),)]:
        with pytest.raises(
            TypeError, match=f"{norm.__name__} takes the arrays themselves, .*{example}"
        ):
            norm(*sizes)
    for beta in (np.zeros(1), np.zeros(4), np.zeros((1, 3))):
        with pytest.raises(ValueError, match=r"beta must be \(3,\), but it is"):
            norm(np.ones(3), beta)
    with pytest.raises(TypeError, match="gamma must be an array of floats, but its dtype is int64"):
        norm(np.ones(3, int), np.zeros(3))
    groups = {"groups": 1} if norm is GroupNorm else {}
    for eps in (0, -1e-5, np.nan, np.inf):
        with pytest.raises(ValueError, match=EPS):
            norm(*ONE, **groups, eps=eps)


def test_more_reflexes_of_other_libraries_get_the_arrays_shown():
    sentence = (
        r"WeightNorm takes the arrays themselves, v \(D, M\) and g \(M,\) and b \(M,\), such as"
    )
    with pytest.raises(TypeError, match=sentence):
        WeightNorm(64, 50)
    for groups in (2.0, 1.5, "2"):
        with pytest.raises(TypeError, match="groups must be a whole number, but it is"):
            GroupNorm(*ONE, groups)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence(mistake):
    sentence, make = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence):
        make()


def test_an_empty_batch_passes_in_test_mode():
    layer = SpatialBatchNorm(*ONE)
    layer.training = False
    x = np.ones((0, 3, 2, 2))
    assert layer.forward(x).shape == layer.backward(x).shape == x.shape
