"""The report: one file that fetches nothing, whole in every language, and works."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pages import assert_fetches_nothing
from shared_plans import best_plan
from typer.testing import CliRunner

import aumaq
from aumaq.cli import app
from aumaq.instances import UnknownNameError
from aumaq.instances.generators import clustered
from aumaq.instances.language.texts import say
from aumaq.results.language import LANGUAGES, Language
from aumaq.results.pages.grid import Column, grid
from aumaq.results.pages.polyglot import Polyglot
from aumaq.results.pages.territory import group_names
from aumaq.results.plan.plan import Plan
from aumaq.results.report import findings
from aumaq.results.report.changed_values import MOST_TOLD, changed_values
from aumaq.results.report.document import document
from aumaq.results.report.goal_figures import goal_axes
from aumaq.results.report.page import report_page, write_report
from aumaq.results.report.travel import next_best
from aumaq.results.shares import rounded

ROOT = Path(__file__).parents[2]
NASTY = "</script><script>window.hacked = 1</script>\u2028<img src=x onerror=alert(1)>"


def rows_of(table: pd.DataFrame, service: str, period: str) -> pd.DataFrame:
    """Return the rows of a service in a period."""
    return table[(table["service"] == service) & (table["period"] == period)]


def tool() -> Any:
    """Return tools/extract_messages.py as a module."""
    path = ROOT / "tools" / "extract_messages.py"
    spec = importlib.util.spec_from_file_location("extract_messages", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan of a generated territory; a settlement has a nasty name."""
    instance = clustered(30, 5)
    settlements = instance.table("settlements")
    settlements.loc[0, "name"] = NASTY
    settlements["name_ru"] = "Село " + settlements["settlement"]
    settlements.loc[0, "name_ru"] = ""
    return aumaq.solve(
        instance.replace(settlements=settlements), time_limit=30, gap=0.05
    )


@pytest.fixture(scope="module")
def data(plan: Plan) -> dict[str, Any]:
    """Return what the script of the page sees."""
    return document([plan], Language())


@pytest.mark.slow
def test_no_text_is_missing_in_any_language() -> None:
    """Every text of sources, template, scripts and shipped data is translated."""
    module = tool()
    catalogues = list(module.catalogues())
    assert len(catalogues) == 2 * (len(LANGUAGES) - 1)  # English needs none
    assert [p for of in catalogues for p in module.problems(*of)] == []


def test_plural_forms_follow_the_language() -> None:
    """Russian has three forms, and 21 takes that of one."""
    lang = Language("ru")
    found = [
        lang.tell(say("{n} facility runs", "{n} facilities run", n=n))
        for n in (1, 3, 5, 21)
    ]
    assert found == [
        "работает 1 объект", "работают 3 объекта", "работают 5 объектов",
        "работает 21 объект",
    ]  # fmt: skip


PARTS = {
    (1.0, 1): "100.0%", (0.9997, 1): ">99.9%", (0.9994, 1): "99.9%",
    (0.9997, 2): "99.97%", (1 - 1e-12, 1): "100.0%", (0.999, 0): ">99%",
    (0.0, 1): "0.0%", (0.0003, 1): "<0.1%", (1e-12, 1): "0.0%", (-0.0003, 1): ">−0.1%",
    (-0.024, 1): "−2.4%",
}  # fmt: skip
"""Share and digits, and how it is told in English."""


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_part_is_never_told_as_all_or_nothing(code: str) -> None:
    """Neither by Python nor by the script of the pages, which leaves out zeros."""
    lang, sign = Language(code), "%" if code == "en" else "\u00a0%"
    told = [lang.share(*part) for part in PARTS]
    point = lang.number(0.5, 1)[1]
    expected = [text.replace(".", point).replace("%", sign) for text in PARTS.values()]
    assert told == expected
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    page = (ROOT / "results/pages/templates/page.js").read_text("utf-8")
    page = page.replace(
        'document.getElementById("data").textContent',
        json.dumps(f'{{"lang": "{code}"}}'),
    )
    parts = json.dumps(list(PARTS))
    page += f"console.log(JSON.stringify({parts}.map((part) => percent(...part))));"
    found = subprocess.run(
        [node, "-"], input=page, capture_output=True, text=True, check=True
    )
    assert json.loads(found.stdout) == [t.replace(f"{point}0", "") for t in expected]


