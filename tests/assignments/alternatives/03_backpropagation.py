"""Right answers in other styles than the reference's: all must get full marks.

They use loops, einsum, fancy indexing, their own names and other formulas, and they write into
arrays of their own. Some are clumsy on purpose: a check judges what is computed.
"""

import math
from collections import namedtuple

import numpy as np

from solutions.backpropagation import Affine, GradientCheck, SoftmaxWithLoss, TwoLayerNet
from solutions.losses import measured_gradient

# 1 Nodes -----------------------------------------------------------------------------------------


class AddAsLists:
    def forward(self, x, y):
        self.out = [x, y]
        return sum(self.out)

    def backward(self, dout):
        return [dout * 1.0, dout * 1.0]


class MultiplyByCache:
    def __init__(self):
        self.cache = None

    def forward(self, a, b):
        self.cache = {"a": a, "b": b}
        return a * b

    def backward(self, grad):
        da = self.cache["b"] * grad
        db = self.cache["a"] * grad
        return da, db


class AddAsArray:
    def forward(self, x, y):
        return np.add(x, y)

    def backward(self, dout):
        return np.full(2, dout)


class MultiplyAsArray:
    def forward(self, x, y):
        self.inputs = np.array([x, y])
        return self.inputs.prod()

    def backward(self, dout):
        return dout * self.inputs[::-1]


def slopes_of_product(x, y):
    return y, x


class MultiplyWithHelper:
    """Goes forward once more on the way back, which is nobody's mistake."""

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, dout):
        self.forward(self.x, self.y)
        return tuple(dout * slope for slope in slopes_of_product(self.x, self.y))


# 2 A graph ---------------------------------------------------------------------------------------


class BillByFormula:
    def forward(self, apple_count, apple_price, orange_count, orange_price, tax):
        self.numbers = apple_count, apple_price, orange_count, orange_price, tax
        self.fruit_price = apple_count * apple_price + orange_count * orange_price
        return self.fruit_price * tax

    def backward(self, dout=1.0):
        n1, p1, n2, p2, tax = self.numbers
        each = np.array([p1, n1, p2, n2]) * tax * dout
        return np.append(each, self.fruit_price * dout)


class BillWithStoredGradients:
    def forward(self, n1, p1, n2, p2, t):
        self.n1, self.p1, self.n2, self.p2, self.t = n1, p1, n2, p2, t
        self.a, self.o = n1 * p1, n2 * p2
        self.f = self.a + self.o
        return self.t * self.f

    def backward(self, dout=1.0):
        df = dout * self.t
        dt = dout * self.f
        return [df * self.p1, df * self.n1, df * self.p2, df * self.n2, dt]


class BillByNestedFunctions:
    def forward(self, *bill):
        n1, p1, n2, p2, tax = bill

        def gradients(dout):
            def product(n, p):
                return [dout * tax * p, dout * tax * n]

            return [*product(n1, p1), *product(n2, p2), dout * (n1 * p1 + n2 * p2)]

        self.gradients = gradients
        return (n1 * p1 + n2 * p2) * tax

    def backward(self, dout=1.0):
        return self.gradients(dout)


# 3–5 Activations ---------------------------------------------------------------------------------


class NoParameters:
    def __init__(self):
        self.params, self.grads = {}, {}


class ReLUByCopies(NoParameters):
    def forward(self, x):
        self.negative = x <= 0
        out = x.copy()
        out[self.negative] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.negative] = 0
        return dx


class ReLUByLoops(NoParameters):
    def forward(self, x):
        self.x = np.array(x)
        out = np.empty_like(x)
        for i in np.ndindex(x.shape):
            out[i] = x[i] if x[i] > 0 else 0
        return out

    def backward(self, dout):
        dx = np.zeros_like(dout)
        for i in np.ndindex(dout.shape):
            if self.x[i] >= 0:  # a slope of 1 at exactly 0: a matter of taste
                dx[i] = dout[i]
        return dx


class ReLUByWhere(NoParameters):
    def forward(self, x):
        self.y = np.where(x > 0, x, 0)
        return self.y

    def backward(self, dout):
        return np.where(self.y > 0, dout, 0)


class SigmoidNaive(NoParameters):
    def forward(self, x):
        with np.errstate(over="ignore"):
            self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return self.out * dout - dout * self.out**2


class SigmoidByTanh(NoParameters):
    def forward(self, x):
        self.t = np.tanh(x / 2)
        return (1 + self.t) / 2

    def backward(self, dout):
        slope = (1 - self.t * self.t) / 4
        slope *= dout
        return slope


