"""``aumaq explain``: what a facility, a settlement or a rule means for a plan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

import aumaq
from aumaq import documents, show, words
from aumaq.instances.language.texts import say
from aumaq.option_groups import Telling, grouped
from aumaq.options import Changes, PlanName, Threads, Where, read_plans, under_changes
from aumaq.streams import line
from aumaq.words import t

TABLES = (".csv", ".json")


@dataclass(frozen=True)
class Subject:
    """What is explained: a facility, a settlement or a rule of a plan, or all of it."""

    plan: PlanName
    changes: Changes = None
    site: Annotated[str, typer.Option(help="code of a site with a facility")] = ""
    settlement: Annotated[str, typer.Option(help="code of a settlement")] = ""
    rule: Annotated[str, typer.Option(help="id of a rule: budget:investment")] = ""
    service: Annotated[str, typer.Option(help="of several at the place")] = ""

    @property
    def parts(self) -> list[str]:
        """Names of the parts of the plan that are asked for."""
        return [name for name in (self.site, self.settlement, self.rule) if name]

    def check(self, target: Path | None) -> None:
        """Raise OptionError for two parts, or a file of what is no table."""
        from aumaq.instances import OptionError

        if len(self.parts) > 1:
            raise OptionError(
                say("give one of --site, --settlement and --rule"),
                ["site", "settlement", "rule"],
            )
        if target is not None and (self.parts or target.suffix not in TABLES):
            raise OptionError(
                say("--out takes all facilities, as .csv or .json"), ["target"]
            )

    def explained(
        self, plan: aumaq.Plan, limits: dict[str, Any], progress: show.Lines | None
    ) -> Any:
        """Return what the part that is asked for means for a plan."""
        if self.rule:
            from aumaq.results.studies.rule import explain_rule

            return explain_rule(plan, self.rule, **limits)
        limits = {**limits, "progress": progress}
        if self.site:
            from aumaq.results.studies.facility import explain_site

            return explain_site(plan, self.site, self.service, **limits)
        from aumaq.results.studies.settlement import explain_settlement

        return explain_settlement(plan, self.settlement, self.service, **limits)


@dataclass(frozen=True)
class Trial:
    """How long each trial may take, on what, and where the instance is if it moved."""

    time_limit: Annotated[float, typer.Option(help="seconds", min=0.1)] = 60.0
    threads: Threads = None
    instance: Where = ""

    @property
    def limits(self) -> dict[str, Any]:
        """How long and on what, by the names of the library."""
        threads = 1 if self.threads is None else self.threads
        return {"time_limit": self.time_limit, "threads": threads}


@grouped
def explain(
    *,
    subject: Subject,
    target: Annotated[
        Path | None,
        typer.Option("--out", help="file for all facilities: .csv or .json"),
    ] = None,
    trial: Trial,
    telling: Telling,
) -> None:
    """Explain a facility, a settlement or a rule; else rank all facilities.

    The plan is solved again without the facility, with one, or without the rule; what
    that costs is told as a range. With --set it is that of the plan, its decisions as
    they are, where values are changed.
    """
    subject.check(target)
    read = read_plans([subject.plan], trial.instance)
    is_quiet = telling.output.is_silent
    (plan,) = under_changes(read, subject.changes, is_quiet=is_quiet, **trial.limits)
    if not subject.parts:
        _rank(plan, target, trial.limits, telling)
        return
    told = subject.explained(plan, trial.limits, telling.progress)
    if telling.as_json:
        documents.tell(told.record(words.spoken()))
    else:
        for text in told.sentences(words.spoken()):
            line(text)


def _rank(
    plan: aumaq.Plan, target: Path | None, limits: dict[str, Any], telling: Telling
) -> None:
    """Rank all facilities by what the plan costs without each; show or write it."""
    from aumaq.instances.formats.drafts import draft_file
    from aumaq.instances.formats.targets import probe_file
    from aumaq.instances.interruption import finishing
    from aumaq.results.language import Language
    from aumaq.results.strict_json import strict
    from aumaq.results.studies.facility import ranking

    if target is not None:
        probe_file(target, TABLES)
    rows = ranking(plan, lang=Language(telling.lang), **limits)
    records = strict(rows.to_dict("records"))
    if target is not None:
        text = json.dumps(records, ensure_ascii=False, indent=1, allow_nan=False)
        is_csv = target.suffix == ".csv"
        with finishing(), draft_file(target) as draft:
            draft.write_text(rows.to_csv(index=False) if is_csv else text, "utf-8")
    if telling.as_json:
        documents.tell({"facilities": records})
    elif target is not None:
        line(t(say("written to {target}", target=target)))
    else:
        show.ranked(rows, plan.instance)
