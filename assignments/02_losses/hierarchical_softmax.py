"""A tree of classes: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, lines_run

from .inputs import exception_of, outcome_of

task = Task(
    "hierarchical_softmax",
    "A tree of classes",
    points=10,
    needs=["HierarchicalSoftmax"],
    minutes=40,
    shapes="x (N, D), one row of it (D,), W (D, V − 1), one column of it (D,), b (V − 1,)",
)


def tree_case(rng, classes=6, size=1.0):
    """Draw the weights (3, V − 1) and the biases of a tree's forks."""
    return size * rng.normal(size=(3, classes - 1)), size * rng.normal(size=classes - 1)


def forks_and_turns(tree, label):
    """Return the way to a class as two lists, so that a report can say what is wrong."""
    way = tree.path(int(label))
    if not isinstance(way, list | tuple | np.ndarray) or any(np.size(pair) != 2 for pair in way):
        return way
    return {"forks": [pair[0] for pair in way], "turns": [pair[1] for pair in way]}


@task.check("path: the forks from the root to each of 8 classes", weight=2)
def path_to_eight(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng, 8))
    return {f"class {label}": forks_and_turns(tree, label) for label in rng.permutation(8)}


@task.check("path: 6 classes, where not all ways are equally long")
def path_to_six(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng))
    return {f"class {label}": forks_and_turns(tree, label) for label in rng.permutation(6)}


@task.check("log_probability: one number for each sample", weight=3)
def log_probability_of_batch(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng))
    return tree.log_probability(rng.normal(size=(7, 3)), np.append(rng.permutation(6), 2))


@task.check("log_probability: over all classes, the probabilities sum to 1")
def log_probability_sums_to_one(impl, rng):
    tree = impl.HierarchicalSoftmax(*tree_case(rng, 5))
    x = np.tile(rng.normal(size=3), (5, 1))
    return float(np.exp(np.asarray(tree.log_probability(x, np.arange(5)))).sum())


@task.check("log_probability: scores so large that probabilities round to 0")
def log_probability_far_away(impl, rng):
    W, _ = tree_case(rng)
    x, labels = rng.normal(size=(6, 3)), rng.permutation(6)
    sizes = rng.uniform(0.9, 1, size=5) * rng.permutation(np.array([1, -1, 1, -1, 1]))
    near = impl.HierarchicalSoftmax(W, 60 * sizes)
    far = impl.HierarchicalSoftmax(900 * W, 1000 * sizes)
    return {
        "scores around ±60": near.log_probability(x, labels),
        "scores around ±1000": far.log_probability(x, labels),
    }


@task.check("log_probability: no loop over all forks, only over those on the way")
def log_probability_on_the_way(impl, rng):
    W, b = tree_case(rng, 8)
    elsewhere = [1, 3, 4, 5]  # columns of the forks that do not lead to class 7
    W[:, elsewhere], b[elsewhere] = 1e6, -1e6
    x, last = rng.normal(size=(2, 3)), np.array([7, 7])
    tree, large = impl.HierarchicalSoftmax(W, b), impl.HierarchicalSoftmax(*tree_case(rng, 64))
    few, many = (lines_run(t.log_probability, x, last) for t in (tree, large))
    return {
        "log-probabilities": tree.log_probability(x, last),
        "8 times the classes, 4 times the lines": many > 4 * few,
    }


