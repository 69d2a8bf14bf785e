"""The training doctor: a run's record, and a look into the network, become sentences.

Each rule sees one thing, and says nothing where there is nothing to see. The numbers beside a
threshold were measured on fully connected networks of 1 to 5 hidden layers, trained on the digits:
*healthy* runs, of SGD, momentum and Adam, that got at least 85 % of the test set right, and runs
that were made sick on purpose. (Adam's rate of 0.01 lies at the edge: it still learns, but may kill
most ReLUs of a layer, and then that is said.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from solutions.arrays import Array, as_wide_float, to_host
from solutions.backpropagation import ReLU, Sigmoid, Tanh
from solutions.hyperparameters import whole
from solutions.initialization.record import Record
from solutions.initialization.statistics import dead_units, distinct_units, saturated_share
from solutions.optimizers import Network

FIRST_LOSS = 3.0
"""The first loss less log C: healthy at most 2.6, weights of std 1 at least 4.5."""

ENOUGH_STEPS = 50
"""With fewer steps, nothing is said of where the loss goes."""

STUCK = 0.9
"""The loss at the end over that at the beginning: healthy at most 0.49, stuck at least 0.93."""

AT_CHANCE = 0.95, 2.0
"""A loss between these times log C is that of a guess: stuck at least 0.96."""

JUMPS, JUMPS_WITHOUT_CLASSES = 10.0, 30.0
"""The largest loss over the first one: healthy at most 3.5 for a cross-entropy, 18 for squares."""

EARLY = 10
"""Gradients and steps are judged by the first so many recorded steps; their median counts."""

VANISHES, EXPLODES = 0.01, 100.0
"""The gradient of a layer over the last one's: healthy 0.2 to 9, sick below 0.005 or above 300."""

TOO_LARGE = 1e150
"""Norms from here on cannot be squared: the step has no share."""

SMALL_STEPS, LARGE_STEPS = 1e-4, 0.3
"""The update ratio of the fastest layer: healthy 6e-4 to 0.22, too slow at most 5e-5."""

DEAD = 0.4
"""Share of a layer's units: healthy at most 0.34, a rate that kills at least 0.44."""

SATURATED = 0.8
"""Share of a layer's activations: healthy at most 0.76, weights of std 1 at least 0.89."""

SHRINKS, GROWS = 0.01, 30.0
"""How much the samples differ at a layer of weights, over how much they do at the first one:
healthy 0.1 to 23, sick at most 0.0007, or thousands."""

ALIKE = 0.55
"""Share of a layer's units that are different: healthy 1; 0.6 and more after an explosion."""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it is in a healthy run.

    Attributes
    ----------
    name : str
        What it is called: "dead units".
    sees : str
        What was seen, with the number and where.
    why : str
        Why it matters.
    advice : str
        What to try.
    """

    name: str
    sees: str
    why: str
    advice: str

    def __str__(self) -> str:
        return f"{self.name.upper()}. {self.sees}\n    Why: {self.why}\n    Try: {self.advice}"


def examine(
    record: Record, network: Network, x: Array, classes: int | None = None
) -> list[Finding]:
    """Return all that a run shows of known sicknesses; a healthy one gives an empty list.

    The reverse is not true: a rate that is only a few times too large shows in nothing but the
    result.

    Parameters
    ----------
    record : Record
        Of a training from its start. One that is empty says nothing: the network alone is judged.
    network : Network
        As it is now; it goes forward once, in test mode, and is not changed.
    x : array (N, ...)
        Inputs: all of the training set, or some hundred samples. On a single batch, many units
        look dead that are not.
    classes : int, optional
        The number of classes, if the loss is a cross-entropy: then chance is a loss of log C.
    """
    if classes is not None:
        classes = whole("classes", classes, at_least=2)
    inputs, outputs = look_inside(network, x)
    return [
        *of_the_loss(record.step_loss, classes),
        *of_the_gradients(record.gradient_norms, network),
        *of_the_steps(record.update_ratios),
        *of_the_units(network, outputs),
        *of_the_signal(inputs),
    ]


def first_loss_gap(step_loss: Sequence[float], classes: int) -> float:
    """Return by how much the first loss exceeds log C, that of a guess among C classes."""
    return step_loss[0] - math.log(classes)


def loss_trend(step_loss: Sequence[float]) -> float:
    """Return the mean loss of the last tenth of the steps over that of the first tenth.

    A tenth is rounded down, and at least one step.
    """
    tenth = max(1, len(step_loss) // 10)
    return float(np.mean(step_loss[-tenth:]) / np.mean(step_loss[:tenth]))


def odd_ratios(
    update_ratios: Mapping[str, Sequence[float]], low: float, high: float
) -> dict[str, float]:
    """Return the medians that are not within the bounds, by name: too small, too large or NaN."""
    medians = {name: float(np.median(ratios)) for name, ratios in update_ratios.items()}
    return {name: ratio for name, ratio in medians.items() if not low <= ratio <= high}


def gradient_shares(gradient_norms: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return how large the gradient of each layer is beside that of the last layer.

    Parameters
    ----------
    gradient_norms : mapping
        By full name, such as "affine1.W" and "affine1.b", the norms of a parameter's gradient, one
        for each step. The layer is what stands before the last dot; the first layer comes first.

    Returns
    -------
    shares : dict of float
        For each layer the joint norm of its parameters' gradients over that of the last layer, in
        each step, and of that the median over the steps.
    """
    squares: dict[str, Array] = {}
    for name, norms in gradient_norms.items():
        layer = name.rpartition(".")[0]
        squares[layer] = squares.get(layer, 0) + np.square(norms)
    *_, last = squares.values()
    return {layer: float(np.median(np.sqrt(square / last))) for layer, square in squares.items()}


