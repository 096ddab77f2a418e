"""Tables of futures: scenarios, what they override, and variants to combine with."""

from __future__ import annotations

from aumaq.instances.schema.column import SOURCE, Column, Table

PROJECTION = Column(
    "projection",
    "text",
    "name to look up in `projections`, `population` and `growth` (empty: the"
    " scenario's own name)",
    default=None,
)
OVERRIDES_OF = Column(
    "overrides",
    "text",
    "sets of `overrides` that apply, in order, `; ` between them",
    default=None,
)

SCENARIOS = Table(
    "scenarios",
    "The futures; the first one is the default.",
    (
        Column("scenario", "text", "name of the scenario"),
        Column("title", "text", "title for readers", default=None),
        PROJECTION,
        OVERRIDES_OF,
        Column(
            "capex_factor",
            "number",
            "all investments times this",
            "factor",
            1.0,
            low=0.0,
        ),
        Column(
            "opex_factor",
            "number",
            "all yearly costs, and hiring and training, times this",
            "factor",
            1.0,
            low=0.0,
        ),
        Column(
            "budget_factor", "number", "all budgets times this", "factor", 1.0, low=0.0
        ),
        Column(
            "probability",
            "number",
            "weight of the future where several are planned for at once",
            "share",
            1.0,
            low=0.0,
        ),
    ),
    key=("scenario",),
    in_toml=True,
    is_required=True,
    example=({"scenario": "base", "title": "Base"},),
)


VARIANTS = Table(
    "variants",
    "What may be added to a scenario, one of each axis: `managed+dear+tight` is the"
    " scenario `managed` with the variants `dear` and `tight`.",
    (
        Column("variant", "text", "name, unique over all axes"),
        Column("axis", "text", "what it varies: prices, budgets, ..."),
        Column("title", "text", "title for readers", default=None),
        Column(
            "projection",
            "text",
            "takes the place of the scenario's (empty: it stays)",
            default=None,
        ),
        OVERRIDES_OF,
        *(
            Column(
                name,
                "number",
                "the scenario's factor is multiplied by this",
                "factor",
                1.0,
                low=0.0,
            )
            for name in ("capex_factor", "opex_factor", "budget_factor")
        ),
        Column(
            "probability",
            "number",
            "the scenario's weight is multiplied by this",
            "share",
            1.0,
            low=0.0,
        ),
    ),
    key=("variant",),
    in_toml=True,
)


OVERRIDES = Table(
    "overrides",
    "Named sets of changes to values of other tables, named by scenarios and variants.",
    (
        Column(
            "override",
            "text",
            "name of the set; the set `always` applies in every scenario, after all"
            " others",
        ),
        Column("table", "text", "the table that is changed"),
        Column(
            "where",
            "text",
            "the rows: `column=value`, `; ` between several (empty: all rows); with"
            " the action `add` the cells of the new row",
            default=None,
        ),
        Column(
            "column",
            "text",
            "the column that is changed (empty with `add` and `remove`)",
            default=None,
        ),
        Column(
            "action",
            "text",
            "`set` the value, multiply by it (`times`), add it (`plus`), `remove` the"
            " rows, `add` a row",
            default="set",
            choices=("set", "times", "plus", "remove", "add"),
        ),
        Column("value", "text", "the value (empty with `add`, `remove`)", default=None),
        SOURCE,
    ),
)
