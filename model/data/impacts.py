"""What one of each thing adds to an impact: facilities, supply, travel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Floats
from aumaq.instances.rows import rows_with

COLUMNS = {
    "footprint": {"facility": "footprint_ha"},
    "emissions": {
        "facility": "emissions_t_per_year",
        "supply": "supply_emissions_t_per_unit_year",
    },
}
"""What an impact includes -> what it is of -> the column of ``levels``."""
LOCAL_EMISSIONS = "emissions_t_per_unit_year"


@dataclass(frozen=True)
class ImpactRates:
    """Rates of an impact; S services, L levels with level 0."""

    facility: Floats  # (S, L) of one that runs
    supply: Floats  # (S, L) of a unit fed in
    travel: Floats  # (S,) of a unit of demand for a year, a km away, there and back
    rows: pd.DataFrame
    includes: str

    def local(self, instance: Instance, network: str, of: str) -> Any:
        """Return a function (option, settlement) -> rate of a unit."""
        own = self.rows[(self.rows["of"] == of) & (self.rows["network"] == network)]
        given = dict(zip(own["option"], own["rate"], strict=True))
        known: dict[tuple[str, str], float] = {}
        if self.includes == "emissions" and of == "local_supply":
            table = rows_with(instance.tables["local_supplies"], "network", network)
            keys = zip(table["option"], table["settlement"], strict=True)
            known = dict(zip(keys, table[LOCAL_EMISSIONS], strict=True))

        def rate(option: str, settlement: str) -> float:
            included = known.get((option, settlement), known.get((option, ""), 0.0))
            own = given[option] if option in given else given.get("", 0.0)
            return float(included) + float(own)

        return rate


def impact_rates(instance: Instance, impact: str) -> ImpactRates:
    """Return the rates of an impact."""
    head = rows_with(instance.tables["impacts"], "impact", impact).iloc[0]
    rows = rows_with(instance.tables["impact_rates"], "impact", impact)
    names, levels = instance.service_names, instance.tables["levels"]
    count = 1 + int(levels["level"].max())
    at = pd.Index(names).get_indexer(levels["service"]), levels["level"].to_numpy()
    found = {}
    for of in ("facility", "supply"):
        found[of] = _by_level(rows[rows["of"] == of], names, count)
        if column := COLUMNS.get(head["includes"], {}).get(of):
            found[of][at] += levels[column].to_numpy(dtype=float)
    travel = rows[rows["of"] == "travel"]
    given = dict(zip(travel["service"], travel["rate"], strict=True))
    services = instance.tables["services"]
    trips = services["trips_per_year"] * (1.0 + services["companions_per_trip"])
    km = [given.get(name, given.get("", 0.0)) for name in names]
    per_km = trips.to_numpy(dtype=float) * np.array(km, dtype=float)
    return ImpactRates(
        found["facility"], found["supply"], per_km, rows, str(head["includes"])
    )


def _by_level(rows: pd.DataFrame, names: tuple[str, ...], count: int) -> Floats:
    """Return rates, (S, L): those of each level first, of one level over them."""
    found = np.zeros((len(names), count))
    for row in rows.sort_values("level").itertuples():
        s = names.index(row.service)
        found[s, slice(1, None) if row.level == 0 else row.level] = row.rate
    return found


def limited_rates(instance: Instance, service: str) -> list[Floats]:
    """Return what a facility of each level, 0..L, adds to each impact with a limit."""
    limits = instance.tables["impact_limits"]
    if not len(limits):
        return []
    s, count = instance.service_names.index(service), 1 + len(instance.levels(service))
    return [
        impact_rates(instance, impact).facility[s, :count]
        for impact in limits["impact"].unique()
    ]
