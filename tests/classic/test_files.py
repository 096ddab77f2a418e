"""Files of classic problems: what is read, and what the command does with them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import run

from aumaq import cli_classic
from aumaq.classic import read, solve
from aumaq.classic.readers import reader_of
from aumaq.instances.errors import (
    AumaqError,
    ExportError,
    InstanceError,
    NoPlanError,
)
from aumaq.option_groups import Output

PMED = "4 5 1\n1 2 9\n2 3 4\n3 4 5\n1 2 3\n4 1 20\n"
"""A ring of four; the first edge comes again, and the last cost counts."""
CAP = "2 3\n100 7.5\n100 9\n10\n1 2\n20\n4 3\n30\n2 6\n"
TSP = """NAME : three
TYPE : TSP
DIMENSION : 3
EDGE_WEIGHT_TYPE : {kind}
NODE_COORD_SECTION
 1 16.47 96.10
 2 16.47 94.44
 3 20.09 92.54
EOF
"""


def written(folder: Path, name: str, text: str) -> Path:
    """Write a file and return where it is."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def matrix_of(path: Path) -> np.ndarray:
    """Return all distances of a file."""
    problem = read(path)
    n, m = problem.shape
    return problem.distances.block(slice(0, n), np.arange(m))


def test_the_last_of_equal_edges_counts(tmp_path: Path) -> None:
    """Distances are shortest paths with the cost that came last."""
    found = matrix_of(written(tmp_path, "g.txt", PMED))
    assert found[0].tolist() == [0, 3, 7, 12]
    assert np.array_equal(found, found.T)


def test_cap_has_costs_of_the_whole_demand(tmp_path: Path) -> None:
    """Capacities, fixed costs, demands; the word capacity is for the user to fill."""
    problem = read(written(tmp_path, "c.txt", CAP))
    assert (problem.kind, problem.shape) == ("cflp", (3, 2))
    assert problem.sites.fixed_costs.tolist() == [7.5, 9]
    assert problem.clients.demands.tolist() == [10, 20, 30]
    assert matrix_of(tmp_path / "c.txt").tolist() == [[1, 2], [4, 3], [2, 6]]
    words = CAP.replace("100 ", "capacity ")
    left = read(written(tmp_path, "w.txt", words))
    assert (left.kind, np.isnan(left.sites.capacities).all()) == ("cflp", True)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("GEO", [153, 510]),  # burma14: its first row in TSPLIB's own matrix
        ("EUC_2D", [2, 5]),  # 1.66, 5.073
        ("CEIL_2D", [2, 6]),
        ("FLOOR_2D", [1, 5]),
        ("ATT", [1, 2]),  # 0.525, 1.604
    ],
)
def test_rules_of_tsplib(tmp_path: Path, kind: str, expected: list[int]) -> None:
    """Distances from the first node."""
    found = matrix_of(written(tmp_path, "t.tsp", TSP.format(kind=kind)))
    assert found[0, 1:].tolist() == expected


LONG = "minutes,who,school,demand\n1,a,x,5\n7,a,y,5\n4,b,x,1\n2,b,y,1\n9,c,y,2\n"
WIDE = "client,x,y,weight\na,1,7,5\nb,4,2,1\nc,,9,2\n"
TURNED = "school;a;b;c\nx;1;4;-\ny;7;2;9\n"


def test_long_and_wide_costs_are_the_same(tmp_path: Path) -> None:
    """A row a pair, a row a client, or a row a site; a pair may be missing."""
    expected = [[1.0, 7.0], [4.0, 2.0], [np.inf, 9.0]]
    for name, text in (("l.csv", LONG), ("w.csv", WIDE), ("t.csv", TURNED)):
        problem = read(written(tmp_path, name, text))
        assert matrix_of(tmp_path / name).tolist() == expected, name
        assert problem.clients.names == ("a", "b", "c")
        assert problem.sites.names == ("x", "y")
        weights = [1, 1, 1] if name == "t.csv" else [5, 1, 2]
        assert problem.clients.weights.tolist() == weights


