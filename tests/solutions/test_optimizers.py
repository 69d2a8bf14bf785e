"""Chapter 4's optimizers against PyTorch's trajectories, closed forms and their definitions."""

import copy
import inspect
import math

import numpy as np
import pytest
from device import assert_same, same_on_device, to_device
from hypothesis import given, settings
from hypothesis import strategies as st

from solutions.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    RMSProp,
    Rprop,
)

few = settings(max_examples=25)
shapes = st.lists(st.integers(0, 4), max_size=4).map(tuple)

ALL = [SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW, Rprop]

# ours, its settings, PyTorch's name, its settings
SAME_AS_TORCH = [
    (SGD, {"learning_rate": 0.1}, "SGD", {"lr": 0.1}),
    (Momentum, {"learning_rate": 0.1, "momentum": 0.8}, "SGD", {"lr": 0.1, "momentum": 0.8}),
    (
        Nesterov,
        {"learning_rate": 0.1, "momentum": 0.8},
        "SGD",
        {"lr": 0.1, "momentum": 0.8, "nesterov": True},
    ),
    (AdaGrad, {"learning_rate": 0.3}, "Adagrad", {"lr": 0.3, "eps": 1e-8}),
    (RMSProp, {"learning_rate": 0.02, "decay": 0.7}, "RMSprop", {"lr": 0.02, "alpha": 0.7}),
    (Adam, {}, "Adam", {}),
    (
        Adam,
        {"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.8, "eps": 0.03},
        "Adam",
        {"lr": 0.1, "betas": (0.7, 0.8), "eps": 0.03},
    ),
    (AdamW, {}, "AdamW", {}),
    (
        AdamW,
        {"learning_rate": 0.05, "weight_decay": 0.4},
        "AdamW",
        {"lr": 0.05, "weight_decay": 0.4},
    ),
    (Rprop, {}, "Rprop", {}),
    (
        Rprop,
        {"learning_rate": 0.3, "shrink": 0.3, "grow": 2, "smallest": 0.02, "largest": 0.5},
        "Rprop",
        {"lr": 0.3, "etas": (0.3, 2), "step_sizes": (0.02, 0.5)},
    ),
]


def slope(x):
    """The gradient of ½ x² + 2 cos x, element by element: it changes its sign on the way."""
    return x - 2 * np.sin(x)


def parameters(dtype=np.float64):
    rng = np.random.default_rng(1)
    return {
        "W": (3 * rng.normal(size=(4, 3))).astype(dtype),
        "b": np.array([0.0, -1.5, 8.0], dtype=dtype),  # the slope at 0 is 0
    }


def walk(optimizer, steps):
    for _ in range(steps):
        optimizer.step({name: slope(param) for name, param in optimizer.params.items()})


@pytest.mark.parametrize(("ours", "settings_", "name", "torch_settings"), SAME_AS_TORCH)
def test_trajectory_is_that_of_torch(torch, ours, settings_, name, torch_settings):
    params = parameters()
    tensors = {key: torch.tensor(param, requires_grad=True) for key, param in params.items()}
    optimizer = ours(params, **settings_)
    reference = getattr(torch.optim, name)(tensors.values(), **torch_settings)
    for step in range(30):
        walk(optimizer, 1)
        for tensor in tensors.values():
            tensor.grad = torch.tensor(slope(tensor.detach().numpy()))
        reference.step()
        for key, tensor in tensors.items():
            np.testing.assert_allclose(
                params[key], tensor.detach().numpy(), rtol=1e-9, atol=1e-12, err_msg=f"step {step}"
            )


def test_momentum_is_the_courses_formula_where_the_learning_rate_changes():
    x, v, params = np.array([2.0, -3.0]), 0.0, {"x": np.array([2.0, -3.0])}
    optimizer = Momentum(params, momentum=0.8)
    for rate in (0.1, 0.2, 0.03, 0.5):
        v = 0.8 * v - rate * slope(x)
        x = x + v
        optimizer.learning_rate = rate
        walk(optimizer, 1)
        np.testing.assert_allclose(params["x"], x, rtol=1e-12)


def test_nesterov_takes_the_gradient_where_the_ball_is_about_to_be():
    x, v, params = np.array([2.0, -3.0]), 0.0, {"x": np.array([2.0, -3.0])}
    optimizer = Nesterov(params, learning_rate=0.1, momentum=0.8)
    for _ in range(20):
        v = 0.8 * v - 0.1 * slope(x + 0.8 * v)  # the textbook's form, on the point behind
        x = x + v
        walk(optimizer, 1)
        np.testing.assert_allclose(params["x"], x + 0.8 * v, rtol=1e-12)


def test_constant_gradient_in_closed_form():
    gradient, n = np.array([0.5, -40.0]), 25
    ends = {}
    for kind in (SGD, Momentum, AdaGrad, Adam):
        optimizer = kind({"x": np.zeros(2)}, learning_rate=0.1)
        for _ in range(n):
            optimizer.step({"x": gradient})
        ends[kind] = optimizer.params["x"]
    k = np.arange(1, n + 1)
    np.testing.assert_allclose(ends[SGD], -0.1 * n * gradient)
    np.testing.assert_allclose(ends[Momentum], -0.1 * gradient * ((1 - 0.9**k) / 0.1).sum())
    np.testing.assert_allclose(ends[AdaGrad], -0.1 * np.sign(gradient) * (k**-0.5).sum(), rtol=1e-6)
    np.testing.assert_allclose(ends[Adam], -0.1 * n * np.sign(gradient), rtol=1e-6)


def test_adamw_shrinks_all_weights_alike_whatever_their_gradients():
    params = {"x": np.array([3.0, 3.0, -2.0])}
    optimizer = AdamW(params, learning_rate=0.1, weight_decay=0.5)
    plain = {"x": params["x"] * (1 - 0.1 * 0.5)}
    gradient = {"x": np.array([0.001, 100.0, -4.0])}
    Adam(plain, learning_rate=0.1).step(gradient)
    optimizer.step(gradient)
    np.testing.assert_allclose(params["x"], plain["x"], rtol=1e-12)


def test_rprop_runs_away_on_mini_batches_where_rmsprop_stays():
    """Hinton's example: nine gradients of 0.1 and one of −0.9, which cancel over an epoch."""
    ends = {}
    for kind in (Rprop, RMSProp):
        optimizer = kind({"x": np.zeros(1)}, learning_rate=0.001)
        for gradient in 10 * [*(9 * [0.1]), -0.9]:
            optimizer.step({"x": np.array([gradient])})
        ends[kind] = abs(optimizer.params["x"].item())
    assert ends[RMSProp] < 0.2
    assert ends[Rprop] > 10


@pytest.mark.parametrize("kind", ALL)
@few
@given(shape=shapes, dtype=st.sampled_from([np.float16, np.float32, np.float64]))
def test_step_works_in_place_on_any_shape_and_dtype_and_leaves_gradients(kind, shape, dtype):
    rng = np.random.default_rng(len(shape))
    params = {"W": np.asarray(rng.normal(size=shape)).astype(dtype), "b": np.ones(2, dtype)}
    grads = {name: (np.asarray(slope(param))).astype(dtype) for name, param in params.items()}
    same, before = dict(params), copy.deepcopy(grads)
    optimizer = kind(params, learning_rate=0.1)
    for _ in range(2):
        optimizer.step(grads)
    for name, param in params.items():
        assert optimizer.params[name] is param is same[name]
        assert param.dtype == dtype
        assert np.isfinite(param).all()
        np.testing.assert_array_equal(grads[name], before[name])
    for memory in optimizer.memory.values():
        assert {array.dtype for array in memory.values()} == {np.promote_types(dtype, np.float32)}


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2e-4), (np.float16, 0.05)])
def test_low_precision_follows_float64(kind, dtype, tolerance):
    low, high = parameters(dtype), {k: v.astype(np.float64) for k, v in parameters(dtype).items()}
    walk(kind(low, learning_rate=0.01), 10)
    walk(kind(high, learning_rate=0.01), 10)
    for name in low:
        np.testing.assert_allclose(low[name], high[name], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam, AdamW])
