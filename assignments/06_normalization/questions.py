"""The questions that are answered in words."""

from handgrad import Question

before_batch_norm = Question(
    "before_batch_norm", "What stands before batch normalization", points=3
)
