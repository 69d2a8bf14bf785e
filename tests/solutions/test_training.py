"""The trainer: what a step does, what is written down, and how it goes on after a break."""

import copy
import io
import sys

import numpy as np
import pytest
from device import FakeCupy, is_on_device, same_on_device, synchronizations, to_device

from solutions.arrays import beside
from solutions.backpropagation import (
    Affine,
    HierarchicalSoftmaxWithLoss,
    ReLU,
    SoftmaxWithLoss,
    SquaredLoss,
    Tanh,
)
from solutions.data import digits
from solutions.layer import Elementwise, Loss
from solutions.losses import accuracy, minibatches
from solutions.normalization import BatchNorm
from solutions.optimizers import (
    SGD,
    Adam,
    Constant,
    DivergedError,
    Network,
    Rprop,
    Trainer,
    progress_bar,
    read_arrays,
    write_arrays,
)
from solutions.optimizers.checkpoints import training_state


class Noise(Elementwise):
    """A layer that draws in training, from a generator of its own."""

    def __init__(self, rng):
        super().__init__()
        self.rng = rng

    def forward(self, x):
        if not self.training:
            return x
        return x + 0.1 * beside(self.rng.normal(size=x.shape), x)

    def backward(self, dout):
        return dout


class Projected(Loss):
    """Half the squared distance to targets from a projection of its own, a sum per sample.

    On the device its loss is a number that nobody has waited for.
    """

    def __init__(self, scale):
        super().__init__(scale=scale)

    def forward(self, outputs, targets):
        self.outputs = outputs
        self.difference = (outputs * self.params["scale"]).sum(axis=1) - targets
        return 0.5 * (self.difference**2).sum() / len(outputs)

    def backward(self, dout=1.0):
        slope = dout * self.difference[:, None] / len(self.difference)
        self.grads["scale"] = (slope * self.outputs).sum(axis=0)
        return slope * self.params["scale"]


class Decay:
    """A penalty on everything, biases too."""

    def __init__(self, strength):
        self.strength = strength

    def penalty(self, params):
        return sum(0.5 * self.strength * (param**2).sum() for param in params.values())

    def gradients(self, params):
        return {name: self.strength * param for name, param in params.items()}


class Patience:
    """Stops after so many epochs, counted over breaks."""

    def __init__(self, patience):
        self.left, self.seen = patience, []

    def end_epoch(self, epoch, loss, network):
        self.left -= 1
        self.seen.append((epoch, loss, network))
        return self.left <= 0

    def state(self):
        return {"left": np.array(self.left)}

    def load_state(self, state):
        self.left = int(state["left"])


class Halving:
    """A schedule that looks at the validation loss."""

    def __init__(self):
        self.rate, self.losses = 0.1, []

    def __call__(self, step):
        return self.rate

    def observe(self, validation_loss):
        self.losses.append(validation_loss)
        self.rate /= 2

    def state(self):
        return {"rate": np.array(self.rate)}

    def load_state(self, state):
        self.rate = float(state["rate"])


def affine(rng, rows, columns):
    return Affine(0.5 * rng.normal(size=(rows, columns)), np.zeros(columns))


def linear(seed=0):
    return Network([affine(np.random.default_rng(seed), 4, 3)])


def make(network=None, optimizer=None, loss=None, seed=1, **options):
    network = linear() if network is None else network
    optimizer = SGD(network.params, 0.1) if optimizer is None else optimizer
    rng = np.random.default_rng(seed)
    return Trainer(network, loss or SoftmaxWithLoss(), optimizer, rng, 4, **options)


@pytest.fixture
def data(rng):
    return rng.normal(size=(10, 4)), rng.integers(0, 3, size=10)


def copied(arrays):
    return {name: np.array(array) for name, array in arrays.items()}


def assert_same_bits(found, expected):
    assert list(found) == list(expected)
    for name, value in expected.items():
        assert np.array_equal(found[name], value), f"{name} differs"


