"""Chapter 8: networks against the numbers in their papers, and their layers against PyTorch."""

import math

import numpy as np
import pytest
from device import same_on_device

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss, gradient_check
from solutions.convolution import (
    LENET_TABLE,
    Conv2D,
    RadialBasis,
    Residual,
    ResidualBlock,
    ScaledTanh,
    Subsampling,
    TableConv2D,
    alexnet,
    count_parameters,
    digits_cnn,
    layer_shapes,
    lenet,
    lenet5,
    parameter_counts,
    residual_block,
)
from solutions.data import digits
from solutions.losses import accuracy
from solutions.normalization import SpatialBatchNorm
from solutions.optimizers import Adam, Network, Trainer


def test_lenet5_has_the_paper_s_shapes_parameters_and_connections(rng):
    network = lenet5(rng)
    shapes, counts = layer_shapes(network, (1, 32, 32)), parameter_counts(network)
    layers = ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    expected = [(6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1), (84,), (10,)]
    assert [shapes[name] for name in layers] == expected
    assert [counts[name] for name in layers] == [156, 12, 1516, 32, 48120, 10164, 0]
    assert sum(counts.values()) == 60_000
    connections = {
        "C1": 156 * 28 * 28,
        "S2": (4 + 1) * math.prod(shapes["S2"]),
        "C3": 1516 * 10 * 10,
        "S4": (4 + 1) * math.prod(shapes["S4"]),
        "C5": 48120,
        "F6": 10164,
        "output": 84 * 10,
    }
    stated = [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]
    assert list(connections.values()) == stated
    assert sum(stated) == 340_908
    y = network.forward(rng.normal(size=(2, 1, 32, 32)).astype(np.float32))
    assert y.shape == (2, 10)
    assert y.dtype == np.float32
    assert (y < 0).all()  # negative distances


def test_lenet5_table_is_as_the_paper_describes_it():
    """Six contiguous triples, six contiguous fours, three other fours, and all of them."""
    table = [set(maps) for maps in LENET_TABLE]
    assert table[:6] == [{k % 6, (k + 1) % 6, (k + 2) % 6} for k in range(6)]
    assert table[6:12] == [{(k + j) % 6 for j in range(4)} for k in range(6)]
    assert all(len(maps) == 4 and maps not in table[6:12] for maps in table[12:15])
    assert table[15] == set(range(6))
    assert [sum(c in maps for maps in table) for c in range(6)] == [10] * 6


def test_lenet_of_today(rng):
    network = lenet(rng)
    shapes = layer_shapes(network, (1, 28, 28))
    assert [shapes[name] for name in ("conv1", "pool1", "conv2", "pool2", "affine3")] == [
        (6, 28, 28),
        (6, 14, 14),
        (16, 10, 10),
        (16, 5, 5),
        (10,),
    ]
    assert sum(parameter_counts(network).values()) == 61_706


@pytest.fixture(scope="module")
def big():
    """AlexNet is a quarter of a gigabyte: one for all tests."""
    return alexnet(np.random.default_rng(0))


def test_alexnet_has_the_paper_s_shapes_and_parameters(big):
    shapes, counts = layer_shapes(big, (3, 227, 227)), parameter_counts(big)
    neurons = [math.prod(shapes[f"conv{k}"]) for k in range(1, 6)]
    # The paper: "253,440-186,624-64,896-64,896-43,264-4096-4096-1000". Its first number counts
    # 55 × 48 rather than 55 × 55 places for each of 96 filters; with 55 × 55 the sum is "650,000".
    assert neurons[1:] == [186_624, 64_896, 64_896, 43_264]
    assert neurons[0] == 253_440 * 55 // 48 == 55 * 55 * 96
    assert sum(neurons) + 4096 + 4096 + 1000 == 659_272
    assert [shapes[f"pool{k}"] for k in (1, 2, 5)] == [(96, 27, 27), (256, 13, 13), (256, 6, 6)]
    assert [counts[name] for name in ("conv1", "conv2", "conv3", "conv4", "conv5")] == [
        96 * (3 * 11 * 11) + 96,
        256 * (48 * 5 * 5) + 256,
        384 * (256 * 3 * 3) + 384,
        384 * (192 * 3 * 3) + 384,
        256 * (192 * 3 * 3) + 256,
    ]
    assert [counts[f"fc{k}"] for k in (6, 7, 8)] == [37_752_832, 16_781_312, 4_097_000]
    assert sum(counts.values()) == 60_965_224  # the paper: 60 million


