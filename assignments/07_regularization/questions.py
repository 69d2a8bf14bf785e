"""The questions that are answered in words."""

from handgrad import Question

gap_or_bug = Question("gap_or_bug", "A gap, or a bug", points=3)
which_layers = Question("which_layers", "Which layers?", points=3)
