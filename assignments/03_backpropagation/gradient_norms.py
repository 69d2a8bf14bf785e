"""Gradients on their way back: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep, signed

task = Task(
    "gradient_norms", "Gradients on their way back", points=5, needs=["gradient_norms"], minutes=10
)


def stack(impl, rng):
    """Make four layers, no two of the same width, from 4 inputs to 3 outputs."""
    return [
        impl.Affine(rng.normal(size=(4, 6)), rng.normal(size=6)),
        impl.Tanh(),
        impl.Affine(rng.normal(size=(6, 3)), rng.normal(size=3)),
        impl.Sigmoid(),
    ]


@task.check("one norm for each layer, first layer first", weight=2)
def norms_of_stack(impl, rng):
    layers = stack(impl, rng)
    return impl.gradient_norms(layers, rng.normal(size=(5, 4)), rng.normal(size=(5, 3)))


@task.check("a single layer: the norm of the gradient of its input")
def norm_of_one(impl, rng):
    layer = impl.Affine(rng.normal(size=(4, 3)), rng.normal(size=3))
    return impl.gradient_norms([layer], rng.normal(size=(5, 4)), rng.normal(size=(5, 3)))


@task.check("each layer gets what the layer before it gives, forward and backward")
def norms_of_activations(impl, rng):
    layers = [impl.Tanh(), impl.Sigmoid(), impl.Tanh()]
    return impl.gradient_norms(layers, signed(rng, 5, 4), rng.normal(size=(5, 4)))


@task.check("x and dout are left as they were", weight=0.5)
def norms_inputs_stay(impl, rng):
    x, dout = keep(impl, rng.normal(size=(5, 4))), keep(impl, rng.normal(size=(5, 3)))
    norms = impl.gradient_norms(stack(impl, rng), x, dout)
    return {"x": fetch(x), "dout": fetch(dout), "number of norms": len(norms)}


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np


def gradients_on_the_way(layers, x, dout):
    """Return the gradients at all layers' inputs, first layer first, and dout after them."""
    for layer in layers:
        x = layer.forward(x)
    gradients = [dout]
    for layer in reversed(layers):
        gradients.append(layer.backward(gradients[-1]))
    return gradients[::-1]


def norms_of(arrays):
    """Return Euclidean norms."""
    return [float(np.sqrt((array**2).sum())) for array in arrays]


@task.misconception(
    "Your norms are in the order of the way back, the last layer first. The first layer's is to "
    "stand first."
)
def last_layer_first(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout)[:-1])[::-1]


@task.misconception(
    "You measure the gradient where it enters each layer on its way back, at the layer's output. "
    "Measure it where it leaves, at the input."
)
def measured_on_entering(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout)[1:])


@task.misconception(
    "dout itself is among your norms. One norm for each layer is asked for: that at its input."
)
def upstream_included(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout))


@task.misconception("The square root is missing: these are squared norms.")
def norms_squared(layers, x, dout):
    return [norm**2 for norm in norms_of(gradients_on_the_way(layers, x, dout)[:-1])]


@task.misconception(
    "You take a mean inside the root, over the elements or over the samples. The Euclidean norm is "
    "the root of the sum of all squares."
)
def root_of_mean(layers, x, dout):
    gradients = gradients_on_the_way(layers, x, dout)[:-1]
    return [float(np.sqrt((gradient**2).mean())) for gradient in gradients]


@task.misconception(
    "You measure the values that go forward. The gradients that come back are asked for."
)
def norms_of_values(layers, x, dout):
    values = [x]
    for layer in layers:
        values.append(layer.forward(values[-1]))
    return norms_of(values[:-1])


@task.misconception(
    "Every layer gets the same x in your code. Each is to get what the layer before it returned."
)
def same_input_for_all(layers, x, dout):
    for layer in layers:
        layer.forward(x)
    gradients = [dout]
    for layer in reversed(layers):
        gradients.append(layer.backward(gradients[-1]))
    return norms_of(gradients[:0:-1])


@task.misconception(
    "Every layer gets the same dout in your code. Each is to get what the layer after it returned."
)
def same_upstream_for_all(layers, x, dout):
    for layer in layers:
        x = layer.forward(x)
    return norms_of([layer.backward(dout) for layer in layers])


@task.misconception(
    "The gradient goes through the layers from the first to the last. On its way back it meets the "
    "last one first."
)
def backward_from_the_first(layers, x, dout):
    for layer in layers:
        x = layer.forward(x)
    gradients = []
    for layer in layers:
        dout = layer.backward(dout)
        gradients.append(dout)
    return norms_of(gradients)


@task.misconception(
    "np.linalg.norm(g, 2) of a matrix is its largest singular value. The Euclidean norm, the root "
    "of the sum of all squares, is what it gives without the 2."
)
def spectral_norms(layers, x, dout):
    gradients = gradients_on_the_way(layers, x, dout)[:-1]
    return [float(np.linalg.norm(gradient, 2)) for gradient in gradients]


@task.misconception("You add up sizes. The Euclidean norm adds up squares and takes the root.")
def sums_of_sizes(layers, x, dout):
    return [float(np.abs(g).sum()) for g in gradients_on_the_way(layers, x, dout)[:-1]]


@task.misconception(
    "You give one norm for each sample. One number for each layer is asked for, over all samples."
)
def norms_of_the_rows(layers, x, dout):
    return [np.sqrt((g**2).sum(axis=1)) for g in gradients_on_the_way(layers, x, dout)[:-1]]
