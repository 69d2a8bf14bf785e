"""One submission, and many: read, run, asked, judged, reported."""