def test_alexnet_with_one_group_sees_all_channels(rng):
    counts = parameter_counts(alexnet(rng, groups=1))
    assert counts["conv2"] == 256 * (96 * 5 * 5) + 256
    assert sum(counts.values()) == 62_378_344


def test_alexnet_runs_on_one_image(big, rng):
    big.training = False
    x = rng.normal(size=(1, 3, 227, 227)).astype(np.float32)
    y = big.forward(x)
    assert y.shape == (1, 1000)
    assert y.dtype == np.float32
    assert np.isfinite(y).all()
    for name, shape in layer_shapes(big, (3, 227, 227)).items():
        x = big.layers[name].forward(x)
        assert x.shape[1:] == shape
        if name == "pool2":
            break


def test_lenet_follows_torch_through_training(torch, rng):
    network = lenet(rng, dtype=np.float64)
    nn = torch.nn
    oracle = nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ).double()
    with torch.no_grad():
        for tensor, array in zip(oracle.parameters(), network.params.values(), strict=True):
            tensor.copy_(torch.tensor(array.T if array.ndim == 2 else array))
    ours, theirs = Adam(network.params, 0.01), torch.optim.Adam(oracle.parameters(), lr=0.01)
    loss_layer = SoftmaxWithLoss()
    x, labels = rng.normal(size=(5, 1, 28, 28)), rng.integers(0, 10, size=5)
    for _ in range(3):
        loss = nn.functional.cross_entropy(oracle(torch.tensor(x)), torch.tensor(labels))
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        assert loss_layer.forward(network.forward(x), labels) == pytest.approx(loss.item(), 1e-9)
        network.backward(loss_layer.backward())
        ours.step(network.grads)
    for tensor, array in zip(oracle.parameters(), network.params.values(), strict=True):
        array = array.T if array.ndim == 2 else array
        np.testing.assert_allclose(array, tensor.detach().numpy(), rtol=1e-6, atol=1e-9)


def test_lenet5_learns_a_few_images_by_heart(rng):
    network, loss_layer = lenet5(rng), SoftmaxWithLoss()
    x = rng.normal(size=(6, 1, 32, 32)).astype(np.float32)
    labels = np.arange(6)
    optimizer = Adam(network.params, 0.003)
    for _ in range(40):
        loss = loss_layer.forward(network.forward(x), labels)
        network.backward(loss_layer.backward())
        optimizer.step(network.grads)
    assert loss < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_digits_cnn_reads_digits_whatever_the_seed(seed):
    """With everything as it comes: the split, Adam, and the batches of Trainer."""
    split, rng = digits(), np.random.default_rng(seed)
    x, x_test = (a.reshape(-1, 1, 8, 8).astype(np.float32) for a in (split.x_train, split.x_test))
    network = digits_cnn(rng)
    assert sum(parameter_counts(network).values()) == 320 + 18496 + 2570
    trainer = Trainer(network, SoftmaxWithLoss(), Adam(network.params), rng, score=None)
    trainer.fit(x, split.labels_train, 15)
    assert accuracy(network.predict(x_test), split.labels_test) >= 0.975


def test_first_losses_are_those_of_a_guess(rng):
    x, labels = rng.normal(size=(64, 1, 8, 8)).astype(np.float32), rng.integers(0, 10, 64)
    network = digits_cnn(rng)
    network.layers["affine"].params["W"][...] *= 0.01
    loss = SoftmaxWithLoss().forward(network.forward(x), labels)
    assert loss == pytest.approx(math.log(10), rel=0.01)