def test_all_that_is_wrong_with_costs_is_told(tmp_path: Path) -> None:
    """Each wrong cell with its row; a pair given twice; a client of two weights."""
    text = LONG.replace("4,b", "four,b").replace("9,c", "-9,c")
    with pytest.raises(InstanceError) as told:
        read(written(tmp_path, "l.csv", text))
    assert [problem.row for problem in told.value.problems] == [4, 6]
    with pytest.raises(InstanceError, match="row 2 already"):
        read(written(tmp_path, "d.csv", LONG + "3,a,x,5\n"))
    with pytest.raises(InstanceError, match="another weight"):
        read(written(tmp_path, "e.csv", LONG.replace("7,a,y,5", "7,a,y,6")))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("short.txt", "4 5 1\n1 2 9\n2 3 4\n"),
        ("edge.txt", PMED.replace("4 1 20", "4 1 -2")),
        ("cap.txt", CAP[:-6]),
        ("word.txt", CAP.replace("\n4 3", "\n4 x")),
        ("more.txt", PMED + "2 4 1\n"),
        ("many.txt", CAP + "1\n"),
        ("kind.tsp", TSP.format(kind="XRAY1")),
        ("form.tsp", TSP.format(kind="EXPLICIT")),
        ("node.tsp", TSP.format(kind="ATT").replace(" 2 16", " 1 16")),
        ("size.tsp", TSP.format(kind="GEO").replace(": 3", ": 4")),
    ],
)
def test_broken_files_are_one_error(tmp_path: Path, name: str, text: str) -> None:
    """The file is named, nothing else breaks."""
    path = written(tmp_path, name, text)
    with pytest.raises(AumaqError, match=name):
        read(path)
    done = run("solve", path, "--p", 1, "--problem", "p-median")
    assert done.returncode == 2
    assert name in done.stderr
    assert "Traceback" not in done.stderr


LORENA = "3 1\n0 0 9 1\n3 4 9 2\n6 8 9 3\n"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("nan.txt", PMED.replace("2 3 4", "2 3 nan"), "row 3: 'nan'"),
        ("inf.txt", CAP.replace("\n10\n", "\ninf\n"), "row 4: 'inf'"),
        ("half.txt", PMED.replace("4 1 20", "4 1.5 20"), "edge 5"),
        ("many.txt", "100000 1 1\n1 2 9\n", "at most 20,000 nodes"),
        ("lone.tsp", TSP.format(kind="GEO").replace(" 94.44", ""), "row 7"),
        ("nan.tsp", TSP.format(kind="ATT").replace("94.44", "nan"), "row 7"),
        ("lacks.csv", LONG.replace("2,b,y", "2,,y"), "row 5.*who.*empty"),
        ("lacks.csv", LONG.replace("2,b,y", "2,b, "), "row 5.*school.*empty"),
        ("lacks.csv", WIDE.replace("b,4", ",4"), "row 3.*client.*empty"),
        ("open.csv", LONG + '3,"' + "d" * 200_000, "open.csv: is no table"),
    ],
)
def test_what_is_no_number_or_name_is_told(
    tmp_path: Path, name: str, text: str, wanted: str
) -> None:
    """Instead of a plan for other data."""
    with pytest.raises(AumaqError, match=wanted):
        read(written(tmp_path, name, text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (CAP.replace("100 9", "-100 9"), "row 3: -100 is below 0"),
        (CAP.replace("\n10\n", "\n-10\n"), "row 4: -10 is below 0"),
        (LORENA.replace("9 2", "9 -2"), "demands must be"),
    ],
)
def test_amounts_are_not_negative(tmp_path: Path, text: str, wanted: str) -> None:
    """Of capacities and demands, too."""
    with pytest.raises(AumaqError, match=wanted):
        solve(read(written(tmp_path, "c.txt", text)))