class SigmoidByCases(NoParameters):
    def forward(self, x):
        y = np.zeros_like(x)
        up = x >= 0
        y[up] = 1 / (1 + np.exp(-x[up]))
        y[~up] = np.exp(x[~up]) / (1 + np.exp(x[~up]))
        self.y = y
        return y.copy()

    def backward(self, dout):
        return np.multiply(dout, self.y - self.y**2)


class TanhByInput(NoParameters):
    def forward(self, x):
        self.x = x.copy()
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 + np.tanh(self.x)) * (1 - np.tanh(self.x))


class TanhByExponentials(NoParameters):
    def forward(self, x):
        small = np.exp(-2 * np.abs(x))
        self.y = np.sign(x) * (1 - small) / (1 + small)
        return self.y

    def backward(self, dout):
        return dout - dout * np.square(self.y)


class TanhForwardAgain(NoParameters):
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        y = self.forward(self.x)
        return dout * (1 - y) * (1 + y)


# 6 Affine ----------------------------------------------------------------------------------------


class AffineLoops:
    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.original = x
        self.rows = [sample.flatten() for sample in x]
        W, b = self.params["W"], self.params["b"]
        y = np.zeros((len(x), len(b)), dtype=x.dtype)
        for n, row in enumerate(self.rows):
            for m in range(len(b)):
                y[n, m] = sum(row[d] * W[d, m] for d in range(len(row))) + b[m]
        return y

    def backward(self, dout):
        W = self.params["W"]
        dW, db = np.zeros_like(W), np.zeros_like(self.params["b"])
        dx = np.zeros_like(self.original)
        for n, row in enumerate(self.rows):
            dW += np.outer(row, dout[n])
            db += dout[n]
            dx[n] = (W @ dout[n]).reshape(dx[n].shape)
        self.grads["W"], self.grads["b"] = dW, db
        return dx


class AffineEinsum:
    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.shape = x.shape
        self.flat = x.reshape(x.shape[0], int(np.prod(x.shape[1:])))
        out = np.einsum("nd,dm->nm", self.flat, self.params["W"])
        out += self.params["b"]
        return out

    def backward(self, dout):
        self.grads = {
            "W": np.einsum("nd,nm->dm", self.flat, dout),
            "b": np.einsum("nm->m", dout),
        }
        return np.einsum("nm,dm->nd", dout, self.params["W"]).reshape(self.shape)


class AffineDot:
    """The bias as a weight on a constant 1."""

    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.x = x
        self.ones = np.ones(x.shape[0], dtype=x.dtype)
        return np.dot(x.reshape(x.shape[0], -1), self.params["W"]) + self.params["b"][None, :]

    def backward(self, dout):
        flat = self.x.reshape(self.x.shape[0], -1)
        self.grads["b"] = self.ones.dot(dout)
        self.grads["W"] = np.dot(dout.T, flat).T
        return np.dot(self.params["W"], dout.T).T.reshape(*self.x.shape)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


class AffineByDots:
    """One call of a function for each number, and forward once more."""

    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.x = x
        W, b = self.params["W"], self.params["b"]
        rows = x.reshape(len(x), -1)
        y = [[dot(row, W[:, m]) + b[m] for m in range(len(b))] for row in rows]
        return np.array(y, x.dtype)

    def backward(self, dout):
        W, dtype = self.params["W"], dout.dtype
        self.forward(self.x)
        columns = self.x.reshape(len(self.x), -1).T
        dW = [[dot(column, dcolumn) for dcolumn in dout.T] for column in columns]
        self.grads = {"W": np.array(dW, dtype), "b": np.array([sum(d) for d in dout.T], dtype)}
        return np.array([[dot(d, w) for w in W] for d in dout], dtype).reshape(self.x.shape)


# 7 Softmax with loss -----------------------------------------------------------------------------


class SoftmaxByIndexing:
    def forward(self, logits, labels):
        self.labels = labels if labels.ndim == 1 else labels.argmax(axis=1)
        z = logits - logits.max(axis=1, keepdims=True)
        log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        self.p = np.exp(log_p)
        return -np.mean(log_p[np.arange(len(z)), self.labels])

    def backward(self, dout=1.0):
        d = self.p.copy()
        d[np.arange(len(d)), self.labels] -= 1
        d *= dout / d.shape[0]
        return d


