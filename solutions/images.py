"""Batches of images, (N, C, H, W)."""

from __future__ import annotations

from solutions.arrays import Array


def check_images(x: Array) -> None:
    """Raise ValueError unless x is a batch of images with at least one pixel each."""
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise ValueError(f"x has shape {x.shape}, expected (N, C, H, W)")
