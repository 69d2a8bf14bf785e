"""What page 7.4 says of noise: one idea, two ways to predict, a penalty, and what it disturbs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from chapter import execute

from solutions.regularization import Dropout

PAGE = "07_regularization/4_noise"


@pytest.mark.claim("It is not the zeros.")
def test_normal_noise_of_the_same_variance_does_the_same_service(names: dict[str, Any]) -> None:
    assert names["plain_learned"] > 0.75
    assert names["half_learned"] < 0.2
    assert names["normal_learned"] < 0.2
    assert names["normal_read"] > names["plain_read"] + 0.05
    assert abs(names["normal_read"] - names["half_read"]) < 0.03


@pytest.mark.claim("It is not the zeros.")
@pytest.mark.parametrize("p", [0.3, 0.6])
def test_so_it_is_at_other_strengths(p: float) -> None:
    names = execute(PAGE, 0).names
    s = (p / (1 - p)) ** 0.5
    rng = np.random.default_rng(0)
    factors = Dropout(p, rng).forward(np.ones(200_000))
    assert factors.std() == pytest.approx(s, rel=0.01)
    _, dropped, read = names["noisy_training"](3, lambda rng: Dropout(p, rng))
    _, shaken, also_read = names["noisy_training"](3, lambda rng: names["NormalNoise"](s, rng))
    assert abs(dropped - shaken) < 0.12
    assert abs(read - also_read) < 0.03


def test_at_a_large_variance_it_is_not_the_variance_alone() -> None:
    names = execute(PAGE, 0).names
    for seed in (0, 2):
        _, _, read = names["noisy_training"](seed, lambda rng: Dropout(0.9, rng))
        _, _, also_read = names["noisy_training"](seed, lambda rng: names["NormalNoise"](3, rng))
        assert read < 0.22
        assert 0.22 < also_read < 0.45


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_the_formula_is_the_geometric_mean_for_one_layer_only(p: float) -> None:
    names = execute(PAGE, 0).names
    for seed in range(10):
        one, two = (names["three_answers"](seed, hidden, p) for hidden in (False, True))
        assert abs(one[0] - one[2]).max() < 1e-9
        assert abs(one[0] - one[1]).max() > 1e-3
        assert min(abs(two[0] - mean).max() for mean in two[1:]) > 1e-6
        for answer in (*one, *two):
            assert answer.sum() == pytest.approx(1)


def test_mostly_the_formula_is_surer_and_in_some_networks_it_says_another_class(
    names: dict[str, Any],
) -> None:
    assert 0.84 < names["surer"] < 0.95
    assert 0.03 < names["other_class"] < 0.12


@pytest.mark.parametrize("p", [0.2, 0.8])
def test_so_it_is_in_other_small_networks(p: float) -> None:
    names = execute(PAGE, 0).names
    answers = [names["three_answers"](seed, True, p) for seed in range(1000, 1400)]
    surer, other_class = names["formula_and_mean"](answers)
    assert 0.8 < surer < 0.97
    assert 0.005 < other_class < 0.3


@pytest.mark.claim("In the mean over masks this network is less sure")
def test_over_the_masks_the_network_is_less_sure(names: dict[str, Any]) -> None:
    read, sure = names["by_formula"]
    passes = names["by_passes"]
    assert passes[-1, 1] < sure - 0.04
    assert passes[0, 0] < read - 0.08
    assert names["agree"] > 0.96
    assert abs(passes[2, 0] - read) < 0.025
    assert abs(passes[-1, 0] - read) < 0.015
    assert abs(passes[-1, 1] - passes[-2, 1]) < 0.01, "more passes do not bring them together"


@pytest.mark.claim("In the mean over masks this network is less sure")
def test_so_it_is_with_other_masks() -> None:
    names = execute(PAGE, 0).names
    x, labels = names["noisy_digits"](4).validation
    network, _, _ = names["noisy_training"](4, lambda rng: Dropout(0.3, rng), epochs=20)
    read, sure = names["quality"](names["softmax"](network.predict(x)), labels)
    sampled_read, sampled_sure = names["quality"](
        names["sampled_predictions"](network, x, 50), labels
    )
    assert sampled_sure < sure - 0.015
    assert abs(sampled_read - read) < 0.02


def test_little_noise_is_a_penalty_on_the_jacobian(names: dict[str, Any]) -> None:
    assert abs(names["ratios"][0.001] - 1) < 0.06
    assert 0.05 < 1 - names["ratios"][1.0] < 0.3


def test_so_it_is_in_other_networks() -> None:
    names, of_large = execute(PAGE, 0).names, []
    for seed in range(3, 8):
        rng, x = np.random.default_rng(seed), names["noisy_digits"](seed).x[:40]
        network = names["relu_network"](rng, sizes=(64, 100, 10))
        assert abs(names["penalty"](network, x, 0.003, rng)[1] - 1) < 0.06
        of_large.append(names["penalty"](network, x, 1.0, rng)[1])
    assert max(of_large) < 0.97
    assert 0.1 < 1 - np.mean(of_large) < 0.25


def test_what_dropout_has_trained_is_flatter(names: dict[str, Any]) -> None:
    assert names["steep"] > 4 * names["flat"]
    rng, x = np.random.default_rng(0), names["x_validation"][:100]
    steep, flat = (
        names["penalty"](names[which], x, 0.1, rng)[0] for which in ("plain_net", "half_net")
    )
    assert steep > 4 * flat
    logits = [names[which].predict(x).std() for which in ("plain_net", "half_net")]
    assert logits[0] > 1.3 * logits[1], "in part since its logits are smaller"


@pytest.mark.claim("For a linear model with squared error, that dropout is a penalty is exact.")
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_for_a_linear_model_dropout_is_exactly_l2(names: dict[str, Any], p: float) -> None:
    """The mean over all masks of the squared error, against the page's formula."""
    masks, rng = names["MASKS"], np.random.default_rng(names["seed"])
    x, w, t = rng.normal(size=6), rng.normal(size=6), 0.7
    share = (p ** (1 - masks) * (1 - p) ** masks).prod(axis=1)
    over_masks = (share * ((masks / (1 - p) * x) @ w - t) ** 2).sum()
    by_formula = (x @ w - t) ** 2 + p / (1 - p) * (x**2 * w**2).sum()
    assert over_masks == pytest.approx(by_formula, rel=1e-9)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.7])
