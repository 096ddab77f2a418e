"""From decisions (arrays) to the tidy tables of a plan. Money in mln."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from aumaq.instances import Instance
from aumaq.instances.access.upgrades import option_minutes
from aumaq.instances.rows import rows_with
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.services import ServiceData
from aumaq.results.plan.frames import TEXT, with_texts
from aumaq.results.plan.growth import growth_money, growth_tables, under_choice
from aumaq.results.plan.money import money_rows, money_table, site_spending
from aumaq.results.plan.networks import network_money, network_tables
from aumaq.results.plan.roads import built_by, road_money, road_tables
from aumaq.results.plan.rules import budget_table, objective_table, shortfall_table
from aumaq.solvers import Decisions
from aumaq.solvers.solution.decisions import ServiceDecisions

SMALL_SHARE = 1e-9
"""Shares up to this are numerical dust and no rows."""


MONEY = (network_money, road_money, growth_money)
"""What makes rows of the table of money beyond those of services."""


@dataclass(frozen=True)
class Parts:
    """What the tables are made of."""

    instance: Instance
    data: ModelData
    decisions: Decisions


def plan_tables(
    instance: Instance, decisions: Decisions, data: ModelData | None = None
) -> dict[str, pd.DataFrame]:
    """Return all tables of a plan by name; *data*: numbers gathered before."""
    data = under_choice(data or gather(instance), decisions)
    parts = Parts(instance, data, decisions)
    tables = {name: _stack(parts, make) for name, make in _BY_SERVICE.items()}
    tables |= network_tables(parts.data, decisions)
    tables |= road_tables(parts.data, decisions)
    tables |= growth_tables(parts.data, decisions)
    spending = site_spending(parts.data, decisions)
    rows = money_rows(parts.data, spending, tables["allocation"], tables["unserved"])
    for make in MONEY:
        rows += make(parts.data, decisions)
    tables["money"] = money_table(rows)
    tables["shortfalls"] = shortfall_table(parts.data, tables["allocation"])
    tables["budgets"] = budget_table(parts.data, tables["money"])
    tables["objective"] = objective_table(parts.data, tables)
    return tables


def _stack(
    parts: Parts, make: Callable[[Parts, ServiceData, ServiceDecisions], pd.DataFrame]
) -> pd.DataFrame:
    frames = [
        make(parts, d, parts.decisions.services[name])
        for name, d in parts.data.services.items()
    ]
    for name, frame in zip(parts.data.services, frames, strict=True):
        frame.insert(0, "service", pd.array([name] * len(frame), dtype=TEXT))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _names(values: object, positions: object) -> Any:
    return np.array(values, dtype=object)[np.asarray(positions, dtype=np.int64)]


def _places(parts: Parts, d: ServiceData, j: object) -> dict[str, Any]:
    """Return the columns that say where a site is."""
    sites = parts.instance.service_sites(d.name)
    columns = ("site", "settlement", "name", "region")
    return {name: _names(sites[name], j) for name in columns}


def _estimated(parts: Parts, d: ServiceData) -> NDArray[np.bool_]:
    """Return whether today's stock at each site is an estimate, (J,)."""
    rows = rows_with(parts.instance.tables["facilities"], "service", d.name)
    sites = set(rows["site"][rows["is_synthetic"]])
    return np.array([site in sites for site in d.sites], dtype=bool)


def _facilities(parts: Parts, d: ServiceData, plan: ServiceDecisions) -> pd.DataFrame:
    j, level, t = np.nonzero(plan.units)
    order = np.lexsort((level, t, j))
    j, level, t = j[order], level[order], t[order]
    j, level, t = (x[level > 0] for x in (j, level, t))
    units = plan.units[j, level, t]
    levels = parts.instance.levels(d.name)
    row = level - 1
    served = np.zeros((len(d.sites), len(parts.data.periods)))
    np.add.at(served, d.option_site, plan.share * d.demand[d.option_settlement])
    site_capacity = np.einsum("jlt,l->jt", plan.units, d.capacity)
    capacity = units * d.capacity[level]
    use = served[j, t] / np.maximum(site_capacity[j, t], 1e-300)
    use = np.where(site_capacity[j, t] > 0, use, 0.0)
    return with_texts(
        {
            **_places(parts, d, j),
            "period": _names(parts.data.periods, t),
            "level": level,
            "title": levels["title"].to_numpy(dtype=object)[row],
            "units": units,
            "capacity": capacity,
            "used": capacity * use,
            "capacity_use_share": use,
            "opex_mln_per_year": units * d.opex_mln_per_year[level],
            "load_kw": units * levels["load_kw"].to_numpy()[row],
            "load_m3_per_day": units * levels["load_m3_per_day"].to_numpy()[row],
            "is_synthetic": _estimated(parts, d)[j],
        }
    )


