"""One published figure: what was published, what we find, and what that says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aumaq.instances.errors import AumaqError

Found = tuple[float, float | None]
"""A value, and its bound if it has one of its own."""


@dataclass(frozen=True)
class Check:
    """One published figure; ``right``: the true one where that is wrong."""

    case: str
    value: float
    published: float
    tolerance: float  # half a unit of the last digit that was published
    right: float | None = None
    bound: float | None = None
    failure: str = ""  # why there is no value


@dataclass(frozen=True)
class Question:
    """A published figure that is still to be found."""

    case: str
    published: float
    tolerance: float
    find: Callable[[], Found]
    right: float | None = None

    def check(self) -> Check:
        """Find the figure; what keeps it from being found is told in the check."""
        asked = self.case, self.published, self.tolerance
        try:
            value, bound = self.find()
        except Exception as error:  # whatever it is: the other cases go on
            return Check(self.case, math.nan, *asked[1:], failure=reason_of(error))
        return Check(self.case, value, *asked[1:], self.right, bound)


def reason_of(error: Exception) -> str:
    """Return in a line why a case failed."""
    told = (
        str(error)
        if isinstance(error, AumaqError)
        else f"{type(error).__name__}: {error}"
    )
    return " ".join(told.split())


def verdict(check: Check) -> str:
    """Return ``same``, ``differs``, ``published is wrong`` or why there is no value."""
    if check.failure:
        return f"failed: {check.failure}"
    if check.right is not None:
        is_right = abs(check.value - check.right) <= 1e-9 * max(1.0, abs(check.right))
        return "published is wrong" if is_right else "differs"
    return (
        "same" if abs(check.value - check.published) <= check.tolerance else "differs"
    )


def row_of(folder: str, check: Check) -> dict[str, Any]:
    """Return the row of a check in the table of all."""
    return {
        "folder": folder, "case": check.case, "value": check.value,
        "bound": check.bound, "published": check.published,
        "tolerance": check.tolerance, "verdict": verdict(check),
    }  # fmt: skip
