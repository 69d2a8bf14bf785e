"""Chapter 6: normalization that needs no batch: of layers, groups, weights and local responses.

What one sample gives does not depend on the others, so training and test are the same. Each
layer's ``params`` hold the very arrays that it was given.
"""

from __future__ import annotations

import numpy as np

from solutions.arrays import Array


class LayerNorm:
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over the features of each sample.

    No sample sees another, so training and test are the same, and a batch of one will do.

    Parameters
    ----------
    gamma, beta : array (D,) or (C, H, W)
        Scale and shift, of the shape of one sample or of its last axes.
    eps : float
        Keeps the root away from 0.

    References
    ----------
    Ba, Kiros and Hinton (2016), Layer normalization.
    """

    def __init__(self, gamma: Array, beta: Array, eps: float = 1e-5) -> None:
        self.params: dict[str, Array] = {"gamma": gamma, "beta": beta}
        self.grads: dict[str, Array] = {}
        self.eps = eps

    def forward(self, x: Array) -> Array:
        """Return y for x (N, ...), of the same shape.

        Raises
        ------
        ValueError
            If x does not end in the axes of gamma.
        """
        gamma = self.params["gamma"]
        if x.ndim <= gamma.ndim or x.shape[-gamma.ndim :] != gamma.shape:
            wanted = ", ".join(map(str, gamma.shape))
            raise ValueError(f"x has shape {x.shape}, expected (N, {wanted})")
        features = tuple(range(-gamma.ndim, 0))
        centred = x - x.mean(axis=features, keepdims=True)
        self._std = np.sqrt((centred**2).mean(axis=features, keepdims=True) + self.eps)
        self._x_hat = centred / self._std
        return gamma * self._x_hat + self.params["beta"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" in ``grads``; return that of x."""
        gamma = self.params["gamma"]
        samples = tuple(range(dout.ndim - gamma.ndim))
        self.grads["beta"] = dout.sum(axis=samples)
        self.grads["gamma"] = (dout * self._x_hat).sum(axis=samples)
        features = tuple(range(-gamma.ndim, 0))
        dx_hat = dout * gamma
        along = (dx_hat * self._x_hat).mean(axis=features, keepdims=True)
        mean = dx_hat.mean(axis=features, keepdims=True)
        return (dx_hat - mean - self._x_hat * along) / self._std