class SoftmaxByLoops:
    def forward(self, logits, labels):
        self.logits, self.labels = logits, labels
        total = 0.0
        for row, label in zip(logits, labels, strict=True):
            label = label if labels.ndim == 1 else list(label).index(1)
            top = max(row)
            total += top + math.log(sum(math.exp(z - top) for z in row)) - row[int(label)]
        return total / len(logits)

    def backward(self, dout=1.0):
        gradient = []
        for row, label in zip(self.logits, self.labels, strict=True):
            e = [math.exp(z - max(row)) for z in row]
            one_hot = label if self.labels.ndim == 2 else np.eye(len(row))[label]
            n = len(self.logits)
            gradient.append([dout * (p / sum(e) - t) / n for p, t in zip(e, one_hot, strict=True)])
        return np.array(gradient)


class SoftmaxByLogaddexp:
    """The loss as an array of one element, which counts as a number."""

    def forward(self, logits, labels):
        n, classes = logits.shape
        t = np.eye(classes)[labels] if labels.ndim == 1 else labels
        self.residual = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)) - t
        losses = np.logaddexp.reduce(logits, axis=1) - np.einsum("nc,nc->n", logits, t)
        return losses.sum(keepdims=True) / n

    def backward(self, dout=1.0):
        return self.residual / len(self.residual) * dout


# 8–10 The gradient check -------------------------------------------------------------------------


def relative_error_by_loops(a, b):
    errors = np.zeros(np.shape(a))
    for i in np.ndindex(errors.shape):
        size = max(abs(a[i]), abs(b[i]))
        errors[i] = abs(a[i] - b[i]) / size if size > 0 else 0.0
    return errors


def relative_error_by_divide(a, b):
    gap, size = np.abs(a - b), np.fmax(np.abs(a), np.abs(b))
    return np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)


def relative_error_with_tiny(a, b):
    return np.abs(b - a) / (np.maximum(np.abs(a), np.abs(b)) + np.finfo(float).tiny)


def crosses_kink_in_place(winners, x, index, h):
    kept = x[index]
    x[index] = kept + h
    above = np.array(winners(x))
    x[index] = kept - h
    below = np.array(winners(x))
    x[index] = kept
    return not np.array_equal(above, below)


def crosses_kink_by_copies(winners, x, index, h):
    up, down = x.copy(), x.copy()
    up[index] += h
    down[index] -= h
    return (winners(up) != winners(down)).any()  # a bool of NumPy


def crosses_kink_by_lists(winners, x, index, h):
    e = np.zeros(x.size)
    e[np.ravel_multi_index(index, x.shape)] = h
    e = e.reshape(x.shape)
    pairs = zip(winners(x - e).ravel().tolist(), winners(x + e).ravel().tolist(), strict=True)
    return any(a != b for a, b in pairs)


def gradient_check_in_one_loop(f, x, gradient, winners=None, h=1e-5):
    if gradient.shape != x.shape or x.dtype != np.dtype("float64"):
        raise ValueError("x must be float64, and the gradient must have its shape")
    slopes, margin = measured_gradient(f, x, h)
    worst, place, kinks, small = 0.0, (0,) * x.ndim, 0, 0
    for index in np.ndindex(x.shape):
        if winners is not None and crosses_kink_in_place(winners, x, index, h):
            kinks += 1
            continue
        small += abs(slopes[index]) <= 10 * margin
        difference = abs(slopes[index] - gradient[index])
        if difference > margin:
            error = difference / max(abs(slopes[index]), abs(gradient[index]))
            if error > worst:
                worst, place = error, index
    return GradientCheck(worst, place, gradient[place], slopes[place], kinks, small, x.size)


def gradient_check_as_tuple(f, x, gradient, winners=None, h=1e-5):
    """A plain tuple, with numbers of NumPy in it."""
    if np.shape(gradient) != np.shape(x):
        raise ValueError("the shapes differ")
    slopes, margin = measured_gradient(f, x, h)
    skip = np.zeros(x.shape, bool)
    if winners is not None:
        flags = [crosses_kink_by_copies(winners, x, i, h) for i in np.ndindex(x.shape)]
        skip = np.array(flags).reshape(x.shape)
    errors = np.where(
        abs(slopes - gradient) > margin, relative_error_by_divide(slopes, gradient), 0
    )
    errors[skip] = -1
    place = np.unravel_index(errors.argmax(), x.shape)
    small = np.count_nonzero(np.abs(slopes[~skip]) <= 10 * margin)
    return errors.max(), place, gradient[place], slopes[place], skip.sum(), small, np.size(x)


OwnGradientCheck = namedtuple(
    "OwnGradientCheck", "worst_error worst_index analytic numerical kinks unmeasured size"
)


def gradient_check_with_own_result(f, x, gradient, winners=None, h=1e-5):
    return OwnGradientCheck(*gradient_check_as_tuple(f, x, gradient, winners, h))


