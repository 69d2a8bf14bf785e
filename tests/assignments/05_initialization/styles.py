"""What answers to several tasks share."""
