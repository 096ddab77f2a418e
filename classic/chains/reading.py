"""Files of RELOG: JSON of products, plants, and centres or amounts where they arise.

Two layouts are told apart by what is in them. The later one has ``centers``; a plant
takes a mix of products. Up to version 0.7 products have ``initial amounts`` at centres
that take nothing, and a kind of plants has ``locations``. Lengths are those of results
that lie beside the file, else straight lines.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from aumaq.classic.chains.fields import Fields
from aumaq.classic.chains.lengths import Place, lengths_beside, plant_name
from aumaq.classic.chains.problem import (
    Centre,
    Chain,
    Disposal,
    Gas,
    Plant,
    Product,
    Series,
    Store,
)
from aumaq.instances.arrays import Flags
from aumaq.instances.errors import InstanceError, UnreadableError
from aumaq.instances.errors import Problem as Wrong
from aumaq.instances.formats.files import read_json
from aumaq.instances.language.texts import Text, say

HEAD = 4_000
"""Characters that tell the format."""
SIGNS = ('"time horizon (years)"', '"transportation cost ($/km/tonne)"',
         '"initial amounts"', '"input mix (%)"')  # fmt: skip
"""Fields that other JSON files do not have."""
MOST_YEARS = 200
MIX_ROUNDING = 1e-6
LATITUDE, LONGITUDE = "latitude (deg)", "longitude (deg)"
YEARS, BUILDING = "time horizon (years)", "building period (years)"
TRANSPORT = "transportation cost ($/km/tonne)"
TRANSPORT_EMISSIONS = "transportation emissions (tonne/km/tonne)"
LIMIT, COST = "disposal limit (tonne)", "disposal cost ($/tonne)"
AMOUNTS, SIZES = "initial amounts", "capacities (tonne)"
OPENING, FIXED = "opening cost ($)", "fixed operating cost ($)"
VARIABLE = "variable operating cost ($/tonne)"


def matches(path: Path) -> bool:
    """Whether a file begins as a chain of plants does."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(HEAD).decode("utf-8-sig", errors="replace")
    return head.lstrip().startswith("{") and any(sign in head for sign in SIGNS)


def read(path: str | Path) -> Chain:
    """Read a chain; raise UnreadableError, or InstanceError with all that is wrong."""
    path = Path(path)
    try:
        content = read_json(path)
    except UnreadableError as error:
        told = say("{file}: {told}", file=path.name, told=error.text)
        raise UnreadableError(told) from None
    wrong: list[Wrong] = []
    whole = Fields(path.name, content, _years(path, content), wrong)
    products = _products(whole)
    known = {product.name for product in products}
    is_later = "centers" in content
    centres = _centres(whole, known) if is_later else _origins(whole, known)
    plants = _plants(whole, known) if is_later else _kinds(whole, known)
    gases, may_build = _gases(whole), _building(whole)
    if wrong:
        raise InstanceError(wrong)
    lengths, file = lengths_beside(path)
    return Chain(
        path.stem, whole.years, products, centres, plants, may_build, gases,
        is_later, lengths, _notes(content, file),
    )  # fmt: skip


def _years(path: Path, content: Any) -> int:
    """Return the number of years; without it nothing else can be read."""
    parameters = content.get("parameters") if isinstance(content, dict) else None
    found = parameters.get(YEARS) if isinstance(parameters, dict) else None
    if type(found) is int and 1 <= found <= MOST_YEARS:
        return found
    told = say("must be a whole number from 1 to {most}", most=MOST_YEARS)
    place = f"{path.name}: parameters: {YEARS}"
    value = "" if found is None else str(found)
    raise InstanceError([Wrong(place, told, value=value)])


def _building(whole: Fields) -> Flags:
    """Return in which years plants may be opened: in the first if nothing is said."""
    parameters = whole.part("parameters")
    if BUILDING not in parameters.content:
        return np.arange(whole.years) == 0
    years = parameters.values(BUILDING, math.nan, 1.0)
    return np.isin(np.arange(whole.years) + 1, years)


def _notes(content: dict[str, Any], file: str) -> tuple[Text, ...]:
    if file:
        told = say("distances are those of {file}, where it lacks them straight lines",
                   file=file)  # fmt: skip
        return (told,)
    metric = str(content["parameters"].get("distance metric", ""))
    if metric.lower() == "driving":
        return (say("distances are straight lines: the file asks for roads"),)
    return (say("distances are straight lines"),)


