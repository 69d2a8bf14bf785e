"""Chapter 6, the data: against scikit-learn, closed forms and round trips."""

import numpy as np
import pytest
from device import same_on_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.data import digits
from solutions.normalization import (
    PCA,
    ArctanScaler,
    ExponentialScaler,
    LogScaler,
    MinMaxScaler,
    OwnScaler,
    Standardizer,
    Whitening,
)

few = settings(max_examples=25)
SCALERS = [
    Standardizer,
    MinMaxScaler,
    LogScaler,
    ExponentialScaler,
    ArctanScaler,
    PCA,
    Whitening,
]
every = pytest.mark.parametrize("scaler", SCALERS, ids=lambda scaler: scaler.__name__)


def positive(rng, shape=(30, 4)):
    """Correlated features above 0, of unequal scales, with means of their own."""
    mixed = rng.exponential(size=shape) @ rng.uniform(0.1, 1, size=(shape[1], shape[1]))
    return mixed * 10.0 ** np.arange(-1, shape[1] - 1) + np.arange(shape[1])


@few
@given(n=st.integers(1, 9), d=st.integers(1, 5), seed=st.integers(0, 1000))
def test_standard_and_min_max_agree_with_scikit_learn(n, d, seed):
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    rng = np.random.default_rng(seed)
    train, test = rng.normal(size=(n, d)), rng.normal(size=(4, d))
    pairs = [
        (Standardizer(), preprocessing.StandardScaler()),
        (MinMaxScaler(), preprocessing.MinMaxScaler()),
    ]
    for ours, theirs in pairs:
        assert ours.fit(train) is ours
        theirs.fit(train)
        for x in [train, test]:
            np.testing.assert_allclose(ours.transform(x), theirs.transform(x), atol=1e-12)


def test_non_linear_scalers_in_closed_form():
    train = np.array([[0.0, 3.0], [99.0, 5.0]])
    log = LogScaler().fit(train).transform(np.array([[9.0, 5.0]]))
    np.testing.assert_allclose(log, [[0.5, 1.0]])  # log10: 1 of 2
    exponential = ExponentialScaler().fit(train).transform(np.array([[49.5, 8.0]]))
    np.testing.assert_allclose(exponential, [[1 - np.exp(-1), 1 - np.exp(-2)]])
    arctan = ArctanScaler().fit(np.array([[1.0, 0.0], [-7.0, 2.0]]))
    np.testing.assert_allclose(arctan.transform(np.array([[5.0, -(2**0.5)]])), [[0.5, -0.5]])


@few
@given(n=st.integers(2, 20), d=st.integers(1, 6), seed=st.integers(0, 1000))
def test_pca_agrees_with_scikit_learn(n, d, seed):
    decomposition = pytest.importorskip("sklearn.decomposition")
    rng = np.random.default_rng(seed)
    train, test = rng.normal(size=(n, d)) * np.arange(1, d + 1), rng.normal(size=(3, d))
    kept = min(n - 1, d)  # beyond it the directions of variance 0 are anyone's choice
    ours, theirs = PCA(kept).fit(train), decomposition.PCA(kept).fit(train)
    biased = theirs.explained_variance_ * (n - 1) / n
    np.testing.assert_allclose(ours.variances, biased, rtol=1e-7)
    signs = np.sign((ours.directions * theirs.components_.T).sum(axis=0))
    np.testing.assert_allclose(ours.transform(test) * signs, theirs.transform(test), atol=1e-6)
    np.testing.assert_allclose(
        ours.inverse(ours.transform(test)),
        theirs.inverse_transform(theirs.transform(test)),
        atol=1e-6,
    )


def test_pca_decorrelates_and_turns_each_direction_the_same_way(rng):
    x = positive(rng)
    pca = PCA().fit(x)
    y = pca.transform(x)
    np.testing.assert_allclose(y.T @ y / len(y), np.diag(pca.variances), atol=1e-8)
    assert (np.diff(pca.variances) <= 0).all()
    largest = np.abs(pca.directions).argmax(axis=0)
    assert (pca.directions[largest, range(4)] > 0).all()
    np.testing.assert_allclose(PCA().fit(x[::-1]).directions, pca.directions, atol=1e-9)


@pytest.mark.parametrize("components", [None, 2])
def test_whitening_gives_the_identity_but_for_eps(components, rng):
    x = positive(rng)
    exact, soft = Whitening(0, components).fit(x), Whitening(0.5, components).fit(x)
    y, held = exact.transform(x), soft.transform(x)
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(y.T @ y / len(y), np.eye(y.shape[1]), atol=1e-8)
    shares = soft.pca.variances / (soft.pca.variances + 0.5)
    np.testing.assert_allclose(held.T @ held / len(x), np.diag(shares), atol=1e-8)
    pca = PCA(components).fit(x)
    nearest = pca.inverse(pca.transform(x))
    np.testing.assert_allclose(soft.inverse(held), nearest, atol=1e-9)


