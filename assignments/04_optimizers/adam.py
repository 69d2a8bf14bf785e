"""Adam and AdamW: how they are checked, and which mistakes are known."""

import numpy as np

from handgrad import Task, fetch, keep

from .inputs import RATES, add_faint_check, add_in_place_check, add_optimizer_checks, arrays, walk

task = Task("adam", "Adam and AdamW", points=12, needs=["Adam", "AdamW"], minutes=30)

SETTINGS = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3}

add_optimizer_checks(task, "Adam", **SETTINGS)
add_faint_check(task, "Adam", beta1=0.8, beta2=0.95)


@task.check(
    "Adam: two optimizers in turn: each counts its own steps, and remembers its own gradients",
    weight=0.5,
)
def two_in_turn(impl, rng):
    kept = [keep(impl, arrays(rng)) for _ in range(2)]
    both = [impl.Adam(params, 0.1, **SETTINGS) for params in kept]
    paths = []
    for rate in RATES[:2]:
        for optimizer, params in zip(both, kept, strict=True):
            paths += walk(optimizer, params, [arrays(rng)], [rate])
    return paths


@task.check("AdamW: where gradients are 0, parameters shrink by the rate times λ, step by step")
def decay_alone(impl, rng):
    params, zeros = keep(impl, arrays(rng)), arrays(rng, size=0.0)
    optimizer = impl.AdamW(params, RATES[0], weight_decay=0.4, **SETTINGS)
    return walk(optimizer, params, [zeros for _ in RATES])


@task.check(
    "AdamW: what each of three steps does beyond your own Adam's, from the same place", weight=2
)
def beyond_adam(impl, rng):
    both = [{name: keep(impl, array) for name, array in arrays(rng).items()} for _ in range(2)]
    adam = impl.Adam(both[0], RATES[0], **SETTINGS)
    adamw = impl.AdamW(both[1], RATES[0], **SETTINGS, weight_decay=0.4)
    found = []
    for rate in RATES:
        grads, start = arrays(rng), arrays(rng)
        for params, optimizer in zip(both, (adam, adamw), strict=True):
            for name, array in start.items():
                params[name].put(np.arange(array.size), array)
            optimizer.learning_rate = rate
            optimizer.step(grads)
        found.append({name: fetch(both[1][name]) - fetch(both[0][name]) for name in start})
    return found


add_in_place_check(task, "AdamW", **SETTINGS, weight_decay=0.4)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Adam, AdamW

from .mistakes import (
    CLIMBS,
    EPS_BESIDE,
    EPS_INSIDE,
    NO_EPS,
    NO_RATE,
    NO_ROOT,
    add_eps_of_its_own,
    add_faults,
    add_mistakes_of_place,
    squared,
)


def count(optimizer, kind):
    """Return the t of a step, as it is counted in this way."""
    optimizer.steps += kind == "advanced"
    if kind in ("", "next", "before", "advanced"):
        return optimizer.steps + (kind == "next") - (kind == "before")
    optimizer.t = getattr(optimizer, "t", 0) + 1
    return optimizer.t


def rule(
    self,
    name,
    param,
    grad,
    *,
    sign=1,
    rated=True,
    kept="mv",
    correct="mv",
    power=True,
    kind="",
    write_back=False,
    place="",
    root=True,
    squares=True,
    swapped="",
    weight="mv",
    betas="",
    numerator="m",
    of="g",
    fixed=False,
):
    beta1, beta2 = (0.9, 0.999) if fixed else (self.beta1, self.beta2)
    if betas == "exchanged":
        beta1, beta2 = beta2, beta1
    t, rate = count(self, kind), self.learning_rate if rated else 1
    m, v = self.m[name].copy(), self.v[name].copy()
    first, second = (1 - beta1, beta1) if "m" in swapped else (beta1, 1 - beta1)
    m = first * m + (second if "m" in weight else 1) * grad
    first, second = (1 - beta2, beta2) if "v" in swapped else (beta2, 1 - beta2)
    square = (m if of == "m" else grad) ** 2 if squares else abs(grad)
    v = first * v + (second if "v" in weight else 1) * square
    one, two = (1 - beta1**t, 1 - beta2**t) if power else (1 - beta1, 1 - beta2)
    with np.errstate(divide="ignore", invalid="ignore"):
        m_hat, v_hat = m / one if "m" in correct else m, v / two if "v" in correct else v
    if "m" in kept:
        self.m[name][...] = m_hat if write_back else m
    if "v" in kept:
        self.v[name][...] = v_hat if write_back else v
    exponent = 0.5 if root else 1
    over = {"m": m_hat, "g": grad}[numerator]
    with np.errstate(divide="ignore", invalid="ignore"):
        step = {
            "": lambda: over / (v_hat**exponent + self.eps),
            "hat": lambda: over / ((v**exponent + self.eps) / two**0.5),
            "inside": lambda: over / (v_hat + self.eps) ** exponent,
            "none": lambda: over / v_hat**exponent,
            "beside": lambda: over / v_hat**exponent + self.eps,
        }[place]()
        param -= sign * rate * step


