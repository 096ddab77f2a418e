"""Styles for QGIS: rules with symbols, as the XML that QGIS keeps beside layers (QML).

A layer of a GeoPackage opens in its style if the table ``layer_styles`` has one for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

QGIS_VERSION = "3.28.0"
"""The format of the styles: the first long-term release that writes it."""
LAYER_CLASS = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}
GEOMETRY_CODE = {"marker": "0", "line": "1", "fill": "2"}
STYLES_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)"""


@dataclass(frozen=True)
class Symbol:
    """A marker, line or fill: colour ``r,g,b``, size in mm, perhaps by expression.

    Of a fill the size is the width of its outline; without a colour it is an outline
    alone. A marker has a shape of QGIS, turned by so many degrees.
    """

    kind: Literal["marker", "line", "fill"]
    colour: str
    size: float
    size_expression: str = ""
    is_dashed: bool = False
    shape: str = "circle"
    angle: int = 0
    outline: str = "255,255,255"
    outline_width: float = 0.2


@dataclass(frozen=True)
class Rule:
    """What is drawn how: a filter (an expression, "" for all) and what it holds."""

    label: str
    filter: str = ""
    symbol: Symbol | None = None
    rules: tuple[Rule, ...] = ()
    is_on: bool = True


def quoted(value: str) -> str:
    """Return a text as a literal of an expression."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def qml(rules: Sequence[Rule], first: str = "") -> str:
    """Return the style of a layer drawn by rules.

    Records with the most of the expression *first* are drawn first, below the others.
    """
    root = Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    renderer = SubElement(
        root, "renderer-v2", type="RuleRenderer", symbollevels="0",
        enableorderby="1" if first else "0", forceraster="0",
    )  # fmt: skip
    if first:
        order = SubElement(renderer, "orderby")
        clause = SubElement(order, "orderByClause", asc="0", nullsFirst="0")
        clause.text = first
    tree = SubElement(renderer, "rules", key="{root}")
    symbols = SubElement(renderer, "symbols")
    numbers = count()
    kinds = [_add(rule, tree, symbols, numbers) for rule in rules]
    SubElement(root, "layerGeometryType").text = GEOMETRY_CODE[kinds[0]]
    head = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
    return head + tostring(root, encoding="unicode")


def _add(rule: Rule, parent: Element, symbols: Element, numbers: count[int]) -> str:
    """Add a rule and those below it; return the kind of its symbols."""
    key = next(numbers)
    element = SubElement(parent, "rule", key=f"{{rule-{key}}}", label=rule.label)
    if rule.filter:
        element.set("filter", rule.filter)
    if not rule.is_on:
        element.set("checkstate", "0")
    kinds = [_add(below, element, symbols, numbers) for below in rule.rules]
    if rule.symbol is None:
        return kinds[0]
    element.set("symbol", str(key))
    _add_symbol(rule.symbol, str(key), symbols)
    return rule.symbol.kind


def _add_symbol(symbol: Symbol, name: str, parent: Element) -> None:
    outer = SubElement(
        parent, "symbol", name=name, type=symbol.kind, alpha="1",
        clip_to_extent="1", force_rhr="0",
    )  # fmt: skip
    layer = SubElement(
        outer, "layer", {"class": LAYER_CLASS[symbol.kind]}, enabled="1", locked="0"
    )
    layer.set("pass", "0")
    size, colour = f"{symbol.size:g}", f"{symbol.colour},255"
    options = {
        "marker": {"name": symbol.shape, "color": colour, "size": size,
                   "size_unit": "MM", "angle": str(symbol.angle),
                   "outline_color": f"{symbol.outline},255",
                   "outline_width": f"{symbol.outline_width:g}",
                   "outline_style": "solid", "outline_width_unit": "MM"},
        "line": {"line_color": colour, "line_width": size, "line_width_unit": "MM",
                 "line_style": "dash" if symbol.is_dashed else "solid",
                 "capstyle": "round", "joinstyle": "round"},
        "fill": {"color": colour if symbol.colour else "0,0,0,0",
                 "style": "solid" if symbol.colour else "no",
                 "outline_color": f"{symbol.outline},255",
                 "outline_width": size, "outline_width_unit": "MM",
                 "outline_style": "solid"},
    }  # fmt: skip
    table = SubElement(layer, "Option", type="Map")
    for option, value in options[symbol.kind].items():
        SubElement(table, "Option", name=option, type="QString", value=value)
    if symbol.size_expression:
        _add_expression(symbol, layer)


def _add_expression(symbol: Symbol, layer: Element) -> None:
    """Add what sets the size of a marker, the width of a line, record by record."""
    is_marker = symbol.kind == "marker"
    named = "size" if is_marker else "outlineWidth"
    properties = SubElement(layer, "data_defined_properties")
    table = SubElement(properties, "Option", type="Map")
    SubElement(table, "Option", name="name", type="QString", value="")
    inner = SubElement(table, "Option", name="properties", type="Map")
    one = SubElement(inner, "Option", name=named, type="Map")
    SubElement(one, "Option", name="active", type="bool", value="true")
    SubElement(
        one, "Option", name="expression", type="QString", value=symbol.size_expression
    )
    SubElement(one, "Option", name="type", type="int", value="3")
    SubElement(table, "Option", name="type", type="QString", value="collection")


def write_styles(
    path: Path, styles: Mapping[str, Sequence[Rule]], first: Mapping[str, str]
) -> None:
    """Add the styles of layers to a GeoPackage, as the ones that they open with.

    *first* says by layer what is drawn first (see :func:`qml`).
    """
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(STYLES_TABLE)
        geometry = dict(
            base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns")
        )
        for layer, rules in styles.items():
            base.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema,"
                " f_table_name, f_geometry_column, styleName, styleQML, styleSLD,"
                " useAsDefault, description, owner)"
                " VALUES ('', '', ?, ?, ?, ?, '', 1, '', 'aumaq')",
                (
                    layer,
                    geometry[layer],
                    f"aumaq {layer}"[:30],
                    qml(rules, first.get(layer, "")),
                ),
            )
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles')"
        )
