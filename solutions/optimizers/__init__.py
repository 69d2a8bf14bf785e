"""Chapter 4: optimizers and schedules, and the loop that trains any network with them."""

from solutions.optimizer import Optimizer
from solutions.optimizers.adaptive import AdaGrad, Adam, AdamW, RMSProp
from solutions.optimizers.blocks import Block
from solutions.optimizers.momentum import SGD, Momentum, Nesterov
from solutions.optimizers.network import Network
from solutions.optimizers.progress import progress_bar
from solutions.optimizers.protocols import (
    Projection,
    Regularizer,
    Stateful,
    ValidationSchedule,
    Watcher,
)
from solutions.optimizers.rprop import Rprop
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
from solutions.saving import check_state, host_copies, read_arrays, write_arrays

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
