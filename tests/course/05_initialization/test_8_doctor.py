"""What page 5.8 says of the doctor: what it sees, when it is silent, and what that means."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np
import pytest

PAGE = "05_initialization/8_doctor"


def told(names: dict[str, Any], **settings: Any) -> tuple[list[str], float]:
    """Return the findings' names, and the training accuracy."""
    findings, reads, _ = names["consult"](names["seed"], **settings)
    return [finding.name for finding in findings], reads


def test_a_healthy_run(names: dict[str, Any]) -> None:
    assert names["healthy_findings"] == []
    assert names["healthy_reads"] > 0.85
    assert 0.5 < names["first_to_last"] < 2
    ratios = [ratio for values in names["healthy"].update_ratios.values() for ratio in values]
    assert sorted(ratios)[len(ratios) // 10] > 0.002
    assert sorted(ratios)[-len(ratios) // 10] < 0.04


def test_a_patient_with_two_faults(names: dict[str, Any]) -> None:
    assert names["seen"][0] == "first loss too high"
    assert "exploding gradients" in names["seen"]
    assert "steps too large" in names["seen"]
    assert names["patient_reads"] < 0.2


@pytest.mark.claim("the network is as sick as before")
def test_one_cure_at_a_time(names: dict[str, Any]) -> None:
    treated = names["treated"]
    assert treated["He's weights"][0] == ["loss does not fall", "dead units"]
    assert "dead units" not in treated["He's weights, leaky"][0]
    assert treated["He's weights, leaky"][1] < 0.3
    assert treated["He's weights, rate 0.1"][0] == []
    assert names["healed"] == ["He's weights, rate 0.1"]


@pytest.mark.claim("the network is as sick as before")
@pytest.mark.parametrize("rate", [1.0, 1.2])
@pytest.mark.parametrize("width", [70, 150])
def test_the_wrong_cure_at_other_rates_and_widths(
    names: dict[str, Any], rate: float, width: int
) -> None:
    with_relu, reads = told(names, rate=rate, width=width)
    assert with_relu, "wide ones overflow, others have dead units"
    assert reads < 0.4
    leaky, reads = told(names, rate=rate, width=width, unit=names["LeakyReLU"])
    assert "dead units" not in leaky
    assert reads < 0.5
    assert told(names, rate=0.1, width=width)[0] == []


@pytest.mark.claim('"Loss does not fall" is the least useful finding')
def test_eight_diseases(names: dict[str, Any]) -> None:
    signs = names["signs"]
    assert signs["healthy"] == []
    assert all(found for disease, found in signs.items() if disease != "healthy")
    assert names["most_frequent"] == "loss does not fall"
    assert names["frequency"]["loss does not fall"] >= 6
    assert names["frequency"]["identical units"] == 1
    assert "identical units" in signs["weights 0"]
    assert set(signs["weights 0"]) - {"identical units"} == set(signs["weights of std 0.01"])
    high = [disease for disease, found in signs.items() if "first loss too high" in found]
    assert high == ["weights of std 1", "pixels up to 255"]
    for disease in ("weights of std 0.01", "rate 1"):
        assert "dead units" in signs[disease]
    assert signs["rate 0.0001"] == ["loss does not fall", "steps too small"]
    assert signs["labels shuffled"] == ["loss does not fall"]


def test_every_finding_stands_in_the_list(names: dict[str, Any]) -> None:
    listed = [name for name, *_ in names["RULES"] if name]
    source = inspect.getsource(names["doctor"])
    made = set(re.findall(r'Finding\(\s*"([^"]+)"', source))
    assert set(listed) == made
    assert len(listed) == len(made)
    assert set(names["names_found"]) <= made


@pytest.mark.claim("The biases decide.")
def test_with_small_weights_the_biases_decide(names: dict[str, Any]) -> None:
    small, he = names["last_hidden"].values()
    assert all(small[step][1] > 4 * small[step][0] for step in (1, 10, 100))
    assert small[0][2] < 25 < small[1][2] < small[10][2] <= small[100][2]
    assert small[100][2] > 85
    assert all(he[step][1] < 0.03 * he[step][0] for step in (1, 10, 100))
    assert he[100][2] <= he[0][2]


@pytest.mark.claim("The biases decide.")
@pytest.mark.parametrize(("size", "rate"), [(0.01, 0.05), (0.01, 0.3), (0.005, 0.1)])
def test_they_decide_at_other_rates_and_sizes(
    names: dict[str, Any], size: float, rate: float
) -> None:
    found = names["sums_and_biases"](names["seed"], names["std"](size), rate)
    assert found[1][1] > found[1][0]
    assert found[100][2] > found[0][2] + 30


@pytest.mark.parametrize(("hidden", "width"), [(3, 60), (5, 100)])
def test_the_diseases_in_other_networks(names: dict[str, Any], hidden: int, width: int) -> None:
    expected = {
        "weights 0": "identical units",
        "weights of std 1": "first loss too high",
        "pixels up to 255": "first loss too high",
        "sigmoids": "loss does not fall",
        "rate 0.0001": "steps too small",
    }
    for disease, finding in expected.items():
        found, _ = told(names, hidden=hidden, width=width, **names["DISEASES"][disease])
        assert finding in found, disease
    shuffled = names["DISEASES"]["labels shuffled"]
    assert told(names, hidden=hidden, width=width, **shuffled)[0] == ["loss does not fall"]


def test_decent_runs_raise_no_alarm(names: dict[str, Any]) -> None:
    assert names["alarms"] == 0
    assert names["lowest_accuracy"] > 0.8
    alarm = names["doctor"].LARGE_STEPS
    assert 0.01 < names["fastest"] < 0.5 * alarm
    assert names["of_patient"] > 2 * alarm


@pytest.mark.parametrize("width", [60, 140])
def test_nor_do_they_in_other_networks(names: dict[str, Any], width: int) -> None:
    for name, settings in names["DECENT"].items():
        if "width" not in settings:
            assert told(names, width=width, **settings)[0] == [], name


@pytest.mark.claim("silence is no proof of health.")
def test_some_wrong_labels_raise_no_alarm(names: dict[str, Any]) -> None:
    rng = np.random.default_rng(names["seed"])
    wrong = names["labels"].copy()
    wrong[:100] = (wrong[:100] + rng.integers(1, 10, size=100)) % 10
    for rate in (0.05, 0.1):
        assert told(names, y=wrong, rate=rate)[0] == []
