"""The plan: tidy tables, and the record of how good and how sure they are."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from aumaq.instances import Instance, InstanceError, Problem, UnknownNameError, read
from aumaq.instances.arguments import checked
from aumaq.instances.language.texts import say
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.unavoidable import unavoidable_mln
from aumaq.results.audit import (
    TOLERANCE,
    Audit,
    Finding,
    Verification,
    audit,
    verdict,
    verify,
)
from aumaq.results.audit.findings import explained
from aumaq.results.indicators.visited import ways
from aumaq.results.plan.concerns import concerns
from aumaq.results.plan.decision_tables import decision_tables
from aumaq.results.plan.missing_columns import completed, filled, with_later, without
from aumaq.results.plan.names import unknown_names
from aumaq.results.plan.terms import disagreements, gap_record
from aumaq.results.shares import at_most
from aumaq.solvers import Decisions, Solution, SolveOptions
from aumaq.solvers.proof import bound_below, proven
from aumaq.solvers.solution.decisions import Weighed

if TYPE_CHECKING:
    from aumaq.results.plots import Plots

PACKAGES = ("aumaq", "highspy", "pyomo", "numpy", "pandas", "scipy")

FOUND_ON_READING = ("missing_columns", "older_indicators")
"""Keys of the record that say what was found when it was read, not made."""
DEFINED = "indicator_definitions"
"""Key of the record: which definitions the indicators of the plan have."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A solution with its proof.

    ``tables`` are given out as copies; ``record`` says objective, bound, gap, status,
    seconds, sizes, options, versions and what the verification found. Money is in
    discounted mln of the instance's currency unless a column says otherwise.
    """

    instance: Instance
    tables: Mapping[str, pd.DataFrame]
    record: Mapping[str, Any]
    decisions: Decisions | None = None

    @classmethod
    def from_solution(
        cls,
        instance: Instance,
        solution: Solution,
        options: SolveOptions,
        data: ModelData | None = None,
    ) -> Plan:
        """Audit the decisions of a solution, and hold what follows against its model.

        *data* are the numbers of the instance, if they were gathered before.
        """
        assert solution.decisions is not None
        data = data or gather(instance)
        found = audit(instance, decision_tables(data, solution.decisions))
        plan = cls.judged(instance, found.tables, solution, options, data)
        return plan.held_against(solution.weighed, found)

    @classmethod
    def judged(
        cls,
        instance: Instance,
        tables: Mapping[str, pd.DataFrame],
        solution: Solution,
        options: SolveOptions,
        data: ModelData,
    ) -> Plan:
        """Return a plan of tables with all that is known of it, not verified yet.

        What no plan can avoid to pay is a bound as well, if there is no better one.
        """
        from aumaq.results.indicators.claims import DEFINITIONS

        total = float(tables["objective"]["discounted_mln"].sum())
        least = unavoidable_mln(data)
        bound = bound_below(total, max(solution.bound_mln, least))
        record = {
            "instance": instance.name,
            "instance_origin": instance.origin,
            "instance_hash": instance.content_hash,
            "scenario": instance.scenario,
            "kept_services": None if instance.kept is None else dict(instance.kept),
            "currency": instance.currency,
            "periods": list(instance.period_names),
            "method": options.method,
            "formulation": options.formulation,
            "status": str(proven(total, bound, options.gap, solution.status)),
            "has_plan": True,
            **gap_record(tables["objective"], bound, least),
            "seconds": {k: round(v, 3) for k, v in solution.seconds.items()},
            **solution.size,
            "options": options.as_record(),
            DEFINED: DEFINITIONS,
            "seed": options.seed,
            "versions": versions(),
            "trace": [list(point) for point in solution.trace],
            **solution.extra,
        }
        return cls(
            instance,
            MappingProxyType(dict(tables)),
            MappingProxyType(record),
            solution.decisions,
        )

    def verified(
        self, tolerance: float = TOLERANCE, found: Audit | None = None
    ) -> Plan:
        """Return the plan with what the verification finds in its record.

        ``warnings`` are what a mayor would ask of a plan that keeps all rules. *found*
        is the audit that made its tables, if it was just made.
        """
        verified = self.verify(tolerance) if found is None else self._judged_by(found)
        problems = explained(verified.problems, self.instance)
        record = {
            **self.record,
            "verified": verified.is_feasible,
            "problems": problems,
        }
        tables = MappingProxyType(filled(self.tables, verified.derived))
        plan = replace(self, tables=tables, record=MappingProxyType(record))
        told = {**record, "warnings": concerns(plan)}
        return replace(plan, record=MappingProxyType(told))

    def held_against(self, weighed: Weighed | None, found: Audit) -> Plan:
        """Return the plan with what its audit and its model find different."""
        wrong = disagreements(found.tables, weighed)
        plan = self.verified(found=found)
        return plan.with_problems(wrong) if wrong else plan

    def with_problems(self, problems: Sequence[Finding]) -> Plan:
        """Return the plan with more that is wrong with it: it is not verified."""
        told = explained(problems, self.instance)
        found = [*self.record["problems"], *told]
        return self.with_record(problems=found, verified=False)

    def with_record(self, **more: Any) -> Plan:
        """Return the plan with more in its record."""
        return replace(self, record=MappingProxyType({**self.record, **more}))

    @checked
    def verify(self, tolerance: float = TOLERANCE) -> Verification:
        """Check every rule and the objective from the instance and tables alone.

        Of a plan from elsewhere also what its record says that no plan can avoid.
        """
        missing = self.record.get("missing_columns", [])
        is_ours = self.decisions is not None or "unavoidable_mln" not in self.record
        return verify(
            self.instance,
            without(self.tables, missing),
            claimed_objective_mln=self.record["objective_mln"],
            bound_mln=self.record["bound_mln"],
            record=self.record,
            missing=missing,
            tolerance=tolerance,
            unavoidable_mln=None if is_ours else unavoidable_mln(gather(self.instance)),
        )

    def _judged_by(self, found: Audit) -> Verification:
        """Return what the audit that made the tables says of the plan."""
        objective, bound = self.record["objective_mln"], self.record["bound_mln"]
        return verdict(found, objective, bound, self.record)

    @checked
    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of a table (UnknownNameError if there is none)."""
        if name not in self.tables:
            raise UnknownNameError(say("plan table"), name, self.tables)
        return self.tables[name].copy(deep=False)

    @property
    def facilities(self) -> pd.DataFrame:
        """What runs where, by period and level."""
        return self.table("facilities")

    @property
    def actions(self) -> pd.DataFrame:
        """What is opened, enlarged, kept, renewed, reduced, closed, and its cost."""
        return self.table("actions")

    @property
    def allocation(self) -> pd.DataFrame:
        """Who is served where: shares, demand, minutes, kilometres."""
        return self.table("allocation")

    @property
    def ways(self) -> pd.DataFrame:
        """The allocation, in which those who are visited at home go nowhere."""
        return ways(self.table("allocation"), self.table("visits"))

    @property
    def unserved(self) -> pd.DataFrame:
        """Demand that is not served."""
        return self.table("unserved")

    @property
    def shortfalls(self) -> pd.DataFrame:
        """Standards: asked for, reached, missed."""
        return self.table("shortfalls")

    @property
    def budgets(self) -> pd.DataFrame:
        """Budgets: limit, spent, overrun."""
        return self.table("budgets")

    @property
    def money(self) -> pd.DataFrame:
        """Money by period, service, region and item."""
        return self.table("money")

    @property
    def objective(self) -> pd.DataFrame:
        """The terms of the objective."""
        return self.table("objective")

    @property
    def indicators(self) -> pd.DataFrame:
        """Indicators against baselines and targets, see ``indicator_table``."""
        return self._indicators.copy(deep=False)

    @cached_property
    def _indicators(self) -> pd.DataFrame:
        from aumaq.results.indicators import indicator_table

        return indicator_table(self)

    @property
    def deployment(self) -> pd.DataFrame:
        """The steps of each period in an order that works after each of them."""
        return self._deployment.copy(deep=False)

    @cached_property
    def _deployment(self) -> pd.DataFrame:
        from aumaq.results.plan.deployment import deployment

        return deployment(self)

    @property
    def plot(self) -> Plots:
        """Figures for papers: map, access curve, budget, convergence."""
        from aumaq.results.plots import Plots

        return Plots(self)

    @property
    def objective_mln(self) -> float:
        """The objective, discounted mln."""
        return float(self.record["objective_mln"])

    @property
    def bound_mln(self) -> float:
        """The proven lower bound, discounted mln."""
        return _or_nan(self.record["bound_mln"])

    @property
    def gap(self) -> float:
        """``(objective - bound) / |objective|``."""
        return _or_nan(self.record["gap"])

    @property
    def status(self) -> str:
        """Why the solve stopped; see :class:`aumaq.solvers.Status`."""
        return str(self.record["status"])

    @property
    def is_verified(self) -> bool:
        """Whether the verification found every rule obeyed."""
        return bool(self.record["verified"])

    @checked
    def svg(self, service: str = "") -> str:
        """Return a map as SVG: what runs at the end, what opens and closes."""
        from aumaq.results.plan.view import picture

        return picture(self, service)

    def _repr_html_(self) -> str:
        from aumaq.results.plan.view import html

        return html(self)

    def __repr__(self) -> str:
        """Return a line with the essentials."""
        word = "verified" if self.is_verified else "FAILED VERIFICATION"
        return (
            f"<Plan of {self.instance.name!r}, {self.instance.scenario!r}:"
            f" {self.objective_mln:,.1f} mln, gap {at_most(self.gap, 2):.2%},"
            f" {self.status}, {word}>"
        )

    def to_csv(self, folder: str | Path) -> Path:
        """Write the tables as a folder of CSV files."""
        return self.export("csv", folder)

    def to_json(self, file: str | Path) -> Path:
        """Write record and tables as one JSON file."""
        return self.export("json", file)

    def to_geojson(self, file: str | Path) -> Path:
        """Write facilities and settlements as points."""
        return self.export("geojson", file)

    def to_html(self, file: str | Path, lang: str = "en") -> Path:
        """Write the report, in English (en), Kazakh (kk) or Russian (ru)."""
        return self.export("html", file, lang)

    def to_excel(self, file: str | Path, lang: str = "en") -> Path:
        """Write a workbook: a summary, and one sheet a table."""
        return self.export("xlsx", file, lang)

    def to_gpkg(self, file: str | Path) -> Path:
        """Write a GeoPackage with styled layers."""
        return self.export("gpkg", file)

    def to_parquet(self, folder: str | Path) -> Path:
        """Write the tables as a folder of Parquet files."""
        return self.export("parquet", folder)

    @checked
    def export(self, name: str, path: str | Path, lang: str = "en") -> Path:
        """Write the plan in a registered format (UnknownNameError if unknown).

        Workbook and report are in a language; the others have one name for everything.
        """
        from aumaq.results.exports import EXPORTS

        if name not in EXPORTS:
            raise UnknownNameError(say("export"), name, EXPORTS)
        EXPORTS[name](self, Path(path), lang)
        return Path(path)

    @classmethod
    @checked
    def read(cls, path: str | Path, instance: Instance | None = None) -> Plan:
        """Read a plan from a folder, JSON file or GeoPackage and verify it again.

        Without *instance* the plan brings its own; one that was written before plans
        did is read against the instance where it was. If that is not what the plan was
        made for, it is an InstanceError. Indicators of an earlier definition are
        computed anew, and the record says so (``older_indicators``).
        """
        from aumaq.results.exports import read_files
        from aumaq.results.indicators.claims import DEFINITIONS, wrong_claims

        path = Path(path)
        record, tables, carried, indicators = read_files(path)
        if instance is None and carried is not None:
            instance = replace(carried(), origin=record["instance_origin"])
        elif instance is None:
            instance = read(record["instance_origin"] or record["instance"])
        first_row = 2 if (path / "facilities.csv").is_file() else 1  # below its head
        plan = cls.assembled(instance, tables, record, str(path), first_row)
        wrong = [] if indicators is None else wrong_claims(plan, indicators)
        if wrong and record.get(DEFINED, 1) < DEFINITIONS:
            return plan.with_record(older_indicators=True)
        return plan.with_problems(wrong) if wrong else plan

    @classmethod
    def assembled(
        cls,
        instance: Instance,
        tables: Mapping[str, pd.DataFrame],
        record: Mapping[str, Any],
        where: str,
        first_row: int = 1,
    ) -> Plan:
        """Put a plan that was kept at *where* together and verify it again.

        *first_row*: the number of the first row of its tables as an editor counts.

        Columns that it can do without are recomputed and named in the record. Raises
        InstanceError if the instance is not what the plan was made for, or has not
        what the plan builds.
        """
        if instance.content_hash != record["instance_hash"]:
            was, now = record["instance_hash"][:12], instance.content_hash[:12]
            text = say(
                "made for another state of {name!r}: hash {was}, now {now}",
                name=instance.name,
                was=was,
                now=now,
            )
            raise InstanceError([Problem(where, text)])
        if instance.scenario != record["scenario"] or instance.kept is not None:
            instance = instance.with_scenario(record["scenario"])
        if record.get("kept_services"):
            instance = instance.with_kept_services(record["kept_services"])
        if odd := unknown_names(instance, tables, first_row):
            raise InstanceError([replace(p, file=f"{where}: {p.file}") for p in odd])
        whole, missing = completed(with_later(instance, tables))
        told = {k: v for k, v in record.items() if k not in FOUND_ON_READING}
        if missing:
            told["missing_columns"] = missing
        plan = cls(instance, MappingProxyType(whole), MappingProxyType(told))
        return plan.verified()


def _or_nan(value: float | None) -> float:
    """Return a number of the record, NaN where there is none."""
    return float("nan") if value is None else float(value)


def versions() -> dict[str, str]:
    """Return versions of Python and the packages that matter for a result."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found
