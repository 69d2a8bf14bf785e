"""Chapter 8: pictures of what a network has learned, against PyTorch and closed forms."""

import numpy as np
import pytest
from device import same_on_device

from solutions.backpropagation import Affine, ReLU, gradient_check
from solutions.convolution import (
    Conv2D,
    Flatten,
    MaxPool2D,
    StochasticPool,
    digits_cnn,
    filter_grid,
    he_conv,
    invert_features,
    occlusion_map,
    saliency_map,
    total_variation,
)
from solutions.convolution.pictures import inversion_loss
from solutions.optimizers import Network


def test_filter_grid_lays_filters_out_row_by_row():
    W = np.arange(3 * 2 * 3, dtype=np.float32).reshape(3, 1, 2, 3)
    picture = filter_grid(W, columns=2)
    ramp = np.linspace(0, 1, 6, dtype=np.float32).reshape(2, 3)
    assert picture.shape == (5, 7)
    assert picture.dtype == np.float32
    for rows, columns in [(slice(2), slice(3)), (slice(2), slice(4, 7)), (slice(3, 5), slice(3))]:
        np.testing.assert_allclose(picture[rows, columns], ramp, rtol=1e-6)
    assert (picture[2] == 1).all()
    assert (picture[:, 3] == 1).all()
    assert (picture[3:, 4:] == 1).all()  # no filter is left for this place


def test_filter_grid_in_colour_and_by_channel(rng):
    W = rng.normal(size=(5, 3, 4, 4))
    assert filter_grid(W).shape == (2 * 5 - 1, 3 * 5 - 1, 3)
    assert filter_grid(W[:, :2], gap=0).shape == (3 * 4, 4 * 4)
    stretched = filter_grid(W, columns=5, gap=0)[:, 4:8]
    expected = (W[1] - W[1].min()) / (W[1].max() - W[1].min())
    np.testing.assert_allclose(stretched, expected.transpose(1, 2, 0))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_filter_grid_of_a_constant_filter(dtype):
    with np.errstate(all="raise"):
        picture = filter_grid(np.full((1, 1, 2, 2), 7, dtype))
    assert picture.tolist() == [[0, 0], [0, 0]]
    assert picture.dtype == dtype


@pytest.mark.parametrize(
    ("shape", "options", "words"),
    [
        (
            (4, 3, 3),
            {},
            r"W must be \(FN, C, FH, FW\) with at least one filter, but is \(4, 3, 3\)",
        ),
        ((0, 1, 3, 3), {}, "with at least one filter"),
        ((4, 1, 3, 3), {"columns": 0}, "columns must be at least 1 and gap 0, but are 0 and 1"),
        ((4, 1, 3, 3), {"gap": -1}, "columns must be at least 1 and gap 0, but are None and -1"),
    ],
)
def test_filter_grid_refuses(shape, options, words):
    with pytest.raises(ValueError, match=words):
        filter_grid(np.zeros(shape), **options)


def small_network(rng, dtype=np.float64):
    """Two channels of 6 × 5 pixels to three logits, with noise in training."""
    return Network(
        {
            "conv": Conv2D(rng.normal(size=(4, 2, 3, 3)).astype(dtype), np.full(4, 0.1, dtype)),
            "relu": ReLU(),
            "pool": StochasticPool(2, rng, stride=1),
            "flatten": Flatten(),
            "affine": Affine(rng.normal(size=(24, 3)).astype(dtype), np.zeros(3, dtype)),
        }
    )


def test_saliency_agrees_with_autograd(torch, rng):
    W, V = rng.normal(size=(4, 2, 3, 3)), rng.normal(size=(48, 3))
    network = Network([Conv2D(W), ReLU(), Flatten(), Affine(V, np.zeros(3))])
    x, labels = rng.normal(size=(5, 2, 6, 5)), np.array([2, 0, 1, 1, 0])
    image = torch.tensor(x, requires_grad=True)
    hidden = torch.relu(torch.nn.functional.conv2d(image, torch.tensor(W)))
    logits = hidden.flatten(1) @ torch.tensor(V)
    logits[torch.arange(5), torch.tensor(labels)].sum().backward()
    expected = image.grad.abs().amax(dim=1).numpy()
    np.testing.assert_allclose(saliency_map(network, x, labels), expected, rtol=1e-9)


