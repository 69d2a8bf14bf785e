"""The digits, from scikit-learn and from a file; MNIST-1D; splits."""

import importlib.util
import random
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st

import solutions
from solutions.data import datasets, digits, mnist1d, train_validation_test, write_digits


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """The module as if it lay in an empty folder."""
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "datasets.py"))
    return tmp_path


@pytest.fixture
def without_sklearn(monkeypatch):
    for module in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, module, None)


def rows(split):
    """All samples with their labels, sorted, as whole numbers."""
    x = np.concatenate([split.x_train, split.x_test])
    t = np.concatenate([split.labels_train, split.labels_test])
    return sorted(tuple(row) for row in np.column_stack([16 * x, t]).astype(int).tolist())


def test_digits_have_the_promised_shapes_types_and_range():
    split = digits()
    assert [array.shape for array in split] == [(1348, 64), (1348,), (449, 64), (449,)]
    assert [str(array.dtype) for array in split] == ["float64", "int64"] * 2
    assert (split.x_train.min(), split.x_train.max()) == (0, 1)
    assert set(split.labels_train.tolist()) == set(split.labels_test.tolist()) == set(range(10))


def test_digits_are_all_of_scikit_learns_none_twice():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    images, labels = sklearn_datasets.load_digits(return_X_y=True)
    expected = sorted(map(tuple, np.column_stack([images, labels]).astype(int).tolist()))
    assert rows(digits(test_fraction=0.1, seed=3)) == expected


@pytest.mark.parametrize(
    "found", [None, SimpleNamespace(submodule_search_locations=["elsewhere"])], ids=["no", "moved"]
)
def test_digits_are_the_same_whether_scikit_learn_is_imported_or_its_file_read(found, monkeypatch):
    pytest.importorskip("sklearn.datasets")
    from_file = datasets.raw_digits()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    for one, other in zip(from_file, datasets.raw_digits(), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_digits_are_shuffled_by_the_seed_alone():
    first, again, other = digits(seed=1), digits(seed=1), digits(seed=2)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first.labels_train != other.labels_train).any()


@pytest.mark.parametrize(("fraction", "expected"), [(0.5, 898), (0.1, 180)])
def test_test_fraction_is_kept(fraction, expected):
    assert len(digits(test_fraction=fraction).labels_test) == expected


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


def test_a_copy_of_the_package_reads_its_own_file(tmp_path):
    """As in a release: the package lies elsewhere, and there is no scikit-learn."""
    shutil.copytree(Path(solutions.__file__).parent, tmp_path / "solutions")
    solutions.write_data(tmp_path / "solutions")
    code = """if True:
        import sys
        sys.modules["sklearn"] = None
        from solutions.data import datasets, digits
        print(datasets.__file__, digits().x_train.sum())
    """
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    file, total = run.stdout.split()
    assert file == str(tmp_path / "solutions" / "data" / "datasets.py")
    assert float(total) == digits().x_train.sum()


@pytest.mark.usefixtures("without_sklearn")
def test_without_file_and_scikit_learn_the_message_names_both(elsewhere):
    with pytest.raises(ImportError, match=r"digits\.npz into .* or install scikit-learn") as raised:
        digits()
    assert str(elsewhere) in str(raised.value)


def test_importing_the_module_does_not_import_scikit_learn():
    code = "import solutions.data, sys; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(max_examples=25)
@given(
    n=st.integers(0, 40),
    validation=st.floats(0, 0.5),
    test=st.floats(0, 0.49),
)
def test_three_way_split_deals_every_sample_once(n, validation, test):
    x, t = np.arange(2 * n).reshape(n, 2), np.arange(n)
    split = train_validation_test(x, t, np.random.default_rng(0), validation, test)
    sizes = [len(split.labels_train), len(split.labels_validation), len(split.labels_test)]
    assert sum(sizes) == n
    assert abs(sizes[1] - validation * n) <= 0.5
    assert abs(sizes[2] - test * n) <= 0.5
    dealt = np.concatenate([split.labels_train, split.labels_validation, split.labels_test])
    assert sorted(dealt.tolist()) == list(range(n))
    for inputs, targets in [(split.x_train, split.labels_train), (split.x_test, split.labels_test)]:
        np.testing.assert_array_equal(inputs[:, 0], 2 * targets)


