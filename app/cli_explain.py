"""``aumaq explain``: what a facility, a settlement or a rule means for a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from aumaq import documents, show, words
from aumaq.instances.language.texts import say
from aumaq.options import (
    AsJson,
    Changes,
    Lang,
    PlanName,
    Quiet,
    Threads,
    Where,
    read_plans,
    under_changes,
)
from aumaq.streams import line
from aumaq.words import t

TABLES = (".csv", ".json")


def explain(
    plan: PlanName,
    changes: Changes = None,
    site: Annotated[str, typer.Option(help="code of a site with a facility")] = "",
    settlement: Annotated[str, typer.Option(help="code of a settlement")] = "",
    rule: Annotated[str, typer.Option(help="id of a rule: budget:investment")] = "",
    service: Annotated[str, typer.Option(help="of several at the place")] = "",
    target: Annotated[
        Path | None,
        typer.Option("--out", help="file for all facilities: .csv or .json"),
    ] = None,
    time_limit: Annotated[float, typer.Option(help="seconds", min=0.1)] = 60.0,
    threads: Threads = None,
    instance: Where = "",
    lang: Lang = "en",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Explain a facility, a settlement or a rule; else rank all facilities.

    The plan is solved again without the facility, with one, or without the rule; what
    that costs is told as a range. With --set it is that of the plan, its decisions as
    they are, where values are changed.
    """
    from aumaq.instances import OptionError

    asked = [name for name in (site, settlement, rule) if name]
    if len(asked) > 1:
        raise OptionError(
            say("give one of --site, --settlement and --rule"),
            ["site", "settlement", "rule"],
        )
    if target is not None and (asked or target.suffix not in TABLES):
        raise OptionError(
            say("--out takes all facilities, as .csv or .json"), ["target"]
        )
    limits: dict[str, Any] = {
        "time_limit": time_limit,
        "threads": 1 if threads is None else threads,
    }
    read = read_plans([plan], instance)
    (found,) = under_changes(read, changes, is_quiet=quiet or as_json, **limits)
    if not asked:
        _rank(found, target, limits, as_json=as_json, lang=lang)
        return
    if not rule:
        limits["progress"] = None if quiet or as_json else show.Lines()
    told: Any
    if site:
        from aumaq.results.studies.facility import explain_site

        told = explain_site(found, site, service, **limits)
    elif settlement:
        from aumaq.results.studies.settlement import explain_settlement

        told = explain_settlement(found, settlement, service, **limits)
    else:
        from aumaq.results.studies.rule import explain_rule

        told = explain_rule(found, rule, **limits)
    if as_json:
        documents.tell(told.record(words.spoken()))
    else:
        for text in told.sentences(words.spoken()):
            line(text)


def _rank(
    plan: Any, target: Path | None, limits: dict[str, Any], *, as_json: bool, lang: str
) -> None:
    """Rank all facilities by what the plan costs without each; show or write it."""
    from aumaq.instances.formats.targets import probe_file
    from aumaq.results.language import Language
    from aumaq.results.strict_json import strict
    from aumaq.results.studies.facility import ranking

    if target is not None:
        probe_file(target, TABLES)
    rows = ranking(plan, lang=Language(lang), **limits)
    records = strict(rows.to_dict("records"))
    if target is not None and target.suffix == ".csv":
        rows.to_csv(target, index=False)
    elif target is not None:
        text = json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False)
        target.write_text(text, encoding="utf-8")
    if as_json:
        documents.tell({"facilities": records})
    elif target is not None:
        line(t(say("written to {target}", target=target)))
    else:
        show.ranked(rows, plan.instance.currency)
