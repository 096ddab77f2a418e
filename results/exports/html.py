"""A plan as one HTML page with a map; nothing is fetched, it opens offline."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from aumaq.results.exports.atomic import draft_file
from aumaq.results.exports.json_file import strict
from aumaq.results.map_data import map_data
from aumaq.results.summary import VERBS, mean_minutes, sentences, served_share

if TYPE_CHECKING:
    from aumaq.results.plan import Plan

SHOWN_ROWS = 500
"""Longer tables are cut on the page; the CSV files hold all rows."""


def write_html(plan: Plan, path: Path) -> None:
    """Write the page; every name in it is escaped."""
    folder = files("aumaq.results.templates")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = number
    template = environment.from_string(folder.joinpath("report.html").read_text())
    page = template.render(
        **_content(plan),
        style=folder.joinpath("report.css").read_text(),
        script=folder.joinpath("report.js").read_text(),
        data=embedded_json(map_data(plan)),
    )
    with draft_file(path) as draft:
        draft.write_text(page, encoding="utf-8")


def embedded_json(value: Any) -> str:
    """Return JSON that cannot end the script element which holds it."""
    text = json.dumps(strict(value), ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def number(value: object) -> str:
    """Return a cell as text: thousands set apart, short numbers kept."""
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _content(plan: Plan) -> dict[str, Any]:
    record, periods = plan.record, list(plan.instance.period_names)
    options = record["options"]
    return {
        "title": plan.instance.title or plan.instance.name,
        "scenario": plan.instance.active_scenario.title,
        "currency": plan.instance.currency,
        "is_verified": plan.is_verified,
        "problems": list(record["problems"])[:20],
        "sentences": sentences(plan),
        "tables": [
            _table("Demand served, share", served_share(plan).reset_index(), "service"),
            _table(
                "Mean minutes of those served",
                mean_minutes(plan).reset_index(),
                "service",
            ),
            *_indicators(plan),
            _table("Cost, discounted mln", plan.objective.query("discounted_mln != 0")),
            _table("Spending by period, mln", _spending(plan, periods)),
            _table("Budgets", plan.budgets),
            _table("Actions by service and period, facilities", _counts(plan, periods)),
            _table("What is built, enlarged, reduced, closed", _actions(plan)),
            _table("Growth points chosen", _points(plan)),
            _table("Standards missed", _missed(plan)),
            _table("Demand not served", _unserved(plan)),
        ],
        "proof": {
            "status": plan.status,
            "objective, mln": plan.objective_mln,
            "lower bound, mln": plan.bound_mln,
            "gap": f"{plan.gap:.3%}",
            "method": f"{record['method']} ({record['formulation']})",
            "rows × columns (integer)": f"{record['rows']:,} × {record['columns']:,}"
            f" ({record['integers']:,})",
            "seconds": ", ".join(f"{k} {v:.1f}" for k, v in record["seconds"].items()),
            "asked for": f"{options['time_limit']:g} s, gap {options['gap']:.2%}",
            "instance hash": record["instance_hash"],
            "versions": ", ".join(f"{k} {v}" for k, v in record["versions"].items()),
        },
    }


def _table(title: str, rows: pd.DataFrame, index: str = "") -> dict[str, Any]:
    shown = rows.rename(columns={"index": index}).head(SHOWN_ROWS)
    return {
        "title": title,
        "columns": [str(column).replace("_", " ") for column in shown.columns],
        "rows": shown.to_numpy(dtype=object).tolist(),
        "total": len(rows),
        "shown": len(shown),
    }


def _indicators(plan: Plan) -> list[dict[str, Any]]:
    """Return the table of the whole territory's indicators, if there are any."""
    rows = plan.indicators[plan.indicators["region"] == ""]
    if rows.empty:
        return []
    met = {True: "yes", False: "no", None: ""}
    cells = rows["is_met"].astype(object).where(rows["is_met"].notna(), None)
    columns = ["title", "unit", "period", "baseline", "plan", "target"]
    shown = rows[columns].assign(met=[met[cell] for cell in cells])
    return [_table("Indicators", shown.rename(columns={"title": "indicator"}))]


def _spending(plan: Plan, periods: list[str]) -> pd.DataFrame:
    rows = plan.money
    rows = rows[rows["item"] != "residual"]
    sums = rows.groupby(["service", "item", "period"])["amount_mln"].sum()
    return sums.unstack("period", fill_value=0.0).reindex(columns=periods).reset_index()


def _counts(plan: Plan, periods: list[str]) -> pd.DataFrame:
    rows = plan.actions[plan.actions["action"].isin(VERBS)]
    sums = rows.groupby(["service", "action", "period"])["units"].sum()
    wide = sums.unstack("period", fill_value=0)
    return wide.reindex(columns=periods, fill_value=0).reset_index()


def _actions(plan: Plan) -> pd.DataFrame:
    rows = plan.actions[plan.actions["action"] != "keep"].copy()
    rows["rests on an estimate"] = rows["is_synthetic"].map({True: "yes", False: ""})
    dear = rows.sort_values("cost_mln", ascending=False, kind="stable")
    columns = ["service", "name", "region", "period", "action", "from_level"]
    return dear[[*columns, "to_level", "units", "cost_mln", "rests on an estimate"]]


def _points(plan: Plan) -> pd.DataFrame:
    rows = plan.table("growth_points")
    columns = ["name", "region", "tier", "period", "persons", "persons_gained"]
    return rows.loc[rows["is_chosen"], [*columns, "capex_mln"]]


def _missed(plan: Plan) -> pd.DataFrame:
    rows = plan.shortfalls[plan.shortfalls["shortfall"] > 0].copy()
    settlements = plan.instance.table("settlements").set_index("settlement")["name"]
    rows["group"] = rows["group"].map(settlements).fillna(rows["group"])
    rows["missed_share"] = rows["shortfall"] / rows["required"]
    worst = rows.sort_values("shortfall", ascending=False, kind="stable")
    return worst[["standard", "group", "period", "required", "reached", "missed_share"]]


def _unserved(plan: Plan) -> pd.DataFrame:
    settlements = plan.instance.table("settlements").set_index("settlement")
    rows = plan.unserved.join(settlements[["name", "region"]], on="settlement")
    worst = rows.sort_values("demand", ascending=False, kind="stable")
    return worst[["service", "name", "region", "period", "share", "demand"]]
