"""The training doctor: silent on healthy runs, and each sickness found at every seed."""

import math

import numpy as np
import pytest
from device import same_on_device

from solutions.backpropagation import (
    Affine,
    ReLU,
    Sigmoid,
    SoftmaxWithLoss,
    SquaredLoss,
    Tanh,
    joint_norm,
)
from solutions.convolution import Conv2D, Flatten, he_conv
from solutions.data import digits
from solutions.initialization import (
    ELU,
    Finding,
    LeakyReLU,
    PReLU,
    Record,
    examine,
    first_loss_gap,
    glorot_normal,
    gradient_shares,
    he,
    loss_trend,
    odd_ratios,
    orthogonal,
    small_random,
    update_ratio,
)
from solutions.initialization.doctor import different_shares
from solutions.normalization import BatchNorm
from solutions.optimizers import (
    SGD,
    Adam,
    DivergedError,
    Momentum,
    Network,
    Recorder,
    RMSProp,
    Trainer,
)
from solutions.regularization import L2, Dropout, MaxNorm

OPTIMIZERS = {"SGD": SGD, "Momentum": Momentum, "Adam": Adam, "RMSProp": RMSProp}
ACTIVATIONS = {"ReLU": ReLU, "tanh": Tanh, "leaky": LeakyReLU, "ELU": ELU, "sigmoid": Sigmoid}
STARTS = {
    "He": he,
    "Glorot": glorot_normal,
    "orthogonal": lambda shape, rng: orthogonal(shape, rng, gain=math.sqrt(2)),
    "std 0.01": lambda shape, rng: small_random(shape, rng, std=0.01),
    "std 1": lambda shape, rng: small_random(shape, rng, std=1.0),
    "all 0": lambda shape, rng: np.zeros(shape),
    "all 0.1": lambda shape, rng: np.full(shape, 0.1),
}


def trained(
    optimizer="SGD",
    rate=0.1,
    activation="ReLU",
    sizes=(50, 50),
    start="He",
    batch=32,
    steps=90,
    squared=False,
    scale=1.0,
    standardized=False,
    seed=0,
):
    """Train on the digits, and return the record, the network, its inputs, and what it learned."""
    rng = np.random.default_rng(seed)
    data = digits(seed=seed)
    x, labels = scale * data.x_train, data.labels_train
    if standardized:
        x = (x - x.mean(axis=0)) / (x.std(axis=0) + 0.01)
    widths = (x.shape[1], *sizes)
    layers = []
    for d, m in zip(widths, sizes, strict=False):
        layers += [Affine(STARTS[start]((d, m), rng), np.zeros(m)), ACTIVATIONS[activation]()]
    layers.append(Affine(STARTS[start]((widths[-1], 10), rng), np.zeros(10)))
    net, record = Network(layers), Record()
    loss, targets = (SquaredLoss(), np.eye(10)[labels]) if squared else (SoftmaxWithLoss(), labels)
    optimizer = OPTIMIZERS[optimizer](net.params, rate)
    trainer = Trainer(net, loss, optimizer, rng, recorder=record)
    try:
        for _ in range(steps):
            rows = rng.permutation(len(x))[:batch]
            trainer.step(x[rows], targets[rows])
    except DivergedError:
        pass
    with np.errstate(all="ignore"):
        share = (net.predict(x).argmax(axis=1) == labels).mean()
    return record, net, x, share


def findings(record, net, x, share, classes=10):
    return [finding.name for finding in examine(record, net, x, classes)]


HEALTHY = {
    "SGD, ReLU, He": {},
    "SGD, tanh, Glorot": {"activation": "tanh", "start": "Glorot", "sizes": (40, 30, 20)},
    "SGD, small batches": {"batch": 8, "steps": 300, "rate": 0.05},
    "SGD, large batches, standardized": {"batch": 300, "standardized": True, "sizes": (100,)},
    "Momentum, leaky, deep": {
        "optimizer": "Momentum", "rate": 0.03, "activation": "leaky", "sizes": (50,) * 5
    },
    "Momentum, ELU, Glorot": {
        "optimizer": "Momentum", "rate": 0.03, "activation": "ELU", "start": "Glorot"
    },
    "Adam, ReLU, orthogonal, deep": {
        "optimizer": "Adam", "rate": 0.003, "start": "orthogonal", "sizes": (50,) * 5
    },
    "Adam, tanh, wide": {"optimizer": "Adam", "rate": 0.003, "activation": "tanh", "sizes": (200,)},
    "Adam, ReLU, narrow": {"optimizer": "Adam", "rate": 0.003, "sizes": (20, 20), "steps": 200},
    "RMSProp, ReLU": {"optimizer": "RMSProp", "rate": 0.003},
    "SGD, squared loss": {"squared": True, "steps": 150, "start": "Glorot"},
    "Adam, squared loss": {"squared": True, "optimizer": "Adam", "rate": 0.003},
}  # fmt: skip