def test_pictures_are_taken_in_test_mode_and_change_nothing(rng):
    network = small_network(rng)
    x = rng.normal(size=(2, 2, 6, 5))
    copy, params = x.copy(), {name: array.copy() for name, array in network.params.items()}
    before = rng.bit_generator.state
    saliency_map(network, x, np.array([0, 2]))
    occlusion_map(network, x[0], 1, size=2)
    invert_features(network, network.predict(x), x, steps=2)
    assert rng.bit_generator.state == before
    assert network.training
    np.testing.assert_array_equal(x, copy)
    for name, array in network.params.items():
        np.testing.assert_array_equal(array, params[name])


def test_pictures_keep_the_dtype(rng):
    network = small_network(rng, np.float32)
    x = rng.normal(size=(2, 2, 6, 5)).astype(np.float32)
    assert saliency_map(network, x, np.array([0, 2])).dtype == np.float32
    assert occlusion_map(network, x[0], 1, size=2).dtype == np.float32
    assert invert_features(network, network.predict(x), x, steps=2)[0].dtype == np.float32


def test_saliency_works_where_training_leaves_the_input_out(torch, rng):
    """A network as ``Trainer`` leaves it, with a frozen layer in front, in use or not."""
    network = small_network(rng)
    x, labels = rng.normal(size=(2, 2, 6, 5)), np.array([0, 2])
    expected = saliency_map(network, x, labels)
    network.needs_input_gradient = False
    network.freeze("conv")
    np.testing.assert_array_equal(saliency_map(network, x, labels), expected)
    assert network.needs_input_gradient is False
    assert network.training
    assert network.layers["conv"].frozen


def test_saliency_names_what_is_wrong(rng):
    x = rng.normal(size=(2, 1, 8, 8)).astype(np.float32)
    network = digits_cnn(rng)
    with pytest.raises(ValueError, match="label 10 is not one of the classes"):
        saliency_map(network, x, np.array([1, 10]))
    assert network.training
    with pytest.raises(ValueError, match="label 10 is not one of the classes 0 to 9"):
        occlusion_map(network, x[0], 10, size=3)


def test_integers_do_not_wrap(rng):
    """Pictures are often bytes."""
    network, x = small_network(rng), rng.integers(0, 256, size=(1, 2, 6, 5)).astype(np.uint8)
    labels = np.array([1])
    same = [
        (
            total_variation(image),
            saliency_map(network, image, labels),
            occlusion_map(network, image[0], 1, 3, grey=0.5),
            invert_features(network, np.uint8([[200, 200, 200]]), image, 2, 1e-9),
            filter_grid(image),
        )
        for image in (x, x.astype(float))
    ]
    np.testing.assert_equal(*same)


def test_sums_of_float16_do_not_overflow(rng):
    x = np.zeros((1, 1, 1, 2), np.float16)
    x[..., 1] = 300
    value, gradient = total_variation(x)
    assert value == 300**2
    assert gradient.dtype == np.float16
    network = Network([Flatten()])
    loss, _ = inversion_loss(network, np.full((1, 2), 300, np.float16), 0 * x, 0, 0)
    assert loss == 1


def test_numbers_of_numpy_do_not_widen(rng):
    network, x = small_network(rng, np.float32), rng.normal(size=(1, 2, 6, 5)).astype(np.float32)
    weights = [np.float64(0.1)] * 3
    found, _ = invert_features(network, np.float32([[1, 2, 3]]), x, 2, *weights)
    assert found.dtype == np.float32
    assert total_variation(x, np.float64(3))[1].dtype == np.float32
    with pytest.raises(ValueError, match="learning_rate must be finite and more than 0"):
        invert_features(network, np.float32([[1, 2, 3]]), x, 2, -1)


def test_occlusion_finds_the_pixel_that_matters():
    """Only pixel (2, 3) speaks for class 0: the probability falls where it is covered."""
    W = np.zeros((24, 2))
    W[2 * 6 + 3, 0] = 10
    network = Network([Flatten(), Affine(W, np.zeros(2))])
    x = np.ones((1, 4, 6))
    found = occlusion_map(network, x, label=0, size=2)
    assert found.shape == (3, 5)
    covered = np.zeros((3, 5), bool)
    covered[1:3, 2:4] = True
    np.testing.assert_allclose(found[covered], 0.5)
    np.testing.assert_allclose(found[~covered], 1 / (1 + np.exp(-10)))
    with pytest.raises(ValueError, match="window 5 does not fit into 4 pixels"):
        occlusion_map(network, x, 0, size=5)
    with pytest.raises(ValueError, match="window must be at least 1, but it is 0"):
        occlusion_map(network, x, 0, size=0)


