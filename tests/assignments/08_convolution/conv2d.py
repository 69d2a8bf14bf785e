"""Answers to conv2d: right ones in other styles, and wrong ones."""

import numpy as np
from measuring import measured

from solutions.convolution import Convolution, col2im, im2col


class ConvolutionByWindows:
    """Loops over the places; nothing is written as columns."""

    def __init__(self, W, b, stride=1, padding=0):
        self.params, self.grads = {"W": W, "b": b}, {}
        self.stride, self.padding = stride, padding

    def windows(self, images):
        FH, FW = self.params["W"].shape[2:]
        H, W = images.shape[2:]
        for i, top in enumerate(range(0, H - FH + 1, self.stride)):
            for j, left in enumerate(range(0, W - FW + 1, self.stride)):
                yield i, j, images[:, :, top : top + FH, left : left + FW]

    def forward(self, x):
        p, (W, b) = self.padding, self.params.values()
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        OH = (self.padded.shape[2] - W.shape[2]) // self.stride + 1
        OW = (self.padded.shape[3] - W.shape[3]) // self.stride + 1
        y = np.zeros((len(x), len(W), OH, OW), dtype=x.dtype)
        for i, j, window in self.windows(self.padded):
            y[:, :, i, j] = np.tensordot(window, W, axes=([1, 2, 3], [1, 2, 3])) + b
        return y

    def backward(self, dout):
        p, W = self.padding, self.params["W"]
        dW, dpadded = np.zeros_like(W), np.zeros_like(self.padded)
        for i, j, window in self.windows(self.padded):
            dW += np.tensordot(dout[:, :, i, j], window, axes=([0], [0]))
        for i, j, window in self.windows(dpadded):
            window += np.tensordot(dout[:, :, i, j], W, axes=([1], [0]))
        self.grads = {"W": dW, "b": dout.sum(axis=3).sum(axis=2).sum(axis=0)}
        H, width = dpadded.shape[2:]
        return dpadded[:, :, p : H - p, p : width - p]


class ConvolutionEinsum(Convolution):
    """Keeps x, and makes the columns once more on the way back."""

    def forward(self, x):
        self.x = x
        FN, _, FH, FW = self.params["W"].shape
        self.rows = self.params["W"].reshape(FN, -1)
        columns = im2col(x, FH, FW, self.stride, self.padding)
        y = np.einsum("fk,nkp->nfp", self.rows, columns)
        y = y.reshape(len(x), *self.output_shape(x.shape[1:]))
        return y + self.params["b"].reshape(1, -1, 1, 1)

    def backward(self, dout):
        N, FN, OH, OW = dout.shape
        FH, FW = self.params["W"].shape[2:]
        columns = im2col(self.x, FH, FW, self.stride, self.padding)
        flat = dout.reshape(N, FN, OH * OW)
        dW = np.einsum("nfp,nkp->fk", flat, columns)
        self.grads["W"] = dW.reshape(self.params["W"].shape)
        self.grads["b"] = np.einsum("nfp->f", flat)
        dcolumns = np.einsum("fk,nfp->nkp", self.rows, flat)
        return col2im(dcolumns, self.x.shape, FH, FW, self.stride, self.padding)


class ConvolutionOfOneMatrix(Convolution):
    """As books have it: the windows of all samples are the rows of one matrix."""

    def forward(self, x):
        FN, _, FH, FW = self.params["W"].shape
        columns = im2col(x, FH, FW, self.stride, self.padding)
        self.shape, self.K = x.shape, columns.shape[1]
        self.rows = columns.transpose(0, 2, 1).reshape(-1, self.K)
        y = np.dot(self.rows, self.params["W"].reshape(FN, -1).T) + self.params["b"]
        _, OH, OW = self.output_shape(x.shape[1:])
        return y.reshape(len(x), OH, OW, FN).transpose(0, 3, 1, 2)

    def backward(self, dout):
        W = self.params["W"]
        d = dout.transpose(0, 2, 3, 1).reshape(-1, len(W))
        self.grads["b"] = np.sum(d, axis=0)
        self.grads["W"] = np.dot(self.rows.T, d).transpose(1, 0).reshape(W.shape)
        drows = np.dot(d, W.reshape(len(W), -1))
        dcolumns = drows.reshape(self.shape[0], -1, self.K).transpose(0, 2, 1)
        return col2im(dcolumns, self.shape, *W.shape[2:], self.stride, self.padding)


