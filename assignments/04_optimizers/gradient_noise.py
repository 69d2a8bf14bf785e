"""What a mini-batch knows: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep

task = Task(
    "gradient_noise",
    "What a mini-batch knows",
    points=5,
    needs=["alignment", "gradient_noise"],
    minutes=15,
)

SHAPES = {"W1": (5, 3), "b1": (3,), "W2": (3, 2)}


def gradient(rng, size=1.0):
    """Draw the gradient of a network, large in some arrays and small in others."""
    scales = dict(zip(SHAPES, (1.0, 0.3, 2.0), strict=True))
    return {name: size * scales[name] * rng.normal(size=SHAPES[name]) for name in SHAPES}


def near(rng, grads, size=0.5):
    """Return a gradient that points much the same way."""
    noise = gradient(rng, size)
    return {name: grads[name] + noise[name] for name in grads}


def turned_around(grads):
    """Return the same arrays in the opposite order."""
    return dict(reversed(list(grads.items())))


@task.check("alignment: the cosine of the angle between two long vectors", weight=2)
def cosine_of_two(impl, rng):
    full = gradient(rng, 3)
    return [impl.alignment(near(rng, full), full), impl.alignment(near(rng, full, 4.0), full)]


@task.check("alignment: 1 and −1 for the same and the opposite way, whatever the lengths")
def same_and_opposite(impl, rng):
    one = gradient(rng, 0.2)
    other = {name: -3 * g for name, g in one.items()}
    return [impl.alignment(one, one), impl.alignment(one, other), impl.alignment(other, other)]


@task.check("alignment: arrays belong together by name; tiny gradients are as good as any")
def by_name(impl, rng):
    full = gradient(rng)
    tiny = {name: 1e-9 * g for name, g in near(rng, full).items()}
    return impl.alignment(turned_around(tiny), full)


@task.check("gradient_noise: the root of the mean square distance", weight=2)
def noise_of_batches(impl, rng):
    full = gradient(rng, 2)
    return impl.gradient_noise(full, [near(rng, full, size) for size in (0.5, 2.0, 0.3)])


@task.check("gradient_noise: of one batch, its distance; 0 if it is the full gradient")
def noise_of_one(impl, rng):
    full = gradient(rng, 2)
    one = turned_around(near(rng, full))
    return [impl.gradient_noise(full, [one]), impl.gradient_noise(full, [full, full]) + 1]


@task.check("the gradients that are given are left as they were", weight=0.5)
def gradients_stay(impl, rng):
    full, batch = keep(impl, gradient(rng)), keep(impl, gradient(rng))
    found = [float(impl.alignment(batch, full)), float(impl.gradient_noise(full, [batch]))]
    return {"full": fetch(full), "batch": fetch(batch), "numbers returned": len(found)}


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.backpropagation import joint_norm
from solutions.optimizers import alignment, gradient_noise


def wrong_alignment(hint):
    return task.misconception(hint, replaces="alignment")


def wrong_noise(hint):
    return task.misconception(hint, replaces="gradient_noise")


def dot(grads, others):
    """Return the scalar product of two long vectors."""
    return sum(float((g * others[name]).sum()) for name, g in grads.items())


def differences(full, batch_grads):
    """Return the differences of the batches' gradients from the full one."""
    return [{name: grads[name] - full[name] for name in full} for grads in batch_grads]


@wrong_alignment(
    "You average the cosines of the arrays. A small array then counts as much as a large one: all"
    " of them together are one long vector."
)
def mean_of_cosines(grads, others):
    return float(np.mean([alignment({n: g}, {n: others[n]}) for n, g in grads.items()]))


@wrong_alignment(
    "You add up the cosines of the arrays, so that the sum may be more than 1: all of them "
    "together are one long vector."
)
def sum_of_cosines(grads, others):
    return sum(alignment({n: g}, {n: others[n]}) for n, g in grads.items())


@wrong_alignment(
    "That is the scalar product, which grows with the lengths. The cosine is what is left of it "
    "when both lengths have been divided out."
)
def not_divided(grads, others):
    return dot(grads, others)