def of_the_loss(step_loss: Sequence[float], classes: int | None) -> list[Finding]:
    """Judge where the loss begins, where it goes, and whether it is a number at all."""
    if not step_loss:
        return []
    found = [*of_the_first_loss(step_loss, classes)]
    broken = [step for step, loss in enumerate(step_loss, 1) if not math.isfinite(loss)]
    if broken:
        found.append(
            Finding(
                "loss is no number",
                f"In step {broken[0]} the loss is {step_loss[broken[0] - 1]}.",
                "The steps have made the weights larger and larger, until a number overflowed.",
                "a rate ten times smaller; inputs scaled to about 1; smaller weights at the start; "
                "clipped gradients.",
            )
        )
        return found
    largest = int(np.argmax(step_loss))
    bound = JUMPS_WITHOUT_CLASSES if classes is None else JUMPS
    if step_loss[largest] > bound * step_loss[0]:
        found.append(
            Finding(
                "loss jumps",
                f"The loss begins at {step_loss[0]:.3g} and reaches {step_loss[largest]:.3g} in "
                f"step {largest + 1}.",
                "A step has carried the weights far beyond where its gradient was valid.",
                "a smaller rate, or one that is warmed up; clipped gradients.",
            )
        )
    return found + of_the_trend(step_loss, classes)


def of_the_first_loss(step_loss: Sequence[float], classes: int | None) -> list[Finding]:
    """Compare the first loss with log C."""
    if classes is None or not math.isfinite(step_loss[0]):
        return []
    chance = math.log(classes)
    sees = (
        f"The first loss is {step_loss[0]:.3g}; a network that treats all {classes} classes alike "
        f"has log {classes} = {chance:.3g}."
    )
    if first_loss_gap(step_loss, classes) > FIRST_LOSS:
        return [
            Finding(
                "first loss too high",
                sees,
                "The outputs are large before anything is learned: it is sure, and wrong. The "
                "first steps are spent on undoing that, and may be far too long.",
                "smaller weights at the start, He's or Glorot's; inputs scaled to about 1.",
            )
        ]
    if step_loss[0] < chance / 2:
        return [
            Finding(
                "first loss too low",
                sees,
                "Nobody can know that much before the first step.",
                "look whether the weights were trained before, whether the inputs contain the "
                "answer, and whether the loss is a mean over the batch.",
            )
        ]
    return []


def of_the_trend(step_loss: Sequence[float], classes: int | None) -> list[Finding]:
    """Say of a long enough run whether its loss falls."""
    if len(step_loss) < ENOUGH_STEPS:
        return []
    trend, tenth = loss_trend(step_loss), len(step_loss) // 10
    end = float(np.mean(step_loss[-tenth:]))
    low, high = AT_CHANCE
    at_chance = classes is not None and low < end / math.log(classes) < high
    if trend <= STUCK and not at_chance:
        return []
    sees = f"The loss of the last {tenth} steps is {end:.3g}, {trend:.2f} times that of the first."
    if at_chance and classes is not None:
        sees += f" Chance is log {classes} = {math.log(classes):.3g}."
    return [
        Finding(
            "loss does not fall",
            sees,
            "Nothing is learned, or next to nothing, whatever else the run does.",
            "what the other findings say; without any, a rate ten times larger, or smaller; and "
            "twenty samples alone, which every network should learn by heart.",
        )
    ]


