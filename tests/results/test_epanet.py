"""Water plans in EPANET: the file is read back by wntr, pressures are worked out."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import wntr
from command import run
from tiny_instances import tiny

import aumaq
from aumaq.instances import ExportError
from aumaq.results import Plan
from aumaq.results.exports.epanet import diameter_mm, head_loss_m, water_network

DRAWN = 2000.0
KM = 4.0


def chain(far_km: float = KM, title: str = "Far town") -> Plan:
    """Return the plan of works at *a*, and a mill at *d* behind three mains."""
    works = {"service": "works", "role": "supply", "network": "water", "group": "",
             "cutoff_minutes": None}  # fmt: skip
    links = [("a", "b", KM), ("b", "c", KM), ("d", "c", far_km)]
    return aumaq.solve(
        tiny(
            settlements=[{"settlement": "a"}],
            services=[works],
            levels=[{"service": "works", "level": 1, "capacity": 3000.0,
                     "capex_mln": 9.0}],
            sites=[{"site": "w", "service": "works", "settlement": "a",
                    "status": "existing"}],
            facilities=[{"service": "works", "site": "w", "level": 1}],
            travel=[],
            networks=[{"network": "water", "shed_mln_per_unit_year": 1.0}],
            network_nodes=[
                {"network": "water", "node": code, "lat": 50.0, "lon": 70.0 + k / 10,
                 "settlement": "a" if code == "a" else "",
                 "name": title if code == "d" else ""}
                for k, code in enumerate("abcd")
            ],
            network_links=[
                {"network": "water", "link": f"main {a}{b}", "from_node": a,
                 "to_node": b, "length_km": km, "capacity": DRAWN}
                for a, b, km in links
            ],
            industrial_loads=[{"network": "water", "node": "d", "title": "mill",
                               "load": DRAWN}],
        ),
        gap=0.0,
    )  # fmt: skip


def test_other_software_reads_what_is_written(tmp_path: Path) -> None:
    """Junctions draw what the plan says, mains are as long and as wide."""
    plan, path = chain(), tmp_path / "water.inp"
    plan.export("epanet", path)
    model = wntr.network.WaterNetworkModel(str(path))
    drawn = {name: model.get_node(name).base_demand * 86400 for name in "abcd"}
    assert drawn == pytest.approx({"a": 0.0, "b": 0.0, "c": 0.0, "d": DRAWN}, abs=1e-2)
    assert model.reservoir_name_list == ["a_in"]
    mains = {main.code: main for main in water_network(plan).mains}
    assert mains["main dc"].start == "c"  # as the water flows
    pipe = model.get_link(mains["main ab"].id)
    assert pipe.length == pytest.approx(KM * 1000)
    assert pipe.diameter == pytest.approx(diameter_mm(DRAWN) / 1000)
    assert diameter_mm(DRAWN) == 200.0


@pytest.mark.slow
def test_what_fails_is_told_by_name(tmp_path: Path) -> None:
    """Three mains of 14 m of loss each leave less than 10 of 50 m at the far end."""
    plan = chain()
    plan.to_csv(tmp_path / "plan")
    done = run("check-water", str(tmp_path / "plan"), "--json")
    assert done.returncode == 1, done.stderr
    (row,) = json.loads(done.stdout)["failing"]
    left = 50.0 - 3 * head_loss_m(DRAWN, 200.0, KM)
    assert left < 10.0
    assert row["name"] == "Far town"
    assert row["kind"] == "pressure"
    assert row["value"] == pytest.approx(left, abs=0.1)
    told = run("check-water", str(tmp_path / "plan"))
    assert "Far town: pressure of" in told.stdout
    half = ("--set", "industrial_loads.load*0.5", "--json")
    done = run("check-water", str(tmp_path / "plan"), *half)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["failing"] == []


@pytest.mark.slow
def test_a_long_main_has_a_pump(tmp_path: Path) -> None:
    """A pump gives back what a long main loses: nothing fails."""
    plan = chain(far_km=40.0)
    far = next(m for m in water_network(plan).mains if m.code == "main dc")
    assert far.pump_m == pytest.approx(head_loss_m(DRAWN, 200.0, 40.0))
    plan.to_csv(tmp_path / "plan")
    done = run("check-water", str(tmp_path / "plan"))
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_what_wells_give_to_others_flows_in(tmp_path: Path) -> None:
    """A well at *b* makes 1,400: 200 for a mill there and 1,200 for one at *c*, which
    gets 300 more from the works at *a*.
    """
    plan = chain()
    tables = {name: plan.instance.table(name) for name in plan.instance.base}
    links = tables["network_links"].iloc[:2].assign(capacity=[300.0, 1600.0])
    loads = pd.DataFrame({"network": "water", "node": ["b", "c"], "title": "mill",
                          "load": [200.0, 1500.0]})  # fmt: skip
    homes = tables["network_nodes"].assign(settlement=["a", "e", "", ""])
    well = pd.DataFrame({"network": ["water"], "option": "well", "settlement": "e",
                         "max_capacity": 1400.0,
                         "capex_mln_per_unit": 1e-6})  # fmt: skip
    places = pd.concat([tables["settlements"]] * 2, ignore_index=True)
    places["settlement"], places["population"] = ["a", "e"], 0.0
    instance = plan.instance.replace(
        settlements=places, network_links=links, industrial_loads=loads,
        network_nodes=homes, local_supplies=well,
    )  # fmt: skip
    given = aumaq.solve(instance, gap=0.0)
    given.export("epanet", tmp_path / "water.inp")
    model = wntr.network.WaterNetworkModel(str(tmp_path / "water.inp"))
    run = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "x"))
    flows = run.link["flowrate"].iloc[0] * 86400.0
    mains = {m.code: flows[m.id] for m in water_network(given).mains}
    assert mains["main ab"] == pytest.approx(300.0, abs=0.01)
    assert mains["main bc"] == pytest.approx(1500.0, abs=0.01)


def test_a_plan_without_water_is_told(tmp_path: Path) -> None:
    """There is nothing to write."""
    with pytest.raises(ExportError, match="no water network"):
        aumaq.solve(tiny(), gap=0.0).export("epanet", tmp_path / "water.inp")
