"""A solve that ends before there is a model: time is up, or the user stops it."""

from __future__ import annotations

from aumaq.solvers.solution.decisions import Solution, Status

NAN = float("nan")


class OutOfTimeError(Exception):
    """The solve was stopped before there was a model to solve."""

    def __init__(self, status: Status, seconds: dict[str, float]) -> None:
        super().__init__(status)
        self.status, self.seconds = status, seconds


def out_of_time(
    seconds: dict[str, float], status: Status = Status.TIME_LIMIT
) -> Solution:
    """Return the outcome of a solve that ended before there was a model."""
    text = "it ended while the model was built"
    size = dict.fromkeys(("rows", "columns", "integers", "nonzeros"), 0)
    return Solution(
        status, NAN, float("-inf"), None, seconds, size, text, extra={"nodes": 0}
    )
