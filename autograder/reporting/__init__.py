"""What a class has understood and what not: from its grades to one page."""