def test_rounding_leaves_a_part_a_part_and_a_sum_whole() -> None:
    """In the data of the page as well: shares, and sums that sentences tell whole."""
    assert rounded([0.0, 1e-6, 0.5, 1 - 1e-6, 1.0]) == [0.0, 1e-4, 0.5, 0.9999, 1.0]
    values = [34689592.4, 999999.46, 0.123456789, 0.99999999]
    rows = grid("sums", "", [Column("", values, "number")], Language())["rows"]
    assert [row[0] for row in rows] == [34689592, *values[1:]]


@pytest.mark.slow
def test_key_figures_say_what_they_are(plan: Plan, data: dict[str, Any]) -> None:
    """Operation in a sentence and a key figure is one thing; minutes have a period."""
    run, last = data["runs"][0], plan.instance.period_names[-1]
    labels = [figure["label"] for figure in run["figures"]]
    assert "Operation, supply, transport, mln, not discounted" in labels
    assert all(last in label for label in labels if "mean minutes" in label)
    told = " ".join(text for _, texts in run["summary"] for text in texts)
    terms = plan.objective.set_index("term")["discounted_mln"]
    assert f"operation {Language().money(terms['operation'])}" in told
    assert "unning costs" not in report_page([plan], Language())


@pytest.mark.slow
def test_plans_of_a_study_are_shown_by_its_goals(plan: Plan) -> None:
    """Each goal is a figure; the first two are the axes where all plans have them."""
    told = {"mean_minutes": 12.5, "cost": 7.0, "unserved": 3.0}
    plans = [plan.with_record(goals=told | {"cost": cost}) for cost in (7.0, 9.0)]
    front = document(plans, Language())
    assert front["axes"] == ["Mean way, min", "Money and points, mln"]
    for run, cost in zip(front["runs"], (7.0, 9.0), strict=True):
        values = {figure["label"]: figure["value"] for figure in run["figures"]}
        assert [values[title] for title in front["axes"]] == [12.5, cost]
    assert goal_axes([*plans, plan], Language()) == []


@pytest.mark.slow
def test_changes_asked_for_are_told() -> None:
    """Each as it was done, in the order of doing; of very many how many more."""
    inst = aumaq.read("tiny")
    asked = ["levels.capex_mln*0.8", "settlements[settlement=b].population=70"]
    told = [str(text) for text in changed_values(inst.with_changes(asked), Language())]
    assert told == [
        "levels: capex × 0.8",
        "settlements (settlement=b): population = 70",
    ]
    many = inst.with_changes(["levels.capex_mln*1.1"] * (MOST_TOLD + 3))
    assert str(changed_values(many, Language())[-1]) == "and 3 more"
    assert changed_values(inst, Language()) == []


def test_groups_have_names_and_people_are_whole(plan: Plan) -> None:
    """A district is told with its region; of pupils there are no thousandths."""
    lang, instance = Language("ru"), plan.instance
    places = instance.table("settlements").assign(district="D2")
    regions = instance.table("regions").assign(name="Юг")
    units = {"population": "persons", "share_urban": "share"}
    rows = pd.DataFrame(
        {"indicator": list(units), "formula": list(units), "title": list(units)}
    )
    told = replace(
        plan,
        instance=instance.replace(settlements=places, regions=regions, indicators=rows),
    )
    code = str(regions["region"][0])
    assert group_names(told.instance, lang)["district", f"{code}/D2"] == "D2, Юг"
    found = findings.indicator_table(told, lang)
    for row, texts in zip(found["rows"], found["texts"], strict=True):
        tell = lang.count if row[1] == lang.unit("persons") else lang.share
        shown = [None if x is None else tell(x) for x in row[4:-3]]
        assert any(shown)
        assert texts[4:-3] == shown
    assert [lang.count(x) for x in (244.122, 24.122, 2.44, 2.0)] == [
        "244", "24", "2,4", "2"
    ]  # fmt: skip


@pytest.mark.slow
def test_page_fetches_nothing_and_escapes_names(plan: Plan) -> None:
    """No element loads anything; a name stands in the data, never as markup."""
    page = report_page([plan], Language())
    assert NASTY[:20] not in page
    assert_fetches_nothing(page)
    parts = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page)
    names = json.loads(parts[0])["territories"][0]["settlements"]["name"]
    number = re.fullmatch("\ue000([0-9a-z]+)\ue001", names[0])
    shown = json.loads(parts[1])["en"][int(number[1], 36)] if number else names[0]
    assert shown == NASTY