FAULTS = {
    "uphill": (CLIMBS, {"sign": -1}),
    "no_rate": (NO_RATE, {"rated": False}),
    "no_correction": (
        "The correction is missing: m and v start from 0, and are too small at first. (The root of "
        "v is so even more than m, so the first steps come out too long, not too short.)",
        {"correct": ""},
    ),
    "m_uncorrected": (
        "Your m is not corrected, and v is. So the first steps are too short.",
        {"correct": "v"},
    ),
    "v_uncorrected": (
        "You take the root of v without its correction. So the first steps are far too long.",
        {"correct": "m"},
    ),
    "without_the_power": (
        "You divide by 1 − β in every step; or the new numbers come in with their full weight and "
        "nothing is corrected, which gives the same. The correction has to fade: in step t it is a "
        "division by 1 − βᵗ, and `self.steps` is t.",
        {"power": False},
    ),
    "t_next": (
        "Your t is one too many: in the first step it has to be 1, which is what `self.steps` says "
        "there.",
        {"kind": "next"},
    ),
    "t_before": (
        "Your t is 0 in the first step. There 1 − β⁰ is 0, and you divide by it. It begins with 1, "
        "as `self.steps` does.",
        {"kind": "before"},
    ),
    "t_per_parameter": (
        "Your t advances with each parameter. It counts steps, and is the same for all parameters "
        "of a step: `self.steps` counts them for you.",
        {"kind": "per parameter"},
    ),
    "steps_advanced": (
        "Your update adds to `self.steps`. `step` has done so already, once for all parameters.",
        {"kind": "advanced"},
    ),
    "corrected_in_memory": (
        "You put the corrected values back into m and v, where the next step corrects them once "
        "more. What is remembered has to stay uncorrected.",
        {"write_back": True},
    ),
    "eps_hat": (
        "Your ε is added to the root of the uncorrected v, and the corrections are part of the "
        "rate. That is the faster form at the end of the paper's section 2, and TensorFlow's: its "
        "ε weighs more in the first steps. Here ε is added to the root of the corrected v.",
        {"place": "hat"},
    ),
    "eps_inside": (EPS_INSIDE, {"place": "inside"}),
    "no_eps": (NO_EPS, {"place": "none"}),
    "eps_beside": (EPS_BESIDE, {"place": "beside"}),
    "no_root": (NO_ROOT, {"root": False}),
    "not_squared": (
        "Your v remembers the gradients themselves, where their squares are asked for.",
        {"squares": False},
    ),
    "m_swapped": (
        "In m your weights are the wrong way round: β₁ says how much of the past is kept.",
        {"swapped": "m"},
    ),
    "v_swapped": (
        "In v your weights are the wrong way round: β₂ says how much of the past is kept.",
        {"swapped": "v"},
    ),
    "both_swapped": (
        "In m and v your weights are the wrong way round: β says how much of the past is kept.",
        {"swapped": "mv"},
    ),
    "m_in_full": (
        "In m the gradient comes in with its full weight, not with 1 − β₁.",
        {"weight": "v"},
    ),
    "v_in_full": (
        "In v the square comes in with its full weight, not with 1 − β₂.",
        {"weight": "m"},
    ),
    "both_in_full": (
        "In m and v the new numbers come in with their full weight, not with 1 − β.",
        {"weight": ""},
    ),
    "betas_exchanged": (
        "Your betas are exchanged: β₁ belongs to m, and β₂ to v.",
        {"betas": "exchanged"},
    ),
    "defaults": (
        "Your betas are 0.9 and 0.999 whatever was asked for: the optimizer keeps them as "
        "`self.beta1` and `self.beta2`.",
        {"fixed": True},
    ),
    "m_forgotten": (
        "In every step m begins again from 0. If `m = ...` stands in your code, it makes a new "
        "array, and what is kept stays as it was.",
        {"kept": "v"},
    ),
    "v_forgotten": (
        "In every step v begins again from 0. If `v = ...` stands in your code, it makes a new "
        "array, and what is kept stays as it was.",
        {"kept": "m"},
    ),
    "forgotten": (
        "In every step m and v begin again from 0. If `m = ...` and `v = ...` stand in your code, "
        "they make new arrays, and what is kept stays as it was: change the arrays that are kept, "
        "or put the new ones into their places.",
        {"kept": ""},
    ),
    "gradient_in_the_step": (
        "Your step is the gradient divided by the root: that is RMSProp. In Adam, the corrected m "
        "takes the gradient's place.",
        {"numerator": "g"},
    ),
    "rmsprop": (
        "This is RMSProp: the gradient itself in the numerator, and nothing corrected. What Adam "
        "adds is m, and the two corrections.",
        {"numerator": "g", "correct": ""},
    ),
    "squares_of_m": (
        "Your v takes in the squares of m. It is to remember those of the gradients.",
        {"of": "m"},
    ),
}

