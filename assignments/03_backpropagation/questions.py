"""The questions that are answered in words."""

from handgrad import Question

why_order = Question("why_order", "Why this order?", points=2)
