"""Chapter 8: shapes, receptive fields, parameters and memory, predicted and then measured."""

import gc
import itertools
import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import Affine, ReLU, Sigmoid, SoftmaxWithLoss, Tanh
from solutions.convolution import (
    LENET_TABLE,
    AveragePool2D,
    AveragePooling,
    Conv2D,
    Convolution,
    Flatten,
    FractionalMaxPool,
    GlobalAveragePool,
    MaxPool2D,
    MaxPooling,
    RadialBasis,
    Residual,
    ScaledTanh,
    StochasticPool,
    Subsampling,
    TableConv2D,
    WeightNormConv2D,
    alexnet,
    digits_cnn,
    he_conv,
    layer_shapes,
    lenet,
    lenet5,
    memory_account,
    mnist1d_cnn,
    parameter_counts,
    receptive_field,
    receptive_fields,
    residual_block,
    stack_weights,
    training_memory,
)
from solutions.initialization import ELU, LeakyReLU, PReLU, RReLU
from solutions.layer import Layer
from solutions.normalization import (
    BatchNorm,
    BatchNormGraph,
    GroupNorm,
    LayerNorm,
    LocalResponseNorm,
    SpatialBatchNorm,
    WeightNorm,
)
from solutions.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Network,
    RMSProp,
    Rprop,
    Trainer,
)
from solutions.optimizers.blocks import move_arrays
from solutions.regularization import DropConnect, Dropout, DropoutScaledAtTest

few = settings(max_examples=25)


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
    assert network.output_shape((2, 9, 11)) == (5,)


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
    assert network.windows() == windows


def test_small_filters():
    """Three 3 × 3 see as far as one 7 × 7, with 27 C² weights against 49 C²."""
    assert receptive_field([(3, 1)] * 3) == receptive_field([(7, 1)]) == 7
    assert stack_weights(3, 64, layers=3) == 27 * 64**2
    assert stack_weights(7, 64) == 49 * 64**2
    filters = np.zeros((64, 64, 3, 3))
    assert stack_weights(3, 64) == Conv2D(filters).params["W"].size


def test_filters_that_are_not_square_see_unequally_far():
    network = Network({"wide": Conv2D(np.zeros((1, 1, 2, 3)))})
    with pytest.raises(ValueError, match="filters must be square to see equally far, but they are"):
        receptive_fields(network)


def test_lenet_sees_sixteen_pixels_until_it_sees_all(rng):
    fields = receptive_fields(lenet(rng))
    assert fields["conv1"] == fields["relu1"] == 5
    assert fields["pool2"] == fields["flatten"] == 16
    assert fields["affine1"] == math.inf


def test_a_residual_block_sees_what_its_body_sees(rng):
    network = Network([Conv2D(empty(4, 3, 3, 3), padding=1), residual_block(4, 4, rng)])
    assert list(receptive_fields(network).values()) == [3, 7]


class Unknown(Layer):
    def forward(self, x):
        return x

    def output_shape(self, shape):
        return shape


def test_a_layer_that_does_not_answer_is_not_counted_as_nothing():
    with pytest.raises(NotImplementedError, match=r"say how far it sees: give it a method windows"):
        receptive_fields(Network([Unknown()]))
    with pytest.raises(NotImplementedError, match=r"say what it keeps: give it a method memory"):
        memory_account(Network([ReLU(), Network([Unknown()])]), (3,), batch_size=1)
    with pytest.raises(NotImplementedError, match="FractionalMaxPool has windows of several sizes"):
        receptive_fields(Network([FractionalMaxPool(1.5, np.random.default_rng(0))]))


def test_account_by_hand():
    """Conv2D keeps x, and so does Affine; the masks of ReLU and the columns are miscellany."""
    conv = Conv2D(np.zeros((2, 3, 3, 3)), np.zeros(2), padding=1)
    network = Network([conv, ReLU(), Flatten(), Affine(np.zeros((40, 7)), np.zeros(7))])
    account = memory_account(network, (3, 4, 5), batch_size=10, optimizer=Momentum, itemsize=8)
    parameters = 8 * (2 * 27 + 2 + 40 * 7 + 7)
    assert account.moment == "forward of 'conv2d1'"  # where its output is there besides
    assert account.activations == 8 * 10 * (60 + 40 + 7)
    assert account.gradients == 0
    assert account.parameters == account.parameter_gradients == parameters
    assert account.optimizer_state == parameters
    columns, rows, padded = (8 * 10 * number for number in (27 * 20, 3 * 3 * 6 * 5, 3 * 6 * 7))
    work = columns + rows + padded + 8 * 10 * 40
    assert account.miscellany == 10 * 40 + work + 3 * 8 * 10 * 7
    assert account.total == sum(account[:-1])