# 11–12 A network ---------------------------------------------------------------------------------


class NetWithoutLayers:
    """All formulas by hand, on the arrays in params."""

    def __init__(self, params):
        self.params = params

    def predict(self, x):
        p = self.params
        return np.maximum(x @ p["W1"] + p["b1"], 0) @ p["W2"] + p["b2"]

    def loss(self, x, labels):
        return SoftmaxByIndexing().forward(self.predict(x), labels)

    def loss_and_gradients(self, x, labels):
        return self.loss(x, labels), self.gradients(x, labels)

    def gradients(self, x, labels):
        p = self.params
        a = x @ p["W1"] + p["b1"]
        hidden = a.clip(min=0)
        last = SoftmaxByIndexing()
        last.forward(hidden @ p["W2"] + p["b2"], labels)
        d = last.backward()
        da = (d @ p["W2"].T) * (a > 0)
        return {"b2": d.sum(0), "W2": hidden.T @ d, "b1": da.sum(0), "W1": x.T @ da}


class NetOfNamedLayers:
    """The layers one by one, of this module's own kinds."""

    def __init__(self, params):
        self.params = params
        self.affine1 = AffineEinsum(params["W1"], params["b1"])
        self.relu = ReLUByCopies()
        self.affine2 = AffineDot(params["W2"], params["b2"])
        self.last = SoftmaxByLogaddexp()

    def predict(self, x):
        return self.affine2.forward(self.relu.forward(self.affine1.forward(x)))

    def loss(self, x, labels):
        return self.last.forward(self.predict(x), labels).item()

    def loss_and_gradients(self, x, labels):
        loss = self.loss(x, labels)
        self.affine1.backward(self.relu.backward(self.affine2.backward(self.last.backward(1))))
        grads = {}
        for number, layer in enumerate([self.affine1, self.affine2], start=1):
            for name, grad in layer.grads.items():
                grads[f"{name}{number}"] = grad
        return [loss, grads]

    def gradients(self, x, labels):
        _, grads = self.loss_and_gradients(x, labels)
        return grads


class NetOfFreshLayers:
    """New layers for every call, around the same arrays."""

    def __init__(self, params):
        self.params = params

    def forward_all(self, x):
        self.first = Affine(self.params["W1"], self.params["b1"])
        self.second = Affine(self.params["W2"], self.params["b2"])
        self.gate = ReLUByWhere()
        return self.second.forward(self.gate.forward(self.first.forward(x)))

    predict = forward_all

    def loss(self, x, labels):
        return SoftmaxWithLoss().forward(self.predict(x), labels)

    def loss_and_gradients(self, x, labels):
        last = SoftmaxWithLoss()
        loss = last.forward(self.forward_all(x), labels)
        self.first.backward(self.gate.backward(self.second.backward(last.backward())))
        return loss, {
            "W1": self.first.grads["W"],
            "W2": self.second.grads["W"],
            "b1": self.first.grads["b"],
            "b2": self.second.grads["b"],
        }

    def gradients(self, x, labels):
        return self.loss_and_gradients(x, labels)[1]


class NetSampleBySample(TwoLayerNet):
    """One way forward and one back for each sample; the mean of the gradients."""

    def loss_and_gradients(self, x, labels):
        one_by_one = super().loss_and_gradients
        losses, parts = zip(*[one_by_one(*one) for one in samples(x, labels)], strict=True)
        grads = {name: sum(part[name] for part in parts) / len(x) for name in self.params}
        return np.mean(losses), grads


class NetWithoutBoth(NetWithoutLayers):
    """Without loss_and_gradients, which training can do without."""

    loss_and_gradients = None


def samples(x, labels):
    return [(x[n : n + 1], labels[n : n + 1]) for n in range(len(x))]


def train_by_slices(net, x, labels, batches, learning_rate):
    history = np.zeros(len(batches))
    for step, batch in enumerate(batches):
        x_batch, t_batch = x[batch], labels[batch]
        grads = net.gradients(x_batch, t_batch)
        history[step] = net.loss(x_batch, t_batch)
        for key in ("b2", "W2", "b1", "W1"):
            net.params[key][...] = net.params[key] - learning_rate * grads[key]
    return history


def train_by_items(net, x, labels, batches, learning_rate):
    def step(rows):
        loss = net.loss(x[rows], labels[rows])
        gradients = net.gradients(x[rows], labels[rows])
        for key in net.params:
            np.subtract(net.params[key], learning_rate * gradients[key], out=net.params[key])
        return np.float64(loss)

    return [step(rows) for rows in batches]