def _place(fields: Fields) -> Place:
    """Return where something is; a name of RELOG's own list of places tells nothing."""
    if "location" in fields.content and LATITUDE not in fields.content:
        told = say("names a place of another list; give latitude and longitude instead")
        fields.blame("location", told, fields.content["location"])
        return 0.0, 0.0
    return fields.number(LATITUDE), fields.number(LONGITUDE)


def _by_gas(fields: Fields, key: str) -> dict[str, Series]:
    part = fields.part(key, is_needed=False)
    return {gas: part.series(gas, 0.0) for gas in part.content}


def _limit(fields: Fields, key: str, missing: float = 0.0) -> Series:
    """Return a limit a year: null is none, and a field that is not there *missing*."""
    if key not in fields.content:
        return np.full(fields.years, missing)
    return fields.series(key, math.inf, 0.0)


def _products(whole: Fields) -> tuple[Product, ...]:
    """Return the products; in the earlier layout their limit is one of centres."""
    missing = math.inf if "centers" in whole.content else 0.0
    return tuple(
        Product(
            name, fields.series(TRANSPORT), _by_gas(fields, TRANSPORT_EMISSIONS),
            _limit(fields, LIMIT, missing),
        )
        for name, fields in whole.part("products").parts()
    )  # fmt: skip


def _gases(whole: Fields) -> tuple[Gas, ...]:
    return tuple(
        Gas(name, _limit(fields, "limit (tonne)", math.inf),
            fields.series("penalty ($/tonne)", 0.0))
        for name, fields in whole.part("emissions", is_needed=False).parts()
    )  # fmt: skip


def _centres(whole: Fields, known: set[str]) -> tuple[Centre, ...]:
    """Return the centres of the later layout."""
    return tuple(
        _centre(name, fields, known) for name, fields in whole.part("centers").parts()
    )


def _centre(name: str, fields: Fields, known: set[str]) -> Centre:
    outputs = fields.content.get("outputs")
    if not isinstance(outputs, list):
        fields.blame("outputs", say("must be a list of products"))
        outputs = []
    if not all(isinstance(one, str) and one in known for one in outputs):
        fields.blame("outputs", say("is the name of no product"), outputs)
        outputs = []
    fixed = fields.part("fixed output (tonne)", is_needed=bool(outputs))
    later = fields.part("variable output (tonne/tonne)", is_needed=False)
    collection = fields.part("collection cost ($/tonne)", is_needed=False)
    return Centre(
        name, _place(fields), fields.choice("input", known, is_needed=False),
        fields.series("revenue ($/tonne)", 0.0),
        fields.series("operating cost ($)", 0.0),
        {m: fixed.series(m, 0.0, 0.0) for m in outputs},
        {m: later.values(m, 0.0, 0.0) for m in outputs},
        {m: collection.series(m, 0.0) for m in outputs},
        _disposal(fields, outputs),
    )  # fmt: skip


def _disposal(fields: Fields, outputs: list[str]) -> dict[str, Disposal]:
    costs = fields.part(COST, is_needed=False)
    limits = fields.part(LIMIT, is_needed=False)
    return {m: Disposal(costs.series(m, 0.0), _limit(limits, m)) for m in outputs}


def _plants(whole: Fields, known: set[str]) -> tuple[Plant, ...]:
    """Return the plants of the later layout."""
    return tuple(
        _plant(name, fields, known) for name, fields in whole.part("plants").parts()
    )


def _plant(name: str, fields: Fields, known: set[str]) -> Plant:
    mix = fields.part("input mix (%)")
    costs = fields.part("storage cost ($/tonne)", is_needed=False)
    limits = fields.part("storage limit (tonne)", is_needed=False)
    stores = {
        m: Store(mix.series(m, least=0.0) / 100, costs.series(m, 0.0),
                 _limit(limits, m))
        for m in mix.only(known)
    }  # fmt: skip
    total = sum((store.share for store in stores.values()), np.zeros(fields.years))
    if stores and not np.allclose(total, 1.0, rtol=0.0, atol=MIX_ROUNDING):
        fields.blame("input mix (%)", say("must sum to 100"))
    made = fields.part("output (tonne)", is_needed=False)
    output = {m: made.series(m, 0.0, 0.0) for m in made.only(known)}
    sizes = fields.content.get("capacities")
    if not isinstance(sizes, list) or not all(isinstance(one, dict) for one in sizes):
        fields.blame("capacities", say("must be a list of objects in braces"))
        sizes = []
    listed = [
        Fields(f"{fields.place}: capacities {k}", one, fields.years, fields.wrong)
        for k, one in enumerate(sizes, start=1)
    ]
    by_size = [(one.number("size (tonne)", least=0.0), one) for one in listed]
    return Plant(
        name, _place(fields), stores, output, _disposal(fields, list(output)),
        _by_gas(fields, "processing emissions (tonne)"),
        **_sizes(fields, "capacities", by_size),
    )  # fmt: skip


