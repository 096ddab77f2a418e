"""Why a settlement can have no facility of its own: what nobody must solve to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aumaq.instances.land.forbidden import reason
from aumaq.instances.language.texts import Text, say

if TYPE_CHECKING:
    from aumaq.instances import Instance

NO_SITE = say("There is no site for one here: see the table sites.")


def barred(instance: Instance, service: str) -> Iterator[tuple[str, str, list[Text]]]:
    """Yield settlement, site and what forbids to build there, for each site.

    Nothing where something may be built: whether that pays takes a plan with it.
    """
    sites, bans = instance.service_sites(service), instance.land_bans(service)
    is_open = [bool(row.any()) for row in instance.enterable_levels(service)]
    least = float(instance.levels(service)["min_population"].min())
    rows = instance.tables["settlements"]
    people = dict(zip(rows["settlement"], rows["population"], strict=True))
    columns = (sites[name].tolist() for name in ("settlement", "site", "status"))
    for j, (place, site, status) in enumerate(zip(*columns, strict=True)):
        if status == "forbidden":
            yield place, site, [say("The site is forbidden.")]
        elif is_open[j]:
            yield place, site, []
        else:
            of_land = [
                say("The land forbids it: it {why}.", why=reason(ban, j))
                for ban in bans
                if ban.banned[j].any()
            ]
            small = say(
                "The smallest level is for places of {least} people and more; here"
                " live {people}.",
                least=round(least),
                people=round(float(people.get(place, 0.0))),
            )
            yield place, site, of_land or [small]
