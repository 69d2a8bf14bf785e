"""Gradients that are measured where they are to be derived: none may get a point for its task.

They are right, or nearly so. They move inputs one way, both ways, far, or along the imaginary axis,
in code of their own or through forward.
"""

import numpy as np

from solutions.backpropagation import (
    Add,
    Affine,
    Multiply,
    ReLU,
    ShoppingGraph,
    Sigmoid,
    SoftmaxWithLoss,
    Tanh,
    TwoLayerNet,
)
from solutions.losses import central_difference, forward_difference, numerical_gradient


class ProductOneWay(Multiply):
    def backward(self, dout):
        x, y, h = self._x, self._y, 1e-6
        z = self.forward(x, y)
        dx, dy = self.forward(x + h, y) - z, self.forward(x, y + h) - z
        self._x, self._y = x, y
        return dout * dx / h, dout * dy / h


class ProductFarApart(Multiply):
    def backward(self, dout):
        x, y = self._x, self._y
        return dout * ((x + 1) * y - x * y), dout * (x * (y + 1) - x * y)


class SumBothWays(Add):
    def forward(self, x, y):
        self.pair = x, y
        return x + y

    def backward(self, dout):
        x, y = self.pair
        slope_of_x = central_difference(lambda x: x + y, x, 0.1)
        slope_of_y = central_difference(lambda y: x + y, y, 0.1)
        return dout * slope_of_x, dout * slope_of_y


class BillMeasured(ShoppingGraph):
    def forward(self, *bill):
        self.bill = np.array(bill, float)
        return super().forward(*bill)

    def backward(self, dout=1.0):
        bill = self.bill
        slopes = numerical_gradient(lambda bill: self.forward(*bill), bill)
        self.bill = bill
        return dout * slopes


class BillOneWay(BillMeasured):
    def backward(self, dout=1.0):
        start = ShoppingGraph().forward(*self.bill)
        moved = [self.bill + step for step in np.eye(5)]
        return [dout * (ShoppingGraph().forward(*one) - start) for one in moved]


class WithInput:
    """Keeps its input, as the shortcuts do that follow."""

    def forward(self, x):
        self._input = x
        return super().forward(x)


class ReLUBothWays(WithInput, ReLU):
    def backward(self, dout):
        return dout * central_difference(lambda x: np.maximum(x, 0), self._input, 1e-4)


class ReLUThroughForward(WithInput, ReLU):
    def backward(self, dout):
        x = self._input
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


class SigmoidOneWay(WithInput, Sigmoid):
    def backward(self, dout):
        f = Sigmoid().forward
        return dout * forward_difference(f, self._input, 1e-7)


class SigmoidOfHigherOrder(WithInput, Sigmoid):
    def backward(self, dout):
        f, x = Sigmoid().forward, self._input
        near, far = (central_difference(f, x, h) for h in (1e-3, 2e-3))
        return dout * (4 * near - far) / 3


class TanhBothWays(WithInput, Tanh):
    def backward(self, dout):
        return dout * central_difference(np.tanh, self._input, 1e-5)


class TanhThroughForward(WithInput, Tanh):
    def backward(self, dout):
        x = self._input
        slopes = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return slopes


class AffineMeasured(Affine):
    """Both ways, through forward, with the function of chapter 2."""

    def backward(self, dout):
        x, kept = self._x.reshape(self._x_shape), dict(self.params)

        def loss(name):
            def of(value):
                self.params = {**kept, name: value}
                return float(np.sum(dout * self.forward(x)))

            return of

        self.grads = {name: numerical_gradient(loss(name), kept[name]) for name in kept}
        self.params = kept
        dx = numerical_gradient(lambda v: float(np.sum(dout * self.forward(v))), x)
        self.forward(x)
        return dx


class AffineFarApart(Affine):
    """A step of 1 is exact for what is linear."""

    def backward(self, dout):
        W, b, x = self.params["W"], self.params["b"], self._x
        y = x @ W + b

        def slopes(shape, f):
            steps = np.eye(int(np.prod(shape))).reshape(-1, *shape)
            return np.array([np.sum(dout * (f(step) - y)) for step in steps]).reshape(shape)

        self.grads["W"] = slopes(W.shape, lambda step: x @ (W + step) + b)
        self.grads["b"] = slopes(b.shape, lambda step: x @ W + (b + step))
        return slopes(x.shape, lambda step: (x + step) @ W + b).reshape(self._x_shape)


class AffineHalfMeasured(Affine):
    """Only the gradient of the input is measured."""

    def backward(self, dout):
        super().backward(dout)
        W, b, x = self.params["W"], self.params["b"], self._x
        dx = numerical_gradient(lambda x: float(np.sum(dout * (x @ W + b))), x)
        return dx.reshape(self._x_shape)


