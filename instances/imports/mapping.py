"""The mapping file: what was taken for what, to be looked at, changed, used again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from aumaq.instances.errors import OptionError, UnreadableError
from aumaq.instances.formats.files import parsing, text_of
from aumaq.instances.language.texts import chained, say

MAX_BYTES = 1_000_000
HEAD = (
    "# What `aumaq import` took for what. Change it, and import again:\n"
    "# aumaq import PLACES --mapping THIS_FILE --out NEW\n\n"
)
LIMITS: dict[str, tuple[float, float]] = {
    "tolerance_m": (0.0, 1_000.0),
    "reach_km": (0.0, 1_000.0),
    "detour": (1.0, 10.0),
    "speeds_kmh": (1.0, 200.0),
}
"""Setting of the roads -> least and most."""
PARTS: dict[str, dict[str, Any]] = {
    "places": {"columns": dict, "layer": str, "crs": str, "region": str},
    "roads": {"columns": dict, "layer": str, "crs": str, "tolerance_m": float,
              "reach_km": float, "detour": float, "speeds_kmh": dict},
    "facilities": {"columns": dict},
}  # fmt: skip
"""Part -> the keys that it may have, and what they hold. Columns of facilities may
be those of one of several lists: ``school.capacity``."""


@dataclass(frozen=True)
class Mapped:
    """Columns and settings of the places, the roads, the facilities, by key."""

    places: Mapping[str, Any] = field(default_factory=dict)
    roads: Mapping[str, Any] = field(default_factory=dict)
    facilities: Mapping[str, Any] = field(default_factory=dict)


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file (UnreadableError with all that is not understood)."""
    with parsing(say("is no mapping file")):
        document = tomllib.loads(text_of(path, MAX_BYTES))
    wrong, beyond = [], []
    for part, keys in document.items():
        known = PARTS.get(part)
        if known is None or not isinstance(keys, dict):
            wrong.append(part)
            continue
        for key, value in keys.items():
            kind = known.get(key)
            is_fine = isinstance(value, (int, float) if kind is float else kind or ())
            if isinstance(value, bool) or not is_fine:
                wrong.append(f"{part}.{key}")
                continue
            inner = value if isinstance(value, dict) else {"": value}
            beyond += [
                ".".join(filter(None, (part, key, name)))
                for name, one in inner.items()
                if not is_possible(key, one)
            ]
    if beyond and not wrong:
        limits = chained(
            [say("{key} {least:g} - {most:g}", key=key, least=least, most=most)
             for key, (least, most) in LIMITS.items()],
            ", ",
        )  # fmt: skip
        raise UnreadableError(
            say(
                "has values that cannot be: {keys}; columns are names, and {limits}",
                keys=", ".join(beyond),
                limits=limits,
            )
        )
    if wrong:
        raise UnreadableError(
            say("has keys that are not understood: {keys}", keys=", ".join(wrong))
        )
    return Mapped(**document)


def is_possible(key: str, value: Any) -> bool:
    """Return whether a setting, or a value of a table of settings, can be so."""
    if key not in LIMITS:
        return isinstance(value, str) and bool(value or key != "columns")
    least, most = LIMITS[key]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and least <= value <= most


def mapping_text(mapping: Mapped) -> str:
    """Return the text of a mapping file; what is blank is left out."""
    document = {
        part: {key: value for key, value in keys.items() if value not in ("", {}, None)}
        for part, keys in vars(mapping).items()
        if keys
    }
    return HEAD + tomli_w.dumps(document)


def pairs_of(words: list[str], option: str) -> dict[str, str]:
    """Return ``name=COLUMN,population=COLUMN`` as pairs; a column may hold commas.

    Raises OptionError that names the option where a part is no pair.
    """
    found: dict[str, str] = {}
    for text in words:
        last = ""
        for part in text.split(","):
            role, sign, column = part.partition("=")
            if sign and role.strip():
                last = role.strip()
                if last in found:
                    raise OptionError(
                        say("{option} says {role} twice", option=option, role=last)
                    )
                found[last] = column.strip()
            elif last:
                found[last] += f",{part}"
            else:
                raise OptionError(
                    say(
                        "{option} expects pairs as name=COLUMN, got {text!r}",
                        option=option,
                        text=text,
                    )
                )
    return found
