r"""Mobile service: teams of facilities that run serve people at home on visit days.

Variables
    ``visited[k,s,i,j,o,t]``
        0 to 1: of ``share``, whom teams of the mobile service *k* serve at home; only
        on ways of ``within_minutes`` at most, and of settlements that it is for
    ``teams[k,s,j,t]``
        whole: teams that are based at *j*

Constraints
    ``home[s,i,j,o,t]``
        :math:`\sum_k visited_{ksijot} + \sum_l bused_{sijolt} \le \sum_l
        share_{sijolt}`
    ``days[k,s,j,t]``
        :math:`\sum_{i,o} \frac{d_{sit}}{units\_per\_day_k\, days\_per\_year_k}\,
        visited_{ksijot} \le teams_{ksjt}`
    ``base[k,s,j,t]``
        :math:`teams_{ksjt} \le most\_teams_k \sum_{l \ge from\_level_k} units_{sjlt}`
    ``part[k,s,i,t]``
        :math:`\sum_{j,o} visited_{ksijot} \le most\_share_k\, now_{sit} / d_{sit}`
        where ``most_share`` is below 1

Cost
    ``operation``
        :math:`ann_t\, opex\_factor \left(cost\_mln\_per\_team\_year_k\, teams_{ksjt} +
        cost\_mln\_per\_day_k\, \frac{d_{sit}}{units\_per\_day_k}\,
        visited_{ksijot}\right)`
    ``transport``
        :math:`ann_t\, d_{sit} \left(opex\_factor\, \frac{2\, km_o}{units\_per\_day_k}
        \frac{cost\_per\_km_k}{10^6} - trips_s\, km_o\,
        \frac{transport\_cost\_per\_km_s \cdot opex\_factor}{10^6}\right)
        visited_{ksijot}`
    ``travel``
        :math:`-ann_t\, d_{sit}\, trips_s\, \frac{felt_o}{60}\, \frac{value\_of\_time}
        {10^6}\, visited_{ksijot}`

Who is visited belongs to the facility where the team is based: he takes one of its
places, and rules on who goes where hold for him, but he does not travel, so that travel
and transport give back what his way costs. With ``counts_in_standards`` he counts as
near in every standard of the service: ``reach`` has ``visited`` beside ``share``.
Minutes in the table of who goes where are those of the way, as with a bus; wherever
minutes are added up or compared (goals, gaps, impacts, indicators) he goes none.
"""

from __future__ import annotations

import numpy as np

from aumaq.instances.access.limits import within
from aumaq.instances.arrays import Flags
from aumaq.instances.selection import visited_places
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, PLACE, Context
from aumaq.model.family import family
from aumaq.model.table import Table, positions

HOME = ("service", "settlement", "site", "way", "period")
BY = ("mobile_service", *HOME)
BASE = ("mobile_service", "service", "site", "period")


@family(
    needs=("siting", "allocation", "buses"), reads=("demand",), adds_to=("spending",)
)
def visits(c: Context) -> None:
    """Build who is visited and by how many teams, their rows and their cost."""
    block, mobile = c.block("visits"), _mobile(c)
    c.teams = teams = _teams(c, block, mobile)
    c.visited = visited = _visited(c, block, mobile)
    rows = Rows(block, "home", visited.distinct(HOME), HOME, "visits:{service}")
    rows.add(visited).add(c.bused).add(c.share, -1.0).write(-np.inf, 0.0)
    rule = "mobile_service:{mobile_service}"
    rows = Rows(block, "days", visited.distinct(BASE), BASE, rule)
    rows.add(visited, visited["days"] / visited["days_per_year"])
    rows.add(teams, -1.0).write(-np.inf, 0.0)
    _part(c, block, visited)
    _pay(c, visited, teams)


