"""What a layer learns, counted: how it is checked, and which mistakes are known."""

from handgrad import Task

task = Task(
    "count_parameters",
    "What a layer learns",
    points=4,
    needs=["count_parameters"],
    minutes=10,
    shapes="shapes (C, H, W) or (D,) of a sample, window (FH, FW) and groups, whole numbers",
)


def convolution(rng, groups=1, padding=0):
    """Draw shapes of a convolution: no two sizes are alike, and the window is no square."""
    C, FN = groups * int(rng.integers(4, 7)), groups * int(rng.integers(9, 12))
    FH, FW = (int(size) for size in rng.permutation([2, 3, 5])[:2])
    H, W = int(rng.integers(13, 16)), int(rng.integers(17, 21))
    outputs = (FN, H + 2 * padding - FH + 1, W + 2 * padding - FW + 1)
    return (C, H, W), outputs, (FH, FW)


@task.check("a convolution", weight=2)
def of_a_convolution(impl, rng):
    cases = [convolution(rng), convolution(rng, padding=3)]
    return [impl.count_parameters(*case) for case in cases]


@task.check("a convolution in groups", weight=2)
def in_groups(impl, rng):
    return {
        f"{groups} groups": impl.count_parameters(*convolution(rng, groups), groups)
        for groups in (2, 3, 5)
    }


@task.check("an affine layer")
def of_an_affine_layer(impl, rng):
    D, M = (int(size) for size in rng.choice(range(11, 40), size=2, replace=False))
    return impl.count_parameters((D,), (M,))


@task.check("an affine layer behind a convolution: it sees all of the picture", weight=2)
def behind_a_convolution(impl, rng):
    _, outputs, _ = convolution(rng)
    return impl.count_parameters(outputs, (int(rng.integers(31, 40)),))


@task.check("the layers of LeNet-5 and AlexNet", weight=0.5)
def of_the_papers(impl, rng):
    return {
        "C1": impl.count_parameters((1, 32, 32), (6, 28, 28), (5, 5)),
        "C5": impl.count_parameters((16, 5, 5), (120, 1, 1), (5, 5)),
        "F6": impl.count_parameters((120, 1, 1), (84,)),
        "conv2": impl.count_parameters((96, 27, 27), (256, 27, 27), (5, 5), 2),
        "conv2 in one group": impl.count_parameters((96, 27, 27), (256, 27, 27), (5, 5)),
        "fc6": impl.count_parameters((256, 6, 6), (4096,)),
    }


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.convolution import count_parameters

CONVOLUTION, AFFINE = "in_a_convolution", "in_an_affine_layer"


def add(name, hint, rule, *alone):
    """Add a wrong count: rule(C, sizes, outputs, window, groups); window is None if affine.

    Who counts the two kinds of layer in two branches may be wrong in one alone: ``alone`` says in
    which.
    """

    def wrong(inputs, outputs, window=None, groups=1):
        C, *sizes = inputs
        return rule(C, tuple(sizes), outputs, window, groups)

    def branch(kind):
        def wrong_there(inputs, outputs, window=None, groups=1):
            count = wrong if (window is None) == (kind == AFFINE) else count_parameters
            return count(inputs, outputs, window, groups)

        wrong_there.__name__ = f"{name}_{kind}"
        return wrong_there

    wrong.__name__ = name
    for one in (wrong, *map(branch, alone)):
        task.misconception(hint)(one)


def places(sizes, window):
    """Return how many pixels the layer looks at in a channel."""
    return math.prod(sizes if window is None else window)


