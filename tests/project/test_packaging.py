"""The package list in pyproject.toml is complete: what works here works installed."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
FOLDER_OF = SETUPTOOLS["package-dir"]


def test_every_package_folder_is_listed() -> None:
    """What has an __init__.py is in the package list."""
    found = {
        ".".join([package, *init.parent.relative_to(ROOT / folder).parts])
        for package, folder in FOLDER_OF.items()
        for init in (ROOT / folder).rglob("__init__.py")
    }
    assert found == set(SETUPTOOLS["packages"])


def test_every_module_is_in_a_package_folder() -> None:
    """No module lies outside the listed packages."""
    for folder in FOLDER_OF.values():
        for path in (ROOT / folder).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), path