def test_whitening_agrees_with_scikit_learn(rng):
    decomposition = pytest.importorskip("sklearn.decomposition")
    x = positive(rng)
    ours = Whitening(eps=0).fit(x)
    theirs = decomposition.PCA(whiten=True).fit(x)
    expected = theirs.transform(x) * (30 / 29) ** 0.5  # theirs has the unbiased variance
    signs = np.sign((ours.pca.directions * theirs.components_.T).sum(axis=0))
    np.testing.assert_allclose(ours.transform(x) * signs, expected, atol=1e-8)


@every
def test_inverse_goes_back_also_for_data_not_fitted(scaler, rng):
    fitted = scaler().fit(positive(rng))
    x = positive(rng, (5, 4))
    np.testing.assert_allclose(fitted.inverse(fitted.transform(x)), x, rtol=1e-7)


@every
def test_statistics_are_those_of_the_training_set_alone(scaler, rng):
    train, test = positive(rng), 5 * positive(rng)
    fitted = scaler().fit(train)
    alone = fitted.transform(test[:1])
    before = train.copy(), test.copy()
    np.testing.assert_allclose(fitted.transform(test)[:1], alone, rtol=1e-12)
    fitted.transform(train)
    np.testing.assert_array_equal(fitted.transform(test[:1]), alone)
    np.testing.assert_array_equal(train, before[0])
    np.testing.assert_array_equal(test, before[1])


@every
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_dtype_stays(scaler, dtype, rng):
    x = rng.uniform(0.1, 2, size=(20, 3)).astype(dtype)
    fitted = scaler().fit(x)
    y = fitted.transform(x)
    assert y.dtype == fitted.inverse(y).dtype == dtype
    assert np.isfinite(y).all()


@every
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int64, bool])
def test_integers_are_numbers(scaler, dtype, rng):
    """Differences of them would wrap: 100 − (−100) is −56 in int8."""
    x = rng.integers(0, 2 if dtype is bool else 127, size=(20, 3)).astype(dtype)
    if np.dtype(dtype).kind == "i" and scaler not in (LogScaler, ExponentialScaler):
        x[:2] = [[100] * 3, [-100] * 3]
    fitted, expected = scaler().fit(x), scaler().fit(x.astype(np.float64))
    y = fitted.transform(x)
    assert y.dtype == np.float64
    np.testing.assert_array_equal(y, expected.transform(x.astype(np.float64)))
    np.testing.assert_allclose(fitted.inverse(y), x, atol=1e-9)
    whole = np.zeros((1, 3), dtype)
    np.testing.assert_array_equal(fitted.inverse(whole), fitted.inverse(np.zeros((1, 3))))


def test_the_span_of_int8():
    fitted = MinMaxScaler().fit(np.int8([[-100], [100]]))
    assert fitted.span == 200
    np.testing.assert_array_equal(
        fitted.transform(np.int8([[-100], [0], [100]])), [[0], [0.5], [1]]
    )


@every
@pytest.mark.parametrize("largest", [300, 6e4])
def test_float16_does_not_overflow(scaler, largest, rng):
    """Its squares are infinite from 256 on, its spans from 32752: float32 is computed with."""
    if scaler is PCA:
        largest /= 2  # along the diagonal it is longer
    lowest = 0 if scaler in (LogScaler, ExponentialScaler) else -largest
    x = rng.uniform(lowest, largest, size=(200, 3)).astype(np.float16)
    x[0], x[1] = lowest, largest
    fitted, exact = scaler().fit(x), scaler().fit(x.astype(np.float64))
    y = fitted.transform(x)
    assert y.dtype == fitted.inverse(y).dtype == np.float16
    bound = largest if scaler is PCA else 1
    np.testing.assert_allclose(y, exact.transform(x.astype(float)), rtol=2e-3, atol=2e-3 * bound)
    back = fitted.inverse(y).astype(float)
    assert np.median(np.abs(back - x)) < 2e-3 * largest


@every
def test_the_dtype_is_that_of_the_data_not_of_the_training_set(scaler, rng):
    x = rng.uniform(0.1, 2, size=(20, 3))
    fitted = scaler().fit(x)
    for dtype in [np.float16, np.float32]:
        y = fitted.transform(x.astype(dtype))
        assert y.dtype == fitted.inverse(y).dtype == dtype
    for options in [{}, {"eps": np.float64(1e-5)}][: 1 + (scaler is Whitening)]:
        y = scaler(**options).fit(x.astype("f")).transform(x.astype("f"))
        assert y.dtype == np.float32


