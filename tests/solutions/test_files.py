"""MNIST, Fashion-MNIST and CIFAR-10, read from tiny files in the same formats."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from solutions.data import cifar, cifar10, fashion_mnist, files, mnist, read_idx
from solutions.data.cifar import ArraysOnly

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}
NAMES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def idx(array):
    """The bytes of an IDX file, by the format's description."""
    code = CODES[array.dtype.str[1:]]
    header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def sets(rng):
    """Images and labels, to train on and to test on."""
    return [
        rng.integers(0, 256, size=(5, 28, 28)).astype(np.uint8),
        np.array([0, 9, 3, 3, 1], dtype=np.uint8),
        rng.integers(0, 256, size=(2, 28, 28)).astype(np.uint8),
        np.array([7, 2], dtype=np.uint8),
    ]


def write(folder, sets, name="{}-ubyte"):
    for stem, array in zip(NAMES, sets, strict=True):
        (folder / name.format(stem)).write_bytes(idx(array))


def checksum(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


@settings(max_examples=25)
@given(
    array=st.sampled_from(sorted(CODES)).flatmap(
        lambda dtype: arrays(dtype, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
    ),
    packed=st.booleans(),
)
def test_idx_of_every_type_and_shape(array, packed, tmp_path_factory):
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    found = read_idx(path)
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no IDX file"),
        (b"\x89PNG\r\n\x1a\n", "is no IDX file"),
        (b"\x00\x00\x07\x01", "is no IDX file"),
        (b"\x00\x00\x08\x03\x00\x00\x00\x01", "is cut off within its header"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], "has 5 bytes of data, but its header announces 6"),
        (idx(np.zeros((2, 3), np.uint8)) + b"1", "has 7 bytes of data, but its header announces 6"),
        (struct.pack(">HBB3I", 0, 8, 3, *[2**32 - 1] * 3), "has 0 bytes of data"),
        (gzip.compress(idx(np.zeros(100, np.uint8)), mtime=0)[:-12], "is damaged or cut off"),
        (b"\x1f\x8b no gzip", "is damaged or cut off"),
    ],
)
def test_file_that_is_no_whole_idx_file(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=f"file {message}"):
        read_idx(tmp_path / "file")


@pytest.mark.parametrize("name", ["{}-ubyte", "{}-ubyte.gz"])
def test_mnist_packed_and_unpacked(tmp_path, sets, name):
    for stem, array in zip(NAMES, sets, strict=True):
        content = idx(array)
        path = tmp_path / name.format(stem)
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    checksums = {path.name: checksum(path) for path in tmp_path.iterdir()}
    split = mnist(tmp_path, checksums=checksums)
    assert [array.shape for array in split] == [(5, 1, 28, 28), (5,), (2, 1, 28, 28), (2,)]
    assert [str(array.dtype) for array in split] == ["float32", "int64"] * 2
    np.testing.assert_array_equal(split.x_train[:, 0], sets[0] / np.float32(255))
    np.testing.assert_array_equal(split.labels_train, sets[1])
    np.testing.assert_array_equal(split.x_test[:, 0], sets[2] / np.float32(255))
    np.testing.assert_array_equal(split.labels_test, sets[3])


def test_mnist_under_the_names_with_a_dot_and_in_another_type(tmp_path, sets):
    for stem, array in zip(NAMES, sets, strict=True):
        (tmp_path / f"{stem.replace('-idx', '.idx')}-ubyte").write_bytes(idx(array))
    assert mnist(tmp_path, dtype=np.float16).x_train.dtype == np.float16


def test_dtype_that_is_not_floating_is_refused(tmp_path, sets):
    write(tmp_path, sets)
    with pytest.raises(TypeError, match=r"dtype must be a floating type, .* but it is uint8"):
        mnist(tmp_path, dtype=np.uint8)


def test_missing_file_is_named(tmp_path, sets):
    write(tmp_path, sets)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"t10k-labels-idx1-ubyte.gz is missing: put it int"
    ):
        mnist(tmp_path)


def test_file_with_another_checksum_is_refused(tmp_path, sets):
    write(tmp_path, sets, "{}-ubyte.gz")
    with pytest.raises(
        ValueError, match=r"train-images-idx3-ubyte.gz is cut off, damaged or anoth"
    ):
        mnist(tmp_path)
    with pytest.raises(
        ValueError, match=r"checksum is .*, but 8d4fb7e6c68d591d4c3dfef9ec88bf0d was"
    ):
        fashion_mnist(tmp_path)


def test_one_data_set_taken_for_the_other_is_named(tmp_path, sets, monkeypatch):
    write(tmp_path, sets, "{}-ubyte.gz")
    own = {path.name: checksum(path) for path in tmp_path.iterdir()}
    for name, md5 in own.items():
        monkeypatch.setitem(files.FASHION_MNIST_MD5, name, md5)
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte.gz belongs to Fashion-MNIST"):
        mnist(tmp_path)
    assert len(fashion_mnist(tmp_path).labels_train) == 5


@pytest.mark.parametrize(
    ("place", "array", "message"),
    [
        (0, np.zeros(5, np.uint8), r"holds no images: its array is uint8 \(5,\)"),
        (0, np.zeros((5, 2, 2), np.int32), "holds no images: its array is int32"),
        (1, np.zeros(4, np.uint8), r"labels of shape \(4,\) for the 5 images of train-images"),
        (1, np.full(5, 10, np.uint8), "labels that are not the class numbers 0 to 9"),
        (1, np.full(5, -1, np.int8), "labels that are not the class numbers 0 to 9"),
        (1, np.full(5, 1, np.float32), "labels that are not the class numbers 0 to 9"),
    ],
)
def test_contents_that_are_not_what_the_name_says(tmp_path, sets, place, array, message):
    write(tmp_path, [*sets[:place], array, *sets[place + 1 :]])
    with pytest.raises(ValueError, match=message):
        mnist(tmp_path)


