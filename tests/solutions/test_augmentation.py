"""Chapter 7, augmentation: against SciPy, colorsys, and pixels moved by hand."""

import colorsys
from functools import partial

import numpy as np
import pytest
from device import bytes_sent, same_on_device, to_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.regularization import (
    centre_crop,
    crop,
    flip,
    hsv_to_rgb,
    in_turn,
    jitter_colours,
    rgb_to_hsv,
    rotate_and_scale,
    shift,
)
from solutions.regularization.augmentation import bilinear

few = settings(max_examples=25)
shapes = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
seeds = st.integers(0, 1000)
DTYPES = [np.float64, np.float32, np.float16]
ALL = {
    "flip": flip,
    "flip top and bottom": partial(flip, axis=2),
    "shift": partial(shift, most=2),
    "crop": partial(crop, size=(3, 2)),
    "rotate_and_scale": rotate_and_scale,
    "jitter_colours": jitter_colours,
}
every = pytest.mark.parametrize("name", ALL)


def images(rng, shape=(5, 3, 4, 6), dtype=np.float64):
    """Positive pixels, so that each is told from the zeros that move in."""
    return rng.uniform(0.1, 1, size=shape).astype(dtype)


def per_image(change):
    """Whether an array differs for some images and not for others, as booleans (N,)."""
    return np.array([bool(one.any()) for one in change])


@pytest.mark.parametrize("axis", [2, 3])
def test_flip_mirrors_about_as_many_images_as_asked(axis, rng):
    x = images(rng, (400, 1, 3, 2))
    y = flip(x, rng, axis, probability=0.3)
    mirrored = per_image(y != x)
    np.testing.assert_array_equal(y[mirrored], np.flip(x, axis)[mirrored])
    assert abs(mirrored.mean() - 0.3) < 5 * (0.21 / 400) ** 0.5
    np.testing.assert_array_equal(flip(x, rng, axis, probability=0), x)
    np.testing.assert_array_equal(flip(x, rng, axis, probability=1), np.flip(x, axis))


def moved(image, down, right):
    """One image (C, H, W) moved by whole pixels, the plain way."""
    result = np.zeros_like(image)
    _, height, width = image.shape
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                result[:, i, j] = image[:, i - down, j - right]
    return result


@few
@given(shape=shapes, most=st.integers(0, 3), seed=seeds)
def test_shift_moves_each_image_by_whole_pixels(shape, most, seed):
    rng = np.random.default_rng(seed)
    x = images(rng, shape)
    steps = range(-most, most + 1)
    for before, after in zip(x, shift(x, rng, most), strict=True):
        possible = [moved(before, down, right) for down in steps for right in steps]
        assert any((after == one).all() for one in possible)


def test_shift_makes_every_move_equally_often(rng):
    x = np.zeros((900, 1, 3, 3))
    x[:, :, 1, 1] = 1
    landed = shift(x, rng, most=1)[:, 0].mean(axis=0)
    assert np.abs(landed - 1 / 9).max() < 5 * (1 / 9 * 8 / 9 / 900) ** 0.5


@few
@given(shape=shapes, size=st.tuples(st.integers(1, 6), st.integers(1, 6)), seed=seeds)
def test_crop_cuts_a_window_out_of_each_image(shape, size, seed):
    rng = np.random.default_rng(seed)
    x = images(rng, shape)
    size = tuple(np.minimum(size, shape[2:]).tolist())
    windows = crop(x, rng, size)
    assert windows.shape == (*shape[:2], *size)
    for image, window in zip(x, windows, strict=True):
        views = np.lib.stride_tricks.sliding_window_view(image, size, axis=(1, 2))
        assert (views == window[:, None, None]).all(axis=(0, 3, 4)).any()
    middle = centre_crop(x, size)
    assert middle.shape == windows.shape
    assert not np.shares_memory(middle, x)


def test_crop_reaches_every_place(rng):
    x = np.broadcast_to(np.arange(6.0).reshape(2, 3), (300, 1, 2, 3))
    corners = crop(x, rng, (1, 2))[:, 0, 0, 0]
    assert np.unique(corners).tolist() == [0, 1, 3, 4]


def test_centre_crop_takes_the_middle():
    x = np.arange(20.0).reshape(1, 1, 4, 5)
    assert centre_crop(x, (2, 3)).tolist() == [[[[6, 7, 8], [11, 12, 13]]]]


@few
@given(shape=shapes, seed=seeds)
def test_bilinear_agrees_with_scipy(shape, seed):
    ndimage = pytest.importorskip("scipy.ndimage")
    rng = np.random.default_rng(seed)
    x = images(rng, shape)
    rows, columns = rng.uniform(-2, 7, size=(2, shape[0], 3, 4))
    values = bilinear(x, rows, columns)
    for n, channel in np.ndindex(shape[:2]):
        expected = ndimage.map_coordinates(
            x[n, channel], [rows[n], columns[n]], order=1, mode="grid-constant"
        )
        np.testing.assert_allclose(values[n, channel], expected, atol=1e-12)


