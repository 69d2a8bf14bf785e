"""Right answers in other styles than the reference's: all must get full marks.

They use loops, einsum, masks, truth values, other weights and other formulas, and they write into
arrays of their own. Some are clumsy on purpose: a check judges what is computed.
"""

import math

import numpy as np

from solutions.perceptrons import and_gate, nand_gate, or_gate

# 1 The step --------------------------------------------------------------------------------------


def step_of_truth_values_times_one(x):
    return 1 * (np.asarray(x) > 0)


def step_by_where(x):
    return np.where(np.array(x) > 0, 1.0, 0.0)


def step_by_heaviside(x):
    return np.heaviside(x, 0)


def step_by_loops(x):
    if np.ndim(x) == 0:
        return 1 if x > 0 else 0
    return [step_by_loops(element) for element in x]


# 2 The perceptron --------------------------------------------------------------------------------


def perceptron_by_sums(x, w, b):
    return np.sum(w * x, axis=-1) + b > 0


def perceptron_by_loops(x, w, b):
    if np.ndim(x) == 1:
        total = b
        for xi, wi in zip(x, w, strict=True):
            total += xi * wi
        return int(total > 0)
    return [perceptron_by_loops(row, w, b) for row in x]


def perceptron_by_einsum(x, w, b):
    return np.where(np.einsum("...d,d->...", x, w) > -b, 1, 0)


def perceptron_with_constant_input(x, w, b):
    one = np.ones((*np.shape(x)[:-1], 1))
    return np.heaviside(np.concatenate([x, one], axis=-1) @ np.append(w, b), 0)


# 3 Gates -----------------------------------------------------------------------------------------


def weigh(x1, x2, w1, w2, b):
    return np.where(w1 * x1 + w2 * x2 + b > 0, 1, 0)


def and_of_the_book(x1, x2):
    return weigh(x1, x2, 0.5, 0.5, -0.7)


def or_of_the_book(x1, x2):
    return weigh(x1, x2, 0.5, 0.5, -0.2)


def nand_of_the_book(x1, x2):
    return weigh(x1, x2, -0.5, -0.5, 0.7)


def and_on_the_line(x1, x2):
    return 1 * (x1 + x2 - 1 > 0)


def or_on_the_line(x1, x2):
    return 1 * (x1 + x2 > 0)


def nand_on_the_line(x1, x2):
    return (2 - x1 - x2 > 0) + 0


def and_by_rows(x1, x2):
    return (np.stack([x1, x2], axis=-1) @ np.array([2.0, 1.0]) > 2.5).astype(float)


def or_by_rows(x1, x2):
    return (np.stack([x1, x2], axis=-1) @ np.array([2.0, 1.0]) > 0.5).astype(float)


def nand_by_rows(x1, x2):
    return (np.column_stack([x1, x2]) @ np.array([-2.0, -1.0]) > -2.5).astype(int)


def and_of_bits(x1, x2):
    return x1 & x2


def or_of_bits(x1, x2):
    return x1 | x2


def nand_of_products(x1, x2):
    return 1 - x1 * x2


def one_by_one(rule):
    def gate(x1, x2):
        if np.ndim(x1):
            return [rule(a, b) for a, b in zip(x1, x2, strict=True)]
        return rule(x1, x2)

    return gate


def and_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(a and b))(x1, x2)


def or_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(a or b))(x1, x2)


def nand_by_loops(x1, x2):
    return one_by_one(lambda a, b: int(not (a and b)))(x1, x2)


# 4–5 XOR -----------------------------------------------------------------------------------------


def xor_step_by_step(x1, x2):
    hidden = or_gate(x1, x2), nand_gate(x1, x2)
    return and_gate(*hidden)


def xor_of_exclusions(x1, x2):
    only_first = and_gate(x1, nand_gate(x2, x2))
    only_second = and_gate(nand_gate(x1, x1), x2)
    return or_gate(only_first, only_second)


def xor_by_difference(x1, x2):
    return np.not_equal(x1, x2)


def xor_as_network(x1, x2):
    h1 = np.where(x1 + x2 - 0.5 > 0, 1, 0)
    h2 = np.where(x1 + x2 - 1.5 > 0, 1, 0)
    return np.where(h1 - 2 * h2 - 0.5 > 0, 1, 0)


def xor_of_five_nands(x1, x2, nand=nand_gate):
    return nand(nand(x1, nand(x1, x2)), nand(x2, nand(x1, x2)))


def xor_of_not_and_or(x1, x2, nand=nand_gate):
    not1, not2 = nand(x1, x1), nand(x2, x2)
    only_first = nand(x1, not2)
    only_second = nand(not1, x2)
    return nand(only_first, only_second)


def xor_of_six_nands(x1, x2, nand=nand_gate):
    either = nand(nand(x1, x1), nand(x2, x2))
    inverse = nand(either, nand(x1, x2))
    return nand(inverse, inverse)


# 6 Learning --------------------------------------------------------------------------------------