def train_at_once(net, x, labels, batches, learning_rate):
    losses = []
    for batch in batches:
        loss, grads = net.loss_and_gradients(x[batch], labels[batch])
        losses.append(loss)
        for name in net.params:
            net.params[name] += -learning_rate * grads[name]
    return losses


# 13–14 How large gradients are -------------------------------------------------------------------


def gradient_norms_by_insert(layers, x, dout):
    out = x
    for i in range(len(layers)):
        out = layers[i].forward(out)
    norms = []
    for i in range(len(layers) - 1, -1, -1):
        dout = layers[i].backward(dout)
        norms.insert(0, np.linalg.norm(dout))
    return norms


def gradient_norms_as_array(layers, x, dout):
    for layer in layers:
        x = layer.forward(x)
    norms = np.empty(len(layers))
    for i, layer in reversed(list(enumerate(layers))):
        dout = layer.backward(dout)
        norms[i] = math.sqrt(np.vdot(dout, dout))
    return norms


def joint_norm_by_dot(grads):
    everything = np.concatenate([np.ravel(g) for g in grads.values()])
    return math.sqrt(everything @ everything)


def clip_by_norm_by_concatenation(grads, max_norm):
    everything = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(everything)
    if norm <= max_norm:
        return {k: g.copy() for k, g in grads.items()}, norm
    return {k: g / norm * max_norm for k, g in grads.items()}, norm


def clip_by_norm_with_constant(grads, max_norm):
    """The constant is far below the tolerance."""
    total = 0.0
    for g in grads.values():
        for value in g.flat:
            total += float(value) ** 2
    norm = total**0.5
    scale = min(max_norm / (norm + 1e-12), 1)
    result = {}
    for key, g in grads.items():
        result[key] = np.array(g)
        result[key] *= scale
    return result, norm


ALTERNATIVES = {
    "nodes": [
        {"Add": AddAsLists, "Multiply": MultiplyByCache},
        {"Add": AddAsArray, "Multiply": MultiplyAsArray},
        {"Multiply": MultiplyWithHelper},
    ],
    "shopping": [
        {"ShoppingGraph": BillByFormula},
        {"ShoppingGraph": BillWithStoredGradients},
        {"ShoppingGraph": BillByNestedFunctions},
    ],
    "relu": [{"ReLU": ReLUByCopies}, {"ReLU": ReLUByLoops}, {"ReLU": ReLUByWhere}],
    "sigmoid": [
        {"Sigmoid": SigmoidNaive},
        {"Sigmoid": SigmoidByTanh},
        {"Sigmoid": SigmoidByCases},
    ],
    "tanh": [{"Tanh": TanhByInput}, {"Tanh": TanhByExponentials}, {"Tanh": TanhForwardAgain}],
    "affine": [
        {"Affine": AffineLoops},
        {"Affine": AffineEinsum},
        {"Affine": AffineDot},
        {"Affine": AffineByDots},
    ],
    "softmax_loss": [
        {"SoftmaxWithLoss": SoftmaxByIndexing},
        {"SoftmaxWithLoss": SoftmaxByLoops},
        {"SoftmaxWithLoss": SoftmaxByLogaddexp},
    ],
    "relative_error": [
        {"relative_error": relative_error_by_loops},
        {"relative_error": relative_error_by_divide},
        {"relative_error": relative_error_with_tiny},
    ],
    "crosses_kink": [
        {"crosses_kink": crosses_kink_in_place},
        {"crosses_kink": crosses_kink_by_copies},
        {"crosses_kink": crosses_kink_by_lists},
    ],
    "gradient_check": [
        {"gradient_check": gradient_check_in_one_loop},
        {"gradient_check": gradient_check_as_tuple},
        {"gradient_check": gradient_check_with_own_result},
    ],
    "two_layer_net": [
        {"TwoLayerNet": NetWithoutLayers},
        {"TwoLayerNet": NetOfNamedLayers},
        {"TwoLayerNet": NetOfFreshLayers},
        {"TwoLayerNet": NetSampleBySample},
    ],
    "train": [
        {"train": train_by_slices},
        {"train": train_by_items},
        {"train": train_by_items, "TwoLayerNet": NetWithoutBoth},
        {"train": train_at_once, "TwoLayerNet": NetOfNamedLayers},
    ],
    "gradient_norms": [
        {"gradient_norms": gradient_norms_by_insert},
        {"gradient_norms": gradient_norms_as_array},
    ],
    "clip_by_norm": [
        {"clip_by_norm": clip_by_norm_by_concatenation},
        {"clip_by_norm": clip_by_norm_with_constant, "joint_norm": joint_norm_by_dot},
    ],
}
