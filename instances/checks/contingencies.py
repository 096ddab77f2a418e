"""Checks of contingencies: each names links that its network has."""

from __future__ import annotations

from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.contingencies import lost_links
from aumaq.instances.language.texts import figure, say


@check("contingencies", "network_links", about=("contingencies",))
def contingencies_name_links(tables: Tables) -> Found:
    """A link, or a voltage that some link has; and a price, or the rule is hard."""
    for k, row in tables["contingencies"].iterrows():
        has_voltage = row["min_voltage_kv"] == row["min_voltage_kv"]
        if bool(row["link"]) == has_voltage:
            text = say("expected a link or a voltage, one of both")
            yield problem("contingencies", text, k, "link", row["link"])
        elif not lost_links(row, tables["network_links"]):
            column = "min_voltage_kv" if has_voltage else "link"
            text = say("the network {network} has no such link", network=row["network"])
            cell = figure(row[column]) if has_voltage else row[column]
            yield problem("contingencies", text, k, column, cell)
        if not row["is_hard"] and row["shortfall_mln_per_unit_year"] <= 0:
            text = say("neither hard nor priced: it changes nothing")
            column = "shortfall_mln_per_unit_year"
            yield Warn(problem("contingencies", text, k, column, figure(0.0)))
