"""Write a shipped instance with growth points to choose: an instance of its own.

Schools and hospitals on the roads of today: `west-kazakhstan` is small enough to be
solved in two minutes. In `kazakhstan` people come from the whole region: some centres
are alone in their districts.

    python tools/kz_growth.py FOLDER [CANDIDATES [INSTANCE [district|region]]]
    aumaq solve FOLDER --scenario inertial

Candidates are the largest district centres (third category of settlements in the
system of regional standards, Gov. Res. 710 of 02.09.2025; the centres are those that
the shipped connections start from). How many people move, and what a point costs, are
assumptions: rows say so. The variant `inertial+none` chooses none, for comparison.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import aumaq
from aumaq.instances import Instance, from_tables
from aumaq.instances.parts import part

PRICE_MLN_PER_PERSON = 0.2
"""Help with moving and land for one newcomer, mln KZT: an assumption."""
GAIN_BY_PERIOD = (0.05, 0.10, 0.15)
TIER = "support_town"
SOURCE = "assumption; category 3 of Gov. Res. 710/2025"


SERVICES = ("school", "hospital")


def services_alone(
    instance: Instance, services: tuple[str, ...] = SERVICES
) -> Instance:
    """Return the instance with some services only, without networks and upgrades."""
    tables = {name: instance.table(name) for name in instance.base}
    for name in ("networks", "road_upgrades", "connections", "referrals"):
        tables[name] = tables[name].iloc[:0]
    rows = tables["services"]
    tables["services"] = rows[rows["service"].isin(services)]
    return from_tables(part(instance.base, tables), outlines=instance.outlines)


def with_growth_points(
    instance: Instance, count: int, donors: str = "district"
) -> Instance:
    """Return the instance with *count* candidates, of which half may be chosen."""
    places = instance.table("settlements")
    centres = set(instance.table("connections")["from_settlement"])
    found = places[places["settlement"].isin(centres) & ~places["is_growth_point"]]
    largest = found.sort_values("population", ascending=False, kind="stable")
    codes = largest["settlement"].head(count)
    people = largest["population"].head(count)
    final = GAIN_BY_PERIOD[-1]
    candidates = pd.DataFrame(
        {
            "settlement": codes,
            "tier": TIER,
            "gain_share": final,
            "donors": donors,
            "capex_mln": (people * final * PRICE_MLN_PER_PERSON).round(1),
            "is_synthetic": True,
            "source": SOURCE,
        }
    )
    periods = zip(instance.period_names, GAIN_BY_PERIOD, strict=True)
    gains = pd.DataFrame(
        [
            {"settlement": code, "tier": TIER, "period": period, "gain_share": share}
            for period, share in periods
            for code in codes
        ]
    )
    title = "Support towns: centres of districts"
    tiers = pd.DataFrame(
        [{"tier": TIER, "title": title, "max_count": count // 2, "source": SOURCE}]
    )
    rules = pd.DataFrame(
        [{"concentration": "hospitals", "service": "hospital", "share": 0.5,
          "title": "Half of hospital capacity stands in growth points"}]
    )  # fmt: skip
    variants = pd.DataFrame(
        [{"variant": "none", "axis": "growth points", "title": "none is chosen",
          "overrides": "no_points"}]
    )  # fmt: skip
    overrides = pd.DataFrame(
        [{"override": "no_points", "table": "growth_tiers", "column": "max_count",
          "value": "0"}]
    )  # fmt: skip
    return services_alone(instance).replace(
        growth_tiers=tiers,
        growth_candidates=candidates,
        growth_gains=gains,
        concentrations=rules,
        variants=variants,
        overrides=overrides,
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    name = sys.argv[3] if len(sys.argv) > 3 else "west-kazakhstan"
    made = with_growth_points(aumaq.read(name), number, *sys.argv[4:5])
    aumaq.write(made, Path(sys.argv[1]))
