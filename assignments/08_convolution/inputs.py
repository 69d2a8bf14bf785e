"""What the checks of this chapter draw in common.

The inputs are such that no mistake can hide: no two sizes are alike, images and filters are not
square, windows overlap, strides leave pixels over, and biases are not 0.
"""


def images(rng, *before, H=5, W=8):
    """Draw images (..., H, W) of numbers of both signs."""
    return rng.normal(size=(*before, H, W))


def filters(rng, *before, FH=2, FW=3):
    """Draw filters (..., FH, FW) of numbers of both signs, which add up to something."""
    return rng.normal(size=(*before, FH, FW)) + 0.4


def biases(rng, FN=4):
    """Draw biases (FN,), none of them near 0 or near another one."""
    return rng.permutation(FN) + rng.uniform(0.8, 1.2, size=FN)
