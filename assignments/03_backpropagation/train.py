"""Training: how it is checked, and which mistakes are known."""

from functools import lru_cache

import numpy as np

from handgrad import Task, fetch, keep
from solutions.data import digits
from solutions.perceptrons import init_network

from .inputs import network_case, number

task = Task("train", "Training", points=8, needs=["train"], minutes=15)


@lru_cache(maxsize=8)  # some checks of a run, at its inputs and at the visible ones
def split(seed):
    """Return the digits, split afresh for each seed."""
    return digits(seed=seed)


def training_case(rng):
    """Draw parameters, a training set of 6 rows, and batches of different sizes."""
    batches = [rng.permutation(6)[:size] for size in (4, 2, 3, 5, 2)]
    return *network_case(rng), batches


@task.check("the losses are those of the batches, each before its step", weight=2, rtol=1e-4)
def training_losses(impl, rng):
    params, x, labels, batches = training_case(rng)
    return impl.train(impl.TwoLayerNet(params), x, labels, batches, 0.1)


@task.check("after one step, each parameter has moved against its gradient")
def training_one_step(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches[:1], rng.uniform(0.2, 0.4))
    return net.params


@task.check("after five steps, the parameters are where the reference's are", weight=2)
def training_five_steps(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches, 0.1)
    return net.params


@task.check("the network itself has changed: it predicts something else")
def training_acts(impl, rng):
    params, x, labels, batches = training_case(rng)
    net = impl.TwoLayerNet(params)
    impl.train(net, x, labels, batches, 0.1)
    return net.predict(x)


@task.check("the arrays that the network was made from are the ones that change", weight=0.5)
def training_in_place(impl, rng):
    params, x, labels, batches = training_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    impl.train(impl.TwoLayerNet(kept), x, labels, batches[:1], 0.1)
    return {name: fetch(array) for name, array in kept.items()}


# The bounds leave room for the unluckiest of hundreds of seeds: 0.09 there, and 0.81 below.
@task.check("twenty digits are learned by heart: the last loss is small", at_most=0.2)
def training_overfits(impl, rng):
    data = split(int(rng.integers(1000)))
    x, labels = data.x_train[:20], data.labels_train[:20]
    net = impl.TwoLayerNet(init_network((64, 20, 10), rng, 0.25))
    return number(impl.train(net, x, labels, [np.arange(20)] * 60, 0.6)[-1])


@task.check(
    "a network trained on 1348 digits recognizes 70 % of the others", weight=2, at_least=0.7
)
def training_generalizes(impl, rng):
    data = split(int(rng.integers(1000)))
    batches = list(rng.integers(len(data.x_train), size=(80, 80)))
    net = impl.TwoLayerNet(init_network((64, 20, 10), rng, 0.3))
    impl.train(net, data.x_train, data.labels_train, batches, 0.4)
    return float(np.mean(np.argmax(net.predict(data.x_test), axis=1) == data.labels_test))


# Known mistakes -----------------------------------------------------------------------------------

from solutions.backpropagation import Affine


def descend(net, x, labels, batches, step):
    """Train; step(name, gradient, rows) says how far a parameter goes down."""
    losses = []
    for rows in batches:
        losses.append(net.loss(x[rows], labels[rows]))
        grads = net.gradients(x[rows], labels[rows])
        for name, param in net.params.items():
            param -= step(name, grads[name], rows)
    return losses


@task.misconception(
    "You walk uphill: the gradient points to where the loss grows, so the step goes against it."
)
def uphill(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: -learning_rate * grad)


@task.misconception("The learning rate has no effect: you take the whole gradient as a step.")
def learning_rate_ignored(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: grad)


@task.misconception(
    "Your steps are too small by the batch size. The gradient is that of the mean loss, divided "
    "already: neither train nor a layer of tasks 6 and 11 is to divide again."
)
def step_divided_by_batch(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * grad / len(rows)

    return descend(net, x, labels, batches, step)


@task.misconception("Only the weights are trained. The biases are parameters as well.")
def weights_only(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * grad * (grad.ndim == 2)

    return descend(net, x, labels, batches, step)


@task.misconception(
    "The network's parameters never change. If you do work out a step: a local name for the new "
    "array is not enough, as the network keeps the old one. The array itself has to change."
)
def local_name_only(net, x, labels, batches, learning_rate):
    return [net.loss(x[rows], labels[rows]) for rows in batches]


@task.misconception(
    "You put new arrays into net.params, but the layers still hold the old ones, so the network "
    "does not learn. Change the arrays themselves, in place."
)
def arrays_replaced(net, x, labels, batches, learning_rate):
    losses = []
    for rows in batches:
        losses.append(net.loss(x[rows], labels[rows]))
        grads = net.gradients(x[rows], labels[rows])
        for name in net.params:
            net.params[name] = net.params[name] - learning_rate * grads[name]
    return losses


@task.misconception(
    "Your losses are those after the steps. Note the loss of each batch before the step it causes."
)
def loss_after_step(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * grad

    losses = []
    for rows in batches:
        descend(net, x, labels, [rows], step)
        losses.append(net.loss(x[rows], labels[rows]))
    return losses


@task.misconception(
    "Every step uses the whole training set. It should use the rows of its own batch only."
)
def whole_set_each_step(net, x, labels, batches, learning_rate):
    everything = [np.arange(len(x))] * len(batches)
    return descend(net, x, labels, everything, lambda name, grad, rows: learning_rate * grad)


@task.misconception(
    "You work out gradients anew after each parameter has moved. One step moves all parameters, "
    "with gradients from one and the same place."
)
def gradients_between_parameters(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * net.gradients(x[rows], labels[rows])[name]

    return descend(net, x, labels, batches, step)


@task.misconception(
    "The gradients of the first batch are used again for every step. Each step needs its own."
)
def gradients_never_renewed(net, x, labels, batches, learning_rate):
    first = net.gradients(x[batches[0]], labels[batches[0]])
    kept = {name: grad.copy() for name, grad in first.items()}
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * kept[name])


@task.misconception(
    "You return one loss. The loss of every batch is asked for, so that the curve can be drawn."
)
def last_loss_only(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)[-1]


@task.misconception(
    "Your losses are those of the whole training set. Each is to be that of the batch that causes "
    "the step."
)
def losses_of_the_whole_set(net, x, labels, batches, learning_rate):
    losses = []
    for rows in batches:
        losses.append(net.loss(x, labels))
        descend(net, x, labels, [rows], lambda name, grad, rows: learning_rate * grad)
    return losses


@task.misconception(
    "You take the rows of a batch from x but not from labels. Both have to be of the same samples."
)
def labels_not_indexed(net, x, labels, batches, learning_rate):
    losses = []
    for rows in batches:
        losses.append(net.loss(x[rows], labels))
        grads = net.gradients(x[rows], labels)
        for name, param in net.params.items():
            param -= learning_rate * grads[name]
    return losses


@task.misconception(
    "You return the mean of the losses. The loss of every batch is asked for, so that the curve "
    "can be drawn."
)
def mean_of_the_losses(net, x, labels, batches, learning_rate):
    losses = descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)
    return sum(losses) / len(losses)


@task.misconception(
    "net.params changes, but the network does not learn, because its layers work on copies. Look "
    "at Affine of task 6 and TwoLayerNet of task 11: they must keep the arrays that they are given."
)
def layers_hold_copies(net, x, labels, batches, learning_rate):
    net.layers[0] = Affine(net.params["W1"].copy(), net.params["b1"].copy())
    net.layers[2] = Affine(net.params["W2"].copy(), net.params["b2"].copy())
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)
