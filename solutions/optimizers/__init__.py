"""Chapter 4: optimizers and schedules, and the loop that trains any network with them."""

from solutions.optimizer import Optimizer
from solutions.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from solutions.optimizers.blocks import Block
from solutions.optimizers.momentum import SGD, Momentum, Nesterov
from solutions.optimizers.network import Network
from solutions.optimizers.noise import alignment, gradient_noise
from solutions.optimizers.progress import progress_bar
from solutions.optimizers.protocols import (
    Projection,
    Recorder,
    Regularizer,
    Stateful,
    Watcher,
)
from solutions.optimizers.rprop import Rprop
from solutions.optimizers.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    Plateau,
    StepDecay,
    WarmUp,
    own_schedule,
)
from solutions.optimizers.stability import diverges, largest_rate
from solutions.optimizers.training import DivergedError, Trainer
from solutions.saving import check_state, host_copies, read_arrays, write_arrays
from solutions.schedule import Schedule, ValidationSchedule

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Block",
    "Constant",
    "CosineDecay",
    "DivergedError",
    "ExponentialDecay",
    "InverseTimeDecay",
    "Momentum",
    "Nesterov",
    "Network",
    "Optimizer",
    "Plateau",
    "Projection",
    "RMSProp",
    "Recorder",
    "Regularizer",
    "Rprop",
    "Schedule",
    "Stateful",
    "StepDecay",
    "Trainer",
    "ValidationSchedule",
    "WarmUp",
    "Watcher",
    "alignment",
    "check_state",
    "diverges",
    "gradient_noise",
    "host_copies",
    "largest_rate",
    "own_schedule",
    "progress_bar",
    "read_arrays",
    "write_arrays",
]
