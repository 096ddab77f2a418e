"""Services of the Kazakhstan instances: sizes, prices, rules, and where from.

Norms: Government Resolution 114 of 19.02.2014 and 710 of 02.09.2025. Prices of school
places: limits of the programme of 2023 as reported in the press. What no source gives
is marked ``assumption``.
"""

from __future__ import annotations

PRESS = "press, price limits per place 2022"
OWN = "assumption"
EVERYONE = 1000.0
"""A place for each member of the group: capacity is counted in members (assumption)."""

SERVICES = [
    {"service": "school", "title": "School", "group": "pupils", "unit": "pupil",
     "norm_per_1000": EVERYONE, "cutoff_minutes": 35.0, "nearest_sites": 2,
     "trips_per_year": 340.0,
     "unserved_mln_per_unit_year": 3.0, "lifetime_years": 50.0,
     "source": "travel: planning value of 30 minutes; price of unserved: assumption"},
    {"service": "primary_care", "title": "Primary care", "group": "all",
     "unit": "person", "norm_per_1000": EVERYONE, "cutoff_minutes": 45.0,
     "nearest_sites": 2, "trips_per_year": 10.0, "unserved_mln_per_unit_year": 0.15,
     "lifetime_years": 40.0, "source": "tiers: resolution 710/2025; rest: assumption"},
    {"service": "hospital", "title": "Hospital", "group": "all", "unit": "person",
     "norm_per_1000": EVERYONE, "cutoff_minutes": 150.0, "nearest_sites": 3,
     "trips_per_year": 0.4,
     "unserved_mln_per_unit_year": 0.3, "lifetime_years": 50.0,
     "source": "tiers: resolution 114/2014; rest: assumption"},
]  # fmt: skip

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
    ("primary_care", 1, "medical point", 500, 75, 12, 1, 0, 8, 0.5, 0.1, 10, OWN),
    ("primary_care", 2, "feldsher post", 1500, 130, 25, 2, 0, 15, 1, 0.2, 20, OWN),
    ("primary_care", 3, "ambulatory", 5000, 260, 80, 4, 0, 40, 4, 0.4, 60, OWN),
    ("primary_care", 4, "primary care centre", 15000, 1100, 230, 8, 0, 120, 12, 0.8,
     160, OWN),
    ("primary_care", 5, "polyclinic", 30000, 2500, 440, 15, 0, 250, 30, 1.2, 320,
     "press, district polyclinic 2020; yearly cost: assumption"),
    ("hospital", 1, "district hospital", 30000, 6000, 900, 40, 0, 300, 60, 3.0, 500,
     OWN),
    ("hospital", 2, "inter-district hospital", 100000, 16000, 2700, 80, 0, 800, 180,
     6.0, 1400, OWN),
    ("hospital", 3, "city hospital", 300000, 40000, 7500, 150, 0, 2200, 500, 12.0,
     3800, OWN),
]  # fmt: skip

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
