"""Slips of the pen: what learners write in the place of a piece of the reference.

For each task: what the reference says, what is written instead, and the mistake that has to be
named. They are independent of how ``misconceptions.py`` spells the same mistakes.
"""

STEP = "np.greater(x, 0).astype(int)"
AND, OR, NAND = "step(-1.5 + x1 + x2)", "step(-0.5 + x1 + x2)", "step(1.5 - x1 - x2)"
XOR = "and_gate(or_gate(x1, x2), nand_gate(x1, x2))"
NANDS = "nand(nand(x1, not_both), nand(x2, not_both))"
CORRECT = "self.w = self.w + learning_rate * error * row"
CORRECTIONS = """self.w = self.w + learning_rate * error * row
                self.b = self.b + learning_rate * error"""
ERROR = "error = int(target) - int(self.predict(row))  # -1, 0 or 1"
WEIGHED = "step(as_float(x) @ w + b)"
SIGMOID = "np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))"
TANH, RELU = "np.tanh(as_float(x))", "np.maximum(as_float(x), 0)"
COLLAPSED = "return as_float(W1) @ W2, as_float(b1) @ W2 + b2"
SHIFT = "as_float(logits) - logits.max(axis=-1, keepdims=True)"
SUM = "exponentials / exponentials.sum(axis=-1, keepdims=True)"
DRAW = "weight_std * rng.standard_normal((fan_in, fan_out))"
BOTH = f"""W = {DRAW}
        params[f"W{{layer}}"] = W
        params[f"b{{layer}}"] = np.zeros_like(W[0])"""
ZEROS = "np.zeros_like(W[0])"
HIDDEN = 'x = activation(x @ params[f"W{layer}"] + params[f"b{layer}"])'
LAST = 'return x @ params[f"W{depth}"] + params[f"b{depth}"]'
PASS = f"{HIDDEN}\n    {LAST}"

