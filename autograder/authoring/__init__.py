"""What an author writes: tasks, checks, known mistakes."""
