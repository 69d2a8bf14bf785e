"""Chapter 8: convolution, from loops over windows to one product of matrices.

Images are (N, C, H, W): samples, channels, rows, columns. Filters are (FN, C, FH, FW). What is
called convolution here, as everywhere in deep learning, is cross-correlation: no filter is flipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from solutions.arrays import Array, array_module


def output_size(
    size: int, window: int, stride: int = 1, padding: int = 0, exact: bool = False
) -> int:
    """Return how many windows fit along one axis: ⌊(size + 2 · padding − window) / stride⌋ + 1.

    Parameters
    ----------
    size : int
        Pixels of the input along the axis.
    window : int
        Pixels of the window along it.
    stride : int
        How far the window moves at a time.
    padding : int
        Pixels added on each side.
    exact : bool
        Whether to refuse a stride that leaves pixels over at the end. By default they are
        simply seen by no window.

    Raises
    ------
    ValueError
        If a number is too small, if the window does not fit, or if pixels are left over although
        ``exact`` asks for none.
    """
    check_window(window, stride, padding)
    room = size + 2 * padding - window
    if size < 1 or room < 0:
        raise ValueError(
            f"window {window} does not fit into {size} pixels with padding {padding}: "
            "take a smaller window or more padding"
        )
    if exact and room % stride:
        raise ValueError(
            f"stride {stride} leaves {room % stride} of {size + 2 * padding} pixels over "
            f"after windows of {window}: choose a size, padding or stride that comes out even"
        )
    return room // stride + 1


def check_window(window: int, stride: int, padding: int) -> None:
    """Raise ValueError unless window and stride are at least 1 and padding at least 0."""
    for name, value in (("window", window), ("stride", stride)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, but it is {value}")
    if padding < 0:
        raise ValueError(f"padding must not be negative, but it is {padding}")


def pad(x: Array, padding: int, value: float = 0.0) -> Array:
    """Return the images (N, C, H, W) with pixels of one value added on all four sides."""
    if padding == 0:
        return x
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return array_module(x).pad(x, frame, constant_values=value)


def convolve_naive(
    x: Array, W: Array, b: Array | None = None, stride: int = 1, padding: int = 0
) -> Array:
    """Return the convolution by plain loops: y[n, f, i, j] = Σ window(i, j) of x[n] · W[f] + b[f].

    Parameters
    ----------
    x : array (N, C, H, W)
    W : array (FN, C, FH, FW)
    b : array (FN,), optional

    Returns
    -------
    y : array (N, FN, OH, OW)
        What ``Conv2D.forward`` returns, only slower.
    """
    FN, _, FH, FW = W.shape
    OH = output_size(x.shape[2], FH, stride, padding)
    OW = output_size(x.shape[3], FW, stride, padding)
    padded = pad(x, padding)
    y = array_module(x).zeros((len(x), FN, OH, OW), x.dtype)
    for n in range(len(x)):
        for f in range(FN):
            for i in range(OH):
                for j in range(OW):
                    top, left = i * stride, j * stride
                    window = padded[n, :, top : top + FH, left : left + FW]
                    y[n, f, i, j] = (window * W[f]).sum()
    return y if b is None else y + b[:, None, None]


def im2col_naive(x: Array, FH: int, FW: int, stride: int = 1, padding: int = 0) -> Array:
    """Return the windows as columns, copied one window at a time; see ``im2col``."""
    N, C, H, W = x.shape
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    padded = pad(x, padding)
    columns = array_module(x).zeros((N, C * FH * FW, OH * OW), x.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + FH, left : left + FW]
            columns[:, :, i * OW + j] = window.reshape(N, C * FH * FW)
    return columns


def im2col(x: Array, FH: int, FW: int, stride: int = 1, padding: int = 0) -> Array:
    """Return the windows of the images as columns, so that a convolution is a matrix product.

    Parameters
    ----------
    x : array (N, C, H, W)
    FH, FW : int
        Height and width of a window.

    Returns
    -------
    columns : array (N, C·FH·FW, OH·OW)
        Column i · OW + j of a sample holds window (i, j), channel by channel, row by row.

    References
    ----------
    Chellapilla, Puri and Simard (2006), High performance convolutional neural networks for
    document processing.
    """
    N, C, H, W = x.shape
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    # Instead of windows as small as the filter, take views nearly as large as the image: view
    # [n, c, i, j] is what pixel (i, j) of the window sees on its way. One copy, in long runs.
    span = (stride * (OH - 1) + 1, stride * (OW - 1) + 1)
    slide = array_module(x).lib.stride_tricks.sliding_window_view
    views = slide(pad(x, padding), span, axis=(2, 3))[:, :, :FH, :FW, ::stride, ::stride]
    return views.reshape(N, C * FH * FW, OH * OW)


def shifted_views(x: Array, FH: int, FW: int, stride: int, OH: int, OW: int) -> Iterator[Array]:
    """Yield, for each pixel of a window, row by row, where it lies in all windows.

    Parameters
    ----------
    x : array (N, C, H, W)
        Images, padded already. What is written into a view is written into x.

    Yields
    ------
    view : array (N, C, OH, OW)
        Element [n, c, i, j] of the view for pixel (k, m) of the window is
        x[n, c, i · stride + k, j · stride + m]. No two elements of a view are the same pixel, so
        a view can be added to in one go; a pixel that windows share is in several views.
    """
    for k in range(FH):
        rows = slice(k, k + stride * (OH - 1) + 1, stride)
        for m in range(FW):
            yield x[:, :, rows, m : m + stride * (OW - 1) + 1 : stride]


def col2im_naive(
    columns: Array, x_shape: tuple[int, ...], FH: int, FW: int, stride: int = 1, padding: int = 0
) -> Array:
    """Return the sum of the columns at their places, one window at a time; see ``col2im``."""
    N, C, H, W = x_shape
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    frame = (N, C, H + 2 * padding, W + 2 * padding)
    padded = array_module(columns).zeros(frame, columns.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = columns[:, :, i * OW + j].reshape(N, C, FH, FW)
            padded[:, :, top : top + FH, left : left + FW] += window
    return padded[:, :, padding : padding + H, padding : padding + W]


def col2im(
    columns: Array, x_shape: tuple[int, ...], FH: int, FW: int, stride: int = 1, padding: int = 0
) -> Array:
    """Add the columns up where they came from: the transpose of ``im2col``, not its inverse.

    Where windows overlap, a pixel gets the sum of its copies; what lies in the padding is lost.

    Parameters
    ----------
    columns : array (N, C·FH·FW, OH·OW)
        As ``im2col`` returns them.
    x_shape : tuple of int
        (N, C, H, W) of the images.

    Returns
    -------
    x : array (N, C, H, W)
    """
    N, C, H, W = x_shape
    OH = output_size(H, FH, stride, padding)
    OW = output_size(W, FW, stride, padding)
    frame = (N, C, H + 2 * padding, W + 2 * padding)
    padded = array_module(columns).zeros(frame, columns.dtype)
    copies = columns.reshape(N, C, FH * FW, OH, OW)
    for k, view in enumerate(shifted_views(padded, FH, FW, stride, OH, OW)):
        view += copies[:, :, k]
    return padded[:, :, padding : padding + H, padding : padding + W]


class Conv2D:
    """y[n, f] = Σ_c x[n, c] ⋆ W[f, c] + b[f], computed as W · im2col(x).

    Parameters
    ----------
    W : array (FN, C, FH, FW)
        Filters; ``params["W"]`` is this very array.
    b : array (FN,), optional
        Biases, likewise ``params["b"]``; without it the layer has none.
    stride, padding : int
        Step of the window, and zeros added on each side.
    needs_input_gradient : bool
        False in a network's first layer, whose input is not trained: ``backward`` then returns
        None, which saves more than half of its time.

    Raises
    ------
    ValueError
        If W has not four axes, b not FN elements, or stride or padding is too small.
    """

    def __init__(
        self,
        W: Array,
        b: Array | None = None,
        stride: int = 1,
        padding: int = 0,
        needs_input_gradient: bool = True,
    ) -> None:
        if W.ndim != 4 or (b is not None and b.shape != W.shape[:1]):
            biases = "" if b is None else f" and b {b.shape}"
            raise ValueError(f"W must be (FN, C, FH, FW) and b (FN,), but W is {W.shape}{biases}")
        check_window(min(W.shape[2:]), stride, padding)
        self.params: dict[str, Array] = {"W": W} if b is None else {"W": W, "b": b}
        self.grads: dict[str, Array] = {}
        self.stride, self.padding = stride, padding
        self.needs_input_gradient = needs_input_gradient

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return (FN, OH, OW) for one image (C, H, W); ValueError if it does not fit."""
        FN, C, FH, FW = self.params["W"].shape
        if len(shape) != 3 or shape[0] != C:
            raise ValueError(f"x must be (N, {C}, H, W), but a sample is {shape}")
        OH = output_size(shape[1], FH, self.stride, self.padding)
        return FN, OH, output_size(shape[2], FW, self.stride, self.padding)

    def forward(self, x: Array) -> Array:
        """Return y (N, FN, OH, OW) for x (N, C, H, W)."""
        FN, OH, OW = self.output_shape(x.shape[1:])
        W = self.params["W"]
        self._x_shape = x.shape
        self._columns = im2col(x, W.shape[2], W.shape[3], self.stride, self.padding)
        y = W.reshape(FN, -1) @ self._columns
        if "b" in self.params:
            y += self.params["b"][:, None]
        return y.reshape(len(x), FN, OH, OW)

    def backward(self, dout: Array) -> Array:
        """Store the gradients "W" and "b"; return that of x, or None if it is not needed."""
        W = self.params["W"]
        FH, FW = W.shape[2:]
        N, FN, OH, OW = dout.shape
        dout = dout.reshape(N, FN, OH * OW)
        # columns · doutᵀ, not dout · columnsᵀ: BLAS is faster with the long side first.
        dW = (self._columns @ dout.transpose(0, 2, 1)).sum(axis=0)
        self.grads["W"] = dW.T.reshape(W.shape)
        if "b" in self.params:
            self.grads["b"] = dout.sum(axis=(0, 2))
        if not self.needs_input_gradient:
            return None
        dcolumns = W.reshape(FN, -1).T @ dout
        return col2im(dcolumns, self._x_shape, FH, FW, self.stride, self.padding)
