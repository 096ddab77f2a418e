"""Files of plans: other software reads the tables, layers and styles that we mean."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import geopandas
import jsonschema
import openpyxl
import pandas as pd
import pyogrio
import pytest
from grid_example import grid_rows
from nasty_cells import INJECTIONS, with_cells
from tiny_instances import tiny

import aumaq
from aumaq.instances.formats.workbook.cells import unescaped
from aumaq.instances.schema.titles import english_title
from aumaq.options import EXPORT_NAMES
from aumaq.results.exports import EXPORTS
from aumaq.results.exports.record import record_problems
from aumaq.results.plan.plan import Plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan with names like formulas, and one that XML cannot hold."""
    names, places = [*INJECTIONS[:2], "bell\x07"], [50.0, 50.0, 50.0, 70.0, 70.2, 70.8]
    instance = with_cells(names * 3, [400.0, 400.0, 200.0], places)
    return aumaq.solve(instance, gap=0.0)


def test_help_names_every_export() -> None:
    """The formats that the command line offers are those that there are."""
    assert set(EXPORT_NAMES) == set(EXPORTS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_plan_round_trip(plan: Plan, tmp_path: Path, kind: str) -> None:
    """A written plan reads back, equal and verified; an earlier one is replaced."""
    path = tmp_path / f"plan.{kind}"
    for _ in range(2):
        plan.export(kind, path)
    again = Plan.read(path, plan.instance)
    assert again.is_verified
    for name, table in plan.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_workbook_of_a_plan_in_openpyxl(plan: Plan, tmp_path: Path) -> None:
    """Sheets hold the tables, with units; no text of the user is a formula."""
    book = openpyxl.load_workbook(plan.to_excel(tmp_path / "plan.xlsx"))
    shown = [english_title(n) for n, t in plan.tables.items() if len(t)]
    beside = ["Who gains, who loses", "Order of deployment"]
    assert book.sheetnames == ["Summary", *shown, *beside, "Columns"]
    sheet = book["facilities"]
    heads = [c.value for c in sheet[1]]
    unit = f"opex [mln {plan.instance.currency}/year]"
    assert unit in heads
    column = heads.index(unit) + 1
    opex = [sheet.cell(k + 2, column).value for k in range(len(plan.facilities))]
    assert opex == plan.facilities["opex_mln_per_year"].tolist()
    assert sheet.cell(2, column).number_format == "#,##0.00"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:P{len(plan.facilities) + 1}"
    assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
    summary = book["Summary"]
    assert summary.sheet_properties.pageSetUpPr.fitToPage
    assert summary["A2"].alignment.wrap_text  # a sentence, over both columns
    assert "A2:B2" in summary.merged_cells
    cells = [c for s in book.worksheets for row in s.iter_rows() for c in row]
    assert not any(c.data_type in ("f", "e") for c in cells)
    names = plan.facilities["name"].tolist()
    assert set(names) & set(INJECTIONS)
    assert [unescaped(sheet.cell(k + 2, heads.index("name") + 1).value) for k in
            range(len(names))] == names  # fmt: skip


@pytest.mark.parametrize(
    ("code", "sheet", "kind", "head"),
    [
        ("en", "anchors", "tourism", "power load [kW]"),
        ("ru", "опорные площадки", "туризм", "электрическая нагрузка [кВт]"),
        ("kk", "тірек алаңдар", "туризм", "электр жүктемесі [кВт]"),
    ],
)
def test_anchors_have_a_sheet(
    tmp_path: Path, code: str, sheet: str, kind: str, head: str
) -> None:
    """Sites of industry, farms, resorts: since when, whom they bring, their load."""
    resort = {"anchor": "spa", "kind": "tourism", "settlement": "b", "jobs": 40.0,
              "persons_per_job": 2.5, "power_kw": 7.0}  # fmt: skip
    plan = aumaq.solve(tiny(anchors=[resort]), gap=0.0)
    book = openpyxl.load_workbook(plan.export("xlsx", tmp_path / "p.xlsx", code))
    heads, row = book[sheet].iter_rows(values_only=True)
    assert row[:9] == ("spa", None, kind, "b", "B", "p1", 40, 100, 7)
    assert heads[8] == head


def test_parquet_in_duckdb(plan: Plan, tmp_path: Path) -> None:
    """DuckDB sums what the plan sums."""
    folder = plan.to_parquet(tmp_path / "plan.parquet")
    query = f"SELECT sum(demand), count(*) FROM '{folder}/allocation.parquet'"
    total, count = duckdb.sql(query).fetchall()[0]
    assert total == pytest.approx(plan.allocation["demand"].sum())
    assert count == len(plan.allocation)


@pytest.mark.slow
def test_geopackage_of_a_coupled_plan(tmp_path: Path) -> None:
    """Every record is a feature where it belongs; styles are whole and refer to it."""
    instance = tiny(**grid_rows())
    plan = aumaq.solve(instance, gap=0.0)
    path = plan.to_gpkg(tmp_path / "plan.gpkg")
    kinds = dict(pyogrio.list_layers(path))
    for name, table in plan.tables.items():
        if not len(table):
            continue
        rows = geopandas.read_file(path, layer=name)
        assert len(rows) == len(table)
        if kinds[name] is not None:
            assert rows.crs.to_epsg() == 4326
    assert kinds["facilities"] == "Point"
    assert (
        kinds["flows"] == kinds["allocation"] == kinds["network_links"] == "LineString"
    )
    flows = geopandas.read_file(path, layer="flows")
    nodes = instance.table("network_nodes").set_index(["network", "node"])
    first = flows.iloc[0]
    ends = [nodes.loc[(first["network"], first[end]), ["lon", "lat"]].tolist()
            for end in ("from_node", "to_node")]  # fmt: skip
    assert [list(point) for point in first.geometry.coords] == ends
    with sqlite3.connect(path) as base:
        styles = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault"
            " FROM layer_styles"
        ).fetchall()
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    base.close()
    assert {"facilities", "allocation", "flows"} <= {style[0] for style in styles}
    for layer, geometry, qml, is_default in styles:
        root = ElementTree.fromstring(qml)
        symbols = {symbol.get("name") for symbol in root.iter("symbol")}
        used = {r.get("symbol") for r in root.iter("rule")} - {None}
        assert used == symbols
        assert is_default
        columns = set(pyogrio.read_info(path, layer=layer)["fields"])
        words = [rule.get("filter") or "" for rule in root.iter("rule")]
        words += [o.get("value") or "" for o in root.iter("Option")
                  if o.get("name") == "expression"]  # fmt: skip
        order = [clause.text or "" for clause in root.iter("orderByClause")]
        assert bool(order) == (layer in ("facilities", "settlements", "unserved"))
        words += order
        assert set(re.findall('"([a-z_]+)"', " ".join(words))) <= columns
        assert geometry == "geom"


@pytest.mark.slow
def test_plan_json_follows_its_schema(plan: Plan, tmp_path: Path) -> None:
    """plan.json validates; what is not as the schema says does not."""
    schema = json.loads((ROOT / "docs" / "plan.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    content = json.loads(plan.to_json(tmp_path / "plan.json").read_text())
    check.validate(content)
    record = schema["properties"]["record"]
    assert set(content["record"]) <= set(record["properties"])
    without = {k: v for k, v in content["record"].items() if k in record["required"]}
    assert record_problems(without, "plan.json") == []  # as whoever reads it
    check.validate({**content, "record": without})
    content["tables"]["facilities"]["rows"][0][0] = 7
    assert not check.is_valid(content)
    coupled = aumaq.solve(tiny(**grid_rows()), gap=0.0)
    content = json.loads(coupled.to_json(tmp_path / "c.json").read_text())
    check.validate(content)
    assert set(content["record"]) <= set(record["properties"])