def test_capacities_need_not_every_way(tmp_path: Path) -> None:
    """A blank pair is infinitely far, whether there are capacities or not."""
    problem = read(written(tmp_path, "w.csv", WIDE))
    assert np.isinf(problem.distances.block(slice(None), np.arange(2))).any()
    free = solve(replace(problem, kind="uflp")).objective
    assert solve(replace(problem, kind="cflp")).objective == free


@pytest.mark.slow
def test_a_capacity_that_a_file_leaves_open_is_chosen(tmp_path: Path) -> None:
    """Values by hand; without a number the error says how to write one."""
    path = written(tmp_path, "capx.txt", CAP.replace("100", "capacity"))
    found = {
        room: json.loads(run("solve", path, "--json", "--capacity", room).stdout)
        for room in ("30", "60")
    }
    # 30 each: both are full, 1 and 2 at one, 3 at the other. 60 each: one is enough.
    assert found["30"]["objective"] == 16.5 + min(2 + 2 + 3, 2 + 1 + 4, 6 + 9)
    assert found["60"]["objective"] == min(7.5 + 1 + 4 + 2, 9 + 2 + 3 + 6)
    assert "objective" in run("solve", path, "--problem", "uflp").stdout
    done = run("solve", path)
    assert done.returncode == 2
    assert "--capacity 8000" in done.stderr
    assert "14000" in done.stderr
    for words in (["--capacity", "0"], ["--capacity", "9", "--problem", "uflp"]):
        assert run("solve", path, *words).returncode == 2
    assert json.loads(run("describe", path, "--json").stdout)["capacity"] is None


def test_sites_are_apart_only_from_sites(tmp_path: Path) -> None:
    """A client in the row of a site would be taken for it."""
    asked = {"kind": "p-dispersion", "p": 2}
    problem = replace(read(written(tmp_path, "w.csv", WIDE)), **asked)
    with pytest.raises(InstanceError, match="from site to site"):
        solve(problem)
    text = "site,x,y,z\nx,0,4,9\ny,4,0,6\nz,9,6,0\n"
    path = written(tmp_path, "s.csv", text)
    assert solve(replace(read(path), **asked)).objective == 9.0
    turned = text.replace("x,0,4,9\ny,4,0,6", "y,4,0,6\nx,0,4,9")
    with pytest.raises(InstanceError, match="same order"):
        solve(replace(read(written(tmp_path, "t.csv", turned)), **asked))


@pytest.mark.parametrize("radius", [0.0, np.inf, np.nan])
def test_a_radius_is_a_length(tmp_path: Path, radius: float) -> None:
    """An endless one would cover clients that no way leads to."""
    problem = read(written(tmp_path, "w.csv", WIDE))
    with pytest.raises(InstanceError, match="radius"):
        solve(replace(problem, kind="mclp", p=1, radius=radius))


def test_a_client_without_a_way_has_no_centre(tmp_path: Path) -> None:
    """No plan, which is an answer, and no error of ours."""
    path = written(tmp_path, "b.csv", "client,a,b\nx,,\ny,1,2\n")
    with pytest.raises(NoPlanError, match="serves every client"):
        solve(replace(read(path), kind="p-center", p=1))
    path = written(tmp_path, "c.csv", "client,a,b\nx,3,\ny,,2\n")
    assert solve(replace(read(path), kind="p-center", p=2)).objective == 3.0


def test_signs_that_are_digits_of_a_kind_are_no_counts(tmp_path: Path) -> None:
    """A square is a digit to Python, and no number."""
    assert reader_of(written(tmp_path, "a.txt", "² ²\n1 2\n3 4\n5 6\n")) is None


def test_demands_belong_to_the_nodes_that_they_name(tmp_path: Path) -> None:
    """In whatever order they stand."""
    text = TSP.format(kind="EUC_2D").replace("EOF", "DEMAND_SECTION\n3 30\n1 10\n2 20")
    found = read(written(tmp_path, "t.tsp", text))
    assert found.clients.weights.tolist() == [10, 20, 30]