@pytest.mark.parametrize(("FN", "stride"), [(3, 1), (5, 1), (5, 2)])
def test_residual_block_agrees_with_autograd(torch, FN, stride, rng):
    block = residual_block(3, FN, rng, stride, dtype=np.float64)
    params = block.params
    assert ("shortcut.conv.W" in params) == (FN != 3 or stride != 1)
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
    x = rng.normal(size=(4, 3, 6, 7))
    image = torch.tensor(x, requires_grad=True)
    F = torch.nn.functional

    def norm(z, name):
        gamma, beta = tensors[f"{name}.gamma"], tensors[f"{name}.beta"]
        return F.batch_norm(z, None, None, gamma, beta, training=True)

    z = F.conv2d(image, tensors["body.conv1.W"], stride=stride, padding=1)
    z = F.relu(norm(z, "body.norm1"))
    z = norm(F.conv2d(z, tensors["body.conv2.W"], padding=1), "body.norm2")
    carried = image
    if "shortcut.conv.W" in params:
        carried = norm(F.conv2d(image, tensors["shortcut.conv.W"], stride=stride), "shortcut.norm")
    expected = F.relu(z + carried)
    y = block.forward(x)
    np.testing.assert_allclose(y, expected.detach().numpy(), atol=1e-10)
    dout = rng.normal(size=y.shape)
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(block.backward(dout), image.grad.numpy(), atol=1e-9)
    np.testing.assert_array_equal(block.backward(dout), block.backward(dout))
    assert block.grads.keys() == params.keys()
    for name, grad in block.grads.items():
        np.testing.assert_allclose(grad, tensors[name].grad.numpy(), atol=1e-8)
    assert block.output_shape(x.shape[1:]) == y.shape[1:]


def test_the_plain_residual_block_does_what_the_library_s_does(rng):
    body = residual_block(3, 3, rng, dtype=np.float64).body
    plain, block = Residual(body), ResidualBlock(body)
    x, dout = rng.normal(size=(2, 4, 3, 6, 7))
    np.testing.assert_array_equal(plain.forward(x), block.forward(x))
    dx = block.backward(dout)
    np.testing.assert_array_equal(plain.backward(dout), dx)
    assert plain.params.keys() == plain.grads.keys() == block.params.keys()
    assert plain.output_shape((3, 6, 7)) == (3, 6, 7)
    assert plain.windows() == block.windows()
    first = Network({"plain": plain})
    first.layers["plain"].needs_input_gradient = False
    np.testing.assert_array_equal(plain.backward(dout), dx)
    grow = Affine(rng.normal(size=(3, 5)), np.zeros(5))
    with pytest.raises(ValueError, match=r"body makes \(5,\) of a sample \(3,\)"):
        Residual(grow).output_shape((3,))


def test_counts_agree_with_the_arrays(rng):
    network = alexnet(rng, classes=7)
    shapes, counts = layer_shapes(network, (3, 227, 227)), parameter_counts(network)
    before = dict(zip(shapes, [(3, 227, 227), *shapes.values()], strict=False))
    for name, layer in network.layers.items():
        if isinstance(layer, Affine):
            assert count_parameters(before[name], shapes[name]) == counts[name]
        elif isinstance(layer, Conv2D):
            window = layer.params["W"].shape[2:]
            groups = before[name][0] // layer.params["W"].shape[1]
            assert count_parameters(before[name], shapes[name], window, groups) == counts[name]


def test_residual_block_in_a_network_trains_saves_and_changes_its_mode(tmp_path, rng):
    network = Network({"block": residual_block(2, 3, rng, dtype=np.float64), "relu": ReLU()})
    x = rng.normal(size=(4, 2, 5, 5))
    network.forward(x)
    network.training = False
    assert network.layers["block"].training is False
    before = network.forward(x)
    assert "block.body.norm1.running_mean" in network.buffers
    network.save(tmp_path / "block.npz")
    other = Network({"block": residual_block(2, 3, rng, dtype=np.float64), "relu": ReLU()})
    other.load(tmp_path / "block.npz")
    other.training = False
    np.testing.assert_array_equal(other.forward(x), before)


def test_residual_block_of_plain_layers_needs_a_shortcut_where_the_shape_changes(rng):
    grow = Affine(rng.normal(size=(3, 5)), np.zeros(5))
    with pytest.raises(
        ValueError, match=r"body makes \(5,\) of a sample \(3,\), but the shortcut \(3,\)"
    ):
        ResidualBlock(grow).forward(np.ones((2, 3)))
    shortcut = Affine(rng.normal(size=(3, 5)), np.zeros(5))
    assert ResidualBlock(grow, shortcut).forward(np.ones((2, 3))).shape == (2, 5)