class PerceptronWithIf:
    def __init__(self, w, b=0.0):
        self.w = w
        self.b = b

    def predict(self, x):
        return np.where(x @ self.w + self.b > 0, 1, 0)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        counts = []
        for _ in range(epochs):
            count = 0
            for i in range(len(x)):
                answer = self.predict(x[i])
                if answer != targets[i]:
                    count += 1
                    sign = 1 if targets[i] == 1 else -1
                    self.w = self.w + sign * learning_rate * x[i]
                    self.b += sign * learning_rate
            counts.append(count)
        return counts


class PerceptronOfTruthValues:
    def __init__(self, w, b=0.0):
        self.w = np.array(w, dtype=float)
        self.b = b

    def predict(self, x):
        return np.einsum("...d,d->...", x, self.w) > -self.b

    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = np.zeros(epochs)
        for epoch in range(epochs):
            for row, target in zip(x, targets, strict=True):
                if self.predict(row) and not target:
                    self.w -= learning_rate * row  # an array of our own
                    self.b -= learning_rate
                    mistakes[epoch] += 1
                elif target and not self.predict(row):
                    self.w += learning_rate * row
                    self.b += learning_rate
                    mistakes[epoch] += 1
        return mistakes


class PerceptronWithConstantInput:
    def __init__(self, w, b=0.0):
        self.weights = np.append(w, b)

    @property
    def w(self):
        return self.weights[:-1]

    @property
    def b(self):
        return self.weights[-1]

    def predict(self, x):
        one = np.ones((*x.shape[:-1], 1))
        return (np.concatenate([x, one], axis=-1) @ self.weights > 0).astype(int)

    def fit(self, x, targets, epochs, learning_rate=1.0):
        mistakes = [0] * epochs
        for epoch in range(epochs):
            for n, target in enumerate(targets):
                delta = target - self.predict(x[n])
                self.weights = self.weights + learning_rate * delta * np.append(x[n], 1)
                mistakes[epoch] += int(delta != 0)
        return tuple(mistakes)


class PerceptronInPlaceOfItsOwn:
    def __init__(self, w, b=0.0):
        self.w = w
        self.b = b

    def predict(self, x):
        return (np.dot(x, self.w) + self.b > 0) * 1

    def fit(self, x, targets, epochs, learning_rate=1.0):
        self.w = self.w.copy()
        counts = []
        for _ in range(epochs):
            counts.append(0)
            for row, target in zip(x, targets, strict=True):
                error = target - self.predict(row)
                if error != 0:
                    self.w += learning_rate * error * row
                    self.b += learning_rate * error
                    counts[-1] += 1
        return counts


# 7–8 Activations ---------------------------------------------------------------------------------


