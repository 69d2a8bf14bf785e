"""Finding kinks: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep, signed

from .inputs import positive

task = Task("crosses_kink", "Finding kinks", points=4, needs=["crosses_kink"], minutes=10)


@task.check("a kink on either side of x is found, at the coordinate where it is", weight=2)
def both_sides(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = signed(rng, 3, 4)
    x[1, 2], x[2, 0] = 0.4 * h, -0.4 * h
    asked = [(1, 2), (2, 0), (1, 0), (2, 2), (0, 3)]
    return [impl.crosses_kink(positive, x, index, h) for index in asked]


@task.check("a kink counts if it is nearer than h")
def within_h(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = h * np.array([[0.8, 1.3, -0.8], [-1.3, 0.9, -1.8]])
    return [impl.crosses_kink(positive, x, index, h) for index in np.ndindex(2, 3)]


@task.check("one winner among many that changes is enough")
def one_of_many(impl, rng):
    h = rng.uniform(0.01, 0.02)
    W = signed(rng, 4, 6)
    x = rng.normal(size=4)
    b = np.copysign(3.0, rng.normal(size=6)) - x @ W  # far from 0, but for one unit
    b[2] = 0.5 * h * W[1, 2] - x @ W[:, 2]
    return impl.crosses_kink(lambda x: x @ W + b > 0, x, (1,), h)


@task.check("the winners may be class numbers, or one mask for each side")
def kinds_of_winners(impl, rng):
    h = float(rng.integers(2, 6))  # a step may be a whole number, too
    x = h * np.array([[2.0, 1.4, 0.0], [0.0, 1.6, 1.0], [3.0, -3.0, 1.0]])

    def both_masks(v):  # as many win before as after
        return np.stack([v > h, v <= h])

    return {
        "argmax": [impl.crosses_kink(lambda v: v.argmax(axis=1), x, (i, 1), h) for i in range(3)],
        "masks": [impl.crosses_kink(both_masks, x, (i, 1), h) for i in range(3)],
    }


@task.check("only one coordinate moves, by h each way, and x is left as it was")
def one_coordinate(impl, rng):
    h = rng.uniform(0.01, 0.02)
    x = signed(rng, 3, 4)
    seen, kept = [], keep(impl, x)
    impl.crosses_kink(lambda v: seen.append(v) or v > 0, kept, (2, 1), h)
    moves = np.array(seen or [x]) - x
    return {
        "winners is asked": len(seen) > 0,
        "coordinates moved": max(np.count_nonzero(np.abs(move) > 1e-9) for move in moves),
        "moves": [moves[:, 2, 1].min(), moves[:, 2, 1].max()],
        "x": fetch(kept),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.backpropagation import crosses_kink

from .mistakes import moved


@task.misconception(
    "You compare with x itself on one side only. The central difference looks at both sides: a "
    "kink may lie on the other."
)
def one_side_only(winners, x, index, h):
    return bool(np.any(winners(moved(x, index, h)) != winners(x)))


@task.misconception(
    "You ask whether all winners change. A single one is enough to bend the function."
)
def all_must_change(winners, x, index, h):
    return bool(np.all(winners(moved(x, index, h)) != winners(moved(x, index, -h))))


@task.misconception(
    "You compare how many win. The number can stay the same while others win: compare who."
)
def winners_counted(winners, x, index, h):
    return bool(winners(moved(x, index, h)).sum() != winners(moved(x, index, -h)).sum())


@task.misconception(
    "You move all coordinates at once. The numerical derivative moves one, the one that is "
    "asked for."
)
def everything_moves(winners, x, index, h):
    return bool(np.any(winners(x + h) != winners(x - h)))


@task.misconception("You move a whole row. An index of several numbers means one coordinate.")
def whole_row_moves(winners, x, index, h):
    return crosses_kink(winners, x, index[:1], h)


@task.misconception("You move by half of h each way. The central difference goes h to either side.")
def half_the_way(winners, x, index, h):
    return crosses_kink(winners, x, index, h / 2)


@task.misconception(
    "True and False stand in each other's place: True means that a kink lies between."
)
def answer_reversed(winners, x, index, h):
    return not crosses_kink(winners, x, index, h)


@task.misconception(
    "After the call, x is not what it was. Put the coordinate back, or move a copy."
)
def x_left_moved(winners, x, index, h):
    x[index] += h
    above = winners(x)
    x[index] -= 2 * h
    return bool(np.any(above != winners(x)))


@task.misconception(
    "winners sees the same numbers both times, so it never gives another answer. Is x moved at "
    "all? And is it one array, moved twice, so that both names stand for the last place?"
)
def copies_share_memory(winners, x, index, h):
    above, below = x, x
    above[index] += h
    below[index] -= h
    return bool(np.any(winners(above) != winners(below)))


@task.misconception(
    "You move by a step of your own. What matters is a kink within the h that is given."
)
def step_of_its_own(winners, x, index, h):
    return crosses_kink(winners, x, index, 1e-5)


@task.misconception(
    "You move by twice h. The central difference goes h to either side, so a kink further away "
    "does no harm."
)
def twice_the_way(winners, x, index, h):
    return crosses_kink(winners, x, index, 2 * h)


@task.misconception(
    "You ask whether any winner stays the same. A kink lies between where any winner is another."
)
def any_stays(winners, x, index, h):
    return bool(np.any(winners(moved(x, index, h)) == winners(moved(x, index, -h))))


@task.misconception(
    "An index made into a list selects whole rows. As a tuple, it selects one element."
)
def index_as_list(winners, x, index, h):
    return crosses_kink(winners, x, list(index), h)


@task.misconception(
    "You look at one winner only, at the index that moves. One coordinate may change any of them, "
    "and there may be more winners or fewer than coordinates."
)
def only_its_own_winner(winners, x, index, h):
    return bool(winners(moved(x, index, h))[index] != winners(moved(x, index, -h))[index])


@task.misconception(
    "winners is never asked: you take it that the kink lies where x is 0. Where it lies, only "
    "winners knows."
)
def kink_taken_to_be_at_zero(winners, x, index, h):
    return bool(abs(x[index]) < h)


@task.misconception(
    "Your step lies in an array of whole numbers, where a small h becomes 0: nothing moves. "
    "zeros_like gives an array of the type of x."
)
def step_cut_to_whole_number(winners, x, index, h):
    return crosses_kink(winners, x, index, int(h))