def test_small_gradients_of_float16_do_not_divide_by_zero(kind):
    """Their squares and the usual ε are 0 in float16."""
    params = {"x": np.ones(3, dtype=np.float16)}
    optimizer = kind(params, learning_rate=0.01)
    optimizer.step({"x": np.array([1e-5, 0, -1e-5], dtype=np.float16)})
    assert (params["x"] < 1).tolist() == [True, False, False]
    assert np.abs(params["x"] - 1).max() <= 0.05


def test_a_rule_is_told_the_step_and_given_gradients_of_float32_at_least():
    seen = []

    class Rule(Optimizer):
        def update(self, name, param, grad):
            seen.append((self.steps, name, str(param.dtype), str(grad.dtype)))

    params = {dtype: np.ones(2, dtype=dtype) for dtype in ("float16", "float32", "float64")}
    optimizer = Rule(params)
    for dtype in ("float16", "float64"):
        optimizer.step({name: np.ones(2, dtype=dtype) for name in params})
    wide = {"float16": "float32", "float32": "float32", "float64": "float64"}
    assert seen == [(t, name, name, wide[name]) for t in (1, 2) for name in params]


def test_gradient_of_higher_precision_does_not_change_the_dtype():
    params = {"x": np.ones(2, dtype=np.float32)}
    for kind in ALL:
        optimizer = kind(params)
        optimizer.step({"x": np.array([0.5, -0.5])})
        assert optimizer.params["x"].dtype == np.float32