def random_pmed(seed: int, n: int = 12, p: int = 3) -> str:
    """Return a connected graph in the form of OR-Library."""
    rng = np.random.default_rng(seed)
    edges = [(k, k + 1) for k in range(1, n)]
    edges += [tuple(rng.choice(n, 2, replace=False) + 1) for _ in range(n)]
    lines = [f"{a} {b} {rng.integers(1, 50)}" for a, b in edges]
    return f"{n} {len(edges)} {p}\n" + "\n".join(lines) + "\n"


def test_a_file_is_solved_described_and_written(tmp_path: Path) -> None:
    """The document has value and bound; what is written is not replaced."""
    path = written(tmp_path, "graph.txt", random_pmed(1))
    expected = solve(read(path)).objective
    done = run("solve", path, "--json", "--out", tmp_path / "out")
    found = json.loads(done.stdout)
    assert (done.returncode, found["status"]) == (0, "optimal")
    assert found["objective"] == found["bound"] == expected
    kept = json.loads((tmp_path / "out" / "solution.json").read_text("utf-8"))
    assert kept["objective"] == expected
    rows = (tmp_path / "out" / "allocation.csv").read_text("utf-8").splitlines()
    assert sum(float(row.split(",")[2]) for row in rows[1:]) == expected
    again = run("solve", path, "--out", tmp_path / "out", "--quiet")
    assert (again.returncode, "replaced" in again.stderr) == (2, True)
    told = json.loads(run("describe", path, "--json").stdout)
    assert (told["problem"], told["clients"], told["p"]) == ("p-median", 12, 3)


def test_where_a_solution_goes_is_tried_before_the_work(tmp_path: Path) -> None:
    """A place that takes nothing is told before the file is even read."""
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(ExportError):
        cli_classic.solve(
            "not-there.txt", cli_classic.Asked(), cli_classic.Limits(60.0, 0),
            tmp_path / "taken" / "out", Output(quiet=True), overwrite=True,
        )  # fmt: skip
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [["--p", "0"], ["--p", "13"], ["--problem", "mclp"], ["--problem", "median"],
     ["--rounding", "floor"]],
)  # fmt: skip
def test_questions_that_make_no_sense(tmp_path: Path, words: list[str]) -> None:
    """One error, exit code 2."""
    path = written(tmp_path, "graph.txt", random_pmed(2))
    done = run("solve", path, *words, "--quiet")
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [[], ["--problem", "lscp", "--radius", "40"],
     ["--problem", "mclp", "--radius", "25", "--p", "2"]],
)  # fmt: skip
def test_a_small_file_becomes_an_instance(tmp_path: Path, words: list[str]) -> None:
    """The integrated model has the same optimum; of MCLP what is not covered."""
    path = written(tmp_path, "graph.txt", random_pmed(3))
    assert run("convert", path, tmp_path / "own", *words).returncode == 0
    classic = json.loads(run("solve", path, "--json", *words).stdout)
    out = ["--out", tmp_path / "plan", "--gap", 0, "--json"]
    plan = json.loads(run("solve", tmp_path / "own", *out).stdout)
    value = classic["objective"]
    expected = 12 - value if "mclp" in words else value
    assert plan["objective_mln"] == pytest.approx(expected)


def test_coordinates_beyond_any_map_are_told_by_row(tmp_path: Path) -> None:
    """Distances that overflow are no internal error of a method."""
    file = tmp_path / "far.tsp"
    file.write_text(
        "NAME: far\nTYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\n"
        "NODE_COORD_SECTION\n1 1e308 0\n2 -1e308 1\nEOF\n"
    )
    with pytest.raises(AumaqError, match=r"far\.tsp, row 6"):
        read(file)


MATRICES = {
    "FULL_MATRIX": "0 1 2 1 0 3 2 3 0", "UPPER_ROW": "1 2 3", "LOWER_ROW": "1 2 3",
    "UPPER_DIAG_ROW": "0 1 2 0 3 0", "LOWER_DIAG_ROW": "0 1 0 2 3 0",
    "UPPER_COL": "1 2 3", "LOWER_COL": "1 2 3", "LOWER_DIAG_COL": "0 1 2 0 3 0",
    "UPPER_DIAG_COL": "0 1 0 2 3 0",
}  # fmt: skip
"""The same distances, 0-1: 1, 0-2: 2, 1-2: 3, as TSPLIB 95 writes them."""


