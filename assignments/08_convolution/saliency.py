"""Saliency maps: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .seen import CLASSES, C, H, W, network_of

task = Task(
    "saliency",
    "Which pixels move the score",
    points=5,
    needs=["saliency_map"],
    minutes=15,
    shapes="x (N, C, H, W), labels (N,), saliency (N, H, W)",
)


def case(rng, N):
    """Draw images and labels, all classes among them if there is room."""
    return rng.normal(size=(N, C, H, W)), rng.permutation(np.arange(N) % CLASSES)


@task.check("one image: the slope of its score, without a sign, the largest of all channels")
def one_image(impl, rng):
    return impl.saliency_map(network_of(impl, rng, training=False), *case(rng, 1))


@task.check("a batch: each image has the map of its own label's score, (N, H, W)", weight=2)
def batch(impl, rng):
    return impl.saliency_map(network_of(impl, rng, training=False), *case(rng, 5))


@task.check("a network in training mode: the map is made in test mode", weight=2)
def test_mode(impl, rng):
    return impl.saliency_map(network_of(impl, rng), *case(rng, 4))


@task.check("afterwards the mode is what it was")
def mode(impl, rng):
    found = {}
    for name, training in (("training", True), ("test mode", False)):
        network, (x, labels) = network_of(impl, rng, training=training), case(rng, 2)
        found[f"from {name}"] = impl.saliency_map(network, x, labels)
        found[f"{name} again"] = network.forward(x)
    return found


@task.check("a network that has been trained, which leaves the gradient of x out otherwise")
def trained(impl, rng):
    network = network_of(impl, rng, training=False, input_too=False)
    return impl.saliency_map(network, *case(rng, 4))


@task.check("300 images at once", weight=0.5)
def many(impl, rng):
    network = network_of(impl, rng, training=False)
    x, labels = case(np.random.default_rng(int(rng.integers(1 << 31))), 300)
    found = np.asarray(impl.saliency_map(network, x, labels))
    return {"shape": found.shape, "three of them": found[[0, 140, 299]]}


@task.check(  # a network in float32: machines round its logits differently
    "x, labels and parameters are left as they were; float32 stays float32", weight=0.5, rtol=1e-4
)
def inputs_stay(impl, rng):
    network, (x, labels) = network_of(impl, rng, "f4"), case(rng, 3)
    kept = {"x": keep(impl, x.astype("f4")), "labels": keep(impl, labels)}
    found = np.asarray(impl.saliency_map(network, *kept.values()))
    now = {name: fetch(array) for name, array in kept.items()}
    y = network.forward(now["x"])
    return {**now, "logits": y, "shape": found.shape, "dtype": str(found.dtype)}


# Known mistakes -----------------------------------------------------------------------------------

from handgrad import IN_FLOAT64
from solutions.losses import one_hot_targets
from solutions.perceptrons import softmax


def one_hot_of(logits, labels):
    """Return 1 where a label is."""
    return one_hot_targets(labels, logits)


def largest(dx, x):
    """Return what is right: the largest of all channels, without its sign."""
    return np.abs(dx).max(axis=1)


def slopes(network, x, labels, start=one_hot_of):
    """Return the gradient of x, in the mode that the network is in."""
    return network.input_gradient(start(network.forward(x), labels))


def add(name, hint, start=one_hot_of, finish=largest):
    """Add what starts with another gradient of the logits, or makes something else of that of x."""

    def wrong(network, x, labels):
        before, network.training = network.training, False
        dx = slopes(network, x, labels, start)
        network.training = before
        return finish(dx, x)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


# Whose score --------------------------------------------------------------------------------------


def start_of_probability(logits, labels):
    """Return the gradient of the label's probability."""
    p, targets = softmax(logits), one_hot_of(logits, labels)
    return (p * targets).sum(axis=1, keepdims=True) * (targets - p)


OF_LOSS = (
    "This is the gradient of the loss, not that of a score. In the loss the other classes' logits "
    "have a part, and it fades where the network is sure."
)
ONE_SCORE = (
    "The map of an image is that of another class than its label's: each image has a label of its "
    "own, which need not be the class that the network would choose."
)