@every
def test_a_feature_that_never_changes_stays_finite_and_comes_back(scaler):
    for value in [0.0, 0.1]:  # seven times 0.1 has a mean that is not quite 0.1
        x = np.stack([np.full(7, value), np.arange(7.0)], axis=1)
        fitted = scaler().fit(x)
        y = fitted.transform(x)
        assert np.abs(y).max() < 10
        np.testing.assert_allclose(fitted.inverse(y), x, atol=1e-12)


def test_a_constant_is_told_by_its_extremes_not_by_its_rounded_spread():
    x = np.full((10, 1), 0.3)
    assert x.std() != 0, "choose another constant: this one is averaged without rounding"
    fitted = Standardizer().fit(x)
    np.testing.assert_allclose(fitted.transform(np.array([[0.4]])), [[0.1]], atol=1e-12)


@every
def test_an_empty_set_passes_once_fitted_but_fits_nothing(scaler):
    fitted = scaler().fit(np.arange(6.0).reshape(3, 2))
    assert fitted.transform(np.zeros((0, 2))).shape == (0, 2)
    with pytest.raises(ValueError, match=r"x must be \(N, D\) with at least one .* \(0, 2\)"):
        scaler().fit(np.zeros((0, 2)))


@every
def test_mistakes_get_a_sentence(scaler):
    x = np.arange(6.0).reshape(3, 2)
    with pytest.raises(ValueError, match="call fit with the training set first"):
        scaler().transform(x)
    with pytest.raises(ValueError, match="call fit with the training set first"):
        scaler().inverse(x)
    with pytest.raises(ValueError, match=r"x must be \(N, D\) with .*, but it is \(3,\)"):
        scaler().fit(x[:, 0])
    fitted = scaler().fit(x)
    for method in [fitted.transform, fitted.inverse]:
        with pytest.raises(ValueError, match=r"x must be \(N, 2\) as in fit, but it is \(3, 1\)"):
            method(x[:, :1])


@pytest.mark.parametrize("scaler", [LogScaler, ExponentialScaler])
def test_negative_values_are_refused(scaler):
    x = np.ones((3, 2))
    with pytest.raises(ValueError, match=r"smallest value is -1\.0"):
        scaler().fit(-x)
    with pytest.raises(ValueError, match=r"smallest value is -1\.0"):
        scaler().fit(x).transform(-x)


def test_pca_arguments_that_make_no_sense():
    with pytest.raises(ValueError, match="components must be at least 1, but it is 0"):
        PCA(0)
    with pytest.raises(ValueError, match="components is 3, but x has shape"):
        PCA(3).fit(np.ones((5, 2)))
    with pytest.raises(TypeError, match=r"components must be a whole number, but it is 1\.5"):
        PCA(1.5)
    for eps in (-1e-5, np.nan, np.inf):
        with pytest.raises(ValueError, match="eps must be finite and at least 0, but it is"):
            Whitening(eps=eps)
    with pytest.raises(ValueError, match="call fit with the training set first"):
        PCA(1).inverse(np.ones((5, 1)))


def test_a_pca_of_the_digits_keeps_most_of_them_in_few_directions():
    """On real data: 40 of 64 directions carry nearly everything, on new images, too."""
    split = digits()
    pca = PCA(40).fit(split.x_train)
    left = split.x_test - pca.inverse(pca.transform(split.x_test))
    assert (left**2).sum() < 0.02 * ((split.x_test - pca.mean) ** 2).sum()


@every
@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device(scaler):
    x = positive(np.random.default_rng(3))

    def case(put):
        fitted = scaler().fit(put(x[:20]))
        y = fitted.transform(put(x[20:]))
        return y, fitted.inverse(y)

    same_on_device(case)


def test_ranks_do_not_ask_how_far(rng):
    """A rising map of a feature changes nothing, nor does how large the largest value is."""
    x = rng.normal(size=(50, 2))
    ranks = OwnScaler().fit(x).transform(x)
    np.testing.assert_array_equal(OwnScaler().fit(np.exp(5 * x)).transform(np.exp(5 * x)), ranks)
    np.testing.assert_allclose(np.sort(ranks[:, 0]), (2 * np.arange(50) + 1) / 50 - 1, atol=1e-12)
    fitted = OwnScaler().fit(np.array([[1.0, 7.0], [2.0, 7.0], [2.0, 7.0], [1e9, 7.0]]))
    y = fitted.transform(np.array([[2.0, 7.0], [1e12, 8.0], [-1e12, 6.0]]))
    np.testing.assert_allclose(y, [[0, 0], [1, 1], [-1, -1]])
