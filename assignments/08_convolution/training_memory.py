"""The memory that training takes: how it is checked, and which mistakes are known."""

from handgrad import Task

task = Task(
    "training_memory",
    "The memory that training takes",
    points=4,
    needs=["training_memory"],
    minutes=15,
    shapes="shapes (C, H, W) or (D,) of a sample; parameter_shapes (FN, C, FH, FW), (FN,), (D, M)",
)


def network(rng):
    """Draw a small network's shapes, of a sample and of its parameters: no two sizes are alike."""
    C, FN, D, M = (int(size) for size in rng.permutation([2, 3, 5, 7]))
    H, W = int(rng.integers(9, 12)), int(rng.integers(13, 16))
    shapes = [(C, H, W), (FN, H - 2, W - 3), (D, H - 6, W - 8), (M,)]
    parameter_shapes = [
        (FN, C, 3, 4),
        (FN,),
        (D, FN, 5, 6),
        (D,),
        (D * (H - 6) * (W - 8), M),
        (M,),
    ]
    return shapes, parameter_shapes


def batch(rng):
    """Draw how many samples there are in a batch."""
    return int(rng.integers(11, 40))


PARTS = ("activations", "parameters", "gradients", "optimizer_state")


def part(impl, name, *args, **options):
    """Return one part of an answer."""
    return impl.training_memory(*args, **options)[PARTS.index(name)]


@task.check("what is kept of a batch on the way forward", weight=2)
def activations(impl, rng):
    return {f"batch of {n}": part(impl, "activations", *network(rng), n) for n in (1, batch(rng))}


@task.check("the parameters")
def parameters(impl, rng):
    shapes, parameter_shapes = network(rng)
    affine = parameter_shapes[-2:]
    return {
        "of an affine layer": part(impl, "parameters", shapes[-2:], affine, batch(rng)),
        "of all layers": part(impl, "parameters", shapes, parameter_shapes, batch(rng)),
    }


@task.check("their gradients")
def gradients(impl, rng):
    return {f"batch of {n}": part(impl, "gradients", *network(rng), n) for n in (1, batch(rng))}


@task.check("what the optimizer keeps", weight=2)
def optimizer_state(impl, rng):
    case = (*network(rng), batch(rng))
    kept = {f"slots={s}": part(impl, "optimizer_state", *case, slots=s) for s in (1, 2, 3)}
    return {**kept, "by default": part(impl, "optimizer_state", *case)}


@task.check("numbers of another size, and an optimizer that keeps nothing")
def other_sizes(impl, rng):
    case = (*network(rng), batch(rng))
    return {
        f"{name} in {dtype}": part(impl, name, *case, slots=slots, itemsize=itemsize)
        for dtype, slots, itemsize in (("float64", 1, 8), ("float16", 0, 2))
        for name in PARTS
    }


# Known mistakes -----------------------------------------------------------------------------------

import math

from solutions.convolution import training_memory


def numbers(shapes):
    """Return how many numbers arrays of these shapes hold."""
    return sum(math.prod(shape) for shape in shapes)


def add(name, hint, **rules):
    """Add a wrong answer: for some parts, rule(shapes, parameter_shapes, n, slots, itemsize)."""

    def wrong(shapes, parameter_shapes, batch_size, slots=2, itemsize=4):
        case = shapes, parameter_shapes, batch_size, slots, itemsize
        right = zip(PARTS, training_memory(*case), strict=True)
        return tuple(rules[name](*case) if name in rules else size for name, size in right)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


def add_of_all(name, hint, change):
    """Add a wrong answer that is another case's right one: change(*case)."""

    def wrong(shapes, parameter_shapes, batch_size, slots=2, itemsize=4):
        case = change(shapes, parameter_shapes, batch_size, slots, itemsize)
        return training_memory(*case)

    wrong.__name__ = name
    task.misconception(hint)(wrong)


