"""Answers to training_memory: right ones in other styles, and wrong ones."""

import numpy as np


def by_loops(shapes, parameter_shapes, batch_size, slots=2, itemsize=4):
    activations = 0
    for shape in shapes:
        numbers = batch_size
        for size in shape:
            numbers *= size
        activations += numbers * itemsize
    learned = 0
    for shape in parameter_shapes:
        numbers = 1
        for size in shape:
            numbers *= size
        learned += numbers * itemsize
    return [activations, learned, learned, slots * learned]


def by_arrays(shapes, parameter_shapes, batch_size, slots=2, itemsize=4):
    sample = sum(int(np.prod(shape)) for shape in shapes)
    learned = sum(int(np.prod(shape)) for shape in parameter_shapes)
    return itemsize * np.array([batch_size * sample, learned, learned, slots * learned])


def by_real_arrays(shapes, parameter_shapes, batch_size, slots=2, itemsize=4):
    dtype = np.dtype(f"f{itemsize}")
    kept = sum(np.zeros((batch_size, *shape), dtype).nbytes for shape in shapes)
    learned = sum(np.zeros(shape, dtype).nbytes for shape in parameter_shapes)
    return kept, learned, learned, slots * learned


RIGHT = [
    {"training_memory": by_loops},
    {"training_memory": by_arrays},
    {"training_memory": by_real_arrays},
]

BATCH = "    activations = itemsize * batch_size * sum(math.prod(shape) for shape in shapes)\n"
LEARNED = "    parameters = itemsize * sum(math.prod(shape) for shape in parameter_shapes)\n"
RETURNED = "    return activations, parameters, parameters, slots * parameters\n"

SLIPS = [
    (BATCH, BATCH.replace("batch_size * ", ""), "batch_forgotten"),
    (BATCH, BATCH.replace("in shapes", "in shapes[1:]"), "input_forgotten"),
    (BATCH, BATCH.replace("in shapes", "in shapes[:-1]"), "output_forgotten"),
    (BATCH, BATCH.replace("sum(", "max("), "largest_alone"),
    (BATCH, BATCH.replace("math.prod(shape)", "math.prod(shape[1:])"), "first_axis_left_out"),
    (LEARNED, LEARNED.replace("sum(", "batch_size * sum("), "everything_times_the_batch"),
    (LEARNED, LEARNED.replace("itemsize * ", ""), "bytes_forgotten_but_in_activations"),
    (
        LEARNED,
        LEARNED.replace("parameter_shapes)", "parameter_shapes if len(shape) > 1)"),
        "biases_forgotten",
    ),
    (RETURNED, RETURNED.replace("slots *", "2 *"), "always_adam"),
    (RETURNED, RETURNED.replace("slots *", "(1 + slots) *"), "one_slot_too_many"),
    (RETURNED, RETURNED.replace("slots *", ""), "slots_not_multiplied"),
    (RETURNED, RETURNED.replace("slots * parameters", "0"), "optimizer_forgotten"),
    (
        RETURNED,
        RETURNED.replace("parameters, parameters", "parameters, activations"),
        "gradients_of_activations",
    ),
    (RETURNED, RETURNED.replace("parameters, parameters", "parameters, 0"), "gradients_forgotten"),
    (
        RETURNED,
        RETURNED.replace("parameters, parameters", "parameters, batch_size * parameters"),
        "a_gradient_per_sample",
    ),
    (
        RETURNED,
        "    return activations, parameters, slots * parameters, parameters\n",
        "last_two_exchanged",
    ),
]

NAMES = {
    "bytes_forgotten_but_in_activations": [
        "training_memory: parameters = itemsize * sum((math.prod(shape) for shape in parameter_shapes)) → parameters = sum((math.prod(shape) for shape in parameter_shapes))"
    ],
    "bytes_forgotten_in_activations": [
        "training_memory: activations = itemsize * batch_size * sum((math.prod(shape) for shape in shapes)) → activations = batch_size * sum((math.prod(shape) for shape in shapes))"
    ],
    "batch_forgotten": [
        "training_memory: activations = itemsize * batch_size * sum((math.prod(shape) for shape in shapes)) → activations = itemsize * sum((math.prod(shape) for shape in shapes))"
    ],
    "slots_not_multiplied": [
        "training_memory: return (activations, parameters, parameters, slots * parameters) → return (activations, parameters, parameters, parameters)"
    ],
}
