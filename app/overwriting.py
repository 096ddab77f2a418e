"""What a command reads is not written over, whatever the command.

Files are replaced without a question, and so is a folder that holds an earlier result:
a plan, or a table of an instance, would be gone though it was only to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aumaq.instances.language.texts import Text, say

OUTPUTS = ("--out", "--html", "--save-lp")
"""Options that name what is replaced; a store, a checkpoint is gone on with."""
GONE_ON_WITH = ("--store", "--checkpoint", "--resume", "--results", "--start")
GROWING = ("bench",)
"""Commands whose --out is gone on with, too."""
TABLES = (".csv", ".toml", ".json", ".geojson", ".parquet", ".gpkg")
"""Endings of files that are read where a folder is named."""


def written_over(
    command: str, params: Iterable[Any], words: Mapping[str, Any]
) -> Iterator[tuple[Text, list[str]]]:
    """Yield what is said of each output that is an input as well, with its option."""
    if command in GROWING or words.get("overwrite"):
        return
    params = list(params)
    given = [p for p in params if words.get(str(p.name))]
    read = [path for p in given if _is_read(p) for path in _paths(words[str(p.name)])]
    for param in given:
        if not set(param.opts) & set(OUTPUTS):
            continue
        target = Path(str(words[str(param.name)]))
        if hit := next((one for one in read if _is_part(target, one)), None):
            from aumaq.instances.formats.targets import shown  # loads pandas

            yield (
                say(
                    "{option}: {target} would replace what is read ({path}); name"
                    " another place, nothing was written",
                    option=param.opts[0],
                    target=shown(target),
                    path=shown(hit),
                ),
                [str(param.opts[0])],
            )


def _is_read(param: Any) -> bool:
    """Whether a parameter names what is read: arguments, and paths by option."""
    if param.param_type_name == "argument":
        return True
    if set(param.opts) & {*OUTPUTS, *GONE_ON_WITH}:
        return False
    is_path = param.type_descriptor.annotation is Path
    return is_path or "--instance" in param.opts


def _paths(value: Any) -> list[Path]:
    """Return what is named: a path, several, or the store of STORE:RUN."""
    names: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    found = []
    for name in map(str, names):
        store, sign, _ = name.rpartition(":")
        found += [Path(name)] + ([Path(store)] if sign else [])
    return found


def _is_part(target: Path, read: Path) -> bool:
    """Whether a target that is there is what is read, or a table in it."""
    try:
        if not (target.exists() and read.exists()):
            return False
        if target.samefile(read):
            return True
        is_in = target.is_file() and read.is_dir() and target.parent.samefile(read)
    except (OSError, ValueError, RuntimeError):  # told by whoever opens it
        return False
    return is_in and target.suffix.lower() in TABLES and not _is_side(target.name)


def _is_side(name: str) -> bool:
    """Whether a file stands beside the tables of a plan, and is made of them."""
    from aumaq.results.exports.side_files import SIDE

    return name in SIDE
