"""Slips of the pen: what learners write in the place of a piece of the reference.

For each task: what the reference says, what is written instead, and the mistake that has to be
named. They are independent of how ``misconceptions.py`` spells the same mistakes.
"""

SLIPS = {
    "nodes": [
        (
            "return dout * self._y, dout * self._x",
            "return dout * self._x, dout * self._y",
            "inputs_not_swapped",
        ),
        (
            "return dout * self._y, dout * self._x",
            "return self._y, self._x",
            "product_without_upstream",
        ),
    ],
    "shopping": [("self.fruit.backward(dfruit)", "self.fruit.backward(dout)", "tax_node_skipped")],
    "relu": [
        ("return dout * self._mask", "return np.where(dout > 0, dout, 0)", "mask_from_upstream"),
        (
            "return dout * self._mask",
            "dout[~self._mask] = 0\n        return dout",
            "zeroes_upstream",
        ),
        ("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x", "zeroes_its_input"),
        ("return dout * self._mask", "return dout", "no_mask"),
    ],
    "sigmoid": [
        (
            "dout * self._y * (1 - self._y)",
            "dout * (self._y + self._y**2)",
            "plus_in_sigmoid_slope",
        ),
        ("dout * self._y * (1 - self._y)", "self._y * (1 - self._y)", "sigmoid_without_upstream"),
        (
            "dout * self._y * (1 - self._y)",
            "dout * sigmoid(self._y) * (1 - sigmoid(self._y))",
            "sigmoid_slope_of_sigmoid",
        ),
    ],
    "tanh": [
        ("dout * (1 - self._y**2)", "dout * (1 - np.tanh(self._y) ** 2)", "tanh_slope_of_tanh"),
        ("dout * (1 - self._y**2)", "dout - dout * self._y", "tanh_slope_not_squared"),
    ],
    "affine": [
        (' + self.params["b"]', "", "bias_not_added"),
        ("dout.sum(axis=0)", "np.sum(dout)", "bias_over_everything"),
        ("dout.sum(axis=0)", "np.sum(dout, axis=1)", "bias_over_outputs"),
        ("dout.sum(axis=0)", "np.mean(dout, 0)", "bias_averaged"),
        ("self._x.T @ dout", "dout.T @ self._x", "weights_transposed"),
        (".reshape(self._x_shape)", "", "input_gradient_flat"),
        ('x.reshape(len(x), len(self.params["W"]))', "x", "not_flattened"),
    ],
    "softmax_loss": [
        (" / len(self._targets)", "", "gradient_of_the_sum"),
        (" / len(self._targets)", " / self._probabilities.shape[1]", "divided_by_classes"),
        (
            "float(-(self._targets * log_probabilities).sum() / n)",
            "-(self._targets * np.log(self._probabilities + 1e-7)).sum() / n",
            "loss_capped_at_1e_7",
        ),
        (
            "shifted = logits - logits.max(axis=1, keepdims=True)",
            "shifted = logits - logits.max()\n"
            "        self._probabilities = np.exp(shifted)\n"
            "        self._probabilities /= self._probabilities.sum(axis=1)[:, None]",
            "maximum_of_the_batch",
        ),
        (
            "return dout * (self._probabilities",
            "return (self._probabilities",
            "loss_without_upstream",
        ),
    ],
    "relative_error": [
        ("np.where(size == 0, 1, size)", "size", "zero_by_zero"),
        ("np.where(size == 0, 1, size)", "np.maximum(size, 1e-8)", "hidden_by_constant"),
        (
            "size = np.maximum(np.abs(a), np.abs(b))",
            "size = np.abs(a) + np.abs(b)",
            "divided_by_sum",
        ),
    ],
    "crosses_kink": [
        ("winners(x - step)", "winners(x)", "one_side_only"),
        ("np.any(winners", "np.all(winners", "all_must_change"),
    ],
    "gradient_check": [
        ("kinks += 1", "pass", "kinks_not_counted"),
        ("errors[index] = 0", "pass", "kinks_still_compared"),
        ("float(errors.max())", "float(errors.mean())", "average_error"),
        ("numerical_gradient(f, x, h)", "numerical_gradient(f, x)", "h_not_used"),
    ],
    "two_layer_net": [
        (
            "for layer in reversed(self.layers):",
            "for layer in (self.layers[2], self.layers[0]):",
            "relu_skipped_on_the_way_back",
        ),
        ("            ReLU(),", "            Sigmoid(),", "sigmoid_hidden"),
    ],
    "train": [
        (
            "param -= learning_rate * grads[name]",
            "param = param - learning_rate * grads[name]",
            "local_name_only",
        ),
        ("param -= learning_rate * grads[name]", "param += learning_rate * grads[name]", "uphill"),
        (
            "param -= learning_rate * grads[name]",
            "net.params[name] = param - learning_rate * grads[name]",
            "arrays_replaced",
        ),
    ],
    "gradient_norms": [
        ("return norms[::-1]", "return norms", "last_layer_first"),
        ("float(np.sqrt((dout**2).sum()))", "(dout**2).sum()", "norms_squared"),
    ],
    "clip_by_norm": [
        ("min(1.0, max_norm / norm)", "max_norm / norm", "small_ones_enlarged"),
        (
            "float(np.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) "
            "for g in grads.values())))",
            "sum(np.linalg.norm(g) for g in grads.values())",
            "norms_added",
        ),
    ],
}
