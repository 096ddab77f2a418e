"""Which column is what: by its name in English, Russian or Kazakh, or by its cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aumaq.instances.arrays import Floats
from aumaq.instances.language.texts import Text, say

NAMES: dict[str, tuple[str, ...]] = {
    "settlement": ("settlement", "code", "id", "kato", "osm id", "gid", "fid",
                   "код", "като", "ид", "коды"),
    "name": ("name", "title", "place", "locality", "village", "name ru", "name kk",
             "name kz", "name en", "название", "наименование", "населенный пункт",
             "нп", "имя", "село", "атауы", "атау", "аты", "елді мекен", "ауыл",
             "nazvanie", "naimenovan", "naimenovanie", "nas punkt", "naspunkt", "naim",
             "imya", "atauy"),
    "name_en": ("name en", "name eng"),
    "name_ru": ("name ru", "name rus", "название ru"),
    "name_kk": ("name kk", "name kz", "name kaz"),
    "kind": ("kind", "type", "place", "fclass", "status", "тип", "вид", "статус",
             "категория", "түрі", "типі", "tip", "vid", "status np", "kategoria",
             "kategoriya"),
    "region": ("region", "oblast", "obl", "adm1", "область", "регион", "облыс",
               "өңір", "oblys"),
    "district": ("district", "rayon", "raion", "adm2", "район", "аудан", "audan"),
    "lat": ("lat", "latitude", "y", "широта", "шир", "ендік", "northing", "shirota"),
    "lon": ("lon", "lng", "long", "longitude", "x", "долгота", "долг", "бойлық",
            "easting", "dolgota"),
    "population": ("population", "pop", "people", "inhabitants", "население",
                   "численность", "численность населения", "жителей", "жители",
                   "халық", "халық саны", "халқы", "тұрғындар", "naselenie", "nasel",
                   "chislen", "chislennost", "zhiteli", "halyk"),
}  # fmt: skip
"""What a column of ``settlements`` may be called; earlier roles choose first.

