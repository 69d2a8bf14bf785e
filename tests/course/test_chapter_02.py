"""What chapter 2 says of its experiments, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "02_losses/1_all"


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
    one_step = claims["pair_after_one_step"]
    assert end[0.01] == pytest.approx(one_step, abs=0.005)


def test_the_steepest_direction_sets_the_limit(claims: dict[str, Any]) -> None:
    limits = claims["pair_limits"]
    along, limit = limits["at the start"]
    assert 6 < limit < 9, "the text says about 7"
    assert 10 < along < 80, "10 should be below the limit along the gradient, and 100 above it"
    assert claims["steepest_is_bias"] > 0.9
    assert limits["rate 10, 100 steps"][1] > 20, "the limit should have risen above 10"
    along, limit = limits["rate 100, 100 steps"]
    assert 150 < limit < 600, "100 should now be below the limit, and 1000 above it"
    assert along > 10 * limit, "the gradient should point along the flat bottom"
    first, second, highest = claims["leap"]
    assert second < first, "the next step was said to go down"
    assert highest > 2000 * first
    for border in claims["pair_border"].values():
        highest_losses, rises = np.array(border).T
        assert not rises[:4].any(), "up to nine tenths of the limit the loss should never rise"
        assert (highest_losses[-4:] > 100).all(), "from one and a half times on it should leap"


@pytest.mark.parametrize(("rate", "steps"), [(10, 300), (10, 1000), (30, 300), (100, 300)])
def test_the_limit_at_other_points_of_other_walks(
    names: dict[str, Any], rate: float, steps: int
) -> None:
    x, t, loss = names["x_pair"], names["t_pair"], names["pair_loss"]

    def walk(w: np.ndarray, rate: float, steps: int) -> np.ndarray:
        path = [w]
        for _ in range(steps):
            path.append(path[-1] - rate * names["unit_gradient"]("cross-entropy", path[-1]))
        return np.array(path)

    w = walk(np.zeros(17), rate, steps)[-1]
    along, limit, steepest = names["limits"](loss, w)
    y = names["sigmoid"](x @ w)
    hessian = (x.T * (y * (1 - y))) @ x / len(t)
    assert limit == pytest.approx(2 / np.linalg.eigvalsh(hessian)[-1], rel=1e-3)
    assert along > 10 * limit
    for share in (0.3, 0.6, 0.9, 1.5, 2, 3, 6):
        curve = [loss(w) for w in walk(w + 0.1 * steepest, share * limit, 100)]
        if share < 1:
            assert max(np.diff(curve)) <= 0
        else:
            assert max(curve) > 30 * curve[0]


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
    assert claims["last_three"] > claims["nearest_mean_accuracy"] + 0.01
    assert claims["worst_epoch"] < -0.01, "the accuracy was said to fall in some epochs"
    assert claims["validation_gain"] > 0.03
    assert claims["zero_middle"] < -1


def test_the_loss_chooses_the_rate_and_the_accuracy_does_not(claims: dict[str, Any]) -> None:
    slow, fast = (np.array(claims["by_shuffle"][rate]) for rate in (1, 10))
    assert fast[:, 0].max() < slow[:, 0].min() - 0.3
    assert np.ptp(fast[:, 1]) > 0.03, "by several points"
    assert np.ptp(slow[:, 0]) < 0.1


def test_the_chosen_rate_is_that_of_a_few_epochs(names: dict[str, Any]) -> None:
    x, targets = names["x_train"], names["targets"]
    gains = {epochs: [] for epochs in (1, 2, 4, 8, 16)}
    for shuffle in range(3):
        losses = {}
        for rate in (1, 10):
            W, rng, done = np.zeros((17, 10)), np.random.default_rng(shuffle), 0
            for epochs, gain in gains.items():
                for _ in range(epochs - done):
                    for rows in names["minibatches"](len(x), 50, rng):
                        p = names["softmax"](x[rows] @ W)
                        W -= rate * x[rows].T @ (p - targets[rows]) / len(rows)
                done = epochs
                losses[rate] = names["softmax_cross_entropy"](
                    names["x_validation"] @ W, names["labels_validation"]
                )
                gain.append(losses[rate] * (1 if rate == 1 else -1))
    mean = {epochs: sum(gain) / 3 for epochs, gain in gains.items()}
    assert mean[2] > 0.15
    assert max(mean[8], mean[16]) < mean[2] - 0.1, "the rate 1 should have caught up"


def test_sigmoid_slope_cancels_in_cross_entropy(claims: dict[str, Any]) -> None:
    assert claims["sigmoid_slope_error"] < 1e-9
    assert max(claims["unit_slope_errors"]) < 1e-8
    squared, entropy = claims["slopes_at_minus_8"]
    assert -1e-3 < squared < 0
    assert entropy < -0.999
    assert claims["softmax_pair"] < 1e-9, "softmax with cross-entropy has the slope y − t"


def test_cross_entropy_recovers_faster_from_a_wrong_start(claims: dict[str, Any]) -> None:
    assert claims["race_start"] < 0.1
    assert claims["by_hand"] < 1e-8, "the slopes by formula should be the measured ones"
    squared, entropy = (claims["race_steps"][n] for n in ("squared error", "cross-entropy"))
    for rate in (1, 3, 10):
        assert entropy[rate] < 100
        assert squared[rate] > 5 * entropy[rate], f"learning rate {rate}"
    assert 5 <= entropy[3] <= 40
    assert squared[3] > 80
    assert sorted(claims["halfway_right"]) == [0, 1], "all of one digit right, none of the other"
    by_squared_error, by_cross_entropy = claims["halfway_slopes"]
    assert by_cross_entropy > 20 * by_squared_error


def best(counts: np.ndarray) -> float:
    """Return the fewest steps at any rate."""
    return float(counts.min())


def test_each_loss_at_its_best_rate(claims: dict[str, Any]) -> None:
    sweep = claims["sweep"]
    rates = np.geomspace(1, 1e4, 25)
    for sureness in (0.5, 2.5, 12):
        assert sweep[sureness, "cross-entropy"][rates >= 9.9].max() <= 36, "a few dozen at most"
    assert best(sweep[0.5, "squared error"]) <= best(sweep[0.5, "cross-entropy"]) + 1
    squared, entropy = sweep[2.5, "squared error"], sweep[2.5, "cross-entropy"]
    at_ten = claims["race_steps"]["squared error"][10] / claims["race_steps"]["cross-entropy"][10]
    assert best(squared) / best(entropy) < 6
    assert best(squared) / best(entropy) < at_ten / 2, "the best rate should close most of the gap"
    beyond = squared[rates > 30]
    assert beyond.max() > 20 * beyond.min(), "it should jump from a few steps to hundreds or never"
    assert np.sum(squared <= 25) < np.sum(entropy <= 25) - 3
    assert np.isinf(sweep[12, "squared error"]).all()
    assert np.isinf(claims["huge_rates"]).all()


@pytest.mark.parametrize(
    ("pair", "size"), [((3, 8), 60), ((1, 7), 300), ((4, 9), 300), ((2, 5), 120)]
)
def test_the_race_with_other_digits_sizes_and_rates(
    names: dict[str, Any], monkeypatch: pytest.MonkeyPatch, pair: tuple[int, int], size: int
) -> None:
    chosen = np.isin(names["labels_train"], pair)
    monkeypatch.setitem(names, "x_pair", names["x_train"][chosen][:size])
    labels = names["labels_train"][chosen][:size]
    monkeypatch.setitem(names, "t_pair", (labels == pair[1]).astype(float))
    rates = np.geomspace(10, 1e5, 9)

    def counts(loss: str, sureness: float) -> np.ndarray:
        walks = [names["race"](loss, rate, sureness, most=300) for rate in rates]
        return np.array([names["steps_needed"](walk) for walk in walks])

    for sureness in (2, 5, 12):
        assert counts("cross-entropy", sureness).max() <= 60
    lucky = np.isfinite(counts("squared error", 12)).sum()
    assert lucky <= (0 if pair == (3, 8) else 3), "but for a lucky jump, none should arrive"


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


def test_an_order_helps_regression_when_samples_are_few(claims: dict[str, Any]) -> None:
    digits, ink, noisy = claims["by_size"].values()
    for errors in digits.values():
        assert errors["bins"] < 0.7 * errors["regression"]
    for size in (50, 100):
        assert ink[size]["regression"] < 0.7 * ink[size]["bins"]
        assert noisy[size]["regression"] < noisy[size]["bins"] - 0.03
    assert ink[1000]["bins"] < 0.8 * ink[1000]["regression"], "the bins should have overtaken"
    assert abs(noisy[1000]["bins"] - noisy[1000]["regression"]) < 0.07


@pytest.mark.parametrize("noise", [0, 0.25, 0.5])
@pytest.mark.parametrize("size", [40, 70, 140])
def test_an_order_helps_at_other_sizes_and_noise(
    names: dict[str, Any], noise: float, size: int
) -> None:
    errors = names["compare"](names["stars_by_ink"](noise), size)
    assert errors["regression"] < errors["bins"]
    errors = names["compare"](names["stars_by_digit"](), size)
    assert errors["bins"] < errors["regression"] - 0.1


def test_outliers_ruin_regression_and_not_bins(claims: dict[str, Any]) -> None:
    digits, ink = claims["star_errors"].values()
    for errors in (digits, ink):
        raw, cut_off, bins = (np.array(values) for values in errors.values())
        assert raw[-1] > 1.2
        assert (np.diff(raw[1:]) > 0).all(), "it should grow with the outliers' size"
        assert np.ptp(bins) < 0.15
        assert np.ptp(bins[2:]) == 0, "beyond 5 the size of an outlier makes no difference"
        assert np.ptp(cut_off) < 0.12
    raw, cut_off, bins = (np.array(values) for values in digits.values())
    assert (bins < 0.5 * cut_off).all()
    raw, cut_off, bins = (np.array(values) for values in ink.values())
    assert np.abs(bins - cut_off).max() < 0.12, "the figure's description says that they are close"


@pytest.mark.parametrize("share", [0.02, 0.1])
@pytest.mark.parametrize(("kind", "size"), [("digits", 400), ("ink", 100), ("ink", 200)])
def test_outliers_of_other_shares(
    names: dict[str, Any], kind: str, size: int, share: float
) -> None:
    films = names["stars_by_digit"]() if kind == "digits" else names["stars_by_ink"](0.25)
    errors = names["compare"](films, size, 100, share)
    assert errors["regression"] > 1.1
    assert errors["regression"] > 1.8 * errors["regression, cut off at 5"]
    assert errors["regression"] > 1.8 * errors["bins"]


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
