"""The question that is answered in words; a person reads the answers."""

from handgrad import Question

project_report = Question("project_report", "The project, in words", points=5)