RIGHT = [
    {"Convolution": ConvolutionByWindows},
    {"Convolution": ConvolutionEinsum},
    {"Convolution": ConvolutionOfOneMatrix},
]

SHORTCUTS = [{"Convolution": measured(Convolution)}]

ROWS = 'return self.params["W"].reshape(len(self.params["W"]), -1)'
FORWARD = 'y = self.rows() @ self._columns + self.params["b"][:, None]'
SUMMED = 'return products.sum(axis=0).reshape(self.params["W"].shape)'
BIASES = 'self.grads["b"] = dout.sum(axis=(0, 2))'
SHAPED = "return y.reshape(len(x), *self.output_shape(x.shape[1:]))"
BACK = "return col2im(self.rows().T @ dout, self._x_shape, *self.window())"

SLIPS = [
    (FORWARD, "y = self.rows() @ self._columns", "bias_not_added"),
    (ROWS, ROWS.replace(".resh", "[:, :, ::-1, ::-1].resh"), "filters_flipped.y.x"),
    (ROWS, ROWS.replace(".resh", ".transpose(0, 2, 3, 1).resh"), "channels_last.y.x"),
    (
        ROWS,
        'return self.params["W"].reshape(-1, len(self.params["W"])).T',
        "filters_mixed.y.x",
    ),
    (SUMMED, SUMMED.replace(".sum(axis=0)", "[-1]"), "filters_of_the_last_sample"),
    (SUMMED, SUMMED.replace("sum", "mean"), "divided_by_batch.W"),
    (SUMMED, "return products.sum(axis=0)", "filters_remain_rows"),
    (BIASES, BIASES.replace("(0, 2)", "0"), "bias_over_batch_in_one_axis"),
    (BIASES, BIASES.replace("(axis=(0, 2))", "()"), "bias_over_everything"),
    (BIASES, BIASES + " / len(dout)", "divided_by_batch.b"),
    (BIASES, BIASES.replace("sum", "mean"), "averaged_over_all"),
    (BIASES, BIASES.replace("(0, 2)", "(0, 1)"), "bias_gradient_of_the_places_in_one_axis"),
    (BIASES, BIASES.replace("(0, 2)", "(1, 2)"), "bias_gradient_of_the_batch"),
    (BIASES, BIASES.replace("2)", "2), keepdims=True"), "bias_keeps_axes_of_columns"),
    (FORWARD, FORWARD.replace("[:, None]", ""), "bias_along_the_places"),
    (SHAPED, "return y.reshape(len(x), y.shape[1], int(y.shape[2] ** 0.5), -1)", "square_output"),
    (BACK, "return self.rows().T @ dout", "columns_come_back"),
    ("(W=W, b=b)\n        self.stride", "(W=W * 1, b=b * 1)\n        self.stride", "on_copies"),
]

STORED_B = "Convolution.backward: self.grads['b'] = dout.sum(axis=(0, 2)) → self.grads['b'] = "
QUOTED_ROWS = "Convolution.rows: " + ROWS.replace('"', "'")

EQUIVALENT = {
    "reshape takes any negative number for -1.": [
        f"{QUOTED_ROWS} → {ROWS.replace('-1', '-2')}".replace('"', "'"),
    ],
    "The order of the axes that are summed over makes no difference.": [
        f"{STORED_B}dout.sum(axis=(2, 0))"
    ],
}

NAMES = {
    "bias_not_added": [
        f"Convolution.forward: {FORWARD} → y = self.rows() @ self._columns".replace('"', "'")
    ],
    "output_of_columns": [
        "Convolution.forward: return y.reshape(len(x), *self.output_shape(x.shape[1:])) → return y"
    ],
    "filters_remain_rows": [
        f"Convolution.filter_gradient: {SUMMED} → return products.sum(axis=0)".replace('"', "'")
    ],
    "divided_by_batch.W": [
        f"Convolution.filter_gradient: {SUMMED} → {SUMMED.replace('sum', 'mean')}".replace('"', "'")
    ],
    "bias_over_everything": [f"{STORED_B}dout.sum()"],
    "averaged_over_all": [f"{STORED_B}dout.mean(axis=(0, 2))"],
    "bias_gradient_of_the_batch": [f"{STORED_B}dout.sum(axis=(1, 2))"],
    "bias_gradient_of_the_places_in_one_axis": [f"{STORED_B}dout.sum(axis=(0, 1))"],
}
