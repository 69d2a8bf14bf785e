"""The assignment on normalization is fair, strict, and says what it means."""

import numpy as np
from gate import Gate, alternatives, expected_of, load, reference_of, replayed


class TestNormalization(Gate):
    assignment = "06_normalization"
    minutes = 300


def test_what_errors_do_to_the_loss_lies_several_deviations_from_the_bound():
    """Of the right answer that comes nearest to it, and of the mistake that does."""
    name = "06_normalization"
    task = load(name).task("own_scaling")
    (check,) = [one for one in task.checks if one.name == "learns_despite_errors"]
    (right,) = [
        other
        for other in alternatives(name)["own_scaling"]
        if other["OwnScaler"].__name__ == "OwnScalerBySignedLog"
    ]
    (wrong,) = [
        one.wrong for one in task.misconceptions if one.name == "signed_log_without_a_scale"
    ]
    losses = {"right": [], "wrong": []}
    for seed in range(1, 13):
        draws = expected_of(name, "own_scaling", seed)[check.name].draws
        for of, change in (("right", right), ("wrong", wrong)):
            namespace = {**reference_of(name), **change}
            losses[of].append(replayed(check, namespace, draws).value)
    assert np.mean(losses["right"]) + 5 * np.std(losses["right"]) < check.at_most
    assert np.mean(losses["wrong"]) - 4.5 * np.std(losses["wrong"]) > check.at_most
