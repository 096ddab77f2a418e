"""Grids to be extended as two plain tables, found by their columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import run

import aumaq
from aumaq.classic.readers import reader_of
from aumaq.instances.errors import InstanceError

BUSES = "bus,gen_max_mw,load_mw\n1,500,0\n2,0,150\n"
CORRIDORS = (
    "from_bus,to_bus,existing_circuits,reactance_pu_100MVA,capacity_mw_per_circuit,"
    "cost_per_circuit\n1,2,1,0.4,60,10\n"
)


def grid(folder: Path, name: str = "", cost: int = 10) -> tuple[Path, Path]:
    """Write both tables; return where they are."""
    both = folder / f"{name}buses.csv", folder / f"{name}corridors.csv"
    both[0].write_text(BUSES, encoding="utf-8")
    both[1].write_text(CORRIDORS.replace(",10\n", f",{cost}\n"), encoding="utf-8")
    return both


def test_either_table_or_the_folder_is_the_grid(tmp_path: Path) -> None:
    """Of 150 MW, 60 pass today: two more circuits of 10."""
    buses, corridors = grid(tmp_path)
    for path in (buses, corridors, tmp_path):
        assert reader_of(path) is None
        plan = aumaq.solve(aumaq.read(path), gap=0.0)
        assert plan.objective_mln == pytest.approx(20.0)


def test_tables_of_a_name_belong_together(tmp_path: Path) -> None:
    """Of two grids in a folder each has its own; the folder is neither."""
    grid(tmp_path, "a_")
    other = grid(tmp_path, "b_", cost=7)
    for path in other:
        steps = aumaq.read(path).tables["link_upgrades"]
        assert set(steps["capex_mln"]) == {7.0}
    with pytest.raises(InstanceError, match=r"one table .*: a_buses\.csv, b_buses"):
        aumaq.read(tmp_path)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """The other table, or a column."""
    buses, corridors = grid(tmp_path)
    buses.write_text(BUSES.replace("gen_max_mw", "most"), encoding="utf-8")
    with pytest.raises(InstanceError, match="columns are missing: gen_max_mw"):
        aumaq.read(corridors)
    buses.unlink()
    with pytest.raises(InstanceError, match=r"corridors\.csv: expected one table"):
        aumaq.read(corridors)


@pytest.mark.slow
def test_the_command_takes_the_tables(tmp_path: Path) -> None:
    """It describes a grid, not a matrix of costs, and converts it."""
    _, corridors = grid(tmp_path)
    assert run("describe", corridors).returncode == 0
    assert run("describe", tmp_path).returncode == 0
    assert run("convert", corridors, tmp_path / "own").returncode == 0
    assert (tmp_path / "own" / "network_links.csv").is_file()
