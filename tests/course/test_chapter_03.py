"""What chapter 3 says of its experiments, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "03_backpropagation/1_all"


def test_numerical_gradient_needs_two_runs_per_parameter(claims: dict[str, Any]) -> None:
    assert claims["parameters"] == 64 * 50 + 50 + 50 * 10 + 10
    assert claims["runs"] == 2 * claims["parameters"]


def test_shopping_by_hand(claims: dict[str, Any]) -> None:
    assert claims["total"] == pytest.approx(715)
    assert claims["shopping"] == pytest.approx((110, 2.2, 165, 3.3, 650))
    assert claims["shopping_error"] < 1e-7


def test_multiplying_from_the_loss_is_cheaper(claims: dict[str, Any]) -> None:
    assert claims["from_end"] == 3 * 1000**2
    assert claims["from_start"] == 2 * 1000**3 + 1000**2


def test_only_the_reverse_order_is_right_and_cheap(claims: dict[str, Any]) -> None:
    assert claims["at_once"] == 6, "pushing at once should count the first share twice"
    assert claims["shares"] == claims["in_reverse"] == 4
    assert claims["visits_shares"] == 2**15 - 1
    assert claims["visits_reverse"] == 15


def test_largest_slopes_of_the_activations(claims: dict[str, Any]) -> None:
    expected = {"sigmoid": 0.25, "tanh": 1, "ReLU": 1}
    assert claims["largest_slope"] == pytest.approx(expected, abs=1e-12)


def test_changing_dout_in_place_spoils_the_other_branch(claims: dict[str, Any]) -> None:
    wrong, right = claims["in_place"]
    np.testing.assert_array_equal(right, [1, 1, 2, 2])
    np.testing.assert_array_equal(wrong, [0, 0, 2, 2])


def test_affine_agrees_with_loops_and_keeps_the_shape(claims: dict[str, Any]) -> None:
    assert claims["affine_loops_error"] < 1e-12
    assert claims["image_shapes"] == ((6, 5), (6, 2, 3, 4), (24, 5))


def test_softmax_with_loss(claims: dict[str, Any]) -> None:
    assert claims["softmax_check"] < 1e-6
    assert claims["one_hot_difference"] == 0
    assert max(claims["row_sums"], claims["softmax_gradient_sum"]) < 1e-12
    assert claims["first_loss"] == pytest.approx(np.log(10), abs=0.02)


def test_two_layers_give_nan_where_one_does_not(claims: dict[str, Any]) -> None:
    assert np.isnan(claims["separate"]).any()
    np.testing.assert_allclose(claims["together"], [[-1, 1]])
    as_it_stands, shifted = claims["sure_and_wrong"]
    assert as_it_stands == np.inf, "step 2's form should overflow without the shift"
    assert shifted == pytest.approx(800)


def test_the_course_layers_pass_the_check(claims: dict[str, Any]) -> None:
    assert set(claims["layer_checks"]) == {"Affine", "ReLU", "Sigmoid", "Tanh"}
    assert max(claims["layer_checks"].values()) < 1e-5


def test_best_step_and_precision(claims: dict[str, Any]) -> None:
    assert 1e-6 <= claims["best_step"]["float64"] <= 1e-4
    assert 1e-3 <= claims["best_step"]["float32"] <= 1e-1
    assert claims["best_error"]["float64"] < 1e-8
    assert claims["best_error"]["float32"] > 1e-5
    assert claims["float32_at_1e-5"] > 10 * claims["best_error"]["float32"]


def test_lazy_checks_pass_what_careful_ones_reject(claims: dict[str, Any]) -> None:
    assert len(claims["lazy_and_careful"]) == 4
    for bug, (lazy, careful) in claims["lazy_and_careful"].items():
        assert lazy < 1e-5, f"the lazy check should miss: {bug}"
        assert careful > 0.5, f"the careful check should find: {bug}"


def test_small_weights_make_rounding_look_like_an_error(claims: dict[str, Any]) -> None:
    healthy, tiny = claims["scale"][1e-1, 1e-5], claims["scale"][1e-3, 1e-5]
    assert 30 < healthy["slope"] / tiny["slope"] < 300
    assert tiny["median"] > 20 * healthy["median"]
    assert max(healthy["difference"], tiny["difference"]) < 5e-10
    assert claims["scale"][1e-3, 1e-7]["worst"] > 1e-3, "1e-2 was said to be within reach"


def test_errors_do_not_build_up_with_depth(claims: dict[str, Any]) -> None:
    errors = claims["errors_by_depth"]
    for depth in (2, 5, 10, 20):
        median, worst, difference, largest = errors["tanh", depth]
        assert median < 1e-8
        assert worst < 1e-4
        assert difference < 2e-10
        assert difference < 1e-8 * largest
        assert errors["sigmoid", depth][2] < 2e-10, "rounding should not grow, either"
    assert errors["tanh", 20][0] < 10 * errors["tanh", 2][0]
    assert errors["sigmoid", 2][0] < 1e-8
    assert errors["sigmoid", 10][0] > 1e-5
    assert errors["sigmoid", 10][1] > 1e-2
    assert errors["sigmoid", 20][0] > 0.1
    slopes = [errors["sigmoid", depth][3] for depth in (2, 5, 10, 20)]
    assert slopes == sorted(slopes, reverse=True)


@pytest.mark.parametrize("width", [20, 100])
@pytest.mark.parametrize("depth", [3, 10, 30])
def test_errors_do_not_build_up_at_other_widths(
    names: dict[str, Any], width: int, depth: int
) -> None:
    for draw in range(100 + names["seed"], 120, 6):
        analytic, numerical = names["input_check"](draw, depth, names["Tanh"], 1, width)
        difference = np.abs(analytic - numerical)
        assert names["agree"](analytic, numerical).all()
        assert difference.max() < 2e-10
        assert difference.max() < 3e-8 * np.abs(analytic).max()


def test_a_tolerance_of_one_per_cent_hides_a_bug(claims: dict[str, Any]) -> None:
    worst, accepted = claims["slightly_wrong"]
    assert worst == pytest.approx(1 / 200, rel=0.01)
    assert accepted < 0.05
    assert claims["agree_right"] == 1
    assert claims["other_unit"] == (1, pytest.approx(accepted))


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1, 1e3, 1e9])
def test_the_tolerance_has_a_scale(names: dict[str, Any], unit: float) -> None:
    analytic, numerical, kinks = names["first_layer_check"](100 + names["seed"], 0.1, 1e-5)
    analytic, numerical = unit * analytic[~kinks], unit * numerical[~kinks]
    assert names["agree"](analytic, numerical).all()
    wrong = ~names["agree"](analytic * 200 / 199, numerical)
    noticeable = np.abs(analytic) > 1e-3 * np.abs(analytic).max()
    assert wrong[noticeable].all()


def test_kinks_are_found_by_their_winners(claims: dict[str, Any]) -> None:
    assert claims["kink_slopes"] == pytest.approx((1.0, 0.7))
    unaware, aware, kinks = claims["kink_check"]
    assert unaware == pytest.approx(1 - (4 * 0.9 - 0.7) / 3)  # at h/2 it is 0.9, at h 0.7
    assert (aware, kinks) == (0, 1)


def test_kinks_fade_with_the_step(claims: dict[str, Any]) -> None:
    with_kinks, without, _ = claims["kinks"][0.1]
    assert with_kinks > 0.05
    assert without < 0.005
    counts = [count for _, _, count in claims["kinks"].values()]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 100
    assert claims["kinks"][1e-5][2] == counts[-1] == 0
    assert claims["kinks"][0.1][1] < claims["kinks"][0.1][0] / 20


def test_a_mistake_that_shows_only_after_a_warm_up(claims: dict[str, Any]) -> None:
    assert claims["warm_up"]["right"] == [1, 1]
    before, after = claims["warm_up"]["wrong"]
    assert before == 1
    assert after < 0.1


def test_dropout_and_penalties_spoil_a_check(claims: dict[str, Any]) -> None:
    assert claims["dropout_seeded"][2] < 1e-6
    analytic, numerical, error = claims["dropout_fresh"]
    assert numerical > 1000 * analytic
    assert error > 0.9
    none, some, strong = (claims["decay"][decay] for decay in (0, 1, 100))
    assert none == pytest.approx(0.1 / 1.1, rel=0.01)
    assert strong < some / 20 < none / 40


def test_backprop_is_far_cheaper_than_trying(claims: dict[str, Any]) -> None:
    assert claims["backprop_speedup"] > 50
    assert 1 < claims["backprop_in_forwards"] < 6
    assert 1.5 < claims["wide_backprop_in_forwards"] < 6
    assert claims["second_forward"].keys() == {"", "wide_"}
    for network, share in claims["second_forward"].items():
        assert share == pytest.approx(1 / (1 + claims[f"{network}backprop_in_forwards"]))
    assert min(claims["network_agrees"].values()) > 0.95


def test_the_network_reads_digits(claims: dict[str, Any]) -> None:
    assert claims["first_training_loss"] == pytest.approx(np.log(10), abs=0.3)
    assert claims["last_losses"] < 0.2
    assert claims["train_accuracy"] > 0.97
    assert claims["validation_accuracy"] > 0.93
    assert claims["test_accuracy"] > 0.93


def test_a_wrong_gradient_still_learns(claims: dict[str, Any]) -> None:
    assert claims["wrong_accuracy"] > 0.9


def test_factor_per_layer_is_as_predicted(claims: dict[str, Any]) -> None:
    for name, (measured, predicted) in claims["factor"].items():
        assert measured == pytest.approx(predicted, rel=0.05), name
    factor = {name: measured for name, (measured, _) in claims["factor"].items()}
    assert 0.2 < factor["sigmoid, gain 1"] < 0.25
    assert 0.5 < factor["sigmoid, gain 4"] < 0.8
    assert factor["ReLU, gain 1"] == pytest.approx(0.5**0.5, rel=0.04)
    assert factor["ReLU, gain √2"] == pytest.approx(1, rel=0.04)
    assert factor["ReLU, gain 2"] == pytest.approx(2**0.5, rel=0.04)
    assert 0.9 < factor["tanh, gain 1"] < 1


def test_gradients_vanish_and_explode_over_fifty_layers(claims: dict[str, Any]) -> None:
    over = claims["from_50_to_1"]
    assert over["sigmoid, gain 1"] < 1e-28
    assert over["sigmoid, gain 4"] < 1e-7
    assert over["ReLU, gain 1"] < 1e-6
    assert over["ReLU, gain 2"] > 1e5
    assert 0.01 < over["tanh, gain 1"] < 1
    assert 0.05 < over["ReLU, gain √2"] < 5


def test_steep_sigmoids_explode(claims: dict[str, Any]) -> None:
    factors = claims["steep_sigmoids"]
    assert list(factors.values()) == sorted(factors.values())
    assert factors[1] < 0.25
    assert 0.9 < factors[10] < 1.03
    assert factors[20] > 1.2
    assert 1.15 < factors[40] / factors[20] < 1.45, "about the root of 2"


def test_deep_sigmoid_networks_guess_after_twelve_epochs(claims: dict[str, Any]) -> None:
    accuracy = claims["accuracy_at_depth"]
    assert min(accuracy["sigmoid, gain 1"][:2]) > 0.75, "two and three layers of sigmoids do learn"
    assert max(accuracy["sigmoid, gain 1"][2:]) < 0.25
    assert min(accuracy["tanh, gain 1"] + accuracy["ReLU, gain √2"]) > 0.85


def test_five_layers_are_slow_and_ten_are_stopped(claims: dict[str, Any]) -> None:
    curves = claims["patience"]
    waited = [np.argmax(curves[f"{depth} layers"] > 0.5) for depth in (3, 4, 5)]
    assert 0 < waited[0] < waited[1] - 4 < waited[2] - 12
    for depth, least in ((3, 0.9), (4, 0.9), (5, 0.7)):
        assert curves[f"{depth} layers"][-1] > least
    assert curves["10 layers"].max() < 0.25
    assert curves["10 layers, gain 4"][-1] > 0.6


def test_no_rate_and_no_patience_help_ten_layers(names: dict[str, Any]) -> None:
    curve, sigmoid, seed = names["learning_curve"], names["Sigmoid"], names["seed"]
    for rate in ((0.1, 10.0), (0.3, 30.0), (1.0, 100.0))[seed]:
        assert curve(seed, 10, sigmoid, 1, rate, epochs=60).max() < 0.25, rate
    assert curve(seed, 10, sigmoid, 1, 3.0, epochs=120).max() < 0.25


def test_five_layers_learn_at_a_rate_that_suits_them_alone(names: dict[str, Any]) -> None:
    curve, sigmoid, seed = names["learning_curve"], names["Sigmoid"], names["seed"]
    for rate in (0.3, 20.0):
        assert curve(seed, 5, sigmoid, 1, rate, epochs=60)[-1] < 0.5, rate
    assert curve(seed, 5, sigmoid, 1, 3.0, epochs=90)[-1] > 0.9


def test_inside_the_network_that_is_stopped(claims: dict[str, Any]) -> None:
    first, last, spread, answers = claims["deep_sigmoid"]
    assert first < 1e-3 < 0.03 < last
    assert spread < 1e-4
    assert answers == 1


def test_numbers_run_out_at_both_ends(claims: dict[str, Any]) -> None:
    assert 30 < claims["overflow_layer"] < 60
    assert np.isnan(claims["overflow_loss"])
    assert np.isnan(claims["overflow_gradient"])
    assert claims["underflow_gradient"] == 0


def test_clipping_widens_the_range_of_rates(claims: dict[str, Any]) -> None:
    clipped, free = (
        {rate: claims["clipping"][name, rate] for rate in (0.03, 0.1, 0.3)}
        for name in ("clipped to norm 1", "not clipped")
    )
    for rate in (0.1, 0.3):
        assert free[rate][0] < 30, "it should be lost within a few steps"
    assert free[0.03][0] == free[0.03][1], "this rate should survive without clipping"
    assert all(finite == steps for finite, steps, _ in clipped.values())
    best = max(reads for _, _, reads in clipped.values())
    assert best > 0.8
    assert abs(best - free[0.03][2]) < 0.1, "each at its best rate they should be near each other"


def test_clipping_beyond_the_rates_shown(names: dict[str, Any]) -> None:
    run, seed = names["run_clipped_or_not"], names["seed"]
    losses, _ = run(seed, names["DeepNet"], 1.0)
    assert np.isfinite(losses).sum() < 30
    losses, reads = run(seed, names["ClippedNet"], 1.0)
    assert np.isfinite(losses).all()
    assert reads > 0.4, "it survives a rate that is far too large"
    losses, reads = run(seed, names["DeepNet"], 0.01, epochs=20)
    assert np.isfinite(losses).all()
    assert reads > 0.75
    losses, clipped = run(seed, names["ClippedNet"], 0.01, epochs=20)
    assert np.isfinite(losses).all()
    assert clipped < reads, "at a rate that is safe anyway the brake only slows it down"


def test_clipping_by_norm_keeps_the_direction(claims: dict[str, Any]) -> None:
    by_norm, by_element = claims["clip_cosine"]
    assert by_norm == pytest.approx(1)
    assert by_element < 0.95


def test_products_lose_rank_and_hard_saturation_starts_lowest(claims: dict[str, Any]) -> None:
    ranks = claims["ranks"]
    np.testing.assert_allclose(ranks["orthogonal matrices"], 100)
    free = ranks["random, no activation"]
    assert free[0] > 70
    assert free[-1] < 12
    for name in ("hard tanh, gain 2 (hard)", "ReLU, gain √2 (hard)"):
        assert (ranks[name] < 0.8 * free).all(), name
        assert (np.diff(ranks[name]) < 0).all(), name
    soft, hard = ranks["tanh, gain 2 (soft)"], ranks["hard tanh, gain 2 (hard)"]
    assert (hard[:2] < 0.9 * soft[:2]).all()
    assert hard[3] > 0.7 * soft[3], "the text says that they come close after a few layers"
    kept = {name: values[-1] / values[0] for name, values in ranks.items()}
    for name in ranks.keys() - {"orthogonal matrices"}:
        assert 0.05 < kept[name] < 1 / 8, name


def check_hard_and_soft(ratios: dict[float, Any]) -> None:
    """Assert what the text says of ranks of hard tanh, relative to soft, after 1, 5 and 20."""
    start = [ratio[0] for ratio in ratios.values()]
    assert start == sorted(start, reverse=True), "it starts lower, the larger the gain"
    assert ratios[0.5] == pytest.approx([1, 1, 1], abs=0.05)
    assert max(ratios[2][0], ratios[4][0]) < 0.8
    for gain, ratio in ratios.items():
        assert ratio[2] > 0.65, f"hard and soft should be near each other, gain {gain}"
        assert ratio[2] > ratio[0] - 0.03, f"most of the difference should be gone, gain {gain}"


def test_hard_saturation_starts_lower_and_does_not_stay_so(claims: dict[str, Any]) -> None:
    check_hard_and_soft(claims["hard_to_soft"])


@pytest.mark.parametrize("width", [50, 150])
def test_hard_and_soft_at_other_widths(names: dict[str, Any], width: int) -> None:
    ranks, kinds = names["mean_ranks"], (names["Tanh"], names["HardTanh"])
    seed = 100 + names["seed"]
    ratios = {}
    for gain in (0.5, 1, 2, 4):
        soft, hard = (ranks(seed, k, gain, (1, 5, 20), networks=4, width=width) for k in kinds)
        ratios[gain] = hard / soft
    check_hard_and_soft(ratios)


def test_tanh_learns_faster_than_sigmoid(claims: dict[str, Any]) -> None:
    sigmoid, centred, steep, tanh = claims["epochs"].values()
    for flat in (sigmoid, centred):
        assert flat[0] == flat[1] == np.inf, "a flat activation learned at a small rate"
    for sharp in (steep, tanh):
        assert sharp[0] < 30
        assert sharp[1] <= 12
        assert sharp[2] > 1.5 * min(sharp)
        assert min(sharp[3:]) == np.inf, "a steep activation learned at a rate of 3 or more"
    for name, epochs in claims["epochs"].items():
        assert min(epochs) < min(epochs[0], epochs[-1]), f"{name} is best at the grid's edge"
    for flat in (sigmoid, centred):
        assert max(flat[3:5]) < np.inf, "a flat activation did not learn at 3 or at 5"
    assert max(centred[3:5]) < min(sigmoid[3:5])
    assert min(tanh) < min(steep) < min(sigmoid)
    assert 1.5 * min(centred) < min(sigmoid)
    assert 1.5 * min(tanh) < min(centred)


@pytest.mark.parametrize("goal", [0.9, 0.97])
def test_tanh_learns_faster_at_other_rates_and_goals(names: dict[str, Any], goal: float) -> None:
    rates = {"σ(x), sigmoid": (2, 4), "σ(x) − ½": (2, 4), "2σ(2x)": (0.1, 0.4)}
    rates["2σ(2x) − 1, tanh"] = (0.1, 0.4)
    sigmoid, centred, steep, tanh = (
        min(names["epochs_to_learn"](names["seed"], names["SQUASHES"][name], r, goal) for r in both)
        for name, both in rates.items()
    )
    assert tanh < centred < sigmoid
    assert tanh < steep < sigmoid