class AffineByComplexStep(Affine):
    """Exact, whatever the numbers: it is only seen how often it goes forward."""

    def backward(self, dout):
        x = self._x.reshape(self._x_shape)
        super().backward(dout)
        dx = np.zeros(x.shape, dout.dtype)
        for index in np.ndindex(x.shape):
            moved = x.astype(complex)
            moved[index] += 1e-20j
            dx[index] = np.sum(dout * self.forward(moved).imag) / 1e-20
        self.forward(x)
        return dx


class SoftmaxKeepsInput(SoftmaxWithLoss):
    def forward(self, logits, labels):
        self._case = logits, labels
        return super().forward(logits, labels)


class SoftmaxMeasured(SoftmaxKeepsInput):
    def backward(self, dout=1.0):
        logits, labels = self._case
        slopes = numerical_gradient(lambda z: self.forward(z, labels), logits)
        self.forward(logits, labels)
        return dout * slopes


class SoftmaxOneWay(SoftmaxKeepsInput):
    def backward(self, dout=1.0):
        logits, labels = self._case
        start, slopes = SoftmaxWithLoss().forward(logits, labels), np.zeros_like(logits)
        for index in np.ndindex(logits.shape):
            moved = logits.copy()
            moved[index] += 1e-8
            slopes[index] = (SoftmaxWithLoss().forward(moved, labels) - start) / 1e-8
        return dout * slopes


class SoftmaxByComplexStep(SoftmaxKeepsInput):
    def forward(self, logits, labels):
        self._case = logits, labels
        targets = np.eye(logits.shape[1])[labels] if labels.ndim == 1 else labels
        shifted = logits - logits.real.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return -(targets * log_p).sum() / len(logits)

    def backward(self, dout=1.0):
        logits, labels = self._case
        slopes = np.zeros(logits.shape)
        for index in np.ndindex(logits.shape):
            moved = logits.astype(complex)
            moved[index] += 1e-30j
            slopes[index] = self.forward(moved, labels).imag / 1e-30
        self._case = logits, labels
        return dout * slopes


class NetMeasured(TwoLayerNet):
    def loss_and_gradients(self, x, labels):
        def loss(name):
            return lambda value: TwoLayerNet({**self.params, name: value}).loss(x, labels)

        grads = {name: numerical_gradient(loss(name), p) for name, p in self.params.items()}
        return self.loss(x, labels), grads


class NetMeasuredInPlace(TwoLayerNet):
    def gradients(self, x, labels):
        grads = {}
        for name, param in self.params.items():
            grads[name] = np.zeros_like(param)
            for index in np.ndindex(param.shape):
                kept = param[index]
                param[index] = kept + 1e-6
                above = self.loss(x, labels)
                param[index] = kept - 1e-6
                grads[name][index] = (above - self.loss(x, labels)) / 2e-6
                param[index] = kept
        return grads


class NetFirstLayerMeasured(TwoLayerNet):
    """The gradients of the last layer are derived."""

    def gradients(self, x, labels):
        grads = super().gradients(x, labels)
        p = self.params

        def loss(W1, b1):
            logits = np.maximum(x @ W1 + b1, 0) @ p["W2"] + p["b2"]
            return SoftmaxWithLoss().forward(logits, labels)

        grads["W1"] = numerical_gradient(lambda W1: loss(W1, p["b1"]), p["W1"])
        grads["b1"] = numerical_gradient(lambda b1: loss(p["W1"], b1), p["b1"])
        return grads


SHORTCUTS = {
    "nodes": [
        {"Multiply": ProductOneWay},
        {"Multiply": ProductFarApart},
        {"Add": SumBothWays},
        {"Multiply": ProductFarApart, "Add": SumBothWays},
    ],
    "shopping": [{"ShoppingGraph": BillMeasured}, {"ShoppingGraph": BillOneWay}],
    "relu": [{"ReLU": ReLUBothWays}, {"ReLU": ReLUThroughForward}],
    "sigmoid": [{"Sigmoid": SigmoidOneWay}, {"Sigmoid": SigmoidOfHigherOrder}],
    "tanh": [{"Tanh": TanhBothWays}, {"Tanh": TanhThroughForward}],
    "affine": [
        {"Affine": AffineMeasured},
        {"Affine": AffineFarApart},
        {"Affine": AffineHalfMeasured},
        {"Affine": AffineByComplexStep},
    ],
    "softmax_loss": [
        {"SoftmaxWithLoss": SoftmaxMeasured},
        {"SoftmaxWithLoss": SoftmaxOneWay},
        {"SoftmaxWithLoss": SoftmaxByComplexStep},
    ],
    "two_layer_net": [
        {"TwoLayerNet": NetMeasured},
        {"TwoLayerNet": NetMeasuredInPlace},
        {"TwoLayerNet": NetFirstLayerMeasured},
    ],
}
