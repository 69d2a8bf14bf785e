"""The questions that are answered in words."""

from handgrad import Question

fair_comparison = Question("fair_comparison", "A fair comparison", points=2)
twice_the_brightness = Question("twice_the_brightness", "Twice the brightness", points=2)
