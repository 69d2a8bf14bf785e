"""Slips of the pen: what learners write in the place of a piece of the reference.

For each task: what the reference says, what is written instead, and the mistake that has to be
named. They are independent of how ``misconceptions.py`` spells the same mistakes.
"""

SQUARES = "0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() / len(predictions)"
ENTROPY = "float(-(targets * logarithms).sum() / len(probabilities))"
LOGARITHMS = "np.log(as_wide_float(probabilities) + 1e-7)"
SOFTMAX = "float(-(targets * log_probabilities).sum() / len(logits))"
LOG_SOFTMAX = "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))"
SHIFT = "as_float(logits) - logits.max(axis=-1, keepdims=True)"
YES_OR_NO = "np.logaddexp(0, as_wide_float(logits)) - targets * np.where(targets, logits, 0)"
OTHERS = "(targets == 0) & (scores != -np.inf)"
RIGHT_SCORES = "np.where(targets, scores, 0).sum(axis=1, keepdims=True)"
HINGES = "np.maximum(np.where(others, scores, 0) - right_scores + margin, 0)"
COUNTED = "float(np.where(others, violations, 0).sum() / len(scores))"
SLOPE = "(f(x + step) - f(x - step)) / (2 * h)"
TERM = "np.logaddexp(0, -score if turn == 1 else score)"

