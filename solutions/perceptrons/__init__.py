"""Chapter 1: perceptrons, from logic gates to the forward pass of a network."""

from solutions.perceptrons.activations import identity, relu, sigmoid, softmax, tanh
from solutions.perceptrons.fully_connected import collapse_affine, forward_network, init_network
from solutions.perceptrons.gates import (
    and_gate,
    nand_gate,
    or_gate,
    perceptron,
    step,
    xor_from_nand,
    xor_gate,
)
from solutions.perceptrons.learning_rule import Perceptron

__all__ = [
    "Perceptron",
    "and_gate",
    "collapse_affine",
    "forward_network",
    "identity",
    "init_network",
    "nand_gate",
    "or_gate",
    "perceptron",
    "relu",
    "sigmoid",
    "softmax",
    "step",
    "tanh",
    "xor_from_nand",
    "xor_gate",
]