def sigmoid_naive(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def sigmoid_cut_off_far_out(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def sigmoid_by_tanh(x):
    return (1 + np.tanh(x / 2)) / 2


def sigmoid_by_masks(x):
    y = np.empty(x.shape, dtype=x.dtype if x.dtype.kind == "f" else float)
    up = x >= 0
    y[up] = 1 / (1 + np.exp(-x[up]))
    y[~up] = np.exp(x[~up]) / (1 + np.exp(x[~up]))
    return y


def sigmoid_by_loops(x):
    y = np.zeros(x.shape, dtype=np.result_type(x, np.float32) if x.dtype.kind == "f" else float)
    for index, value in np.ndenumerate(x):
        small = math.exp(-abs(value))
        y[index] = 1 / (1 + small) if value > 0 else small / (1 + small)
    return y


def tanh_by_sigmoid(x):
    return 2 * sigmoid_naive(2 * x) - 1


def tanh_by_one_exponential(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small)


def relu_by_where(x):
    return np.where(x > 0, x, 0)


def relu_by_product(x):
    return x * (x > 0)


def relu_of_a_copy(x):
    y = x.copy()
    y[y < 0] = 0
    return y


def relu_by_size(x):
    return (x + np.abs(x)) / x.dtype.type(2)


# 9 Two layers in one -----------------------------------------------------------------------------


def collapse_by_einsum(W1, b1, W2, b2):
    return [np.einsum("dh,hm->dm", W1, W2), np.einsum("h,hm->m", b1, W2) + b2]


def collapse_by_trying(W1, b1, W2, b2):
    def both(x):
        return (x @ W1 + b1) @ W2 + b2

    b = both(np.zeros(len(W1)))
    return both(np.eye(len(W1))) - b, b


def collapse_by_loops(W1, b1, W2, b2):
    W = np.zeros((W1.shape[0], W2.shape[1]))
    b = b2.copy()
    for h in range(len(W2)):
        b += b1[h] * W2[h]
        for d in range(len(W1)):
            W[d] += W1[d, h] * W2[h]
    return W, b


# 10 Softmax --------------------------------------------------------------------------------------


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


# 11–12 A network ---------------------------------------------------------------------------------


def init_by_normal(sizes, rng, weight_std=0.01):
    params = {}
    for i in range(len(sizes) - 1):
        params["W" + str(i + 1)] = rng.normal(0, weight_std, size=(sizes[i], sizes[i + 1]))
        params["b" + str(i + 1)] = np.zeros(sizes[i + 1])
    return params


def init_by_zipping(sizes, rng, weight_std=0.01):
    shapes = [(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)]
    weights = {f"W{n}": rng.normal(size=s) * weight_std for n, s in enumerate(shapes, 1)}
    return weights | {f"b{n}": np.zeros((m,)) for n, (_, m) in enumerate(shapes, 1)}


def init_number_by_number(sizes, rng, weight_std=0.01):
    params = {}
    for layer in range(1, len(sizes)):
        W = np.empty((sizes[layer - 1], sizes[layer]))
        for index in np.ndindex(W.shape):
            W[index] = weight_std * rng.normal()
        params |= {f"W{layer}": W, f"b{layer}": np.array([0.0] * sizes[layer])}
    return params


def sigma(z):
    return 1 / (1 + np.exp(-z))


def forward_with_branch(params, x, activation=sigma):
    layers = len(params) // 2
    h = x
    for i in range(layers):
        h = np.dot(h, params["W" + str(i + 1)]) + params["b" + str(i + 1)]
        if i != layers - 1:
            h = activation(h)
    return h


def forward_by_recursion(params, x, activation=sigma, layer=1):
    z = np.einsum("nd,dh->nh", x, params[f"W{layer}"]) + params[f"b{layer}"]
    if f"W{layer + 1}" not in params:
        return z
    return forward_by_recursion(params, activation(z), activation, layer + 1)


def forward_by_sorting(params, x, activation=sigma):
    weights = [params[name] for name in sorted(params) if name.startswith("W")]
    biases = [params[name] for name in sorted(params) if name.startswith("b")]
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        z = x @ W
        z += b
        x = activation(z)
    return x @ weights[-1] + biases[-1]


def forward_taking_out_of_a_copy(params, x, activation=sigma):
    left, layer = dict(params), 1
    while len(left) > 2:
        x = activation(x @ left.pop(f"W{layer}") + left.pop(f"b{layer}"))
        layer += 1
    return x @ left[f"W{layer}"] + left[f"b{layer}"]


ALTERNATIVES = {
    "step": [
        {"step": step_of_truth_values_times_one},
        {"step": step_by_where},
        {"step": step_by_heaviside},
        {"step": step_by_loops},
    ],
    "perceptron": [
        {"perceptron": perceptron_by_sums},
        {"perceptron": perceptron_by_loops},
        {"perceptron": perceptron_by_einsum},
        {"perceptron": perceptron_with_constant_input},
    ],
    "gates": [
        {"and_gate": and_of_the_book, "or_gate": or_of_the_book, "nand_gate": nand_of_the_book},
        {"and_gate": and_on_the_line, "or_gate": or_on_the_line, "nand_gate": nand_on_the_line},
        {"and_gate": and_by_rows, "or_gate": or_by_rows, "nand_gate": nand_by_rows},
        {"and_gate": and_of_bits, "or_gate": or_of_bits, "nand_gate": nand_of_products},
        {"and_gate": and_by_loops, "or_gate": or_by_loops, "nand_gate": nand_by_loops},
    ],
    "xor": [
        {"xor_gate": xor_step_by_step},
        {"xor_gate": xor_of_exclusions},
        {"xor_gate": xor_by_difference},
        {"xor_gate": xor_as_network},
    ],
    "xor_from_nand": [
        {"xor_from_nand": xor_of_five_nands},
        {"xor_from_nand": xor_of_not_and_or},
        {"xor_from_nand": xor_of_six_nands},
    ],
    "learning": [
        {"Perceptron": PerceptronWithIf},
        {"Perceptron": PerceptronOfTruthValues},
        {"Perceptron": PerceptronWithConstantInput},
        {"Perceptron": PerceptronInPlaceOfItsOwn},
    ],
    "sigmoid": [
        {"sigmoid": sigmoid_naive},
        {"sigmoid": sigmoid_by_tanh},
        {"sigmoid": sigmoid_cut_off_far_out},
        {"sigmoid": sigmoid_by_masks},
        {"sigmoid": sigmoid_by_loops},
    ],
    "activations": [
        {"tanh": tanh_by_sigmoid, "relu": relu_by_where},
        {"tanh": tanh_by_one_exponential, "relu": relu_by_product},
        {"relu": relu_of_a_copy},
        {"relu": relu_by_size},
    ],
    "collapse": [
        {"collapse_affine": collapse_by_einsum},
        {"collapse_affine": collapse_by_trying},
        {"collapse_affine": collapse_by_loops},
    ],
    "softmax": [
        {"softmax": softmax_by_logarithm},
        {"softmax": softmax_by_transposing},
        {"softmax": softmax_by_cases},
        {"softmax": softmax_of_a_copy},
    ],
    "init_network": [
        {"init_network": init_by_normal},
        {"init_network": init_by_zipping},
        {"init_network": init_number_by_number},
    ],
    "forward_network": [
        {"forward_network": forward_with_branch},
        {"forward_network": forward_by_recursion},
        {"forward_network": forward_by_sorting},
        {"forward_network": forward_taking_out_of_a_copy},
    ],
}
"""For each task, implementations that replace the reference's names."""
