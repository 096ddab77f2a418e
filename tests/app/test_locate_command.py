"""``aumaq locate`` as a command: published values, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from command import process, run

CASES = Path(os.environ.get("AUMAQ_PUBLIC_CASES", "")) / "sf_spopt"
needs_cases = pytest.mark.skipif(
    "AUMAQ_PUBLIC_CASES" not in os.environ or not CASES.is_dir(),
    reason="AUMAQ_PUBLIC_CASES names no folder with sf_spopt",
)
CLIENTS = CASES / "SF_demand_205_centroid_uniform_weight.csv"
DISTANCES = CASES / "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
SITES = CASES / "SF_store_site_16_longlat.csv"


def san_francisco(*words: object) -> dict[str, Any]:
    """Return the record of a question about the shops of San Francisco."""
    done = run(
        "locate", CLIENTS, "--distances", DISTANCES, "--unit", "m", "--json", *words
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["status"] == "optimal"
    assert found["verified"]
    return found


@needs_cases
def test_four_published_values() -> None:
    """Those of the spopt notebooks and tests, by the same command."""
    lscp = san_francisco("--cover-all", "--within", 5000)
    assert lscp["value"] == lscp["bound"] == 8
    mclp = san_francisco("--new", 4, "--within", 5000)
    assert mclp["value"] == 875_247
    assert mclp["after"]["places_within"] / 205 == pytest.approx(0.89756, abs=1e-5)
    median = san_francisco("--new", 4, "--mean-minutes")
    assert median["after"]["total"] == pytest.approx(2_848_268_129.7145, rel=1e-12)
    shops = {"Store_11", "Store_12", "Store_15", "Store_2"}
    assert set(median["new_sites"]) == set(mclp["new_sites"]) == shops
    center = san_francisco("--new", 4, "--worst-minutes")
    assert center["value"] == pytest.approx(7403.06, abs=0.005)


@needs_cases
def test_published_value_with_sites_that_must_open() -> None:
    """Three shops within 8 km, four if two certain ones must open."""
    wide = ("--cover-all", "--within", 8000, "--sites", SITES)
    assert san_francisco(*wide)["value"] == 3
    must = ("--require", "Store_3", "--require", "Store_7")
    found = san_francisco(*wide, *must)
    assert found["value"] == 4
    assert {"Store_3", "Store_7"} < set(found["new_sites"])


@needs_cases
@pytest.mark.slow
def test_more_values_of_enumeration() -> None:
    """One to eight shops: the optima that trying all of them gave."""
    people = [448255, 671938, 791499, 875247, 927402, 941462, 950428, 955113]
    ways = [5731159103.675, 4009098972.135, 3385565397.532, 2848268129.715,
            2554123350.188, 2347055166.677, 2176547158.282, 2054687610.638]  # fmt: skip
    worst = [11577.279, 9130.759, 7529.986, 7403.064, 5985.5, 5903.667, 5150.253,
             4644.846]  # fmt: skip
    for count in range(1, 9):
        new = ("--new", count)
        assert san_francisco(*new, "--within", 5000)["value"] == people[count - 1]
        total = san_francisco(*new, "--mean-minutes")["after"]["total"]
        assert total == pytest.approx(ways[count - 1], abs=0.001)
        center = san_francisco(*new, "--worst-minutes")["value"]
        assert center == pytest.approx(worst[count - 1], abs=0.001)


@pytest.mark.slow
def test_the_answer_is_short_and_in_the_language(tmp_path: Path) -> None:
    """As a process: text on standard output, a folder beside it."""
    done = process(
        "locate", "tiny", "--new", 1, "--minutes", 10, "--out", "answer", "--quiet",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "new: Beta (b)" in done.stdout
    assert "80 (40.0%) → 160 (80.0%)" in done.stdout
    assert "no choice has more people within than 160: proven best" in done.stdout
    assert (tmp_path / "answer" / "location.html").is_file()
    again = run("locate", "tiny", "--new", 0, "--minutes", 9, "--out", "answer",
                folder=tmp_path)  # fmt: skip
    assert again.returncode == 2
    assert "--overwrite replaces it" in again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--new", 1], "the goal cover needs minutes"),
        (["--minutes", 10], "say how many sites may open"),
        (["--cover-all", "--minutes", 9, "--new", 2], "leave their number out"),
        (["--cover-all", "--mean-minutes", "--minutes", 9], "only one of them"),
        (["--mean-minutes", "--new", -1], "a number from 0 on"),
        (["--mean-minutes", "--new", 1, "--service", "scool"], "did you mean 'school'"),
        (["--mean-minutes", "--new", 1, "--require", "z"], "unknown site 'z'"),
        (["--mean-minutes", "--new", 1, "--existing", "move"], "known: free, keep"),
        (["--mean-minutes", "--new", 1, "--period", "now"], "unknown period 'now'"),
        (["--mean-minutes", "--new", 1, "--unit", "km"], "only with --distances"),
        (["--mean-minutes", "--new", 1, "--people", "pupil"], "unknown group 'pupil'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    words: list[object], told: str, tmp_path: Path
) -> None:
    """One sentence, exit code 2, and no traceback."""
    done = run("locate", "tiny", *words, "--out", "answer", folder=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_used_are_told_together(tmp_path: Path) -> None:
    """Both files, each with its reason; then columns that nobody can guess."""
    words = ("locate", "clients.csv", "--distances", "ways.csv", "--new", 1,
             "--mean-minutes")  # fmt: skip
    (tmp_path / "ways.csv").write_bytes(b"")
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2
    assert "clients.csv: there is no such file" in done.stderr
    assert "ways.csv" in done.stderr.replace("clients.csv", "")
    (tmp_path / "clients.csv").write_text("id;pop;population\na;1;2\nb;3;4\n")
    (tmp_path / "ways.csv").write_text("id;shop;km\na;x;1\nb;x;2\nb;y;1\n")
    done = run(*words, folder=tmp_path)
    assert done.returncode == 2
    assert "which column is people? Say --map people=NAME" in done.stderr
    done = run(*words, "--map", "people=pop", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["new_sites"] == ["x"]
    done = run(*words, "--map", "people=popu", folder=tmp_path)
    assert "unknown column of clients.csv 'popu'" in done.stderr
