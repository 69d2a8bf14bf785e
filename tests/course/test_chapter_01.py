"""What chapter 1 says of its experiments, its own cells compute."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

PAGE = "01_perceptrons/1_all"
XOR = [0, 1, 1, 0]


def test_dtypes_mix_as_the_opening_says(claims: dict[str, Any]) -> None:
    assert claims["dtypes"] == ["float64", "float32", "bool", "float32", "float64"]
    assert claims["true_plus_true"] == [True, False]


def test_the_window_opens_on_the_first_day_only(claims: dict[str, Any]) -> None:
    assert claims["window"].tolist() == [1, 0, 0, 0]
    np.testing.assert_array_equal(claims["window_with_one"], claims["window"])


def test_weights_stand_at_a_right_angle_to_the_boundary(claims: dict[str, Any]) -> None:
    assert claims["right_angle"] == 0
    assert claims["distance"] == pytest.approx(3)


def test_gates_and_how_many_weights_make_them(claims: dict[str, Any]) -> None:
    assert claims["gates"] == {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0]}
    assert claims["tried"] == 17**3
    assert min(claims["right"].values()) >= 2 * 12, "dozens of choices were promised"
    assert claims["right"]["NAND"] < claims["right"]["AND"]


def test_the_largest_margin_errs_least_with_little_noise(claims: dict[str, Any]) -> None:
    assert max(claims["and_margins"]) == claims["and_margins"][0]
    assert max(claims["and_margins"][1:3]) < claims["and_margins"][0] / 2
    little, much = claims["and_noise"][0.15], claims["and_noise"][0.5]
    assert min(little[1:]) > 2 * little[0]
    assert much[3] < much[0] - 0.005, "with much noise the smaller margin should err less"


@pytest.mark.parametrize("scale", [0.05, 0.1, 0.15, 0.2])
def test_margins_under_noise_smaller_than_they_are(names: dict[str, Any], scale: float) -> None:
    first, *others = names["errors_under_noise"](100 + names["seed"], scale, samples=50_000)
    assert first <= min(others)


@pytest.mark.parametrize("scale", [0.4, 0.7, 1.0])
def test_margins_under_noise_larger_than_they_are(names: dict[str, Any], scale: float) -> None:
    first, *_, last = names["errors_under_noise"](100 + names["seed"], scale, samples=50_000)
    assert last < first


def test_rounding_decides_on_the_edge(claims: dict[str, Any]) -> None:
    (rounded, yes), (exact, no) = claims["edge"]
    assert 0 < rounded < 1e-16
    assert (yes, exact, no) == (1, 0, 0)


def test_xor_and_its_opposite_are_missing(claims: dict[str, Any]) -> None:
    assert claims["missing"] == [(0, 1, 1, 0), (1, 0, 0, 1)]
    assert claims["separable_tables"] == {2: 14, 3: 104, 4: 1882}, "counts of Muroga (1971)"


def test_two_layers_and_nand_alone_are_enough(claims: dict[str, Any]) -> None:
    assert claims["hidden_places"] == 3, "two of the four inputs should land on the same point"
    assert claims["xor"] == (XOR, XOR)
    assert claims["circuits_right"] == 2**8


def test_the_line_moves_until_it_separates(claims: dict[str, Any]) -> None:
    assert claims["cloud_right"]
    assert claims["cloud_corrections"] >= 3, "the figure shows the first two and the last"


def check_clouds(clouds: dict[float, Any]) -> None:
    """Assert what the text says of mistakes and their bound, from the widest gap on."""
    means = np.array([draws.mean(axis=0) for draws in clouds.values()])
    for draws in clouds.values():
        assert (draws[:, 3] == 0).all(), "the data are separable: no mistake should be left"
        assert (draws[:, 0] > 0).all()
        assert (draws[:, 0] < draws[:, 1]).all()
    mistakes, bounds = means[:, 0], means[:, 1]
    assert (np.diff(mistakes) > 0).all(), "on average they should grow as the margin shrinks"
    assert (np.diff(means[:, 2]) < 0).all()
    assert bounds[-1] / bounds[0] > 3 * mistakes[-1] / mistakes[0], "they should grow more slowly"
    assert mistakes[-1] < bounds[-1] / 20, "the truth should be far better"


def test_mistakes_stay_below_the_bound(claims: dict[str, Any]) -> None:
    assert claims["squeezed"]
    check_clouds(claims["clouds"])
    for draws in claims["clouds"].values():
        products = draws[:, 1] * draws[:, 2] ** 2
        assert products.max() < 1.3 * products.min(), "R should stay nearly the same"


def test_a_smaller_margin_may_cost_fewer_mistakes(claims: dict[str, Any]) -> None:
    draws = np.concatenate(list(claims["clouds"].values()))
    assert any(a[2] < b[2] and a[0] < b[0] for a in draws for b in draws)


@pytest.mark.parametrize("count", [50, 600])
def test_mistakes_for_other_numbers_of_points(names: dict[str, Any], count: int) -> None:
    check_clouds(
        {
            gap: np.array(
                [names["learn_a_cloud"]([100 + names["seed"], n], gap, count) for n in range(6)]
            )
            for gap in (0.4, 0.1, 0.02)
        }
    )


def test_the_bound_can_be_reached(claims: dict[str, Any]) -> None:
    for count, (mistakes, bound) in claims["bound_reached"].items():
        assert mistakes == count
        assert mistakes <= bound < mistakes + 1


def test_xor_is_never_learned_and_the_weights_come_back(claims: dict[str, Any]) -> None:
    assert len(claims["xor_mistakes"]) == 100
    assert min(claims["xor_mistakes"]) > 0
    assert set(claims["xor_mistakes"][2:]) == {4}
    assert len(set(claims["xor_weights"][2:])) == 1


def test_every_pair_of_digits_is_separable(claims: dict[str, Any]) -> None:
    epochs, accuracy = claims["pair_epochs"], claims["pair_accuracy"]
    assert len(epochs) == 45
    assert epochs[0, 1] <= 10
    assert np.median(list(epochs.values())) <= 8, "the figure's text says that most need few"
    assert np.mean(list(accuracy.values())) > 0.98
    assert 0.9 < min(accuracy.values()) < 1


def test_odd_or_even_is_never_finished(claims: dict[str, Any]) -> None:
    assert claims["one_eight_mistakes"][-1] == 0
    assert claims["one_eight_mistakes"].index(0) >= 4
    assert min(claims["odd_mistakes"]) > 80
    assert 0.75 < claims["odd_accuracy"] < 0.97, "far better than guessing, and not perfect"


def test_a_layer_is_a_matrix_product(claims: dict[str, Any]) -> None:
    assert claims["loop_difference"] < 1e-12
    assert claims["loop_ratio"] > 20
    assert claims["multiplications"] == 100 * 64 * 50
    assert claims["xor_matrices"] == XOR
    assert claims["xor_forward"] == 0


def test_shapes_along_the_network(claims: dict[str, Any]) -> None:
    assert claims["shapes"] == [
        ((64, 50), (50,), (100, 50)),
        ((50, 30), (30,), (100, 30)),
        ((30, 10), (10,), (100, 10)),
    ]
    assert claims["forward_difference"] < 1e-12
    assert claims["parameters"] == 64 * 50 + 50 + 50 * 30 + 30 + 30 * 10 + 10 == 5090


def test_a_wrong_bias_fits_by_chance_and_a_wrong_order_does_not(claims: dict[str, Any]) -> None:
    same_shape, difference = claims["bias_trap"]
    assert same_shape
    assert difference == pytest.approx(20)
    assert claims["numbers_wrong"] == 6, "all but the diagonal"
    assert claims["exchanged"] == (4, 4)
    assert claims["shape_error"]


def test_linear_layers_collapse(claims: dict[str, Any]) -> None:
    assert claims["bends"]["no activation"] < 1e-10
    assert claims["bends"]["step"] > 0.1
    assert claims["bends"]["max(z, 0)"] > 1e-3
    assert claims["collapse"] < 1e-12
    many, one = claims["collapse_counts"]
    assert one == 64 * 10 + 10
    assert many > 10 * one


def test_depth_without_an_activation_learns_otherwise(claims: dict[str, Any]) -> None:
    one, two = claims["one_or_two"].T
    assert (two[:20] > one[:20]).all(), "two weights should lag behind at first"
    assert two[9] - one[9] > 0.3
    assert two[-1] < one[-1] / 5, "and overtake"
    assert claims["from_zero"][1] == 1
    assert claims["from_zero"][0] < 0.01


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.2, 0.3])
@pytest.mark.parametrize("start", [0.01, 0.1, 0.3])
def test_one_or_two_layers_at_other_rates(names: dict[str, Any], rate: float, start: float) -> None:
    one, two = names["one_or_two_layers"](rate, int(14 / rate), start).T
    early = int(1 / rate)
    assert (two[:early] > one[:early]).all()
    assert two[-1] < one[-1]


def test_the_step_has_no_useful_slope_and_the_sigmoid_has(claims: dict[str, Any]) -> None:
    stepped, smooth = zip(*claims["slopes"], strict=True)
    assert stepped == pytest.approx((1, 10, 0, 0, 0))
    assert smooth[2:] == pytest.approx([0.25] * 3, abs=1e-3)
    assert claims["sigmoid_symmetry"] < 1e-12
    assert claims["steep"] < 1e-12


def test_small_moves_show_with_smooth_units_only(claims: dict[str, Any]) -> None:
    assert claims["nudges"]["step"][0] == 0
    assert claims["nudges"]["sigmoid"][0] == 1
    assert claims["nudges"]["step"][1] == claims["nudges"]["sigmoid"][1] > 500


def test_soft_units_need_weights_of_their_own(claims: dict[str, Any]) -> None:
    assert claims["soft_xor"] == {1: [0, 0, 0, 0], 5: XOR, 30: XOR}


def test_sigmoid_overflows_as_written_and_saturates(claims: dict[str, Any]) -> None:
    assert claims["naive_overflows"]
    assert claims["safe_ends"] == [0, 1]
    slopes = claims["sigmoid_slopes"]
    assert slopes[0.0] == pytest.approx(0.25)
    assert slopes[10.0] < 1e-4 < slopes[5.0] < 0.01


def test_properties_of_the_activations(claims: dict[str, Any]) -> None:
    wanted = {
        "identity": "-yyy-",
        "step": "y-y-y",
        "sigmoid": "yyy-y",
        "tanh": "yyyyy",
        "ReLU": "y-y--",
        "leaky, a = 0.1": "y-y--",
        "ELU": "yyyy-",
        "sine": "yy-yy",
    }
    found = {
        name: "".join("y" if has else "-" for has in properties.values())
        for name, properties in claims["properties"].items()
    }
    assert found == wanted
    assert claims["tanh_from_sigmoid"] < 1e-12


def test_what_the_properties_buy(claims: dict[str, Any]) -> None:
    assert claims["landscape"]["sigmoid"] == (True, 1)
    convex, valleys = claims["landscape"]["sine"]
    assert not convex
    assert valleys == 3, "the figure shows three, each with a wall on both sides"
    assert claims["ten_times"]["tanh"] > 0.9
    assert claims["ten_times"]["sigmoid"] < 1e-4
    assert claims["largest_output"]["ReLU"] > 1000
    assert claims["largest_output"]["tanh"] <= 1
    assert claims["saturated"] > 0.1


def test_a_dead_unit_reacts_to_nothing(claims: dict[str, Any]) -> None:
    assert claims["dead"] == {"ReLU": 0, "leaky ReLU": 1}


def test_sums_run_over_the_classes_of_one_sample(claims: dict[str, Any]) -> None:
    assert claims["axis"] == ((2,), (2, 1), (3,))
    np.testing.assert_allclose(claims["shares"], [[0.25, 0.75, 0], [0.5, 0.1, 0.4]])


def test_softmax_sums_to_one_and_keeps_the_order(claims: dict[str, Any]) -> None:
    assert claims["softmax_by_hand"] < 1e-12
    assert claims["digits_counted"] == 1797
    assert claims["order_differs"] == 0
    assert claims["sum_deviation"] < 1e-12
    assert claims["two_classes"] < 1e-12


def test_softmax_overflows_unless_each_row_is_shifted(claims: dict[str, Any]) -> None:
    assert np.isnan(claims["overflow"]).all()
    np.testing.assert_allclose(claims["no_overflow"], claims["shifted"])
    np.testing.assert_allclose(claims["wrong_axis_sums"], [1, 0], atol=1e-12)
    assert np.isnan(claims["one_maximum"]).all()
    np.testing.assert_allclose(claims["row_maximum"][0], claims["row_maximum"][1])


def test_random_networks_guess(claims: dict[str, Any]) -> None:
    assert claims["random_mean"] == pytest.approx(0.1, abs=0.01)
    assert 0.13 < claims["random_best"] < 0.4
    assert claims["best_on_test"] < 0.4
    assert claims["three_favourites"] > 0.7


def test_larger_weights_make_the_network_surer_and_not_better(claims: dict[str, Any]) -> None:
    small, middle, large = (claims["surest"][std][0] for std in (0.01, 0.5, 3.0))
    assert small < 0.13
    assert small + 0.05 < middle < large
    assert large > 0.7
    assert max(right for _, right in claims["surest"].values()) < 0.3


@pytest.mark.parametrize("stds", [(0.001, 0.1, 1.0), (0.03, 0.3, 10.0), (0.5, 1.0, 30.0)])
def test_certainty_comes_from_the_size_of_the_weights(
    names: dict[str, Any], stds: tuple[float, ...]
) -> None:
    data, surest = names["data"], []
    for std in stds:
        rng = np.random.default_rng(100 + names["seed"])
        logits = names["forward_network"](
            names["init_network"]((64, 50, 30, 10), rng, weight_std=std), data.x_train
        )
        surest.append(names["softmax"](logits).max(axis=1).mean())
        assert (logits.argmax(axis=1) == data.labels_train).mean() < 0.3
        favourites = np.sort(np.bincount(logits.argmax(axis=1), minlength=10))[-3:]
        assert favourites.sum() > 0.6 * len(logits)
    assert surest == sorted(surest)


def test_odd_or_even_hardly_improves_with_patience(names: dict[str, Any]) -> None:
    data = names["data"]
    mistakes = names["Perceptron"](np.zeros(64)).fit(data.x_train, data.labels_train % 2, 160)
    assert min(mistakes) > 80
    assert np.mean(mistakes[-20:]) > 0.75 * np.mean(mistakes[10:30])