@pytest.mark.parametrize("form", MATRICES)
def test_matrices_of_tsplib(tmp_path: Path, form: str) -> None:
    """Whole ones and halves, with and without the diagonal; in lines of any length."""
    head = f"DIMENSION: 3\nEDGE_WEIGHT_TYPE: explicit\nEDGE_WEIGHT_FORMAT: {form}\n"
    numbers = MATRICES[form].replace(" ", "\n", 1)
    text = f"NAME: m\n{head}EDGE_WEIGHT_SECTION\n{numbers}\n"
    found = matrix_of(written(tmp_path, "m.tsp", text))
    assert found.tolist() == [[0, 1, 2], [1, 0, 3], [2, 3, 0]]
    with pytest.raises(AumaqError, match=r"m\.tsp: DIMENSION 3 asks for"):
        read(written(tmp_path, "m.tsp", text + "4\n"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("MAN_2D", [2, 7]),  # 1.66, 3.62 + 3.56
        ("MAX_2D", [2, 4]),
        ("geo", [153, 510]),
    ],
)
def test_a_node_is_at_no_distance_from_itself(
    tmp_path: Path, kind: str, expected: list[int]
) -> None:
    """Though the formula of GEO gives one; kinds may be in small letters."""
    found = matrix_of(written(tmp_path, "t.tsp", TSP.format(kind=kind)))
    assert found[0].tolist() == [0, *expected]
    assert not found.diagonal().any()


COSTS = np.array([[100, 200, 300], [400, 600, 200], [900, 300, 600], [50, 150, 100]])


def blocks(layout: str) -> list[list[float]]:
    """Return the lines of a problem of four clients and three sites in a layout."""
    demand, fixed, room = [10, 20, 30, 5], [700, 900, 800], [100, 90, 60]
    cost = COSTS
    sites = [list(pair) for pair in zip(room, fixed, strict=True)]
    by_unit = (cost / np.array(demand)[:, None]).T.tolist()
    return {
        "cap": [[3, 4], *sites, *([d, *c] for d, c in zip(demand, cost, strict=True))],
        "holmberg": [[3, 4], *sites, demand, *cost.T.tolist()],
        "delmaire": [[4, 3], *cost.tolist(), demand, fixed, room],
        "tbed1": [[3, 4], demand, room, fixed, *by_unit],
    }[layout]


@pytest.mark.parametrize("width", [99, 2, 1])
@pytest.mark.parametrize("layout", ["cap", "holmberg", "delmaire", "tbed1"])
def test_layouts_of_two_counts_are_told_apart(
    tmp_path: Path, layout: str, width: int
) -> None:
    """Whatever the length of lines; all of them ask the same here.

    With one client more than sites a row of demands is as long as a client's of
    OR-Library; with three or four sites rows look like those of points or a graph.
    """
    lines = [row[k : k + width] for row in blocks(layout)[1:]
             for k in range(0, len(row), width)]  # fmt: skip
    text = "\n".join(" ".join(map(str, row)) for row in [blocks(layout)[0], *lines])
    path = written(tmp_path, "x.txt", text)
    found = read(path)
    assert found.clients.demands.tolist() == [10, 20, 30, 5]
    assert found.sites.capacities.tolist() == [100, 90, 60]
    assert found.sites.fixed_costs.tolist() == [700, 900, 800]
    assert matrix_of(path) == pytest.approx(COSTS)


SIMPLE = "FILE: 2 x.txt\n2 3 0\n1 7.5 1 4 2\n2 9 2 3 6\n"