add(
    "batch_forgotten",
    "Your activations are those of one sample. Each sample of the batch has its own, and all are "
    "there at once.",
    activations=lambda shapes, arrays, n, slots, size: size * numbers(shapes),
)
add(
    "bytes_forgotten_in_activations",
    "Your activations are numbers, not bytes. Each number has `itemsize` bytes, as in the other "
    "parts.",
    activations=lambda shapes, arrays, n, slots, size: n * numbers(shapes),
)
add(
    "bytes_forgotten_but_in_activations",
    "Your activations are bytes, and the other parts are numbers. Each number has `itemsize` "
    "bytes, whatever it is for.",
    parameters=lambda shapes, arrays, n, slots, size: numbers(arrays),
    gradients=lambda shapes, arrays, n, slots, size: numbers(arrays),
    optimizer_state=lambda shapes, arrays, n, slots, size: slots * numbers(arrays),
)
add(
    "batch_in_the_input_alone",
    "You count the batch for the input alone. What each layer gives is there for each sample, too.",
    activations=lambda shapes, arrays, n, slots, size: (
        size * (n * numbers(shapes[:1]) + numbers(shapes[1:]))
    ),
)
add(
    "everything_times_the_batch",
    "You multiply the parameters by the batch size, and their gradients and the optimizer's "
    "numbers, too. All samples share the same ones.",
    parameters=lambda shapes, arrays, n, slots, size: n * size * numbers(arrays),
    gradients=lambda shapes, arrays, n, slots, size: n * size * numbers(arrays),
    optimizer_state=lambda shapes, arrays, n, slots, size: n * size * slots * numbers(arrays),
)
add(
    "parameters_times_the_batch",
    "You multiply the parameters by the batch size. All samples share the same ones.",
    parameters=lambda shapes, arrays, n, slots, size: n * size * numbers(arrays),
)
add(
    "a_gradient_per_sample",
    "You multiply the gradients of the parameters by the batch size. They are summed over the "
    "batch: one number for each parameter is left.",
    gradients=lambda shapes, arrays, n, slots, size: n * size * numbers(arrays),
)
add(
    "gradients_forgotten",
    "Your gradients take no memory. Each parameter has one, and all of them are there when the "
    "optimizer takes its step.",
    gradients=lambda *case: 0,
)
add(
    "gradients_of_activations",
    "Your gradients are as many as the activations. Those of the parameters are meant; the others "
    "are not kept.",
    gradients=lambda shapes, arrays, n, slots, size: n * size * numbers(shapes),
)
add(
    "optimizer_forgotten",
    "Your optimizer keeps nothing, whatever it is. `slots` says how many numbers it keeps for each "
    "parameter.",
    optimizer_state=lambda *case: 0,
)
add(
    "slots_not_multiplied",
    "Your optimizer keeps one number for each parameter, whatever it is. `slots` says how many it "
    "keeps.",
    optimizer_state=lambda shapes, arrays, n, slots, size: size * numbers(arrays),
)
add(
    "always_adam",
    "Your optimizer keeps two numbers for each parameter, whatever it is. `slots` says how many it "
    "keeps.",
    optimizer_state=lambda shapes, arrays, n, slots, size: 2 * size * numbers(arrays),
)
add(
    "one_slot_too_many",
    "Your optimizer's part has the parameters or their gradients in it, too. They stand in their "
    "own parts.",
    optimizer_state=lambda shapes, arrays, n, slots, size: (1 + slots) * size * numbers(arrays),
)
add(
    "two_slots_too_many",
    "Your optimizer's part has the parameters and their gradients in it, too. They stand in their "
    "own parts.",
    optimizer_state=lambda shapes, arrays, n, slots, size: (2 + slots) * size * numbers(arrays),
)
add(
    "slots_per_array",
    "Your optimizer keeps `slots` numbers for each array. It keeps so many for each parameter.",
    optimizer_state=lambda shapes, arrays, n, slots, size: size * slots * len(arrays),
)
add(
    "slots_added",
    "You add `slots` to the number of parameters. The optimizer keeps so many numbers for each "
    "one.",
    optimizer_state=lambda shapes, arrays, n, slots, size: size * (slots + numbers(arrays)),
)
add(
    "slots_of_activations",
    "Your optimizer keeps numbers for the activations. It moves the parameters, and knows nothing "
    "else.",
    optimizer_state=lambda shapes, arrays, n, slots, size: n * size * slots * numbers(shapes),
)
add(
    "last_two_exchanged",
    "What you give third is the optimizer's part, and what you give last the gradients'. The order "
    "is: activations, parameters, gradients, what the optimizer keeps.",
    gradients=lambda shapes, arrays, n, slots, size: size * slots * numbers(arrays),
    optimizer_state=lambda shapes, arrays, n, slots, size: size * numbers(arrays),
)
add_of_all(
    "input_forgotten",
    "The input is missing in your activations. The first layer needs it on its way back: it is "
    "kept like all others.",
    lambda shapes, *rest: (shapes[1:], *rest),
)
add_of_all(
    "output_forgotten",
    "What the last layer gives is missing in your activations. The loss needs it.",
    lambda shapes, *rest: (shapes[:-1], *rest),
)
add_of_all(
    "layers_in_between_alone",
    "The input and the output of the network are missing in your activations. They are there, too.",
    lambda shapes, *rest: (shapes[1:-1], *rest),
)
add(
    "largest_two_alone",
    "You count the largest pair of neighbours alone. That will do for a prediction; training keeps "
    "all of them for the way back.",
    activations=lambda shapes, arrays, n, slots, size: (
        n * size * max(numbers(shapes[i : i + 2]) for i in range(len(shapes)))
    ),
)
add(
    "largest_alone",
    "You count the largest array alone. Training keeps all of them for the way back.",
    activations=lambda shapes, arrays, n, slots, size: (
        n * size * max(numbers([shape]) for shape in shapes)
    ),
)
add(
    "activations_twice",
    "You count the activations twice, it may be for their gradients. On the way back, only those "
    "of two neighbouring layers are there at a time, and this estimate leaves them out.",
    activations=lambda shapes, arrays, n, slots, size: 2 * n * size * numbers(shapes),
)
add(
    "channels_forgotten",
    "You multiply height and width, and leave the channels out. Each channel is a picture of its "
    "own.",
    activations=lambda shapes, arrays, n, slots, size: (
        n * size * numbers(shape[-2:] for shape in shapes)
    ),
)
add(
    "first_axis_left_out",
    "You leave the first size of each shape out. The batch is not in these shapes: the first size "
    "is that of the channels, or the only one.",
    activations=lambda shapes, arrays, n, slots, size: (
        n * size * numbers(shape[1:] for shape in shapes)
    ),
)
add_of_all(
    "biases_forgotten",
    "The biases are missing. They are learned, too.",
    lambda shapes, arrays, *rest: (shapes, [shape for shape in arrays if len(shape) > 1], *rest),
)
add_of_all(
    "weights_forgotten",
    "You count the biases alone, or only as many numbers as an array has rows.",
    lambda shapes, arrays, *rest: (shapes, [shape[:1] for shape in arrays], *rest),
)
add_of_all(
    "sizes_added_in_a_shape",
    "You add up the sizes in a shape. An array of 3 × 4 holds 12 numbers.",
    lambda shapes, arrays, *rest: (
        [(sum(shape),) for shape in shapes],
        [(sum(shape),) for shape in arrays],
        *rest,
    ),
)
add_of_all(
    "numbers_for_bytes",
    "You count numbers, not bytes.",
    lambda *case: (*case[:-1], 1),
)
add_of_all(
    "always_float64",
    "Your numbers have 8 bytes each, whatever is asked for. `itemsize` says how many they have.",
    lambda *case: (*case[:-1], 8),
)
add_of_all(
    "always_float32",
    "Your numbers have 4 bytes each, whatever is asked for. `itemsize` says how many they have.",
    lambda *case: (*case[:-1], 4),
)
add_of_all(
    "bits",
    "You count bits. `itemsize` is in bytes, and bytes are asked for.",
    lambda *case: (*case[:-1], 8 * case[-1]),
)
add_of_all(
    "in_kibibytes",
    "You divide by 1024. Bytes are asked for.",
    lambda *case: (*case[:-1], case[-1] / 1024),
)
add_of_all(
    "in_mebibytes",
    "You divide by 1024 twice. Bytes are asked for.",
    lambda *case: (*case[:-1], case[-1] / 1024**2),
)
