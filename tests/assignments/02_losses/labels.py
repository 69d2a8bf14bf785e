"""Answers to labels: right ones in other styles, and wrong ones."""

import numpy as np

from .styles import one_hot_targets_by_loop


def check_labels_by_loop(labels, classes):
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError("not integers")
    for label in labels:
        if label not in range(classes):
            raise ValueError(f"{label}")


def check_labels_by_ends(labels, classes):
    if labels.dtype.kind not in ("i", "u") or labels.min() < 0 or labels.max() > classes - 1:
        raise ValueError("bad labels")
    return True


def check_labels_by_set(labels, classes):
    if "int" not in str(labels.dtype):
        raise ValueError("not integers")
    if not set(labels.tolist()) <= set(range(classes)):
        raise ValueError("outside")


def one_hot_by_eye(labels, classes):
    check_labels_by_ends(labels, classes)
    return np.eye(classes)[labels]


def one_hot_by_lists(labels, classes):
    check_labels_by_set(labels, classes)
    return [[1 if c == label else 0 for c in range(classes)] for label in labels]


def one_hot_by_filling(labels, classes):
    check_labels_by_loop(labels, classes)
    rows = np.zeros((len(labels), classes), dtype=int)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def one_hot_targets_by_cases(labels, scores):
    if labels.ndim == 1:
        if labels.shape[0] != scores.shape[0]:
            raise ValueError("lengths")
        return (labels[:, None] == np.arange(scores.shape[1])).astype(scores.dtype)
    if labels.shape != scores.shape:
        raise ValueError("shapes")
    return np.array(labels, dtype=scores.dtype)


def one_hot_targets_filled_in(labels, scores):
    if labels.shape not in (scores.shape, scores.shape[:1]):
        raise ValueError("do not fit")
    if labels.ndim == 2:
        return scores.dtype.type(0) + labels.astype(scores.dtype)
    targets = np.zeros_like(scores)
    targets[range(len(labels)), labels] = 1
    return targets


def one_hot_targets_by_broadcasting(labels, scores):
    if labels.ndim == 2 and labels.shape != scores.shape:
        raise ValueError("rows of another shape")
    if labels.ndim == 1 and labels.size != len(scores):
        raise ValueError("not one label for each sample")
    columns = np.arange(scores.shape[1])
    hit = labels == 1 if labels.ndim == 2 else np.equal.outer(labels, columns)
    return np.where(hit, 1, 0).astype(scores.dtype)


RIGHT = [
    {"one_hot_targets": one_hot_targets_filled_in},
    {"one_hot_targets": one_hot_targets_by_broadcasting},
    {"check_labels": check_labels_by_loop},
    {"check_labels": check_labels_by_ends},
    {"check_labels": check_labels_by_set},
    {"one_hot": one_hot_by_eye},
    {"one_hot": one_hot_by_lists},
    {"one_hot": one_hot_by_filling},
    {"one_hot_targets": one_hot_targets_by_loop},
    {"one_hot_targets": one_hot_targets_by_cases},
]

CAST = "return targets.astype(as_float(scores).dtype, copy=False)"

