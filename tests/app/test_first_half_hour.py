"""The first half hour works as its page tells it: every command, every edit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import aumaq

SCRIPT = Path(__file__).parents[2] / "tools" / "first_half_hour.py"


@pytest.mark.slow
def test_from_a_list_and_from_a_shapefile_to_pages(tmp_path: Path) -> None:
    """Plans are verified and to 1 %; what the page claims of the import holds."""
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for name in ("mine-plan", "dearer/mine-plan", "area-plan", "slower-plan"):
        plan = aumaq.find_plan(str(tmp_path / name))
        assert plan.verify().is_feasible
        assert plan.gap <= 0.01
        page = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
        assert ("Акжар" if "mine" not in name else "Akzhar") in page
    area, slower = (aumaq.read(tmp_path / f"{n}.xlsx") for n in ("area", "slower"))
    assert "x_AKIM" in area.table("settlements")
    assert area.table("facilities")["units"].sum() == 4
    links = area.table("road_links")
    assert links["is_synthetic"].sum() == 1
    speeds = [one.table("road_classes").set_index("road_class")["speed_kmh"]
              for one in (area, slower)]  # fmt: skip
    assert [one["tertiary"] for one in speeds] == [55.0, 45.0]
    pd.testing.assert_frame_equal(links, slower.table("road_links"))
