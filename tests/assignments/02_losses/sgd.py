"""Answers to sgd: right ones in other styles, and wrong ones."""

import math

import numpy as np


def minibatches_as_list(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("too small")
    rows = np.arange(n)
    rng.shuffle(rows)
    return [rows[i : i + batch_size] for i in range(0, n, batch_size)]


def minibatches_by_lists(n, batch_size, rng):
    if not batch_size >= 1:
        raise ValueError("too small")
    left = [int(row) for row in rng.permutation(n)]
    while left:
        yield left[:batch_size]
        left = left[batch_size:]


def minibatches_by_choice(n, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("too small")
    order = rng.choice(n, size=n, replace=False)
    batches = math.ceil(n / batch_size)
    return iter([order[k * batch_size : min(n, (k + 1) * batch_size)] for k in range(batches)])


def sgd_step_by_slices(params, grads, learning_rate):
    for name in params:
        params[name][...] = params[name] - learning_rate * grads[name]


def sgd_step_by_subtract(params, grads, learning_rate):
    for name, grad in grads.items():
        np.subtract(params[name], learning_rate * grad, out=params[name])
    return params


def sgd_in_one(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    history = []
    for epoch in range(epochs):
        order = rng.permutation(n)
        for i in range(0, n, batch_size):
            loss, grads = gradients(order[i : i + batch_size])
            history += [float(loss)]
            for key in grads:
                params[key] -= learning_rate * grads[key]
        assert epoch < epochs
    return history


def sgd_over_all(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    batches = [b for _ in range(epochs) for b in minibatches_as_list(n, batch_size, rng)]
    losses = np.zeros(len(batches))
    for i, rows in enumerate(batches):
        losses[i], grads = gradients(rows)
        sgd_step_by_slices(params, grads, learning_rate)
    return losses


def sgd_by_while(params, gradients, n, *, epochs, batch_size, learning_rate, rng):
    losses, epoch = [], 0
    while epoch < epochs:
        for rows in minibatches_by_lists(n, batch_size, rng):
            answer = gradients(rows)
            sgd_step_by_subtract(params, answer[1], learning_rate)
            losses.append(answer[0])
        epoch += 1
    return tuple(losses)


RIGHT = [
    {"minibatches": minibatches_as_list},
    {"minibatches": minibatches_by_lists},
    {"minibatches": minibatches_by_choice},
    {"sgd_step": sgd_step_by_slices},
    {"sgd_step": sgd_step_by_subtract},
    {"sgd": sgd_in_one},
    {"sgd": sgd_over_all},
    {"sgd": sgd_by_while},
]

STEP = "            sgd_step(params, grads, learning_rate)\n"
EACH = "            for name in params:\n                params[name]"
DEAL = "for rows in minibatches(n, batch_size, rng):"

SLIPS = [
    (STEP, f"{EACH} += learning_rate * grads[name]\n", "step_uphill_in_sgd"),
    (STEP, f"{EACH} -= grads[name]\n", "step_without_rate_in_sgd"),
    (
        STEP,
        '            params["W"] -= learning_rate * grads["W"]\n'
        '            params["b"] -= learning_rate * grads["b"]\n',
        "weights_and_biases_only_in_sgd",
    ),
    (
        DEAL,
        "for rows in np.array_split(rng.permutation(n), -(-n // batch_size)):",
        "sgd_splits_evenly",
    ),
    (
        DEAL,
        "for rows in rng.permutation(n)[: n - n % batch_size].reshape(-1, batch_size):",
        "sgd_drops_the_last_batch",
    ),
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
]

EQUIVALENT = {
    "range refuses a step of 0 itself, with the same exception.": [
        "minibatches: if batch_size < 1: → if batch_size < 0:"
    ]
}

NAMES = {
    "any_batch_size": [
        "minibatches: if batch_size < 1: → pass",
    ],
    "last_row_missing": [
        "minibatches: for start in range(0, n, batch_size): → for start in range(1, n, batch_size):",
    ],
    "slices_end_at_the_batch_size": [
        "minibatches: yield order[start:start + batch_size] → yield order[start:batch_size]",
    ],
    "local_name_only": [
        "sgd_step: for name, param in params.items(): → pass",
        "sgd_step: param -= learning_rate * grads[name] → pass",
        "sgd_step: param -= learning_rate * grads[name] → param = learning_rate * grads[name]",
    ],
    "step_uphill": [
        "sgd_step: param -= learning_rate * grads[name] → param += learning_rate * grads[name]",
    ],
    "step_without_rate": [
        "sgd_step: param -= learning_rate * grads[name] → param -= grads[name]",
    ],
    "no_step_taken": [
        "sgd: sgd_step(params, grads, learning_rate) → pass",
    ],
}
