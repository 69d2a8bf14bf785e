"""An nbgrader class: its folders, its gradebook, runs of grading, pages, appeals."""
