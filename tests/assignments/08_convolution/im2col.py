"""Answers to im2col: right ones in other styles, and wrong ones."""

import numpy as np


def sizes(x, FH, FW, stride, padding):
    H, W = x.shape[2] + 2 * padding, x.shape[3] + 2 * padding
    return (H - FH) // stride + 1, (W - FW) // stride + 1


def padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def by_windows(x, FH, FW, stride=1, padding=0):
    OH, OW = sizes(x, FH, FW, stride, padding)
    images = padded(x, padding)
    columns = []
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            window = images[:, :, top : top + FH, left : left + FW]
            columns.append(window.reshape(len(x), -1))
    return np.stack(columns, axis=2)


def by_views(x, FH, FW, stride=1, padding=0):
    windows = np.lib.stride_tricks.sliding_window_view(padded(x, padding), (FH, FW), (2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 1, 4, 5, 2, 3)
    N, C, FH, FW, OH, OW = windows.shape
    return windows.reshape(N, C * FH * FW, OH * OW)


def by_indices(x, FH, FW, stride=1, padding=0):
    OH, OW = sizes(x, FH, FW, stride, padding)
    c, k, m = np.indices((x.shape[1], FH, FW)).reshape(3, -1, 1)
    i, j = stride * np.indices((OH, OW)).reshape(2, 1, -1)
    return padded(x, padding)[:, c, k + i, m + j]


def by_pixels(x, FH, FW, stride=1, padding=0):
    OH, OW = sizes(x, FH, FW, stride, padding)
    images = padded(x, padding)
    columns = np.zeros((len(x), x.shape[1], FH, FW, OH, OW), dtype=x.dtype)
    for k in range(FH):
        for m in range(FW):
            rows, places = k + stride * np.arange(OH), m + stride * np.arange(OW)
            columns[:, :, k, m] = images[:, :, rows][:, :, :, places]
    return columns.reshape(len(x), -1, OH * OW)


RIGHT = [
    {"im2col": by_windows},
    {"im2col": by_views},
    {"im2col": by_indices},
    {"im2col": by_pixels},
]

SIZES = (
    "OH = output_size(x.shape[2], FH, stride, padding)\n"
    "    OW = output_size(x.shape[3], FW, stride, padding)"
)
COPY = "[x[:, :, k::stride, m::stride][:, :, :OH, :OW] for k, m"
STACKED = "np.stack(pixels, axis=2).reshape(len(x), x.shape[1] * FH * FW, OH * OW)"

SLIPS = [
    (COPY, COPY.replace("k::stride, m::stride", "k:, m:"), "stride_in_the_count_only"),
    (SIZES, SIZES.replace(", padding)", ")"), "padding_not_counted"),
    (STACKED, STACKED.replace("axis=2", "axis=1"), "channels_last"),
    (STACKED, f"{STACKED}.swapaxes(1, 2)", "windows_are_rows"),
    (STACKED, f"{STACKED}.astype(float)", "in_float64"),
    (STACKED, "np.stack(pixels, axis=2)", "five_axes_remain"),
    (STACKED, f"{STACKED}.transpose(2, 0, 1)", "list_in_front"),
    (STACKED, f"{STACKED}.swapaxes(0, 1)", "list_turned_over"),
    (STACKED, f"{STACKED}.transpose(2, 0, 1).reshape({STACKED}.shape)", "list_reshaped"),
    (
        STACKED,
        f"{STACKED}.swapaxes(1, 2).reshape(-1, x.shape[1] * FH * FW).astype(float)",
        "samples_below_each_other_in_float64",
    ),
    (
        "for k, m in np.ndindex(FH, FW)]",
        "for m, k in np.ndindex(FW, FH)]",
        "window_column_by_column",
    ),
]

RETURNED = f"im2col: return {STACKED} → return "

NAMES = {
    "five_axes_remain": [f"{RETURNED}np.stack(pixels, axis=2)"],
    "channels_last": [f"{RETURNED}{STACKED.replace('axis=2', 'axis=1')}"],
}