def test_same_steps_as_pytorch(data, torch):
    x, t = data
    trainer = make()
    W, b = (torch.tensor(p.copy(), requires_grad=True) for p in trainer.network.params.values())
    optimizer = torch.optim.SGD([W, b], lr=0.1)
    history = trainer.fit(x, t, epochs=3)
    losses, rng = [], np.random.default_rng(1)
    for _ in range(3):
        for rows in minibatches(10, 4, rng):
            logits = torch.tensor(x[rows]) @ W + b
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(t[rows]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    np.testing.assert_allclose(history["step_loss"], losses, rtol=1e-12)
    for param, tensor in zip(trainer.network.params.values(), (W, b), strict=True):
        np.testing.assert_allclose(param, tensor.detach().numpy(), rtol=1e-12)


def test_learns_the_digits():
    split = digits()
    rng = np.random.default_rng(0)
    net = Network([affine(rng, 64, 32), ReLU(), affine(rng, 32, 10)])
    trainer = Trainer(net, SoftmaxWithLoss(), Adam(net.params, 0.01), rng)
    history = trainer.fit(split.x_train, split.labels_train, 8, (split.x_test, split.labels_test))
    assert history["validation_accuracy"][-1] > 0.94
    assert history["train_loss"][-1] < 0.2 * history["train_loss"][0]


def test_history_says_what_was_at_the_end_of_each_epoch(data):
    x, t = data
    trainer = make(
        Network([affine(np.random.default_rng(0), 4, 3), Noise(np.random.default_rng(2))])
    )
    ends = []
    for _ in range(3):
        history = trainer.fit(x, t, 1, (x[:4], t[:4]))
        logits = trainer.network.predict(x)
        ends.append((SoftmaxWithLoss().forward(logits, t), accuracy(logits, t)))
    assert [len(history[name]) for name in history] == [9, 3, 3, 3, 3]
    found = list(zip(history["train_loss"], history["train_accuracy"], strict=True))
    np.testing.assert_array_equal(found, ends)
    assert (trainer.steps, trainer.epochs) == (9, 3)


def test_without_validation_and_score_their_lists_stay_empty(data):
    history = make(score=None).fit(*data, epochs=2)
    assert [name for name, values in history.items() if values] == ["step_loss", "train_loss"]


def test_regression(rng):
    x = rng.normal(size=(20, 4))
    W = rng.normal(size=(4, 3))
    trainer = make(loss=SquaredLoss(), score=None)
    trainer.fit(x, x @ W + 1, epochs=200)
    np.testing.assert_allclose(trainer.network.params["affine1.W"], W, atol=1e-3)
    np.testing.assert_allclose(trainer.network.params["affine1.b"], np.ones(3), atol=1e-3)


def test_penalties_count_in_the_loss_and_in_the_step(data):
    x, t = data
    trainer = make(regularizers=[Decay(0.1), Decay(0.2)])
    before = copied(trainer.network.params)
    loss = trainer.step(x, t)
    plain = make()
    plain_loss = plain.step(x, t)
    np.testing.assert_allclose(loss, plain_loss + Decay(0.3).penalty(before), rtol=1e-12)
    for name, param in trainer.network.params.items():
        expected = plain.network.params[name] - 0.1 * 0.3 * before[name]
        np.testing.assert_allclose(param, expected, rtol=1e-12)
    assert_same_bits(trainer.network.grads, plain.network.grads)  # the layers' own stay
    trainer.fit(x, t, 1)
    loss = SoftmaxWithLoss().forward(trainer.network.predict(x), t)
    assert trainer.history["train_loss"] == [loss]  # without penalties


def test_projection_comes_after_the_step(data):
    class Ball(Decay):
        def project(self, params):
            for param in params.values():
                param *= 0

    trainer = make(regularizers=[Ball(0)])
    trainer.step(*data)
    assert not any(param.any() for param in trainer.network.params.values())


def test_gradients_are_clipped_together_with_the_penalties(data):
    trainer = make(max_norm=0.01, regularizers=[Decay(5.0)])
    before = copied(trainer.network.params)
    trainer.step(*data)
    moves = [trainer.network.params[name] - array for name, array in before.items()]
    norm = np.sqrt(sum((move**2).sum() for move in moves))
    np.testing.assert_allclose(norm, 0.1 * 0.01, rtol=1e-9)


def test_schedule_gives_the_rate_of_each_step(data):
    rates = []
    trainer = make(schedule=lambda step: 0.1 / (1 + step))
    trainer.optimizer.step = lambda grads: rates.append(trainer.optimizer.learning_rate)
    trainer.fit(*data, epochs=2)
    np.testing.assert_allclose(rates, [0.1 / (1 + step) for step in range(6)])


def test_schedule_that_looks_at_the_validation_loss(data):
    schedule = Halving()
    trainer = make(schedule=schedule)
    history = trainer.fit(*data, 2, validation=data)
    assert schedule.losses == history["validation_loss"]
    assert schedule.rate == 0.025
    assert trainer.optimizer.learning_rate == 0.05  # of the second epoch


def test_augmentation_changes_what_is_trained_on_and_nothing_else(data):
    x, t = data
    seen = []

    def shifted(batch, rng):
        seen.append((len(batch), rng))
        return batch + 1

    kept, trainer = x.copy(), make(augmentation=shifted)
    history = trainer.fit(x, t, 1)
    assert seen == [(4, trainer.rng), (4, trainer.rng), (2, trainer.rng)]
    np.testing.assert_array_equal(x, kept)
    loss = SoftmaxWithLoss().forward(trainer.network.predict(x), t)
    assert history["train_loss"] == [loss]


def test_a_watcher_ends_the_training_and_all_are_told(data):
    stopping, other = Patience(3), Patience(10)
    trainer = make(watchers=[stopping, other])
    history = trainer.fit(*data, epochs=10, validation=data)
    assert trainer.epochs == 3
    assert stopping.seen == [
        (epoch, loss, trainer.network)
        for epoch, loss in enumerate(history["validation_loss"], start=1)
    ]
    assert other.seen == stopping.seen


def test_diverging_names_step_and_remedies(data):
    x = data[0]
    trainer = make(loss=SquaredLoss(), score=None)
    trainer.optimizer.learning_rate = 1e200
    with (
        np.errstate(all="ignore"),
        pytest.raises(
            DivergedError, match=r"at step 2: the loss is inf.*smaller learning rate \(it"
        ),
    ):
        trainer.fit(x, x[:, :3], epochs=5)


def test_gradient_that_is_not_finite_stops_before_the_step(data):
    trainer = make()
    before = copied(trainer.network.params)
    trainer.loss.backward = lambda: np.full((10, 3), np.nan)
    with pytest.raises(DivergedError, match=r"at step 1: the gradient of affine1\.W is not finite"):
        trainer.step(*data)
    assert_same_bits(trainer.network.params, before)


def test_diverging_in_the_last_step_of_an_epoch(data):
    x = data[0]
    trainer = make(loss=SquaredLoss(), score=None)
    trainer.batch_size, trainer.optimizer.learning_rate = 10, 1e300
    with (
        np.errstate(all="ignore"),
        pytest.raises(DivergedError, match="at step 1: after it the tr"),
    ):
        trainer.fit(x, x[:, :3], epochs=1)


def everything(seed=0):
    """A trainer with all that has a state: batch norm, noise, Adam, schedule, early stopping."""
    rng, own = np.random.default_rng(seed), np.random.Generator(np.random.MT19937(seed))
    net = Network(
        {
            "one": affine(rng, 4, 5),
            "norm": BatchNorm(np.ones(5), np.zeros(5)),
            "body": Network([ReLU(), Noise(own), Noise(own)]),
            "two": affine(rng, 5, 3),
            "noise": Noise(rng),
        }
    )
    return Trainer(
        net,
        SoftmaxWithLoss(),
        Adam(net.params, 0.01),
        rng,
        batch_size=4,
        schedule=Halving(),
        regularizers=[Decay(0.01)],
        augmentation=lambda x, rng: x + 0.1 * rng.normal(size=x.shape),
        watchers=[Patience(4)],
    )


def test_resumed_training_gives_the_same_bits(data, tmp_path):
    whole = everything()
    whole.fit(*data, epochs=10, validation=data)
    assert whole.epochs == 4  # a watcher remembers over the break, too
    first = everything()
    first.fit(*data, epochs=2, validation=data, checkpoint=tmp_path / "run.npz")
    second = everything(seed=7)
    second.load(tmp_path / "run.npz")
    second.fit(*data, epochs=10, validation=data)
    assert_same_bits(second.network.state(), whole.network.state())
    assert_same_bits(second.optimizer.state(), whole.optimizer.state())
    assert second.history == whole.history
    assert (second.steps, second.epochs) == (whole.steps, whole.epochs)
    assert second.rng.bit_generator.state == whole.rng.bit_generator.state


def test_training_that_was_cut_off_goes_on_from_its_last_epoch(data, tmp_path):
    def cut(epoch, loss, network):
        if epoch == 3:
            raise KeyboardInterrupt
        return False

    whole = everything()
    whole.fit(*data, epochs=4, validation=data)
    broken = everything()
    broken.watchers[0].end_epoch = cut
    with pytest.raises(KeyboardInterrupt):
        broken.fit(*data, epochs=4, validation=data, checkpoint=tmp_path / "run.npz")
    again = everything()
    again.load(tmp_path / "run.npz")
    assert again.epochs == 2
    again.fit(*data, epochs=2, validation=data)
    assert_same_bits(again.network.state(), whole.network.state())


def test_checkpoint_of_another_trainer_is_refused(data, tmp_path):
    trainer = make()
    trainer.save(tmp_path / "run.npz")
    with pytest.raises(
        ValueError, match=r"run.npz is no checkpoint of this trainer: it has 1 rand"
    ):
        everything().load(tmp_path / "run.npz")
    with pytest.raises(ValueError, match=r"no checkpoint of this trainer: 'affine1.W' has shape"):
        make(Network([affine(np.random.default_rng(0), 4, 2)])).load(tmp_path / "run.npz")
    other = make()
    with pytest.raises(ValueError, match="no checkpoint of this trainer: state does not fit Adam"):
        make(other.network, Adam(other.network.params)).load(tmp_path / "run.npz")
    trainer.network.save(tmp_path / "net.npz")
    with pytest.raises(ValueError, match="no checkpoint of this trainer: 'steps' is missing"):
        trainer.load(tmp_path / "net.npz")
    (tmp_path / "run.npz").write_bytes(b"cut off")
    with pytest.raises(ValueError, match="no checkpoint of this trainer: it is not a readable"):
        trainer.load(tmp_path / "run.npz")


class Clash(Loss):
    def __init__(self):
        super().__init__(**{"affine1.W": np.zeros(2)})


NO_PARTS = {
    "list": (
        {"network": [ReLU()]},
        TypeError,
        r"network is of the type list, which is no Network: give .* Network\(",
    ),
    "network": ({"network": Network}, TypeError, "network is the class Network, not an object"),
    "loss": (
        {"loss": SoftmaxWithLoss},
        TypeError,
        r"loss is the class SoftmaxWithLoss, not an object of it: give one such as SoftmaxWith",
    ),
    "no loss": ({"loss": accuracy}, TypeError, "loss is of the type function"),
    "optimizer": ({"optimizer": SGD}, TypeError, "optimizer is the class SGD, not an object of it"),
    "rng": (
        {"rng": 0},
        TypeError,
        r"rng is of the type int, .*: give .* np\.random\.default_rng\(0\)",
    ),
    "batch size": ({"batch_size": 0}, ValueError, "batch_size must be at least 1, but it is 0"),
    "half a batch": ({"batch_size": 2.5}, TypeError, "must be a whole number, but it is 2.5"),
    "rate": (
        {"schedule": 0.1},
        TypeError,
        r"function of the step, such as Constant\(0.1\), not 0.1",
    ),
    "schedule": ({"schedule": Constant}, TypeError, "schedule is the class Constant"),
    "norm 0": ({"max_norm": 0.0}, ValueError, "max_norm must be finite and more than 0"),
    "norm -1": ({"max_norm": -1}, ValueError, "more than 0, but it is -1"),
    "norm NaN": ({"max_norm": float("nan")}, ValueError, "but it is nan"),
    "norm": ({"max_norm": "5"}, TypeError, "max_norm must be a number, but it is '5'"),
    "regularizer": ({"regularizers": Decay(1)}, TypeError, r"must be a list, even of one, such as"),
    "regularizer class": ({"regularizers": [Decay]}, TypeError, r"regularizers\[0\] is the class"),
    "no regularizer": (
        {"regularizers": [0.1]},
        TypeError,
        r"is of the type float, which is no Regularizer: .* L2\(",
    ),
    "watcher": ({"watchers": Patience(3)}, TypeError, "watchers must be a list, even of one"),
    "no watcher": (
        {"watchers": [3]},
        TypeError,
        r"watchers\[0\] is of the type int, which is no Watcher",
    ),
    "augmentation": ({"augmentation": 2}, TypeError, r"a function augmentation\(x, rng\) or None"),
    "augmentation class": ({"augmentation": Noise}, TypeError, "augmentation must be a function"),
    "score": ({"score": "accuracy"}, TypeError, r"a function score\(outputs, targets\) or None"),
    "other parameters": (
        {"optimizer": SGD(linear().params)},
        ValueError,
        r"made for other parameters than network\.params",
    ),
    "clash": ({"loss": Clash()}, ValueError, "network and loss both have a parameter 'affine1.W'"),
}


@pytest.mark.parametrize("mistake", NO_PARTS)
def test_parts_that_make_no_trainer(mistake):
    options, error, sentence = NO_PARTS[mistake]
    net = linear()
    parts = {
        "network": net,
        "loss": SoftmaxWithLoss(),
        "optimizer": SGD(net.params),
        "rng": np.random.default_rng(0),
    }
    with pytest.raises(error, match=sentence):
        Trainer(**(parts | options))


def test_rprop_takes_no_schedule():
    net = linear()
    with pytest.raises(ValueError, match="Rprop finds the size of its steps itself"):
        make(net, Rprop(net.params), schedule=Constant(0.1))


def test_a_schedule_that_gives_no_rate_is_refused(data):
    with pytest.raises(ValueError, match="learning_rate must be finite and at least 0, but it is"):
        make(schedule=lambda step: float("nan")).step(*data)


X, LABELS = np.ones((10, 4)), np.zeros(10, int)
NO_DATA = {
    "fewer targets": ((X, LABELS[:9], 1), ValueError, "training set has 10 inputs and 9 targets"),
    "none": ((X[:0], LABELS[:0], 1), ValueError, "the training set has 0 inputs and 0 targets"),
    "NaN": ((X * np.nan, LABELS, 1), ValueError, "training set contains NaN .* its inputs"),
    "NaN targets": ((X, LABELS * np.nan, 1), ValueError, "contains NaN .* its targets"),
    "list": ((X.tolist(), LABELS, 1), TypeError, "as inputs no array, but an object of type list"),
    "no targets": ((X, None, 1), TypeError, "as targets no array, but an object of type NoneType"),
    "text": ((X, LABELS.astype(str), 1), TypeError, "has targets of dtype <U21"),
    "backwards": ((X, LABELS, -1), ValueError, "epochs must be at least 0, but it is -1"),
    "half an epoch": ((X, LABELS, 0.5), TypeError, "epochs must be a whole number"),
    "no validation": ((X, LABELS, 1, (X[:0], LABELS[:0])), ValueError, "the validation set has 0"),
    "NaN validation": ((X, LABELS, 1, (X * np.nan, LABELS)), ValueError, "the validation set cont"),
    "no pair": ((X, LABELS, 1, X), TypeError, "validation must be a pair of inputs and targets"),
    "three": ((X, LABELS, 1, (X, X, X)), TypeError, "validation must be a pair"),
}


@pytest.mark.parametrize("mistake", NO_DATA)
def test_data_that_do_not_fit(mistake):
    arguments, error, sentence = NO_DATA[mistake]
    trainer = make()
    with pytest.raises(error, match=sentence):
        trainer.fit(*arguments)
    assert trainer.steps == 0


def test_a_checkpoint_needs_a_folder_before_the_first_step(data, tmp_path):
    trainer = make()
    with pytest.raises(
        FileNotFoundError, match=r"there is no folder .*missing to write run.npz to"
    ):
        trainer.fit(*data, 1, checkpoint=tmp_path / "missing" / "run.npz")
    with pytest.raises(TypeError, match="PathLike"):
        trainer.fit(*data, 1, checkpoint=True)
    assert trainer.steps == 0


def test_some_parts_need_a_validation_set(data):
    for part in ({"watchers": [Patience(1)]}, {"schedule": Halving()}):
        with pytest.raises(ValueError, match="validation is None, but the watchers or the sched"):
            make(**part).fit(*data, 1)


def test_no_epochs_are_none(data):
    assert make().fit(*data, epochs=0)["train_loss"] == []


def test_freezing_afterwards_needs_a_new_optimizer(data):
    trainer = make(Network({"a": affine(np.random.default_rng(0), 4, 4), "b": linear()}))
    trainer.network.freeze("a")
    for act in (lambda: trainer.fit(*data, epochs=1), lambda: trainer.step(*data)):
        with pytest.raises(ValueError, match=r"other parameters than network\.params"):
            act()


def test_fine_tuning_leaves_frozen_layers_alone(data):
    net = Network(
        [affine(np.random.default_rng(0), 4, 5), ReLU(), affine(np.random.default_rng(1), 5, 3)]
    )
    net.freeze(["affine1"])
    before = copied(net.state())
    make(net).fit(*data, epochs=2)
    changed = {name for name, array in net.state().items() if np.any(array != before[name])}
    assert changed == {"affine2.W", "affine2.b"}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_bar_in_a_terminal(data, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    make().fit(*data, epochs=2)
    assert "6/6" in sys.stderr.getvalue()
    assert "epoch 2, loss" in sys.stderr.getvalue()
    monkeypatch.setattr(sys, "stderr", Terminal())
    make(progress=False).fit(*data, epochs=1)
    assert sys.stderr.getvalue() == ""


def test_progress_bar_in_a_notebook_is_not_shown_as_an_error(data, monkeypatch):
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})
    monkeypatch.setattr(sys, "stdout", stream())
    monkeypatch.setattr(sys, "stderr", stream())
    make().fit(*data, epochs=1)
    assert "3/3" in sys.stdout.getvalue()
    assert sys.stderr.getvalue() == ""