def test_the_variance_shifts_in_front_of_a_batch_norm(names: dict[str, Any], p: float) -> None:
    in_training, in_test_mode = names["variances_behind"](names["seed"], p)
    assert in_training == pytest.approx(1, abs=0.01)
    assert in_test_mode == pytest.approx(1 - p, rel=0.08)
    shifted = names["variances_behind"](names["seed"], p, mean=1.0)[1]
    assert shifted == pytest.approx(1 / (2 / (1 - p) - 1), rel=0.08)


@pytest.mark.claim(
    "The *shift* is plain in the statistics; the *harm* that is often told of is hardly "
    "there in the accuracy of this network, and it is there in the loss if p is large."
)
def test_it_does_so_in_a_network_and_hardly_harms(names: dict[str, Any]) -> None:
    ratio, read = (dict(zip(names["shifts"], one, strict=True)) for one in
                   zip(*names["shifts"].values(), strict=True))  # fmt: skip
    assert ratio["between"] > 1.25
    assert abs(ratio["none"] - 1) < 0.12
    assert abs(ratio["after"] - 1) < 0.12
    assert ratio["between"] < 2, "the sums mix it with what differs between samples"
    for where in ("none", "after"):
        assert abs(read["between"] - read[where]) < 0.025


@pytest.mark.claim(
    "The *shift* is plain in the statistics; the *harm* that is often told of is hardly "
    "there in the accuracy of this network, and it is there in the loss if p is large."
)
@pytest.mark.parametrize("settings", [{"p": 0.3}, {"rate": 0.01, "epochs": 30}], ids=str)
def test_so_it_is_at_other_rates(settings: dict[str, Any]) -> None:
    names = execute(PAGE, 1).names
    between = names["with_norm"](1, "between", **settings)
    none = names["shifts"]["none"]
    if "rate" in settings:
        none = names["with_norm"](1, "none", **settings)
    assert between[0] > none[0] + 0.15
    assert abs(between[1] - none[1]) < 0.025


