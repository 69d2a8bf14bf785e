"""Hierarchical softmax against a tree worked out by hand, and against its promises."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from solutions.losses import HierarchicalSoftmax

few = settings(max_examples=25)


def test_hierarchical_softmax_of_five_classes_by_hand():
    """The tree of five classes, drawn: 1 → (2, 3), 2 → (4, c0), 3 → (c1, c2), 4 → (c3, c4)."""
    W, b = np.array([[0.4, -1.0, 2.0, 0.7], [1.0, 0.2, -0.3, 0.1]]), np.array([0.1, 0.2, 0.3, -0.4])
    x = np.array([[0.5, -1.5], [1.0, 2.0]])
    r1, r2, r3, r4 = special.expit(x @ W + b).T
    expected = np.stack(
        [
            (1 - r1) * r2,
            r1 * (1 - r3),
            r1 * r3,
            (1 - r1) * (1 - r2) * (1 - r4),
            (1 - r1) * (1 - r2) * r4,
        ],
        axis=1,
    )
    tree = HierarchicalSoftmax(W, b)
    np.testing.assert_allclose(tree.probabilities(x), expected, rtol=1e-12)
    assert tree.path(4) == [(1, 0), (2, 0), (4, 1)]
    for label in range(5):
        log_p = tree.log_probability(x, np.array([label, label]))
        np.testing.assert_allclose(log_p, np.log(expected[:, label]), rtol=1e-12)


@few
@given(st.integers(1, 70), st.integers(0, 1000))
def test_hierarchical_softmax_sums_to_one_with_log2_forks(classes, seed):
    rng = np.random.default_rng(seed)
    tree = HierarchicalSoftmax(rng.normal(size=(3, classes - 1)), rng.normal(size=classes - 1))
    x, labels = rng.normal(size=(classes, 3)), rng.permutation(classes)
    probabilities = tree.probabilities(x)
    assert probabilities.shape == (classes, classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    picked = probabilities[np.arange(classes), labels]
    np.testing.assert_allclose(tree.log_probability(x, labels), np.log(picked), atol=1e-10)
    lengths = {len(tree.path(label)) for label in range(classes)}
    assert lengths <= {math.floor(math.log2(classes)), math.ceil(math.log2(classes))}


def test_hierarchical_softmax_looks_only_at_the_forks_on_the_way(rng):
    classes, label = 1000, 221
    W, b = np.full((4, classes - 1), np.nan), np.full(classes - 1, np.nan)
    on_the_way = [fork - 1 for fork, _ in HierarchicalSoftmax(W, b).path(label)]
    assert len(on_the_way) in (9, 10)
    W[:, on_the_way], b[on_the_way] = rng.normal(size=(4, len(on_the_way))), 0.0
    log_p = HierarchicalSoftmax(W, b).log_probability(rng.normal(size=(1, 4)), np.uint8([label]))
    assert np.isfinite(log_p).all()


def test_hierarchical_softmax_survives_huge_scores():
    tree = HierarchicalSoftmax(np.full((1, 3), 2000.0), np.zeros(3))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        log_p = tree.log_probability(np.ones((4, 1)), np.arange(4))
    assert log_p.tolist() == [-4000, -2000, -2000, 0]


@pytest.mark.parametrize("label", [-1, 4])
def test_hierarchical_softmax_names_a_label_that_is_no_class(label):
    tree = HierarchicalSoftmax(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(ValueError, match=f"label {label} is not one of the classes 0 to 3"):
        tree.log_probability(np.ones((1, 2)), np.array([label]))


@pytest.mark.parametrize("labels", [[0, 1], [0, 1, 2, 3], [[0], [1], [2]]])
def test_hierarchical_softmax_wants_one_label_for_each_sample(labels):
    tree = HierarchicalSoftmax(np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(ValueError, match=r"labels must be \(3,\), but they are"):
        tree.log_probability(np.ones((3, 2)), np.array(labels))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int64"])
def test_hierarchical_softmax_of_integers_does_not_wrap(dtype):
    x, labels = np.array([[100, 0], [1, 120]]).astype(dtype), np.array([0, 3])
    tree = HierarchicalSoftmax(np.int8([[1, 2, 3], [-2, 2, 1]]), np.int8([-100, 50, 1]))
    as_floats = x.astype(np.float64)
    log_p = tree.log_probability(x, labels)
    np.testing.assert_array_equal(log_p, tree.log_probability(as_floats, labels))
    np.testing.assert_array_equal(tree.probabilities(x), tree.probabilities(as_floats))
    assert log_p.dtype == np.float64


def test_path_of_a_narrow_label_does_not_wrap():
    tree = HierarchicalSoftmax(np.zeros((1, 199)), np.zeros(199))
    assert tree.path(np.uint8(150)) == tree.path(150)
    assert tree.path(150)[-1] == (350 // 2, 0)
