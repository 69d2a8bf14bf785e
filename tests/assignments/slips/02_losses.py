"""Slips of the pen: what learners write in the place of a piece of the reference.

For each task: what the reference says, what is written instead, and the mistake that has to be
named. They are independent of how ``misconceptions.py`` spells the same mistakes.
"""

SQUARES = "0.5 * ((predictions - targets) ** 2).sum() / len(predictions)"
ENTROPY = "float(-(targets * np.log(probabilities + 1e-7)).sum() / len(probabilities))"
SOFTMAX = "float(-(targets * log_softmax(logits)).sum() / len(logits))"
LOG_SOFTMAX = "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))"
SHIFT = "logits - logits.max(axis=-1, keepdims=True)"
YES_OR_NO = "np.logaddexp(0, logits) - targets * logits"
HINGES = "np.maximum(scores - right_scores + margin, 0) * (1 - targets)"
SLOPE = "(f(x + step) - f(x - step)) / (2 * h)"
TERM = "np.logaddexp(0, -score if turn == 1 else score)"

SLIPS = {
    "squared_error": [
        (SQUARES, "((predictions - targets) ** 2).sum() / len(predictions)", "no_half"),
        (SQUARES, "0.5 * np.mean((targets - predictions) ** 2)", "mean_of_all_squares"),
        (SQUARES, "np.mean(np.square(predictions - targets))", "mean_without_half"),
        (SQUARES, "0.5 * np.linalg.norm(predictions - targets) ** 2", "squares_summed"),
        ("predictions.shape != targets.shape", "False", "shapes_not_compared"),
    ],
    "labels": [
        ("(labels < 0) | (labels >= classes)", "labels >= classes", "negative_labels_pass"),
        (
            "(labels < 0) | (labels >= classes)",
            "(labels < 0) | (labels > classes)",
            "classes_counted_from_one",
        ),
        ("if outside.any():", "if outside.all():", "all_must_be_outside"),
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
            "return targets.astype(scores.dtype, copy=False)",
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
        (ENTROPY, ENTROPY.replace("np.log(", "np.log2("), "entropy_in_bits"),
        (ENTROPY, ENTROPY.replace("-(", "("), "entropy_negative"),
        (ENTROPY, ENTROPY.replace("1e-7", "1e-12"), "constant_of_1e_12"),
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
        (LOG_SOFTMAX, LOG_SOFTMAX.replace("axis=-1, keepdims=True", ""), "one_sum_for_all_rows"),
        (SOFTMAX, "-np.mean(targets * log_softmax(logits))", "softmax_losses_averaged_over_all"),
        (SOFTMAX, "-np.sum(targets * log_softmax(logits))", "softmax_losses_summed"),
        (SOFTMAX, "-np.sum(targets * logits) / len(logits)", "logits_as_log_probabilities"),
    ],
    "sigmoid_cross_entropy": [
        (YES_OR_NO, "targets * np.logaddexp(0, -logits)", "only_yes_counts"),
        (YES_OR_NO, "np.log(1 + np.exp(logits)) - targets * logits", "exponential_overflows"),
        (YES_OR_NO, "np.logaddexp(0, -logits) + targets * logits", "yes_and_no_exchanged"),
        ("float(losses.sum() / len(logits))", "losses.mean()", "yes_or_no_averaged_over_all"),
        ("logits.shape != targets.shape", "False", "yes_or_no_of_any_shape"),
    ],
    "hinge_loss": [
        (HINGES, "np.maximum(scores - right_scores + margin, 0)", "right_class_counted"),
        (HINGES, "(scores - right_scores + margin) * (1 - targets)", "nothing_cut_off"),
        (HINGES, HINGES.replace("+ margin", "+ 1"), "margin_of_one"),
        (HINGES, HINGES.replace("+ margin", "- margin"), "margin_subtracted"),
        (
            "float(violations.sum() / len(scores))",
            "np.max(violations, axis=1).mean()",
            "only_the_strongest",
        ),
        (
            "violations = np.maximum(scores - right_scores + margin, 0) * (1 - targets)",
            "violations = np.array([[max(s - r[0] + margin, 0) * (1 - t) for s, t in "
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
    ],
    "hierarchical_softmax": [
        ("return way[::-1]", "return way", "from_leaf_to_root"),
        ("node = self.classes + label", "node = label", "leaf_without_offset"),
        (
            "way.append((node // 2, node % 2))",
            "way.append((node, node % 2))",
            "node_with_its_own_turn",
        ),
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
