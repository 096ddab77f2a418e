"""What a change costs, told as a range: neither of two plans need be the best one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from aumaq.instances.language.texts import Text, say
from aumaq.results.language import Language
from aumaq.results.plan.plan import Plan

SAME = 1e-6
"""Relative to the plan's cost; below this two costs are the same."""


@dataclass(frozen=True)
class Difference:
    """How much dearer the best plan is after a change than before, mln (discounted).

    The best plans cost between bound and objective of those that were found, so that
    the truth lies between ``least`` and ``most``.
    """

    least: float
    most: float

    @classmethod
    def between(
        cls,
        plan: Plan,
        objective_mln: float,
        bound_mln: float,
        *,
        is_tighter: bool | None,
    ) -> Difference:
        """Return by how much the best plan after a change costs more than before.

        *is_tighter*: the change takes plans away, so that it cannot be cheaper;
        False: it allows more, so that it cannot be dearer; None: it does both.
        """
        size = SAME * max(1.0, abs(plan.objective_mln))
        least = bound_mln - plan.objective_mln
        most = objective_mln - plan.bound_mln
        if is_tighter:
            least, most = max(least, 0.0), max(most, 0.0)
        elif is_tighter is False:
            least, most = min(least, 0.0), min(most, 0.0)
        least, most = (0.0 if abs(x) <= size else x for x in (least, most))
        return cls(least, most)

    def told(self, lang: Language, currency: str) -> Text:
        """Return the range in words: mln dearer, or cheaper."""
        low, high = sorted((abs(self.least), abs(self.most)))
        if not np.isfinite(high):
            return say("at least {least} mln {currency}", currency=currency,
                       least=lang.lower(low, ",.6g"))  # fmt: skip
        if high - low <= SAME * max(1.0, high):
            return say("{most} mln {currency}", currency=currency,
                       most=lang.figure(high, ",.6g"))  # fmt: skip
        return say(
            "between {least} and {most} mln {currency}",
            least=lang.figure(_outwards(low, np.floor), ",.6g"),
            most=lang.figure(_outwards(high, np.ceil), ",.6g"),
            currency=currency,
        )


def _outwards(mln: float, to_whole: Callable[[float], Any]) -> float:
    """Return an end of a range as people say it: three digits, the range no smaller."""
    if mln <= 0.0:
        return mln
    unit = 10.0 ** (np.floor(np.log10(mln)) - 2)
    return float(to_whole(mln / unit) * unit)
