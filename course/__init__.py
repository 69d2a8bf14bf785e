"""The course: a folder of pages for each chapter, and what draws their figures."""
