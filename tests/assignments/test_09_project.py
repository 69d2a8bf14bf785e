"""The project is fair, strict, and says what it means."""

import importlib

import numpy as np
from gate import Gate

from solutions.data import mnist1d


class TestProject(Gate):
    assignment = "09_project"
    minutes = 90


def test_its_signals_are_those_of_the_package():
    """Of each class: the mean and the spread at each place, and how alike neighbours are."""
    draw = importlib.import_module("assignments.09_project.inputs").draw_signals
    ours, labels = draw(np.random.default_rng(0), 4000)
    split = mnist1d(4000, seed=1)
    theirs = np.vstack([split.x_train, split.x_test])
    classes = np.concatenate([split.labels_train, split.labels_test])
    for label in range(10):
        a, b = ours[labels == label], theirs[classes == label]
        assert len(a) == len(b) == 400
        gap = a.mean(axis=0) - b.mean(axis=0)
        assert np.abs(gap / np.sqrt((a.var(axis=0) + b.var(axis=0)) / 400)).max() < 4.5
        spread = a.std(axis=0) / b.std(axis=0)
        assert 0.7 < spread.min() <= spread.max() < 1.4
        near = [np.corrcoef(x[:, :-1].ravel(), x[:, 1:].ravel())[0, 1] for x in (a, b)]
        assert abs(near[0] - near[1]) < 0.03
