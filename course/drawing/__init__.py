"""What draws the figures of more than one page; the course's notebooks import it."""