@pytest.mark.slow
def test_every_list_has_a_place_on_the_page(plan: Plan, data: dict[str, Any]) -> None:
    """A list without one would be written into the file and shown to nobody."""
    places = set(re.findall(r' id="([a-z_]+)"', report_page([plan], Language())))
    with_follow_ons = {*data["runs"][0]["tables"], "follow_ons"}
    assert with_follow_ons - places == set()


def test_data_add_up_to_the_plan(plan: Plan, data: dict[str, Any]) -> None:
    """Facilities, people, actions and money on the page are those of the tables."""
    run = data["runs"][0]
    for k, service in enumerate(plan.instance.service_names):
        for t, period in enumerate(plan.instance.period_names):
            shown = run["services"][k]["periods"][t]
            rows = rows_of(plan.facilities, service, period)
            capacity = sum(f[3] for f in shown["facilities"])
            assert capacity == pytest.approx(rows["capacity"].sum(), abs=1.0)
            goes = rows_of(plan.allocation, service, period)
            demand = sum(link[4] for link in shown["links"])
            assert demand == pytest.approx(goes["demand"].sum(), rel=1e-3)
    cost = sum(row[6] for row in run["tables"]["actions"]["rows"])
    capex = plan.actions["cost_mln"].sum() + plan.table("road_upgrades")[
        "capex_mln"
    ].sum() + plan.table("network_steps")["capex_mln"].sum()  # fmt: skip
    assert cost == pytest.approx(capex, rel=1e-5)
    paid = sum(sum(s["values"]) for s in run["spending"]["sets"])
    items = ("building", "renewal", "closing", "operation", "supply")
    rows = plan.money[plan.money["item"].isin(items)]
    assert paid == pytest.approx(rows["amount_mln"].sum(), rel=1e-4)


def test_access_bars_are_the_shares_of_the_tables(
    plan: Plan, data: dict[str, Any]
) -> None:
    """Within 15, 30, 45, 60 minutes and served at all: sums of the allocation."""
    for k, service in enumerate(plan.instance.service_names):
        access = data["runs"][0]["services"][k]["access"]
        for t, period in enumerate(plan.instance.period_names):
            rows = rows_of(plan.allocation, service, period)
            lost = rows_of(plan.unserved, service, period)["demand"].sum()
            whole = rows["demand"].sum() + lost
            near = [
                rows["demand"][rows["minutes"] <= limit].sum() / whole
                for limit in (*access["minutes"], np.inf)
            ]
            assert access["minutes"] == [15, 30, 45, 60]
            assert access["shares"][t + 1] == pytest.approx(near, abs=2e-4)


def test_cards_are_the_figures_of_the_tables(plan: Plan, data: dict[str, Any]) -> None:
    """Investment, facilities and running costs, told as people say them."""
    shown = {card["name"]: card for card in data["runs"][0]["cards"]}
    lang, money = Language(), plan.money
    paid = money[money["item"].isin(["building", "renewal", "closing"])]["amount_mln"]
    currency = plan.instance.currency
    assert shown["investment"]["value"] == lang.money(paid.sum(), currency)
    people = plan.instance.table("settlements")["population"].sum()
    each = lang.money(paid.sum() / people, currency)
    assert shown["investment"]["beside"] == [f"{each} a head"]
    counts = plan.actions.groupby("action")["units"].sum()
    assert shown["changes"]["value"] == (
        f"+{counts.get('open', 0):,} / −{counts.get('close', 0):,}"
    )
    period, years = plan.instance.period_names[-1], plan.instance.table("periods")
    yearly = (
        money[
            money["item"].isin(["operation", "supply", "transport"])
            & (money["period"] == period)
        ]["amount_mln"].sum()
        / years["years"].iloc[-1]
    )
    assert shown["running"]["value"] == lang.money(yearly, currency)
    assert all(card["how"] for card in shown.values())


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_money_is_told_as_people_say_it(code: str) -> None:
    """Three digits of what people call so much, by Python and by the script."""
    lang = Language(code)
    amounts = [57_412_345.0, 1234.5, 999.6, 999_600.0, 12.0, 0.844, 0.0, -3113.9, 1e-6]
    told = [lang.money(amount, "KZT") for amount in amounts]
    if code == "en":
        assert [text.replace("\u00a0", " ") for text in told] == [
            "57.4 trn KZT", "1.23 bn KZT", "1 bn KZT", "1 trn KZT", "12 mln KZT",
            "844,000 KZT", "0 KZT", "−3.11 bn KZT", "1 KZT",
        ]  # fmt: skip
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    page = (ROOT / "results/pages/templates/page.js").read_text("utf-8")
    words = {word: lang.tell(say(word)) for word in ("trn", "bn", "mln")}
    text = json.dumps({"lang": code, "strings": words})
    page = page.replace('document.getElementById("data").textContent', json.dumps(text))
    page += f"console.log(JSON.stringify({amounts}.map((x) => money(x, 'KZT'))));"
    found = subprocess.run(
        [node, "-"], input=page, capture_output=True, text=True, check=True
    )
    assert json.loads(found.stdout) == told