def test_rotation_agrees_with_affine_grid_of_torch(torch, rng):
    x = images(rng, (3, 2, 5, 5))
    draws = np.random.default_rng(7)
    angle = np.deg2rad(draws.uniform(-40, 40, size=3))
    factor = draws.uniform(0.5, 2, size=3)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / factor
    theta = torch.tensor(np.concatenate([turn, np.zeros((2, 1, 3))], axis=1).transpose(2, 0, 1))
    grid = torch.nn.functional.affine_grid(theta, x.shape, align_corners=True)
    expected = torch.nn.functional.grid_sample(torch.tensor(x), grid, align_corners=True)
    y = rotate_and_scale(x, np.random.default_rng(7), degrees=40, scale=(0.5, 2))
    np.testing.assert_allclose(y, expected.numpy(), atol=1e-12)


def test_rotation_by_nothing_and_by_a_right_angle(rng):
    x = images(rng, (2, 1, 4, 4))
    np.testing.assert_allclose(rotate_and_scale(x, rng, 0, (1, 1)), x, atol=1e-12)

    class RightAngle:
        """A generator whose every draw is the upper limit."""

        def uniform(self, low, high, size):
            return np.full(size, high)

    y = rotate_and_scale(x, RightAngle(), 90, (1, 1))
    np.testing.assert_allclose(y, np.rot90(x, axes=(2, 3)), atol=1e-12)


def test_twice_the_size_magnifies_the_middle():
    x = np.zeros((1, 1, 5, 5))
    x[0, 0, 2, 2] = 1
    y = rotate_and_scale(x, np.random.default_rng(0), 0, (2, 2))[0, 0]
    assert y[2].tolist() == [0, 0.5, 1, 0.5, 0]
    assert y[:, 2].tolist() == [0, 0.5, 1, 0.5, 0]


@few
@given(seed=seeds, dtype=st.sampled_from(DTYPES[:2]))
def test_hsv_agrees_with_colorsys_there_and_back(seed, dtype):
    rng = np.random.default_rng(seed)
    # a coarse grid of colours has greys, ties and blacks among them
    rgb = (rng.integers(0, 4, size=(2, 3, 2, 3)) / 3).astype(dtype)
    hsv = rgb_to_hsv(rgb)
    for n, i, j in np.ndindex(2, 2, 3):
        expected = colorsys.rgb_to_hsv(*rgb[n, :, i, j].astype(float))
        np.testing.assert_allclose(hsv[n, :, i, j], expected, atol=1e-6)
    np.testing.assert_allclose(hsv_to_rgb(hsv), rgb, atol=1e-6)
    free = rng.random((1, 3, 2, 2))
    for i, j in np.ndindex(2, 2):
        expected = colorsys.hsv_to_rgb(*free[0, :, i, j])
        np.testing.assert_allclose(hsv_to_rgb(free)[0, :, i, j], expected, atol=1e-12)


def test_jitter_changes_hue_saturation_and_value_within_the_limits(rng):
    hsv = np.full((300, 3, 1, 2), 0.5)
    hsv[:, :, 0, 1] = [0.95, 0.2, 0.8]
    x = hsv_to_rgb(hsv)
    after = rgb_to_hsv(jitter_colours(x, rng))
    turn = (after[:, 0] - hsv[:, 0] + 0.5) % 1 - 0.5
    grey = (after[:, 1] < 1e-9) | (after[:, 2] < 1e-9)  # without a hue
    assert np.abs(turn[~grey]).max() <= 0.1 + 1e-9
    assert np.abs(turn[~grey]).max() > 0.09
    low, high = 0.7 * hsv[:, 1:] ** 4 - 0.1, 1.4 * hsv[:, 1:] ** 0.25 + 0.1
    inside = (after[:, 1:] >= low - 1e-9) & (after[:, 1:] <= high + 1e-9)
    black = after[:, 2] < 1e-9  # without a saturation, too
    assert inside[:, 0][~black].all()
    assert inside[:, 1].all()
    assert 0.3 < (after[:, 2, 0, 0] > 0.5).mean() < 0.8  # brighter about as often as darker


@pytest.mark.parametrize(
    ("end", "power", "factor", "offset"), [(0, 1 / 4, 0.7, -0.1), (1, 4, 1.4, 0.1)]
)
def test_jitter_at_either_end_of_its_limits(end, power, factor, offset):
    class Extreme:
        """A generator whose every draw is a limit."""

        def uniform(self, low, high, size):
            return np.full(size, [low, high][end])

    hsv = np.array([0.5, 0.8, 0.6]).reshape(1, 3, 1, 1)
    after = rgb_to_hsv(jitter_colours(hsv_to_rgb(hsv), Extreme()))[0, :, 0, 0]
    expected = [0.5 + offset, factor * 0.8**power + offset, factor * 0.6**power + offset]
    np.testing.assert_allclose(after, expected, atol=1e-9)


def test_jitter_treats_all_pixels_of_an_image_alike_and_each_image_on_its_own(rng):
    x = np.tile(images(rng, (1, 3, 1, 1)), (20, 1, 2, 3))
    y = jitter_colours(x, rng)
    np.testing.assert_array_equal(y, np.tile(y[:, :, :1, :1], (1, 1, 2, 3)))
    assert len(np.unique(y[:, :, 0, 0], axis=0)) == 20


