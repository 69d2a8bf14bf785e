"""A guess stands beside the result, as a reader would write both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from handgrad import reveal


@pytest.mark.parametrize(
    ("guess", "result", "what", "said"),
    [
        (100, 87, "ANDs", "your guess: 100  |  it is: 87 ANDs\n"),
        (0.5, np.float64(1 / 3), "", "your guess: 0.5  |  it is: 0.3333\n"),
        ("no", np.bool_(True), "", "your guess: no  |  it is: yes\n"),
        ([0, 1], np.array([0, 0]), "", "your guess: 0, 1  |  it is: 0, 0\n"),
        (365, (365,), "", "your guess: 365  |  it is: (365,)\n"),
        ((2, 0.25), np.zeros((2, 3)).shape, "", "your guess: (2, 0.25)  |  it is: (2, 3)\n"),
        (..., (), "", "no guess yet (write one in the place of the dots)  |  it is: ()\n"),
        (True, {"tanh": 0.25, "ReLU": 2}, "", "your guess: yes  |  it is: tanh 0.25, ReLU 2\n"),
        (np.nan, np.inf, "", "your guess: nan  |  it is: inf\n"),
        (..., 3, "steps", "no guess yet (write one in the place of the dots)  |  it is: 3 steps\n"),
    ],
)
def test_a_guess_stands_beside_the_result(
    guess: Any, result: Any, what: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reveal(guess, result, what)
    assert capsys.readouterr().out == said