@task.check("log_probability refuses labels outside the classes (ValueError)")
def log_probability_refuses(impl, rng):
    tree, x = impl.HierarchicalSoftmax(*tree_case(rng)), rng.normal(size=(2, 3))
    return {
        "0 and 5 of 6": outcome_of(tree.log_probability, x, np.array([0, 5])),
        "a label of 6": exception_of(tree.log_probability, x, np.array([1, 6])),
        "a label of -1": exception_of(tree.log_probability, x, np.array([-1, 1])),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.losses import HierarchicalSoftmax, check_labels
from solutions.perceptrons import sigmoid

from .mistakes import ASSERTED, LOG2, LOG10, OTHER_ERROR


@task.misconception("Your way runs from the leaf up to the root. Return it from the root down.")
class from_leaf_to_root(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label)[::-1]


@task.misconception(
    "The turns are exchanged: node 2n + 1, the odd one, is the child on the right, with turn 1."
)
class turns_exchanged(HierarchicalSoftmax):
    def path(self, label):
        return [(fork, 1 - turn) for fork, turn in super().path(label)]


@task.misconception("The root is missing from your way. It is a fork, too: node 1.")
class root_missing(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label)[1:]


@task.misconception(
    "Each fork of yours comes with the turn that led to it. The turn belongs to the fork where it "
    "is taken, and the leaf is no fork."
)
class node_with_its_own_turn(HierarchicalSoftmax):
    def path(self, label):
        node, way = self.classes + label, []
        while node > 1:
            way.append((node, node % 2))
            node //= 2
        return way[::-1]


@task.misconception(
    "You start from the class number itself. Class c is leaf V + c: the numbers below V are forks."
)
class leaf_without_offset(HierarchicalSoftmax):
    def path(self, label):
        node, way = label, []
        while node > 1:
            way.append((node // 2, node % 2))
            node //= 2
        return way[::-1]


@task.misconception(
    "Your leaves begin with V − 1. There are V − 1 forks, numbered from 1, so class 0 is leaf V."
)
class leaf_one_too_early(HierarchicalSoftmax):
    def path(self, label):
        node, way = self.classes + label - 1, []
        while node > 1:
            way.append((node // 2, node % 2))
            node //= 2
        return way[::-1]


@task.misconception(
    "You return the forks without the turns. At each fork it matters which way is taken."
)
class turns_missing(HierarchicalSoftmax):
    def path(self, label):
        return [fork for fork, _ in super().path(label)]


class _Tree(HierarchicalSoftmax):
    """Adds up a term for each fork on the way."""

    def term(self, score, turn):
        return -np.logaddexp(0, -score if turn == 1 else score)

    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1] + self.params["b"][fork - 1]

    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        with np.errstate(all="ignore"):
            return np.array(
                [
                    sum(self.term(self.score(row, fork), turn) for fork, turn in self.path(int(c)))
                    for row, c in zip(x, labels, strict=True)
                ]
            )


@task.misconception(
    "Your forks are numbered from 0. In this tree the root has the number 1; only the columns of W "
    "begin with 0."
)
class forks_from_zero(_Tree):
    def path(self, label):
        return [(fork - 1, turn) for fork, turn in super().path(label)]

    def score(self, x, fork):
        return super().score(x, fork + 1)


@task.misconception("A left turn is −1 in your path. The task wants 0 for left and 1 for right.")
class left_is_minus_one(_Tree):
    def path(self, label):
        return [(fork, 2 * turn - 1) for fork, turn in super().path(label)]


@task.misconception("Your turns are words. The task wants numbers: 0 for left and 1 for right.")
class turns_in_words(_Tree):
    def path(self, label):
        return [(fork, "right" if turn else "left") for fork, turn in super().path(label)]

    def term(self, score, turn):
        return super().term(score, int(turn == "right"))


@task.misconception(
    "list.reverse() turns the list round in place and returns None. Turn it first, then return it."
)
class reverse_returns_nothing(HierarchicalSoftmax):
    def path(self, label):
        return super().path(label).reverse()


NOT_WHOLE = (
    "`/` makes halves, and floats of whole numbers: 13 / 2 is 6.5. The fork above node 13 is 6: "
    "divide with `//`."
)


class _Climber(HierarchicalSoftmax):
    """Climbs with a division of its own: for the fork that is noted, and for the next node."""

    def path(self, label):
        node, way = self.classes + label, []
        while node > 1:
            way.append((self.noted(node), node % 2))
            node = self.above(node)
        return way[::-1]

    def noted(self, node):
        return node // 2

    def above(self, node):
        return node // 2


@task.misconception(NOT_WHOLE)
class halves_noted(_Climber):
    def noted(self, node):
        return node / 2


@task.misconception(NOT_WHOLE)
class halves_climbed(_Climber):
    def above(self, node):
        return node / 2


@task.misconception(NOT_WHOLE)
class halves_everywhere(halves_noted):
    def above(self, node):
        return node / 2


@task.misconception(
    "Each fork replaces what the forks before it gave: only the last one counts. Add them up."
)
class only_the_last_fork(_Tree):
    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        total = np.zeros(len(x))
        for n, label in enumerate(labels):
            fork, turn = self.path(int(label))[-1]
            total[n] = self.term(self.score(x[n], fork), turn)
        return total


@task.misconception(
    "Going left counts like going right in your sum. The two probabilities of a fork sum to 1."
)
class always_right(_Tree):
    def term(self, score, turn):
        return -np.logaddexp(0, -score)


@task.misconception(
    "Left and right are exchanged: the sigmoid of the score is the probability of going right."
)
class sigmoid_goes_left(_Tree):
    def term(self, score, turn):
        return super().term(score, 1 - turn)


@task.misconception(
    "A left turn has probability 1 − σ(z). You take 1 − log σ(z): the logarithm comes last."
)
class one_minus_the_logarithm(_Tree):
    def term(self, score, turn):
        right = super().term(score, 1)
        return right if turn == 1 else 1 - right


@task.misconception(
    "Your log-probabilities are positive. A probability is at most 1, so its logarithm is at most "
    "0."
)
class tree_positive(_Tree):
    def log_probability(self, x, labels):
        return -super().log_probability(x, labels)


@task.misconception("You return probabilities. What is asked for is their logarithms.")
class tree_without_logarithm(_Tree):
    def log_probability(self, x, labels):
        return np.exp(super().log_probability(x, labels))


@task.misconception(LOG2)
class tree_in_bits(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels) / np.log(2)


@task.misconception(
    "You take the sigmoid first and its logarithm afterwards. For large scores the sigmoid is "
    "exactly 0, and its logarithm −infinity. Use log σ(z) = −log(1 + e^−z), with np.logaddexp."
)
class logarithm_of_rounded_sigmoid(_Tree):
    def term(self, score, turn):
        return np.log(sigmoid(score) if turn == 1 else 1 - sigmoid(score))


@task.misconception(
    "The formula is right, but e^−z overflows for scores far below 0. np.logaddexp(a, b) is "
    "log(e^a + e^b), without ever computing such a number."
)
class exponential_overflows_at_a_fork(_Tree):
    def term(self, score, turn):
        return -np.log(1 + np.exp(-score if turn == 1 else score))


@task.misconception(
    "You add a constant inside the logarithm. It caps the loss; log σ(z) = −log(1 + e^−z), with "
    "np.logaddexp, needs none."
)
class constant_at_each_fork(_Tree):
    def term(self, score, turn):
        return np.log((sigmoid(score) if turn == 1 else 1 - sigmoid(score)) + 1e-7)


@task.misconception(
    "You compute the probabilities of all classes and pick one. That visits all V − 1 forks; the "
    "point of the tree is to visit the few on the way. And a product of small numbers rounds to 0."
)
class all_classes_first(_Tree):
    def log_probability(self, x, labels):
        check_labels(labels, self.classes)
        with np.errstate(all="ignore"):
            return np.log(self.probabilities(x))[np.arange(len(x)), labels]


@task.misconception(
    "Fork n has column n − 1 of W, and b[n − 1]: forks are numbered from 1, columns from 0."
)
class column_of_the_next_fork(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork] + self.params["b"][fork]


@task.misconception("Fork n has the bias b[n − 1]: forks are numbered from 1, indices from 0.")
class bias_of_the_next_fork(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1] + self.params["b"][fork]


ROW_OF_W = (
    "You take a row of W where a column is meant: W is (D, V − 1), and in `W[i, j]` the first "
    "index is the input, the second one the fork."
)


def add_row_mistake(name, product):
    """Add the mistake of a row of W that goes into a product with a sample."""

    class WithRow(_Tree):
        def score(self, x, fork):
            return product(x, self.params["W"][fork - 1]) + self.params["b"][fork - 1]

    WithRow.__name__ = f"row_of_the_weights_{name}"
    task.misconception(ROW_OF_W)(WithRow)


add_row_mistake("on_the_right", lambda x, w: x @ w)
add_row_mistake("on_the_right_by_dot", lambda x, w: np.dot(x, w))
add_row_mistake("on_the_left", lambda x, w: w @ x)
add_row_mistake("on_the_left_by_dot", lambda x, w: np.dot(w, x))


@task.misconception("The biases of the forks are subtracted. They are added.")
class biases_subtracted(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1] - self.params["b"][fork - 1]


@task.misconception(LOG10)
class tree_to_base_ten(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels) / np.log(10)


@task.misconception(
    "You return the mean over the batch. What is asked for is one number for each sample."
)
class mean_of_the_batch(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels).mean()


@task.misconception(ASSERTED)
class labels_asserted(_Tree):
    def log_probability(self, x, labels):
        assert ((labels >= 0) & (labels < self.classes)).all()
        return super().log_probability(x, labels)


@task.misconception(OTHER_ERROR)
class index_error_for_labels(_Tree):
    def log_probability(self, x, labels):
        if ((labels < 0) | (labels >= self.classes)).any():
            raise IndexError
        return super().log_probability(x, labels)


@task.misconception("The biases of the forks are not added.")
class tree_without_biases(_Tree):
    def score(self, x, fork):
        return x @ self.params["W"][:, fork - 1]


@task.misconception("Your result is one number for the batch. Return one for each sample.")
class one_number_for_the_batch(_Tree):
    def log_probability(self, x, labels):
        return super().log_probability(x, labels).sum()


@task.misconception(
    "You take the mean over the forks. Probabilities along a way multiply, so logarithms add up."
)
class mean_over_the_forks(_Tree):
    def log_probability(self, x, labels):
        lengths = np.array([max(len(self.path(int(label))), 1) for label in labels])
        return super().log_probability(x, labels) / lengths


@task.misconception(
    "Labels outside the classes are not refused: a label of V leads to a leaf that does not exist."
)
class labels_not_checked(_Tree):
    def log_probability(self, x, labels):
        pairs = zip(x, labels, strict=True)
        return np.array([self.one(row, int(label)) for row, label in pairs])

    def one(self, row, label):
        return sum(self.term(self.score(row, fork), turn) for fork, turn in self.path(label))
