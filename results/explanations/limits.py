"""What a limit asks for, where, and how it gives way, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.land.forbidden import reason
from aumaq.instances.language.texts import Text, Unit, chained, say
from aumaq.instances.rules import Rule, called, differing, rules_of
from aumaq.model.limits import COUNTED, SCALED, Limit, Limits, Place
from aumaq.results.explanations.names import Names
from aumaq.results.language import Language

TABLES = {
    ("budgets", "limit"): "budgets", ("standards", "reach"): "standards",
    ("counts", "counted"): "counts", ("counts", "changed"): "counts",
    ("counts", "total"): "counts",
    ("building_capacity", "spent"): "building_capacity",
    ("building_capacity", "changed"): "building_capacity",
    ("locks", "locked"): "facilities", ("locks", "required"): "sites",
    ("renewal", "due"): "facilities", ("allocation", "minimum_use"): "levels",
    ("lifted", "capacity"): "levels", ("lifted", "unserved"): "services",
    ("lifted", "forbidden"): "sites", ("lifted", "early"): "sites",
    ("lifted", "sized"): "sites", ("lifted", "shed"): "networks",
}  # fmt: skip
"""The table in which a limit is a row, where the id of its rule does not say it."""

MONEY = {("budgets", "limit"), ("funding", "limit"), ("partnerships", "limit"),
         ("building_capacity", "spent")}  # fmt: skip
"""Limits on mln."""


@dataclass(frozen=True)
class Words:
    """Tells of the limits of an instance."""

    instance: Instance
    found: Limits
    lang: Language

    @cached_property
    def names(self) -> Names:
        """Names of places."""
        return Names(self.instance, self.lang)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Rules by id."""
        return rules_of(self.instance)

    def title(self, limit: Limit) -> Text:
        """Return what the limit asks for, with its figures and its place."""
        special = _TITLES.get((limit.family, limit.name))
        if special is not None:
            return special(self, limit.of)
        unit = self.unit(limit)
        if unit is None or not np.isfinite(most := self.most(limit)):
            return self._plain(limit)
        title, where = self._parts(limit)
        return say(
            "{title}: at most {amount} {unit}",
            title=chained([title, *where], ", "),
            amount=self.lang.figure(most, ",.6g"),
            unit=unit,
        )

    def _plain(self, limit: Limit) -> Text:
        title, parts = self._parts(limit)
        if not parts:
            return say("{title}", title=title)
        return say("{title}: {places}", title=title, places=", ".join(parts))

    def _parts(self, limit: Limit) -> tuple[str, list[str]]:
        """Return what a limit is called, and the names of where it holds."""
        known, of = self.rules.get(limit.rule), limit.of
        title = self.lang.tell(known.title) if known else limit.rule
        where = [self.names.place(column, value, of) for column, value in of.items()]
        where = [*self._own_place(limit), *where]
        return title, [text for text in (*where, str(of.get("period", ""))) if text]

    def _own_place(self, limit: Limit) -> list[str]:
        """Return where the row of a limit holds, if other rows of its rule do not."""
        at, tables = self.at(limit), self.instance.tables
        if at is None:
            return []
        rows, code = tables[at[0]], limit.key[0][0]
        if code not in rows:
            return []
        row, differ = rows.loc[at[1]], differing(rows, code)
        return [
            self.lang.tell(called(tables, column, row[column]))
            for column, codes in differ.items()
            if row[code] in codes and row[column]
        ]

    def number(self, limit: Limit) -> float:
        """Return the number of a standard, a share, or of what one holds."""
        of, kind = limit.of, (limit.family, limit.name)
        row = self.row(limit)
        if row is None:
            return float("nan")
        if kind == ("standards", "reach"):
            return float(row["share"])
        if kind == ("lifted", "capacity"):
            share = float(self.instance.service(of["service"])["max_use_share"])
            return float(row["capacity"]) * share
        return float("nan")

    def unit(self, limit: Limit) -> Text | None:
        """Return the unit of what a limit caps: money, an impact, changes; or None."""
        kind = (limit.family, limit.name)
        if kind in MONEY:
            return say("mln {currency}", currency=self.instance.currency)
        if kind == ("building_capacity", "changed"):
            return say("(changes of facilities)")
        if kind == ("partnerships", "burden"):
            return say("mln {currency} a year", currency=self.instance.currency)
        if kind != ("impacts", "within"):
            return None
        limits, impacts = (
            self.instance.tables[name].drop_duplicates(key).set_index(key)
            for name, key in (("impact_limits", "limit"), ("impacts", "impact"))
        )
        impact = limits.loc[limit.of["limit"], "impact"]
        return say("{unit}", unit=Unit(impacts.loc[impact, "unit"]))

    def most(self, limit: Limit) -> float:
        """Return what a limit caps at, in its unit; NaN where it says several things.

        Rows of the model may be divided by a number of their own.
        """
        found = {
            float(place.rows.upper[place.number]) * _scale(place)
            for place in map(self.found.place, limit.rows.tolist())
        }
        return found.pop() if len(found) == 1 else float("nan")

    def row(self, limit: Limit) -> pd.Series[Any] | None:
        """Return the row of a table that the limit is, None where it is none."""
        at = self.at(limit)
        return None if at is None else self.instance.tables[at[0]].loc[at[1]]

    def at(self, limit: Limit) -> tuple[str, int] | None:
        """Return the table and the position of the row that the limit is."""
        table = TABLES.get((limit.family, limit.name))
        if table is None:
            return None
        rows = self.instance.tables[table]
        found = np.ones(len(rows), dtype=bool)
        for column, value in limit.key:
            if column in rows:
                found &= (rows[column] == value).to_numpy()
        k = np.flatnonzero(found)
        return (table, int(rows.index[k[0]])) if len(k) else None

    def places(self, rows: Iterable[int]) -> list[str]:
        """Return where rows of the programme stand: place and period, each once."""
        found = []
        for row in rows:
            names = self.found.place(int(row)).names
            where = [
                self.names.place(key, value, names) for key, value in names.items()
            ]
            parts = [text for text in where if text]
            if "period" in names:
                parts.append(str(names["period"]))
            if parts:
                found.append(" ".join(parts))
        return list(dict.fromkeys(found))

    def given_way(self, limit: Limit, amount: float, size: float) -> Text:
        """Return how a limit gives way by an amount of its size (1: all of it)."""
        number, share = self.number(limit), self.lang.upper(amount, ".1%")
        kind, unit = (limit.family, limit.name), self.unit(limit)
        if limit.relaxed == COUNTED:
            return say("let it be missed by {count}", count=round(amount))
        if limit.relaxed != SCALED:
            return say("give it up")
        if kind == ("lifted", "unserved"):
            return say("leave up to {share} of a place's demand unserved", share=share)
        if kind == ("lifted", "shed"):
            return say("leave up to {share} of a place's load unmet", share=share)
        if unit is not None and np.isfinite(most := self.most(limit)):
            more = amount * size * _scale(self.found.place(int(limit.rows[0])))
            told = self.lang.figure(_up(most + more), ",.6g")
            if not most:
                return say("raise it to {amount} {unit}", amount=told, unit=unit)
            return say(
                "raise it to {amount} {unit}, {share} more",
                amount=told,
                unit=unit,
                share=share,
            )
        if kind == ("standards", "reach"):
            return say(
                "ask for {less} instead of {number}",
                less=self.lang.lower(number * (1.0 - amount), ".1%"),
                number=self.lang.figure(number, ".1%"),
            )
        if kind == ("lifted", "capacity"):
            return say(
                "let one hold {more} instead of {number}",
                more=self.lang.figure(_up_whole(number * (1.0 + amount)), ",.6g"),
                number=self.lang.figure(number, ",.6g"),
            )
        return say("let it be missed by {share} of its number", share=share)


