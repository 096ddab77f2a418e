"""What office documents hold, whatever their format: texts, figures, tables, a map."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances import OptionError
from aumaq.instances.language.texts import say
from aumaq.results.indicators.today import of_today
from aumaq.results.language import LANGUAGES, Language
from aumaq.results.plan.cautions import cautions
from aumaq.results.plan.summary import chapters
from aumaq.results.report.access_bars import access_bars
from aumaq.results.report.actions import action_list, done_words
from aumaq.results.report.cards import cards
from aumaq.results.report.decision import decision
from aumaq.results.report.finance import spending_chart
from aumaq.results.report.findings import who_gains
from aumaq.results.report.notes import notes
from aumaq.results.report.unit_costs import unit_cost_table

if TYPE_CHECKING:
    from aumaq.results.plan.plan import Plan

WHAT, REGION, PERIOD, COST = 0, 2, 3, 6
"""Columns of the list of actions."""
LISTED = (1, 3, 4, 5, 6, 7, 8, 9, 10)
"""Columns that are told of each action; service and region are headings."""
SAID_ONCE = (8, 10)
"""Columns (unit, who pays) that are told once where all actions have the same."""
DEAREST = 12
"""Actions of a service on a slide."""
DPI = 160
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Control signs in names, say, and halves of signs."""


