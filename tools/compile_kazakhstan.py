"""Compile the shipped Kazakhstan instances from the folder of source tables.

    python tools/compile_kazakhstan.py FOLDER [NAME ...]

Same input, same bytes. Rules are described in each instance's README.md, which this
script writes too.
"""

from __future__ import annotations

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import kz_country
import kz_facilities
import kz_grid
import kz_history
import kz_networks
import kz_population
import kz_roads
import kz_rules
import kz_services as kz
import numpy as np
import pandas as pd
import tomli_w
from kz_connections import connections
from kz_indicators import indicators
from kz_names import latin_names
from kz_outlines import outlines
from kz_readme import readme
from scipy.spatial import cKDTree

DATA = Path(__file__).parent.parent / "instances" / "data"
PERIODS = [("2026-30", 2026), ("2031-35", 2031), ("2036-40", 2036)]
KINDS = {"г": "city", "п": "town"}
BIG = 5000
REMOTE_KM = 50.0
BORDER_KM = 25.0
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Spec:
    """One instance to compile."""

    name: str
    title: str
    settlements: str
    roads: str
    networks: ModuleType | None = None
    has_road_works: bool = False
    has_rules: bool = False


SPECS = (
    Spec("west-kazakhstan", "West Kazakhstan region in detail",
         "oblast_wko_settlements.csv", "oblast_wko_roads.csv", networks=kz_networks,
         has_road_works=True),
    Spec("kazakhstan", "Kazakhstan: cities, towns and district centres",
         "settlements_small.csv", "roads_small.csv", networks=kz_grid,
         has_road_works=True, has_rules=True),
    Spec("kazakhstan-full", "Kazakhstan: all official settlements",
         "settlements_full.csv", "roads_full.csv", networks=kz_country,
         has_road_works=True),
)  # fmt: skip


