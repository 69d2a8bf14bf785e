"""The way into a class from a learning platform and back: students, work, grades, feedback."""
