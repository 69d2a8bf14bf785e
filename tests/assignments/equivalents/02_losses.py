"""Changes of the reference of chapter 2 that are no mistakes, each with the reason."""

EQUIVALENT = {
    "(y − t)² = (t − y)².": {
        "squared_error": [
            "squared_error: return float(0.5 * ((predictions - targets) ** 2).sum() / "
            "len(predictions)) → return float(0.5 * ((targets - predictions) ** 2).sum() / "
            "len(predictions))"
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
            "one_hot_targets: return targets.astype(scores.dtype, copy=False)"
            f" → return targets.astype(scores.dtype{copy})"
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
