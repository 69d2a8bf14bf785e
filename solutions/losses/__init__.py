"""Chapter 2: losses, and how a network learns from them."""

from solutions.losses.descent import gradient_descent, minibatches, sgd, sgd_step
from solutions.losses.differences import central_difference, forward_difference, numerical_gradient
from solutions.losses.hierarchical_softmax import HierarchicalSoftmax
from solutions.losses.labels import accuracy, check_labels, one_hot, one_hot_targets
from solutions.losses.loss_functions import (
    cross_entropy,
    hinge_loss,
    log_softmax,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    squared_error,
)
from solutions.losses.uncertainty import measured_gradient

__all__ = [
    "HierarchicalSoftmax",
    "accuracy",
    "central_difference",
    "check_labels",
    "cross_entropy",
    "forward_difference",
    "gradient_descent",
    "hinge_loss",
    "log_softmax",
    "measured_gradient",
    "minibatches",
    "numerical_gradient",
    "one_hot",
    "one_hot_targets",
    "sgd",
    "sgd_step",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "squared_error",
]
