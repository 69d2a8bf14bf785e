"""Chapter 2 against SciPy, scikit-learn, PyTorch and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special

from solutions.losses import (
    accuracy,
    cross_entropy,
    hinge_loss,
    log_softmax,
    one_hot,
    one_hot_targets,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from solutions.perceptrons import softmax

few = settings(max_examples=25)


def no_warnings():
    return np.errstate(over="raise", invalid="raise", divide="raise")


def test_one_hot_agrees_with_scikit_learn(rng):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    labels = rng.integers(0, 4, size=20)
    expected = preprocessing.label_binarize(labels, classes=range(5))  # class 4 never occurs
    targets = one_hot(labels, 5)
    np.testing.assert_array_equal(targets, expected)
    assert targets.dtype == np.float64


@pytest.mark.parametrize("label", [-1, 3, 7])
def test_one_hot_names_a_label_that_is_no_class(label):
    with pytest.raises(ValueError, match=f"label {label} is not one of the classes 0 to 2"):
        one_hot(np.array([0, label, 2]), 3)


def test_one_hot_refuses_labels_that_are_not_whole_numbers():
    with pytest.raises(ValueError, match="integer type, not float64"):
        one_hot(np.array([0.0, 1.5]), 3)


LOSSES_OF_CLASSES = [cross_entropy, softmax_cross_entropy, hinge_loss, accuracy]


@pytest.mark.parametrize("loss", LOSSES_OF_CLASSES)
def test_class_numbers_and_one_hot_rows_mean_the_same(loss, rng):
    scores = special.softmax(rng.normal(size=(6, 4)), axis=1)
    labels = np.array([0, 3, 2, 2, 1, 0])
    assert loss(scores, labels) == loss(scores, np.eye(4)[labels])
    assert isinstance(loss(scores, labels), float)


@pytest.mark.parametrize("loss", LOSSES_OF_CLASSES)
@pytest.mark.parametrize(
    "labels",
    [np.zeros((6, 1), dtype=int), np.eye(6), np.zeros(5, dtype=int)],
    ids=["column", "6", "5"],
)
def test_labels_of_another_shape_are_refused(loss, labels):
    with pytest.raises(ValueError, match="do not fit scores of shape"):
        loss(np.full((6, 4), 0.25), labels)


def test_squared_error_is_half_the_sum_per_sample_and_the_mean_over_samples(rng):
    metrics = pytest.importorskip("sklearn.metrics")
    y, t = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    expected = 0.5 * 3 * metrics.mean_squared_error(t, y)
    assert squared_error(y, t) == pytest.approx(expected, rel=1e-12)
    assert squared_error(np.array([1.0, 4.0]), np.array([0.0, 2.0])) == (0.5 + 2.0) / 2


def test_squared_error_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"\(5, 1\) but targets \(5,\)"):
        squared_error(np.zeros((5, 1)), np.zeros(5))


def test_cross_entropy_agrees_with_scikit_learn(rng):
    metrics = pytest.importorskip("sklearn.metrics")
    probabilities = special.softmax(rng.normal(size=(8, 3)), axis=1)
    labels = rng.integers(0, 3, size=8)
    expected = metrics.log_loss(labels, probabilities, labels=[0, 1, 2])
    assert cross_entropy(probabilities, labels) == pytest.approx(expected, abs=1e-5)


def test_cross_entropy_of_a_certain_miss_and_a_certain_hit():
    certain = np.array([[1.0, 0.0]])
    assert cross_entropy(certain, np.array([1])) == pytest.approx(-math.log(1e-7))
    assert cross_entropy(certain, np.array([1])) < 16.12
    assert cross_entropy(certain, np.array([0])) == pytest.approx(-1e-7, rel=1e-6)


score_arrays = arrays(
    np.float64, array_shapes(max_dims=3, max_side=5), elements=st.floats(-1e4, 1e4)
)


@few
@given(score_arrays)
def test_log_softmax_agrees_with_scipy_and_stays_finite(logits):
    with no_warnings():
        result = log_softmax(logits)
    np.testing.assert_allclose(result, special.log_softmax(logits, axis=-1), rtol=1e-12, atol=1e-12)
    assert np.isfinite(result).all()


@pytest.mark.parametrize("scale", [1, 1e4])
def test_softmax_cross_entropy_agrees_with_torch(torch, scale, rng):
    logits, labels = scale * rng.normal(size=(6, 4)), rng.integers(0, 4, size=6)
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
    with no_warnings():
        assert softmax_cross_entropy(logits, labels) == pytest.approx(expected.item(), rel=1e-12)


@pytest.mark.parametrize("shape", [(7,), (7, 3)])
@pytest.mark.parametrize("scale", [1, 1e4])
def test_sigmoid_cross_entropy_agrees_with_torch(torch, shape, scale, rng):
    logits, targets = scale * rng.normal(size=shape), rng.uniform(size=shape).round(1)
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        torch.from_numpy(logits), torch.from_numpy(targets), reduction="sum"
    )
    with no_warnings():
        loss = sigmoid_cross_entropy(logits, targets)
    assert loss == pytest.approx(expected.item() / 7, rel=1e-12)


def test_sigmoid_cross_entropy_refuses_shapes_that_would_broadcast():
    with pytest.raises(ValueError, match=r"\(5, 1\) but targets \(5,\)"):
        sigmoid_cross_entropy(np.zeros((5, 1)), np.zeros(5))


@pytest.mark.parametrize("margin", [1.0, 0.3])
def test_hinge_loss_agrees_with_torch(torch, margin, rng):
    scores, labels = rng.normal(size=(9, 4)), rng.integers(0, 4, size=9)
    expected = 4 * torch.nn.functional.multi_margin_loss(  # torch divides by the classes as well
        torch.from_numpy(scores), torch.from_numpy(labels), margin=margin
    )
    assert hinge_loss(scores, labels, margin) == pytest.approx(expected.item(), rel=1e-12)


def test_hinge_loss_of_equal_scores_is_the_number_of_wrong_classes():
    assert hinge_loss(np.zeros((3, 10)), np.array([0, 4, 9])) == 9


def test_accuracy_agrees_with_scikit_learn(rng):
    metrics = pytest.importorskip("sklearn.metrics")
    logits, labels = rng.normal(size=(30, 4)), rng.integers(0, 4, size=30)
    expected = metrics.accuracy_score(labels, logits.argmax(axis=1))
    assert accuracy(logits, labels) == pytest.approx(expected)
    assert accuracy(special.softmax(logits, axis=1), labels) == pytest.approx(expected)


# Integers, half precision, masks, and labels that are none ---------------------------------------

INTEGERS = ["bool", "uint8", "int8", "uint16", "int16", "int32", "uint64", "int64"]
LABELS = np.array([2, 0])
OF_INTEGERS = {
    "squared_error": lambda x: squared_error(x, x[:, ::-1]),
    "squared_error of numbers": lambda x: squared_error(x[0], x[1]),
    "cross_entropy": lambda x: cross_entropy((x != 0).astype(x.dtype), LABELS),
    "log_softmax": log_softmax,
    "softmax_cross_entropy": lambda x: softmax_cross_entropy(x, LABELS),
    "sigmoid_cross_entropy": lambda x: sigmoid_cross_entropy(x, (x != 1).astype(x.dtype)),
    "sigmoid_cross_entropy of truths": lambda x: sigmoid_cross_entropy(x, x != 1),
    "hinge_loss": lambda x: hinge_loss(x, LABELS),
    "hinge_loss with a margin": lambda x: hinge_loss(x, LABELS, margin=50),
    "accuracy": lambda x: accuracy(x, LABELS),
    "accuracy of shares": lambda x: accuracy(x, np.array([[0.2, 0.3, 0.5], [0.9, 0.1, 0]])),
    "one_hot_targets": lambda x: one_hot_targets(np.array([[0.2, 0.3, 0.5]] * 2), x),
}


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", OF_INTEGERS)
def test_integers_are_computed_with_as_float64(name, dtype):
    if dtype == "bool":
        x = np.array([[True, False, True], [True, True, True]])
    else:
        ends = np.iinfo(dtype) if np.dtype(dtype).itemsize == 1 else np.iinfo("int16")
        low = max(ends.min, np.iinfo(dtype).min)
        x = np.array([[low, ends.max, 1], [20, 0, ends.max - 1]], dtype=dtype)
    found, expected = OF_INTEGERS[name](x), OF_INTEGERS[name](x.astype(np.float64))
    np.testing.assert_array_equal(found, expected)
    assert np.asarray(found).dtype == np.float64


def test_right_values_of_integers():
    a, b = np.uint8([[0, 1, 20]]), np.uint8([[20, 1, 0]])
    assert hinge_loss(a, np.array([2])) == 0
    assert squared_error(a, b) == squared_error(b, a) == 400
    assert sigmoid_cross_entropy(np.int8([-100]), np.int8([1])) == 100
    assert softmax_cross_entropy(np.uint8([[0, 200]]), np.array([0])) == 200


HALF = {
    "squared_error": lambda x, labels: squared_error(x, 300 + 0 * x),
    "cross_entropy": lambda x, labels: cross_entropy(softmax(x), labels),
    "softmax_cross_entropy": softmax_cross_entropy,
    "sigmoid_cross_entropy": lambda x, labels: sigmoid_cross_entropy(
        8 * x, (x < 0).astype(x.dtype)
    ),
    "hinge_loss": hinge_loss,
    "accuracy": accuracy,
}


@pytest.mark.parametrize("name", HALF)
def test_half_precision_is_enough_for_a_large_batch(name, rng):
    x, labels = (3 * rng.normal(size=(40000, 4))).astype(np.float16), rng.integers(0, 4, 40000)
    with no_warnings():
        found = HALF[name](x, labels)
    assert found == pytest.approx(HALF[name](x.astype(np.float64), labels), rel=2e-3)
    assert found > 0.1


def test_more_classes_than_half_precision_can_count():
    with no_warnings():
        loss = softmax_cross_entropy(np.zeros((1, 70000), dtype=np.float16), np.array([69999]))
    assert loss == pytest.approx(math.log(70000), rel=1e-6)


MASKED = np.array([[0.0, -np.inf, 1.0]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_masked_classes_cost_nothing(dtype):
    logits, rest = MASKED.astype(dtype), np.array([[0.0, 1.0]], dtype=dtype)
    with np.errstate(all="raise"):
        assert softmax_cross_entropy(logits, np.array([2])) == pytest.approx(0.3132617, rel=1e-6)
        assert hinge_loss(logits, np.array([2])) == 0
        assert hinge_loss(logits, np.array([0])) == hinge_loss(rest, np.array([0])) == 2
        assert cross_entropy(softmax(logits), np.array([2])) == pytest.approx(0.31326, rel=2e-3)
        assert sigmoid_cross_entropy(logits, np.array([[1, 0, 1]])) == pytest.approx(1.0064089)
        assert accuracy(logits, np.array([2])) == 1
        found = log_softmax(logits)
    tolerance = 2e-3 if dtype == np.float16 else 1e-6
    np.testing.assert_allclose(found, special.log_softmax(MASKED, axis=1), rtol=tolerance)
    assert found.dtype == dtype


@pytest.mark.parametrize("others", [[0.0, 1.0], [0.0, -np.inf]])
def test_a_right_class_that_is_masked_costs_infinitely_much(others):
    logits = np.array([[-np.inf, *others]])
    with np.errstate(all="raise"):
        assert softmax_cross_entropy(logits, np.array([0])) == np.inf
        assert hinge_loss(logits, np.array([0])) == np.inf
        assert sigmoid_cross_entropy(logits, np.array([[1, 0, 0]])) == np.inf


@pytest.mark.parametrize("loss", [softmax_cross_entropy, hinge_loss])
def test_a_score_that_is_not_a_number_is_no_mask(loss):
    with np.errstate(invalid="ignore"):
        assert math.isnan(loss(np.array([[0.0, np.nan, 1.0]]), np.array([2])))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_row_that_is_masked_as_a_whole_is_not_a_number():
    logits = np.full((1, 3), -np.inf)
    assert np.isnan(log_softmax(logits)).all()
    assert math.isnan(softmax_cross_entropy(logits, np.array([2])))


def test_rows_need_not_be_certain(torch, rng):
    logits, rows = rng.normal(size=(5, 3)), special.softmax(rng.normal(size=(5, 3)), axis=1)
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(rows))
    assert softmax_cross_entropy(logits, rows) == pytest.approx(expected.item(), rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES_OF_CLASSES)
@pytest.mark.parametrize("label", [np.nan, 1.0, True], ids=str)
def test_labels_that_are_no_whole_numbers_are_refused(loss, label):
    with pytest.raises(ValueError, match="class numbers of an integer type, not"):
        loss(np.full((6, 4), 0.25), np.array([label] * 6))


@pytest.mark.parametrize("loss", LOSSES_OF_CLASSES)
@pytest.mark.parametrize("shape", [(), (4,), (6, 4, 1)])
def test_scores_without_rows_are_refused(loss, shape):
    with pytest.raises(ValueError, match="do not fit scores of shape"):
        loss(np.full((4,), 0.25), np.zeros(shape, dtype=int))
