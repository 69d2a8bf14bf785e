"""Answers to affine: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.backpropagation import Affine
from solutions.losses import numerical_gradient

from .styles import AffineDot, AffineEinsum


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


RIGHT = [
    {"Affine": AffineLoops},
    {"Affine": AffineEinsum},
    {"Affine": AffineDot},
    {"Affine": AffineByDots},
]

SLIPS = [
    (
        'self._x @ self.params["W"] + self.params["b"]',
        'self._x @ self.params["W"]',
        "bias_not_added",
    ),
    ("dout.sum(axis=0)", "np.sum(dout)", "bias_over_everything"),
    ("dout.sum(axis=0)", "np.sum(dout, axis=1)", "bias_over_outputs"),
    ("dout.sum(axis=0)", "np.mean(dout, 0)", "divided_by_batch.b"),
    ("self._x.T @ dout", "dout.T @ self._x", "weights_transposed"),
    (".reshape(self._x_shape)", "", "input_gradient_flat"),
    ('x.reshape(len(x), len(self.params["W"]))', "x", "not_flattened"),
    ("return (dout @ ", "return 1 / len(dout) * (dout @ ", "divided_by_batch.x"),
    ("return (dout @ ", "return len(dout) * (dout @ ", "times_batch.x"),
    ("__init__(W=W, b=b)", "__init__(W=W * 1.0, b=b.copy())", "affine_on_copies"),
    ("dout.sum(axis=0)", "dout", "bias_not_summed"),
    ("dout.sum(axis=0)", "np.sum(dout, 0, keepdims=True)", "bias_keeps_an_axis"),
    (
        "        return (dout @",
        '        for key in "Wb":\n'
        "            self.params[key] -= 0.1 * self.grads[key]\n"
        "        return (dout @",
        "updates_before_the_input",
    ),
    ("self._x", "Affine._x", "shared_by_all"),
    (
        '        return self._x @ self.params["W"]',
        '        self.first = getattr(self, "first", (self._x, self._x_shape))\n'
        "        now, (self._x, self._x_shape) = self._x, self.first\n"
        '        return now @ self.params["W"]',
        "first_for_ever",
    ),
    (
        "super().__init__(W=W, b=b)",
        'super().__init__(W=W, b=b)\n        self.grads = globals().setdefault("grads of all", {})',
        "gradients_on_the_class",
    ),
]

SLIPS += [
    ('return (dout @ self.params["W"].T)', 'return (dout @ self.params["W"])', "dx_of_dout_and_W"),
    ('dout @ self.params["W"].T', 'np.dot(dout, self.params["W"])', "dx_of_dout_and_W_by_dot"),
    ("self._x.T @ dout", "self._x @ dout.T", "dW_of_x_and_dout_transposed"),
    ("self._x.T @ dout", "self._x.T @ dout / len(dout)", "divided_by_batch.W"),
    (
        'self.params["W"] + self.params["b"]',
        'self.params["W"] + np.array(self.params["b"], float)',
        "in_float64.y",
    ),
]

SHORTCUTS = [
    {"Affine": measured(Affine)},
    {"Affine": AffineFarApart},
    {"Affine": AffineHalfMeasured},
    {"Affine": AffineByComplexStep},
]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "Affine.backward: if not self.needs_input_gradient: → pass"
    ]
}

NAMES = {
    "not_flattened": [
        "Affine.forward: self._x = x.reshape(len(x), len(self.params['W'])) → self._x = x",
    ],
    "bias_not_added": [
        "Affine.forward: return self._x @ self.params['W'] + self.params['b'] → return self._x @ self.params['W']",
    ],
    "dx_of_dout_and_W": [
        "Affine.backward: self.grads['W'] = self._x.T @ dout → self.grads['W'] = dout @ self._x.T",
        "Affine.backward: return (dout @ self.params['W'].T).reshape(self._x_shape) → return (dout @ self.params['W']).reshape(self._x_shape)",
    ],
    "dW_of_x_and_dout": [
        "Affine.backward: self.grads['W'] = self._x.T @ dout → self.grads['W'] = self._x @ dout",
        "Affine.backward: return (dout @ self.params['W'].T).reshape(self._x_shape) → return (self.params['W'].T @ dout).reshape(self._x_shape)",
    ],
    "divided_by_batch.b": [
        "Affine.backward: self.grads['b'] = dout.sum(axis=0) → self.grads['b'] = dout.mean(axis=0)",
    ],
    "bias_not_summed": [
        "Affine.backward: self.grads['b'] = dout.sum(axis=0) → self.grads['b'] = dout",
    ],
    "bias_over_everything": [
        "Affine.backward: self.grads['b'] = dout.sum(axis=0) → self.grads['b'] = dout.sum()",
    ],
    "bias_over_outputs": [
        "Affine.backward: self.grads['b'] = dout.sum(axis=0) → self.grads['b'] = dout.sum(axis=1)",
        "Affine.backward: self.grads['b'] = dout.sum(axis=0) → self.grads['b'] = dout.sum(axis=-1)",
    ],
    "input_gradient_flat": [
        "Affine.backward: return (dout @ self.params['W'].T).reshape(self._x_shape) → return dout @ self.params['W'].T",
    ],
}
