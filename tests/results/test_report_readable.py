"""What a planner reads on the page: names instead of codes, figures that are true."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from eventful_plan import eventful
from golden_cases import land
from grid_example import grid_rows
from hypothesis import given
from hypothesis import strategies as st
from tiny_instances import tiny
from two_regions import two_regions

import aumaq
from aumaq.instances.language.texts import figure, say
from aumaq.instances.rules import rules_that_apply
from aumaq.instances.schema.fairness import GAPS
from aumaq.instances.schema.roads import CONNECTIONS
from aumaq.instances.schema.services import STANDARDS
from aumaq.results.comparison.text import texts
from aumaq.results.indicators.today import of_today
from aumaq.results.language import ENGLISH, LANGUAGES, Language
from aumaq.results.office import content
from aumaq.results.pages.polyglot import Polyglot
from aumaq.results.pages.territory import _upgrade_title, node_names, upgrade_titles
from aumaq.results.plan.figures import investment
from aumaq.results.plan.plan import Plan
from aumaq.results.plan.proof import proof
from aumaq.results.plan.summary import sentences, works_told
from aumaq.results.report.decision import decision
from aumaq.results.report.document import document
from aumaq.results.report.page import write_report
from aumaq.results.report.plan_folders import told_apart
from aumaq.results.report.road_origins import origin
from aumaq.results.report.running import order


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan that builds a line in one step; its nodes feed places by name."""
    return aumaq.solve(eventful(), gap=0.0)


@pytest.mark.slow
def test_the_list_of_actions_has_all_that_is_invested(plan: Plan) -> None:
    """Facilities, networks, roads and growth points: what the card says."""
    rows = document([plan], ENGLISH)["runs"][0]["tables"]["actions"]["rows"]
    assert {"Growth points", "Roads"} <= {row[0] for row in rows}
    assert sum(row[6] for row in rows) == pytest.approx(
        investment(plan, "period").sum()
    )


def twice_built(plan: Plan) -> Plan:
    """Return the plan with a second step of each line that it builds."""
    steps = plan.table("network_steps")
    both = pd.concat([steps, steps.assign(step=2)], ignore_index=True)
    return replace(plan, tables={**plan.tables, "network_steps": both})


def test_a_line_of_two_steps_is_one_line(plan: Plan) -> None:
    """The summary counts lines, not the steps in which they are built."""
    told = " ".join(sentences(twice_built(plan)))
    assert len(plan.table("network_steps")) == 1
    assert "1 line is built or widened for" in told


def test_nothing_is_said_of_what_is_not_built(plan: Plan) -> None:
    """No lines for 0 KZT, and no local supply."""
    steps, lang = plan.table("network_steps"), Language("en")
    assert works_told(plan, steps.iloc[:0], 0.0, lang) == "nothing is built"
    assert "local" not in works_told(plan, steps, 0.0, lang)
    only_local = works_told(plan, steps.iloc[:0], 5.0, lang)
    assert only_local == f"local supply is built for {lang.money(5.0, 'KZT')}"


@pytest.mark.slow
def test_lines_have_the_names_of_their_ends(plan: Plan) -> None:
    """No code of a link stands on the map, in the order of the works, among losses."""
    places = plan.instance.table("settlements").set_index("settlement")["name"]
    step = plan.table("network_steps").iloc[0]
    nodes = plan.instance.table("network_nodes").set_index(["network", "node"])
    ends = [
        nodes["settlement"].get((step["network"], step[end]), "")
        for end in ("from_node", "to_node")
    ]
    name = " – ".join(
        places.get(home) or nodes["name"].get((step["network"], step[end])) or step[end]
        for home, end in zip(ends, ("from_node", "to_node"), strict=True)
    )
    run = document([plan], ENGLISH)["runs"][0]
    assert name in {line[4] for layer in run["networks"] for line in layer["links"]}
    works = {row[3] for row in order(twice_built(plan), ENGLISH)["rows"]}
    assert {name, f"{name}, step 2"} <= works
    assert name in {row[1] for row in run["tables"]["actions"]["rows"]}
    assert f"{step['link']} 1" not in json.dumps(run, ensure_ascii=False)


