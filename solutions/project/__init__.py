"""Chapter 9: the project, a network of one's own."""

from solutions.project.own_network import OwnNetwork

__all__ = ["OwnNetwork"]
