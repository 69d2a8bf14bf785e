"""The affine layer: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import (
    DERIVED,
    OWN_MEMORY,
    SLOPES,
    Task,
    add_memory_checks,
    calls_run,
    fetch,
    how_all_got,
    keep,
    slope_error,
)

task = Task(
    "affine",
    "The affine layer",
    points=10,
    needs=["Affine"],
    minutes=20,
    shapes="x (N, D), W (D, M), b (M,), y and dout (N, M); a gradient is shaped as what it is of",
)


def affine_case(rng):
    """Draw weights (5, 3), biases (3,), inputs (7, 5) and upstream gradients (7, 3)."""
    W, b = rng.normal(size=(5, 3)), rng.normal(size=3)
    return W, b, rng.normal(size=(7, 5)), rng.normal(size=(7, 3))


def passed_through(impl, W, b, x, dout):
    """Make an affine layer and send a batch forward and a gradient backward."""
    layer = impl.Affine(W, b)
    layer.forward(x)
    return layer, layer.backward(dout)


@task.check("forward returns (N, M) outputs")
def affine_forward(impl, rng):
    W, b, x, _ = affine_case(rng)
    return impl.Affine(W, b).forward(x)


@task.check('backward stores the gradient of the weights in grads["W"], (D, M)', weight=2)
def affine_weights(impl, rng):
    layer, _ = passed_through(impl, *affine_case(rng))
    return layer.grads["W"]


@task.check('backward stores the gradient of the biases in grads["b"], (M,)')
def affine_bias(impl, rng):
    layer, _ = passed_through(impl, *affine_case(rng))
    return layer.grads["b"]


@task.check("backward returns the gradient of the input, (N, D)", weight=2)
def affine_input(impl, rng):
    _, dx = passed_through(impl, *affine_case(rng))
    return dx


@task.check("an input (N, C, H, W) is flattened, one sample per row")
def affine_images(impl, rng):
    W, b = rng.normal(size=(2 * 3 * 4, 5)), rng.normal(size=5)
    return impl.Affine(W, b).forward(rng.normal(size=(6, 2, 3, 4)))


@task.check("the gradient of such an input has its shape")
def affine_images_backward(impl, rng):
    W, b = rng.normal(size=(2 * 3 * 4, 5)), rng.normal(size=5)
    case = W, b, rng.normal(size=(6, 2, 3, 4)), rng.normal(size=(6, 5))
    layer, dx = passed_through(impl, *case)
    return {"dx": dx, "W": layer.grads["W"]}


@task.check(SLOPES, at_most=1e-5)
def affine_slopes(impl, rng):
    W, b, x, dout = affine_case(rng)
    directions = [rng.normal(size=array.shape) for array in (W, b, x)]
    layer, dx = passed_through(impl, W, b, x, dout)

    def f(W, b, x):
        return np.sum(dout * impl.Affine(W, b).forward(x))

    errors = [
        slope_error(lambda v: f(v, b, x), W, layer.grads["W"], directions[0]),
        slope_error(lambda v: f(W, v, x), b, layer.grads["b"], directions[1]),
        slope_error(lambda v: f(W, b, v), x, dx, directions[2]),
    ]
    return max(errors)


@task.check("params holds the very arrays that were given: changed in place, they act", weight=0.5)
def affine_live_parameters(impl, rng):
    W, b, x, _ = affine_case(rng)
    kept = {"W": keep(impl, W), "b": keep(impl, b)}
    layer = impl.Affine(kept["W"], kept["b"])
    before = layer.forward(x)
    kept["W"].fill(0.2)
    kept["b"].fill(0.7)
    return {"before": before, "after": layer.forward(x), "params": layer.params}


@task.check("x, dout and the parameters are left as they were", weight=0.5)
def affine_inputs_stay(impl, rng):
    W, b, x, dout = (keep(impl, array) for array in affine_case(rng))
    _, dx = passed_through(impl, W, b, x, dout)
    kept = {"x": fetch(x), "dout": fetch(dout), "W": fetch(W), "b": fetch(b)}
    return {**kept, "shape of dx": np.shape(dx)}


add_memory_checks(
    task,
    lambda impl, rng: impl.Affine(rng.normal(size=(5, 3)), rng.normal(size=3)),
    lambda rng, rows: ([rng.normal(size=(rows, 5))], [rng.normal(size=(rows, 3))]),
    read=lambda layer: layer.grads,
    weights=[1, 1],
    titles=[OWN_MEMORY, "a second batch, of another size, overwrites the gradients of the first"],
)


@task.check("float32 stays float32", weight=0.5)
def affine_float32(impl, rng):
    W, b, x, dout = (array.astype("f4") for array in affine_case(rng))
    layer = impl.Affine(W, b)
    parts = {"y": layer.forward(x), "dx": layer.backward(dout), **layer.grads}
    return {name: str(np.asarray(part).dtype) for name, part in parts.items()}


def all_gradients(impl, *case):
    """Return the three gradients of an affine layer."""
    layer, dx = passed_through(impl, *case)
    return {"x": dx, "W": layer.grads["W"], "b": layer.grads["b"]}


def forward_calls(impl, rng, inputs, outputs):
    """Return how often a way back through a batch of 2 goes forward."""
    layer = impl.Affine(rng.normal(size=(inputs, outputs)), rng.normal(size=outputs))
    layer.forward(rng.normal(size=(2, inputs)))
    return calls_run(layer.backward, rng.normal(size=(2, outputs)), of=["forward"])


@task.check(DERIVED, weight=0, required=True)
def affine_derived(impl, rng):
    W, b, x, dout = affine_case(rng)
    near = all_gradients(impl, W, b, x, dout)
    W[1], x[:, 1] = 1e-30 * W[1], 1e-30 * x[:, 1]
    far = all_gradients(impl, W, b, x, dout)
    few, many = forward_calls(impl, rng, 3, 2), forward_calls(impl, rng, 8, 5)
    return how_all_got(near, far, few, many)


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import (
    DIVIDED_AGAIN,
    MEASURED,
    SHARED,
    TIMES_BATCH,
    Part,
    Parts,
    add_layer_mistakes,
    add_memory_mistakes,
    measured,
)
from solutions.backpropagation import Affine

parts = Parts(
    task,
    [Affine],
    {
        "y": Part("the output", "forward"),
        "x": Part("the gradient of the input", "backward"),
        "W": Part("the gradient of the weights", "backward", stored="grads.W"),
        "b": Part("the gradient of the biases", "backward", stored="grads.b"),
    },
)
GRADIENTS = ["x", "W", "b"]

add_layer_mistakes(parts, GRADIENTS)
add_memory_mistakes(task, Affine, ["_x", "_x_shape"])


@parts.fault(DIVIDED_AGAIN, over=GRADIENTS)
def divided_by_batch(gradient, dout):
    return gradient / len(dout)


@parts.fault(TIMES_BATCH, over=GRADIENTS)
def times_batch(gradient, dout):
    return gradient * len(dout)


@task.misconception("The biases are missing from your forward.")
class bias_not_added(Affine):
    def forward(self, x):
        return super().forward(x) - self.params["b"]


@task.misconception(
    "You sum the gradient of the biases over everything. Each output has a bias of its own: only "
    "the samples are to be summed over."
)
class bias_over_everything(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum()
        return dx


@task.misconception(
    "You sum the gradient of the biases over the outputs. One bias serves all samples: those are "
    "to be summed over, and (M,) must be left."
)
class bias_over_outputs(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum(axis=1)
        return dx


@task.misconception(
    "The gradient of the weights is transposed. It has to have the shape of the weights, (D, M)."
)
class weights_transposed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["W"] = self.grads["W"].T
        return dx


@task.misconception(
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
class gradients_accumulate(Affine):
    def backward(self, dout):
        before = self.grads
        self.grads = {}
        dx = super().backward(dout)
        self.grads = {name: grad + before.get(name, 0) for name, grad in self.grads.items()}
        return dx


@task.misconception(
    "Something cuts off the negative outputs. An affine layer has no activation: that is a layer "
    "of its own."
)
class activation_fused(Affine):
    def forward(self, x):
        return np.maximum(super().forward(x), 0)


@task.misconception(
    "The gradient of the input comes back flat. It has to have the shape that forward was given."
)
class input_gradient_flat(Affine):
    def backward(self, dout):
        return super().backward(dout).reshape(len(dout), -1)


@task.misconception(
    "Your reshape mixes the numbers of different samples. The batch is the first axis, and each "
    "row has to hold the numbers of one sample."
)
class samples_mixed(Affine):
    def forward(self, x):
        y = super().forward(x)
        self._x = x.reshape(-1, len(x)).T
        return y - y + self._x @ self.params["W"] + self.params["b"]


@task.misconception(
    "An input of more than two axes goes into the matrix product as it is. Flatten each sample to "
    "one row first."
)
class not_flattened(Affine):
    def forward(self, x):
        self._x_shape, self._x = x.shape, x
        return x @ self.params["W"] + self.params["b"]


@task.misconception(
    "backward changes the weights. It only works out gradients: taking the step is the trainer's "
    "job, when the gradients of all layers are known."
)
class updates_itself(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return dx


@task.misconception(
    "dout itself is changed. Another branch of the graph may still need that array: divide or "
    "scale a copy, if you have to at all."
)
class upstream_divided_in_place(Affine):
    def backward(self, dout):
        dout /= len(dout)
        return super().backward(dout)


@task.misconception(
    "The layer works on copies of the parameters: whoever changes the arrays that you were given "
    "changes nothing. Keep these very arrays."
)
class affine_on_copies(Affine):
    def __init__(self, W, b):
        super().__init__(W.copy(), b.copy())


@task.misconception(
    "Each bias gets one gradient per sample from you. One bias serves all samples, so their shares "
    "add up, and (M,) must be left."
)
class bias_not_summed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout
        return dx


@task.misconception(
    "Your gradient of the biases has an axis too many. It has to have their shape, (M,)."
)
class bias_keeps_an_axis(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum(axis=0, keepdims=True)
        return dx


@task.misconception(
    "backward changes the weights before it works out the gradient of the input, which must come "
    "from the weights that forward used. Taking the step is not this layer's job."
)
class updates_before_the_input(Affine):
    def backward(self, dout):
        super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return super().backward(dout)


@task.misconception(
    'Your gradients are stored under names of their own. grads has the same keys as params: "W" '
    'and "b".'
)
class other_keys(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"dW": self.grads["W"], "db": self.grads["b"]}
        return dx


@task.misconception(
    "You flatten each sample with its first axis running fastest. NumPy's own order, in which the "
    "last axis runs fastest, is meant; then the weights belong to the right numbers."
)
class flattened_in_another_order(Affine):
    def forward(self, x):
        self.given_shape = x.shape
        return super().forward(x.reshape(len(x), -1, order="F"))

    def backward(self, dout):
        return super().backward(dout).reshape(self.given_shape, order="F")


@task.misconception(SHARED)
class gradients_on_the_class(Affine):
    def __init__(self, W, b):
        super().__init__(W, b)
        self.grads = vars(type(self)).get("shared", {})
        type(self).shared = self.grads


NOT_TRANSPOSED = (
    "A matrix stands in a product as it is where it should be transposed, or in the wrong place of "
    "it. Write the shapes below each factor: the two in the middle have to be the same, and the "
    "outer ones are those of the result."
)


def failing_after_forward(name, product):
    """Add an affine layer whose backward fails at a product of x, W and dout."""

    class Failing(Affine):
        def backward(self, dout):
            return product(self._x, self.params["W"], dout)

    Failing.__name__ = name
    task.misconception(NOT_TRANSPOSED)(Failing)


failing_after_forward("dx_of_dout_and_W", lambda x, W, dout: dout @ W)
failing_after_forward("dx_of_dout_and_W_by_dot", lambda x, W, dout: np.dot(dout, W))
failing_after_forward("dx_of_W_and_dout", lambda x, W, dout: W @ dout)
failing_after_forward("dx_of_W_and_dout_by_dot", lambda x, W, dout: np.dot(W, dout))
failing_after_forward("dW_of_x_and_dout", lambda x, W, dout: x @ dout)
failing_after_forward("dW_of_x_and_dout_by_dot", lambda x, W, dout: np.dot(x, dout))
failing_after_forward("dW_of_x_and_dout_transposed", lambda x, W, dout: x @ dout.T)


@task.misconception(MEASURED)
class affine_measured(Affine):
    def backward(self, dout):
        W, b, x = self.params["W"], self.params["b"], self._x
        self.grads["W"] = measured(lambda W: x @ W + b, W, dout)
        self.grads["b"] = measured(lambda b: x @ W + b, b, dout)
        return measured(lambda x: x @ W + b, x, dout).reshape(self._x_shape)