@pytest.mark.claim(
    "The *shift* is plain in the statistics; the *harm* that is often told of is hardly "
    "there in the accuracy of this network, and it is there in the loss if p is large."
)
def test_with_wrong_labels_it_reads_more_in_spite_of_the_shift(names: dict[str, Any]) -> None:
    wrong = names["wrong"]
    assert wrong["between"] > wrong["none"] + 0.04
    assert wrong["between"] > wrong["after"] + 0.01, "the same p is less there"
    assert wrong["after"] > wrong["none"] + 0.02
    assert names["stronger"] > wrong["after"] + 0.01
    assert abs(names["stronger"] - wrong["between"]) < 0.04


@pytest.mark.claim(
    "The *shift* is plain in the statistics; the *harm* that is often told of is hardly "
    "there in the accuracy of this network, and it is there in the loss if p is large."
)
@pytest.mark.parametrize(("seed", "p"), [(1, 0.5), (1, 0.8), (2, 0.8), (0, 0.9), (1, 0.9)])
def test_without_the_shift_it_reads_no_more_and_the_loss_is_lower(seed: int, p: float) -> None:
    found, ratio_left = execute(PAGE, 0).names["with_and_without_shift"](seed, p)
    (before, loss_before), (after, loss_after) = found
    assert ratio_left == pytest.approx(1, abs=0.02)
    assert abs(after - before) < 0.015
    ratio = loss_before / loss_after
    assert {0.5: 0.85, 0.8: 1.12, 0.9: 1.35}[p] < ratio < {0.5: 1.25, 0.8: 2, 0.9: 3}[p]


def test_in_a_deeper_network_the_shift_costs_accuracy_too() -> None:
    names, sizes = execute(PAGE, 0).names, (64, *[100] * 5, 10)
    found = np.array([names["with_and_without_shift"](s, 0.5, sizes=sizes)[0] for s in range(3)])
    (before, loss_before), (after, loss_after) = found.mean(axis=0)
    assert 0.005 < after - before < 0.03
    assert loss_before > 1.1 * loss_after


def test_more_of_it_between_layers_costs_a_few_points(names: dict[str, Any]) -> None:
    (read, loss), (again, lower) = names["much"]
    assert 0.005 < names["shifts"]["none"][1] - read < 0.05
    assert names["shifts"]["none"][1] - again > 0.005
    assert loss > 1.12 * lower


def test_in_front_of_the_loss_it_costs_the_squared_error_a_little(names: dict[str, Any]) -> None:
    squared, hinge = names["in_front"]["SquaredLoss"], names["in_front"]["HingeLoss"]
    assert -0.035 < squared[1] - squared[0] < 0
    assert hinge[1] > hinge[0] - 0.012


def test_the_hinge_loss_takes_no_harm_and_the_squared_error_less_with_time() -> None:
    names = execute(PAGE, 0).names

    def change(loss: str, seeds: tuple[int, ...], **settings: Any) -> float:
        read = [
            [names["before_loss"](seed, names[loss](), p, **settings) for p in (0.0, 0.5)]
            for seed in seeds
        ]
        return float(np.subtract(*np.mean(read, axis=0)[::-1]))

    assert change("HingeLoss", (3,), rate=0.001) > -0.012
    assert change("HingeLoss", (3,), rate=0.01, epochs=60) > -0.012
    assert change("SquaredLoss", (0, 1), epochs=20) < -0.01
    assert change("SquaredLoss", (0,), epochs=150) > -0.012
    slow = {loss: change(loss, (0,), rate=0.0003) for loss in ("SquaredLoss", "HingeLoss")}
    assert slow["SquaredLoss"] < -0.04
    assert slow["SquaredLoss"] < slow["HingeLoss"] - 0.02 < -0.02
