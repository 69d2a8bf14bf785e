"""Orthogonal weights: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task

from .inputs import kind_of, seeding, shape_of

task = Task(
    "orthogonal",
    "Orthogonal weights",
    points=5,
    needs=["orthogonal"],
    minutes=15,
    shapes="(D, M), or (FN, C, FH, FW) as a matrix (FN, C·FH·FW)",
)


def products(weights, rows):
    """Return all inner products of the columns, or of the rows, whichever are fewer."""
    W = np.asarray(weights, dtype=float)
    if W.size % rows or not W.size:
        return shape_of(weights)
    W = W.reshape(rows, -1)
    return W.T @ W if W.shape[0] >= W.shape[1] else W @ W.T


@task.check("(6, 4): the columns are orthogonal, of length gain")
def tall(impl, rng):
    weights = impl.orthogonal((6, 4), rng.generator(), rng.uniform(1.3, 1.8))
    return {"shape": shape_of(weights), "products": products(weights, 6)}


@task.check("(4, 6): the rows are orthogonal, of length gain")
def wide(impl, rng):
    weights = impl.orthogonal((4, 6), rng.generator(), rng.uniform(1.3, 1.8))
    return {"shape": shape_of(weights), "products": products(weights, 4)}


@task.check("filters: as a matrix with one filter in each row")
def orthogonal_filters(impl, rng):
    few = impl.orthogonal((5, 2, 3, 2), rng.generator(), rng.uniform(1.3, 1.8))
    many = impl.orthogonal((9, 1, 2, 3), rng.generator(), rng.uniform(1.3, 1.8))
    return {
        "shapes": [shape_of(few), shape_of(many)],
        "5 filters of 12 numbers": products(few, 5),
        "9 filters of 6 numbers": products(many, 9),
    }


@task.check("without a gain, the length is 1", weight=0.5)
def default_gain(impl, rng):
    return products(impl.orthogonal((7, 3), rng.generator()), 7)


def leaning(numbers, size):
    """Say which sign is preferred by 200 numbers that are of this size.

    Where none is, the mean is 0.07 sizes off, as a rule, and up to 0.8 where one is.
    """
    mean = float(np.mean(numbers) / size)
    return "even" if abs(mean) < 0.42 else "positive" if mean > 0 else "negative"


@task.check("no sign is preferred, neither on the diagonal nor in the first row, or column")
def even_signs(impl, rng):
    found = {}
    for shape in ((300, 200), (200, 300)):
        W = np.asarray(impl.orthogonal(shape, rng.generator()), dtype=float)
        if W.shape != shape:
            found[str(shape)] = shape_of(W)
            continue
        typical = 1 / np.sqrt(300)
        lines = {"diagonal": np.diagonal(W), "first row": W[0], "first column": W[:, 0]}
        found |= {f"{shape}, {name}": leaning(line, typical) for name, line in lines.items()}
    return found


@task.check("no place is preferred: all numbers are of about the same size", atol=0.3, weight=0.5)
def even_places(impl, rng):
    W = np.asarray(impl.orthogonal((120, 80), rng.generator()), dtype=float)
    if W.shape != (120, 80):
        return shape_of(W)
    sizes = np.abs(W) * np.sqrt(120)
    blocks = sizes.reshape(2, 60, 2, 40)
    return {"mean size": float(sizes.mean()), "squares": (blocks**2).mean(axis=(1, 3))}


@task.check("all that is random comes from rng; shapes and dtypes are as asked for", weight=0.5)
def orthogonal_from_rng(impl, rng):
    found = {str(s): seeding(impl, lambda g, s=s: impl.orthogonal(s, g), rng) for s in SHAPES}
    found["float32"] = kind_of(impl.orthogonal((5, 3), rng.generator(), 1.5, "float32"))
    return found


SHAPES = ((6, 4), (3, 5), (4, 2, 3, 2))

# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.initialization import orthogonal


def as_matrix(shape):
    """Return rows and columns."""
    return shape[0], math.prod(shape[1:])


def with_signs(signs_of, rows_first=False):
    """Return a wrong orthogonal that treats the signs of QR in its own way."""

    def wrong(shape, rng, gain=1.0, dtype=np.float64):
        rows, columns = as_matrix(shape)
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = signs_of(q, r)
        return (gain * (q if rows >= columns else q.T).reshape(shape)).astype(dtype)

    return wrong


def add(name, hint, wrong):
    """Add a wrong orthogonal."""
    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "signs_of_qr",
    "QR alone leaves the signs to the algorithm: most of the numbers on your diagonal are "
    "negative. Where R has a negative number on its diagonal, the column of Q is to be turned "
    "round.",
    with_signs(lambda q, r: q),
)


@task.misconception(
    "You start from random numbers that lie around another number than 0, such as those of "
    "rng.random. Then the first column of Q points to where they lie: start from normal numbers."
)
def not_around_zero(shape, rng, gain=1.0, dtype=np.float64):
    rows, columns = as_matrix(shape)
    q, r = np.linalg.qr(rng.random((max(rows, columns), min(rows, columns))))
    q = q * np.where(np.diagonal(r) < 0, -1, 1)
    return (gain * (q if rows >= columns else q.T)).reshape(shape).astype(dtype)


add(
    "multiplied_by_the_diagonal",
    "You multiply the columns of Q by R's diagonal. Its sign alone is wanted: the columns have the "
    "length 1 already.",
    with_signs(lambda q, r: q * np.diagonal(r)),
)
add(
    "sign_of_the_first_row",
    "You make the first row of Q positive. That prefers a sign: it is the diagonal of R that is to "
    "be positive.",
    with_signs(lambda q, r: q * np.sign(q[:1])),
)
add(
    "sign_of_its_diagonal",
    "You make the diagonal of Q positive. That prefers a sign: it is the diagonal of R that is to "
    "be positive.",
    with_signs(lambda q, r: q * np.sign(np.diagonal(q))),
)


def changed(change):
    """Return a wrong orthogonal that changes the right one: change(weights, gain, shape)."""

    def wrong(shape, rng, gain=1.0, dtype=np.float64):
        return np.asarray(change(orthogonal(shape, rng), gain, shape)).astype(dtype)

    return wrong


add("gain_ignored", "The gain has no effect.", changed(lambda W, gain, shape: W))
add(
    "gain_squared",
    "Your lengths are the square of the gain.",
    changed(lambda W, gain, shape: gain**2 * W),
)
add(
    "gain_rooted",
    "Your lengths are the root of the gain. It is not a variance here.",
    changed(lambda W, gain, shape: math.sqrt(gain) * W),
)
add(
    "divided_by_gain",
    "You divide by the gain. The lengths are to be gain.",
    changed(lambda W, gain, shape: W / gain),
)
add(
    "gain_added",
    "You add the gain. The weights are to be multiplied by it.",
    changed(lambda W, gain, shape: W + gain - 1),
)


@task.misconception(
    "Your columns have the right length, but are not orthogonal: dividing by the length makes no "
    "right angles. QR does both."
)
def columns_scaled_only(shape, rng, gain=1.0, dtype=np.float64):
    rows, columns = as_matrix(shape)
    x = rng.standard_normal((max(rows, columns), min(rows, columns)))
    x = gain * x / np.sqrt((x**2).sum(axis=0))
    return (x if rows >= columns else x.T).reshape(shape).astype(dtype)


@task.misconception(
    "Your weights are random, and not orthogonal. Take Q of a QR decomposition of them."
)
def not_orthogonal(shape, rng, gain=1.0, dtype=np.float64):
    std = gain / math.sqrt(max(as_matrix(shape)))
    return (std * rng.standard_normal(shape)).astype(dtype)


@task.misconception(
    "Your weights are ones and zeros. They are orthogonal, but not drawn at random."
)
def identity(shape, rng, gain=1.0, dtype=np.float64):
    return (gain * np.eye(*as_matrix(shape))).reshape(shape).astype(dtype)


@task.misconception(
    "Your weights are a permutation: each unit has a single input. They are to be drawn evenly "
    "from all orthogonal ones."
)
def permuted_identity(shape, rng, gain=1.0, dtype=np.float64):
    rows, columns = as_matrix(shape)
    tall = np.eye(max(rows, columns))[rng.permutation(max(rows, columns)), : min(rows, columns)]
    return (gain * (tall if rows >= columns else tall.T)).reshape(shape).astype(dtype)


@task.misconception(
    "Where there are more columns than rows you return Q of the wide matrix, which is square. "
    "Make it of the tall one, and transpose."
)
def square_for_wide(shape, rng, gain=1.0, dtype=np.float64):
    rows, columns = as_matrix(shape)
    q, r = np.linalg.qr(rng.standard_normal((rows, columns)))
    q = q * np.where(np.diagonal(r) < 0, -1, 1)
    return gain * (q.reshape(shape) if rows >= columns else q).astype(dtype)


@task.misconception(
    "Where there are more columns than rows you cut Q off, or reshape it: transposing is what "
    "keeps the rows orthogonal."
)
def reshaped_for_wide(shape, rng, gain=1.0, dtype=np.float64):
    rows, columns = as_matrix(shape)
    W = orthogonal((max(rows, columns), min(rows, columns)), rng, gain)
    return W.reshape(shape).astype(dtype)


@task.misconception("What you return is transposed: the shape is to be the one that is asked for.")
def shape_transposed(shape, rng, gain=1.0, dtype=np.float64):
    return orthogonal(shape, rng, gain, dtype).T


@task.misconception(
    "You return the square matrix of the complete decomposition. As many columns, or rows, as the "
    "shape says are wanted."
)
def complete_square(shape, rng, gain=1.0, dtype=np.float64):
    most = max(as_matrix(shape))
    return orthogonal((most, most), rng, gain, dtype)


@task.misconception(
    "For filters you make each pixel's (FN, C) weights orthogonal. A filter, with all its channels "
    "and pixels, is one row of the matrix."
)
def each_pixel_by_itself(shape, rng, gain=1.0, dtype=np.float64):
    if len(shape) == 2:
        return orthogonal(shape, rng, gain, dtype)
    weights = np.empty(shape, dtype)
    for pixel in np.ndindex(shape[2:]):
        weights[(..., *pixel)] = orthogonal(shape[:2], rng, gain)
    return weights


@task.misconception(
    "For filters your matrix is (FN·C·FH, FW), or another one in which a filter is not a single "
    "row. It is (FN, C·FH·FW)."
)
def last_axis_as_columns(shape, rng, gain=1.0, dtype=np.float64):
    rows = math.prod(shape[:-1])
    return orthogonal((rows, shape[-1]), rng, gain, dtype).reshape(shape)


@task.misconception(
    "You bring a generator of your own: it gives the same weights each time, for every layer. Draw "
    "from the rng that is handed over."
)
def own_generator(shape, rng, gain=1.0, dtype=np.float64):
    return orthogonal(shape, np.random.default_rng(0), gain, dtype)


@task.misconception("The dtype has no effect: the numbers are to be rounded to it.")
def dtype_ignored(shape, rng, gain=1.0, dtype=np.float64):
    return orthogonal(shape, rng, gain)
