"""Chapter 8: convolution against PyTorch, SciPy, plain loops and numerical differentiation."""

import tracemalloc

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from solutions.backpropagation import gradient_check
from solutions.convolution import (
    Conv2D,
    Convolution,
    WeightNormConv2D,
    col2im,
    col2im_fast,
    convolve_naive,
    correlate,
    correlate_channels,
    correlate_filters,
    im2col,
    im2col_fast,
    output_size,
    pad,
)
from solutions.convolution import conv2d as conv2d_module
from solutions.convolution.windows import shifted_views
from solutions.images import check_window

few = settings(max_examples=25)


@st.composite
def cases(draw, most=4):
    """Shapes that fit: x (N, C, H, W), W (FN, C, FH, FW), stride, padding."""
    FH, FW, padding = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(0, 2))
    H = draw(st.integers(max(1, FH - 2 * padding), 7))
    W = draw(st.integers(max(1, FW - 2 * padding), 7))
    N, C, FN = draw(st.integers(0, most)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (N, C, H, W), (FN, C, FH, FW), draw(st.integers(1, 3)), padding


def conv_layer(rng, N=3, C=2, H=7, W=6, FN=4, FH=3, FW=2, dtype=np.float64, groups=1, **options):
    """A layer, an input and a gradient of its output: no two sizes alike."""
    W_filters = rng.normal(size=(FN, C // groups, FH, FW)).astype(dtype)
    options["groups"] = groups
    layer = Conv2D(W_filters, rng.normal(size=FN).astype(dtype), **options)
    x = rng.normal(size=(N, C, H, W)).astype(dtype)
    return layer, x, rng.normal(size=(N, *layer.output_shape(x.shape[1:]))).astype(dtype)


@few
@given(
    size=st.integers(1, 12), window=st.integers(1, 6), stride=st.integers(1, 5), p=st.integers(0, 3)
)
def test_output_size_counts_the_windows(size, window, stride, p):
    starts = [s for s in range(0, size + 2 * p, stride) if s + window <= size + 2 * p]
    if not starts:
        with pytest.raises(ValueError, match=f"window {window} does not fit into {size} pixels"):
            output_size(size, window, stride, p)
        return
    assert output_size(size, window, stride, p) == len(starts)
    if starts[-1] + window == size + 2 * p:
        assert output_size(size, window, stride, p, exact=True) == len(starts)
    else:
        with pytest.raises(ValueError, match=r"leaves \d of"):
            output_size(size, window, stride, p, exact=True)


def test_output_size_of_the_papers():
    assert output_size(32, 5) == 28  # LeNet-5
    assert output_size(227, 11, stride=4, exact=True) == 55  # AlexNet
    with pytest.raises(ValueError, match="stride 4 leaves 1 of 224 pixels over"):
        output_size(224, 11, stride=4, exact=True)  # the size that AlexNet's paper gives


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((5, 0), "window must be at least 1, but it is 0"),
        ((5, 3, 0), "stride must be at least 1, but it is 0"),
        ((5, 3, 1, -1), "padding must be at least 0, but it is -1"),
        ((0, 3, 1, 2), "does not fit into 0 pixels"),
    ],
)
def test_output_size_refuses_what_makes_no_sense(arguments, words):
    with pytest.raises(ValueError, match=words):
        output_size(*arguments)


def test_worked_example():
    """4 × 4 by 3 × 3 gives 2 × 2: the first window by hand, all of them by SciPy."""
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    W = np.array([[[[2.0, 0, 1], [0, 1, 2], [1, 0, 3]]]])
    expected = signal.correlate2d(x[0, 0], W[0, 0], mode="valid")
    assert expected[0, 0] == 0 * 2 + 2 * 1 + 5 * 1 + 6 * 2 + 8 * 1 + 10 * 3
    assert convolve_naive(x, W)[0, 0].tolist() == expected.tolist()
    assert Conv2D(W).forward(x)[0, 0].tolist() == expected.tolist()


def test_each_rung_of_the_ladder_is_that_of_scipy(rng):
    """One window by SciPy, at every stride; then channels, filters and their biases."""
    image, W, b = rng.normal(size=(3, 7, 6)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=4)
    full = np.array(
        [[signal.correlate2d(*pair, "valid") for pair in zip(image, k, strict=True)] for k in W]
    )
    for stride in (1, 2, 3):
        steps = full[..., ::stride, ::stride]
        found = correlate(image[0], W[0, 0], stride)
        np.testing.assert_allclose(found, steps[0, 0], atol=1e-12)
        summed = steps.sum(axis=1)
        np.testing.assert_allclose(correlate_channels(image, W[0], stride), summed[0], atol=1e-12)
        found = correlate_filters(image, W, b, stride)
        np.testing.assert_allclose(found, summed + b[:, None, None], atol=1e-12)
        np.testing.assert_allclose(correlate_filters(image, W, stride=stride), summed, atol=1e-12)
    assert correlate(image[0].astype("f4"), W[0, 0].astype("f4")).dtype == np.float32


@few
@given(case=cases(), seed=st.integers(0, 1000))
def test_fast_forms_equal_the_plain_ones(case, seed):
    x_shape, W_shape, stride, padding = case
    rng = np.random.default_rng(seed)
    x, W, b = rng.normal(size=x_shape), rng.normal(size=W_shape), rng.normal(size=W_shape[0])
    columns = im2col(x, *W_shape[2:], stride, padding)
    np.testing.assert_array_equal(columns, im2col_fast(x, *W_shape[2:], stride, padding))
    values = rng.normal(size=columns.shape)
    added = col2im(values, x_shape, *W_shape[2:], stride, padding)
    fast = col2im_fast(values, x_shape, *W_shape[2:], stride, padding)
    assert added.shape == fast.shape == x_shape
    np.testing.assert_allclose(added, fast, rtol=1e-12, atol=1e-14)
    # the transpose of im2col: <im2col(x), v> = <x, col2im(v)>
    assert (columns * values).sum() == pytest.approx((x * added).sum(), abs=1e-10)
    layers = Conv2D(W, b, stride, padding), Convolution(W, b, stride, padding)
    y, plain_y = (layer.forward(x) for layer in layers)
    for found in (y, plain_y):
        np.testing.assert_allclose(found, convolve_naive(x, W, b, stride, padding), atol=1e-12)
    dx, plain_dx = (layer.backward(np.sin(y)) for layer in layers)
    np.testing.assert_allclose(plain_dx, dx, atol=1e-12)
    for name in ("W", "b"):
        np.testing.assert_allclose(layers[1].grads[name], layers[0].grads[name], atol=1e-12)


def agrees_with_autograd(torch, layer, x, weights, dout, options):
    """Hold a layer against ``conv2d``; ``weights`` makes its arguments of the layer's tensors."""
    tensors = {name: torch.tensor(a, requires_grad=True) for name, a in layer.params.items()}
    image = torch.tensor(x, requires_grad=True)
    y = torch.nn.functional.conv2d(image, *weights(**tensors), **options)
    np.testing.assert_allclose(layer.forward(x), y.detach().numpy(), atol=1e-12)
    dout = dout(tuple(y.shape))
    y.backward(torch.tensor(dout))
    np.testing.assert_allclose(layer.backward(dout), image.grad.numpy(), rtol=1e-9, atol=1e-12)
    assert layer.grads.keys() == layer.params.keys()
    for name, tensor in tensors.items():
        np.testing.assert_allclose(layer.grads[name], tensor.grad.numpy(), rtol=1e-9, atol=1e-12)
        assert layer.grads[name].shape == layer.params[name].shape
    assert layer.output_shape(x.shape[1:]) == tuple(y.shape[1:])


@few
@given(case=cases(), groups=st.integers(1, 3), seed=st.integers(0, 1000), bias=st.booleans())
def test_conv2d_agrees_with_autograd(torch, case, groups, seed, bias):
    (N, C, H, W), (FN, _, FH, FW), stride, padding = case
    rng = np.random.default_rng(seed)
    filters, b = rng.normal(size=(groups * FN, C, FH, FW)), rng.normal(size=groups * FN)
    options = {"stride": stride, "padding": padding, "groups": groups}
    agrees_with_autograd(
        torch,
        Conv2D(filters, b if bias else None, **options),
        rng.normal(size=(N, groups * C, H, W)),
        lambda W, b=None: (W, b),
        lambda shape: rng.normal(size=shape),
        options,
    )


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("columns", [1, 5000, 2**21])
def test_conv2d_does_not_depend_on_how_many_samples_it_takes_at_a_time(
    torch, groups, columns, rng, monkeypatch
):
    """One at a time, some, or all: for plain, grouped and depthwise filters."""
    monkeypatch.setattr(conv2d_module, "COLUMN_BYTES", columns)
    layer, x, dout = conv_layer(rng, N=7, C=4, FN=8, groups=groups, stride=2, padding=1)
    options = {"stride": 2, "padding": 1, "groups": groups}
    agrees_with_autograd(torch, layer, x, lambda W, b: (W, b), lambda _: dout, options)


def test_conv2d_keeps_no_columns(rng):
    """25 columns a pixel would be 20 MB here, beside an input of 0.8 MB."""
    layer, x, dout = conv_layer(
        rng, N=16, C=16, H=28, W=28, FN=32, FH=5, FW=5, dtype=np.float32, padding=2
    )
    tracemalloc.start()
    y = layer.forward(x)
    kept, peak = tracemalloc.get_traced_memory()
    assert kept - y.nbytes < 0.05 * x.nbytes
    assert peak - y.nbytes < 2 * conv2d_module.COLUMN_BYTES
    tracemalloc.reset_peak()
    dx = layer.backward(dout)
    assert tracemalloc.get_traced_memory()[1] - kept - dx.nbytes < 3 * conv2d_module.COLUMN_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_conv2d_gradients_pass_the_check(stride, padding, rng):
    layer, x, dout = conv_layer(rng, stride=stride, padding=padding)
    W, b = layer.params["W"], layer.params["b"]

    def loss(x, W, b):
        return float((convolve_naive(x, W, b, stride, padding) * dout).sum())

    layer.forward(x)
    dx = layer.backward(dout)
    assert gradient_check(lambda z: loss(z, W, b), x, dx)
    assert gradient_check(lambda z: loss(x, z, b), W, layer.grads["W"])
    assert gradient_check(lambda z: loss(x, W, z), b, layer.grads["b"])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("N", [0, 1, 3])
def test_dtype_stays_what_it_was(dtype, N, rng):
    layer, x, dout = conv_layer(rng, N=N, dtype=dtype, padding=1)
    y = layer.forward(x)
    dx = layer.backward(dout)
    naive = convolve_naive(x, layer.params["W"], layer.params["b"], padding=1)
    for array in [y, dx, naive, *layer.grads.values()]:
        assert array.dtype == dtype
    tolerance = {"float16": 3e-2, "float32": 1e-5, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(y, naive, atol=tolerance)


def test_conv2d_changes_nothing_it_was_given_and_repeats_itself(rng):
    layer, x, dout = conv_layer(rng, padding=1, stride=2)
    arrays = [x, dout, *layer.params.values()]
    copies = [array.copy() for array in arrays]
    y = layer.forward(x)
    y_before = y.copy()
    first, grads = layer.backward(dout).copy(), {k: g.copy() for k, g in layer.grads.items()}
    np.testing.assert_array_equal(layer.backward(dout), first)
    for name, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[name], grad)  # overwritten, not accumulated
    np.testing.assert_array_equal(y, y_before)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_conv2d_works_on_the_arrays_it_was_given(rng):
    layer, x, _ = conv_layer(rng)
    W, b = layer.params["W"], layer.params["b"]
    assert Conv2D(W, b).params == {"W": W, "b": b}
    before = layer.forward(x)
    W *= 2
    b *= 2
    np.testing.assert_allclose(layer.forward(x), 2 * before, rtol=1e-12)


@pytest.mark.parametrize("groups", [1, 2])
def test_backward_leaves_out_what_nobody_needs(groups, rng):
    layer, x, dout = conv_layer(rng, groups=groups)
    layer.forward(x)
    dx, grads = layer.backward(dout), layer.grads
    layer.grads = {}
    layer.frozen = True
    np.testing.assert_array_equal(layer.backward(dout), dx)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert layer.backward(dout) is None
    for name, grad in grads.items():
        np.testing.assert_array_equal(layer.grads[name], grad)


@pytest.mark.parametrize(
    ("W_shape", "b_shape", "options", "words"),
    [
        ((4, 3, 3), (4,), {}, r"W must be \(FN, C / groups, FH, FW\), but it is \(4, 3, 3\)"),
        ((4, 2, 3, 3), (3,), {}, r"b must be \(4,\), but it is \(3,\)"),
        ((4, 2, 3), None, {}, r"but it is \(4, 2, 3\)$"),
        ((6, 2, 3, 3), None, {"groups": 4}, "groups must divide the 6 filters, but it is 4"),
        ((6, 2, 3, 3), None, {"groups": 0}, "groups must be at least 1, but it is 0"),
        ((4, 2, 3, 3), None, {"stride": 0}, "stride must be at least 1, but it is 0"),
        ((4, 2, 3, 3), None, {"padding": -2}, "padding must be at least 0, but it is -2"),
        ((4, 2, 0, 3), None, {}, "window must be at least 1, but it is 0"),
    ],
)
def test_conv2d_refuses_wrong_parameters(W_shape, b_shape, options, words):
    with pytest.raises(ValueError, match=words):
        Conv2D(np.zeros(W_shape), None if b_shape is None else np.zeros(b_shape), **options)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: Conv2D(1, 16, 3),
            r"Conv2D takes the arrays themselves, W \(FN, C / groups, FH, FW\) and b \(FN,\), "
            r"such as Conv2D\(he\(\(16, 1, 3, 3\), rng\), np\.zeros\(16\)\)",
        ),
        (lambda: Conv2D(np.zeros((4, 2, 3, 3), int)), "W must be an array of floats"),
        (
            lambda: Conv2D(np.zeros((4, 2, 3, 3)), padding="same"),
            "padding must be a number of pixels, but it is 'same': with stride 1 filters of 3 × 3 "
            r"keep the size with padding=1, and those of FH × FH with \(FH − 1\) / 2",
        ),
        (lambda: Conv2D(np.zeros((4, 2, 3, 3)), stride=2.0), "stride must be a whole number"),
        (lambda: Conv2D(np.zeros((4, 2, 3, 3)), stride=(2, 2)), r"but it is \(2, 2\)"),
        (lambda: Conv2D(np.zeros((4, 2, 3, 3)), groups=None), "groups must be a whole number"),
        (lambda: WeightNormConv2D(1, 16, 3), r"such as WeightNormConv2D\(he\("),
    ],
)
def test_reflexes_of_other_libraries_get_a_sentence(make, words):
    with pytest.raises(TypeError, match=words):
        make()


