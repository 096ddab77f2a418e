"""Levels, prices and standards of a country, as tables to choose from.

They are those of a shipped instance, row by row, and say so in their source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from aumaq.instances.errors import UnknownNameError
from aumaq.instances.language.texts import say
from aumaq.instances.schema.tables import BY_NAME

DATA = Path(__file__).parents[1] / "data"
NORMS = {"kz": "kazakhstan"}
"""Code of a country -> the shipped instance with its norms."""
OF_SERVICES = ("services", "levels", "standards")
ROAD_CLASSES = "road_classes"


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
    for name in ("levels", "standards", ROAD_CLASSES):
        found[name] = pd.read_csv(folder / BY_NAME[name].file, keep_default_na=False)
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
        found[name] = _flagged(name, frame, NORMS[code])
    found["policies"] = pd.DataFrame([head["policies"]])
    return found


def _flagged(name: str, frame: pd.DataFrame, origin: str) -> pd.DataFrame:
    """Return rows that name the instance in their source, without idle columns."""
    kept = []
    for column in BY_NAME[name].columns:
        idle = ["", *([] if column.is_required else [column.default])]
        if column.name in frame and not frame[column.name].isin(idle).all():
            kept.append(column.name)
    rows = frame[kept].copy()
    rows["source"] = f"instance {origin}: " + frame["source"].astype(str)
    return rows
