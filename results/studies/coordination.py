"""The value of coordination: one plan for all, against one office after the other.

``joint``            services and networks in one model;
``services_first``   services are planned on the roads of today, without a thought of
                     power and water; then networks for what was decided;
``networks_first``   roads, power and water are planned for connections, people,
                     industry, today's facilities; then services on what was decided.

All three are plans of the same instance under the same rules, so their objectives
compare. What an office is told of money is generous: of a common budget the other
office spends just what it spends in the joint plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from aumaq.instances import Instance, InstanceError, NoPlanError
from aumaq.instances.arguments import checked
from aumaq.instances.errors import grouped
from aumaq.instances.interruption import listening
from aumaq.instances.language.texts import Text, chained, say
from aumaq.results.plan.cautions import contradiction
from aumaq.results.plan.figures import (
    investment,
    mean_minutes,
    served_share,
    shed_share,
)
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.offices import networks_alone, services_alone
from aumaq.results.studies.solve import solve
from aumaq.solvers import Progress, Silent, SolveOptions
from aumaq.solvers.progress import Labelled, relative_gap

WAYS = {
    "joint": say("joint"),
    "services_first": say("services first"),
    "networks_first": say("networks first"),
}
"""Ways to plan -> what they are called."""
NO_MESSAGE = Text("")
JOINT_SHARE = 0.4
"""Share of the time for the joint plan; the four other solves divide the rest."""


@dataclass(frozen=True)
class Way:
    """One way to plan: its plan, or why there is none; bound of its last solve, mln.

    The bound of ``joint`` holds for every plan. That of another way holds for all plans
    with what its first office decided. It is contradicted if one of its solves was:
    then the message says so.
    """

    name: str
    plan: Plan | None
    bound_mln: float
    message: Text = NO_MESSAGE
    is_contradicted: bool = False


@dataclass(frozen=True)
class Coordination:
    """The three ways to plan an instance."""

    instance: Instance
    ways: dict[str, Way]

    @property
    def joint(self) -> Plan:
        """The joint plan: the best of all, for every plan is one of the joint model."""
        plan = self.ways["joint"].plan
        assert plan is not None
        return plan

    def record(self) -> dict[str, Any]:
        """Return figures of all ways as plain values."""
        return {
            "instance": self.instance.name,
            "scenario": self.instance.scenario,
            "currency": self.instance.currency,
            "ways": {name: self._way(way) for name, way in self.ways.items()},
        }

    @checked
    def keep(self, store: str | Path) -> str:
        """Keep the plan of each way in a file of runs; return the ``batch_id``."""
        from aumaq.results.store import Store

        ways = {name: way.plan for name, way in self.ways.items()}
        plans = {name: plan for name, plan in ways.items() if plan is not None}
        return Store(store).add_all("coordination", self.instance, plans, self.record())

    def _way(self, way: Way) -> dict[str, Any]:
        if way.plan is None:
            return {"has_plan": False, "message": way.message}
        objective = way.plan.objective_mln
        found = {
            "has_plan": True,
            "message": way.message,
            "status": "contradicted" if way.is_contradicted else way.plan.status,
            "objective_mln": objective,
            "bound_mln": way.bound_mln,
            "gap": relative_gap(objective, way.bound_mln),
            "verified": way.plan.is_verified,
            **figures(way.plan),
        }
        if way.name != "joint":
            found |= self._difference(way, objective)
        return found

    def _difference(self, way: Way, objective: float) -> dict[str, float]:
        """Return how much more a way costs, and what is certain of it, mln.

        At least: even the best completion of its first office's plan costs so much more
        than the joint plan. At most: no joint plan can be better than the bound.
        """
        best = self.joint.objective_mln
        return {
            "difference_mln": objective - best,
            "difference_share": (objective - best) / best if best else 0.0,
            "difference_at_least_mln": max(0.0, way.bound_mln - best),
            "difference_at_most_mln": objective - self.ways["joint"].bound_mln,
        }


def figures(plan: Plan) -> dict[str, Any]:
    """Return what a plan leaves unserved and unmet, its access, what it builds."""
    terms = plan.objective.set_index("term")
    unserved = plan.unserved.groupby("service")["demand"].sum()
    instance = plan.instance
    serving = [name for name in instance.service_names if instance.serves(name)]
    connections = plan.table("connections")
    return {
        "unserved_demand": {s: float(unserved.get(s, 0.0)) for s in serving},
        "served_share": served_share(plan).overall.to_dict(),
        "mean_minutes": mean_minutes(plan).overall.to_dict(),
        "shed_share": shed_share(plan).overall.to_dict(),
        "connections_missed": int((~connections["is_met"]).sum()),
        "road_upgrades": len(plan.table("road_upgrades")),
        "network_steps": len(plan.table("network_steps")),
        "investment_mln": investment(plan, "service").to_dict(),
        "terms_mln": terms["discounted_mln"].to_dict(),
    }


@checked
def coordination(
    instance: Instance,
    *,
    time_limit: float = 600.0,
    gap: float = 0.01,
    method: str = "auto",
    threads: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Coordination:
    """Plan an instance in all three ways; *time_limit* is in seconds for all of it.

    Ctrl-C ends the solve under way; a way that was not begun then has no plan. Raises
    NoPlanError if there is no joint plan.
    """
    SolveOptions(method, time_limit, gap, threads, seed)  # refuses what makes no sense
    tell, each = (
        Silent() if progress is None else progress,
        (1.0 - JOINT_SHARE) * time_limit / 4,
    )
    usual: dict[str, Any] = {
        "gap": gap, "method": method, "threads": threads, "seed": seed
    }  # fmt: skip

    def one(label: Text, of: Instance, seconds: float, **more: Any) -> Plan:
        named = Labelled(tell, label)
        return solve(of, time_limit=seconds, progress=named, **usual, **more)

    with listening() as heard:
        joint = one(WAYS["joint"], instance, JOINT_SHARE * time_limit)
        ways = {"joint": _way("joint", joint)}
        for name, office, settled in (
            ("services_first", services_alone, "services_of"),
            ("networks_first", networks_alone, "networks_of"),
        ):
            ways[name] = (
                Way(name, None, float("nan"), say("stopped before it was begun"))
                if heard
                else _one_after_the_other(
                    instance, name, partial(office, instance, joint), settled, each, one
                )
            )
    plans = [way.plan for way in ways.values() if way.plan is not None]
    best = min(plans, key=lambda plan: plan.objective_mln)
    if best is not joint:
        text = say("a plan of another way was better and stands here")
        ways["joint"] = replace(
            ways["joint"], plan=best, message=ways["joint"].message or text
        )
    return Coordination(instance, ways)


def _way(name: str, plan: Plan, *earlier: Plan) -> Way:
    """Return a way with its plan; *earlier* are the plans that it rests on."""
    wrong = [one for one in (*earlier, plan) if one.status == "contradicted"]
    told = chained([contradiction(one.record) for one in wrong], " ")
    return Way(name, plan, plan.bound_mln, told, is_contradicted=bool(wrong))


def _one_after_the_other(
    instance: Instance,
    name: str,
    office: Callable[[], Instance],
    settled: str,
    seconds: float,
    one: Callable[..., Plan],
) -> Way:
    """Plan for the first office, then complete the plan for the second.

    Some office cannot keep a hard rule by itself, whatever it does: no plan either.
    """
    failed = say("the first office finds none: {error}")
    try:
        first = one(say("{way}, first", way=WAYS[name]), office(), seconds)
        failed = say("the second office finds none: {error}")
        second = say("{way}, second", way=WAYS[name])
        plan = one(second, instance, seconds, **{settled: first})
    except NoPlanError as error:
        return Way(name, None, float("nan"), failed.given(error=error.text))
    except InstanceError as error:
        why = chained(grouped(error.problems), "; ")
        return Way(name, None, float("nan"), failed.given(error=why))
    return _way(name, plan, first)