def test_numbers_of_numpy_become_python_s(rng):
    layer, x, _ = conv_layer(rng, dtype=np.float32, stride=np.int64(2), padding=np.uint8(1))
    assert [type(n) for n in (layer.stride, layer.padding, layer.groups)] == [int] * 3
    assert layer.forward(x).dtype == np.float32


def test_windows_are_square():
    assert Conv2D(np.zeros((4, 2, 3, 3)), stride=2).windows() == [(3, 2)]
    with pytest.raises(ValueError, match="filters must be square to see equally far, but they are"):
        Conv2D(np.zeros((4, 2, 3, 2))).windows()


def test_integers_do_not_wrap():
    x = np.full((1, 1, 3, 3), 200, np.uint8)
    W = np.ones((1, 1, 2, 2))
    assert Conv2D(W).forward(x).tolist() == np.full((1, 1, 2, 2), 800.0).tolist()
    naive = convolve_naive(x, np.ones((1, 1, 2, 2), np.uint8))
    assert naive.tolist() == np.full((1, 1, 2, 2), 800.0).tolist()
    columns = im2col(x, 2, 2)
    assert columns.dtype == np.uint8  # it only copies
    for back in (col2im, col2im_fast):
        assert back(columns, x.shape, 2, 2)[0, 0].tolist() == [
            [200, 400, 200],
            [400, 800, 400],
            [200, 400, 200],
        ]
    assert pad(x, 1).dtype == np.uint8
    assert pad(x, 1, -np.inf)[0, 0, 0, 0] == -np.inf


