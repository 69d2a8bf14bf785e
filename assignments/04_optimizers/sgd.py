"""Gradient descent as an optimizer: how it is checked, and which mistakes are known."""

from handgrad import Task, fetch, keep

from .inputs import RATES, arrays, walk

task = Task("sgd", "Gradient descent", points=3, needs=["SGD"], minutes=10)


@task.check("after three steps, at learning rates that change", weight=2)
def three_steps(impl, rng):
    params, all_grads = keep(impl, arrays(rng)), [arrays(rng) for _ in RATES]
    return walk(impl.SGD(params, 0.1), params, all_grads)


# Known mistakes -----------------------------------------------------------------------------------

from solutions.optimizers import SGD


@task.misconception("You go uphill: the gradient points to where the loss grows.")
class uphill(SGD):
    def update(self, name, param, grad):
        param += self.learning_rate * grad
