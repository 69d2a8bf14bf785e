"""Answers to spatial_batch_norm: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.normalization import BatchNorm, SpatialBatchNorm


class SpatialHoldsRows(SpatialBatchNorm):
    """Each pixel a row of its channels, for the layer that it holds."""

    def forward(self, x):
        self.shape = N, C, H, W = x.shape
        rows = np.moveaxis(x, 1, 3).reshape(-1, C)
        return np.moveaxis(self.batch_norm().forward(rows).reshape(N, H, W, C), 3, 1)

    def backward(self, dout):
        rows = np.concatenate([image.reshape(len(image), -1).T for image in dout])
        N, C, H, W = self.shape
        dx = self.batch_norm().backward(rows).reshape(N, H * W, C)
        return dx.swapaxes(1, 2).reshape(N, C, H, W)


class SpatialByRows(BatchNorm):
    """Each pixel a row of its channels, by inheritance."""

    def forward(self, x):
        N, C, H, W = x.shape
        rows = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)
        return super().forward(rows).reshape(N, H, W, C).transpose(0, 3, 1, 2)

    def backward(self, dout):
        N, C, H, W = dout.shape
        rows = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)
        return super().backward(rows).reshape(N, H, W, C).transpose(0, 3, 1, 2)


class SpatialByColumns(BatchNorm):
    """Channels first, each of them one long row; turned over for what lies below."""

    def forward(self, x):
        flat = np.swapaxes(x, 0, 1).reshape(x.shape[1], -1)
        self.shape = x.shape
        return self.unflat(super().forward(flat.T).T)

    def backward(self, dout):
        flat = np.swapaxes(dout, 0, 1).reshape(dout.shape[1], -1)
        return self.unflat(super().backward(flat.T).T)

    def unflat(self, flat):
        N, C, H, W = self.shape
        return np.swapaxes(flat.reshape(C, N, H, W), 0, 1)


class SpatialByAxes(BatchNorm):
    """Nothing is inherited but __init__."""

    AXES = (0, 2, 3)

    def forward(self, x):
        self.of_batch = self.training
        if self.training:
            mean, var = x.mean(axis=self.AXES), x.var(axis=self.AXES)
            self.running_mean += (1 - self.momentum) * (mean - self.running_mean)
            self.running_var += (1 - self.momentum) * (var - self.running_var)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps).reshape(1, -1, 1, 1)
        self.x_hat = (x - mean[None, :, None, None]) / self.std
        gamma, beta = (self.params[name].reshape(1, -1, 1, 1) for name in ("gamma", "beta"))
        return gamma * self.x_hat + beta

    def backward(self, dout):
        self.grads["beta"] = dout.sum(axis=self.AXES)
        self.grads["gamma"] = np.einsum("nchw,nchw->c", dout, self.x_hat)
        g = dout * self.params["gamma"].reshape(1, -1, 1, 1)
        if self.of_batch:
            along = (g * self.x_hat).mean(axis=self.AXES, keepdims=True)
            g = g - g.mean(axis=self.AXES, keepdims=True) - self.x_hat * along
        return g / self.std


RIGHT = [
    {"SpatialBatchNorm": SpatialHoldsRows},
    {"SpatialBatchNorm": SpatialByRows},
    {"SpatialBatchNorm": SpatialByColumns},
    {"SpatialBatchNorm": SpatialByAxes},
]

ROWS = "rows = x.transpose(0, 2, 3, 1).reshape(N * H * W, C)"
OF_DOUT = "rows = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C)"
FORWARD = "return y.reshape(N, H, W, C).transpose(0, 3, 1, 2)"
BACK = "return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)"

SLIPS = [
    (BACK, "return 0 * dout", "no_gradient.x"),
    (BACK, "return dout", "as_it_came.x"),
    (BACK, "return dx.reshape(dout.shape)", "not_moved_back.x"),
    (FORWARD, "return y.reshape(x.shape)", "not_moved_back.y"),
    (
        BACK,
        'self.grads["gamma"] /= dout.shape[2] * dout.shape[3]\n'
        "        return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)",
        "pixels_averaged.gamma",
    ),
    (BACK, "return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2) / len(dout)", "divided_by_batch.x"),
    (OF_DOUT, "rows = dout.reshape(N * H * W, C)", "not_moved_there.x"),
    (ROWS, "rows = x.reshape(N * H * W, C)", "not_moved_there.y"),
    (ROWS, "rows = x.transpose(0, 3, 2, 1).reshape(N * H * W, C)", "columns_for_rows.y"),
    (FORWARD, "return y.reshape(N, H, W, C).transpose(0, 3, 2, 1)", "turned_images.y"),
    (FORWARD, "return y.reshape(N, H, W, C).transpose(0, 2, 3, 1)", "transposed_on.y"),
    (BACK, "return dx.reshape(N, H, W, C).transpose(0, 2, 3, 1)", "transposed_on.x"),
    (FORWARD, "return y.reshape(N, W, H, C).transpose(0, 3, 2, 1)", "height_for_width.y"),
]

SHORTCUTS = [{"SpatialBatchNorm": measured(SpatialBatchNorm)}]

EQUIVALENT = {
    "The switches of later chapters only save time; the text does not ask for them.": [
        "SpatialBatchNorm.backward: return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2) → return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)",
    ],
}

NAMES = {
    "not_moved_there.y": [
        "SpatialBatchNorm.forward: rows = x.transpose(0, 2, 3, 1).reshape(N * H * W, C) → rows = x.reshape(N * H * W, C)",
    ],
    "channels_remain_last.y": [
        "SpatialBatchNorm.forward: return y.reshape(N, H, W, C).transpose(0, 3, 1, 2) → return y.reshape(N, H, W, C)",
    ],
    "not_moved_there.x": [
        "SpatialBatchNorm.backward: rows = dout.transpose(0, 2, 3, 1).reshape(N * H * W, C) → rows = dout.reshape(N * H * W, C)",
    ],
    "channels_remain_last.x": [
        "SpatialBatchNorm.backward: return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2) → return None if dx is None else dx.reshape(N, H, W, C)",
    ],
    "nothing_returned": [
        "SpatialBatchNorm.backward: return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2) → return None if not dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)",
        "SpatialBatchNorm.backward: return None if dx is None else dx.reshape(N, H, W, C).transpose(0, 3, 1, 2) → return None",
    ],
}