def test_residual_block_is_as_frozen_as_its_layers(rng):
    block = residual_block(2, 3, rng, dtype=np.float64)
    network = Network({"block": block})
    x = rng.normal(size=(4, 2, 5, 5))
    y = block.forward(x)
    dx = block.backward(y)
    grads = {name: grad.copy() for name, grad in block.grads.items()}
    block.needs_input_gradient = False
    for part in (block.body, block.shortcut):
        assert part.needs_input_gradient is False
    assert block.backward(y) is None
    for name, grad in block.grads.items():
        np.testing.assert_array_equal(grad, grads[name])
    network.freeze("block")
    assert block.frozen
    assert block.body.layers["conv1"].frozen
    assert block.params == {}
    assert "body.conv1.W" in block.buffers
    for layer in block.body.layers.values():
        layer.grads.clear()
    block.needs_input_gradient = True
    block.training = True
    np.testing.assert_allclose(block.backward(y), dx)
    assert all(layer.grads == {} for layer in block.body.layers.values())


def test_residual_block_answers_for_its_parts(rng):
    block = residual_block(2, 3, rng, stride=2)
    assert block.windows() == [(3, 2), (3, 1)]
    assert block.children() == {"body": block.body, "shortcut": block.shortcut}
    with pytest.raises(TypeError, match="Layer"):
        ResidualBlock(lambda x: x)
    with pytest.raises(ValueError, match="share the same"):
        ResidualBlock(block, block)


def small_layers(rng):
    """The layers of the papers, small, each with the shape of an input."""
    table = [(0, 2), (1,), (0, 1, 2)]
    return {
        "ScaledTanh": (ScaledTanh(), (4, 3, 2)),
        "Subsampling": (Subsampling(rng.normal(size=3), rng.normal(size=3)), (4, 3, 5, 6)),
        "TableConv2D": (
            TableConv2D(rng.normal(size=(6, 2, 3)), rng.normal(size=3), table),
            (4, 3, 5, 6),
        ),
        "RadialBasis": (RadialBasis(rng.choice([-1.0, 1.0], (5, 3))), (4, 3)),
        "grouped": (
            Conv2D(rng.normal(size=(6, 2, 3, 2)), rng.normal(size=6), 2, 1, groups=3),
            (4, 6, 5, 7),
        ),
    }


SMALL = ["ScaledTanh", "Subsampling", "TableConv2D", "RadialBasis", "grouped"]


@pytest.mark.parametrize("name", SMALL)
def test_layers_of_the_papers_pass_the_gradient_check(name, rng):
    layer, shape = small_layers(rng)[name]
    x = rng.normal(size=shape)
    copy = x.copy()
    y = layer.forward(x)
    dout = rng.normal(size=y.shape)
    dx = layer.backward(dout)
    np.testing.assert_array_equal(layer.backward(dout), dx)
    grads = {key: grad.copy() for key, grad in layer.grads.items()}
    assert grads.keys() == layer.params.keys()
    assert gradient_check(lambda z: float((layer.forward(z) * dout).sum()), x, dx)
    for key, param in layer.params.items():

        def loss(values, key=key):
            before, layer.params[key] = layer.params[key], values
            total = float((layer.forward(x) * dout).sum())
            layer.params[key] = before
            return total

        assert gradient_check(loss, param, grads[key])
    np.testing.assert_array_equal(x, copy)
    assert layer.output_shape(shape[1:]) == y.shape[1:]


@pytest.mark.parametrize("name", SMALL)
def test_layers_of_the_papers_leave_out_what_nobody_needs(name, rng):
    layer, shape = small_layers(rng)[name]
    y = layer.forward(rng.normal(size=shape))
    dx = layer.backward(y)
    kept = layer.grads.copy()
    layer.grads, layer.frozen = {}, True
    np.testing.assert_array_equal(layer.backward(y), dx)
    assert layer.grads == {}
    layer.frozen, layer.needs_input_gradient = False, False
    assert layer.backward(y) is None or not layer.params
    for key, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, kept[key])


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_layers_of_the_papers_keep_the_dtype(name, dtype, rng):
    layer, shape = small_layers(rng)[name]
    for arrays in (layer.params, getattr(layer, "buffers", {})):
        for key, array in arrays.items():
            arrays[key] = array.astype(dtype)
    y = layer.forward(rng.normal(size=shape).astype(dtype))
    dx = layer.backward(y)
    assert {array.dtype for array in (y, dx, *layer.grads.values())} == {np.dtype(dtype)}


def test_layers_of_the_papers_in_closed_form(rng):
    assert ScaledTanh().forward(np.array([-1.0, 0.0, 1.0])) == pytest.approx([-1, 0, 1], abs=1e-4)
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    y = Subsampling(np.array([0.5]), np.array([1.0])).forward(x)
    assert y[0, 0].tolist() == [[6, 10], [22, 26]]
    scores = RadialBasis(np.array([[1.0, -1.0], [1.0, 1.0]])).forward(np.array([[1.0, 0.5]]))
    assert scores.tolist() == [[-2.25, -0.25]]


