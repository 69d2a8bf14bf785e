"""The questions that are answered in words."""

from handgrad import Question

gap_or_bug = Question("gap_or_bug", "A gap, or a bug", points=3)