def _actions(parts: Parts, d: ServiceData, plan: ServiceDecisions) -> pd.DataFrame:
    j, before, after, t = np.nonzero(plan.moves)
    happens = (before > 0) | (after > 0)
    j, before, after, t = (x[happens] for x in (j, before, after, t))
    word = np.select(
        [before == after, before == 0, after == 0, after > before],
        ["keep", "open", "close", "enlarge"],
        "reduce",
    )
    units = plan.moves[j, before, after, t]
    cost = units * d.transition_mln[before, after]
    rj, rlevel, rt = np.nonzero(plan.renewed)
    renewed = plan.renewed[rj, rlevel, rt]
    frame = pd.DataFrame(
        {
            "j": np.concatenate([j, rj]),
            "t": np.concatenate([t, rt]),
            "action": np.concatenate([word, np.full(len(rj), "renew")]).astype(object),
            "from_level": np.concatenate([before, rlevel]),
            "to_level": np.concatenate([after, rlevel]),
            "units": np.concatenate([units, renewed]),
            "cost_mln": np.concatenate([cost, renewed * d.renewal_mln[rlevel]]),
        }
    ).sort_values(["j", "t", "from_level", "to_level", "action"], ignore_index=True)
    j, t = frame.pop("j").to_numpy(), frame.pop("t").to_numpy()
    return with_texts(
        {
            **_places(parts, d, j),
            "period": _names(parts.data.periods, t),
            **{str(name): cells.to_numpy() for name, cells in frame.items()},
            "is_synthetic": _estimated(parts, d)[j],
        }
    )


def _allocation(parts: Parts, d: ServiceData, plan: ServiceDecisions) -> pd.DataFrame:
    """Return who goes where; all ways of a pair are one row, at its fastest.

    The model may leave a share on a slower way if minutes cost nothing.
    """
    k, t = np.nonzero(plan.share > SMALL_SHARE)
    ways = pd.DataFrame(
        {"i": d.option_settlement[k], "j": d.option_site[k], "t": t,
         "share": plan.share[k, t]}
    )  # fmt: skip
    rows = ways.groupby(["i", "j", "t"], as_index=False)["share"].sum()
    i, j, t = (rows[name].to_numpy(dtype=np.int64) for name in ("i", "j", "t"))
    share = np.minimum(rows["share"].to_numpy(), 1.0)
    minutes, km = np.zeros(len(rows)), np.zeros(len(rows))
    for period in np.unique(t).tolist():
        here = np.flatnonzero(t == period)
        built = built_by(parts.decisions, period)
        minutes[here], km[here] = option_minutes(
            parts.instance, d.name, i[here], j[here], built
        )
    return with_texts(
        {
            "settlement": _names(parts.data.settlements, i),
            "site": _names(d.sites, j),
            "period": _names(parts.data.periods, t),
            "share": share,
            "demand": share * d.demand[i, t],
            "minutes": minutes,
            "length_km": km,
        }
    )


def _unserved(parts: Parts, d: ServiceData, plan: ServiceDecisions) -> pd.DataFrame:
    i, t = np.nonzero(plan.unserved > SMALL_SHARE)
    share = plan.unserved[i, t]
    return with_texts(
        {
            "settlement": _names(parts.data.settlements, i),
            "period": _names(parts.data.periods, t),
            "share": share,
            "demand": share * d.demand[i, t],
        }
    )


_BY_SERVICE = {
    "facilities": _facilities,
    "actions": _actions,
    "allocation": _allocation,
    "unserved": _unserved,
}
