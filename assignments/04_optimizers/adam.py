"""Adam: how it is checked, and which mistakes are known."""

from handgrad import Task, keep

from .inputs import RATES, add_faint_check, add_optimizer_checks, arrays, walk

task = Task("adam", "Adam", points=8, needs=["Adam"], minutes=20)

add_optimizer_checks(task, "Adam", beta1=0.8, beta2=0.95, eps=1e-3)
add_faint_check(task, "Adam", beta1=0.8, beta2=0.95)


@task.check("two optimizers in turn: each counts its own steps, and remembers its own gradients")
def two_in_turn(impl, rng):
    kept = [keep(impl, arrays(rng)) for _ in range(2)]
    both = [impl.Adam(params, 0.1, beta1=0.8, beta2=0.95, eps=1e-3) for params in kept]
    paths = []
    for rate in RATES[:2]:
        for optimizer, params in zip(both, kept, strict=True):
            paths += walk(optimizer, params, [arrays(rng)], [rate])
    return paths


# Known mistakes -----------------------------------------------------------------------------------

import numpy as np

from solutions.optimizers import Adam

from .mistakes import (
    CLIMBS,
    EPS_BESIDE,
    EPS_INSIDE,
    NO_EPS,
    NO_RATE,
    NO_ROOT,
    add_faults,
    add_mistakes_of_place,
    squared,
)


def count(optimizer, kind):
    """Return the t of a step, as it is counted in this way."""
    optimizer.steps += kind == "advanced"
    if kind in ("", "next", "advanced"):
        return optimizer.steps + (kind == "next")
    holder = type(optimizer) if kind == "shared" else optimizer
    holder.t = getattr(holder, "t", 0) + 1
    return holder.t


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
    "t_per_parameter": (
        "Your t advances with each parameter. It counts steps, and is the same for all parameters "
        "of a step: `self.steps` counts them for you.",
        {"kind": "per parameter"},
    ),
    "steps_advanced": (
        "Your update adds to `self.steps`. `step` has done so already, once for all parameters.",
        {"kind": "advanced"},
    ),
    "t_shared": (
        "Your t is counted outside of the object: with each parameter, and across all optimizers. "
        "`self.steps` counts the steps of this one.",
        {"kind": "shared"},
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

add_faults(task, Adam, rule, FAULTS, ALIKE, PAIRS)
add_mistakes_of_place(task, Adam, squared)