SLIPS = {
    "step": [
        (STEP, "(np.asarray(x) >= 0) * 1", "yes_at_zero"),
        (STEP, "np.where(np.asarray(x) > 0, 1, -1)", "minus_one_for_no"),
        (STEP, "(np.sign(x) + 1) / 2", "half_at_zero"),
        (STEP, "1 if x > 0 else 0", "if_in_step"),
        (STEP, "np.where(np.asarray(x) < 0, 1, 0)", "step_down"),
        (STEP, "(x > 0).astype(float)", "arrays_only"),
        (STEP, "np.array(x) > 0", "truth_values"),
        (STEP, "[[int(v > 0) for v in row] for row in x]", "row_by_row_twice"),
        (STEP, "np.where(x > 0, np.ones(x.shape), 0)", "arrays_only_by_shape"),
    ],
    "perceptron": [
        (WEIGHED, "(x @ w > b) * 1", "bias_subtracted"),
        (WEIGHED, "np.where(x.dot(w) > 0, 1, 0)", "bias_forgotten"),
        (WEIGHED, "np.where(x.dot(w) + b < 0, 0, 1)", "yes_on_the_line"),
        (WEIGHED, "0 if x @ w + b <= 0 else 1", "if_in_perceptron"),
        (WEIGHED, "(np.dot(w, x) > -b).astype(int)", "weights_first_with_dot"),
        (WEIGHED, "int((w * x).sum() + b > 0)", "one_sum_for_the_batch"),
        (STEP, "np.greater_equal(x, 0).astype(int)", "yes_on_the_line"),
        (WEIGHED, "np.where(x * w + b > 0, 1, 0)", "products_not_added"),
        (WEIGHED, "np.sum(w * x + b, axis=-1) > 0", "bias_inside_the_sum"),
        (WEIGHED, "b + (x @ w > 0)", "bias_after_the_step"),
        (WEIGHED, "step(x.reshape(-1, len(w)) @ w + b)", "batch_of_one"),
    ],
    "gates": [
        (AND, "step(-0.3 + 0.5 * x1 + 0.5 * x2)", "and_like_or"),
        (OR, "step(-0.7 + 0.5 * x1 + 0.5 * x2)", "or_like_and"),
        (NAND, "step(-0.7 - 0.5 * x1 - 0.5 * x2)", "nand_bias_kept"),
        (NAND, "step(0.7 + 0.5 * x1 + 0.5 * x2)", "nand_weights_kept"),
        (AND, "int(x1 == 1 and x2 == 1)", "if_in_gate"),
        (
            AND,
            "int(np.sum(np.array([0.5, 0.5]) * np.array([x1, x2])) - 0.7 > 0)",
            "pairs_in_columns_multiplied",
        ),
        (NAND, "np.logical_not(and_gate(x1, x2))", "gates_of_truth_values"),
        (OR, "x1 + x2 - 0.5", "or_undecided"),
    ],
    "xor": [
        (XOR, "or_gate(nand_gate(x1, x2), or_gate(x1, x2))", "or_at_the_end"),
        (XOR, "nand_gate(nand_gate(x1, x2), or_gate(x1, x2))", "equal_for_xor"),
        (XOR, "step(-0.5 + x1 - x2)", "only_first_larger"),
        (XOR, "and_gate(or_gate(x1, x2), and_gate(x1, x2))", "xor_like_and"),
        (XOR, "xor_gate(x1, x2)", "calls_itself"),
        (XOR, "and_gate(or_gate, nand_gate)", "functions_added_to_the_bias"),
        (XOR, "((x1 + x2 > 0.5) + (x1 + x2 < 1.5)) > 1.5", "truth_values_added"),
    ],
    "xor_from_nand": [
        ("not_both = nand(x1, x2)\n", "return nand(nand(x1, x1), nand(x2, x2))\n", "or_of_nands"),
        (
            "not_both = nand(x1, x2)",
            "nand, not_both = nand_gate, nand_gate(x1, x2)",
            "given_gate_ignored",
        ),
        (NANDS, "nand(nand(x1, not_both), nand(x1, not_both))", "first_input_twice"),
        (NANDS, "and_gate(or_gate(x1, x2), not_both)", "nand_and_other_gates"),
        (NANDS, "nand_gate(nand(x1, not_both), nand(x2, not_both))", "own_gate_first_or_last"),
        (NANDS, "nand(nand(x1, not_both), nand_gate(x2, not_both))", "own_gate_in_the_middle"),
        ("not_both = nand(x1, x2)", "not_both = nand((x1, x2))", "inputs_in_a_list"),
        (NANDS, "1 * (nand(x1, not_both) + nand(x2, not_both) > 0)", "joined_by_or"),
    ],
    "learning": [
        (ERROR, "error = int(self.predict(row)) - int(target)", "away_from_target"),
        (CORRECT, "self.w = self.w + learning_rate * error", "same_for_all_weights"),
        (CORRECT, "self.w += learning_rate * error * row", "weights_in_place"),
        ("self.b = self.b + learning_rate * error", "pass", "bias_not_learned"),
        (
            "self.b = self.b + learning_rate * error",
            "self.b = self.b + error",
            "rate_for_weights_only",
        ),
        ("wrong += abs(error)", "wrong += error", "mistakes_cancel"),
        (
            "        mistakes = []\n        for _ in range(epochs):\n            wrong = 0\n",
            "        mistakes = []\n        wrong = 0\n        for _ in range(epochs):\n",
            "counts_go_on",
        ),
        (
            "            mistakes.append(wrong)\n        return mistakes",
            "            mistakes.append(wrong)\n            return mistakes",
            "return_inside_the_loop",
        ),
        (
            CORRECTIONS,
            CORRECTIONS.replace("error", "int(target) * abs(error)"),
            "false_alarms_stay",
        ),
        (CORRECTIONS, CORRECTIONS.replace("error", "abs(error)"), "always_adds"),
        (CORRECT, "self.w = learning_rate * error * row", "old_weights_lost"),
        (
            CORRECT,
            "self.w = learning_rate * error * row if error else self.w",
            "old_weights_lost_at_mistakes",
        ),
        ("for _ in range(epochs):", "for _ in range(epochs)[1:]:", "one_epoch_too_few"),
        ("for _ in range(epochs):", "for _ in range(1):", "return_inside_the_loop"),
        (
            "return perceptron(x, self.w, self.b)",
            "return 1 * (x @ self.w > 0.5 - self.b)",
            "predicts_above_one_half",
        ),
        (
            "return perceptron(x, self.w, self.b)",
            "return step(x @ self.w - self.b)",
            "predicts_with_bias_subtracted",
        ),
        (
            "return perceptron(x, self.w, self.b)",
            "return np.where(x @ self.w < -self.b, 0, 1)",
            "predicts_yes_at_zero",
        ),
        (ERROR, "error = int(target) - int(row @ self.w + self.b >= 0)", "fit_says_yes_at_zero"),
        (ERROR, "error = target - self.predict(x)", "predicts_all_samples"),
        (ERROR, "error = target - predict(row)", "predict_without_self"),
        (CORRECT, "w = w + learning_rate * error * row", "weights_without_self"),
        ("wrong += abs(error)", "wrong += error == 1", "only_misses_counted"),
        (
            "            mistakes.append(wrong)\n        return",
            "                mistakes.append(wrong)\n        return",
            "list_grows_at_each_sample",
        ),
    ],
    "sigmoid": [
        (SIGMOID, "1 / (1 + np.exp(x))", "falling"),
        (SIGMOID, "np.exp(x) / (np.exp(x) + 1)", "infinity_over_infinity"),
        (SIGMOID, "1 / (1 - np.exp(-x))", "minus_in_denominator"),
        (SIGMOID, "1 / 1 + np.exp(-x)", "brackets_missing"),
        (SIGMOID, "1 / (1 + __import__('math').exp(-x))", "exp_of_one_number"),
        (SIGMOID, "1 / (1 + np.exp(-x.astype(np.float64)))", "sigmoid_in_float64"),
        (
            SIGMOID,
            "np.where(x < 0, 1 - 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-x)))",
            "size_of_input",
        ),
        (SIGMOID, "(1 / (1 + np.exp(-x))).round(4)", "sigmoid_rounded"),
        (SIGMOID, "np.divide(1, np.exp(-x))", "one_missing"),
        (
            f"    return {SIGMOID}",
            "    x[x < -500] = -500\n    return 1 / (1 + np.exp(-x))",
            "cut_off_in_place",
        ),
    ],
    "activations": [
        (TANH, "np.sinh(x) / np.cosh(x)", "tanh_not_a_number"),
        (TANH, "2 / (1 + np.exp(-x)) - 1", "tanh_too_flat"),
        (TANH, "1 / (1 + np.exp(-x))", "sigmoid_for_tanh"),
        (RELU, "np.max(x, axis=0)", "largest_element"),
        (RELU, "x.clip(max=0)", "negative_kept"),
        (f"    return {RELU}", "    x[x <= 0] = 0\n    return x", "relu_in_place"),
        (RELU, "x if x > 0 else 0", "max_of_python"),
        (RELU, "np.maximum(x, 0.01 * x)", "leaky"),
        (RELU, "x * step(x)", "relu_in_float64"),
        (RELU, "np.max([x, 0])", "largest_of_a_list"),
        (TANH, "np.exp(x) - np.exp(-x) / np.exp(x) + np.exp(-x)", "tanh_without_brackets"),
    ],
    "collapse": [
        (COLLAPSED, "return W1.dot(W2), b2.copy()", "first_bias_forgotten"),
        (
            COLLAPSED,
            "return np.dot(W2, W1), b1 @ W2 + b2",
            "matrices_swapped_with_dot",
        ),
        ("as_float(b1) @ W2 + b2", "np.add(b1, b2)", "first_bias_added"),
        ("as_float(b1) @ W2 + b2", "np.dot(b1, W2)", "second_bias_forgotten"),
        ("as_float(b1) @ W2 + b2", "np.dot([b1], W2) + b2", "bias_with_two_axes"),
        ("as_float(W1) @ W2,", "np.dot(W1 + b1, W2),", "first_bias_twice"),
        ("as_float(W1) @ W2, as_float(b1)", "W1 @ W2 + b1", "one_array"),
    ],
    "softmax": [
        (SHIFT, "logits", "nothing_subtracted"),
        (SHIFT, "logits - np.max(logits)", "maximum_of_the_batch"),
        ("exponentials.sum(axis=-1, keepdims=True)", "exponentials.sum()", "sum_over_everything"),
        (SHIFT, "logits - np.max(logits, axis=-1)", "axis_lost"),
        ("return " + SUM, "return exponentials", "not_divided"),
        ("exponentials.sum(axis=-1, keepdims=True)", "exponentials.sum(axis=-1)", "axis_lost"),
        ("return " + SUM, "return np.log(" + SUM + ")", "log_of_softmax"),
        (SHIFT, "logits - 1000", "thousand_subtracted"),
        (SHIFT, "logits - max(logits)", "max_of_python_in_softmax"),
        ("exponentials.sum(axis=-1, keepdims=True)", "sum(exponentials)", "sum_of_python"),
        ("exponentials.sum(axis=-1", "np.exp(logits).sum(axis=-1", "shift_above_only"),
    ],
    "init_network": [
        (DRAW, "rng.normal(0, np.sqrt(weight_std), (fan_in, fan_out))", "variance_for_std"),
        (DRAW, "rng.normal(weight_std, size=(fan_in, fan_out))", "std_as_mean"),
        (
            BOTH,
            BOTH.replace("fan_in, fan_out", "fan_out, fan_in").replace("W[0]", "W[:, 0]"),
            "weights_transposed",
        ),
        (ZEROS, "np.zeros((1, fan_out))", "biases_in_a_row"),
        (ZEROS, "np.zeros(fan_in)", "biases_for_inputs"),
        (DRAW, "rng.normal(weight_std, 0, (fan_in, fan_out))", "mean_and_std_swapped"),
        (DRAW, "rng.normal(0, weight_std, fan_in, fan_out)", "shape_as_two_arguments_of_normal"),
        (ZEROS, "[0] * fan_out", "biases_in_lists"),
        (ZEROS, "np.zeros(fan_out, int)", "whole_biases"),
        (DRAW, DRAW + ".astype('float32')", "narrow_network"),
        ('f"W{layer}"] = W', '"W{layer}"] = W', "other_names_of_weights"),
        ("start=1):\n        W =", "start=0):\n        W =", "counted_from_zero"),
        ("    params = {}\n", "    params, rng = {}, np.random.default_rng(0)\n", "own_generator"),
    ],
    "forward_network": [
        (LAST, LAST.replace("x @", "activation(x @") + ")", "activation_at_the_end"),
        (HIDDEN, HIDDEN.replace("activation", ""), "no_activation"),
        (HIDDEN, HIDDEN.replace("activation", "sigmoid"), "always_sigmoid"),
        (LAST, LAST.split(" + ")[0], "last_bias_missing"),
        (LAST, "return x", "last_layer_left_out"),
        ("depth = len(params) // 2", "depth = len(params)", "counts_parameters"),
        ("depth = len(params) // 2", "depth = 2", "two_layers_only"),
        ("depth = len(params) // 2", "depth = len(params) / 2", "depth_as_float"),
        ("    " + LAST, "        return x\n    " + LAST, "returns_after_first_layer"),
        (PASS, PASS.replace("params[", "params.pop(").replace('"]', '")'), "params_used_up"),
        (HIDDEN, HIDDEN + '\n        params[f"h{layer}"] = x', "results_in_params"),
        (HIDDEN, HIDDEN.replace("activation(", "activation(activation(") + ")", "activation_twice"),
        (
            PASS,
            PASS.replace("W{layer}", "W1").replace("W{depth}", "W1"),
            "first_weights_everywhere",
        ),
    ],
}
"""By task: what the reference says, what stands there instead, the mistake."""
