"""Occlusion maps: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .seen import CLASSES, C, H, W, network_of

task = Task(
    "occlusion",
    "What must not be covered",
    points=6,
    needs=["covered_images", "occlusion_map"],
    minutes=15,
    shapes="x (C, H, W), images (places, C, H, W), probabilities (H − size + 1, W − size + 1)",
)


def image(rng):
    """Draw an image, no pixel of which is near 0."""
    return rng.uniform(0.5, 2, size=(C, H, W)) * rng.choice([-1, 1], size=(C, H, W))


def greys(rng):
    """Draw two shades of grey, far from 0."""
    return [float(sign * rng.uniform(3, 4)) for sign in (-1, 1)]


@task.check("covered_images: a square of one pixel, grey = 0, in all places")
def one_pixel(impl, rng):
    return impl.covered_images(image(rng), 1)


@task.check("covered_images: larger squares, in other shades of grey, row by row", weight=2)
def squares(impl, rng):
    x = image(rng)
    return [impl.covered_images(x, 2 + k, grey) for k, grey in enumerate(greys(rng))]


@task.check("covered_images: x is left as it was, and float32 stays float32", weight=0.5)
def image_stays(impl, rng):
    x = keep(impl, image(rng).astype("f4"))
    found = np.asarray(impl.covered_images(x, 2, 0.7))
    return {"x": fetch(x), "shape": found.shape, "dtype": str(found.dtype)}


@task.check("occlusion_map: the probability of each class, place by place", weight=2)
def each_class(impl, rng):
    network, x = network_of(impl, rng, training=False), image(rng)
    return [impl.occlusion_map(network, x, label, 1) for label in range(CLASSES)]


@task.check("occlusion_map: larger squares, in other shades of grey", weight=2)
def larger(impl, rng):
    network, x, label = network_of(impl, rng, training=False), image(rng), rng.integers(CLASSES)
    cases = [(2 + k, grey) for k, grey in enumerate(greys(rng))]
    return [impl.occlusion_map(network, x, int(label), *case) for case in cases]


@task.check("occlusion_map: in test mode; afterwards the mode is what it was")
def mode(impl, rng):
    found = {}
    for name, training in (("training", True), ("test mode", False)):
        network, x = network_of(impl, rng, training=training), image(rng)
        found[f"from {name}"] = impl.occlusion_map(network, x, 1, 2, 0.7)
        found[f"{name} again"] = network.forward(x[None])
    return found


@task.check("occlusion_map: x is left as it was, and float32 stays float32", weight=0.5)
def float32(impl, rng):
    network, x = network_of(impl, rng, "f4", training=False), keep(impl, image(rng).astype("f4"))
    found = np.asarray(impl.occlusion_map(network, x, 1, 2, 0.7))
    return {"x": fetch(x), "shape": found.shape, "dtype": str(found.dtype)}


# Known mistakes -----------------------------------------------------------------------------------

from dataclasses import replace
from functools import partial
from itertools import pairwise

from handgrad import IN_FLOAT64
from solutions.convolution import covered_images
from solutions.perceptrons import softmax

mistake_of_images = partial(task.misconception, replaces="covered_images")
mistake_of_map = partial(task.misconception, replaces="occlusion_map")


def add(replaces, name, hint, wrong):
    """Add a wrong function of a name of its own."""
    wrong.__name__ = name
    task.misconception(hint, replaces=replaces)(wrong)


# Covered images -----------------------------------------------------------------------------------


def each_place(x, size):
    """Return the places of the square, row by row."""
    return np.ndindex(x.shape[1] - size + 1, x.shape[2] - size + 1)


def with_square(x, rows, columns, grey, channels=slice(None)):
    """Return an image with some rows and columns of it covered."""
    covered = x.copy()
    covered[channels, rows, columns] = grey
    return covered


def add_cover(name, hint, cover):
    """Add what puts another square on the image: cover(x, i, j, size, grey)."""

    def wrong(x, size, grey=0.0):
        return np.stack([cover(x, i, j, size, grey) for i, j in each_place(x, size)])

    add("covered_images", name, hint, wrong)


def add_slices(name, hint, slices, **options):
    """Add what covers other rows and columns: slices(i, j, size)."""
    add_cover(
        name, hint, lambda x, i, j, size, grey: with_square(x, *slices(i, j, size), grey, **options)
    )


def right_slices(i, j, size):
    """Return the rows and the columns that are right."""
    return slice(i, i + size), slice(j, j + size)


def outside(x, i, j, size, grey):
    """Return grey, with a square of the image."""
    left, place = np.full_like(x, grey), (slice(None), *right_slices(i, j, size))
    left[place] = x[place]
    return left


def brighter(x, i, j, size, grey):
    """Return the image with grey added where the square is."""
    rows, columns = right_slices(i, j, size)
    return with_square(x, rows, columns, x[:, rows, columns] + x.dtype.type(grey))


add_cover(
    "all_but_the_square",
    "You cover everything but the square. The square is what is to be covered.",
    outside,
)
add_cover(
    "grey_ignored",
    "Your square is 0, whatever the grey is.",
    lambda x, i, j, size, grey: with_square(x, *right_slices(i, j, size), 0),
)
add_cover(
    "grey_added",
    "The grey is added to the pixels. It takes the place of what was there.",
    brighter,
)
add_cover(
    "nothing_covered",
    "Nothing of your images is covered: all of them are x.",
    lambda x, i, j, size, grey: x,
)
for name, which in (("first", slice(1)), ("last", slice(-1, None))):
    add_slices(
        f"{name}_channel_covered",
        f"Your square covers the {name} channel alone. It covers all of them.",
        right_slices,
        channels=which,
    )
add_slices(
    "square_too_small",
    "Your square is one pixel too small. A slice from i to i + size ends before i + size.",
    lambda i, j, size: right_slices(i, j, size - 1),
)
add_slices(
    "square_too_large",
    "Your square is one pixel too large. A slice from i to i + size ends before i + size.",
    lambda i, j, size: right_slices(i, j, size + 1),
)
add_slices(
    "one_pixel_only",
    "Your square is a single pixel, whatever its size.",
    lambda i, j, size: right_slices(i, j, 1),
)
add_slices(
    "whole_rows",
    "You cover whole rows. The square has an end to the left and to the right, too.",
    lambda i, j, size: (slice(i, i + size), slice(None)),
)
add_slices(
    "whole_columns",
    "You cover whole columns. The square has an end above and below, too.",
    lambda i, j, size: (slice(None), slice(j, j + size)),
)
add_slices(
    "rows_for_columns",
    "Rows and columns are exchanged: in place (i, j) the square begins in row i and column j.",
    lambda i, j, size: right_slices(j, i, size),
)


def add_images(name, hint, change):
    """Add what makes something else of the right images: change(images, x, size)."""

    def wrong(x, size, grey=0.0):
        return change(covered_images(x, size, grey), x, size)

    add("covered_images", name, hint, wrong)


def in_places(images, x, size):
    """Return images as rows and columns of images."""
    return images.reshape(x.shape[1] - size + 1, x.shape[2] - size + 1, *x.shape)


add_images(
    "column_by_column",
    "Your images come column by column. Here they come row by row: j changes fastest.",
    lambda images, x, size: in_places(images, x, size).swapaxes(0, 1).reshape(images.shape),
)
add_images(
    "last_places_left_out",
    "The last row and the last column of places are missing: with a size of 1 there are H · W.",
    lambda images, x, size: in_places(images, x, size)[:-1, :-1].reshape(-1, *x.shape),
)
add_images(
    "side_by_side",
    "Your squares lie side by side. They move by one pixel, and overlap.",
    lambda images, x, size: in_places(images, x, size)[::size, ::size].reshape(-1, *x.shape),
)
add_images(
    "as_many_in_a_row_as_in_a_column",
    "In a row there are as many of your places as in a column. An image need not be a square: "
    "there are W − size + 1 in a row.",
    lambda images, x, size: in_places(images, x, size)[:, : x.shape[1] - size + 1].reshape(
        -1, *x.shape
    ),
)
add_images(
    "places_in_two_axes",
    "Your images have two axes for the places. One is asked for: they are a batch.",
    in_places,
)
add_images(
    "images_in_float64",
    IN_FLOAT64.format(what="the images"),
    lambda images, x, size: images.astype("f8"),
)


@mistake_of_images(
    "There are images in which the square does not fit. All of it has to lie on the image: there "
    "are H − size + 1 places in a column, and W − size + 1 in a row."
)
def at_every_pixel(x, size, grey=0.0):
    places = np.ndindex(x.shape[1:])
    return np.stack([with_square(x, *right_slices(i, j, size), grey) for i, j in places])


def squares_that_stay(x, size, grey):
    """Return images that are covered more and more."""
    images = covered_images(x, size, grey)
    for before, after in pairwise(images):
        after[before == grey] = grey
    return images


@mistake_of_images(
    "Squares stay where they have been, so that more and more of the image is covered. Each place "
    "begins with the image as it was given."
)
def squares_stay(x, size, grey=0.0):
    return squares_that_stay(x, size, grey)


@mistake_of_images(
    "You write the squares into the very image that you were given: more and more of it is "
    "covered, also for the caller. Each place begins with a copy."
)
def squares_stay_for_the_caller(x, size, grey=0.0):
    images = squares_that_stay(x, size, grey)
    x[...] = grey
    return images


@mistake_of_images(
    "All your images are one and the same array, which ends up covered by all squares. Each place "
    "needs a copy of its own."
)
def one_array_for_all(x, size, grey=0.0):
    return np.full_like(covered_images(x, size, grey), grey)


# The map ------------------------------------------------------------------------------------------


def square(array, x, size):
    """Return what was found at each place as a map."""
    return array.reshape(x.shape[1] - size + 1, x.shape[2] - size + 1)


def of_class(logits, label):
    """Return the probabilities of one class."""
    return softmax(logits)[:, label]


def add_map(name, hint, read=of_class, arrange=square):
    """Add what reads something else off the logits, or arranges it otherwise."""

    def wrong(network, x, label, size, grey=0.0):
        logits = network.predict(covered_images(x, size, grey))
        return arrange(read(logits, label), x, size)

    add("occlusion_map", name, hint, wrong)


add_map(
    "logits",
    "You return logits. The probability is asked for, behind the softmax.",
    lambda logits, label: logits[:, label],
)
add_map(
    "against_the_class",
    "You return how probable it is that it is *not* this class.",
    lambda logits, label: 1 - softmax(logits)[:, label],
)
add_map(
    "logarithms",
    "You return the logarithm of the probability, or the loss. The probability itself is asked "
    "for.",
    lambda logits, label: np.log(softmax(logits)[:, label]),
)
add_map(
    "losses",
    "You return the logarithm of the probability, or the loss. The probability itself is asked "
    "for.",
    lambda logits, label: -np.log(softmax(logits)[:, label]),
)
add_map(
    "class_that_is_chosen",
    "You return the probability of the class that the network would choose, at each place anew. "
    "Which class is meant, `label` says.",
    lambda logits, label: softmax(logits).max(axis=1),
)
add_map(
    "softmax_over_places",
    "Your softmax runs over the places of the square. It runs over the classes.",
    lambda logits, label: softmax(logits.T.copy()).T[:, label],
)
add_map(
    "softmax_over_everything",
    "The probabilities of all your images add up to 1 together. Those of each image do, over the "
    "classes.",
    lambda logits, label: softmax(logits.reshape(1, -1)).reshape(logits.shape)[:, label],
)
add_map(
    "is_it_chosen",
    "You return whether the class would be chosen. How probable it is is asked for.",
    lambda logits, label: (logits.argmax(axis=1) == label).astype(logits.dtype),
)
add_map(
    "all_classes",
    "You return the probabilities of all classes. That of `label` is asked for.",
    lambda logits, label: softmax(logits),
    lambda p, x, size: p.reshape(x.shape[1] - size + 1, x.shape[2] - size + 1, -1),
)
add_map(
    "map_in_float64",
    IN_FLOAT64.format(what="the probabilities"),
    lambda logits, label: softmax(logits)[:, label].astype("f8"),
)
add_map(
    "one_row",
    "You return all places in a row. They are to be a map, (H − size + 1, W − size + 1).",
    arrange=lambda p, x, size: p,
)
add_map(
    "map_transposed",
    "Rows and columns of your map are exchanged. Element (i, j) is for row i and column j.",
    arrange=lambda p, x, size: square(p, x, size).T,
)
add_map(
    "map_reshaped_otherwise",
    "Your map is as high as it should be wide: its numbers lie in the wrong rows. H stands first.",
    arrange=lambda p, x, size: p.reshape(x.shape[2] - size + 1, x.shape[1] - size + 1),
)


@mistake_of_map(
    "You return by how much the probability falls. What it is while the square is there is asked "
    "for."
)
def fall(network, x, label, size, grey=0.0):
    before = of_class(network.predict(x[None]), label)
    return before - square(of_class(network.predict(covered_images(x, size, grey)), label), x, size)


@mistake_of_map("The grey makes no difference to your map. Is it handed on?")
def grey_not_handed_on(network, x, label, size, grey=0.0):
    return square(of_class(network.predict(covered_images(x, size)), label), x, size)


def in_this_mode(network, x, label, size, grey):
    """Return the map in the mode in which the network is."""
    return square(of_class(network.forward(covered_images(x, size, grey)), label), x, size)


@mistake_of_map(
    "Your map is made in the mode in which the network happens to be. In training mode there is "
    "noise in it: `predict` is in test mode."
)
def mode_as_it_is(network, x, label, size, grey=0.0):
    return in_this_mode(network, x, label, size, grey)


@mistake_of_map(
    "Your map is made in training mode. What the network does in use is what it is to show."
)
def in_training_mode(network, x, label, size, grey=0.0):
    before, network.training = network.training, True
    found = in_this_mode(network, x, label, size, grey)
    network.training = before
    return found


@mistake_of_map(
    "Afterwards the network is in test mode, whatever it was before. `predict` sets the mode back."
)
def left_in_test_mode(network, x, label, size, grey=0.0):
    network.training = False
    return in_this_mode(network, x, label, size, grey)


# Other places, and a map of these -----------------------------------------------------------------


def add_map_of(name, arrange):
    """Add a known mistake of ``covered_images`` with a map that goes with it.

    Whoever counts the places once more for the map counts them in the same way.
    """
    one = next(one for one in task.misconceptions if one.name == name)
    images = one.wrong["covered_images"]

    def occlusion_map(network, x, label, size, grey=0.0):
        p = of_class(network.predict(images(x, size, grey)), label)
        return arrange(p, x.shape[1] - size + 1, x.shape[2] - size + 1, size)

    wrong = {**one.wrong, "occlusion_map": occlusion_map}
    task.misconceptions.append(replace(one, name=f"{name}.and_map", wrong=wrong))


add_map_of("column_by_column", lambda p, rows, columns, size: p.reshape(columns, rows).T)
add_map_of("last_places_left_out", lambda p, rows, columns, size: p.reshape(rows - 1, columns - 1))
add_map_of(
    "side_by_side", lambda p, rows, columns, size: p.reshape(-(-rows // size), -(-columns // size))
)
add_map_of("as_many_in_a_row_as_in_a_column", lambda p, rows, columns, size: p.reshape(rows, rows))
add_map_of("at_every_pixel", lambda p, rows, columns, size: p.reshape(rows + size - 1, -1))
