"""Two layers in one: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import shape_of

task = Task(
    "collapse",
    "Two layers in one",
    points=4,
    needs=["collapse_affine"],
    minutes=10,
    shapes="W1 (D, H), b1 (H,), W2 (H, M), b2 (M,), W (D, M), b (M,)",
)


def two_maps(rng):
    """Draw W1 (4, 3), b1 (3,), W2 (3, 5), b2 (5,)."""
    return (
        rng.normal(size=(4, 3)),
        rng.normal(size=3),
        rng.normal(size=(3, 5)),
        rng.normal(size=5),
    )


@task.check("W, the matrix of both layers", weight=1.5)
def collapsed_matrix(impl, rng):
    W, _ = impl.collapse_affine(*two_maps(rng))
    return W


@task.check("b, the biases of both layers", weight=1.5)
def collapsed_bias(impl, rng):
    _, b = impl.collapse_affine(*two_maps(rng))
    return b


@task.check("a batch: x W + b is what comes out of the two layers")
def collapsed_acts(impl, rng):
    maps, x = two_maps(rng), rng.normal(size=(7, 4))
    W, b = impl.collapse_affine(*maps)
    return x @ np.asarray(W) + np.asarray(b)


@task.check("three layers: collapsed twice, they are one")
def collapsed_twice(impl, rng):
    W, b = impl.collapse_affine(*two_maps(rng))
    return impl.collapse_affine(W, b, rng.normal(size=(5, 2)), rng.normal(size=2))


@task.check("the four arrays are left as they were", weight=0.5)
def collapse_leaves_inputs(impl, rng):
    names = ["W1", "b1", "W2", "b2"]
    given = [keep(impl, array) for array in two_maps(rng)]
    W, b = impl.collapse_affine(*given)
    kept = {name: fetch(array) for name, array in zip(names, given, strict=True)}
    return {**kept, "shape of W": shape_of(W), "shape of b": shape_of(b)}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import Part, Parts
from solutions.perceptrons import collapse_affine, relu, sigmoid

from .mistakes import NOT_FITTING

parts = Parts(
    task,
    [collapse_affine],
    {"W": Part("the matrix W", at=(0,)), "b": Part("the biases b", at=(1,))},
)


def add_product_mistake(name, W=np.matmul, b=np.matmul):
    """Add products of which one does not fit: of W1 and W2, or of b1, W1 and W2."""

    def not_fitting(W1, b1, W2, b2):
        right = W(W1, W2)
        return right, (b(b1, W2) if b is np.matmul else b(b1, W1, W2)) + b2

    not_fitting.__name__ = name
    task.misconception(NOT_FITTING)(not_fitting)


add_product_mistake("matrices_swapped", lambda W1, W2: W2 @ W1)
add_product_mistake("matrices_swapped_by_dot", lambda W1, W2: np.dot(W2, W1))
add_product_mistake("first_transposed", lambda W1, W2: W1.T @ W2)
add_product_mistake("first_transposed_by_dot", lambda W1, W2: np.dot(W1.T, W2))
add_product_mistake("second_transposed", lambda W1, W2: W1 @ W2.T)
add_product_mistake("second_transposed_by_dot", lambda W1, W2: np.dot(W1, W2.T))
add_product_mistake("bias_on_the_right", b=lambda b1, W1, W2: W2 @ b1)
add_product_mistake("bias_on_the_right_by_dot", b=lambda b1, W1, W2: np.dot(W2, b1))
add_product_mistake("bias_through_the_first_on_the_right", b=lambda b1, W1, W2: W1 @ b1)
add_product_mistake("bias_by_the_second_transposed_by_dot", b=lambda b1, W1, W2: np.dot(b1, W2.T))


ACTIVATED = (
    "There is an activation between your layers: look at {what}. Without one they collapse; with "
    "one they do not."
)


@parts.mistake(ACTIVATED)
def relu_between(W1, b1, W2, b2):
    return relu(W1) @ W2, relu(b1) @ W2 + b2


@parts.mistake(ACTIVATED)
def sigmoid_between(W1, b1, W2, b2):
    return sigmoid(W1) @ W2, sigmoid(b1) @ W2 + b2


@task.misconception("b2 is subtracted. The second layer adds it at the very end.")
def second_bias_subtracted(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 - b2


@task.misconception("b1 is subtracted, after W2. What the first layer adds stays added.")
def first_bias_subtracted(W1, b1, W2, b2):
    return W1 @ W2, b2 - b1 @ W2


@task.misconception(
    "b2 is multiplied. The second layer adds it, to what the first layer's biases have become."
)
def second_bias_multiplied(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 * b2


@task.misconception(
    "You multiply or add element by element, but the layers' matrices do not even have the same "
    "shape. Multiply them as matrices."
)
def element_by_element(W1, b1, W2, b2):
    return W1 * W2, b1 * W2 + b2


@task.misconception(
    "b1 is not multiplied by W2. What the first layer adds goes through the second layer as well."
)
def first_bias_added(W1, b1, W2, b2):
    return W1 @ W2, b1 + b2


@task.misconception("b2 is missing. The second layer adds it at the very end.")
def second_bias_forgotten(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2


@task.misconception(
    "b1 is missing. What the first layer adds goes through the second layer as well."
)
def first_bias_forgotten(W1, b1, W2, b2):
    return W1 @ W2, b2


@task.misconception(
    "Your b is a matrix of one row. A bias has the shape (M,).",
)
def bias_with_two_axes(W1, b1, W2, b2):
    return W1 @ W2, b1[None, :] @ W2 + b2


@task.misconception("You return b first and W second. Asked for is W, then b.")
def bias_first(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return b, W


@task.misconception("W is transposed: it has to be (D, M), with one row for each input.")
def matrix_transposed(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return W.T, b


@task.misconception(
    "The biases are added into the matrix. They do not depend on x: keep them apart."
)
def bias_in_the_matrix(W1, b1, W2, b2):
    W, b = collapse_affine(W1, b1, W2, b2)
    return W + b, b


THROUGH_THE_FIRST = (
    "The bias of the first layer is multiplied by W1, which has been passed by then. The way on "
    "leads through W2."
)


@task.misconception(THROUGH_THE_FIRST)
def bias_through_the_first(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W1 + b2


@task.misconception(THROUGH_THE_FIRST)
def bias_through_the_first_by_dot(W1, b1, W2, b2):
    return np.dot(W1, W2), np.dot(b1, W1) + b2


@task.misconception(
    "b1 is multiplied by the whole of W2 at once, summed over its outputs. Each output takes its "
    "own share."
)
def bias_summed(W1, b1, W2, b2):
    return W1 @ W2, np.sum(b1 @ W2) + b2


@task.misconception(
    "You change b2, which belongs to the caller: `b2 += ...` writes into its array."
)
def second_bias_in_place(W1, b1, W2, b2):
    b2 += b1 @ W2
    return W1 @ W2, b2


BIAS_IN_THE_FIRST_MATRIX = (
    "b1 is added to W1. It is not multiplied by x, so it is no part of the matrix: multiply "
    "(X W1 + b1) W2 out."
)


@task.misconception(BIAS_IN_THE_FIRST_MATRIX)
def first_bias_in_the_matrix(W1, b1, W2, b2):
    return (W1 + b1) @ W2, b2


@task.misconception(BIAS_IN_THE_FIRST_MATRIX)
def first_bias_twice(W1, b1, W2, b2):
    return (W1 + b1) @ W2, b1 @ W2 + b2


@task.misconception(
    "b1 and W2 are multiplied element by element. b1 goes through the second layer as a row of X "
    "does: as a matrix product."
)
def bias_element_by_element(W1, b1, W2, b2):
    return W1 @ W2, b1 * W2 + b2


@task.misconception("You return one array. Asked for are two, W and b, with a comma between them.")
def one_array(W1, b1, W2, b2):
    return W1 @ W2 + b1 @ W2 + b2
