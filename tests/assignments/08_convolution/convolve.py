"""Answers to convolve: right ones in other styles, and wrong ones."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.convolution import output_size


def correlate_by_four_loops(image, window, stride=1):
    FH, FW = len(window), len(window[0])
    rows = []
    for top in range(0, len(image) - FH + 1, stride):
        row = []
        for left in range(0, len(image[0]) - FW + 1, stride):
            total = 0.0
            for k in range(FH):
                for m in range(FW):
                    total = total + image[top + k, left + m] * window[k, m]
            row.append(total)
        rows.append(row)
    return np.array(rows, dtype=image.dtype)


def pad_by_numpy(x, padding, value=0.0):
    around = ((0, 0),) * (x.ndim - 2) + ((padding, padding),) * 2
    return np.pad(x, around, mode="constant", constant_values=value)


def channels_by_loop(image, kernel, stride=1):
    y = correlate_by_four_loops(image[0], kernel[0], stride)
    for c in range(1, len(image)):
        y += correlate_by_four_loops(image[c], kernel[c], stride)
    return y


def filters_by_list(image, W, b=None, stride=1):
    b = np.zeros(len(W), W.dtype) if b is None else b
    return np.array([channels_by_loop(image, W[f], stride) + b[f] for f in range(len(W))])


def batch_by_list(x, W, b=None, stride=1, padding=0):
    return np.array([filters_by_list(pad_by_numpy(image, padding), W, b, stride) for image in x])


def correlate_by_views(image, window, stride=1):
    views = sliding_window_view(image, window.shape)[::stride, ::stride]
    return np.einsum("ijkm,km->ij", views, window)


def pad_by_joining(x, padding, value=0.0):
    for axis in (-1, -2):
        shape = list(x.shape)
        shape[axis] = padding
        side = np.full(shape, value, x.dtype)
        x = np.concatenate([side, x, side], axis=axis)
    return x


def channels_by_einsum(image, kernel, stride=1):
    views = sliding_window_view(image, kernel.shape[1:], axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("cijkm,ckm->ij", views, kernel)


def filters_by_shifts(image, W, b=None, stride=1):
    """Adds up the picture, moved under each weight of the filters."""
    FN, _, FH, FW = W.shape
    OH, OW = (output_size(image.shape[k], W.shape[k + 1], stride) for k in (1, 2))
    y = np.zeros((FN, OH, OW), image.dtype)
    if b is not None:
        y += np.reshape(b, (-1, 1, 1))
    for k in range(FH):
        for m in range(FW):
            pixels = image[:, k : k + stride * OH : stride, m : m + stride * OW : stride]
            y += np.tensordot(W[:, :, k, m], pixels[:, :OH, :OW], axes=1)
    return y


def batch_at_once(x, W, b=None, stride=1, padding=0):
    views = sliding_window_view(pad_by_joining(x, padding), W.shape[2:], axis=(2, 3))
    y = np.einsum("ncijkm,fckm->nfij", views[:, :, ::stride, ::stride], W)
    if b is not None:
        y += b[None, :, None, None]
    return y


def batch_by_six_loops(x, W, b=None, stride=1, padding=0):
    N, C, H, width = x.shape
    FN, _, FH, FW = W.shape
    OH, OW = (H + 2 * padding - FH) // stride + 1, (width + 2 * padding - FW) // stride + 1
    y = np.zeros((N, FN, OH, OW), dtype=x.dtype)
    framed = np.zeros((N, C, H + 2 * padding, width + 2 * padding), dtype=x.dtype)
    framed[:, :, padding : H + padding, padding : width + padding] = x
    for n in range(N):
        for f in range(FN):
            for i in range(OH):
                for j in range(OW):
                    under = framed[n, :, i * stride : i * stride + FH, j * stride : j * stride + FW]
                    y[n, f, i, j] = np.sum(under * W[f])
                    if b is not None:
                        y[n, f, i, j] += b[f]
    return y


RIGHT = [
    {
        "correlate": correlate_by_four_loops,
        "pad": pad_by_numpy,
        "correlate_channels": channels_by_loop,
        "correlate_filters": filters_by_list,
        "convolve_naive": batch_by_list,
    },
    {
        "correlate": correlate_by_views,
        "pad": pad_by_joining,
        "correlate_channels": channels_by_einsum,
        "correlate_filters": filters_by_shifts,
        "convolve_naive": batch_at_once,
    },
    {"convolve_naive": batch_by_six_loops},
]

WINDOW = "y[i, j] = (image[i * stride :, j * stride :][:FH, :FW] * window).sum()"
PLACE = "image[i * stride :, j * stride :]"
MIDDLE = "padded[..., padding : padding + H, padding : padding + W] = x"
CHANNELS = "return sum(correlate(*pair, stride) for pair in zip(image, kernel, strict=True))"
BIAS = "return y if b is None else y + b[:, None, None]"
ONE = "y[n] = correlate_filters(image, W, b, stride)"

SLIPS = [
    (
        WINDOW,
        WINDOW.replace("window", "window[::-1, ::-1]"),
        "flipped",
    ),
    (WINDOW, WINDOW.replace("sum", "mean"), "mean_of_the_window"),
    (WINDOW, WINDOW.replace("* window", "* 1"), "pixels_alone"),
    (PLACE, "image[i:, j:]", "stride_not_in_the_place"),
    (PLACE, "image[i:, j * stride :]", "stride_not_down"),
    (PLACE, "image[i * stride :, j:]", "stride_not_to_the_right"),
    (MIDDLE, "padded[..., :H, :W] = x", "in_the_corner"),
    (MIDDLE, "pass", "emptied"),
    (CHANNELS, "return correlate(image[0], kernel[0], stride)", "first_channel_only.channels"),
    (
        CHANNELS,
        "return sum(correlate(*pair) for pair in zip(image, kernel, strict=True))",
        "stride_ignored.channels",
    ),
    (
        CHANNELS,
        "return np.array([correlate(*pair, stride) for pair in zip(image, kernel, strict=True)])",
        "channels_kept",
    ),
    (
        CHANNELS,
        "for pair in zip(image, kernel, strict=True):\n"
        "        y = correlate(*pair, stride)\n"
        "    return y",
        "last_channel_only.channels",
    ),
    (CHANNELS, CHANNELS.replace("sum", "np.sum").replace("(correlate", "([correlate").replace("True))", "True)])"), "places_added_up"),
    (BIAS, "return y", "bias_forgotten.filters"),
    (BIAS, BIAS.replace("[:, None, None]", ""), "bias_along_the_row_0"),
    (BIAS, f"y = {BIAS.removeprefix('return ')}\n    return y.sum(axis=0)", "filters_added_up"),
    ("y = array_module(image).zeros((OH, OW), image.dtype)",
     "y = array_module(image).zeros((OH, OW), int)", "whole_numbers"),
    ("y = array_module(x).zeros((len(x), FN, OH, OW), padded.dtype)",
     "y = array_module(x).zeros((len(x), FN, OH, OW))", "in_float64"),
    (BIAS, "return y if b is None else y + b[0]", "first_bias_for_all.filters"),
    (BIAS, "return y if b is None else y + len(image) * b[:, None, None]",
     "bias_for_each_channel.filters"),
    (ONE, "y[n] = correlate_filters(padded[0], W, b, stride)", "first_image_everywhere.batch"),
    (ONE, "y[:] = correlate_filters(image, W, b, stride)", "last_image_everywhere.batch"),
    (ONE, "y[n] = correlate_filters(image, W, None, stride)", "bias_forgotten.batch"),
    (ONE, "y[n] = correlate_filters(image, W[:, :, ::-1, ::-1], b, stride)", "flipped.batch"),
]  # fmt: skip

EQUIVALENT = {
    "Every element is written afterwards.": [
        "correlate: y = array_module(image).zeros((OH, OW), image.dtype) → y = array_module(image).ones((OH, OW), image.dtype)",
        "convolve_naive: y = array_module(x).zeros((len(x), FN, OH, OW), padded.dtype) → y = array_module(x).ones((len(x), FN, OH, OW), padded.dtype)",
    ],
    "An image in a frame of width 0 is the image.": [
        "pad: if padding == 0: → pass",
        "pad: if padding == 0: → if padding == -1:",
    ],
    "Only integers, which the text leaves out, have another dtype then.": [
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, x.dtype if not value == 0 else as_float(x).dtype)",
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, x.dtype)",
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, as_float(x).dtype)",
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, x.dtype if value != 0 else as_float(x).dtype)",
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, x.dtype if value == 1 else as_float(x).dtype)",
        "pad: padded = array_module(x).full(shape, value, x.dtype if value == 0 else as_float(x).dtype) → padded = array_module(x).full(shape, value, x.dtype if value == -1 else as_float(x).dtype)",
    ],
    "Both have as many channels.": [
        "correlate_channels: return sum((correlate(*pair, stride) for pair in zip(image, kernel, strict=True))) → return sum((correlate(*pair, stride) for pair in zip(image, kernel)))",
        "correlate_channels: return sum((correlate(*pair, stride) for pair in zip(image, kernel, strict=True))) → return sum((correlate(*pair, stride) for pair in zip(image, kernel, strict=False)))",
    ],
}

NAMES = {
    "as_many_to_the_right_as_down": [
        "correlate: OH, OW = (output_size(image.shape[axis], window.shape[axis], stride) for axis in (0, 1)) → OH, OW = (output_size(image.shape[axis], window.shape[axis], stride) for axis in (0, 0))"
    ],
    "not_padded": [
        "pad: if padding == 0: → if not padding == 0:",
        "pad: if padding == 0: → if padding != 0:",
    ],
    "bias_forgotten.filters": [
        "correlate_filters: return y if b is None else y + b[:, None, None] → return y if not b is None else y + b[:, None, None]",
        "correlate_filters: return y if b is None else y + b[:, None, None] → return y",
        "correlate_filters: return y if b is None else y + b[:, None, None] → return y if b is None else y",
    ],
    "bias_subtracted.filters": [
        "correlate_filters: return y if b is None else y + b[:, None, None] → return y if b is None else y - b[:, None, None]"
    ],
    "emptied": ["pad: padded[..., padding:padding + H, padding:padding + W] = x → pass"],
    "mean_of_the_window": [
        "correlate: y[i, j] = (image[i * stride:, j * stride:][:FH, :FW] * window).sum() → y[i, j] = (image[i * stride:, j * stride:][:FH, :FW] * window).mean()"
    ],
    "pixels_alone": [
        "correlate: y[i, j] = (image[i * stride:, j * stride:][:FH, :FW] * window).sum() → y[i, j] = image[i * stride:, j * stride:][:FH, :FW].sum()"
    ],
    "stride_not_down": [
        "correlate: y[i, j] = (image[i * stride:, j * stride:][:FH, :FW] * window).sum() → y[i, j] = (image[i:, j * stride:][:FH, :FW] * window).sum()"
    ],
    "stride_not_to_the_right": [
        "correlate: y[i, j] = (image[i * stride:, j * stride:][:FH, :FW] * window).sum() → y[i, j] = (image[i * stride:, j:][:FH, :FW] * window).sum()"
    ],
}
