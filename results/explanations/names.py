"""Names of places and things of an instance in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.language.texts import Text, chained, say
from aumaq.results.language import Language
from aumaq.results.pages.territory import (
    group_names,
    link_names,
    node_names,
    site_names,
)
from aumaq.results.plan.titles import kind_names, network_titles, titles_by_code

MOST_NAMED = 5
"""Places named in a sentence; the others are counted."""


@dataclass(frozen=True)
class Names:
    """Looks up what readers call a code."""

    instance: Instance
    lang: Language

    @cached_property
    def settlements(self) -> dict[str, str]:
        """Settlement -> its name."""
        return self._of("settlements", "settlement")

    @cached_property
    def regions(self) -> dict[str, str]:
        """Region -> its name."""
        return self._of("regions", "region")

    @cached_property
    def services(self) -> dict[str, str]:
        """Service -> its title."""
        rows = self.instance.tables["services"]
        return titles_by_code(rows, "service", self.lang)

    @cached_property
    def sites(self) -> dict[str, str]:
        """Site -> its name: that of the settlement where it is, where it has no own."""
        rows = self.instance.tables["sites"]
        own = rows["name"] if "name" in rows else pd.Series("", index=rows.index)
        rows = rows.assign(name=own.fillna(""))
        names = site_names(self.instance, rows, self.lang)
        return dict(zip(rows["site"], names, strict=True))

    @cached_property
    def networks(self) -> dict[str, str]:
        """Network -> its title."""
        return network_titles(self.instance, self.lang)

    @cached_property
    def nodes(self) -> dict[str, str]:
        """Node -> its name."""
        return _by_code(node_names(self.instance, self.lang))

    @cached_property
    def links(self) -> dict[str, str]:
        """Link -> its ends."""
        return _by_code(link_names(self.instance, self.lang))

    def _of(self, table: str, key: str) -> dict[str, str]:
        rows = self.instance.tables[table]
        return dict(zip(rows[key], self.lang.names(rows, key), strict=True))

    def unit(self, service: str) -> str:
        """Return the unit of demand of a service."""
        return self.lang.unit(self.instance.service(service)["unit"])

    def level(self, service: str, level: int) -> str:
        """Return what a level of a service is called."""
        rows = self.instance.levels(service)
        title = rows.loc[rows["level"] == level, "title"]
        told = str(title.iloc[0] or "") if len(title) else ""
        return self.lang.title(told) or self.lang.tell(say("level {n}", n=level))

    def place(self, column: str, value: Any, of: Mapping[str, Any]) -> str | None:
        """Return the name of a value of a column that says where, None of others.

        *of* are all the columns: they say which rule a group is one of.
        """
        code = str(value)
        if column == "site":
            return self.sites.get(code, code)
        if column == "settlement":
            return self.settlements.get(code, code)
        if column == "region":
            return self.regions.get(code, code)
        if column == "node":
            return self.nodes.get(code, code)
        if column == "link":
            return self.links.get(code, code)
        if column == "group":
            return self._group(code, of)
        return None

    @cached_property
    def _groups(self) -> dict[tuple[str, str], str]:
        found = group_names(self.instance, self.lang) | kind_names(self.lang)
        return {**found, ("total", "total"): self.lang.tell(say("the whole territory"))}

    def _group(self, code: str, of: Mapping[str, Any]) -> str:
        """Return the name of a group of a standard, or of a rule on gaps."""
        kind = "gap" if "gap" in of else "standard"
        rows = self.instance.tables[f"{kind}s"]
        scope = str(rows.loc[rows[kind] == of[kind], "scope"].iloc[0])
        return self._groups.get((scope, code), code)

    def listed(self, places: list[str]) -> Text:
        """Return some places by name, and how many there are besides."""
        unique = list(dict.fromkeys(places))
        rest = len(unique) - MOST_NAMED
        if rest <= 1:
            return chained(unique, ", ")
        shown = chained(unique[:MOST_NAMED], ", ")
        return say("{places} and {rest:,} more", places=shown, rest=rest)


def _by_code(names: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """Return names by code; the code where networks call different things so."""
    found = dict[str, str]()
    for (_, code), name in names.items():
        found[code] = name if found.get(code, name) == name else code
    return found