def test_a_gradient_of_another_shape_is_refused(rng):
    layer, x, dout = conv_layer(rng)
    with pytest.raises(ValueError, match=r"Conv2D\.backward comes before any forward"):
        layer.backward(dout)
    layer.forward(x)
    with pytest.raises(ValueError, match=r"dout has shape \(1, 4, 5, 5\), but forward returned"):
        layer.backward(dout[:1])


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((3, 5, 7, 6), r"x must be \(N, 2, H, W\), but a sample is \(5, 7, 6\)"),
        ((3, 84), r"x must be \(N, 2, H, W\), but a sample is \(84,\)"),
        ((3, 2, 2, 6), "window 3 does not fit into 2 pixels with padding 0"),
    ],
)
def test_conv2d_refuses_wrong_inputs(shape, words, rng):
    layer, _, _ = conv_layer(rng)
    with pytest.raises(ValueError, match=words):
        layer.forward(np.zeros(shape))


def test_shifted_views_write_through(rng):
    x = np.zeros((2, 3, 5, 6))
    views = list(shifted_views(x, 2, 3, stride=2, OH=2, OW=2))
    assert len(views) == 6
    views[5][...] = 1  # pixel (1, 2) of each window
    assert np.argwhere(x[0, 0]).tolist() == [[1, 2], [1, 4], [3, 2], [3, 4]]


