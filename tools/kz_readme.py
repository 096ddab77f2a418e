"""The README.md of each Kazakhstan instance: what is real and what is not, counted."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import kz_facilities
import kz_grid
import kz_land
import kz_roads
import kz_rules
import kz_services
import pandas as pd
from kz_connections import LIMITS

GRID_PARTS = {"kazakhstan-full": "kz_readme_country.md"}
"""Parts on power and water that are not ``kz_readme_grid.md``."""
NEW = (
    "New links join places nearer than 25 km that are more than twice as far by road;"
    " such a gap may be one of the data."
)


KNOWN = (
    " Ways between cities differ from {known} known distances"
    " (`../road_distances.csv`, approximate public figures) by 12 % at most:"
    " `tools/kz_check_roads.py`."
)
OF_ROADS = (
    "**Roads** (columns `source`, `road`, `share_synthetic`): {osm} of the links are"
    " real main roads (chords, lengthened or scaled to the known length of the road;"
    " {osm_km} km); {known_course} are estimates: highways of known course, drawn"
    " straight between the places that they pass, of approximate length, partly beside"
    " the former, and joins ({known_course_km} km); {synthetic} are synthetic local"
    " roads ({synthetic_km} km)."
)
OF_WAYS = (
    "**Roads** (columns `source`, `road`, `share_synthetic`): each link is a way over"
    " several roads of `kazakhstan-full`; {osm} run mostly on real main roads,"
    " {known_course} mostly on highways of known course and approximate length (an"
    " estimate, says `source`), and {synthetic} mostly on synthetic local roads"
    " (`is_synthetic`)."
)


def _of_roads(links: pd.DataFrame, known: int) -> str:
    """Return how many links are real, of known course, synthetic; and how well."""
    source, km = links["source"], links["length_km"]
    kinds = {
        "synthetic": source.str.contains("SYNTHETIC|synthetic"),
        "osm": source.str.contains("OSM"),
    }
    kinds["known_course"] = ~kinds["synthetic"] & ~kinds["osm"]
    counts = {name: int(own.sum()) for name, own in kinds.items()}
    lengths = {f"{name}_km": f"{km[own].sum():,.0f}" for name, own in kinds.items()}
    is_way = source.str.startswith("path").all()
    text = (OF_WAYS if is_way else OF_ROADS).format(**counts, **lengths)
    return fill(text + KNOWN.format(known=known) * (known > 1), 88)


def section(name: str) -> str:
    """Return the template of a part of the readme, filled in later."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def readme(
    name: str, title: str, tables: dict[str, pd.DataFrame], counts: dict[str, int]
) -> str:
    """Return the whole text.

    *counts*: ``known`` distances between cities, connections by what they need.
    """
    text = _first(title, tables, counts.pop("known"))
    if "road_upgrades" in tables:
        text += _roads(name, tables, counts)
    if "network_nodes" in tables:
        text += _networks(name, tables)
    if "zones" in tables:
        text += _land(tables) + _rules(tables["overrides"])
    return text


def _first(title: str, tables: dict[str, pd.DataFrame], known: int) -> str:
    places, today = tables["settlements"], tables["facilities"]
    links = tables["road_links"]
    schools = today.loc[today["service"] == "school", "units"].sum()
    return section("kz_readme.md").format(
        title=title,
        settlements=len(places),
        people=f"{places['population'].sum():,}",
        estimated=int(places["is_synthetic"].sum()),
        links=len(links),
        roads=_of_roads(links, known),
        schools=int(schools),
        pupils=kz_facilities.pupils_per_person(),
        fare=kz_services.FARE,
        credit=kz_services.CREDIT,
        remote=int(places["is_remote"].sum()),
        border=int(places["is_border"].sum()),
    )


