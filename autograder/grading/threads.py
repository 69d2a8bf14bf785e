"""One thread for linear algebra: how a sum is shared out among threads changes its last digits."""

from __future__ import annotations

from threadpoolctl import ThreadpoolController


def use_one_thread() -> None:
    """Let NumPy's libraries work in one thread, in this process and in those forked from it.

    What is loaded already obeys, too: inside nbgrader or JupyterLab it is too late for the
    environment variables that say so.
    """
    for library in ThreadpoolController().lib_controllers:
        if library.num_threads != 1:  # to a forked process, setting it would bring threads back
            library.set_num_threads(1)
