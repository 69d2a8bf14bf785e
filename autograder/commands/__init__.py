"""The command ``handgrad``, and what an instructor reads in a terminal."""