def _origins(whole: Fields, known: set[str]) -> tuple[Centre, ...]:
    """Return where products arise in the earlier layout: centres that take nothing."""
    found: list[Centre] = []
    names: set[str] = set()
    for product, fields in whole.part("products").parts():
        if product not in known:
            continue
        amounts = fields.part(AMOUNTS, is_needed=False)
        for name, place in amounts.parts():
            own = f"{name} ({product})" if name in names else name
            names.add(own)
            found.append(_origin(own, product, fields, place))
    return tuple(found)


def _origin(name: str, product: str, fields: Fields, place: Fields) -> Centre:
    none, free = np.zeros(fields.years), np.full(fields.years, math.inf)
    return Centre(
        name, _place(place), "", none, none,
        {product: place.series("amount (tonne)", least=0.0)}, {product: np.zeros(0)},
        {product: fields.series("acquisition cost ($/tonne)", 0.0)},
        {product: Disposal(fields.series(COST, 0.0), free)},
    )  # fmt: skip


def _kinds(whole: Fields, known: set[str]) -> tuple[Plant, ...]:
    """Return the plants of the earlier layout: each kind at each of its locations."""
    return tuple(
        _located(kind, fields, name, location, known)
        for kind, fields in whole.part("plants").parts()
        for name, location in fields.part("locations").parts()
    )


def _located(
    kind: str, fields: Fields, name: str, location: Fields, known: set[str]
) -> Plant:
    made = fields.part("outputs (tonne/tonne)", is_needed=False)
    output = {m: made.series(m, 0.0, 0.0) for m in made.only(known)}
    disposal, free = location.part("disposal", is_needed=False), math.inf
    allowed = {
        m: Disposal(one.series("cost ($/tonne)"), _limit(one, "limit (tonne)", free))
        for m, one in disposal.parts()
    }
    disposal.only(known)
    none = Disposal(np.zeros(fields.years), np.zeros(fields.years))
    storage = location.part("storage", is_needed=False)
    is_kept = bool(storage.content)
    store = Store(
        np.ones(fields.years),
        storage.series("cost ($/tonne)") if is_kept else np.zeros(fields.years),
        storage.series("limit (tonne)", least=0.0) if is_kept else none.limit,
    )
    by_size = [
        (_size_of(location, key), one) for key, one in location.part(SIZES).parts()
    ]
    return Plant(
        plant_name(kind, name), _place(location),
        {fields.choice("input", known): store}, output,
        {m: allowed.get(m, none) for m in output},
        _by_gas(fields, "emissions (tonne/tonne)"), **_sizes(location, SIZES, by_size),
    )  # fmt: skip


def _size_of(location: Fields, key: str) -> float:
    """Return the size that is the name of a field."""
    try:
        size = float(key)
    except ValueError:
        size = math.nan
    if not 0.0 <= size < math.inf:
        location.blame(SIZES, say("sizes must be numbers, not negative"), key)
        return 0.0
    return size


def _sizes(
    fields: Fields, key: str, by_size: list[tuple[float, Fields]]
) -> dict[str, Any]:
    """Return what a plant costs at its least size and a tonne above it."""
    if not 1 <= len(by_size) <= 2:
        fields.blame(key, say("must have one size or two, not {n}", n=len(by_size)))
        by_size = by_size or [(0.0, Fields(fields.place, {}, fields.years, []))]
    by_size = sorted(by_size, key=lambda one: one[0])
    (least, small), (most, large) = by_size[0], by_size[-1]
    initial = fields.number("initial capacity (tonne)", 0.0, 0.0)
    if initial > most:
        told = say("is above the greatest size, {most}", most=most)
        fields.blame("initial capacity (tonne)", told, initial)
    variable = small.series(VARIABLE)
    if not np.array_equal(variable, large.series(VARIABLE)):
        fields.blame(key, say("all sizes must have the same variable operating cost"))
    opening, more = small.series(OPENING), large.series(OPENING)
    fixed, fixed_more = small.series(FIXED), large.series(FIXED)
    above = most - least if most > least else math.inf
    return {
        "least_size": least, "most_size": most, "initial_capacity": initial,
        "opening_cost": opening, "expansion_cost": (more - opening) / above,
        "fixed_cost": fixed, "fixed_cost_above": (fixed_more - fixed) / above,
        "variable_cost": variable,
    }  # fmt: skip