PAIRS = (
    "uphill",
    "no_rate",
    "no_correction",
    "v_uncorrected",
    "without_the_power",
    "t_next",
    "t_per_parameter",
    "corrected_in_memory",
    "eps_hat",
    "eps_inside",
    "no_eps",
    "no_root",
    "m_swapped",
    "v_swapped",
    "both_swapped",
    "betas_exchanged",
    "forgotten",
)
ALIKE = {
    "no_correction.without_the_power",
    "no_correction.t_next",
    "no_correction.t_per_parameter",
    "no_correction.corrected_in_memory",
    "without_the_power.t_next",
    "without_the_power.t_per_parameter",
    "v_uncorrected.eps_hat",
    "eps_inside.no_root",
    "corrected_in_memory.forgotten",
}


def heir(wrong):
    """Return the AdamW that derives from a wrong Adam."""

    def init(self, *args, weight_decay=0.01, **kwargs):
        Adam.__init__(self, *args, **kwargs)
        self.weight_decay = weight_decay

    def update(self, name, param, grad):
        param *= 1 - self.learning_rate * self.weight_decay
        wrong.update(self, name, param, grad)

    return {"AdamW": type("AdamW", (Adam,), {"__init__": init, "update": update})}


add_faults(task, Adam, rule, FAULTS, ALIKE, PAIRS, heir)
add_eps_of_its_own(task, Adam, heir)
add_mistakes_of_place(task, Adam, squared, heir=heir)


# AdamW


def rule_of_adamw(
    self, name, param, grad, *, share="both", into="", sign=1, after=False, times=1, adam=True
):
    rate, decay = self.learning_rate, self.weight_decay
    share = {"both": rate * decay, "decay": decay, "rate": rate, "none": 0}[share]
    factor = (1 - sign * share) ** times
    if into == "penalty":
        grad = grad + sign * decay * param
    elif into == "rated":
        grad = grad + sign * rate * decay * param
    elif into == "gradient":
        grad = grad * factor
    elif into == "instead":
        param *= sign * share
    elif not after:
        param *= factor
    if adam:
        Adam.update(self, name, param, grad)
    if after:
        param *= factor


add_faults(
    task,
    AdamW,
    rule_of_adamw,
    {
        "l2_penalty": (
            "You put the decay into the gradient. That is an L2 penalty: it passes through Adam's "
            "scaling. Here the parameter itself shrinks, and Adam is not told of it.",
            {"into": "penalty", "share": "both", "times": 1, "after": False},
        ),
        "penalty_with_rate": (
            "You put the decay into the gradient, with the learning rate. Whatever goes in there "
            "is scaled by Adam, too. Here the parameter itself shrinks.",
            {"into": "rated", "share": "both", "times": 1, "after": False},
        ),
        "gradient_decays": (
            "You shrink the gradient. It is the parameter that decays.",
            {"into": "gradient", "times": 1, "after": False},
        ),
        "share_that_stays": (
            "You multiply the parameter by the share that it is to lose. What stays is 1 minus "
            "that.",
            {"into": "instead", "times": 1, "after": False, "sign": 1},
        ),
        "without_rate": (
            "Your decay is λ alone, as in the paper. Here, as in PyTorch, it is the learning rate "
            "times λ.",
            {"share": "decay"},
        ),
        "without_decay": (
            "Your decay is the learning rate alone: λ is missing.",
            {"share": "rate"},
        ),
        "no_decay": (
            "What comes out is Adam: nothing decays.",
            {"share": "none", "into": "", "sign": 1, "times": 1, "after": False},
        ),
        "grows": ("Your weights grow: the decay has the wrong sign.", {"sign": -1}),
        "after_the_step": (
            "You let the parameter decay after Adam's step. That does little harm, and here the "
            "decay comes first.",
            {"after": True},
        ),
        "twice": ("The decay comes in twice.", {"times": 2}),
        "no_adam": (
            "The parameter decays, and Adam's step is missing.",
            {"adam": False, "into": "", "after": False},
        ),
    },
    alike={"no_decay.no_adam"},
)


def penalized(optimizer, name, grad):
    """Add an L2 penalty's share to a gradient, in place."""
    grad += optimizer.weight_decay * optimizer.params[name]


add_mistakes_of_place(task, AdamW, penalized)
