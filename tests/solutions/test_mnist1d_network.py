"""Chapter 8, MNIST-1D: a small network reaches what the data set's authors report of theirs."""

import numpy as np
import pytest

from solutions.backpropagation import SoftmaxWithLoss
from solutions.convolution import mnist1d_cnn
from solutions.data import mnist1d
from solutions.optimizers import Adam, CosineDecay, Trainer


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_signals_become_logits_of_the_same_dtype(dtype, rng):
    network = mnist1d_cnn(rng, classes=7, dtype=dtype)
    x = rng.normal(size=(3, 1, 1, 40)).astype(dtype)
    logits = network.forward(x)
    assert (logits.shape, logits.dtype) == ((3, 7), dtype)
    network.backward(np.ones_like(logits))
    assert {grad.dtype for grad in network.grads.values()} == {np.dtype(dtype)}


def test_mnist1d_cnn_reaches_its_anchor():
    """A convolutional network of the paper reads 94 % of the test signals."""
    pytest.importorskip("mnist1d", reason="the package mnist1d is not installed")
    data, rng = mnist1d(dtype=np.float32), np.random.default_rng(0)
    network = mnist1d_cnn(rng)
    trainer = Trainer(
        network,
        SoftmaxWithLoss(),
        Adam(network.params, 0.01),
        rng,
        batch_size=50,
        schedule=CosineDecay(0.01, steps=800),
        progress=False,
    )
    trainer.fit(data.x_train[:, None, None], data.labels_train, epochs=10)
    _, test_accuracy = trainer.evaluate(data.x_test[:, None, None], data.labels_test)
    assert test_accuracy >= 0.93
