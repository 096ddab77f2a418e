"""What the map shows of a service: sites, facilities and ways by period.

Plain values with short numbers; positions stand for settlements and sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from aumaq.instances.rows import rows_with
from aumaq.results.actions import CHANGES
from aumaq.results.indicators.state import State
from aumaq.results.indicators.visited import KEY
from aumaq.results.language import Language
from aumaq.results.pages.marks import MAIN_ACTIONS
from aumaq.results.pages.territory import site_names
from aumaq.results.plan.titles import level_title
from aumaq.results.report.access_bars import access_bars
from aumaq.results.report.own_places import own_places
from aumaq.results.report.travel import before, next_best
from aumaq.results.shares import rounded

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan


def used_sites(plan: Plan, service: str) -> pd.DataFrame:
    """Return the sites at which anything stands, runs or happens, in order."""
    sites = plan.instance.service_sites(service)
    used: set[str] = set()
    for rows in (plan.instance.tables["facilities"], plan.facilities, plan.actions):
        used |= set(rows_with(rows, "service", service)["site"].unique().tolist())
    is_used = [site in used for site in sites["site"].tolist()]
    return sites[is_used].reset_index(drop=True)


def service_data(
    plan: Plan, service: str, today: State, lang: Language
) -> dict[str, Any]:
    """Return a service: titles, sites, today, periods, access by minutes."""
    instance, row = plan.instance, plan.instance.service(service)
    shown = used_sites(plan, service)
    place, homes = pd.Index(shown["site"]), pd.Index(instance.settlement_ids)
    running, actions, served, lost = (
        rows_with(rows, "service", service)
        for rows in (plan.facilities, plan.actions, plan.allocation, plan.unserved)
    )
    served = _with_visits(plan, served)
    serves = instance.serves(service)
    if not serves:
        running = running.assign(used=_supplied(plan, running))
    return {
        "code": service,
        "title": lang.title(row["title"], service),
        "unit": lang.unit(row["unit"]),
        "sites": {
            "code": shown["site"].tolist(),
            "name": site_names(instance, shown, lang),
            "lat": shown["lat"].round(4).tolist(),
            "lon": shown["lon"].round(4).tolist(),
            "home": homes.get_indexer(shown["settlement"]).tolist(),
        },
        "own": own_places(plan, service, lang) if serves else None,
        "before": before(today, service) if serves else None,
        "access": access_bars(plan, today, service) if serves else None,
        "today": _today(plan, today, service, place, homes, lang),
        "periods": [
            {
                "facilities": _facilities(running, actions, place, period, lang),
                "links": _links(
                    served[served["period"] == period].merge(
                        next_best(plan, service, period),
                        on=["settlement", "site"],
                        how="left",
                    ),
                    homes,
                    place,
                )
                if serves
                else [],
                "unserved": unserved_shares(lost, homes, period),
            }
            for period in instance.period_names
        ],
    }


def _today(
    plan: Plan,
    today: State,
    service: str,
    place: pd.Index,
    homes: pd.Index,
    lang: Language,
) -> dict[str, Any]:
    """Return what stands today, in the shape of a period; ways have no next site."""
    running, ways, lost = (
        rows_with(today.tables[name], "service", service)
        for name in ("facilities", "allocation", "unserved")
    )
    period = today.periods[0]
    ways = ways.assign(next_site="", next_minutes=np.nan, home=0.0)
    return {
        "facilities": _facilities(running, plan.actions.iloc[:0], place, period, lang),
        "links": _links(ways, homes, place),
        "unserved": unserved_shares(lost, homes, period),
    }


def _supplied(plan: Plan, running: pd.DataFrame) -> pd.Series[float]:
    """Return what facilities feed into a network, shared out by capacity."""
    keys = ["service", "site", "period"]
    supply = plan.table("sources").groupby(keys)["supply"].sum().rename("supply")
    fed = running[keys].join(supply, on=keys)["supply"].fillna(0.0)
    whole = running.groupby(["site", "period"])["capacity"].transform("sum")
    return fed * running["capacity"] / whole.where(whole > 0, np.inf)


def _facilities(
    running: pd.DataFrame,
    actions: pd.DataFrame,
    place: pd.Index,
    period: str,
    lang: Language,
) -> list[list[Any]]:
    """Return [site, action, what runs, capacity, used, done, cost, operation]."""
    running = running[running["period"] == period].copy()
    titles = [
        lang.tell(level_title(title, level))
        for title, level in zip(running["title"], running["level"], strict=True)
    ]
    stands = _joined(
        running["site"],
        [f"{n} × {title}" for n, title in zip(running["units"], titles, strict=True)],
    )
    grouped = running.groupby("site")
    sums = grouped[["capacity", "used", "opex_mln_per_year"]].sum()
    actions = actions[actions["period"] == period].copy()
    actions["rank"] = [MAIN_ACTIONS.index(action) for action in actions["action"]]
    changed = actions[actions["action"].isin(CHANGES)]
    changed = changed.groupby(["site", "action"], as_index=False, sort=False)[
        ["units"]
    ].sum()  # its levels are not told apart
    done = _joined(
        changed["site"],
        [
            lang.tell(CHANGES[action], n=lang.number(units))
            for action, units in zip(changed["action"], changed["units"], strict=True)
        ],
    )
    rank = actions.groupby("site")["rank"].min().astype(int)
    cost = actions.groupby("site")["cost_mln"].sum()
    at = rank.index.union(sums.index)
    last = len(MAIN_ACTIONS) - 1
    ranks = rank.reindex(at, fill_value=last).astype(int).tolist()
    sums = sums.reindex(at, fill_value=0.0).round(1)
    columns = [
        place.get_indexer(at).tolist(),
        [MAIN_ACTIONS[k] for k in ranks],
        [stands.get(site, "") for site in at],
        sums["capacity"].tolist(),
        sums["used"].tolist(),
        [done.get(site, "") for site in at],
        cost.reindex(at, fill_value=0.0).round(1).tolist(),
        sums["opex_mln_per_year"].tolist(),
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _joined(sites: pd.Series[str], texts: list[str]) -> dict[str, str]:
    """Return the texts of each site in their order, with commas."""
    found: dict[str, list[str]] = {}
    for site, text in zip(sites.tolist(), texts, strict=True):
        found.setdefault(site, []).append(text)
    return {site: ", ".join(parts) for site, parts in found.items()}


def _with_visits(plan: Plan, served: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the allocation with the share of demand visited at home."""
    ways = plan.ways
    home = ways[ways["is_visited"]].rename(columns={"share": "home"})[[*KEY, "home"]]
    return served.merge(home, on=KEY, how="left").fillna({"home": 0.0})


def _links(
    served: pd.DataFrame, settlements: pd.Index, place: pd.Index
) -> list[list[Any]]:
    """Return [settlement, site, share, minutes, demand, next site or -1, its, home].

    *its*: minutes to the next site; *home*: of the share, who is visited there and
    goes no minutes.
    """
    rows = served[served["share"] >= 5e-5]
    columns = [
        settlements.get_indexer(rows["settlement"]).tolist(),
        place.get_indexer(rows["site"]).tolist(),
        rounded(rows["share"]),
        rows["minutes"].round(1).tolist(),
        rows["demand"].round(1).tolist(),
        place.get_indexer(rows["next_site"]).tolist(),
        rows["next_minutes"].fillna(0.0).round(1).tolist(),
        rounded(rows["home"]),
    ]
    return [list(link) for link in zip(*columns, strict=True)]


def unserved_shares(
    lost: pd.DataFrame, settlements: pd.Index, period: str
) -> list[list[Any]]:
    """Return [settlement, share]."""
    rows = lost[lost["period"] == period]
    i = settlements.get_indexer(rows["settlement"]).tolist()
    share = rounded(rows["share"])
    return [list(pair) for pair in zip(i, share, strict=True) if pair[1]]