@wrong_alignment("You divide by one of the two lengths only. The cosine depends on neither.")
def divided_by_first(grads, others):
    return dot(grads, others) / joint_norm(grads)


@wrong_alignment("You divide by one of the two lengths only. The cosine depends on neither.")
def divided_by_second(grads, others):
    return dot(grads, others) / joint_norm(others)


@wrong_alignment(
    "You divide by the square of one length. Both lengths belong below the line, each once."
)
def divided_by_first_squared(grads, others):
    return dot(grads, others) / joint_norm(grads) ** 2


@wrong_alignment(
    "You divide by the square of one length. Both lengths belong below the line, each once."
)
def divided_by_second_squared(grads, others):
    return dot(grads, others) / joint_norm(others) ** 2


@wrong_alignment("You divide by squared lengths: a root is missing.")
def root_missing(grads, others):
    return dot(grads, others) / (joint_norm(grads) * joint_norm(others)) ** 2


@wrong_alignment("You divide by the sum of the lengths. It is their product that belongs there.")
def sum_of_lengths(grads, others):
    return dot(grads, others) / (joint_norm(grads) + joint_norm(others))


@wrong_alignment(
    "The lengths that you divide by are too long: you add up the norms of the arrays. Squares add"
    " up, norms do not."
)
def norms_added(grads, others):
    def length(arrays):
        return sum(float(np.linalg.norm(g)) for g in arrays.values())

    return dot(grads, others) / (length(grads) * length(others))


@wrong_alignment("You return the angle. Its cosine is asked for.")
def angle(grads, others):
    return float(np.arccos(np.clip(alignment(grads, others), -1, 1)))


@wrong_alignment("You return 1 − cosine, a distance. The cosine itself is asked for.")
def cosine_distance(grads, others):
    return 1 - alignment(grads, others)


@wrong_alignment(
    "You lose the sign. A gradient that points the other way has a cosine of −1, and that is well "
    "worth knowing."
)
def sign_lost(grads, others):
    return abs(alignment(grads, others))


@wrong_alignment("You square the cosine: its sign is lost, and it is too small.")
def cosine_squared(grads, others):
    return alignment(grads, others) ** 2


@wrong_alignment(
    "The constant in your denominator hides small gradients: beside it they are nothing, and the "
    "cosine comes out near 0."
)
def constant_below(grads, others):
    return dot(grads, others) / (joint_norm(grads) * joint_norm(others) + 1e-8)


@wrong_alignment(
    "Only the first array counts for you: is there a return inside the loop, or an = for a +=?"
)
def first_array_only(grads, others):
    name = "W1" if "W1" in grads else next(iter(grads))
    return alignment({name: grads[name]}, {name: others[name]})


@wrong_alignment("Only weights count for you, and the biases are left out.")
def weights_only(grads, others):
    return alignment({n: g for n, g in grads.items() if g.ndim > 1}, others_only(others))


def others_only(others):
    """Return the arrays of more than one axis."""
    return {n: g for n, g in others.items() if g.ndim > 1}


@wrong_alignment(
    "You pair the arrays by their order. They need not stand in the same one: those of the same "
    "name belong together."
)
def paired_by_order(grads, others):
    u, v = (np.concatenate([g.ravel() for g in arrays.values()]) for arrays in (grads, others))
    return float(u @ v / np.linalg.norm(u) / np.linalg.norm(v))


@wrong_alignment(
    "The mean of each array's product comes out, where a sum belongs: so the arrays count unevenly."
)
def means_of_products(grads, others):
    product = sum(float((g * others[n]).mean()) for n, g in grads.items())
    return product / (joint_norm(grads) * joint_norm(others))


@wrong_noise(
    "You take the mean of the distances. The root of their mean *square* is asked for: squares are "
    "what falls like 1/B."
)
def mean_distance(full, batch_grads):
    return float(np.mean([joint_norm(d) for d in differences(full, batch_grads)]))


