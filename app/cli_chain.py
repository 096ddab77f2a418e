"""Files of plants in chains: what ``describe`` and ``solve`` do with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from aumaq import documents
from aumaq.cli_classic import (
    Asked,
    Limits,
    check_folder,
    show_record,
    told,
    write_table,
)
from aumaq.instances.language.texts import say
from aumaq.show import out
from aumaq.streams import line
from aumaq.words import figure, t

if TYPE_CHECKING:
    from aumaq.classic.chains.problem import Chain
    from aumaq.classic.chains.solution import Plan, Solution
    from aumaq.option_groups import Output

FILES = ("solution.json", "plants.csv", "flows.csv")
"""What a solution is written as."""
SMALLEST = 1e-9
"""Tonnes from which a flow is shown."""


def is_ours(name: str) -> bool:
    """Whether a name is a file of plants in chains, by what is in it."""
    from aumaq.classic.chains.reading import matches

    return matches(Path(name))


def refuse_conversion(name: str) -> None:
    """Raise OptionError where a file of plants in chains would be converted."""
    if not is_ours(name):
        return
    from aumaq.instances.errors import OptionError

    told = say(
        "{file}: plants in chains have no instance of the integrated model: there"
        " nothing that a facility makes goes on to another one, is stored or disposed"
        " of; solve the file itself",
        file=Path(name).name,
    )
    raise OptionError(told)


def describe(name: str, *, as_json: bool) -> None:
    """Show what a file asks."""
    from aumaq.classic.chains.reading import read

    chain = read(name)
    arises = sum(
        float(amount.sum())
        for centre in chain.centres
        for amount in centre.fixed_output.values()
    )
    facts = {
        "name": chain.name,
        "problem": "chain",
        "asks": "plants in chains over years with the least cost",
        "years": chain.years,
        "products": len(chain.products),
        "centres": len(chain.centres),
        "plants": len(chain.plants),
        "routes": len(chain.arcs.source),
        "arises_t": arises,
    }
    if as_json:
        documents.tell({**facts, "notes": list(chain.notes)})
        return
    facts["notes"] = "; ".join(map(t, chain.notes))
    for key, value in facts.items():
        line(f"{key:<16} {value}")


def solve(
    name: str,
    asked: Asked,
    limits: Limits,
    folder: Path | None,
    output: Output,
    *,
    overwrite: bool,
) -> None:
    """Solve a file, show plants and flows, and write them if a folder is given."""
    from aumaq.classic.chains.reading import read
    from aumaq.classic.chains.solving import solve as solve_chain
    from aumaq.classic.methods.clock import silent
    from aumaq.instances.errors import OptionError

    if asked != Asked():
        names = ("problem", "p", "radius", "capacity", "budget", "rounding", "sites")
        refusal = say("{options} are for clients and sites, not for chains of plants",
                      options=", ".join(f"--{name}" for name in names))  # fmt: skip
        raise OptionError(refusal, ["problem"])
    if folder is not None:
        check_folder(folder, FILES, overwrite=overwrite)
    chain = read(name)
    solution = solve_chain(
        chain, time_limit=limits.seconds, seed=limits.seed,
        tell=silent if output.is_silent else told,
    )  # fmt: skip
    record = record_of(chain, solution)
    plants, flows = plant_rows(chain, solution.plan), flow_rows(chain, solution.plan)
    if folder is not None:
        _write(folder, record, plants, flows)
        record["out"] = str(folder)
    if output.as_json:
        documents.tell({**record, "plants": plants, "flows": flows})
        return
    costs, notes = record.pop("costs"), record.pop("notes")
    show_record({**record, "notes": "; ".join(map(t, notes))})
    show_record({f"  {term}": paid for term, paid in costs.items() if paid})
    _show(plants)
    _show(flows)


def record_of(chain: Chain, solution: Solution) -> dict[str, Any]:
    """Return a solution by name: value, bound, gap, what is paid for what."""
    from aumaq.classic.chains.solution import costs

    paid = costs(chain, solution.plan)
    return {
        "name": chain.name,
        "problem": "chain",
        "objective": solution.objective,
        "bound": solution.bound + 0.0,  # never -0
        "gap": solution.gap,
        "status": "optimal" if solution.proven else "feasible",
        "seconds": solution.seconds,
        "costs": {f"{term} $": float(row.sum()) for term, row in paid.items()},
        "notes": list(chain.notes),
    }


def plant_rows(chain: Chain, plan: Plan) -> list[dict[str, Any]]:
    """Return a row for each plant and year in which it is open."""
    from aumaq.classic.chains.solution import processed

    worked = processed(chain, plan)
    stored = 0.0 * worked
    for k, (p, _) in enumerate(chain.inlets):
        stored[p] += plan.stored[k]
    return [
        {
            "plant": plant.name,
            "year": year + 1,
            "capacity_t": float(plant.least_size + plan.extra[p, year]),
            "processed_t": float(worked[p, year]),
            "stored_t": float(stored[p, year]),
        }
        for p, plant in enumerate(chain.plants)
        for year in range(chain.years)
        if plan.is_open[p, year]
    ]


def flow_rows(chain: Chain, plan: Plan) -> list[dict[str, Any]]:
    """Return a row for what is sent and disposed of; then there is no target."""
    arcs, names = chain.arcs, [place.name for place in chain.places]
    rows = [
        (names[u], names[v], m, float(km), amounts)
        for u, v, m, km, amounts in zip(
            arcs.source, arcs.target, arcs.product, arcs.length_km, plan.sent,
            strict=True,
        )
    ]  # fmt: skip
    for (u, m), gone in zip(chain.outlets, plan.disposed, strict=True):
        rows.append((names[u], "", m, 0.0, gone))
    return [
        {"source": source, "target": target, "product": chain.products[m].name,
         "year": year + 1, "length_km": km, "amount_t": float(amount)}
        for source, target, m, km, amounts in rows
        for year, amount in enumerate(amounts)
        if amount > SMALLEST
    ]  # fmt: skip


def _show(rows: list[dict[str, Any]]) -> None:
    """Print a table under the names of its columns."""
    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for key, value in rows[0].items():
        table.add_column(key, justify="left" if isinstance(value, str) else "right")
    for row in rows:
        table.add_row(
            *(figure(value, ",.3f") if isinstance(value, float) else str(value)
              for value in row.values())
        )  # fmt: skip
    out.print(table)


def _write(
    folder: Path,
    record: dict[str, Any],
    plants: list[dict[str, Any]],
    flows: list[dict[str, Any]],
) -> None:
    """Write a solution as JSON and two CSV files; all of them or none appear."""
    from aumaq.instances.formats.drafts import draft_folder
    from aumaq.results.strict_json import strict

    text = json.dumps(strict(record), ensure_ascii=False, indent=1)
    heads = (
        ("plant", "year", "capacity_t", "processed_t", "stored_t"),
        ("source", "target", "product", "year", "length_km", "amount_t"),
    )
    with draft_folder(folder) as draft:
        (draft / FILES[0]).write_text(text + "\n", encoding="utf-8")
        for name, head, rows in zip(FILES[1:], heads, (plants, flows), strict=True):
            cells = [[str(row[key]) for key in head] for row in rows]
            write_table(draft / name, list(head), cells)