@pytest.mark.slow
def test_the_map_of_today_has_the_lines_that_stand(plan: Plan) -> None:
    """With their capacity of today, also of a line that the plan widens; no flow."""
    rows = plan.instance.table("network_links")
    rows.loc[rows["link"] == "e1", "capacity"] = 5.0
    widened = replace(plan, instance=plan.instance.replace(network_links=rows))
    for found, standing in ((plan, {"e0"}), (widened, {"e0", "e1"})):
        own = found.instance.table("network_links")
        layer = document([found], ENGLISH)["runs"][0]["networks"][1]
        today = {own["link"][k]: (more, told) for k, *more, told, _ in layer["today"]}
        assert set(today) == standing
        for name, capacity in own.set_index("link")["capacity"].items():
            if name in standing:
                assert today[name] == ([0, 0.0], f"capacity {capacity:.1f} kW")


@pytest.mark.slow
def test_a_line_is_new_from_its_first_step_on() -> None:
    """A second step in a later period does not make it one that stands until then."""
    years = [{"period": f"p{k}", "first_year": 2026 + k, "years": 1} for k in (1, 2)]
    plan = aumaq.solve(tiny(**grid_rows(), periods=years), gap=0.0)
    steps = plan.table("network_steps").iloc[:1]
    both = pd.concat([steps.assign(step=k, period=f"p{k}") for k in (1, 2)])
    plan = replace(plan, tables={**plan.tables, "network_steps": both})
    (layer,) = document([plan], ENGLISH)["runs"][0]["networks"]
    isnew = [{k: new for k, new, *_ in states} for states in layer["periods"]]
    assert [states[1] for states in isnew] == [1, 1]


@pytest.mark.slow
def test_who_is_visited_at_home_has_no_way(plan: Plan) -> None:
    """The map and the lists of places count minutes as indicators and gains do."""
    (visit,) = plan.table("visits").to_dict("records")
    (service, *_) = document([plan], ENGLISH)["runs"][0]["services"]
    b = list(plan.instance.settlement_ids).index(visit["settlement"])
    (link,) = (link for link in service["periods"][0]["links"] if link[0] == b)
    _, _, share, minutes, demand, *_, home = link
    assert minutes == pytest.approx(visit["minutes"], abs=0.05)
    assert demand * home / share == pytest.approx(visit["demand"], abs=0.05)
    rows = plan.ways[plan.ways["settlement"] == visit["settlement"]]
    told = minutes * demand * (1.0 - home / share)
    assert told == pytest.approx(float(rows["minutes"] @ rows["demand"]), rel=0.01)
    assert len(plan.allocation[plan.allocation["settlement"] == "b"]) == 1


@pytest.mark.slow
def test_controls_say_what_the_page_shows(
    plan: Plan, browser: Any, tmp_path: Path
) -> None:
    """Also who comes back to the page: browsers fill in what was chosen before."""
    path = plan.to_html(tmp_path / "report.html")
    page = browser.new_page()
    page.goto(path.as_uri())
    page.select_option("#service", "1")
    page.goto("about:blank")
    page.go_back()
    page.wait_for_selector("#sentences li")
    chosen = page.locator("#service option:checked").inner_text()
    assert f"Service: {chosen}." in page.locator("#map-caption").text_content()
    page.close()


@given(st.floats(0.0, 1.0), st.integers(0, 3))
def test_at_most_is_never_less(share: float, digits: int) -> None:
    """A bound is rounded up: 1.119 % saved at most is not 'at most 1.1 %'."""
    told = float(ENGLISH.at_most(share, digits).strip("<>%"))
    assert 100.0 * share - 1e-6 <= told < 100.0 * share + 10.0**-digits + 1e-6


def test_at_most_by_hand() -> None:
    """What is a round number stays it."""
    assert ENGLISH.at_most(0.0111871, 1) == "1.2%"
    assert ENGLISH.at_most(0.01) == "1.00%"
    assert ENGLISH.at_most(0.0) == "0.00%"


