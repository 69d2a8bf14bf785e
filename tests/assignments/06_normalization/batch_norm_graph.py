"""Answers to batch_norm_graph: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.losses import numerical_gradient
from solutions.normalization import BatchNormGraph


class Given:
    def __init__(self, gamma, beta, eps=1e-5):
        self.params, self.grads, self.eps = {"gamma": gamma, "beta": beta}, {}, eps


class GraphInManyNodes(Given):
    """Each operation a line, with names of its own."""

    def forward(self, x):
        N = x.shape[0]
        mu = 1 / N * np.sum(x, axis=0)
        self.xmu = x - mu
        self.var = 1 / N * np.sum(self.xmu * self.xmu, axis=0)
        self.sqrtvar = np.sqrt(self.var + self.eps)
        self.ivar = 1.0 / self.sqrtvar
        self.xhat = self.xmu * self.ivar
        gammax = self.params["gamma"] * self.xhat
        return gammax + self.params["beta"]

    def backward(self, dout):
        N, D = dout.shape
        self.grads["beta"] = np.sum(dout, axis=0)
        self.grads["gamma"] = np.sum(dout * self.xhat, axis=0)
        dxhat = dout * self.params["gamma"]
        divar = np.sum(dxhat * self.xmu, axis=0)
        dxmu1 = dxhat * self.ivar
        dsqrtvar = -1.0 / (self.sqrtvar**2) * divar
        dvar = 0.5 / np.sqrt(self.var + self.eps) * dsqrtvar
        dsq = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dvar
        dxmu2 = 2 * self.xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1.0 / N * np.ones((N, D), dtype=dout.dtype) * dmu
        return dx1 + dx2


class GraphInClosedForm(Given):
    """The formula, and the variance by NumPy."""

    def forward(self, x):
        self.std = np.sqrt(x.var(axis=0) + self.eps)
        self.x_hat = (x - x.mean(axis=0)) / self.std
        return self.x_hat * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        self.grads = {"gamma": np.einsum("nd,nd->d", dout, self.x_hat), "beta": dout.sum(0)}
        g = dout * self.params["gamma"]
        return (g - g.mean(0) - self.x_hat * (g * self.x_hat).mean(0)) / self.std


class GraphByJacobians(Given):
    """Feature by feature, with the matrix of all derivatives."""

    def forward(self, x):
        self.x, y = x.copy(), np.empty_like(x)
        for d in range(x.shape[1]):
            column = x[:, d]
            std = (np.mean((column - column.mean()) ** 2) + self.eps) ** 0.5
            y[:, d] = self.params["gamma"][d] * (column - column.mean()) / std
            y[:, d] += self.params["beta"][d]
        return y

    def backward(self, dout):
        dx, n = np.empty_like(dout), len(dout)
        dgamma, dbeta = np.zeros_like(self.params["gamma"]), np.zeros_like(self.params["beta"])
        for d in range(dout.shape[1]):
            centred = self.x[:, d] - self.x[:, d].mean()
            std = (np.mean(centred**2) + self.eps) ** 0.5
            jacobian = (np.eye(n) - 1 / n) / std - np.outer(centred, centred) / (n * std**3)
            dx[:, d] = self.params["gamma"][d] * (jacobian @ dout[:, d])
            dbeta[d] = sum(dout[:, d])
            dgamma[d] = dout[:, d] @ centred / std
        self.grads["gamma"], self.grads["beta"] = dgamma, dbeta
        return dx


class GraphInputMeasured(BatchNormGraph):
    """Only the gradient of the input is measured, without forward."""

    def backward(self, dout):
        super().backward(dout)
        centred, gamma = self._centred, self.params["gamma"]

        def loss(x):
            std = np.sqrt(x.var(axis=0) + self.eps)
            return float(np.sum(dout * gamma * (x - x.mean(axis=0)) / std))

        return numerical_gradient(loss, centred)


RIGHT = [
    {"BatchNormGraph": GraphInManyNodes},
    {"BatchNormGraph": GraphInClosedForm},
    {"BatchNormGraph": GraphByJacobians},
]

ROOT = "self._std = np.sqrt(var + self.eps)\n        self._inverse"
VAR = "var = squares.mean(axis=0)"
HAT = 'dx_hat = dout * self.params["gamma"]'
STD = "dstd = -dinverse * self._inverse**2"
DVAR = "dvar = dstd / (2 * self._std)"
SQUARES = "dsquares = dvar / n"
CENTRED = "dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred"
MEAN = "dmean = -dcentred.sum(axis=0)"
DX = "return dcentred + dmean / n"
DGAMMA = 'self.grads["gamma"] = (dout * self._x_hat).sum(axis=0)'
DBETA = 'self.grads["beta"] = dout.sum(axis=0)'

SLIPS = [
    ("dvar = dstd / (2 * self._std)", "dvar = dstd / (2 * self._std**2)", "one_division_too_many"),
    (ROOT, "self._std = np.sqrt(var) + self.eps\n        self._inverse", "eps_outside"),
    (ROOT, "self._std = np.sqrt(var)\n        self._inverse", "eps_left_out"),
    (VAR, "var = squares.sum(axis=0) / (len(x) - 1)", "ddof_1"),
    (VAR, "var = squares.sum(axis=0)", "sum_of_squares"),
    (
        'return self.params["gamma"] * self._x_hat + self.params["beta"]\n\n    def backward',
        "return self._x_hat\n\n    def backward",
        "without_scale_and_shift",
    ),
    (HAT, "dx_hat = dout", "dx_without_scale"),
    (STD, "dstd = dinverse * self._inverse**2", "variance_pulls_the_other_way"),
    (STD, "dstd = -dinverse * self._inverse", "one_division_too_few"),
    (DVAR, "dvar = dstd / self._std", "twice_the_variance"),
    (SQUARES, "dsquares = dvar", "sum_for_mean.of_the_variance"),
    (CENTRED, "dcentred = dx_hat * self._inverse", "variance_is_a_constant"),
    (CENTRED, "dcentred = dsquares * 2 * self._centred", "through_the_variance_alone"),
    (
        CENTRED,
        "dcentred = dx_hat * self._inverse + dsquares * self._centred",
        "half_of_the_variance",
    ),
    (MEAN, "dmean = dcentred.sum(axis=0)", "mean_pulls_the_other_way"),
    (DX, "return dcentred + dmean", "sum_for_mean.of_the_mean"),
    (DX, "return dcentred", "mean_is_a_constant"),
    (DX, "return dmean / n + np.zeros_like(dout)", "through_the_mean_alone"),
    (DX, "return dout", "as_it_came.x"),
    (DX, "return np.zeros_like(dout)", "no_gradient.x"),
    (DGAMMA, 'self.grads["gamma"] = dout.sum(axis=0)', "gamma_from_upstream_alone"),
    (DGAMMA, 'self.grads["gamma"] = (dout * self._centred).sum(axis=0)', "gamma_from_centred"),
    (DGAMMA, 'self.grads["gamma"] = (dout * self._x_hat).mean(axis=0)', "divided_by_batch.gamma"),
    (DBETA, 'self.grads["beta"] = dout.mean(axis=0)', "divided_by_batch.beta"),
    (DBETA, 'self.grads["beta"] = (dout * self.params["gamma"]).sum(axis=0)', "beta_is_scaled"),
    ("self._x_hat", "BatchNormGraph._x_hat", "shared_by_all.x_hat"),
]

SHORTCUTS = [{"BatchNormGraph": measured(BatchNormGraph)}, {"BatchNormGraph": GraphInputMeasured}]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "BatchNormGraph.backward: if not self.needs_input_gradient: → pass",
    ],
}

NAMES = {
    "inverse_not_summed": [
        "BatchNormGraph.backward: dinverse = (dx_hat * self._centred).sum(axis=0) → dinverse = dx_hat * self._centred",
    ],
    "one_division_too_many": [
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = -dinverse * self._inverse ** 3",
    ],
    "slope_of_the_root_turned": [
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd * (2 * self._std)",
    ],
    "sum_of_squares": [
        "BatchNormGraph.forward: var = squares.mean(axis=0) → var = squares.sum(axis=0)",
    ],
    "divided_by_variance": [
        "BatchNormGraph.forward: self._std = np.sqrt(var + self.eps) → self._std = var + self.eps",
    ],
    "eps_left_out": [
        "BatchNormGraph.forward: self._std = np.sqrt(var + self.eps) → self._std = np.sqrt(var)",
    ],
    "gamma_from_centred": [
        "BatchNormGraph.forward: self._x_hat = self._centred * self._inverse → self._x_hat = self._centred",
    ],
    "not_divided.y": [
        "BatchNormGraph.forward: self._x_hat = self._centred * self._inverse → self._x_hat = self._centred",
    ],
    "without_shift": [
        "BatchNormGraph.forward: return self.params['gamma'] * self._x_hat + self.params['beta'] → return self.params['gamma'] * self._x_hat",
    ],
    "without_scale": [
        "BatchNormGraph.forward: return self.params['gamma'] * self._x_hat + self.params['beta'] → return self._x_hat + self.params['beta']",
    ],
    "nothing_stored": [
        "BatchNormGraph.backward: if not self.frozen: → pass",
        "BatchNormGraph.backward: if not self.frozen: → if not not self.frozen:",
        "BatchNormGraph.backward: if not self.frozen: → if self.frozen:",
    ],
    "divided_by_batch.beta": [
        "BatchNormGraph.backward: self.grads['beta'] = dout.sum(axis=0) → self.grads['beta'] = dout.mean(axis=0)",
    ],
    "divided_by_batch.gamma": [
        "BatchNormGraph.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=0) → self.grads['gamma'] = (dout * self._x_hat).mean(axis=0)",
    ],
    "gamma_from_upstream_alone": [
        "BatchNormGraph.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=0) → self.grads['gamma'] = dout.sum(axis=0)",
    ],
    "no_gradient.gamma": [
        "BatchNormGraph.backward: self.grads['gamma'] = (dout * self._x_hat).sum(axis=0) → self.grads['gamma'] = self._x_hat.sum(axis=0)",
    ],
    "nothing_returned": [
        "BatchNormGraph.backward: if not self.needs_input_gradient: → if not not self.needs_input_gradient:",
        "BatchNormGraph.backward: if not self.needs_input_gradient: → if self.needs_input_gradient:",
    ],
    "dx_without_scale": [
        "BatchNormGraph.backward: dx_hat = dout * self.params['gamma'] → dx_hat = dout",
    ],
    "no_gradient.x": [
        "BatchNormGraph.backward: dx_hat = dout * self.params['gamma'] → dx_hat = self.params['gamma']",
    ],
    "variance_is_a_constant": [
        "BatchNormGraph.backward: dinverse = (dx_hat * self._centred).sum(axis=0) → dinverse = self._centred.sum(axis=0)",
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dx_hat * self._inverse",
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dx_hat * self._inverse + dsquares * 2",
    ],
    "projected_on_centred": [
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = -dinverse",
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd / (2 / self._std)",
    ],
    "variance_pulls_the_other_way": [
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = dinverse * self._inverse ** 2",
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dx_hat * self._inverse - dsquares * 2 * self._centred",
    ],
    "root_without_slope": [
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = -dinverse * (self._inverse * 2)",
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd",
    ],
    "one_division_too_few": [
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = -dinverse * self._inverse",
        "BatchNormGraph.backward: dstd = -dinverse * self._inverse ** 2 → dstd = -dinverse * self._inverse ** 1",
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd / 2",
    ],
    "twice_the_variance": [
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd / self._std",
        "BatchNormGraph.backward: dvar = dstd / (2 * self._std) → dvar = dstd / (1 * self._std)",
    ],
    "sum_for_mean.of_the_variance": [
        "BatchNormGraph.backward: dsquares = dvar / n → dsquares = dvar",
    ],
    "through_the_variance_alone": [
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dsquares * 2 * self._centred",
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = self._inverse + dsquares * 2 * self._centred",
    ],
    "half_of_the_variance": [
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dx_hat * self._inverse + dsquares * self._centred",
        "BatchNormGraph.backward: dcentred = dx_hat * self._inverse + dsquares * 2 * self._centred → dcentred = dx_hat * self._inverse + dsquares * 1 * self._centred",
    ],
    "mean_pulls_the_other_way": [
        "BatchNormGraph.backward: dmean = -dcentred.sum(axis=0) → dmean = dcentred.sum(axis=0)",
        "BatchNormGraph.backward: return dcentred + dmean / n → return dcentred - dmean / n",
    ],
    "mean_is_a_constant": [
        "BatchNormGraph.backward: return dcentred + dmean / n → return dcentred",
    ],
    "sum_for_mean.of_the_mean": [
        "BatchNormGraph.backward: return dcentred + dmean / n → return dcentred + dmean",
    ],
}
