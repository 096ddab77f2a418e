"""What to type where an optional package is missing, wherever aumaq came from.

Extras are named by their packages: aumaq itself may be a working copy, which no index
knows, and its environment need not be the active one.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]


def packages_of(extra: str) -> list[str]:
    """Return the requirements of an extra: ``openpyxl>=3.1``.

    Those of a working copy stand in its pyproject.toml; the metadata may be older.
    """
    file = ROOT / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {})
        if project.get("name") == "aumaq":
            return list(project["optional-dependencies"][extra])
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(each) for each in metadata.requires("aumaq") or []]
    except metadata.PackageNotFoundError:
        return []
    return [
        f"{each.name}{each.specifier}"
        for each in needed
        if each.marker is not None
        and each.marker.evaluate({"extra": extra})
        and not each.marker.evaluate({"extra": ""})
    ]


def install_command(extra: str) -> str:
    """Return the command that installs an extra into the environment of aumaq."""
    words = [sys.executable or "python", "-m", "pip", "install", *packages_of(extra)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
