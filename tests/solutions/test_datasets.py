"""The digits, from scikit-learn and from a file."""

import subprocess
import sys

import numpy as np
import pytest

import solutions
from solutions import datasets
from solutions.datasets import digits, write_digits


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The module as if it lay in an empty folder."""
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "datasets.py"))
    return tmp_path


@pytest.fixture
def without_sklearn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)


def rows(split):
    """All samples with their labels, sorted, as whole numbers."""
    x = np.concatenate([split.x_train, split.x_test])
    t = np.concatenate([split.t_train, split.t_test])
    return sorted(tuple(row) for row in np.column_stack([16 * x, t]).astype(int).tolist())


def test_digits_have_the_promised_shapes_types_and_range():
    split = digits()
    assert [array.shape for array in split] == [(1348, 64), (1348,), (449, 64), (449,)]
    assert [str(array.dtype) for array in split] == ["float64", "int64"] * 2
    assert (split.x_train.min(), split.x_train.max()) == (0, 1)
    assert set(split.t_train.tolist()) == set(split.t_test.tolist()) == set(range(10))


def test_digits_are_all_of_scikit_learns_none_twice():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    images, labels = sklearn_datasets.load_digits(return_X_y=True)
    expected = sorted(map(tuple, np.column_stack([images, labels]).astype(int).tolist()))
    assert rows(digits(test_fraction=0.1, seed=3)) == expected


def test_digits_are_shuffled_by_the_seed_alone():
    first, again, other = digits(seed=1), digits(seed=1), digits(seed=2)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first.t_train != other.t_train).any()


@pytest.mark.parametrize(("fraction", "expected"), [(0.5, 898), (0.1, 180)])
def test_test_fraction_is_kept(fraction, expected):
    assert len(digits(test_fraction=fraction).t_test) == expected


@pytest.mark.parametrize("fraction", [0, 1, -0.2, 25])
def test_a_fraction_that_is_none_is_refused(fraction):
    with pytest.raises(ValueError, match=f"between 0 and 1, but it is {fraction}"):
        digits(test_fraction=fraction)


def test_the_file_gives_the_same_digits_without_scikit_learn(elsewhere, monkeypatch):
    from_sklearn = digits()
    write_digits(elsewhere / "digits.npz")
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    for a, b in zip(from_sklearn, digits(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_file_holds_small_integers_and_is_the_same_each_time(elsewhere):
    write_digits(elsewhere / "one.npz")
    write_digits(elsewhere / "two.npz")
    assert (elsewhere / "one.npz").read_bytes() == (elsewhere / "two.npz").read_bytes()
    with np.load(elsewhere / "one.npz") as arrays:
        assert arrays["images"].shape == (1797, 64)
        assert arrays["labels"].shape == (1797,)
        assert {str(arrays[name].dtype) for name in arrays.files} == {"uint8"}


def test_a_copy_of_the_package_gets_its_file(elsewhere, monkeypatch):
    solutions.write_data(elsewhere)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert len(digits().t_test) == 449


@pytest.mark.usefixtures("without_sklearn")
def test_without_file_and_scikit_learn_the_message_names_both(elsewhere):
    with pytest.raises(ImportError, match=r"digits\.npz into .* or install scikit-learn") as raised:
        digits()
    assert str(elsewhere) in str(raised.value)


def test_importing_the_module_does_not_import_scikit_learn():
    code = "import solutions.datasets, sys; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
