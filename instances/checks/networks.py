"""Checks of the power and water networks: what is tied to what, and who is reached."""

from __future__ import annotations

import numpy as np
import pandas as pd

from aumaq.instances.access.options import chord_to_km, to_unit_sphere
from aumaq.instances.arrays import Flags
from aumaq.instances.checks.check import Found, Tables, Warn, check, problem
from aumaq.instances.language.texts import Text, chained, figure, say
from aumaq.instances.people.anchors import LOAD
from aumaq.instances.schema.growth import GROWTH_POINTS
from aumaq.instances.schema.roads import ROADS
from aumaq.instances.schema.running import STAFF

KINDS = {"power": "load_kw", "water": "load_m3_per_day"}
"""Column of ``levels`` that holds the load of a facility on a network."""


@check("services", "networks")
def roles_are_sound(tables: Tables) -> Found:
    """Services that serve have a group and a cut-off; others have a network."""
    for k, row in enumerate(tables["services"].itertuples()):
        if row.role == "serve":
            if row.group == "":
                yield problem(
                    "services", say("empty: whose demand is it?"), k, "group", ""
                )
            if row.cutoff_minutes != row.cutoff_minutes:
                text = say("empty, expected the longest trip (min)")
                yield problem("services", text, k, "cutoff_minutes", "")
            if row.network != "":
                text = say("expected nothing: only `supply` and `carry` have a network")
                yield problem("services", text, k, "network", row.network)
        elif row.network == "":
            text = say(
                "empty, expected the network that a `{role}` service is for",
                role=row.role,
            )
            yield problem("services", text, k, "network", "")


@check("services")
def names_tell_money_apart(tables: Tables) -> Found:
    """Tables of money name services, networks and roads in one column."""
    for k, code in enumerate(tables["services"]["service"]):
        if code in (ROADS, GROWTH_POINTS, STAFF, *KINDS):
            text = say("names roads or a network, expected a code of its own")
            yield problem("services", text, k, "service", code)


@check("services", "levels")
def only_serving_has_a_minimum(tables: Tables) -> Found:
    """A minimum use counts people that come; plants and stations have none."""
    role = tables["services"].set_index("service")["role"]
    levels = tables["levels"]
    bad = (levels["service"].map(role) != "serve") & (levels["min_use"] > 0)
    for k in levels.index[bad]:
        text = say("expected 0: only services that people come to have a minimum use")
        yield problem("levels", text, k, "min_use", levels["min_use"][k])


OF_SERVING = {
    "served_within_minutes": None,
    "max_use_share": 1.0,
    "companions_per_trip": 0.0,
    "transport_cost_per_km": 0.0,
}
"""Columns of ``services`` on people who come -> what others have there (None: none)."""


@check("services")
def only_serving_has_visitors(tables: Tables) -> Found:
    """What is said of people who come is said only where people come."""
    rows = tables["services"]
    for column, neutral in OF_SERVING.items():
        value = rows[column]
        said = value.notna() if neutral is None else value != neutral
        for k in rows.index[said & (rows["role"] != "serve")]:
            text = say(
                "expected {neutral}: nobody comes to this service",
                neutral=say("nothing") if neutral is None else figure(neutral),
            )
            yield problem("services", text, k, column, figure(value[k]))
    paid = (rows["transport_cost_per_km"] > 0) | (rows["companions_per_trip"] > 0)
    for k in rows.index[paid & (rows["trips_per_year"] == 0)]:
        text = say("is 0: nobody travels, so that companions and transport are free")
        yield Warn(problem("services", text, k, "trips_per_year", 0))


@check(
    "networks",
    "network_nodes",
    "network_links",
    "link_upgrades",
    "industrial_loads",
    "settlements",
    "local_supplies",
    about=("network_nodes", "network_links", "link_upgrades", "industrial_loads"),
)
def networks_hang_together(tables: Tables) -> Found:
    """Rows name nodes and links of their own network; a settlement has one node."""
    nodes = tables["network_nodes"]
    known = nodes[["network", "node"]]
    for table, columns in (
        ("network_links", ("from_node", "to_node")),
        ("industrial_loads", ("node",)),
    ):
        rows = tables[table]
        for column in columns:
            for k in rows.index[~_among(rows[["network", column]], known)]:
                name = rows["network"][k]
                text = say("no such node of the {network} network", network=name)
                yield problem(table, text, k, column, rows[column][k])
    fed = nodes[nodes["settlement"] != ""]
    for k in fed.index[fed.duplicated(["network", "settlement"])]:
        text = say("has a node of this network already")
        yield problem("network_nodes", text, k, "settlement", fed["settlement"][k])
    links, steps = tables["network_links"], tables["link_upgrades"]
    for k in links.index[links["from_node"] == links["to_node"]]:
        text = say("expected two different ends")
        yield problem("network_links", text, k, "to_node", links["to_node"][k])
    yield from _steps(tables)
    key = ["network", "link"]
    never = (links["capacity"] == 0) & (links["station"] == "")
    for k in links.index[never & ~_among(links[key], steps[key])]:
        text = say("has no capacity and no row in link_upgrades: it is never there")
        yield Warn(problem("network_links", text, k, "capacity", 0))