def test_three_way_split_follows_the_generator():
    x = np.arange(30)
    first, same, other = (
        train_validation_test(x, x, np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.x_train, same.x_train)
    assert not np.array_equal(first.x_train, other.x_train)


def test_three_way_split_that_cannot_be():
    x, rng = np.arange(10), np.random.default_rng(0)
    with pytest.raises(ValueError, match="x has 10 samples and labels 9"):
        train_validation_test(x, x[:9], rng)
    for fractions in [(0.5, 0.5), (-0.1, 0.2), (0.2, -0.1)]:
        with pytest.raises(ValueError, match="at least 0, and together less than 1"):
            train_validation_test(x, x, rng, *fractions)


@pytest.mark.usefixtures("fake_cupy")
def test_three_way_split_on_the_device():
    x = np.arange(20.0).reshape(10, 2)
    same_on_device(
        lambda put: train_validation_test(put(x), put(x[:, 0]), np.random.default_rng(0))
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, "float32"])
def test_digits_of_another_dtype_are_the_same_numbers(dtype):
    split = digits(dtype=dtype)
    assert split.x_train.dtype == split.x_test.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(split.x_train, digits().x_train)  # sixteenths are exact
    assert split.labels_train.dtype == np.int64


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, complex, str])
@pytest.mark.parametrize("load", [digits, mnist1d])
def test_a_dtype_that_is_not_floating_is_refused(load, dtype):
    with pytest.raises(TypeError, match=r"dtype must be a floating type, such as np\.float32"):
        load(dtype=dtype)


@pytest.fixture
def fake_mnist1d(monkeypatch):
    """A stand-in for the package: like it, it draws from NumPy's global generator."""

    def transform(x, t, args):
        return x[:1] + args.noise * np.random.standard_normal(40), t  # noqa: NPY002

    data, transforms = ModuleType("mnist1d.data"), ModuleType("mnist1d.transform")
    data.get_dataset_args = lambda: SimpleNamespace(noise=0.01)
    data.get_templates = lambda: {"x": np.tile(np.arange(10.0)[:, None], 12), "t": np.arange(12)}
    transforms.transform = transform
    for module in (ModuleType("mnist1d"), data, transforms):
        monkeypatch.setitem(sys.modules, module.__name__, module)


@pytest.mark.usefixtures("fake_mnist1d")
def test_mnist1d_comes_from_its_package_and_leaves_the_global_generator_alone():
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    split = mnist1d(100, seed=3)
    assert np.random.random() == expected  # noqa: NPY002
    assert [array.shape for array in split] == [(80, 40), (80,), (20, 40), (20,)]
    assert [str(array.dtype) for array in split] == ["float64", "int64"] * 2
    labels = np.concatenate([split.labels_train, split.labels_test])
    assert np.bincount(labels).tolist() == [10] * 10
    raw = split.x_train * datasets.MNIST1D_STD + datasets.MNIST1D_MEAN
    assert np.abs(raw.mean(axis=1) - split.labels_train).max() < 0.01  # each with its label
    np.testing.assert_array_equal(split.x_test, mnist1d(100, seed=3).x_test)
    assert not np.array_equal(split.x_test, mnist1d(100, seed=4).x_test)


@pytest.mark.usefixtures("fake_mnist1d")
def test_mnist1d_in_float32():
    assert mnist1d(10, dtype=np.float32).x_train.dtype == np.float32


def test_mnist1d_without_its_package_or_without_samples(monkeypatch):
    monkeypatch.setitem(sys.modules, "mnist1d", None)
    monkeypatch.setitem(sys.modules, "mnist1d.data", None)
    with pytest.raises(ImportError, match="pip install mnist1d"):
        mnist1d()
    for samples in [9, 0, -10, 5005]:
        with pytest.raises(ValueError, match=f"multiple of 10, .* each class, but it is {samples}"):
            mnist1d(samples)


def test_mnist1d_is_that_of_the_paper():
    package = pytest.importorskip("mnist1d.data", reason="the package mnist1d is not installed")
    before = random.getstate(), np.random.get_state()  # noqa: NPY002
    made = package.make_dataset()
    random.setstate(before[0])
    np.random.set_state(before[1])  # noqa: NPY002
    split = mnist1d()
    assert [array.shape for array in split] == [(4000, 40), (4000,), (1000, 40), (1000,)]
    for array, name in zip(split, ["x", "y", "x_test", "y_test"], strict=True):
        np.testing.assert_allclose(array, made[name], rtol=1e-9, atol=1e-9)


def test_fresh_samples_of_mnist1d_are_others_on_the_same_scale():
    pytest.importorskip("mnist1d", reason="the package mnist1d is not installed")
    first, second = mnist1d(1000, seed=1), mnist1d(1000, seed=2)
    assert not np.isin(first.x_train, second.x_train).any()
    for split in (first, second):
        assert abs(split.x_train.mean()) < 0.05
        assert abs(split.x_train.std() - 1) < 0.05
