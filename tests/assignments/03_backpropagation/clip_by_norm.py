"""Answers to clip_by_norm: right ones in other styles, and wrong ones."""

import math

import numpy as np


def joint_norm_by_dot(grads):
    everything = np.concatenate([np.ravel(g) for g in grads.values()])
    return math.sqrt(everything @ everything)


def clip_by_norm_by_concatenation(grads, max_norm):
    everything = np.concatenate([g.ravel() for g in grads.values()])
    norm = np.linalg.norm(everything)
    if norm <= max_norm:
        return {k: g.copy() for k, g in grads.items()}, norm
    return {k: g / norm * max_norm for k, g in grads.items()}, norm


def clip_by_norm_with_constant(grads, max_norm):
    """The constant is far below the tolerance."""
    total = 0.0
    for g in grads.values():
        for value in g.flat:
            total += float(value) ** 2
    norm = total**0.5
    scale = min(max_norm / (norm + 1e-12), 1)
    result = {}
    for key, g in grads.items():
        result[key] = np.array(g)
        result[key] *= scale
    return result, norm


RIGHT = [
    {"clip_by_norm": clip_by_norm_by_concatenation},
    {"clip_by_norm": clip_by_norm_with_constant, "joint_norm": joint_norm_by_dot},
]

SLIPS = [
    ("min(1.0, max_norm / norm)", "max_norm / norm", "small_ones_enlarged"),
    (
        "np.sqrt(sum(np.square(g, dtype=np.float64).sum() for g in grads.values()))",
        "sum(np.linalg.norm(g) for g in grads.values())",
        "norms_added",
    ),
    ("max_norm / norm)", "norm / max_norm)", "factor_upside_down"),
    ("min(1.0, max_norm / norm)", "max(1.0, max_norm / norm)", "larger_factor"),
]

EQUIVALENT = {
    "Gradients that are all 0 stay 0 whatever they are multiplied by.": [
        "clip_by_norm: factor = min(1.0, max_norm / norm) if norm > 0 else 1.0"
        f" → factor = min(1.0, max_norm / norm) if norm > 0 else {factor}"
        for factor in ("0.0", "2.0")
    ],
    "The gradients of the course are float64; only half precision needs the wider sum.": [
        "joint_norm: return np.sqrt(sum((np.square(g, dtype=np.float64).sum()"
        " for g in grads.values())))"
        " → return np.sqrt(sum((np.square(g).sum() for g in grads.values())))",
    ],
    "The refusal of a limit that is not more than 0 is a courtesy; the text does not ask for it.": [
        f"clip_by_norm: max_norm = real('max_norm', max_norm, above=0) → {other}"
        for other in (
            "pass",
            "max_norm = real('max_norm', max_norm)",
            "max_norm = real('max_norm', max_norm, above=-1)",
        )
    ],
}

NAMES = {
    "root_forgotten": [
        "joint_norm: return np.sqrt(sum((np.square(g, dtype=np.float64).sum() for g in grads.values()))) → return sum((np.square(g, dtype=np.float64).sum() for g in grads.values()))",
    ],
    "factor_upside_down": [
        "clip_by_norm: factor = min(1.0, max_norm / norm) if norm > 0 else 1.0 → factor = min(1.0, norm / max_norm) if norm > 0 else 1.0",
    ],
}
