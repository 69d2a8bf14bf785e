"""PyTorch's LeNet, as both benchmarks have it for a peer; the same layers as ours."""

from __future__ import annotations

from typing import Any


def torch_lenet(torch: Any) -> Any:
    """Return the network of PyTorch, from x (N, 1, 28, 28) to logits (N, 10)."""
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )
