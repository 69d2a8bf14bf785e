"""The questions that are answered in words; a person reads the answers."""

from handgrad import Question

why_ahead = Question("why_ahead", "Why is it ahead?", points=3)