def test_no_progress_bar_where_nobody_looks(data, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)  # importing it would fail
    make().fit(*data, epochs=1)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    with progress_bar(3) as bar:
        assert bar is None


def test_the_loss_learns_too(rng, tmp_path):
    """The best projection of what the network makes: 3 x, from (x, 2x) and a scale of its own."""

    def start(seed):
        net = Network([Affine(np.array([[1.0, 2.0]]), np.zeros(2))])
        net.freeze("affine1")
        loss = Projected(np.random.default_rng(seed).normal(size=2))
        both = Network({"frozen": net, "free": Affine(np.eye(2), np.zeros(2))})
        optimizer = SGD(both.params | loss.params, 0.05)
        return make(both, optimizer, loss, score=None)

    x = rng.normal(size=(20, 1))
    trainer = start(0)
    history = trainer.fit(x, 3 * x[:, 0], 300)
    assert history["train_loss"][-1] < 1e-6
    assert list(trainer.params) == ["free.W", "free.b", "scale"]
    trainer.save(tmp_path / "run.npz")
    again = start(1)
    again.load(tmp_path / "run.npz")
    assert_same_bits(again.params, trainer.params)
    other = Projected(np.ones(3))
    wider = make(again.network, SGD(again.network.params | other.params), other)
    with pytest.raises(ValueError, match="'scale' has shape"):
        wider.load(tmp_path / "run.npz")
    with pytest.raises(ValueError, match="made for other parameters than"):
        make(again.network, SGD(again.network.params), trainer.loss)


