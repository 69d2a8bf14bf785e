"""The student's half: the check, its table, figures."""
