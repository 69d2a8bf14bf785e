"""Chapter 8: shapes, receptive fields, parameters and memory, predicted and then measured."""

import gc
import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.accounting import (
    MemoryAccount,
    layer_shapes,
    memory_account,
    network_windows,
    output_shape,
    parameter_counts,
    receptive_field,
    stack_weights,
)
from solutions.architectures import digits_cnn, lenet
from solutions.backpropagation import Affine, ReLU, Sigmoid
from solutions.convolution import Conv2D
from solutions.network import Network
from solutions.optimizers import Adam
from solutions.pooling import AveragePool2D, Flatten, GlobalAveragePool, MaxPool2D

few = settings(deadline=None, derandomize=True, max_examples=25)


def convnet(rng, size=3):
    return Network(
        {
            "conv": Conv2D(rng.normal(size=(4, 2, size, size)), rng.normal(size=4), stride=2),
            "relu": ReLU(),
            "pool": MaxPool2D(2, stride=1),
            "more": Network([Flatten(), Affine(rng.normal(size=(48, 5)), rng.normal(size=5))]),
        }
    )


def test_shapes_are_those_that_the_layers_return(rng):
    network = convnet(rng)
    shapes = layer_shapes(network, (2, 9, 11))
    x = rng.normal(size=(3, 2, 9, 11))
    for name, layer in network.layers.items():
        x = layer.forward(x)
        assert shapes[name] == x.shape[1:]
    assert output_shape(GlobalAveragePool(), (3, 4, 5)) == (3,)
    assert output_shape(AveragePool2D(2), (3, 4, 5)) == (3, 2, 2)
    assert output_shape(network, (2, 9, 11)) == (5,)


def test_shapes_name_the_layer_that_does_not_fit(rng):
    with pytest.raises(ValueError, match=r"layer 'conv': x must be \(N, 2, H, W\), but a sample"):
        layer_shapes(convnet(rng), (3, 9, 11))
    with pytest.raises(ValueError, match="layer 'more': layer 'affine1': x must have 48 numbers"):
        layer_shapes(convnet(rng), (2, 9, 9))


def test_parameter_counts(rng):
    counts = parameter_counts(convnet(rng))
    assert counts == {"conv": 4 * 2 * 9 + 4, "relu": 0, "pool": 0, "more": 48 * 5 + 5}


@few
@given(
    windows=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=4),
    kind=st.sampled_from([Conv2D, AveragePool2D]),
)
def test_receptive_field_is_what_a_gradient_reaches(windows, kind):
    """One output's gradient reaches so many pixels of a row, if no window skips any."""
    windows = [(max(window, stride), stride) for window, stride in windows]
    field = receptive_field(windows)
    layers = [
        AveragePool2D(window, stride)
        if kind is AveragePool2D
        else Conv2D(np.ones((1, 1, window, window)), stride=stride)
        for window, stride in windows
    ]
    network = Network([Flatten(), *layers]) if not layers else Network(layers)
    x = np.ones((1, 1, field, field))
    y = network.forward(x)
    assert y.size == 1 if layers else field == 1
    assert (network.backward(np.ones_like(y)) != 0).all()
    assert network_windows(network) == windows


def test_small_filters():
    """Three 3 × 3 see as far as one 7 × 7, with 27 C² weights against 49 C²."""
    assert receptive_field([(3, 1)] * 3) == receptive_field([(7, 1)]) == 7
    assert stack_weights(3, 64, layers=3) == 27 * 64**2
    assert stack_weights(7, 64) == 49 * 64**2
    filters = np.zeros((64, 64, 3, 3))
    assert stack_weights(3, 64) == Conv2D(filters).params["W"].size


def test_network_windows_refuse_filters_that_are_not_square():
    network = Network({"wide": Conv2D(np.zeros((1, 1, 2, 3)))})
    with pytest.raises(ValueError, match="filters of layer 'wide' must be square, but are 2 × 3"):
        network_windows(network)


def test_lenet_sees_sixteen_pixels(rng):
    windows = network_windows(lenet(rng))
    assert windows == [(5, 1), (2, 2), (5, 1), (2, 2)]
    assert receptive_field(windows) == 16