@pytest.mark.slow
def test_ticks_differ_zones_are_told_places_show_colours(
    browser: Any, tmp_path: Path
) -> None:
    """Plans that hardly differ have no tick twice; the legend knows what is drawn."""
    plan = aumaq.solve(land(), gap=0.0)
    money = plan.table("money")
    dearer = money.assign(amount_mln=money["amount_mln"] + 1e-2)
    other = replace(plan, tables={**plan.tables, "money": dearer})
    path = tmp_path / "plans.html"
    write_report([plan, other], path)
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    for axis in ("middle", "end"):
        ticks = page.locator(f"#tradeoff text.{axis}:not(.axis)").all_text_contents()
        assert len(ticks) > 1
        assert len(set(ticks)) == len(ticks)
    legend = str(page.text_content("#legend"))
    kinds = {zone["kind"] for zone in document([plan], ENGLISH)["runs"][0]["zones"]}
    assert kinds
    assert all(kind in legend for kind in kinds)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kazakhstan", "west-kazakhstan"])
def test_shipped_names_are_of_the_language(name: str) -> None:
    """Nodes without a settlement, land zones, roads: none is in English."""
    instance = aumaq.read(name)
    zones = instance.tables["zones"]["title"]
    for code in ("ru", "kk"):
        lang = Language(code)
        told = [
            *node_names(instance, lang).values(),
            *upgrade_titles(instance, lang).values(),
            *map(lang.title, zones),
        ]
        assert [text for text in told if re.search("[A-Za-z]{3}", text)] == []
    roads = upgrade_titles(instance, ENGLISH)
    assert [text for text in roads.values() if re.search("[А-я]", text)] == []


def test_what_a_user_typed_stays() -> None:
    """A title that is not made of the ends of its road is told as it is."""
    places = {"Семей": "Semey", "Аксу": "Aksu"}
    told = {
        "Семей - Аксу, 12 km": "Semey – Aksu, 12 km",
        "new: Семей - main road, 9 km": "new: Semey – main road, 9 km",
        "Семей - Bridge, 12 km": "Семей - Bridge, 12 km",
        "Bypass": "Bypass",
    }
    for title, expected in told.items():
        assert _upgrade_title(title, places, ENGLISH) == expected


@pytest.mark.slow
def test_loads_have_units(plan: Plan) -> None:
    """Flows, capacities and losses are told with the unit of their network."""
    for code, units in {"en": ("kW", "m3/day"), "ru": ("кВт", "м³/сут")}.items():
        lang = Language(code)
        run = document([plan], lang)["runs"][0]
        assert {layer.get("unit", units[0]) for layer in run["networks"]} <= {*units}
        told = [
            state[3]
            for layer in run["networks"]
            if not layer.get("isRoads")
            for states in layer["periods"]
            for state in states
        ]
        assert told
        assert all(re.search("|".join(units), text) for text in told)
        for name in ("flows", "losses"):
            table = run["tables"][name]
            place = [c["title"] for c in table["columns"]].index(
                lang.tell(say("Measured in"))
            )
            assert {row[place] for row in table["rows"]} <= {*units}
        steps = plan.table("network_steps")
        amounts = {f"{lang.number(n)} {units[0]}" for n in steps["capacity"]}
        actions = json.dumps(run["tables"]["actions"]["rows"], ensure_ascii=False)
        assert all(amount in actions for amount in amounts)


POINTS = {
    "en": "−4.3\u00a0pp",
    "ru": "−4,3\u00a0п.\u00a0п.",
    "kk": "−4,3\u00a0п.\u00a0т.",
}


@pytest.mark.parametrize("code", POINTS)
def test_differences_of_shares_are_points(code: str) -> None:
    """From 50 % to 45.7 % it is 4.3 points, and not 4.3 %."""
    lang, told = Language(code), POINTS[code]
    assert lang.points(-0.043) == told
    pages = Polyglot(code)
    assert pages.read(pages.points(-0.043)) == told
    rows = pd.DataFrame({"unit": ["share", "km"], "A": [0.5, 3.0], "B": [0.457, 4.0]})
    rows["B-A"] = rows["B"] - rows["A"]
    (_, *shares), (_, *lengths) = texts(rows, rows, lang)
    assert shares == [lang.share(0.5, 2), lang.share(0.457, 2), lang.points(-0.043, 2)]
    assert lengths == ["3", "4", "+1"]


