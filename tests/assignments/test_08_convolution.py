"""The assignment on convolutional networks is fair, strict, and says what it means."""

import pytest
from gate import Gate, load, names_in, same_hint, verdict_on
from mutants import names_of

from autograder.building.chapters import reference_source


class TestConvolution(Gate):
    assignment = "08_convolution"
    minutes = 230


LISTS = """
def correlate(image, window, stride=1):
    (H, W), (FH, FW) = image.shape, window.shape
    OH, OW = output_size(H, FH, stride), output_size(W, FW, stride)
    y = np.zeros((OH, OW), image.dtype)
    for i in range(OH):
        for j in range(OW):
            top, left = i * stride, j * stride
            y[i, j] = np.sum(image[top : top + FH, left : left + FW] * window)
    return y


def pad(x, padding, value=0.0):
    H, W = x.shape[-2:]
    padded = np.full(x.shape[:-2] + (H + 2 * padding, W + 2 * padding), value, x.dtype)
    padded[..., padding : padding + H, padding : padding + W] = x
    return padded


def correlate_channels(image, kernel, stride=1):
    total = 0
    for c in range(len(image)):
        total = total + correlate(image[c], kernel[c], stride)
    return total


def correlate_filters(image, W, b=None, stride=1):
    pictures = []
    for f in range(len(W)):
        y = correlate_channels(image, W[f], stride)
        pictures.append(y if b is None else y + b[f])
    return np.stack(pictures)


def convolve_naive(x, W, b=None, stride=1, padding=0):
    return np.stack([correlate_filters(image, W, b, stride) for image in pad(x, padding)])
"""
"""A right answer of a student who makes no array beforehand: a wrong shape raises nowhere."""

PLACES = "OH, OW = output_size(H, FH, stride), output_size(W, FW, stride)"
MIDDLE = "padding : padding + H, padding : padding + W"
FRAME = "(H + 2 * padding, W + 2 * padding)"


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("kernel[c], stride)", "kernel[c])", "stride_ignored.channels"),
        ("W[f], stride)", "W[f])", "stride_ignored.filters"),
        ("W, b, stride) for", "W, b) for", "stride_ignored.batch"),
        ("    return y\n\n\ndef pad", "    return y.T\n\n\ndef pad", "turned_over"),
        (PLACES, "OH, OW = (H - FH) // stride, (W - FW) // stride", "steps_for_places"),
        (PLACES, "OH = OW = output_size(H, FH, stride)", "as_many_to_the_right_as_down"),
        ("(OH, OW), image.dtype", "(OH, OW), int", "whole_numbers"),
        ("(OH, OW), image.dtype", "(OH, OW)", "in_float64"),
        (FRAME, "(H + padding, W + padding)", "top_and_left_only"),
        (MIDDLE, "padding:-padding, padding:-padding", "no_middle_without_padding"),
        ("    return total", "        return total", "first_channel_only.channels"),
        ("y + b[f]", "y + b", "bias_along_the_row_1"),
        ("np.stack(pictures)", "sum(pictures)", "filters_added_up"),
        (
            "    return total",
            "    return np.sum([correlate(*pair, stride) for pair in zip(image, kernel)])",
            "places_added_up",
        ),
        (
            "    return total",
            "    return np.stack([correlate(*pair, stride) for pair in zip(image, kernel)])",
            "channels_kept",
        ),
    ],
)
def test_a_wrong_shape_that_raises_nowhere_is_named(old, new, name):
    task = load("08_convolution").task("convolve")
    assert LISTS.count(old) == 1
    code = [reference_source("08_convolution"), "import numpy as np\n" + LISTS.replace(old, new)]
    names = names_of(*(compile(one, "answer", "exec", dont_inherit=True) for one in code))
    for seed in (1, 2):
        report = verdict_on("08_convolution", task, names, seed)
        named = names_in(report)
        assert named, [check.message for check in report.checks if not check.passed]
        assert named <= same_hint(task, name)


MAP = """
def covered_images(x, size, grey=0.0):
    C, H, W = x.shape
    images = []
    for i in range(H - size + 1):
        for j in range(W - size + 1):
            image = x.copy()
            image[:, i : i + size, j : j + size] = grey
            images.append(image)
    return np.stack(images)


def occlusion_map(network, x, label, size, grey=0.0):
    H = x.shape[1]
    p = softmax(network.predict(covered_images(x, size, grey)))[:, label]
    return p.reshape(ROWS, -1)
"""
ROW, COLUMN = "range(H - size + 1)", "range(W - size + 1)"


@pytest.mark.parametrize(
    ("row", "column", "rows", "name"),
    [
        ("range(H - size)", "range(W - size)", "H - size", "last_places_left_out"),
        ("range(H)", "range(W)", "H", "at_every_pixel"),
        (ROW, ROW, "H - size + 1", "as_many_in_a_row_as_in_a_column"),
        (
            "range(0, H - size + 1, size)",
            "range(0, W - size + 1, size)",
            "len(range(0, H - size + 1, size))",
            "side_by_side",
        ),
    ],
)
def test_other_places_with_a_map_of_their_own_are_named(row, column, rows, name):
    task = load("08_convolution").task("occlusion")
    source = MAP.replace(ROW, row).replace(COLUMN, column).replace("ROWS", rows)
    code = [reference_source("08_convolution"), "import numpy as np\n" + source]
    names = names_of(*(compile(one, "answer", "exec", dont_inherit=True) for one in code))
    for seed in (1, 2):
        named = names_in(verdict_on("08_convolution", task, names, seed))
        assert named
        assert named <= same_hint(task, name)