add(
    "of_probability",
    "This is the gradient of the probability, behind the softmax. Asked for is that of the logit: "
    "no other class has a part in it, and it does not fade where the network is sure.",
    start_of_probability,
)
add("of_loss", OF_LOSS, lambda logits, labels: softmax(logits) - one_hot_of(logits, labels))
add(
    "of_mean_loss",
    OF_LOSS,
    lambda logits, labels: (softmax(logits) - one_hot_of(logits, labels)) / len(labels),
)
add(
    "of_all_scores",
    "All logits are followed back, added up. Only that of the label is asked for.",
    lambda logits, labels: np.ones_like(logits),
)
add(
    "scores_sent_back",
    "Logits themselves are sent back. A score has the slope 1 with respect to itself, whatever it "
    "is.",
    lambda logits, labels: logits * one_hot_of(logits, labels),
)
add(
    "all_scores_sent_back",
    "Logits themselves are sent back, of all classes. Asked for is how the label's logit changes: "
    "it has the slope 1 with respect to itself, and 0 with respect to the others.",
    lambda logits, labels: logits,
)
add(
    "probabilities_sent_back",
    "Probabilities are sent back. Asked for is how the label's logit changes: it has the slope 1 "
    "with respect to itself, and 0 with respect to the others.",
    lambda logits, labels: softmax(logits),
)
add(
    "of_predicted_class",
    "You take the class that the network would choose. Whose score is meant, the labels say.",
    lambda logits, labels: one_hot_of(logits, logits.argmax(axis=1)),
)
add(
    "first_label_for_all",
    "All images get the map of the first image's label. Each has a label of its own.",
    lambda logits, labels: one_hot_of(logits, 0 * labels + labels[0]),
)
add(
    "last_label_for_all",
    "All images get the map of the last image's label. Each has a label of its own.",
    lambda logits, labels: one_hot_of(logits, 0 * labels + labels[-1]),
)
add(
    "all_labels_for_all",
    "Each image gets the sum over the labels of the whole batch, as `dout[:, labels] = 1` makes "
    "it. Each has a single one of its own.",
    lambda logits, labels: one_hot_of(logits, labels).max(axis=0) + 0 * logits,
)
add(
    "mean_over_batch",
    "Your maps are divided by the number of images. Nothing is averaged here: an image's score "
    "depends on no other image.",
    lambda logits, labels: one_hot_of(logits, labels) / len(labels),
)

# What becomes of the gradient ---------------------------------------------------------------------

CHANNELS_LEFT = "Your maps still have channels. For each pixel a single number is asked for."

add(
    "signed",
    "The sign is still there: the largest slope of the channels is not the steepest one, which may "
    "be negative.",
    finish=lambda dx, x: dx.max(axis=1),
)
add(
    "sign_of_the_largest",
    "The sign of the largest channel is taken away too late: the largest slope is not the steepest "
    "one, which may be negative.",
    finish=lambda dx, x: np.abs(dx.max(axis=1)),
)
add(
    "steepest_with_its_sign",
    "The channel is the right one, and its slope still has its sign. How much the score moves is "
    "asked for, not whereto.",
    finish=lambda dx, x: np.take_along_axis(dx, np.abs(dx).argmax(axis=1)[:, None], axis=1).squeeze(
        axis=1
    ),
)
add(
    "cut_off_below",
    "Negative slopes count as 0 for you. A pixel that speaks against the class matters, too.",
    finish=lambda dx, x: np.maximum(dx, 0).max(axis=1),
)
add(
    "mean_of_channels",
    "You take the mean of the channels. The largest one is asked for.",
    finish=lambda dx, x: np.abs(dx).mean(axis=1),
)
add(
    "sum_of_channels",
    "You add the channels up. The largest one is asked for.",
    finish=lambda dx, x: np.abs(dx).sum(axis=1),
)
add(
    "mean_with_signs",
    "You take the mean of the channels with their signs, so that they cancel each other. The "
    "largest one without its sign is asked for.",
    finish=lambda dx, x: np.abs(dx.mean(axis=1)),
)
add(
    "sum_with_signs",
    "You add the channels up with their signs, so that they cancel each other. The largest one "
    "without its sign is asked for.",
    finish=lambda dx, x: np.abs(dx.sum(axis=1)),
)
add(
    "norm_of_channels",
    "You take the root of the sum of squares of the channels. The largest one is asked for.",
    finish=lambda dx, x: np.sqrt((dx**2).sum(axis=1)),
)
add(
    "squares",
    "Your slopes are squared. Without their sign is what is asked for.",
    finish=lambda dx, x: (dx**2).max(axis=1),
)
add(
    "least_channel",
    "You take the least of the channels. The largest one is asked for.",
    finish=lambda dx, x: np.abs(dx).min(axis=1),
)
add(
    "first_channel",
    "Only the first channel counts for you. The largest of all is asked for.",
    finish=lambda dx, x: np.abs(dx[:, 0]),
)
OTHER_AXIS = (
    "You take the largest along another axis than that of the channels. It is the second one, in "
    "(N, C, H, W)."
)
for name, axis in (("images", 0), ("rows", 2), ("columns", 3)):
    add(
        f"largest_of_{name}",
        OTHER_AXIS,
        finish=lambda dx, x, axis=axis: np.abs(dx).max(axis=axis),
    )
