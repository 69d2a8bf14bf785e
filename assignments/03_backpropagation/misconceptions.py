"""Mistakes that learners make in chapter 3, as implementations, with the hints that name them.

Each is the reference but for one misunderstanding. They run only on the grader's side.
"""

import numpy as np

from solutions.backpropagation import (
    Add,
    Affine,
    GradientCheck,
    Multiply,
    ReLU,
    ShoppingGraph,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
    TwoLayerNet,
    clip_by_norm,
    crosses_kink,
    gradient_check,
    joint_norm,
    relative_error,
)
from solutions.losses import measured_gradient, numerical_gradient, one_hot
from solutions.perceptrons import sigmoid, softmax

from . import checks

MEASURED = (
    "This gradient is measured, not derived: it comes from what forward gives for inputs, or "
    "parameters, that are moved by a step. Work it out from the chain rule instead."
)


def measured(f, x, dout, h=1e-5):
    """Return the slopes of Σ dout · f at x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * h)
    return gradient


# 1 Nodes -----------------------------------------------------------------------------------------


@checks.nodes.misconception(
    "A product changes with x by as much as y is large. Which input does each gradient need?",
    replaces="Multiply",
)
class inputs_not_swapped(Multiply):
    def backward(self, dout):
        return dout * self._x, dout * self._y


@checks.nodes.misconception(
    "You return the local slopes of the product. The chain rule multiplies them with the gradient "
    "that arrives from above.",
    replaces="Multiply",
)
class product_without_upstream(Multiply):
    def backward(self, dout):
        return self._y, self._x


@checks.nodes.misconception(
    "Both inputs get the same gradient from you. Moving x and moving y change a product by "
    "different amounts.",
    replaces="Multiply",
)
class product_to_both(Multiply):
    def backward(self, dout):
        return dout * self._x * self._y, dout * self._x * self._y


@checks.nodes.misconception(
    "What one node remembers is overwritten by the next one: the memory belongs to the class. It "
    "has to belong to the object.",
    replaces="Multiply",
)
class one_memory_for_all_products(Multiply):
    def forward(self, x, y):
        type(self).x, type(self).y = x, y
        return x * y


@checks.nodes.misconception(
    "You share the gradient out between the inputs. But if x grows by 1, the sum grows by 1, "
    "whatever y does.",
    replaces="Add",
)
class gradient_shared_out(Add):
    def backward(self, dout):
        return dout / 2, dout / 2


@checks.nodes.misconception(
    "You return the local slopes of the sum, 1 and 1. The chain rule multiplies them with the "
    "gradient that arrives from above.",
    replaces="Add",
)
class sum_without_upstream(Add):
    def backward(self, dout):
        return 1.0, 1.0


@checks.nodes.misconception(
    "Your Add multiplies the gradient with the inputs, as a product does. How fast does a sum grow "
    "when one input grows?",
    replaces="Add",
)
class sum_treated_as_product(Add):
    def forward(self, x, y):
        self._x, self._y = x, y
        return x + y

    def backward(self, dout):
        return dout * self._y, dout * self._x


def measured_twice(f, x, y, dout):
    """Return the slopes of f at (x, y); a step of 1 is exact for products and sums."""
    return dout * (f(x + 1, y) - f(x - 1, y)) / 2, dout * (f(x, y + 1) - f(x, y - 1)) / 2


@checks.nodes.misconception(MEASURED, replaces="Multiply")
class product_measured(Multiply):
    def backward(self, dout):
        return measured_twice(Multiply().forward, self._x, self._y, dout)


@checks.nodes.misconception(MEASURED, replaces="Add")
class sum_measured(Add):
    def forward(self, x, y):
        self._x, self._y = x, y
        return x + y

    def backward(self, dout):
        return measured_twice(Add().forward, self._x, self._y, dout)


# 2 A graph ---------------------------------------------------------------------------------------


@checks.shopping.misconception(
    "The gradients of the fruit have not passed through the tax node: one more unit of fruit costs "
    "its price and the tax on it."
)
class tax_node_skipped(ShoppingGraph):
    def backward(self, dout=1.0):
        _, dtax = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dout)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@checks.shopping.misconception(
    "You start from 1 whatever arrives. The bill may be part of a larger graph, and then dout says "
    "how much its result counts."
)
class bill_without_upstream(ShoppingGraph):
    def backward(self, dout=1.0):
        return super().backward(1.0)


@checks.shopping.misconception(
    "The gradient of a count and that of its price stand in each other's place. Return them in the "
    "order of forward's arguments."
)
class price_before_count(ShoppingGraph):
    def backward(self, dout=1.0):
        dcount1, dprice1, dcount2, dprice2, dtax = super().backward(dout)
        return dprice1, dcount1, dprice2, dcount2, dtax


@checks.shopping.misconception(
    "Your gradients are in the order in which the way back meets them, the tax first. Return them "
    "in the order of forward's arguments."
)
class tax_first(ShoppingGraph):
    def backward(self, dout=1.0):
        *fruit, dtax = super().backward(dout)
        return (dtax, *fruit)


@checks.shopping.misconception("Only the apples are taxed. The tax comes after the fruit is added.")
class only_apples_taxed(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        apples = self.apples.forward(apple_count, apple_price)
        oranges = self.oranges.forward(orange_count, orange_price)
        return self.fruit.forward(self.taxed.forward(apples, tax), oranges)

    def backward(self, dout=1.0):
        dtaxed, doranges = self.fruit.backward(dout)
        dapples, dtax = self.taxed.backward(dtaxed)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@checks.shopping.misconception(
    "You take the tax as a share that is added. Here it is a factor: 1.1 for ten per cent."
)
class tax_as_share(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        return super().forward(apple_count, apple_price, orange_count, orange_price, 1 + tax)


@checks.shopping.misconception(
    "The two gradients of the tax node stand in each other's place. A node's backward returns them "
    "in the order in which its forward took the two numbers."
)
class tax_and_fruit_swapped(ShoppingGraph):
    def backward(self, dout=1.0):
        dtax, dfruit = self.taxed.backward(dout)
        dapples, doranges = self.fruit.backward(dfruit)
        return (*self.apples.backward(dapples), *self.oranges.backward(doranges), dtax)


@checks.shopping.misconception(
    "You take the tax as a number of per cent. Here it is a factor: 1.1 for ten per cent."
)
class tax_in_per_cent(ShoppingGraph):
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        return super().forward(apple_count, apple_price, orange_count, orange_price, 1 + tax / 100)


@checks.shopping.misconception(
    "One and the same node multiplies apples and oranges, so it has forgotten the apples on the "
    "way back. Each product of the graph has a node of its own."
)
class one_node_for_both_fruits(ShoppingGraph):
    def __init__(self):
        super().__init__()
        self.oranges = self.apples


@checks.shopping.misconception(
    "Your graph may be right, but its nodes are not: Multiply of task 1 gives each input the "
    "gradient of the other. Mend task 1 first."
)
class products_of_task_1_swapped(ShoppingGraph):
    def __init__(self):
        super().__init__()
        self.apples, self.oranges, self.taxed = (inputs_not_swapped() for _ in range(3))


@checks.shopping.misconception(
    "forward works the bill out beside the nodes, so a node has nothing to remember on the way "
    "back. Send the numbers through each node's forward."
)
class computed_beside_the_nodes(ShoppingGraph):
    def backward(self, dout=1.0):
        raise AttributeError("'Multiply' object has no attribute 'y'")


@checks.shopping.misconception(MEASURED)
class bill_measured(ShoppingGraph):
    def forward(self, *bill):
        self.bill = np.array(bill, float)
        return super().forward(*bill)

    def backward(self, dout=1.0):
        graph = ShoppingGraph()
        return tuple(measured(lambda bill: graph.forward(*bill), self.bill, dout, h=0.5))


# 3 ReLU ------------------------------------------------------------------------------------------


@checks.relu.misconception(
    "Your mask asks whether dout is positive. What decides is whether the input of forward was."
)
class mask_from_upstream(ReLU):
    def backward(self, dout):
        return dout * (dout > 0)


@checks.relu.misconception(
    "The gradient passes everywhere. Where the input was negative, the output does not move when "
    "the input does."
)
class no_mask(ReLU):
    def backward(self, dout):
        return dout


@checks.relu.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class mask_alone(ReLU):
    def backward(self, dout):
        return self._mask * 1.0


@checks.relu.misconception(
    "You multiply dout with the output of forward. What is needed is the slope of the output, not "
    "its size."
)
class value_for_slope(ReLU):
    def forward(self, x):
        self._y = super().forward(x)
        return self._y

    def backward(self, dout):
        return dout * self._y


@checks.relu.misconception(
    "forward writes zeros into the array that it was given. It belongs to the caller: return a new "
    "one."
)
class zeroes_its_input(ReLU):
    def forward(self, x):
        self._mask = x > 0
        x *= self._mask
        return x


@checks.relu.misconception(
    "You set the negative inputs to 0 first, and ask afterwards which inputs are not negative: by "
    "then all pass. And the array belongs to the caller."
)
class mask_after_zeroing(ReLU):
    def forward(self, x):
        x *= x > 0
        self._mask = x >= 0
        return x


@checks.relu.misconception(
    "backward writes zeros into the dout that it was given. Another branch of the graph may still "
    "need that array: return a new one."
)
class zeroes_upstream(ReLU):
    def backward(self, dout):
        dout *= self._mask
        return dout


@checks.relu.misconception(
    "One layer's mask is overwritten by another's: the memory belongs to the class. It has to "
    "belong to the object."
)
class one_mask_for_all(ReLU):
    def forward(self, x):
        type(self)._mask = x > 0
        return np.maximum(x, 0)


@checks.relu.misconception("Your forward is a step: it says where x is positive, not how large.")
class step_function(ReLU):
    def forward(self, x):
        self._mask = x > 0
        return self._mask.astype(x.dtype)


@checks.relu.misconception(
    "Your arrays are made with NumPy's default type. An array made by zeros_like or by arithmetic "
    "keeps the type of x: float32 that turns into float64 takes twice the memory and time."
)
class relu_in_float64(ReLU):
    def forward(self, x):
        self._mask = (x > 0).astype(float)
        return x * self._mask


@checks.relu.misconception(
    "Your mask is upside down: the gradient passes where the input was negative, and is stopped "
    "where it was positive."
)
class mask_inverted(ReLU):
    def backward(self, dout):
        return dout - super().backward(dout)


@checks.relu.misconception(MEASURED)
class relu_measured(ReLU):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(lambda x: np.maximum(x, 0), self._x, dout)


# 4 Sigmoid ---------------------------------------------------------------------------------------


@checks.sigmoid.misconception(
    "A sign slipped in the slope: at an output of 1 the sigmoid is flat, so the slope must be 0."
)
class plus_in_sigmoid_slope(Sigmoid):
    def backward(self, dout):
        return dout * self._y * (1 + self._y)


@checks.sigmoid.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class sigmoid_without_upstream(Sigmoid):
    def backward(self, dout):
        return self._y * (1 - self._y)


@checks.sigmoid.misconception(
    "You put the input into a formula for the slope that is written in terms of the output."
)
class sigmoid_slope_of_input(Sigmoid):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * self._x * (1 - self._x)


@checks.sigmoid.misconception(
    "The sigmoid is applied twice: what backward needs has already been through it in forward."
)
class sigmoid_slope_of_sigmoid(Sigmoid):
    def backward(self, dout):
        z = sigmoid(self._y)
        return dout * z * (1 - z)


@checks.sigmoid.misconception(
    "Half of the slope is missing: at an output of 0 the sigmoid is flat as well, not only at 1."
)
class half_a_sigmoid_slope(Sigmoid):
    def backward(self, dout):
        return dout * (1 - self._y)


@checks.sigmoid.misconception(
    "The exponent has the wrong sign: your curve falls, and the sigmoid rises."
)
class falling_sigmoid(Sigmoid):
    def forward(self, x):
        self._y = sigmoid(-x)
        return self._y


@checks.sigmoid.misconception(
    "forward returns 1 divided by the sigmoid: the fraction of the formula is taken twice."
)
class reciprocal_twice(Sigmoid):
    def forward(self, x):
        self._y = sigmoid(x)
        with np.errstate(divide="ignore"):
            return 1 / self._y


@checks.sigmoid.misconception(
    "exp of a large positive number is infinite, and infinity divided by infinity is not a number. "
    "Write the fraction so that this exponent is never large, or use the sigmoid of chapter 1."
)
class sigmoid_overflows(Sigmoid):
    def forward(self, x):
        with np.errstate(over="ignore", invalid="ignore"):
            self._y = np.exp(x) / (1 + np.exp(x))
        return self._y


@checks.sigmoid.misconception(
    "backward changes the dout that it was given. Another branch of the graph may still need that "
    "array: return a new one."
)
class sigmoid_changes_upstream(Sigmoid):
    def backward(self, dout):
        dout *= self._y * (1 - self._y)
        return dout


@checks.sigmoid.misconception(
    "Your slope has the wrong sign. The sigmoid rises everywhere, so its slope is never negative."
)
class sigmoid_slope_negative(Sigmoid):
    def backward(self, dout):
        return -super().backward(dout)


@checks.sigmoid.misconception(
    "That is the slope of tanh in terms of its output. Test yours at an output of 0.5: it must be "
    "0.25 there."
)
class sigmoid_slope_of_a_tanh(Sigmoid):
    def forward(self, x):
        self.output = super().forward(x)
        return self.output

    def backward(self, dout):
        return dout * (1 - self.output**2)


BRACKETS = "Brackets are missing: Python multiplies before it subtracts."


@checks.sigmoid.misconception(BRACKETS)
class slope_without_brackets(Sigmoid):
    def forward(self, x):
        self.output = super().forward(x)
        return self.output

    def backward(self, dout):
        return dout * self.output * 1 - self.output


@checks.sigmoid.misconception(BRACKETS)
class inner_brackets_missing(Sigmoid):
    def backward(self, dout):
        return 0 * super().backward(dout)


@checks.sigmoid.misconception(MEASURED)
class sigmoid_measured(Sigmoid):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(sigmoid, self._x, dout)


# 5 Tanh ------------------------------------------------------------------------------------------


@checks.tanh.misconception(
    "tanh is applied twice: what backward needs has already been through it in forward."
)
class tanh_slope_of_tanh(Tanh):
    def backward(self, dout):
        return dout * (1 - np.tanh(self._y) ** 2)


@checks.tanh.misconception(
    "A square is missing: your slope exceeds 1 for negative outputs, but tanh is steepest at 0."
)
class tanh_slope_not_squared(Tanh):
    def backward(self, dout):
        return dout * (1 - self._y)


@checks.tanh.misconception(
    "That is the slope of the sigmoid. tanh runs from −1 to 1 and is steeper: its slope at 0 is 1."
)
class tanh_slope_of_a_sigmoid(Tanh):
    def backward(self, dout):
        return dout * self._y * (1 - self._y)


@checks.tanh.misconception(
    "You return the slopes alone. The chain rule multiplies them with the gradient that arrives."
)
class tanh_without_upstream(Tanh):
    def backward(self, dout):
        return 1 - self._y**2


@checks.tanh.misconception(
    "You put the input into a formula for the slope that is written in terms of the output."
)
class tanh_slope_of_input(Tanh):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return dout * (1 - self._x**2)


@checks.tanh.misconception(
    "exp of a large number is infinite, and infinity divided by infinity is not a number. NumPy "
    "has a tanh that knows better."
)
class tanh_overflows(Tanh):
    def forward(self, x):
        with np.errstate(over="ignore", invalid="ignore"):
            self._y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        return self._y


@checks.tanh.misconception(
    "A sign slipped in the slope: at an output of 1 tanh is flat, so the slope must be 0 there."
)
class plus_in_tanh_slope(Tanh):
    def backward(self, dout):
        return 2 * dout - super().backward(dout)


@checks.tanh.misconception(
    "Your slope has the wrong sign. tanh rises everywhere, so its slope is never negative."
)
class tanh_slope_negative(Tanh):
    def backward(self, dout):
        return -super().backward(dout)


@checks.tanh.misconception(MEASURED)
class tanh_measured(Tanh):
    def forward(self, x):
        self._x = x
        return super().forward(x)

    def backward(self, dout):
        return measured(np.tanh, self._x, dout)


# 6 Affine ----------------------------------------------------------------------------------------


@checks.affine.misconception("The biases are missing from your forward.")
class bias_not_added(Affine):
    def forward(self, x):
        return super().forward(x) - self.params["b"]


@checks.affine.misconception(
    "You sum the gradient of the biases over everything. Each output has a bias of its own: only "
    "the samples are to be summed over."
)
class bias_over_everything(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum()
        return dx


@checks.affine.misconception(
    "You sum the gradient of the biases over the outputs. One bias serves all samples: those are "
    "to be summed over, and (M,) must be left."
)
class bias_over_outputs(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum(axis=1)
        return dx


@checks.affine.misconception(
    "Your gradient of the biases is an average over the batch. Contributions add up; that the loss "
    "is a mean has been taken care of in dout."
)
class bias_averaged(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.mean(axis=0)
        return dx


@checks.affine.misconception(
    "You divide by the batch size in this layer. The loss has done that already: dout is the "
    "gradient of the mean loss."
)
class divided_by_batch_again(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {name: grad / len(dout) for name, grad in self.grads.items()}
        return dx


@checks.affine.misconception(
    "The gradient of the weights is transposed. It has to have the shape of the weights, (D, M)."
)
class weights_transposed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["W"] = self.grads["W"].T
        return dx


@checks.affine.misconception(
    "Gradients of the batch before are still in the sum. backward is to overwrite what is stored."
)
class gradients_accumulate(Affine):
    def backward(self, dout):
        before = self.grads
        self.grads = {}
        dx = super().backward(dout)
        self.grads = {name: grad + before.get(name, 0) for name, grad in self.grads.items()}
        return dx


@checks.affine.misconception(
    "Something cuts off the negative outputs. An affine layer has no activation: that is a layer "
    "of its own."
)
class activation_fused(Affine):
    def forward(self, x):
        return np.maximum(super().forward(x), 0)


@checks.affine.misconception(
    "The gradient of the input comes back flat. It has to have the shape that forward was given."
)
class input_gradient_flat(Affine):
    def backward(self, dout):
        return super().backward(dout).reshape(len(dout), -1)


@checks.affine.misconception(
    "Your reshape mixes the numbers of different samples. The batch is the first axis, and each "
    "row has to hold the numbers of one sample."
)
class samples_mixed(Affine):
    def forward(self, x):
        y = super().forward(x)
        self._x = x.reshape(-1, len(x)).T
        return y - y + self._x @ self.params["W"] + self.params["b"]


@checks.affine.misconception(
    "An input of more than two axes goes into the matrix product as it is. Flatten each sample to "
    "one row first."
)
class not_flattened(Affine):
    def forward(self, x):
        self._x_shape, self._x = x.shape, x
        return x @ self.params["W"] + self.params["b"]


@checks.affine.misconception(
    "backward changes the weights. It only works out gradients: taking the step is the trainer's "
    "job, when the gradients of all layers are known."
)
class updates_itself(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return dx


@checks.affine.misconception(
    "dout itself is changed. Another branch of the graph may still need that array: divide or "
    "scale a copy, if you have to at all."
)
class upstream_divided_in_place(Affine):
    def backward(self, dout):
        dout /= len(dout)
        return super().backward(dout)


@checks.affine.misconception(
    "You divide the gradient of the input by the batch size. That the loss is a mean has been "
    "taken care of in dout."
)
class input_gradient_divided(Affine):
    def backward(self, dout):
        return super().backward(dout) / len(dout)


@checks.affine.misconception(
    "You multiply the gradient of the input by the batch size. A sample acts on its own outputs "
    "only: nothing is to be collected over the batch."
)
class input_gradient_multiplied(Affine):
    def backward(self, dout):
        return super().backward(dout) * len(dout)


@checks.affine.misconception(
    "The layer works on copies of the parameters: whoever changes the arrays that you were given "
    "changes nothing. Keep these very arrays."
)
class affine_on_copies(Affine):
    def __init__(self, W, b):
        super().__init__(W.copy(), b.copy())


@checks.affine.misconception(
    "Each bias gets one gradient per sample from you. One bias serves all samples, so their shares "
    "add up, and (M,) must be left."
)
class bias_not_summed(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout
        return dx


@checks.affine.misconception(
    "Your gradient of the biases has an axis too many. It has to have their shape, (M,)."
)
class bias_keeps_an_axis(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads["b"] = dout.sum(axis=0, keepdims=True)
        return dx


@checks.affine.misconception(
    "backward changes the weights before it works out the gradient of the input, which must come "
    "from the weights that forward used. Taking the step is not this layer's job."
)
class updates_before_the_input(Affine):
    def backward(self, dout):
        super().backward(dout)
        for name, param in self.params.items():
            param -= 0.1 * self.grads[name]
        return super().backward(dout)


@checks.affine.misconception(
    'Your gradients are stored under names of their own. grads has the same keys as params: "W" '
    'and "b".'
)
class other_keys(Affine):
    def backward(self, dout):
        dx = super().backward(dout)
        self.grads = {"dW": self.grads["W"], "db": self.grads["b"]}
        return dx


@checks.affine.misconception(
    "You flatten each sample with its first axis running fastest. NumPy's own order, in which the "
    "last axis runs fastest, is meant; then the weights belong to the right numbers."
)
class flattened_in_another_order(Affine):
    def forward(self, x):
        self.given_shape = x.shape
        return super().forward(x.reshape(len(x), -1, order="F"))

    def backward(self, dout):
        return super().backward(dout).reshape(self.given_shape, order="F")


@checks.affine.misconception(MEASURED)
class affine_measured(Affine):
    def backward(self, dout):
        W, b, x = self.params["W"], self.params["b"], self._x
        self.grads["W"] = measured(lambda W: x @ W + b, W, dout)
        self.grads["b"] = measured(lambda b: x @ W + b, b, dout)
        return measured(lambda x: x @ W + b, x, dout).reshape(self._x_shape)


# 7 Softmax with loss -----------------------------------------------------------------------------


@checks.softmax_loss.misconception(
    "Your loss is the sum over the batch. It should be the mean, so that it does not depend on how "
    "many samples there are; the gradient as well."
)
class summed_over_batch(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return super().forward(logits, labels) * len(logits)

    def backward(self, dout=1.0):
        return super().backward(dout) * len(self._targets)


@checks.softmax_loss.misconception(
    "Your loss is a mean, but your gradient is that of the sum: the batch size is missing."
)
class gradient_of_the_sum(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return super().backward(dout) * len(self._targets)


@checks.softmax_loss.misconception(
    "You divide the gradient by the number of classes. The mean is over the samples."
)
class divided_by_classes(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return dout * (self._probabilities - self._targets) / self._targets.shape[1]


@checks.softmax_loss.misconception(
    "Your mean is over all N · C numbers. The loss of a sample is a sum over the classes; only the "
    "samples are averaged."
)
class mean_over_everything(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return super().forward(logits, labels) / logits.shape[1]

    def backward(self, dout=1.0):
        return super().backward(dout) / self._targets.shape[1]


@checks.softmax_loss.misconception(
    "Your loss has the wrong sign: logarithms of probabilities are negative, a loss is not."
)
class negative_loss(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return -super().forward(logits, labels)


@checks.softmax_loss.misconception(
    "Your gradient points the wrong way: raising the logit of the right class must lower the loss."
)
class gradient_reversed(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return -super().backward(dout)


@checks.softmax_loss.misconception(
    "That is the gradient with respect to the probabilities. One more link of the chain is "
    "missing: back through the softmax to the logits."
)
class stops_at_probabilities(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        with np.errstate(divide="ignore", invalid="ignore"):
            return -dout * self._targets / self._probabilities / len(self._targets)


@checks.softmax_loss.misconception(
    "You return the probabilities minus nothing: the right classes still have to be taken off."
)
class targets_not_subtracted(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return dout * self._probabilities / len(self._targets)


NOTHING_SUBTRACTED = (
    "exp of a large logit overflows, or of a very negative one becomes 0. A number common to a row "
    "may be taken off first without changing the softmax: which one keeps every exponent at most 0?"
)
ONE_MAXIMUM = (
    "You subtract one maximum, that of the whole batch. A row far below it then has only zeros to "
    "divide by: each row needs its own."
)


class OwnSoftmax(SoftmaxWithLoss):
    """Softmax with loss, by two methods that the mistakes replace."""

    def probabilities_of(self, logits):
        return softmax(logits)

    def logarithms_of(self, logits, probabilities):
        return np.log(probabilities)

    def forward(self, logits, labels):
        self.labels = labels if labels.ndim == 2 else one_hot(labels, logits.shape[1])
        with np.errstate(all="ignore"):
            self.rows = self.probabilities_of(logits)
            losses = self.labels * self.logarithms_of(logits, self.rows)
        return float(-losses.sum() / len(logits))

    def backward(self, dout=1.0):
        return dout * (self.rows - self.labels) / len(self.rows)


@checks.softmax_loss.misconception(NOTHING_SUBTRACTED)
class nothing_subtracted(OwnSoftmax):
    def probabilities_of(self, logits):
        exponentials = np.exp(logits)
        return exponentials / exponentials.sum(axis=1, keepdims=True)


@checks.softmax_loss.misconception(NOTHING_SUBTRACTED)
class nothing_subtracted_in_logarithm(OwnSoftmax):
    def logarithms_of(self, logits, probabilities):
        return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


@checks.softmax_loss.misconception(ONE_MAXIMUM)
class maximum_of_the_batch(OwnSoftmax):
    def probabilities_of(self, logits):
        exponentials = np.exp(logits - logits.max())
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def logarithms_of(self, logits, probabilities):
        shifted = logits - logits.max()
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@checks.softmax_loss.misconception(ONE_MAXIMUM)
class maximum_of_the_batch_in_logarithm(OwnSoftmax):
    def logarithms_of(self, logits, probabilities):
        shifted = logits - logits.max()
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@checks.softmax_loss.misconception(
    "Your softmax is right, but it may round a probability to 0, and the logarithm of 0 is "
    "infinite. Work out the logarithm of the softmax directly, without forming the probability."
)
class logarithm_of_rounded_probability(OwnSoftmax):
    pass


@checks.softmax_loss.misconception(
    "The softmax runs down the columns: it compares samples with each other. Each row has to sum "
    "to 1, over the classes of one sample."
)
class softmax_over_the_batch(OwnSoftmax):
    def probabilities_of(self, logits):
        return softmax(logits.T).T


@checks.softmax_loss.misconception(
    "You return one loss for each sample. One number is asked for: their mean."
)
class one_loss_per_sample(SoftmaxWithLoss):
    def forward(self, logits, labels):
        rows = zip(logits[:, None], labels[:, None], strict=True)
        losses = [SoftmaxWithLoss().forward(row, label) for row, label in rows]
        super().forward(logits, labels)
        return np.array(losses)


def capped_loss(digits_kept):
    """Return the mistake with a constant of 10 to the minus digits_kept inside the logarithm."""

    class Capped(OwnSoftmax):
        def logarithms_of(self, logits, probabilities):
            return np.log(probabilities + 10.0**-digits_kept)

    Capped.__name__ = f"loss_capped_at_1e_{digits_kept}"
    return Capped


for digits_kept in (7, 8, 9, 10, 12, 15):
    checks.softmax_loss.misconception(
        "The small constant inside the logarithm caps the loss: a sample can never cost more than "
        f"about {digits_kept * np.log(10):.0f}. Work out the logarithm of the softmax directly, "
        "without forming the probability."
    )(capped_loss(digits_kept))


@checks.softmax_loss.misconception(
    "The loss is measured with a logarithm to the base 2. Cross-entropy uses the natural one here."
)
class base_two(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return super().forward(logits, labels) / np.log(2)


@checks.softmax_loss.misconception(
    "backward subtracts from the probabilities that it has stored, so a second call subtracts "
    "again. Work on a copy."
)
class probabilities_used_up(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        self._probabilities -= self._targets
        return dout * self._probabilities / len(self._targets)


@checks.softmax_loss.misconception(
    "dout has no effect. It is 1 when the loss is the end of the graph, but the loss may be "
    "weighted, or be part of a sum."
)
class loss_without_upstream(SoftmaxWithLoss):
    def backward(self, dout=1.0):
        return super().backward(1.0)


@checks.softmax_loss.misconception(
    "You take the number of classes from the labels of the batch. The batch need not contain the "
    "last class: the logits know how many there are."
)
class classes_from_labels(SoftmaxWithLoss):
    def forward(self, logits, labels):
        if labels.ndim == 1:
            labels = one_hot(labels, int(labels.max()) + 1) * np.ones_like(logits)
        return super().forward(logits, labels)


@checks.softmax_loss.misconception(
    "Class numbers are used as if they were one-hot rows. Ask how many axes the labels have."
)
class class_numbers_as_targets(SoftmaxWithLoss):
    def forward(self, logits, labels):
        targets = labels if labels.ndim == 2 else labels[:, None] + 0 * logits
        return super().forward(logits, targets)


@checks.softmax_loss.misconception(
    "One-hot rows are used as if they were class numbers. Ask how many axes the labels have."
)
class one_hot_as_class_numbers(SoftmaxWithLoss):
    def forward(self, logits, labels):
        if labels.ndim == 2:
            labels = labels[:, 0].astype(int)
        return super().forward(logits, labels)


NOT_CONVERTED = (
    "Class numbers (N,) meet logits (N, C) as they are, and do not fit. Turn them into one-hot "
    "rows first."
)


@checks.softmax_loss.misconception(NOT_CONVERTED)
class numbers_not_converted(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return super().forward(logits, labels if labels.ndim == 2 else labels * logits)


@checks.softmax_loss.misconception(NOT_CONVERTED)
class numbers_not_converted_either(SoftmaxWithLoss):
    def forward(self, logits, labels):
        return super().forward(logits, labels if labels.ndim == 2 else logits * labels)


@checks.softmax_loss.misconception(MEASURED)
class softmax_measured(SoftmaxWithLoss):
    def forward(self, logits, labels):
        self._logits, self._labels = logits, labels
        return super().forward(logits, labels)

    def backward(self, dout=1.0):
        def loss(logits):
            return SoftmaxWithLoss().forward(logits, self._labels)

        return measured(loss, self._logits, dout)


# 8 The relative error ----------------------------------------------------------------------------


@checks.relative_error.misconception(
    "That is the absolute error: it depends on the scale. An error of 0.001 is nothing beside "
    "1000, and everything beside 0.0001."
)
def absolute_error(a, b):
    return np.abs(a - b)


@checks.relative_error.misconception(
    "You divide by the sum of the two. Here the larger of them is asked for; the sum makes nearly "
    "every error half as large."
)
def divided_by_sum(a, b):
    size = np.abs(a) + np.abs(b)
    return np.abs(a - b) / np.where(size == 0, 1, size)


@checks.relative_error.misconception(
    "You divide by the first of the two alone. Then the error changes when a and b change places, "
    "and explodes when the first one is near 0."
)
def divided_by_first(a, b):
    return np.abs(a - b) / np.where(a == 0, 1, np.abs(a))


@checks.relative_error.misconception(
    "Your errors have signs. In a maximum over many errors, a large negative one would not be seen."
)
def signed_error(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return (a - b) / np.where(size == 0, 1, size)


@checks.relative_error.misconception(
    "You take the larger of a and b, signs included. A size is needed: −5 is larger than 1."
)
def size_with_sign(a, b):
    size = np.maximum(a, b)
    return np.abs(a - b) / np.where(size == 0, 1, size)


@checks.relative_error.misconception(
    "Where both numbers are 0 you divide 0 by 0, which is not a number. They agree: the error is 0."
)
def zero_by_zero(a, b):
    with np.errstate(invalid="ignore"):
        return np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))


@checks.relative_error.misconception(
    "The constant in your denominator hides errors of small gradients: beside it, they are "
    "nothing. Only 0 needs an exception."
)
def hidden_by_constant(a, b):
    return np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b)))


@checks.relative_error.misconception(
    "You compare all elements with the largest number of the arrays. Each pair is to be compared "
    "with its own size, or a wrong small gradient goes unnoticed beside a large one."
)
def one_size_for_all(a, b):
    size = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b) / (size if size else 1)


@checks.relative_error.misconception(
    "You return one number. One error for each pair is asked for, in an array of the same shape."
)
def only_the_worst(a, b):
    return relative_error(a, b).max()


@checks.relative_error.misconception(
    "You divide by the second of the two alone. Then the error changes when a and b change places, "
    "and explodes when the second one is near 0."
)
def divided_by_second(a, b):
    return divided_by_first(b, a)


def error_with_constant(constant):
    """Return the mistake with a constant added to the denominator."""

    def mistake(a, b):
        return np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + constant)

    return mistake


for digits_kept in (7, 8, 10, 12):
    mistake = error_with_constant(10.0**-digits_kept)
    mistake.__name__ = f"constant_of_1e_{digits_kept}_added"
    checks.relative_error.misconception(
        "The constant that you add to the denominator hides errors of small gradients: beside it, "
        "they are nothing. Only 0 needs an exception."
    )(mistake)


# 9 Finding kinks ---------------------------------------------------------------------------------


def moved(x, index, by):
    """Return a copy of x with one coordinate moved."""
    step = np.zeros_like(x)
    step[index] = by
    return x + step


@checks.crosses_kink.misconception(
    "You compare with x itself on one side only. The central difference looks at both sides: a "
    "kink may lie on the other."
)
def one_side_only(winners, x, index, h):
    return bool(np.any(winners(moved(x, index, h)) != winners(x)))


@checks.crosses_kink.misconception(
    "You ask whether all winners change. A single one is enough to bend the function."
)
def all_must_change(winners, x, index, h):
    return bool(np.all(winners(moved(x, index, h)) != winners(moved(x, index, -h))))


@checks.crosses_kink.misconception(
    "You compare how many win. The number can stay the same while others win: compare who."
)
def winners_counted(winners, x, index, h):
    return bool(winners(moved(x, index, h)).sum() != winners(moved(x, index, -h)).sum())


@checks.crosses_kink.misconception(
    "You move all coordinates at once. The numerical derivative moves one, the one that is "
    "asked for."
)
def everything_moves(winners, x, index, h):
    return bool(np.any(winners(x + h) != winners(x - h)))


@checks.crosses_kink.misconception(
    "You move a whole row. An index of several numbers means one coordinate."
)
def whole_row_moves(winners, x, index, h):
    return crosses_kink(winners, x, index[:1], h)


@checks.crosses_kink.misconception(
    "You move by half of h each way. The central difference goes h to either side."
)
def half_the_way(winners, x, index, h):
    return crosses_kink(winners, x, index, h / 2)


@checks.crosses_kink.misconception(
    "True and False stand in each other's place: True means that a kink lies between."
)
def answer_reversed(winners, x, index, h):
    return not crosses_kink(winners, x, index, h)


@checks.crosses_kink.misconception(
    "After the call, x is not what it was. Put the coordinate back, or move a copy."
)
def x_left_moved(winners, x, index, h):
    x[index] += h
    above = winners(x)
    x[index] -= 2 * h
    return bool(np.any(above != winners(x)))


@checks.crosses_kink.misconception(
    "The array that you pass to winners is one and the same, moved twice: both answers are for the "
    "last place. Copy x before you move it."
)
def copies_share_memory(winners, x, index, h):
    above, below = x, x
    above[index] += h
    below[index] -= h
    return bool(np.any(winners(above) != winners(below)))


@checks.crosses_kink.misconception(
    "You move by a step of your own. What matters is a kink within the h that is given."
)
def step_of_its_own(winners, x, index, h):
    return crosses_kink(winners, x, index, 1e-5)


@checks.crosses_kink.misconception(
    "You move by twice h. The central difference goes h to either side, so a kink further away "
    "does no harm."
)
def twice_the_way(winners, x, index, h):
    return crosses_kink(winners, x, index, 2 * h)


@checks.crosses_kink.misconception(
    "You ask whether any winner stays the same. A kink lies between where any winner is another."
)
def any_stays(winners, x, index, h):
    return bool(np.any(winners(moved(x, index, h)) == winners(moved(x, index, -h))))


@checks.crosses_kink.misconception(
    "An index made into a list selects whole rows. As a tuple, it selects one element."
)
def index_as_list(winners, x, index, h):
    return crosses_kink(winners, x, list(index), h)


@checks.crosses_kink.misconception(
    "You look at one winner only, at the index that moves. One coordinate may change any of them, "
    "and there may be more winners or fewer than coordinates."
)
def only_its_own_winner(winners, x, index, h):
    return bool(winners(moved(x, index, h))[index] != winners(moved(x, index, -h))[index])


@checks.crosses_kink.misconception(
    "winners is never asked: you take it that the kink lies where x is 0. Where it lies, only "
    "winners knows."
)
def kink_taken_to_be_at_zero(winners, x, index, h):
    return bool(abs(x[index]) < h)


@checks.crosses_kink.misconception(
    "Your step lies in an array of whole numbers, where a small h becomes 0: nothing moves. "
    "zeros_like gives an array of the type of x."
)
def step_cut_to_whole_number(winners, x, index, h):
    return crosses_kink(winners, x, index, int(h))


# 10 The gradient check ---------------------------------------------------------------------------


def slopes_at(f, x, h):
    """Return forward differences of f at x."""
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        slopes[index] = (f(moved(x, index, h)) - f(x)) / h
    return slopes


def kinks_of(winners, x, h):
    """Return where a kink lies within h."""
    mask = np.zeros(x.shape, dtype=bool)
    for index in np.ndindex(x.shape):
        mask[index] = winners is not None and crosses_kink(winners, x, index, h)
    return mask


def compared(f, x, gradient, winners, h):
    """Return what the check looks at: errors, slopes, kinks, and which slopes are too small."""
    if gradient.shape != x.shape:
        raise ValueError
    slopes, uncertainty = measured_gradient(f, x, h)
    errors = relative_error(gradient, slopes)
    errors[np.abs(gradient - slopes) <= uncertainty] = 0
    kinks = kinks_of(winners, x, h)
    return errors, slopes, kinks, ~kinks & (np.abs(slopes) <= 10 * uncertainty)


def report(errors, gradient, slopes, kinks, small):
    """Return the worst of the errors, where it is, what stands there, and two numbers."""
    worst = tuple(int(i) for i in np.unravel_index(int(errors.argmax()), errors.shape))
    found = float(errors[worst]), worst, float(gradient[worst]), float(slopes[worst])
    return GradientCheck(*found, int(np.sum(kinks)), int(np.sum(small)), errors.size)


@checks.gradient_check.misconception(
    "Your numerical slopes are one-sided: their error shrinks like h, that of the central "
    "difference like h². A right gradient then seems wrong."
)
def one_sided_slopes(f, x, gradient, winners=None, h=1e-5):
    _, _, kinks, small = compared(f, x, gradient, winners, h)
    slopes = slopes_at(f, x, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "Your slopes are those of numerical_gradient. measured_gradient knows more of the curve, and "
    "how far off its slopes may be."
)
def plain_numerical_gradient(f, x, gradient, winners=None, h=1e-5):
    _, _, kinks, _ = compared(f, x, gradient, winners, h)
    slopes = numerical_gradient(f, x, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, 0)


@checks.gradient_check.misconception(
    "The uncertainty is not used, or compared with something else: right gradients are called "
    "wrong where they are smaller than rounding. What it limits is |gradient - slopes|."
)
def uncertainty_ignored(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, small = compared(f, x, gradient, winners, h)
    return report(relative_error(gradient, slopes) * ~kinks, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "You report absolute errors. Whether 0.001 is much depends on how large the gradient is."
)
def absolute_errors(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    differences = np.abs(gradient - slopes) * (errors > 0) * ~kinks
    return report(differences, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "You report the average error. One wrong component among a thousand right ones would hardly be "
    "seen: report the worst."
)
def average_error(f, x, gradient, winners=None, h=1e-5):
    errors, _, kinks, _ = compared(f, x, gradient, winners, h)
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(worst_error=float((errors * ~kinks).mean()))


@checks.gradient_check.misconception(
    "You count the kinks but still compare there. The numerical slope straddles the kink and says "
    "nothing about the gradient: leave these coordinates out."
)
def kinks_still_compared(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    return report(errors, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "You skip the kinks without counting them. A check that skips everything passes, and nobody "
    "would notice."
)
def kinks_not_counted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners, h)._replace(kinks=0)


@checks.gradient_check.misconception(
    "The winners are never asked: kinks are compared as if the function were smooth there."
)
def winners_not_asked(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, None, h)


@checks.gradient_check.misconception(
    "You stop at the first kink. Coordinates after it still have to be compared."
)
def stops_at_first_kink(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    seen = np.cumsum(kinks).reshape(x.shape) == 0
    return report(errors * seen, gradient, slopes, kinks.any(), small & seen)


@checks.gradient_check.misconception(
    "The h that is given is not used: you measure with a step of your own."
)
def h_not_used(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, _, small = compared(f, x, gradient, None, 1e-5)
    kinks = kinks_of(winners, x, h)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@checks.gradient_check.misconception(
    "The h that is given is used neither for the slopes nor for the kinks."
)
def h_used_nowhere(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners)


@checks.gradient_check.misconception(
    "Kinks are looked for within a step of your own. What matters is whether one lies within the h "
    "with which the slopes are measured."
)
def kinks_within_another_h(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, _, small = compared(f, x, gradient, None, h)
    kinks = kinks_of(winners, x, 1e-5)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@checks.gradient_check.misconception(
    "A NaN marks what you skip, and a maximum over anything with a NaN in it is NaN. Mark it with "
    "a number that no error is smaller than."
)
def kinks_marked_by_nan(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    errors[kinks] = np.nan
    return report(errors, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "You note the place of the worst error before the kinks are left out: it may be one of them."
)
def place_before_skipping(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    before = report(errors, gradient, slopes, kinks, small)
    return before._replace(worst_error=float((errors * ~kinks).max()))


@checks.gradient_check.misconception(
    "You go through the rows of x, not through its coordinates: a row that crosses a kink anywhere "
    "is skipped as a whole. Every axis needs its index."
)
def rows_skipped(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, None, h)
    for row in range(len(x)):
        kinks[row] = winners is not None and crosses_kink(winners, x, row, h)
    return report(errors * ~kinks, gradient, slopes, kinks, small & ~kinks)


@checks.gradient_check.misconception(
    "A constant in the denominator hides errors of tiny slopes. Use the relative error of task 8."
)
def constant_beside_the_slopes(f, x, gradient, winners=None, h=1e-5):
    errors, slopes, kinks, small = compared(f, x, gradient, winners, h)
    size = np.maximum(np.abs(gradient), np.abs(slopes))
    return report(errors * size / (size + 1e-8) * ~kinks, gradient, slopes, kinks, small)


@checks.gradient_check.misconception(
    "You refuse float32 alone, but float16 is coarser still. Ask whether x is of float64."
)
def only_float32_refused(f, x, gradient, winners=None, h=1e-5):
    x = x.astype(float) if x.dtype == np.float16 else x
    return gradient_check(f, x, gradient, winners, h)


@checks.gradient_check.misconception(
    "The place is a single number, counted through the flattened array. Turn it into one index for "
    "each axis."
)
def place_in_flat_array(f, x, gradient, winners=None, h=1e-5):
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(worst_index=int(np.ravel_multi_index(found.worst_index, x.shape)))


@checks.gradient_check.misconception(
    "A gradient of another shape is stretched to fit, silently. It cannot be the gradient of x: "
    "refuse it."
)
def shapes_not_compared(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient + np.zeros_like(x), winners, h)


@checks.gradient_check.misconception(
    "float32 goes through your check. It keeps about 7 digits, and a step of 1e-5 uses up 5 of "
    "them: refuse it."
)
def float32_accepted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x.astype(float), gradient, winners, h)


@checks.gradient_check.misconception(
    "The two slopes have changed places: analytic is what the gradient says, numerical what was "
    "measured."
)
def slopes_changed_places(f, x, gradient, winners=None, h=1e-5):
    found = gradient_check(f, x, gradient, winners, h)
    return found._replace(analytic=found.numerical, numerical=found.analytic)


@checks.gradient_check.misconception(
    "Small slopes are not counted. A check that could not measure anything would look like one "
    "that found nothing wrong."
)
def small_not_counted(f, x, gradient, winners=None, h=1e-5):
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=0)


@checks.gradient_check.misconception(
    "Among the slopes that are too small to be measured you count those at kinks. These were "
    "skipped, and are counted already."
)
def small_at_kinks_too(f, x, gradient, winners=None, h=1e-5):
    small = compared(f, x, gradient, None, h)[3]
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))


@checks.gradient_check.misconception(
    "You count as small only what lies within the uncertainty itself. A slope of twice its size is "
    "known to a half: count those of up to ten times."
)
def small_up_to_the_uncertainty(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, _ = compared(f, x, gradient, winners, h)
    small = ~kinks & (np.abs(slopes) <= measured_gradient(f, x, h)[1])
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))


@checks.gradient_check.misconception(
    "All slopes that fall count as small in your check. Compare their size, without the sign."
)
def falling_taken_for_small(f, x, gradient, winners=None, h=1e-5):
    _, slopes, kinks, _ = compared(f, x, gradient, winners, h)
    small = ~kinks & (slopes <= 10 * measured_gradient(f, x, h)[1])
    return gradient_check(f, x, gradient, winners, h)._replace(unmeasured=int(small.sum()))


# 11 A network of two layers ----------------------------------------------------------------------


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


@checks.two_layer_net.misconception(
    "On the way back, the gradient goes past the ReLU. Hidden units that were off must not get any."
)
class relu_skipped_on_the_way_back(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        first, _, second = self.layers
        return loss, backward_through(self, [first, second])


@checks.two_layer_net.misconception(
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


@checks.two_layer_net.misconception(
    'The gradient "W2" is worked out with what goes into the ReLU. The second layer sees what '
    "comes out of it."
)
class hidden_input_for_output(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        self.layers[2]._x = self.layers[0].forward(x)
        return loss, backward_through(self, self.layers)


@checks.two_layer_net.misconception(
    "The layers work on copies of the parameters: whoever changes net.params changes nothing."
)
class works_on_copies(TwoLayerNet):
    def __init__(self, params):
        super().__init__(copied(params))
        self.params = params


@checks.two_layer_net.misconception(
    "Both net.params and the layers are made from copies. Keep the very arrays that were given."
)
class everything_copied(TwoLayerNet):
    def __init__(self, params):
        super().__init__(copied(params))


@checks.two_layer_net.misconception(
    "net.params holds copies: whoever changes them changes nothing, because the layers work on the "
    "arrays that were given. Keep these very arrays."
)
class params_are_copies(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.params = copied(params)


@checks.two_layer_net.misconception(
    "predict returns probabilities. It should return the logits: the loss layer takes the softmax, "
    "and taking it twice flattens it."
)
class probabilities_predicted(TwoLayerNet):
    def predict(self, x):
        return softmax(super().predict(x))


@checks.two_layer_net.misconception(
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


@checks.two_layer_net.misconception(
    "Nothing bends between your two affine layers, so they are worth one. The ReLU is missing."
)
class no_relu(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.layers[1] = Affine(np.eye(len(params["b1"])), np.zeros(len(params["b1"])))


@checks.two_layer_net.misconception(
    "The hidden layer uses the sigmoid. This network is to use the ReLU."
)
class sigmoid_hidden(TwoLayerNet):
    def __init__(self, params):
        super().__init__(params)
        self.layers[1] = Sigmoid()


@checks.two_layer_net.misconception(
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


@checks.two_layer_net.misconception(
    "Your gradients are those of the summed loss: they grow with the batch. The loss is a mean."
)
class gradients_of_the_sum(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {name: len(x) * grad for name, grad in grads.items()}


@checks.two_layer_net.misconception(
    "gradients takes a step as well. It is only to say where downhill is; train does the walking."
)
class gradients_take_a_step(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        for name, param in self.params.items():
            param -= 0.1 * grads[name]
        return loss, grads


@checks.two_layer_net.misconception(
    "You divide the gradients of the first layer by the batch size. The loss layer has done that "
    "already, and it travels down with dout."
)
class first_weights_divided_again(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {**grads, "W1": grads["W1"] / len(x)}


AGAIN = (
    "Your gradients are divided by the batch size twice: the loss layer has done it already, "
    "so nobody after it needs to."
)


@checks.two_layer_net.misconception(AGAIN)
class all_divided_again(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {name: grad / len(x) for name, grad in grads.items()}


@checks.two_layer_net.misconception(AGAIN)
class weights_divided_again(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {
            name: grad / (len(x) if grad.ndim == 2 else 1) for name, grad in grads.items()
        }


@checks.two_layer_net.misconception(
    "The gradients of your biases are averages over the batch. They are sums: that the loss is a "
    "mean has been taken care of in the loss layer."
)
class biases_averaged(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {
            name: grad / (len(x) if grad.ndim == 1 else 1) for name, grad in grads.items()
        }


@checks.two_layer_net.misconception(
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


@checks.two_layer_net.misconception(EXCHANGED)
class layers_exchanged(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {"W1": grads["W2"], "b1": grads["b2"], "W2": grads["W1"], "b2": grads["b1"]}


@checks.two_layer_net.misconception(EXCHANGED)
class weights_exchanged(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {**grads, "W1": grads["W2"], "W2": grads["W1"]}


@checks.two_layer_net.misconception(
    "You send the loss itself down. What goes into the last backward is the gradient of the loss "
    "with respect to itself, which is 1."
)
class loss_sent_down(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        loss, grads = super().loss_and_gradients(x, labels)
        return loss, {name: loss * grad for name, grad in grads.items()}


@checks.two_layer_net.misconception(MEASURED)
class net_measured(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        def loss_with(name):
            return lambda value: TwoLayerNet({**self.params, name: value}).loss(x, labels)

        grads = {name: measured(loss_with(name), p, 1) for name, p in self.params.items()}
        return self.loss(x, labels), grads


@checks.two_layer_net.misconception(
    "loss_and_gradients returns the two in the other order. The loss comes first."
)
class gradients_before_loss(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        return super().loss_and_gradients(x, labels)[::-1]

    def gradients(self, x, labels):
        return self.loss_and_gradients(x, labels)[0]


# 12 Training -------------------------------------------------------------------------------------


def descend(net, x, labels, batches, step):
    """Train; step(name, gradient, rows) says how far a parameter goes down."""
    losses = []
    for rows in batches:
        losses.append(net.loss(x[rows], labels[rows]))
        grads = net.gradients(x[rows], labels[rows])
        for name, param in net.params.items():
            param -= step(name, grads[name], rows)
    return losses


@checks.train.misconception(
    "You walk uphill: the gradient points to where the loss grows, so the step goes against it."
)
def uphill(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: -learning_rate * grad)


@checks.train.misconception(
    "The learning rate has no effect: you take the whole gradient as a step."
)
def learning_rate_ignored(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: grad)


@checks.train.misconception(
    "Your steps are too small by the batch size. The gradient is that of the mean loss, divided "
    "already: neither train nor a layer of tasks 6 and 11 is to divide again."
)
def step_divided_by_batch(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * grad / len(rows)

    return descend(net, x, labels, batches, step)


@checks.train.misconception("Only the weights are trained. The biases are parameters as well.")
def weights_only(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * grad * (grad.ndim == 2)

    return descend(net, x, labels, batches, step)


@checks.train.misconception(
    "The parameters never change: you give a local name a new array, and the network keeps the old "
    "one. Change the array itself, in place."
)
def local_name_only(net, x, labels, batches, learning_rate):
    return [net.loss(x[rows], labels[rows]) for rows in batches]


@checks.train.misconception(
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


@checks.train.misconception(
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


@checks.train.misconception(
    "Every step uses the whole training set. It should use the rows of its own batch only."
)
def whole_set_each_step(net, x, labels, batches, learning_rate):
    everything = [np.arange(len(x))] * len(batches)
    return descend(net, x, labels, everything, lambda name, grad, rows: learning_rate * grad)


@checks.train.misconception(
    "You work out gradients anew after each parameter has moved. One step moves all parameters, "
    "with gradients from one and the same place."
)
def gradients_between_parameters(net, x, labels, batches, learning_rate):
    def step(name, grad, rows):
        return learning_rate * net.gradients(x[rows], labels[rows])[name]

    return descend(net, x, labels, batches, step)


@checks.train.misconception(
    "The gradients of the first batch are used again for every step. Each step needs its own."
)
def gradients_never_renewed(net, x, labels, batches, learning_rate):
    first = net.gradients(x[batches[0]], labels[batches[0]])
    kept = {name: grad.copy() for name, grad in first.items()}
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * kept[name])


@checks.train.misconception(
    "You return one loss. The loss of every batch is asked for, so that the curve can be drawn."
)
def last_loss_only(net, x, labels, batches, learning_rate):
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)[-1]


@checks.train.misconception(
    "Your losses are those of the whole training set. Each is to be that of the batch that causes "
    "the step."
)
def losses_of_the_whole_set(net, x, labels, batches, learning_rate):
    losses = []
    for rows in batches:
        losses.append(net.loss(x, labels))
        descend(net, x, labels, [rows], lambda name, grad, rows: learning_rate * grad)
    return losses


@checks.train.misconception(
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


@checks.train.misconception(
    "You return the mean of the losses. The loss of every batch is asked for, so that the curve "
    "can be drawn."
)
def mean_of_the_losses(net, x, labels, batches, learning_rate):
    losses = descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)
    return sum(losses) / len(losses)


@checks.train.misconception(
    "net.params changes, but the network does not learn, because its layers work on copies. Look "
    "at Affine of task 6 and TwoLayerNet of task 11: they must keep the arrays that they are given."
)
def layers_hold_copies(net, x, labels, batches, learning_rate):
    net.layers[0] = Affine(net.params["W1"].copy(), net.params["b1"].copy())
    net.layers[2] = Affine(net.params["W2"].copy(), net.params["b2"].copy())
    return descend(net, x, labels, batches, lambda name, grad, rows: learning_rate * grad)


# 13 Gradients on their way back ------------------------------------------------------------------


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


@checks.gradient_norms.misconception(
    "Your norms are in the order of the way back, the last layer first. The first layer's is to "
    "stand first."
)
def last_layer_first(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout)[:-1])[::-1]


@checks.gradient_norms.misconception(
    "You measure the gradient where it enters each layer on its way back, at the layer's output. "
    "Measure it where it leaves, at the input."
)
def measured_on_entering(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout)[1:])


@checks.gradient_norms.misconception(
    "dout itself is among your norms. One norm for each layer is asked for: that at its input."
)
def upstream_included(layers, x, dout):
    return norms_of(gradients_on_the_way(layers, x, dout))


@checks.gradient_norms.misconception("The square root is missing: these are squared norms.")
def norms_squared(layers, x, dout):
    return [norm**2 for norm in norms_of(gradients_on_the_way(layers, x, dout)[:-1])]


@checks.gradient_norms.misconception(
    "You take a mean inside the root, over the elements or over the samples. The Euclidean norm is "
    "the root of the sum of all squares."
)
def root_of_mean(layers, x, dout):
    gradients = gradients_on_the_way(layers, x, dout)[:-1]
    return [float(np.sqrt((gradient**2).mean())) for gradient in gradients]


@checks.gradient_norms.misconception(
    "You measure the values that go forward. The gradients that come back are asked for."
)
def norms_of_values(layers, x, dout):
    values = [x]
    for layer in layers:
        values.append(layer.forward(values[-1]))
    return norms_of(values[:-1])


@checks.gradient_norms.misconception(
    "Every layer gets the same x in your code. Each is to get what the layer before it returned."
)
def same_input_for_all(layers, x, dout):
    for layer in layers:
        layer.forward(x)
    gradients = [dout]
    for layer in reversed(layers):
        gradients.append(layer.backward(gradients[-1]))
    return norms_of(gradients[:0:-1])


@checks.gradient_norms.misconception(
    "Every layer gets the same dout in your code. Each is to get what the layer after it returned."
)
def same_upstream_for_all(layers, x, dout):
    for layer in layers:
        x = layer.forward(x)
    return norms_of([layer.backward(dout) for layer in layers])


@checks.gradient_norms.misconception(
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


@checks.gradient_norms.misconception(
    "np.linalg.norm(g, 2) of a matrix is its largest singular value. The Euclidean norm, the root "
    "of the sum of all squares, is what it gives without the 2."
)
def spectral_norms(layers, x, dout):
    gradients = gradients_on_the_way(layers, x, dout)[:-1]
    return [float(np.linalg.norm(gradient, 2)) for gradient in gradients]


@checks.gradient_norms.misconception(
    "You add up sizes. The Euclidean norm adds up squares and takes the root."
)
def sums_of_sizes(layers, x, dout):
    return [float(np.abs(g).sum()) for g in gradients_on_the_way(layers, x, dout)[:-1]]


@checks.gradient_norms.misconception(
    "You give one norm for each sample. One number for each layer is asked for, over all samples."
)
def norms_of_the_rows(layers, x, dout):
    return [np.sqrt((g**2).sum(axis=1)) for g in gradients_on_the_way(layers, x, dout)[:-1]]


# 14 Gradient clipping ----------------------------------------------------------------------------


@checks.clip_by_norm.misconception(
    "You clip each array by its own norm. That turns the joint gradient: small arrays keep their "
    "size while large ones shrink. One factor for all keeps the direction."
)
def each_by_its_own_norm(grads, max_norm):
    clipped = {name: clip_by_norm({name: g}, max_norm)[0][name] for name, g in grads.items()}
    return clipped, clip_by_norm(grads, max_norm)[1]


@checks.clip_by_norm.misconception(
    "You cut off each number by itself. That turns the gradient: scale all by one factor."
)
def each_number_cut_off(grads, max_norm):
    clipped = {name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}
    return clipped, clip_by_norm(grads, max_norm)[1]


@checks.clip_by_norm.misconception(
    "Gradients within the limit are scaled up to it. Clipping only ever makes gradients smaller."
)
def small_ones_enlarged(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    return {name: g * (max_norm / norm if norm else 1) for name, g in grads.items()}, norm


@checks.clip_by_norm.misconception(
    "What you were given has changed. Return a new dictionary, with new arrays in it."
)
def clipped_in_place(grads, max_norm):
    clipped, norm = clip_by_norm(grads, max_norm)
    for name, g in grads.items():
        g[...] = clipped[name]
    return grads, norm


@checks.clip_by_norm.misconception(
    "The square root is missing from your norm: it grows with the square of the gradients.",
    replaces="joint_norm",
)
def root_forgotten(grads):
    return joint_norm(grads) ** 2


@checks.clip_by_norm.misconception(
    "You add up the norms of the arrays. The joint norm is that of one long vector with all "
    "numbers in it: squares add up, norms do not.",
    replaces="joint_norm",
)
def norms_added(grads):
    return sum(float(np.sqrt((g**2).sum())) for g in grads.values())


@checks.clip_by_norm.misconception(
    "You measure the largest number. The Euclidean norm takes all of them into account.",
    replaces="joint_norm",
)
def largest_number(grads):
    return float(max(np.abs(g).max() for g in grads.values()))


@checks.clip_by_norm.misconception(
    "You return the norm after clipping, which says little more than the limit. The norm before it "
    "tells whether training is about to explode."
)
def norm_after_clipping(grads, max_norm):
    clipped, norm = clip_by_norm(grads, max_norm)
    return clipped, min(norm, max_norm)


@checks.clip_by_norm.misconception(
    "When all gradients are 0 you divide by a norm of 0, and they turn into NaN, not a number."
)
def divided_by_norm_of_zero(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.minimum(1.0, np.divide(max_norm, norm))
        return {
            name: factor * g * (norm / norm if norm else np.nan) for name, g in grads.items()
        }, norm


@checks.clip_by_norm.misconception(
    "Your fraction is upside down: the further the norm exceeds the limit, the smaller the factor "
    "has to be."
)
def factor_upside_down(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    return {name: min(1.0, norm / max_norm) * g for name, g in grads.items()}, norm


@checks.clip_by_norm.misconception(
    "You take the larger of 1 and the fraction: large gradients pass, and small ones grow. "
    "Clipping only ever makes gradients smaller."
)
def larger_factor(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    factor = max(1.0, max_norm / norm) if norm else 1.0
    return {name: factor * g for name, g in grads.items()}, norm
