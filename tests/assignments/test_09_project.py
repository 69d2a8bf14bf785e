"""The project is fair, strict, and says what it means."""

import importlib
import re

import numpy as np
from gate import Gate, cells_of, frozen_seed, load, names_in, same_hint, verdict_on_slip

from solutions.data import mnist1d


class TestProject(Gate):
    assignment = "09_project"
    minutes = 90


def test_the_text_says_which_points_are_for_what():
    (task,) = load("09_project").tasks
    weights = {check.name: check.weight for check in task.checks}
    assert sum(weights.values()) == task.points  # so a weight is a number of points
    (text,) = [cell.source for cell in cells_of("09_project") if "Of the 14 points" in cell.source]
    said = [float(number) for number in re.findall(r"(\d[\d.]*) (?:are )?for ", text)]
    rows = re.findall(r"^\| .* (\d)(?: more)? \|", text, re.MULTILINE)
    share = [weights.pop("reads_half"), weights.pop("reads_most")]
    claims = [weights.pop("accuracy_as_claimed"), weights.pop("sizes_as_claimed")]
    assert [float(row) for row in rows] == [0, *share]
    assert said == [sum(share), *claims, sum(weights.values())]


def test_a_training_that_learns_nothing_is_named():
    """It is trained, and takes the memory of that; its shares are others than the mistake's."""
    (task,) = load("09_project").tasks
    train = "self.trainer.step(x.astype(np.float32)[:, None, None], labels)"
    slip = train, train.replace("labels", "np.roll(labels, 1)"), "guesses_after_training"
    report = verdict_on_slip("09_project", task, slip, frozen_seed("09_project"))
    assert names_in(report)
    assert names_in(report) <= same_hint(task, slip[2])


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
