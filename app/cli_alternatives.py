"""``aumaq alternatives``: the K best plans, or near-optimal ones that differ most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

import aumaq
from aumaq import show
from aumaq.instances.language.texts import say
from aumaq.option_groups import grouped
from aumaq.options import listed
from aumaq.several import Study, share_of
from aumaq.words import bound, figure, spoken, t, upper

if TYPE_CHECKING:
    from aumaq.instances import Instance

HEADS = (
    say("objective"), say("bound"), say("gap"), say("invested"), say("differs"),
    say("nearest"), say("at most"), say("verified"),
)  # fmt: skip
WITHIN, CAP = "2%", "cost"
"""What --within and --cap are where they are not said."""


@dataclass(frozen=True)
class Wanted:
    """How many plans of which kind, and what tells them apart."""

    best: Annotated[int | None, typer.Option(help="the so many best plans")] = None
    most_different: Annotated[
        int | None, typer.Option(help="so many plans that differ most")
    ] = None
    within: Annotated[
        str,
        typer.Option(
            help="with these: how much more than the best plan: 2%",
            show_default=WITHIN,
        ),
    ] = ""
    caps: Annotated[
        str,
        typer.Option(
            "--cap", help="of what: cost, investment, posts", show_default=CAP
        ),
    ] = ""
    by: Annotated[str, typer.Option(help="what tells plans apart: sites, levels")] = (
        "sites"
    )

    @property
    def options(self) -> dict[str, Any]:
        """What is wanted by the names of the library."""
        is_far = self.most_different is not None
        return {
            "best": self.best or self.most_different or 0,
            "within": share_of(self.within or WITHIN) if is_far else None,
            "caps": listed(self.caps or CAP),
            "by": self.by,
        }


@dataclass(frozen=True)
class Earlier:
    """A plan that those to be found are like."""

    against: Annotated[str, typer.Option(help="an earlier plan")] = ""
    churn: Annotated[
        int | None, typer.Option(help="at most so much otherwise than in that plan")
    ] = None

    @property
    def options(self) -> dict[str, Any]:
        """The plan and how like it they are, by the names of the library."""
        plan = aumaq.find_plan(self.against) if self.against else None
        return {"against": plan, "churn": self.churn}


@grouped
def alternatives(*, wanted: Wanted, earlier: Earlier, study: Study) -> None:
    """Find the best plans after the best, or others that cost hardly more."""
    from aumaq.instances import OptionError

    if (wanted.best is None) == (wanted.most_different is None):
        raise OptionError(say("give either --best or --most-different"))
    if wanted.best is not None and (wanted.within or wanted.caps):
        raise OptionError(say("--within and --cap go with --most-different"))
    instance = study.read()
    found = aumaq.alternatives(
        instance, **wanted.options, **earlier.options, **study.options
    )
    plans = {f"plan-{k + 1}": plan for k, plan in enumerate(found.plans)}
    study.finish(found, plans, partial(_show, found))


def _show(found: aumaq.Alternatives) -> None:
    """Print the plans beside each other, and what is certain of them."""
    instance: Instance = found.instance
    table = Table(show_edge=False, pad_edge=False)
    table.add_column(t(say("mln {currency}", currency=instance.currency)))
    for head in HEADS:
        table.add_column(t(head), justify="right")
    for row in found.rows.to_dict("records"):
        table.add_row(*_cells(row))
    show.out.print(table)
    if found.message:
        show.out.print(spoken().tell(found.message), markup=False, soft_wrap=True)


def _cells(row: dict[str, Any]) -> list[str]:
    number = t(say("plan {n}", n=row["plan"]))
    cost, least = row["objective_mln"], row["bound_mln"]
    money = figure(cost, ",.1f"), bound(least, cost, ",.1f")
    apart = [figure(row[key]) for key in ("differs", "nearest", "nearest_most")]
    return [number, *money, upper(row["gap"], ".2%"),
            figure(row["investment_mln"], ",.1f"), *apart,
            show.verdict(row["verified"])]  # fmt: skip
