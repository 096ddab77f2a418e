r"""The model of an instance in which every rule is a row that can be taken away.

For a solve, what the rules forbid is not built: no variable for a school on forbidden
land, none for people without a place where all must have one. Whoever asks why there
is no plan needs these rules in sight. Here the same model is built of numbers in which
they are lifted, and they stand as rows of a block of their own:

Variables
    ``room[s,j,l,t,n]``
        0 to what may ever come: demand served beyond the capacity, as a multiple of the
        room of one facility, in each of *n* of them. *n* is 1, 2, 4 ...: any number of
        facilities is a sum of these, so that all of one level give way alike
    ``as_many[s,j,l,t,n]``
        1 if *n* facilities hold more, where several fit

Constraints
    ``unserved[s,i,t]``
        :math:`unserved_{sit} \le 0` where all demand is to be served
    ``shed[h,n,t]``
        :math:`shed_{nt} / most_{nt} \le 0` in networks *h* that may shed nothing
    ``forbidden[s,j,t]``
        :math:`\sum_{l \ge 1} units_{sjlt} \le 0` on forbidden sites
    ``land[s,j,l,t]``, ``sized[s,j,l,t]``
        :math:`\sum_{l' \ne l} moves_{sjl'lt} \le 0` where the land forbids the level,
        or the site or the settlement is too small for it
    ``early[s,j,t]``
        :math:`\sum_{l \ge 1} moves_{sj0lt} \le 0` before the first period of the site
    ``transitions[s,l,l',t]``
        :math:`\sum_j moves_{sjll't} \le 0` where the policies or the service forbid it
    ``holds[s,j,l,t,n]``
        :math:`room_{sjltn} \le most_{sj}\, as\_many_{sjltn}`, or of *units* where one
        fits
    ``several[s,j,l,t]``
        :math:`\sum_n n\, as\_many_{sjltn} \le units_{sjlt}`
    ``capacity[s,j,l,t,n]``
        :math:`room_{sjltn} \le 0`

``allocation.capacity`` is less :math:`\sum_n n\, room`; ``visited`` is at most 1, so
that ``days`` and ``part`` alone say whom teams serve; partners and funds may pay for
all that is spent, so that ``limit`` alone says how much. With all rows the plans are
those of the model that is solved.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from aumaq.instances import Instance
from aumaq.instances.arrays import Flags, Floats, Ints
from aumaq.instances.land.forbidden import forbidden_levels
from aumaq.instances.land.works import LINKS, LOCAL, ROADS
from aumaq.instances.scenarios.overrides import ALWAYS
from aumaq.instances.terms import TERMS
from aumaq.model.algebra import Block, Rows, variable
from aumaq.model.context import FACILITY, PLACE, SITE, Context, Numbers
from aumaq.model.data.gathered import ModelData, gather
from aumaq.model.data.services import ServiceData
from aumaq.model.family import FAMILIES, in_build_order
from aumaq.model.program import Program, RowSet
from aumaq.model.table import Table

ARRIVES = ("service", "site", "level", "period")
LOAD = ("network", "node", "period")
CHANGE = ("service", "before", "after", "period")
PARTS = (*FACILITY, "number")
LIFTS = (
    ("sites", "max_level", "set", "0"),
    ("levels", "min_population", "set", "0"),
    ("zone_permits", "", "remove", ""),
    ("buffers", "", "remove", ""),
    ("zone_works", "", "remove", ""),
)
"""Changes of whole tables that lift what may not be built where: table, column,
action and value of rows of ``overrides``."""


def lifted_program(instance: Instance, *, lifts_sites: bool = True) -> Program:
    """Return the programme of the active scenario with all rules as rows.

    It has no objective: what plans cost is no matter of whether there are any. Unless
    it *lifts_sites*, what may not be built at a site is left out, as in a solve.
    """
    own = gather(instance)
    free = _freed_sites(instance) if lifts_sites else instance
    data = own if free is instance else gather(free)
    services = {name: _freed(d) for name, d in data.services.items()}
    networks = {name: replace(n, may_shed=True) for name, n in data.networks.items()}
    data = replace(data, services=services, networks=networks)
    c = Context(Program(instance.name, TERMS), data)
    for family in in_build_order(FAMILIES.values()):
        family.build(c)
    block = c.block("lifted")
    _unserved(c, block, own)
    _shed(c, block, own)
    _sites(c, block, own)
    _moves(c, block, own)
    _capacity(c, block)
    _works(c, block, own.instance)
    # What a mobile service serves at most is a row, too, and may give way.
    c.program.blocks["visits"].variables["visited"].upper[:] = 1.0
    _supply(c)
    _purses(c)
    for term in c.program.terms:
        c.program.objective[term].clear()
    return c.program


def _freed_sites(instance: Instance) -> Instance:
    """Return the instance with everything allowed everywhere, if anything is not."""
    changes = [
        *_freed_statuses(instance),
        *((table, "", column, action, value)
          for table, column, action, value in LIFTS
          if _is_meant(instance, table, column, value)),
    ]  # fmt: skip
    if not changes:
        return instance
    names = ("table", "where", "column", "action", "value")
    rows = pd.DataFrame(changes, columns=names).assign(override=ALWAYS)
    known = instance.base["overrides"]
    rows = rows.reindex(columns=known.columns)
    both = pd.concat([known, rows.astype(known.dtypes.to_dict())], ignore_index=True)
    # What is lifted may be nearer than the nearest sites that people may go to now.
    return instance.replace(overrides=both).with_ways_of(instance)


def _freed_statuses(instance: Instance) -> list[tuple[str, str, str, str, str]]:
    """Return changes of forbidden sites: to what they are with or without facilities.

    First those where something stands, by name; what is still forbidden is empty.
    """
    sites, stock = instance.tables["sites"], instance.tables["facilities"]
    shut = sites.loc[sites["status"] == "forbidden", ["service", "site"]]
    held = pd.MultiIndex.from_frame(stock.loc[stock["units"] > 0, ["service", "site"]])
    stands = pd.MultiIndex.from_frame(shut).isin(held)
    found = [
        ("sites", f"service={service}; site={site}", "status", "set", "existing")
        for service, site in shut[stands].itertuples(index=False)
    ]
    if not stands.all():
        found.append(("sites", "status=forbidden", "status", "set", "candidate"))
    return found


def _is_meant(instance: Instance, table: str, column: str, value: str) -> bool:
    """Return whether a lift changes any row."""
    rows = instance.tables[table]
    if column:
        return bool((rows[column] != float(value)).any())
    return len(rows) > 0


def _freed(d: ServiceData) -> ServiceData:
    """Return a service that may change in any way, at any time, or be left out."""
    return replace(
        d,
        first_period=np.zeros_like(d.first_period),
        is_transition_allowed=np.ones_like(d.is_transition_allowed),
        may_be_unserved=True,
    )


def _unserved(c: Context, block: Block, own: ModelData) -> None:
    must = np.array([not d.may_be_unserved for d in own.services.values()], dtype=bool)
    where = c.unserved.where(must[c.unserved["service"]])
    rows = Rows(block, "unserved", where, PLACE, "allocation:{service}")
    rows.add(where).write(-np.inf, 0.0)


def _shed(c: Context, block: Block, own: ModelData) -> None:
    """Write that all load is met, as shares of the most that a node may ever ask."""
    codes = tuple(own.networks)
    for k, (name, n) in enumerate(own.networks.items()):
        if n.may_shed:
            continue
        shed = c.networks[name].shed
        where = Table({**shed.columns, "network": np.full(len(shed), k)},
                      {**shed.names, "network": codes})  # fmt: skip
        rows = Rows(block, f"shed_{name}", where, LOAD, "network:{network}:balance")
        rows.add(where, 1.0 / where["most"]).write(-np.inf, 0.0)


def _of_sites(own: ModelData, name: str) -> Numbers:
    """Return an array of all sites, service after service."""
    return np.concatenate([np.asarray(getattr(d, name)) for d in own.services.values()])


def _sites(c: Context, block: Block, own: ModelData) -> None:
    """Write forbidden sites, and those that are not there yet."""
    status, first = _of_sites(own, "status"), _of_sites(own, "first_period")
    sites = c.tables.sites.where(status == "forbidden").cross(c.tables.periods)
    running = c.units.where(c.units["level"] > 0)
    rows = Rows(block, "forbidden", sites, SITE, "forbidden:{service}")
    rows.add(running).write(-np.inf, 0.0)
    sites = c.tables.sites.where(status != "required").cross(c.tables.periods)
    sites = sites.where(sites["period"] < first[sites["site"]])
    opening = c.moves.where((c.moves["before"] == 0) & (c.moves["after"] > 0))
    rows = Rows(block, "early", sites, SITE, "siting:{service}")
    rows.add(opening).write(-np.inf, 0.0)


def _moves(c: Context, block: Block, own: ModelData) -> None:
    """Write what may not be built where, and changes that are not allowed."""
    changes = c.moves.where(c.moves["before"] != c.moves["after"])
    arrives = changes.plus(level=changes["after"])
    banned = [_banned(own.instance, name, d) for name, d in own.services.items()]
    sized = [~d.may_enter & ~ban for d, ban in
             zip(own.services.values(), banned, strict=True)]  # fmt: skip
    for name, flags, rule in (
        ("land", banned, "land:{service}"),
        ("sized", sized, "siting:{service}"),
    ):
        where = arrives.where(_at(c, arrives, flags)).distinct(ARRIVES)
        rows = Rows(block, name, where, ARRIVES, rule)
        rows.add(arrives).write(-np.inf, 0.0)
    refused = np.zeros(len(changes), dtype=bool)
    status = _of_sites(own, "status")
    for s, d in enumerate(own.services.values()):
        allowed = _allowed(d, changes)
        refused |= (changes["service"] == s) & ~allowed
    refused &= status[changes["site"]] != "forbidden"
    barred = changes.where(refused)
    where = barred.distinct(CHANGE)
    rows = Rows(block, "transitions", where, CHANGE, "siting:{service}")
    rows.add(barred).write(-np.inf, 0.0)


def _allowed(d: ServiceData, changes: Table) -> Flags:
    """Return which changes a service allows; True where it has no such level."""
    found = np.ones(len(changes), dtype=bool)
    known = (changes["before"] <= d.num_levels) & (changes["after"] <= d.num_levels)
    at = changes["before"][known], changes["after"][known]
    found[known] = d.is_transition_allowed[at]
    return found


def _banned(instance: Instance, name: str, d: ServiceData) -> Flags:
    """Return which levels the land forbids at the sites of a service, (J, L+1)."""
    shape = (len(d.sites), d.num_levels)
    found = forbidden_levels(instance.land_bans(name), shape)
    return np.insert(found, 0, False, axis=1) & ~d.may_enter


def _at(c: Context, rows: Table, flags: list[Flags]) -> Flags:
    """Return a flag for each row of service, site and level."""
    found = np.zeros(len(rows), dtype=bool)
    for s, (name, own) in enumerate(zip(c.data.services, flags, strict=True)):
        mine = np.flatnonzero(rows["service"] == s)
        site = rows["site"][mine] - c.tables.first_site[name]
        found[mine] = own[site, rows["level"][mine]]
    return found


def _capacity(c: Context, block: Block) -> None:
    """Let facilities hold more than they do, and forbid it by rows of their own."""
    held = c.program.blocks["allocation"].rows["capacity"]
    for share in c.program.blocks["allocation"].variables.values():
        if share.name == "share":
            share.upper[:] = 1.0
    where = held.where.only(*FACILITY)
    where = where.plus(most=_most(c, where), row=np.arange(len(where)))
    parts = _parts(where, _fitting(c, where))
    room = variable(block, "room", parts, PARTS, upper=parts["most"])
    c.program.blocks["allocation"].rows["capacity"] = _with_terms(held, room)
    alone, some = room.where(~room["is_part"]), room.where(room["is_part"])
    as_many = variable(block, "as_many", some, PARTS, upper=1.0, is_whole=True)
    rows = Rows(block, "holds", room, PARTS, "capacity:{service}").add(room)
    units = c.units.only(*FACILITY, "var")
    one = alone.only(*PARTS, "most").join(units, FACILITY)
    rows.add(one, -one["most"])
    rows.add(as_many, -as_many["most"]).write(-np.inf, 0.0)
    several = as_many.distinct(FACILITY)
    rows = Rows(block, "several", several, FACILITY, "capacity:{service}")
    rows.add(as_many, as_many["number"].astype(float))
    rows.add(several.only(*FACILITY).join(units, FACILITY), -1.0).write(-np.inf, 0.0)
    rows = Rows(block, "capacity", room, PARTS, "capacity:{service}")
    rows.add(room).write(-np.inf, 0.0)


def _fitting(c: Context, where: Table) -> Ints:
    """Return how many facilities there may be of each site, level and period."""
    found = np.ones(len(where), dtype=np.int64)
    for s, (name, d) in enumerate(c.data.services.items()):
        own = where["service"] == s
        found[own] = d.places[where["site"][own] - c.tables.first_site[name]]
    return found


def _parts(where: Table, fitting: Ints) -> Table:
    """Return rows once for each 1, 2, 4 ... of the facilities that fit."""
    sizes = np.array([int(n).bit_length() for n in np.maximum(fitting, 1)], dtype=int)
    row = np.repeat(np.arange(len(where)), sizes)
    first = np.cumsum(sizes) - sizes
    power = np.arange(len(row)) - first[row]
    return where.where(row).plus(number=1 << power, is_part=fitting[row] > 1)


def _most(c: Context, where: Table) -> Floats:
    """Return what may ever come to each facility, in rooms of one."""
    share = c.share.where(c.share["room"] > 0)
    at = share.find(where, FACILITY)
    known = at >= 0
    amount = (share["most"] / share["room"])[known]
    return np.bincount(at[known], amount, len(where)).astype(float)


def _with_terms(rows: RowSet, room: Table) -> RowSet:
    """Return rows less what their facilities hold beyond their capacity."""
    at, count = room["row"], np.bincount(room["row"], minlength=len(rows))
    ends = rows.starts[1:][at]
    return replace(
        rows,
        starts=rows.starts + np.append(0, np.cumsum(count)),
        coefficient=np.insert(rows.coefficient, ends, -room["number"].astype(float)),
        variable=np.insert(rows.variable, ends, room["var"]),
    )


def _supply(c: Context) -> None:
    """Let no supply be larger than any plan has use for, whatever it pays or emits.

    How much a limit gives way is told by the most that could ever come.
    """
    for name, v in c.networks.items():
        variables, most = c.program.blocks["networks"].variables, v.limits
        for what, enough in (
            ("supply", most.source[v.supply["source"]]),
            ("local_supply", most.local[v.local_supply["option"]]),
            ("local_capacity", most.local[v.local_capacity["option"]]),
        ):
            given = variables.get(f"{what}_{name}")
            if given is not None:
                given.upper[:] = np.minimum(
                    given.upper, np.maximum(enough, given.lower)
                )


def _purses(c: Context) -> None:
    """Let partners and funds pay all that there is to pay: their limits are rows."""
    c.program.forget()
    upper = c.program.upper
    whole = 0.0
    for part in c.spending:
        paid = part["mln"] > 0.0  # what is free may be without end
        whole += float(part["mln"][paid] @ upper[part["var"][paid]])
    for name in ("partnerships", "funding"):
        for share in c.program.blocks[name].variables.values():
            share.upper[:] = whole
    c.program.forget()


def _works(c: Context, block: Block, instance: Instance) -> None:
    """Write roads, links and local supply that zones forbid: a row for each rule."""
    found = instance.forbidden_works
    if not found:
        return
    built = {(ROADS, "", code, ""): c.upgraded["var"][c.upgraded["upgrade"] == g]
             for g, code in enumerate(c.data.roads.upgrades)}  # fmt: skip
    for name, n in c.data.networks.items():
        step, local = c.networks[name].step, c.networks[name].local_capacity
        for e, code in enumerate(n.links):
            built[LINKS, name, code, ""] = step["var"][step["link"] == e]
        for o, (code, node) in enumerate(
            zip(n.local_option, n.local_node, strict=True)
        ):
            own = local["var"][local["option"] == o]
            built[LOCAL, name, code, n.nodes[node]] = own
    nothing = np.zeros(0, dtype=np.int64)
    codes = tuple(dict.fromkeys(work.rule for work in found))
    parts = [built.get((w.of, w.network, w.what, w.node), nothing) for w in found]
    rule = np.repeat([codes.index(w.rule) for w in found], [len(p) for p in parts])
    names = {**c.tables.names, "zone_work": codes}
    terms = Table({"zone_work": rule, "var": np.concatenate(parts)}, names)
    where = Table({"zone_work": np.arange(len(codes))}, names)
    rows = Rows(block, "works", where, ("zone_work",), "zone_work:{zone_work}")
    rows.add(terms).write(-np.inf, 0.0)
