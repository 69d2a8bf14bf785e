"""Shifted images: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import correlation

task = Task(
    "shift",
    "Shifted images",
    points=6,
    needs=["shift"],
    minutes=15,
    shapes="x (N, C, H, W), and the result too",
)


def numbered(rng, *shape):
    """Draw images in which no two pixels are equal: the numbers from 1 on, with both signs."""
    draw = np.random.default_rng(int(rng.integers(1 << 31)))
    count = int(np.prod(shape))
    signs = draw.choice([-1.0, 1.0], size=count)
    return (signs * draw.permutation(np.arange(1.0, count + 1))).reshape(shape)


def origins(x, y):
    """Return where each pixel of y comes from: image, channel, row and column; −1 if from nowhere.

    y is the answer to ``numbered`` images x; the result is an array (4, N, C, H, W).
    """
    y = np.nan_to_num(np.asarray(y, dtype=float))
    if y.shape != x.shape:
        return np.full((4, *x.shape), -1)
    order = np.argsort(x, axis=None)
    at = np.searchsorted(x.ravel()[order], y).clip(0, x.size - 1)
    found = np.stack(np.unravel_index(order[at], x.shape))
    return np.where(x[tuple(found)] == y, found, -1)


def moves(x, y):
    """Return how far down and right each image has moved, (2, N); nan where it has not as a whole.

    Its pixels have to come from itself, each from its own channel, and all to have moved alike.
    """
    found, here = origins(x, y), np.indices(x.shape)
    filled = found[0] >= 0
    steps = np.where(filled, here[2:] - found[2:], 0)
    pixels = filled.sum(axis=(1, 2, 3)).clip(1)
    move = np.rint(steps.sum(axis=(2, 3, 4)) / pixels)
    alike = (steps == move[:, :, None, None, None]).all(axis=0)
    at_home = (found[:2] == here[:2]).all(axis=0)
    whole = (~filled | (alike & at_home)).all(axis=(1, 2, 3)) & filled.any(axis=(1, 2, 3))
    return np.where(whole, move, np.nan)


def of_calls(impl, rng, most, calls=6, images=600):
    """Return the moves of several calls, (calls, 2, N); nan along an axis where they tell nothing.

    That is so where all images of a call make the same move, and those of the next call another.
    Of so many images, two correlations are 0.026 apart by chance, as a rule.
    """
    x, generator = numbered(rng, images, 1, 3, 4), keep(impl, rng.generator())
    found = np.array([moves(x, impl.shift(x, generator, most)) for _ in range(calls)])
    is_alike = (found == found[:, :, :1]).all(axis=2).all(axis=0)
    is_chance = is_alike & (found[:, :, 0] != found[0, :, 0]).any(axis=0)
    return np.where(is_chance[:, None], np.nan, found)


def shares(move, most):
    """Return which share of the images has moved how far, one number for each distance."""
    return np.array([(move == step).mean() for step in range(-most - 1, most + 2)])


def alike(move, other):
    """Return the correlation of two moves, and that of how long they are."""
    move, other = np.nan_to_num(move), np.nan_to_num(other)
    return [correlation(move, other), correlation(abs(move), abs(other))]


@task.check("each image moves as a whole, with all its channels; zeros come in", weight=3, atol=0.1)
def as_a_whole(impl, rng):
    x = numbered(rng, 160, 3, 5, 8)
    y = np.nan_to_num(np.asarray(impl.shift(x, rng.generator(), 2), dtype=float))
    found, here, (down, right) = origins(x, y), np.indices(x.shape), moves(x, y)
    filled, whole = found[0] >= 0, np.isfinite(down)
    stays = 3 * (5 - abs(down)) * (8 - abs(right))  # pixels that are still in the picture
    no_less = filled.sum(axis=(1, 2, 3)) == stays
    y = y if y.shape == x.shape else np.full(x.shape, np.pi)
    single = (-1, 1, 5, 8)
    torn = y[~whole].reshape(-1, 3 * 5 * 8)
    distinct = [len(np.unique(one[one != 0])) / one.size for one in torn]
    return {
        "share of images that moved as a whole": float(whole.mean()),
        "share of channels that did": float(
            np.isfinite(moves(x.reshape(single), y.reshape(single))[0]).mean()
        ),
        "share of images with all that stays in the picture": float(no_less.mean()),
        "all images": [bool(whole.all()), bool(no_less.all())],
        "share of pixels from another image": float((filled & (found != here)[0]).mean()),
        "share of pixels from another channel": float((filled & (found != here)[1]).mean()),
        "share of pixels that are neither x's nor 0": float((~filled & (y != 0)).mean()),
        "where they did not: share of different pixels": float(np.mean(distinct or 0)),
        "share of pixels in their old place": float((found == here).all(axis=0)[~whole].mean())
        if len(torn)
        else 0.0,
    }


@task.check("all distances from −most to most are equally frequent", weight=3, atol=0.09)
def how_far(impl, rng):
    found = {}
    for most in (1, 2):
        down, right = of_calls(impl, rng, most).swapaxes(0, 1)
        found[f"most {most}"] = {"down": shares(down, most), "right": shares(right, most)}
    return found


@task.check("each image has its own shift, and another in the next call", weight=2, atol=0.15)
def each_its_own(impl, rng):
    found = {}
    for name, move in zip(("down", "right"), of_calls(impl, rng, 2).swapaxes(0, 1), strict=True):
        found[name] = {
            "moves": float(np.isfinite(move).mean()),
            "as the image before": alike(move[:, 1:], move[:, :-1]),
            "as in the call before": alike(move[1:], move[:-1]),
        }
    return found


@task.check("how far down says nothing of how far to the right", weight=2, atol=0.15)
def both_axes(impl, rng):
    down, right = of_calls(impl, rng, 2).swapaxes(0, 1)
    return {"correlations": alike(down, right), "share": float((down == right).mean())}


@task.check("most = 0 moves nothing; with a large most, images may leave the picture", weight=0.5)
def none_and_much(impl, rng):
    x, far = numbered(rng, 4, 2, 3, 5), numbered(rng, 100, 1, 2, 3)
    y = np.asarray(impl.shift(far, rng.generator(), 4), dtype=float)
    gone = (y == 0).all(axis=(1, 2, 3)) if y.shape == far.shape else np.zeros(100, dtype=bool)
    right = gone | np.isfinite(moves(far, y)[0])
    return {"most 0": impl.shift(x, rng.generator(), 0), "most 4": bool(right.all())}


@task.check("x is left as it was, and its dtype stays", weight=0.5)
def x_stays(impl, rng):
    found = {}
    for dtype in ("f4", "u1"):
        x = keep(impl, abs(numbered(rng, 5, 2, 3, 4)).astype(dtype))
        y = np.asarray(impl.shift(x, rng.generator(), 1))
        found[dtype] = {"x": fetch(x), "y": [*y.shape, str(y.dtype)]}
    return found


@task.check("all that is random comes from rng", weight=0.5)
def shift_from_rng(impl, rng):
    x, seed = numbered(rng, 30, 1, 4, 5), rng.generator()

    def several(generator):
        return np.array([moves(x, impl.shift(x, generator, 2)) for _ in range(5)])

    shared = keep(impl, seed)
    first, other, again = several(shared), several(shared), several(keep(impl, seed))
    return {
        "the same seed, the same moves": bool(np.array_equal(first, again)),
        "drawn once more, other moves": not np.array_equal(first, other),
    }


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64

from .mistakes import OWN_GENERATOR


def drawn(x, rng, most):
    """Draw how far each image moves down and right, (2, N)."""
    return rng.integers(-most, most + 1, size=(2, len(x)))


def moved(image, down, right, shape=None):
    """Return one image, or one channel of it, (..., H, W), moved by whole pixels."""
    height, width = image.shape[-2:]
    result = np.zeros_like(image)
    rows, columns = height - abs(down), width - abs(right)
    if rows > 0 and columns > 0:
        top, left = max(down, 0), max(right, 0)
        result[..., top : top + rows, left : left + columns] = image[
            ..., top - down : top - down + rows, left - right : left - right + columns
        ]
    return result


def add(name, hint, draw=drawn, move=moved, after=lambda y, x: y):
    """Add a wrong shift: draw(x, rng, most) gives moves, move(image, down, right) makes them."""

    def wrong(x, rng, most=1):
        y = [move(*one) for one in zip(x, *draw(x, rng, most), strict=True)]
        return after(np.array(y), x)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def rolled(image, down, right):
    """Move an image, and let in at one side what goes out at the other."""
    return np.roll(image, (down, right), axis=(-2, -1))


add(
    "wraps_round",
    "What leaves the picture at one side comes in at the other, as `np.roll` "
    "does it. Zeros come in.",
    move=rolled,
)
add(
    "wraps_round_at_top_and_bottom",
    "Left and right zeros come in; at the top and at the bottom comes in what left the picture at "
    "the other side.",
    move=lambda image, down, right: moved(rolled(image, down, 0), 0, right),
)
add(
    "wraps_round_left_and_right",
    "At the top and at the bottom zeros come in; left and right comes in what left the picture at "
    "the other side.",
    move=lambda image, down, right: moved(rolled(image, 0, right), down, 0),
)


def with_edges(image, down, right):
    """Move an image, and let its edge come in once more."""
    height, width = image.shape[-2:]
    rows = (np.arange(height) - down).clip(0, height - 1)
    columns = (np.arange(width) - right).clip(0, width - 1)
    return image[..., rows[:, None], columns]


add(
    "edges_repeated",
    "What comes in is the edge of the image, repeated. Zeros come in.",
    move=with_edges,
)


def in_place_of_the_old(image, down, right):
    """Move an image over itself: where nothing comes from, the old pixels stay."""
    here = moved(np.ones_like(image), down, right) > 0
    return np.where(here, moved(image, down, right), image)


add(
    "old_pixels_stay",
    "Where zeros should come in, the old pixels are still there: you move the image within a copy "
    "of itself.",
    move=in_place_of_the_old,
)
add(
    "ones_come_in",
    "What comes in is not 0.",
    move=lambda image, down, right: np.where(
        moved(np.ones_like(image), down, right) > 0, moved(image, down, right), 1
    ).astype(image.dtype),
)


def border_cleared(image, down, right):
    """Cut off what would leave the picture, and move nothing."""
    return moved(moved(image, down, right), -down, -right)


add(
    "nothing_moves_but_the_border_goes",
    "What would leave the picture is set to 0, but the rest stays where it was.",
    move=border_cleared,
)


def for_all(moves_of_one):
    """Return a draw that gives all images the moves of one."""

    def draw(x, rng, most):
        return np.repeat(np.reshape(moves_of_one(rng, most), (2, 1)), len(x), axis=1)

    return draw


ONE_FOR_ALL = "All images of a call make the same move. Each draws its own."
add(
    "one_shift_for_all",
    ONE_FOR_ALL,
    for_all(lambda rng, most: rng.integers(-most, most + 1, size=2)),
)
add(
    "down_the_same_for_all",
    "All images of a call move equally far down. Each draws its own.",
    lambda x, rng, most: (
        np.full(len(x), rng.integers(-most, most + 1)),
        rng.integers(-most, most + 1, size=len(x)),
    ),
)
add(
    "right_the_same_for_all",
    "All images of a call move equally far to the right. Each draws its own.",
    lambda x, rng, most: (
        rng.integers(-most, most + 1, size=len(x)),
        np.full(len(x), rng.integers(-most, most + 1)),
    ),
)
add(
    "same_both_ways",
    "Each image moves as far down as to the right: one number serves both. Draw two.",
    lambda x, rng, most: [rng.integers(-most, most + 1, size=len(x))] * 2,
)
add(
    "one_axis_at_a_time",
    "Each image moves along one axis only, and stays where it is along the other one. It moves "
    "along both, by two numbers.",
    lambda x, rng, most: drawn(x, rng, most) * np.eye(2, dtype=int)[rng.integers(2, size=len(x))].T,
)
add(
    "down_only",
    "The images move up and down only. They move left and right, too.",
    lambda x, rng, most: drawn(x, rng, most) * np.array([[1], [0]]),
)
add(
    "right_only",
    "The images move left and right only. They move up and down, too.",
    lambda x, rng, most: drawn(x, rng, most) * np.array([[0], [1]]),
)
add(
    "most_not_reached",
    "No image moves by +most, though they move by −most. The upper end of `rng.integers` is not "
    "among the numbers that it draws.",
    lambda x, rng, most: rng.integers(-most, max(most, 1 - most), size=(2, len(x))),
)
add(
    "most_not_reached_either_way",
    "No image moves as far as most, up, down, left or right.",
    lambda x, rng, most: rng.integers(1 - most, max(most, 2 - most), size=(2, len(x))),
)
add(
    "one_way_only",
    "The images move down and right only. They move up and left, too.",
    lambda x, rng, most: rng.integers(0, most + 1, size=(2, len(x))),
)
add(
    "other_way_only",
    "The images move up and left only. They move down and right, too.",
    lambda x, rng, most: -rng.integers(0, most + 1, size=(2, len(x))),
)
add(
    "one_too_far",
    "Some images move by more than most.",
    lambda x, rng, most: rng.integers(-most, most + 2, size=(2, len(x))),
)
add(
    "as_far_as_possible",
    "Each image moves by most or −most, and by nothing between.",
    lambda x, rng, most: most * rng.choice([-1, 1], size=(2, len(x))),
)
add(
    "all_by_most",
    "Each image moves by exactly most, and nothing is drawn at random.",
    lambda x, rng, most: np.full((2, len(x)), most),
)
add(
    "cut_to_whole_numbers",
    "You draw numbers with a fraction, and cut it off. Then all from −1 to 1 become 0, which is "
    "too frequent, and most is never reached. Draw whole numbers.",
    lambda x, rng, most: rng.uniform(-most, most, size=(2, len(x))).astype(int),
)
add(
    "rounded",
    "You draw numbers with a fraction, and round. Then −most and most come half as often as the "
    "others. Draw whole numbers.",
    lambda x, rng, most: np.rint(rng.uniform(-most, most, size=(2, len(x)))).astype(int),
)
add(
    "always_by_one",
    "Your images move by up to 1, whatever most is.",
    lambda x, rng, most: drawn(x, rng, 1),
)
add(
    "own_generator",
    OWN_GENERATOR.replace("forward", "call"),
    lambda x, rng, most: drawn(x, np.random.default_rng(0), most),
)
add("in_float64", IN_FLOAT64.format(what="the images"), after=lambda y, x: y.astype(float))
add(
    "unchanged",
    "The images come back as they were.",
    move=lambda image, down, right: image,
)


def back_to_front(y, x):
    return y[::-1]


add(
    "images_in_another_order",
    "The images come back in another order. Their labels stay where they are.",
    after=back_to_front,
)


@task.misconception(
    "The channels of an image move apart. Red, green and blue of one pixel stay together."
)
def each_channel_by_itself(x, rng, most=1):
    y = np.zeros_like(x)
    for n, c in np.ndindex(x.shape[:2]):
        y[n, c] = moved(x[n, c], *rng.integers(-most, most + 1, size=2))
    return y


@task.misconception(
    "You write into the images that you were given. They belong to the caller, who needs them "
    "again in the next epoch: return a new array."
)
def changes_its_input(x, rng, most=1):
    x[...] = [moved(*one) for one in zip(x, *drawn(x, rng, most), strict=True)]
    return x


@task.misconception(
    "You move along the wrong axes: channels are axis 1, rows axis 2 and columns axis 3."
)
def along_channels(x, rng, most=1):
    y = [
        np.swapaxes(moved(np.swapaxes(a, 0, 1), d, r), 0, 1)
        for a, d, r in zip(x, *drawn(x, rng, most), strict=True)
    ]
    return np.array(y)
