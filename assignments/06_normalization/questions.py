"""The questions that are answered in words."""

from handgrad import Question

too_good = Question("too_good", "Too good to be true", points=3)
before_batch_norm = Question(
    "before_batch_norm", "What stands before batch normalization", points=3
)