@pytest.mark.slow
def test_a_page_tells_what_each_language_alone_tells(plan: Plan) -> None:
    """The references of a page in three languages, read in one, are its texts."""
    words = Polyglot("kk")
    together = json.dumps(document([plan], words), ensure_ascii=False)
    for code in LANGUAGES:
        alone = json.dumps(document([plan], Language(code)), ensure_ascii=False)
        assert json.loads(read_in_json(words, together, code)) == json.loads(alone)


def read_in_json(words: Polyglot, text: str, code: str) -> str:
    """Return JSON with the words of a language in the places of references."""

    def quoted(match: re.Match[str]) -> str:
        return json.dumps(words.read(match[0], code), ensure_ascii=False)[1:-1]

    return re.sub("\ue000[0-9a-z]+\ue001", quoted, text)


def test_next_best_is_the_nearest_other_open_site(plan: Plan) -> None:
    """By hand from the access options, for every settlement and site."""
    service, period = plan.instance.service_names[0], plan.instance.period_names[-1]
    found = next_best(plan, service, period).set_index(["settlement", "site"])
    running = set(rows_of(plan.facilities, service, period)["site"])
    options = plan.instance.access(service)
    goes = rows_of(plan.allocation, service, period)
    assert len(found)
    for row in goes.itertuples():
        ways = [
            option.minutes
            for option in options.itertuples()
            if option.settlement == row.settlement
            and option.site in running - {row.site}
            and option.needs == ""
        ]
        key = (row.settlement, row.site)
        assert (key in found.index) == bool(ways)
        if ways:
            assert found.loc[key, "next_minutes"] == min(ways)


@pytest.mark.slow
def test_names_are_in_the_readers_language(plan: Plan) -> None:
    """A name in the language is taken where known, else the name."""
    names = document([plan], Language("ru"))["territories"][0]["settlements"]["name"]
    assert names[0] == NASTY
    assert names[1] == f"Село {plan.instance.settlement_ids[1]}"


@pytest.mark.slow
def test_command_writes_runs_into_one_page(tmp_path: Path) -> None:
    """Runs of two folders share a page in Kazakh; an unknown language is refused."""
    plan = best_plan()
    plan.to_csv(tmp_path / "a")
    plan.to_csv(tmp_path / "b")
    target = tmp_path / "both.html"
    call = ["report", str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(target)]
    result = CliRunner().invoke(app, [*call, "--lang", "kk"])
    assert result.exit_code == 0, result.output
    page = target.read_text(encoding="utf-8")
    assert '<html lang="kk">' in page
    assert "Әр ереже мен қосынды қайта есептелді және дұрыс" in page
    assert "<h2>a</h2>" in page
    assert "<h2>b</h2>" in page
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page)
    assert found
    assert len(json.loads(found[1])["territories"]) == 1
    result = CliRunner().invoke(app, [*call, "--lang", "xx"])
    assert isinstance(result.exception, UnknownNameError)


PAINTED = """canvases => canvases.map(canvas => canvas.getContext("2d")
    .getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte))"""
"""Whether something stands on each canvas."""