def test_the_plain_estimate_is_part_of_the_account():
    """Of a network whose layers all keep their inputs, they differ by what is there for a while."""
    conv = Conv2D(np.zeros((2, 3, 3, 3)), np.zeros(2), padding=1)
    network = Network([conv, Flatten(), Affine(np.zeros((40, 7)), np.zeros(7))])
    parameters = [array.shape for array in network.params.values()]
    shapes = [(3, 4, 5), (2, 4, 5), (7,)]
    activations, *others = training_memory(shapes, parameters, 10, slots=1, itemsize=8)
    account = memory_account(network, (3, 4, 5), batch_size=10, optimizer=Momentum, itemsize=8)
    assert activations == account.activations == 8 * 10 * (60 + 40 + 7)
    assert others == [8 * (2 * 27 + 2 + 40 * 7 + 7)] * 3
    assert others == [account.parameters, account.parameter_gradients, account.optimizer_state]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"batch_size": 0}, "batch_size must be at least 1, but it is 0"),
        ({"itemsize": 0}, "itemsize must be at least 1, but it is 0"),
    ],
)
def test_account_refuses_senseless_sizes(options, said, rng):
    with pytest.raises(ValueError, match=said):
        memory_account(digits_cnn(rng), (1, 8, 8), **{"batch_size": 1, **options})


# What the layers say of themselves, measured ------------------------------------------------------


def few_numbers(rng, *shape):
    return 0.1 * rng.standard_normal(shape, np.float32)


IMAGE = (16, 12, 12)


def layers_of_all_kinds(rng):
    """Every layer of the package with a sample's shape: a name for each."""

    def w(*shape):
        return few_numbers(rng, *shape)

    return {
        "relu": (ReLU(), IMAGE),
        "sigmoid": (Sigmoid(), IMAGE),
        "tanh": (Tanh(), IMAGE),
        "affine": (Affine(w(200, 100), w(100)), (200,)),
        "affine of many weights": (Affine(w(900, 700), w(700)), (900,)),
        "leaky": (LeakyReLU(), IMAGE),
        "prelu": (PReLU(w(16)), IMAGE),
        "rrelu": (RReLU(rng), IMAGE),
        "elu": (ELU(), IMAGE),
        "batch norm graph": (BatchNormGraph(w(900), w(900)), (900,)),
        "batch norm": (BatchNorm(w(900), w(900)), (900,)),
        "spatial batch norm": (SpatialBatchNorm(w(16), w(16)), IMAGE),
        "layer norm": (LayerNorm(w(900), w(900)), (900,)),
        "layer norm of images": (LayerNorm(w(*IMAGE), w(*IMAGE)), IMAGE),
        "group norm": (GroupNorm(w(16), w(16), 4), IMAGE),
        "weight norm": (WeightNorm(w(900, 700), w(700), w(700)), (900,)),
        "local response norm": (LocalResponseNorm(), IMAGE),
        "dropout": (Dropout(0.5, rng), IMAGE),
        "dropout scaled at test": (DropoutScaledAtTest(0.5, rng), IMAGE),
        "drop connect": (DropConnect(w(900, 700), w(700), 0.5, rng), (900,)),
        "conv 3": (Conv2D(w(32, 16, 3, 3), w(32), padding=1), IMAGE),
        "conv 5, stride 2": (Conv2D(w(32, 16, 5, 5), w(32), stride=2), (16, 13, 13)),
        "conv 1": (Conv2D(w(32, 16, 1, 1)), IMAGE),
        "conv 3 in groups": (Conv2D(w(32, 4, 3, 3), w(32), padding=1, groups=4), IMAGE),
        "conv of large images": (Conv2D(w(24, 3, 7, 7), w(24), padding=3), (3, 90, 90)),
        "conv, weight norm": (WeightNormConv2D(w(32, 16, 3, 3), w(32), w(32), padding=1), IMAGE),
        "conv as one product": (Convolution(w(32, 16, 3, 3), w(32)), IMAGE),
        "conv as one product, padded": (Convolution(w(32, 16, 3, 3), w(32), 2, 1), IMAGE),
        "max pool 2": (MaxPool2D(2), IMAGE),
        "max pool 3, stride 2": (MaxPool2D(3, 2), (16, 13, 13)),
        "max pool 3, padded": (MaxPool2D(3, 1, 1), IMAGE),
        "max pool 2 of columns": (MaxPooling(2), IMAGE),
        "max pool 3 of columns, padded": (MaxPooling(3, 1, 1), IMAGE),
        "average pool 2": (AveragePool2D(2), IMAGE),
        "average pool 3, padded": (AveragePool2D(3, 1, 1), IMAGE),
        "average pool 2 of columns": (AveragePooling(2), IMAGE),
        "average pool 3 of columns, padded": (AveragePooling(3, 2, 1), IMAGE),
        "global average pool": (GlobalAveragePool(), IMAGE),
        "flatten": (Flatten(), IMAGE),
        "stochastic pool": (StochasticPool(2, rng), IMAGE),
        "stochastic pool, overlapping": (StochasticPool(3, rng, 2), (16, 13, 13)),
        "fractional pool": (FractionalMaxPool(1.5, rng), IMAGE),
        "scaled tanh": (ScaledTanh(), IMAGE),
        "subsampling": (Subsampling(w(16), w(16)), IMAGE),
        "radial basis": (RadialBasis(w(10, 84)), (84,)),
        "table conv": (TableConv2D(w(60, 5, 5), w(16), LENET_TABLE), (6, 14, 14)),
        "residual": (residual_block(16, 16, rng), IMAGE),
        "residual, plain": (Residual(residual_block(16, 16, rng).body), IMAGE),
        "residual, halving": (residual_block(16, 32, rng, stride=2), IMAGE),
        "network": (Network([Conv2D(w(16, 16, 3, 3), padding=1), ReLU(), MaxPool2D(2)]), IMAGE),
        "nested": (Network([Network([Tanh(), Flatten()]), Affine(w(2304, 50), w(50))]), IMAGE),
    }


