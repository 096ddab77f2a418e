"""Transmission expansion: MATPOWER files and plain tables against worked-out optima."""

from __future__ import annotations

from pathlib import Path

import pytest

import aumaq
from aumaq.instances import InstanceError
from aumaq.instances.formats.tnep import read_corridors

CASE = """function mpc = tiny
mpc.baseMVA = 100.0;
mpc.bus = [ % one load
 1 3 0 0 0 0 1 1 0 1 1 1.1 0.9;
 2 1 {load} 0 0 0 1 1 0 1 1 1.1 0.9;
];
mpc.gen = [
 1 0 0 0 0 1 100 1 500 0;
 2 0 0 0 0 1 100 0 500 0;
];
mpc.branch = [
 1 2 0 0.5 0 60 0 0 0 0 1 {least} {most};
 1 2 0 0.5 0 999 0 0 0 0 0 -30 30;
];
mpc.ne_branch = [
 1 2 0 0.5 0 60 0 0 0 0 1 -30 30 7;
 1 2 0 0.25 0 60 0 0 0 0 1 -30 30 4;
];
"""
BUSES = "bus,gen_max_mw,gen_fixed_mw,load_mw\n1,500,150,0\n2,50,0,150\n"
CORRIDORS = (
    "from_bus,to_bus,existing_circuits,reactance_pu_100MVA,capacity_mw_per_circuit,"
    "cost_per_circuit\n1,2,1,0.4,60,10\n"
)


def cost(path: Path) -> float:
    """Return the least cost of a file."""
    plan = aumaq.solve(aumaq.read(path), gap=0.0)
    assert plan.is_verified
    return float(plan.objective_mln)


@pytest.mark.parametrize(
    ("load", "least", "wanted"),
    [
        (60, -30, 0),  # what stands does
        (90, -30, 4),  # 30 and 60: the second has twice the susceptance
        (100, -30, 7),  # 33 and 67 would be too much for it: 50 and 50 by the other
        (60, -10, 4),  # 10 degrees limit the first to 35
    ],
)
def test_circuits_share_the_flow_by_their_susceptance(
    tmp_path: Path, load: int, least: int, wanted: float
) -> None:
    """Ratings, angles and lines that are switched off are respected."""
    file = tmp_path / "tiny.m"
    file.write_text(CASE.format(load=load, least=least, most=-least))
    assert cost(file) == pytest.approx(wanted)


