"""Convolution by loops: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import biases, filters, images

task = Task(
    "convolve",
    "From one window to a batch",
    points=10,
    needs=["correlate", "pad", "correlate_channels", "correlate_filters", "convolve_naive"],
    minutes=30,
    shapes="image (H, W) or (C, H, W), window (FH, FW), kernel (C, FH, FW), x (N, C, H, W), "
    "W (FN, C, FH, FW), b (FN,)",
)


@task.check("correlate: a window that moves by one pixel")
def one_window(impl, rng):
    return impl.correlate(images(rng), filters(rng))


@task.check("correlate: strides of 2 and 3, also where pixels are left over")
def one_window_with_stride(impl, rng):
    return {
        "stride 2": impl.correlate(images(rng, H=6, W=8), filters(rng), 2),
        "stride 3": impl.correlate(images(rng, H=8, W=11), filters(rng, FH=4, FW=2), 3),
    }


@task.check("pad: zeros on all four sides, for images with and without channels")
def padded_with_zeros(impl, rng):
    return {
        "(H, W)": impl.pad(images(rng, H=2, W=3), 1),
        "(C, H, W)": impl.pad(images(rng, 2, H=1, W=3), 2),
        "(N, C, H, W)": impl.pad(images(rng, 2, 3, H=2, W=1), 1),
    }


@task.check("pad: another value; and a padding of 0", weight=0.5)
def padded_with_value(impl, rng):
    value = rng.uniform(-4, -2)
    return {
        "another value": impl.pad(images(rng, 2, H=2, W=3), 2, value),
        "no padding": impl.pad(images(rng, 2, H=2, W=3), 0),
    }


@task.check("correlate_channels: one filter for an image with three channels")
def channels(impl, rng):
    return {
        "stride 1": impl.correlate_channels(images(rng, 3), filters(rng, 3), 1),
        "stride 2": impl.correlate_channels(images(rng, 3), filters(rng, 3), 2),
    }


@task.check("correlate_filters: four filters, each with its own bias")
def several_filters(impl, rng):
    return {
        "stride 1": impl.correlate_filters(
            images(rng, 3), filters(rng, 4, 3), biases(rng), stride=1
        ),
        "stride 2": impl.correlate_filters(
            images(rng, 3), filters(rng, 4, 3), biases(rng), stride=2
        ),
    }


@task.check("convolve_naive: a batch, with stride 1 and without padding")
def batch(impl, rng):
    return impl.convolve_naive(images(rng, 2, 3), filters(rng, 4, 3), biases(rng))


@task.check("convolve_naive: padding of 1 and 2, strides of 1 and 2")
def batch_with_padding(impl, rng):
    def given():
        return images(rng, 2, 3), filters(rng, 4, 3), biases(rng)

    return {
        "padding 1": impl.convolve_naive(*given(), stride=1, padding=1),
        "padding 1, stride 2": impl.convolve_naive(*given(), stride=2, padding=1),
        "padding 2, stride 2": impl.convolve_naive(*given(), stride=2, padding=2),
    }


@task.check("convolve_naive: a stride without padding, where pixels are left over", weight=0.5)
def batch_with_stride(impl, rng):
    return impl.convolve_naive(
        images(rng, 2, 3), filters(rng, 4, 3), biases(rng), stride=2, padding=0
    )


@task.check("without biases", weight=0.5)
def without_biases(impl, rng):
    x, W = images(rng, 2, 3), filters(rng, 4, 3)
    return {
        "correlate_filters": impl.correlate_filters(x[0], W, None, 2),
        "convolve_naive": impl.convolve_naive(x, W, stride=2, padding=1),
    }


@task.check("float32 stays float32, and what was given stays as it was", weight=0.5, rtol=1e-4)
def kept(impl, rng):
    drawn = images(rng, 2, 3), filters(rng, 4, 3), biases(rng)
    # All positive: sums near 0 would show in which order float32 was added up.
    given = [keep(impl, np.abs(one).astype("f4")) for one in drawn]
    y = np.asarray(impl.convolve_naive(*given, 2, 1))
    return {"y": y, "dtype": str(y.dtype), "given": [fetch(one) for one in given]}


# Known mistakes -----------------------------------------------------------------------------------

from dataclasses import replace

from numpy.lib.stride_tricks import sliding_window_view

from handgrad import IN_FLOAT64
from solutions.convolution import correlate, pad

RUNGS = {
    "correlate": ("", lambda rule: lambda image, window, stride=1: rule(
        image[None, None], window[None, None], None, stride, 0
    )[0, 0]),
    "correlate_channels": (".channels", lambda rule: lambda image, kernel, stride=1: rule(
        image[None], kernel[None], None, stride, 0
    )[0, 0]),
    "correlate_filters": (".filters", lambda rule: lambda image, W, b=None, stride=1: rule(
        image[None], W, b, stride, 0
    )[0]),
    "convolve_naive": (".batch", lambda rule: lambda x, W, b=None, stride=1, padding=0: rule(
        x, W, b, stride, padding
    )),
}  # fmt: skip
"""How each function is made of a convolution of batches, and how a mistake in it is called."""
ALL = tuple(RUNGS)


def convolve(x, W, b=None, stride=1, padding=0):
    """Return what is right, fast."""
    views = sliding_window_view(pad(x, padding), W.shape[2:], axis=(2, 3))
    return plus(np.einsum("ncijkm,fckm->nfij", views[:, :, ::stride, ::stride], W), b)


def add(name, hint, rule, rungs, reshapes=False):
    """Add a wrong convolution, rule(x, W, b, stride, padding), in each of these functions alone."""
    for rung in rungs:
        suffix, made = RUNGS[rung]
        add_function(name + suffix, hint, made(rule), rung, reshapes)


def add_function(name, hint, wrong, rung, reshapes=False):
    """Add a wrong function; if it ``reshapes``, also with those that hand on what it gives."""
    wrong.__name__ = name
    task.misconception(f"{hint} This concerns {rung}.", replaces=rung)(wrong)
    if reshapes and rung != "convolve_naive":
        one = task.misconceptions[-1]
        chain = replace(one, name=f"{name}.handed_on", wrong=handed_on(rung, wrong))
        task.misconceptions.append(chain)


def handed_on(rung, wrong):
    """Return a wrong function, and those that use it, which collect its results in lists.

    The reference writes what an image gives into an array that is there before, and raises where
    the shape is a wrong one. From lists it comes out at the end.
    """
    one = wrong if rung == "correlate" else correlate

    def by_channel(image, kernel, stride=1):
        return sum(one(*pair, stride) for pair in zip(image, kernel, strict=True))

    of_all = wrong if rung == "correlate_channels" else by_channel

    def by_filter(image, W, b=None, stride=1):
        added = [0] * len(W) if b is None else b
        return np.stack(
            [of_all(image, kernel, stride) + bias for kernel, bias in zip(W, added, strict=True)]
        )

    of_filters = wrong if rung == "correlate_filters" else by_filter
    padded = wrong if rung == "pad" else pad

    def by_image(x, W, b=None, stride=1, padding=0):
        return np.stack([of_filters(image, W, b, stride) for image in padded(x, padding)])

    using = {
        "correlate_channels": by_channel,
        "correlate_filters": by_filter,
        "convolve_naive": by_image,
    }
    later = list(using)[ALL.index(rung) :] if rung in ALL else ["convolve_naive"]
    return {rung: wrong, **{name: using[name] for name in later}}


def plus(y, b):
    """Return what biases make of a convolution without them."""
    return y if b is None else y + b[:, None, None]


def changed(change):
    """Return a rule that changes the arguments."""
    return lambda *given: convolve(*change(*given))


def thereafter(change):
    """Return a rule that changes what comes out, without biases: change(y, x, W, stride)."""
    return lambda x, W, b, stride, padding: plus(
        change(convolve(x, W, None, stride, padding), x, W, stride), b
    )


def steps_forgotten(down, right):
    """Return a rule whose windows are as many as they should be, and move by one pixel."""

    def rule(x, W, b, stride, padding):
        OH, OW = convolve(x, W, None, stride, padding).shape[2:]
        y = convolve(x, W, b, 1, padding)
        y = y[:, :, :OH] if down else y[:, :, ::stride]
        return y[..., :OW] if right else y[..., ::stride]

    return rule


def ignored(down, right):
    """Return a rule that moves by one pixel, down or to the right, to the very end."""
    return lambda x, W, b, stride, padding: convolve(x, W, b, 1, padding)[
        :, :, :: 1 if down else stride, :: 1 if right else stride
    ]


add(
    "flipped",
    "You flip the filter, upside down and left to right: a true convolution. Here, as in all of "
    "deep learning, the weights lie on the pixels as they are.",
    changed(lambda x, W, *rest: (x, W[..., ::-1, ::-1], *rest)),
    ALL,
)
add(
    "flipped_left_to_right",
    "You mirror the filter left to right. Its weights lie on the pixels as they are.",
    changed(lambda x, W, *rest: (x, W[..., ::-1], *rest)),
    ["correlate"],
)
add(
    "flipped_upside_down",
    "You turn the filter upside down. Its weights lie on the pixels as they are.",
    changed(lambda x, W, *rest: (x, W[..., ::-1, :], *rest)),
    ["correlate"],
)
add(
    "turned_over",
    "Rows and columns of the result are exchanged. i counts windows downwards and comes first, "
    "j to the right.",
    thereafter(lambda y, *_: y.swapaxes(-1, -2)),
    ALL,
    reshapes=True,
)
add(
    "mean_of_the_window",
    "You take the mean of the products under a window. It is their sum.",
    thereafter(lambda y, x, W, stride: y / (W.shape[2] * W.shape[3])),
    ["correlate"],
)
add(
    "mean_of_the_filter",
    "You take the mean of the products under a filter, over its channels, rows and columns. It is "
    "their sum.",
    thereafter(lambda y, x, W, stride: y / W[0].size),
    ALL[1:],
)
add(
    "stride_not_in_the_place",
    "Your count of windows knows the stride, but their places do not: each begins one pixel after "
    "the one before.",
    steps_forgotten(True, True),
    ALL,
)
add(
    "stride_not_down",
    "Downwards, your windows move by one pixel, whatever the stride is.",
    steps_forgotten(True, False),
    ["correlate", "convolve_naive"],
)
add(
    "stride_not_to_the_right",
    "To the right, your windows move by one pixel, whatever the stride is.",
    steps_forgotten(False, True),
    ["correlate", "convolve_naive"],
)
add(
    "stride_ignored",
    "The stride makes no difference: there is a window at every pixel. It may be that it is not "
    "handed on.",
    ignored(True, True),
    ALL,
    reshapes=True,
)
add(
    "stride_ignored_down",
    "Downwards, the stride makes no difference: there is a window at every row.",
    ignored(True, False),
    ["correlate"],
    reshapes=True,
)
add(
    "stride_ignored_to_the_right",
    "To the right, the stride makes no difference: there is a window at every column.",
    ignored(False, True),
    ["correlate"],
    reshapes=True,
)


def cut(x, W, b, stride, padding):
    """Let windows begin at every pixel, and cut them off at the border."""
    x, (FH, FW) = pad(x, padding), W.shape[2:]
    H, W_ = x.shape[2:]
    more = np.zeros((*x.shape[:2], H + FH, W_ + FW))
    more[:, :, :H, :W_] = x
    y = convolve(more, W, b, stride)
    return y[:, :, : -(-H // stride), : -(-W_ // stride)]


add(
    "cut_at_the_border",
    "Your windows begin at every pixel, and those that reach beyond the border are cut off. Only "
    "windows of which all pixels are there count.",
    cut,
    ["correlate", "convolve_naive"],
    reshapes=True,
)


def where_even(x, W, b, stride, padding):
    """Leave out the windows that end exactly at the last pixel."""
    sides = zip(x.shape[2:], W.shape[2:], strict=True)
    OH, OW = (-(-(side + 2 * padding - F) // stride) for side, F in sides)
    return convolve(x, W, b, stride, padding)[:, :, :OH, :OW]


LAST_PLACES = (
    "The last places of the window are missing, downwards and to the right. Where it ends exactly "
    "at the border, it still fits. Did you count steps, or does a `range` end one too early?"
)
add("last_places_missing", LAST_PLACES, where_even, ["correlate"], reshapes=True)
add(
    "steps_for_places",
    LAST_PLACES,
    thereafter(lambda y, *_: y[:, :, :-1, :-1]),
    ["correlate"],
    reshapes=True,
)
add(
    "as_many_to_the_right_as_down",
    "There are as many places to the right as downwards in your result. Images and windows need "
    "not be squares: OW comes from W and FW.",
    thereafter(lambda y, *_: y[..., : y.shape[2]]),
    ["correlate"],
    reshapes=True,
)
WHOLE_NUMBERS = (
    "Your results are cut off to whole numbers. It may be that the array you collect them in was "
    "made for integers."
)
add("whole_numbers", WHOLE_NUMBERS, thereafter(lambda y, *_: np.trunc(y)), ["correlate"])
add(
    "whole_numbers_alone",
    WHOLE_NUMBERS,
    thereafter(lambda y, *_: y.astype(int)),
    ["correlate"],
    reshapes=True,
)
add(
    "pixels_alone",
    "You add up the pixels below the window. Each of them has to be multiplied by its weight.",
    changed(lambda x, W, *rest: (x, np.ones_like(W), *rest)),
    ["correlate"],
)
add(
    "last_window_everywhere",
    "All numbers of your result are that of the last window.",
    thereafter(lambda y, *_: 0 * y + y[..., -1:, -1:]),
    ["correlate"],
)


# Channels, filters, samples -----------------------------------------------------------------------


def of_channel(c):
    """Return a rule that looks at one channel."""
    return changed(lambda x, W, *rest: (x[:, c][:, None], W[:, c][:, None], *rest))


for name, hint, c in (
    ("first_channel_only", "Your result is that of the first channel alone.", 0),
    (
        "last_channel_only",
        "Your result is that of the last channel alone. It may be that each channel overwrites the "
        "one before, where it should be added.",
        -1,
    ),
):
    add(name, hint, of_channel(c), ALL[1:])
add(
    "first_window_for_all_channels",
    "You use the filter's first window for all channels. Each channel has its own.",
    changed(lambda x, W, *rest: (x, 0 * W + W[:, :1], *rest)),
    ALL[1:],
)
add(
    "mean_over_channels",
    "You take the mean over the channels. They are added up.",
    thereafter(lambda y, x, W, stride: y / x.shape[1]),
    ALL[1:],
)


def pictures(image, kernel, stride=1):
    """Return what each channel gives, (C, OH, OW)."""
    return np.stack([
        convolve(channel[None, None], window[None, None], None, stride)[0, 0]
        for channel, window in zip(image, kernel, strict=True)
    ])  # fmt: skip


add_function(
    "channels_kept",
    "You keep the channels apart. A filter makes one picture of all of them: they are added up.",
    pictures,
    "correlate_channels",
    reshapes=True,
)
add_function(
    "places_added_up",
    "You add up over all places, too, and one number is left. Only the channels are added up: the "
    "first axis of what they give.",
    lambda image, kernel, stride=1: pictures(image, kernel, stride).sum(),
    "correlate_channels",
    reshapes=True,
)


def with_biases(change):
    """Return a rule that adds other biases: change(b, W)."""
    return changed(
        lambda x, W, b, *rest: (x, W, None if b is None else change(b, W), *rest),
    )


FILTERS = ALL[2:]
add(
    "bias_forgotten",
    "The biases are not added.",
    with_biases(lambda b, W: 0 * b),
    FILTERS,
)
add(
    "bias_for_each_channel",
    "You add the bias once for each channel. It is added once to what the whole filter gives.",
    with_biases(lambda b, W: b * W.shape[1]),
    FILTERS,
)
add(
    "bias_for_each_weight",
    "You add the bias to each product, before they are added up. It is added once to their sum.",
    with_biases(lambda b, W: b * W[0].size),
    FILTERS,
)
BIAS_ALONG_THE_ROW = (
    "You add the biases along the width: NumPy lines up shapes from the right, and there are the "
    "columns of the picture. All numbers of a filter get the same bias."
)


def added_to_all(image, W, b=None, stride=1):
    """Add the biases to all pictures at once."""
    y = convolve(image[None], W, None, stride)[0]
    return y if b is None else y + b


def added_to_each(image, W, b=None, stride=1):
    """Add the biases to one picture after the other."""
    y = convolve(image[None], W, None, stride)[0]
    return y if b is None else np.stack([one + b for one in y])


def added_to_the_batch(x, W, b=None, stride=1, padding=0):
    """Add the biases to the pictures of all images at once."""
    y = convolve(x, W, None, stride, padding)
    return y if b is None else y + b


for number, (wrong, rung) in enumerate(
    (
        (added_to_all, "correlate_filters"),
        (added_to_each, "correlate_filters"),
        (added_to_the_batch, "convolve_naive"),
    )
):
    add_function(f"bias_along_the_row_{number}", BIAS_ALONG_THE_ROW, wrong, rung)
add(
    "first_bias_for_all",
    "You add the first bias to the results of all filters. Each filter has its own.",
    with_biases(lambda b, W: 0 * b + b[0]),
    FILTERS,
)
add(
    "bias_subtracted",
    "You subtract the biases. They are added.",
    with_biases(lambda b, W: -b),
    FILTERS,
)
add(
    "all_biases_for_each",
    "You add all biases to the result of each filter. Each filter has its own.",
    with_biases(lambda b, W: 0 * b + b.sum()),
    FILTERS,
)
add(
    "last_filter_everywhere",
    "The results of all filters are those of the last one.",
    lambda *given: 0 * convolve(*given) + convolve(*given)[:, -1:],
    FILTERS,
)
add(
    "first_filter_everywhere",
    "The results of all filters are those of the first one.",
    lambda *given: 0 * convolve(*given) + convolve(*given)[:, :1],
    FILTERS,
)
add(
    "filters_last",
    "The filters stand in the last axis of your result. They come before rows and columns.",
    lambda *given: np.moveaxis(convolve(*given), 1, -1),
    FILTERS,
    reshapes=True,
)
add_function(
    "filters_added_up",
    "You add up what the filters give. Each makes a picture of its own: (FN, OH, OW).",
    lambda image, W, b=None, stride=1: convolve(image[None], W, b, stride)[0].sum(axis=0),
    "correlate_filters",
    reshapes=True,
)


@task.misconception(IN_FLOAT64.format(what="y"), replaces="convolve_naive")
def in_float64(x, W, b=None, stride=1, padding=0):
    return convolve(x, W, b, stride, padding).astype(float)


add(
    "batch_summed",
    "Each of your results is added up over all images of the batch. No image sees another: the "
    "index of the sample may be missing in the window.",
    thereafter(lambda y, *_: 0 * y + y.sum(axis=0)),
    ["convolve_naive"],
)
add(
    "first_image_everywhere",
    "The results of all images are those of the first one.",
    thereafter(lambda y, *_: 0 * y + y[:1]),
    ["convolve_naive"],
)
add(
    "last_image_everywhere",
    "The results of all images are those of the last one.",
    thereafter(lambda y, *_: 0 * y + y[-1:]),
    ["convolve_naive"],
)
add(
    "filters_first",
    "Filters and images are exchanged in your result: it is (N, FN, OH, OW).",
    lambda *given: convolve(*given).swapaxes(0, 1),
    ["convolve_naive"],
)


# Padding ------------------------------------------------------------------------------------------


def with_padding(change):
    """Return a rule with another padding."""
    return changed(lambda x, W, b, stride, padding: (x, W, b, stride, change(padding)))


add(
    "padding_ignored",
    "The padding makes no difference. It may be that it is not used, or not handed on.",
    with_padding(lambda padding: 0),
    ["convolve_naive"],
)
add(
    "padding_always_one",
    "You add one pixel on each side, whatever the padding is. It may be 0, or 2.",
    with_padding(lambda padding: 1),
    ["convolve_naive"],
)
add(
    "padding_twice",
    "You add twice as many pixels as asked for. The padding is what is added on each side.",
    with_padding(lambda padding: 2 * padding),
    ["convolve_naive"],
)


def add_pad(name, hint, rule, naive=True):
    """Add a wrong pad: rule(x, padding, value); and a convolution that uses it alone."""

    def wrong(x, padding, value=0.0):
        return rule(x, padding, value)

    add_function(name, hint, wrong, "pad", reshapes=True)
    if naive:
        add(
            name,
            hint,
            lambda x, W, b, stride, padding: convolve(rule(x, padding, 0.0), W, b, stride),
            ["convolve_naive"],
        )


def by_numpy(before_and_after):
    """Return a pad that adds so many pixels: before_and_after(padding), for rows and columns."""

    def rule(x, padding, value):
        widths = [(0, 0)] * (x.ndim - 2) + before_and_after(padding)
        return np.pad(x, widths, constant_values=value)

    return rule


def by_mode(mode):
    """Return a pad that takes its pixels from the picture."""
    return lambda x, padding, value: np.pad(
        x, [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2, mode
    )


add_pad(
    "top_and_left_only",
    "You add pixels at the top and at the left alone. There are four sides.",
    by_numpy(lambda p: [(p, 0), (p, 0)]),
)
add_pad(
    "bottom_and_right_only",
    "You add pixels at the bottom and at the right alone. There are four sides.",
    by_numpy(lambda p: [(0, p), (0, p)]),
)
add_pad(
    "rows_only",
    "You add rows, and no columns. There are four sides.",
    by_numpy(lambda p: [(p, p), (0, 0)]),
)
add_pad(
    "columns_only",
    "You add columns, and no rows. There are four sides.",
    by_numpy(lambda p: [(0, 0), (p, p)]),
)
add_pad(
    "padded_twice",
    "You add twice as many pixels as asked for.",
    by_numpy(lambda p: [(2 * p, 2 * p)] * 2),
    naive=False,
)
add_pad(
    "not_padded",
    "The images come back as they were.",
    lambda x, padding, value: x,
    naive=False,
)
add_pad(
    "always_one",
    "You add one pixel on each side, whatever the padding is.",
    by_numpy(lambda p: [(1, 1)] * 2),
    naive=False,
)
add_pad(
    "all_axes_padded",
    "You pad all axes. Only the last two belong to a picture: there are no more samples or "
    "channels than before.",
    lambda x, padding, value: np.pad(x, padding, constant_values=value),
    naive=False,
)
add_pad(
    "border_repeated",
    "You repeat the pixels of the border. All pixels that are added have one value.",
    by_mode("edge"),
)
add_pad(
    "ones_for_zeros",
    "Without a value, your padding is full of ones. It is to be zeros.",
    lambda x, padding, value: by_numpy(lambda p: [(p, p)] * 2)(x, padding, value or 1.0),
)
add_pad(
    "value_ignored",
    "You always add zeros. The value is given.",
    lambda x, padding, value: pad(x, padding),
    naive=False,
)


def middle_by_minus(x, padding, value):
    """Write x where a slice from the padding to minus the padding is."""
    padded = np.full_like(pad(x, padding), value)
    padded[..., padding:-padding, padding:-padding] = x
    return padded


add_pad(
    "no_middle_without_padding",
    "Without padding there is no room in the middle: -0 is 0, and a slice [0:-0] holds nothing.",
    middle_by_minus,
)
add_pad(
    "emptied",
    "Nothing of the picture is left: only the value is there.",
    lambda x, padding, value: 0 * pad(x, padding) + value if padding else x,
    naive=False,
)
add_pad(
    "in_the_corner",
    "The larger array is right, but the picture lies in its corner. It belongs into the middle.",
    lambda x, padding, value: by_numpy(lambda p: [(0, 2 * p)] * 2)(x, padding, value),
)
