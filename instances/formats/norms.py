"""Levels, prices and standards of a country, as tables to choose from.

They are those of a shipped instance, row by row, and say so in their source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from aumaq.instances.errors import UnknownNameError
from aumaq.instances.formats.template_parts import OF_NORMS, SHORT
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME

DATA = Path(__file__).parents[1] / "data"
NORMS = {"kz": "kazakhstan"}
"""Code of a country -> the shipped instance with its norms."""
OF_SERVICES = ("services", "levels", "standards")
ROAD_CLASSES = "road_classes"
ROADS_OF = {"kz": "kazakhstan-full"}
"""Code -> the shipped instance whose classes of roads are those of its roads."""


def check_norms(code: str) -> None:
    """Raise UnknownNameError unless there are norms of that name."""
    if code not in NORMS:
        raise UnknownNameError(say("norms"), code, NORMS)


def norms(code: str, services: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """Return tables by name: policies, groups, services, levels, standards, roads.

    Only services to which people come are among them, those of *services* if any are
    named (UnknownNameError that lists them).
    """
    check_norms(code)
    folder = DATA / NORMS[code]
    head = tomllib.loads((folder / "instance.toml").read_text(encoding="utf-8"))
    found = {name: pd.DataFrame(head[name]) for name in ("groups", "services")}
    origin = dict.fromkeys((*found, *OF_SERVICES), NORMS[code])
    origin[ROAD_CLASSES] = ROADS_OF[code]
    for name in ("levels", "standards", ROAD_CLASSES):
        file = DATA / origin[name] / BY_NAME[name].file
        found[name] = pd.read_csv(file, keep_default_na=False)
    known = found["services"]
    known = known[known["group"].fillna("") != ""]["service"].tolist()
    for service in services:
        if service not in known:
            raise UnknownNameError(say("service"), service, known)
    wanted = list(services) or known
    for name in OF_SERVICES:
        rows = found[name]
        found[name] = rows[rows["service"].isin(wanted)].reset_index(drop=True)
    groups = found["groups"]
    is_counted = groups["group"].isin(found["services"]["group"])
    found["groups"] = groups[is_counted].reset_index(drop=True)
    for name, frame in found.items():
        found[name] = _flagged(name, frame, origin[name])
    found["policies"] = pd.DataFrame([head["policies"]])
    return found


def _flagged(name: str, frame: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Return the columns that are shown, the instance named in their source."""
    names = {*OF_NORMS.get(name, ()), *SHORT.get(name, frame.columns)}
    kept = [c.name for c in BY_NAME[name].columns if c.name in names & {*frame.columns}]
    rows = frame[kept].copy()
    rows["source"] = f"instance {origin}: " + frame["source"].astype(str)
    return rows
