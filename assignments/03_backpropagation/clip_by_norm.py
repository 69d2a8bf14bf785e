"""Gradient clipping: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep, signed

task = Task(
    "clip_by_norm",
    "Gradient clipping",
    points=5,
    needs=["clip_by_norm", "joint_norm"],
    minutes=10,
)


def gradients_case(rng):
    """Draw the gradients of a network, some large and some small; their joint norm is about 10."""
    return {
        "W1": 2 * signed(rng, 3, 5),
        "b1": 0.1 * signed(rng, 5),
        "W2": signed(rng, 5, 2),
        "b2": 3 * signed(rng, 2),
    }


@task.check("joint_norm: the norm of one long vector")
def norm_of_all(impl, rng):
    return impl.joint_norm(gradients_case(rng))


@task.check("large gradients: all are scaled by one factor", weight=2)
def clip_large(impl, rng):
    clipped, _ = impl.clip_by_norm(gradients_case(rng), rng.uniform(1, 2))
    return clipped


@task.check("the joint norm before clipping is returned as well")
def clip_norm(impl, rng):
    _, norm = impl.clip_by_norm(gradients_case(rng), rng.uniform(1, 2))
    return norm


@task.check("small gradients are scaled, too, where the limit is smaller still")
def clip_below_one(impl, rng):
    small = {name: 0.05 * array for name, array in gradients_case(rng).items()}
    clipped, _ = impl.clip_by_norm(small, rng.uniform(0.1, 0.2))
    return clipped


@task.check("gradients within the limit are returned unchanged")
def clip_small(impl, rng):
    clipped, norm = impl.clip_by_norm(gradients_case(rng), rng.uniform(100, 200))
    return {"clipped": clipped, "norm": norm}


@task.check("gradients that are all 0 stay 0", weight=0.5)
def clip_zeros(impl, rng):
    zeros = {name: 0 * array for name, array in gradients_case(rng).items()}
    clipped, norm = impl.clip_by_norm(zeros, 1.0)
    return {"clipped": clipped, "norm": norm}


@task.check("the dictionary that is given, and its arrays, are left as they were", weight=0.5)
def clip_inputs_stay(impl, rng):
    kept = keep(impl, gradients_case(rng))
    clipped, _ = impl.clip_by_norm(kept, 1.0)
    return {**fetch(kept), "keys": sorted(clipped)}


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.backpropagation import clip_by_norm, joint_norm


@task.misconception(
    "You clip each array by its own norm. That turns the joint gradient: small arrays keep their "
    "size while large ones shrink. One factor for all keeps the direction."
)
def each_by_its_own_norm(grads, max_norm):
    clipped = {name: clip_by_norm({name: g}, max_norm)[0][name] for name, g in grads.items()}
    return clipped, clip_by_norm(grads, max_norm)[1]


@task.misconception(
    "You cut off each number by itself. That turns the gradient: scale all by one factor."
)
def each_number_cut_off(grads, max_norm):
    clipped = {name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}
    return clipped, clip_by_norm(grads, max_norm)[1]


@task.misconception(
    "Gradients within the limit are scaled up to it. Clipping only ever makes gradients smaller."
)
def small_ones_enlarged(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    return {name: g * (max_norm / norm if norm else 1) for name, g in grads.items()}, norm


@task.misconception(
    "What you were given has changed. Return a new dictionary, with new arrays in it."
)
def clipped_in_place(grads, max_norm):
    clipped, norm = clip_by_norm(grads, max_norm)
    for name, g in grads.items():
        g[...] = clipped[name]
    return grads, norm


@task.misconception(
    "The square root is missing from your norm: it grows with the square of the gradients.",
    replaces="joint_norm",
)
def root_forgotten(grads):
    return joint_norm(grads) ** 2


@task.misconception(
    "You add up the norms of the arrays. The joint norm is that of one long vector with all "
    "numbers in it: squares add up, norms do not.",
    replaces="joint_norm",
)
def norms_added(grads):
    return sum(float(np.sqrt((g**2).sum())) for g in grads.values())


@task.misconception(
    "You measure the largest number. The Euclidean norm takes all of them into account.",
    replaces="joint_norm",
)
def largest_number(grads):
    return float(max(np.abs(g).max() for g in grads.values()))


@task.misconception(
    "You return the norm after clipping, which says little more than the limit. The norm before it "
    "tells whether training is about to explode."
)
def norm_after_clipping(grads, max_norm):
    clipped, norm = clip_by_norm(grads, max_norm)
    return clipped, min(norm, max_norm)


@task.misconception(
    "When all gradients are 0 you divide by a norm of 0, and they turn into NaN, not a number."
)
def divided_by_norm_of_zero(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.minimum(1.0, np.divide(max_norm, norm))
        return {
            name: factor * g * (norm / norm if norm else np.nan) for name, g in grads.items()
        }, norm


@task.misconception(
    "Your fraction is upside down: the further the norm exceeds the limit, the smaller the factor "
    "has to be."
)
def factor_upside_down(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    return {name: min(1.0, norm / max_norm) * g for name, g in grads.items()}, norm


@task.misconception(
    "You take the larger of 1 and the fraction: large gradients pass, and small ones grow. "
    "Clipping only ever makes gradients smaller."
)
def larger_factor(grads, max_norm):
    norm = clip_by_norm(grads, max_norm)[1]
    factor = max(1.0, max_norm / norm) if norm else 1.0
    return {name: factor * g for name, g in grads.items()}, norm
