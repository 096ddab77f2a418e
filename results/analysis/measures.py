"""What is measured: titles, units and directions, said once for tables, maps, classes.

A measure is a column of the tables of units. Its direction says whether more of it
means more socio-economic potential (+1), less (-1), or whether it is no matter of that
(0): then it does not enter the classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from aumaq.instances import Instance


@dataclass(frozen=True)
class Measure:
    """One column of the tables of units; ``is_log``: classes take its logarithm."""

    column: str
    title: str
    unit: str
    direction: int = 0
    is_log: bool = False


PEOPLE = (
    Measure("persons", "People", "persons", +1, is_log=True),
    Measure("density_per_km2", "Density", "persons/km²", +1, is_log=True),
    Measure("urban_share", "Urban share", "share", +1),
    Measure("growth_percent_per_year", "Growth of population", "% a year", +1),
    Measure("children_share", "Children (0 to 15)", "share"),
    Measure("working_age_share", "Working age (16 to 62)", "share", +1),
    Measure("older_share", "Older people (63 and over)", "share"),
    Measure("labour_force_persons", "Labour force", "persons"),
    Measure("jobs_per_1000", "Jobs", "per 1,000 people", +1),
)
CONNECTIONS = (
    Measure("paved_road_share", "People with a paved road within 2 km", "share", +1),
    Measure("minutes_to_district_centre", "Way to the district centre", "min", -1),
    Measure("minutes_to_region_centre", "Way to the region centre", "min", -1),
    Measure("minutes_to_city", "Way to a city of 50,000 people", "min", -1),
)


def measures(instance: Instance) -> tuple[Measure, ...]:
    """Return the measures of an instance, in the order of its tables."""
    found = list(PEOPLE)
    titles = {
        str(row["service"]): str(row["title"] or row["service"])
        for row in instance.tables["services"].to_dict("records")
    }
    for service in filter(instance.serves, instance.service_names):
        title = titles[service]
        found += [
            Measure(f"{service}_places_per_1000", f"{title}: places",
                    "per 1,000 of its group", +1),
            Measure(f"{service}_within_standard_share",
                    f"{title}: people within the standard", "share", +1),
            Measure(f"{service}_deficit_places", f"{title}: missing places", "places"),
            Measure(f"{service}_beyond_standard_persons",
                    f"{title}: people beyond the standard", "persons"),
        ]  # fmt: skip
    for network in instance.network_names:
        found.append(Measure(f"{network}_share", f"People with {network}", "share", +1))
    return (*found, *CONNECTIONS)
