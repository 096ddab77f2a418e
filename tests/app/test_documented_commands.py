"""Every command that the README and the pages name works.

Those of the README are processes, as users start them; all others are called, which
spares loading the libraries a hundred times. Solves get a small limit: a plan within
it, if only today's stock carried on, is what they promise.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from command import process, run
from typer.core import TyperGroup

import aumaq
from aumaq import cli, help_pages

ROOT = Path(__file__).parents[2]
OWN_TEST = ROOT / "docs" / "first-half-hour.md"
"""Its commands need the edits between them: tests/app/test_first_half_hour.py."""
PAGES = [ROOT / "README.md", *sorted({*(ROOT / "docs").glob("*.md")} - {OWN_TEST})]
LIMITS = {"solve": 4, "sweep": 3, "coordination": 15, "futures": 15, "fairest": 20}
"""Command -> seconds that it gets here, whatever the page says."""
SWEPT = "managed,inertial+dear+tight"
"""Of the eighteen scenarios of Kazakhstan those that a page without a choice gets here.
"""
WRITES = ("--out", "--store")
"""What a later command of the page may read."""
PLACEHOLDER = re.compile(r"\[|\b[A-Z]{3,}\b|tcp://")
"""In commands that show a form and name nothing that there is."""
OWN_SCENARIOS = """
[[scenarios]]
scenario = "high"

[[variants]]
variant = "dear"
axis = "prices"
capex_factor = 1.5
"""

OWN_PLACES = "name,population,lon,lat\nA,900,70.0,50.0\nB,400,70.2,50.0\n"
OWN_ROAD = {
    "type": "FeatureCollection",
    "features": [{
        "type": "Feature", "properties": {},
        "geometry": {"type": "LineString", "coordinates": [[70, 50], [70.2, 50]]},
    }],
}  # fmt: skip


def commands(page: Path) -> list[str]:
    """Return the command lines in the code blocks of a page, comments cut off."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    lines = [line.split(" #")[0].strip() for line in "\n".join(blocks).split("\n")]
    found = [line for line in lines if re.match(r"(AUMAQ_LANG=\w+ )?aumaq ", line)]
    return [line for line in dict.fromkeys(found) if not PLACEHOLDER.search(line)]


def test_the_readme_names_the_commands_without_json() -> None:
    """All others print one document."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(
        r"`--json` prints one JSON document.*?\((.*?)\)", text, re.DOTALL
    )
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    without = {
        name
        for name, command in group.commands.items()
        if not any("--json" in option.opts for option in command.params)
    }
    assert set(re.findall(r"`(\w+)`", told)) == without


def limited(words: list[str]) -> list[str]:
    """Return a command with the limit that it gets here."""
    seconds = next((LIMITS[word] for word in words if word in LIMITS), None)
    if seconds is None or "--help" in words:
        return words
    if "--time-limit" in words:
        k = words.index("--time-limit")
        words = words[:k] + words[k + 2 :]
    if "sweep" in words and {"kazakhstan", "west-kazakhstan"} & {*words}:
        words += [] if "--scenarios" in words else ["--scenarios", SWEPT]
    return [*words, "--time-limit", str(seconds), "--quiet"]


def tried(page: Path) -> list[str]:
    """Return the commands of a page, without long ones that an earlier page tells."""
    earlier = {line for one in PAGES[: PAGES.index(page)] for line in commands(one)}
    return [
        line
        for line in commands(page)
        if line not in earlier
        or not {*LIMITS} & {*line.split()}
        or any(word in line for word in WRITES)
    ]


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the plans, runs and the territory that pages speak of."""
    at = tmp_path_factory.mktemp("documented")
    stored = ("--store", "runs.duckdb")
    for words in (
        ("solve", "tiny", "--out", "runs/kz", *stored),
        ("solve", "tiny", "--out", "runs/kz2", *stored),
        ("solve", "west-kazakhstan", "--out", "runs/west"),
        ("sweep", "tiny", "--out", "runs/sweep"),
    ):
        done = process(*limited([*words]), folder=at)
        assert done.returncode == 0, done.stderr
    for name in ("a", "b"):
        shutil.copytree(at / "runs" / "kz", at / "runs" / name)
    return at


OWN_NETWORK = """?SNDlib native format; type: network; version: 1.0
NODES (
  A ( 71.4 51.1 )
  B ( 73.1 49.8 )
  C ( 72.0 50.5 )
)
LINKS (
  AB ( A B ) 0.00 0.00 2.00 1.00 ( 5.00 10.00 )
  CA ( C A ) 4.00 1.00 0.00 0.00 ( 3.00 2.00 )
)
DEMANDS (
  d1 ( A B ) 1 7.00 UNLIMITED
  d2 ( A C ) 1 2.00 UNLIMITED
)
"""
"""A network as SNDlib writes it."""


