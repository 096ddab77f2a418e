"""Services of the Kazakhstan instances: sizes, prices, rules, and where from.

Norms: Government Resolution 114 of 19.02.2014 and 710 of 02.09.2025. Prices of school
places: limits of the programme of 2023 as reported in the press. What no source gives
is marked ``assumption``.
"""

from __future__ import annotations

import pandas as pd

PRESS = "press, price limits per place 2022"
OWN = "assumption"
CREDIT = 0.5
"""Worth of the old building when it is enlarged, of its price anew (assumption)."""
CREDIT_TEXT = "enlarging keeps half the worth of the old building: assumption"
EVERYONE = 1000.0
"""A place for each member of the group: capacity is counted in members (assumption)."""

MAX_USE = {"school": 0.95, "primary_care": 0.95, "hospital": 0.9}
"""Share of a facility's capacity that is used; the rest is a reserve (assumption)."""
UNSERVED = {"school": 12.0, "primary_care": 0.6, "hospital": 1.2}
"""Price of one member a year without a place, mln KZT (assumption): nine to thirty
times the yearly cost of a place in the smallest facility (building over its life, and
running it), so that who can be reached is given a place."""
UNSERVED_TEXT = (
    "price of unserved: nine and more times a place in the smallest facility"
    " (assumption)"
)
FARE = 25.0
"""A person's kilometre, KZT: between a coach and a shared car (assumption)."""
FARE_TEXT = f"a reserve of places, {FARE:g} KZT a km (coach to shared car): assumption"

SERVICES = [
    {"service": "school", "title": "School", "group": "pupils", "unit": "pupil",
     "norm_per_1000": EVERYONE, "cutoff_minutes": 30.0, "nearest_sites": 1,
     "served_within_minutes": 60.0, "max_use_share": MAX_USE["school"],
     "trips_per_year": 340.0, "companions_per_trip": 0.2,
     "transport_cost_per_km": FARE,
     "unserved_mln_per_unit_year": UNSERVED["school"], "lifetime_years": 50.0,
     "enlarge_credit_share": CREDIT,
     "source": "travel: planning value of 30 minutes (norms.csv), an hour at most"
     " (assumption); 170 days there and back; one of five pupils is brought:"
     f" assumption; {UNSERVED_TEXT}; {FARE_TEXT}; {CREDIT_TEXT}"},
    {"service": "primary_care", "title": "Primary care", "group": "all",
     "unit": "person", "norm_per_1000": EVERYONE, "cutoff_minutes": 30.0,
     "nearest_sites": 1, "served_within_minutes": 60.0,
     "max_use_share": MAX_USE["primary_care"],
     "trips_per_year": 10.0, "companions_per_trip": 0.3,
     "transport_cost_per_km": FARE,
     "unserved_mln_per_unit_year": UNSERVED["primary_care"],
     "lifetime_years": 40.0, "enlarge_credit_share": CREDIT,
     "source": "tiers: resolution 710/2025; five visits a year there and back, with"
     " children and old people someone comes along, an hour at most: assumption;"
     f" {UNSERVED_TEXT}; {FARE_TEXT}; {CREDIT_TEXT}"},
    {"service": "hospital", "title": "Hospital", "group": "all", "unit": "person",
     "norm_per_1000": EVERYONE, "cutoff_minutes": 90.0, "nearest_sites": 2,
     "served_within_minutes": 240.0, "max_use_share": MAX_USE["hospital"],
     "trips_per_year": 3.5, "companions_per_trip": 0.2,
     "transport_cost_per_km": FARE,
     "unserved_mln_per_unit_year": UNSERVED["hospital"], "lifetime_years": 50.0,
     "enlarge_credit_share": CREDIT,
     "source": "tiers: resolution 114/2014; trips a person and year: 0.15 stays (0.3),"
     " four visitors a stay (1.2), one outpatient (2), there and back: assumption,"
     " general knowledge; four hours at most as the referral: assumption;"
     f" {UNSERVED_TEXT}; {FARE_TEXT}; {CREDIT_TEXT}"},
]  # fmt: skip

LEAST_PEOPLE = {
    "school": {1: 0, 2: 800, 3: 2000, 4: 5000, 5: 20_000},
    "primary_care": {1: 0, 2: 330, 3: 1000, 4: 3300, 5: 20_000},
    "hospital": {1: 0, 2: 3000, 3: 20_000, 4: 100_000},
}
"""Inhabitants today from which a place may get a level. Schools: their own pupils fill
about half of it (assumption). Primary care: two thirds of the people whom resolution
710/2025 attaches to the tier (derived). Hospitals: a town, a city (assumption; served
people of resolution 114/2014: 100,000 and 100,000 to 300,000)."""
LEAST_PEOPLE_TEXT = {
    "school": "smallest place: its own pupils fill about half (assumption)",
    "primary_care": "smallest place: two thirds of who is attached (710/2025, derived)",
    "hospital": "smallest place: a town, a city (assumption)",
}