@pytest.mark.slow
def test_rules_on_gaps_are_in_points() -> None:
    """What groups may differ by, and do, is told in points: there and allowed."""
    plan = aumaq.solve(two_regions(is_hard=False, excess_mln_per_year=1.0), gap=0.0)
    table = document([plan], ENGLISH)["runs"][0]["tables"]["gaps"]
    apart, allowed = ([row[c] for row in table["rows"]] for c in (-2, -1))
    assert apart == ["100.0\u00a0pp"] * len(apart) != []
    assert allowed == ["25.0\u00a0pp"] * len(allowed)
    rules = [rule.title for rule in rules_that_apply(plan.instance)]
    assert any("at most 25 percentage points of" in title for title in rules)


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_documents_and_terminal_write_a_minus(code: str) -> None:
    """U+2212 before what is less than nothing, no sign before what rounds to it."""
    lang = Language(code)
    point = lang.number(0.5, 1)[1]
    assert lang.number(-1.5, 1) == lang.figure(-1.5, ",.1f") == f"−1{point}5"
    assert content.told(-1.5, "number", 1, lang) == f"−1{point}5"
    assert lang.number(-0.04, 1) == f"0{point}0"
    assert lang.figure(-0.04, "8.1f") == f"     0{point}0"
    assert lang.figure(-2.5, "8.1f") == f"    −2{point}5"
    assert lang.figure(-0.00001, ".1%").lstrip().startswith(">−0")
    assert lang.figure(1e-5, ".3g") == "1e-05"
    assert lang.number(-1e30) == "−1e+30"


SIDEWAYS = """() => document.documentElement.scrollWidth
    > document.documentElement.clientWidth"""