SICK = {
    "a rate that kills ReLUs": ({"rate": 1.0, "sizes": (50,) * 3}, "dead units"),
    "a rate that kills ReLUs, with Adam": ({"optimizer": "Adam", "rate": 0.3}, "dead units"),
    "a rate that saturates": ({"rate": 3.0, "activation": "tanh"}, "saturated units"),
    "a rate much too large": ({"rate": 3.0, "activation": "tanh"}, "steps too large"),
    "Adam far too fast": ({"optimizer": "Adam", "rate": 0.3}, "loss jumps"),
    "an overflow": ({"rate": 10.0, "activation": "leaky", "squared": True}, "loss is no number"),
    "a rate much too small": ({"rate": 1e-5}, "steps too small"),
    "Adam much too slow": ({"optimizer": "Adam", "rate": 1e-6}, "loss does not fall"),
    "small weights": (
        {"start": "std 0.01", "activation": "tanh", "sizes": (50,) * 4}, "vanishing gradients"
    ),
    "small weights, ReLU": ({"start": "std 0.01", "sizes": (50,) * 4}, "vanishing signal"),
    "small weights, squared loss": (
        {"start": "std 0.01", "sizes": (50,) * 4, "squared": True}, "vanishing gradients"
    ),
    "five layers of sigmoids": (
        {"activation": "sigmoid", "start": "Glorot", "sizes": (50,) * 5}, "vanishing gradients"
    ),
    "sigmoids learn nothing": (
        {"activation": "sigmoid", "start": "Glorot", "sizes": (50,) * 5}, "loss does not fall"
    ),
    "large weights": ({"start": "std 1"}, "first loss too high"),
    "large weights, tanh": (
        {"start": "std 1", "activation": "tanh", "sizes": (100,) * 4}, "saturated units"
    ),
    "large weights, many layers": (
        {"start": "std 1", "sizes": (50,) * 5, "rate": 1e-8, "steps": 5}, "exploding gradients"
    ),
    "large weights, the signal": (
        {"start": "std 1", "sizes": (50,) * 5, "rate": 1e-8, "steps": 5}, "exploding signal"
    ),
    "pixels up to 255": ({"scale": 255.0}, "first loss too high"),
    "zeros": ({"start": "all 0"}, "identical units"),
    "zeros learn nothing": ({"start": "all 0", "activation": "tanh"}, "loss does not fall"),
    "constants": ({"start": "all 0.1", "activation": "tanh"}, "identical units"),
    "constants, sigmoids": ({"start": "all 0.1", "activation": "sigmoid"}, "identical units"),
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("case", HEALTHY)
def test_a_healthy_run_gives_no_finding(case, seed):
    *run, share = trained(**HEALTHY[case], seed=seed)
    assert share > 0.8
    classes = None if "squared" in HEALTHY[case] else 10
    assert [str(finding) for finding in examine(*run, classes)] == []


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("case", SICK)
def test_each_sickness_is_found(case, seed):
    settings, name = SICK[case]
    record, net, x, _ = trained(**settings, seed=seed)
    found = examine(record, net, x, None if "squared" in settings else 10)
    assert name in [finding.name for finding in found]


@pytest.mark.parametrize("copies", [25, 35, 45])
def test_copies_of_units_are_found_where_others_differ(copies):
    record, net, x, _ = trained(sizes=(50, 50), seed=1)
    W = net.params["affine2.W"]
    W[:, -copies:] = W[:, :1]
    found = [one for one in examine(record, net, x, 10) if one.name == "identical units"]
    assert [f"affine2 {(50 - copies) / 50:.0%}" in one.sees for one in found] == [True]


def affine(rng, d, m, dtype=np.float64, start=he):
    return Affine(start((d, m), rng).astype(dtype), np.zeros(m, dtype))


def batch_norm(m):
    return BatchNorm(np.ones(m), np.zeros(m))


OTHERS = {
    "batch normalization": lambda rng: [
        affine(rng, 64, 50), batch_norm(50), Sigmoid(),
        affine(rng, 50, 50), batch_norm(50), Sigmoid(), affine(rng, 50, 10),
    ],
    "dropout": lambda rng: [affine(rng, 64, 80), ReLU(), Dropout(0.5, rng), affine(rng, 80, 10)],
    "PReLU": lambda rng: [affine(rng, 64, 50), PReLU(np.full(1, 0.25)), affine(rng, 50, 10)],
    "a last layer from zeros": lambda rng: [
        affine(rng, 64, 50), ReLU(), affine(rng, 50, 10, start=lambda shape, _: np.zeros(shape))
    ],
    "a single layer": lambda rng: [affine(rng, 64, 10)],
    "float16": lambda rng: [
        affine(rng, 64, 50, np.float16), ReLU(), affine(rng, 50, 10, np.float16)
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_a_healthy_network_of_other_layers_gives_no_finding(case):
    rng, data = np.random.default_rng(3), digits(seed=3)
    net, record = Network(OTHERS[case](rng)), Record()
    x = data.x_train.astype(next(iter(net.params.values())).dtype)
    trainer = Trainer(net, SoftmaxWithLoss(), SGD(net.params, 0.2), rng, recorder=record)
    trainer.fit(x, data.labels_train, epochs=2)
    assert trainer.history["train_accuracy"][-1] > 0.6
    assert [str(finding) for finding in examine(record, net, x, 10)] == []


def test_without_classes_the_first_loss_is_not_judged():
    record, net, x, _ = trained(start="std 1", steps=3)
    names = {finding.name for finding in examine(record, net, x)}
    assert "first loss too high" not in names


def test_a_network_that_was_trained_before_is_noticed():
    _, net, x, _ = trained(steps=300)
    record, data = Record(), digits(seed=0)
    trainer = Trainer(
        net, SoftmaxWithLoss(), SGD(net.params, 0.01), np.random.default_rng(0), recorder=record
    )
    trainer.step(data.x_train, data.labels_train)
    assert [finding.name for finding in examine(record, net, x, 10)] == ["first loss too low"]


def test_an_empty_record_says_nothing_and_the_network_is_judged():
    rng = np.random.default_rng(0)
    x = rng.random((40, 6))
    good = Network([Affine(he((6, 20), rng), np.zeros(20)), ReLU()])
    dead = Network([Affine(he((6, 20), rng), np.full(20, -9.0)), ReLU()])
    assert examine(Record(), good, x, 10) == []
    assert [finding.name for finding in examine(Record(), dead, x)] == ["dead units"]


def test_a_finding_is_told_in_three_sentences():
    finding = Finding("dead units", "It sees.", "It matters.", "this.")
    told = "DEAD UNITS. It sees.\n    Why: It matters.\n    Try: this."
    assert str(finding) == told
    rng = np.random.default_rng(0)
    net = Network([Affine(he((6, 20), rng), np.full(20, -9.0)), ReLU()])
    net.params["affine1.b"][:5] = 9
    text = str(examine(Record(), net, rng.random((40, 6)))[0])
    assert "40 samples" in text
    assert "relu1 75%" in text


def test_the_network_is_left_as_it_was():
    _, net, x, _ = trained(steps=5)
    before = {name: param.copy() for name, param in net.params.items()}
    examine(Record(), net, x, 10)
    assert net.training
    assert all(np.array_equal(net.params[name], before[name]) for name in before)


def test_networks_in_networks_convolutions_and_frozen_layers_are_examined():
    rng = np.random.default_rng(0)
    images, labels = rng.random((30, 1, 6, 6)), rng.integers(3, size=30)
    inner = Network([Affine(he((4 * 36, 20), rng), np.zeros(20)), ReLU()])
    conv = he_conv((4, 1, 3, 3), rng, padding=1)
    head = Affine(he((20, 3), rng), np.zeros(3))
    net = Network([conv, ReLU(), Flatten(), inner, head])
    record = Record()
    trainer = Trainer(net, SoftmaxWithLoss(), SGD(net.params, 0.1), rng, recorder=record)
    trainer.fit(images, labels, epochs=2)
    assert {"conv2d1.W", "network1.affine1.W", "affine1.W"} == set(record.update_ratios)
    assert examine(record, net, images, 3) == []
    net.freeze("conv2d1")
    assert examine(record, net, images, 3) == []


def test_units_that_are_alike_are_counted_to_four_digits():
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(7, 3))
    W = columns[:, [0, 1, 0, 2, 1, 0]] * (1 + 1e-9 * rng.normal(size=(7, 6)))
    filters = rng.normal(size=(2, 3, 2, 2))[[0, 1, 1, 0]]
    multiples = columns[:, :1] * np.array([1.0, 2.0, -1.0])
    layers = {
        "a": Affine(W, np.zeros(6)),
        "b": Conv2D(filters, np.zeros(4)),
        "c": Affine(np.zeros((3, 4)), np.zeros(4)),
        "d": Affine(multiples, np.zeros(3)),
    }
    shares = different_shares(Network(layers))
    assert shares == {"a": 0.5, "b": 0.5, "c": 0.25, "d": 1.0}


def test_update_ratio_is_change_over_size():
    before, after = np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([[3.0, 0.6], [0.8, 4.0]])
    assert update_ratio(before, after) == pytest.approx(0.2)
    assert update_ratio(before, before) == 0
    assert update_ratio(0 * before, after) == math.inf
    assert update_ratio(0 * before, 0 * before) == 0


def test_first_loss_gap_and_trend():
    assert first_loss_gap([3.0, 1.0], 4) == pytest.approx(3 - math.log(4))
    assert loss_trend([4.0, 2.0] + 20 * [7.0] + [1.0, 2.0]) == pytest.approx(1.5 / 3)
    assert loss_trend([4.0, 9.0, 1.0]) == pytest.approx(1 / 4)
    assert loss_trend([4.0]) == 1


def test_odd_ratios_are_medians_beyond_the_bounds():
    ratios = {"a": [1.0, 9.0, 2.0], "b": [0.1], "c": [5.0, 1.0], "d": [0.01, 0.02]}
    assert odd_ratios(ratios, 0.1, 2.0) == {"c": 3.0, "d": pytest.approx(0.015)}


def test_gradient_shares_are_medians_of_shares_of_joint_norms():
    norms = {
        "net.a.W": [3.0, 8.0, 3.0],
        "net.a.b": [4.0, 6.0, 4.0],
        "net.b10.W": [1.0, 1.0, 1.0],
        "b2.W": [10.0, 2.0, 20.0],
    }
    shares = gradient_shares(norms)
    assert list(shares) == ["net.a", "net.b10", "b2"]
    assert list(shares.values()) == pytest.approx([0.5, 0.1, 1.0])


class TestRecord:
    def test_it_records_what_each_step_was(self):
        record, net, _, _ = trained(steps=4, rate=0.25)
        assert len(record.step_loss) == 4
        assert set(record.gradient_norms) == set(net.params)
        assert set(record.update_ratios) == {"affine1.W", "affine2.W", "affine3.W"}
        assert all(len(norms) == 4 for norms in record.gradient_norms.values())

    def test_its_numbers_are_those_of_the_step(self):
        rng = np.random.default_rng(0)
        x, labels = rng.normal(size=(8, 5)), rng.integers(3, size=8)
        net = Network([Affine(rng.normal(size=(5, 3)), np.zeros(3))])
        W = net.params["affine1.W"].copy()
        record = Record()
        trainer = Trainer(
            net, SoftmaxWithLoss(), SGD(net.params, 0.5), rng, recorder=record,
            max_norm=1e-3, regularizers=[L2(0.1)],
        )  # fmt: skip
        loss, _ = trainer.evaluate(x, labels)
        total = trainer.step(x, labels)
        assert record.step_loss == [pytest.approx(loss)] != [pytest.approx(total)]
        grads = net.grads["affine1.W"] + L2(0.1).gradients({"affine1.W": W})["affine1.W"]
        assert record.gradient_norms["affine1.W"] == [pytest.approx(np.linalg.norm(grads))]
        change = np.linalg.norm(net.params["affine1.W"] - W) / np.linalg.norm(W)
        assert record.update_ratios == {"affine1.W": [pytest.approx(change)]}

    def test_a_step_of_sgd_is_rate_times_gradient(self):
        rng = np.random.default_rng(0)
        net = Network([Affine(rng.normal(size=(5, 3)), np.zeros(3))])
        size = float(joint_norm({"W": net.params["affine1.W"]}))
        record = Record()
        trainer = Trainer(net, SquaredLoss(), SGD(net.params, 0.2), rng, recorder=record)
        trainer.step(rng.normal(size=(4, 5)), rng.normal(size=(4, 3)))
        expected = 0.2 * record.gradient_norms["affine1.W"][0] / size
        assert record.update_ratios["affine1.W"] == [pytest.approx(expected)]

    def test_a_projection_counts_as_part_of_the_step(self):
        rng = np.random.default_rng(0)
        net = Network([Affine(rng.normal(size=(5, 3)), np.zeros(3))])
        W, record = net.params["affine1.W"].copy(), Record()
        parts = {"regularizers": [MaxNorm(0.5)], "recorder": record}
        trainer = Trainer(net, SquaredLoss(), SGD(net.params, 0.01), rng, **parts)
        trainer.step(rng.normal(size=(4, 5)), rng.normal(size=(4, 3)))
        assert record.update_ratios["affine1.W"] == [update_ratio(W, net.params["affine1.W"])]

    def test_norms_are_taken_every_so_many_steps(self):
        rng = np.random.default_rng(0)
        net = Network([Affine(rng.normal(size=(5, 3)), np.zeros(3))])
        record = Record(every=3)
        trainer = Trainer(net, SquaredLoss(), SGD(net.params, 0.1), rng, recorder=record)
        for _ in range(7):
            trainer.step(rng.normal(size=(4, 5)), rng.normal(size=(4, 3)))
        assert len(record.step_loss) == 7
        lengths = {
            len(n) for n in [*record.gradient_norms.values(), *record.update_ratios.values()]
        }
        assert lengths == {3}
        with pytest.raises(ValueError, match="every must be"):
            Record(every=0)

    def test_what_made_training_diverge_is_recorded(self):
        record, *_ = trained(rate=10.0, activation="leaky", squared=True)
        last = [record.step_loss[-1], *(norms[-1] for norms in record.gradient_norms.values())]
        assert not np.isfinite(last).all()
        lengths = {len(ratios) for ratios in record.update_ratios.values()}
        assert lengths == {len(record.step_loss) - 1}

    def test_training_is_the_same_with_it_and_without(self):
        def weights(recorder):
            rng = np.random.default_rng(0)
            net = Network([Affine(he((64, 10), rng), np.zeros(10))])
            trainer = Trainer(net, SoftmaxWithLoss(), Adam(net.params), rng, recorder=recorder)
            data = digits()
            trainer.fit(data.x_train[:100], data.labels_train[:100], epochs=2)
            return net.params["affine1.W"]

        record = Record()
        assert isinstance(record, Recorder)
        assert np.array_equal(weights(None), weights(record))

    def test_a_trainer_refuses_what_cannot_record(self):
        rng = np.random.default_rng(0)
        net = Network([Affine(np.zeros((2, 2)), np.zeros(2))])
        for wrong in ([], Record):
            with pytest.raises(TypeError, match="recorder is"):
                Trainer(net, SquaredLoss(), SGD(net.params), rng, recorder=wrong)

    @pytest.mark.usefixtures("fake_cupy")
    def test_it_records_on_the_device_what_it_records_on_the_host(self):
        def run(put):
            rng = np.random.default_rng(0)
            layers = [Affine(put(he((5, 7), rng)), put(np.zeros(7))), ReLU()]
            net = Network([*layers, Affine(put(he((7, 3), rng)), put(np.zeros(3)))])
            record = Record()
            trainer = Trainer(net, SoftmaxWithLoss(), SGD(net.params, 0.1), rng, recorder=record)
            x, labels = rng.normal(size=(9, 5)), rng.integers(3, size=9)
            trainer.fit(x, labels, epochs=60)
            names = [finding.name for finding in examine(record, net, x, 3)]
            assert all(isinstance(one, float) for one in record.update_ratios["affine1.W"])
            numbers = [*record.gradient_norms.values(), *record.update_ratios.values()]
            return [record.step_loss, *numbers, len(names)]

        same_on_device(run)
