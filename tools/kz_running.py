"""How facilities are run in Kazakhstan: variants with second shift, staff, builders.

Each is an axis of its own, so that a scenario takes any of them: the base has none.
"""

from __future__ import annotations

import pandas as pd

LIMITS = {"2026-30": 0.30, "2031-35": 0.20, "2036-40": 0.10}
"""Most pupils in second shift."""
SHIFT = {
    "service": "school",
    "from_level": 2,
    "extra_share": 0.6,
    "cost_mln_per_unit_year": 0.9,
    "source": "assumption: pupils of grades without exams; a place costs as much as one"
    " of a school of 300 places, and half of that again for late hours",
}
BUS = {
    "service": "school",
    "within_minutes": 60.0,
    "cost_mln_per_unit_year": 0.12,
    "cost_per_km": 15.0,
    "source": "assumption: a seat with driver and escort, shared by 25; fuel and wear"
    " of a bus at 375 KZT a km, shared by 25",
}
POSTS = {
    ("teacher", "school"): (14.0, 32.0, 58.0, 100.0, 190.0),
    ("doctor", "primary_care"): (0.0, 0.0, 2.0, 7.0, 15.0),
    ("doctor", "hospital"): (8.0, 25.0, 80.0, 240.0),
}
"""Posts in a facility of each level."""
TITLES = {"teacher": "Teachers", "doctor": "Doctors"}
STAYS = {"2026-30": 1.00, "2031-35": 0.96, "2036-40": 0.92}
"""Who is there by itself, of the posts of today's facilities."""
MOST_TRAINED = 0.06
"""Of the posts of today's facilities, in a period."""
HIRE_MLN, TRAIN_MLN = {"teacher": 9.0, "doctor": 14.0}, {"teacher": 4.0, "doctor": 11.0}
STAFF_SOURCE = (
    "assumption: posts by the size of the facility; who retires is replaced but for 4 %"
    " in five years; a house and a grant for who comes, a place at a college for who is"
    " trained"
)
CHANGES = 0.5
"""Of today's facilities, so many may change at once in a region, in five years."""
LEAST_CHANGES = 25
MOBILE = {
    "mobile_service": "mobile_clinic",
    "service": "primary_care",
    "from_level": 3,
    "most_teams": 3,
    "days_per_year": 200.0,
    "units_per_day": 15.0,
    "cost_mln_per_team_year": 45.0,
    "cost_mln_per_day": 0.05,
    "cost_per_km": 180.0,
    "within_minutes": 90.0,
    "applies_to": "rural",
    "population_most": 8000.0,
    "title": "Mobile clinic for small villages",
    "source": "assumption: a doctor, a nurse and a driver with a mobile clinic see 30"
    " people a day, each twice a year; wages and wear 45 mln KZT a year, drugs and"
    " tests 50 thousand a day, fuel 180 KZT a km; the smallest villages of this table"
    " (up to 8,000 people), within an hour and a half of an ambulatory",
}
VARIANTS = [
    {"variant": "shifts", "axis": "second shift", "title": "schools may have one",
     "overrides": "shifts"},
    {"variant": "buses", "axis": "school bus", "title": "a bus may take pupils",
     "overrides": "buses"},
    {"variant": "mobile", "axis": "mobile clinic",
     "title": "a mobile clinic visits small villages", "overrides": "mobile"},
    {"variant": "staff", "axis": "staff", "title": "teachers and doctors are scarce",
     "overrides": "staff"},
    {"variant": "builders", "axis": "builders", "title": "builders are scarce",
     "overrides": "builders"},
]  # fmt: skip


def overrides(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows that each variant adds."""
    rows = [
        *_added("shifts", "shifts", [SHIFT]),
        *_added("shifts", "shift_limits", _limits()),
        *_added("buses", "buses", [BUS]),
        *_added("mobile", "mobile_services", [MOBILE]),
        *_added("staff", "professions", _professions()),
        *_added("staff", "staff_needs", _needs()),
        *_added("staff", "staff_supply", _supply(tables)),
        *_added("builders", "building_capacity", _builders(tables)),
    ]
    return pd.DataFrame(rows)


def _added(
    name: str, table: str, rows: list[dict[str, object]]
) -> list[dict[str, str]]:
    """Return overrides that add rows to a table."""
    return [
        {
            "override": name,
            "table": table,
            "where": "; ".join(f"{k}={v}" for k, v in row.items() if k != "source"),
            "action": "add",
            "source": str(row["source"]),
        }
        for row in rows
    ]


def _limits() -> list[dict[str, object]]:
    source = "assumption: no third shift, and the second one ends (state programmes)"
    return [
        {"shift_limit": "second_shift", "period": period, "service": "school",
         "most_share": share, "title": "Ever fewer pupils in second shift",
         "source": source}
        for period, share in LIMITS.items()
    ]  # fmt: skip


def _professions() -> list[dict[str, object]]:
    return [
        {"profession": code, "title": title, "source": STAFF_SOURCE}
        for code, title in TITLES.items()
    ]


def _needs() -> list[dict[str, object]]:
    return [
        {"profession": profession, "service": service, "level": level, "posts": posts,
         "source": STAFF_SOURCE}
        for (profession, service), by_level in POSTS.items()
        for level, posts in enumerate(by_level, 1)
        if posts
    ]  # fmt: skip


def _todays(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return today's facilities with their regions."""
    home = tables["settlements"].set_index("settlement")["region"]
    sites = tables["sites"][["service", "site", "settlement"]]
    found = tables["facilities"].merge(sites, on=["service", "site"])
    return found.assign(region=found["settlement"].map(home))


def _supply(tables: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Return who is there, from the posts of today's facilities."""
    today, found = _todays(tables), []
    for profession in TITLES:
        posts = {
            (service, level): number
            for (name, service), by_level in POSTS.items()
            for level, number in enumerate(by_level, 1)
            if name == profession
        }
        keys = zip(today["service"], today["level"], strict=True)
        filled = today["units"] * [posts.get(key, 0.0) for key in keys]
        for region, number in filled.groupby(today["region"]).sum().items():
            found += [
                {"profession": profession, "region": region, "period": period,
                 "available": round(number * share),
                 "hire_mln": HIRE_MLN[profession],
                 "most_trained": round(number * MOST_TRAINED),
                 "train_mln": TRAIN_MLN[profession], "source": STAFF_SOURCE}
                for period, share in STAYS.items()
            ]  # fmt: skip
    return found


def _builders(tables: dict[str, pd.DataFrame]) -> list[dict[str, object]]:
    """Return how many facilities may change at once in each region."""
    names = dict(
        zip(tables["regions"]["region"], tables["regions"]["name"], strict=True)
    )
    today = _todays(tables)
    today = today[today["service"].isin({service for _, service in POSTS})]
    return [
        {"building_capacity": f"builders_{region}", "period": period, "region": region,
         "most_changes": max(LEAST_CHANGES, round(number * CHANGES)),
         "title": f"Builders of the region: {names[region]}",
         "source": f"assumption: {CHANGES:.0%} of today's facilities in five years"}
        for region, number in today.groupby("region")["units"].sum().items()
        for period in LIMITS
    ]  # fmt: skip
