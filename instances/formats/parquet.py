"""An instance as a folder of Parquet files, one a table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from aumaq.instances.errors import Problem, UnreadableError
from aumaq.instances.formats.files import (
    MAX_FILE_BYTES,
    check_count,
    check_file,
    check_size,
    parsing,
)
from aumaq.instances.formats.geographic.outline_text import read_outlines
from aumaq.instances.formats.raw import Raw, build, needed
from aumaq.instances.instance import Instance
from aumaq.instances.language.texts import say

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
    raw = Raw(label=say("{table}{suffix}").given(suffix=".parquet"))
    for file in sorted(path.glob("*.parquet")):
        try:
            frame = read_table(file)
        except UnreadableError as error:
            raw.refuse(file.stem, Problem(file.name, error.text))
            continue
        raw.tables[file.stem] = frame
        raw.rows[file.stem] = range(1, len(frame) + 1)
    outlines = path / OUTLINES_FILE
    if outlines.is_symlink() or outlines.exists():
        raw.outlines = read_outlines(outlines, raw.problems)
    return build(raw)


def read_table(path: Path) -> pd.DataFrame:
    """Return the table of a file (UnreadableError if it is none, or too large).

    Equal texts are stored once: a file of 1 MB may hold a table of many GB. Texts are
    read as they are stored, and measured before they are written out.
    """
    pyarrow = needed("pyarrow", "parquet")
    parquet = needed("pyarrow.parquet", "parquet")
    check_file(path)
    with parsing(say("is not a readable Parquet file")):
        with path.open("rb") as stream:
            file = parquet.ParquetFile(stream)
            schema, facts = file.schema_arrow, file.metadata
            check_count(facts.num_rows, len(schema.names))
            groups = [facts.row_group(k) for k in range(facts.num_row_groups)]
            check_size(sum(g.total_byte_size for g in groups), MAX_FILE_BYTES)
            twice = {name for name in schema.names if schema.names.count(name) > 1}
            if twice:
                raise UnreadableError(
                    say("column occurs twice: {twice}", twice=", ".join(sorted(twice)))
                )
            texts = [f.name for f in schema if pyarrow.types.is_string(f.type)
                     or pyarrow.types.is_binary(f.type)]  # fmt: skip
            table = parquet.ParquetFile(stream, read_dictionary=texts).read()
        check_size(sum(map(_text_bytes, table.columns)), MAX_FILE_BYTES)
        for k, field in enumerate(schema):
            if field.name in texts:
                table = table.set_column(k, field, table.column(k).cast(field.type))
        # Whole numbers beside blanks stay whole: codes may have many digits.
        return table.to_pandas(ignore_metadata=True, integer_object_nulls=True)


def _text_bytes(column: Any) -> int:
    """Return the bytes of a column of texts when each is written out."""
    pyarrow = needed("pyarrow", "parquet")
    compute = needed("pyarrow.compute", "parquet")
    if not pyarrow.types.is_dictionary(column.type):
        return 0
    total = 0
    for chunk in column.chunks:
        lengths = compute.binary_length(chunk.dictionary)
        found = compute.sum(compute.take(lengths.cast("int64"), chunk.indices)).as_py()
        total += found or 0
    return total
