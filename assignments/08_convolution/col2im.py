"""Columns back to their places: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .columns import IMAGES, WINDOW

task = Task(
    "col2im",
    "Columns back to their places",
    points=6,
    needs=["col2im"],
    minutes=15,
    shapes="columns (N, C·FH·FW, OH·OW), x and x_shape (N, C, H, W)",
)


PLACES_IN = np.array([[0, 1, 2, 4, 5, 6], [1, 2, 3, 5, 6, 7]])
PLACES_IN = np.concatenate([PLACES_IN, PLACES_IN + 4])
"""Where the columns of an image 3 × 4 with windows 2 × 2 have their numbers from."""


def drawn(rng, places):
    """Draw columns of so many windows."""
    return rng.normal(size=(2, 18, places))


@task.check("columns of ones: each pixel gets the number of windows that lie over it")
def counts(impl, rng):
    return impl.col2im(np.ones((2, 18, 20)), IMAGES, *WINDOW)


@task.check("where windows overlap, a pixel gets the sum of its copies", weight=2)
def overlapping(impl, rng):
    return impl.col2im(drawn(rng, 20), IMAGES, *WINDOW)


@task.check("with a stride, and with pixels at the end that no window reaches")
def strides(impl, rng):
    return impl.col2im(drawn(rng, 6), IMAGES, *WINDOW, stride=2)


@task.check("windows that lie apart: pixels in none of them get 0")
def apart(impl, rng):
    return impl.col2im(rng.normal(size=(2, 6, 6)), IMAGES, 2, 1, stride=3)


@task.check("with padding: what lies outside of the image is cut off", weight=2)
def paddings(impl, rng):
    one = impl.col2im(drawn(rng, 42), IMAGES, *WINDOW, padding=1)
    two = impl.col2im(drawn(rng, 20), IMAGES, *WINDOW, stride=2, padding=2)
    return {"padding 1": one, "padding 2, stride 2": two}


@task.check("it is the adjoint: Σ im2col(x) · y = Σ x · col2im(y), for any x and y", at_most=1e-9)
def adjoint(impl, rng):
    x, y = rng.normal(size=(1, 1, 3, 4)), rng.normal(size=(1, 4, 6))
    products = x.reshape(-1)[PLACES_IN] * y[0]
    there, back = np.sum(products), np.sum(x * impl.col2im(y, x.shape, 2, 2))
    return abs(there - back) / np.sum(np.abs(products))


@task.check("float32 stays float32, and the columns are left as they were", weight=0.5)
def type_and_input(impl, rng):
    columns = keep(impl, drawn(rng, 20).astype("f4"))
    x = impl.col2im(columns, IMAGES, *WINDOW)
    return {"dtype": str(np.asarray(x).dtype), "columns": fetch(columns), "shape": np.shape(x)}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.convolution import col2im

from .column_mistakes import cut, frame_of, windows_of

OVERWRITTEN = (
    "Where windows overlap, one copy is left of several: each overwrites the one before. A pixel "
    "gets the sum of all its copies."
)


@task.misconception(OVERWRITTEN)
def overwritten(columns, x_shape, FH, FW, stride=1, padding=0):
    frame = frame_of(columns, x_shape, FH, FW, stride, padding, add=False)
    return cut(frame, x_shape, padding)


@task.misconception(OVERWRITTEN)
def overwritten_pixel_by_pixel(columns, x_shape, FH, FW, stride=1, padding=0):
    frame = frame_of(columns, x_shape, FH, FW, stride, padding, add=False, by_pixel=True)
    return cut(frame, x_shape, padding)


@task.misconception(
    "You return the mean of a pixel's copies. That would be the inverse of im2col: here the copies "
    "are added up, and not divided by how many there are."
)
def averaged(columns, x_shape, FH, FW, stride=1, padding=0):
    ones = col2im(np.ones_like(columns), x_shape, FH, FW, stride, padding)
    return col2im(columns, x_shape, FH, FW, stride, padding) / np.maximum(ones, 1)


@task.misconception(task.misconceptions[-1].hint)
def averaged_where_there_is_none(columns, x_shape, FH, FW, stride=1, padding=0):
    ones = col2im(np.ones(columns.shape), x_shape, FH, FW, stride, padding)
    with np.errstate(invalid="ignore"):
        return col2im(columns, x_shape, FH, FW, stride, padding) / ones


@task.misconception("You divide by the size of the window. The copies are added up, no more.")
def divided_by_window(columns, x_shape, FH, FW, stride=1, padding=0):
    return col2im(columns, x_shape, FH, FW, stride, padding) / (FH * FW)


@task.misconception("The padding is still there: what you return has to be (N, C, H, W).")
def padding_not_cut(columns, x_shape, FH, FW, stride=1, padding=0):
    return frame_of(columns, x_shape, FH, FW, stride, padding)


@task.misconception(
    "You cut the padding off at one side only: the image begins `padding` rows below the top, and "
    "`padding` columns to the right."
)
def cut_at_the_end(columns, x_shape, FH, FW, stride=1, padding=0):
    return cut(frame_of(columns, x_shape, FH, FW, stride, padding), x_shape, 0)


@task.misconception(
    "Without padding, what you return is empty: -0 is 0, and a slice [0:-0] holds nothing."
)
def empty_without_padding(columns, x_shape, FH, FW, stride=1, padding=0):
    frame = frame_of(columns, x_shape, FH, FW, stride, padding)
    return frame[:, :, padding:-padding, padding:-padding]


@task.misconception(
    "You cut the padding off, and with it as much of the image: the image ends at padding + H, not "
    "at H, as it begins at `padding`."
)
def cut_at_the_size(columns, x_shape, FH, FW, stride=1, padding=0):
    H, W = x_shape[2:]
    frame = frame_of(columns, x_shape, FH, FW, stride, padding)
    return frame[:, :, padding:H, padding:W]


@task.misconception(
    "There are as many windows as without padding. The padded image has more room: their number "
    "comes from H + 2 · padding and W + 2 · padding."
)
def padding_not_counted(columns, x_shape, FH, FW, stride=1, padding=0):
    OH, OW = windows_of(np.zeros(x_shape), FH, FW, stride).shape[4:]
    frame = frame_of(columns[:, :, : OH * OW], x_shape, FH, FW, stride, 0)
    more = np.pad(frame, [(0, 0), (0, 0), (0, padding), (0, padding)])
    return cut(more, x_shape, padding)


@task.misconception(
    "You read windows from the columns of others. There are OW windows in a row, so window i, j is "
    "column i · OW + j."
)
def rows_of_another_length(columns, x_shape, FH, FW, stride=1, padding=0):
    OH, OW = windows_of(np.zeros(x_shape), FH, FW, stride, padding).shape[4:]
    i, j = np.indices((OH, OW))
    return col2im(columns[:, :, (i * OH + j).ravel()], x_shape, FH, FW, stride, padding)


@task.misconception(
    "Your windows lie one pixel apart, whatever the stride: window i begins in row i · stride, and "
    "likewise with columns."
)
def stride_ignored(columns, x_shape, FH, FW, stride=1, padding=0):
    frame = frame_of(columns, x_shape, FH, FW, stride, padding, step=1)
    return cut(frame, x_shape, padding)


def add(name, hint, change):
    """Add what takes the columns for something else: ``change`` gets C, FH, FW, OH, OW."""

    def wrong(columns, x_shape, FH, FW, stride=1, padding=0):
        OH, OW = windows_of(np.zeros(x_shape), FH, FW, stride, padding).shape[4:]
        changed = change(columns, x_shape[1], FH, FW, OH, OW).reshape(columns.shape)
        return col2im(changed, x_shape, FH, FW, stride, padding)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def taken_as(shape, order):
    """Return what reads the columns in a shape, such as "CmkIJ", and brings it into "CkmIJ"."""

    def change(columns, C, FH, FW, OH, OW):
        sizes = {"C": C, "k": FH, "m": FW, "I": OH, "J": OW}
        read = columns.reshape(len(columns), *(sizes[axis] for axis in shape))
        return read.transpose(0, *(1 + shape.index(axis) for axis in order))

    return change


add(
    "channels_last",
    "You read a column as if the channels of one pixel lay together. It holds all pixels of the "
    "first channel, then those of the second.",
    taken_as("kmCIJ", "CkmIJ"),
)
add(
    "window_column_by_column",
    "You read the window column by column. A column of the matrix holds it row by row: (FH, FW).",
    taken_as("CmkIJ", "CkmIJ"),
)
add(
    "places_column_by_column",
    "You take the windows in the order of columns. Column i · OW + j is window i, j.",
    taken_as("CkmJI", "CkmIJ"),
)
add(
    "windows_first",
    "You reshape as if the places came before the window. reshape moves no axis: in the columns "
    "the window comes first, (C, FH, FW), and the places last, (OH, OW).",
    taken_as("IJCkm", "CkmIJ"),
)
add(
    "windows_flipped",
    "Your windows are flipped when they go back. Each number goes where im2col has it from.",
    lambda columns, C, FH, FW, OH, OW: columns.reshape(-1, C, FH, FW, OH, OW)[:, :, ::-1, ::-1],
)


@task.misconception(IN_FLOAT64.format(what="the images"))
def in_float64(columns, x_shape, FH, FW, stride=1, padding=0):
    return col2im(columns.astype(float), x_shape, FH, FW, stride, padding)
