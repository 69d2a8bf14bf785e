"""Chapter 4: optimizers and schedules, and the loop that trains any network with them."""

from solutions.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from solutions.optimizers.blocks import Block
from solutions.optimizers.network import Network
from solutions.optimizers.optimizer import SGD, Momentum, Nesterov, Optimizer
from solutions.optimizers.progress import progress_bar
from solutions.optimizers.protocols import (
    Projection,
    Regularizer,
    Stateful,
    ValidationSchedule,
    Watcher,
)
from solutions.optimizers.rprop import Rprop
from solutions.optimizers.saving import check_state, host_copies, read_arrays, write_arrays
from solutions.optimizers.schedules import (
    Constant,
    CosineDecay,
    ExponentialDecay,
    InverseTimeDecay,
    Plateau,
    Schedule,
    StepDecay,
    WarmUp,
)
from solutions.optimizers.training import DivergedError, Trainer

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
    "Regularizer",
    "Rprop",
    "Schedule",
    "Stateful",
    "StepDecay",
    "Trainer",
    "ValidationSchedule",
    "WarmUp",
    "Watcher",
    "check_state",
    "host_copies",
    "progress_bar",
    "read_arrays",
    "write_arrays",
]