@dataclass(frozen=True)
class Table:
    """A table as it is read: title, heads, rows of texts, what columns are numbers."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    is_number: list[bool]


@dataclass(frozen=True)
class Chart:
    """Bars: a title, labels, and values by series."""

    title: str
    labels: list[str]
    series: dict[str, list[float]]
    is_share: bool = False


@dataclass(frozen=True)
class Service:
    """The actions of one service: title, a line on all of them, a table a region.

    ``dearest`` are the first of ``count`` actions by cost, as slides have little room.
    """

    title: str
    told: str
    tables: list[Table]
    dearest: Table
    count: int


@dataclass(frozen=True)
class Content:
    """A document: ``decisions`` by name of the language, ``picture`` a PNG or None."""

    title: str
    subtitle: str
    lang: Language
    cautions: list[str]
    decisions: dict[str, str]
    cards: list[dict[str, Any]]
    picture: bytes | None
    picture_title: str
    summary: dict[str, list[str]]
    access: list[Chart]
    spending: Chart
    tables: list[Table]
    services: list[Service]
    notes: list[list[Any]]
    headings: dict[str, str]


HEADINGS = {
    "decision": say("Draft of the decision"),
    "cards": say("Overview"),
    "map": say("Map"),
    "summary": say("Summary"),
    "access": say("Who is how near"),
    "actions": say("List of actions"),
    "money": say("Money"),
    "notes": say("What it rests on"),
    "of_all": say("the dearest {n} of {all}; the page and the text document have all"),
}


def content(plan: Plan, lang: Language) -> Content:
    """Return what a document on a plan holds."""
    instance, today = plan.instance, of_today(plan.instance)
    title, picture = _picture(plan, lang)
    served = list(filter(instance.serves, instance.service_names))
    found = Content(
        title=lang.title(instance.title, instance.name),
        subtitle=lang.tell(
            say("Report on the plan, {first} to {last}",
                first=instance.period_names[0], last=instance.period_names[-1])
        ),
        lang=lang,
        cautions=cautions(plan, lang),
        decisions={
            name: decision(plan, today, Language(code))
            for code, name in LANGUAGES.items()
        },
        cards=cards(plan, today, lang),
        picture=picture,
        picture_title=title,
        summary=chapters(plan, lang),
        access=[_access(plan, service, today, lang) for service in served],
        spending=_spending(plan, lang),
        tables=[_gains(plan, today, lang), as_table(unit_cost_table(plan, lang), lang)],
        services=_services(action_list(plan, lang), plan, lang),
        notes=notes(plan, lang),
        headings={name: lang.tell(text) for name, text in HEADINGS.items()},
    )  # fmt: skip
    whole: Content = clean(found)
    return whole


def clean(value: Any) -> Any:
    """Return a value whose texts have no signs that office formats refuse."""
    if isinstance(value, str):
        return NOT_IN_XML.sub("", value)
    if isinstance(value, list | tuple):
        return type(value)(map(clean, value))
    if isinstance(value, dict):
        return {clean(key): clean(one) for key, one in value.items()}
    if isinstance(value, Content | Table | Chart | Service):
        return replace(value, **{k: clean(v) for k, v in vars(value).items()})
    return value


def told(value: Any, kind: str, digits: int, lang: Language) -> str:
    """Return a cell of a table as it is read."""
    if value is None:
        return "–"
    if kind == "text":
        return str(value)
    if kind == "share":
        return lang.share(float(value))
    return lang.number(float(value), digits if abs(float(value)) < 1000 else 0)


def as_table(
    grid: dict[str, Any], lang: Language, columns: Sequence[int] = (), title: str = ""
) -> Table:
    """Return a table of the page as it is read; *columns*: those that are kept."""
    kept = list(columns) or list(range(len(grid["columns"])))
    heads = [grid["columns"][c] for c in kept]
    return Table(
        title or grid["title"],
        [head["title"] for head in heads],
        [
            [
                told(row[c], head["kind"], head["digits"], lang)
                for c, head in zip(kept, heads, strict=True)
            ]
            for row in grid["rows"]
        ],
        [head["kind"] != "text" for head in heads],
    )


def _access(plan: Plan, service: str, today: Any, lang: Language) -> Chart:
    found = access_bars(plan, today, service)
    limits = [
        lang.tell(say("≤ {minutes} min", minutes=minutes))
        for minutes in found["minutes"]
    ]
    title = lang.title(plan.instance.service(service)["title"], service)
    last = plan.instance.period_names[-1]
    return Chart(
        title,
        [*limits, lang.tell(say("served at all"))],
        {lang.tell(say("today")): found["shares"][0], last: found["shares"][-1]},
        is_share=True,
    )


def _spending(plan: Plan, lang: Language) -> Chart:
    found = spending_chart(plan, lang)
    title = say("Spending by period, mln")
    series = {part["label"]: part["values"] for part in found["sets"]}
    return Chart(lang.tell(title), found["labels"], series)


def _gains(plan: Plan, today: Any, lang: Language) -> Table:
    rows, nobody = [], lang.tell(say("nobody is served"))
    for row in who_gains(plan, today, lang):
        whole = row["demand"] or 1
        rows.append(
            [
                row["title"], row["unit"], lang.number(row["demand"]),
                f"{lang.number(row['gain'])} ({lang.share(row['gain'] / whole)})",
                f"{lang.number(row['lose'])} ({lang.share(row['lose'] / whole)})",
                *(
                    nobody if minutes is None else lang.number(minutes, 1)
                    for minutes in row["minutes"]
                ),
            ]
        )  # fmt: skip
    heads = (
        say("Service"), say("Measured in"), say("Demand"), say("shorter way"),
        say("longer way"), say("Minutes today"), say("Minutes then"),
    )  # fmt: skip
    return Table(
        lang.tell(say("Who gains, who loses")),
        [lang.tell(head) for head in heads],
        rows,
        [False, False, *[True] * 5],
    )


def _services(grid: dict[str, Any], plan: Plan, lang: Language) -> list[Service]:
    """Return the actions by service and region, in the order of the periods."""
    order = {period: t for t, period in enumerate(plan.instance.period_names)}
    rows = sorted(
        grid["rows"],
        key=lambda r: (r[WHAT], r[REGION], order[r[PERIOD]], -(r[COST] or 0.0)),
    )
    found = []
    for title, members in groupby(rows, key=lambda r: r[WHAT]):
        own = list(members)
        cost = sum(row[COST] or 0.0 for row in own)
        same = {c: own[0][c] for c in SAID_ONCE if len({row[c] for row in own}) == 1}
        columns = [
            c
            for c in LISTED
            if c not in same and any(row[c] not in (None, "", "–") for row in own)
        ]
        tables = [
            as_table({**grid, "rows": list(part)}, lang, columns, region or "–")
            for region, part in groupby(own, key=lambda r: r[REGION])
        ]
        sentences = [
            f"{_counts(own, lang)} — {lang.money(cost, plan.instance.currency)}",
            *(
                f"{grid['columns'][c]['title']}: {value}"
                for c, value in same.items()
                if value not in ("", "–")
            ),
        ]
        # A unit may be an abbreviation, with a full stop of its own.
        *first, last = sentences
        line = ". ".join([*(text.removesuffix(".") for text in first), last])
        dear = sorted(own, key=lambda row: -(row[COST] or 0.0))[:DEAREST]
        top = as_table({**grid, "rows": dear}, lang, [REGION, *columns], title)
        found.append((cost, Service(title, line, tables, top, len(own))))
    return [service for _, service in sorted(found, key=lambda pair: -pair[0])]


def _counts(rows: list[list[Any]], lang: Language) -> str:
    counts = pd.DataFrame({"action": [r[4] for r in rows], "n": [r[5] for r in rows]})
    sums = counts.groupby("action")["n"].sum()
    sums = sums.reindex([word for word in done_words(lang) if word in sums])
    return ", ".join(f"{name}: {lang.number(float(n))}" for name, n in sums.items())


def _picture(plan: Plan, lang: Language) -> tuple[str, bytes | None]:
    """Return title and map of the first service, None where there is no map."""
    out = BytesIO()
    try:
        drawn = plan.plot.sized(lang.code, 240.0).map()
    except OptionError:  # no settlement has a place
        return "", None
    with warnings.catch_warnings():  # of letters that the font lacks
        warnings.simplefilter("ignore")
        drawn.figure.savefig(out, format="png", dpi=DPI)
    instance = plan.instance
    service = next(filter(instance.serves, instance.service_names), "")
    title = lang.title(instance.service(service)["title"], service) if service else ""
    return f"{title}, {instance.period_names[-1]}", out.getvalue()
