"""Windows as columns: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .columns import IMAGES, WINDOW

task = Task(
    "im2col",
    "Windows as columns",
    points=6,
    needs=["im2col"],
    minutes=15,
    shapes="x (N, C, H, W), columns (N, C·FH·FW, OH·OW)",
)


@task.check("one image of one channel: column i · OW + j holds window i, j, row by row")
def one_image(impl, rng):
    return impl.im2col(rng.normal(size=(1, 1, 4, 6)), 2, 3)


@task.check("several images of several channels: channel by channel, (N, C·FH·FW, OH·OW)", weight=2)
def images(impl, rng):
    return impl.im2col(rng.normal(size=IMAGES), *WINDOW)


@task.check("the windows lie `stride` pixels apart, in both directions", weight=2)
def strides(impl, rng):
    return [impl.im2col(rng.normal(size=IMAGES), *WINDOW, stride=stride) for stride in (2, 3)]


@task.check("with padding, the windows begin outside of the image, on zeros")
def paddings(impl, rng):
    return [impl.im2col(rng.normal(size=IMAGES), *WINDOW, padding=padding) for padding in (1, 2)]


@task.check("stride and padding together")
def stride_and_padding(impl, rng):
    return impl.im2col(rng.normal(size=IMAGES), *WINDOW, stride=2, padding=1)


@task.check("float32 stays float32, and x is left as it was", weight=0.5)
def type_and_input(impl, rng):
    x = keep(impl, rng.normal(size=IMAGES).astype("f4"))
    columns = impl.im2col(x, *WINDOW, 1, 1)
    return {"dtype": str(np.asarray(columns).dtype), "x": fetch(x), "shape": np.shape(columns)}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.convolution import im2col

from .column_mistakes import columns_of, windows_of


def add(name, hint, change):
    """Add what makes something else of the windows (N, C, FH, FW, OH, OW)."""

    def wrong(x, FH, FW, stride=1, padding=0):
        return change(windows_of(x, FH, FW, stride, padding))

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def add_shape(name, hint, change):
    """Add what has another shape, also in float64: so are columns that are written into zeros."""
    add(name, hint, change)
    add(f"{name}_in_float64", hint, lambda windows: change(windows).astype(float))


def axes(*order):
    """Return what takes the windows' axes in another order, into the shape that is asked for."""

    def change(windows):
        N, C, FH, FW, OH, OW = windows.shape
        return windows.transpose(order).reshape(N, C * FH * FW, OH * OW)

    return change


add(
    "channels_last",
    "Within a column, the channels of one pixel lie together. All pixels of the first channel "
    "come first, then those of the second: W.reshape(FN, -1) has the filters in that order.",
    axes(0, 2, 3, 1, 4, 5),
)
add(
    "window_column_by_column",
    "Within a column, each window is read column by column. It is read row by row: the horizontal "
    "position changes fastest.",
    axes(0, 1, 3, 2, 4, 5),
)
add(
    "places_column_by_column",
    "The windows themselves come in the order of columns. Window i, j is to be column i · OW + j: "
    "j changes fastest.",
    axes(0, 1, 2, 3, 5, 4),
)
add(
    "reshaped_not_transposed",
    "The shape is right, but the numbers lie elsewhere: reshape moves no axis. The axes of a "
    "window have to stand before those of the places when you reshape.",
    axes(0, 4, 5, 1, 2, 3),
)
add(
    "list_reshaped",
    task.misconceptions[-1].hint,
    axes(4, 5, 0, 1, 2, 3),
)
add(
    "samples_mixed",
    "Numbers of different samples are mixed. The batch is the first axis, and has to be it when "
    "you reshape.",
    axes(1, 2, 3, 0, 4, 5),
)
add_shape(
    "windows_are_rows",
    "Each window is a row of what you return. Here it is a column: (N, C·FH·FW, OH·OW).",
    lambda windows: columns_of(windows).swapaxes(1, 2),
)
add_shape(
    "samples_below_each_other",
    "You return the windows of all samples as rows of one matrix, as some books do. Here the batch "
    "remains the first axis, and each window is a column: (N, C·FH·FW, OH·OW).",
    lambda windows: windows.transpose(0, 4, 5, 1, 2, 3).reshape(-1, np.prod(windows.shape[1:4])),
)
add_shape(
    "samples_beside_each_other",
    "You return the windows of all samples as columns of one matrix. Here the batch remains the "
    "first axis: (N, C·FH·FW, OH·OW).",
    lambda windows: np.concatenate(list(columns_of(windows)), axis=1),
)
BATCH_FIRST = (
    "The batch is not the first axis of what you return. What is made of a list has the list's "
    "axis in front, unless np.stack is told where to put it: (N, C·FH·FW, OH·OW)."
)
add_shape("list_in_front", BATCH_FIRST, lambda windows: np.moveaxis(columns_of(windows), -1, 0))
add_shape("list_turned_over", BATCH_FIRST, lambda windows: columns_of(windows).swapaxes(0, 1))
add_shape(
    "six_axes_remain",
    "What you return has an axis for everything. Three are asked for: (N, C·FH·FW, OH·OW).",
    lambda windows: windows,
)
add_shape(
    "five_axes_remain",
    "What you return has an axis too many for the channels, the window or the places. Three are "
    "asked for: (N, C·FH·FW, OH·OW).",
    lambda windows: windows.reshape(*windows.shape[:2], -1, *windows.shape[4:]),
)
add(
    "windows_flipped",
    "Your windows are flipped. Here, as everywhere in deep learning, convolution flips nothing.",
    lambda windows: columns_of(windows[:, :, ::-1, ::-1]),
)
add(
    "channels_added_up",
    "The channels of a window are added up. Each has weights of its own: all C·FH·FW numbers "
    "belong to the column.",
    lambda windows: columns_of(windows.sum(axis=1, keepdims=True)),
)
add(
    "in_float64",
    IN_FLOAT64.format(what="the columns"),
    lambda windows: columns_of(windows).astype(float),
)


