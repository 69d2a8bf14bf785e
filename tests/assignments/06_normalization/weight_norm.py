"""Answers to weight_norm: right ones in other styles, and wrong ones."""

import numpy as np

from solutions.backpropagation import Affine
from solutions.normalization import WeightNorm, direction_gradients, scaled_directions


def lengths_by_loops(v):
    return np.array([sum(number**2 for number in v[:, j]) ** 0.5 for j in range(v.shape[1])])


def scaled_by_loops(v, g):
    w = np.empty_like(v)
    for j in range(len(g)):
        w[:, j] = g[j] * v[:, j] / np.linalg.norm(v[:, j])
    return w


def gradients_by_loops(dw, v, g):
    dv, dg = np.empty_like(v), np.empty_like(g)
    for j in range(len(g)):
        size = np.linalg.norm(v[:, j])
        dg[j] = v[:, j] @ dw[:, j] / size
        dv[:, j] = g[j] * dw[:, j] / size - g[j] * dg[j] * v[:, j] / size**2
    return dv, dg


def standardizing_by_hand(y):
    mu = sum(y) / len(y)
    sigma = np.sqrt(sum((y - mu) ** 2) / len(y))
    g = sigma**-1
    return g, -g * mu


class WeightNormByHand:
    """x @ w + b without an affine layer."""

    def __init__(self, v, g, b):
        self.params, self.grads = {"v": v, "g": g, "b": b}, {}

    def initialize(self, x):
        y = x @ scaled_by_loops(self.params["v"], np.ones_like(self.params["g"]))
        self.params["g"][:], self.params["b"][:] = standardizing_by_hand(y)

    def forward(self, x):
        self.x, self.w = x, scaled_by_loops(self.params["v"], self.params["g"])
        return x @ self.w + self.params["b"]

    def backward(self, dout):
        self.grads["b"] = np.ones(len(dout), dtype=dout.dtype) @ dout
        dw = np.einsum("nd,nm->dm", self.x, dout)
        dv, dg = gradients_by_loops(dw, self.params["v"], self.params["g"])
        self.grads["v"], self.grads["g"] = dv, dg
        return dout @ self.w.T


def lengths_by_norm(v):
    return np.linalg.norm(v, axis=0)


def scaled_by_einsum(v, g):
    return np.einsum("dm,m,m->dm", v, g, np.einsum("dm,dm->m", v, v) ** -0.5)


def gradients_by_projection(dw, v, g):
    """With the matrix that projects on what is at right angles to v."""
    size = np.linalg.norm(v, axis=0)
    dv = np.empty_like(v)
    for j, direction in enumerate((v / size).T):
        project = np.eye(len(v), dtype=v.dtype) - np.outer(direction, direction)
        dv[:, j] = g[j] / size[j] * (project @ dw[:, j])
    return dv, np.sum(dw * v, axis=0) / size


def standardizing_by_moments(y):
    std = np.sqrt(np.mean((y - np.mean(y, axis=0)) ** 2, axis=0))
    return np.reciprocal(std), -np.mean(y, 0) * np.reciprocal(std)


class WeightNormByAffine(WeightNorm):
    """An affine layer that is kept, and given its weights anew."""

    def forward(self, x):
        w = scaled_by_einsum(self.params["v"], self.params["g"])
        self.inner = Affine(w, self.params["b"])
        return self.inner.forward(x)

    def backward(self, dout):
        dx = self.inner.backward(dout)
        grads = gradients_by_projection(self.inner.grads["W"], self.params["v"], self.params["g"])
        self.grads = {"v": grads[0], "g": grads[1], "b": self.inner.grads["b"]}
        return dx


RIGHT = [
    {
        "lengths": lengths_by_loops,
        "scaled_directions": scaled_by_loops,
        "direction_gradients": gradients_by_loops,
        "standardizing": standardizing_by_hand,
        "WeightNorm": WeightNormByHand,
    },
    {
        "lengths": lengths_by_norm,
        "scaled_directions": scaled_by_einsum,
        "direction_gradients": gradients_by_projection,
        "standardizing": standardizing_by_moments,
        "WeightNorm": WeightNormByAffine,
    },
]


def measured(f, array, h=1e-5):
    """By differences, one number after the other, as the dtype allows."""
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[index] += h
        below[index] -= h
        slopes[index] = (f(above) - f(below)) / (2 * h)
    return slopes


