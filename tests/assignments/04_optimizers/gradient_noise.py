"""Answers to gradient_noise: right ones in other styles, and wrong ones."""

import math

import numpy as np


def flat(grads):
    return np.concatenate([grads[name].ravel() for name in sorted(grads)])


def alignment_by_vectors(grads, others):
    u, v = flat(grads), flat(others)
    return (u / np.linalg.norm(u)) @ (v / np.linalg.norm(v))


def alignment_by_loops(grads, others):
    product = first = second = 0.0
    for name in grads:
        for a, b in zip(grads[name].flat, others[name].flat, strict=True):
            product += float(a * b)
            first += float(a) ** 2
            second += float(b) ** 2
    return product / math.sqrt(first * second)


def noise_by_vectors(full, batch_grads):
    table = np.stack([flat(grads) for grads in batch_grads])
    return np.sqrt(((table - flat(full)) ** 2).sum(axis=1).mean())


def noise_by_loops(full, batch_grads):
    total = 0.0
    for grads in batch_grads:
        for name, grad in grads.items():
            total += np.square(full[name] - grad).sum() / len(batch_grads)
    return total**0.5


RIGHT = [
    {"alignment": alignment_by_vectors, "gradient_noise": noise_by_vectors},
    {"alignment": alignment_by_loops, "gradient_noise": noise_by_loops},
]

SLIPS = [
    ("return float(dot / (joint_norm(grads) * joint_norm(others)))", "return dot", "not_divided"),
    (
        "dot / (joint_norm(grads) * joint_norm(others))",
        "dot / (joint_norm(grads) + joint_norm(others))",
        "sum_of_lengths",
    ),
    (
        "joint_norm(grads) * joint_norm(others)",
        "joint_norm(grads) ** 2",
        "divided_by_first_squared",
    ),
    ("float(np.sqrt(np.mean(np.square(distances))))", "float(np.mean(distances))", "mean_distance"),
    (
        "float(np.sqrt(np.mean(np.square(distances))))",
        "float(np.mean(np.square(distances)))",
        "mean_square",
    ),
    ("grad - full[name] for name", "grad for name", "lengths_for_distances"),
]

EQUIVALENT = {
    "A distance is the same both ways.": [
        "gradient_noise: distances = [joint_norm({name: grad - full[name] for name, grad in grads.items()}) for grads in batch_grads] → distances = [joint_norm({name: full[name] - grad for name, grad in grads.items()}) for grads in batch_grads]",
    ]
}

NAMES = {
    "divided_by_first": [
        "alignment: return float(dot / (joint_norm(grads) * joint_norm(others))) → return float(dot / joint_norm(grads))"
    ],
    "divided_by_second": [
        "alignment: return float(dot / (joint_norm(grads) * joint_norm(others))) → return float(dot / joint_norm(others))"
    ],
    "lengths_for_distances": [
        "gradient_noise: distances = [joint_norm({name: grad - full[name] for name, grad in grads.items()}) for grads in batch_grads] → distances = [joint_norm({name: grad for name, grad in grads.items()}) for grads in batch_grads]"
    ],
    "mean_square": [
        "gradient_noise: return float(np.sqrt(np.mean(np.square(distances)))) → return float(np.mean(np.square(distances)))"
    ],
    "means_of_products": [
        "alignment: dot = sum(((grad * others[name]).sum() for name, grad in grads.items())) → dot = sum(((grad * others[name]).mean() for name, grad in grads.items()))"
    ],
    "not_divided": [
        "alignment: return float(dot / (joint_norm(grads) * joint_norm(others))) → return float(dot)"
    ],
    "sum_over_batches": [
        "gradient_noise: return float(np.sqrt(np.mean(np.square(distances)))) → return float(np.sqrt(np.sum(np.square(distances))))"
    ],
}