def peak_of(action):
    """Return what an action returns, and by how many bytes the memory grew at its highest."""
    gc.collect()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    result = action()
    return result, tracemalloc.get_traced_memory()[1] - before


@pytest.fixture
def tracing():
    gc.freeze()  # what other tests have left is not to be looked through again and again
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.unfreeze()


NOISE = 200_000
"""Bytes of buffers that NumPy takes for a while, whatever the size of the arrays."""


NUMPY_2 = pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.0.0", reason="NumPy 1 takes more or less in between"
)


@NUMPY_2
@pytest.mark.parametrize("n", [200, 600])
@pytest.mark.parametrize("kind", layers_of_all_kinds(np.random.default_rng(0)))
@pytest.mark.usefixtures("tracing")
def test_layers_say_what_they_take(kind, n, rng):
    layer, shape = layers_of_all_kinds(rng)[kind]
    said = layer.memory(shape, n, 4)
    _, held = held_by(layer, shape, n, rng)
    x = np.abs(rng.standard_normal((n, *shape), np.float32))
    y, forward = peak_of(lambda: layer.forward(x))
    is_view = np.shares_memory(y, x)
    dout = np.ones(y.shape, y.dtype)  # in the usual order, whatever that of y
    dx, backward = peak_of(lambda: layer.backward(dout))
    assert said.is_view == is_view
    slack = 0.1 * (x.nbytes + y.nbytes) + NOISE
    assert said.forward == pytest.approx(forward - y.nbytes * (not is_view), abs=slack)
    assert said.backward == pytest.approx(backward - dx.nbytes * (not is_view), abs=slack)
    kept = said.kept + x.nbytes * said.keeps_input + y.nbytes * said.keeps_output
    assert kept == pytest.approx(held, abs=slack)


def held_by(layer, shape, n, rng):
    """Return a layer after two steps, and the bytes that it holds besides its gradients."""
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2):
        x = np.abs(rng.standard_normal((n, *shape), np.float32))
        layer.backward(np.ones_like(layer.forward(x)))
    del x
    gc.collect()
    held = tracemalloc.get_traced_memory()[0] - before
    return layer, held - sum(grad.nbytes for grad in layer.grads.values())


# Whole networks -----------------------------------------------------------------------------------


def affine(fan_in, fan_out):
    return Affine(empty(fan_in, fan_out), empty(fan_out))


def written(network):
    """Give a network that was built without memory arrays of its own."""
    move_arrays(network, np.array)
    return network


def mlp(rng, *between):
    sizes = (200, 300, 250, 50)
    layers = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        layers += [affine(fan_in, fan_out), *(make(fan_out) for make in between)]
    return Network(layers), (200,)