def _among(rows: pd.DataFrame, known: pd.DataFrame) -> Flags:
    """Return which rows are among the known ones, column by column."""
    index = pd.MultiIndex.from_frame(known)
    found: Flags = pd.MultiIndex.from_frame(rows).isin(index)
    return found


def _steps(tables: Tables) -> Found:
    """Steps of a link are 1, 2, ... in order of period."""
    links, steps, key = (
        tables["network_links"], tables["link_upgrades"], ["network", "link"],
    )  # fmt: skip
    known = set(zip(links["network"], links["link"], strict=True))
    in_order = steps.sort_values("step", kind="stable")
    is_wrong = in_order["step"] != in_order.groupby(key).cumcount() + 1
    is_wrong |= ~_among(in_order[key], links[key])
    wrong = steps[_among(steps[key], in_order.loc[is_wrong, key])]
    for (network, link), rows in wrong.groupby(key, sort=False):
        if (network, link) not in known:
            text = say("no such link of the {network} network", network=network)
            yield problem("link_upgrades", text, rows.index[0], "link", link)
        if sorted(rows["step"]) != list(range(1, len(rows) + 1)):
            text = say(
                "steps of {link} must be 1..{count} without holes",
                link=link,
                count=len(rows),
            )
            value = ", ".join(map(str, rows["step"]))
            yield problem("link_upgrades", text, rows.index[0], "step", value)


@check("networks", "network_links", "link_upgrades", about=("networks",))
def angles_can_be_computed(tables: Tables) -> Found:
    """With the dc model, what has capacity has a susceptance; only power has angles."""
    networks = tables["networks"]
    for k in networks.index[
        (networks["flow_model"] == "dc") & (networks["network"] != "power")
    ]:
        yield problem("networks", say("only power has angles"), k, "flow_model", "dc")
    has_angles = set(networks.loc[networks["flow_model"] == "dc", "network"])
    for table in ("network_links", "link_upgrades"):
        rows = tables[table]
        bad = rows["network"].isin(has_angles) & (rows["susceptance"] <= 0)
        bad &= rows["capacity"] > 0
        for k in rows.index[bad]:
            text = say("expected more than 0: the network is computed with angles")
            yield problem(table, text, k, "susceptance", rows["susceptance"][k])
        if table == "network_links":
            for k in rows.index[
                rows["network"].isin(has_angles) & (rows["station"] != "")
            ]:
                text = say("expected none: stations have no angles")
                yield problem(table, text, k, "station", rows["station"][k])


@check(
    "networks",
    "services",
    "sites",
    "network_nodes",
    "network_links",
    about=("networks",),
)
def suppliers_have_a_node(tables: Tables) -> Found:
    """Sites of `supply` services feed a node; stations are `carry` sites."""
    services = tables["services"].set_index("service")
    sites, nodes = tables["sites"], tables["network_nodes"]
    known = set(zip(nodes["network"], nodes["node"], strict=True))
    fed = set(zip(nodes["network"], nodes["settlement"], strict=True))
    role, network = services["role"], services["network"]
    for k, row in enumerate(sites.itertuples()):
        if role[row.service] != "supply":
            continue
        own = network[row.service]
        if row.network_node and (own, row.network_node) not in known:
            text = say("no such node of the {network} network", network=own)
            yield problem("sites", text, k, "network_node", row.network_node)
        elif not row.network_node and (own, row.settlement) not in fed:
            text = say(
                "its settlement has no node of the {network} network: name one",
                network=own,
            )
            yield problem("sites", text, k, "network_node", "")
    carriers = {
        (network[row.service], row.site)
        for row in sites.itertuples()
        if role[row.service] == "carry"
    }
    for k, row in enumerate(tables["network_links"].itertuples()):
        if row.station and (row.network, row.station) not in carriers:
            text = say(
                "no such site of a `carry` service of the {network} network",
                network=row.network,
            )
            yield problem("network_links", text, k, "station", row.station)