SLIPS = {
    "squared_error": [
        (SQUARES, "((predictions - targets) ** 2).sum() / len(predictions)", "no_half"),
        (SQUARES, "0.5 * np.mean((targets - predictions) ** 2)", "mean_of_all_squares"),
        (SQUARES, "np.mean(np.square(predictions - targets))", "mean_without_half"),
        (SQUARES, "0.5 * np.linalg.norm(predictions - targets) ** 2", "squares_summed"),
        (SQUARES, SQUARES.replace("** 2", "^ 2"), "caret_for_a_power"),
        (
            SQUARES,
            "((predictions - targets) ** 2).sum() / 2 * len(predictions)",
            "multiplied_by_the_samples",
        ),
        (SQUARES, "np.linalg.norm(targets - predictions) / 2 / len(targets)", "norm_not_squared"),
        (
            SQUARES,
            "np.sum((predictions - targets) ** 2, 1).mean() / 2",
            "squares_summed_over_axis_one",
        ),
        ("predictions.shape != targets.shape", "False", "shapes_not_compared"),
        (
            "predictions.shape != targets.shape",
            "predictions.size != targets.size",
            "sizes_compared",
        ),
        (
            "predictions.shape != targets.shape",
            "predictions.ndim != targets.ndim",
            "numbers_of_axes_compared",
        ),
        (
            "    if predictions.shape != targets.shape:\n",
            "    assert np.shape(predictions) == np.shape(targets)\n    if False:\n",
            "shapes_asserted",
        ),
    ],
    "labels": [
        ("(labels < 0) | (labels >= classes)", "labels >= classes", "negative_labels_pass"),
        (
            "(labels < 0) | (labels >= classes)",
            "(labels < 0) | (labels > classes)",
            "classes_counted_from_one",
        ),
        ("if outside.any():", "if outside.all():", "all_must_be_outside"),
        (
            "    outside = (labels < 0) | (labels >= classes)\n    if outside.any():",
            "    outside = labels < 0\n    if labels < 0 or labels > classes - 1:",
            "truth_of_an_array",
        ),
        (
            'labels.dtype.kind not in "iu"',
            'str(labels.dtype) not in ("int64", "uint8")',
            "int64_and_uint8",
        ),
        (
            'labels.dtype.kind not in "iu"',
            "(labels % 1 != 0).any()",
            "whole_floats_and_truths_pass",
        ),
        ("if outside.any():", "if outside[0]:", "only_the_first_label"),
        (
            'raise ValueError(f"label {',
            'raise IndexError(f"label {',
            "index_error_for_outside",
        ),
        (
            "(labels[..., None] == numbers).astype(np.float64)",
            "(labels == numbers) * 1.0",
            "labels_not_a_column",
        ),
        (
            "return (labels[..., None] == numbers).astype(np.float64)",
            "t = np.zeros((len(labels), classes)); t[labels, range(len(labels))] = 1; return t",
            "row_and_column_exchanged",
        ),
        (
            "(labels[..., None] == numbers).astype(np.float64)",
            "np.eye(len(labels), classes)",
            "labels_not_used",
        ),
        (
            "return targets.astype(as_float(scores).dtype, copy=False)",
            "return targets if labels.ndim == 2 else targets.astype(scores.dtype)",
            "rows_keep_their_dtype",
        ),
        ('labels.dtype.kind not in "iu"', "False", "any_type_passes"),
        ('labels.dtype.kind not in "iu"', "labels.dtype != int", "only_int64"),
        ("check_labels(labels, classes)\n    numbers", "numbers", "one_hot_unchecked"),
        (
            "(labels[..., None] == numbers)",
            "(labels[..., None] == (numbers + 1) % classes)",
            "one_place_left",
        ),
        (
            "numbers = np.arange(classes, like=labels)",
            "numbers = np.arange(max(labels) + 1)",
            "classes_of_the_batch",
        ),
        ("targets.shape != scores.shape", "len(targets) != len(scores)", "targets_of_any_width"),
        (
            "return targets.astype(as_float(scores).dtype, copy=False)",
            "return targets * 1.0 + np.zeros(1)",
            "targets_in_float64",
        ),
        ("targets.shape != scores.shape", "False", "targets_of_any_shape"),
    ],
    "cross_entropy": [
        (ENTROPY, "-np.sum(targets * np.log(probabilities + 1e-7))", "entropies_summed"),
        (
            ENTROPY,
            "-np.mean(targets * np.log(probabilities + 1e-7))",
            "entropies_averaged_over_all",
        ),
        (LOGARITHMS, LOGARITHMS.replace("np.log(", "np.log2("), "entropy_in_bits"),
        (ENTROPY, ENTROPY.replace("-(", "("), "entropy_negative"),
        (LOGARITHMS, LOGARITHMS.replace("1e-7", "1e-12"), "constant_of_1e_12"),
        (LOGARITHMS, LOGARITHMS.replace("1e-7", "10e-7"), "constant_of_1e_6"),
        (LOGARITHMS, LOGARITHMS.replace("1e-7", "1e7"), "constant_of_ten_million"),
        (
            ENTROPY,
            "-(np.log(targets * probabilities + 1e-7)).sum() / len(probabilities)",
            "constant_added_to_the_product",
        ),
        (
            ENTROPY,
            "-np.mean(np.log(probabilities[:, targets.argmax(1)] + 1e-7))",
            "all_pairs_averaged",
        ),
        (
            ENTROPY,
            "-np.sum(np.log(probabilities[targets.argmax(1)] + 1e-7)) / len(targets)",
            "rows_picked_and_summed",
        ),
        (
            ENTROPY,
            "-np.log(probabilities[range(len(probabilities)), labels] + 1e-7).mean()",
            "entropy_of_numbers_only",
        ),
        (
            ENTROPY,
            ENTROPY.replace("targets *", "labels *"),
            "entropy_of_rows_only",
        ),
    ],
    "log_softmax": [
        (SHIFT, "logits - np.max(logits)", "maximum_of_all"),
        (SHIFT, "logits", "nothing_subtracted"),
        (
            f"return {LOG_SOFTMAX}",
            "return np.log(np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True))",
            "logarithm_after_softmax",
        ),
        (LOG_SOFTMAX, LOG_SOFTMAX.replace("shifted - ", "logits - "), "shifted_once"),
        (SHIFT, "logits - np.max(logits, axis=-1)", "maximum_is_no_column"),
        (LOG_SOFTMAX, "shifted - np.log(np.exp(shifted).sum(axis=-1))", "maximum_is_no_column"),
        (SHIFT, "logits - np.min(logits, axis=-1, keepdims=True)", "minimum_subtracted"),
        (SHIFT, "logits - abs(logits).max(-1, keepdims=True)", "absolute_maximum_subtracted"),
        (
            LOG_SOFTMAX,
            "shifted - np.sum(np.exp(shifted), -1, keepdims=True)",
            "logarithm_of_the_sum_forgotten",
        ),
        (
            LOG_SOFTMAX,
            LOG_SOFTMAX.replace("keepdims=True)", "keepdims=True) + 1e-7"),
            "constant_in_the_sum",
        ),
        (
            SOFTMAX,
            "-np.sum(targets * np.log(log_softmax(logits))) / len(logits)",
            "logarithm_taken_twice",
        ),
        (SOFTMAX, "cross_entropy(log_softmax(logits), labels)", "logarithm_taken_twice"),
        (LOG_SOFTMAX, LOG_SOFTMAX.replace("axis=-1, keepdims=True", ""), "one_sum_for_all_rows"),
        (SOFTMAX, "-np.mean(targets * log_softmax(logits))", "softmax_losses_averaged_over_all"),
        (SOFTMAX, "-np.sum(targets * log_softmax(logits))", "softmax_losses_summed"),
        (SOFTMAX, "-np.sum(targets * logits) / len(logits)", "logits_as_log_probabilities"),
    ],
    "sigmoid_cross_entropy": [
        (YES_OR_NO, "targets * np.logaddexp(0, -logits)", "only_yes_counts"),
        (YES_OR_NO, "np.log(1 + np.exp(logits)) - targets * logits", "exponential_overflows"),
        (YES_OR_NO, "np.logaddexp(0, -logits) + targets * logits", "yes_and_no_exchanged"),
        (
            YES_OR_NO,
            "targets * np.log1p(np.exp(-logits)) + (1 - targets) * np.log1p(np.exp(logits))",
            "exponentials_of_both_terms_overflow",
        ),
        (YES_OR_NO, "np.logaddexp(1, logits) - targets * logits", "exponent_of_one"),
        (
            YES_OR_NO,
            "np.where(targets == 1, np.logaddexp(0, -logits), np.logaddexp(0, logits))",
            "targets_asked_for_one",
        ),
        (
            YES_OR_NO,
            "targets * np.logaddexp(0, -logits) + np.logaddexp(0, logits)",
            "factor_of_no_missing",
        ),
        (
            YES_OR_NO,
            "-(targets * np.log(y := np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7))"
            " + (1 - targets) * np.log(1 - y))",
            "yes_or_no_capped_at_1e_7",
        ),
        (
            "float(losses.sum() / len(logits))",
            "losses.sum(axis=1).mean()",
            "yes_or_no_summed_over_axis_one",
        ),
        ("float(losses.sum() / len(logits))", "losses.mean()", "yes_or_no_averaged_over_all"),
        ("logits.shape != targets.shape", "False", "yes_or_no_of_any_shape"),
    ],
    "hinge_loss": [
        (OTHERS, "scores != -np.inf", "right_class_counted"),
        (HINGES, "np.where(others, scores, 0) - right_scores + margin", "nothing_cut_off"),
        (HINGES, HINGES.replace("+ margin", "+ 1"), "margin_of_one"),
        (HINGES, "np.max(scores - right_scores + margin, 0)", "maximum_along_axis_zero"),
        (HINGES, HINGES.replace("np.maximum", "max"), "maximum_of_python"),
        (RIGHT_SCORES, "(scores * targets).sum(1)", "right_scores_no_column"),
        (RIGHT_SCORES, "scores[:, targets.argmax(1)]", "right_scores_of_all_pairs"),
        (
            RIGHT_SCORES,
            "np.max(scores * targets, axis=1, keepdims=True)",
            "right_score_by_maximum",
        ),
        (OTHERS, "scores != right_scores", "ties_left_out"),
        (
            COUNTED,
            "np.maximum(scores - right_scores + margin, 0).sum() / len(scores) - 1",
            "one_taken_off",
        ),
        (
            "right_scores = ",
            "scores -= (scores * targets).sum(axis=1, keepdims=True)\n    right_scores = ",
            "scores_overwritten",
        ),
        (HINGES, HINGES.replace("+ margin", "- margin"), "margin_subtracted"),
        (COUNTED, "np.where(others, violations, 0).max(axis=1).mean()", "only_the_strongest"),
        (
            HINGES,
            "np.array([[max(s - r[0] + margin, 0) * (1 - t) for s, t in "
            "zip(row, target)] for row, r, target in zip(scores, right_scores, targets)])",
            "loops_over_the_batch",
        ),
    ],
    "accuracy": [
        (
            "float((logits.argmax(axis=1) == right).mean())",
            "sum(logits.argmax(1) == right)",
            "hits_counted",
        ),
        (
            "(logits.argmax(axis=1) == right).mean()",
            "(logits.argmax(axis=1) != right).mean()",
            "error_rate",
        ),
        ("(logits.argmax(axis=1) == right)", "(np.argmin(logits, 1) == right)", "smallest_score"),
        ("(logits.argmax(axis=1) == right)", "(logits.argmax() == right)", "one_winner_for_all"),
        ("(logits.argmax(axis=1) == right)", "(np.max(logits, 1) == right)", "score_for_the_place"),
        (
            "(logits.argmax(axis=1) == right).mean()",
            "(sum(logits.argmax(axis=1) == right) // len(right))",
            "all_or_nothing",
        ),
    ],
    "hierarchical_softmax": [
        ("return way[::-1]", "return way", "from_leaf_to_root"),
        ("node = self.classes + int(label)", "node = label", "leaf_without_offset"),
        (
            "way.append((node // 2, node % 2))",
            "way.append((node, node % 2))",
            "node_with_its_own_turn",
        ),
        ("return way[::-1]", "return way.reverse()", "reverse_returns_nothing"),
        ("node //= 2", "node /= 2", "halves_climbed"),
        ("way.append((node // 2, node % 2))", "way.append((node / 2, node % 2))", "halves_noted"),
        (
            "way.append((node // 2, node % 2))",
            "way.append((node // 2, 1 if node % 2 else -1))",
            "left_is_minus_one",
        ),
        (
            f"total[n] -= {TERM}",
            "total[n] -= np.log(1 + np.exp(score * (1 - 2 * turn)))",
            "exponential_overflows_at_a_fork",
        ),
        (f"total[n] -= {TERM}", f"total[n] = -{TERM}", "only_the_last_fork"),
        (
            'self.params["W"][:, fork - 1] + self.params["b"][fork - 1]',
            'self.params["W"][:, fork] + self.params["b"][fork]',
            "column_of_the_next_fork",
        ),
        ("        check_labels(labels, self.classes)\n", "", "labels_not_checked"),
        (TERM, "np.logaddexp(0, -score)", "always_right"),
        (TERM, TERM.replace("== 1", "== 0"), "sigmoid_goes_left"),
        (' + self.params["b"][fork - 1]', "", "tree_without_biases"),
        ("total[n] -= ", "total[n] += ", "tree_positive"),
        (
            f"total[n] -= {TERM}",
            "total[n] += np.log(sigmoid(score) if turn == 1 else 1 - sigmoid(score))",
            "logarithm_of_rounded_sigmoid",
        ),
    ],
    "differences": [
        ("return (f(x + h) - f(x)) / h", "return (f(x) - f(x - h)) / h", "backward_for_forward"),
        ("return (f(x + h) - f(x)) / h", "return f(x + h) - f(x) / 1", "forward_not_divided"),
        ("return (f(x + h) - f(x)) / h", "return f(x + h) - f(x) / h", "forward_divides_one_value"),
        (
            "return (f(x + h) - f(x - h)) / (2 * h)",
            "return f(x + h) - f(x - h) / (2 * h)",
            "central_divides_one_value",
        ),
        (
            "return (f(x + h) - f(x - h)) / (2 * h)",
            "return (f(x + h) - f(x - h)) / 2 * h",
            "brackets_missing",
        ),
        (
            "return (f(x + h) - f(x - h)) / (2 * h)",
            "return (f(x + h) - f(x - h)) / h",
            "central_divided_by_one_step",
        ),
    ],
    "numerical_gradient": [
        (SLOPE, "(f(x + step) - f(x)) / h", "gradient_by_forward_differences"),
        (SLOPE, "(f(x + step) - f(x - step)) / h", "gradient_divided_by_one_step"),
        (SLOPE, "(f(x + step) - f(x - step)) / 2 * h", "gradient_without_brackets"),
        ("np.ndindex(x.shape)", "range(len(x))", "whole_rows_move"),
        ("np.ndindex(x.shape)", "range(x.size)", "gradient_by_flat_index"),
        (
            "np.ndindex(x.shape)",
            "[(i, j) for i in range(x.shape[0]) for j in range(x.shape[1])]",
            "gradient_of_two_axes",
        ),
        (
            "    gradient = np.zeros_like(x)\n",
            "    return (f(x + h) - f(x - h)) / (2 * h)\n",
            "one_slope_for_all",
        ),
        (
            f"        gradient[index] = {SLOPE}\n    return gradient",
            f"        gradient[index] = {SLOPE}\n        return gradient",
            "gradient_returned_in_the_loop",
        ),
        ("step[index] = h", "step[:] = h", "everything_moves"),
        ("if x.dtype != np.float64:", "x = x * 1.0\n    if False:", "any_dtype"),
    ],
    "gradient_descent": [
        (
            "x = x - learning_rate * f_gradient(x)",
            "x = x + learning_rate * f_gradient(x)",
            "ascent",
        ),
        (
            "x = x - learning_rate * f_gradient(x)",
            "x -= learning_rate * f_gradient(x)",
            "same_array_stored",
        ),
        ("    path = [x]\n", "    path = []\n", "path_without_start"),
        (
            "    path = [x]\n    for _ in range(steps):\n        x = x - ",
            "    x = x.copy()\n    path = [x]\n    for _ in range(steps):\n        x -= ",
            "copy_of_the_start_stored",
        ),
        (
            "        path.append(x)\n    return np.stack(path)",
            "        path.append(x)\n        return np.stack(path)",
            "path_returned_in_the_loop",
        ),
        ("return np.stack(path)", "return np.concatenate(path)", "points_run_together"),
        ("return np.stack(path)", "return path[-1]", "only_the_end"),
        ("x = x - learning_rate * f_gradient(x)", "x = x - f_gradient(x)", "whole_gradient"),
    ],
    "sgd": [
        ("order = rng.permutation(n)", "order = np.arange(n)", "not_shuffled"),
        (
            "order = rng.permutation(n)",
            "order = np.random.default_rng(0).permutation(n)",
            "generator_of_its_own",
        ),
        (
            "range(0, n, batch_size)",
            "range(0, n - batch_size + 1, batch_size)",
            "last_batch_dropped",
        ),
        ("order = rng.permutation(n)", "order = rng.integers(n, size=n)", "drawn_with_replacement"),
        ("if batch_size < 1:", "if batch_size == 0:", "any_batch_size"),
        ("        yield order[start", "        return order[start", "first_batch_alone"),
        ("start : start + batch_size", "start:batch_size", "slices_end_at_the_batch_size"),
        ("rng.permutation(n)", "rng.shuffle(np.arange(n))", "shuffle_returns_nothing"),
        (
            "    for start in range(0, n, batch_size):\n"
            "        yield order[start : start + batch_size]",
            "    yield from np.array_split(order, (n - 1) // batch_size + 1)",
            "evenly_split",
        ),
        (
            "    for name, param in params.items():\n        param -= learning_rate * grads[name]",
            '    params["W"] -= learning_rate * grads["W"]\n'
            '    params["b"] -= learning_rate * grads["b"]',
            "weights_and_biases_only",
        ),
        (
            "sgd_step(params, grads, learning_rate)\n            losses.append(loss)",
            "sgd_step(params, grads, learning_rate)\n        losses.append(loss)",
            "one_loss_per_epoch",
        ),
        (
            "            losses.append(loss)\n    return losses",
            "            losses.append(loss)\n            return losses",
            "ends_after_one_batch",
        ),
        (
            "            losses.append(loss)\n    return losses",
            "            losses.append(loss)\n        return losses",
            "ends_after_one_epoch",
        ),
        (
            "            sgd_step(params",
            "            params = sgd_step(params",
            "parameters_become_nothing",
        ),
        ("loss, grads = gradients(rows)", "grads, loss = gradients(rows)", "pair_exchanged"),
        (
            "    losses = []\n    for _ in range(epochs):",
            "    losses = []\n    params = {k: v.copy() for k, v in params.items()}\n"
            "    for _ in range(epochs):",
            "no_step_taken",
        ),
        (
            "param -= learning_rate * grads[name]",
            "param = param - learning_rate * grads[name]",
            "local_name_only",
        ),
        (
            "param -= learning_rate * grads[name]",
            "params[name] = param - learning_rate * grads[name]",
            "arrays_replaced",
        ),
        ("param -= learning_rate * grads[name]", "param -= grads[name]", "step_without_rate"),
        ("for _ in range(epochs):", "for _ in range(1, epochs):", "one_epoch_less"),
        (
            "            sgd_step(params, grads, learning_rate)\n            losses.append(loss)",
            "            losses.append(loss)\n        sgd_step(params, grads, learning_rate)",
            "one_step_per_epoch",
        ),
        (
            "            losses.append(loss)",
            "            losses.append(gradients(rows)[0])",
            "loss_after_the_step",
        ),
    ],
}
