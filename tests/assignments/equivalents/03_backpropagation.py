"""Changes of the reference of chapter 3 that are no mistakes, each with the reason."""

EQUIVALENT = {
    "At exactly 0 the slope is a matter of taste, and the text says so.": {
        "relu": ["ReLU.forward: self._mask = x > 0 → self._mask = x >= 0"],
    },
    "The switches of later chapters only save time; the text does not ask for them.": {
        "affine": ["Affine.backward: if not self.needs_input_gradient: → pass"],
    },
    "Where the size is 0, the difference is 0, too: 0 over anything is 0. And |a − b| = |b − a|.": {
        "relative_error": [
            "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
            " → return np.abs(a - b) / np.where(size == 0, 2, size)",
            "relative_error: return np.abs(a - b) / np.where(size == 0, 1, size)"
            " → return np.abs(b - a) / np.where(size == 0, 1, size)",
        ],
    },
    "The loop asks every coordinate. And |a − b| = |b − a|.": {
        "gradient_check": [
            "gradient_check: kinks = np.zeros_like(x, dtype=bool)"
            " → kinks = np.ones_like(x, dtype=bool)",
            "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0"
            " → errors[kinks | (np.abs(slopes - gradient) <= uncertainty)] = 0",
        ],
    },
    "No difference is exactly as large as the uncertainty, no slope near ten times that.": {
        "gradient_check": [
            "gradient_check: errors[kinks | (np.abs(gradient - slopes) <= uncertainty)] = 0"
            " → errors[kinks | (np.abs(gradient - slopes) < uncertainty)] = 0",
            *(
                "gradient_check: unmeasured = int((~kinks & (np.abs(slopes) <= 10 * uncertainty))"
                f".sum()) → unmeasured = int((~kinks & (np.abs(slopes) {limit} * uncertainty))"
                ".sum())"
                for limit in ("< 10", "<= 9", "<= 11")
            ),
        ],
    },
    "Gradients that are all 0 stay 0 whatever they are multiplied by.": {
        "clip_by_norm": [
            "clip_by_norm: factor = min(1.0, max_norm / norm) if norm > 0 else 1.0"
            f" → factor = min(1.0, max_norm / norm) if norm > 0 else {factor}"
            for factor in ("0.0", "2.0")
        ],
    },
    "The gradients of the course are float64; only half precision needs the wider sum.": {
        "gradient_norms": [
            "gradient_norms: norms.append(float(np.sqrt(np.square(dout, dtype=np.float64).sum())))"
            " → norms.append(float(np.sqrt(np.square(dout).sum())))",
        ],
        "clip_by_norm": [
            "joint_norm: return np.sqrt(sum((np.square(g, dtype=np.float64).sum()"
            " for g in grads.values())))"
            " → return np.sqrt(sum((np.square(g).sum() for g in grads.values())))",
        ],
    },
    "The refusal of a limit that is not more than 0 is a courtesy; the text does not ask for it.": {
        "clip_by_norm": [
            f"clip_by_norm: max_norm = real('max_norm', max_norm, above=0) → {other}"
            for other in (
                "pass",
                "max_norm = real('max_norm', max_norm)",
                "max_norm = real('max_norm', max_norm, above=-1)",
            )
        ],
    },
}
