"""Build ``.typing/aumaq``: links that show a type checker the installed shape.

Type checkers do not follow the folder mapping of an editable install.
"""

import os
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TREE = ROOT / ".typing"


def link_tree() -> None:
    """Create missing links for each folder named in ``pyproject.toml``."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folder_of = pyproject["tool"]["setuptools"]["package-dir"]
    (TREE / "aumaq").mkdir(parents=True, exist_ok=True)
    for package, folder in folder_of.items():
        sources = [ROOT / folder] if "." in package else list((ROOT / folder).iterdir())
        for source in sources:
            link = TREE / "aumaq" / source.name
            if not link.is_symlink() and source.name != "__pycache__":
                link.symlink_to(os.path.relpath(source, link.parent))


if __name__ == "__main__":
    link_tree()
