"""A network of two layers: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import (
    DERIVED,
    Task,
    add_memory_checks,
    calls_run,
    fetch,
    how_all_got,
    keep,
    slope_error,
)
from solutions.perceptrons import init_network

from .inputs import network_case, number, one_hot_rows

task = Task(
    "two_layer_net",
    "A network of two layers",
    points=9,
    needs=["TwoLayerNet"],
    minutes=25,
    shapes="x (N, D), W1 (D, H), b1 (H,), W2 (H, C), b2 (C,), logits (N, C)",
)


@task.check("predict returns the logits")
def net_predict(impl, rng):
    params, x, _ = network_case(rng)
    return impl.TwoLayerNet(params).predict(x)


@task.check("loss returns the mean loss, for class numbers and for one-hot rows", rtol=1e-4)
def net_loss(impl, rng):
    params, x, labels = network_case(rng)
    net = impl.TwoLayerNet(params)
    return {
        "class numbers": net.loss(x, labels),
        "one-hot rows": net.loss(x, one_hot_rows(labels, 3)),
    }


@task.check('gradients: "W2" and "b2"', weight=2)
def net_second_layer(impl, rng):
    params, x, labels = network_case(rng)
    grads = impl.TwoLayerNet(params).gradients(x, labels)
    return {"W2": grads["W2"], "b2": grads["b2"]}


@task.check('gradients: "W1" and "b1"', weight=2)
def net_first_layer(impl, rng):
    params, x, labels = network_case(rng)
    grads = impl.TwoLayerNet(params).gradients(x, labels)
    return {"W1": grads["W1"], "b1": grads["b1"]}


@task.check("loss_and_gradients returns what loss and gradients return", rtol=1e-4)
def net_both(impl, rng):
    params, x, labels = network_case(rng)
    net = impl.TwoLayerNet(params)
    loss, grads = net.loss_and_gradients(x, labels)
    alone = impl.TwoLayerNet(params).gradients(x, labels)
    same = all(np.allclose(grads[name], alone[name], rtol=1e-9, atol=0) for name in params)
    return {"loss": loss, "the same gradients": same}


def two_batches(rng, rows):
    """Draw a batch for loss, and another one for gradients."""
    return [(rng.normal(size=(rows, 5)), rng.integers(3, size=rows)) for _ in range(2)]


add_memory_checks(
    task,
    lambda impl, rng: impl.TwoLayerNet(network_case(rng)[0]),
    two_batches,
    forward=lambda net, x, labels: net.loss(x, labels),
    backward=lambda net, x, labels: net.gradients(x, labels),
    weights=[0.5, 1],
    titles=[
        "each network works with its own parameters, and gradients can be called twice",
        "gradients are those of the batch that is given, whatever came before",
    ],
)


@task.check(
    "the gradients agree with slopes measured on your own loss, along a random direction",
    at_most=1e-5,
)
def net_slopes(impl, rng):
    params, x, labels = network_case(rng)
    directions = {name: rng.normal(size=array.shape) for name, array in params.items()}
    grads = impl.TwoLayerNet(params).gradients(x, labels)

    def error(name):
        def loss(value):
            return number(impl.TwoLayerNet({**params, name: value}).loss(x, labels))

        return slope_error(loss, params[name], grads[name], directions[name])

    return max(error(name) for name in params)


@task.check("ten classes and small weights: the loss is near log 10 (distance)", at_most=0.05)
def net_first_loss(impl, rng):
    net = impl.TwoLayerNet(init_network((8, 20, 10), rng, 0.01))
    loss = net.loss(rng.normal(size=(30, 8)), rng.integers(10, size=30))
    return abs(number(loss) - np.log(10))


@task.check("params holds the very arrays that were given: changed in place, they act")
def net_live_parameters(impl, rng):
    params, x, _ = network_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    net = impl.TwoLayerNet(kept)
    before = net.predict(x)
    kept["b1"].fill(0.7)
    kept["W2"].fill(0.1)
    kept["b2"].fill(0.3)
    return {"before": before, "after": net.predict(x), "params": net.params}


@task.check("gradients leaves x, labels and parameters as they were", weight=0.5)
def net_inputs_stay(impl, rng):
    params, x, labels = network_case(rng)
    kept = {name: keep(impl, array) for name, array in params.items()}
    x, labels = keep(impl, x), keep(impl, labels)
    shape = np.shape(impl.TwoLayerNet(kept).gradients(x, labels)["W1"])
    kept |= {"x": x, "labels": labels}
    return {**{name: fetch(array) for name, array in kept.items()}, "shape of the gradient": shape}


@task.check(DERIVED, weight=0, required=True)
def net_derived(impl, rng):
    params, x, _ = network_case(rng)
    labels = rng.integers(2, size=6)
    params["W2"] *= 0.1  # so that no probability is rounded to 1: there, a derived slope is 0, too
    params["W2"][0] *= 1e-6  # a hidden unit that counts little, and then hardly at all
    near = impl.TwoLayerNet(params).gradients(x, labels)
    params["W2"][0] *= 1e-24
    params["b2"][:2] += 60  # the class that does not occur gets a probability of nearly 0
    far = impl.TwoLayerNet(params).gradients(x, labels)

    def calls(*sizes):
        net, x = impl.TwoLayerNet(init_network(sizes, rng, 0.5)), rng.normal(size=(2, sizes[0]))
        of = ["forward", "predict", "loss"]
        return calls_run(net.gradients, x, rng.integers(sizes[-1], size=2), of=of)

    return how_all_got(near, far, calls(2, 3, 2), calls(4, 6, 3))


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    DIVIDED_AGAIN,
    FIRST_FOR_EVER,
    MEASURED,
    SHARED,
    TIMES_BATCH,
    Part,
    Parts,
    measured,
)
from solutions.backpropagation import Affine, ReLU, Sigmoid, TwoLayerNet
from solutions.perceptrons import softmax

from .mistakes import FirstMaskForEver

parts = Parts(
    task,
    [TwoLayerNet],
    {
        "loss": Part("the loss", "loss"),
        "W1": Part('the gradient "W1"', "loss_and_gradients", at=(1, "W1")),
        "b1": Part('the gradient "b1"', "loss_and_gradients", at=(1, "b1")),
        "W2": Part('the gradient "W2"', "loss_and_gradients", at=(1, "W2")),
        "b2": Part('the gradient "b2"', "loss_and_gradients", at=(1, "b2")),
    },
)
GRADIENTS = ["W1", "b1", "W2", "b2"]


@parts.fault(DIVIDED_AGAIN, over=GRADIENTS)
def divided_by_batch(gradient, x, labels):
    return gradient / len(x)


@parts.fault(TIMES_BATCH, over=GRADIENTS)
def times_batch(gradient, x, labels):
    return gradient * len(x)


@parts.fault(
    "You add up the losses of all samples. Divide by their number, so that it does not matter how "
    "many there are.",
    over=["loss"],
)
def loss_summed(loss, x, labels):
    return loss * len(x)


def named(first, second):
    """Return the gradients that two affine layers have stored, by the network's names."""
    return {
        "W1": first.grads["W"],
        "b1": first.grads["b"],
        "W2": second.grads["W"],
        "b2": second.grads["b"],
    }


