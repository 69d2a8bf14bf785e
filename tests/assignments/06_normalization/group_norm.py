"""Answers to group_norm: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.losses import numerical_gradient
from solutions.normalization import GroupNorm


class Given:
    def __init__(self, gamma, beta, groups=32, eps=1e-5):
        self.params, self.grads = {"gamma": gamma, "beta": beta}, {}
        self.groups, self.eps = groups, eps


class GroupNormByRows(Given):
    """Each group flat, as a row of a matrix."""

    def forward(self, x):
        N, C = x.shape[:2]
        rows = x.reshape(N * self.groups, -1)
        mu = np.mean(rows, axis=1, keepdims=True)
        self.istd = 1 / np.sqrt(np.var(rows, axis=1, keepdims=True) + self.eps)
        self.rows = (rows - mu) * self.istd
        pixels = self.rows.reshape(N, C, -1)
        y = pixels * self.params["gamma"][:, None] + self.params["beta"][:, None]
        return y.reshape(x.shape)

    def backward(self, dout):
        N, C = dout.shape[:2]
        d = dout.reshape(N, C, -1)
        self.grads["beta"] = np.einsum("nci->c", d)
        self.grads["gamma"] = np.einsum("nci,nci->c", d, self.rows.reshape(N, C, -1))
        g = (d * self.params["gamma"][None, :, None]).reshape(self.rows.shape)
        m = self.rows.shape[1]
        sums = g.sum(1, keepdims=True), (g * self.rows).sum(1, keepdims=True)
        return (self.istd / m * (m * g - sums[0] - self.rows * sums[1])).reshape(dout.shape)


class GroupNormByLoops(Given):
    """Image by image and group by group, node by node."""

    def slices(self, x):
        size = x.shape[1] // self.groups
        for n in range(len(x)):
            for g in range(self.groups):
                yield n, slice(g * size, (g + 1) * size)

    def forward(self, x):
        self.x, self.x_hat = x.copy(), np.zeros_like(x)
        for at in self.slices(x):
            centred = x[at] - x[at].mean()
            self.x_hat[at] = centred / np.sqrt((centred**2).mean() + self.eps)
        y = np.zeros_like(x)
        for c in range(x.shape[1]):
            y[:, c] = self.params["gamma"][c] * self.x_hat[:, c] + self.params["beta"][c]
        return y

    def backward(self, dout):
        gamma, dx_hat, dx = self.params["gamma"], np.zeros_like(dout), np.zeros_like(dout)
        dgamma, dbeta = np.zeros_like(gamma), np.zeros_like(gamma)
        for c in range(len(gamma)):
            dgamma[c] = np.sum(dout[:, c] * self.x_hat[:, c])
            dbeta[c] = np.sum(dout[:, c])
            dx_hat[:, c] = gamma[c] * dout[:, c]
        for at in self.slices(dout):
            centred = self.x[at] - self.x[at].mean()
            std = np.sqrt((centred**2).mean() + self.eps)
            dvar = -np.sum(dx_hat[at] * centred) / (2 * std**3)
            dcentred = dx_hat[at] / std + 2 / centred.size * dvar * centred
            dx[at] = dcentred - dcentred.mean()
        self.grads.update(gamma=dgamma, beta=dbeta)
        return dx


class GroupNormBySplit(Given):
    """The groups as a list of arrays."""

    def forward(self, x):
        axes = tuple(range(1, x.ndim))
        self.hats, self.stds = [], []
        for part in np.split(x, self.groups, axis=1):
            self.stds.append(np.sqrt(part.var(axis=axes, keepdims=True) + self.eps))
            self.hats.append((part - part.mean(axis=axes, keepdims=True)) / self.stds[-1])
        y = np.swapaxes(np.concatenate(self.hats, axis=1), 1, -1) * self.params["gamma"]
        return np.swapaxes(y + self.params["beta"], 1, -1)

    def backward(self, dout):
        axes = tuple(range(1, dout.ndim))
        others = tuple(axis for axis in range(dout.ndim) if axis != 1)
        self.grads["gamma"] = np.sum(dout * np.concatenate(self.hats, axis=1), axis=others)
        self.grads["beta"] = np.sum(dout, axis=others)
        g = np.swapaxes(np.swapaxes(dout, 1, -1) * self.params["gamma"], 1, -1)
        parts = []
        for d, hat, std in zip(np.split(g, self.groups, 1), self.hats, self.stds, strict=True):
            along = (d * hat).mean(axis=axes, keepdims=True)
            parts.append((d - d.mean(axis=axes, keepdims=True) - hat * along) / std)
        return np.concatenate(parts, axis=1)


class GroupNormInputMeasured(GroupNorm):
    """Only the gradient of the input is measured, without forward."""

    def forward(self, x):
        self._given = x
        return super().forward(x)

    def backward(self, dout):
        super().backward(dout)
        gamma = self.params["gamma"].reshape(-1, *[1] * (dout.ndim - 2))

        def loss(x):
            rows = x.reshape(len(x), self.groups, -1)
            std = np.sqrt(rows.var(axis=2, keepdims=True) + self.eps)
            x_hat = (rows - rows.mean(axis=2, keepdims=True)) / std
            return float(np.sum(dout * gamma * x_hat.reshape(x.shape)))

        return numerical_gradient(loss, self._given)


RIGHT = [
    {"GroupNorm": GroupNormByRows},
    {"GroupNorm": GroupNormByLoops},
    {"GroupNorm": GroupNormBySplit},
]

SHORTCUTS = [{"GroupNorm": measured(GroupNorm)}, {"GroupNorm": GroupNormInputMeasured}]

ROWS = "x.reshape(len(x), self.groups, math.prod(x.shape[1:]) // self.groups)"
STD = "np.sqrt((centred**2).mean(axis=2, keepdims=True) + self.eps)"
Y = "return gamma * self._x_hat.reshape(x.shape) + beta"
DX_HAT = "dx_hat = (dout * gamma).reshape(self._x_hat.shape)"
DX = "dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along"
DGAMMA = 'self.grads["gamma"] = (dout * self._x_hat.reshape(dout.shape)).sum(axis=pixels)'
PIXELS = "pixels = (0, *range(2, dout.ndim))"

SLIPS = [
    (ROWS, "x.reshape(len(x), x.shape[1] // self.groups, -1)", "channels_for_groups"),
    (ROWS, "x.reshape(len(x), 1, -1)", "whole_image"),
    (ROWS, "x.reshape(len(x), x.shape[1], -1)", "each_channel"),
    (STD, "np.sqrt((centred**2).mean(axis=2, keepdims=True)) + self.eps", "eps_outside"),
    (STD, "np.sqrt((centred**2).mean(axis=2, keepdims=True))", "eps_left_out"),
    (STD, "(centred**2).mean(axis=2, keepdims=True) + self.eps", "divided_by_variance"),
    (Y, "return self._x_hat.reshape(x.shape)", "without_scale_and_shift"),
    (Y, "return gamma * (self._x_hat.reshape(x.shape) + beta)", "shift_is_scaled"),
    (PIXELS, "pixels = 0", "parameters_over_the_batch_only"),
    (PIXELS, "pixels = tuple(range(1, dout.ndim))", "parameters_of_samples"),
    (PIXELS, "pixels = None", "parameters_over_everything"),
    (DX_HAT, "dx_hat = dout.reshape(self._x_hat.shape)", "dx_without_scale"),
    (DX, "dx = dx_hat - self._x_hat * along", "mean_is_a_constant"),
    (DX, "dx = dx_hat - dx_hat.mean(axis=2, keepdims=True)", "variance_is_a_constant"),
    (DX, "dx = dx_hat", "statistics_are_constants"),
    (
        "return (dx / self._std).reshape(dout.shape)",
        "return dx.reshape(dout.shape)",
        "dx_not_divided",
    ),
    ("return (dx / self._std).reshape(dout.shape)", "return dout", "as_it_came.x"),
    (DGAMMA, 'self.grads["gamma"] = dout.sum(axis=pixels)', "gamma_from_upstream_alone"),
]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "GroupNorm.backward: if not self.needs_input_gradient: → pass",
    ],
    "NumPy takes any negative size for the one that it works out.": [
        "GroupNorm.forward: wide = (-1, *[1] * (x.ndim - 2)) → wide = (-2, *[1] * (x.ndim - 2))",
        "GroupNorm.backward: gamma = self.params['gamma'].reshape(-1, *[1] * (dout.ndim - 2)) → gamma = self.params['gamma'].reshape(-2, *[1] * (dout.ndim - 2))",
    ],
    "The order of the axes of a sum does not matter.": [
        "GroupNorm.backward: pixels = (0, *range(2, dout.ndim)) → pixels = (*range(2, dout.ndim), 0)",
    ],
}

NAMES = {
    "divided_by_variance": [
        "GroupNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=2, keepdims=True) + self.eps) → self._std = (centred ** 2).mean(axis=2, keepdims=True) + self.eps"
    ],
    "eps_left_out": [
        "GroupNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=2, keepdims=True) + self.eps) → self._std = np.sqrt((centred ** 2).mean(axis=2, keepdims=True))"
    ],
    "sum_of_squares": [
        "GroupNorm.forward: self._std = np.sqrt((centred ** 2).mean(axis=2, keepdims=True) + self.eps) → self._std = np.sqrt((centred ** 2).sum(axis=2, keepdims=True) + self.eps)"
    ],
    "gamma_from_centred": [
        "GroupNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "not_divided.y": [
        "GroupNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "projected_on_centred": [
        "GroupNorm.forward: self._x_hat = centred / self._std → self._x_hat = centred"
    ],
    "scale_and_shift_swapped": [
        "GroupNorm.forward: gamma, beta = (self.params[name].reshape(wide) for name in ('gamma', 'beta')) → gamma, beta = (self.params[name].reshape(wide) for name in ('beta', 'gamma'))"
    ],
    "without_shift": [
        "GroupNorm.forward: return gamma * self._x_hat.reshape(x.shape) + beta → return gamma * self._x_hat.reshape(x.shape)"
    ],
    "without_scale": [
        "GroupNorm.forward: return gamma * self._x_hat.reshape(x.shape) + beta → return self._x_hat.reshape(x.shape) + beta"
    ],
    "nothing_stored": [
        "GroupNorm.backward: if not self.frozen: → pass",
        "GroupNorm.backward: if not self.frozen: → if not not self.frozen:",
        "GroupNorm.backward: if not self.frozen: → if self.frozen:",
    ],
    "parameters_of_samples": [
        "GroupNorm.backward: pixels = (0, *range(2, dout.ndim)) → pixels = (1, *range(2, dout.ndim))",
        "GroupNorm.backward: pixels = (0, *range(2, dout.ndim)) → pixels = (-1, *range(2, dout.ndim))",
    ],
    "parameters_over_everything": [
        "GroupNorm.backward: pixels = (0, *range(2, dout.ndim)) → pixels = (0, *range(1, dout.ndim))"
    ],
    "gamma_from_upstream_alone": [
        "GroupNorm.backward: self.grads['gamma'] = (dout * self._x_hat.reshape(dout.shape)).sum(axis=pixels) → self.grads['gamma'] = dout.sum(axis=pixels)"
    ],
    "gamma_without_upstream": [
        "GroupNorm.backward: self.grads['gamma'] = (dout * self._x_hat.reshape(dout.shape)).sum(axis=pixels) → self.grads['gamma'] = self._x_hat.reshape(dout.shape).sum(axis=pixels)"
    ],
    "nothing_returned": [
        "GroupNorm.backward: if not self.needs_input_gradient: → if not not self.needs_input_gradient:",
        "GroupNorm.backward: if not self.needs_input_gradient: → if self.needs_input_gradient:",
    ],
    "dx_without_scale": [
        "GroupNorm.backward: dx_hat = (dout * gamma).reshape(self._x_hat.shape) → dx_hat = dout.reshape(self._x_hat.shape)"
    ],
    "sum_for_mean.of_the_variance": [
        "GroupNorm.backward: along = (dx_hat * self._x_hat).mean(axis=2, keepdims=True) → along = (dx_hat * self._x_hat).sum(axis=2, keepdims=True)"
    ],
    "variance_is_a_constant": [
        "GroupNorm.backward: along = (dx_hat * self._x_hat).mean(axis=2, keepdims=True) → along = self._x_hat.mean(axis=2, keepdims=True)",
        "GroupNorm.backward: dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along → dx = dx_hat - dx_hat.mean(axis=2, keepdims=True)",
    ],
    "variance_pulls_the_other_way": [
        "GroupNorm.backward: dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along → dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) + self._x_hat * along"
    ],
    "mean_pulls_the_other_way": [
        "GroupNorm.backward: dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along → dx = dx_hat + dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along"
    ],
    "mean_is_a_constant": [
        "GroupNorm.backward: dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along → dx = dx_hat - self._x_hat * along"
    ],
    "sum_for_mean.of_the_mean": [
        "GroupNorm.backward: dx = dx_hat - dx_hat.mean(axis=2, keepdims=True) - self._x_hat * along → dx = dx_hat - dx_hat.sum(axis=2, keepdims=True) - self._x_hat * along"
    ],
    "dx_not_divided": [
        "GroupNorm.backward: return (dx / self._std).reshape(dout.shape) → return dx.reshape(dout.shape)"
    ],
}
