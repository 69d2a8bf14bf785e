"""What more than one page needs: it draws figures, or trains; the course's notebooks import it."""