def _roads(
    name: str, tables: dict[str, pd.DataFrame], connected: dict[str, int]
) -> str:
    built, all_works = tables["road_upgrades"], kz_roads.WORKS[name]
    limits = LIMITS[name]
    is_new = built["upgrade"].str.startswith("new")
    rules = "each district's largest place reaches its region's within"
    rules += f" {limits.centre_minutes:.0f} minutes"
    if limits.village_minutes:
        rules += f", each other place of {limits.village_people:,} people its"
        rules += f" district's within {limits.village_minutes:.0f}"
    joined = " " + NEW if is_new.any() else ""
    new = f" and {is_new.sum()} new links" if is_new.any() else ""
    text = section("kz_readme_roads.md").format(
        corridors=int((~is_new).sum()),
        new=new,
        joined=joined,
        links=len(tables["road_upgrade_links"]),
        synthetic=int(built["is_synthetic"].sum()),
        capex=f"{built['capex_mln'].sum() / 1e3:,.0f}",
        prices="; ".join(f"{w.mln_per_km:.0f} mln a km ({w.price})" for w in all_works),
        today=_speeds([w.today for w in all_works]),
        later=_speeds([w.later for w in all_works]),
        rules=rules,
        **connected,
    )
    parts = text.strip().split("\n\n")
    return "\n" + "\n\n".join(fill(part, 88) for part in parts) + "\n"


def _speeds(road_classes: list[str]) -> str:
    """Return speeds of classes of road, dry (wet)."""
    speeds = [kz_roads.CLASSES[name][:2] for name in road_classes]
    return " and ".join(f"{dry:.0f} ({wet:.0f})" for dry, wet in speeds)


def _rules(overrides: pd.DataFrame) -> str:
    of = overrides.groupby("override", sort=False)["table"]
    named = {
        name: ", ".join(f"`{t}`" for t in dict.fromkeys(rows)) for name, rows in of
    }
    lines = [
        f"| `{v['variant']}` | {v['axis']} | {v['title']} |"
        f" {', '.join(named[part.strip()] for part in v['overrides'].split(';'))} |"
        for v in kz_rules.VARIANTS
    ]
    return section("kz_readme_rules.md").format(rows="\n".join(lines))


def _land(tables: dict[str, pd.DataFrame]) -> str:
    kinds = tables["zones"]["kind"]
    return section("kz_readme_land.md").format(
        areas=len(kinds),
        strict=int((kinds == "protected").sum()),
        regulated=int((kinds != "protected").sum()),
        yield_share=kz_land.YIELD,
        town=kz_land.TOWN_KM,
        buffer=kz_land.BUFFER_KM,
        room=f"{kz_land.ROOM - 1:.0%}",
        price=", ".join(f"{mln:g}" for mln in kz_land.CARBON_MLN),
        water=kz_land.YIELD_MLN,
    )


def _networks(name: str, tables: dict[str, pd.DataFrame]) -> str:
    today, links = tables["facilities"], tables["network_links"]
    counts = {
        "nodes": len(tables["network_nodes"]),
        "links": len(links),
        "steps": len(tables["link_upgrades"]),
    }
    if "industrial_loads" not in tables:
        plants = int((today["service"] == "power_plant").sum())
        return section("kz_readme_networks.md").format(plants=plants, **counts)
    sizes = tables["levels"].set_index(["service", "level"])["capacity"]
    plants = today[today["service"].isin(list(kz_grid.FIRM))]
    each = sizes[pd.MultiIndex.from_frame(plants[["service", "level"]])].to_numpy()
    firm = plants["units"] * each / 1000.0
    nameplate = firm / plants["service"].map(kz_grid.FIRM)
    industry = tables["industrial_loads"]["load"].sum() / 1000.0
    people = kz_grid.own_kw(tables["settlements"]).sum() / 1000.0
    text = section(GRID_PARTS.get(name, "kz_readme_grid.md")).format(
        plants=len(plants),
        nameplate=f"{nameplate.sum():,.0f}",
        firm=f"{firm.sum():,.0f}",
        hv=int(links["voltage_kv"].notna().sum()),
        stations=int((today["service"] == "substation").sum()),
        works=int((today["service"] == "water_works").sum()),
        off=int(
            (
                (links["network"] == "power")
                & (links["capacity"] == 0)
                & (links["station"].fillna("") == "")
            ).sum()
            - 1
        ),
        mains=int((links["network"] == "water").sum()),
        industry=len(tables["industrial_loads"]),
        people=f"{people:,.0f}",
        load=f"{industry:,.0f}",
        **counts,
    )
    return "\n" + text.strip() + "\n"
