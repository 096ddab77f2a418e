"""Which settlements rules are about."""

from __future__ import annotations

import numpy as np

from aumaq.instances.checks.closing import about
from aumaq.model.context import Context
from aumaq.model.table import Table, stacked


def members(c: Context, table: str, code: str) -> Table:
    """Return code, service, settlement: whom each rule of a table is about.

    The column *code* counts the rows of the table, and is named by its codes.
    """
    (rules, given), found = c.rules(table), []
    settlements = c.data.instance.tables["settlements"]
    for number, rule in enumerate(rules):
        inside = np.flatnonzero(about(settlements, rule))
        service = c.tables.names["service"].index(rule.service)
        rows = Table({"settlement": inside}, {})
        found.append(rows.plus(service=service, **{code: number}))
    names = {**c.tables.names, code: tuple(given[code])}
    return stacked(found, names, (code, "service", "settlement"))