def copied(params):
    """Return copies of all arrays."""
    return {name: array.copy() for name, array in params.items()}


def backward_through(net, layers):
    """Send the gradient of the loss back through layers; return what the affine ones store."""
    dout = net.loss_layer.backward()
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return named(net.layers[0], net.layers[2])


@task.misconception(
    "On the way back, the gradient goes past the ReLU. Hidden units that were off must not get any."
)
class relu_skipped_on_the_way_back(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        first, _, second = self.layers
        return loss, backward_through(self, [first, second])


@task.misconception(
    "Which hidden units pass the gradient on is decided by the gradient's sign in your network. It "
    "is decided by the sign of their input on the way forward."
)
class hidden_mask_from_gradient(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        first, _, second = self.layers
        dhidden = second.backward(self.loss_layer.backward())
        first.backward(dhidden * (dhidden > 0))
        return loss, named(first, second)


@task.misconception(
    'The gradient "W2" is worked out with what goes into the ReLU. The second layer sees what '
    "comes out of it."
)
class hidden_input_for_output(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        self.layers[2]._x = self.layers[0].forward(x)
        return loss, backward_through(self, self.layers)


@task.misconception(
    "The layers work on copies of the parameters: whoever changes net.params changes nothing."
)
class works_on_copies(TwoLayerNet):
    def __init__(self, params):
        super().__init__(copied(params))
        self.params = params


@task.misconception(
    "Both net.params and the layers are made from copies. Keep the very arrays that were given."
)
class everything_copied(TwoLayerNet):
    def __init__(self, params):
        super().__init__(copied(params))


@task.misconception(
    "net.params holds copies: whoever changes them changes nothing, because the layers work on the "
    "arrays that were given. Keep these very arrays."
)
class params_are_copies(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.params = copied(params)


@task.misconception(
    "predict returns probabilities. It should return the logits: the loss layer takes the softmax, "
    "and taking it twice flattens it."
)
class probabilities_predicted(TwoLayerNet):
    def predict(self, x):
        return softmax(super().predict(x))


@task.misconception(
    "A ReLU stands behind the last layer, too. Logits have to be free to be negative."
)
class relu_at_the_end(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.last = ReLU()

    def predict(self, x):
        return self.last.forward(super().predict(x))

    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        return loss, backward_through(self, [*self.layers, self.last])


@task.misconception(
    "Nothing bends between your two affine layers, so they are worth one. The ReLU is missing."
)
class no_relu(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.layers[1] = Affine(np.eye(len(params["b1"])), np.zeros(len(params["b1"])))


@task.misconception("The hidden layer uses the sigmoid. This network is to use the ReLU.")
class sigmoid_hidden(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.layers[1] = Sigmoid()


@task.misconception(
    "gradients goes backward through what the layers remember of an earlier batch. Send the batch "
    "that it was given forward first."
)
class no_forward_first(TwoLayerNet):
    seen = False

    def loss(self, x, labels):
        self.seen, self.last = True, super().loss(x, labels)
        return self.last

    def loss_and_gradients(self, x, labels):
        self.last = self.last if self.seen else self.loss(x, labels)
        return self.last, backward_through(self, self.layers)


@task.misconception(
    "gradients takes a step as well. It is only to say where downhill is; train does the walking."
)
class gradients_take_a_step(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        for name, param in self.params.items():
            param -= 0.1 * grads[name]
        return loss, grads


@task.misconception(
    "The gradient goes through the layers from the first to the last. On its way back it meets the "
    "last one first."
)
class layers_not_reversed(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, dout = self.loss(x, labels), self.loss_layer.backward()
        for layer in self.layers:
            dout = type(layer).backward.__wrapped__(layer, dout)  # unguarded, as in a notebook
        return loss, named(self.layers[0], self.layers[2])


EXCHANGED = (
    "Gradients of the two layers stand under each other's names. Layer 1 is next to the input."
)


@task.misconception(EXCHANGED)
class layers_exchanged(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {"W1": grads["W2"], "b1": grads["b2"], "W2": grads["W1"], "b2": grads["b1"]}


@task.misconception(EXCHANGED)
class weights_exchanged(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {**grads, "W1": grads["W2"], "W2": grads["W1"]}


@task.misconception(
    "You send the loss itself down. What goes into the last backward is the gradient of the loss "
    "with respect to itself, which is 1."
)
class loss_sent_down(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {name: loss * grad for name, grad in grads.items()}


@task.misconception(SHARED)
class one_network_for_all(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        type(self).layers = vars(self).pop("layers")


@task.misconception(FIRST_FOR_EVER)
class first_batch_for_ever(TwoLayerNet):
    def loss(self, x, labels):
        self.first = getattr(self, "first", (x, labels))
        return super().loss(x, labels)

    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        super().loss(*self.first)
        return loss, backward_through(self, self.layers)


@task.misconception(
    "Your gradients are those of the first batch that gradients was given, for ever. Each call has "
    "to go forward with its own batch."
)
class first_gradients_for_ever(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        self.first = getattr(self, "first", (x, labels))
        loss = self.loss(x, labels)
        self.loss(*self.first)
        return loss, backward_through(self, self.layers)


@task.misconception(
    "Which hidden units pass the gradient on is what the first batch decided, for ever: your ReLU "
    "does not replace its mask. Mend that layer first."
)
class first_hidden_mask_for_ever(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.layers[1] = FirstMaskForEver()


@task.misconception(MEASURED)
class net_measured(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        def loss_with(name):
            return lambda value: TwoLayerNet({**self.params, name: value}).loss(x, labels)

        grads = {name: measured(loss_with(name), p, 1) for name, p in self.params.items()}
        return self.loss(x, labels), grads


@task.misconception("loss_and_gradients returns the two in the other order. The loss comes first.")
class gradients_before_loss(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        return super().loss_and_gradients(x, labels)[::-1]

    def gradients(self, x, labels):
        return self.loss_and_gradients(x, labels)[0]
