"""A limit on churn: how like an earlier plan others are.

The earlier plan may be of another instance. What it runs that can run here no more, as
its site is gone, forbidden or of another name, is otherwise for certain: it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from aumaq.instances import Instance, OptionError
from aumaq.instances.language.texts import Text, chained, say
from aumaq.results.plan.decisions import decisions_of
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing.marks import SITES, Marks
from aumaq.solvers.amended import Amendment

MOST_NAMED = 5
"""Of what runs in the earlier plan and cannot here."""


def limit_churn(
    marks: Marks, amendment: Amendment, against: Plan, instance: Instance, churn: int
) -> Text:
    """Let plans have at most *churn* marks otherwise than an earlier plan.

    Returns what of that plan cannot run here, empty if all can. Raises OptionError if
    that alone is more than *churn*, or if the plan says nothing of a period here.
    """
    _check_periods(marks, against, instance)
    gone = _gone(marks, against, instance)
    where = _named(sorted({f"{key[0]} {key[1]}" for key in gone}))
    least = gone.total()
    if least > churn:
        raise OptionError(
            say(
                "the earlier plan runs what cannot run here ({where}): changes by that"
                " alone {least}, allowed {churn}",
                where=where,
                least=least,
                churn=churn,
            )
        )
    known = marks.of(decisions_of(against, instance))
    marks.near(amendment, known, float(churn - least))
    if not least:
        return Text("")
    return say(
        "changes by what the earlier plan runs and cannot run here ({where}): {least}",
        where=where,
        least=least,
    )


def _check_periods(marks: Marks, against: Plan, instance: Instance) -> None:
    """Raise OptionError unless the earlier plan has all periods that are compared."""
    periods, known = instance.period_names, against.instance.period_names
    asked = periods[-1:] if marks.by == SITES else periods
    missing = [period for period in asked if period not in known]
    if missing:
        raise OptionError(
            say(
                "the earlier plan says nothing of {periods}: it is of {known}",
                periods=", ".join(missing),
                known=", ".join(known),
            )
        )


def _gone(
    marks: Marks, against: Plan, instance: Instance
) -> Counter[tuple[str, str, int, str]]:
    """Return how often what the earlier plan runs has no mark here."""
    periods, rows = instance.period_names, against.facilities
    asked = periods[-1:] if marks.by == SITES else periods
    rows = rows[rows["period"].isin(asked) & (rows["units"] > 0)]
    runs = Counter[tuple[str, str, int, str]]()
    for row in rows.itertuples():
        if marks.by == SITES:
            runs[row.service, row.site, 0, row.period] = 1
        else:
            runs[row.service, row.site, int(row.level), row.period] += int(row.units)
    sites = {
        name: instance.service_sites(name)["site"].tolist()
        for name in instance.service_names
    }
    here = Counter(
        (service, sites[service][j], level, periods[t])
        for service, j, level, t, _ in marks.where
    )
    return runs - here


def _named(places: Sequence[str]) -> Text:
    """Return names, not too many of them."""
    shown, rest = ", ".join(places[:MOST_NAMED]), len(places) - MOST_NAMED
    if rest <= 0:
        return Text("{shown}", {"shown": shown})
    return chained(
        [Text("{shown}", {"shown": shown}), say("and {count} more", count=rest)], " "
    )
