"""The leaf that runs inside the sandbox: standard library, NumPy and IPython, nothing of ours.

Inside it is mounted as a package called ``inside``, without ``autograder`` around it. So its
modules import each other relatively and import nothing else of Handgrad.
"""
