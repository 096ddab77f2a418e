"""Siting, locks, required and forbidden sites, renewals, and what all that costs.

All counts are facilities; prices are mln with the scenario's factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats, Ints
from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows
from aumaq.results.audit.decided import ServicePlan
from aumaq.results.audit.facts import Facts, Service
from aumaq.results.audit.findings import Notebook
from aumaq.results.audit.frames import names_at, records, table_of_parts
from aumaq.results.audit.ledger import Ledger


def siting(ledger: Ledger, service: Service) -> None:
    """Check how facilities of a service evolve from the stock on."""
    facts, plan, notes = ledger.facts, ledger.plans[service.name], ledger.notes
    _check_action_names(service, plan, notes)
    _check_flow(facts, service, plan, notes)
    _check_permissions(facts, service, plan, notes)
    _check_status(facts, service, plan, notes)
    _check_renewals(facts, service, plan, notes)


def _check_action_names(service: Service, plan: ServicePlan, notes: Notebook) -> None:
    """Check that the word of an action fits its levels."""
    frame = plan.actions
    a, b = frame["from_level"].to_numpy(), frame["to_level"].to_numpy()
    right = np.select(
        [a == b, a == 0, b == 0, a < b], ["keep", "open", "close", "enlarge"], "reduce"
    )
    word = frame["action"].to_numpy(dtype=object)
    wrong = (word != right) & ~((word == "renew") & (right == "keep"))
    wrong |= (a == 0) & (b == 0)
    for row in records(frame[wrong]):
        place = say(
            "site {site}, period {period}", site=row["site"], period=row["period"]
        )
        text = say(
            "action {action!r} from level {from_level} to level {to_level}",
            action=row["action"],
            from_level=row["from_level"],
            to_level=row["to_level"],
        )
        notes.note(f"siting:{service.name}", place, text)


def before(service: Service, units: Ints) -> Ints:
    """Return units at the end of the period before, (j, l, t)."""
    return np.concatenate([service.stock[:, :, None], units[:, :, :-1]], axis=2)


def _check_flow(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    rule, last = f"siting:{service.name}", before(service, plan.units)
    place = _level_at(facts, service)
    total = plan.units.sum(axis=1)
    notes.at_most(
        rule,
        total,
        service.max_units[:, None],
        lambda j, t: say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        ),
        say("{value} facilities where {limit} fit"),
    )
    notes.equal(
        rule,
        plan.moves.sum(axis=2)[:, 1:],
        last[:, 1:],
        lambda j, k, t: place(j, k + 1, t),
        say("actions account for {value} of {limit} facilities that stood before"),
    )
    notes.equal(
        rule,
        plan.moves.sum(axis=1)[:, 1:],
        plan.units[:, 1:],
        lambda j, k, t: place(j, k + 1, t),
        say("actions lead to {value} facilities, the plan has {limit}"),
    )
    notes.at_most(
        rule,
        plan.moves[:, 0].sum(axis=1),
        service.max_units[:, None] - last.sum(axis=1),
        lambda j, t: say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        ),
        say("facilities opened: {value}, empty places: {limit}"),
    )


def _level_at(facts: Facts, service: Service):  # type: ignore[no-untyped-def]
    def place(j: int, level: int, t: int) -> str:
        return say(
            "site {site}, level {level}, period {period}",
            site=service.sites[j],
            level=level,
            period=facts.times.names[t],
        )

    return place


def _check_permissions(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    """Check that every change of level may happen, where and when it does."""
    _, levels, periods = service.size
    change = ~np.eye(levels, dtype=bool)
    allowed = np.broadcast_to(
        service.allowed[None, :, :, None], plan.moves.shape
    ).copy()
    allowed[service.is_forbidden, :, 0] = True
    early = np.arange(periods)[None, :] < service.opens[:, None]
    early &= ~service.is_required[:, None]
    for j, a, b, t in np.argwhere((plan.moves > 0) & change[None, :, :, None]):
        why = (
            say("is not allowed")
            if not allowed[j, a, b, t]
            else say("leads to a level that does not fit the site or its settlement")
            if not service.enter[j, b]
            else say("comes before the first period of the site")
            if a == 0 and early[j, t]
            else ""
        )
        if why:
            place = say(
                "site {site}, period {period}",
                site=service.sites[j],
                period=facts.times.names[t],
            )
            text = say(
                "the change from level {a} to level {b} {why}", a=a, b=b, why=why
            )
            amount = float(plan.moves[j, a, b, t])
            notes.note(f"siting:{service.name}", place, text, amount)
    notes.checks += plan.moves.size


def _check_status(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    place = _level_at(facts, service)
    _, levels, periods = service.size
    kept = plan.moves[:, np.arange(levels), np.arange(levels)]
    standing = np.minimum(kept, plan.units)
    notes.at_most(
        f"lock:{service.name}",
        service.locked[:, :, None],
        standing,
        place,
        say("{value} facilities are locked, {limit} stay as they are"),
    )
    total = plan.units.sum(axis=1)
    must = np.arange(periods)[None, :] >= service.opens[:, None]
    must &= service.is_required[:, None]
    notes.at_most(
        f"required:{service.name}",
        must.astype(float),
        total,
        lambda j, t: say(
            "site {site}, period {period}",
            site=service.sites[j],
            period=facts.times.names[t],
        ),
        say("the site needs a facility and has {limit}"),
    )
    banned = np.flatnonzero(service.is_forbidden)
    notes.at_most(
        f"forbidden:{service.name}",
        total[banned],
        0.0,
        lambda k, t: say(
            "site {site}, period {period}",
            site=service.sites[banned[k]],
            period=facts.times.names[t],
        ),
        say("{value} facilities at a forbidden site"),
    )


def _check_renewals(
    facts: Facts, service: Service, plan: ServicePlan, notes: Notebook
) -> None:
    """Check that what is due is renewed, or has left its level, and nothing else is."""
    _, levels, _ = service.size
    gone = plan.moves * (1 - np.eye(levels, dtype=np.int64))[None, :, :, None]
    left = np.cumsum(gone.sum(axis=2), axis=2)
    done = np.cumsum(plan.renewed, axis=2)
    place = _level_at(facts, service)
    notes.at_most(
        f"renewal:{service.name}",
        (service.due - left)[:, 1:],
        done[:, 1:],
        lambda j, k, t: place(j, k + 1, t),
        say("{value} renewals are due by now, {limit} are done"),
    )
    last = service.due.shape[2] - 1
    notes.at_most(
        f"renewal:{service.name}",
        done[:, 1:, last],
        service.due[:, 1:, last],
        lambda j, k: place(j, k + 1, last),
        say("{value} renewals are done in all, {limit} are due"),
    )


def spending(service: Service, plan: ServicePlan) -> dict[str, Floats]:
    """Return building, closing, renewal by site and period: mln, undiscounted."""
    level = np.arange(len(service.price))
    is_up = level[None, :] > level[:, None]
    building = np.einsum("jabt,ab->jt", plan.moves, service.price * is_up)
    closing = np.einsum("jabt,ab->jt", plan.moves, service.price * ~is_up)
    for j, before, after, t, mln in plan.replaced:
        (building if after > before else closing)[j, t] += mln
    return {
        "building": building,
        "closing": closing,
        "renewal": np.einsum("jlt,l->jt", plan.renewed, service.renewal_mln),
    }


def facility_table(ledger: Ledger) -> pd.DataFrame:
    """Return what runs where, what of it is used, what it draws and costs."""
    services = ledger.facts.services.values()
    return table_of_parts("facilities", [_facilities(ledger, s) for s in services])


def action_table(ledger: Ledger) -> pd.DataFrame:
    """Return what is done at the start of each period, and what it costs."""
    services = ledger.facts.services.values()
    return table_of_parts("actions", [_actions(ledger, s) for s in services])


def _facilities(ledger: Ledger, service: Service) -> Rows:
    plan = ledger.plans[service.name]
    frame, levels = plan.facilities, service.levels
    j, t, level = (frame[c].to_numpy(dtype=np.int64) for c in ("j", "t", "level"))
    units = frame["units"].to_numpy(dtype=np.int64)
    whole = np.einsum("jlt,l->jt", plan.units, levels["capacity"])[j, t]
    used, capacity = plan.by_site(plan.served)[j, t], units * levels["capacity"][level]
    use = np.where(whole > 0, used / np.maximum(whole, 1e-300), 0.0)
    return {
        **_places(ledger.facts, service, j),
        "period": names_at(ledger.facts.times.names, t),
        "level": level,
        "title": service.titles[level],
        "units": units,
        "capacity": capacity,
        "used": capacity * use,
        "capacity_use_share": use,
        **{
            name: units * levels[name][level]
            for name in ("opex_mln_per_year", "load_kw", "load_m3_per_day")
        },
    }


def _actions(ledger: Ledger, service: Service) -> Rows:
    frame = ledger.plans[service.name].actions
    j, t = (frame[c].to_numpy(dtype=np.int64) for c in ("j", "t"))
    a, b = (frame[c].to_numpy(dtype=np.int64) for c in ("from_level", "to_level"))
    price = np.where(a == b, 0.0, service.price[a, b])
    price = np.where(frame["action"] == "renew", service.renewal_mln[b], price)
    units = frame["units"].to_numpy(dtype=np.int64)
    cost = units * price
    for *at, mln in ledger.plans[service.name].replaced:
        cost[(np.stack([j, a, b, t], axis=1) == at).all(axis=1)] += mln
    return {
        **_places(ledger.facts, service, j),
        "period": names_at(ledger.facts.times.names, t),
        "action": frame["action"].to_numpy(dtype=object),
        "from_level": a,
        "to_level": b,
        "units": units,
        "cost_mln": cost,
    }


def _places(facts: Facts, service: Service, j: Ints) -> dict[str, Any]:
    """Return the columns that say where sites are, and whether the stock is a guess."""
    rows = facts.tables["facilities"]
    guessed = rows["site"][(rows["service"] == service.name) & rows["is_synthetic"]]
    home = facts.settlements["name"].to_numpy(dtype=object)[service.home]
    names = np.where((service.home >= 0) & (home != ""), home, service.sites)
    return {
        "service": np.full(len(j), service.name, dtype=object),
        "site": names_at(service.sites, j),
        "settlement": names_at(service.table["settlement"], j),
        "name": names_at(names, j),
        "region": names_at(service.region, j),
        "is_synthetic": service.sites.isin(guessed)[j],
    }