def python2_batch(images, labels):
    """The bytes of a batch as Python 2 pickled it: byte strings, and NumPy's old module."""
    data = images.tobytes()
    return (
        b"\x80\x02}(U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n"
        b"K\x00\x85U\x01b\x87R(K\x01K" + bytes([len(images)]) + b"M\x00\x0c\x86cnumpy\ndtype\n"
        b"U\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T"
        + struct.pack("<i", len(data))
        + data
        + b"tbU\x06labels]("
        + b"".join(b"K" + bytes([label]) for label in labels)
        + b"eu."
    )


BATCHES = (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch")


@pytest.fixture
def batches(rng):
    """For each of the six files its images, labels, and bytes."""
    found = {}
    for number, name in enumerate(BATCHES):
        images = rng.integers(0, 256, size=(3, 3072)).astype(np.uint8)
        labels = [number, 9, 0]
        found[name] = images, labels, python2_batch(images, labels)
    return found


def write_folder(folder, batches):
    folder.mkdir()
    for name, (_, _, content) in batches.items():
        (folder / name).write_bytes(content)


def write_archive(path, batches):
    with tarfile.open(path, "w:gz") as tar:
        for name, (_, _, content) in batches.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def assert_whole(split, batches):
    assert [array.shape for array in split] == [(15, 3, 32, 32), (15,), (3, 3, 32, 32), (3,)]
    assert [str(array.dtype) for array in split] == ["float32", "int64"] * 2
    images, labels, _ = batches["data_batch_2"]
    expected = images.reshape(3, 3, 32, 32) / np.float32(255)
    np.testing.assert_array_equal(split.x_train[3:6], expected)
    np.testing.assert_array_equal(split.labels_train[3:6], labels)
    np.testing.assert_array_equal(split.labels_test, batches["test_batch"][1])


def test_cifar10_from_the_archive_and_from_the_folder(tmp_path, batches):
    write_archive(tmp_path / "cifar-10-python.tar.gz", batches)
    checksums = {
        name: hashlib.md5(content).hexdigest() for name, (_, _, content) in batches.items()
    }
    checksums["cifar-10-python.tar.gz"] = checksum(tmp_path / "cifar-10-python.tar.gz")
    before = sorted(tmp_path.iterdir())
    assert_whole(cifar10(tmp_path, checksums=checksums), batches)
    assert_whole(cifar10(before[0], checksums=checksums), batches)
    assert sorted(tmp_path.iterdir()) == before  # nothing is unpacked
    before[0].unlink()
    write_folder(tmp_path / "cifar-10-batches-py", batches)
    assert_whole(cifar10(tmp_path, checksums=checksums), batches)
    assert_whole(cifar10(tmp_path / "cifar-10-batches-py", checksums=checksums), batches)


def test_cifar10_files_with_other_checksums_are_refused(tmp_path, batches):
    write_archive(tmp_path / "cifar-10-python.tar.gz", batches)
    with pytest.raises(
        ValueError, match=r"cifar-10-python\.tar\.gz is cut off, damaged or another"
    ):
        cifar10(tmp_path)
    write_folder(tmp_path / "cifar-10-batches-py", batches)
    with pytest.raises(ValueError, match="data_batch_1 is cut off, damaged or another"):
        cifar10(tmp_path)


def test_cifar10_that_is_missing(tmp_path, batches):
    with pytest.raises(
        FileNotFoundError, match=r"CIFAR-10 is missing: put cifar-10-python\.tar\.gz"
    ):
        cifar10(tmp_path)
    write_folder(tmp_path / "cifar-10-batches-py", batches)
    (tmp_path / "cifar-10-batches-py" / "data_batch_4").unlink()
    with pytest.raises(FileNotFoundError, match="CIFAR-10 is missing"):
        cifar10(tmp_path, checksums={})


def test_archive_of_something_else(tmp_path, batches):
    path = tmp_path / "cifar-10-python.tar.gz"
    for content in (b"", b"no archive", gzip.compress(b"no archive")):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is no archive of CIFAR-10"):
            cifar10(tmp_path, checksums={})
    del batches["data_batch_3"]
    write_archive(path, batches)
    with pytest.raises(ValueError, match=r"is no archive of CIFAR-10 .*data_batch_3"):
        cifar10(tmp_path, checksums={})
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
    with pytest.raises(ValueError, match=r"data_batch_1 in it is no file"):
        cifar10(tmp_path, checksums={})


class Evil:
    def __reduce__(self):
        return print, ("this must not run",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps({b"data": Evil(), b"labels": []}, 3), "it asks for builtins.print"),
        (pickle.dumps({b"data": np.zeros((1, 2), np.uint8), b"labels": [0]}, 3), "uint8"),
        (pickle.dumps({b"data": np.zeros((1, 3072)), b"labels": [0]}, 3), "float64"),
        (pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": [10]}, 3), "0 to 9"),
        (pickle.dumps({b"labels": [10]}, 3), "b'data'"),
        (pickle.dumps([1, 2], 3), "list indices"),
        (b"", "is no batch"),
        (b"no pickle", "is no batch"),
    ],
)
def test_batch_that_is_none(content, message, capsys):
    with pytest.raises(ValueError, match=message):
        cifar.cifar10_batch(content, "data_batch_1", {})
    assert capsys.readouterr().out == ""


def test_arrays_pickled_by_this_python_can_be_read():
    array = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(ArraysOnly(io.BytesIO(pickle.dumps(array, 3))).load(), array)