def test_in_turn_does_one_after_the_other(rng):
    x = images(rng)
    both = in_turn(partial(shift, most=2), flip)(x, np.random.default_rng(4))
    again = np.random.default_rng(4)
    np.testing.assert_array_equal(both, flip(shift(x, again, 2), again))
    np.testing.assert_array_equal(in_turn()(x, rng), x)


@every
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_stays_input_stays_and_the_generator_decides(name, dtype, rng):
    x = images(rng, dtype=dtype)
    before = x.copy()
    first, second, other = (ALL[name](x, np.random.default_rng(seed)) for seed in [1, 1, 2])
    assert first.dtype == dtype
    assert not np.shares_memory(first, x)
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("name", ["flip", "flip top and bottom", "shift", "crop"])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, bool])
def test_what_only_moves_pixels_moves_integers_as_well(name, dtype, rng):
    x = rng.integers(0, 256, size=(5, 3, 4, 6)).astype(dtype)
    y = ALL[name](x, np.random.default_rng(1))
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, ALL[name](x.astype(float), np.random.default_rng(1)))
    assert centre_crop(x, (2, 2)).dtype == dtype


@every
def test_hyperparameters_of_numpy_do_not_widen(name, rng):
    x = images(rng, dtype=np.float32)
    options = {
        "flip": {"probability": np.float64(0.5)},
        "rotate_and_scale": {"degrees": np.float64(9), "scale": np.array([0.9, 1.1])},
        "shift": {"most": np.int64(1)},
        "crop": {"size": np.array([3, 2])},
    }
    assert ALL[name](x, rng, **options.get(name, {})).dtype == np.float32


@every
@pytest.mark.parametrize("n", [0, 1])
def test_empty_and_single_batches(name, n, rng):
    x = images(rng, (n, 3, 4, 6))
    assert ALL[name](x, rng).shape[:2] == (n, 3)


@every
def test_flat_images_are_refused(name, rng):
    with pytest.raises(ValueError, match=r"x has shape \(5, 64\), expected \(N, "):
        ALL[name](np.zeros((5, 64)), rng)


X = np.ones((2, 3, 4, 5))
RNG = np.random.default_rng(0)
MISTAKES = {
    "axis": ("axis must be 2", lambda: flip(X, RNG, axis=1)),
    "probability": (
        "probability must be at least 0 and at most 1",
        lambda: flip(X, RNG, probability=2),
    ),
    "most": ("most must be at least 0, but it is -1", lambda: shift(X, RNG, most=-1)),
    "window": (r"\(4, 5\), but it is \(4, 6\)", lambda: crop(X, RNG, (4, 6))),
    "no window": (r"size must be from \(1, 1\)", lambda: centre_crop(X, (0, 2))),
    "no window of one number": (r"size must be from \(1, 1\)", lambda: crop(X, RNG, 3)),
    "degrees": ("degrees must be finite and at least 0", lambda: rotate_and_scale(X, RNG, -5)),
    "no degrees": ("degrees must be finite", lambda: rotate_and_scale(X, RNG, float("nan"))),
    "scale": ("scale must be", lambda: rotate_and_scale(X, RNG, scale=(1.1, 0.9))),
    "one scale": ("scale must be", lambda: rotate_and_scale(X, RNG, scale=1.1)),
    "endless scale": ("scale must be", lambda: rotate_and_scale(X, RNG, scale=(1, float("inf")))),
    "bytes": ("floating type", lambda: rotate_and_scale(X.astype(np.uint8), RNG)),
    "no pixels": (r"expected \(N, C, H, W\)", lambda: shift(X[:, :, :0], RNG)),
    "grey": (r"expected \(N, 3, H, W\)", lambda: jitter_colours(X[:, :1], RNG)),
    "too bright": ("goes from 255.0 to 255.0", lambda: jitter_colours(255 * X, RNG)),
    "not a number": ("must be between 0 and 1", lambda: hsv_to_rgb(np.nan * X)),
    "colour bytes": ("floating type", lambda: rgb_to_hsv(X.astype(np.uint8))),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_get_a_sentence(mistake):
    sentence, make = MISTAKES[mistake]
    with pytest.raises(ValueError, match=sentence):
        make()


def test_half_a_pixel_is_no_move():
    with pytest.raises(TypeError, match=r"most must be a whole number, but it is 0\.5"):
        shift(X, RNG, most=0.5)


@every
@pytest.mark.usefixtures("fake_cupy")
def test_only_a_few_numbers_an_image_travel_to_the_device(name):
    x, rng = to_device(np.ones((100, 3, 32, 32))), np.random.default_rng(0)
    assert bytes_sent(lambda: ALL[name](x, rng)) < 0.05 * x.nbytes


@every
@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device(name):
    x = images(np.random.default_rng(3))
    same_on_device(lambda put: ALL[name](put(x), np.random.default_rng(1)))
