"""Answers to saliency: right ones in other styles, and wrong ones."""

import numpy as np


def saliency_by_index(network, x, labels):
    was_training = network.training
    network.training = False
    scores = network.forward(x)
    dout = np.zeros_like(scores)
    dout[np.arange(len(labels)), labels] = 1
    gradient = network.input_gradient(dout)
    network.training = was_training
    return np.max(np.abs(gradient), axis=-3)


def saliency_image_by_image(network, x, labels):
    """Loops over the batch, and over the channels."""
    was_training, network.training = network.training, False
    network.needs_input_gradient = True
    maps = []
    for image, label in zip(x, labels, strict=True):
        scores = network.forward(image[None])
        dout = np.zeros(scores.shape, scores.dtype)
        dout[0, label] = 1.0
        steepest = np.zeros(image.shape[1:], x.dtype)
        for slope in network.backward(dout)[0]:
            steepest = np.where(np.abs(slope) > steepest, np.abs(slope), steepest)
        maps.append(steepest)
    network.training = was_training
    return np.array(maps)


def saliency_layer_by_layer(network, x, labels):
    """Goes through the layers by hand, switches each by itself, and takes -1 for 1."""
    layers = list(network.layers.values())
    modes = [layer.training for layer in layers]
    y = x
    for layer in layers:
        layer.training, layer.needs_input_gradient = False, True
        y = layer.forward(y)
    d = -np.eye(y.shape[1], dtype=y.dtype)[labels]
    for layer, mode in list(zip(layers, modes, strict=True))[::-1]:
        d = layer.backward(d)
        layer.training = mode
    return np.maximum(d.max(axis=1), -d.min(axis=1))


RIGHT = [
    {"saliency_map": saliency_by_index},
    {"saliency_map": saliency_image_by_image},
    {"saliency_map": saliency_layer_by_layer},
]

DX = "dx = network.input_gradient(one_hot_targets(labels, network.forward(x)))"
MAP = "return np.abs(dx).max(axis=1)"

SLIPS = [
    (DX, "dx = network.input_gradient(network.forward(x))", "all_scores_sent_back"),
    (
        DX,
        "y = network.forward(x); dx = network.input_gradient(one_hot_targets(y.argmax(1), y))",
        "of_predicted_class",
    ),
    (DX, "dx = network.input_gradient(np.ones_like(network.forward(x)))", "of_all_scores"),
    (DX, DX.replace("network.forward", "network.predict"), "predict_for_forward"),
    (MAP, "return np.abs(dx).max(axis=-1)", "largest_of_columns"),
    (MAP, "return dx.max(axis=1)", "signed"),
    (MAP, "return np.abs(dx.max(axis=1))", "sign_of_the_largest"),
    (MAP, "return np.abs(dx)", "channels_remain"),
    (MAP, "return np.abs(dx).sum(axis=1)", "sum_of_channels"),
    (MAP, "return np.abs(dx).max(axis=1, keepdims=True)", "one_channel_remains"),
    (
        "before, network.training = network.training, False\n    try:\n        dx",
        "before = network.training\n    try:\n        dx",
        "mode_as_it_is",
    ),
]

EQUIVALENT = {}

MODE = "saliency_map: before, network.training = "
MADE = f"saliency_map: {MAP} → return "

NAMES = {
    "mode_as_it_is": [
        f"{MODE}(network.training, False) → before, network.training = (False, network.training)"
    ],
    "in_training_mode": [
        f"{MODE}(network.training, False) → before, network.training = (network.training, True)"
    ],
    "left_in_test_mode": ["saliency_map: network.training = before → pass"],
    "least_channel": [f"{MADE}np.abs(dx).min(axis=1)"],
    "channels_remain": [f"{MADE}np.abs(dx)"],
    "signed": [f"{MADE}dx.max(axis=1)"],
    "largest_of_images": [f"{MADE}np.abs(dx).max(axis=0)"],
    "largest_of_rows": [f"{MADE}np.abs(dx).max(axis=2)"],
}