def test_pad_and_check_window(rng):
    x = rng.normal(size=(2, 1, 3, 2))
    assert pad(x, 0) is x
    padded = pad(x, 2, -np.inf)
    assert padded.shape == (2, 1, 7, 6)
    np.testing.assert_array_equal(padded[:, :, 2:5, 2:4], x)
    assert np.isinf(padded).sum() == padded.size - x.size
    assert check_window(np.int64(1), 1, 0) == (1, 1, 0)


def weight_norm_layer(rng, FN=4, C=2, groups=1, dtype=np.float64, **options):
    v = rng.normal(size=(FN, C // groups, 3, 2)).astype(dtype)
    g, b = rng.uniform(0.5, 2, size=FN).astype(dtype), rng.normal(size=FN).astype(dtype)
    return WeightNormConv2D(v, g, b, groups=groups, **options)


@pytest.mark.parametrize("groups", [1, 2])
def test_weight_normalized_convolution_agrees_with_torch(torch, groups, rng):
    layer = weight_norm_layer(rng, stride=2, padding=1, groups=groups)
    x = rng.normal(size=(3, 2, 7, 6))
    oracle = torch.nn.Conv2d(2, 4, (3, 2), stride=2, padding=1, groups=groups).double()
    oracle = torch.nn.utils.parametrizations.weight_norm(oracle, dim=0)
    weight = oracle.parametrizations.weight
    with torch.no_grad():
        weight.original1.copy_(torch.tensor(layer.params["v"]))
        weight.original0.copy_(torch.tensor(layer.params["g"])[:, None, None, None])
        oracle.bias.copy_(torch.tensor(layer.params["b"]))
    image = torch.tensor(x, requires_grad=True)
    y = oracle(image)
    np.testing.assert_allclose(layer.forward(x), y.detach().numpy(), atol=1e-12)
    dout = rng.normal(size=tuple(y.shape))
    y.backward(torch.tensor(dout))
    np.testing.assert_allclose(layer.backward(dout), image.grad.numpy(), atol=1e-12)
    expected = {"v": weight.original1, "g": weight.original0, "b": oracle.bias}
    assert layer.grads.keys() == expected.keys()
    for name, tensor in expected.items():
        grad = layer.grads[name]
        assert grad.shape == layer.params[name].shape
        np.testing.assert_allclose(grad.ravel(), tensor.grad.numpy().ravel(), atol=1e-12)
    assert layer.output_shape((2, 7, 6)) == y.shape[1:]


def test_weight_normalized_convolution_starts_standardized(rng):
    layer, x = weight_norm_layer(rng, padding=1), rng.normal(3, 5, size=(20, 2, 7, 6))
    params = {name: array.copy() for name, array in layer.params.items()}
    arrays = list(layer.params.values())
    layer.initialize(x)
    y = layer.forward(x)
    np.testing.assert_allclose(y.mean(axis=(0, 2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(0, 2, 3)), 1)
    assert all(a is b for a, b in zip(layer.params.values(), arrays, strict=True))  # in place
    np.testing.assert_array_equal(layer.params["v"], params["v"])
    with pytest.raises(ValueError, match="some unit the same output for all samples"):
        layer.initialize(np.zeros((2, 2, 5, 5)))


def test_weight_normalized_convolution_leaves_out_what_nobody_needs(rng):
    layer, x = weight_norm_layer(rng), rng.normal(size=(3, 2, 7, 6))
    y = layer.forward(x)
    layer.frozen = True
    dx = layer.backward(y)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert layer.backward(y) is None
    assert layer.grads.keys() == {"v", "g", "b"}
    layer.needs_input_gradient = True
    np.testing.assert_array_equal(layer.backward(y), dx)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_weight_normalized_convolution_keeps_the_dtype(dtype, rng):
    layer = weight_norm_layer(rng, dtype=dtype)
    x = rng.normal(size=(3, 2, 7, 6)).astype(dtype)
    layer.initialize(x)
    y = layer.forward(x)
    dx = layer.backward(y)
    assert {a.dtype for a in (y, dx, *layer.grads.values(), *layer.params.values())} == {
        np.dtype(dtype)
    }


def test_weight_normalized_convolution_refuses_what_does_not_fit(rng):
    v, g, b = weight_norm_layer(rng).params.values()
    with pytest.raises(ValueError, match=r"g must be \(4,\), but it is \(3,\)"):
        WeightNormConv2D(v, g[:3], b)
    with pytest.raises(ValueError, match="groups must divide the 4 filters, but it is 3"):
        WeightNormConv2D(v, g, b, groups=3)
    v[1] = 0
    with pytest.raises(ValueError, match="v has a filter of zeros, which gives no direction"):
        WeightNormConv2D(v, g, b)
    square = WeightNormConv2D(np.ones((4, 2, 3, 3)), g, b, stride=2)
    assert square.windows() == [(3, 2)]
    with pytest.raises(ValueError, match=r"x must be \(N, 2, H, W\), but a sample is \(3, 5, 5\)"):
        square.forward(np.zeros((1, 3, 5, 5)))


X, FILTERS, BIASES = (
    np.random.default_rng(5).normal(size=shape) for shape in ((3, 2, 7, 6), (4, 2, 3, 2), (4,))
)


def conv_there_and_back(put):
    layer = Conv2D(put(FILTERS), put(BIASES), stride=2, padding=1)
    y = layer.forward(put(X))
    return y, layer.backward(y), layer.grads


def grouped_there_and_back(put):
    layer = Conv2D(put(FILTERS[:, :1]), put(BIASES), padding=1, groups=2)
    y = layer.forward(put(X))
    return y, layer.backward(y), layer.grads


def one_product_there_and_back(put):
    layer = Convolution(put(FILTERS), put(BIASES), 2, 1)
    y = layer.forward(put(X))
    return y, layer.backward(y), layer.grads


def weight_norm_there_and_back(put):
    layer = WeightNormConv2D(put(FILTERS), put(np.ones(4)), put(BIASES.copy()), padding=1)
    layer.initialize(put(X))
    y = layer.forward(put(X))
    return y, layer.backward(y), layer.grads, layer.params


ON_DEVICE = {
    "pad": lambda put: pad(put(X), 2, -1.0),
    "correlate": lambda put: correlate(put(X[0, 0]), put(FILTERS[0, 0]), 2),
    "convolve_naive": lambda put: convolve_naive(put(X), put(FILTERS), put(BIASES), 2, 1),
    "im2col": lambda put: im2col(put(X), 3, 2, 2, 1),
    "im2col_fast": lambda put: im2col_fast(put(X), 3, 2, 2, 1),
    "col2im": lambda put: col2im(im2col(put(X), 3, 2, 2, 1), X.shape, 3, 2, 2, 1),
    "col2im_fast": lambda put: col2im_fast(im2col(put(X), 3, 2), X.shape, 3, 2),
    "Conv2D": conv_there_and_back,
    "Convolution": one_product_there_and_back,
    "grouped": grouped_there_and_back,
    "WeightNormConv2D": weight_norm_there_and_back,
}


@pytest.mark.parametrize("name", ON_DEVICE)
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name):
    same_on_device(ON_DEVICE[name])
