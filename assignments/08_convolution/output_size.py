"""How many windows fit: how it is checked, and which mistakes are known."""

import operator

from handgrad import Task

task = Task(
    "output_size",
    "How many windows fit",
    points=3,
    needs=["output_size"],
    minutes=10,
    shapes="whole numbers: size, window, stride and padding along one axis",
)


def counts(impl, *cases):
    """Return how many windows there are in each case, by its name."""
    return {f"output_size{case}": impl.output_size(*case) for case in cases}


def case(rng, left, stride, padding, few=6):
    """Draw a size and a window, for windows that leave so many pixels over at the end."""
    window = int(2 * stride + rng.integers(3)) + 1
    steps = int(few + rng.integers(4))
    return window + steps * stride + left - 2 * padding, window, stride, padding


@task.check("windows that move by one pixel, without padding")
def by_one_pixel(impl, rng):
    size, window, _, _ = case(rng, 0, 1, 0, few=12)
    return {**counts(impl, (size, window, 1, 0)), "by default": impl.output_size(size, window)}


@task.check("with padding, on both sides")
def with_padding(impl, rng):
    return counts(impl, case(rng, 0, 1, 2, few=12), case(rng, 0, 1, 3, few=16))


@task.check("a stride that comes out even")
def with_stride(impl, rng):
    return counts(impl, case(rng, 0, 3, 0), case(rng, 0, 4, 3))


@task.check("a stride that leaves pixels over", weight=2)
def with_pixels_over(impl, rng):
    cases = [case(rng, left, 4, 0) for left in (1, 2, 3)]
    return counts(impl, *cases, case(rng, 4, 5, 2), case(rng, 1, 3, 3))


@task.check("room for one window alone", weight=0.5)
def one_window(impl, rng):
    size = int(rng.integers(5, 9))
    return counts(impl, (size, size, 1, 0), (size, size + 4, 3, 2), (size + 1, size, 3, 0))


def is_index(count):
    """Return whether a count can be the size of an array."""
    try:
        operator.index(count)
    except TypeError:  # a float, or an array with an axis
        return False
    return True


@task.check("the count is a whole number, and no float", weight=0.5)
def whole_number(impl, rng):
    found = impl.output_size(*case(rng, 0, 3, 1))
    return {"count": found, "can be the size of an array": is_index(found)}


# Known mistakes -----------------------------------------------------------------------------------


def add(name, hint, rule):
    """Add a wrong count: rule(size, window, stride, padding)."""

    def wrong(size, window, stride=1, padding=0, exact=False):
        return rule(size, window, stride, padding)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "padding_once",
    "You count the padding once. It is added on both sides.",
    lambda size, window, stride, padding: (size + padding - window) // stride + 1,
)
add(
    "padding_forgotten",
    "The padding makes no difference in your count. Windows may begin in it, and end in it.",
    lambda size, window, stride, padding: (size - window) // stride + 1,
)
add(
    "padding_subtracted",
    "You take the padding away from the pixels. It is added to them.",
    lambda size, window, stride, padding: (size - 2 * padding - window) // stride + 1,
)
add(
    "one_too_few",
    "Your count is one too small. It may be that you count the steps: before the first one, "
    "there is a window already.",
    lambda size, window, stride, padding: (size + 2 * padding - window) // stride,
)
add(
    "last_one_forgotten",
    "A window that ends exactly at the last pixel is missing in your count. It fits, too: `<=`, "
    "not `<`; and what `range` ends at is not in it.",
    lambda size, window, stride, padding: -(-(size + 2 * padding - window) // stride),
)
add(
    "one_too_many",
    "Your count is one too large. Try the case in which a single window fits.",
    lambda size, window, stride, padding: (size + 2 * padding - window) // stride + 2,
)
add(
    "rounded_up",
    "Where the stride does not come out even, you round up. The window that you count there would "
    "reach beyond the last pixel.",
    lambda size, window, stride, padding: -(-(size + 2 * padding - window) // stride) + 1,
)
add(
    "rounded",
    "Where the stride does not come out even, you round to the nearest number, which may be the "
    "larger one. A window that does not fit whole does not count.",
    lambda size, window, stride, padding: round((size + 2 * padding - window) / stride) + 1,
)
add(
    "rounded_at_the_end",
    task.misconceptions[-1].hint,
    lambda size, window, stride, padding: round((size + 2 * padding - window) / stride + 1),
)
add(
    "not_floored",
    "Where the stride does not come out even, your count has a fraction. A window fits or it does "
    "not.",
    lambda size, window, stride, padding: (size + 2 * padding - window) / stride + 1,
)
add(
    "whole_float",
    "Your count is right, and still nothing that an array can have as its size: a float such as "
    "3.0, or an array itself. `//` leaves whole numbers whole, and `int` makes a whole number.",
    lambda size, window, stride, padding: float((size + 2 * padding - window) // stride + 1),
)
add(
    "stride_forgotten",
    "The stride makes no difference in your count: you count windows at each pixel.",
    lambda size, window, stride, padding: size + 2 * padding - window + 1,
)
add(
    "times_stride",
    "You multiply by the stride. The larger it is, the fewer windows there are.",
    lambda size, window, stride, padding: (size + 2 * padding - window) * stride + 1,
)
add(
    "one_before_the_division",
    "You add 1 before you divide by the stride. The first window is there whatever the stride is.",
    lambda size, window, stride, padding: (size + 2 * padding - window + 1) // stride,
)
add(
    "window_alone_divided",
    "A division comes before sums, unless there are brackets: you divide the window alone by the "
    "stride.",
    lambda size, window, stride, padding: size + 2 * padding - window // stride + 1,
)
add(
    "window_alone_divided_by_a_slash",
    task.misconceptions[-1].hint,
    lambda size, window, stride, padding: size + 2 * padding - window / stride + 1,
)
add(
    "padding_behind_the_division",
    "You add the padding to the number of windows. It is pixels that are added, before anything is "
    "divided by the stride.",
    lambda size, window, stride, padding: (size - window) // stride + 1 + 2 * padding,
)
add(
    "size_alone_divided",
    "You divide the pixels by the stride, and take the window away afterwards. What the stride "
    "divides is the way that the window can go.",
    lambda size, window, stride, padding: (size + 2 * padding) // stride - window + 1,
)
add(
    "side_by_side",
    "You lay windows side by side. They move by the stride, and may overlap.",
    lambda size, window, stride, padding: (size + 2 * padding) // window,
)
add(
    "starts_at_every_pixel",
    "You count all pixels at which a window could begin, also those from which it would reach "
    "beyond the last pixel.",
    lambda size, window, stride, padding: -(-(size + 2 * padding) // stride),
)
add(
    "size_kept",
    "Your count depends on neither window nor padding. It would be so with a padding that makes "
    "up for the window.",
    lambda size, window, stride, padding: -(-size // stride),
)
add(
    "window_not_taken_off",
    "The window makes no difference in your count. The larger it is, the less room it has to move.",
    lambda size, window, stride, padding: (size + 2 * padding) // stride + 1,
)
add(
    "last_start",
    "You return at which pixel the last window begins. How many there are is asked for.",
    lambda size, window, stride, padding: (size + 2 * padding - window) // stride * stride,
)
