"""What known mistakes of several tasks share."""
