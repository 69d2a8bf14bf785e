"""Where formgrader finds the class of an instructor, and that Handgrad's judge grades in it.

It is read when the instructor's server starts: the class need not be there yet.
"""

from pathlib import Path

from autograder.classes.nbgrader_plugin import configure

c = get_config()  # noqa: F821
configure(c)
c.CourseDirectory.root = str(Path.home() / "myclass")
c.CourseDirectory.course_id = "myclass"
