"""Answers to batch_norm: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.losses import numerical_gradient
from solutions.normalization import BatchNorm


class Given:
    def __init__(self, gamma, beta, momentum=0.9, eps=1e-5):
        self.params, self.grads, self.training = {"gamma": gamma, "beta": beta}, {}, True
        self.momentum, self.eps = momentum, eps
        self.running_mean, self.running_var = np.zeros_like(gamma), np.ones_like(gamma)
        self.buffers = {"running_mean": self.running_mean, "running_var": self.running_var}


class BatchNormInOneFormula(Given):
    """N times everything, so that sums do."""

    def forward(self, x):
        self.mode = "train" if self.training else "test"
        if self.training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            a = self.momentum
            self.running_mean[:] = a * self.running_mean + (1 - a) * mean
            self.running_var[:] = a * self.running_var + (1 - a) * var
        else:
            mean, var = self.running_mean, self.running_var
        self.inverse = (var + self.eps) ** -0.5
        self.x_hat = (x - mean) * self.inverse
        return self.params["gamma"] * self.x_hat + self.params["beta"]

    def backward(self, dout):
        self.grads["gamma"] = (dout * self.x_hat).sum(axis=0)
        self.grads["beta"] = dout.sum(axis=0)
        g = self.params["gamma"] * dout
        if self.mode == "test":
            return g * self.inverse
        n = len(dout)
        inner = n * g - g.sum(axis=0) - self.x_hat * (g * self.x_hat).sum(axis=0)
        return inner * self.inverse / n


class BatchNormByProjection(Given):
    """What is left of dout without what lies along ones and x̂."""

    def forward(self, x):
        self.of_batch = self.training
        mean, var = self.running_mean, self.running_var
        if self.of_batch:
            mean = np.einsum("nd->d", x) / x.shape[0]
            var = np.einsum("nd,nd->d", x - mean, x - mean) / x.shape[0]
            self.running_mean += (1 - self.momentum) * (mean - self.running_mean)
            self.running_var += (1 - self.momentum) * (var - self.running_var)
        self.std = np.sqrt(var + self.eps)
        self.x_hat = (x - mean) / self.std
        return self.x_hat * self.params["gamma"] + self.params["beta"]

    def backward(self, dout):
        self.grads = {"beta": dout.sum(0), "gamma": np.einsum("nd,nd->d", dout, self.x_hat)}
        rest = dout.copy()
        if self.of_batch:
            rest -= dout.mean(axis=0)
            rest -= self.x_hat * (self.grads["gamma"] / len(dout))
        return rest * (self.params["gamma"] / self.std)


class BatchNormByLoops(Given):
    """Feature by feature and sample by sample."""

    def forward(self, x):
        self.x, y = x.copy(), np.empty_like(x)
        self.of_batch, self.mean, self.var = self.training, [], []
        for d in range(x.shape[1]):
            mean, var = self.running_mean[d], self.running_var[d]
            if self.training:
                mean = sum(x[:, d]) / len(x)
                var = sum((v - mean) ** 2 for v in x[:, d]) / len(x)
                for running, new in ((self.running_mean, mean), (self.running_var, var)):
                    running[d] = self.momentum * running[d] + (1 - self.momentum) * new
            self.mean.append(mean)
            self.var.append(var)
            for i in range(len(x)):
                x_hat = (x[i, d] - mean) / np.sqrt(var + self.eps)
                y[i, d] = self.params["gamma"][d] * x_hat + self.params["beta"][d]
        return y

    def backward(self, dout):
        dx, n = np.empty_like(dout), len(dout)
        dgamma, dbeta = np.zeros_like(self.params["gamma"]), np.zeros_like(self.params["beta"])
        for d in range(dout.shape[1]):
            std = np.sqrt(self.var[d] + self.eps)
            x_hat = (self.x[:, d] - self.mean[d]) / std
            dgamma[d], dbeta[d] = sum(dout[:, d] * x_hat), sum(dout[:, d])
            for i in range(n):
                inner = dout[i, d]
                if self.of_batch:
                    inner = inner - dbeta[d] / n - x_hat[i] * dgamma[d] / n
                dx[i, d] = self.params["gamma"][d] / std * inner
        self.grads["gamma"], self.grads["beta"] = dgamma, dbeta
        return dx


class BatchNormInputMeasured(BatchNorm):
    """Only the gradient of the input is measured, without forward."""

    def backward(self, dout):
        dx = super().backward(dout)
        if not self._of_batch:
            return dx
        gamma = self.params["gamma"]

        def loss(x):
            std = np.sqrt(x.var(axis=0) + self.eps)
            return float(np.sum(dout * gamma * (x - x.mean(axis=0)) / std))

        return numerical_gradient(loss, self._centred)


RIGHT = [
    {"BatchNorm": BatchNormInOneFormula},
    {"BatchNorm": BatchNormByProjection},
    {"BatchNorm": BatchNormByLoops},
]

VAR = "var = sums_of_products(self._centred, self._centred) / n"
KEEPS = "running *= self.momentum\n                running += (1 - self.momentum) * batch"
FOLLOWS = "for running, batch in [(self.running_mean, mean), (self.running_var, var)]:"
IN_USE = "self._centred, var = x - self.running_mean, self.running_var"
ROOT = "self._std = np.sqrt(var + self.eps)\n        y = "
SCALED = 'y = self._centred * (self.params["gamma"] / self._std)'
SHIFTED = 'y += self.params["beta"]'
SLOPE = 'slope = self.params["gamma"] / self._std'
MODE = "if not self._of_batch:\n            return dout * slope"
STORED = 'self.grads["beta"], self.grads["gamma"] = dbeta, dgamma'
ALONG = "dx = self._centred * (-dgamma / (n * self._std))"
DOUT = "dx += dout"
MEAN = "dx -= dbeta / n"
DX = "return np.multiply(dx, slope, out=dx)"

SLIPS = [
    (
        KEEPS,
        "running *= 1 - self.momentum\n                running += self.momentum * batch",
        "pytorch_momentum",
    ),
    (
        FOLLOWS,
        "for running, batch in [(self.running_mean, mean), (self.running_var, var * n / (n - 1))]:",
        "unbiased_running_variance",
    ),
    (
        FOLLOWS,
        "for running, batch in [(self.running_mean, mean), (self.running_var, np.sqrt(var))]:",
        "running_std",
    ),
    (
        FOLLOWS,
        "for running, batch in [(self.running_mean, mean), (self.running_var, var + self.eps)]:",
        "running_variance_with_eps",
    ),
    (KEEPS, "running[...] = batch", "running_is_the_last_batch"),
    (KEEPS, "running += (1 - self.momentum) * batch", "running_adds_up"),
    (
        KEEPS,
        "running = self.momentum * running + (1 - self.momentum) * batch",
        "running_stands_still",
    ),
    (
        KEEPS,
        "pass\n"
        "            a = self.momentum\n"
        "            self.running_mean = a * self.running_mean + (1 - a) * mean\n"
        "            self.running_var = a * self.running_var + (1 - a) * var",
        "running_rebound",
    ),
    (IN_USE, "self._centred, var = x - x.mean(axis=0), x.var(axis=0)", "batch_statistics_in_use"),
    ("if self.training:\n            n", "if True:\n            n", "no_test_mode"),
    (ROOT, "self._std = np.sqrt(var) + self.eps\n        y = ", "eps_outside"),
    (ROOT, "self._std = np.sqrt(var)\n        y = ", "eps_left_out"),
    (SCALED, "y = self._centred / self._std", "without_scale"),
    (SHIFTED, "pass", "without_shift"),
    (MODE, "pass", "training_gradient_in_use"),
    (MODE, "if not self.training:\n            return dout * slope", "mode_of_backward"),
    (
        "self._of_batch = self.training",
        "self._of_batch = not self.training",
        "modes_swapped_on_the_way_back",
    ),
    (SLOPE, "slope = 1 / self._std", "dx_without_scale"),
    (ALONG, "dx = np.zeros_like(dout)", "variance_is_a_constant"),
    (ALONG, "dx = self._centred * (-dgamma / self._std)", "sum_for_mean.of_the_variance"),
    (MEAN, "pass", "mean_is_a_constant"),
    (MEAN, "dx -= dbeta", "sum_for_mean.of_the_mean"),
    (DX, "return dx * self.params['gamma']", "dx_not_divided.in_training"),
    (DX, "return dout", "passes_dout_in_training"),
    (DX, "return np.zeros_like(dout)", "no_gradient.in_training"),
    (STORED, f"{STORED} * self._std", "gamma_from_centred"),
]

SHORTCUTS = [{"BatchNorm": measured(BatchNorm)}, {"BatchNorm": BatchNormInputMeasured}]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "BatchNorm.backward: if self.frozen and (not self._of_batch): → pass",
        "BatchNorm.backward: if self.frozen and (not self._of_batch): → if self.frozen:",
        "BatchNorm.backward: if self.frozen and (not self._of_batch): → if self.frozen and self._of_batch:",
        "BatchNorm.backward: if not self.needs_input_gradient: → pass",
        "BatchNorm.backward: return slope * dout → return slope / dout",
        "BatchNorm.backward: return slope * dout → return slope",
        "BatchNorm.backward: return slope * dout → return dout",
    ],
    "A new array costs time, and gives the same.": [
        "BatchNorm.backward: return np.multiply(dx, slope, out=dx) → return np.multiply(dx, slope)",
    ],
}

NAMES = {
    "running_stands_still": [
        "BatchNorm.forward: for running, batch in [(self.running_mean, mean), (self.running_var, var)]: → pass",
        "BatchNorm.forward: running *= self.momentum → running = self.momentum",
    ],
    "running_mean_alone_stands_still": [
        "BatchNorm.forward: for running, batch in [(self.running_mean, mean), (self.running_var, var)]: → for running, batch in [(mean, self.running_mean), (self.running_var, var)]:",
    ],
    "running_adds_up": [
        "BatchNorm.forward: running *= self.momentum → pass",
    ],
    "running_without_batch": [
        "BatchNorm.forward: running += (1 - self.momentum) * batch → pass",
        "BatchNorm.forward: running += (1 - self.momentum) * batch → running = (1 - self.momentum) * batch",
    ],
    "batch_is_added_whole": [
        "BatchNorm.forward: running += (1 - self.momentum) * batch → running += batch",
        "BatchNorm.forward: running += (1 - self.momentum) * batch → running += 1 * batch",
    ],
    "batch_is_weighed_with_momentum": [
        "BatchNorm.forward: running += (1 - self.momentum) * batch → running += self.momentum * batch",
    ],
    "divided_by_variance": [
        "BatchNorm.forward: self._std = np.sqrt(var + self.eps) → self._std = var + self.eps",
    ],
    "eps_left_out": [
        "BatchNorm.forward: self._std = np.sqrt(var + self.eps) → self._std = np.sqrt(var)",
    ],
    "not_divided.y": [
        "BatchNorm.forward: y = self._centred * (self.params['gamma'] / self._std) → y = self._centred * self.params['gamma']",
    ],
    "without_shift": [
        "BatchNorm.forward: y += self.params['beta'] → pass",
    ],
    "dx_not_divided": [
        "BatchNorm.backward: slope = self.params['gamma'] / self._std → slope = self.params['gamma']",
    ],
    "nothing_stored": [
        "BatchNorm.backward: if not self.frozen: → pass",
        "BatchNorm.backward: if not self.frozen: → if not not self.frozen:",
        "BatchNorm.backward: if not self.frozen: → if self.frozen:",
        "BatchNorm.backward: self.grads['beta'], self.grads['gamma'] = (dbeta, dgamma) → pass",
    ],
    "gradients_swapped": [
        "BatchNorm.backward: self.grads['beta'], self.grads['gamma'] = (dbeta, dgamma) → self.grads['beta'], self.grads['gamma'] = (dgamma, dbeta)",
    ],
    "nothing_returned": [
        "BatchNorm.backward: if not self.needs_input_gradient: → if not not self.needs_input_gradient:",
        "BatchNorm.backward: if not self.needs_input_gradient: → if self.needs_input_gradient:",
    ],
    "training_gradient_in_use": [
        "BatchNorm.backward: if not self._of_batch: → pass",
    ],
    "modes_swapped_on_the_way_back": [
        "BatchNorm.backward: if not self._of_batch: → if not not self._of_batch:",
        "BatchNorm.backward: if not self._of_batch: → if self._of_batch:",
    ],
    "passes_dout_in_use": [
        "BatchNorm.backward: return dout * slope → return dout",
    ],
    "variance_pulls_the_other_way": [
        "BatchNorm.backward: dx = self._centred * (-dgamma / (n * self._std)) → dx = self._centred * (dgamma / (n * self._std))",
    ],
    "projected_on_centred": [
        "BatchNorm.backward: dx = self._centred * (-dgamma / (n * self._std)) → dx = self._centred * (-dgamma / (n / self._std))",
    ],
    "sum_for_mean.of_the_variance": [
        "BatchNorm.backward: dx = self._centred * (-dgamma / (n * self._std)) → dx = self._centred * (-dgamma / self._std)",
    ],
    "variance_is_a_constant": [
        "BatchNorm.backward: dx += dout → dx = dout",
    ],
    "mean_is_a_constant": [
        "BatchNorm.backward: dx -= dbeta / n → pass",
    ],
    "mean_pulls_the_other_way": [
        "BatchNorm.backward: dx -= dbeta / n → dx += dbeta / n",
    ],
    "sum_for_mean.of_the_mean": [
        "BatchNorm.backward: dx -= dbeta / n → dx -= dbeta",
    ],
}
