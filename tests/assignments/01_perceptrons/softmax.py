"""Answers to softmax: right ones in other styles, and wrong ones."""

import numpy as np


def softmax_by_logarithm(logits):
    shifted = logits - np.max(logits, axis=-1, keepdims=True)
    return np.exp(shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True)))


def softmax_by_transposing(logits):
    z = np.moveaxis(logits, -1, 0)
    e = np.exp(z - z.max(axis=0))
    return np.moveaxis(e / e.sum(axis=0), 0, -1)


def softmax_by_cases(logits):
    if logits.ndim == 1:
        e = np.exp(logits - np.max(logits))
        return e / np.sum(e)
    e = np.exp(logits - logits.max(axis=-1)[..., None])
    return e / np.expand_dims(e.sum(axis=-1), -1)


def softmax_of_a_copy(logits):
    out = logits.copy()
    out -= out.max(-1, keepdims=True) + 1
    np.exp(out, out=out)
    out /= out.sum(-1, keepdims=True)
    return out


SHIFT = "as_float(logits) - logits.max(axis=-1, keepdims=True)"


SUM = "exponentials / exponentials.sum(axis=-1, keepdims=True)"


def softmax_of_a_row_or_more(logits):
    """The code of a well-known book: a batch is turned on its side."""
    if logits.ndim == 1:
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()
    turned = np.swapaxes(logits, 0, -1)
    powers = np.exp(turned - turned.max(axis=0))
    return np.swapaxes(powers / powers.sum(axis=0), 0, -1)


def softmax_by_logaddexp(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))


RIGHT = [
    {"softmax": softmax_of_a_row_or_more},
    {"softmax": softmax_by_logaddexp},
    {"softmax": softmax_by_logarithm},
    {"softmax": softmax_by_transposing},
    {"softmax": softmax_by_cases},
    {"softmax": softmax_of_a_copy},
]

SLIPS = [
    (SHIFT, f"{SHIFT} if logits.ndim > 1 else logits", "nothing_subtracted.row"),
    (SHIFT, f"{SHIFT} if logits.ndim == 1 else logits", "nothing_subtracted.batch"),
    ("return " + SUM, f"return {SUM} if logits.ndim > 1 else exponentials", "not_divided.row"),
    ("return " + SUM, f"return ({SUM}).astype(float)", "softmax_in_float64"),
    (SHIFT, "logits", "nothing_subtracted"),
    (SHIFT, "logits - np.max(logits)", "maximum_of_the_batch"),
    ("exponentials.sum(axis=-1, keepdims=True)", "exponentials.sum()", "sum_over_everything"),
    (SHIFT, "logits - np.max(logits, axis=-1)", "axis_lost"),
    ("return " + SUM, "return exponentials", "not_divided"),
    ("exponentials.sum(axis=-1, keepdims=True)", "exponentials.sum(axis=-1)", "axis_lost"),
    ("return " + SUM, "return np.log(" + SUM + ")", "log_of_softmax"),
    (SHIFT, "logits - 1000", "thousand_subtracted"),
    (SHIFT, "logits - max(logits)", "max_of_python_in_softmax"),
    ("exponentials.sum(axis=-1, keepdims=True)", "sum(exponentials)", "sum_of_python"),
    ("exponentials.sum(axis=-1", "np.exp(logits).sum(axis=-1", "shift_above_only"),
]

NAMES = {
    "order_turned_round_by_the_shift": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(logits.max(axis=-1, keepdims=True) - as_float(logits))",
    ],
    "nothing_subtracted": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits))",
    ],
    "minimum_subtracted": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.min(axis=-1, keepdims=True))",
    ],
    "maximum_of_the_batch": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(keepdims=True))",
    ],
    "axis_lost": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(axis=-1))",
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=False))",
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(axis=-1)",
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(axis=-1, keepdims=False)",
    ],
    "second_axis": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(axis=1, keepdims=True))",
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(axis=1, keepdims=True)",
    ],
    "maximum_of_the_column": [
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(axis=-2, keepdims=True))",
        "softmax: exponentials = np.exp(as_float(logits) - logits.max(axis=-1, keepdims=True)) → exponentials = np.exp(as_float(logits) - logits.max(axis=-0, keepdims=True))",
    ],
    "not_divided": [
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials",
    ],
    "sum_over_everything": [
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(keepdims=True)",
    ],
    "sum_of_python": [
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(axis=-2, keepdims=True)",
        "softmax: return exponentials / exponentials.sum(axis=-1, keepdims=True) → return exponentials / exponentials.sum(axis=-0, keepdims=True)",
    ],
}
