"""Branch and cut where HiGHS alone is weak: networks whose lines cost once if used."""
