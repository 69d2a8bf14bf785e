"""What answers to several tasks share."""

import numpy as np


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


class ReLUByWhere(NoParameters):
    def forward(self, x):
        self.y = np.where(x > 0, x, 0)
        return self.y

    def backward(self, dout):
        return np.where(self.y > 0, dout, 0)


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


def relative_error_by_divide(a, b):
    gap, size = np.abs(a - b), np.fmax(np.abs(a), np.abs(b))
    return np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)


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


class WithInput:
    """Keeps its input, as the shortcuts do that follow."""

    def forward(self, x):
        self._input = x
        return super().forward(x)