def _scale(place: Place) -> float:
    """Return what a row of the model was divided by."""
    where = place.rows.where
    return float(place.value("scale")) if "scale" in where.columns else 1.0


FEW = 10.0
"""From so many on places are told as whole numbers."""


def _up_whole(value: float) -> float:
    """Return a number of places that is not below the value; a few may be parts."""
    return _up(value) if value < FEW else float(np.ceil(_up(value) - 1e-6))


def _up(value: float) -> float:
    """Return a number with six digits that is not below the value."""
    if value <= 0.0:
        return value
    unit = 10.0 ** (np.floor(np.log10(value)) - 5)
    return float(np.ceil(value / unit - 1e-6) * unit)


def _budget(words: Words, of: dict[str, Any]) -> Text:
    rows = words.instance.tables["budgets"]
    row = rows[(rows["budget"] == of["budget"]) & (rows["period"] == of["period"])]
    factor = words.instance.active_scenario.budget_factor
    known = row.iloc[0]
    return say(
        "{title}, {period}: at most {amount} mln {currency}",
        title=words.lang.title(known["title"], of["budget"]),
        period=of["period"],
        amount=words.lang.figure(float(known["amount_mln"]) * factor, ",.6g"),
        currency=words.instance.currency,
    )


def _standard(words: Words, of: dict[str, Any]) -> Text:
    """Return a standard with its figures: after a change its title may be of others."""
    rows = words.instance.tables["standards"]
    row = rows[rows["standard"] == of["standard"]].iloc[0]
    return say(
        "{title}: {share} within {n} minute",
        "{title}: {share} within {n} minutes",
        title=words.lang.tell(words.rules[f"standard:{of['standard']}"].title),
        share=words.lang.share(float(row["share"])),
        n=float(row["minutes"]),
    )


