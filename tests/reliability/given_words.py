"""Right files that are spoiled, and words of the command line that nobody can mean."""

from __future__ import annotations

PLACES = {
    "places.csv": "name,population,lat,lon\nAkzhar,1250,50.1,70.2\n"
    "Besoba,640,50.25,70.45\nKoktem,2300,50.4,70.3\n",
    "places.geojson": """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "Akzhar", "population": 1250},
 "geometry": {"type": "Point", "coordinates": [70.2, 50.1]}},
{"type": "Feature", "properties": {"name": "Besoba", "population": 640},
 "geometry": {"type": "Point", "coordinates": [70.45, 50.25]}}]}
""",
}
CLASSIC = {
    "pmed.txt": "4 5 1\n1 2 9\n2 3 4\n3 4 5\n1 2 3\n4 1 20\n",
    "cap.txt": "2 3\n100 7.5\n100 9\n10\n1 2\n20\n4 3\n30\n2 6\n",
    "three.tsp": "NAME : three\nTYPE : TSP\nDIMENSION : 3\n"
    "EDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n 1 16.47 96.10\n"
    " 2 16.47 94.44\n 3 20.09 92.54\nEOF\n",
}
_CHANGES = (
    "", "=", "levels", "levels.capex_mln", "levels.capex_mln=", "levels.capex_mln*",
    "levels.capex_mln*abc", "levels.capex_mln*nan", "levels.capex_mln*1e400",
    "levels.capex_mln=-5", "levels.nosuch=1", "nosuch.capex_mln=1",
    "levels[level=1.capex_mln=2", "levels[level].capex_mln=2",
    "levels[nosuch=1].capex_mln=2", "levels[level=9].capex_mln=2",
    "levels[level=1]capex_mln=2", "levels.level=1.5", "sites.status=nosuch",
    "sites.max_units=many", "settlements.population=inf", "settlements.lat=95",
    "sites.settlement=nosuch", "periods.years=0", "levels.capex_mln**2",
    "levels.capex_mln=1;sites.max_units=2", "__import__('os')=1",
    "levels.capex_mln=__import__('os')", "settlements.settlement=a",
    "x" * 5000, "levels.capex_mln=" + "9" * 400, "қала.халық=1",
)  # fmt: skip
SETS = tuple(("validate", "mine", "--json", "--set", change) for change in _CHANGES)
_SOLVE = (
    "--gap nan", "--gap -1", "--gap 1e400", "--gap x", "--time-limit nan",
    "--time-limit -1", "--time-limit x", "--work-limit 0", "--work-limit nan",
    "--threads 0", "--threads 1.5", "--threads 99999999999", "--seed -1",
    "--seed 1.5", "--method nosuch", "--formulation nosuch", "--goal nosuch",
    "--goal cover", "--minutes -3 --goal cover", "--scenario nosuch",
    "--start nosuch", "--start mine", "--resume nosuch", "--workers 0 --work-limit 1",
    "--rounds 0 --close-loop", "--out mine/levels.csv/x", "--out mine",
    "--store mine", "--store mine/levels.csv", "--checkpoint mine",
    "--save-lp mine", "--lang xx", "--cluster nosuch", "--nope",
)  # fmt: skip
OPTIONS = (
    *(("solve", "mine", "--quiet", *words.split()) for words in _SOLVE),
    ("verify", "nosuch"), ("verify", "mine"), ("verify", "kept/record.json"),
    ("export", "kept", "--to", "nosuch", "--out", "x"),
    ("export", "kept", "--to", "xlsx", "--out", "mine"),
    ("export", "kept", "--to", "csv", "--out", "mine"),
    ("convert", "mine", "made.docx"), ("convert", "mine", "kept"),
    ("convert", "mine", "mine"), ("runs", "nosuch.duckdb"), ("runs", "mine/levels.csv"),
    ("sweep", "mine", "--scenarios", "nosuch"), ("locate", "mine", "--new", "-1"),
    ("pareto", "mine", "--goals", "cost,nosuch"), ("budgets", "mine", "--points", "0"),
    ("explain", "kept", "--site", "nosuch"), ("explain", "kept", "--rule", "nosuch"),
    ("alternatives", "mine", "--count", "0"), ("what-if", "kept", "--set", "x"),
    ("import", "mine", "--out", "made"), ("new", "mine"), ("report", "nosuch"),
    ("plot", "kept", "--kind", "nosuch"), ("indicators", "nosuch"),
    ("sensitivity", "mine", "--runs", "0"), ("bench", "nosuch"),
    ("futures", "mine", "--objective", "nosuch"),
)  # fmt: skip
