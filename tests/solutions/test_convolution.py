"""Chapter 8: convolution against PyTorch, SciPy, plain loops and numerical differentiation."""

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from solutions.convolution import (
    Conv2D,
    check_window,
    col2im,
    col2im_naive,
    convolve_naive,
    im2col,
    im2col_naive,
    output_size,
    pad,
    shifted_views,
)
from solutions.gradient_checking import gradient_check

few = settings(deadline=None, derandomize=True, max_examples=25)


@st.composite
def cases(draw, most=4):
    """Shapes that fit: x (N, C, H, W), W (FN, C, FH, FW), stride, padding."""
    FH, FW, padding = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(0, 2))
    H = draw(st.integers(max(1, FH - 2 * padding), 7))
    W = draw(st.integers(max(1, FW - 2 * padding), 7))
    N, C, FN = draw(st.integers(0, most)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return (N, C, H, W), (FN, C, FH, FW), draw(st.integers(1, 3)), padding


def conv_layer(rng, N=3, C=2, H=7, W=6, FN=4, FH=3, FW=2, dtype=np.float64, **options):
    """A layer, an input and a gradient of its output: no two sizes alike."""
    W_filters = rng.normal(size=(FN, C, FH, FW)).astype(dtype)
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
        ((5, 3, 1, -1), "padding must not be negative, but it is -1"),
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


@few
@given(case=cases(), seed=st.integers(0, 1000))
def test_fast_forms_equal_the_plain_ones(case, seed):
    x_shape, W_shape, stride, padding = case
    rng = np.random.default_rng(seed)
    x, W, b = rng.normal(size=x_shape), rng.normal(size=W_shape), rng.normal(size=W_shape[0])
    columns = im2col(x, *W_shape[2:], stride, padding)
    np.testing.assert_array_equal(columns, im2col_naive(x, *W_shape[2:], stride, padding))
    values = rng.normal(size=columns.shape)
    added = col2im(values, x_shape, *W_shape[2:], stride, padding)
    plain = col2im_naive(values, x_shape, *W_shape[2:], stride, padding)
    assert added.shape == plain.shape == x_shape
    np.testing.assert_allclose(added, plain, rtol=1e-12, atol=1e-14)
    # the transpose of im2col: <im2col(x), v> = <x, col2im(v)>
    assert (columns * values).sum() == pytest.approx((x * added).sum(), abs=1e-10)
    y = Conv2D(W, b, stride, padding).forward(x)
    np.testing.assert_allclose(y, convolve_naive(x, W, b, stride, padding), atol=1e-12)


@few
@given(case=cases(), seed=st.integers(0, 1000), bias=st.booleans())
def test_conv2d_agrees_with_autograd(torch, case, seed, bias):
    x_shape, W_shape, stride, padding = case
    rng = np.random.default_rng(seed)
    x, W, b = rng.normal(size=x_shape), rng.normal(size=W_shape), rng.normal(size=W_shape[0])
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, W, b)]
    options = {"stride": stride, "padding": padding}
    y = torch.nn.functional.conv2d(tensors[0], tensors[1], tensors[2] if bias else None, **options)
    dout = rng.normal(size=tuple(y.shape))
    y.backward(torch.tensor(dout))
    layer = Conv2D(W, b if bias else None, **options)
    np.testing.assert_allclose(layer.forward(x), y.detach().numpy(), atol=1e-12)
    found = [layer.backward(dout), *layer.grads.values()]
    assert layer.grads.keys() == layer.params.keys() == ({"W", "b"} if bias else {"W"})
    for tensor, gradient in zip(tensors, found, strict=False):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)
    assert layer.output_shape(x_shape[1:]) == tuple(y.shape[1:])


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_conv2d_gradients_pass_the_check(stride, padding, rng):
    layer, x, dout = conv_layer(rng, stride=stride, padding=padding)
    W, b = layer.params["W"], layer.params["b"]

    def loss(x, W, b):
        return float((convolve_naive(x, W, b, stride, padding) * dout).sum())

    layer.forward(x)
    dx = layer.backward(dout)
    assert gradient_check(lambda z: loss(z, W, b), x, dx).worst_error < 1e-6
    assert gradient_check(lambda z: loss(x, z, b), W, layer.grads["W"]).worst_error < 1e-6
    assert gradient_check(lambda z: loss(x, W, z), b, layer.grads["b"]).worst_error < 1e-6


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


def test_first_layer_can_leave_its_input_gradient_out(rng):
    layer, x, dout = conv_layer(rng)
    lean = Conv2D(*layer.params.values(), needs_input_gradient=False)
    layer.forward(x)
    layer.backward(dout)
    lean.forward(x)
    assert lean.backward(dout) is None
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(lean.grads[name], grad)


@pytest.mark.parametrize(
    ("W_shape", "b_shape", "options", "words"),
    [
        ((4, 3, 3), (4,), {}, r"W must be \(FN, C, FH, FW\) and b \(FN,\), but W is \(4, 3, 3\)"),
        ((4, 2, 3, 3), (3,), {}, r"but W is \(4, 2, 3, 3\) and b \(3,\)"),
        ((4, 2, 3), None, {}, r"but W is \(4, 2, 3\)$"),
        ((4, 2, 3, 3), None, {"stride": 0}, "stride must be at least 1, but it is 0"),
        ((4, 2, 3, 3), None, {"padding": -2}, "padding must not be negative, but it is -2"),
        ((4, 2, 0, 3), None, {}, "window must be at least 1, but it is 0"),
    ],
)
def test_conv2d_refuses_wrong_parameters(W_shape, b_shape, options, words):
    with pytest.raises(ValueError, match=words):
        Conv2D(np.zeros(W_shape), None if b_shape is None else np.zeros(b_shape), **options)


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
    assert check_window(1, 1, 0) is None


X, FILTERS, BIASES = (
    np.random.default_rng(5).normal(size=shape) for shape in ((3, 2, 7, 6), (4, 2, 3, 2), (4,))
)


def conv_there_and_back(put):
    layer = Conv2D(put(FILTERS), put(BIASES), stride=2, padding=1)
    y = layer.forward(put(X))
    return y, layer.backward(y), layer.grads


ON_DEVICE = {
    "pad": lambda put: pad(put(X), 2, -1.0),
    "convolve_naive": lambda put: convolve_naive(put(X), put(FILTERS), put(BIASES), 2, 1),
    "im2col": lambda put: im2col(put(X), 3, 2, 2, 1),
    "im2col_naive": lambda put: im2col_naive(put(X), 3, 2, 2, 1),
    "col2im": lambda put: col2im(im2col(put(X), 3, 2, 2, 1), X.shape, 3, 2, 2, 1),
    "col2im_naive": lambda put: col2im_naive(im2col(put(X), 3, 2), X.shape, 3, 2),
    "Conv2D": conv_there_and_back,
}


@pytest.mark.parametrize("name", ON_DEVICE)
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name):
    same_on_device(ON_DEVICE[name])
