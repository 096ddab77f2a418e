"""From written locks to limits on decisions, and the table of what they freeze.

``lock``
    a facility runs (of a level, if one is named) in the period, or from the site's
    first period on; a step, an upgrade or a growth point stands in the period, or at
    the end
``forbid``
    none of what is named is there in the period, or ever
``freeze``
    everything that is named is as in the earlier plan
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from aumaq.instances import Instance, InstanceError, Problem
from aumaq.instances.arrays import Flags, Ints
from aumaq.instances.errors import did_you_mean
from aumaq.instances.land.forbidden import reasons
from aumaq.instances.land.works import ForbiddenWork
from aumaq.instances.language.texts import Text, say
from aumaq.model.data.gathered import ModelData
from aumaq.results.plan.decisions import decisions_of
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing.lock_rows import LockRow
from aumaq.solvers import Decisions
from aumaq.solvers.solution.locks import ANY, Limits, Locks

FROZEN = ("lock", "action", "kind", "service", "code", "level", "period", "least",
          "most")  # fmt: skip
"""Columns of the table of what is frozen; an empty ``most`` is no limit."""


@dataclass(frozen=True)
class Things:
    """Decisions of one kind in arrays (things, T), and what names each of them."""

    kind: str
    group: str  # service or network
    names: Mapping[str, Sequence[str]]  # key -> a value for each thing
    may: Flags  # whether it can be there at all
    limits: Limits
    plan: Ints  # what the earlier plan has
    is_sum: bool = False
    """Whether they are facilities of all levels together."""
    why: Callable[[int], Text | None] = lambda _: None
    """Tells of a thing, by its number, why the land forbids it."""


CODES = ("site", "link", "upgrade", "settlement")
"""Keys that name one thing; each kind has one of them."""


def locks_of(
    instance: Instance, data: ModelData, rows: Sequence[LockRow], plan: Plan
) -> tuple[Locks, pd.DataFrame]:
    """Return the limits that rows set, and the decisions that they freeze.

    *plan* is the earlier plan, to which ``freeze`` refers. Raises InstanceError with
    every row that names nothing there is, or contradicts another.
    """
    known = decisions_of(plan, instance)
    things = [*_facilities(instance, data, known), *_links(data, known),
              _upgrades(data, known), _points(instance, data, known)]  # fmt: skip
    problems, told = list[Problem](), list[pd.DataFrame]()
    barred = {work.what: work for work in instance.forbidden_works}
    for row in rows:
        if wrong := _unknown(row, things, data.periods, barred):
            problems += wrong
            continue
        limited = [_limit(row, own, data.periods) for own in things]
        found = [part for part in limited if part is not None]
        told += [part for part in found if isinstance(part, pd.DataFrame)]
        problems += [part for part in found if isinstance(part, Problem)]
        if not found:
            problems.append(_problem(row, say("names nothing that could be decided")))
    problems += [] if problems else _clashes(things, data)
    if problems:
        raise InstanceError(problems)
    frozen = (
        pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=FROZEN)
    )
    return _locks(things, data), frozen


def _facilities(instance: Instance, data: ModelData, known: Decisions) -> list[Things]:
    """Return units by level, and their sums over levels, of every service."""
    found, count = list[Things](), len(data.periods)
    for name, d in data.services.items():
        may = d.is_built[:, 1:, None] & np.ones(count, dtype=bool)
        early = np.arange(count) < d.first_period[:, None]
        stands = d.stock[:, 1:].any(axis=1) | (d.status == "required")
        may = may & ~(early & ~stands[:, None])[:, None, :]
        units = known.services[name].units
        names = {"service": [name] * len(d.sites), "site": d.sites,
                 "region": d.site_region}  # fmt: skip
        runs = units[:, 1:].sum(axis=1)
        why = partial(reasons, instance.land_bans(name))
        whole = Things("facility", name, names, may.any(axis=1),
                       Limits.none(runs.shape), runs, is_sum=True, why=why)  # fmt: skip
        levels = np.tile(np.arange(1, d.num_levels + 1), len(d.sites))
        each = {key: np.repeat(np.array(values, dtype=object), d.num_levels).tolist()
                for key, values in names.items()}  # fmt: skip
        each["level"] = [str(level) for level in levels.tolist()]
        by_level = units[:, 1:].reshape(-1, count)
        found += [whole, Things("facility", name, each, may.reshape(-1, count),
                                Limits.none(by_level.shape), by_level,
                                why=partial(_of_level, why, d.num_levels))]  # fmt: skip
    return found


def _of_level(
    why: Callable[[int, int], Text | None], num_levels: int, k: int
) -> Text | None:
    """Return why the land forbids the level of a site that has a number."""
    return why(k // num_levels, k % num_levels + 1)


def _links(data: ModelData, known: Decisions) -> list[Things]:
    found, count = list[Things](), len(data.periods)
    for name, n in data.networks.items():
        steps = known.networks[name].steps
        names = {
            "network": [name] * len(steps),
            "link": [n.links[e] for e in n.step_link.tolist()],
            "step": [str(k) for k in n.step_number.tolist()],
        }
        may = np.arange(count) >= n.step_first[:, None]
        limits = Limits.none(steps.shape)
        found.append(Things("link", name, names, may, limits, steps))
    return found


def _upgrades(data: ModelData, known: Decisions) -> Things:
    r, count = data.roads, len(data.periods)
    names = {"upgrade": r.upgrades, "region": r.region}
    may = np.arange(count) >= r.first_period[:, None]
    limits, plan = Limits.none(may.shape), known.upgraded.reshape(may.shape)
    return Things("upgrade", "roads", names, may, limits, plan)


def _points(instance: Instance, data: ModelData, known: Decisions) -> Things:
    g, count = data.growth, len(data.periods)
    shape = (len(g.tier), count)
    home = [instance.settlement_ids[i] for i in g.settlement.tolist()]
    names = {"settlement": home, "tier": g.tier, "region": g.region}
    may, plan = np.arange(count) >= g.first_period[:, None], known.chosen.reshape(shape)
    return Things("growth", "growth points", names, may, Limits.none(shape), plan)


def _unknown(
    row: LockRow,
    things: Sequence[Things],
    periods: Sequence[str],
    barred: Mapping[str, ForbiddenWork],
) -> list[Problem]:
    """Return a problem for each value of a row that names nothing."""
    problems = []
    for key, value in row.keys.items():
        own = [t for t in things if t.kind in row.kinds]
        known = dict.fromkeys(name for t in own for name in t.names.get(key, ()))
        if value in known and key != "period":
            continue
        if key in ("link", "upgrade") and value in barred:
            why = f"{barred[value].rule}: {barred[value].zone}"
            text = say("the land forbids it ({why})", why=why)
            problems.append(_problem(row, text, key))
        elif key != "period" or value not in periods:
            names = list(known) if key != "period" else list(periods)
            text = say(
                "there is no {key} {value!r} that could be decided{hint}",
                key=key,
                value=value,
                hint=did_you_mean(value, names),
            )
            problems.append(_problem(row, text, key))
    return problems


def _limit(
    row: LockRow, own: Things, periods: Sequence[str]
) -> pd.DataFrame | Problem | None:
    """Tighten the limits of what a row names; return that, or what is wrong with it."""
    if own.kind not in row.kinds:
        return None
    if own.kind == "facility" and own.is_sum == _by_level(row):
        return None
    is_meant = np.ones(len(own.plan), dtype=bool)
    for key, value in row.keys.items():
        if key == "period":
            continue
        if key not in own.names:
            return None
        is_meant &= np.array([name == value for name in own.names[key]], dtype=bool)
    if not is_meant.any():
        return None
    cells = is_meant[:, None] & _periods(row, own, periods)
    limits = own.limits
    if row.action == "lock":
        if problem := _not_one(row, own) or _impossible(row, own, is_meant, cells):
            return problem
        limits.least[cells] = np.maximum(limits.least[cells], 1)
    elif row.action == "forbid":
        limits.most[cells] = 0
    else:
        limits.least[cells] = np.maximum(limits.least[cells], own.plan[cells])
        limits.most[cells] = np.minimum(limits.most[cells], own.plan[cells])
    return _told(row, own, cells, periods)


def _by_level(row: LockRow) -> bool:
    """Return whether a row is on units of a level, not on all of a site."""
    return "facility" in row.kinds and ("level" in row.keys or row.action == "freeze")


def _periods(row: LockRow, own: Things, periods: Sequence[str]) -> Flags:
    """Return in which periods a row holds for each thing, (things, T)."""
    holds = np.zeros(own.plan.shape, dtype=bool)
    if "period" in row.keys:
        holds[:, list(periods).index(row.keys["period"])] = True
    elif row.action != "lock":
        holds[:] = True
    elif own.kind == "facility":
        holds[:] = own.may
    else:
        holds[:, -1] = True
    return holds


def _not_one(row: LockRow, own: Things) -> Problem | None:
    """Return the problem of a lock that names a whole group, or None."""
    key = next(k for k in CODES if k in own.names)
    if key in row.keys:
        return None
    return _problem(row, say("a lock names one thing: give its {key}", key=key))


def _impossible(
    row: LockRow, own: Things, is_meant: Flags, cells: Flags
) -> Problem | None:
    """Return the problem of what can never be, or None."""
    if cells.any() and own.may[cells].all():
        return None
    for k in np.flatnonzero(is_meant & ~own.may.any(axis=1)).tolist():
        if why := own.why(k):
            return _problem(row, say("the land forbids it ({why})", why=why))
    text = say(
        "cannot be there then: no such level fits or is of use, or the first period"
        " forbids it"
    )
    return _problem(row, text)


def _told(
    row: LockRow, own: Things, cells: Flags, periods: Sequence[str]
) -> pd.DataFrame:
    """Return the limited decisions of a row as a table."""
    thing, t = np.nonzero(cells)
    code = next(k for k in CODES if k in own.names)
    number = own.names.get("level") or own.names.get("step") or own.names.get("tier")

    def of(values: Sequence[str]) -> list[str]:
        return [values[k] for k in thing.tolist()]

    most = own.limits.most[cells].astype(float)
    return pd.DataFrame(
        {
            "lock": row.text,
            "action": row.action,
            "kind": own.kind,
            "service": own.group,
            "code": of(own.names[code]),
            "level": of(number) if number else "",
            "period": [periods[k] for k in t.tolist()],
            "least": own.limits.least[cells],
            "most": np.where(most >= float(ANY), np.nan, most),
        }
    )


def _clashes(things: Sequence[Things], data: ModelData) -> list[Problem]:
    """Return a problem for each decision that two locks want otherwise."""
    found, periods = dict[tuple[str, str], Problem](), data.periods
    for own in things:
        code, limits = next(k for k in CODES if k in own.names), own.limits
        stays = own.kind != "facility"  # what is built on links and roads
        least = np.maximum.accumulate(limits.least, axis=1) if stays else limits.least
        clash = least > limits.most
        for k in np.flatnonzero(clash.any(axis=1)).tolist():
            name = own.names[code][k]
            text = say(
                "{group}, {code}, {periods}: one lock asks for it, another forbids it",
                group=own.group,
                code=name,
                periods=_listed(clash[k], periods),
            )
            found.setdefault((own.group, name), Problem("locks", text))
    for whole, levels in pairwise(things):
        if whole.is_sum:
            crowded = _crowded(whole.limits, levels.limits, data, whole.group)
            for k in np.flatnonzero(crowded.any(axis=1)).tolist():
                name = whole.names["site"][k]
                text = say(
                    "{group}, {code}, {periods}: locks ask for more than there is room"
                    " for, or than others leave",
                    group=whole.group,
                    code=name,
                    periods=_listed(crowded[k], periods),
                )
                found.setdefault((whole.group, name), Problem("locks", text))
    return list(found.values())


def _crowded(whole: Limits, levels: Limits, data: ModelData, service: str) -> Flags:
    """Return where limits on levels and on their sum leave nothing, (sites, T)."""
    d, count = data.services[service], len(data.periods)
    shape, places = (len(d.sites), d.num_levels, count), d.places[:, None]
    most = np.minimum(levels.most.reshape(shape), places[:, :, None]).sum(axis=1)
    least = np.maximum(whole.least, levels.least.reshape(shape).sum(axis=1))
    return least > np.minimum(np.minimum(whole.most, most), places)


def _listed(when: Flags, periods: Sequence[str]) -> str:
    return ", ".join(periods[t] for t in np.flatnonzero(when).tolist())


def _problem(row: LockRow, text: Text, column: str = "") -> Problem:
    return Problem(row.file, text, row.row, column if row.row else "")


def _locks(things: Sequence[Things], data: ModelData) -> Locks:
    """Return the limits in the shapes of decisions."""
    units: dict[str, Limits] = {}
    running: dict[str, Limits] = {}
    steps: dict[str, Limits] = {}
    lasting: dict[str, Limits] = {}
    for own in things:
        if own.is_sum:
            running[own.group] = own.limits
        elif own.kind == "facility":
            units[own.group] = _with_level_0(own.limits, data, own.group)
        elif own.kind == "link":
            steps[own.group] = own.limits
        else:
            lasting[own.kind] = own.limits
    return Locks(units, running, steps, lasting["upgrade"], lasting["growth"])


def _with_level_0(limits: Limits, data: ModelData, service: str) -> Limits:
    """Return limits on units of levels from 1 as limits on those of all levels."""
    d, count = data.services[service], len(data.periods)
    whole = Limits.none((*d.is_built.shape, count))
    shape = (len(d.sites), d.num_levels, count)
    whole.least[:, 1:] = limits.least.reshape(shape)
    whole.most[:, 1:] = limits.most.reshape(shape)
    return whole