def test_sums_of_float16_do_not_overflow():
    x = np.full((1, 1, 2, 2), 30000, np.float16)
    layer = Subsampling(np.array([0.25], np.float16), np.array([-1], np.float16))
    assert layer.forward(x).item() == 30000  # rounded: float16 has no 29999 there
    layer.backward(np.full((1, 1, 1, 1), 0.25, np.float16))
    assert layer.grads["gain"].item() == 30000


def test_distances_of_float16_are_rounded_once(rng):
    codes = rng.choice([-1.0, 1.0], (10, 84)).astype(np.float16)
    x = rng.normal(0, 20, size=(5, 84)).astype(np.float16)
    exact = RadialBasis(codes.astype(float)).forward(x.astype(float))
    np.testing.assert_array_equal(RadialBasis(codes).forward(x), exact.astype(np.float16))


def test_windows_of_the_papers_layers(rng):
    layers = {name: layer for name, (layer, _) in small_layers(rng).items()}
    assert layers["ScaledTanh"].windows() == []
    assert layers["Subsampling"].windows() == [(2, 2)]
    assert TableConv2D(np.zeros((1, 3, 3)), np.zeros(1), [(0,)]).windows() == [(3, 1)]
    with pytest.raises(ValueError, match="filters must be square"):
        layers["TableConv2D"].windows()


def test_integers_do_not_wrap():
    x = np.full((1, 1, 2, 2), 200, np.uint8)
    assert Subsampling(np.ones(1), np.zeros(1)).forward(x).item() == 800
    assert RadialBasis(np.ones((1, 2))).forward(np.uint8([[0, 101]])).item() == -10001


def test_table_convolution_is_a_convolution_with_holes(rng):
    layer, shape = small_layers(rng)["TableConv2D"]
    x, W = rng.normal(size=shape), layer.params["W"]
    holes = np.zeros((3, 3, 2, 3))
    holes[0, 0], holes[0, 2], holes[1, 1], holes[2] = W[0], W[1], W[2], W[3:]
    np.testing.assert_array_equal(layer.forward(x), Conv2D(holes, layer.params["b"]).forward(x))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: TableConv2D(np.zeros((4, 3, 3)), np.zeros(2), [(0, 1), (1,)]),
            r"W must be \(3, FH, FW\), but it is \(4, 3, 3\)",
        ),
        (
            lambda: TableConv2D(np.zeros((3, 3, 3)), np.zeros(3), [(0, 1), (1,)]),
            r"b must be \(2,\), but it is \(3,\)",
        ),
        (
            lambda: Subsampling(np.zeros(3), np.zeros(3)).forward(np.zeros((1, 2, 4, 4))),
            r"x must be \(N, 3, H, W\)",
        ),
        (lambda: RadialBasis(np.zeros((5, 3))).forward(np.zeros((1, 4))), r"x must be \(N, 3\)"),
    ],
)
def test_layers_of_the_papers_refuse_wrong_shapes(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.usefixtures("fake_cupy")
def test_layers_of_the_papers_stay_on_the_device(name, rng):
    x = rng.normal(size=small_layers(rng)[name][1])

    def there_and_back(put):
        layer, _ = small_layers(np.random.default_rng(3))[name]
        for arrays in (layer.params, getattr(layer, "buffers", {})):
            for key, array in arrays.items():
                arrays[key] = put(array)
        y = layer.forward(put(x))
        return y, layer.backward(y), layer.grads

    same_on_device(there_and_back)


@pytest.mark.usefixtures("fake_cupy")
def test_residual_block_stays_on_the_device(rng):
    W, x = rng.normal(size=(3, 3, 3, 3)), rng.normal(size=(4, 3, 5, 6))

    def there_and_back(put):
        norm = SpatialBatchNorm(put(np.ones(3)), put(np.zeros(3)))
        body = Network({"conv": Conv2D(put(W), padding=1), "norm": norm})
        for block in (ResidualBlock(body), ResidualBlock(body, Conv2D(put(W), padding=1))):
            y = block.forward(put(x))
            dx = block.backward(y)
        return y, dx, block.grads, block.buffers

    same_on_device(there_and_back)
