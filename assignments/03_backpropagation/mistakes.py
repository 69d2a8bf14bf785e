"""What known mistakes of several tasks share."""

import numpy as np

MEASURED = (
    "This gradient is measured, not derived: it comes from what forward gives for inputs, or "
    "parameters, that are moved by a step. Work it out from the chain rule instead."
)


def measured(f, x, dout, h=1e-5):
    """Return the slopes of Σ dout · f at x by central differences."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = np.sum(dout * (f(x + step) - f(x - step))) / (2 * h)
    return gradient


def moved(x, index, by):
    """Return a copy of x with one coordinate moved."""
    step = np.zeros_like(x)
    step[index] = by
    return x + step


FIRST_FOR_EVER = (
    "Something that is remembered on the way forward stays that of the first call: later calls do "
    "not replace it. Each forward has to remember anew what its way back needs."
)

SHARED = (
    "What one object remembers is overwritten by another's: the memory is shared, as it is when it "
    "belongs to the class or is a global variable. It has to belong to the object."
)


class FirstForEver:
    """Keeps what the first forward remembers: those attributes that ``memory`` names."""

    memory = ()

    def forward(self, *inputs):
        y = super().forward(*inputs)
        if not hasattr(self, "first"):
            self.first = {name: getattr(self, name) for name in self.memory}
        vars(self).update(self.first)
        return y


class OnTheClass:
    """Keeps on the class what forward remembers: those attributes that ``memory`` names."""

    memory = ()

    def forward(self, *inputs):
        y = super().forward(*inputs)
        for name in self.memory:
            setattr(type(self), name, vars(self).pop(name))
        return y
