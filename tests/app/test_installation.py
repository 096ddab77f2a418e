"""An environment that lacks packages: one clear error, and all of them are named."""

import json
import re
import shlex
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from command import run

import aumaq
from aumaq import installation
from aumaq.instances import extras


@pytest.mark.parametrize("is_told_by_pandas", [False, True])
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, is_told_by_pandas: bool
) -> None:
    """What is missing, and what to install; that is no internal error."""

    def broken(*_: object) -> None:
        missing = ModuleNotFoundError("No module named 'numba'", name="numba.core")
        if is_told_by_pandas:
            raise ImportError("Unable to import") from missing
        raise missing

    monkeypatch.setattr(aumaq, "describe", broken)
    done = run("describe", "tiny", "--json")
    assert done.returncode == 2
    assert "numba is not installed: pip install 'numba>=" in done.stderr
    assert json.loads(done.stdout)["status"] == "not_installed"


def test_the_check_names_all_that_is_missing_or_not_admitted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each package of pyproject.toml, also where the metadata are older."""
    installed = metadata.version

    def version(package: str) -> str:
        if package in ("numba", "tomli-w"):
            raise metadata.PackageNotFoundError(package)
        return {"highspy": "1.16.0rc1", "pandas": "2.3.1"}.get(
            package, installed(package)
        )

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(metadata, "requires", lambda _: [])
    done = run("--version", "--check")
    assert done.returncode == 3
    told = re.findall(r"(?:package|WRONG:) (\S+)", done.stdout)
    assert told == ["numba", "tomli-w", "highspy", "pandas"]
    assert (
        "highspy 1.16.0rc1 is installed; install 'highspy<1.16,>=1.15.1'" in done.stdout
    )


def test_extras_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed without a pyproject.toml, the metadata say what is needed."""
    needed = ["numba>=0.63", 'duckdb>=2.0; extra == "store"']
    monkeypatch.setattr(aumaq, "__file__", str(Path("/nowhere/aumaq/__init__.py")))
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    assert [str(each) for each in installation.requirements()] == ["numba>=0.63"]


def test_an_extra_is_installed_by_its_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same from a working copy and from the metadata of what is installed."""
    listed = extras.packages_of("excel")
    command = shlex.split(extras.install_command("excel"))
    assert command == [sys.executable, "-m", "pip", "install", *listed]
    monkeypatch.setattr(extras, "ROOT", tmp_path)
    needed = ["numba>=0.63", *(f'{one}; extra == "excel"' for one in listed)]
    monkeypatch.setattr(metadata, "requires", lambda _: needed)
    assert extras.packages_of("excel") == listed


def test_all_extras_are_in_all() -> None:
    """What a user may install by name is in ``all``; tools of developers are not."""
    project = tomllib.loads((extras.ROOT / "pyproject.toml").read_text())["project"]
    named = set(project["optional-dependencies"]) - {"all", "dev", "docs"}
    (all_of_them,) = project["optional-dependencies"]["all"]
    assert set(all_of_them.removeprefix("aumaq[").rstrip("]").split(",")) == named
