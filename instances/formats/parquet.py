"""An instance as a folder of Parquet files, one a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import Problem
from aumaq.instances.formats.outline_text import joined
from aumaq.instances.formats.raw import Raw, build, needed
from aumaq.instances.instance import Instance
from aumaq.instances.texts import pattern, say

FIRST_FILE = "instance.parquet"
"""What makes a folder a Parquet instance."""
OUTLINES_FILE = "outlines.geojson"


def write_parquet(
    tables: Mapping[str, pd.DataFrame], outlines: dict[str, Any] | None, path: Path
) -> None:
    """Write tables by name to a new folder; those without rows are left out."""
    needed("pyarrow", "parquet")
    path.mkdir()
    for name, frame in tables.items():
        if len(frame):
            frame.to_parquet(path / f"{name}.parquet", engine="pyarrow", index=False)
    if outlines is not None:
        text = json.dumps(outlines, ensure_ascii=False)
        (path / OUTLINES_FILE).write_text(text, encoding="utf-8")


def read_parquet(path: Path) -> Instance:
    """Read a folder of Parquet files (InstanceError with every problem found)."""
    pyarrow = needed("pyarrow", "parquet")
    raw = Raw(label=pattern("{table}{suffix}", suffix=".parquet"))
    for file in sorted(path.glob("*.parquet")):
        try:
            frame = pd.read_parquet(file, engine="pyarrow")
        except (pyarrow.ArrowException, OSError) as error:
            text = " ".join(str(error).split())
            problem = Problem(
                file.name, say("is not a readable Parquet file: {text}", text=text)
            )
            raw.refuse(file.stem, problem)
            continue
        raw.tables[file.stem] = frame
        raw.rows[file.stem] = range(1, len(frame) + 1)
    outlines = path / OUTLINES_FILE
    if outlines.is_file():
        text = outlines.read_text(encoding="utf-8", errors="replace")
        raw.outlines = joined([text], outlines.name, raw.problems)
    return build(raw)
