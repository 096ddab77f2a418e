"""The land: what may not be built where, and that a plan builds none of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from aumaq.instances.land.forbidden import KINDS
from aumaq.instances.language.texts import say
from aumaq.results.audit.book import Rows
from aumaq.results.audit.facts import Service
from aumaq.results.audit.frames import names_at, table_of_parts
from aumaq.results.audit.ledger import Ledger
from aumaq.results.audit.zones import Cause, kilometres, members, places_of


def land(ledger: Ledger) -> pd.DataFrame:
    """Check that nothing is built against the land; return what it forbids, and why."""
    parts: list[Rows] = []
    for service in ledger.facts.services.values():
        _check(ledger, service)
        parts += [_told(ledger, service, cause) for cause in service.land]
    return table_of_parts("forbidden_land", parts)


def _check(ledger: Ledger, service: Service) -> None:
    """What stands may stay; no other move leads to a level that is forbidden."""
    plan, times = ledger.plans[service.name], ledger.facts.times
    size = plan.moves.shape[1]
    changes = plan.moves * ~np.eye(size, dtype=bool)[None, :, :, None]
    for zone, buffer, banned in service.land:
        built = changes.sum(axis=1) * banned[:, :, None]
        for j, level, t in np.argwhere(built > 0):
            place = say("site {site}, level {level}, period {period}",
                        site=service.sites[j], level=level,
                        period=times.names[t])  # fmt: skip
            text = say("{zone}, {land}, forbids it ({buffer})",
                       zone=zone["title"] or zone["zone"], land=KINDS[zone["kind"]],
                       buffer=buffer.get("buffer", "") or zone["zone"])  # fmt: skip
            amount = float(built[j, level, t])
            ledger.notes.note(f"land:{service.name}", place, text, amount)
        ledger.notes.checks += int(banned.sum())


def _told(ledger: Ledger, service: Service, cause: Cause) -> Rows:
    """Return a row for each site at which a zone or a buffer forbids a level."""
    zone, buffer, banned = cause
    j = np.flatnonzero(banned.any(axis=1))
    settlements, tables = ledger.facts.settlements, ledger.facts.tables
    places = places_of(service.table, service.home, settlements)
    home = settlements["name"].to_numpy(dtype=object)[service.home]
    names = np.where((service.home >= 0) & (home != ""), home, service.sites)
    levels = [", ".join(map(str, np.flatnonzero(row))) for row in banned[j]]
    is_zone = (tables["zones"]["zone"] == zone["zone"]).to_numpy()
    lies = members(tables, service.name, places)[is_zone][0]
    away = np.where(lies, 0.0, kilometres(zone, *places[1:]))[j]
    same: dict[str, Any] = {
        "service": service.name,
        "zone": zone["zone"],
        "zone_title": zone["title"],
        "kind": zone["kind"],
        "buffer": buffer.get("buffer", ""),
    }
    return {
        **{name: np.full(len(j), value, dtype=object) for name, value in same.items()},
        "site": names_at(service.sites, j),
        "settlement": names_at(service.table["settlement"], j),
        "name": names_at(names, j),
        "region": names_at(service.region, j),
        "levels": np.array(levels, dtype=object),
        "distance_km": away,
        "within_km": np.full(len(j), float(buffer.get("distance_km", 0.0))),
        "stands": (service.stock[j, 1:].sum(axis=1)) > 0,
    }
