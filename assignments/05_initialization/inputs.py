"""What the checks of this chapter draw and measure in common.

A check drives an implementation and returns what it gave; that is compared with what the
reference gives for the same inputs, or held against a bound. The inputs are such that no mistake
can hide: batches of several rows, no square matrices, numbers of both signs, biases that are not 0.
"""