def _at_site(text: Text) -> Callable[[Words, dict[str, Any]], Text]:
    """Return what tells of a limit at a site."""

    def told(words: Words, of: dict[str, Any]) -> Text:
        level = of.get("level")
        return text.given(
            service=words.names.services[of["service"]],
            site=words.names.sites.get(of["site"], of["site"]),
            level="" if level is None else words.names.level(of["service"], int(level)),
        )

    return told


def _capacity(words: Words, of: dict[str, Any]) -> Text:
    service, level = of["service"], int(of["level"])
    row, levels = words.instance.service(service), words.instance.levels(service)
    usable = levels.loc[levels["level"] == level, "capacity"].iloc[0]
    return say(
        "{service}, {level}: one holds at most {capacity} ({unit})",
        service=words.names.services[service],
        level=words.names.level(service, level),
        capacity=words.lang.figure(usable * float(row["max_use_share"]), ",.6g"),
        unit=words.names.unit(service),
    )


def _minimum_use(words: Words, of: dict[str, Any]) -> Text:
    service, level = of["service"], int(of["level"])
    levels = words.instance.levels(service)
    least = levels.loc[levels["level"] == level, "min_use"].iloc[0]
    return say(
        "{service}, {level}: one runs with at least {least} ({unit})",
        service=words.names.services[service],
        level=words.names.level(service, level),
        least=words.lang.figure(float(least), ",.6g"),
        unit=words.names.unit(service),
    )


def _of_service(text: Text) -> Callable[[Words, dict[str, Any]], Text]:
    def told(words: Words, of: dict[str, Any]) -> Text:
        return text.given(service=words.names.services[of["service"]])

    return told


def _shed(words: Words, of: dict[str, Any]) -> Text:
    return say(
        "{network}: all load of people and industry is to be met",
        network=words.names.networks[of["network"]],
    )


def _land(words: Words, of: dict[str, Any]) -> Text:
    service, site = of["service"], of["site"]
    j = list(words.instance.service_sites(service)["site"]).index(site)
    why = [
        reason(ban, j)
        for ban in words.instance.land_bans(service)
        if ban.banned[j].any()
    ]
    return say(
        "{service} in {site}: the land forbids it ({why})",
        service=words.names.services[service],
        site=words.names.sites.get(site, site),
        why=why[0] if why else site,
    )


_TITLES: dict[tuple[str, str], Callable[[Words, dict[str, Any]], Text]] = {
    ("budgets", "limit"): _budget,
    ("standards", "reach"): _standard,
    ("locks", "locked"): _at_site(
        say("{service} in {site} is locked: {level} stays as it is")
    ),
    ("locks", "required"): _at_site(say("{service} in {site} is required to be open")),
    ("renewal", "due"): _at_site(
        say("{service} in {site}, {level}: is old, to be renewed, rebuilt or closed")
    ),
    ("lifted", "forbidden"): _at_site(
        say("{service} in {site}: the site is forbidden")
    ),
    ("lifted", "land"): _land,
    ("lifted", "sized"): _at_site(
        say("{service} in {site}: the place is too small for more than is allowed")
    ),
    ("lifted", "early"): _at_site(
        say("{service} in {site}: nothing may open before its first period")
    ),
    ("lifted", "transitions"): _of_service(
        say("{service}: closing, reducing or other changes of level are not allowed")
    ),
    ("lifted", "unserved"): _of_service(say("{service}: all demand is to be served")),
    ("lifted", "shed"): _shed,
    ("lifted", "capacity"): _capacity,
    ("allocation", "minimum_use"): _minimum_use,
}
