"""The shipped instances: they read without an error, and are what they say."""

from __future__ import annotations

import pytest
from shared_plans import shipped

from aumaq.instances import Instance

SIZES = {
    "tiny": (3, 2),
    "kazakhstan": (363, 3),
    "west-kazakhstan": (420, 3),
    "kazakhstan-full": (6246, 3),
}
"""Settlements (of the official count, where real) and periods."""
QUICK = ("tiny", "kazakhstan")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] * (name not in QUICK))
        for name in SIZES
    ],
)
def test_shipped(name: str) -> None:
    """It reads, and what it says of itself holds; one test, as reading takes long."""
    instance = shipped(name)
    found = (len(instance.settlement_ids), len(instance.period_names))
    assert found == SIZES[name]
    assert "look swapped" not in " ".join(map(str, instance.warnings))
    _has_sources(instance)
    _gives_access(instance)
    _standards_can_be_kept(instance)
    if name != "tiny":
        assert {"school", "hospital"} <= set(instance.service_names)
        assert len(instance.service_names) >= 3
        _steers_people(instance)
        _stock_fits(instance)


def _has_sources(instance: Instance) -> None:
    """Real or synthetic: no number without its origin."""
    sources = {
        "settlements": ["pop_source", "coord_source"],
        "facilities": ["source"],
    }
    for table, columns in sources.items():
        rows = instance.tables[table]
        for column in columns:
            unknown = rows[(rows[column] == "") & ~rows["is_synthetic"]]
            assert unknown.empty, f"{table}, {column}: {len(unknown)} rows"


def _gives_access(instance: Instance) -> None:
    """No settlement with demand is silently unservable."""
    for service in instance.service_names:
        served = set(instance.access(service)["i"])
        wants = (instance.demand(service) > 0).any(axis=1).nonzero()[0]
        assert set(wants.tolist()) <= served, service


def _standards_can_be_kept(instance: Instance) -> None:
    """No standard, of a variant either, asks for less than the way inside a place."""
    places, own = instance.tables["settlements"], instance.tables["standards"]
    given = instance.base["overrides"].query("table == 'standards' and action == 'add'")
    added = [
        dict(cell.split("=", 1) for cell in where.split("; "))
        for where in given["where"]
    ]
    for row in [*own.to_dict("records"), *added]:
        if row["scope"] != "settlement" or row["applies_to"] not in (
            "border",
            "remote",
        ):
            continue
        asked = places[places[f"is_{row['applies_to']}"]]
        lost = asked[asked["internal_minutes"] > float(row["minutes"])]
        assert lost.empty, f"{row['standard']}: {lost['name'].tolist()}"


def _steers_people(instance: Instance) -> None:
    """Ways, reserves and sizes cost and limit what they do; the source says whence."""
    services = instance.tables["services"]
    served = services[services["role"] == "serve"]
    assert (served["max_use_share"] < 1).all()
    assert (served["enlarge_credit_share"] < 1).all()
    assert (served["served_within_minutes"] < 300).all()
    for column in ("companions_per_trip", "transport_cost_per_km", "trips_per_year"):
        assert (served[column] > 0).all(), column
    levels = instance.tables["levels"]
    levels = levels[levels["service"].isin(served["service"])]
    for _, rows in levels.groupby("service"):
        assert rows["min_population"].is_monotonic_increasing
        assert rows["min_population"].iloc[-1] >= 20_000
    assert (levels["source"] != "").all()


def _stock_fits(instance: Instance) -> None:
    """Today's facilities hold about today's people.

    The largest clinics and hospitals stand in places of their size; a hospital of today
    is within the limit of everybody.
    """
    stock, sites = (instance.tables[name] for name in ("facilities", "sites"))
    people = instance.tables["settlements"].set_index("settlement")["population"]
    for service in ("school", "primary_care", "hospital"):
        level = instance.levels(service).set_index("level")
        own = stock[stock["service"] == service]
        held = own["units"] * own["level"].map(level["capacity"])
        need = people.sum() * (0.19 if service == "school" else 1.0)
        assert 1.0 < held.sum() / need < 1.5, service
        home = sites[sites["service"] == service].set_index("site")["settlement"]
        size = own["site"].map(home).map(people)
        least = own["level"].map(level["min_population"])
        is_large = own["level"] == level.index.max()
        if service != "school":
            assert (size[is_large] >= least[is_large]).all(), service
        ways = instance.access(service)
        ways = ways[
            (ways["needs"] == "") & ways["j"].isin(_standing(instance, service))
        ]
        if service == "hospital":
            assert set(ways["i"]) == set(range(len(people)))


def _standing(instance: Instance, service: str) -> list[int]:
    """Return the positions of the sites at which something stands."""
    stock = instance.tables["facilities"]
    stock = stock[stock["service"] == service]
    at = instance.service_sites(service)["site"].isin(stock["site"])
    return at.to_numpy().nonzero()[0].tolist()