class GroupNorm:
    """y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² over a group of channels of one sample.

    One group normalizes the whole sample, as many groups as channels each channel by itself
    (instance normalization). No sample sees another: the batch size does not matter.

    Parameters
    ----------
    gamma, beta : array (C,)
        Scale and shift of each channel.
    groups : int
        How many groups of neighbouring channels there are; it divides C.
    eps : float
        Keeps the root away from 0.

    Raises
    ------
    ValueError
        If the groups do not divide the channels.

    References
    ----------
    Wu and He (2018), Group normalization.
    """

    def __init__(self, gamma: Array, beta: Array, groups: int, eps: float = 1e-5) -> None:
        if groups < 1 or len(gamma) % groups:
            raise ValueError(f"groups must divide the {len(gamma)} channels, but it is {groups}")
        self.params: dict[str, Array] = {"gamma": gamma, "beta": beta}
        self.grads: dict[str, Array] = {}
        self.groups, self.eps = groups, eps

    def forward(self, x: Array) -> Array:
        """Return y for x (N, C) or (N, C, H, W), of the same shape.

        Raises
        ------
        ValueError
            If x does not have C channels.
        """
        channels = len(self.params["gamma"])
        if x.ndim < 2 or x.shape[1] != channels:
            raise ValueError(f"x has shape {x.shape}, expected (N, {channels}, ...)")
        # Channels fall into groups of neighbours; all axes from the third on are averaged over.
        rows = x.reshape(len(x), self.groups, channels // self.groups, *x.shape[2:])
        group = tuple(range(2, rows.ndim))
        centred = rows - rows.mean(axis=group, keepdims=True)
        self._std = np.sqrt((centred**2).mean(axis=group, keepdims=True) + self.eps)
        self._x_hat = centred / self._std
        wide = (channels,) + (1,) * (x.ndim - 2)
        gamma, beta = (self.params[name].reshape(wide) for name in ("gamma", "beta"))
        return gamma * self._x_hat.reshape(x.shape) + beta

    def backward(self, dout: Array) -> Array:
        """Store the gradients "gamma" and "beta" (C,) in ``grads``; return that of x."""
        pixels = (0, *range(2, dout.ndim))
        self.grads["beta"] = dout.sum(axis=pixels)
        self.grads["gamma"] = (dout * self._x_hat.reshape(dout.shape)).sum(axis=pixels)
        gamma = self.params["gamma"].reshape((-1,) + (1,) * (dout.ndim - 2))
        dx_hat = (dout * gamma).reshape(self._x_hat.shape)
        group = tuple(range(2, dx_hat.ndim))
        along = (dx_hat * self._x_hat).mean(axis=group, keepdims=True)
        dx = dx_hat - dx_hat.mean(axis=group, keepdims=True) - self._x_hat * along
        return (dx / self._std).reshape(dout.shape)


class WeightNorm:
    """y = x w + b with w_j = g_j v_j / ‖v_j‖: length and direction of each unit's weights apart.

    It has no statistics of the batch: no noise, nothing to keep for test mode. The gradient of v_j
    is orthogonal to v_j, so steps along it make v_j longer and its direction turn more slowly.

    Parameters
    ----------
    v : array (D, M)
        Directions; column j is that of the weights coming into unit j, and not all zero.
    g : array (M,)
        Lengths.
    b : array (M,)
        Biases.

    References
    ----------
    Salimans and Kingma (2016), Weight normalization: a simple reparameterization to accelerate
    training of deep neural networks.
    """

    def __init__(self, v: Array, g: Array, b: Array) -> None:
        if not (v**2).sum(axis=0).all():
            raise ValueError("v has a column of zeros, which gives no direction")
        self.params: dict[str, Array] = {"v": v, "g": g, "b": b}
        self.grads: dict[str, Array] = {}

    def initialize(self, x: Array) -> None:
        """Set g and b, in place, so that each unit's output has mean 0 and variance 1 on x (N, D).

        Raises
        ------
        ValueError
            If a unit's output is the same for all samples: no length would give it variance 1.
        """
        v, g, b = (self.params[name] for name in "vgb")
        y = x.reshape(len(x), len(v)) @ (v / np.sqrt((v**2).sum(axis=0)))
        std = y.std(axis=0)
        if not std.all():
            raise ValueError(
                "x gives some unit the same output for all samples: give other samples"
            )
        g[...] = 1 / std
        b[...] = -y.mean(axis=0) / std

    def forward(self, x: Array) -> Array:
        """Return y (N, M) for x (N, D), or for x of more axes with D elements per sample."""
        v, g = self.params["v"], self.params["g"]
        self._x_shape, self._x = x.shape, x.reshape(len(x), len(v))
        self._norm = np.sqrt((v**2).sum(axis=0))
        self._w = v * (g / self._norm)
        return self._x @ self._w + self.params["b"]

    def backward(self, dout: Array) -> Array:
        """Store the gradients "v" (D, M), "g" and "b" (M,) in ``grads``; return that of x."""
        dw = self._x.T @ dout
        direction = self.params["v"] / self._norm
        self.grads["b"] = dout.sum(axis=0)
        self.grads["g"] = (dw * direction).sum(axis=0)
        across = dw - direction * self.grads["g"]
        self.grads["v"] = across * (self.params["g"] / self._norm)
        return (dout @ self._w.T).reshape(self._x_shape)


class LocalResponseNorm:
    """y_c = x_c / (k + α Σ_j x_j²)^β over the n channels j around c, at each pixel.

    At the edges the window holds fewer channels. α multiplies the sum, as in AlexNet's paper;
    PyTorch's multiplies the mean over n, so that its α is n times this one.

    Parameters
    ----------
    k, n, alpha, beta : float, int, float, float
        AlexNet's constants by default; n is odd, so that the window has a middle.

    References
    ----------
    Krizhevsky, Sutskever and Hinton (2012), ImageNet classification with deep convolutional
    neural networks, section 3.3.
    """

    def __init__(self, k: float = 2.0, n: int = 5, alpha: float = 1e-4, beta: float = 0.75) -> None:
        if n < 1 or n % 2 == 0:
            raise ValueError(f"n must be odd and at least 1, but it is {n}")
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.k, self.n, self.alpha, self.beta = k, n, alpha, beta

    def forward(self, x: Array) -> Array:
        """Return y for x (N, C) or (N, C, H, W), of the same shape."""
        self._x = x
        self._base = self.k + self.alpha * self._window_sum(x**2)
        return x * self._base**-self.beta

    def backward(self, dout: Array) -> Array:
        """Return the gradient with respect to x: what comes straight, and through the windows."""
        pulled = self._window_sum(dout * self._x * self._base ** (-self.beta - 1))
        return dout * self._base**-self.beta - 2 * self.alpha * self.beta * self._x * pulled

    def _window_sum(self, x: Array) -> Array:
        """Return, for each channel, the sum over the n channels around it."""
        half = self.n // 2
        total = x.copy()
        for shift in range(1, min(half, x.shape[1] - 1) + 1):
            total[:, shift:] += x[:, :-shift]
            total[:, :-shift] += x[:, shift:]
        return total
