"""Why an instance has no plan: its conflicts, and the cheapest way out of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from aumaq.instances import Instance, OptionError, UnknownNameError
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import Text, say
from aumaq.instances.rules import rules_of
from aumaq.model.lifted import lifted_program
from aumaq.results.explanations.limits import Words
from aumaq.results.language import ENGLISH, Language
from aumaq.solvers import SolveOptions
from aumaq.solvers.conflicts.relaxation import Relaxation, cheapest
from aumaq.solvers.conflicts.search import Conflict, Found, search
from aumaq.solvers.conflicts.system import TOLERANCE, Clock, System
from aumaq.solvers.progress import Progress, ProgressEvent, Silent

NAN = float("nan")
MOST_ROWS = 5_000
"""With more rows in all tables, what may not be built at a site is left out: with it
the model would be several times as large."""
MOST_SHOWN = 12
"""Rules of a conflict in sentences; the record has all of them."""
NOTHING_HELPS = say(
    "Proven: there is no plan whichever rules are given up. What is kept, what stands"
    " today, and the loads and links of networks leave none."
)
ONE_GIVES_WAY = (
    say("A plan becomes possible, and no other change is smaller, if:"),
    say("A plan becomes possible, though a smaller change may do, if:"),
)
SEVERAL_GIVE_WAY = (
    say("A plan becomes possible, and no other change is smaller, if all of this is"
        " done:"),
    say("A plan becomes possible, though a smaller change may do, if all of this is"
        " done:"),
)  # fmt: skip
RELAXING_SHARE = 0.4
"""Of the time, for the cheapest relaxation."""


@dataclass(frozen=True)
class Conflicts:
    """What clashes in an instance, and what would have to give way.

    ``is_possible`` is None where time ran out before that was known; ``is_all`` says
    that there are no more conflicts than those told.
    """

    instance: Instance
    system: System = field(repr=False)
    found: Found
    cheapest: Relaxation | None
    seconds: float
    _told: dict[Language, Words] = field(default_factory=dict, repr=False)

    @property
    def is_possible(self) -> bool | None:
        """Whether a plan obeys all rules."""
        return self.found.is_possible

    @checked
    def record(self, lang: Language = ENGLISH) -> dict[str, Any]:
        """Return all of it as plain values, with texts in a language."""
        return {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "is_possible": self.is_possible,
            "is_all": self.found.is_all,
            "seconds": self.seconds,
            "rules": len(self.system),
            "questions": self.system.asked,
            "conflicts": [self._conflict(c, lang) for c in self.found.conflicts],
            "cheapest": self._relaxation(lang),
            "ways_out": [
                [self._limit(k, lang) for k in sorted(lost)] for lost in self.found.lost
            ],
        }

    def _words(self, lang: Language) -> Words:
        if lang not in self._told:
            self._told[lang] = Words(self.instance, self.system.found, lang)
        return self._told[lang]

    def _limit(self, k: int, lang: Language) -> dict[str, Any]:
        limit, words = self.system.limits[k], self._words(lang)
        at = words.at(limit)
        return {
            "rule": limit.rule,
            **{key: _plain(value) for key, value in limit.key},
            "text": lang.tell(words.title(limit)),
            "table": at[0] if at else "",
            "rows_of_model": len(self.system.rows[k]),
        }

    def _conflict(self, conflict: Conflict, lang: Language) -> dict[str, Any]:
        return {
            "is_minimal": conflict.is_minimal,
            "rules": [
                {**self._limit(k, lang), "is_needed": k in conflict.needed}
                for k in conflict.limits
            ],
        }

    def _relaxation(self, lang: Language) -> dict[str, Any] | None:
        if self.cheapest is None or self.is_possible:
            return None
        words, found = self._words(lang), self.cheapest
        missed = self.system.missed(found.values)
        numbers = self.system.matrices.row_numbers
        rules = []
        for k, amount in zip(found.limits, found.amounts, strict=True):
            rows = self.system.rows[k]
            where = words.places(numbers[rows[missed[rows] > TOLERANCE]])
            limit, size = self.system.limits[k], float(self.system.sizes[k].max())
            rules.append({
                **self._limit(k, lang),
                "amount": amount,
                "how": lang.tell(words.given_way(limit, amount, size)),
                "where": where,
            })  # fmt: skip
        return {
            "weight": found.weight,
            "bound": found.bound,
            "is_proven": found.is_proven,
            "rules": rules,
        }

    @checked
    def sentences(
        self, lang: Language = ENGLISH, *, is_short: bool = False
    ) -> list[str]:
        """Return what a planner reads: each conflict, then what could give way."""
        told = self.record(lang)
        if self.is_possible:
            return [lang.tell(say("There is a plan: all rules can hold together."))]
        if self.is_possible is None:
            text = say("In {seconds:.0f} s it was not found out what clashes.",
                       seconds=self.seconds)  # fmt: skip
            return [lang.tell(text)]
        lines = []
        shown = told["conflicts"][:1] if is_short else told["conflicts"]
        for number, conflict in enumerate(shown, 1):
            lines += _of_conflict(number, conflict, lang)
        if not is_short:
            lines.append(lang.tell(self._completeness()))
        if told["cheapest"] is not None:
            lines += _of_relaxation(told["cheapest"], self._words(lang), lang)
        return lines

    def _completeness(self) -> Text:
        if self.found.is_all:
            return say("There are no other conflicts.")
        return say("There may be more conflicts.")


def _of_conflict(number: int, conflict: dict[str, Any], lang: Language) -> list[str]:
    rules = conflict["rules"]
    if not rules:
        return [lang.tell(NOTHING_HELPS)]
    head = (
        say("Conflict {number}: this rule cannot be kept:", number=number)
        if len(rules) == 1
        else say("Conflict {number}: these rules cannot be kept together:",
                 number=number)
    )  # fmt: skip
    shown = rules if len(rules) <= MOST_SHOWN + 1 else rules[:MOST_SHOWN]
    lines = [f"  – {rule['text']}  [{rule['rule']}]" for rule in shown]
    if len(shown) < len(rules):
        rest = lang.number(len(rules) - len(shown))
        lines.append("  – " + lang.tell(say("and {count} more", count=rest)))
    return [lang.tell(head), *lines, "  " + lang.tell(_proof(conflict))]


def _proof(conflict: dict[str, Any]) -> Text:
    """Return what is proven of a conflict."""
    if not conflict["is_minimal"]:
        return say("Proven: no plan keeps them all; not proven that all are needed.")
    if len(conflict["rules"]) == 1:
        return say("Proven: no plan keeps it; without it there is a plan.")
    return say(
        "Proven: no plan keeps them all; without any one of them there is a plan."
    )


def _of_relaxation(found: dict[str, Any], words: Words, lang: Language) -> list[str]:
    heads = SEVERAL_GIVE_WAY if len(found["rules"]) > 1 else ONE_GIVES_WAY
    head = heads[0 if found["is_proven"] else 1]
    lines = [lang.tell(head)]
    for rule in found["rules"]:
        lines.append(f"  – {rule['text']}: {rule['how']}")
        if rule["where"]:
            places = words.names.listed(rule["where"])
            lines.append("    " + lang.tell(say("where: {places}", places=places)))
    return lines


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


@checked
def conflicts(
    instance: Instance,
    *,
    most: int | None = 1,
    keep: Sequence[str] = (),
    time_limit: float = 60.0,
    threads: int = 1,
    progress: Progress | None = None,
) -> Conflicts:
    """Find out why the active scenario has no plan.

    Looks for so many conflicts (None: all), each a smallest set of rules that no plan
    keeps together, and for the cheapest relaxation that makes a plan possible, in
    *time_limit* seconds. That a conflict clashes is always proven; where time ran out
    before each of its rules was proven to be needed, it is told as not proven minimal.
    Rules whose ids are in *keep* always hold: they are no part of a conflict, and do
    not give way. Raises UnknownNameError if there is no such rule, OptionError for
    options that make no sense.
    """
    SolveOptions(time_limit=time_limit, threads=threads)  # refuses what makes no sense
    if most is not None and most < 1:
        raise OptionError(say("most must be at least 1, or None for all, not {n}",
                              n=most), ["most"])  # fmt: skip
    begun, tell = time.monotonic(), Silent() if progress is None else progress

    known = rules_of(instance)
    for rule in keep:
        if rule not in known:
            raise UnknownNameError(say("rule"), rule, known)

    def told(phase: Text) -> None:
        tell.update(ProgressEvent(phase, time.monotonic() - begun, NAN, NAN))

    told(say("building the model"))
    is_small = sum(map(len, instance.tables.values())) <= MOST_ROWS
    program = lifted_program(instance, lifts_sites=is_small)
    clock = Clock(time_limit * (1.0 - RELAXING_SHARE), threads)
    system = System(program, clock, keep)
    told(say("looking for rules that clash"))
    found = search(system, most, lambda _: told(say("looking for rules that clash")))
    way = None
    if found.is_possible is not True:
        told(say("looking for the cheapest relaxation"))
        clock.seconds = max(time_limit, clock.gone + 1.0)
        way = cheapest(system)
    return Conflicts(instance, system, found, way, time.monotonic() - begun)
