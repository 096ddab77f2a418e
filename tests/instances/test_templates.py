"""Short templates: a list of places is enough, and what is made is what is said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from command import run
from hypothesis import given, settings
from hypothesis import strategies as st

import aumaq
from aumaq.instances import SHIPPED_FOLDER, InstanceError
from aumaq.instances.access.options import EARTH_RADIUS_KM
from aumaq.instances.formats.norms import NORMS, norms
from aumaq.instances.formats.template import template_tables, write_template
from aumaq.instances.formats.template_parts import ALL, PARTS, tables_of
from aumaq.instances.language.words import LANGUAGES
from aumaq.instances.schema.choices import choice_words
from aumaq.instances.schema.tables import BY_NAME
from aumaq.instances.schema.titles import title_of
from aumaq.instances.straight_lines import STRAIGHT_KMH


def places(count: int, seed: int) -> pd.DataFrame:
    """Return a list of places as a planner has one."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "settlement": [f"p{k}" for k in range(count)],
            "name": [f"Place {k}" for k in range(count)],
            "kind": ["town", *["village"] * (count - 1)],
            "region": "R",
            "lat": (49.0 + rng.random(count)).round(6),
            "lon": (68.0 + 1.5 * rng.random(count)).round(6),
            "population": rng.integers(150, 6000, count),
        }
    )


def apart_km(rows: pd.DataFrame) -> np.ndarray:
    """Return great circles between all places, by the formula of haversines."""
    lat, lon = np.radians(rows["lat"].to_numpy()), np.radians(rows["lon"].to_numpy())
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))


def test_each_table_is_in_a_part() -> None:
    """A planner can ask for every table; the shortest template has seven."""
    assert {name for tables in PARTS.values() for name in tables} == set(BY_NAME)
    assert len(tables_of(["services"])) == 7
    assert tables_of([ALL]) == list(BY_NAME)


@pytest.mark.few(8)
@pytest.mark.parametrize("part", PARTS)
def test_each_template_is_valid(part: str) -> None:
    """As it stands, with norms and without."""
    for country in ("", "kz"):
        instance = aumaq.from_tables(template_tables([part], country))
        assert len(instance.table("sites"))


