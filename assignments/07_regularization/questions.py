"""The questions that are answered in words."""