def test_a_tree_of_classes_learns_with_the_network_in_front_of_it(rng):
    x = rng.normal(size=(60, 5))
    labels = (x[:, :3] > 0) @ [4, 2, 1]
    net = Network([affine(rng, 5, 8), Tanh()])
    loss = HierarchicalSoftmaxWithLoss(np.zeros((8, 7)), np.zeros(7))
    before = copied(net.params)
    trainer = make(net, Adam(net.params | loss.params, 0.05), loss, score=None)
    history = trainer.fit(x, labels, 40)
    assert history["train_loss"][-1] < 0.05 * np.log(8)
    assert all(np.any(net.params[name] != array) for name, array in before.items())


def test_training_asks_for_no_gradient_of_the_data_and_changes_nothing_else(data):
    class Counting(Affine):
        def backward(self, dout):
            dx = super().backward(dout)
            asked.append(dx is not None)
            return dx

    asked, rng = [], np.random.default_rng(0)
    net = Network(
        [Counting(rng.normal(size=(4, 3)), np.ones(3)), ReLU(), Counting(np.eye(3), np.ones(3))]
    )
    make(net).fit(*data, epochs=1)
    assert asked == [True, False] * 3
    assert net.needs_input_gradient
    net.forward(data[0])
    assert net.backward(np.ones((10, 3))).shape == (10, 4)
    net.layers["counting1"].backward = lambda dout: 1 / 0
    with pytest.raises(ZeroDivisionError):
        make(net).step(*data)
    assert net.needs_input_gradient


