"""What plans of a study with several goals are worth in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aumaq.results.language import Language

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def goal_figures(plan: Plan, lang: Language) -> list[tuple[str, float, str, int]]:
    """Return title, value, kind and digits of each goal; none if there were none."""
    told = plan.record.get("goals", {})
    if not told:
        return []
    from aumaq.results.plan.aims import aims_of

    minutes = 0.0 if "cover" in told else None
    aims = aims_of(plan.instance, list(told), minutes)
    return [
        (
            f"{lang.tell(aim.measure)}, {lang.tell(aim.unit)}",
            float(told[aim.name]),
            "number",
            1 if aim.unit == "min" else 0,
        )
        for aim in aims
    ]


def goal_axes(plans: Sequence[Plan], lang: Language) -> list[str]:
    """Return the titles of the first two goals, if all plans have the same ones."""
    titles = [[title for title, *_ in goal_figures(plan, lang)] for plan in plans]
    return titles[0][:2] if all(found == titles[0] for found in titles) else []
