"""What files of classic problems tell beside distances, and what is left out."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import run

from aumaq.classic import read, solve
from aumaq.classic.distances import plane
from aumaq.classic.instance import to_instance
from aumaq.classic.methods.reach import POINTS, _bare, distance
from aumaq.classic.problems import with_capacity
from aumaq.classic.readers import reader_of
from aumaq.instances.errors import AumaqError

DEMANDS = "client,demand,S1,S2,S3\nA,6,1,9,9\nB,6,1,9,8\nC,1,2,1,5\nD,1,3,1,5\n"
LONG = "client,demand,site,km\n" + "".join(
    f"{row[0]},{row[1]},S{k + 1},{away}\n"
    for row in (line.split(",") for line in DEMANDS.splitlines()[1:])
    for k, away in enumerate(row[2:])
)
CVRP = """NAME : c
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 8
NODE_COORD_SECTION
1 0 0
2 1 0
3 10 0
4 11 0
DEMAND_SECTION
1 6
2 6
3 1
4 1
DEPOT_SECTION
1
-1
EOF
"""


def written(folder: Path, name: str, text: str) -> Path:
    """Write a file and return where it is."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        # A and B need 12 of 8: A at S1, B at S3: 6 + 48, C and D at S1: 2 + 3.
        ("w.csv", DEMANDS, 59),
        ("l.csv", LONG, 59),
        # 1 and 2 are at home, 3 and 4 go to 2: 9 + 10.
        ("c.vrp", CVRP, 19),
    ],
)
def test_demands_fill_capacities(
    tmp_path: Path, name: str, text: str, value: float
) -> None:
    """A column of demands, or a section: what clients take, and what they weigh."""
    problem = read(written(tmp_path, name, text))
    assert problem.clients.demands.tolist() == [6, 6, 1, 1]
    asked = replace(with_capacity(problem, 8.0), kind="cpmp", p=2)
    assert solve(asked).objective == value
    people = to_instance(asked).tables["settlements"]["population"]
    assert people.tolist() == [6, 6, 1, 1]
    assert any("demand" in note for note in problem.notes)


def test_clients_are_shared_out_by_their_demands(tmp_path: Path) -> None:
    """Every site of 8 open: A and B 6 at S1 and 2 and 4 elsewhere, 14 in all."""
    problem = read(written(tmp_path, "w.csv", DEMANDS))
    found = solve(replace(with_capacity(problem, 8.0), kind="cflp"))
    # 8 of the 12 of A and B go to S1 for 1, 4 of B to S3 for 8; C and D to S2 for 1.
    assert found.objective == pytest.approx(8 + 4 * 8 + 2)


def test_a_capacity_of_vehicles_is_none_of_sites(tmp_path: Path) -> None:
    """It is left out, and that is noted."""
    problem = read(written(tmp_path, "c.vrp", CVRP))
    assert np.isinf(problem.sites.capacities).all()
    assert "left out: CAPACITY (of a vehicle), DEPOT_SECTION" in problem.notes