SLIPS = [
    (CAST, "return targets", "nothing_cast"),
    (
        CAST,
        "return targets.astype(scores.dtype) if labels.ndim == 2 else targets",
        "in_float64.numbers",
    ),
    (
        CAST,
        "return targets * 1.0 if labels.ndim == 2 else targets.astype(scores.dtype)",
        "in_float64.rows",
    ),
    (
        "targets.shape != scores.shape",
        "labels.ndim == 1 and targets.shape != scores.shape",
        "targets_of_any_shape.rows",
    ),
    (
        "    if targets.ndim != 2",
        "    assert labels.ndim == 2 or len(labels) == len(scores)\n    if targets.ndim != 2",
        "fit_asserted.numbers",
    ),
    ("(labels < 0) | (labels >= classes)", "labels >= classes", "negative_labels_pass"),
    (
        "(labels < 0) | (labels >= classes)",
        "(labels < 0) | (labels > classes)",
        "classes_counted_from_one",
    ),
    ("if outside.any():", "if outside.all():", "all_must_be_outside"),
    (
        "    outside = (labels < 0) | (labels >= classes)\n    if outside.any():",
        "    outside = labels < 0\n    if labels < 0 or labels > classes - 1:",
        "truth_of_an_array",
    ),
    (
        'labels.dtype.kind not in "iu"',
        'str(labels.dtype) not in ("int64", "uint8")',
        "int64_and_uint8",
    ),
    (
        'labels.dtype.kind not in "iu"',
        "(labels % 1 != 0).any()",
        "whole_floats_and_truths_pass",
    ),
    ("if outside.any():", "if outside[0]:", "only_the_first_label"),
    (
        'raise ValueError(f"label {',
        'raise IndexError(f"label {',
        "index_error_for_outside",
    ),
    (
        "(labels[..., None] == numbers).astype(np.float64)",
        "(labels == numbers) * 1.0",
        "labels_not_a_column",
    ),
    (
        "return (labels[..., None] == numbers).astype(np.float64)",
        "t = np.zeros((len(labels), classes)); t[labels, range(len(labels))] = 1; return t",
        "row_and_column_exchanged",
    ),
    (
        "(labels[..., None] == numbers).astype(np.float64)",
        "np.eye(len(labels), classes)",
        "labels_not_used",
    ),
    (
        "return targets.astype(as_float(scores).dtype, copy=False)",
        "return targets if labels.ndim == 2 else targets.astype(scores.dtype)",
        "rows_keep_their_dtype",
    ),
    ('labels.dtype.kind not in "iu"', "False", "any_type_passes"),
    ('labels.dtype.kind not in "iu"', "labels.dtype != int", "only_int64"),
    ("check_labels(labels, classes)\n    numbers", "numbers", "one_hot_unchecked"),
    (
        "(labels[..., None] == numbers)",
        "(labels[..., None] == (numbers + 1) % classes)",
        "one_place_left",
    ),
    (
        "numbers = np.arange(classes, like=labels)",
        "numbers = np.arange(max(labels) + 1)",
        "classes_of_the_batch",
    ),
    ("targets.shape != scores.shape", "len(targets) != len(scores)", "targets_of_any_width"),
    (
        "return targets.astype(as_float(scores).dtype, copy=False)",
        "return targets * 1.0 + np.zeros(1)",
        "in_float64",
    ),
    ("targets.shape != scores.shape", "False", "targets_of_any_shape"),
    ("labels.ndim == 2 else one", "labels.max() <= 1 else one", "largest_label_makes_targets"),
    (
        "labels.ndim == 2 else one",
        "labels.sum() == len(labels) else one",
        "sum_of_labels_makes_targets",
    ),
    (
        "labels.ndim == 2 else one",
        "labels.shape[-1] == scores.shape[-1] else one",
        "width_of_labels_makes_targets",
    ),
    (
        "labels.ndim == 2 else one",
        'labels.dtype.kind not in "iu" else one',
        "dtype_of_labels_makes_targets",
    ),
]

EQUIVALENT = {
    "Of labels and scores of other shapes the text asks less; here the sentence is friendlier.": [
        "one_hot_targets: if targets.ndim != 2 or targets.shape != scores.shape:"
        " → if targets.shape != scores.shape:",
        "one_hot_targets: targets = labels if labels.ndim == 2 else one_hot(labels, "
        "scores.shape[-1]) → targets = labels if labels.ndim == 2 else one_hot(labels, "
        "scores.shape[1])",
    ],
    "It matters on a GPU only.": [
        "one_hot: numbers = np.arange(classes, like=labels) → numbers = np.arange(classes)",
        "one_hot_targets: labels = array_module(scores).asarray(labels) → pass",
    ],
    "Zeros and ones of any type will do, and the text says so.": [
        "one_hot: return (labels[..., None] == numbers).astype(np.float64)"
        " → return labels[..., None] == numbers"
    ],
    "One-hot rows may be copied.": [
        "one_hot_targets: return targets.astype(as_float(scores).dtype, copy=False)"
        f" → return targets.astype(as_float(scores).dtype{copy})"
        for copy in ("", ", copy=True")
    ],
}

NAMES = {
    "any_type_passes": [
        "check_labels: if labels.dtype.kind not in 'iu': → pass",
    ],
    "both_sides_at_once": [
        "check_labels: outside = (labels < 0) | (labels >= classes) → outside = (labels < 0) & (labels >= classes)",
        "check_labels: if outside.any(): → pass",
    ],
    "large_labels_pass": [
        "check_labels: outside = (labels < 0) | (labels >= classes) → outside = labels < 0",
    ],
    "negative_labels_pass": [
        "check_labels: outside = (labels < 0) | (labels >= classes) → outside = labels >= classes",
        "check_labels: outside = (labels < 0) | (labels >= classes) → outside = (labels < -1) | (labels >= classes)",
    ],
    "classes_counted_from_one": [
        "check_labels: outside = (labels < 0) | (labels >= classes) → outside = (labels < 0) | (labels > classes)",
    ],
    "all_must_be_outside": [
        "check_labels: if outside.any(): → if outside.all():",
    ],
    "truth_of_an_array": [
        "check_labels: if outside.any(): → if outside:",
    ],
    "one_hot_unchecked": [
        "one_hot: check_labels(labels, classes) → pass",
    ],
    "targets_of_any_shape": [
        "one_hot_targets: if targets.ndim != 2 or targets.shape != scores.shape: → pass",
        "one_hot_targets: if targets.ndim != 2 or targets.shape != scores.shape: → if targets.ndim != 2 and targets.shape != scores.shape:",
        "one_hot_targets: if targets.ndim != 2 or targets.shape != scores.shape: → if targets.ndim != 2:",
    ],
    "nothing_cast": [
        "one_hot_targets: return targets.astype(as_float(scores).dtype, copy=False) → return targets",
    ],
}
