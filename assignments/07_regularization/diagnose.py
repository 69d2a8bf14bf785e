"""Reading the curves: how it is checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, formula

NEEDS = ["thirds", "training_causes", "validation_causes", "diagnose"]
task = Task("diagnose", "What is wrong here?", points=8, needs=NEEDS, minutes=25)

CAUSES = (
    "too little training",
    "too large steps",
    "dead network",
    "underfitting",
    "overfitting",
    "other processing",
    "wrong labels",
)
TRUTH = {
    "flat at log C": {"dead network", "too large steps", "too little training"},
    "still falling": {"too little training"},
    "jumping above log C": {"too large steps"},
    "level, far above 0": {"underfitting"},
    "a gap that stays": set(),
    "falls and rises": {"overfitting"},
    "validation at chance": {"other processing", "wrong labels"},
}
"""The shapes that are drawn, and what they are compatible with."""

NAMES = ["train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]
COUNT = 10
"""So many trainings of each shape, spread over the numbers of classes."""
CLASSES = (2, 3, 10, 40, 200)


def drawn(rng, shape):
    """Draw trainings of one shape; return their histories with the numbers of classes.

    Levels are shares of log C, of accuracies shares of what lies between 1 / C and 1. They are
    spread evenly, so that each draw has low and high ones.
    """
    ranks = iter(rng.permuted(np.tile(np.arange(COUNT), (4, 1)), axis=1))

    def between(low, high):
        return low + (high - low) * (next(ranks) + rng.uniform(size=COUNT))[:, None] / COUNT

    epochs = rng.integers(24, 61, size=COUNT)
    t = np.arange(1, 61) / epochs[:, None]  # 1 is the end
    fast, flat = np.exp(-t / between(0.04, 0.07)), np.ones_like(t)
    learned = between(0.02, 0.08)
    train = learned + (1 - learned) * fast
    train_right, noise = 1 - 0.5 * train, 0.03
    if shape == "a gap that stays":
        level = between(0.2, 0.35)
        valid, valid_right = level + (1 - level) * fast, 1 - 0.8 * level - 0.5 * fast
    elif shape == "falls and rises":
        rise = np.where(np.arange(COUNT) % 2, 1.2, 0.6)[:, None] * between(0.9, 1.1)
        valid = 0.3 + 0.7 * fast + rise * np.clip((t - 0.25) / 0.75, 0, None)
        valid_right = 0.69 - 0.3 * fast - 0.2 * np.clip(t - 0.25, 0, None)
    elif shape == "validation at chance":
        valid, valid_right = 1 + between(0.5, 3) * (1 - fast), 0 * flat
    else:
        if shape == "flat at log C":
            train, noise = flat, 0.01
        elif shape == "still falling":
            train = 1 - between(0.5, 0.65) * t
        elif shape == "jumping above log C":
            train = 1.4 + between(0.3, 2) * rng.lognormal(0, 0.5, size=t.shape)
        elif shape == "level, far above 0":
            level = between(0.4, 0.6)
            train = level + (1 - level) * fast
        valid, valid_right = train * 1.03, np.clip(1 - train, 0, None)
        train_right = valid_right
    curves = np.stack([train, valid]) * (1 + noise * np.clip(rng.normal(size=(2, *t.shape)), -3, 3))
    found = []
    for k, n in enumerate(epochs):
        classes = CLASSES[k % len(CLASSES)]
        chance = 1 / classes
        rights = np.stack([train_right[k], valid_right[k]]) * (1 - chance) + chance
        rights += np.clip(0.01 * rng.normal(size=rights.shape), -0.03, 0.03)
        rows = [*(curves[:, k] * np.log(classes)), *np.clip(rights, 0, 1)]
        history = {name: row[:n] for name, row in zip(NAMES, rows, strict=True)}
        found.append((history, classes))
    return found


ASK = """
lambda judge, cases, names: [
    list(judge(*([dict(zip(names, rows.tolist()))] if names else rows.tolist()), classes))
    for rows, classes in cases
]
"""
"""What makes lists, as the trainer's are, on the implementation's side, and lists of its sets."""


def wrong(impl, function, curves, rng, shapes):
    """Ask a function about these curves of trainings; count wrong answers up to each C.

    ``diagnose`` gets them in a dictionary, the others one by one.
    """
    ask, draw = formula(impl, ASK.strip()), np.random.default_rng(int(rng.integers(1 << 31)))
    names, found = NAMES if function == "diagnose" else [], {}
    for shape in shapes:
        cases = [
            (np.stack([history[curve] for curve in curves]), classes)
            for history, classes in drawn(draw, shape)
        ]
        said = [set(one) for one in ask(getattr(impl, function), cases, names)]
        of_shape = {"named by what is not in the list": [not one <= set(CAUSES) for one in said]}
        for cause in CAUSES:
            right = cause in TRUTH[shape]
            key = f"without {cause}, which fits" if right else f"with {cause}, which does not fit"
            of_shape[key] = [(cause in one) != right for one in said]
        for key, is_wrong in of_shape.items():
            so_far = np.reshape(is_wrong, (-1, len(CLASSES))).sum(axis=0).cumsum()
            for k, wrong_ones in enumerate(so_far):
                asked = f"of {(k + 1) * COUNT // len(CLASSES)} with C up to {CLASSES[k]}"
                found[f"{shape}: trainings {key}, {asked}"] = int(wrong_ones)
    return found


TRAINING = "training_causes", ["train_loss"]
VALIDATION = "validation_causes", ["validation_loss", "validation_accuracy"]


@task.check("thirds: the means of the first, the middle and the last part")
def means(impl, rng):
    return [impl.thirds(rng.uniform(0.5, 2, size=n).tolist()) for n in (30, 31, 32, 7)]


@task.check("training_causes: nothing is learned, or the loss is still falling", weight=2)
def slow(impl, rng):
    return wrong(impl, *TRAINING, rng, ["flat at log C", "still falling"])


@task.check("training_causes: the loss jumps above log C, or stays level far above 0", weight=2)
def stuck(impl, rng):
    return wrong(impl, *TRAINING, rng, ["jumping above log C", "level, far above 0"])


@task.check("training_causes: a network that has learned is told from one that has not")
def learned(impl, rng):
    return wrong(impl, *TRAINING, rng, ["a gap that stays", "level, far above 0"])


@task.check("validation_causes: overfitting, and a gap that is none", weight=2)
def gaps(impl, rng):
    return wrong(impl, *VALIDATION, rng, ["a gap that stays", "falls and rises"])


@task.check("validation_causes: validation as good as guessing", weight=2)
def at_chance(impl, rng):
    return wrong(impl, *VALIDATION, rng, ["validation at chance", "a gap that stays"])


@task.check("diagnose: trainings of all these shapes", weight=2)
def all_shapes(impl, rng):
    return wrong(impl, "diagnose", NAMES, rng, TRUTH)


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.regularization import diagnose, thirds, training_causes, validation_causes

AT_LOG_C = {"dead network", "too large steps", "too little training"}
AT_CHANCE = {"other processing", "wrong labels"}
TWO = " Two causes of the list look the same here: name both."
THREE = " Three causes of the list look the same here: name all of them."


def add(replaces, name, hint, function):
    """Add a wrong function in the place of one of the four."""

    def wrong(*args):
        return function(*args)

    wrong.__name__ = name
    task.misconception(hint, replaces=replaces)(wrong)


def add_thirds(name, hint, function):
    """Add wrong thirds: function(the three parts)."""

    def wrong(curve):
        n = len(curve) // 3
        return function([curve[:n], curve[n : len(curve) - n], curve[len(curve) - n :]])

    add("thirds", name, hint, wrong)


add_thirds(
    "sums_of_thirds",
    "You add up each part. Means are asked for.",
    lambda parts: [sum(part) for part in parts],
)
add_thirds(
    "medians_of_thirds",
    "You take the median of each part. The mean is asked for.",
    lambda parts: [float(np.median(part)) for part in parts],
)
add_thirds(
    "last_of_each_third",
    "You take a single epoch of each part. The mean over the part is asked for: it has less noise.",
    lambda parts: [part[-1] for part in parts],
)
add_thirds(
    "thirds_backwards",
    "The three means are there, in the reverse order. The first part comes first.",
    lambda parts: [float(np.mean(part)) for part in parts[::-1]],
)
add(
    "thirds",
    "split_by_numpy",
    "Your parts are those of np.array_split, which gives epochs that are left over to the first "
    "parts. Here they belong to the middle: the first and the last part have len // 3 epochs.",
    lambda curve: [float(part.mean()) for part in np.array_split(curve, 3)],
)
add(
    "thirds",
    "rest_to_the_end",
    "Epochs that are left over belong to the last part with you. They are the middle's: the first "
    "and the last part have len // 3 epochs.",
    lambda curve: [
        float(np.mean(part))
        for part in np.split(np.array(curve), [len(curve) // 3, 2 * (len(curve) // 3)])
    ],
)


def add_last_part(name, last):
    """Add thirds whose last part alone is wrong: last(curve, n)."""

    def wrong(curve):
        return [*thirds(curve)[:2], float(np.mean(last(curve, len(curve) // 3)))]

    hint = (
        "Your last part has other epochs than the last len // 3. Count from the end, and print the "
        "length of each part for a list of 7."
    )
    add("thirds", name, hint, wrong)


add_last_part("last_from_two_thirds", lambda curve, n: curve[2 * n :])
add_last_part("last_with_the_middle", lambda curve, n: curve[n:])
add_last_part("last_without_the_end", lambda curve, n: curve[-n:-1])
add_last_part("last_without_the_end_too", lambda curve, n: curve[-n - 1 : -1])
add_last_part("last_one_shorter", lambda curve, n: curve[-n + 1 :])
add_last_part("last_one_longer", lambda curve, n: curve[-n - 1 :])
add_last_part("last_up_to_two_thirds", lambda curve, n: curve[2 * n : 3 * n])

# The training loss


def add_training(name, hint, **changed):
    """Add wrong training_causes, from another answer to one of its questions."""
    rule = {
        "log": math.log,
        "jumping": {"too large steps"},
        "flat": AT_LOG_C,
        "falling": {"too little training"},
        "level": {"underfitting"},
        "learned": set(),
        "above": 1.2,
        "falls": lambda losses, scale: thirds(losses)[1] - thirds(losses)[2] > 0.09 * scale,
        "low": lambda last, scale: last < 0.25 * scale,
    } | changed

    def wrong(losses, classes):
        scale, last = rule["log"](classes), thirds(losses)[2]
        if last > rule["above"] * scale:
            return rule["jumping"]
        if last > 0.9 * scale:
            return rule["flat"]
        if rule["low"](last, scale):
            return rule["learned"]
        return rule["falling"] if rule["falls"](losses, scale) else rule["level"]

    add("training_causes", name, hint, wrong)


add_training(
    "without_log_c",
    "You name underfitting where the loss has been at log C, or above it, from the first epoch to "
    "the last. That it does not fall is half of the matter. Beside log C you see that nothing has "
    "been learned at all.",
    jumping={"underfitting"},
    flat={"underfitting"},
)
add_training(
    "flat_is_underfitting",
    "You name underfitting where the loss has been at log C from the first epoch to the last. That "
    "it does not fall is half of the matter. Beside log C, the natural logarithm, you see that "
    "nothing has been learned at all.",
    flat={"underfitting"},
)
add_training(
    "dead_alone",
    "At log C from the first epoch to the last, you name the dead network alone." + THREE,
    flat={"dead network"},
)
add_training(
    "too_short_alone",
    "At log C from the first epoch to the last, you name too little training alone." + THREE,
    flat={"too little training"},
)
add_training(
    "flat_is_too_large_steps",
    "At log C from the first epoch to the last, you name too large steps alone." + THREE,
    flat={"too large steps"},
)
add_training(
    "flat_is_not_too_large_steps",
    "At log C from the first epoch to the last, you leave out too large steps. They do not always "
    "throw the loss about: the first of them may have killed the network, and then nothing moves "
    "any more. Page 7.8 has such a training.",
    flat=AT_LOG_C - {"too large steps"},
)
add_training(
    "flat_is_not_dead",
    "At log C from the first epoch to the last, you leave out the dead network. Where no gradient "
    "reaches the weights, nothing is learned either.",
    flat=AT_LOG_C - {"dead network"},
)
add_training(
    "flat_is_not_too_short",
    "At log C from the first epoch to the last, you leave out too little training. If the steps "
    "are short enough, nothing of it shows for all these epochs.",
    flat=AT_LOG_C - {"too little training"},
)
add_training(
    "jumping_is_dead",
    "Where the loss jumps about above log C, you name what belongs to a loss at log C. A network "
    "that does not move has the same loss in each epoch.",
    jumping=AT_LOG_C - {"too large steps"},
)
add_training(
    "jumping_is_any_of_three",
    "Where the loss jumps about above log C, you also name what belongs to a loss at log C. A "
    "network that does not move has the same loss in each epoch.",
    jumping=AT_LOG_C,
)
TEN = (
    "Your answers depend on the loss beside log 10, whatever the number of classes. What a network "
    "that only guesses has for a loss is log C."
)
add_training("ten_classes", TEN, log=lambda classes: math.log(10))
for above in (1.1, 1.15, 1.2):
    for below in (0.2, 0.25):  # with log 10, what comes out depends on the bounds
        add_training(
            f"ten_classes.{above}.{below}",
            TEN,
            log=lambda classes: math.log(10),
            above=above,
            falls=lambda losses, scale: thirds(losses)[1] - thirds(losses)[2] > 0.075 * scale,
            low=lambda last, scale, below=below: last < below * scale,
        )
add_training(
    "one_for_all",
    "Your answers depend on the loss beside 1, whatever the number of classes. What a network that "
    "only guesses has for a loss is log C: 0.69 with two classes, 5.3 with two hundred.",
    log=lambda classes: 1.0,
)
add_training(
    "accuracy_for_loss",
    "Your answers depend on the loss beside 1 / C. That is the accuracy of a network that guesses; "
    "its loss is log C.",
    log=lambda classes: 1 / classes,
)
add_training(
    "trend_of_two",
    "Whether a loss still falls you ask its last two epochs. From one epoch to the next the noise "
    "is larger than the fall: compare means over many epochs.",
    falls=lambda losses, scale: losses[-1] < losses[-2],
)
add_training(
    "no_trend",
    "A loss that is still falling steadily at the end is underfitting with you. Such a network can "
    "do more, and would in more epochs. Compare the end with the epochs before.",
    falling={"underfitting"},
)
add_training(
    "level_is_too_short",
    "A loss that has long been level far above 0 is too little training with you. More epochs "
    "would not change it. Compare the end with the epochs before.",
    level={"too little training"},
)
EXCHANGED = (
    "The two are exchanged: a loss that is still falling is underfitting with you, and one that "
    "has long been level is too little training."
)
add_training("trend_reversed", EXCHANGED, falling={"underfitting"}, level={"too little training"})
add_training(
    "fall_for_no_fall",
    EXCHANGED,
    falls=lambda losses, scale: thirds(losses)[1] - thirds(losses)[2] < 0.09 * scale,
)
add_training(
    "falling_is_both",
    "A loss that is still falling steadily at the end is underfitting as well with you. Whether "
    "the network can do no more is not known before the loss is level.",
    falling={"underfitting", "too little training"},
)
add_training(
    "falling_is_dead",
    "Where the loss is falling slowly, you name the dead network, too. It learns, so it lives.",
    falling={"dead network", "too little training"},
)
add_training(
    "falling_is_flat",
    "Where the loss is falling slowly, you name all that belongs to a loss at log C. This network "
    "learns, so it lives, and its steps go the right way.",
    falling=AT_LOG_C,
)
add_training(
    "zero_or_nothing",
    "You name underfitting where nearly nothing is left of the loss. No training reaches 0, and "
    "the first epochs are no measure: much of the loss is gone by then. Compare with log C, as "
    "everywhere.",
    low=lambda last, scale: last <= 0,
)
add_training(
    "level_is_learned",
    "A loss that has long been level is learned with you, however high it is. Compare it with log "
    "C, and with 0.",
    level=set(),
)

# Validation


def add_validation(name, hint, **changed):
    """Add wrong validation_causes, from another answer to one of its questions."""
    rule = {
        "guesses": lambda losses, right, classes: right < 1 / classes + 0.15,
        "rises": lambda losses: thirds(losses)[-1] > 1.2 * min(thirds(losses)),
        "chance": AT_CHANCE,
        "rising": {"overfitting"},
        "steady": set(),
    } | changed

    def wrong(losses, accuracies, classes):
        if rule["guesses"](losses, thirds(accuracies)[-1], classes):
            return rule["chance"]
        return rule["rising"] if rule["rises"](losses) else rule["steady"]

    add("validation_causes", name, hint, wrong)


add_validation(
    "any_gap",
    "You name overfitting where the validation loss falls and stays down. A gap between the two "
    "losses is normal: it is overfitting when validation gets worse again.",
    steady={"overfitting"},
)
add_validation(
    "gap_is_processing",
    "You name other processing where validation is worse than training and stays as good as it "
    "became. A gap is normal, and here other processing always leads to guessing.",
    steady={"other processing"},
)
add_validation(
    "rise_is_processing_too",
    "Where the validation loss falls and then rises, you name other processing, too. Here it "
    "always leads to guessing, and this network has read validation well.",
    rising={"overfitting", "other processing"},
)
add_validation(
    "rise_is_any_of_three",
    "Where the validation loss falls and then rises, you also name what belongs to a validation "
    "that is as good as guessing. Ask the accuracy.",
    rising=AT_CHANCE | {"overfitting"},
)
add_validation(
    "rise_reversed",
    "You name overfitting where the validation loss falls and stays down, and not where it rises "
    "again. It is the reverse.",
    rising=set(),
    steady={"overfitting"},
)
add_validation(
    "rise_not_seen",
    "Where the validation loss falls and then rises for most of the training, you see nothing "
    "wrong. Compare its end with its best time.",
    rising=set(),
)
add_validation(
    "rise_of_the_last_two",
    "Whether the validation loss rises you ask its last two epochs. That is mostly noise: compare "
    "means over many epochs.",
    rises=lambda losses: losses[-1] > losses[-2],
)
add_validation(
    "any_rise",
    "You name overfitting as soon as the last epoch is not the best one. A level curve with noise "
    "has its best epoch anywhere: compare means over many epochs.",
    rises=lambda losses: losses[-1] > min(losses),
)
add_validation(
    "chance_by_the_loss",
    "A validation loss above log C is guessing with you. It can pass log C while most answers are "
    "right, where the network is very sure of the few wrong ones. The accuracy tells whether it "
    "guesses.",
    guesses=lambda losses, right, classes: thirds(losses)[-1] > math.log(classes),
)
add_validation(
    "chance_of_ten",
    "You take an accuracy near 0.1 for guessing, whatever the number of classes. It is 1 / C.",
    guesses=lambda losses, right, classes: right < 0.25,
)
add_validation(
    "accuracy_beside_log_c",
    "You compare an accuracy with log C. That is the loss of a network that guesses; its accuracy "
    "is 1 / C.",
    guesses=lambda losses, right, classes: right < math.log(classes),
)
add_validation(
    "processing_alone",
    "Where validation is as good as guessing, you name the processing alone." + TWO,
    chance={"other processing"},
)
add_validation(
    "labels_alone",
    "Where validation is as good as guessing, you name the labels alone." + TWO,
    chance={"wrong labels"},
)
add_validation(
    "chance_is_overfitting",
    "Where validation is as good as guessing from the first epoch to the last, you name "
    "overfitting. What is learned by heart still is of some use for others: an accuracy of 1 / C "
    "is a bug.",
    chance={"overfitting"},
)
add_validation(
    "chance_is_overfitting_too",
    "Where validation is as good as guessing from the first epoch to the last, you also name "
    "overfitting. There was no time at which it was better.",
    chance=AT_CHANCE | {"overfitting"},
)

# All together


def add_always(function, name, hint, answer):
    """Add a function that gives the same answer to everything."""
    add(function, name, hint, lambda *_: answer)


for function in ("training_causes", "validation_causes", "diagnose"):
    add_always(
        function,
        f"{function}_silent",
        f"{function} never names a cause, whatever the curves.",
        set(),
    )
    add_always(
        function,
        f"{function}_names_all",
        f"{function} names every cause of the list, whatever the curves. Whoever says everything "
        "says nothing.",
        set(CAUSES),
    )


def parts_of(history, classes):
    """Return the causes that the training shows, and those that validation shows."""
    losses, accuracies = history["validation_loss"], history["validation_accuracy"]
    training = set(training_causes(history["train_loss"], classes))
    return training, set(validation_causes(losses, accuracies, classes))


def add_diagnose(name, hint, function):
    """Add a wrong diagnose: function(causes of the training, causes of validation)."""
    add("diagnose", name, hint, lambda history, classes: function(*parts_of(history, classes)))


add_diagnose(
    "both_always",
    "diagnose says something about validation where the network has not learned its training set. "
    "Validation cannot be good then, and tells nothing more.",
    lambda training, validation: training | validation,
)
add_diagnose(
    "validation_first",
    "diagnose lets validation speak first. Where the network has not learned its training set, "
    "validation cannot be good, and tells nothing more.",
    lambda training, validation: validation or training,
)
add_diagnose(
    "training_only",
    "diagnose finds what the training loss shows, and nothing that validation shows.",
    lambda training, validation: training,
)
add_diagnose(
    "validation_only",
    "diagnose finds what validation shows, and nothing that the training loss shows.",
    lambda training, validation: validation if not training else set(),
)
add_diagnose(
    "one_cause_alone",
    "diagnose never names more than one cause. Where two look the same, both belong in the answer.",
    lambda training, validation: set(sorted(training or validation)[:1]),
)


def gap_is_overfitting(history, classes):
    """Name overfitting wherever validation is worse than training."""
    causes = diagnose(history, classes)
    losses = thirds(history["train_loss"])[-1], thirds(history["validation_loss"])[-1]
    return causes | {"overfitting"} if losses[1] > losses[0] + 0.1 * math.log(classes) else causes


add(
    "diagnose",
    "gap_is_overfitting_in_diagnose",
    "diagnose names overfitting wherever the validation loss is well above the training loss. A "
    "gap is normal, and at chance it is a bug: it is overfitting when validation gets worse again.",
    gap_is_overfitting,
)


def accuracy_in(history, classes):
    """Judge the training accuracy as if it were a loss."""
    return diagnose({**history, "train_loss": history["train_accuracy"]}, classes)


add(
    "diagnose",
    "train_accuracy_as_loss",
    "diagnose hands the training accuracy over where the training loss belongs.",
    accuracy_in,
)