def test_gradients_too_large_to_be_squared_are_not_clipped_to_nothing(data):
    trainer = make(max_norm=1.0)
    trainer.loss.backward = lambda: np.full((10, 3), 1e200)
    with pytest.raises(DivergedError, match="the gradients are too large to be squared"):
        trainer.step(*data)


@pytest.mark.parametrize("broken", ["network", "optimizer", "schedule", "watcher0", "rng", "steps"])
def test_a_checkpoint_that_cannot_be_loaded_changes_nothing(data, tmp_path, broken):
    file = tmp_path / "run.npz"
    first = everything()
    first.fit(*data, epochs=2, validation=data, checkpoint=file)
    state = read_arrays(file)
    key = [name for name in state if name.split("/")[0] == broken][-1]
    write_arrays(file, state | {key: np.array("nothing")})
    second = everything(seed=7)
    second.fit(*data, epochs=1, validation=data)
    before, history = training_state(second), copy.deepcopy(second.history)
    with pytest.raises(ValueError, match=r"run.npz is no checkpoint of this trainer"):
        second.load(file)
    assert_same_bits(training_state(second), before)
    assert second.history == history


def test_loading_that_is_broken_off_changes_nothing(data, tmp_path):
    class BrokenOff(Halving):
        def load_state(self, state):
            super().load_state(state)
            if self.rate == 0.1:  # the saved one
                raise KeyboardInterrupt

    first, second = everything(), everything(seed=7)
    first.save(tmp_path / "run.npz")
    second.schedule = BrokenOff()
    second.fit(*data, epochs=1, validation=data)
    before = training_state(second)
    with pytest.raises(KeyboardInterrupt):
        second.load(tmp_path / "run.npz")
    assert_same_bits(training_state(second), before)