def of_the_gradients(
    gradient_norms: Mapping[str, Sequence[float]], network: Network
) -> list[Finding]:
    """Compare the gradients of the layers, as they were in the first steps."""
    whole_layers = early_shares(gradient_norms, network)
    # where weights are too large, so is what goes into the last ones, and their gradient with it
    biases = early_shares(gradient_norms, network, ".b")
    small = {name: share for name, share in whole_layers.items() if share < VANISHES}
    most = {name: max(share, biases.get(name, 0.0)) for name, share in whole_layers.items()}
    large = {name: share for name, share in most.items() if share > EXPLODES}
    found, last = [], next(reversed(whole_layers), "")
    if small:
        found.append(
            Finding(
                "vanishing gradients",
                f"In the first steps the gradient is smaller than in {last} by far: "
                f"{listed(small, '{:.1e}')} of it.",
                "These layers hardly move, and what they hand on stays as random as it was.",
                "weights that fit the activation, He's for ReLU, Glorot's for tanh; no sigmoids "
                "in hidden layers; fewer layers.",
            )
        )
    if large:
        found.append(
            Finding(
                "exploding gradients",
                f"In the first steps the gradient is larger than in {last} by far: "
                f"{listed(large, '{:.1e}', largest=True)} times.",
                "No rate suits all layers: one that lets the last ones learn throws the first "
                "ones about.",
                "smaller weights at the start, He's or Glorot's; clipped gradients.",
            )
        )
    return found


def of_the_steps(update_ratios: Mapping[str, Sequence[float]]) -> list[Finding]:
    """Judge the size of the first steps beside the weights, where these did not start at 0."""
    early = {name: ratios[:EARLY] for name, ratios in update_ratios.items() if ratios[0] < math.inf}
    odd = odd_ratios(early, SMALL_STEPS, LARGE_STEPS)
    large = {name: ratio for name, ratio in odd.items() if not ratio <= LARGE_STEPS}
    if large:
        return [
            Finding(
                "steps too large",
                "A step changes the weights by this share of themselves: "
                f"{listed(large, '{:.2g}', largest=True)}. Usual is about 0.001.",
                "After a few such steps nothing is left of the weights that training began with.",
                "a rate ten times smaller.",
            )
        ]
    if odd and len(odd) == len(early):
        return [
            Finding(
                "steps too small",
                "A step changes the weights by this share of themselves: "
                f"{listed(odd, '{:.1e}')}, and no layer by more. Usual is about 0.001.",
                "At this pace it takes tens of thousands of steps to get anywhere.",
                "a rate ten times larger, if the gradients are as they should be.",
            )
        ]
    return []


def of_the_units(network: Network, outputs: Mapping[str, Array]) -> list[Finding]:
    """Count units that are dead, saturated, or copies of each other."""
    found = []
    dead, saturated = {}, {}
    for name, y in outputs.items():
        layer = network.layers[name]
        if isinstance(layer, ReLU) and y.ndim > 1:
            dead[name] = dead_units(y) / y.shape[1]
        if isinstance(layer, Sigmoid | Tanh):
            saturated[name] = saturated_share(y, -1.0 if isinstance(layer, Tanh) else 0.0, 1.0)
    dead = {name: share for name, share in dead.items() if share > DEAD}
    saturated = {name: share for name, share in saturated.items() if share > SATURATED}
    same = {name: share for name, share in different_shares(network).items() if share <= ALIKE}
    if dead:
        found.append(
            Finding(
                "dead units",
                f"Of the ReLUs, these are 0 for all {len(y)} samples: "
                f"{listed(dead, '{:.0%}', largest=True)}.",
                "No gradient goes through them, and their own weights stand still: the network is "
                "as narrow as what is left.",
                "a new start with a smaller rate, or with weights from He; at a rate that kills, "
                "leaky ReLUs fail as well.",
            )
        )
    if saturated:
        found.append(
            Finding(
                "saturated units",
                "So many activations lie at their bounds, where the slope is almost 0: "
                f"{listed(saturated, '{:.0%}', largest=True)}.",
                "What comes back is multiplied by that slope: nearly all of it passes through the "
                "few other units, and most weights below hardly move.",
                "smaller weights at the start, Glorot's; inputs scaled to about 1; a smaller rate.",
            )
        )
    if same:
        found.append(
            Finding(
                "identical units",
                f"Of the units of a layer, so many are different: {listed(same, '{:.0%}')}.",
                "Units that are alike get the same gradient and stay alike: they count as one.",
                "weights that are drawn at random. Only biases may start at 0.",
            )
        )
    return found


