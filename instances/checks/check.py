"""Checks of meaning: what the schema alone cannot see.

A check reads typed tables and yields problems; ``Warn`` marks what is legal but odd.
Adding a check is one function with ``@check(...)`` naming the tables that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import SupportsInt

import numpy as np
import pandas as pd

from aumaq.instances.checks.cells import row_number
from aumaq.instances.errors import Hints, Problem
from aumaq.instances.language.texts import Text, figure, say
from aumaq.instances.people import demand
from aumaq.instances.rows import holds
from aumaq.instances.schema.tables import BY_NAME

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Warn:
    """A problem that does not stop anything."""

    problem: Problem


Found = Iterator[Problem | Warn]


@dataclass(frozen=True)
class Check:
    """A check, the tables that it reads, and those whose rows it judges.

    *naming* is the column by which rows of the first table name another that is read.
    """

    tables: tuple[str, ...]
    run: Callable[[Tables], Found]
    about: tuple[str, ...]
    naming: str = ""

    def is_void(self, tables: Tables) -> bool:
        """Whether there is no row to judge, so that nothing can be said."""
        return all(tables[name].empty for name in self.about)

    def without(self, tables: Tables, broken: Collection[str]) -> Tables:
        """Return the tables without rows that name a broken one."""
        if not self.naming:
            return tables
        rows = tables[self.tables[0]]
        sound = ~rows[self.naming].isin(list(broken))
        return {**tables, self.tables[0]: rows[sound]}


CHECKS: list[Check] = []


def check(
    *tables: str, about: tuple[str, ...] = (), naming: str = ""
) -> Callable[[Callable[[Tables], Found]], None]:
    """Register a check that reads *tables* and judges rows of *about* (of any).

    *naming*: as in :class:`Check`.
    """

    def register(run: Callable[[Tables], Found]) -> None:
        CHECKS.append(Check(tables, run, about or tables, naming))

    return register


def problem(
    table: str,
    message: Text,
    row: SupportsInt | None = None,
    column: str = "",
    value: object = "",
) -> Problem:
    """Make a problem of a table; *row* is a position in the frame."""
    meta = BY_NAME[table]
    label = f"[{table}]{column}" if meta.in_toml and column else column
    number = 0 if row is None else row_number(meta, int(row))
    return Problem(meta.file, message, number, label, str(value))


@check("periods", "instance")
def periods_follow_each_other(tables: Tables) -> Found:
    """Each period starts in the year after the one before ends."""
    rows = tables["periods"]
    ends = rows["first_year"] + rows["years"]
    for k in range(1, len(rows)):
        if rows["first_year"][k] != ends[k - 1]:
            yield problem(
                "periods",
                say(
                    "expected {ends}, the year after {period} ends",
                    ends=ends[k - 1],
                    period=rows["period"][k - 1],
                ),
                k,
                "first_year",
                rows["first_year"][k],
            )
    if len(rows) and rows["first_year"][0] < tables["instance"]["base_year"].iloc[0]:
        yield Warn(
            problem(
                "periods",
                say("starts before the base year to which money is discounted"),
                0,
                "first_year",
                rows["first_year"][0],
            )
        )


@check("services", "levels")
def levels_are_complete(tables: Tables) -> Found:
    """Each service has levels 1, 2, ... of growing capacity."""
    levels = tables["levels"]
    for k, service in enumerate(tables["services"]["service"]):
        rows = levels[levels["service"] == service].sort_values("level")
        if rows.empty:
            yield problem(
                "services", say("has no row in levels"), k, "service", service
            )
            continue
        expected = range(1, len(rows) + 1)
        if list(rows["level"]) != list(expected):
            yield problem(
                "levels",
                say(
                    "levels of {service} must be 1..{count} without holes",
                    service=service,
                    count=len(rows),
                ),
                rows.index[0],
                "level",
                ", ".join(map(str, rows["level"])),
            )
            continue
        previous = rows["capacity"].shift(fill_value=0.0)
        for i in rows.index[rows["capacity"] <= previous]:
            yield problem(
                "levels",
                say(
                    "expected more than {previous:g}, the capacity of the level below",
                    previous=previous[i],
                ),
                i,
                "capacity",
                figure(rows["capacity"][i]),
            )
        for i in rows.index[
            rows["capex_mln"] < rows["capex_mln"].shift(fill_value=0.0)
        ]:
            yield Warn(
                problem(
                    "levels",
                    say("is cheaper to build than the level below"),
                    i,
                    "capex_mln",
                    figure(rows["capex_mln"][i]),
                )
            )


@check("levels", "services")
def minimum_use_fits(tables: Tables) -> Found:
    """No level must serve more than a plan may use of it."""
    rows = tables["levels"]
    share = tables["services"].drop_duplicates("service").set_index("service")
    most = rows["capacity"] * rows["service"].map(share["max_use_share"]).fillna(1.0)
    for i in rows.index[rows["min_use"] > most]:
        yield problem(
            "levels",
            say(
                "expected at most {most:g}, what a plan may use of the capacity",
                most=most[i],
            ),
            i,
            "min_use",
            figure(rows["min_use"][i]),
        )


@check("services", "sites")
def services_have_sites(tables: Tables) -> Found:
    """Each service has a site that is not forbidden."""
    sites = tables["sites"]
    known = set(sites["service"])
    usable = set(sites["service"][~holds(sites, "status", "forbidden")])
    for k, service in enumerate(tables["services"]["service"]):
        if service in usable:
            continue
        if service not in known:
            text = say("has no site in sites")
        else:
            text = say("has no usable site in sites: all are forbidden")
        yield problem("services", text, k, "service", service)


@check("services", "standards", "budgets")
def prices_are_given(tables: Tables) -> Found:
    """What may be missed has a price; a price of nothing is odd."""
    for table, flag, wanted, price in (
        ("services", "may_be_unserved", True, "unserved_mln_per_unit_year"),
        ("standards", "is_hard", False, "shortfall_mln_per_unit_year"),
        ("budgets", "is_hard", False, "overrun_price"),
    ):
        rows = tables[table]
        if table == "services":
            rows = rows[rows["role"] == "serve"]
        for i in rows.index[(rows[flag] == wanted) & (rows[price] == 0)]:
            yield Warn(
                problem(
                    table,
                    say("is priced at nothing: the rule has no force"),
                    i,
                    price,
                    0,
                )
            )


@check("sites", "services", "levels", "settlements")
def sites_are_placed(tables: Tables) -> Found:
    """Each site has one place, and a level that exists."""
    rows = tables["sites"]
    lost = rows["lat"].isna() | rows["lon"].isna()
    lost &= holds(rows, "settlement", "")
    for i in rows.index[lost]:
        yield problem(
            "sites", say("expected a settlement, or lat and lon"), i, "settlement"
        )
    top = tables["levels"].groupby("service")["level"].max()
    limit = rows["service"].map(top).astype("float64")
    for i in rows.index[rows["max_level"] > limit]:
        yield problem(
            "sites",
            say(
                "{service} has levels up to {limit:g}",
                service=rows["service"][i],
                limit=limit[i],
            ),
            i,
            "max_level",
            rows["max_level"][i],
        )
    homes = dict[str, str]()
    site, home = rows["site"].tolist(), rows["settlement"].tolist()
    first = [homes.setdefault(*pair) for pair in zip(site, home, strict=True)]
    for i in np.flatnonzero(np.array(home, object) != np.array(first, object)):
        yield problem(
            "sites",
            say(
                "site {site!r} stands in {first!r} in another row",
                site=rows["site"][i],
                first=first[i],
            ),
            i,
            "settlement",
            rows["settlement"][i],
        )


@check("sites", "facilities", about=("facilities",))
def facilities_have_a_site(tables: Tables) -> Found:
    """What stands has a site of its service."""
    rows, sites = tables["facilities"], tables["sites"]
    site = sites.set_index(["service", "site"])
    pairs = pd.MultiIndex.from_frame(rows[["service", "site"]])
    hints = {name: Hints(part["site"]) for name, part in sites.groupby("service")}
    for i in np.flatnonzero(~pairs.isin(site.index)):
        here = hints.get(rows["service"][i], Hints(()))
        hint = here.near(str(rows["site"][i]))
        yield problem(
            "facilities",
            say(
                "no such site of {service} in sites{hint}",
                service=rows["service"][i],
                hint=hint,
            ),
            i,
            "site",
            rows["site"][i],
        )


@check("facilities", "levels", about=("facilities",))
def facilities_have_a_level(tables: Tables) -> Found:
    """What stands has a level of its service."""
    rows, levels = tables["facilities"], tables["levels"]
    known = pd.MultiIndex.from_frame(levels[["service", "level"]])
    has_level = pd.MultiIndex.from_frame(rows[["service", "level"]]).isin(known)
    for i in np.flatnonzero(~has_level):
        top = levels.loc[levels["service"] == rows["service"][i], "level"].max()
        yield problem(
            "facilities",
            say(
                "expected a level of {service}, 1 to {top}",
                service=rows["service"][i],
                top=top,
            ),
            i,
            "level",
            rows["level"][i],
        )


@check("sites", "facilities")
def sites_agree_with_their_facilities(tables: Tables) -> Found:
    """There is room for what stands, and the status says that it does."""
    rows, sites = tables["facilities"], tables["sites"]
    if rows.empty and not (sites["status"] == "existing").any():
        return
    units = rows.groupby(["service", "site"])["units"].sum()
    stands = pd.MultiIndex.from_frame(sites[["service", "site"]])
    total = units.reindex(stands, fill_value=0).to_numpy()
    for i in np.flatnonzero(total > sites["max_units"].to_numpy()):
        yield problem(
            "sites",
            say(
                "expected at least {total}, the facilities that stand there",
                total=total[i],
            ),
            i,
            "max_units",
            sites["max_units"][i],
        )
    for i in np.flatnonzero((sites["status"] == "existing").to_numpy() & (total == 0)):
        yield problem(
            "sites",
            say("nothing stands there; expected candidate"),
            i,
            "status",
            "existing",
        )
    for i in np.flatnonzero((sites["status"] == "candidate").to_numpy() & (total > 0)):
        yield problem(
            "sites",
            say("something stands there; expected existing"),
            i,
            "status",
            "candidate",
        )


@check("sites", "facilities", about=("facilities",))
def locks_do_not_contradict(tables: Tables) -> Found:
    """Nothing is locked in and locked out."""
    sites = tables["sites"].set_index(["service", "site"])["status"]
    rows = tables["facilities"]
    pairs = pd.MultiIndex.from_frame(rows[["service", "site"]])
    status = sites.reindex(pairs).to_numpy()
    clash = rows["is_locked"].to_numpy() & (status == "forbidden")
    for i in np.flatnonzero(clash):
        yield problem(
            "facilities",
            say("is locked in, but its site is forbidden (locked out)"),
            i,
            "is_locked",
            "true",
        )


@check("facilities", "periods", about=("facilities",))
def renewals_are_in_time(tables: Tables) -> Found:
    """A year of renewal lies in the horizon; otherwise it says something odd."""
    rows, periods = tables["facilities"], tables["periods"]
    first = int(periods["first_year"].iloc[0])
    end = int(periods["first_year"].iloc[-1] + periods["years"].iloc[-1])
    year = rows["renew_by_year"]
    for i in rows.index[(year > 0) & (year < first)]:
        yield Warn(
            problem(
                "facilities",
                say("is overdue: renewed in {first}", first=first),
                i,
                "renew_by_year",
                year[i],
            )
        )
    odd = (year > 0) & ((year < 1800) | (year > end + 200))
    for i in rows.index[odd]:
        yield problem(
            "facilities",
            say("expected a year, or 0 for never"),
            i,
            "renew_by_year",
            year[i],
        )


def applies_to(
    settlements: pd.DataFrame, who: str
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which settlements a standard applies to (column ``applies_to``)."""
    if who == "all":
        return np.ones(len(settlements), dtype=bool)
    if who in ("urban", "rural"):
        urban = demand.is_urban(settlements)
        return urban if who == "urban" else ~urban
    return settlements[f"is_{who}"].to_numpy(dtype=bool)
