"""The questions that are answered in words."""

from handgrad import Question

why_not_accuracy = Question("why_not_accuracy", "Why not train for accuracy?", points=3)


read_the_curves = Question("read_the_curves", "Three learning rates", points=3)
