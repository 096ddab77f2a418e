"""What the general scheme of 2011 asks of the country: variants of `kazakhstan`.

`anchors`: plants, farms, resorts, ports and economic zones. Names, places and that they
work or are announced are general knowledge; jobs, people and loads are assumptions,
rounded. What works today brings no people and no load: regional totals hold them.
`points`: growth points that the model chooses, of the towns of the second and third
category of settlements (policy_lists.csv, Gov. Res. 710 of 02.09.2025).
`bounded`: limits on the five agglomerations (policy_lists.csv), urban demand inside.
`n1`: the loss of a line of the north-south and western transit is survived.
"""

from __future__ import annotations

import pandas as pd

VARIANTS = [
    {"variant": "anchors", "axis": "anchors",
     "title": "sites of industry and farming and tourism", "overrides": "anchors"},
    {"variant": "points", "axis": "growth points",
     "title": "growth points are chosen", "overrides": "points"},
    {"variant": "bounded", "axis": "agglomerations",
     "title": "agglomerations are bounded", "overrides": "bounded"},
    {"variant": "n1", "axis": "reliability",
     "title": "the loss of a transit line is survived", "overrides": "n1"},
]  # fmt: skip

KNOWN = "general knowledge: it works today, its people and load are in the totals"
PLANNED = "general knowledge: announced or under construction, figures are assumptions"

WORKING = (
    ("ekibastuz_coal", "Ekibastuz coal mines and power stations", "industry",
     "Экибастуз", 15000),
    ("temirtau_steel", "Temirtau steel works", "industry", "Темиртау", 20000),
    ("zhezkazgan_copper", "Zhezkazgan copper mines and smelter", "industry",
     "Жезказган", 20000),
    ("balkhash_copper", "Balkhash copper smelter", "industry", "Балхаш", 5000),
    ("aktobe_ferroalloys", "Aktobe ferroalloys plant", "industry", "Актобе", 5000),
    ("khromtau_chrome", "Khromtau chrome mines", "industry", "Хромтау", 7000),
    ("pavlodar_works", "Pavlodar aluminium works and refinery", "industry",
     "Павлодар", 10000),
    ("oskemen_metals", "Ust-Kamenogorsk zinc and titanium works", "industry",
     "Усть-Каменогорск", 10000),
    ("rudny_iron", "Rudny iron ore works", "industry", "Рудный", 15000),
    ("atyrau_refinery", "Atyrau refinery and polypropylene plant", "industry",
     "Атырау", 4000),
    ("tengiz_oil", "Tengiz oil field", "industry", "Кульсары", 15000),
    ("karachaganak_gas", "Karachaganak gas condensate field", "industry",
     "Аксай", 5000),
    ("aktau_port", "Sea port of Aktau", "port", "Актау", 1500),
    ("khorgos", "Khorgos dry port and free zone", "zone", "Жаркент", 3000),
    ("ontustik", "Free zone Ontustik", "zone", "Шымкент", 4000),
    ("saryarka", "Free zone Saryarka", "zone", "Караганда", 4000),
)  # fmt: skip
"""Code, title, kind, settlement, jobs."""

COMING = (
    ("atyrau_polyethylene", "Polyethylene plant in the zone NIPT", "industry",
     "Атырау", "2031-35", 900, 150000, 20000),
    ("rudny_hbi", "Hot briquetted iron at Rudny", "industry", "Рудный", "2031-35",
     1000, 120000, 15000),
    ("taraz_chemistry", "Chemical park Taraz", "zone", "Тараз", "2026-30", 2000,
     60000, 15000),
    ("kostanay_cars", "Car plant of Kostanay", "industry", "Костанай", "2026-30",
     2500, 20000, 1000),
    ("alatau_city", "Free zone of the new city Alatau", "zone", "Қонаев", "2031-35",
     6000, 60000, 8000),
    ("turkistan_farms", "Greenhouses and cotton cluster of Turkistan region",
     "agriculture", "Жетысай", "2026-30", 2500, 10000, 6000),
    ("sko_dairy", "Dairy farms of North Kazakhstan", "agriculture", "Тайынша",
     "2026-30", 1200, 4000, 1500),
    ("zhetysu_sugar", "Sugar beet and sugar works of Zhetysu", "agriculture",
     "Уштобе", "2031-35", 800, 5000, 3000),
    ("burabay", "Resort Burabay", "tourism", "Щучинск", "2026-30", 1500, 8000, 2500),
    ("alakol", "Resort at lake Alakol", "tourism", "Ушарал", "2031-35", 1000, 5000,
     2000),
    ("turkistan_visitors", "Pilgrims and visitors of Turkistan", "tourism",
     "Туркестан", "2026-30", 2000, 8000, 3000),
    ("kuryk_port", "Port of Kuryk", "port", "Курык", "2026-30", 800, 10000, 1000),
)  # fmt: skip
"""The same, first period, jobs, kW, m3 of water a day."""
PERSONS_PER_JOB = 2.2

