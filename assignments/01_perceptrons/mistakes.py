"""What known mistakes of several tasks share."""

IF_FOR_ARRAYS = (
    "if, and, or and not want a single yes or no. An array holds many answers: compare the whole "
    "array at once, and turn the truth values into numbers."
)


IN_PLACE = "You change the array that you were given. It belongs to the caller: make a new one."
SINGLE_PRECISION = (
    "float32 comes back as float64, which takes twice the memory. Arithmetic of x with plain "
    "numbers keeps its type. An array of another type does not: np.zeros and np.array make float64 "
    "unless you name another dtype, and the whole numbers of step turn float32 into float64 as "
    "well."
)


ROUNDED = (
    "You round the result. In the examples np.round only shortens what is printed; the function "
    "itself returns all digits."
)


TRUTH_VALUES = (
    "You return truth values, True and False. Later tasks add the answers up, and in arrays "
    "True + True is True, not 2. Make numbers of them; arrays have a method for that, astype."
)


WHOLE_NUMBERS = (
    "For whole numbers your result is cut down to whole numbers: an array made in the form of x "
    "takes over its type, too."
)


NOT_A_NUMBER = (
    "exp of a large positive number is infinite, and infinity divided by infinity is not a number."
)


NOT_FITTING = (
    "A matrix product has its factors in the wrong order, or one is transposed that should not be "
    "(or the other way round). Write the shapes below each factor: the two lengths in the middle "
    "have to be the same, and the outer ones are those of the result."
)