In Latin letters too: a shapefile often has no others.
"""
ROAD_NAMES: dict[str, tuple[str, ...]] = {
    "road_class": ("road class", "highway", "fclass", "class", "type", "category",
                   "класс", "категория", "тип", "санат", "сынып", "surface",
                   "покрытие", "жабыны", "klass", "kategoria", "kategoriya", "tip",
                   "sanat", "pokrytie"),
    "speed_kmh": ("speed kmh", "speed", "maxspeed", "скорость", "жылдамдық",
                  "skorost"),
    "road": ("road", "ref", "name", "название", "номер", "атауы", "nazvanie", "nomer",
             "naimenovan", "naimenovanie", "naim"),
}  # fmt: skip
FACILITY_NAMES: dict[str, tuple[str, ...]] = {
    "lat": ("lat", "latitude", "y", "широта", "ендік"),
    "lon": ("lon", "lng", "long", "longitude", "x", "долгота", "бойлық"),
    "settlement": ("settlement", "place", "village", "locality", "населенный пункт",
                   "нп", "село", "елді мекен", "ауыл"),
    "level": ("level", "уровень", "деңгей"),
    "capacity": ("capacity", "places", "beds", "мощность", "проектная мощность",
                 "вместимость", "мест", "число мест", "коек", "орын", "орын саны",
                 "қуаты"),
    "units": ("units", "number of units", "количество", "саны"),
}  # fmt: skip
KNOWN_NAMES = (NAMES, ROAD_NAMES, FACILITY_NAMES)
NUMBERS = ("lat", "lon", "population", "speed_kmh", "level", "capacity", "units")
KINDS: dict[str, tuple[str, ...]] = {
    "city": ("city", "город", "г", "қала", "қ"),
    "town": ("town", "поселок", "пос", "пгт", "п", "кент", "urban", "городской"),
    "village": ("village", "hamlet", "isolated dwelling", "село", "с", "аул", "ауыл",
                "а", "деревня", "станция", "разъезд", "rural", "сельский", "ст"),
}  # fmt: skip
"""Kind of a settlement -> what else it is called."""
TOTALS = {"всего", "итого", "total", "all", "барлығы", "барлық", "жалпы"}
"""Words of a header that counts everybody, beside others of men, or of women."""
HALF = 0.5
"""Share of numbers in a column that is called just so."""
MOST_NUMBERS = 0.8
"""Share of cells from which on a column is one of numbers."""

_BRACKETS = re.compile(r"\(([^()]*)\)")
"""What stands beside a header: "School (places)"."""
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_DMS = re.compile(
    r"""(\d+(?:[.,]\d+)?)\s*°\s*(?:(\d+(?:[.,]\d+)?)\s*['′’]\s*)?
        (?:(\d+(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?([NSEWСЮВЗ])?""",
    re.VERBOSE | re.IGNORECASE,
)
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009']")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")


@dataclass(frozen=True)
class Guess:
    """A column and what it is taken for, and why."""

    role: str
    column: str
    why: Text


GIVEN = say("as told")
BY_NAME_OF = say("by its name")
BY_CELLS = say("by what it holds")


def plain(name: str) -> str:
    """Return the words of a header: small letters, one blank between, no years."""
    words = re.sub(r"[\W_]+", " ", name.replace("ё", "е").casefold())
    return " ".join(_YEAR.sub(" ", words).split())


def year_of(name: str) -> int:
    """Return the last year that a header names, 0 if none."""
    return max(map(int, _YEAR.findall(re.sub(r"[\W_]+", " ", name))), default=0)


def is_known(name: str) -> bool:
    """Whether a header is just what a column of some role is called."""
    header = plain(name)
    return any(header in words for roles in KNOWN_NAMES for words in roles.values())


def numbers(cells: pd.Series[str], *, are_counts: bool = False) -> Floats:
    """Return cells as numbers, NaN where they are none.

    Decimal commas, blanks between thousands, degrees with minutes are understood. A
    comma before three digits parts thousands where all are so and *are_counts*.
    """
    texts = [_BLANKS.sub("", str(cell)) for cell in cells]
    with_comma = [text for text in texts if "," in text]
    parts = are_counts and all(map(_THOUSANDS.fullmatch, with_comma))
    return np.array(
        [
            _number(text.replace(",", "" if parts else "."), str(cell))
            for text, cell in zip(texts, cells, strict=True)
        ],
        dtype=float,
    )


def _number(text: str, cell: str) -> float:
    try:
        return float(text) if "_" not in text and text.lower() != "nan" else np.nan
    except ValueError:
        pass
    found = _DMS.fullmatch(cell.strip())
    if not found:
        return np.nan
    parts = [float((part or "0").replace(",", ".")) for part in found.groups()[:3]]
    sign = -1.0 if (found[4] or "").upper() in ("S", "W", "Ю", "З") else 1.0
    return sign * (parts[0] + parts[1] / 60.0 + parts[2] / 3600.0)


def recognised(
    cells: pd.DataFrame,
    given: Mapping[str, str],
    names: Mapping[str, Iterable[str]] = NAMES,
    *,
    has_points: bool = False,
) -> list[Guess]:
    """Return which column is what: those *given*, then by name, then by cells."""
    found = {role: Guess(role, column, GIVEN) for role, column in given.items()}
    free = [column for column in cells if column not in given.values()]
    for role, words in names.items():
        if role in found or (has_points and role in ("lat", "lon")):
            continue
        columns = _by_name(role, tuple(words), cells[free], is_key="name" in names)
        if columns:
            column, *rest = columns
            why = say("by its name, as {columns} would be", columns=", ".join(rest))
            found[role] = Guess(role, column, why if rest else BY_NAME_OF)
            free.remove(column)
    if "name" in names:
        for role, column in _by_cells(cells[free], set(found), has_points).items():
            found[role] = Guess(role, column, BY_CELLS)
    order = dict.fromkeys((*names, *found))
    return [found[role] for role in order if role in found]


def _by_name(
    role: str, words: tuple[str, ...], cells: pd.DataFrame, *, is_key: bool
) -> list[str]:
    """Return columns whose header is one of the words, begins with one, or holds one
    in brackets.

    Several are equally good: the first is taken, and the others are told.
    """
    best, chosen = (0, 0, 0, False), list[str]()
    for column in cells:
        header = plain(str(column))
        exact = header in words
        begins = any(header.startswith(f"{word} ") for word in words if len(word) > 2)
        in_brackets = any(
            plain(part) in words for part in _BRACKETS.findall(str(column))
        )
        if not (exact or begins or in_brackets):
            continue
        least = HALF if exact else MOST_NUMBERS  # a bad cell is told by its row then
        if not _fits(role, cells[column], least, is_key=is_key):
            continue
        place = len(words) - words.index(header) if exact else 0
        is_all = not TOTALS.isdisjoint(header.split())
        rank = (3 if exact else 2 if begins else 1, place, year_of(str(column)), is_all)
        if rank > best:
            best, chosen = rank, [str(column)]
        elif rank == best:
            chosen.append(str(column))
    return chosen


def _fits(
    role: str, cells: pd.Series[str], least: float, *, is_key: bool = True
) -> bool:
    """Return whether cells may be what a role needs; *least* share of the filled."""
    if role in NUMBERS:
        filled = cells[cells.ne("")]
        values = numbers(filled, are_counts=role == "population")
        return bool(len(filled)) and bool(np.isfinite(values).mean() >= least)
    if role == "kind":
        return bool(kinds(cells).ne("").mean() >= MOST_NUMBERS)
    if role == "settlement" and is_key:
        return bool(cells.ne("").all() and cells.is_unique)
    if role.startswith("name"):
        return bool(np.isfinite(numbers(cells)).mean() < MOST_NUMBERS)
    return True


def kinds(cells: pd.Series[str]) -> pd.Series[str]:
    """Return the kind of settlement that each cell says, blank where it says none."""
    meant = {word: kind for kind, words in KINDS.items() for word in words}
    return cells.map(lambda cell: meant.get(plain(str(cell)), ""))


def _by_cells(cells: pd.DataFrame, done: set[str], has_points: bool) -> dict[str, str]:
    """Return what columns are by their cells alone: places, names, people."""
    found: dict[str, str] = {}
    values = {column: numbers(cells[column]) for column in cells}
    whole = {c: v for c, v in values.items() if np.isfinite(v).mean() >= MOST_NUMBERS}
    if not has_points and not {"lat", "lon"} & done:
        parted = [
            column
            for column, v in whole.items()
            if np.nanmax(np.abs(v)) <= 180.0 and (v != np.round(v))[~np.isnan(v)].any()
        ]
        if len(parted) == 2:
            first, second = parted
            is_turned = np.nanmax(np.abs(whole[first])) > 90.0
            if is_turned:
                first, second = second, first
            found = {"lat": first, "lon": second}
    texts = [column for column in cells if column not in whole]
    if "name" not in done and texts:
        best = max(texts, key=lambda column: cells[column].nunique())
        if cells[best].nunique() * 2 > len(cells):
            found["name"] = best
    if "population" not in done:
        counts = [
            column
            for column, v in whole.items()
            if column not in found.values() and np.nanmin(v) >= 0.0
            and (v == np.round(v))[~np.isnan(v)].all() and np.nanmax(v) > 200.0
        ]  # fmt: skip
        if len(counts) == 1:
            found["population"] = counts[0]
    return found