@pytest.mark.parametrize("beta", [2.0, 3.0])
def test_total_variation_and_its_gradient(beta, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    value, gradient = total_variation(x, beta)
    by_hand = 0.0
    for n, c, i, j in np.ndindex(*x.shape):
        right = x[n, c, i, j + 1] - x[n, c, i, j] if j < 4 else 0
        below = x[n, c, i + 1, j] - x[n, c, i, j] if i < 3 else 0
        by_hand += (right**2 + below**2) ** (beta / 2)
    assert value == pytest.approx(by_hand)
    assert gradient_check(lambda z: total_variation(z, beta)[0], x, gradient)
    assert total_variation(np.full((1, 1, 3, 3), 4.0), beta)[0] == 0
    with pytest.raises(ValueError, match="beta must be finite and at least 2, but it is 1"):
        total_variation(x, 1)


def test_inversion_loss_passes_the_gradient_check(rng):
    network = small_network(rng)
    network.training = False
    features, x = rng.normal(size=(1, 3)), rng.normal(size=(1, 2, 6, 5))
    loss, dx = inversion_loss(network, features, x, norm_weight=0.01, variation_weight=0.1)

    def f(z):
        return inversion_loss(network, features, z, norm_weight=0.01, variation_weight=0.1)[0]

    assert gradient_check(f, x, dx)
    bare, _ = inversion_loss(network, features, x, norm_weight=0, variation_weight=0)
    difference = network.forward(x) - features
    assert bare == pytest.approx((difference**2).sum() / (features**2).sum())
    rest = 0.01 * (x**6).sum() + 0.1 * total_variation(x)[0]
    assert loss == pytest.approx(bare + rest)


def test_inversion_finds_the_image_again(rng):
    """Features of a wide first layer determine the image: noise turns into it."""
    network = Network(
        {
            "conv": he_conv((12, 1, 3, 3), rng, np.float64, padding=1),
            "relu": ReLU(),
            "pool": MaxPool2D(2, stride=1),
        }
    )
    image = rng.uniform(size=(1, 1, 8, 8))
    features = network.predict(image)
    start = 0.1 * rng.normal(size=image.shape)
    found, losses = invert_features(
        network, features, start, steps=150, norm_weight=0, variation_weight=0
    )
    assert losses[-1] < 1e-3 * losses[0]
    error = np.abs(found - image).mean() / np.abs(start - image).mean()
    assert error < 0.1
    assert len(losses) == 150


def test_inversion_names_what_is_wrong(rng):
    network, x = small_network(rng), rng.normal(size=(1, 2, 6, 5))
    with pytest.raises(ValueError, match=r"features must be \(1, 3\), but they are \(3,\)"):
        invert_features(network, np.ones(3), x)
    with pytest.raises(ValueError, match="features are all 0"):
        invert_features(network, np.zeros((1, 3)), x)
    assert network.training


def network_on(put, rng):
    """The convolution and classifier of ``small_network``, with their arrays put somewhere."""
    W, V = rng.normal(size=(4, 2, 3, 3)), rng.normal(size=(48, 3))
    return Network([Conv2D(put(W)), ReLU(), Flatten(), Affine(put(V), put(np.zeros(3)))])


X = np.random.default_rng(5).normal(size=(2, 2, 6, 5))
ON_DEVICE = {
    "filter_grid": lambda net, put: filter_grid(put(X)),
    "saliency_map": lambda net, put: saliency_map(net, put(X), put(np.array([0, 2]))),
    "occlusion_map": lambda net, put: occlusion_map(net, put(X[0]), 1, size=3),
    "total_variation": lambda net, put: total_variation(put(X)),
    "invert_features": lambda net, put: invert_features(
        net, net.predict(put(X)), put(X[::-1].copy()), steps=3
    ),
}


@pytest.mark.parametrize("name", ON_DEVICE)
@pytest.mark.usefixtures("fake_cupy")
def test_result_on_the_device_is_that_of_numpy_and_stays_there(name):
    same_on_device(lambda put: ON_DEVICE[name](network_on(put, np.random.default_rng(3)), put))
