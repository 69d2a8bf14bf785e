"""Answers to layer_norm: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.losses import numerical_gradient
from solutions.normalization import LayerNorm


class Given:
    def __init__(self, gamma, beta, eps=1e-5):
        self.params, self.grads, self.eps = {"gamma": gamma, "beta": beta}, {}, eps


class LayerNormByRows(Given):
    """Each sample flat, as a row of a matrix."""

    def forward(self, x):
        rows = x.reshape(len(x), -1)
        mu, var = rows.mean(axis=1), rows.var(axis=1)
        self.inverse = 1 / np.sqrt(var + self.eps)
        self.x_hat = (rows - mu[:, None]) * self.inverse[:, None]
        y = self.x_hat * self.params["gamma"].ravel() + self.params["beta"].ravel()
        return y.reshape(x.shape)

    def backward(self, dout):
        gamma, d = self.params["gamma"], dout.reshape(len(dout), -1)
        self.grads["gamma"] = np.einsum("nd,nd->d", d, self.x_hat).reshape(gamma.shape)
        self.grads["beta"] = d.sum(axis=0).reshape(gamma.shape)
        g, D = d * gamma.ravel(), d.shape[1]
        sums = g.sum(axis=1, keepdims=True), (g * self.x_hat).sum(axis=1, keepdims=True)
        dx = self.inverse[:, None] / D * (D * g - sums[0] - self.x_hat * sums[1])
        return dx.reshape(dout.shape)


class LayerNormByLoops(Given):
    """Sample by sample, node by node."""

    def forward(self, x):
        self.x, y = x.copy(), np.zeros_like(x)
        for n, sample in enumerate(x):
            centred = sample - np.mean(sample)
            std = np.sqrt(np.mean(centred * centred) + self.eps)
            y[n] = self.params["gamma"] * (centred / std) + self.params["beta"]
        return y

    def backward(self, dout):
        gamma, beta = self.params["gamma"], self.params["beta"]
        dgamma, dbeta, dx = np.zeros_like(gamma), np.zeros_like(beta), np.zeros_like(dout)
        for n, sample in enumerate(self.x):
            centred = sample - sample.mean()
            std = np.sqrt((centred**2).mean() + self.eps)
            dgamma += dout[n] * centred / std
            dbeta += dout[n]
            dx_hat = dout[n] * gamma
            dstd = -np.sum(dx_hat * centred) / std**2
            dcentred = dx_hat / std + dstd / std * centred / centred.size
            dx[n] = dcentred - dcentred.mean()
        self.grads = {"gamma": dgamma, "beta": dbeta}
        return dx


class LayerNormTransposed(Given):
    """With the samples as the last axis, as batch normalization is written."""

    def forward(self, x):
        t = np.moveaxis(x, 0, -1)
        flat = t.reshape(-1, len(x))
        shift = (len(x),)
        mean, var = flat.mean(axis=0), flat.var(axis=0)
        self.std = (var + self.eps) ** 0.5
        self.x_hat = np.moveaxis(((flat - mean) / self.std).reshape(*x.shape[1:], *shift), -1, 0)
        return self.params["gamma"] * self.x_hat + self.params["beta"]

    def backward(self, dout):
        self.grads["gamma"] = np.add.reduce(dout * self.x_hat)
        self.grads["beta"] = np.add.reduce(dout)
        axes = tuple(range(1, dout.ndim))
        wide = self.std.reshape(-1, *[1] * (dout.ndim - 1))
        g = self.params["gamma"] * dout / wide
        g = g - np.mean(g, axes, keepdims=True)
        return g - self.x_hat * np.mean(g * self.x_hat, axes, keepdims=True)


class LayerNormInputMeasured(LayerNorm):
    """Only the gradient of the input is measured, without forward."""

    def forward(self, x):
        self._given = x
        return super().forward(x)

    def backward(self, dout):
        super().backward(dout)
        gamma, features = self.params["gamma"], tuple(range(1, dout.ndim))

        def loss(x):
            std = np.sqrt(x.var(axis=features, keepdims=True) + self.eps)
            centred = x - x.mean(axis=features, keepdims=True)
            return float(np.sum(dout * gamma * centred / std))

        return numerical_gradient(loss, self._given)


RIGHT = [
    {"LayerNorm": LayerNormByRows},
    {"LayerNorm": LayerNormByLoops},
    {"LayerNorm": LayerNormTransposed},
]

SHORTCUTS = [{"LayerNorm": measured(LayerNorm)}, {"LayerNorm": LayerNormInputMeasured}]

FEATURES = "features = tuple(range(-gamma.ndim, 0))"
SAMPLES = "samples = tuple(range(dout.ndim - gamma.ndim))"
STD = "np.sqrt((centred**2).mean(axis=features, keepdims=True) + self.eps)"
Y = 'return gamma * self._x_hat + self.params["beta"]'
DX = "return (dx_hat - mean - self._x_hat * along) / self._std"
DGAMMA = 'self.grads["gamma"] = (dout * self._x_hat).sum(axis=samples)'

SLIPS = [
    (FEATURES, "features = (0,)", "over_the_batch"),
    (FEATURES, "features = None", "over_everything"),
    (FEATURES, "features = (-1,)", "over_the_last_axis_only"),
    (FEATURES, "features = (1,)", "over_the_channels_only"),
    (
        FEATURES,
        "features = tuple(range(2, 4)) if gamma.ndim > 1 else (1,)",
        "over_each_channel",
    ),
    (STD, "np.sqrt((centred**2).mean(axis=features, keepdims=True)) + self.eps", "eps_outside"),
    (STD, "np.sqrt((centred**2).mean(axis=features, keepdims=True))", "eps_left_out"),
    (Y, "return self._x_hat", "without_scale_and_shift"),
    (Y, 'return gamma * (self._x_hat + self.params["beta"])', "shift_is_scaled"),
    (SAMPLES, "samples = tuple(range(1, dout.ndim))", "parameters_over_features"),
    (SAMPLES, "samples = None", "parameters_over_everything"),
    (SAMPLES, "samples = ()", "parameters_not_summed"),
    (SAMPLES, "samples = (0, 2, 3)[: dout.ndim - 1]", "parameters_over_pixels"),
    ("dx_hat = dout * gamma\n", "dx_hat = dout\n", "dx_without_scale"),
    (DX, "return (dx_hat - self._x_hat * along) / self._std", "mean_is_a_constant"),
    (DX, "return (dx_hat - mean) / self._std", "variance_is_a_constant"),
    (DX, "return dx_hat / self._std", "statistics_are_constants"),
    (
        DX,
        "return (dx_hat - mean + self._x_hat * along) / self._std",
        "variance_pulls_the_other_way",
    ),
    (DX, "return dx_hat - mean - self._x_hat * along", "dx_not_divided"),
    (DX, "return dout", "as_it_came.x"),
    (DGAMMA, 'self.grads["gamma"] = dout.sum(axis=samples)', "gamma_from_upstream_alone"),
    (
        DGAMMA,
        'self.grads["gamma"] = (dout * gamma * self._x_hat).sum(axis=samples)',
        "gamma_scales_its_own_gradient",
    ),
]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "LayerNorm.backward: if not self.needs_input_gradient: → pass",
    ],
}

NAMES = {
    "divided_by_variance": [
        "LayerNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=features, keepdims=True) + self.eps) → self._std = (centred ** 2).mean(axis=features, keepdims=True) + self.eps"
    ],
    "eps_left_out": [
        "LayerNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=features, keepdims=True) + self.eps) → self._std = np.sqrt((centred ** 2).mean(axis=features, keepdims=True))"
    ],
    "sum_of_squares": [
        "LayerNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=features, keepdims=True) + self.eps) → self._std = np.sqrt((centred ** 2).sum(axis=features, keepdims=True) + self.eps)"
    ],
    "gamma_from_centred": [
        "LayerNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "not_divided.y": [
        "LayerNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "projected_on_centred": [
        "LayerNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "without_shift": [
        "LayerNorm.forward: return gamma * self._x_hat + self.params['beta'] → return gamma * self._x_hat"
    ],
    "without_scale": [
        "LayerNorm.forward: return gamma * self._x_hat + self.params['beta'] → return self._x_hat + self.params['beta']"
    ],
    "nothing_stored": [
        "LayerNorm.backward: if not self.frozen: → pass",
        "LayerNorm.backward: if not self.frozen: → if not not self.frozen:",
        "LayerNorm.backward: if not self.frozen: → if self.frozen:",
    ],
    "parameters_not_summed": [
        "LayerNorm.backward: samples = tuple(range(dout.ndim - gamma.ndim)) → samples = tuple(range(gamma.ndim - dout.ndim))"
    ],
    "parameters_over_everything": [
        "LayerNorm.backward: samples = tuple(range(dout.ndim - gamma.ndim)) → samples = tuple(range(dout.ndim))"
    ],
    "divided_by_batch.beta": [
        "LayerNorm.backward: self.grads['beta'] = dout.sum(axis=samples) → self.grads['beta'] = dout.mean(axis=samples)"
    ],
    "divided_by_batch.gamma": [
        "LayerNorm.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=samples) → self.grads['gamma'] = (dout * self._x_hat).mean(axis=samples)"
    ],
    "gamma_from_upstream_alone": [
        "LayerNorm.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=samples) → self.grads['gamma'] = dout.sum(axis=samples)"
    ],
    "gamma_without_upstream": [
        "LayerNorm.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=samples) → self.grads['gamma'] = self._x_hat.sum(axis=samples)"
    ],
    "nothing_returned": [
        "LayerNorm.backward: if not self.needs_input_gradient: → if not not self.needs_input_gradient:",
        "LayerNorm.backward: if not self.needs_input_gradient: → if self.needs_input_gradient:",
    ],
    "dx_without_scale": ["LayerNorm.backward: dx_hat = dout * gamma → dx_hat = dout"],
    "sum_for_mean.of_the_variance": [
        "LayerNorm.backward: along = (dx_hat * self._x_hat).mean(axis=features, keepdims=True) → along = (dx_hat * self._x_hat).sum(axis=features, keepdims=True)"
    ],
    "variance_is_a_constant": [
        "LayerNorm.backward: along = (dx_hat * self._x_hat).mean(axis=features, keepdims=True) → along = self._x_hat.mean(axis=features, keepdims=True)",
        "LayerNorm.backward: return (dx_hat - mean - self._x_hat * along) / self._std → return (dx_hat - mean) / self._std",
    ],
    "sum_for_mean.of_the_mean": [
        "LayerNorm.backward: mean = dx_hat.mean(axis=features, keepdims=True) → mean = dx_hat.sum(axis=features, keepdims=True)"
    ],
    "dx_not_divided": [
        "LayerNorm.backward: return (dx_hat - mean - self._x_hat * along) / self._std → return dx_hat - mean - self._x_hat * along"
    ],
    "variance_pulls_the_other_way": [
        "LayerNorm.backward: return (dx_hat - mean - self._x_hat * along) / self._std → return (dx_hat - mean + self._x_hat * along) / self._std"
    ],
    "mean_pulls_the_other_way": [
        "LayerNorm.backward: return (dx_hat - mean - self._x_hat * along) / self._std → return (dx_hat + mean - self._x_hat * along) / self._std"
    ],
    "mean_is_a_constant": [
        "LayerNorm.backward: return (dx_hat - mean - self._x_hat * along) / self._std → return (dx_hat - self._x_hat * along) / self._std"
    ],
}