@pytest.mark.parametrize(("is_fixed", "wanted"), [(True, 20.0), (False, 10.0)])
def test_corridors_take_whole_circuits(
    tmp_path: Path, is_fixed: bool, wanted: float
) -> None:
    """Of 150 MW two more circuits carry what one does not; 50 may be made there."""
    (tmp_path / "b.csv").write_text(BUSES)
    (tmp_path / "c.csv").write_text(CORRIDORS)
    instance = read_corridors(tmp_path / "b.csv", tmp_path / "c.csv", is_fixed=is_fixed)
    assert aumaq.solve(instance, gap=0.0).objective_mln == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("0.5 0 60 0 0 0 0 1 -30", "0 0 60 0 0 0 0 1 -30", "reactance .*1-2"),
        ("= 100.0;", "= 1.2.3;", r"baseMVA.*1\.2\.3"),
        ("= 100.0;", "= 0;", "baseMVA"),
        (" 2 1 90 0", " 1 1 90 0", r"once in mpc\.bus.*'1'"),
        ("];\nmpc.branch", " 7 0 0 0 0 1 100 1 5 0;\n];\nmpc.branch", "gen.*'7'"),
        ("];\nmpc.gen", "];\nmpc.dcline = [1 9 1 5 5];\nmpc.gen", "dcline.*'9'"),
        (" 2 1 90 0", " 2 1 NaN 0", r"row of mpc\.bus"),
        ("0.5 0 60 0 0 0 0 1 -30 30;", "0.5 0 60 0 0 0 0 1 -9 30;", "1-2: -9, 30"),
        ("];\nmpc.gen", "]';\nmpc.gen", r"mpc\.bus must be written once"),
        ("];\nmpc.gen", "];\nmpc.bus(2, 3) = 5;\nmpc.gen", "bus.*statements"),
        ("];\nmpc.gen", "];\nmpc.switch = [1 2 1];\nmpc.gen", "switch is not read"),
        (" 2 1 90 0", " 2 1 -30 0", "from 0 on.*'bus 2: -30'"),
        (" 2 1 90 0", " 2 1 10 0 -30", "from 0 on.*'bus 2: -20'"),  # a shunt
        ("0.25 0 60", "1/4 0 60", "14 numbers in a row"),
        ("];\nmpc.branch", "];\nmpc.ne_branch_cost = [7];\nmpc.branch", "one cost"),
        ("mpc.ne", "%column_names% f_bus t_bus br_x\nmpc.ne", "missing: rate_a"),
    ],
)
def test_a_grid_that_contradicts_itself_is_refused(
    tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    """Instead of a division by zero, or of a bus whose load is lost."""
    text = CASE.format(load=90, least=-30, most=30)
    assert old in text
    file = tmp_path / "tiny.m"
    file.write_text(text.replace(old, new))
    with pytest.raises(InstanceError, match=wanted):
        aumaq.read(file)


def test_numbers_of_buses_are_whole_and_no_rating_is_none(tmp_path: Path) -> None:
    """Numbers of seven digits differ in their last one; Inf is written for no limit."""
    text = CASE.format(load=90, least=-30, most=30).replace(" 60 ", " Inf ")
    for old, new in (("1", "1000001"), ("2", "1000002")):
        text = text.replace(f"\n {old} ", f"\n {new} ")
    text = text.replace("1000001 2 0", "1000001 1000002 0")
    file = tmp_path / "tiny.m"
    file.write_text(text)
    instance = aumaq.read(file)
    nodes = instance.table("network_nodes")
    assert {"1000001", "1000002"} <= set(nodes.astype(str).to_numpy().ravel())
    assert set(instance.table("network_links")["capacity"].iloc[:1]) != {60.0}


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Rows too short, tables that are missing, cells that are no numbers."""
    file = tmp_path / "tiny.m"
    file.write_text(
        CASE.format(load="much", least=-30, most=30).replace("0.25 0 60", "0.25")
    )
    with pytest.raises(InstanceError) as caught:
        aumaq.read(file)
    assert len(caught.value.problems) == 2
    file.write_text("mpc.bus = [1 3 0;];")
    with pytest.raises(InstanceError, match=r"mpc\.gen"):
        aumaq.read(file)
    (tmp_path / "b.csv").write_text(BUSES.replace(",0\n2", ",none\n2"))
    (tmp_path / "c.csv").write_text(CORRIDORS.replace(",60,", ",,"))
    with pytest.raises(InstanceError, match="load_mw"):
        read_corridors(tmp_path / "b.csv", tmp_path / "c.csv")
    (tmp_path / "b.csv").write_text(BUSES.replace("50,0,150", "50,0,-150"))
    (tmp_path / "c.csv").write_text(CORRIDORS)
    with pytest.raises(InstanceError, match="bus 2: -150"):
        read_corridors(tmp_path / "b.csv", tmp_path / "c.csv")


@pytest.mark.parametrize("arrives", [30, 120])
def test_a_direct_line_meets_the_load_at_its_end(tmp_path: Path, arrives: int) -> None:
    """Of 90 MW 60 are left, which today's line carries; of 120 all is there."""
    file = tmp_path / "tiny.m"
    text = CASE.format(load=90, least=-30, most=30)
    line = f"];\nmpc.dcline = [1 2 1 {arrives} {arrives}];\nmpc.gen"
    file.write_text(text.replace("];\nmpc.gen", line))
    instance = aumaq.read(file)
    assert cost(file) == 0.0
    loads = instance.table("industrial_loads").set_index("node")["load"]
    assert loads.get("2", 0.0) == max(90 - arrives, 0)


LOAD_ROW = " 2 1 90 0"
TAKING = """ 2 1 80 0 0 0 1 1 0 1 1 1.1 0.9;
];
mpc.gen = [
 2 0 0 0 0 1 100 1 -10 -10;"""
"""Less load, and a plant that takes the rest."""
OTHER_COLUMNS = """%column_names%\tf_bus t_bus construction_cost br_x rate_a
mpc.ne_branch = [1 2 7 0.5 60
1, 2, 4, 0.25, 60]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" 1 2 0 0.25 0 60", " 1 2 0 0.25 ... goes on\n 0 60"),
        ("mpc.baseMVA", "%{\nmpc.bus = [ 9 9 9 ];\n%}\nmpc.baseMVA"),
        ("100 1 500 0", "100 1 Inf 0"),
        (LOAD_ROW, " 2 1 80 0 10"),  # a shunt
        (" 2 1 90 0 0 0 1 1 0 1 1 1.1 0.9;\n];\nmpc.gen = [", TAKING),
        (CASE[CASE.index("mpc.ne_branch") :], OTHER_COLUMNS),
        ("];\nmpc.branch", "];\nmpc.ne_branch_cost = [7; 4];\nmpc.branch"),
        (LOAD_ROW, " 7 4 55 0 0 0 1 1 0 1 1 1.1 0.9;\n" + LOAD_ROW),
    ],
)
def test_matlab_text_and_buses_out_of_service(
    tmp_path: Path, old: str, new: str
) -> None:
    """Remarks, endless supply, shunts, plants that take power, costs apart."""
    file = tmp_path / "tiny.m"
    text = CASE.format(load=90, least=-30, most=30)
    assert old in text
    file.write_text(text.replace(old, new))
    assert cost(file) == pytest.approx(4)


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("30 4;\n];\n", "30 4;\n", r"mpc\.ne_branch has no end"),
        ("100 1 500", "100 0 500", "no generator"),
    ],
)
def test_a_broken_table_is_no_empty_one(
    tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    """Without candidates another problem would be solved."""
    file = tmp_path / "tiny.m"
    text = CASE.format(load=60, least=-30, most=30)
    assert old in text
    file.write_text(text.replace(old, new))
    with pytest.raises(InstanceError, match=wanted):
        aumaq.read(file)
