"""The page docs/reliability.md, written from what the trials came to."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from programme import Kind, Outcome

HEAD = """# Reliability

What was tried to make the package wrong, and what came of it. The figures are written
by `make reliability` (`python tests/reliability`), never by hand; a part of every
kind is tried by `make test-all`. A trial is drawn from the seed, so that it can be
repeated: `python tests/reliability --only "roads, free"` tries one kind again. What
failed is tried again once it is mended; the table holds the last outcome of each.

"""
PARTS = {
    "instances": """## Random instances

Small instances of all families, drawn at random. Each is solved by the direct method
(the two formulations by turns) and by blocks or the decomposition, and compared with
enumeration or with an independent formulation in `tests/support/`, which share
nothing with the package. A trial holds if the optimum is equal or both say that there
is no plan, no bound is above the optimum, and the audit finds nothing in any plan.
""",
    "metamorphic": """## Changes whose effect is known

Two instances are solved, before and after a change. No oracle is needed, so families
are mixed as they come.
""",
    "malformed": """## Malformed input

A right file is spoiled in a cell, in its structure or in its bytes, or words are
given that nobody can mean. A trial holds if the command ends with one clear error and
exit code 2 (bytes at random may also mean something, and are read then), without a
traceback, and every file is afterwards what it was.
""",
    "broken off": """## Killed, and out of room

Processes are killed (`kill -9`) at random moments, half of them at a random operation
on files; files may not grow further, or the disk is full; several processes use one
store. A trial holds if afterwards each file is whole or absent, a store opens and
holds every run that was told as kept, and a run goes on from its checkpoint.
""",
    "limits": """## Limits and repetition

Limits of time, work and memory, and the same seed again in another process.
""",
    "audit": """## The audit

Plans are falsified on purpose, and the audit must find each under the rule that it
breaks. Every check of the audit (a call that may write a finding down) must in turn
find a falsified plan: of one that finds none no test would see that it is gone.
""",
}


def page(kinds: Sequence[Kind], outcomes: Sequence[Outcome]) -> str:
    """Return the page: a table of each part, and the sum of all."""
    seeds = sorted({str(one.seed) for one in outcomes})
    text = HEAD
    text += f"{machine()}; seed {', '.join(seeds)}. {commits(outcomes)}\n"
    names = {kind.name for kind in kinds}
    tried = [one for one in outcomes if one.is_tried and one.kind in names]
    held = sum(not one.faults for one in tried)
    text += f"**{len(tried)} trials: {held} held, {len(tried) - held} failed.**\n"
    for part, told in PARTS.items():
        rows = [row(kind, outcomes) for kind in kinds if kind.part == part]
        if any(rows):
            text += f"\n{told}\n| Kind | Tried | Held | Failed | Seconds |\n"
            text += "| --- | --: | --: | --: | --: |\n" + "".join(rows)
    return text


def row(kind: Kind, outcomes: Sequence[Outcome]) -> str:
    """Return the line of a kind, nothing if it was not tried."""
    own = [one for one in outcomes if one.is_tried and one.kind == kind.name]
    if not own:
        return ""
    held, seconds = sum(not one.faults for one in own), sum(one.seconds for one in own)
    failed = len(own) - held
    return f"| {kind.name} | {len(own)} | {held} | {failed} | {seconds:.0f} |\n"


def commits(outcomes: Sequence[Outcome]) -> str:
    """Return which commits were tried, and how often: a run may go on over several."""
    counts = Counter(one.commit or "not noted" for one in outcomes)
    told = [f"{commit} ({count})" for commit, count in counts.most_common()]
    return f"Trials by commit: {', '.join(told)}."


def machine() -> str:
    """Return what kind of machine this is, without its name."""
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, " + (
        f"Python {platform.python_version()}"
    )


def write(file: Path, text: str) -> None:
    """Write the page, whole or not at all."""
    draft = file.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(file)
