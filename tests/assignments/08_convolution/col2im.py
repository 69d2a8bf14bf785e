"""Answers to col2im: right ones in other styles, and wrong ones."""

import numpy as np


def sizes(x_shape, FH, FW, stride, padding):
    H, W = x_shape[2] + 2 * padding, x_shape[3] + 2 * padding
    return H, W, (H - FH) // stride + 1, (W - FW) // stride + 1


def within(images, padding):
    H, W = images.shape[2:]
    return images[:, :, padding : H - padding, padding : W - padding]


def by_windows(columns, x_shape, FH, FW, stride=1, padding=0):
    N, C = x_shape[:2]
    H, W, OH, OW = sizes(x_shape, FH, FW, stride, padding)
    images = np.zeros((N, C, H, W), dtype=columns.dtype)
    for i in range(OH):
        for j in range(OW):
            window = columns[:, :, i * OW + j].reshape(N, C, FH, FW)
            top, left = i * stride, j * stride
            images[:, :, top : top + FH, left : left + FW] += window
    return within(images, padding)


def by_indices(columns, x_shape, FH, FW, stride=1, padding=0):
    N, C = x_shape[:2]
    H, W, OH, OW = sizes(x_shape, FH, FW, stride, padding)
    c, k, m = np.indices((C, FH, FW)).reshape(3, -1, 1)
    i, j = stride * np.indices((OH, OW)).reshape(2, 1, -1)
    images = np.zeros((N, C, H, W), dtype=columns.dtype)
    np.add.at(images, (slice(None), c, k + i, m + j), columns)
    return within(images, padding)


def by_matrix(columns, x_shape, FH, FW, stride=1, padding=0):
    """Write im2col of one channel as a matrix, and transpose it."""
    N, C = x_shape[:2]
    H, W, OH, OW = sizes(x_shape, FH, FW, stride, padding)
    A = np.zeros((FH * FW * OH * OW, H * W), columns.dtype)
    for row, (k, m, i, j) in enumerate(np.ndindex(FH, FW, OH, OW)):
        A[row, (i * stride + k) * W + j * stride + m] = 1
    return within((columns.reshape(N, C, -1) @ A).reshape(N, C, H, W), padding)


RIGHT = [{"col2im": by_windows}, {"col2im": by_indices}, {"col2im": by_matrix}]

ADDED = "x[:, :, k::stride, m::stride][:, :, :OH, :OW] += columns[:, :, k, m]"
CUT = "return x[:, :, padding : padding + H, padding : padding + W]\n\n\ndef col2im_fast"

SLIPS = [
    (ADDED, ADDED.replace("+=", "="), "overwritten_pixel_by_pixel"),
    (ADDED, ADDED.replace("k::stride, m::stride", "k:, m:"), "stride_ignored"),
    (
        CUT,
        CUT.replace(
            "padding : padding + H, padding : padding + W", "padding:-padding, padding:-padding"
        ),
        "empty_without_padding",
    ),
    (CUT, CUT.replace("padding : padding + H, padding : padding + W", ":H, :W"), "cut_at_the_end"),
    (
        CUT,
        CUT.replace("padding : padding + H, padding : padding + W", "padding:H, padding:W"),
        "cut_at_the_size",
    ),
    (
        CUT,
        CUT.replace("return x[:, :, padding : padding + H, padding : padding + W]", "return x"),
        "padding_not_cut",
    ),
    (
        "as_float(columns).reshape(N, C, FH, FW, OH, OW)\n    x = np.zeros_like",
        "as_float(columns).reshape(N, C, FW, FH, OH, OW).swapaxes(2, 3)\n    x = np.zeros_like",
        "window_column_by_column",
    ),
    (
        "np.zeros_like(columns, shape=(N, C, H + 2 * padding, W + 2 * padding))",
        "np.zeros((N, C, H + 2 * padding, W + 2 * padding))",
        "in_float64",
    ),
]

FRAME = "col2im: x = np.zeros_like(columns, shape=(N, C, H + 2 * padding, W + 2 * padding)) → x = "

EQUIVALENT = {
    "What a frame has too much below and to the right is cut off with the padding.": [
        FRAME + "np.zeros_like(columns, shape=(N, C, H + 3 * padding, W + 2 * padding))",
        FRAME + "np.zeros_like(columns, shape=(N, C, H + 2 * padding, W + 3 * padding))",
    ]
}

NAMES = {
    "overwritten_pixel_by_pixel": [
        "col2im: x[:, :, k::stride, m::stride][:, :, :OH, :OW] += columns[:, :, k, m] → "
        "x[:, :, k::stride, m::stride][:, :, :OH, :OW] = columns[:, :, k, m]"
    ]
}
