"""What a submission may use, and the sentence for what it used up."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.authoring.tasks import Allowance
from autograder.sandbox import Ended, Limits


@dataclass(frozen=True)
class Budget:
    """What a submission may use: seconds of computing, and restarts.

    Attributes
    ----------
    cell_seconds, task_seconds : float
        For one cell, and for the checks of one task.
    total_seconds : float
        For everything together, all restarts included. Nothing new is begun after three times as
        many seconds on the clock.
    output_characters : int
        What is kept of the text that one cell shows.
    restarts : int
        How many times a new child is started.
    limits : Limits
        What the kernel holds each child to.
    """

    cell_seconds: float = Allowance.cell_seconds
    task_seconds: float = Allowance.task_seconds
    total_seconds: float = Allowance.total_seconds
    output_characters: int = Allowance.output_kib << 10
    restarts: int = 12
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, allowance: Allowance) -> Budget:
        """Return the budget that an assignment declares."""
        return cls(
            allowance.cell_seconds,
            allowance.task_seconds,
            allowance.total_seconds,
            allowance.output_kib << 10,
            limits=Limits(memory_bytes=allowance.memory_mib << 20),
        )


def why_ended(ended: Ended, budget: Budget) -> str:
    if ended.cause == "cpu limit":
        return f"the submission took more than {budget.limits.cpu_seconds} seconds of computing"
    if ended.cause == "memory limit":
        return (
            f"the submission asked for more than {budget.limits.memory_bytes >> 20} MiB of memory"
        )
    if ended.signal is not None:
        return f"the code crashed the Python interpreter (signal {ended.signal})"
    return "the code ended the Python interpreter"
