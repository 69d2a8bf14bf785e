"""Where every program's libraries lie, and Python's packages. Both sides of the sandbox ask."""

SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/lib", "/lib32", "/lib64")

SITE = ("site-packages", "dist-packages")
"""What the folder of installed packages is called, within that of the standard library."""
