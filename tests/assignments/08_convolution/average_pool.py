"""Answers to average_pool: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.convolution import AveragePooling, col2im, convolve_naive, im2col


class AveragePoolingByWindows:
    """Loops over the windows."""

    def __init__(self, size, stride=None, padding=0):
        self.params, self.grads = {}, {}
        self.size, self.stride, self.padding = size, stride or size, padding

    def windows(self, padded):
        F, S = self.size, self.stride
        for i, top in enumerate(range(0, padded.shape[2] - F + 1, S)):
            for j, left in enumerate(range(0, padded.shape[3] - F + 1, S)):
                yield i, j, padded[:, :, top : top + F, left : left + F]

    def forward(self, x):
        p = self.padding
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        self.padded_shape = padded.shape
        OH, OW = ((side - self.size) // self.stride + 1 for side in padded.shape[2:])
        y = np.zeros((*x.shape[:2], OH, OW), dtype=x.dtype)
        for i, j, window in self.windows(padded):
            y[:, :, i, j] = window.mean(axis=(2, 3))
        return y

    def backward(self, dout):
        frame, p = np.zeros(self.padded_shape, dtype=dout.dtype), self.padding
        for i, j, window in self.windows(frame):
            window += dout[:, :, i, j, None, None] / (self.size * self.size)
        H, W = frame.shape[2:]
        return frame[:, :, p : H - p, p : W - p]


class AveragePoolingAsConvolution(AveragePooling):
    """A convolution of each channel by itself, with a filter of equal weights."""

    def forward(self, x):
        N, C, H, W = self.shape = x.shape
        F = self.size
        W_equal = np.full((1, 1, F, F), 1 / F**2, dtype=x.dtype)
        alone = x.reshape(N * C, 1, H, W)
        y = convolve_naive(alone, W_equal, None, self.stride, self.padding)
        return y.reshape(N, C, *y.shape[2:]).astype(x.dtype)

    def backward(self, dout):
        N, C, H, W = self.shape
        F = self.size
        columns = np.ones((1, F * F, 1), dout.dtype) * (dout / F**2).reshape(N * C, 1, -1)
        dx = col2im(columns, (N * C, 1, H, W), F, F, self.stride, self.padding)
        return dx.reshape(N, C, H, W)


class AveragePoolingBySums(AveragePooling):
    """Sums first, and einsum; the share is written into the columns by an empty array."""

    def forward(self, x):
        self.shape, how = x.shape, (self.size, self.size, self.stride, self.padding)
        columns = im2col(x, *how).reshape(*x.shape[:2], self.size**2, -1)
        y = np.einsum("ncfp->ncp", columns) / columns.shape[2]
        return y.reshape(len(x), *self.output_shape(x.shape[1:]))

    def backward(self, dout):
        N, C, OH, OW = dout.shape
        columns = np.empty((N, C, self.size**2, OH * OW), dout.dtype)
        columns[:] = dout.reshape(N, C, 1, -1) / self.size**2
        columns = columns.reshape(N, -1, OH * OW)
        return col2im(columns, self.shape, self.size, self.size, self.stride, self.padding)


RIGHT = [
    {"AveragePooling": AveragePoolingByWindows},
    {"AveragePooling": AveragePoolingAsConvolution},
    {"AveragePooling": AveragePoolingBySums},
]

SHORTCUTS = [{"AveragePooling": measured(AveragePooling)}]

MEAN = "return columns.reshape(len(x), C, self.size**2, OH, OW).mean(axis=2)"
SHARES = "np.repeat(dout / self.size**2, self.size**2, axis=1)"

SLIPS = [
    (MEAN, MEAN.replace("mean", "sum"), "not_divided.y"),
    (MEAN, MEAN.replace("mean", "max"), "max_for_mean"),
    (
        MEAN,
        MEAN.replace("C, self.size**2", "self.size**2, C").replace("axis=2", "axis=1"),
        "channels_last.y",
    ),
    (SHARES, "np.repeat(dout, self.size**2, axis=1)", "not_divided.x"),
    (SHARES, SHARES.replace("dout / self.size**2", "dout / self.stride**2"), "divided_by_stride.x"),
    (SHARES, SHARES.replace("dout / self.size**2", "dout / self.size"), "divided_by_size.x"),
    (SHARES, SHARES.replace(", axis=1", ""), "repeated_without_an_axis"),
    (SHARES, "np.tile(dout / self.size**2, (1, self.size**2, 1, 1))", "channels_last.x"),
]

RESHAPED = "AveragePooling.backward: dcolumns = dcolumns.reshape(N, C * self.size ** 2, OH * OW) → "

EQUIVALENT = {
    "The reference's col2im splits the axes of the columns itself.": [
        f"{RESHAPED}pass",
        f"{RESHAPED}dcolumns = dcolumns",
    ]
}

MEANS = "AveragePooling.forward: return columns.reshape(len(x), C, self.size ** 2, OH, OW).mean(axis=2) → "
REPEATED = (
    "AveragePooling.backward: dcolumns = np.repeat(dout / self.size ** 2, self.size ** 2, axis=1) → "
    "dcolumns = np.repeat("
)

NAMES = {
    "not_divided.y": [
        f"{MEANS}return columns.reshape(len(x), C, self.size ** 2, OH, OW).sum(axis=2)"
    ],
    "not_divided.x": [f"{REPEATED}dout, self.size ** 2, axis=1)"],
    "divided_by_size.x": [
        f"{REPEATED}dout / self.size, self.size ** 2, axis=1)",
        f"{REPEATED}dout / self.size ** 1, self.size ** 2, axis=1)",
    ],
    "repeated_without_an_axis": [f"{REPEATED}dout / self.size ** 2, self.size ** 2)"],
    "channels_last.x": [f"{REPEATED}dout / self.size ** 2, self.size ** 2, axis=0)"],
}