@pytest.mark.slow
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_page_does_not_scroll_sideways(
    plan: Plan, browser: Any, tmp_path: Path, code: str
) -> None:
    """Beside the bar that it is scrolled by nothing sticks out; units are in sight."""
    path = plan.to_html(tmp_path / "report.html", code)
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    for width in (1400, 1280, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.clientWidth") < width
        assert not page.evaluate(SIDEWAYS)
    layers = document([plan], Language(code))["runs"][0]["networks"]
    for k, layer in enumerate(layers):
        page.select_option("#network", str(k))
        heading = f"{layer['title']}, {layer.get('unit')}:"
        assert (heading in str(page.text_content("#legend"))) == ("unit" in layer)
    page.close()


@pytest.mark.slow
def test_money_stands_under_how_it_is_counted(browser: Any, tmp_path: Path) -> None:
    """A plan of changed values, too, has no change above its money."""
    instance = aumaq.read("tiny").with_changes(["levels.capex_mln*1.2"])
    path = tmp_path / "report.html"
    write_report([aumaq.solve(instance, gap=0.0)], path)
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.locator("#money-note").inner_text().startswith("Money is in prices")
    page.close()


MINUTES = {
    "en": {1.0: "1 minute", 2: "2 minutes", 21.0: "21 minutes", 1.5: "1.5 minutes"},
    "ru": {1.0: "1 минуты", 2: "2 минут", 21.0: "21 минуты", 5.0: "5 минут"},
    "kk": {1.0: "1 минут", 2: "2 минут", 21.0: "21 минут"},
}


@pytest.mark.parametrize("code", MINUTES)
def test_one_minute_is_no_minutes(code: str) -> None:
    """Rules and notes have the form of their number, whole numbers of data too."""
    lang = Language(code)
    rows = {"share": 0.9, "service": "s", "title": ""}
    rows |= {"from_settlement": "a", "to_settlement": "b"}
    for minutes, told in MINUTES[code].items():
        for table in (STANDARDS, CONNECTIONS):
            title = lang.tell(table.rule_title({**rows, "minutes": minutes}))
            assert re.search(rf"\b{re.escape(told)}", title)
    gap = {"title": "", "scope": "region", "service": "s", "most": 1.0}
    for measure, title in (("share", "within 1 minute"), ("minutes", "most 1 minute ")):
        row = {**gap, "measure": measure, "minutes": 1.0}
        assert title in f"{GAPS.rule_title(row)}"


NUMBERS = {"en": ("1,234.5", "2.5", "1.5"), "ru": ("1\xa0234,5", "2,5", "1,5"),
           "kk": ("1\xa0234,5", "2,5", "1,5")}  # fmt: skip


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_numbers_in_texts_have_the_separators_of_the_language(code: str) -> None:
    """Of formats, of counts that are fractions, of numbers written before, in texts."""
    first, second, third = NUMBERS[code]
    lang = Language(code)
    inner = say("{n:,.1f} x", n=1234.5)
    assert lang.tell(say("{a}: {b!r}", a=inner, b="1.5")) == f"{first} x: '1.5'"
    assert lang.tell(say("{n} place", "{n} places", n=2.5)).startswith(second + " ")
    assert lang.tell(say("is {x}", x=figure(1.5))) == f"is {third}"
    assert lang.tell(say("in {year}", year=2031)) == "in 2031"


@pytest.mark.slow
@pytest.mark.parametrize("code", ["ru", "kk"])
def test_origins_of_shipped_roads_are_told_in_words(code: str) -> None:
    """Of every shipped link; a note of the user's own stays as it is."""
    lang = Language(code)
    for name in ("kazakhstan", "west-kazakhstan"):
        for note in aumaq.read(name).table("road_links")["source"].unique():
            told = origin(note, lang).replace("OpenStreetMap", "")
            assert re.findall("[A-Za-z]{2,}", told) == []
    assert origin("dorogi.shp", lang) == "dorogi.shp"


@pytest.mark.slow
def test_one_gap_has_one_figure(plan: Plan) -> None:
    """Banner, card, decision, figures and proof tell the gap with the same digits."""
    record = {**plan.record, "status": "time_limit", "gap": 0.0123412}
    page = document([replace(plan, record=record)], ENGLISH)["runs"][0]
    told = json.dumps(page, ensure_ascii=False)
    assert "1.24%" in told
    assert "1.3%" not in told
    (figure,) = [row for row in page["figures"] if row["label"] == "Gap"]
    assert (figure["value"], figure["digits"]) == (pytest.approx(0.0124), 2)


@pytest.mark.slow
def test_each_reason_of_the_land_is_told_once() -> None:
    """A zone that forbids, and a buffer around it with a title, are two reasons."""
    zone = {"zone": "z", "kind": "protected", "lat": 0.0, "lon": 0.0,
            "radius_km": 20000.0}  # fmt: skip
    instance = tiny(
        zones=[zone],
        zone_permits=[{"kind": "protected", "is_permitted": False}],
        buffers=[{"buffer": "near", "title": "Strip", "zone": "z", "distance_km": 1.0}],
    )
    page = document([aumaq.solve(instance, gap=0.0)], ENGLISH)["runs"][0]
    told = [tuple(map(str, row)) for row in page["tables"]["forbidden"]["rows"]]
    assert len(told) == len({*told}) > 1
    assert any("(Strip)" in cell for row in told for cell in row)


@pytest.mark.slow
def test_sectors_without_actions_reach_nobody_in_vain(plan: Plan) -> None:
    """Where nothing is done no number of people stands."""
    rows = plan.table("sectors")
    rows = rows.assign(actions=rows["actions"].where(rows.index > 0, 0))
    still = replace(plan, tables={**plan.tables, "sectors": rows})
    table = document([still], ENGLISH)["runs"][0]["tables"]["sectors"]
    at = [column["title"] for column in table["columns"]].index("People reached")
    told = [row[at] is None for row in table["rows"]]
    assert told == (rows["actions"] == 0).tolist()


def test_plans_of_folders_alike_are_told_apart(tmp_path: Path) -> None:
    """As much of the end of a path is told as no other path has."""
    names = [str(tmp_path / part) for part in ("a/plan", "b/plan", "other")]
    assert told_apart(names) == ["a/plan", "b/plan", "other"]
    assert told_apart(["runs.duckdb:0123456789", "x/p"]) == ["01234567", "p"]


@pytest.mark.slow
def test_a_proven_best_plan_is_called_so(plan: Plan) -> None:
    """Of the best plan no 0.00% could be saved at most: card and decision say it."""
    best = replace(plan, record={**plan.record, "gap": 0.0})
    run = document([best], ENGLISH)["runs"][0]
    (card,) = [card for card in run["cards"] if card["name"] == "sure"]
    assert card["value"] == "proven best"
    assert "no plan costs less." in decision(best, of_today(best.instance), ENGLISH)


@pytest.mark.parametrize("cost", [139063.0, 51788464.0, 1250.6, 2.5042])
@pytest.mark.parametrize("gap", [0.0004, 0.0089, 0.02, 0.2])
def test_a_cost_and_its_bound_read_as_their_gap(
    plan: Plan, cost: float, gap: float
) -> None:
    """139 bn beside 137 bn would be 1.4 %, where the gap is 0.89 %."""
    record = {"objective_mln": cost, "bound_mln": cost * (1.0 - gap), "gap": gap}
    text = " ".join(proof(replace(plan, record={**plan.record, **record}), ENGLISH))
    told = re.search(r"it costs ([\d.]+).* costs less than ([\d.]+).(\w+)", text)
    assert told is not None, text
    read = 1.0 - float(told[2]) / float(told[1])
    assert gap <= read + 6e-4
    assert read <= gap + (2e-3 if gap < 0.03 else 2e-2)


@pytest.mark.slow
def test_a_limit_on_little_and_where_a_target_comes_from() -> None:
    """Two schools take 5 ha of 4.5: a limit of two periods has one title, and parts of
    a hectare are told; the target that is shown says that it is an assumption.
    """
    cap = {"limit": "cap", "impact": "land", "most": 4.5}
    target = {"indicator": "p", "target": 1.0}
    plan = aumaq.solve(
        tiny(
            periods=[{"period": f"p{k}", "first_year": 2026 + k, "years": 1}
                     for k in (1, 2)],
            levels=[{"service": "s", "level": 1, "capacity": 100.0, "capex_mln": 1.0,
                     "footprint_ha": 2.5}],
            impacts=[{"impact": "land", "title": "Land", "unit": "ha",
                      "includes": "footprint"}],
            impact_limits=[{**cap, "period": "p1", "title": "little land"},
                           {**cap, "period": "p2"}],
            indicators=[{"indicator": "p", "formula": "population"}],
            indicator_targets=[{**target, "period": "p1", "source": "a norm"},
                               {**target, "source": "assumption"}],
        ),
        gap=0.0,
    )  # fmt: skip
    tables = document([plan], ENGLISH)["runs"][0]["tables"]
    limits = tables["limits"]
    assert [row[0] for row in limits["rows"]] == ["little land"] * 2
    numbers = [4, 5, 7]
    assert limits["rows"][0][4:6] + limits["rows"][0][7:] == [4.5, 5, 0.5]
    assert all(limits["columns"][k]["digits"] > 0 for k in numbers)
    assert tables["indicators"]["columns"][-1]["title"] == "Target from"
    assert tables["indicators"]["rows"][0][-1] == "assumption"


@pytest.mark.slow
def test_paper_names_what_controls_chose(browser: Any, tmp_path: Path) -> None:
    """Controls are not printed; which plan and which service are told beside."""
    instance = aumaq.read("tiny")
    plans = [aumaq.solve(instance, gap=0.0)] * 2
    path = tmp_path / "report.html"
    write_report(plans, path, labels=["all money", "little money"])
    page = browser.new_page()
    page.goto(path.as_uri())
    assert not page.is_visible("#plan-caption")
    page.emulate_media(media="print")
    assert not page.is_visible("#worst-service")
    assert page.inner_text("#plan-caption") == "Plan 1 / 2: all money"
    assert page.inner_text("#worst-caption") == "Service: School. Period: 2031-35."
    page.close()