def write_classic_files(at: Path) -> None:
    """Write small files with the names that the page of classic problems uses."""
    ring = [f"{k} {k % 9 + 1} {k + 1}" for k in range(1, 10)]
    (at / "pmed1.txt").write_text("\n".join(["9 9 2", *ring]), encoding="utf-8")
    points = [f"{k + 1} {37 * k % 101} {53 * k % 97}" for k in range(60)]
    head = ["NAME : rl1304", "TYPE : TSP", "DIMENSION : 60",
            "EDGE_WEIGHT_TYPE : EUC_2D", "NODE_COORD_SECTION"]  # fmt: skip
    text = "\n".join([*head, *points, "EOF"])
    (at / "rl1304.tsp").write_text(text, encoding="utf-8")
    pairs = [
        f"c{a},s{b},{1500 * abs(a - b)},{a + 1}" for a in range(9) for b in range(6)
    ]
    text = "\n".join(["client,site,distance,weight", *pairs])
    (at / "costs.csv").write_text(text, encoding="utf-8")
    (at / "chain.json").write_text(json.dumps(chain_of_plants()), encoding="utf-8")


def chain_of_plants() -> dict[str, Any]:
    """Return one product, one centre and one plant, as RELOG writes them."""
    place = {"latitude (deg)": 50.0, "longitude (deg)": 70.0}
    paid = ("opening cost ($)", "fixed operating cost ($)",
            "variable operating cost ($/tonne)")  # fmt: skip
    sizes = {"20": dict.fromkeys(paid, 3.0)}
    amounts = {"mine": {**place, "amount (tonne)": [10.0, 12.0]}}
    product = {"transportation cost ($/km/tonne)": 0.1, "initial amounts": amounts}
    locations = {"here": {**place, "capacities (tonne)": sizes}}
    return {
        "parameters": {"time horizon (years)": 2},
        "products": {"ore": product},
        "plants": {"mill": {"input": "ore", "locations": locations}},
    }


def own(page: Path, things: Path, folder: Path) -> Path:
    """Return a copy of the things without what the page makes itself."""
    at = Path(shutil.copytree(things, folder / "at"))
    for made in re.findall(r"--out (runs/\w+)", "\n".join(commands(page))):
        shutil.rmtree(at / made, ignore_errors=True)
    if page.stem == "files":
        (at / "network.txt").write_text(OWN_NETWORK, encoding="utf-8")
    if page.stem == "classic":
        write_classic_files(at)
    if page.stem == "futures":
        assert process("new", "mine", "--with", "all", folder=at).returncode == 0
        settings = at / "mine" / "instance.toml"
        text = settings.read_text(encoding="utf-8").replace('"base"', '"low"')
        settings.write_text(text + OWN_SCENARIOS, encoding="utf-8")
    return at


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_of(page: Path, things: Path, tmp_path: Path) -> None:
    """Each command ends with exit code 0, in the order of the page."""
    folder, failed = own(page, things, tmp_path), []
    begin = process if page.stem == "README" else run
    runs = aumaq.Store(folder / "runs.duckdb").runs()["run_id"].tolist()
    for line in tried(page):
        shorts = dict.fromkeys(re.findall(r"duckdb:(\w+)", line))
        words = line
        for k, short in enumerate(shorts):
            words = words.replace(f"duckdb:{short}", f"duckdb:{runs[k]}")
        setting, _, rest = words.partition("aumaq ")
        language = ["--lang", setting.strip().split("=")[1]] if setting else []
        done = begin(*language, *limited(shlex.split(rest)), folder=folder)
        if done.returncode:
            failed.append(f"{line}: {done.returncode}: {done.stderr[-300:]}")
    assert not failed, "\n".join(failed)


NEEDS_FILES = ("bench", "demo")
"""Commands whose examples need the folders of public files, or the time of the country.
"""


@pytest.mark.slow
def test_examples_of_help_run(things: Path, tmp_path: Path) -> None:
    """Each example that the help of a command shows ends with exit code 0."""
    failed = []
    aumaq.write(aumaq.read("tiny"), things / "mine.xlsx")
    (things / "places.csv").write_text(OWN_PLACES, encoding="utf-8")
    (things / "list.csv").write_text(
        OWN_PLACES.replace("population", "POP").replace("name", "NAME"),
        encoding="utf-8",
    )
    (things / "roads.geojson").write_text(json.dumps(OWN_ROAD), encoding="utf-8")
    for name, lines in help_pages.EXAMPLES.items():
        for k, line in enumerate(lines if name not in NEEDS_FILES else ()):
            folder = Path(shutil.copytree(things, tmp_path / f"{name}-{k}"))
            done = run(*limited(shlex.split(line)[1:]), folder=folder)
            if done.returncode:
                failed.append(f"{line}: {done.returncode}: {done.stderr[-300:]}")
    assert not failed, "\n".join(failed)


def test_pages_name_commands() -> None:
    """The pages are read: a form of theirs that is not found tests nothing."""
    found = [line for page in PAGES for line in commands(page)]
    for word in ("coordination", "futures", "report", "plot", "convert", "runs"):
        assert any(f"aumaq {word} " in line for line in found)