add("channels_remain", CHANNELS_LEFT, finish=lambda dx, x: np.abs(dx))
add(
    "one_channel_remains",
    "Your maps have an axis of length 1 where the channels were. (N, H, W) is asked for.",
    finish=lambda dx, x: np.abs(dx).max(axis=1, keepdims=True),
)
add(
    "times_the_image",
    "Your slopes are multiplied by the image. That is another picture: here a pixel counts by how "
    "much it *would* move the score, also if it is 0.",
    finish=lambda dx, x: np.abs(dx * x).max(axis=1),
)
add(
    "each_map_scaled",
    "Each of your maps is scaled so that its largest number is 1. Asked for are the slopes as they "
    "are: scaling is what the drawing does.",
    finish=lambda dx, x: largest(dx, x) / largest(dx, x).max(axis=(1, 2), keepdims=True),
)
add(
    "all_maps_scaled",
    "Your maps are scaled so that the largest number of all is 1. Asked for are the slopes as they "
    "are: scaling is what the drawing does.",
    finish=lambda dx, x: largest(dx, x) / largest(dx, x).max(),
)
add(
    "first_image_only",
    "You return the map of the first image alone. There is one for each image, (N, H, W).",
    finish=lambda dx, x: largest(dx, x)[0],
)
add(
    "maps_added_up",
    "The maps of the batch are added up. There is one for each image, (N, H, W).",
    finish=lambda dx, x: largest(dx, x).sum(axis=0),
)
add(
    "maps_transposed",
    "Rows and columns are exchanged in your maps: the last axis is the width.",
    finish=lambda dx, x: largest(dx, x).swapaxes(1, 2),
)
add(
    "in_float64",
    IN_FLOAT64.format(what="the map"),
    finish=lambda dx, x: largest(dx, x).astype("f8"),
)


@task.misconception(
    "`network.backward` need not return the gradient of x: a trained network leaves it out, and "
    "returns None. `network.input_gradient` asks for it."
)
def backward_for_input_gradient(network, x, labels):
    before, network.training = network.training, False
    dx = network.backward(one_hot_of(network.forward(x), labels))
    network.training = before
    return largest(dx, x)


IN_PIECES = (
    "`network.predict` lets many images through in pieces, and afterwards the layers remember the "
    "last piece alone. What goes back has to have come through `network.forward`."
)


@task.misconception(IN_PIECES)
def predict_for_forward(network, x, labels):
    dx = network.input_gradient(one_hot_of(network.predict(x), labels))
    return largest(dx, x)


@task.misconception(IN_PIECES)
def predict_for_forward_in_test_mode(network, x, labels):
    before, network.training = network.training, False
    found = predict_for_forward(network, x, labels)
    network.training = before
    return found


# The mode -----------------------------------------------------------------------------------------


@task.misconception(
    "The map is made in the mode in which the network happens to be. In training mode there is "
    "noise in it: switch to test mode for both ways."
)
def mode_as_it_is(network, x, labels):
    return largest(slopes(network, x, labels), x)


@task.misconception(
    "The map is made in training mode. What the network does in use is what it is to show: test "
    "mode, `training = False`."
)
def in_training_mode(network, x, labels):
    before, network.training = network.training, True
    dx = slopes(network, x, labels)
    network.training = before
    return largest(dx, x)


LEFT = "Afterwards the network is in {mode} mode, whatever it was before. Remember what it was."


@task.misconception(LEFT.format(mode="test"))
def left_in_test_mode(network, x, labels):
    network.training = False
    return largest(slopes(network, x, labels), x)


@task.misconception(LEFT.format(mode="training"))
def always_training_afterwards(network, x, labels):
    network.training = False
    dx = slopes(network, x, labels)
    network.training = True
    return largest(dx, x)


@task.misconception(
    "Afterwards the mode is the opposite of what it was. Set it back to what you found."
)
def mode_turned_round(network, x, labels):
    before, network.training = network.training, False
    dx = slopes(network, x, labels)
    network.training = not before
    return largest(dx, x)


@task.misconception("The parameters are changed. The slopes are looked at here; no step is taken.")
def takes_a_step(network, x, labels):
    before, network.training = network.training, False
    dx = slopes(network, x, labels)
    network.training = before
    for name, param in network.params.items():
        param -= (0.1 * network.grads[name]).astype(param.dtype)
    return largest(dx, x)