@pytest.mark.slow
@given(st.integers(1, 13), st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_any_places_travel_in_straight_lines(count: int, seed: int) -> None:
    """Few places: minutes are those of the straight line times 1.3, by hand."""
    rows = places(count, seed)
    tables = {**template_tables(["services"]), "settlements": rows}
    instance = aumaq.from_tables(tables)
    options = instance.access("school")
    minutes = apart_km(rows) * 1.3 / STRAIGHT_KMH * 60.0
    i, j = options["i"].to_numpy(), options["j"].to_numpy()
    np.testing.assert_allclose(options["minutes"], minutes[i, j], atol=2e-3)
    assert len(options) == max((minutes <= 40.0).sum(), count)


def test_many_places_travel_little_longer() -> None:
    """Of many places all are joined, by ways hardly longer than straight."""
    rows = places(150, 5)
    rows.loc[1, ["lat", "lon"]] = rows.loc[0, ["lat", "lon"]]  # two at one point
    tables = {**template_tables(["services"]), "settlements": rows}
    tables["services"] = tables["services"].assign(cutoff_minutes=1000.0)
    options = aumaq.from_tables(tables).access("school")
    assert len(options) == len(rows) ** 2
    i, j = options["i"].to_numpy(), options["j"].to_numpy()
    straight = apart_km(rows)[i, j] * 1.3 / STRAIGHT_KMH * 60.0
    ratio = (options["minutes"].to_numpy() + 0.01) / (straight + 0.01)
    assert ratio.min() > 0.99
    assert ratio.mean() < 1.01
    assert np.quantile(ratio, 0.99) < 1.05
    assert ratio.max() < 1.25


def test_what_is_made_is_told() -> None:
    """Straight roads are flagged row by row, and both are warned of."""
    instance = aumaq.from_tables(template_tables(["services"]))
    links = instance.table("road_links")
    assert links["is_synthetic"].all()
    assert links["source"].str.contains("straight line times 1.3").all()
    told = " ".join(str(problem.message) for problem in instance.warnings)
    assert "straight lines" in told
    assert "every service may stand in every settlement" in told


def test_made_sites_have_room_for_their_own_people() -> None:
    """By hand: 1,000 people, half of them users, schools of 100 filled to 0.8.

    500 users times 1.2 need 750 places: 8 schools of 100, or the 2 of 50 that stand and
    7 more. Fewer than 50 people may not have the larger level.
    """
    tables = template_tables(["services"])
    rows = places(3, 1).assign(population=[1000, 1000, 40])
    names = rows["settlement"].tolist()
    groups = [{"group": "g", "share_urban": 0.5, "share_rural": 0.25}]
    service = {"service": "s", "group": "g", "max_use_share": 0.8}
    levels = pd.DataFrame(
        [
            {"service": "s", "level": 1, "capacity": 50, "min_population": 0},
            {"service": "s", "level": 2, "capacity": 100, "min_population": 50},
        ]
    ).assign(capex_mln=1, opex_mln_per_year=1)
    stands = [{"service": "s", "site": names[1], "level": 1, "units": 2}]
    tables |= {
        "settlements": rows,
        "groups": pd.DataFrame(groups),
        "services": tables["services"].iloc[:1].assign(**service),
        "levels": levels,
        "facilities": pd.DataFrame(stands),
    }
    sites = aumaq.from_tables(tables).table("sites").set_index("site")
    assert sites.loc[names, "max_units"].tolist() == [8, 2 + 7, 1]
    assert sites.loc[names, "status"].tolist() == ["candidate", "existing", "candidate"]


def test_nothing_is_made_unasked() -> None:
    """An instance that does not ask for it lacks what it lacks."""
    tables = template_tables(["services"])
    tables["instance"] = tables["instance"].assign(fill_missing=False)
    with pytest.raises(InstanceError, match="table sites is missing"):
        aumaq.from_tables(tables)


@pytest.mark.slow
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_workbook_takes_words_of_its_language(tmp_path: Path, code: str) -> None:
    """Thirteen places, kinds by the words of the list, are the same in any language."""
    path, rows = tmp_path / "m.xlsx", places(13, 3)
    assert len(write_template(path, lang=code)) == 7
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 8  # one is the guide
    sheet = book[title_of("settlements", code)]
    kinds = BY_NAME["settlements"].column("kind").choices
    words = dict(zip(kinds, choice_words(kinds, code), strict=True))
    rule = sheet.data_validations.dataValidation[0]
    assert rule.formula1 == f'"{",".join(words.values())}"'
    rows["kind"] = rows["kind"].map(words)
    for k, row in enumerate(rows.itertuples(index=False), start=2):
        for c, cell in enumerate(row, start=1):
            sheet.cell(k, c, cell)
    book.save(path)
    instance = aumaq.read(path)
    tables = {**template_tables(["services"]), "settlements": places(13, 3)}
    assert instance == aumaq.from_tables(tables)
    assert aumaq.read(aumaq.write(instance, tmp_path / "all.xlsx", code)) == instance


def test_a_folder_explains_itself(tmp_path: Path) -> None:
    """Comments above the header are passed over; rows are those of an editor."""
    folder = tmp_path / "f"
    write_template(folder, ["roads", "standards"], "ru", "kz", ["school"])
    lines = (folder / "settlements.csv").read_text("utf-8").splitlines()
    header = next(k for k, line in enumerate(lines) if line.startswith("settlement,"))
    assert header > 5
    assert all(line.lstrip('"').startswith("# ") for line in lines[:header])
    assert aumaq.read(folder).service_names == ("school",)
    lines[header + 1] = lines[header + 1].replace("4000", "many")
    (folder / "settlements.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises(InstanceError) as caught:
        aumaq.read(folder)
    assert [problem.row for problem in caught.value.problems] == [header + 2]


def test_norms_are_those_of_the_country() -> None:
    """Row by row what the shipped instance says, and flagged as such."""
    found = norms("kz")
    shipped = SHIPPED_FOLDER / NORMS["kz"]
    for name in ("levels", "standards"):
        rows = pd.read_csv(shipped / f"{name}.csv", keep_default_na=False)
        rows = rows[rows["service"].isin(found["services"]["service"])]
        shown = [column for column in found[name] if column != "source"]
        pd.testing.assert_frame_equal(
            found[name][shown], rows[shown].reset_index(drop=True), check_dtype=False
        )
    for name in ("groups", "services", "levels", "standards", "road_classes"):
        assert found[name]["source"].str.startswith("instance kazakhstan").all()


@pytest.mark.slow
def test_from_a_template_to_the_page(tmp_path: Path) -> None:
    """The commands; names that do not exist are listed, and nothing is written."""
    for words, known in (
        (("--with", "services,cats"), "roads"),
        (("--norms", "us"), "kz"),
        (("--norms", "kz", "--services", "zoo"), "primary_care"),
    ):
        done = run("new", "no.xlsx", *words, folder=tmp_path)
        assert done.returncode == 2
        assert known in done.stderr
        assert not list(tmp_path.iterdir())
    done = run("new", "m", "--with", "services,money", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    places(13, 1).to_csv(tmp_path / "m" / "settlements.csv", index=False)
    done = run("plan", "m", "--json", "--quiet", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["verified"]
    assert record["gap"] <= 0.01
    page = (tmp_path / "m-plan.html").read_text("utf-8")
    assert "Place 3" in page