@task.misconception("Height and width of the window are exchanged: it has FH rows and FW columns.")
def im2col_of_turned_window(x, FH, FW, stride=1, padding=0):
    return im2col(x, FW, FH, stride, padding)


@task.misconception("stride makes no difference to what you return.")
def stride_ignored(x, FH, FW, stride=1, padding=0):
    return im2col(x, FH, FW, 1, padding)


@task.misconception(
    "There are as many windows as there should be, but they lie one pixel apart: window i begins "
    "in row i · stride, not in row i. So do the columns."
)
def stride_in_the_count_only(x, FH, FW, stride=1, padding=0):
    OH, OW = windows_of(x, FH, FW, stride, padding).shape[4:]
    return columns_of(windows_of(x, FH, FW, 1, padding)[..., :OH, :OW])


ONE_WAY = "Your stride holds in one direction only. It holds for rows and for columns."


@task.misconception(ONE_WAY)
def stride_downwards_only(x, FH, FW, stride=1, padding=0):
    return columns_of(windows_of(x, FH, FW, 1, padding)[..., ::stride, :])


@task.misconception(ONE_WAY)
def stride_sidewards_only(x, FH, FW, stride=1, padding=0):
    return columns_of(windows_of(x, FH, FW, 1, padding)[..., ::stride])


@task.misconception("padding makes no difference to what you return.")
def padding_ignored(x, FH, FW, stride=1, padding=0):
    return im2col(x, FH, FW, stride)


@task.misconception("You always pad by one pixel. `padding` says by how many, and 0 means none.")
def padding_of_one(x, FH, FW, stride=1, padding=0):
    return im2col(x, FH, FW, stride, 1)


@task.misconception(
    "There are as many windows as without padding. The padded image has more room: their number "
    "comes from H + 2 · padding and W + 2 · padding."
)
def padding_not_counted(x, FH, FW, stride=1, padding=0):
    OH, OW = windows_of(x, FH, FW, stride).shape[4:]
    return columns_of(windows_of(x, FH, FW, stride, padding)[..., :OH, :OW])


@task.misconception(
    "Without padding nothing is left of the image. A slice [padding:-padding] is empty for 0: so "
    "is what you read, or write, with it."
)
def empty_without_padding(x, FH, FW, stride=1, padding=0):
    columns = im2col(x, FH, FW, stride, padding)
    return columns if padding else np.zeros_like(columns)


@task.misconception(
    "Your last windows are missing in each direction: one that ends exactly at the last pixel fits."
    " What `range` ends at is not in it."
)
def last_windows_missing(x, FH, FW, stride=1, padding=0):
    windows = windows_of(x, FH, FW, stride, padding)
    OH, OW = (
        -(-(side + 2 * padding - F) // stride)
        for side, F in zip(x.shape[2:], (FH, FW), strict=True)
    )
    return columns_of(windows[..., :OH, :OW])


@task.misconception(task.misconceptions[-1].hint)
def last_columns_never_written(x, FH, FW, stride=1, padding=0):
    columns = np.zeros_like(im2col(x, FH, FW, stride, padding))
    found = last_windows_missing(x, FH, FW, stride, padding)
    columns[:, :, : found.shape[2]] = found
    return columns


@task.misconception(
    "Windows overwrite each other: some columns are written twice, and others never. There are OW "
    "windows in a row, so window i, j is column i · OW + j."
)
def windows_overwritten(x, FH, FW, stride=1, padding=0):
    windows = windows_of(x, FH, FW, stride, padding)
    columns = np.zeros_like(columns_of(windows))
    OH, OW = windows.shape[4:]
    for i, j in np.ndindex(OH, OW):
        columns[:, :, (i * OH + j) % (OH * OW)] = windows[..., i, j].reshape(len(x), -1)
    return columns


@task.misconception(
    "As many windows lie side by side as below each other in your columns. Images and windows need "
    "not be squares: OH comes from H and FH, OW from W and FW."
)
def square_images_only(x, FH, FW, stride=1, padding=0):
    windows = windows_of(x, FH, FW, stride, padding)
    return columns_of(windows[..., : windows.shape[4]])
