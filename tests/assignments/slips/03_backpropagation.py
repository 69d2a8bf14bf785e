"""Slips of the pen: what learners write in the place of a piece of the reference.

For each task: what the reference says, what is written instead, and the mistake that has to be
named. They are independent of how ``misconceptions.py`` spells the same mistakes.
"""

LOSS = "softmax_cross_entropy(logits, self._targets)"
LOSS_BY_ONE_MAXIMUM = (
    "-(self._targets * (logits - logits.max() - np.log(np.exp(logits - logits.max())"
    ".sum(axis=1, keepdims=True)))).sum() / len(logits)"
)
NORM = "float(np.sqrt(np.square(dout, dtype=np.float64).sum()))"

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
    "shopping": [
        ("self.fruit.backward(dfruit)", "self.fruit.backward(dout)", "tax_node_skipped"),
        ("dfruit, dtax = self.taxed", "dtax, dfruit = self.taxed", "tax_and_fruit_swapped"),
        (
            "return dout * self._y, dout * self._x",
            "return dout * self._x, dout * self._y",
            "products_of_task_1_swapped",
        ),
        (
            "        self.oranges = Multiply()",
            "        self.oranges = self.apples",
            "one_node_for_both_fruits",
        ),
    ],
    "relu": [
        ("return dout * self._mask", "return np.where(dout > 0, dout, 0)", "mask_from_upstream"),
        (
            "return dout * self._mask",
            "dout[~self._mask] = 0\n        return dout",
            "zeroes_upstream",
        ),
        ("return np.maximum(x, 0)", "x[x < 0] = 0\n        return x", "zeroes_its_input"),
        ("return dout * self._mask", "return dout", "no_mask"),
        ("self._mask = x > 0", "self._mask = x < 0", "mask_inverted"),
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
        (
            "dout * self._y * (1 - self._y)",
            "dout * self._y * (self._y - 1)",
            "sigmoid_slope_negative",
        ),
        ("dout * self._y * (1 - self._y)", "dout * (1 - self._y**2)", "sigmoid_slope_of_a_tanh"),
        (
            "dout * self._y * (1 - self._y)",
            "dout * (self._y * 1 - self._y)",
            "inner_brackets_missing",
        ),
    ],
    "tanh": [
        ("dout * (1 - self._y**2)", "dout * (1 - np.tanh(self._y) ** 2)", "tanh_slope_of_tanh"),
        ("dout * (1 - self._y**2)", "dout - dout * self._y", "tanh_slope_not_squared"),
        ("dout * (1 - self._y**2)", "dout * (1 + self._y**2)", "plus_in_tanh_slope"),
    ],
    "affine": [
        (
            'self._x @ self.params["W"] + self.params["b"]',
            'self._x @ self.params["W"]',
            "bias_not_added",
        ),
        ("dout.sum(axis=0)", "np.sum(dout)", "bias_over_everything"),
        ("dout.sum(axis=0)", "np.sum(dout, axis=1)", "bias_over_outputs"),
        ("dout.sum(axis=0)", "np.mean(dout, 0)", "bias_averaged"),
        ("self._x.T @ dout", "dout.T @ self._x", "weights_transposed"),
        (".reshape(self._x_shape)", "", "input_gradient_flat"),
        ('x.reshape(len(x), len(self.params["W"]))', "x", "not_flattened"),
        ("return (dout @ ", "return 1 / len(dout) * (dout @ ", "input_gradient_divided"),
        ("return (dout @ ", "return len(dout) * (dout @ ", "input_gradient_multiplied"),
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
    ],
    "softmax_loss": [
        (" / len(self._targets)", "", "gradient_of_the_sum"),
        (" / len(self._targets)", " / self._probabilities.shape[1]", "divided_by_classes"),
        (
            LOSS,
            "-(self._targets * np.log(self._probabilities + 1e-7)).sum() / len(logits)",
            "loss_capped_at_1e_7",
        ),
        (
            f"self._probabilities = softmax(logits)\n        return {LOSS}",
            "powers = np.exp(logits - logits.max())\n"
            "        self._probabilities = powers / powers.sum(axis=1, keepdims=True)\n"
            f"        return {LOSS_BY_ONE_MAXIMUM}",
            "maximum_of_the_batch",
        ),
        (
            "return dout * (self._probabilities",
            "return (self._probabilities",
            "loss_without_upstream",
        ),
        (
            "self._targets = one_hot_targets(labels, logits)",
            "self._targets = labels + np.zeros_like(logits)",
            "numbers_not_converted",
        ),
        (
            LOSS,
            "-np.sum(self._targets * np.log(self._probabilities)) / len(logits)",
            "logarithm_of_rounded_probability",
        ),
        (
            LOSS,
            "-np.sum(self._targets * np.log(np.maximum(self._probabilities, 1e-12))) / len(logits)",
            "loss_capped_at_1e_12",
        ),
        (
            LOSS,
            LOSS_BY_ONE_MAXIMUM.replace(" - logits.max()", ""),
            "nothing_subtracted_in_logarithm",
        ),
        (LOSS, LOSS_BY_ONE_MAXIMUM, "maximum_of_the_batch_in_logarithm"),
        (
            LOSS,
            "np.array([softmax_cross_entropy(row[None], target[None])"
            " for row, target in zip(logits, self._targets)])",
            "one_loss_per_sample",
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
        ("np.where(size == 0, 1, size)", "(size + 1e-8)", "constant_of_1e_8_added"),
        ("np.where(size == 0, 1, size)", "np.where(b == 0, 1, np.abs(b))", "divided_by_second"),
    ],
    "crosses_kink": [
        ("winners(x - step)", "winners(x)", "one_side_only"),
        ("np.any(winners", "np.all(winners", "all_must_change"),
        ("step[index] = h", "step[index] = h + h", "twice_the_way"),
        (
            "winners(x + step) != winners(x - step)",
            "winners(x + step) == winners(x - step)",
            "any_stays",
        ),
        ("step[index] = h", "step[list(index)] = h", "index_as_list"),
        (
            "winners(x + step) != winners(x - step)",
            "winners(x + step)[index] != winners(x - step)[index]",
            "only_its_own_winner",
        ),
        (
            "winners(x + step) != winners(x - step)",
            "np.sign(x + step) != np.sign(x - step)",
            "kink_taken_to_be_at_zero",
        ),
        (
            "step = np.zeros_like(x)",
            "step = np.zeros(x.shape, dtype=int)",
            "step_cut_to_whole_number",
        ),
    ],
    "gradient_check": [
        ("int(kinks.sum()), unmeasured", "0, unmeasured", "kinks_not_counted"),
        (
            "errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0",
            "errors[np.abs(gradient - slopes) <= uncertainty] = 0",
            "kinks_still_compared",
        ),
        ("found = float(errors[worst])", "found = float(errors.mean())", "average_error"),
        ("measured_gradient(f, x, h)", "measured_gradient(f, x)", "h_not_used"),
        (
            "crosses_kink(winners, x, index, h)\n",
            "crosses_kink(winners, x, index, 1e-4)\n",
            "kinks_within_another_h",
        ),
        (
            "    unmeasured = int",
            "    errors[kinks] = np.nan\n    unmeasured = int",
            "kinks_marked_by_nan",
        ),
        ("for index in np.ndindex(x.shape):", "for index in range(len(x)):", "rows_skipped"),
        ("kinks | (np.abs(gradient - slopes) <= uncertainty)", "kinks", "uncertainty_ignored"),
        (
            "(np.abs(gradient - slopes) <= uncertainty)",
            "(errors <= uncertainty)",
            "uncertainty_ignored",
        ),
        (
            "measured_gradient(f, x, h)",
            '__import__("solutions.losses").losses.numerical_gradient(f, x, h), 0.0',
            "plain_numerical_gradient",
        ),
        ("~kinks & (np.abs(slopes)", "(np.abs(slopes)", "small_at_kinks_too"),
        ("10 * uncertainty", "uncertainty", "small_up_to_the_uncertainty"),
        ("~kinks & (np.abs(slopes)", "~kinks & (slopes", "falling_taken_for_small"),
        (
            "float(gradient[worst]), float(slopes[worst])",
            "float(slopes[worst]), float(gradient[worst])",
            "slopes_changed_places",
        ),
    ],
    "two_layer_net": [
        (
            "for layer in reversed(self.layers):",
            "for layer in (self.layers[2], self.layers[0]):",
            "relu_skipped_on_the_way_back",
        ),
        ("            ReLU(),", "            Sigmoid(),", "sigmoid_hidden"),
        ('first["W"]', 'first["W"] / len(x)', "first_weights_divided_again"),
        ("for layer in reversed(self.layers):", "for layer in self.layers:", "layers_not_reversed"),
        (
            "self.loss_layer.backward()",
            "self.loss_layer.backward(loss)",
            "loss_sent_down",
        ),
        (
            "self.params = params\n",
            "self.params = {name: 1.0 * array for name, array in params.items()}\n",
            "params_are_copies",
        ),
        ("dout.sum(axis=0)", "dout.mean(axis=0)", "biases_averaged"),
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
        ("losses.append(loss)", "losses.append(net.loss(x, labels))", "losses_of_the_whole_set"),
        ("labels[rows]", "labels", "labels_not_indexed"),
        ("__init__(W=W, b=b)", "__init__(W=W.copy(), b=b.copy())", "layers_hold_copies"),
    ],
    "gradient_norms": [
        ("return norms[::-1]", "return norms", "last_layer_first"),
        (NORM, "(dout**2).sum()", "norms_squared"),
        (NORM, "np.linalg.norm(dout, 2)", "spectral_norms"),
        (NORM, "np.abs(dout).sum()", "sums_of_sizes"),
        (NORM, "np.linalg.norm(dout, axis=1)", "norms_of_the_rows"),
    ],
    "clip_by_norm": [
        ("min(1.0, max_norm / norm)", "max_norm / norm", "small_ones_enlarged"),
        (
            "np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in grads.values()))",
            "sum(np.linalg.norm(g) for g in grads.values())",
            "norms_added",
        ),
        ("max_norm / norm)", "norm / max_norm)", "factor_upside_down"),
        ("min(1.0, max_norm / norm)", "max(1.0, max_norm / norm)", "larger_factor"),
    ],
}
