"""Answers to shift: right ones in other styles, and wrong ones."""

import numpy as np


def shift_by_windows_of_a_frame(x, rng, most=1):
    """Lays each image into a frame of zeros, and cuts a window out."""
    _, channels, height, width = x.shape
    result = np.empty_like(x)
    for n, image in enumerate(x):
        frame = np.zeros((channels, height + 2 * most, width + 2 * most), x.dtype)
        frame[:, most : most + height, most : most + width] = image
        top, left = rng.integers(0, 2 * most, size=2, endpoint=True)
        result[n] = frame[:, top : top + height, left : left + width]
    return result


def shift_by_roll(x, rng, most=1):
    """Rolls, and clears what has come round."""
    y, (_, _, height, width) = x.copy(), x.shape
    for image in y:
        down, right = (int(rng.integers(-most, most + 1)) for _ in range(2))
        image[...] = np.roll(image, (down, right), axis=(1, 2))
        image[:, : max(down, 0)] = 0
        image[:, max(height + down, 0) :] = 0
        image[:, :, : max(right, 0)] = 0
        image[:, :, max(width + right, 0) :] = 0
    return y


def shift_pixel_by_pixel(x, rng, most=1):
    count, _, height, width = x.shape
    steps = np.arange(-most, most + 1)
    down, right = rng.choice(steps, size=count), rng.choice(steps, size=count)
    y = np.zeros_like(x)
    for n in range(count):
        for i in range(height):
            for j in range(width):
                row, column = i - down[n], j - right[n]
                if 0 <= row < height and 0 <= column < width:
                    y[n, :, i, j] = x[n, :, row, column]
    return y


def shift_by_index(x, rng, most=1):
    """Looks where each pixel comes from, without a loop."""
    n, _, height, width = x.shape
    move = np.floor(rng.random((2, n, 1)) * (2 * most + 1)).astype(int) - most
    rows, columns = np.arange(height) - move[0], np.arange(width) - move[1]
    is_row, is_column = (rows >= 0) & (rows < height), (columns >= 0) & (columns < width)
    rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
    y = x.transpose(0, 2, 3, 1)[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None]]
    inside = is_row[:, :, None] & is_column[:, None]
    return np.where(inside[:, None], y.transpose(0, 3, 1, 2), 0).astype(x.dtype)


RIGHT = [
    {"shift": shift_by_windows_of_a_frame},
    {"shift": shift_by_roll},
    {"shift": shift_pixel_by_pixel},
    {"shift": shift_by_index},
]

PAD = "padded = np.pad(x, [(0, 0), (0, 0), (most, most), (most, most)])"
DRAWN = "top, left = xp.asarray(rng.integers(places, size=(2, len(x))))"
TAKEN = "return windows[xp.arange(len(x)), :, top, left]"

SLIPS = [
    (PAD, PAD.replace(")])", ')], mode="wrap")'), "wraps_round"),
    (PAD, PAD.replace(")])", ')], mode="edge")'), "edges_repeated"),
    (PAD, PAD.replace(")])", ")], constant_values=1)"), "ones_come_in"),
    (DRAWN, "top = left = rng.integers(places, size=len(x))", "same_both_ways"),
    (DRAWN, "top, left = rng.integers(places, size=(2, 1))", "one_shift_for_all"),
    (DRAWN, "top, left = rng.integers(places, size=2)", "one_shift_for_all"),
    (
        DRAWN,
        "top, left = np.random.default_rng(0).integers(places, size=(2, len(x)))",
        "own_generator",
    ),
    (
        DRAWN,
        "top, left = rng.integers(most, places, size=(2, len(x)))",
        "other_way_only",
    ),
    (TAKEN, TAKEN + ".astype(float)", "in_float64"),
    (TAKEN, "return x", "unchanged"),
]

EQUIVALENT = {
    "What is refused is a courtesy; the text says so.": [
        "shift: check_images(x) → pass",
        "shift: check_images(x) → x",
        "shift: xp, most = (array_module(x), whole('most', most, at_least=0)) → xp, most = (array_module(x), whole('most', most, at_least=-1))",
    ],
    "One more image, of zeros, at the end: no window is taken out of it.": [
        "shift: padded = np.pad(x, [(0, 0), (0, 0), (most, most), (most, most)]) → padded = np.pad(x, [(0, 1), (0, 0), (most, most), (most, most)])",
    ],
    "For arrays of NumPy there is nothing to put onto a device.": [
        "shift: top, left = xp.asarray(rng.integers(places, size=(2, len(x)))) → top, left = rng.integers(places, size=(2, len(x)))",
    ],
}

NAMES = {
    "all_by_most": ["shift: places = 2 * most + 1 → places = 1"],
    "one_way_only": [
        "shift: places = 2 * most + 1 → places = most + 1",
        "shift: places = 2 * most + 1 → places = 1 * most + 1",
    ],
}
