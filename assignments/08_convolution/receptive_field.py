"""How far an output sees: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

task = Task(
    "receptive_field",
    "How far an output sees",
    points=3,
    needs=["receptive_field"],
    minutes=10,
    shapes="a list of (window, stride), one pair of whole numbers for each layer",
)


def layers(rng, *strides):
    """Draw a window for each stride: larger than the stride, and than the window before it."""
    windows = np.sort(rng.choice(np.arange(4, 10), size=len(strides), replace=False))
    return [(int(window), stride) for window, stride in zip(windows, strides, strict=True)]


def pooled(rng, *pool):
    """Draw three convolutions with a pooling behind the first and the second one."""
    first, second, third = layers(rng, 1, 1, 1)
    return [first, pool, second, pool, third]


def fields(impl, *cases):
    """Return what the answer is in each case, by its name."""
    return {f"receptive_field({case})": impl.receptive_field(case) for case in cases}


@task.check("windows that move by one pixel")
def by_one_pixel(impl, rng):
    return fields(impl, layers(rng, 1, 1), layers(rng, 1, 1, 1, 1))


@task.check("strides", weight=2)
def with_strides(impl, rng):
    cases = [(2, 1), (1, 2, 1), (2, 1, 2, 2), (3, 2, 1), (1, 3, 2)]
    return fields(impl, *(layers(rng, *strides) for strides in cases))


@task.check("pooling between convolutions", weight=2)
def with_pooling(impl, rng):
    return fields(impl, pooled(rng, 2, 2), pooled(rng, 3, 2), pooled(rng, 3, 3))


@task.check("a single layer, and none", weight=0.5)
def one_or_none(impl, rng):
    return fields(impl, layers(rng, 1), layers(rng, 3), [])


# Known mistakes -----------------------------------------------------------------------------------


def add(name, hint, rule):
    """Add a wrong answer: rule(windows, strides)."""

    def wrong(windows):
        sizes = np.array([window for window, _ in windows], dtype=int)
        strides = np.array([stride for _, stride in windows], dtype=int)
        return rule(sizes, strides)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def jumps(strides):
    """Return by how many pixels a step goes before each layer, and behind the last one."""
    return np.cumprod([1, *strides])


add(
    "strides_added",
    "Strides are added up in your answer. Two layers of stride 3 move by 9 pixels, as each step of "
    "the second one is three steps of the first.",
    lambda sizes, strides: 1 + ((sizes - 1) * np.cumsum([1, *strides])[:-1]).sum(),
)
add(
    "strides_less_one_added",
    "What you multiply by grows by stride − 1 with each layer. Try two layers of stride 3: by "
    "how many pixels does a step of the second window move?",
    lambda sizes, strides: 1 + ((sizes - 1) * np.cumsum([1, *(strides - 1)])[:-1]).sum(),
)
add(
    "added_from_0",
    "The strides before a layer are added up in your answer. They multiply; and before the first "
    "layer, a step is one pixel.",
    lambda sizes, strides: 1 + ((sizes - 1) * np.cumsum([0, *strides])[:-1]).sum(),
)
add(
    "own_stride_counted",
    "You count a layer's own stride for its own window. How far the window is moved afterwards "
    "does not change what lies in it.",
    lambda sizes, strides: 1 + ((sizes - 1) * jumps(strides)[1:]).sum(),
)
add(
    "one_stride_alone",
    "Of the strides before a layer, you count the last one alone. All of them make its steps "
    "longer.",
    lambda sizes, strides: 1 + ((sizes - 1) * np.array([1, *strides])[:-1]).sum(),
)
add(
    "own_stride_alone",
    "You multiply each window by its own layer's stride. It is the strides of the layers before "
    "that matter, all of them.",
    lambda sizes, strides: 1 + ((sizes - 1) * strides).sum(),
)
add(
    "strides_ignored",
    "Strides make no difference in your answer. Behind a stride of 2, neighbouring numbers are two "
    "pixels apart.",
    lambda sizes, strides: 1 + (sizes - 1).sum(),
)
add(
    "divided_by_strides",
    "The larger the strides before a layer, the less its window adds in your answer. It is the "
    "other way round.",
    lambda sizes, strides: 1 + ((sizes - 1) / jumps(strides)[:-1]).sum(),
)
add(
    "order_reversed",
    "You go through the layers in the wrong order, or count for each layer the strides of those "
    "behind it. The list begins at the picture.",
    lambda sizes, strides: 1 + ((sizes - 1)[::-1] * jumps(strides[::-1])[:-1]).sum(),
)
add(
    "strides_behind",
    "For each layer you count the strides from its own one to the last. It is those of the layers "
    "before it that make its steps longer.",
    lambda sizes, strides: 1 + ((sizes - 1)[::-1] * jumps(strides[::-1])[1:]).sum(),
)
add(
    "window_not_less_one",
    "Each layer adds a whole window in your answer. The first place of the window was there "
    "before: only the others add something.",
    lambda sizes, strides: 1 + (sizes * jumps(strides)[:-1]).sum(),
)
add(
    "windows_added_from_0",
    "You add up whole windows, and begin at 0. Try two layers of 3, stride 1: they see 5 pixels.",
    lambda sizes, strides: (sizes * jumps(strides)[:-1]).sum(),
)
add(
    "window_less_stride",
    "You take the stride away from the window. What is already there of a window is one place, "
    "whatever the stride.",
    lambda sizes, strides: 1 + ((sizes - strides) * jumps(strides)[:-1]).sum(),
)
add(
    "starts_at_0",
    "Your answer is one pixel short. Without any layer, an output is a pixel, and sees itself.",
    lambda sizes, strides: ((sizes - 1) * jumps(strides)[:-1]).sum(),
)
add(
    "starts_at_the_stride",
    "Your answer is too large, by the product of all strides less 1. Between r places there are "
    "r − 1 steps, and it is steps that a stride makes longer.",
    lambda sizes, strides: jumps(strides)[-1] + ((sizes - 1) * jumps(strides)[:-1]).sum(),
)
add(
    "always_1",
    "Your answer is 1, whatever the layers are. Each window wider than one place adds something.",
    lambda sizes, strides: 1,
)


def from_the_end(sizes, strides, start, rule):
    """Return what comes out layer by layer, the last one first: field = rule(field, k, s)."""
    field = start
    for size, stride in zip(sizes[::-1].tolist(), strides[::-1].tolist(), strict=True):
        field = rule(field, size, stride)
    return field


add(
    "starts_at_0_at_the_end",
    "Your answer is too small, by the product of all strides. An output is one place, not none, "
    "before you look at what its layer sees.",
    lambda sizes, strides: from_the_end(sizes, strides, 0, lambda r, k, s: (r - 1) * s + k),
)
add(
    "place_times_stride",
    "In each layer you have one stride too many. r places side by side have r − 1 steps between "
    "them, and the window of the first place is there without a step.",
    lambda sizes, strides: from_the_end(sizes, strides, 1, lambda r, k, s: r * s + k),
)
add(
    "one_less_at_each_layer",
    "Each layer makes your answer too small. Going from the output to the picture, r places side "
    "by side see r − 1 steps and one whole window.",
    lambda sizes, strides: from_the_end(sizes, strides, 1, lambda r, k, s: (r - 1) * s + k - 1),
)
add(
    "windows_multiplied",
    "You multiply windows. Neighbouring windows overlap: each layer adds something.",
    lambda sizes, strides: int(np.prod(sizes)),
)
add(
    "half_windows",
    "You count half of each window: how far it reaches to one side. What is asked for is the whole "
    "width.",
    lambda sizes, strides: 1 + (sizes // 2 * jumps(strides)[:-1]).sum(),
)
add(
    "area",
    "You return the pixels of the whole square. How many there are along one axis is asked for.",
    lambda sizes, strides: (1 + ((sizes - 1) * jumps(strides)[:-1]).sum()) ** 2,
)
add(
    "step_alone",
    "You return by how many pixels a step of the last layer goes. How many pixels an output sees "
    "is asked for.",
    lambda sizes, strides: jumps(strides)[-1],
)
add(
    "last_layer_alone",
    "You return what the last layer's window adds, in pixels. The layers before it add to it.",
    lambda sizes, strides: 1 + (([1, *sizes][-1] - 1) * ([1, *jumps(strides)[:-1]][-1])),
)