def test_location_without_capacities_of_ufllib(tmp_path: Path) -> None:
    """Its simple layout, and OR-Library's with a 0 for each capacity."""
    nought = CAP.replace("100 ", "0 ")
    for name, text in (("s.txt", SIMPLE), ("o.txt", nought)):
        path = written(tmp_path, name, text)
        assert read(path).kind == "uflp"
        assert read(path).sites.fixed_costs.tolist() == [7.5, 9]
        assert matrix_of(path).tolist() == [[1, 2], [4, 3], [2, 6]]
    with pytest.raises(AumaqError, match=r"w\.txt: the line of site 2 is expected"):
        read(written(tmp_path, "w.txt", SIMPLE.replace("\n2 9", "\n3 9")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("client;a;b\nx;1,5;2\ny;4;5,25\n", [[1.5, 2], [4, 5.25]]),
        ("\ufeffdistance,who,what\n1,a,x\n2,a,y\n3,b,x\n", [[1, 2], [3, np.inf]]),
        ("client,a,b,c,d\nx,1,2,3,4\n", [[1, 2, 3, 4]]),
        ("0,4,9\n4,0,6\n9,6,0\n", [[0, 4, 9], [4, 0, 6], [9, 6, 0]]),
        ("0,1,2\n1,0,1\n2,1,0\n", [[0, 1, 2], [1, 0, 1], [2, 1, 0]]),
        ("0,1,2\n4,0,6\n", [[4, 0, 6]]),
        ("client,site,km\n1,a,3\n1,b,inf\n2,a,\n2,b,4\n", [[3, np.inf], [np.inf, 4]]),
        (
            "destination_id,origin_id,distance_m\n1,a,3\n1,b,1\n2,a,2\n",
            [[3, 2], [1, np.inf]],
        ),
        ("# remark\ni,j,d\n1,1,3\n1,2,1\n2,2,4\n", [[3, 1], [np.inf, 4]]),
    ],
)  # fmt: skip
def test_tables_of_costs_in_many_hands(
    tmp_path: Path, text: str, expected: list[list[float]]
) -> None:
    """Decimal commas, a byte order mark, a site named d, numbers alone, no way."""
    assert matrix_of(written(tmp_path, "c.csv", text)).tolist() == expected


@pytest.mark.parametrize(
    ("text", "encoding", "wanted"),
    [
        ("c1,1,2\nc2,3,4\nc3,5,6\n", "utf-8", "names are missing"),  # no header
        ("A,B,C\n7,2,3\n9,5,6\n", "utf-8", "names are missing"),  # none of clients
        ("1,1,5\n1,2,6\n2,1,7\n2,2,8\n", "utf-8", "pairs or a matrix"),
        ("client,дом,кот\nc1,1,2\n", "cp1251", "Windows-1251"),
        ("client,A,B\nc1,1,2\n", "utf-16", "UTF-16"),
    ],
)
def test_tables_that_may_mean_two_things_are_refused(
    tmp_path: Path, text: str, encoding: str, wanted: str
) -> None:
    """A first row or column is not lost, names do not become one sign."""
    path = tmp_path / "costs.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(AumaqError, match=wanted):
        read(path)


def test_nodes_are_numbered_by_their_names(tmp_path: Path) -> None:
    """Lines of points and demands in any order; a mark at the end of lines is none."""
    head = "DIMENSION : 3\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n"
    demands = "DEMAND_SECTION\n2 6\n1 5\n3 7\nEOF\n"
    path = written(tmp_path, "p.tsp", f"{head}3 6 8\n1 0 0\n2 3 4\n{demands}")
    assert matrix_of(path)[0].tolist() == [0, 5, 10]
    assert read(path).clients.weights.tolist() == [5, 6, 7]
    ends = written(tmp_path, "e.csv", "client,A,B,\nc1,1,2,\nc2,3,4,\n")
    assert matrix_of(ends).tolist() == [[1, 2], [3, 4]]


def test_names_of_a_wide_table_come_once(tmp_path: Path) -> None:
    """A row or a column that comes again would be another client or site."""
    text = "client,a,b,a\nx,1,2,3\nx,4,5,6\n"
    with pytest.raises(InstanceError) as told:
        read(written(tmp_path, "c.csv", text))
    assert [problem.row for problem in told.value.problems] == [3, 1]
