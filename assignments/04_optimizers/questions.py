"""The questions that are answered in words."""

from handgrad import Question

fair_comparison = Question("fair_comparison", "A fair comparison", points=2)
