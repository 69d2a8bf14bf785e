"""From what a check returned to a verdict, and to the name of the mistake."""
