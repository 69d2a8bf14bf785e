"""What chapter 2 says of its experiments, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

CHAPTER = "02_losses"


def test_an_untrained_network_guesses(claims: dict[str, Any]) -> None:
    assert claims["untrained_accuracy"] < 0.25
    assert claims["untrained_loss"] == pytest.approx(np.log(10), abs=0.02)


def test_accuracy_is_a_staircase_and_the_loss_is_not(claims: dict[str, Any]) -> None:
    assert 0.7 < claims["nearest_mean_accuracy"] < 0.95
    accuracies, losses = claims["different_values"]
    assert accuracies < 60
    assert losses > 795
    of_accuracy, of_loss = claims["zero_slopes"]
    assert of_accuracy > 0.98
    assert of_loss == 0


def test_validation_data_chooses_what_training_data_cannot(claims: dict[str, Any]) -> None:
    assert claims["k_by_training"] == 1
    assert claims["k_by_validation"] >= 5
    with_one, with_chosen = claims["knn_test"]
    assert with_chosen > with_one + 0.08
    assert 0.2 < claims["mislabelled"] < 0.32, "the text says about a quarter"
    assert claims["validation_above"] > 0, "training is marked against wrong labels"


def test_the_best_of_many_guessers_was_lucky(claims: dict[str, Any]) -> None:
    on_validation, on_test = claims["best_guesser"]
    assert on_validation >= 0.18
    assert on_test < 0.15


def test_squared_error_asks_for_the_mean(claims: dict[str, Any]) -> None:
    assert claims["best_answer"] == pytest.approx(3.5)


def test_conventions_differ_by_the_factors_of_the_table(claims: dict[str, Any]) -> None:
    expected = {
        "ours": 1,
        "without the half": 2,
        "mean over everything": 2 / 3,
        "half the sum over everything": 4,
    }
    assert claims["slope_by_convention"] == pytest.approx(expected, rel=1e-6)
    assert claims["silently_wrong"] == 5, "broadcasting should have made all pairs"


def test_cross_entropy_is_the_mean_surprise(claims: dict[str, Any]) -> None:
    for p, (by_number, by_row) in claims["surprise"].items():
        assert by_number == by_row, "class numbers and one-hot rows are the same labels"
        assert by_number == pytest.approx(-np.log(p), abs=2e-6)
    assert -2e-7 < claims["surprise"][1.0][0] < 0, "the constant makes a perfect answer negative"
    assert claims["product"] == 0, "the product of all probabilities should underflow"


def test_log_softmax_survives_where_the_logarithm_of_0_does_not(claims: dict[str, Any]) -> None:
    plain, with_constant, by_log_softmax = claims["sure_and_wrong"]
    assert plain == np.inf
    assert with_constant == pytest.approx(16.118, abs=1e-3)
    assert by_log_softmax == 2000
    assert claims["sure_and_right"] == pytest.approx((0, -1e-7, 0), abs=1e-12)
    plain, with_constant, by_log_softmax = claims["slopes_at_30"]
    assert plain == pytest.approx(1, abs=1e-3)
    assert abs(with_constant) < 1e-5, "the constant should have flattened the loss"
    assert by_log_softmax == pytest.approx(1, abs=1e-3)


def test_best_steps_of_the_differences(claims: dict[str, Any]) -> None:
    assert 2e-9 <= claims["best_h"]["forward"] <= 1e-7
    assert 1e-6 <= claims["best_h"]["central"] <= 5e-5
    assert 1e-9 < claims["best_h_error"]["forward"] < 1e-7
    assert claims["best_h_error"]["central"] < 1e-10
    digits = {name: round(-np.log10(error)) for name, error in claims["best_h_error"].items()}
    assert digits == {"forward": 8, "central": 11}


def test_the_gradient_costs_two_runs_per_parameter(claims: dict[str, Any]) -> None:
    np.testing.assert_allclose(claims["bowl_gradient"], [3, -4], atol=1e-8)
    assert claims["bowl_runs"] == 4


def test_the_gradient_is_the_steepest_direction(claims: dict[str, Any]) -> None:
    along_gradient, slope, across = claims["steepest"]
    assert along_gradient > np.cos(np.radians(1)), "the directions are a degree apart"
    assert slope == pytest.approx(5, abs=1e-3), "the slope is the gradient's length, √(3² + 4²)"
    assert abs(across) < np.sin(np.radians(1)), "the level direction is at a right angle"


def test_bad_steps_lose_the_slope(claims: dict[str, Any]) -> None:
    tiny, in_float32, relative_error = claims["bad_steps"]
    assert tiny == in_float32 == 0
    assert relative_error > 1e-4


def test_learning_rates_on_the_bowl(claims: dict[str, Any]) -> None:
    losses = claims["bowl_losses"]
    assert losses[0.01] > 20
    assert max(losses[0.1], losses[0.19]) < 0.1
    assert losses[0.21] > 1000, "above 2 / curvature it should diverge"
    assert max(claims["by_formula"].values()) < 1e-5


def test_learning_rates_on_digits(claims: dict[str, Any]) -> None:
    assert claims["pair_start"] == pytest.approx(np.log(2))
    end = claims["pair_end"]
    assert end[0.01] > 0.64
    assert end[0.01] > end[0.1] > 2 * end[1]
    assert end[1] > 2 * end[10]
    assert not any(claims["pair_rises"][rate] for rate in (0.01, 0.1, 1))
    assert not claims["pair_rises"][10], "the figure's description says that 10 falls smoothly"
    assert claims["pair_rises"][100]
    assert claims["pair_highest"] > 3 * claims["pair_start"]
    assert end[100] == min(end.values()), "the text says that it ends lowest"
    at_the_start, at_the_end = claims["pair_limits"]
    assert at_the_start < 80, "100 should be above 2 / curvature at first"
    assert at_the_end > 500, "and below it at the end"


def test_noise_of_a_mini_batch(claims: dict[str, Any]) -> None:
    assert claims["noise_exponent"] == pytest.approx(-0.5, abs=0.03)
    assert claims["sum_64_to_256"] > 2.5
    assert 0.6 < claims["mean_64_to_256"] < 1.05


def test_an_epoch_deals_out_all_pictures(claims: dict[str, Any]) -> None:
    assert claims["dealt"] == (1011, 21, 11, 1011)


def test_sgd_with_measured_slopes_reads_digits(claims: dict[str, Any]) -> None:
    assert claims["chosen_rate"] == 10
    assert claims["first_loss"] == pytest.approx(np.log(10))
    assert claims["last_losses"] < 0.6
    assert claims["training_runs"] == (252 * 341, 252)
    training, validation, test = claims["trained"]
    assert training > 0.8
    assert validation > 0.78
    assert 0.77 < test < 0.93
    assert validation > claims["nearest_mean_accuracy"] + 0.01
    assert claims["worst_epoch"] < -0.01, "the accuracy was said to fall in some epochs"
    assert claims["validation_gain"] > 0.03
    by_rate = claims["accuracy_by_rate"]
    assert abs(by_rate[1] - by_rate[10]) < 0.08, "they were said to be close together"
    assert claims["zero_middle"] < -1


def test_sigmoid_slope_cancels_in_cross_entropy(claims: dict[str, Any]) -> None:
    assert claims["sigmoid_slope_error"] < 1e-9
    assert max(claims["unit_slope_errors"]) < 1e-8
    squared, entropy = claims["slopes_at_minus_8"]
    assert -1e-3 < squared < 0
    assert entropy < -0.999
    assert claims["softmax_pair"] < 1e-9, "softmax with cross-entropy has the slope y − t"


def test_cross_entropy_recovers_faster_from_a_wrong_start(claims: dict[str, Any]) -> None:
    assert claims["race_start"] < 0.1
    squared, entropy = (claims["race_steps"][n] for n in ("squared error", "cross-entropy"))
    for rate in (1, 3, 10):
        assert entropy[rate] < 100
        assert squared[rate] > 5 * entropy[rate], f"learning rate {rate}"
    assert 5 <= entropy[3] <= 40
    assert squared[3] > 80
    assert sorted(claims["halfway_right"]) == [0, 1], "all of one digit right, none of the other"
    by_squared_error, by_cross_entropy = claims["halfway_slopes"]
    assert by_cross_entropy > 20 * by_squared_error


def test_hinge_loss_and_its_kinks(claims: dict[str, Any]) -> None:
    assert claims["hinge"] == pytest.approx([2.7, 0])
    assert claims["hinge_start"] == 9
    assert claims["terms"] == (9099, 9099, 450_000)
    assert claims["hinge_agrees"] < 1e-12
    assert claims["zero_terms"] > 0.85
    assert 0.5 < claims["zero_samples"] < 0.95
    assert claims["zero_cross_entropy"] == 0
    assert claims["kink_slopes"] == pytest.approx((0, -1, -0.5), abs=1e-6)
    near = claims["near_kinks"]
    assert near[1] > 3 * near[0.1]
    assert near[0.1] > 3 * near[0.01]
    assert 0.02 < claims["cifar_kinks"] < 3


def test_an_outlier_pulls_harder_than_all_others(claims: dict[str, Any]) -> None:
    assert claims["pull_10"] > 1.5
    assert claims["pull_30"] > 3 * claims["pull_10"]


def test_bins_withstand_outliers_and_regression_does_not(claims: dict[str, Any]) -> None:
    errors = {name: np.array(values) for name, values in claims["star_errors"].items()}
    raw, cut_off, bins = errors.values()
    assert raw[-1] > 6 * raw[0]
    assert raw[-1] > 1.8 * raw[-2] > 1.8 * 1.4 * raw[-3], "it grows with the outliers' size"
    assert (bins < 0.35).all()
    assert np.ptp(bins) < 0.15
    assert np.ptp(bins[2:]) == 0, "beyond the last bin the size of an outlier makes no difference"
    assert np.ptp(cut_off) < 0.1
    assert bins[0] < 0.6 * raw[0], "bins were said to be better without outliers, too"
    assert (bins < cut_off).all()


def test_hierarchical_softmax_is_a_distribution(claims: dict[str, Any]) -> None:
    assert claims["way"] == [(1, 1), (3, 0), (6, 1)]
    assert claims["way_to_6"] == [(1, 1), (3, 1), (7, 0)]
    assert claims["tree_sums"] < 1e-12
    assert claims["tree_agrees"] < 1e-12
    assert 0.02 < claims["greedy_misses"] < 0.4


def test_the_tree_is_faster_for_many_classes_only(claims: dict[str, Any]) -> None:
    speedup = claims["tree_speedup"]
    assert speedup[8] < 1
    assert speedup[65536] > 3
    assert speedup[65536] > 20 * speedup[128]


def test_measured_slopes_are_too_slow(claims: dict[str, Any]) -> None:
    parameters = list(claims["bill"])
    assert parameters[:2] == [170, 3760]
    assert parameters[-1] == pytest.approx(1e6, rel=0.01)
    assert [runs for runs, _, _ in claims["bill"].values()] == [2 * p for p in parameters]
    assert claims["years"] > 0.3
    assert claims["growth"] > 1.3, "the bill should grow faster than the number of parameters"