def test_account_by_hand(rng):
    network = Network(
        [Conv2D(np.zeros((2, 3, 3, 3)), np.zeros(2), padding=1), ReLU(), Flatten(), MLP_LAYER]
    )
    account = memory_account(network, (3, 4, 5), batch_size=10, optimizer_slots=1, itemsize=8)
    parameters = 8 * (2 * 27 + 2 + 40 * 7 + 7)
    activations = 8 * 10 * (60 + 40 + 40 + 7)
    columns, masks = 8 * 10 * 27 * 20, 10 * 40
    assert account == MemoryAccount(
        activations, activations, parameters, parameters, parameters, columns + masks
    )
    assert account.total == 2 * activations + 3 * parameters + columns + masks


MLP_LAYER = Affine(np.zeros((40, 7)), np.zeros(7))


@pytest.mark.parametrize("options", [{"batch_size": 0}, {"optimizer_slots": -1}, {"itemsize": 0}])
def test_account_refuses_senseless_sizes(options, rng):
    with pytest.raises(ValueError, match="must be at least 1 and optimizer_slots at least 0"):
        memory_account(digits_cnn(rng), (1, 8, 8), **{"batch_size": 1, **options})


def mlp(rng):
    sizes = [200, 300, 250, 50]
    layers = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [Affine(np.zeros((fan_in, fan_out), "f"), np.zeros(fan_out, "f")), Sigmoid()]
    return Network(layers), (200,)


def bigger_lenet(rng):
    return lenet(rng), (1, 28, 28)


@pytest.mark.parametrize("build", [mlp, bigger_lenet])
def test_account_agrees_with_measured_memory(build, rng):
    """What lives after forward is as predicted; the peak of a step stays below the total."""
    network, shape = build(rng)
    account = memory_account(network, shape, batch_size=128, keep_all=False)
    textbook = memory_account(network, shape, batch_size=128)
    x = rng.normal(size=(128, *shape)).astype(np.float32)
    gc.collect()
    tracemalloc.start()
    try:
        y = network.forward(x)
        after_forward = tracemalloc.get_traced_memory()[0] + x.nbytes
        network.backward(np.ones_like(y))
        optimizer = Adam(network.params)
        before_step = tracemalloc.get_traced_memory()[0]
        optimizer.step(network.grads)
        peak = tracemalloc.get_traced_memory()[1] + x.nbytes
    finally:
        tracemalloc.stop()
    assert after_forward == pytest.approx(account.activations + account.miscellany, rel=0.01)
    held = before_step - (after_forward - x.nbytes)  # by then: gradients and optimizer state
    assert held == pytest.approx(account.parameter_gradients + account.optimizer_state, rel=0.06)
    peak += account.parameters  # they were there before
    assert account.total < peak < 1.25 * account.total  # columns of a gradient, temporaries
    assert peak < textbook.total


def test_account_of_vgg_16():
    """Rows of VGG-16 that are known: 138,357,544 parameters and 58.1 MiB of activations an image.

    The second counts each convolution's output once, in float32, without ReLU layers.
    """
    widths = [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"]
    C, layers = 3, []
    for width in widths:
        if width == "M":
            layers.append(MaxPool2D(2))
            continue
        layers.append(Conv2D(empty(width, C, 3, 3), empty(width), padding=1))
        C = width
    layers += [Flatten(), affine(7 * 7 * 512, 4096), affine(4096, 4096), affine(4096, 1000)]
    network = Network(layers)
    account = memory_account(network, (3, 224, 224), batch_size=1)
    assert sum(parameter_counts(network).values()) == 138_357_544
    assert account.activations / 2**20 == pytest.approx(58.1, abs=0.1)
    assert math.prod(layer_shapes(network, (3, 224, 224))["maxpool2d5"]) == 7 * 7 * 512


def empty(*shape):
    """Float32 of a shape, without memory for each number."""
    return np.broadcast_to(np.float32(0), shape)


def affine(fan_in, fan_out):
    return Affine(empty(fan_in, fan_out), empty(fan_out))
