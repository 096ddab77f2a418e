"""What is measured: titles, units and directions, said once for tables, maps, classes.

A measure is a column of the tables of units. Its direction says whether more of it
means more socio-economic potential (+1), less (-1), or whether it is no matter of that
(0): then it does not enter the classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from aumaq.instances import Instance
from aumaq.instances.language.texts import Text, Title, say


@dataclass(frozen=True)
class Measure:
    """One column of the tables of units; ``is_log``: classes take its logarithm."""

    column: str
    title: Text
    unit: Text
    direction: int = 0
    is_log: bool = False


PEOPLE = (
    Measure("persons", say("People"), say("persons"), +1, is_log=True),
    Measure("density_per_km2", say("Density"), say("persons/km²"), +1, is_log=True),
    Measure("urban_share", say("Urban share"), say("share"), +1),
    Measure(
        "growth_percent_per_year", say("Growth of population"), say("% a year"), +1
    ),
    Measure("children_share", say("Children (0 to 15)"), say("share")),
    Measure("working_age_share", say("Working age (16 to 62)"), say("share"), +1),
    Measure("older_share", say("Older people (63 and over)"), say("share")),
    Measure("labour_force_persons", say("Labour force"), say("persons")),
    Measure("jobs_per_1000", say("Jobs"), say("per 1,000 people"), +1),
)
CONNECTIONS = (
    Measure(
        "paved_road_share",
        say("People with paved access to a centre"),
        say("share"),
        +1,
    ),
    Measure(
        "minutes_to_district_centre", say("Way to the district centre"), say("min"), -1
    ),
    Measure(
        "minutes_to_region_centre", say("Way to the region centre"), say("min"), -1
    ),
    Measure("minutes_to_city", say("Way to a city of 50,000 people"), say("min"), -1),
)


def measures(instance: Instance) -> tuple[Measure, ...]:
    """Return the measures of an instance, in the order of its tables."""
    found = list(PEOPLE)
    titles = {
        str(row["service"]): Title(str(row["title"] or row["service"]))
        for row in instance.tables["services"].to_dict("records")
    }
    for service in filter(instance.serves, instance.service_names):
        title = titles[service]
        found += [
            Measure(f"{service}_places_per_1000_members",
                    say("{service}: places", service=title),
                    say("per 1,000 of its group"), +1),
            Measure(f"{service}_within_standard_share",
                    say("{service}: people within the standard", service=title),
                    say("share"), +1),
            Measure(f"{service}_deficit_places",
                    say("{service}: missing places", service=title), say("places")),
            Measure(f"{service}_beyond_standard_persons",
                    say("{service}: people beyond the standard", service=title),
                    say("persons")),
        ]  # fmt: skip
    for network in instance.network_names:
        people = say("People with {network}", network=Text(network))
        found.append(Measure(f"{network}_share", people, say("share"), +1))
    return (*found, *CONNECTIONS)