@pytest.mark.parametrize(
    ("text", "weights", "demands", "left"),
    [
        ("client,demand,weight,a,b\nA,5,1,1,2\nB,6,2,3,4\n", [1, 2], [5, 6], ""),
        ("client,pop,weight,a,b\nA,5,1,1,2\nB,6,2,3,4\n", [1, 2], [1, 2], "pop"),
        ("client,lat,lon,a,b\nA,-5,1,1,2\nB,6,2,3,4\n", [1, 1], [1, 1], "lat, lon"),
        ("client,x,y,aa,bb\nA,-5,1,1,2\nB,6,2,3,4\n", [1, 1], [1, 1], "x, y"),
        ("client,a,b,total\nA,1,2,3\nB,3,4,7\n", [1, 1], [1, 1], "total"),
        ("client,a,b,Mean (km)\nA,1,2,1.5\nB,3,4,3.5\n", [1, 1], [1, 1], "Mean (km)"),
        ("client,a,max,b\nA,1,2,2\nB,3,4,4\n", [1, 1], [1, 1], "max"),
        ("site,capacity,A,B\na,9,1,3\nb,8,2,4\n", [1, 1], [1, 1], "capacity"),
    ],
)
def test_columns_that_are_no_sites(
    tmp_path: Path, text: str, weights: list[float], demands: list[float], left: str
) -> None:
    """Coordinates, sums and other weights do not become sites; a note names them."""
    problem = read(written(tmp_path, "w.csv", text))
    assert problem.distances.block(slice(0, 2), [0, 1]).tolist() == [[1, 2], [3, 4]]
    assert problem.shape == (2, 2)
    assert problem.clients.weights.tolist() == weights
    assert problem.clients.demands.tolist() == demands
    assert [n for n in problem.notes if "left out" in n] == (
        [f"left out: {left}"] if left else []
    )


def test_sites_with_such_names_are_sites(tmp_path: Path) -> None:
    """A total that is none of the others is a station, and x and y are two."""
    problem = read(written(tmp_path, "w.csv", "client,a,total\nA,1,2\nB,3,1\n"))
    assert problem.sites.names == ("a", "total")
    assert "total" in problem.notes[0]
    problem = read(written(tmp_path, "w.csv", "client,x,y,z\nA,1,2,1\nB,3,1,4\n"))
    assert problem.sites.names == ("x", "y", "z")
    with pytest.raises(AumaqError, match="one of sites"):
        read(written(tmp_path, "w.csv", "client,lat,lon\nA,1,2\nB,3,1\n"))


@pytest.mark.parametrize(
    "header",
    ["demand_id,facility_id,distance", "demand,facility,distance",
     "Demand ID,Facility ID,Distance (km)", "client,site,Travel time [min]",
     "demand name,facility,distance in km", "demand,site,cost"],
)  # fmt: skip
def test_names_of_columns_in_many_hands(tmp_path: Path, header: str) -> None:
    """Clients may be called demands; units stand in brackets."""
    for first in ("A", "1"):
        text = f"{header}\n{first},X,1\n{first},Y,2\nB,X,3\nB,Y,4\n"
        problem = read(written(tmp_path, "l.csv", text))
        assert problem.clients.names == (first, "B")
        assert problem.sites.names == ("X", "Y")
        found = problem.distances.block(slice(0, 2), [0, 1])
        assert found.tolist() == [[1, 2], [3, 4]]


def test_a_long_table_notes_all_it_takes(tmp_path: Path) -> None:
    """The first of two distances counts; no column is left out silently."""
    text = "client,lat,site,time,distance,pop\nA,5,X,1,9,3\nB,6,X,2,8,4\n"
    problem = read(written(tmp_path, "l.csv", text))
    taken = "clients: client, sites: site, distances: time, weights and demands: pop"
    assert problem.notes == (taken, "left out: lat, distance")


def test_a_single_site(tmp_path: Path) -> None:
    """A table with one column of distances, if its corner says who the rows are."""
    path = written(tmp_path, "w.csv", "client,S1\nA,1\nB,3\n")
    assert solve(replace(read(path), p=1)).objective == 4.0
    for text in ("client,weight\nA,1\n", "date,value\nA,1\n", "client,7\nA,1\n"):
        assert reader_of(written(tmp_path, "o.csv", text)) is None


