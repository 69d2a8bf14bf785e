"""A perceptron that learns: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import decisions, signed

task = Task(
    "learning",
    "A perceptron that learns",
    points=9,
    needs=["Perceptron"],
    minutes=40,
    shapes="x (N, D), one sample of it (D,), w (D,), b one number, targets (N,)",
)


def tangled(rng):
    """Draw samples (9, 3) that no line separates: the last is the first, with another answer."""
    x = rng.normal(size=(9, 3))
    x[8] = x[0]
    return x, np.array([1, 0, 0, 1, 1, 1, 0, 1, 0])


def beginner(impl, rng):
    """Make a perceptron (3,) that starts somewhere."""
    return impl.Perceptron(0.5 * signed(rng, 3), 0.3)


def state(model):
    """Return what a perceptron has learned."""
    return {"w": model.w, "b": model.b}


def after_one(impl, rng, score, target):
    """Return what a perceptron has learned after one sample, which it gives a certain score."""
    w = np.array([0.5, -1.0, 1.5]) * rng.uniform(1, 2)
    x, b = rng.normal(size=(1, 3)), 0.4
    x += (score - b - x @ w) * w / (w @ w)
    model = impl.Perceptron(w, b)
    mistakes = model.fit(x, np.array([target]), 1, rng.uniform(0.1, 0.2))
    return {"mistakes": mistakes, **state(model)}


@task.check("predict: 0 or 1 for a batch (N, D)")
def predict_batch(impl, rng):
    x, w, b = decisions(rng, rng.permutation([-1.0, 1.0])[0])
    return impl.Perceptron(w, b).predict(x)


@task.check("predict: for one input (D,) as well", weight=0.5)
def predict_one(impl, rng):
    x, w, b = decisions(rng, 1.0)
    model = impl.Perceptron(w, b)
    return [model.predict(row) for row in x]


@task.check("a 1 that was taken for a 0 corrects w and b", weight=1.5)
def missed(impl, rng):
    return after_one(impl, rng, -0.2, 1)


@task.check("a 0 that was taken for a 1 corrects w and b", weight=1.5)
def false_alarm(impl, rng):
    return after_one(impl, rng, 0.3, 0)


@task.check("a sample that is right changes nothing")
def right_already(impl, rng):
    return [after_one(impl, rng, -0.6, 0), after_one(impl, rng, 0.6, 1)]


@task.check("where the sum is exactly 0, as at a start with w = 0, the answer is 0")
def from_zero(impl, rng):
    x, targets = signed(rng, 5, 3), np.array([0, 1, 1, 0, 1])
    model = impl.Perceptron(np.zeros(3))
    before = {"answers before fit": model.predict(x), "one of them": model.predict(x[1])}
    mistakes = model.fit(x, targets, 1, rng.uniform(0.3, 0.6))
    return {**before, "mistakes": mistakes, **state(model)}


@task.check("the samples have their turn in order, each with what was learned before it")
def one_epoch(impl, rng):
    model = beginner(impl, rng)
    model.fit(*tangled(rng), 1, rng.uniform(0.3, 0.6))
    return state(model)


@task.check("fit returns the mistakes of each epoch, counted at each sample's turn", weight=2)
def mistakes_counted(impl, rng):
    return beginner(impl, rng).fit(*tangled(rng), 5, rng.uniform(0.3, 0.6))


@task.check("several epochs, and a second fit that goes on where the first stopped")
def goes_on(impl, rng):
    model, (x, targets) = beginner(impl, rng), tangled(rng)
    rate = rng.uniform(0.3, 0.6)
    first = model.fit(x, targets, 3, rate)
    between = state(model)
    return {"first": first, **between, "second": model.fit(x, targets, 2, rate), "end": model.w}


@task.check("without a learning rate, it is 1", weight=0.5)
def default_rate(impl, rng):
    model = beginner(impl, rng)
    mistakes = model.fit(*tangled(rng), 2)
    return {"mistakes": mistakes, **state(model)}


@task.check("where a line can separate the samples, an epoch without mistakes comes")
def separable(impl, rng):
    normal = np.array([0.6, -0.8])
    x = rng.uniform(-1.5, 1.5, size=(16, 2))
    targets = (x @ normal > 0.5).astype(int)
    x += np.outer(np.where(targets, 0.6, -0.6), normal)
    model = impl.Perceptron(np.zeros(2))
    mistakes = model.fit(x, targets, 30)  # Novikoff's bound: at most 29 mistakes in all
    found = model.predict(x)
    return {
        "epochs": len(mistakes),
        "mistakes in the last epoch": mistakes[-1],
        "answers": found,
    }


@task.check("the array w, x and targets are left as they were", weight=0.5)
def learning_leaves_inputs(impl, rng):
    x, targets = tangled(rng)
    given = {"w": keep(impl, signed(rng, 3)), "x": keep(impl, x), "targets": keep(impl, targets)}
    mistakes = impl.Perceptron(given["w"], 0.3).fit(given["x"], given["targets"], 2)
    return {**{name: fetch(array) for name, array in given.items()}, "epochs": len(mistakes)}


# Known mistakes -----------------------------------------------------------------------------------

from solutions.perceptrons import Perceptron, perceptron

from .mistakes import IF_FOR_ARRAYS, NOT_FITTING


class Changed(Perceptron):
    """The rule of learning, in pieces that a mistake can replace."""

    def fit(self, x, targets, epochs, learning_rate=1.0):
        return [self.epoch(x, targets, learning_rate) for _ in range(epochs)]

    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = self.error(row, int(target))
            self.correct(row, error, learning_rate)
            wrong += self.counted(error)
        return wrong

    def counted(self, error):
        return abs(error)

    def error(self, row, target):
        return target - int(self.predict(row))

    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error * row
        self.b = self.b + learning_rate * error


def correcting(rule, wrong):
    """Return a perceptron that corrects w, or b, or both, by another rule."""

    class Correcting(Changed):
        def correct(self, row, error, learning_rate):
            for name, x in (("w", row), ("b", 1.0)):
                old = getattr(self, name)
                new = old + learning_rate * error * x
                new = rule(old, learning_rate, error, x) if name in wrong else new
                setattr(self, name, new)

    return Correcting


def wrong_correction(hint):
    """Add a wrong correction of a parameter by its input, which is 1 for b: of w, of b, of both."""

    def add(rule):
        for wrong, what in (("wb", "w and b"), ("w", "w"), ("b", "b")):
            made = correcting(rule, wrong)
            made.__name__ = rule.__name__ + (f".{wrong}" if len(wrong) == 1 else "")
            task.misconception(hint.format(what=what))(made)
        return rule

    return add


@wrong_correction(
    "Your corrections of {what} have the wrong sign: after a 1 that was missed, the sum gets even "
    "smaller by them."
)
def away_from_target(old, rate, error, x):
    return old - rate * error * x


@wrong_correction(
    "The mistakes do not change {what}. Both are learned: the bias is a weight like the others."
)
def not_learned(old, rate, error, x):
    return old


@wrong_correction(
    "A false alarm, 1 in the place of 0, does not correct {what}. There the target itself is 0; "
    "what counts is the difference from the answer."
)
def false_alarms_stay(old, rate, error, x):
    return old + rate * max(error, 0) * x


@wrong_correction("A 1 that was taken for a 0 does not correct {what}; only false alarms do.")
def misses_stay(old, rate, error, x):
    return old + rate * min(error, 0) * x


@wrong_correction(
    "You add to {what} at every mistake. After a false alarm, 1 in the place of 0, e is −1: then "
    "the correction has to go the other way."
)
def always_adds(old, rate, error, x):
    return old + rate * abs(error) * x


@wrong_correction("The learning rate is not used for {what}: each correction is a whole one.")
def rate_ignored(old, rate, error, x):
    return old + error * x


LOST = (
    "A correction is added to what has been learned so far. You put it in the place of the old "
    "{what}, and what was learned is lost."
)


@wrong_correction(LOST)
def lost(old, rate, error, x):
    return rate * error * x


@wrong_correction(LOST)
def lost_at_mistakes(old, rate, error, x):
    return rate * error * x if error else old


@task.misconception(
    "All weights get the same correction. An input that was 0 is not to blame: each weight is "
    "corrected in proportion to its input."
)
class same_for_all_weights(Changed):
    def correct(self, row, error, learning_rate):
        self.w = self.w + learning_rate * error
        self.b = self.b + learning_rate * error


@task.misconception(
    "You correct for every sample, also for one that is right already. What is right stays."
)
class corrects_what_is_right(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            wrong += abs(self.error(row, int(target)))
            self.correct(row, 2 * int(target) - 1, learning_rate)
        return wrong


@task.misconception("Misses and false alarms cancel in your count. Each of them is one mistake.")
class mistakes_cancel(Changed):
    def counted(self, error):
        return error


@task.misconception("Your counts go on from epoch to epoch. Each epoch starts counting at 0.")
class counts_go_on(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = super().fit(x, targets, epochs, learning_rate)
        return [int(total) for total in np.cumsum(counts)]


@task.misconception(
    "You count after the epoch, with what has been learned by then. Count each sample at its turn."
)
class counted_after_the_epoch(Changed):
    def epoch(self, x, targets, learning_rate):
        super().epoch(x, targets, learning_rate)
        return int((self.predict(x) != targets).sum())


@task.misconception(
    "You count before the epoch. A sample's answer may have changed by the time of its turn."
)
class counted_before_the_epoch(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = int((self.predict(x) != targets).sum())
        super().epoch(x, targets, learning_rate)
        return wrong


@task.misconception(
    "You answer all samples first and correct afterwards. Each sample has to be answered with what "
    "was learned from the one before it."
)
class whole_epoch_at_once(Changed):
    def epoch(self, x, targets, learning_rate):
        errors = targets - self.predict(x)
        for row, error in zip(x, errors, strict=True):
            self.correct(row, int(error), learning_rate)
        return int(np.abs(errors).sum())


@task.misconception(
    "You correct until the sample is right before you go on. Each sample is corrected once at its "
    "turn."
)
class until_it_is_right(Changed):
    def correct(self, row, error, learning_rate):
        target = error + int(self.predict(row))
        for _ in range(100):
            if int(self.predict(row)) == target:
                break
            super().correct(row, error, learning_rate)


@task.misconception(
    "You correct by the distance from the sum w · x + b. This rule looks at the answer, 0 or 1."
)
class error_of_the_sum(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        with np.errstate(all="ignore"):
            return super().fit(x, targets, epochs, learning_rate)

    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            wrong += abs(self.error(row, int(target)))
            self.correct(row, int(target) - (row @ self.w + self.b), learning_rate)
        return wrong


@task.misconception(
    "You change the array w that was given. `w += step` writes into the caller's array; make a new "
    "one."
)
class weights_in_place(Changed):
    def correct(self, row, error, learning_rate):
        self.w += learning_rate * error * row
        self.b += learning_rate * error


@task.misconception(
    "You stop, or leave the list, as soon as an epoch has no mistake. The list has one number for "
    "each of the epochs that were asked for."
)
class stops_early(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = []
        for _ in range(epochs):
            mistakes.append(self.epoch(x, targets, learning_rate))
            if mistakes[-1] == 0:
                break
        return mistakes


@task.misconception(
    "Only one epoch runs. Is there a loop over the epochs, and does the return stand behind it, "
    "not inside it?"
)
class return_inside_the_loop(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, 1, learning_rate)


@task.misconception(
    "fit forgets what was learned: it sets w and b back. They start once, in __init__."
)
class starts_again(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        self.w, self.b = np.zeros_like(self.w), 0.0
        return super().fit(x, targets, epochs, learning_rate)


@task.misconception(
    "You return one number for all epochs together. A list is asked for, one number per epoch."
)
class one_count_for_all(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return sum(super().fit(x, targets, epochs, learning_rate))


@task.misconception("You return the share of samples that were wrong. Asked for is their number.")
class share_of_mistakes(Changed):
    def epoch(self, x, targets, learning_rate):
        return super().epoch(x, targets, learning_rate) / len(x)


@task.misconception("You count the samples that were right. Asked for are the mistakes.")
class right_ones_counted(Changed):
    def epoch(self, x, targets, learning_rate):
        return len(x) - super().epoch(x, targets, learning_rate)


def predicting(answer, axes):
    """Return a perceptron whose predict answers wrongly for x with so many axes."""

    class Predicting(Changed):
        def predict(self, x):
            return answer(x, self.w, self.b) if x.ndim in axes else super().predict(x)

        def counted(self, error):
            return int(error != 0)

    return Predicting


def wrong_answer(hint):
    """Add a wrong predict: of one input and of a batch, or of one of them alone."""

    def add(answer):
        kinds = ("", (1, 2), ""), (".one", (1,), "one input"), (".batch", (2,), "a batch")
        for suffix, axes, what in kinds:
            made = predicting(answer, axes)
            made.__name__ = answer.__name__ + suffix
            task.misconception(f"{hint} This concerns {what}." if what else hint)(made)
        return answer

    return add


@wrong_answer("predict leaves the bias out.")
def predicts_without_bias(x, w, b):
    return perceptron(x, w, 0.0)


@wrong_answer(
    "predict decides at ½. The sum w · x + b has to be compared with 0; ½ would be the middle of "
    "the answers, not of the sum."
)
def predicts_above_one_half(x, w, b):
    return np.greater(x @ w + b, 0.5).astype(int)


@wrong_answer(
    "predict subtracts b, which has to be added. If it calls your perceptron, look at task 2 first."
)
def predicts_with_bias_subtracted(x, w, b):
    return perceptron(x, w, -b)


@wrong_answer(
    "predict answers 1 where the sum is exactly 0. The rule says: only above 0. At a start with w "
    "= 0 every sum is 0."
)
def predicts_yes_at_zero(x, w, b):
    return np.greater_equal(x @ w + b, 0).astype(int)


@wrong_answer(
    "predict answers −1 for no. Here a perceptron answers 0, and the targets are 0 and 1, too."
)
def predicts_signs(x, w, b):
    return np.where(x @ w + b > 0, 1, -1)


@task.misconception(NOT_FITTING)
class predicts_with_weights_first(Changed):
    def predict(self, x):
        return np.greater(self.w @ x + self.b, 0).astype(int)


@task.misconception(NOT_FITTING)
class predicts_with_weights_first_by_dot(Changed):
    def predict(self, x):
        return np.greater(np.dot(self.w, x) + self.b, 0).astype(int)


@task.misconception("predict returns the sum. It has to decide: 0 or 1.")
class predicts_the_sum(Perceptron):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        with np.errstate(all="ignore"):
            return super().fit(x, targets, epochs, learning_rate)

    def predict(self, x):
        return x @ self.w + self.b


@task.misconception(IF_FOR_ARRAYS)
class predicts_with_if(Changed):
    def predict(self, x):
        return 1 if x @ self.w + self.b > 0 else 0


@task.misconception(
    "You count after the correction, when the sample may be right already. Count the answer that "
    "it got before."
)
class counted_after_the_correction(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            self.correct(row, self.error(row, int(target)), learning_rate)
            wrong += abs(self.error(row, int(target)))
        return wrong


@task.misconception(
    "Only the last epoch gets into the list: the append stands outside the loop over the epochs."
)
class only_the_last_epoch(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, epochs, learning_rate)[-1:]


@task.misconception(
    "Your loops stand the wrong way round: one sample has all its turns before the next one has "
    "any. Each epoch goes through all samples."
)
class loops_swapped(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for row, target in zip(x, targets, strict=True):
            turns = Changed.fit(self, row[None], [target], epochs, learning_rate)
            counts.append(sum(turns))
        return counts


@task.misconception(
    "What is learned stays in names of fit's own, and is lost when fit returns. Keep it in self."
)
class learned_in_local_names(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        w, b = self.w, self.b
        mistakes = super().fit(x, targets, epochs, learning_rate)
        self.w, self.b = w, b
        return mistakes


@task.misconception("You count all samples. Only those that were answered wrongly are mistakes.")
class all_samples_counted(Changed):
    def epoch(self, x, targets, learning_rate):
        super().epoch(x, targets, learning_rate)
        return len(x)


@task.misconception(
    "fit takes a sum of exactly 0 for a 1, but predict answers 0 there. Let fit ask predict."
)
class fit_says_yes_at_zero(Changed):
    def error(self, row, target):
        return target - int(row @ self.w + self.b >= 0)


@task.misconception("Your loop runs one epoch too few: range(1, epochs) leaves the first one out.")
class one_epoch_too_few(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        return super().fit(x, targets, epochs - 1, learning_rate)


ALL_SAMPLES = (
    "Inside the inner loop you ask predict for x, which is all samples. It is the turn of one of "
    "them: the row."
)


@task.misconception(ALL_SAMPLES)
class predicts_all_samples(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(x)
            self.correct(row, error, learning_rate)
            wrong += abs(error)
        return wrong


@task.misconception(ALL_SAMPLES)
class predicts_all_samples_as_one_number(Changed):
    def epoch(self, x, targets, learning_rate):
        return sum(int(target) - int(self.predict(x)) for target in targets)


@task.misconception(ALL_SAMPLES)
class predicts_all_samples_and_counts_one(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(x)
            self.correct(row, error, learning_rate)
            wrong += int(error != 0)
        return wrong


@task.misconception(ALL_SAMPLES)
class predicts_all_samples_with_if(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            if self.predict(x) != target:
                self.correct(row, self.error(row, int(target)), learning_rate)
                wrong += 1
        return wrong


@task.misconception(
    "You correct w by x, which is all samples, so w gets another shape. It is the turn of one of "
    "them: the row."
)
class corrects_by_all_samples(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = target - self.predict(row)
            self.correct(x, error, learning_rate)
            wrong += self.counted(error)
        return wrong


@task.misconception(
    "Your list has a number for each sample: the append stands inside the inner loop. It belongs "
    "to the end of an epoch."
)
class list_grows_at_each_sample(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for _ in range(epochs):
            wrong = 0
            for row, target in zip(x, targets, strict=True):
                wrong += Changed.epoch(self, row[None], [target], learning_rate)
                counts.append(wrong)
        return counts


@task.misconception(
    "Only the last sample of each epoch is corrected: the correction stands behind the inner loop, "
    "not in it."
)
class corrects_the_last_sample(Changed):
    def epoch(self, x, targets, learning_rate):
        errors = [self.error(row, int(target)) for row, target in zip(x, targets, strict=True)]
        self.correct(x[-1], errors[-1], learning_rate)
        return sum(abs(error) for error in errors)


@task.misconception(
    "You ask predict again after w has been corrected, so b gets another e. One answer, one e, for "
    "w and for b."
)
class error_asked_twice(Changed):
    def epoch(self, x, targets, learning_rate):
        wrong = 0
        for row, target in zip(x, targets, strict=True):
            error = self.error(row, int(target))
            self.w = self.w + learning_rate * error * row
            self.b = self.b + learning_rate * self.error(row, int(target))
            wrong += abs(error)
        return wrong


@task.misconception("You count the 1s that were missed, but not the false alarms.")
class only_misses_counted(Changed):
    def counted(self, error):
        return int(error > 0)


@task.misconception("You count the false alarms, but not the 1s that were missed.")
class only_false_alarms_counted(Changed):
    def counted(self, error):
        return int(error < 0)


SELF_MISSING = (
    "self. is missing: w, b and predict belong to the perceptron, and inside its methods they are "
    "called self.w, self.b and self.predict."
)


@task.misconception(SELF_MISSING)
class predict_without_self(Changed):
    def error(self, row, target):
        raise NameError("name 'predict' is not defined")


UNBOUND = "cannot access local variable 'w' where it is not associated with a value"


@task.misconception(SELF_MISSING)
class weights_without_self(Changed):
    def correct(self, row, error, learning_rate):
        raise UnboundLocalError(UNBOUND)


@task.misconception(SELF_MISSING)
class weights_without_self_at_mistakes(Changed):
    def correct(self, row, error, learning_rate):
        if error:
            raise UnboundLocalError(UNBOUND)


@task.misconception("Your list stays empty: at the end of each epoch its count has to be appended.")
class empty_list(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        super().fit(x, targets, epochs, learning_rate)
        return []


@task.misconception("fit returns nothing: the list of counts has to be returned.")
class nothing_returned(Changed):
    def fit(self, x, targets, epochs, learning_rate=1.0):
        super().fit(x, targets, epochs, learning_rate)