add(
    "biases_forgotten",
    "The biases are missing in your count. They are learned, too.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (C // groups * places(sizes, window)),
    CONVOLUTION,
    AFFINE,
)
add(
    "biases_alone",
    "You count one number for each output channel. That is the biases alone.",
    lambda C, sizes, outputs, window, groups: outputs[0],
)
add(
    "one_bias",
    "You count one bias for the whole layer. How many outputs, or filters, have one of their own?",
    lambda C, sizes, outputs, window, groups: outputs[0] * C // groups * places(sizes, window) + 1,
    CONVOLUTION,
    AFFINE,
)
add(
    "bias_per_input_channel",
    "You count a bias for each channel that comes in. It is added to what goes out.",
    lambda C, sizes, outputs, window, groups: outputs[0] * C // groups * places(sizes, window) + C,
    CONVOLUTION,
)
add(
    "bias_per_window_of_weights",
    "You count a bias for each channel that a filter looks at. It adds up all of them first, and "
    "has one bias for the sum.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * (C // groups) * (places(sizes, window) + 1)
    ),
    CONVOLUTION,
)
add(
    "bias_per_weight",
    "You count as many biases as weights. Weights of one filter share a bias.",
    lambda C, sizes, outputs, window, groups: (
        2 * outputs[0] * (C // groups * places(sizes, window))
    ),
)
add(
    "bias_per_pixel",
    "You count a bias for each pixel that a convolution gives. All of a filter's pixels share one.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * C // groups * places(sizes, window) + math.prod(outputs)
    ),
)
add(
    "bias_per_group",
    "You count a bias for each group. Each filter has its own.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * C // groups * places(sizes, window) + groups
    ),
    CONVOLUTION,
)
add(
    "weights_per_pixel",
    "You count weights for each pixel of the output. A filter uses the same ones everywhere.",
    lambda C, sizes, outputs, window, groups: (
        math.prod(outputs) * (C // groups * places(sizes, window) + 1)
    ),
)
add(
    "weights_per_pixel_and_shared_biases",
    "You count weights for each pixel of the output. A filter uses the same ones everywhere.",
    lambda C, sizes, outputs, window, groups: (
        math.prod(outputs) * (C // groups * places(sizes, window)) + outputs[0]
    ),
)
add(
    "shared_weights_not_shared",
    "You count a convolution as if each output saw the whole picture. Its filters are as large as "
    "the window.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (C // groups * math.prod(sizes) + 1),
)
add(
    "fully_connected",
    "You count a weight for each pair of a number that comes in and one that goes out. In a "
    "convolution an output sees its window alone, and all places share the weights.",
    lambda C, sizes, outputs, window, groups: math.prod(outputs) * (C * math.prod(sizes) + 1),
)
add(
    "channels_forgotten",
    "The channels that come in make no difference in your count. A filter has weights for each "
    "channel that it looks at.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (places(sizes, window) + 1),
    CONVOLUTION,
)
CHANNELS_FIRST = (
    "You take the last number of a shape for its channels, or for its filters. They come first: "
    "(C, H, W)."
)


def add_last(name, of_inputs, of_outputs):
    """Add a convolution that reads channels, filters or both off the wrong end of a shape."""

    def rule(C, sizes, outputs, window, groups):
        if window is not None:
            C = (C, *sizes)[-1] if of_inputs else C
            outputs = outputs[::-1] if of_outputs else outputs
        return outputs[0] * (C // groups * places(sizes, window) + 1)

    add(name, CHANNELS_FIRST, rule)


add_last("channels_from_the_end", True, False)
add_last("filters_from_the_end", False, True)
add_last("both_from_the_end", True, True)
add(
    "first_size_left_out",
    "Your affine layer leaves the first number of the shape out. There is no batch in it: it is "
    "that of one sample.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * ((C // groups * math.prod(window) if window else math.prod(sizes)) + 1)
    ),
)
add(
    "bias_per_number_that_comes_in",
    "You count a bias for each number that comes in. It is added to what goes out.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * C // groups * places(sizes, window)
        + (outputs[0] if window else C * math.prod(sizes))
    ),
)
add(
    "filters_forgotten",
    "You count one filter, or one output. There are as many as the output has channels.",
    lambda C, sizes, outputs, window, groups: C // groups * places(sizes, window) + 1,
    CONVOLUTION,
)
add(
    "groups_ignored",
    "The groups make no difference in your count. A filter sees the channels of its own group "
    "alone.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (C * places(sizes, window) + 1),
)
add(
    "one_group_alone",
    "You divide both the channels and the filters by the groups. That counts one group; there are "
    "several.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] // groups * (C // groups * places(sizes, window) + 1)
    ),
)
add(
    "weights_of_one_group_alone",
    "You divide both the channels and the filters by the groups. That counts the weights of one "
    "group; there are several.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] // groups * (C // groups * places(sizes, window)) + outputs[0]
    ),
)
add(
    "divided_with_the_biases",
    "Your count is the one without groups, divided by their number. Divided by it is what a filter "
    "sees; each filter keeps its own bias.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (C * places(sizes, window) + 1) / groups,
)
add(
    "times_groups",
    "Groups make your count larger. In groups, a filter sees fewer channels.",
    lambda C, sizes, outputs, window, groups: outputs[0] * (C * groups * places(sizes, window) + 1),
)
add(
    "not_flattened",
    "Your affine layer sees the channels of a picture and not its pixels. A weight goes to each "
    "number of the flattened sample.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * (C // groups * math.prod(window or ()) + 1)
    ),
)
add(
    "last_side_alone",
    "Your affine layer sees the last side of a picture and not all of it. A weight goes to each "
    "number of the flattened sample.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * ((C // groups * math.prod(window) if window else (C, *sizes)[-1]) + 1)
    ),
)
add(
    "height_alone",
    "You take one side of the window, or of the picture, and square it. It need not be a square.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * (C // groups * (window or sizes or (1,))[0] ** 2 + 1)
    ),
    CONVOLUTION,
)
add(
    "width_alone",
    "You take one side of the window, or of the picture, and square it. It need not be a square.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * (C // groups * (window or sizes or (1,))[-1] ** 2 + 1)
    ),
    CONVOLUTION,
)
add(
    "sides_added",
    "You add up the sides of the window. A window of 3 × 5 has 15 weights.",
    lambda C, sizes, outputs, window, groups: (
        outputs[0] * (C // groups * (sum(window or sizes) or 1) + 1)
    ),
    CONVOLUTION,
)
add(
    "outputs_counted",
    "You count the numbers that the layer gives. What it learns are weights and biases.",
    lambda C, sizes, outputs, window, groups: math.prod(outputs),
)