@pytest.mark.parametrize("wide", [np.float64, np.array], ids=["float64", "array"])
@pytest.mark.parametrize("kind", ALL)
def test_hyperparameters_of_numpy_change_neither_dtype_nor_bits(kind, wide):
    """Each by its name, and the learning rate once more as a careless schedule would set it."""
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(kind).parameters.items()
        if name != "params"
    }
    plain, careless = parameters(np.float32), parameters(np.float32)
    first = kind(plain, **defaults)
    second = kind(careless, **{name: wide(value) for name, value in defaults.items()})
    assert all(type(getattr(second, name)) is float for name in defaults)
    second.learning_rate = wide(first.learning_rate)
    for optimizer in (first, second):
        walk(optimizer, 3)
    for name, param in careless.items():
        assert param.dtype == np.float32
        np.testing.assert_array_equal(param, plain[name])
    for memory in second.memory.values():
        assert {array.dtype for array in memory.values()} == {np.dtype(np.float32)}
    gradient = second.learning_rate * np.ones(1, np.float32)
    assert gradient.dtype == np.float32


@pytest.mark.parametrize("kind", ALL)
def test_training_goes_on_from_a_saved_state_to_the_same_bits(kind):
    params = parameters()
    first = kind(params)
    walk(first, 7)
    first.learning_rate = 0.02
    state, saved = first.state(), {name: param.copy() for name, param in params.items()}
    frozen = copy.deepcopy(state)
    walk(first, 5)
    assert state.keys() == frozen.keys()
    for key in state:  # a state is a copy, which later steps do not reach
        np.testing.assert_array_equal(state[key], frozen[key])
    second = kind(saved)
    second.load_state(state)
    assert (second.steps, second.learning_rate) == (7, 0.02)
    walk(second, 5)
    for name in params:
        np.testing.assert_array_equal(saved[name], params[name])
    assert {name.split(".")[0] for name in state} == {"steps", "learning_rate", *first.memory}


UNFIT = {
    "another kind": (lambda state: Momentum(parameters()).state(), r"'m\.W' is missing"),
    "shape": (lambda state: state | {"v.b": np.zeros(1)}, r"'v\.b' has shape \(1,\), but \(3,\)"),
    "text": (lambda state: state | {"v.b": np.array(["a", "b", "c"])}, r"'v\.b' is of dtype <U1"),
    "steps": (lambda state: state | {"steps": np.array(-1)}, "steps must be at least 0"),
    "half a step": (lambda state: state | {"steps": np.array(0.5)}, "'steps' is of dtype float64"),
    "rate": (
        lambda state: state | {"learning_rate": np.array(np.nan)},
        "learning_rate must be fin",
    ),
}


@pytest.mark.parametrize("mistake", UNFIT)
def test_a_state_that_does_not_fit_changes_nothing(mistake):
    change, sentence = UNFIT[mistake]
    adam, other = Adam(parameters()), Adam(parameters(), learning_rate=0.5)
    walk(adam, 3)
    walk(other, 2)
    before = adam.state()
    with pytest.raises(ValueError, match=f"state does not fit Adam: {sentence}"):
        adam.load_state(change(other.state()))
    for name, value in adam.state().items():
        np.testing.assert_array_equal(value, before[name])


def test_gradients_that_do_not_fit_are_refused_before_anything_changes():
    params = parameters()
    before, optimizer = copy.deepcopy(params), Adam(params)
    grads = {"W": np.ones((4, 3)), "b": np.ones(3)}
    with pytest.raises(ValueError, match=r"grads\['b'\] is missing"):
        optimizer.step({"W": grads["W"]})
    with pytest.raises(ValueError, match=r"grads\['c'\] belongs to no parameter"):
        optimizer.step(grads | {"c": np.ones(1)})
    with pytest.raises(ValueError, match=r"grads\['b'\] has shape \(1,\), its parameter \(3,\)"):
        optimizer.step(grads | {"b": np.ones(1)})
    assert optimizer.steps == 0
    for name, param in params.items():
        np.testing.assert_array_equal(param, before[name])


