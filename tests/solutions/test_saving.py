"""Arrays by name, to a file and back."""

import numpy as np
import pytest
from device import to_device

from solutions.optimizers import check_state, host_copies, read_arrays, write_arrays


def test_what_is_written_is_read_again(rng, tmp_path):
    arrays = {
        "file": rng.normal(size=(2, 3)),  # names that NumPy's savez would take for itself
        "allow_pickle": np.array(3),
        "a/b.c": np.array(["text", "more"]),
        "empty": np.zeros((0, 2), np.float16),
    }
    write_arrays(tmp_path / "arrays.npz", arrays)
    found = read_arrays(tmp_path / "arrays.npz")
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    with np.load(tmp_path / "arrays.npz") as by_numpy:
        assert list(by_numpy) == list(arrays)


def test_what_cannot_be_read_again_is_not_written(tmp_path):
    file = tmp_path / "arrays.npz"
    write_arrays(file, {"x": np.ones(2)})
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        write_arrays(file, {"y": np.ones(2), "x": np.array([{}])})
    assert list(read_arrays(file)) == ["x"]
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("value", "own"),
    [
        (np.array([1, 2]), np.zeros(2, np.float32)),
        (np.array([1, 2]), np.zeros(2, np.int8)),
        (np.array([0.5, np.nan]), np.zeros(2, np.float16)),
        (np.array([True, False]), np.zeros(2, bool)),
        (np.array(["a", "b"]), np.array(["", "cd"])),
    ],
)
def test_values_that_fit_take_the_dtype_that_is_needed(value, own):
    found = check_state({"x": value}, {"x": own})["x"]
    assert found.dtype == own.dtype
    np.testing.assert_array_equal(found, value)
    assert not np.shares_memory(found, value)


@pytest.mark.parametrize(
    ("value", "own", "sentence"),
    [
        (np.array([1, 300]), np.zeros(2, np.int8), "too large for int8"),
        (np.array([1.0, 2.0]), np.zeros(2, int), "is of dtype float64, but int64 is needed"),
        (np.array([True, False]), np.zeros(2), "is of dtype bool, but float64 is needed"),
        (np.array(["abc", ""]), np.array(["", "cd"]), "too large for <U2"),
        (np.ones(3), np.zeros(2), r"has shape \(3,\), but \(2,\) is needed"),
    ],
)
def test_values_that_do_not_fit_are_refused(value, own, sentence):
    with pytest.raises(ValueError, match=f"'x' .*{sentence}"):
        check_state({"x": value}, {"x": own})


@pytest.mark.usefixtures("fake_cupy")
def test_arrays_of_the_device_are_written_from_the_host(rng, tmp_path):
    array = rng.normal(size=(2, 3))
    write_arrays(tmp_path / "arrays.npz", {"x": to_device(array), "y": array})
    found = read_arrays(tmp_path / "arrays.npz")
    np.testing.assert_array_equal(found["x"], found["y"])
    copies = host_copies({"x": to_device(array), "y": array})
    for copy in copies.values():
        np.testing.assert_array_equal(copy, array)
        assert not np.shares_memory(copy, array)
