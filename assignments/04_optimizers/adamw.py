"""AdamW: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep

from .inputs import RATES, add_optimizer_checks, arrays, walk

task = Task("adamw", "AdamW", points=4, needs=["AdamW"], minutes=10)

SETTINGS = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3}


@task.check("where gradients are 0, parameters shrink by the rate times λ, step by step", weight=2)
def decay_alone(impl, rng):
    params, zeros = keep(impl, arrays(rng)), arrays(rng, size=0.0)
    optimizer = impl.AdamW(params, RATES[0], weight_decay=0.4, **SETTINGS)
    return walk(optimizer, params, [zeros for _ in RATES])


@task.check("what a step does beyond that of your own Adam", weight=2)
def beyond_adam(impl, rng):
    start, grads = arrays(rng), arrays(rng)
    found = []
    for make, more in ((impl.Adam, {}), (impl.AdamW, {"weight_decay": 0.4})):
        params = keep(impl, start)
        make(params, RATES[0], **SETTINGS, **more).step(grads)
        found.append(fetch(params))
    return {name: found[1][name] - found[0][name] for name in start}


add_optimizer_checks(task, "AdamW", **SETTINGS, weight_decay=0.4)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import Adam, AdamW

from .mistakes import add_faults, add_mistakes_of_place


def rule(
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
    rule,
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
