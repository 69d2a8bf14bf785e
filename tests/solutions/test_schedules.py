"""Chapter 4's schedules against torch.optim.lr_scheduler and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.backpropagation import ReLU
from solutions.optimizers import (
    SGD,
    Constant,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    Network,
    Plateau,
    StepDecay,
    WarmUp,
)
from solutions.regularization import EarlyStopping

few = settings(max_examples=25)


def torch_optimizer(torch, rate):
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)


def torch_rates(optimizer, scheduler, steps):
    """The learning rate of each step, the scheduler being told after each."""
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


SAME_AS_TORCH = [
    (Constant(0.1), lambda s, opt: s.LambdaLR(opt, lambda step: 1)),
    (StepDecay(0.1, every=4, factor=0.3), lambda s, opt: s.StepLR(opt, 4, 0.3)),
    (ExponentialDecay(0.1, decay=0.2), lambda s, opt: s.ExponentialLR(opt, math.exp(-0.2))),
    (InverseTimeDecay(0.1, 0.5), lambda s, opt: s.LambdaLR(opt, lambda k: 1 / (1 + 0.5 * k))),
    (CosineDecay(0.1, 20, 0.02), lambda s, opt: s.CosineAnnealingLR(opt, 20, 0.02)),
]


@pytest.mark.parametrize(
    ("schedule", "theirs"), SAME_AS_TORCH, ids=lambda value: type(value).__name__
)
def test_rates_are_those_of_torch(torch, schedule, theirs):
    optimizer = torch_optimizer(torch, 0.1)
    expected = torch_rates(optimizer, theirs(torch.optim.lr_scheduler, optimizer), 21)
    assert [schedule(step) for step in range(21)] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_warm_up_is_that_of_torch(torch, steps):
    schedulers, optimizer = torch.optim.lr_scheduler, torch_optimizer(torch, 0.1)
    climb = schedulers.LinearLR(optimizer, 1 / steps, total_iters=max(steps - 1, 1))
    cosine = schedulers.CosineAnnealingLR(optimizer, 10)
    both = schedulers.SequentialLR(optimizer, [climb, cosine], milestones=[steps])
    schedule = WarmUp(CosineDecay(0.1, 10), steps)
    expected = torch_rates(optimizer, both, steps + 11)
    assert [schedule(step) for step in range(steps + 11)] == pytest.approx(expected, abs=1e-12)


def test_warm_up_by_hand():
    schedule = WarmUp(StepDecay(0.8, every=2, factor=0.5), 4)
    rates = [schedule(step) for step in range(9)]
    assert rates == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.4, 0.4, 0.2])


def test_cosine_ends_where_it_should_and_stays_there():
    schedule = CosineDecay(0.3, 10, final=0.1)
    assert schedule(0) == pytest.approx(0.3)
    assert schedule(5) == pytest.approx(0.2)
    assert schedule(10) == schedule(11) == schedule(1000) == pytest.approx(0.1)


def test_inverse_time_halves_at_one_over_decay():
    assert InverseTimeDecay(0.4, 0.01)(100) == pytest.approx(0.2)


EVERY = [schedule for schedule, _ in SAME_AS_TORCH]
EVERY += [WarmUp(Constant(0.1), 3), Plateau(0.1)]


@pytest.mark.parametrize("schedule", EVERY, ids=lambda schedule: type(schedule).__name__)
@few
@given(step=st.integers(0, 10**9))
def test_rate_is_a_python_float_from_0_to_the_initial_one(schedule, step):
    rate = schedule(step)
    assert type(rate) is float  # a NumPy float64 would turn float32 arithmetic into float64
    assert 0 <= rate <= schedule.initial


@pytest.mark.parametrize("schedule", EVERY, ids=lambda schedule: type(schedule).__name__)
def test_negative_step_is_refused(schedule):
    with pytest.raises(ValueError, match="step must be at least 0, but it is -1"):
        schedule(-1)


@few
@given(
    losses=st.lists(st.sampled_from([1.0, 0.95, 0.8, 0.79, 0.5, 2.0, math.nan]), max_size=30),
    patience=st.integers(1, 4),
    min_delta=st.sampled_from([0.0, 0.1]),
    final=st.sampled_from([0.0, 0.03]),
)
def test_plateau_is_that_of_torch(torch, losses, patience, min_delta, final):
    optimizer = torch_optimizer(torch, 0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer,
        factor=0.5,
        patience=patience - 1,  # theirs says how many epochs are still borne
        threshold=min_delta,
        threshold_mode="abs",
        min_lr=final,
        eps=0,
    )
    schedule = Plateau(0.1, 0.5, patience, min_delta, final)
    for epoch, loss in enumerate(losses):
        scheduler.step(loss)
        assert schedule.observe(loss) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        assert schedule(epoch) == schedule.current


def test_plateau_by_hand():
    schedule = Plateau(0.1, factor=0.2, patience=2)
    rates = [schedule.observe(loss) for loss in (1.0, 0.9, 0.9, 0.95, 0.9, 0.8)]
    assert rates == pytest.approx([0.1, 0.1, 0.1, 0.02, 0.02, 0.02])


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_patience_is_the_number_of_epochs_that_cut_the_rate_or_stop(patience):
    """One meaning for both: the losses after the first are no improvement."""
    plateau, stopping = Plateau(0.1, patience=patience), EarlyStopping(patience)
    network = Network([ReLU()])
    for epoch in range(1, patience + 2):
        cut = plateau.observe(1.0) < 0.1
        stop = stopping.end_epoch(epoch, 1.0, network)
        assert cut == stop == (epoch == patience + 1)


def test_plateau_goes_on_from_a_saved_state():
    first, second = (Plateau(0.1, patience=2) for _ in range(2))
    for loss in (1.0, 1.0):
        first.observe(loss)
    second.load_state(first.state())
    assert second.observe(1.0) == first.observe(1.0) == 0.05
    before = second.state()
    with pytest.raises(ValueError, match="not that of Plateau: 'waited' is missing"):
        second.load_state({"current": np.array(0.1), "best": np.array(1.0)})
    with pytest.raises(ValueError, match="not that of Plateau: 'waited' is of dtype float64"):
        second.load_state(Plateau(0.5).state() | {"waited": np.array(0.5)})
    assert second.state() == before


def test_optimizer_takes_the_rates_of_a_schedule():
    params, schedule = {"x": np.zeros(1)}, StepDecay(1.0, every=2, factor=0.5)
    optimizer = SGD(params)
    for step in range(4):
        optimizer.learning_rate = schedule(step)
        optimizer.step({"x": -np.ones(1)})
    assert params["x"].item() == 1 + 1 + 0.5 + 0.5


def test_settings_of_numpy_give_rates_of_python():
    one = np.float64(0.1)
    schedules = [
        Constant(one),
        StepDecay(one, np.int64(2), one),
        ExponentialDecay(one, one),
        InverseTimeDecay(one, one),
        CosineDecay(one, np.int64(3), np.float64(0.01)),
        WarmUp(lambda step: np.float64(0.1), 2),
        Plateau(one, one, np.int64(1), one, np.float64(0.01)),
    ]
    for schedule in schedules:
        assert {type(schedule(step)) for step in range(5)} == {float}
    assert type(schedules[-1].observe(np.float64(1.0))) is float


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant(0), "initial must be finite and more than 0, but it is 0"),
        (lambda: Constant(math.nan), "initial must be finite and more than 0, but it is nan"),
        (lambda: StepDecay(math.inf, 2), "initial must be finite and more than 0, but it is inf"),
        (lambda: StepDecay(0.1, every=0), "every must be at least 1, but it is 0"),
        (lambda: StepDecay(0.1, 2, factor=1.1), "factor must be more than 0 and at most 1"),
        (lambda: ExponentialDecay(0.1, -1), "decay must be finite and at least 0, but it is -1"),
        (lambda: ExponentialDecay(0.1, math.inf), "decay must be finite and at least 0"),
        (lambda: InverseTimeDecay(0.1, -1), "decay must be finite and at least 0, but it is -1"),
        (lambda: InverseTimeDecay(0.1, math.nan), "decay must be finite and at least 0"),
        (lambda: CosineDecay(0.1, 0), "steps must be at least 1, but it is 0"),
        (
            lambda: CosineDecay(0.1, 5, 0.2),
            "final must be at least 0 and at most 0.1, but it is 0.2",
        ),
        (lambda: CosineDecay(0.1, 5, math.nan), "final must be at least 0 and at most 0.1"),
        (lambda: WarmUp(Constant(0.1), 0), "steps must be at least 1, but it is 0"),
        (lambda: WarmUp(lambda step: math.nan, 5), "initial must be finite and more than 0"),
        (lambda: Plateau(0.1, factor=1), "factor must be more than 0 and less than 1"),
        (lambda: Plateau(0.1, patience=0), "patience must be at least 1, but it is 0"),
        (lambda: Plateau(0.1, min_delta=math.nan), "min_delta must be finite and at least 0"),
        (
            lambda: Plateau(0.1, min_delta=-1),
            "min_delta must be finite and at least 0, but it is -1",
        ),
        (
            lambda: Plateau(0.1, final=0.5),
            "final must be at least 0 and at most 0.1, but it is 0.5",
        ),
        (lambda: Constant(0.1)(math.nan), "step must be at least 0, but it is nan"),
    ],
)
def test_settings_out_of_range_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant("0.1"), "initial must be a number, but it is '0.1'"),
        (lambda: StepDecay(0.1, 2.5), "every must be a whole number, but it is 2.5"),
        (lambda: CosineDecay(0.1, "9"), "steps must be a whole number, but it is '9'"),
        (lambda: Plateau(0.1, patience=None), "patience must be a whole number, but it is None"),
        (lambda: WarmUp(0.1, 5), r"function of the step, such as Constant\(0\.1\), not 0\.1"),
        (lambda: WarmUp(Constant, 5), "schedule is the class Constant, not an object of it"),
        (lambda: WarmUp(Plateau(0.1), 5), "depend on the step alone, but Plateau depends on more"),
    ],
)
def test_settings_of_another_type_are_named(make, message):
    with pytest.raises(TypeError, match=message):
        make()
