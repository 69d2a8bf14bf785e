"""Changes of the reference of chapter 2 that are no mistakes, each with the reason."""

EQUIVALENT = {
    "The package's rule for integers and half precision; not asked of students.": {
        "hierarchical_softmax": ["HierarchicalSoftmax.log_probability: x = as_float(x) → pass"],
        "differences": [
            f"{side}_difference: x = as_float(x) → pass" for side in ("forward", "central")
        ],
        "gradient_descent": ["gradient_descent: x = as_float(x) → pass"],
    },
    "Scores of −inf mask a class; the text does not ask for it.": {
        "hinge_loss": [
            "hinge_loss: others = (targets == 0) & (scores != -np.inf) → others = " + others
            for others in ("targets == 0", "(targets == 0) & (scores != np.inf)")
        ],
    },
    "What stands where the target is 0, or no other class, does not count.": {
        "log_softmax": [
            *(
                "softmax_cross_entropy: log_probabilities = np.where(targets, "
                "log_softmax(as_wide_float(logits)), 0) → log_probabilities = np.where(targets, "
                f"log_softmax(as_wide_float(logits)), {number})"
                for number in (1, -1)
            ),
            "softmax_cross_entropy: return float(-(targets * log_probabilities).sum() / "
            "len(logits)) → return float(-log_probabilities.sum() / len(logits))",
        ],
        "sigmoid_cross_entropy": [
            "sigmoid_cross_entropy: losses = np.logaddexp(0, as_wide_float(logits)) - targets * "
            "np.where(targets, logits, 0) → losses = np.logaddexp(0, as_wide_float(logits)) - "
            f"targets * np.where(targets, logits, {number})"
            for number in (1, -1)
        ],
        "hinge_loss": [
            "hinge_loss: violations = np.maximum(np.where(others, scores, 0) - right_scores + "
            "margin, 0) → violations = np.maximum(np.where(others, scores, "
            f"{number}) - right_scores + margin, 0)"
            for number in (1, -1)
        ],
    },
    "Of labels and scores of other shapes the text asks less; here the sentence is friendlier.": {
        "labels": [
            "one_hot_targets: if targets.ndim != 2 or targets.shape != scores.shape:"
            " → if targets.shape != scores.shape:",
            "one_hot_targets: targets = labels if labels.ndim == 2 else one_hot(labels, "
            "scores.shape[-1]) → targets = labels if labels.ndim == 2 else one_hot(labels, "
            "scores.shape[1])",
        ],
        "hierarchical_softmax": [
            "HierarchicalSoftmax.log_probability: if labels.shape != x.shape[:1]: → pass"
        ],
    },
    "(y − t)² = (t − y)².": {
        "squared_error": [
            "squared_error: return float(0.5 * ((as_wide_float(predictions) - targets) ** 2).sum() "
            "/ len(predictions)) → return float(0.5 * ((targets - as_wide_float(predictions)) ** "
            "2).sum() / len(predictions))"
        ],
    },
    "It matters on a GPU only.": {
        "labels": [
            "one_hot: numbers = np.arange(classes, like=labels) → numbers = np.arange(classes)",
            "one_hot_targets: labels = array_module(scores).asarray(labels) → pass",
        ],
    },
    "Zeros and ones of any type will do, and the text says so.": {
        "labels": [
            "one_hot: return (labels[..., None] == numbers).astype(np.float64)"
            " → return labels[..., None] == numbers"
        ],
    },
    "One-hot rows may be copied.": {
        "labels": [
            "one_hot_targets: return targets.astype(as_float(scores).dtype, copy=False)"
            f" → return targets.astype(as_float(scores).dtype{copy})"
            for copy in ("", ", copy=True")
        ],
    },
    "Any column has the length and the dtype; and a · b = b · a.": {
        "hierarchical_softmax": [
            *(
                "HierarchicalSoftmax.log_probability: total = np.zeros_like(x[:, 0])"
                f" → total = np.zeros_like(x[:, {column}])"
                for column in (1, -1)
            ),
            "HierarchicalSoftmax.log_probability: score = x[n] @ self.params['W'][:, fork - 1] + "
            "self.params['b'][fork - 1] → score = self.params['W'][:, fork - 1] @ x[n] + "
            "self.params['b'][fork - 1]",
        ],
    },
    "Every element is written to.": {
        "numerical_gradient": [
            "numerical_gradient: gradient = np.zeros_like(x) → gradient = np.ones_like(x)"
        ],
    },
    "A list of points is as good as an array, and the text says so.": {
        "gradient_descent": ["gradient_descent: return np.stack(path) → return path"],
    },
    "range refuses a step of 0 itself, with the same exception.": {
        "sgd": ["minibatches: if batch_size < 1: → if batch_size < 0:"],
    },
}
