"""Broken instances: a change of the tiny one, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aumaq.instances import SHIPPED_FOLDER

Change = Callable[[Path], None]


TINY = Path(SHIPPED_FOLDER) / "tiny"


def put(file: str, old: str, new: str) -> Change:
    """Return a change that replaces text in a file."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


def more(file: str, line: str) -> Change:
    """Return a change that adds a line to a file (with its header if new)."""

    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(text + line + "\n", encoding="utf-8")

    return change


def gone(file: str) -> Change:
    """Return a change that removes a file."""
    return lambda folder: (folder / file).unlink()


def both(*changes: Change) -> Change:
    """Return a change that makes several."""

    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def without_roads(folder: Path) -> None:
    """Remove the road graph."""
    for name in ("road_nodes.csv", "road_links.csv", "road_classes.csv"):
        (folder / name).unlink()
    put(PLACES, ",node", ",x_node")(folder)


TOML, PLACES, SITES = "instance.toml", "settlements.csv", "sites.csv"


STANDARD = "standard,service,minutes,share,is_hard,shortfall_mln_per_unit_year\n"


BUDGET = "budget,period,amount_mln,region,is_hard,overrun_price\n"


BROKEN: dict[str, tuple[Change, str]] = {
    "toml syntax": (put(TOML, "[instance]", "[instance"), "is not valid TOML"),
    "no toml": (gone(TOML), "file is missing"),
    "missing table": (gone(PLACES), "table settlements is missing"),
    "empty file": (lambda f: (f / SITES).write_text(""), "is empty; expected a header"),
    "not utf-8": (lambda f: (f / SITES).write_bytes(b"\xff\xfe\xfa"), "UTF-8"),
    "ragged row": (more(SITES, "x,school,a,existing,9,9,9"), "cells; expected"),
    "doubled column": (put(SITES, "site,service", "site,site"), "occurs twice"),
    "unknown table": (more("sitez.csv", "a,b\n1,2"), "unknown table, did you mean"),
    "unknown column": (put(SITES, "status", "statuz"), "did you mean 'status'"),
    "missing column": (
        put(PLACES, "population", "x_pop"),
        "required column is missing",
    ),
    "table in wrong file": (more("periods.csv", "period\np"), "belongs into"),
    "not a number": (put(PLACES, "400,a", "many,a"), "expected a finite number"),
    "infinite": (put(PLACES, "400,a", "inf,a"), "expected a finite number"),
    "nan": (put(PLACES, "400,a", "nan,a"), "expected a finite number"),
    "negative": (put(PLACES, "400,a", "-4,a"), "expected at least 0"),
    "latitude": (put(PLACES, "50.0,70.8", "150.0,70.8"), "expected at most 90"),
    "empty cell": (put(PLACES, "400,a", ",a"), "empty, expected a finite number"),
    "not whole": (put("levels.csv", "school,1,", "school,1.5,"), "whole number"),
    "not a flag": (
        put(TOML, "residual_value = false", 'residual_value = "maybe"'),
        "expected true or false",
    ),
    "unknown choice": (
        put(SITES, "a,existing", "a,exsting"),
        "did you mean 'existing'",
    ),
    "unknown settlement": (
        put(SITES, "b,school,b", "b,school,bb"),
        "no such settlement",
    ),
    "unknown service": (put(SITES, "c,school", "c,shool"), "did you mean 'school'"),
    "unknown node": (
        put("road_links.csv", "b,c,45", "b,d,45"),
        "no such node in road_nodes; there are 'a', 'b', 'c'",
    ),
    "unknown class": (
        put("road_links.csv", "45,local", "45,locl"),
        "did you mean 'local'",
    ),
    "unknown group": (
        put(TOML, 'group = "pupils"\nunit', 'group = "pupil"\nunit'),
        "did you mean 'pupils'",
    ),
    "duplicate key": (more(SITES, "a,school,a,existing"), "duplicate key"),
    "period hole": (
        put(TOML, "first_year = 2031", "first_year = 2032"),
        "expected 2031",
    ),
    "level hole": (put("levels.csv", "school,2,", "school,3,"), "without holes"),
    "level order": (put("levels.csv", "2,200,", "2,90,"), "expected more than 100"),
    "service without levels": (
        put("levels.csv", "school", "schoool"),
        "no such service",
    ),
    "no usable site": (
        lambda f: (f / SITES).write_text(
            "site,service,settlement,status\na,school,a,forbidden\n"
        ),
        "has no usable site in sites: all are forbidden",
    ),
    "too many facilities": (
        lambda f: (f / SITES).write_text(
            "site,service,settlement,status,max_units\na,school,a,existing,20000\n"
        ),
        "expected at most 10000",
    ),
    "existing without facility": (
        put(SITES, "b,candidate", "b,existing"),
        "nothing stands there",
    ),
    "candidate with facility": (
        put(SITES, "a,existing", "a,candidate"),
        "something stands there",
    ),
    "facility without site": (
        put("facilities.csv", "school,a", "school,d"),
        "no such site",
    ),
    "facility level": (put("facilities.csv", "a,1", "a,7"), "1 to 2"),
    "too many units": (
        both(
            put("facilities.csv", "level,", "level,units,"),
            put("facilities.csv", "a,1", "a,1,3"),
        ),
        "expected at least 3",
    ),
    "locked in and out": (
        both(
            put(SITES, "a,existing", "a,forbidden"),
            put("facilities.csv", "level,", "level,is_locked,"),
            put("facilities.csv", "a,1", "a,1,true"),
        ),
        "locked out",
    ),
    "site nowhere": (
        put(SITES, "c,school,c", "c,school,"),
        "expected a settlement, or lat",
    ),
    "hard standard out of reach": (
        both(
            more("standards.csv", STANDARD + "near,school,10,0.9,true,0"),
            put(SITES, "b,school,b,candidate\nc,school,c,candidate\n", ""),
        ),
        "has no site within 10 minutes",
    ),
    "budget region": (
        more("budgets.csv", BUDGET + "x,2026-30,5,Rr,true,0"),
        "no settlement has this region",
    ),
    "budget period": (
        more("budgets.csv", BUDGET + "x,2026-31,5,,true,0"),
        "did you mean '2026-30'",
    ),
    "growth holes": (
        more("growth.csv", "scenario,region,period,factor\nbase,,2026-30,1"),
        "missing rows for scenario and period: base 2031-35",
    ),
    "population holes": (
        more(
            "population.csv",
            "settlement,scenario,period,group,persons\na,base,2026-30,all,5",
        ),
        "missing rows",
    ),
    "no roads": (
        without_roads,
        "expected a road graph",
    ),
    "demand above capacity": (
        put(
            TOML,
            "unserved_mln_per_unit_year = 1.0",
            "unserved_mln_per_unit_year = 1.0\nmay_be_unserved = false\n"
            "demand_per_person = 100.0",
        ),
        "sites at their largest hold",
    ),
    "minimum use": (
        put(
            "levels.csv",
            "opex_mln_per_year\nschool,1,100,300,10\nschool,2,200,500,18",
            "opex_mln_per_year,min_use\nschool,1,100,300,10,101\nschool,2,200,500,18,0",
        ),
        "what a plan may use of the capacity",
    ),
}