def att(square: int) -> int:
    """Return the least whole d with 10 d^2 no less than the square of a length."""
    root = math.isqrt(square // 10)
    return root if 10 * root * root >= square else root + 1


def test_att_is_exact() -> None:
    """Of all dx, dy below 400, those among them whose tenth is a perfect square."""
    sites = np.array([(x, y) for x in range(400) for y in range(400)], float)
    points = plane(np.zeros((1, 2)), sites, "att")
    squares = (sites**2).sum(axis=1).astype(int)
    expected = np.array([att(square) for square in squares.tolist()])
    every = np.arange(len(sites))
    assert np.array_equal(points.block(slice(0, 1), every)[0], expected)
    reach = _bare(POINTS, points, 1e9)
    exact = np.flatnonzero(10 * expected**2 == squares)
    assert len(exact) > 100
    assert [distance(reach, 0, j) for j in exact] == expected[exact].tolist()
    down = replace(points, rule="floor")
    assert np.array_equal(down.block(slice(0, 1), exact)[0], expected[exact])
    ends = plane(np.array([[525.0, 103.0]]), np.array([[567.0, 677.0]]), "att")
    assert ends.block(slice(0, 1), [0]).tolist() == [[182]]


def test_keys_of_tsplib_in_any_case(tmp_path: Path) -> None:
    """Names of sections and the end, too."""
    lower = written(tmp_path, "c.vrp", CVRP.lower())
    upper = read(written(tmp_path, "u.vrp", CVRP))
    assert read(lower).clients.demands.tolist() == [6, 6, 1, 1]
    assert read(lower).notes == upper.notes


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.vrp", CVRP.replace("\n4 1\n", "\n9 1\n"), "row 15: there is no node 9"),
        ("p.txt", "4 2 5\n1 2 3\n3 4 4\n", "p must be from 1 to 4, not 5"),
        ("p.txt", "4 2 0\n1 2 3\n3 4 4\n", "p must be a whole number from 1 on"),
        ("p.txt", "4 2 1\n1 7 3\n3 4 4\n", "edge 1: ends must be nodes"),
    ],
)
def test_numbers_that_name_nothing_are_told(
    tmp_path: Path, name: str, text: str, wanted: str
) -> None:
    """Instead of another order, or of no format at all."""
    with pytest.raises(AumaqError, match=wanted):
        read(written(tmp_path, name, text))


def test_one_client_of_ufllib_is_no_graph() -> None:
    """Its head ends in 0 as that of a graph without sites does."""
    for text in ("1 3 0\n1 1 1 4 2\n", "2 1 0\n1 7 2\n2 9 1\n"):
        lines = Path("x.txt"), text
        from aumaq.classic.readers import pmed, simple

        assert (pmed.matches(*lines), simple.matches(*lines)) == (False, True)


def test_a_capacity_left_open_in_capitals(tmp_path: Path) -> None:
    """The word stands for a number in any letters."""
    text = "2 3\n{0} 7.5\n{0} 9\n10\n1 2\n20\n4 3\n30\n2 6\n"
    for word in ("CAPACITY", "Capacity"):
        problem = read(written(tmp_path, "c.txt", text.format(word)))
        assert problem.kind == "cflp"
        assert np.isnan(problem.sites.capacities).all()


def test_what_a_file_of_points_has_beyond_is_noted(tmp_path: Path) -> None:
    """Other problems of the file, and rows too many."""
    rows = "1 0 0 5\n2 3 4 5\n3 6 8 5\n"
    one = f"1 713\n3 2 20\n{rows}"
    assert read(written(tmp_path, "o.txt", "1\n" + one)).notes == ()
    two = read(written(tmp_path, "t.txt", f"2\n{one}{one}"))
    assert "the first of 2 problems" in two.notes[0]
    more = read(written(tmp_path, "m.txt", f"3 2 10\n{rows}7 8 9 9\n"))
    assert more.notes == ("4 numbers after the last that is needed are left alone",)


@pytest.mark.slow
def test_the_command_takes_demands(tmp_path: Path) -> None:
    """And shows what it took for what."""
    path = written(tmp_path, "w.csv", DEMANDS)
    words = ["--problem", "cpmp", "--p", 2, "--capacity", 8, "--json"]
    found = json.loads(run("solve", path, *words).stdout)
    assert found["objective"] == 59
    assert "demands: demand" in found["notes"][0]