def _mobile(c: Context) -> Table:
    """Return the mobile services: their columns, money with the scenario's factor."""
    _, given = c.rules("mobile_services")
    factor = c.data.instance.active_scenario.opex_factor
    names = {**c.tables.names, "mobile_service": tuple(given["mobile_service"])}
    columns = {
        "mobile_service": np.arange(len(given)),
        "service": positions(given["service"], names["service"]),
        "team_mln": given["cost_mln_per_team_year"] * factor,
        "day_mln": given["cost_mln_per_day"] * factor,
        "km_mln": given["cost_per_km"] * factor / 1e6,
        **{
            key: given[key]
            for key in ("from_level", "most_teams", "days_per_year", "units_per_day",
                        "within_minutes", "most_share", "counts_in_standards")
        },
    }  # fmt: skip
    return Table(columns, names)


def _teams(c: Context, block: Block, mobile: Table) -> Table:
    """Build the teams of each base, no more than its facilities may have."""
    held = c.tables.facilities.where(c.tables.facilities["level"] > 0)
    held = held.join(mobile, ("service",))
    held = held.where(held["level"] >= held["from_level"])
    where = held.distinct(BASE[:3]).cross(c.tables.periods)
    most = where["most_teams"] * where["places"]
    teams = variable(block, "teams", where, BASE, upper=most, is_whole=True)
    rows = Rows(block, "base", teams, BASE, "mobile_service:{mobile_service}")
    own = held.only("mobile_service", "most_teams", *FACILITY[:3])
    units = c.units.only(*FACILITY, "var").join(own, FACILITY[:3])
    rows.add(teams).add(units, -units["most_teams"]).write(-np.inf, 0.0)
    return teams


def _visited(c: Context, block: Block, mobile: Table) -> Table:
    """Build who is visited: of the shares, those on ways that teams may go."""
    asked = np.isin(c.share["service"], mobile["service"])
    share = c.share.where(asked).distinct(HOME)
    share = share.only(*HOME, "option", "minutes", "felt", "km", "most")
    where = share.join(mobile, ("service",))
    may = within(where["minutes"], where["within_minutes"])
    may &= _is_for(c)[where["mobile_service"], where["settlement"]]
    where = where.where(may)
    where = where.where(where.find(c.teams, BASE) >= 0)
    where = where.plus(
        days=where["most"] / where["units_per_day"],
        region=c.tables.sites["region"][where["site"]],
    )
    return variable(block, "visited", where, BY, upper=where["most_share"])


def _is_for(c: Context) -> Flags:
    """Return which settlements each mobile service is for, (M, I)."""
    tables = c.data.instance.tables
    rules = tables["mobile_services"].itertuples()
    found = [visited_places(tables, rule) for rule in rules]
    return np.array(found, dtype=bool).reshape(-1, len(c.data.settlements))


def _part(c: Context, block: Block, visited: Table) -> None:
    """Build how much of the demand of a settlement may be served at home."""
    by = ("mobile_service", *PLACE)
    where = visited.where(visited["most_share"] < 1.0).distinct(by)
    rows = Rows(block, "part", where, by, "mobile_service:{mobile_service}")
    rows.add(visited)
    change = c.demand.terms.join(
        where.only(*by, "most", "most_share"), PLACE
    )  # as ``served``: what there is, is linear in growth points
    rows.add(change, -change["most_share"] * change["change"] / change["most"])
    now = c.demand.at["base"][where.find(c.demand.at, PLACE)]
    rows.write(-np.inf, where["most_share"] * now / where["most"])


def _pay(c: Context, visited: Table, teams: Table) -> None:
    """Pay teams, days and kilometres; give back the ways that nobody goes."""
    ann, years = c.data.ann, np.asarray(c.data.years)
    price = teams["team_mln"]
    c.pay("operation", ann[teams["period"]] * price, teams)
    c.spend("operation", None, years[teams["period"]] * price, teams)
    price = visited["days"] * visited["day_mln"]
    c.pay("operation", ann[visited["period"]] * price, visited)
    c.spend("operation", None, years[visited["period"]] * price, visited)
    own = c.tables.services.where(visited["service"])
    fare = own["transport_mln_per_unit_km"] * visited["most"]
    way = visited["km"] * (2.0 * visited["days"] * visited["km_mln"] - fare)
    c.pay("transport", ann[visited["period"]] * way, visited)
    saved = own["travel_mln_per_unit_minute"] * visited["most"] * visited["felt"]
    c.pay("travel", -ann[visited["period"]] * saved, visited)