def sphere_km(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return points in space, km, whose chords are close to ground distances."""
    a, b = np.radians(lat), np.radians(lon)
    return EARTH_KM * np.column_stack(
        [np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)]
    )


def settlements(source: Path, spec: Spec, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the table of settlements with derived flags."""
    raw = pd.read_csv(source / spec.settlements, dtype={"kato": str})
    region = codes.set_index("name_en")["code"]
    frame = pd.DataFrame(
        {
            "settlement": "K" + raw["kato"],
            "name": raw["name_ru"],
            "name_en": latin_names(
                raw["name_kk"].fillna(""), raw["name_ru"], raw["type"] == "г"
            ),
            "name_kk": raw["name_kk"].fillna(""),
            "name_ru": raw["name_ru"],
            "kind": raw["type"].map(KINDS).fillna("village"),
            "region": raw["admin1"].map(region),
            "district": raw["admin2"].fillna(""),
            "lat": raw["lat"],
            "lon": raw["lon"],
            "population": raw["population"].round().astype(int),
            "coord_source": raw["coord_source"],
            "pop_source": raw["pop_source"],
        }
    )
    assert frame["region"].notna().all(), set(raw["admin1"]) - set(region.index)
    minutes = 3.0 + 2.0 * np.sqrt(frame["population"] / 10_000)
    frame["internal_minutes"] = minutes.clip(upper=25.0).round(1)
    points = sphere_km(frame["lat"].to_numpy(), frame["lon"].to_numpy())
    big = (frame["population"] >= BIG).to_numpy()
    far, _ = cKDTree(points[big]).query(points)
    frame["is_remote"] = far > REMOTE_KM
    frame["is_border"] = border_km(source, points) <= BORDER_KM
    largest = frame.groupby("region")["population"].transform("max")
    frame["is_growth_point"] = frame["population"] == largest
    frame["agglomeration"] = kz_population.agglomerations(frame, points)
    frame["is_synthetic"] = raw["coord_source"].str.startswith("synthetic") | (
        raw["pop_source"] == "synthetic"
    )
    return frame


def regions(codes: pd.DataFrame) -> pd.DataFrame:
    """Return names and areas of regions."""
    frame = codes.rename(columns={"code": "region"})
    frame = frame[["region", "name_en", "name_kk", "name_ru", "area_km2"]]
    frame.insert(1, "name", frame["name_en"])
    # The list has the Russian name that the city had until 1993, and a Latin i.
    frame["name_ru"] = frame["name_ru"].replace("Чимкент", "Шымкент")
    frame["name_kk"] = frame["name_kk"].str.replace("i", "і")
    return frame


def border_km(source: Path, points: np.ndarray) -> np.ndarray:
    """Return km to the national outline (coast of the Caspian included)."""
    from shapely import get_coordinates, segmentize
    from shapely.geometry import shape
    from shapely.ops import unary_union

    outlines = json.loads((source / "adm1_simplified.geojson").read_text("utf-8"))
    shapes = [shape(f["geometry"]).buffer(0.02) for f in outlines["features"]]
    union = unary_union(shapes)
    parts = getattr(union, "geoms", [union])
    outer = max(parts, key=lambda part: part.area).exterior
    line = get_coordinates(segmentize(outer, 0.02))
    away, _ = cKDTree(sphere_km(line[:, 1], line[:, 0])).query(points)
    return away


def roads(
    source: Path, spec: Spec, places: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nodes and links; a settlement's node has the settlement's code.

    What is real is said by the source tables, link by link, not by the class.
    """
    links = pd.read_csv(source / spec.roads, dtype={"from": str, "to": str})
    known = set(places["settlement"].str[1:])

    def code(cells: pd.Series) -> pd.Series:
        return cells.where(~cells.isin(known), "K" + cells)

    table = pd.DataFrame(
        {
            "from_node": code(links["from"]),
            "to_node": code(links["to"]),
            "length_km": links["length_km"],
            "road_class": links["class"],
            "road": links["road"].fillna(""),
            "share_synthetic": synthetic_share(links),
            "is_synthetic": links["is_synthetic"],
            "source": links["source"],
        }
    )
    pairs = [frozenset(ends) for ends in table[["from_node", "to_node"]].to_numpy()]
    assert len(set(pairs)) == len(pairs), "a pair of nodes occurs twice"
    used = pd.unique(pd.concat([table["from_node"], table["to_node"]]))
    rest = pd.read_csv(source / "road_nodes_full.csv", dtype={"node": str})
    own = places[["settlement", "lat", "lon"]].rename(columns={"settlement": "node"})
    nodes = pd.concat([own, rest[["node", "lat", "lon"]]]).drop_duplicates("node")
    nodes = nodes[nodes["node"].isin(used)].reset_index(drop=True)
    assert len(nodes) == len(used), set(used) - set(nodes["node"])
    return nodes, table


def road_distances(source: Path) -> pd.DataFrame:
    """Return known distances between cities, by settlement; a name is its largest's."""
    known = pd.read_csv(source / "road_distances_known.csv")
    places = pd.read_csv(source / "settlements_small.csv", dtype={"kato": str})
    places = places.sort_values("population")
    code = dict(zip(places["name_ru"], "K" + places["kato"], strict=True))
    ends = {
        f"{end}_settlement": known[f"{end}_name"].map(code) for end in ("from", "to")
    }
    assert not pd.DataFrame(ends).isna().any(axis=None)
    return known[["from_name", "to_name"]].assign(
        **ends, **known[["km", "tolerance", "source", "used_in_build"]]
    )


def synthetic_share(links: pd.DataFrame) -> pd.Series[float]:
    """Return which share of each link runs on synthetic local roads.

    A link of the small table is a way over many: it says so; others are one road.
    """
    if "share_local" in links:
        return links["share_local"]
    return (links["source"].str.startswith("SYNTHETIC")).astype(float)


def document(spec: Spec) -> dict[str, object]:
    """Return ``instance.toml`` as a document."""
    return {
        "instance": {
            "name": spec.name,
            "title": spec.title,
            "description": "Settlements, people and main roads are real where the"
            " tables say so; today's facilities, local roads and some people are"
            " estimates. See README.md.",
            "currency": "KZT",
            "base_year": 2026,
            "source": "see README.md and LICENCES.md",
        },
        "policies": {"discount_rate": 0.08, "value_of_time_per_hour": 900.0},
        "periods": [
            {"period": name, "first_year": first, "years": 5} for name, first in PERIODS
        ],
        "scenarios": [
            {"scenario": "inertial", "title": "Trends continue"},
            {"scenario": "managed", "title": "Growth is steered"},
        ],
        "variants": kz_population.VARIANTS
        + (kz_rules.VARIANTS if spec.has_rules else []),
        "groups": [
            kz_population.PUPILS,
            {"group": "all", "title": "All inhabitants", "share_urban": 1.0,
             "share_rural": 1.0, "source": "all"},
        ],
        "services": kz.SERVICES + (spec.networks.SERVICES if spec.networks else []),
        **({"networks": spec.networks.NETWORKS} if spec.networks else {}),
    }  # fmt: skip


def budgets(places: pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """Return the limit on investment of each period."""
    share, covered = kz.BUDGET_MLN_PER_PERSON_YEAR, ["schools", "health"]
    if spec.networks:
        share += kz.NETWORK_BUDGET_MLN_PER_PERSON_YEAR
        covered += ["power", "water"]
    if spec.has_road_works:
        share += kz.ROAD_BUDGET_MLN_PER_PERSON_YEAR
        covered.append("roads")
    title = f"Public investment in {', '.join(covered[:-1])} and {covered[-1]}"
    amount = places["population"].sum() * share * 5
    rows = [("investment", name, round(amount, -2)) for name, _ in PERIODS]
    frame = pd.DataFrame(rows, columns=["budget", "period", "amount_mln"])
    return frame.assign(
        title=title,
        covers="investment",
        is_hard=True,
        source=f"assumption: {share * 1e6:,.0f} KZT a year per inhabitant",
    )


def compile_one(
    source: Path, spec: Spec, codes: pd.DataFrame, distances: pd.DataFrame
) -> None:
    """Write one instance folder anew."""
    places = settlements(source, spec, codes)
    tables, counts = tables_of(source, spec, codes, places)
    ends = distances[["from_settlement", "to_settlement"]]
    counts["known"] = int(ends.isin(set(places["settlement"])).all(axis=1).sum())
    folder = DATA / spec.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    text = tomli_w.dumps(document(spec))
    (folder / "instance.toml").write_text(text, encoding="utf-8")
    shapes = json.dumps(outlines(source, codes, places), separators=(",", ":"))
    (folder / "outlines.geojson").write_text(shapes, encoding="utf-8")
    (folder / "README.md").write_text(
        readme(spec.name, spec.title, tables, counts), encoding="utf-8"
    )


def tables_of(
    source: Path, spec: Spec, codes: pd.DataFrame, places: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], dict[str, int]]:
    """Return the tables of an instance, and counts of connections for its readme."""
    nodes, links = roads(source, spec, places)
    has_node = places["settlement"].isin(nodes["node"])
    places.insert(10, "node", places["settlement"].where(has_node, ""))
    places["centre_of"] = kz_history.seats(places)
    used = set(places["region"])
    people = kz_population.tables(source, places)
    graph = kz_roads.Map(places, nodes, links)
    today = kz_facilities.stock(source, places, graph)
    last_year = PERIODS[-1][1] + 5
    growth = kz_facilities.most_growth(places, people["population_totals"], last_year)
    tables = {
        "settlements": places,
        "regions": regions(codes[codes["code"].isin(used)]),
        **people,
        "region_history": kz_history.history(source, codes, used),
        "districts": kz_history.districts(source, codes, places),
        "levels": kz.levels(),
        "sites": kz_facilities.sites(places, today, growth, graph),
        "facilities": kz_facilities.with_renewals(today),
        "standards": pd.DataFrame(kz.STANDARDS),
        "referrals": pd.DataFrame(kz.REFERRALS),
        "budgets": budgets(places, spec),
        "road_nodes": nodes,
        "road_links": links,
    }
    counts: dict[str, int] = {}
    if spec.has_road_works:
        tables |= kz_roads.upgrades(spec.name, places, nodes, links)
        tables["connections"], counts = connections(spec.name, tables)
    tables["road_classes"] = kz_roads.classes(tables)
    if spec.networks:
        for name, rows in spec.networks.networks(source, places).items():
            known = [tables[name]] if name in tables else []
            tables[name] = pd.concat([*known, rows], ignore_index=True)
        tables["levels"] = tables["levels"].fillna(0.0)
        for name, column in (("sites", "max_level"), ("facilities", "renew_by_year")):
            tables[name][column] = tables[name][column].fillna(0).astype(int)
    if spec.has_rules:
        tables |= kz_rules.tables(source, tables)
    return tables | indicators(source, spec.name, tables), counts


def main() -> None:
    """Compile all instances."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="folder of source tables")
    parser.add_argument("only", nargs="*", help="names of instances; all if none")
    given = parser.parse_args()
    source = given.source
    codes = pd.read_csv(source / "region_codes.csv", dtype={"kato": str})
    distances = road_distances(source)
    distances.to_csv(DATA / "road_distances.csv", index=False, lineterminator="\n")
    for spec in SPECS:
        if given.only and spec.name not in given.only:
            continue
        compile_one(source, spec, codes, distances)
        print(f"{spec.name}: written to {DATA / spec.name}")


if __name__ == "__main__":
    main()
