"""The model as an LP file, for other solvers and for eyes.

The format knows few characters and short names, so that names of an instance may become
one: those that cannot stay as they are get a number, and the head of the file says
which is which.
"""

from __future__ import annotations

import re
from itertools import dropwhile
from pathlib import Path
from typing import Any

from aumaq.instances.formats.drafts import draft_file
from aumaq.model import BuiltModel

MOST_LETTERS = 200
"""Of a name; the format allows 255, and Pyomo puts a few before and behind."""
KEYWORDS = (
    "max", "min", "maximize", "minimize", "maximum", "minimum", "subject", "such", "st",
    "bound", "bounds", "free", "inf", "infinity", "general", "generals", "gen", "int",
    "integer", "integers", "binary", "binaries", "bin", "semi", "semis", "sos", "end",
)  # fmt: skip
"""Words of the format; a name must not be one."""
NUMBER_LIKE = re.compile(r"[0-9.]|[eE][0-9+-]|[eE]$")
"""What a name must not begin with: it would be read as a number."""


class Labels:
    """Names for variables and rows, all different.

    ``notes`` says what those are called that have a number, or that another name would
    have been taken for.
    """

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def __call__(self, component: Any) -> str:
        """Return the name of a variable or row in the file."""
        name = str(component.name)
        plain = name.replace("[", "(").replace("]", ")")
        label = re.sub(r"[^A-Za-z0-9_()]", "_", plain)
        if label in self._names:
            self.notes[label] = self._names[label]
        if label in self._names or not (name.isascii() and is_fit(label)):
            label = self._numbered(re.split(r"[^A-Za-z_]", label)[0])
            self.notes[label] = name
        self._names[label] = name
        return label

    def _numbered(self, kind: str) -> str:
        """Return a name that no other has, of a kind of variables or rows."""
        kind = kind[: MOST_LETTERS // 2] or "x"
        number = len(self.notes) + 1
        while (label := f"{kind}_no_{number}") in self._names:
            number += 1
        return label


def is_fit(label: str) -> bool:
    """Whether readers of the format take a text of its characters for a name."""
    return (
        0 < len(label) <= MOST_LETTERS
        and label.lower() not in KEYWORDS
        and NUMBER_LIKE.match(label) is None
    )


def write_lp(built: BuiltModel, path: Path) -> None:
    """Write the model as a whole LP file (ExportError if that cannot be done)."""
    labels = Labels()
    with draft_file(path) as draft:
        body = draft.with_name("body.lp")
        built.model.write(str(body), io_options={"labeler": labels})
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            for label, name in labels.notes.items():
                shown = re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", "?", name)
                file.write(f"\\ {label} is {shown}\n")
            with body.open(encoding="utf-8") as rows:
                # What stands before is a comment with the name of the instance, raw.
                file.writelines(dropwhile(lambda row: row.strip() != "min", rows))