TOWNS = (
    "Темиртау", "Экибастуз", "Рудный", "Кентау", "Қонаев", "Жанаозен", "Балхаш",
    "Кульсары", "Жаркент", "Степногорск", "Щучинск", "Аягоз",
)  # fmt: skip
"""Oblast-rank cities and centres of districts that may become growth points."""
GAIN_SHARE = 0.1
PRICE_MLN_PER_PERSON = 0.2
OF_TOWNS = "policy_lists.csv: category 2 or 3 of Gov. Res. 710/2025"


AGGLOMERATIONS = (
    ("Almaty", "Almaty agglomeration", (3100000, 3400000, 3700000)),
    ("Astana", "Astana agglomeration", (1800000, 2050000, 2300000)),
    ("Shymkent", "Shymkent agglomeration", (1500000, 1700000, 1900000)),
    ("Aktobe", "Aktobe agglomeration", (610000, 650000, 690000)),
    ("Aktau", "Aktau agglomeration", (530000, 590000, 650000)),
)
"""Code, title, people at most in each period: up to a tenth below the projections."""
PERIODS = ("2026-30", "2031-35", "2036-40")
BOUNDS = "policy_lists.csv: schemes of the agglomerations, the limits are assumptions"
URBAN_DEMAND = (("water", 1.15), ("power", 1.1))
URBAN = "assumption: in agglomerations people draw more than elsewhere"

TRANSIT = (
    "Ekibastuz-Agadyr", "Agadyr-YuKGRES_Ulken", "YuKGRES_Ulken-Alma_Almaty",
    "Ekibastuz-Semey",
)  # fmt: skip
"""Lines of 500 kV whose loss is looked at (grid_schematic_lines.csv)."""
SURVIVED = 1.0
UNSURVIVED_MLN = 0.15
N1 = "assumption: the criterion is usual practice, share and price are assumptions"


def overrides(places: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the variants add."""
    columns = ["override", "table", "where", "action", "source"]
    rows = [*_anchors(places), *_points(places), *_bounded(), *_n1()]
    return pd.DataFrame(rows, columns=columns)


def added(name: str, of: str, why: str, /, **cells: object) -> dict[str, str]:
    """Return a row of the overrides *name* that adds a row of cells to a table."""
    where = "; ".join(f"{key}={value}" for key, value in cells.items())
    return {"override": name, "table": of, "where": where, "action": "add",
            "source": why}  # fmt: skip


def codes(places: pd.DataFrame) -> dict[str, str]:
    """Return the settlement of each name: the largest that is called so."""
    largest = places.sort_values("population")
    return dict(zip(largest["name_ru"], largest["settlement"], strict=True))


def _anchors(places: pd.DataFrame) -> list[dict[str, str]]:
    code = codes(places)
    return [
        *(
            added("anchors", "anchors", KNOWN, anchor=anchor, title=title, kind=kind,
                  settlement=code[town], jobs=jobs, is_synthetic="true", source=KNOWN)
            for anchor, title, kind, town, jobs in WORKING
        ),
        *(
            added("anchors", "anchors", PLANNED, anchor=anchor, title=title, kind=kind,
                  settlement=code[town], first_period=period, jobs=jobs,
                  persons_per_job=PERSONS_PER_JOB, power_kw=power,
                  water_m3_per_day=water, is_synthetic="true", source=PLANNED)
            for anchor, title, kind, town, period, jobs, power, water in COMING
        ),
    ]  # fmt: skip


def _points(places: pd.DataFrame) -> list[dict[str, str]]:
    code = codes(places)
    people = places.set_index("settlement")["population"]
    assumed = "assumption"
    return [
        added("points", "growth_tiers", OF_TOWNS, tier="support_town",
              title="Support towns", min_count=3, max_count=5, by_period="2031-35",
              source=OF_TOWNS),
        *(
            added("points", "growth_candidates", OF_TOWNS, settlement=code[town],
                  tier="support_town", gain_share=GAIN_SHARE, donors="region",
                  capex_mln=round(people[code[town]] * GAIN_SHARE
                                  * PRICE_MLN_PER_PERSON, 1),
                  is_synthetic="true", source=f"{OF_TOWNS}, figures are {assumed}s")
            for town in TOWNS
        ),
        added("points", "concentrations", assumed, concentration="hospitals",
              title="Half of large hospitals stands in growth points",
              service="hospital", min_level=3, share=0.5, source=assumed),
    ]  # fmt: skip


def _bounded() -> list[dict[str, str]]:
    return [
        *(
            added("bounded", "agglomerations", BOUNDS, agglomeration=code, title=title,
                  period=period, max_persons=most, source=BOUNDS)
            for code, title, limits in AGGLOMERATIONS
            for period, most in zip(PERIODS, limits, strict=True)
        ),
        *(
            added("bounded", "agglomeration_demand", URBAN, agglomeration=code,
                  service=network, factor=factor, source=URBAN)
            for code, *_ in AGGLOMERATIONS
            for network, factor in URBAN_DEMAND
        ),
    ]  # fmt: skip


def _n1() -> list[dict[str, str]]:
    return [
        added("n1", "contingencies", N1, contingency=link, network="power", link=link,
              title=f"Loss of the line {link}", served_share=SURVIVED,
              shortfall_mln_per_unit_year=UNSURVIVED_MLN, source=N1)
        for link in TRANSIT
    ]  # fmt: skip
