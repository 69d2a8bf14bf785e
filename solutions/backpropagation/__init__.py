"""Chapter 3: backpropagation, from one node to a trained network."""

from solutions.backpropagation.gradient_checking import (
    GradientCheck,
    crosses_kink,
    gradient_check,
    relative_error,
)
from solutions.backpropagation.gradient_flow import (
    clip_by_norm,
    effective_rank,
    gradient_norms,
    joint_norm,
)
from solutions.backpropagation.graph import Add, Multiply, ShoppingGraph
from solutions.backpropagation.hierarchical_loss import HierarchicalSoftmaxWithLoss
from solutions.backpropagation.layers import Affine, ReLU, Sigmoid, Tanh
from solutions.backpropagation.loss_layers import (
    HingeLoss,
    SigmoidWithLoss,
    SoftmaxWithLoss,
    SquaredLoss,
)
from solutions.backpropagation.two_layer_net import TwoLayerNet, train

__all__ = [
    "Add",
    "Affine",
    "GradientCheck",
    "HierarchicalSoftmaxWithLoss",
    "HingeLoss",
    "Multiply",
    "ReLU",
    "ShoppingGraph",
    "Sigmoid",
    "SigmoidWithLoss",
    "SoftmaxWithLoss",
    "SquaredLoss",
    "Tanh",
    "TwoLayerNet",
    "clip_by_norm",
    "crosses_kink",
    "effective_rank",
    "gradient_check",
    "gradient_norms",
    "joint_norm",
    "relative_error",
    "train",
]
