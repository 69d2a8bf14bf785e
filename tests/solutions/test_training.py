"""The trainer: what a step does, what is written down, and how it goes on after a break."""

import io
import sys

import numpy as np
import pytest
from device import same_on_device

from solutions.backpropagation import Affine, ReLU, SoftmaxWithLoss
from solutions.datasets import digits
from solutions.descent import minibatches
from solutions.losses import accuracy
from solutions.network import Network
from solutions.normalization import BatchNorm
from solutions.optimizers import SGD, Adam
from solutions.progress import progress_bar
from solutions.training import DivergedError, Trainer


class Noise:
    """A layer that draws in training, from a generator of its own."""

    def __init__(self, rng):
        self.params, self.grads = {}, {}
        self.rng, self.training = rng, True

    def forward(self, x):
        noise = self.rng.normal(size=x.shape) if self.training else 0
        return x + 0.1 * noise

    def backward(self, dout):
        return dout


class SquaredLoss:
    def forward(self, y, t):
        self.difference = y - t
        return float(0.5 * (self.difference**2).sum() / len(y))

    def backward(self):
        return self.difference / len(self.difference)


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

    def update(self, epoch, loss, network):
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

    def update(self, loss):
        self.losses.append(loss)
        self.rate /= 2
        return self.rate

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
    history = trainer.fit(split.x_train, split.t_train, 8, (split.x_test, split.t_test))
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
    assert trainer.optimizer.learning_rate == 0.025


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


def test_early_stopping_ends_the_training(data):
    stopping = Patience(3)
    trainer = make(early_stopping=stopping)
    history = trainer.fit(*data, epochs=10, validation=data)
    assert trainer.epochs == 3
    assert stopping.seen == [
        (epoch, loss, trainer.network)
        for epoch, loss in enumerate(history["validation_loss"], start=1)
    ]


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
    trainer.loss_layer.backward = lambda: np.full((10, 3), np.nan)
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
        early_stopping=Patience(4),
    )


def test_resumed_training_gives_the_same_bits(data, tmp_path):
    whole = everything()
    whole.fit(*data, epochs=10, validation=data)
    assert whole.epochs == 4  # early stopping remembers over the break, too
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
    broken.early_stopping.update = cut
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_norm": 0.0}, "max_norm must be more than 0, but it is 0.0"),
        ({"max_norm": float("nan")}, "max_norm must be more than 0, but it is nan"),
    ],
)
def test_options_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_batch_size_is_at_least_one():
    net = linear()
    with pytest.raises(ValueError, match="batch_size must be at least 1, but it is 0"):
        Trainer(net, SoftmaxWithLoss(), SGD(net.params), np.random.default_rng(0), batch_size=0)


def test_data_that_do_not_fit(data):
    x, t = data
    with pytest.raises(ValueError, match="the training set has 10 inputs and 9 targets"):
        make().fit(x, t[:9], 1)
    with pytest.raises(ValueError, match="the validation set has 0 inputs and 0 targets"):
        make().fit(x, t, 1, (x[:0], t[:0]))
    with pytest.raises(ValueError, match="the training set contains NaN"):
        make().fit(np.where(x == x.max(), np.nan, x), t, 1)
    with pytest.raises(ValueError, match="validation is None, but early stopping"):
        make(early_stopping=Patience(1)).fit(x, t, 1)
    with pytest.raises(ValueError, match="validation is None, but early stopping or the schedule"):
        make(schedule=Halving()).fit(x, t, 1)


def test_optimizer_of_other_parameters_is_refused(data):
    trainer = make(optimizer=SGD(linear().params))
    with pytest.raises(ValueError, match=r"other parameters than network\.params"):
        trainer.fit(*data, epochs=1)


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