def gradients_measured(dw, v, g):
    dv = measured(lambda v: np.sum(dw * scaled_directions(v, g)), v)
    return dv, measured(lambda g: np.sum(dw * scaled_directions(v, g)), g)


def gradient_of_v_measured(dw, v, g):
    dv = measured(lambda v: np.sum(dw * scaled_directions(v, g)), v)
    return dv, direction_gradients(dw, v, g)[1]


def with_gradients(gradients):
    """Return these gradients, and a layer that uses them."""

    class WeightNormMeasured(WeightNorm):
        def backward(self, dout):
            dx = self._affine.backward(dout)
            dv, dg = gradients(self._affine.grads["W"], self.params["v"], self.params["g"])
            self.grads = {"v": dv, "g": dg, "b": self._affine.grads["b"]}
            return dx

    return {"direction_gradients": gradients, "WeightNorm": WeightNormMeasured}


SHORTCUTS = [with_gradients(gradients_measured), with_gradients(gradient_of_v_measured)]

LENGTHS = "np.sqrt((as_wide_float(v) ** 2).sum(axis=0))"
W = "v * (g / lengths(v))"
DV = "(dw - directions * dg) * (g / lengths(v))"
START = "return 1 / std, -y.mean(axis=0) / std"

SLIPS = [
    (LENGTHS, "np.sqrt((v**2).sum(axis=1))", "lengths_of_rows"),
    (LENGTHS, "np.linalg.norm(v)", "lengths_of_all"),
    (LENGTHS, "(v**2).sum(axis=0)", "lengths_not_rooted"),
    (LENGTHS, "np.sqrt((v**2).sum(axis=0) + 1e-8)", "lengths_with_eps_8"),
    (LENGTHS, "np.sqrt((v**2).mean(axis=0))", "lengths_of_means"),
    (W, "v * g", "not_normalized"),
    (W, "v / lengths(v)", "without_g"),
    (W, "v * (abs(g) / lengths(v))", "sign_of_g_lost"),
    (W, "g * v / np.linalg.norm(v, axis=1, keepdims=True)", "weights_of_rows"),
    ("directions = v / lengths(v)", "directions = v", "dg_not_divided_dv_along_v"),
    ("return dv.astype", "dg = (dw * directions).sum()\n    return dv.astype", "dg_over_all"),
    (DV, "dw * (g / lengths(v))", "dv_not_projected"),
    (DV, "(dw - directions * dg)", "dv_not_scaled"),
    (DV, "(dw - directions * dg) * g", "dv_not_divided"),
    (DV, "(dw - directions * dg) / lengths(v)", "dv_without_g"),
    (DV, "(dw - v * dg) * (g / lengths(v))", "dv_along_v"),
    ("return dv.astype(v.dtype), dg.astype(g.dtype)", "return dg, dv", "gradients_swapped"),
    (START, "return 1 / std, 0 * std", "start_not_centred"),
    (START, "return 1 / std, -y.mean(axis=0)", "start_b_not_divided"),
    (START, "return 1 / std**2, -y.mean(axis=0) / std**2", "start_by_variance"),
    (START, "return std, -y.mean(axis=0) / std", "start_multiplied"),
    ("std = y.std(axis=0)", "std = y.std(axis=0, ddof=1)", "start_ddof_1"),
    ("std = y.std(axis=0)", "std = y.var(axis=0)", "start_by_variance"),
    (
        "Affine(scaled_directions(v, g), b)",
        "Affine(scaled_directions(v, g), 0 * b)",
        "bias_not_added",
    ),
    (
        'self.grads.update(v=dv, g=dg, b=affine.grads["b"])',
        'self.grads.update(v=affine.grads["W"], g=dg, b=affine.grads["b"])',
        "weights_gradient_for_v",
    ),
    ("self._affine", "WeightNorm._affine", "weightnorm_shared_by_all"),
]

EQUIVALENT = {
    "float16 is not asked for.": [
        "scaled_directions: return (v * (g / lengths(v))).astype(v.dtype) → return v * (g / lengths(v))",
        "direction_gradients: return (dv.astype(v.dtype), dg.astype(g.dtype)) → return (dv, dg.astype(g.dtype))",
        "direction_gradients: return (dv.astype(v.dtype), dg.astype(g.dtype)) → return (dv.astype(v.dtype), dg)",
    ],
    "The refusal of units that are always the same is a courtesy; the text does not ask for it.": [
        "standardizing: expect_spread(y) → pass",
        "standardizing: expect_spread(y) → y",
    ],
    "The switches of later chapters only save time; the text does not ask for them.": [
        "WeightNorm.backward: affine.frozen, affine.needs_input_gradient = (self.frozen, self.needs_input_gradient) → pass",
    ],
}