def deep_residual(rng):
    blocks = [residual_block(8, 8, rng) for _ in range(4)]
    more = [residual_block(8, 16, rng, stride=2), residual_block(16, 16, rng)]
    first = he_conv((8, 1, 3, 3), rng, padding=1)
    last = [GlobalAveragePool(), affine(16, 10)]
    return Network([first, ReLU(), *blocks, *more, *last]), (1, 16, 16)


def layer_norm_cnn(rng):
    conv1 = he_conv((16, 1, 3, 3), rng, padding=1)
    norm = LayerNorm(np.ones((16, 14, 14), "f"), np.zeros((16, 14, 14), "f"))
    conv2 = he_conv((16, 16, 3, 3), rng)
    layers = [conv1, ELU(), norm, conv2, ELU(), AveragePool2D(2), Flatten(), affine(16 * 36, 10)]
    return Network(layers), (1, 14, 14)


def norm(width):
    return BatchNorm(np.ones(width, "f"), np.zeros(width, "f"))


NETWORKS = {
    "sigmoid mlp": lambda rng: mlp(rng, lambda _: Sigmoid()),
    "batch norm mlp": lambda rng: mlp(rng, norm, lambda _: ReLU()),
    "dropout mlp": lambda rng: mlp(rng, lambda _: ELU(), lambda _: Dropout(0.5, rng)),
    "digits_cnn": lambda rng: (digits_cnn(rng), (1, 8, 8)),
    "mnist1d_cnn": lambda rng: (mnist1d_cnn(rng), (1, 1, 40)),
    "lenet": lambda rng: (lenet(rng), (1, 28, 28)),
    "lenet5": lambda rng: (lenet5(rng), (1, 32, 32)),
    "residual": deep_residual,
    "conv, elu, layer norm": layer_norm_cnn,
    "one affine": lambda rng: (Network([affine(3000, 1000)]), (3000,)),
}


OPTIMIZERS = (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, Rprop)


@NUMPY_2
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.usefixtures("tracing")
def test_optimizers_say_what_they_take(optimizer):
    params, grads = ({"w": np.full(200_000, value, np.float32)} for value in (1.0, 0.5))
    made = optimizer(params)
    kept = sum(array.nbytes for arrays in made.memory.values() for array in arrays.values())
    assert kept == optimizer.slots * params["w"].nbytes
    made.step(grads)
    _, scratch = peak_of(lambda: made.step(grads))
    assert scratch / params["w"].nbytes == pytest.approx(optimizer.scratch, abs=0.3)


@NUMPY_2
@pytest.mark.parametrize("make_optimizer", [SGD, RMSProp, Adam])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.usefixtures("tracing")
def test_account_agrees_with_the_measured_peak(name, make_optimizer, rng):
    """The second step of a training, with all that is alive by then, within 10 %."""
    n = 256
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    network, shape = NETWORKS[name](rng)
    written(network)
    account = memory_account(network, shape, n, make_optimizer)
    optimizer = make_optimizer(network.params)
    trainer = Trainer(network, SoftmaxWithLoss(), optimizer, rng, score=None)
    labels = np.zeros(n, int)
    trainer.step(rng.standard_normal((n, *shape), np.float32), labels)
    gc.collect()
    tracemalloc.reset_peak()
    trainer.step(rng.standard_normal((n, *shape), np.float32), labels)
    peak = tracemalloc.get_traced_memory()[1] - before
    assert account.total == pytest.approx(peak, rel=0.1), account


@NUMPY_2
@pytest.mark.usefixtures("tracing")
def test_account_of_alexnet_agrees_with_the_measured_peak(rng):
    network = alexnet(rng, classes=10)
    account = memory_account(network, (3, 227, 227), 2, SGD)
    trainer = Trainer(network, SoftmaxWithLoss(), SGD(network.params), rng, score=None)
    for _ in range(2):
        tracemalloc.reset_peak()
        trainer.step(rng.standard_normal((2, 3, 227, 227), np.float32), np.zeros(2, int))
    assert account.total == pytest.approx(tracemalloc.get_traced_memory()[1], rel=0.1), account


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
    shapes = layer_shapes(network, (3, 224, 224))
    outputs = sum(map(math.prod, [(3, 224, 224), *shapes.values()])) - 7 * 7 * 512  # Flatten
    assert sum(parameter_counts(network).values()) == 138_357_544
    assert 4 * outputs / 2**20 == pytest.approx(58.1, abs=0.1)
    assert math.prod(shapes["maxpool2d5"]) == 7 * 7 * 512


def empty(*shape):
    """Float32 of a shape, without memory for each number."""
    return np.broadcast_to(np.float32(0), shape)