def test_a_checkpoint_of_a_trainer_with_more_parts_is_refused(data, tmp_path):
    everything().save(tmp_path / "run.npz")
    other = everything()
    other.watchers = ()
    with pytest.raises(ValueError, match="the state of 'watcher0', but this trainer has none"):
        other.load(tmp_path / "run.npz")


def test_a_missing_checkpoint_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        make().load(tmp_path / "run.npz")


@pytest.mark.usefixtures("fake_cupy")
def test_on_the_device(tmp_path):
    def case(put):
        rng = np.random.default_rng(3)
        x, t = put(rng.normal(size=(10, 4))), put(rng.integers(0, 3, size=10))
        net = Network([Affine(put(rng.normal(size=(4, 3))), put(rng.normal(size=3)))])
        trainer = Trainer(
            net,
            SoftmaxWithLoss(),
            SGD(net.params, 0.1),
            rng,
            4,
            max_norm=1,
            regularizers=[Decay(0.1)],
        )
        history = trainer.fit(x, t, 2, (x, t), tmp_path / "run.npz")
        trainer.load(tmp_path / "run.npz")
        return history, net.params

    same_on_device(case)


@pytest.mark.usefixtures("fake_cupy")
def test_a_trainer_moves_and_goes_on_to_the_same_bits(data, tmp_path):
    """There, with the data left on the host; back, with the data left on the device."""
    stayed, moved = everything(), everything()
    for trainer in (stayed, moved):
        trainer.augmentation = None
        trainer.fit(*data, epochs=1, validation=data)
    assert moved.to_device() is moved
    arrays = [*moved.params.values(), *moved.network.buffers.values()]
    arrays += [array for memory in moved.optimizer.memory.values() for array in memory.values()]
    assert all(is_on_device(array) for array in arrays)
    assert moved.optimizer.m is moved.optimizer.memory["m"]
    there = tuple(to_device(array) for array in data)
    for here in (data, there):
        for trainer, own in ((stayed, data), (moved, here)):
            trainer.fit(*own, epochs=1, validation=own, checkpoint=tmp_path / "run.npz")
            trainer.load(tmp_path / "run.npz")
        assert moved.to_host() is moved
    for name, array in stayed.network.state().items():
        np.testing.assert_allclose(moved.network.state()[name], array, rtol=1e-9, atol=1e-12)
    assert moved.history["validation_loss"] == pytest.approx(stayed.history["validation_loss"])