@pytest.mark.slow
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_page_works_in_a_browser(
    plan: Plan, browser: Any, tmp_path: Path, code: str
) -> None:
    """No error, no request, no overflow; slider, search, sort, save, dialog work."""
    path = plan.to_html(tmp_path / "report.html", code)
    page = browser.new_page(viewport={"width": 400, "height": 800})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "blob:")) else wrong.append(r.url),
    )
    page.goto(path.as_uri())
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.wait_for_timeout(100)
    lines = "spans => spans.map(span => span.getClientRects().length)"
    assert max(page.locator(".whole").evaluate_all(lines)) == 1  # "2026-30" is whole
    assert any(page.locator(".leaflet-front-pane canvas").evaluate_all(PAINTED))

    assert page.locator("#play").is_visible()
    for n, period in enumerate(plan.instance.period_names):
        page.click(f"#steps button:nth-child({n + 2})")
        assert period in str(page.text_content("#card .when"))

    place = document([plan], Language(code))["territories"][0]["settlements"]["name"][3]
    page.fill("#search", place)
    page.keyboard.press("Enter")
    assert page.text_content("#card h3") == place
    page.select_option("#service", index=0)
    own = document([plan], Language(code))["runs"][0]["services"][0]["own"]
    here = Language(code).tell(say("A facility of its own is open here."))
    told = str(page.text_content("#card"))
    assert own["told"][own["of"][3]] in told or here in told
    page.click("#steps button:first-child")
    assert page.text_content("#card h3") == place  # told anew, not gone
    assert Language(code).tell(say("today")) in str(page.text_content("#card .when"))
    page.click("#legend button")
    assert page.get_attribute("#legend button", "aria-pressed") == "false"

    page.click("#cards button:first-child")
    assert page.locator("#how").is_visible()
    page.keyboard.press("Escape")
    hidden = page.locator("#parts a:visible").evaluate_all(
        "links => links.filter(a => !document.querySelector(a.hash)?.offsetParent)"
        ".map(a => a.hash)"
    )
    assert hidden == []

    for other in LANGUAGES:
        page.click(f"[data-language={other}]")
        assert page.get_attribute("html", "lang") == other
        told = Language(other).tell(say("List of actions"))
        assert page.text_content("#actions-title") == told
    page.click(f"[data-language={code}]")
    page.click("details:has(#actions) > summary")

    page.click("#actions th:nth-child(7) .sort")
    cells = page.locator("#actions tbody td:nth-child(7)").all_text_contents()
    page.click("#actions th:nth-child(7) .sort")
    again = page.locator("#actions tbody td:nth-child(7)").all_text_contents()
    assert cells[0] != again[0]
    head = page.locator("#actions th:nth-child(7)")
    assert head.get_attribute("aria-sort") == "ascending"

    with page.expect_download() as saved:
        page.locator("#actions button", has_text="CSV").click()
    with saved.value.path().open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 1 + (plan.actions["action"] != "keep").sum() + len(
        plan.table("road_upgrades")
    ) + len(plan.table("network_steps"))

    page.locator("#actions button.link").first.click()
    assert page.locator("#facility").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#facility").is_visible()
    for control in ("colour", "network", "shading"):
        for value in page.locator(f"#{control} option").evaluate_all(
            "options => options.map(option => option.value)"
        ):
            if page.locator(f"#{control}").is_visible():
                page.select_option(f"#{control}", value)
    assert len(page.pdf()) > 10_000
    assert wrong == []
    page.close()


@pytest.mark.slow
def test_slider_and_chart_go_through_several_plans(
    plan: Plan, browser: Any, tmp_path: Path
) -> None:
    """A key on the slider, a click on a point: another plan is on the page."""
    path = tmp_path / "plans.html"
    write_report([plan, plan, plan], path, labels=("few", "some", "many"))
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(path.as_uri())
    assert page.locator("#plans").is_visible()
    assert "few" in str(page.text_content("#plan-name"))
    page.focus("#plan")
    page.keyboard.press("End")
    assert "many" in str(page.text_content("#plan-name"))
    assert page.locator("#tradeoff circle").count() == 3
    page.focus("#tradeoff [data-plan='1']")
    page.keyboard.press("Enter")
    assert "some" in str(page.text_content("#plan-name"))
    page.select_option("#across", index=1)
    assert page.locator("#tradeoff text.axis").first.text_content()
    page.close()
