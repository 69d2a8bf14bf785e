"""The questions that are answered in words."""

from handgrad import Question