@pytest.mark.usefixtures("fake_cupy")
def test_the_loss_moves_with_the_network():
    net = linear()
    loss = Projected(np.ones(3))
    trainer = make(net, Adam(net.params | loss.params), loss, score=None)
    trainer.to_device().fit(np.ones((6, 4)), np.arange(6.0), epochs=2)
    assert is_on_device(trainer.params["scale"])
    assert trainer.to_host().steps == 4
    trainer.fit(np.ones((6, 4)), np.arange(6.0), epochs=1)


@pytest.mark.usefixtures("fake_cupy")
def test_an_optimizer_that_was_left_behind_is_refused(data):
    trainer = make()
    trainer.network.to_device()
    with pytest.raises(ValueError, match=r"Trainer\.to_device\(\) moves both"):
        trainer.step(*data)
    trainer.to_device().step(*data)
    trainer.optimizer = SGD({"a": np.ones(2)})
    with pytest.raises(ValueError, match="params must have the names and shapes"):
        trainer.to_host()
    assert all(is_on_device(array) for array in trainer.network.params.values())


@pytest.mark.parametrize("options", [{}, {"max_norm": 0.1}, {"regularizers": [Decay(0.1)]}])
def test_a_step_waits_once_for_the_device(fake_cupy, options):
    if not isinstance(fake_cupy, FakeCupy):
        pytest.skip("only the stand-in counts")
    rng = np.random.default_rng(0)
    net = Network([affine(rng, 4, 5), ReLU(), affine(rng, 5, 3)]).to_device()
    loss = Projected(to_device(np.ones(3)))
    trainer = make(net, Adam(net.params | loss.params), loss, score=None, **options)
    x, t = to_device(rng.normal(size=(6, 4))), to_device(rng.normal(size=6))
    assert synchronizations(lambda: trainer.step(x, t)) == 1
