"""Whether the mains of a plan bring water with pressure: EPANET, run by wntr.

What is written there (:mod:`aumaq.results.exports.epanet`) is a sketch: a failure says
where an engineer looks first.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances.formats.raw import needed
from aumaq.instances.language.texts import Figure, say
from aumaq.results.exports.epanet import inp_text, water_network

if TYPE_CHECKING:
    from aumaq.instances.language.texts import Text
    from aumaq.results.exports.epanet import Main
    from aumaq.results.plan.plan import Plan

LEAST_PRESSURE_M = 10.0
"""Head above ground where a settlement draws: a house of one storey."""
MOST_VELOCITY = 2.5
"""m/s in a main."""
FAULTS = {
    "pressure": say("pressure of {value} m, {limit} m at least"),
    "velocity": say("velocity of {value} m/s, {limit} m/s at most"),
}


def check_water(plan: Plan, period: str = "") -> pd.DataFrame:
    """Return pressures of nodes that draw, and velocities of mains, as EPANET has them.

    Columns: period, kind (pressure, velocity), code, name, value, limit, fails. Raises
    AumaqError without wntr, ExportError if there is no water network.
    """
    network = water_network(plan, period)
    found = _simulated(inp_text(plan, network))
    pressure = found.node["pressure"].iloc[0]
    velocity = found.link["velocity"].iloc[0]
    names = _names(plan)
    rows = [
        *(
            (
                "pressure",
                code,
                names.get(code, code),
                float(pressure[network.ids[code]]),
            )
            for code in network.ids
            if network.demand[code] > 0
        ),
        *(
            (
                "velocity",
                main.code,
                _way(main, names),
                float(velocity[main.id]),
            )
            for main in network.mains
        ),
    ]
    table = pd.DataFrame(rows, columns=["kind", "code", "name", "value"])
    is_node = table["kind"] == "pressure"
    table["limit"] = is_node.map({True: LEAST_PRESSURE_M, False: MOST_VELOCITY})
    low, high = table["value"] < table["limit"], table["value"] > table["limit"]
    table["fails"] = low.where(is_node, high)
    table.insert(0, "period", network.period)
    return table


def told(row: dict[str, Any]) -> Text:
    """Return what fails in a row, in words."""
    value, limit = Figure(f"{row['value']:.1f}"), Figure(f"{row['limit']:g}")
    return FAULTS[row["kind"]].given(value=value, limit=limit)


def _simulated(text: str) -> Any:
    """Return what EPANET finds for a file."""
    wntr = needed("wntr", "water")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "water.inp"
        path.write_text(text, encoding="utf-8")
        model = wntr.network.WaterNetworkModel(str(path))
        simulator = wntr.sim.EpanetSimulator(model)
        return simulator.run_sim(file_prefix=str(Path(folder) / "run"))


def _names(plan: Plan) -> dict[str, str]:
    """Return the name of each node of the water network."""
    rows = plan.instance.table("network_nodes").query("network == 'water'")
    places = plan.instance.table("settlements").set_index("settlement")["name"]
    return {
        row.node: row.name or places.get(row.settlement, row.node)
        for row in rows.itertuples(index=False)
    }


def _way(main: Main, names: dict[str, str]) -> str:
    return f"{names.get(main.start, main.start)} – {names.get(main.end, main.end)}"
