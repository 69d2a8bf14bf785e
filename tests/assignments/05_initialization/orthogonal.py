"""Answers to orthogonal: right ones in other styles, and wrong ones."""

import numpy as np


def orthogonal_by_svd(shape, rng, gain=1.0, dtype=np.float64):
    """The orthogonal matrix that lies nearest to a random one."""
    u, _, vt = np.linalg.svd(rng.normal(size=(shape[0], int(np.prod(shape[1:])))), False)
    return (gain * u @ vt).reshape(shape).astype(dtype)


def orthogonal_by_gram_schmidt(shape, rng, gain=1.0, dtype=np.float64):
    rows = shape[0]
    columns = int(np.prod(shape)) // rows
    few, many = sorted((rows, columns))
    basis = np.zeros((few, many))
    for i in range(few):
        v = rng.standard_normal(many)
        for _ in range(2):
            v = v - basis[:i].T @ (basis[:i] @ v)
        basis[i] = v / np.linalg.norm(v)
    return np.array(gain * (basis if rows <= columns else basis.T), dtype).reshape(shape)


def orthogonal_by_sign(shape, rng, gain=1.0, dtype=np.float64):
    matrix = rng.standard_normal((shape[0], int(np.prod(shape[1:]))))
    is_wide = matrix.shape[0] < matrix.shape[1]
    q, r = np.linalg.qr(matrix.T if is_wide else matrix)
    q *= np.sign(np.diag(r))
    return gain * np.reshape(q.T if is_wide else q, shape).astype(dtype)


def orthogonal_by_random_signs(shape, rng, gain=1.0, dtype=np.float64):
    """With signs drawn at random, QR is even as well."""
    rows, columns = shape[0], int(np.prod(shape[1:]))
    q, _ = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * rng.choice([-1.0, 1.0], size=q.shape[1])
    return (gain * (q.T if rows < columns else q)).reshape(shape).astype(dtype)


RIGHT = [
    {"orthogonal": orthogonal_by_svd},
    {"orthogonal": orthogonal_by_gram_schmidt},
    {"orthogonal": orthogonal_by_sign},
    {"orthogonal": orthogonal_by_random_signs},
]

SLIPS = [
    ("q = q * np.where(np.diagonal(r) < 0, -1, 1)", "pass", "signs_of_qr"),
    ("np.where(np.diagonal(r) < 0, -1, 1)", "np.diagonal(r)", "multiplied_by_the_diagonal"),
    ("np.where(np.diagonal(r) < 0, -1, 1)", "np.sign(np.diagonal(q))", "sign_of_its_diagonal"),
    (
        "gain * (q if rows >= columns else q.T).reshape(shape)",
        "gain * q.reshape(shape)",
        "reshaped_for_wide",
    ),
    (
        "gain * (q if rows >= columns else q.T).reshape(shape)",
        "(q if rows >= columns else q.T).reshape(shape)",
        "gain_ignored",
    ),
]

EQUIVALENT = {
    "The refusal of other shapes is a courtesy; the text does not ask for it.": [
        "orthogonal: fans(shape) → pass",
        "orthogonal: fans(shape) → shape",
    ],
    "Dividing by a sign is multiplying by it, and 0 is never drawn.": [
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q / np.where(np.diagonal(r) < 0, -1, 1)",
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q * np.where(np.diagonal(r) <= 0, -1, 1)",
    ],
    "A diagonal of R that is negative throughout is as even as one that is positive.": [
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q * np.where(np.diagonal(r) > 0, -1, 1)"
    ],
    "R's diagonal is hardly ever between −1 and 1: too seldom to be noticed.": [
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q * np.where(np.diagonal(r) < 1, -1, 1)",
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q * np.where(np.diagonal(r) < -1, -1, 1)",
    ],
    "A square matrix and its transpose are equally even.": [
        "orthogonal: return rounded(gain * (q if rows >= columns else q.T).reshape(shape), dtype) → return rounded(gain * (q if rows > columns else q.T).reshape(shape), dtype)"
    ],
}

NAMES = {
    "signs_of_qr": [
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → pass",
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q",
        "orthogonal: q = q * np.where(np.diagonal(r) < 0, -1, 1) → q = q * np.where(np.diagonal(r) < 0, 1, 1)",
    ],
    "gain_ignored": [
        "orthogonal: return rounded(gain * (q if rows >= columns else q.T).reshape(shape), dtype) → return rounded((q if rows >= columns else q.T).reshape(shape), dtype)"
    ],
    "reshaped_for_wide": [
        "orthogonal: return rounded(gain * (q if rows >= columns else q.T).reshape(shape), dtype) → return rounded(gain * q.reshape(shape), dtype)",
        "orthogonal: return rounded(gain * (q if rows >= columns else q.T).reshape(shape), dtype) → return rounded(gain * (q if rows >= columns else q).reshape(shape), dtype)",
    ],
}
