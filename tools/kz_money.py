"""Who pays in Kazakhstan: sources of money and a partnership, as a variant.

The base has one budget for all investment. The variant ``sources`` of the axis
``money`` lets it bind nobody and puts the same sum in the hands of the state and of the
regions, by their inhabitants; a donor and a private partner come beside them. Shares,
limits, rates and terms are assumptions: no table of the sources has them, and each row
says so.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

VARIANT = {
    "variant": "sources",
    "axis": "money",
    "title": "money from several sources",
    "overrides": "sources",
}
STATE_SHARE = 0.6
"""Of the budget for investment; the regions have the rest, by inhabitants."""
STATE_MOST = 0.8
"""Largest share of the state in what a region invests in ``SHARED``."""
DONOR_MLN = 100_000.0
"""For water, in each period."""
PARTNER_MLN = {"school": 400_000.0, "hospital": 200_000.0}
PARTNER_SHARE, PREMIUM, TERM_YEARS, WAIT_YEARS = 0.7, 0.11, 15, 2
BURDEN_MLN_PER_YEAR = 60_000.0
SHARED = ("school", "primary_care", "hospital")
ASSUMED = "assumption"

Rows = list[tuple[str, dict[str, Any]]]


def overrides(
    places: pd.DataFrame, budgets: pd.DataFrame, names: dict[str, str]
) -> pd.DataFrame:
    """Return the set of overrides of the variant; *names* are those of regions."""
    people = places.groupby("region")["population"].sum()
    amounts = dict(zip(budgets["period"], budgets["amount_mln"], strict=True))
    rows = [*_sources(people, names), *_limits(people, amounts), *_eligibility(people),
            *_partners()]  # fmt: skip
    found = [
        {"override": "sources", "table": "budgets", "column": "is_hard",
         "action": "set", "value": "false",
         "source": "its money is that of the sources; it is told and binds nobody"},
        *({"override": "sources", "table": table, "action": "add",
           "where": "; ".join(f"{key}={value}" for key, value in row.items()),
           "source": ASSUMED} for table, row in rows),
    ]  # fmt: skip
    columns = ["override", "table", "where", "column", "action", "value", "source"]
    return pd.DataFrame(found, columns=columns).fillna("")


def _fund(region: str) -> str:
    return f"region {region}"


def _sources(people: pd.Series, names: dict[str, str]) -> Rows:
    own = [
        ("state", "Republican budget", "national", True),
        ("current", "Current spending of the regions", "regional", False),
        ("bank", "Development bank, for water", "donor", True),
        *(
            (_fund(r), f"Budget of the region: {names[r]}", "regional", False)
            for r in people.index
        ),
    ]
    return [
        ("funding_sources", {"fund": fund, "title": title, "kind": kind,
                             "carry_over": str(carry).lower(), "source": ASSUMED})
        for fund, title, kind, carry in own
    ]  # fmt: skip


def _limits(people: pd.Series, amounts: dict[str, float]) -> Rows:
    found: Rows = []
    for period, mln in amounts.items():
        has = {"state": STATE_SHARE * mln, "bank": DONOR_MLN}
        rest = (1.0 - STATE_SHARE) * mln / people.sum()
        has |= {_fund(region): rest * count for region, count in people.items()}
        found += [
            ("funding_limits", {"fund": fund, "period": period,
                                "amount_mln": round(own, 1), "source": ASSUMED})
            for fund, own in has.items()
        ]  # fmt: skip
    return found


def _eligibility(people: pd.Series) -> Rows:
    rows: list[dict[str, Any]] = [
        {"fund": "current", "covers": "operation"},
        {"fund": "bank", "service": "water", "covers": "investment"},
        {"fund": "state", "covers": "investment"},
    ]
    rows += [{"fund": "state", "service": service, "region": region,
              "covers": "investment", "share_most": STATE_MOST}
             for service in SHARED for region in people.index]  # fmt: skip
    rows += [{"fund": _fund(region), "region": region, "covers": "investment"}
             for region in people.index]  # fmt: skip
    return [("funding_eligibility", {**row, "source": ASSUMED}) for row in rows]


def _partners() -> Rows:
    found: Rows = [
        ("partnerships", {"partnership": f"{service} partner",
                          "title": f"Partner for {service}s", "service": service,
                          "share_most": PARTNER_SHARE, "limit_mln": mln,
                          "premium": PREMIUM, "term_years": TERM_YEARS,
                          "first_payment_years": WAIT_YEARS, "source": ASSUMED})
        for service, mln in PARTNER_MLN.items()
    ]  # fmt: skip
    limit = {"burden": "all partners", "most_mln_per_year": BURDEN_MLN_PER_YEAR,
             "title": "Payments to partners a year", "source": ASSUMED}  # fmt: skip
    return [*found, ("burdens", limit)]