@wrong_noise("The root is missing: that is the mean square.")
def mean_square(full, batch_grads):
    return gradient_noise(full, batch_grads) ** 2


@wrong_noise(
    "You add up over the batches, and the more there are, the more comes out. Take the mean."
)
def sum_over_batches(full, batch_grads):
    return gradient_noise(full, batch_grads) * float(np.sqrt(len(batch_grads)))


@wrong_noise(
    "You measure the distances from the mean of these batches. The full gradient is given: measure "
    "from that."
)
def from_their_mean(full, batch_grads):
    mean = {n: np.mean([grads[n] for grads in batch_grads], axis=0) for n in full}
    return gradient_noise(mean, batch_grads)


@wrong_noise(
    "You divide by one less than there are batches, or by the root of that. Take the mean."
)
def one_batch_less(full, batch_grads):
    n = len(batch_grads)
    return gradient_noise(full, batch_grads) * float(np.sqrt(n / max(n - 1, 1e-300)))


@wrong_noise(
    "You measure how long the batches' gradients are. Their distance from the full one is asked "
    "for."
)
def lengths_for_distances(full, batch_grads):
    return gradient_noise({n: 0 * g for n, g in full.items()}, batch_grads)


@wrong_noise(
    "You compare the lengths. Two gradients of the same length may point anywhere: it is their "
    "difference that has to be measured."
)
def difference_of_lengths(full, batch_grads):
    lengths = np.array([joint_norm(grads) for grads in batch_grads])
    return float(np.sqrt(np.mean((lengths - joint_norm(full)) ** 2)))


@wrong_noise(
    "You average over the numbers of each gradient as well. The square of a distance is the *sum*"
    " of all squares."
)
def mean_over_numbers(full, batch_grads):
    count = sum(g.size for g in full.values())
    return gradient_noise(full, batch_grads) / float(np.sqrt(count))


@wrong_noise(
    "You add up the distances array by array. Squares add up, distances do not: all arrays "
    "together are one long vector."
)
def distances_added(full, batch_grads):
    sums = [
        sum(float(np.linalg.norm(g)) for g in d.values()) for d in differences(full, batch_grads)
    ]
    return float(np.sqrt(np.mean(np.square(sums))))


@wrong_noise(
    "You divide by the length of the full gradient. The noise itself is asked for, not its ratio "
    "to the signal."
)
def relative_to_the_full(full, batch_grads):
    return gradient_noise(full, batch_grads) / float(joint_norm(full))


@wrong_noise("Only the first batch counts for you: is there a return inside the loop?")
def first_batch_only(full, batch_grads):
    return gradient_noise(full, batch_grads[:1])


@wrong_noise("Only the last batch counts for you: is there an = where a += or an append belongs?")
def last_batch_only(full, batch_grads):
    return gradient_noise(full, batch_grads[-1:])


@wrong_noise("You take the largest distance. The root of the mean square is asked for.")
def largest_distance(full, batch_grads):
    return float(max(joint_norm(d) for d in differences(full, batch_grads)))


@wrong_noise(
    "You average the gradients first and measure the distance of that mean, in which the noise of"
    " the batches cancels. Measure each batch by itself."
)
def distance_of_the_mean(full, batch_grads):
    mean = {n: np.mean([grads[n] for grads in batch_grads], axis=0) for n in full}
    return gradient_noise(full, [mean])


@wrong_noise("You give the distances of all batches. One number is asked for.")
def all_distances(full, batch_grads):
    return [float(joint_norm(d)) for d in differences(full, batch_grads)]


@wrong_noise(
    "What you were given has changed: `-=` writes into the caller's array. Make a new one."
)
def subtracted_in_place(full, batch_grads):
    for grads in batch_grads:
        for name, grad in grads.items():
            if grads is not full:
                grad -= full[name]
    return gradient_noise(
        {n: 0 * g for n, g in full.items()},
        [g for g in batch_grads if g is not full] or [{n: 0 * g for n, g in full.items()}],
    )
