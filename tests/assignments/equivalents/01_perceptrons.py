"""Changes of the reference of chapter 1 that are no mistakes, each with the reason."""

EQUIVALENT = {
    "The package's rule for integers; not asked of students.": {
        "sigmoid": ["sigmoid: x = as_float(x) → pass"],
        "forward_network": ["forward_network: x = as_float(x) → pass"],
    },
    "Any weights and bias that make a gate are right: x1 + x2 > 0 is an OR.": {
        "gates": [
            "or_gate: return step(-0.5 + x1 + x2) → return step(-0.0 + x1 + x2)",
            "or_gate: return step(-0.5 + x1 + x2) → return step(x1 + x2)",
        ],
    },
    "The refusal of targets of another length is a courtesy; the text does not ask for it.": {
        "learning": [
            "Perceptron.fit: for row, target in zip(as_float(x), targets, strict=True):"
            f" → for row, target in zip(as_float(x), targets{strict}):"
            for strict in ("", ", strict=False")
        ],
    },
    "Every row of W is as long as a bias has to be.": {
        "init_network": [
            "init_network: params[f'b{layer}'] = np.zeros_like(W[0])"
            f" → params[f'b{{layer}}'] = np.zeros_like(W[{row}])"
            for row in (-1, 1)
        ],
    },
}
