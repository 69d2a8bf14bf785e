"""What the tasks on columns draw in common.

The images are no squares, nor are the windows; stride and padding take several values, none too.
"""

IMAGES, WINDOW = (2, 3, 5, 7), (2, 3)
