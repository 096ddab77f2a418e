"""The instance without a rule that a model leaves out instead of having rows of it.

What the land and the list of sites forbid has no variables (:mod:`aumaq.model.lifted`):
to know what such a rule costs it is taken out of the tables.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.scenarios.overrides import ALWAYS

BUFFER = ("buffer", "zone", "kind", "distance_km", "service", "from_level")
Changes = list[dict[str, Any]]
"""Rows of the table ``overrides``, without its name."""


def without_rule(instance: Instance, rule: str) -> Instance | None:
    """Return the instance without what the rule forbids; None if it has rows."""
    kind, _, name = rule.partition(":")
    make = MAKERS.get(kind)
    if make is None:
        return None
    known = instance.base["overrides"]
    blank = dict.fromkeys(known.columns, "") | {"override": ALWAYS}
    changes = [blank | change for change in make(instance, name)]
    rows = pd.DataFrame(changes, columns=known.columns)
    both = pd.concat([known, rows.astype(known.dtypes.to_dict())], ignore_index=True)
    return instance.replace(overrides=both)


def _all_land(instance: Instance, service: str) -> Changes:
    """Return changes that permit the service on all land, and leave others as is."""
    tables = instance.tables
    permits, buffers = tables["zone_permits"], tables["buffers"]
    found: Changes = []
    if (permits["service"] == service).any():
        found.append(_change("zone_permits", "remove", f"service={service}"))
    for kind in sorted(set(tables["zones"]["kind"])):
        cells = f"kind={kind}; service={service}; is_permitted=true"
        found.append(_change("zone_permits", "add", cells))
    for row in buffers[buffers["service"].isin(["", service])].to_dict("records"):
        found.append(_change("buffers", "remove", f"buffer={row['buffer']}"))
        if row["service"] == service:
            continue
        for n, other in enumerate(instance.service_names):
            if other != service:
                own = {**row, "buffer": f"{row['buffer']} {n}", "service": other}
                text = "; ".join(f"{c}={own[c]}" for c in BUFFER if own[c] != "")
                found.append(_change("buffers", "add", text))
    return found


def _all_sites(instance: Instance, service: str) -> Changes:
    """Return changes that make sites of forbidden ones: with and without facilities."""
    sites, stock = instance.tables["sites"], instance.tables["facilities"]
    own = sites[(sites["service"] == service) & (sites["status"] == "forbidden")]
    held = set(stock.loc[(stock["service"] == service) & (stock["units"] > 0), "site"])
    return [
        {**_change("sites", "set", f"service={service}; site={site}"),
         "column": "status", "value": "existing" if site in held else "candidate"}
        for site in own["site"]
    ]  # fmt: skip


def _all_works(_: Instance, code: str) -> Changes:
    """Return the change that takes out one rule on works in zones."""
    return [_change("zone_works", "remove", f"zone_work={code}")]


MAKERS = {"land": _all_land, "forbidden": _all_sites, "zone_work": _all_works}
"""What an id of such a rule begins with -> changes of the tables; what else is in the
id is a service, or the code of the row."""


def _change(table: str, action: str, where: str) -> dict[str, Any]:
    return {"table": table, "action": action, "where": where}
