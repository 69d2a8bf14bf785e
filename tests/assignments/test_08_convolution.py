"""The assignment on convolutional networks is fair, strict, and says what it means."""

from gate import Gate


class TestConvolution(Gate):
    assignment = "08_convolution"
    minutes = 230