def of_the_signal(inputs: Mapping[str, Array]) -> list[Finding]:
    """Judge how much of the difference between samples is left at each layer of weights."""
    sizes = {
        name: float(np.sqrt(np.square(x - x.mean(axis=0)).mean())) for name, x in inputs.items()
    }
    first = next(iter(sizes.values()), 0.0)
    if not first:
        return []
    shares = {name: size / first for name, size in sizes.items()}
    small = {name: share for name, share in shares.items() if share < SHRINKS}
    large = {name: share for name, share in shares.items() if share > GROWS}
    found = []
    if small:
        found.append(
            Finding(
                "vanishing signal",
                "Of the differences between samples at the first layer, this is what reaches the "
                f"others: {listed(small, '{:.1e}')}.",
                "To the last layer all samples look the same.",
                "weights that fit the activation, He's for ReLU, Glorot's for tanh; no sigmoids "
                "in hidden layers.",
            )
        )
    if large:
        found.append(
            Finding(
                "exploding signal",
                "The differences between samples grow on their way, to so many times what they "
                f"are at the first layer: {listed(large, '{:.1e}', largest=True)}.",
                "The outputs become huge, and the gradients with them.",
                "smaller weights at the start, He's or Glorot's.",
            )
        )
    return found


def look_inside(network: Network, x: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what goes into each layer of weights, and what comes out of every layer, on the host.

    Both are empty if something overflows on the way.
    """
    inputs, outputs = {}, {}
    before, network.training = network.training, False
    try:
        x = network.bring(x)
        for name, layer in network.layers.items():
            if any(param.ndim > 1 for param in layer.params.values()):
                inputs[name] = as_wide_float(to_host(x))
            with np.errstate(over="ignore", invalid="ignore"):
                x = layer.forward(x)
            outputs[name] = to_host(x)
    finally:
        network.training = before
    if not all(np.isfinite(y).all() for y in outputs.values()):
        return {}, {}
    return inputs, outputs


def early_shares(
    gradient_norms: Mapping[str, Sequence[float]], network: Network, ending: str = ""
) -> dict[str, float]:
    """Return ``gradient_shares`` of the first steps, for those layers that have weights.

    Only parameters whose names end so count. Steps from which no share can be taken are left out;
    without any, or with a single layer, there are no shares.
    """
    layers = {layer_of(name) for name, param in network.params.items() if param.ndim > 1}
    norms = {
        name: np.array(norms[:EARLY])
        for name, norms in gradient_norms.items()
        if layer_of(name) in layers and name.endswith(ending)
    }
    if len({layer_of(name) for name in norms}) < 2:
        return {}
    last = layer_of(list(norms)[-1])
    usable = np.all([norm < TOO_LARGE for norm in norms.values()], axis=0)  # nor is NaN
    usable &= np.any([norm > 0 for name, norm in norms.items() if layer_of(name) == last], axis=0)
    if not usable.any():
        return {}
    return gradient_shares({name: norm[usable].tolist() for name, norm in norms.items()})


def layer_of(name: str) -> str:
    """Return the layer of a parameter: "network1.affine1" of "network1.affine1.W"."""
    return name.rpartition(".")[0]


def different_shares(network: Network) -> dict[str, float]:
    """Return which share of its units are different, for each layer of weights.

    To four digits: the same sum, added up in another order, differs in its last one.
    """
    shares = {}
    for name, param in network.params.items():
        if param.ndim > 1 and np.isfinite(param).all():
            W = as_wide_float(to_host(param))
            W = W if W.ndim == 2 else W.reshape(len(W), -1).T  # filters
            size = np.abs(W).max(axis=0)
            size[size == 0] = 1
            columns = np.concatenate([W / size, [np.log(size)]])
            shares[layer_of(name)] = distinct_units(columns.round(4)) / W.shape[1]
    return shares


def listed(numbers: Mapping[str, float], form: str, largest: bool = False, most: int = 4) -> str:
    """Return numbers with their names, the worst first: "relu2 86%, relu1 40%"."""
    worst = sorted(numbers.items(), key=lambda item: item[1], reverse=largest)
    rest = len(worst) - most
    shown = [f"{name} {form.format(number)}" for name, number in worst[:most]]
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
