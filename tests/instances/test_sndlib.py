"""SNDlib: both forms of a file, against a mixed-integer programme written here."""

from __future__ import annotations

import json
import random
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.support.command import run

import aumaq
from aumaq.instances import InstanceError
from aumaq.instances.formats.sndlib.one_commodity import staircase

HEADER = "?SNDlib native format; type: network; version: 1.0"
BY_HAND = f"""{HEADER}
# three nodes
META (
  origin = by hand
)
NODES (
  A ( 71.4 51.1 ) () ()
  B ( 73.1 49.8 )
  C
)
LINKS (
  AB ( A B ) 0 0 2 1 ( 5 10 3 4 )
  CA ( C A ) 4.00 100.00 0.00 0.00 ( )
)
DEMANDS (
  d1 ( A B ) 1 7.00 UNLIMITED
  d2 ( C A ) 2 2.00 2
  d3 ( B B ) 1 9.00 UNLIMITED # needs no link
)
ADMISSIBLE_PATHS (
)
"""
XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- a licence -->
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <networkStructure><nodes coordinatesType="geographical">{nodes}</nodes>
  <links>{links}</links></networkStructure>
 <demands>{demands}</demands>
</network>
"""
Drawn = dict[str, Any]


def draw(seed: int) -> Drawn:
    """Return a network whose first links, with modules, are a tree."""
    rng = random.Random(seed)
    nodes = [f"N{k}" for k in range(6)]
    pairs = [(nodes[k], nodes[rng.randrange(k)]) for k in range(1, 6)]
    tree = len(pairs)
    pairs += [(a, b) for a, b in (rng.sample(nodes, 2) for _ in range(4))]
    links = []
    for k, ends in enumerate(pairs):
        modules = [
            (rng.randint(2, 9), rng.randint(1, 20))
            for _ in range(rng.randint(1 if k < tree else 0, 3))
        ]
        standing = rng.choice([0, 0, 4]), rng.choice([0, 7])
        link = (f"L{k}", ends, *standing, rng.choice([0, 1, 2]), rng.choice([0, 9]))
        links.append((*link, modules))
    centre, *others = rng.sample(nodes, 5)
    others.append(others[0])  # two demands of one pair
    turned = [rng.choice([(centre, o), (o, centre)]) for o in others]
    straight = [(centre, o) if seed % 2 else (o, centre) for o in others]
    demands = [
        (ends, rng.randint(1, 2), rng.randint(1, 6))
        for ends in (turned if seed % 3 == 0 else straight)
    ]
    return {"nodes": nodes, "links": links, "demands": demands}


def native(net: Drawn) -> str:
    """Return a network as text."""
    rows = [HEADER, "NODES (", *(f"{n} ( 1.5 2 )" for n in net["nodes"]), ")"]
    rows.append("LINKS (")
    for name, (a, b), *values, modules in net["links"]:
        flat = " ".join(f"{c} {p}" for c, p in modules)
        rows.append(f"{name} ( {a} {b} ) {' '.join(map(str, values))} ( {flat} )")
    rows += [")", "DEMANDS ("]
    for k, ((a, b), unit, value) in enumerate(net["demands"]):
        rows.append(f"D{k} ( {a} {b} ) {unit} {value} UNLIMITED")
    return "\n".join([*rows, ")"])


def xml(net: Drawn) -> str:
    """Return a network as a document."""

    def module(tag: str, size: int, cost: int) -> str:
        return f"<{tag}><capacity>{size}</capacity><cost>{cost}</cost></{tag}>"

    def ends(a: str, b: str) -> str:
        return f"<source>{a}</source><target>{b}</target>"

    links, demands = [], []
    for name, (a, b), size, paid, flow, setup, modules in net["links"]:
        more = "".join(module("addModule", *one) for one in modules)
        links.append(
            f'<link id="{name}">{ends(a, b)}'
            f"{module('preInstalledModule', size, paid)}"
            f"<routingCost>{flow}</routingCost><setupCost>{setup}</setupCost>"
            f"<additionalModules>{more}</additionalModules></link>"
        )
    for k, ((a, b), unit, value) in enumerate(net["demands"]):
        demands.append(
            f'<demand id="D{k}">{ends(a, b)}<routingUnit>{unit}</routingUnit>'
            f"<demandValue>{value}</demandValue></demand>"
        )
    place = "<coordinates><x>1.5</x><y>2</y></coordinates>"
    nodes = "".join(f'<node id="{n}">{place}</node>' for n in net["nodes"])
    return XML.format(nodes=nodes, links="\n".join(links), demands="\n".join(demands))


def least_cost(net: Drawn) -> float:
    """Return the optimum of SNDlib's model: a commodity for each demand, as it is."""
    links, demands, nodes = net["links"], net["demands"], net["nodes"]
    flows = [(e, d, way) for e in range(len(links)) for d in range(len(demands))
             for way in (1, -1)]  # fmt: skip
    counts = [(e, m) for e, link in enumerate(links) for m in range(len(link[-1]))]
    n, used = len(flows) + len(counts), len(links)
    cost = np.array([links[e][4] for e, _, _ in flows]
                    + [links[e][-1][m][1] for e, m in counts]
                    + [link[5] for link in links], dtype=float)  # fmt: skip
    rows, low, high = [], [], []
    for d, ((source, target), unit, value) in enumerate(demands):
        for node in nodes:
            row = np.zeros(n + used)
            for k, (e, of, way) in enumerate(flows):
                if of == d:
                    row[k] = way * ((links[e][1][0] == node) - (links[e][1][1] == node))
            rows.append(row)
            low.append(unit * value * ((source == node) - (target == node)))
            high.append(low[-1])
    total = sum(unit * value for _, unit, value in demands)
    for e, link in enumerate(links):
        of_link = np.array([f[0] == e for f in flows] + [False] * (n - len(flows)))
        for is_use in (False, True):
            row = np.zeros(n + used)
            row[:n] = of_link
            if is_use:
                row[n + e] = -total
            else:
                for k, (of, m) in enumerate(counts, start=len(flows)):
                    row[k] = -link[-1][m][0] if of == e else 0.0
            rows.append(row)
            low.append(-np.inf)
            high.append(0.0 if is_use else link[2])
    most = np.concatenate([np.full(n, np.inf), np.ones(used)])
    found = milp(
        cost, constraints=LinearConstraint(np.array(rows), low, high),
        integrality=np.arange(n + used) >= len(flows), bounds=Bounds(0, most),
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return float(found.fun) + sum(link[3] for link in links)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_optima_are_those_of_a_programme_with_all_commodities(
    tmp_path: Path, seed: int
) -> None:
    """Common source, target or just an end: the same optimum; XML is the same."""
    net = draw(seed)
    (tmp_path / "drawn.txt").write_text(native(net))
    (tmp_path / "drawn.xml").write_text(xml(net))
    instance = aumaq.read(tmp_path / "drawn.txt")
    assert instance.content_hash == aumaq.read(tmp_path / "drawn.xml").content_hash
    plan = aumaq.solve(instance, gap=0.0)
    assert plan.is_verified
    assert plan.objective_mln == pytest.approx(least_cost(net), abs=1e-5)


@pytest.mark.slow
def test_worked_out_by_hand(tmp_path: Path) -> None:
    """Three modules of 3 for 7 units, 12; setup 1, routing 14; what stands, 100."""
    file = tmp_path / "hand.dat"
    file.write_text(BY_HAND)
    instance = aumaq.read(file)
    assert aumaq.solve(instance, gap=0.0).objective_mln == pytest.approx(127.0)
    with_setup = BY_HAND.replace("4.00 100.00 0.00 0.00", "4.00 100.00 0.00 6.00")
    file.write_text(with_setup)
    plan = aumaq.solve(aumaq.read(file), gap=0.0)
    assert plan.objective_mln == pytest.approx(133.0)


@pytest.mark.parametrize(
    ("modules", "needed"),
    [
        ([(1, 1), (10, 4)], 12),
        ([(5, 10), (3, 4)], 7),
        ([(4, 3)], 13),
        ([(7, 0), (2, 5)], 15),
        ([(3, 2), (5, 3), (8, 5)], 20),
    ],
)
def test_steps_are_the_least_cost_of_every_capacity(
    modules: list[tuple[float, float]], needed: int
) -> None:
    """What the first steps cost is what a dynamic programme finds, unit by unit."""
    least = [0.0]
    for size in range(1, needed + 1):
        least.append(min(cost + least[max(0, size - c)] for c, cost in modules))
    steps = staircase(modules, needed)
    assert steps
    sizes, costs = (list(accumulate(values)) for values in zip(*steps, strict=True))
    for size in range(1, needed + 1):
        k = next(k for k, reached in enumerate(sizes) if reached >= size)
        assert costs[k] == least[size]
    assert all(a < b for a, b in pairwise(sizes))


MANY = BY_HAND.replace("d2 ( C A )", "d2 ( C B )")
REFUSED = {
    "commodities": (MANY.replace("d3 ( B B )", "d3 ( A C )"), "many commodities"),
    "hops": (BY_HAND.replace("7.00 UNLIMITED", "7.00 1"), "for 1 demands"),
    "paths": (
        BY_HAND.replace("PATHS (\n", "PATHS (\n d1 (\n  p ( AB )\n  q ( AB )\n )\n"),
        "lists 2 admissible paths",
    ),
    "nothing": (BY_HAND.replace("7.00", "0").replace(" 2.00", " 0"), "no demand above"),
    "tiny modules": (BY_HAND.replace("( 5 10 3 4 )", "( 1e-3 1 )"), "1000 steps"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_network_cannot_say_is_refused(tmp_path: Path, name: str) -> None:
    """One sentence says why; nothing of a file is passed over in silence."""
    text, told = REFUSED[name]
    file = tmp_path / "refused.txt"
    file.write_text(text)
    with pytest.raises(InstanceError, match=told) as error:
        aumaq.read(file)
    assert len(error.value.problems) == 1


def test_many_commodities_are_described_and_not_solved(tmp_path: Path) -> None:
    """Sizes and totals are shown; solve and convert end with 2 and write nothing."""
    file = tmp_path / "many.xml"
    file.write_text(REFUSED["commodities"][0])
    described = run("describe", str(file), "--json")
    facts = json.loads(described.stdout)
    assert described.returncode == 0
    assert {k: facts[k] for k in ("nodes", "links", "modules", "demands")} == {
        "nodes": 3, "links": 2, "modules": 2, "demands": 3,
    }  # fmt: skip
    assert (facts["total_demand"], facts["capacity_today"]) == (20.0, 4.0)
    assert not facts["is_solved"]
    target = tmp_path / "new"
    for words in (["solve"], ["convert", str(target)]):
        ended = run(words[0], str(file), *words[1:])
        assert ended.returncode == 2
        assert "many commodities" in ended.stderr
    assert not target.exists()


BAD = [
    ("type: network", "type: model", 1, "expected ?SNDlib"),
    ("  B ( 73.1 49.8 )", "  B ( 73.1 )", 8, "node_id ( x y )"),
    ("  B ( 73.1 49.8 )", "  B ( 73.1 north )", 8, "expected a number"),
    ("  C\n", "  B\n", 9, "each node once"),
    ("AB ( A B ) 0 0 2 1", "AB ( A X ) 0 0 2 1", 12, "no such node"),
    ("AB ( A B ) 0 0 2 1", "AB ( A A ) 0 0 2 1", 12, "two different ends"),
    ("AB ( A B ) 0 0 2 1", "AB ( A B ) 0 0 2", 12, "expected link_id"),
    ("AB ( A B ) 0 0 2 1", "AB ( A B ) 0 0 -2 1", 12, "from 0 on"),
    ("( 5 10 3 4 )", "( 5 10 3 )", 12, "pairs of capacity and cost"),
    ("( 5 10 3 4 )", "( 0 10 3 4 )", 12, "above 0"),
    ("( 5 10 3 4 )", "( 5 10 3 4", 12, "expected link_id"),
    ("CA ( C A )", "AB ( C A )", 13, "each link once"),
    ("1 7.00", "1 nan", 16, "from 0 on"),
    ("7.00 UNLIMITED", "7.00 0", 16, "whole number above 0"),
    ("7.00 UNLIMITED", "7.00", 16, "expected demand_id"),
    ("d2 ( C A )", "d1 ( C A )", 17, "each demand once"),
    (")\nDEMANDS", "DEMANDS", 11, "no closing bracket"),
    ("link\n)\nADM", "link\nADM", 15, "no closing bracket"),
    ("DEMANDS", "DEMAND", 15, "one of the sections"),
    (BY_HAND[BY_HAND.index("DEM") :], "", 0, "section DEMANDS is missing"),
]


@pytest.mark.parametrize(("old", "new", "row", "told"), BAD)
def test_bad_text_is_one_problem_with_its_line(
    tmp_path: Path, old: str, new: str, row: int, told: str
) -> None:
    """Each fault is told where it is, with what would be right, and once."""
    assert old in BY_HAND
    file = tmp_path / "bad.txt"
    file.write_text(BY_HAND.replace(old, new, 1))
    with pytest.raises(InstanceError) as error:
        aumaq.read(file)
    (problem,) = error.value.problems
    assert problem.row == row
    assert told in problem.message
    assert problem.value or not row


BAD_XML = [
    ("<!-- a licence -->", '<!DOCTYPE network [<!ENTITY a "b">]>', "DOCTYPE"),
    ("</demands>", "", "is no XML that can be read"),
    ("<source>N1</source>", "<source>X</source>", "no such node"),
    ('<node id="N3">', "<node>", 'expected <node id="...">'),
    ("<cost>", "<price>0</price><cost>", "expected in preInstalledModule"),
    ("<cost>", "<cost>-1", "from 0 on"),
    ("<demandValue>", "<demandValue>inf", "from 0 on"),
]


@pytest.mark.parametrize(("old", "new", "told"), BAD_XML)
def test_bad_documents_are_one_problem(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """Nothing a document declares is followed; the line of a fault is told."""
    text = xml(draw(1))
    assert old in text
    file = tmp_path / "bad.xml"
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(InstanceError) as error:
        aumaq.read(file)
    (problem,) = error.value.problems
    assert told in problem.message
