"""Cells of a sheet that hold no value though they look as if they did, and why.

A formula whose value no spreadsheet program has stored, a part of merged cells, a
number that is none. The library that reads workbooks takes the first two for blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aumaq.instances.language.texts import Text, say

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+[0-9]+)[\"']")
_KIND = re.compile(rb"\bt=[\"'](\w+)[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>\s*([^<\s][^<]*)<")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Z0-9]+:[A-Z0-9]+)")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
MOST_MERGED = 1_000
"""Ranges of merged cells of a sheet that are looked at."""

NO_VALUE = say(
    "the formula has no value yet; open and save the workbook in a spreadsheet program,"
    " or write the value"
)
MERGED = say(
    "empty, a part of merged cells: only the first of them holds a value; unmerge them"
    " and fill each"
)
ERROR = say("the cell holds an error; expected a value")

Place = tuple[int, int]
"""Row and column of a cell, from 1 on."""


def not_calculated(xml: bytes) -> set[Place]:
    """Return the cells with a formula that nothing has calculated yet."""
    if not _FORMULA.search(xml):
        return set()
    return {
        _coordinates(attributes)
        for attributes, content in _CELL.findall(xml)
        if _FORMULA.search(content)
        and not _VALUE.search(content)
        and _kind(attributes) != b"str"  # a formula whose value is empty text
        and _PLACE.search(attributes)
    }


def no_numbers(xml: bytes) -> dict[Place, tuple[Text, str]]:
    """Return the cells of numbers whose value is none, with it."""
    found: dict[Place, tuple[Text, str]] = {}
    for attributes, content in _CELL.findall(xml):
        value = _VALUE.search(content)
        if value is None or _kind(attributes) != b"n" or not _PLACE.search(attributes):
            continue
        try:
            float(value[1])
        except ValueError:
            text = value[1].decode("utf-8", "replace").strip()
            told = say("expected {wanted}", wanted=say("a finite number"))
            found[_coordinates(attributes)] = (told, text)
    return found


def merged(xml: bytes, rows: Iterable[int], width: int) -> set[Place]:
    """Return the cells of records that are blank: they are merged with others."""
    from openpyxl.utils.cell import range_boundaries

    rows = list(rows)
    found = set()
    for reference in _MERGED.findall(xml)[:MOST_MERGED]:
        left, top, right, bottom = range_boundaries(reference.decode())
        found |= {
            (number, k)
            for number in rows
            if top <= number <= bottom
            for k in range(left, min(right, width) + 1)
            if (number, k) != (top, left)
        }
    return found


def hidden_rows(xml: bytes) -> set[int]:
    """Return the rows that people do not see: a filter or a person hides them."""
    found = (_NUMBER.search(row) for row in _HIDDEN.findall(xml))
    return {int(number[1]) for number in found if number}


def _kind(attributes: bytes) -> bytes:
    found = _KIND.search(attributes)
    return found[1] if found else b"n"


def _coordinates(attributes: bytes) -> Place:
    """Return row and column of a cell from its attributes."""
    from openpyxl.utils.cell import coordinate_to_tuple

    place = _PLACE.search(attributes)
    assert place is not None
    row, column = coordinate_to_tuple(place[1].decode())
    return int(row), int(column)
