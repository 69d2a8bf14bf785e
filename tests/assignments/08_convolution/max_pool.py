"""Answers to max_pool: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.convolution import MaxPooling, pad


class MaxPoolingByLoops:
    """Looks at one window after the other; remembers where each winner lies."""

    def __init__(self, size, stride=None, padding=0):
        self.params, self.grads = {}, {}
        self.size, self.stride, self.padding = size, stride or size, padding

    def forward(self, x):
        N, C, H, W = self.shape = x.shape
        p, F, S = self.padding, self.size, self.stride
        OH, OW = (H + 2 * p - F) // S + 1, (W + 2 * p - F) // S + 1
        y, self.places = np.empty((N, C, OH, OW), dtype=x.dtype), {}
        for n, c, i, j in np.ndindex(N, C, OH, OW):
            best = None
            for row in range(max(0, i * S - p), min(H, i * S - p + F)):
                for column in range(max(0, j * S - p), min(W, j * S - p + F)):
                    if best is None or x[n, c, row, column] > x[n, c, best[0], best[1]]:
                        best = row, column
            y[n, c, i, j] = x[n, c, best[0], best[1]]
            self.places[n, c, i, j] = best
        return y

    def backward(self, dout):
        dx = np.zeros(self.shape, dtype=dout.dtype)
        for (n, c, i, j), (row, column) in self.places.items():
            dx[n, c, row, column] += dout[n, c, i, j]
        return dx


class MaxPoolingByViews:
    """Goes through the pixels of a window; a later one has to be larger to win."""

    def __init__(self, size, stride=None, padding=0):
        self.size, self.stride, self.padding = size, stride or size, padding

    def views(self, padded):
        F, S = self.size, self.stride
        OH, OW = ((side - F) // S + 1 for side in padded.shape[2:])
        for k, m in np.ndindex(F, F):
            yield padded[:, :, k : k + S * OH : S, m : m + S * OW : S][:, :, :OH, :OW]

    def forward(self, x):
        padded = pad(x, self.padding, np.finfo(x.dtype).min)
        self.padded_shape = padded.shape
        first, *others = self.views(padded)
        y, self.winner = first.copy(), np.zeros(first.shape, int)
        for place, view in enumerate(others, start=1):
            is_larger = view > y
            self.winner[is_larger] = place
            y[is_larger] = view[is_larger]
        return y

    def backward(self, dout):
        frame, p = np.zeros(self.padded_shape, dout.dtype), self.padding
        for place, view in enumerate(self.views(frame)):
            view += np.where(self.winner == place, dout, 0)
        return frame[:, :, p : frame.shape[2] - p, p : frame.shape[3] - p]


class MaxPoolingAddAt(MaxPooling):
    """Adds at the indices of the winners, in one call; nothing is written as columns."""

    def forward(self, x):
        self.shape, p = x.shape, self.padding
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=-np.inf)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (self.size, self.size), (2, 3))
        windows = windows[:, :, :: self.stride, :: self.stride]
        windows = windows.reshape(*windows.shape[:4], -1)
        self.winner = np.argmax(windows, axis=-1)
        return np.take_along_axis(windows, self.winner[..., None], axis=-1)[..., 0]

    def backward(self, dout):
        (N, C, H, W), p = self.shape, self.padding
        n, c, i, j = np.indices(dout.shape)
        k, m = np.divmod(self.winner, self.size)
        frame = np.zeros((N, C, H + 2 * p, W + 2 * p), dtype=dout.dtype)
        np.add.at(frame, (n, c, i * self.stride + k, j * self.stride + m), dout)
        return frame[:, :, p : p + H, p : p + W]


RIGHT = [
    {"MaxPooling": MaxPoolingByLoops},
    {"MaxPooling": MaxPoolingByViews},
    {"MaxPooling": MaxPoolingAddAt},
]

SHORTCUTS = [{"MaxPooling": measured(MaxPooling)}]

PADDED = "im2col(pad(x, self.padding, -np.inf), self.size"
WON = "won = np.stack([self._winners == k for k in range(self.size**2)], axis=2)"
SHARES = "(dout[:, :, None] * won)"
WINNERS = "self._x_shape, self._winners = x.shape, columns.argmax(axis=2)\n"
SPLIT = "columns = columns.reshape(len(x), C, self.size**2, OH, OW)\n"

SLIPS = [
    (PADDED, PADDED.replace(", -np.inf", ""), "zeros_win"),
    (PADDED, PADDED.replace("-np.inf", "0.0"), "zeros_win"),
    (PADDED, PADDED.replace("-np.inf", "-1000"), "minus_1000_wins"),
    (PADDED, PADDED.replace("-np.inf", "x.min()"), "padding_ties"),
    ("return columns.max(axis=2)", "return columns.mean(axis=2)", "mean_for_max.of_padding"),
    ("return columns.max(axis=2)", "return columns.min(axis=2)", "least_for_largest.of_padding"),
    ("return columns.max(axis=2)", "return columns.argmax(axis=2)", "place_for_value"),
    (SHARES, "(dout[:, :, None] * np.ones_like(won))", "every_pixel"),
    (SHARES, "(0 * dout[:, :, None] + won)", "ones_for_gradient"),
    (
        WINNERS,
        "self._x_shape, self._winners = x.shape, columns.argmax(axis=2)\n"
        "        self._winners = columns.shape[2] - 1 - columns[:, :, ::-1].argmax(axis=2)\n",
        "last_winner",
    ),
    (
        SPLIT,
        "columns = columns.reshape(len(x), self.size**2, C, OH, OW).swapaxes(1, 2)\n",
        "channels_last_on_the_way_there",
    ),
]

SPLITS = "The reference's col2im splits the axes of the columns itself."

EQUIVALENT = {
    SPLITS: [
        "MaxPooling.backward: dcolumns = (dout[:, :, None] * won).reshape(N, C * self.size ** 2, "
        "OH * OW) → dcolumns = dout[:, :, None] * won"
    ]
}

HOW = "self.size, self.size, self.stride)"
COLUMNS = f"MaxPooling.forward: columns = im2col(pad(x, self.padding, -np.inf), {HOW} → columns = "

NAMES = {
    "least_for_largest.of_padding": [
        "MaxPooling.forward: return columns.max(axis=2) → return columns.min(axis=2)"
    ],
    "ones_for_gradient": [
        "MaxPooling.backward: dcolumns = (dout[:, :, None] * won).reshape(N, C * self.size ** 2, "
        "OH * OW) → dcolumns = won.reshape(N, C * self.size ** 2, OH * OW)"
    ],
}
