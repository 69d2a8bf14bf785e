"""Changes of the reference of chapter 3 that are no mistakes, each with the reason."""

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": {
        "relu": ["ReLU.forward: self._mask = x > 0 → self._mask = x >= 0"],
    },
    "NumPy refuses these shapes, too; the sentence is only friendlier. The text does not ask.": {
        "affine": ["Affine.forward: if x.size != len(x) * len(W): → pass"],
    },
    "Where the size is 0, the difference is 0, too: 0 over anything is 0. And |a − b| = |b − a|.": {
        "relative_error": [
            "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
            " → return np.abs(a - b) / np.where(size == 0, 2, size)",
            "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
            " → return np.abs(b - a) / np.where(size == 0, 1, size)",
        ],
    },
    "Only where all coordinates are kinks is it the largest; then the text allows anything.": {
        "gradient_check": ["gradient_check: errors[index] = 0 → errors[index] = -1"],
    },
    "numerical_gradient refuses the same dtypes, with the same exception.": {
        "gradient_check": ["gradient_check: if x.dtype != np.float64: → pass"],
    },
    "Gradients that are all 0 stay 0 whatever they are multiplied by.": {
        "clip_by_norm": [
            "clip_by_norm: factor = min(1.0, max_norm / norm) if norm > 0 else 1.0"
            f" → factor = min(1.0, max_norm / norm) if norm > 0 else {factor}"
            for factor in ("0.0", "2.0")
        ],
    },
    "The gradients of the course are float64; only half precision needs the wider sum.": {
        "clip_by_norm": [
            "clip_by_norm: norm = float(np.sqrt(sum((float(np.square(g, dtype=np.float64).sum())"
            " for g in grads.values()))))"
            " → norm = float(np.sqrt(sum((float(np.square(g).sum()) for g in grads.values()))))",
        ],
    },
}
