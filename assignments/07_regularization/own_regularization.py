"""A training of one's own: how it is checked, and which mistakes are known.

Whatever the design, it has to read new samples in spite of the wrong labels. The other checks ask
for what every design owes: nothing of them depends on how the wrong labels are kept out.
"""

import numpy as np

from handgrad import Task, fetch, formula, keep

task = Task(
    "own_regularization",
    "A training of your own",
    points=7,
    needs=["OwnTraining"],
    minutes=35,
    shapes="x (N, D), labels (N,), predict (N, C)",
)

BATCHES, BATCH = 120, 40
COUNT, WRONG = 240, 0.4
FEATURES, CLASSES = 20, 3


class Samples:
    """Samples of some classes, and labels of which many are wrong.

    A class consists of two clusters, on opposite sides of the origin: no linear model tells one
    class from another. Each cluster has equally many samples, and equally many wrong labels of each
    other class, so that one draw is as hard as another.

    Parameters
    ----------
    rng : Draws
        Where the seed comes from: the numbers would be too many to travel with a release.
    features, classes : int
    """

    def __init__(self, rng, features=FEATURES, classes=CLASSES):
        self.rng = np.random.default_rng(int(rng.integers(1 << 31)))
        directions, _ = np.linalg.qr(self.rng.normal(size=(features, classes)))
        self.features, self.classes, self.centres = features, classes, 6 * directions.T
        number = self.rng.permutation(COUNT)
        self.x, true = self.samples(number)
        turn = number // (2 * classes)  # within its cluster
        self.is_wrong = turn < WRONG * COUNT / (2 * classes)
        others = (true + 1 + turn % (classes - 1)) % classes
        self.labels = np.where(self.is_wrong, others, true)

    def samples(self, number):
        """Return the x (N, D) and the true labels (N,) of samples of these numbers."""
        labels, side = number % self.classes, 1 - 2 * (number // self.classes % 2)
        noise = self.rng.normal(size=(len(number), self.features))
        return side[:, None] * self.centres[labels] + noise, labels

    def draw(self, count):
        """Return new samples."""
        return self.samples(self.rng.permutation(count))

    def batches(self, count):
        """Return which samples each mini-batch has, epoch by epoch, (count, BATCH)."""
        epochs = [self.rng.permutation(COUNT) for _ in range(count * BATCH // COUNT + 1)]
        return np.concatenate(epochs)[: count * BATCH].reshape(count, BATCH)


def made(impl, rng, samples):
    """Return a training that has seen nothing yet."""
    return impl.OwnTraining(samples.features, samples.classes, rng.generator())


LOOP = "lambda training, x, labels, batches: [training.train(x[b], labels[b]) for b in batches][:0]"


def train(impl, training, samples, batches):
    """Hand over these mini-batches, in one message."""
    formula(impl, LOOP)(training, samples.x, samples.labels, batches)
    return training


def read(training, x, classes):
    """Return the class of each sample; −1 for all if there are not N rows of C finite numbers."""
    scores = np.asarray(training.predict(x), dtype=float)
    if scores.shape != (len(x), classes) or not np.isfinite(scores).all():
        return np.full(len(x), -1)
    return scores.argmax(axis=1)


def reached(impl, rng, *of):
    """Return the accuracy on new samples after all mini-batches, the mean of two trainings."""
    shares = []
    for _ in range(2):
        samples = Samples(rng, *of)
        training = train(impl, made(impl, rng, samples), samples, samples.batches(BATCHES))
        x, labels = samples.draw(1000)
        shares.append((read(training, x, samples.classes) == labels).mean())
    return float(np.mean(shares))


# Right designs stay far above these bounds; no training without regularization comes near them.
@task.check("20 features, 3 classes, 40 % wrong: the share that is read", weight=2.5, at_least=0.8)
def reached_with_three_classes(impl, rng):
    return reached(impl, rng)


@task.check("24 features, 4 classes, 40 % wrong: the share that is read", weight=1.5, at_least=0.8)
def reached_with_four_classes(impl, rng):
    return reached(impl, rng, 24, 4)


def share_after(training, samples, x, label):
    """Return the share of x that is taken for a class after one batch of this class alone."""
    training.train(samples.x[:BATCH], np.full(BATCH, label))
    return (read(training, x, samples.classes) == label).mean()


PLACES = np.arange(4, 41, 4)


def so_far(holds):
    """Return of how many of 40 something holds, after each tenth of them."""
    return np.cumsum(holds)[PLACES - 1]


def all_or_none(holds):
    """Return 40 in tenths, or 0: what can be said of a training as a whole."""
    return so_far(np.full(40, bool(holds)))


def differ(y, other):
    """Return after each tenth of 40 rows how many are not the same in both."""
    y, other = (np.asarray(one, dtype=float).reshape(40, -1) for one in (y, other))
    if y.shape != other.shape:
        return so_far(np.ones(40))
    return so_far(~np.isclose(y, other, rtol=1e-6, atol=1e-9, equal_nan=True).all(axis=1))


@task.check("it learns, from all batches, and does not learn the wrong labels by heart", weight=1.5)
def learns_what_is_right(impl, rng):
    samples = Samples(rng, 24, 4)
    training = train(impl, made(impl, rng, samples), samples, samples.batches(BATCHES))
    x, labels = samples.draw(1000)
    again = read(training, samples.x, 4) == samples.labels
    share = (read(training, x, 4) == labels).mean()
    last = all(share_after(training, samples, x, label) > 0.9 for label in (0, 1))
    return {
        "of 40 wrong labels, learned by heart": all_or_none(again[samples.is_wrong].mean() > 0.65),
        "of 40 new samples, hardly better than guessed": all_or_none(share < 0.4 and not last),
        "of 40 new samples, as the last batch alone says": all_or_none(last),
    }


EPOCH = COUNT // BATCH


@task.check("predict: a row of finite numbers for each sample, the same alone and each time")
def alone(impl, rng):
    samples = Samples(rng)
    training = train(impl, made(impl, rng, samples), samples, samples.batches(EPOCH))
    x, _ = samples.draw(40)
    together = np.asarray(training.predict(x), dtype=float)
    if together.shape != (40, CLASSES):
        return list(together.shape)
    singly = [np.asarray(training.predict(x[n : n + 1])).reshape(-1) for n in range(40)]
    return {
        "rows that are not finite": so_far(~np.isfinite(together).all(axis=1)),
        "rows that become others when alone": differ(together, np.stack(singly)),
        "rows that become others the second time": differ(together, training.predict(x)),
    }


@task.check("whoever predicts on the way, or trains another one, changes nothing")
def nothing_else_changes_it(impl, rng):
    samples, others = Samples(rng), Samples(rng)
    source, batches = rng.generator(), samples.batches(2 * EPOCH)
    first, again, asked = (impl.OwnTraining(FEATURES, CLASSES, source) for _ in range(3))
    x, _ = samples.draw(40)
    y = train(impl, first, samples, batches).predict(x)
    for half in (batches[:EPOCH], batches[EPOCH:]):
        train(impl, asked, samples, half).predict(x)
    train(impl, again, samples, batches)
    train(impl, made(impl, rng, others), others, others.batches(EPOCH))
    return {
        "rows that are others if predict was called on the way": differ(y, asked.predict(x)),
        "rows that are others after another training": differ(y, again.predict(x)),
    }


@task.check("what goes in is left as it was", weight=0.5)
def inputs_stay(impl, rng):
    samples = Samples(rng)
    training = made(impl, rng, samples)
    x, labels, new = samples.x[:BATCH], samples.labels[:BATCH], samples.draw(BATCH)[0]
    kept_x, kept_labels, kept_new = (keep(impl, array) for array in (x, labels, new))
    training.train(kept_x, kept_labels)
    if not isinstance(training.predict(kept_new), np.ndarray):
        return "no array came back"
    return {
        "rows of the x of train that are changed": differ(x, fetch(kept_x)),
        "labels of train that are changed": differ(labels, fetch(kept_labels)),
        "rows of the x of predict that are changed": differ(new, fetch(kept_new)),
    }


# Known mistakes -----------------------------------------------------------------------------------

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.initialization import he
from solutions.optimizers import Adam, Network
from solutions.perceptrons import softmax
from solutions.regularization import L2, Dropout, OwnTraining

BY_HEART = (
    "After the training, predict repeats most of the wrong labels that it was shown: it has "
    "learned them by heart. Either nothing holds your network back, or what does is far too weak, "
    "or pulls the wrong way. With so many wrong labels, strengths are needed that would be too "
    "large elsewhere."
)
GUESSES = (
    "After the training, predict does hardly better than guessing. Does each batch change what "
    "predict uses, and start from where the last one has ended? Is there a hidden layer? Then what "
    "holds your network back may be so strong that nothing is learned."
)
OTHERS_DECIDE = (
    "What predict says of a sample depends on the samples beside it: it looks at their mean, their "
    "spread or their sum. Alone, a sample is to be told the same class."
)
OTHER_CHANCE = (
    "Two trainings with the same batches, and generators of the same seed, end at different "
    "networks. Either there is chance in it that does not come from rng, or something belongs to "
    "the class, or is global, and is shared by all trainings."
)
INTO_THE_GIVEN = (
    "You write into the array that you were given. It belongs to the caller: make a new one."
)


class Varied(OwnTraining):
    """The reference, of other strengths."""

    units, rate, strength, p_drop = 64, 0.01, 0.1, 0.0

    def __init__(self, features, classes, rng):
        self.loss, self.penalty, self.sizes = (
            SoftmaxWithLoss(),
            L2(self.strength),
            (features, classes),
        )
        self.begin(rng)

    def begin(self, rng):
        self.rng, (D, C), M = rng, self.sizes, self.units
        layers = [
            Affine(he((D, M), rng), np.zeros(M)),
            ReLU(),
            Affine(he((M, C), rng), np.zeros(C)),
        ]
        if self.p_drop:
            layers = [Dropout(self.p_drop, rng), *layers[:2], Dropout(self.p_drop, rng), layers[2]]
        self.network = Network(layers)
        self.optimizer = Adam(self.network.params, self.rate)


@task.misconception(BY_HEART)
class no_regularization(Varied):
    strength = 0.0


@task.misconception(BY_HEART)
class penalty_too_weak(Varied):
    strength = 0.001


@task.misconception(BY_HEART)
class rate_too_large_without_regularization(Varied):
    rate, strength = 0.03, 0.0


@task.misconception(GUESSES)
class penalty_too_strong(Varied):
    strength = 5.0


@task.misconception(GUESSES)
class nothing_is_trained(Varied):
    def train(self, x, labels):
        pass


@task.misconception(GUESSES)
class one_step_from_a_new_start(Varied):
    def train(self, x, labels):
        self.begin(self.rng)
        super().train(x, labels)


@task.misconception(
    "What predict says is what the last batch alone says. Each batch is a step further from where "
    "the one before has ended: make the network in __init__, not in train."
)
class each_batch_from_a_new_start(Varied):
    strength, latest = 0.01, None

    def train(self, x, labels):
        self.latest = x, labels

    def predict(self, x):
        if self.latest:  # all others would be forgotten
            self.begin(self.rng)
            for _ in range(60):
                super().train(*self.latest)
        self.latest = None
        return super().predict(x)


@task.misconception(
    "Asked a second time, your predict gives other numbers. Does it draw, as dropout does in "
    "training, or does it change what it uses? Predict in test mode."
)
class noise_in_predict(Varied):
    strength, p_drop = 0.0, 0.5

    def predict(self, x):
        return self.network.forward(x)


@task.misconception(
    "Whoever predicts on the way changes what is learned afterwards. Does predict switch to test "
    "mode, and nobody switches back? Does it draw from the rng of the training?"
)
class test_mode_for_ever(Varied):
    strength, p_drop = 0.0, 0.5

    def predict(self, x):
        self.network.training = False
        return self.network.forward(x)


@task.misconception(OTHERS_DECIDE)
class statistics_of_the_shown(Varied):
    def predict(self, x):
        return super().predict((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-6))


@task.misconception(OTHERS_DECIDE)
class shares_of_the_shown(Varied):
    def predict(self, x):
        return softmax(super().predict(x).T).T


@task.misconception(OTHER_CHANCE)
class chance_of_its_own(Varied):
    def begin(self, rng):
        super().begin(np.random.default_rng())


@task.misconception(OTHER_CHANCE)
class one_network_for_all(Varied):
    def train(self, x, labels):
        super().train(x, labels)
        one_network_for_all.latest = self.network

    def predict(self, x):
        return getattr(one_network_for_all, "latest", self.network).predict(x)


@task.misconception(
    "Your predict returns a class for each sample. Asked for are rows of C numbers, one for each "
    "class, such as logits or probabilities."
)
class classes_for_scores(Varied):
    def predict(self, x):
        return super().predict(x).argmax(axis=1)


@task.misconception(INTO_THE_GIVEN)
class noise_into_the_given(Varied):
    def train(self, x, labels):
        x += 2 * self.rng.normal(size=x.shape)
        super().train(x, labels)


@task.misconception(INTO_THE_GIVEN)
class scaled_in_place(Varied):
    def predict(self, x):
        scores = super().predict(x)
        x /= 5
        return scores
