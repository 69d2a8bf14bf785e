"""What known mistakes of several tasks on columns share."""

import numpy as np


def windows_of(x, FH, FW, stride=1, padding=0):
    """Return the windows of images, (N, C, FH, FW, OH, OW): element k, m of window i, j."""
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    OH, OW = ((size - F) // stride + 1 for size, F in zip(padded.shape[2:], (FH, FW), strict=True))
    windows = np.empty((*x.shape[:2], FH, FW, OH, OW), x.dtype)
    for k, m in np.ndindex(FH, FW):
        windows[:, :, k, m] = padded[:, :, k::stride, m::stride][:, :, :OH, :OW]
    return windows


def columns_of(windows):
    """Return windows (N, C, FH, FW, OH, OW) as columns (N, C·FH·FW, OH·OW)."""
    N, C, FH, FW, OH, OW = windows.shape
    return windows.reshape(N, C * FH * FW, OH * OW)


def frame_of(columns, x_shape, FH, FW, stride, padding, add=True, step=None, by_pixel=False):
    """Return the padded images with all windows at their places, added or just written."""
    N, C, H, W = x_shape
    OH, OW = windows_of(np.zeros(x_shape), FH, FW, stride, padding).shape[4:]
    windows = columns.reshape(N, C, FH, FW, OH, OW)
    frame = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)
    step = stride if step is None else step
    order = [(i, j, k, m) for i, j in np.ndindex(OH, OW) for k, m in np.ndindex(FH, FW)]
    if by_pixel:
        order.sort(key=lambda place: place[2:])
    for i, j, k, m in order:
        there = frame[:, :, i * step + k, j * step + m]
        there[...] = there * add + windows[:, :, k, m, i, j]
    return frame


def cut(frame, x_shape, padding):
    """Return the images within their padding."""
    H, W = x_shape[2:]
    return frame[:, :, padding : padding + H, padding : padding + W]