@pytest.mark.parametrize(
    ("kind", "settings_", "message"),
    [
        (
            SGD,
            {"learning_rate": -0.1},
            "learning_rate must be finite and at least 0, but it is -0.1",
        ),
        (SGD, {"learning_rate": math.nan}, "learning_rate must be finite and .*, but it is nan"),
        (SGD, {"learning_rate": math.inf}, "learning_rate must be finite and .*, but it is inf"),
        (Momentum, {"momentum": 1}, "momentum must be at least 0 and less than 1, but it is 1"),
        (Nesterov, {"momentum": -0.1}, "momentum must be at least 0 and less than 1"),
        (RMSProp, {"decay": 1.5}, "decay must be at least 0 and less than 1, but it is 1.5"),
        (AdaGrad, {"eps": -1e-8}, "eps must be finite and more than 0, but it is -1e-08"),
        (RMSProp, {"eps": math.nan}, "eps must be finite and more than 0"),
        (Adam, {"eps": 0}, "eps must be finite and more than 0, but it is 0"),
        (Adam, {"beta1": 1.0}, "beta1 must be at least 0 and less than 1, but it is 1.0"),
        (Adam, {"beta2": -1}, "beta2 must be at least 0 and less than 1, but it is -1"),
        (AdamW, {"weight_decay": -1}, "weight_decay must be finite and at least 0, but it is -1"),
        (Rprop, {"shrink": 0}, "shrink must be more than 0 and less than 1, but it is 0"),
        (Rprop, {"grow": 1}, "grow must be finite and more than 1, but it is 1"),
        (Rprop, {"smallest": 0}, "smallest must be finite and more than 0, but it is 0"),
        (Rprop, {"smallest": 1, "largest": 0.5}, "largest must be finite and at least 1, but"),
    ],
)
def test_settings_out_of_range_are_named(kind, settings_, message):
    with pytest.raises(ValueError, match=message):
        kind(parameters(), **settings_)


def test_a_learning_rate_set_later_is_held_to_the_same():
    optimizer = SGD(parameters())
    for rate in (-1, math.nan):
        with pytest.raises(ValueError, match="learning_rate must be finite and at least 0"):
            optimizer.learning_rate = rate
    with pytest.raises(TypeError, match=r"learning_rate must be a number, but it is '0.1'"):
        optimizer.learning_rate = "0.1"
    assert optimizer.learning_rate == 0.01


NO_PARAMS = {
    "integers": ({"n": np.zeros(2, int)}, TypeError, r"'n'\] must be of a float type, not int64"),
    "number": ({"n": 1.0}, TypeError, r"params\['n'\] must be an array, not a float"),
    "list": ([np.zeros(2)], TypeError, r"a dictionary of arrays by name, such as network\.params"),
    "nothing": ({}, ValueError, "params is empty: there is nothing to train"),
}


@pytest.mark.parametrize("mistake", NO_PARAMS)
def test_what_cannot_be_trained_is_refused(mistake):
    params, error, sentence = NO_PARAMS[mistake]
    with pytest.raises(error, match=sentence):
        SGD(params)


def test_an_optimizer_without_a_rule_says_so():
    with pytest.raises(NotImplementedError, match="Optimizer has no rule of its own"):
        walk(Optimizer(parameters(), 0.1), 1)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.usefixtures("fake_cupy")
def test_same_on_the_device(kind):
    def run(put):
        optimizer = kind({name: put(param) for name, param in parameters().items()})
        walk(optimizer, 3)
        return optimizer.params, optimizer.memory

    same_on_device(run)


@pytest.mark.usefixtures("fake_cupy")
def test_state_is_loaded_from_the_host_onto_the_device():
    host = Adam(parameters())
    walk(host, 3)
    device = Adam({name: to_device(param) for name, param in parameters().items()})
    device.load_state(host.state())
    np.testing.assert_array_equal(device.m["W"].get(), host.m["W"])


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.usefixtures("fake_cupy")
def test_an_optimizer_follows_its_parameters_to_the_device_and_back(kind):
    stayed, moved = kind(parameters()), kind(parameters())
    for optimizer in (stayed, moved):
        walk(optimizer, 2)
    there = {name: to_device(param) for name, param in moved.params.items()}
    moved.rebind(there)
    assert all(moved.params[name] is array for name, array in there.items())
    for optimizer in (stayed, moved):
        walk(optimizer, 2)
    moved.rebind({name: param.get() for name, param in there.items()})
    for optimizer in (stayed, moved):
        walk(optimizer, 2)
    for name, param in stayed.params.items():
        assert_same(moved.params[name], param)
    for name, value in stayed.state().items():
        assert_same(moved.state()[name], value)


def test_an_optimizer_is_bound_to_parameters_of_the_same_names_and_shapes():
    optimizer = Adam(parameters())
    before = dict(optimizer.params)
    for other in ({"W": np.zeros((4, 3))}, {"W": np.zeros((4, 3)), "b": np.zeros(4)}):
        with pytest.raises(ValueError, match="params must have the names and shapes of those that"):
            optimizer.rebind(other)
    assert all(optimizer.params[name] is array for name, array in before.items())
