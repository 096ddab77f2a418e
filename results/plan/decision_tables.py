"""From decisions (arrays) to tables of what is decided: keys and amounts, no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from aumaq.model.data.circuits import WAYS, circuits
from aumaq.model.data.financing import KINDS
from aumaq.model.data.gathered import ModelData
from aumaq.model.data.networks import NetworkData
from aumaq.model.data.services import ServiceData
from aumaq.results.audit.decided import DECIDED
from aumaq.results.audit.frames import names_at, table_of_parts
from aumaq.solvers import Decisions
from aumaq.solvers.solution.decisions import NetworkDecisions, ServiceDecisions

SMALL_SHARE = 1e-9
"""Shares up to this are numerical dust and no rows."""
Columns = dict[str, Any]


def decision_tables(data: ModelData, decisions: Decisions) -> dict[str, pd.DataFrame]:
    """Return what is decided, as tables of a plan with these columns alone."""
    parts: dict[str, list[Columns]] = {name: [] for name in DECIDED}
    for name, d in data.services.items():
        service = decisions.services[name]
        for table, make in OF_SERVICE.items():
            parts[table].append(_named(data, "service", name, make(d, service, data)))
    for name, n in data.networks.items():
        network = decisions.networks[name]
        for table, tell in OF_NETWORK.items():
            parts[table].append(_named(data, "network", name, tell(n, network, data)))
    parts["road_upgrades"] = [_upgrades(data, decisions)]
    parts["relocations"] = [_relocations(data, decisions)]
    parts["merged"] = [_merged(data, decisions)]
    parts["follow_ons"] = [_follow_ons(data, decisions)]
    parts["staff"] = [_staff(data, decisions)]
    parts["growth_points"] = [_growth_points(data, decisions)]
    parts["partnerships"] = [_partnerships(data, decisions)]
    parts["financing"] = [_financing(data, decisions)]
    return {table: table_of_parts(table, own) for table, own in parts.items()}


def _named(data: ModelData, word: str, name: str, columns: Columns) -> Columns:
    """Return columns with the name of what they are of, and names of periods."""
    t = columns.pop("t")
    texts = {word: np.full(len(t), name, dtype=object)}
    return {**texts, **columns, "period": names_at(data.periods, t)}


def _facilities(d: ServiceData, plan: ServiceDecisions, _: ModelData) -> Columns:
    j, level, t = np.nonzero(plan.units)
    order = np.lexsort((level, t, j))
    j, level, t = (x[order][level[order] > 0] for x in (j, level, t))
    units = plan.units[j, level, t]
    return {"site": names_at(d.sites, j), "t": t, "level": level, "units": units}


def _actions(d: ServiceData, plan: ServiceDecisions, _: ModelData) -> Columns:
    j, before, after, t = np.nonzero(plan.moves)
    happens = (before > 0) | (after > 0)
    j, before, after, t = (x[happens] for x in (j, before, after, t))
    word = np.select(
        [before == after, before == 0, after == 0, after > before],
        ["keep", "open", "close", "enlarge"],
        "reduce",
    )
    rj, level, rt = np.nonzero(plan.renewed)
    units = plan.moves[j, before, after, t]
    rows = pd.DataFrame(
        {
            "j": np.concatenate([j, rj]),
            "t": np.concatenate([t, rt]),
            "action": np.concatenate([word, np.full(len(rj), "renew")]).astype(object),
            "from_level": np.concatenate([before, level]),
            "to_level": np.concatenate([after, level]),
            "units": np.concatenate([units, plan.renewed[rj, level, rt]]),
        }
    ).sort_values(["j", "t", "from_level", "to_level", "action"], ignore_index=True)
    columns = {str(name): cells.to_numpy() for name, cells in rows.items()}
    return {**columns, "site": names_at(d.sites, columns["j"])}


def _allocation(d: ServiceData, plan: ServiceDecisions, data: ModelData) -> Columns:
    """Return who goes where; all ways of a pair are one row.

    The model may leave a share on a slower way if minutes cost nothing.
    """
    k, t = np.nonzero(plan.share > SMALL_SHARE)
    ways = pd.DataFrame(
        {"i": d.option_settlement[k], "j": d.option_site[k], "t": t,
         "share": plan.share[k, t]}
    )  # fmt: skip
    rows = ways.groupby(["i", "j", "t"], as_index=False)["share"].sum()
    return {
        "settlement": names_at(data.settlements, rows["i"]),
        "site": names_at(d.sites, rows["j"]),
        "t": rows["t"].to_numpy(dtype=np.int64),
        "share": np.minimum(rows["share"].to_numpy(), 1.0),
    }


def _bused(d: ServiceData, plan: ServiceDecisions, data: ModelData) -> Columns:
    """Return who rides a bus; all ways of a pair are one row, as in the allocation."""
    if not plan.bused.size:
        plan = replace(plan, bused=np.zeros((len(d.option_site), len(data.periods))))
    return _allocation(d, replace(plan, share=plan.bused), data)


def _visits(d: ServiceData, plan: ServiceDecisions, data: ModelData) -> Columns:
    """Return whom each mobile service visits; all ways of a pair are one row."""
    parts = [_allocation(d, replace(plan, share=share), data) for share in plan.visited]
    return _by_mobile(d, data, parts, ("settlement", "site", "t", "share"))


def _teams(d: ServiceData, plan: ServiceDecisions, data: ModelData) -> Columns:
    """Return the teams of each mobile service, by base."""
    parts = []
    for teams in plan.teams:
        j, t = np.nonzero(teams)
        parts.append({"site": names_at(d.sites, j), "t": t, "teams": teams[j, t]})
    return _by_mobile(d, data, parts, ("site", "t", "teams"))


def _by_mobile(
    d: ServiceData, data: ModelData, parts: list[Columns], columns: tuple[str, ...]
) -> Columns:
    """Return rows of the mobile services of a service, with their codes."""
    rows = data.instance.tables["mobile_services"]
    codes = rows["mobile_service"][rows["service"] == d.name]
    own = [
        {"mobile_service": np.full(len(part["t"]), code, dtype=object), **part}
        for code, part in zip(codes, parts, strict=False)  # none in a first plan
    ]
    names = ("mobile_service", *columns)
    if not own:
        return {key: np.zeros(0, dtype=np.int64) for key in names}
    return {key: np.concatenate([part[key] for part in own]) for key in names}


def _unserved(_: ServiceData, plan: ServiceDecisions, data: ModelData) -> Columns:
    i, t = np.nonzero(plan.unserved > SMALL_SHARE)
    share = plan.unserved[i, t]
    return {"settlement": names_at(data.settlements, i), "t": t, "share": share}


def _steps(n: NetworkData, plan: NetworkDecisions, _: ModelData) -> Columns:
    g, t = np.nonzero(np.diff(plan.steps, axis=1, prepend=0) > 0)
    links = names_at(n.links, n.step_link[g])
    return {"link": links, "t": t, "step": n.step_number[g]}


def _flows(n: NetworkData, plan: NetworkDecisions, _: ModelData) -> Columns:
    link, step = circuits(n)
    k, t = np.nonzero(plan.flow.sum(axis=1) > 0)
    out, back = (WAYS.index(way) for way in ("out", "back"))
    numbers = np.append(n.step_number, 0)  # the last one, -1, stands for today
    return {
        "link": names_at(n.links, link[k]),
        "t": t,
        "step": numbers[step[k]],
        "forward": plan.flow[k, out, t],
        "backward": plan.flow[k, back, t],
    }


def _sources(n: NetworkData, plan: NetworkDecisions, data: ModelData) -> Columns:
    s, level, t = np.nonzero(plan.supply)
    service = names_at([name for name, _ in n.source], s)
    sites = [data.services[name].sites[j] for name, j in n.source]
    return {
        "service": service,
        "site": names_at(sites, s),
        "t": t,
        "level": level,
        "supply": plan.supply[s, level, t],
    }


def _local(n: NetworkData, plan: NetworkDecisions, _: ModelData) -> Columns:
    o, t = np.nonzero(plan.local_capacity > 0)
    return {
        "node": names_at(n.nodes, n.local_node[o]),
        "option": names_at(n.local_option, o),
        "t": t,
        "capacity": plan.local_capacity[o, t],
        "supply": plan.local_supply[o, t],
    }


def _loads(n: NetworkData, plan: NetworkDecisions, _: ModelData) -> Columns:
    i, t = (x.ravel() for x in np.indices(plan.shed.shape))
    nodes = names_at(n.nodes, i)
    return {"node": nodes, "t": t, "shed": plan.shed[i, t], "angle": plan.angle[i, t]}


def _upgrades(data: ModelData, decisions: Decisions) -> Columns:
    g, t = np.nonzero(np.diff(decisions.upgraded, axis=1, prepend=0) > 0)
    codes = names_at(data.roads.upgrades, g)
    return {"upgrade": codes, "period": names_at(data.periods, t)}


def _growth_points(data: ModelData, decisions: Decisions) -> Columns:
    k, t = np.nonzero(decisions.chosen)
    homes = names_at(data.settlements, data.growth.settlement)
    return {
        "settlement": names_at(homes, k),
        "tier": names_at(data.growth.tier, k),
        "period": names_at(data.periods, t),
        "is_chosen": np.ones(len(k), dtype=bool),
    }


def _relocations(data: ModelData, decisions: Decisions) -> Columns:
    r, level, t = np.nonzero(decisions.relocated)
    codes = names_at(data.instance.tables["relocations"]["relocation"], r)
    return {"relocation": codes, "period": names_at(data.periods, t), "level": level}


def _merged(data: ModelData, decisions: Decisions) -> Columns:
    """Return the pairs that have merged, with the first period in which they are."""
    merged = decisions.merged.reshape(-1, len(data.periods))
    r, t = np.nonzero(np.diff(merged, axis=1, prepend=0) > 0)
    codes = names_at(data.instance.tables["possible_mergers"]["possible_merger"], r)
    return {"possible_merger": codes, "period": names_at(data.periods, t)}


def _follow_ons(data: ModelData, decisions: Decisions) -> Columns:
    """Return where who goes to a site goes on: of sites where anybody is."""
    rules = list(data.instance.tables["feeders"].itertuples())
    used = {}
    for rule in rules:
        d, own = data.services[rule.service], decisions.services[rule.service]
        some = np.zeros((len(d.sites), len(data.periods)), dtype=bool)
        k, t = np.nonzero(own.share > SMALL_SHARE)
        some[d.option_site[k], t] = True
        used[rule.service] = some
    found = [
        (rules[f].feeder, data.services[rules[f].service].sites[j],
         data.services[rules[f].to_service].sites[k], data.periods[t])
        for f, j, k, t in sorted(map(tuple, decisions.follows.tolist()))
        if used[rules[f].service][j, t]
    ]  # fmt: skip
    names = ("feeder", "site", "to_site", "period")
    return {
        name: np.array([row[at] for row in found], dtype=object)
        for at, name in enumerate(names)
    }


def _staff(data: ModelData, decisions: Decisions) -> Columns:
    rows = data.instance.tables["staff_supply"]
    known = {key: rows[key].to_numpy() for key in ("profession", "region", "period")}
    nobody = np.zeros(len(rows))
    hired, trained = (
        people if len(people) else nobody
        for people in (decisions.hired, decisions.trained)
    )
    return {**known, "hired": hired, "trained": trained}


def _partnerships(data: ModelData, decisions: Decisions) -> Columns:
    p, sector, region, t = np.nonzero(decisions.partnered)
    return {
        "partnership": names_at(data.partners.partnerships, p),
        "service": names_at(data.sectors, sector),
        "region": names_at(data.regions, region),
        "period": names_at(data.periods, t),
        "money_mln": decisions.partnered[p, sector, region, t],
    }


def _financing(data: ModelData, decisions: Decisions) -> Columns:
    fund, kind, sector, region, t = np.nonzero(decisions.paid)
    return {
        "fund": names_at(data.funds.funds, fund),
        "service": names_at(data.sectors, sector),
        "region": names_at(data.regions, region),
        "spending": names_at(KINDS, kind),
        "period": names_at(data.periods, t),
        "amount_mln": decisions.paid[fund, kind, sector, region, t],
    }


OF_SERVICE = {
    "facilities": _facilities,
    "actions": _actions,
    "allocation": _allocation,
    "unserved": _unserved,
    "bused": _bused,
    "visits": _visits,
    "mobile_teams": _teams,
}
OF_NETWORK = {
    "network_steps": _steps,
    "flows": _flows,
    "sources": _sources,
    "local_supply": _local,
    "loads": _loads,
}
"""Table -> what makes its columns, with t for the period."""
