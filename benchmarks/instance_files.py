"""Sizes of an instance in each format, and what writing and reading it takes.

``python -m benchmarks instance_files [INSTANCE]`` (kazakhstan if nothing is said).
Seconds are of the processor: what else runs on the machine does not count.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aumaq
from benchmarks.country_files import size_mb

FORMATS = {
    "folder": "folder",
    "workbook": "workbook.xlsx",
    "GeoPackage": "geo.gpkg",
    "Parquet": "columns.parquet",
}


def run(name: str = "kazakhstan") -> None:
    """Print the table of docs/files.md."""
    instance = aumaq.read(name)
    rows = sum(map(len, instance.tables.values()))
    places = len(instance.tables["settlements"])
    print(f"{name}: {places:,} settlements, {rows:,} rows\n")
    print("| format | MB | write, s | read and check, s |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for title, file in FORMATS.items():
            path = Path(folder) / file
            write, _ = _timed(lambda p=path: aumaq.write(instance, p))
            read, again = _timed(lambda p=path: aumaq.read(p))
            if again.content_hash != instance.content_hash:
                raise ValueError(f"{title}: another instance was read than written")
            print(f"| {title} | {size_mb(path):.2f} | {write:.1f} | {read:.1f} |")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found