LEVEL_COLUMNS = (
    "service", "level", "title", "capacity", "capex_mln", "opex_mln_per_year",
    "closing_mln", "min_use", "load_kw", "load_m3_per_day", "footprint_ha",
    "emissions_t_per_year", "source",
)  # fmt: skip
LEVELS = [
    ("school", 1, "100 places", 100, 900, 110, 5, 5, 40, 2, 1.0, 60, OWN),
    ("school", 2, "300 places", 300, 2490, 240, 10, 0, 100, 6, 2.0, 150, PRESS),
    ("school", 3, "600 places", 600, 4080, 420, 20, 0, 180, 12, 2.5, 270, PRESS),
    ("school", 4, "1200 places", 1200, 5760, 760, 30, 0, 320, 24, 3.5, 480, PRESS),
    ("school", 5, "2500 places", 2500, 9000, 1450, 50, 0, 600, 50, 5.0, 900, PRESS),
    ("primary_care", 1, "medical point", 500, 75, 14, 1, 0, 8, 0.5, 0.1, 10, OWN),
    ("primary_care", 2, "feldsher post", 1500, 130, 36, 2, 0, 15, 1, 0.2, 20, OWN),
    ("primary_care", 3, "ambulatory", 5000, 260, 110, 4, 0, 40, 4, 0.4, 60, OWN),
    ("primary_care", 4, "primary care centre", 15000, 1100, 270, 8, 0, 120, 12, 0.8,
     160, OWN),
    ("primary_care", 5, "polyclinic", 30000, 2500, 440, 15, 0, 250, 30, 1.2, 320,
     "press, district polyclinic 2020; yearly cost: assumption"),
    ("hospital", 1, "small hospital", 10000, 2400, 330, 20, 0, 110, 22, 1.2, 190, OWN),
    ("hospital", 2, "district hospital", 30000, 6000, 900, 40, 0, 300, 60, 3.0, 500,
     OWN),
    ("hospital", 3, "inter-district hospital", 100000, 16000, 2700, 80, 0, 800, 180,
     6.0, 1400, OWN),
    ("hospital", 4, "city hospital", 300000, 40000, 7500, 150, 0, 2200, 500, 12.0,
     3800, OWN),
]  # fmt: skip


def levels() -> pd.DataFrame:
    """Return the levels with the population that each asks for."""
    frame = pd.DataFrame(LEVELS, columns=list(LEVEL_COLUMNS))
    keys = zip(frame["service"], frame["level"], strict=True)
    frame["min_population"] = [LEAST_PEOPLE[service][level] for service, level in keys]
    size = frame["service"].map(LEAST_PEOPLE_TEXT).where(frame["min_population"] > 0)
    frame["source"] += ("; " + size).fillna("")
    return frame


STANDARDS = [
    {"standard": "school:rural", "service": "school", "applies_to": "rural",
     "scope": "settlement", "minutes": 30.0, "share": 1.0,
     "shortfall_mln_per_unit_year": 0.3,
     "title": "Rural pupils reach school within 30 minutes",
     "source": "planning value; Kazakh text not obtained (assumption)"},
    {"standard": "primary_care:region", "service": "primary_care",
     "applies_to": "all", "scope": "region", "minutes": 30.0, "share": 0.95,
     "shortfall_mln_per_unit_year": 0.02,
     "title": "95 % of a region's people reach primary care within 30 minutes",
     "source": "assumption"},
    {"standard": "primary_care:remote", "service": "primary_care",
     "applies_to": "remote", "scope": "settlement", "minutes": 15.0, "share": 0.9,
     "shortfall_mln_per_unit_year": 0.03,
     "title": "Remote settlements have primary care within 15 minutes",
     "source": "resolution 710/2025: a medical point where none within 5 km (derived)"},
    {"standard": "hospital:region", "service": "hospital", "applies_to": "all",
     "scope": "region", "minutes": 120.0, "share": 0.9,
     "shortfall_mln_per_unit_year": 0.02,
     "title": "90 % of a region's people reach a hospital within two hours",
     "source": "assumption"},
    {"standard": "hospital:town", "service": "hospital", "applies_to": "urban",
     "scope": "settlement", "minutes": 60.0, "share": 0.9,
     "shortfall_mln_per_unit_year": 0.1,
     "title": "Nine of ten people of a town reach a hospital within an hour",
     "source": "resolution 710/2025: a hospital in each town of district rank"
     " (derived); an hour, its share and price: assumption"},
]  # fmt: skip

REFERRALS = [
    {"referral": "ambulatory", "service": "primary_care", "from_level": 3,
     "to_service": "hospital", "to_level": 1, "minutes": 240.0,
     "title": "An ambulatory has a hospital within four hours", "source": "assumption"},
]  # fmt: skip

BUDGET_MLN_PER_PERSON_YEAR = 0.025
"""Investment limit, mln a year per inhabitant: assumption (about 25,000 KZT)."""
NETWORK_BUDGET_MLN_PER_PERSON_YEAR = 0.015
"""What is added to it where power and water are planned too: assumption."""
ROAD_BUDGET_MLN_PER_PERSON_YEAR = 0.02
"""What is added to it where roads are planned too: assumption."""
CONNECTED_FROM = "2031-35"
"""First period in which connections are asked for."""
