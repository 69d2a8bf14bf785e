"""Grade notebooks with Otter-Grader, one after the other in one process.

``python otter_loop.py AUTOGRADER.zip NOTEBOOK ...`` runs in Otter's own environment. This is the
cheapest way that Otter has: ``otter run`` starts anew for each notebook, and ``otter grade`` starts
a container besides.
"""

from __future__ import annotations

import sys

from otter.api import grade_submission


def main(autograder: str, *notebooks: str) -> None:
    """Grade notebooks, and complain of one that gets nothing: Otter hides errors."""
    for notebook in notebooks:
        results = grade_submission(notebook, autograder, quiet=True)
        if not results.total:
            raise SystemExit(f"{notebook} got no points: {results.summary()}")


main(*sys.argv[1:])