@check("networks", "services", "sites", "levels", "network_nodes", "network_links",
       "local_supplies", "industrial_loads", "load_rates", "link_upgrades",
       "anchors")  # fmt: skip
def loads_can_be_supplied(tables: Tables) -> Found:
    """Isolated nodes and islands without supply are told before any solving."""
    for name in tables["networks"]["network"]:
        nodes = tables["network_nodes"].query("network == @name")
        links = tables["network_links"].query("network == @name")
        local = tables["local_supplies"].query("network == @name")["settlement"]
        everywhere = (local == "").any()
        home = dict(zip(nodes["settlement"], nodes["node"], strict=True))
        sources = _source_nodes(tables, name, home)
        row_of = dict(zip(nodes["node"], nodes.index, strict=True))
        settled = dict(zip(nodes["node"], nodes["settlement"], strict=True))
        loaded = set(tables["industrial_loads"].query("network == @name")["node"])
        anchors = tables["anchors"]
        drawn = anchors.loc[anchors[LOAD[name]] > 0, "settlement"]
        loaded |= {home[code] for code in drawn if code in home}
        has_rates = bool((tables["load_rates"]["network"] == name).any())
        islands = _islands(nodes, links)
        fed = [island for island in islands if island & sources]
        for island in islands:
            if island & sources:
                continue
            helped = {n for n in island if everywhere or settled[n] in set(local)}
            for node in sorted(island):
                has_load = node in loaded or (has_rates and settled[node] != "")
                if has_load and (not settled[node] or node not in helped):
                    text = say(
                        "no {name} can ever reach it: no source on its island of"
                        " {count} nodes and no local supply",
                        name=name,
                        count=len(island),
                    )
                    if fed:
                        near = _nearest(nodes, node, max(fed, key=len))
                        text = chained([text, near])
                    found = problem("network_nodes", text, row_of[node], "node", node)
                    yield Warn(found)


def _nearest(nodes: pd.DataFrame, node: str, others: set[str]) -> Text:
    """Return which of the other nodes is nearest to one, and how far, in words."""
    code = nodes["node"].to_numpy(dtype=object)
    points = to_unit_sphere(nodes["lat"].to_numpy(), nodes["lon"].to_numpy())
    km = chord_to_km(np.linalg.norm(points - points[code == node][0], axis=1))
    km[~np.isin(code, list(others))] = np.inf
    return say(
        "the nearest of the {count} nodes with a source is {near}, {km:.2f} km away",
        count=len(others),
        near=code[int(np.argmin(km))],
        km=float(km.min()),
    )


def _source_nodes(tables: Tables, network: str, home: dict[str, str]) -> set[str]:
    """Return nodes that a usable site of a `supply` service feeds."""
    services, sites = tables["services"], tables["sites"]
    is_source = (services["role"] == "supply") & (services["network"] == network)
    own = sites["service"].isin(services.loc[is_source, "service"])
    own &= sites["status"] != "forbidden"
    sites = sites[own]
    named = sites["network_node"].to_numpy(dtype=object)
    derived = [home.get(settlement, "") for settlement in sites["settlement"]]
    return set(np.where(named != "", named, derived))


@check("networks", "services", "sites", "levels", "network_nodes")
def facilities_are_fed(tables: Tables) -> Found:
    """A facility with a load stands in a settlement that has a node."""
    levels, sites = tables["levels"], tables["sites"]
    nodes = tables["network_nodes"]
    for name in tables["networks"]["network"]:
        loaded = set(levels.loc[levels[KINDS[name]] > 0, "service"])
        fed = set(nodes.loc[nodes["network"] == name, "settlement"]) - {""}
        bare = sites["service"].isin(loaded) & ~sites["settlement"].isin(fed)
        for k in sites.index[bare]:
            text = say(
                "no node of the {name} network here: its load is not planned", name=name
            )
            yield Warn(problem("sites", text, k, "settlement", sites["settlement"][k]))


def _islands(nodes: pd.DataFrame, links: pd.DataFrame) -> list[set[str]]:
    """Return the nodes that hang together, by the first of each."""
    import networkx as nx  # slow to load, and most instances have no networks

    graph = nx.Graph()
    graph.add_nodes_from(nodes["node"])
    graph.add_edges_from(zip(links["from_node"], links["to_node"], strict=True))
    return sorted(nx.connected_components(graph), key=min)