NAMES = {
    "dg_over_all": [
        "direction_gradients: dg = (dw * directions).sum(axis=0) → dg = (dw * directions).sum()",
    ],
    "dv_projected_on_all": [
        "direction_gradients: dg = (dw * directions).sum(axis=0) → dg = (dw * directions).sum()",
    ],
    "lengths_not_rooted": [
        "lengths: return np.sqrt((as_wide_float(v) ** 2).sum(axis=0)) → return (as_wide_float(v) ** 2).sum(axis=0)"
    ],
    "lengths_of_means": [
        "lengths: return np.sqrt((as_wide_float(v) ** 2).sum(axis=0)) → return np.sqrt((as_wide_float(v) ** 2).mean(axis=0))"
    ],
    "lengths_of_all": [
        "lengths: return np.sqrt((as_wide_float(v) ** 2).sum(axis=0)) → return np.sqrt((as_wide_float(v) ** 2).sum())"
    ],
    "lengths_of_rows": [
        "lengths: return np.sqrt((as_wide_float(v) ** 2).sum(axis=0)) → return np.sqrt((as_wide_float(v) ** 2).sum(axis=1))",
        "lengths: return np.sqrt((as_wide_float(v) ** 2).sum(axis=0)) → return np.sqrt((as_wide_float(v) ** 2).sum(axis=-1))",
    ],
    "v_as_it_is": [
        "scaled_directions: return (v * (g / lengths(v))).astype(v.dtype) → return v.astype(v.dtype)"
    ],
    "multiplied_by_length": [
        "scaled_directions: return (v * (g / lengths(v))).astype(v.dtype) → return (v * (g * lengths(v))).astype(v.dtype)"
    ],
    "not_normalized": [
        "scaled_directions: return (v * (g / lengths(v))).astype(v.dtype) → return (v * g).astype(v.dtype)"
    ],
    "dg_not_divided_dv_along_v": [
        "direction_gradients: directions = v / lengths(v) → directions = v"
    ],
    "dv_not_scaled": [
        "direction_gradients: dv = (dw - directions * dg) * (g / lengths(v)) → dv = dw - directions * dg"
    ],
    "dv_added": [
        "direction_gradients: dv = (dw - directions * dg) * (g / lengths(v)) → dv = (dw + directions * dg) * (g / lengths(v))"
    ],
    "dv_not_projected": [
        "direction_gradients: dv = (dw - directions * dg) * (g / lengths(v)) → dv = dw * (g / lengths(v))"
    ],
    "dv_along_only": [
        "direction_gradients: dv = (dw - directions * dg) * (g / lengths(v)) → dv = directions * dg * (g / lengths(v))"
    ],
    "dv_not_divided": [
        "direction_gradients: dv = (dw - directions * dg) * (g / lengths(v)) → dv = (dw - directions * dg) * g"
    ],
    "gradients_swapped": [
        "direction_gradients: return (dv.astype(v.dtype), dg.astype(g.dtype)) → return (dg.astype(g.dtype), dv.astype(v.dtype))"
    ],
    "start_swapped": [
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (-y.mean(axis=0) / std, 1 / std)"
    ],
    "start_multiplied": [
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (1 * std, -y.mean(axis=0) / std)",
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (std / 1, -y.mean(axis=0) / std)",
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (std, -y.mean(axis=0) / std)",
    ],
    "start_b_not_divided": [
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (1 / std, -y.mean(axis=0))"
    ],
    "start_b_added": [
        "standardizing: return (1 / std, -y.mean(axis=0) / std) → return (1 / std, y.mean(axis=0) / std)"
    ],
    "nothing_stored": [
        "WeightNorm.backward: if not self.frozen: → pass",
        "WeightNorm.backward: if not self.frozen: → if not not self.frozen:",
        "WeightNorm.backward: if not self.frozen: → if self.frozen:",
        "WeightNorm.backward: self.grads.update(v=dv, g=dg, b=affine.grads['b']) → pass",
        "WeightNorm.backward: self.grads.update(v=dv, g=dg, b=affine.grads['b']) → self.grads",
    ],
}
