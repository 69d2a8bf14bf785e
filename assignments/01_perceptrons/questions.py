"""The questions that are answered in words."""

from handgrad import Question

why_not_equal = Question("why_not_equal", "Which gates are impossible?", points=3)


which_output = Question("which_output", "Choose the activations", points=3)
