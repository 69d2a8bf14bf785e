"""The questions that are answered in words."""

from handgrad import Question

he_or_glorot = Question("he_or_glorot", "He or Glorot?", points=3)
which_finding = Question("which_finding", "One symptom, two causes", points=3)
