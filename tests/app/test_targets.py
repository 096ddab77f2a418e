"""Where results go is looked at before the work; names never steer where that is."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
from command import run
from shared_plans import shipped

import aumaq
from aumaq.instances import ExportError
from aumaq.instances.formats.drafts import draft_of
from aumaq.instances.formats.targets import (
    NAME_BYTES,
    new_folder,
    probe_file,
    probe_folder,
    probe_new,
    safe_name,
    safe_names,
)

FORMATS = (".xlsx", ".gpkg")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a file, a folder and a link to nothing."""
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.chdir(tmp_path)
    return tmp_path


BAD = (
    "", ".", "..", "file/x", "file/x/y", "link", "link/x", "loop", "/proc/x",
    "/proc/x/y", "n" * 300, "x/" + "n" * 300, "a\0b", "/dev/null", "/dev/null/x",
)  # fmt: skip


@pytest.mark.parametrize("probe", [probe_file, probe_folder, probe_new])
@pytest.mark.parametrize("name", BAD)
def test_bad_places_are_told_before_the_work(here, probe, name) -> None:  # type: ignore[no-untyped-def]
    """Each is refused with its name, and nothing is left behind."""
    before = sorted(os.listdir(here))
    with pytest.raises(ExportError) as told:
        probe(Path(name), FORMATS) if probe is probe_new else probe(Path(name))
    assert name[:20].replace("\0", "\ufffd") in str(told.value)
    assert sorted(os.listdir(here)) == before


@pytest.mark.parametrize("name", ["new", "folder/new", "deep/er/new", "n" * 100, "a b"])
def test_good_places_are_good_and_left_empty(here: Path, name: str) -> None:
    """What can be written is not refused; the trial leaves nothing."""
    before = sorted(os.listdir(here))
    probe_folder(Path(name))
    probe_new(Path(name), FORMATS)
    probe_file(Path(name), (".lp", ""))
    assert sorted(os.listdir(here)) == before


def test_a_folder_is_no_file_and_a_file_no_folder(here: Path) -> None:
    """Each is told; so is an ending that says the other."""
    for probe, name in (
        (probe_file, "folder"), (probe_folder, "file"), (probe_folder, "plan.xlsx"),
    ):  # fmt: skip
        with pytest.raises(ExportError, match=name):
            probe(Path(name))
    probe_file(Path("file"))
    probe_folder(Path("folder"))
    assert (here / "file").read_text() == "mine"


COMMANDS = (
    "solve tiny --out file/p", "solve tiny --out .", "solve tiny --out p.json",
    "solve tiny --save-lp x.nope", "solve tiny --save-lp folder",
    "solve tiny --save-lp file/x.lp", "solve tiny --store file/s.duckdb",
    "solve tiny --store folder", "solve tiny --store /proc/s.duckdb",
    "new x.xls", "new x.gpkg", "new file/x", "new x.csv --random 5", "new file",
    "convert tiny x.xls", "convert tiny x.inc", "convert tiny file/x.gpkg",
    "convert tiny folder", "report p --out folder", "report p --out file/x.html",
    "report p --out x.pdf", "export p --to json --out folder",
    "export p --to json --out x.xlsx", "export p --to xlsx --out file/x.xlsx",
    "export p --to csv --out file", "export p --to gpkg --out x.geojson",
    "plot p --out file/x.svg", "plot p --out x.jpg", "compare p p --html folder",
    "compare p p --html file/x.html", "sweep tiny --out file/s",
    "sweep tiny --out file",
    "sweep tiny --store file/s.duckdb", "project tiny --out file/p",
    "project tiny --out file", "futures tiny --out file/f", "futures tiny --out x.html",
    "futures tiny --store file/s.duckdb", "analyse tiny --out file/a",
    "analyse tiny --out .", "coordination tiny --store file/s.duckdb",
)  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_looks_before_it_works(here: Path, words: str) -> None:
    """Exit code 2 and a sentence with the path; nothing is read, solved or written."""
    before = sorted(os.listdir(here))
    done = run(*words.split(), folder=here)
    assert done.returncode == 2, done.stderr
    path = words.split()[-1 if "--random" not in words else 1]
    assert path in done.stderr
    assert "no such plan" not in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(here)) == before
    assert (here / "file").read_text() == "mine"


STEERING = (
    "../../up",
    "/abs/x",
    "..",
    ".",
    "",
    "a\0b",
    "n" * 300,
    "ң" * 300,
    "a/../..",
)


@pytest.mark.parametrize("name", STEERING)
def test_names_do_not_steer(name: str) -> None:
    """A name becomes one part of a path, in place and not too long."""
    safe = safe_name(name, name)
    assert len(Path(safe).parts) == 1
    assert safe not in (".", "..")
    assert len(safe.encode()) <= NAME_BYTES
    assert "\0" not in safe
    assert safe == safe.lstrip(".")


def test_names_stay_apart() -> None:
    """Names that become one folder are numbered; files of ours are no folders."""
    names = [
        "ba se",
        "ba/se",
        "BA_SE",
        "sweep.csv",
        "sweep.csv-2",
        "n" * 300,
        "n" * 301,
    ]
    found = safe_names(names, ("sweep.csv",))
    assert list(found) == names
    assert len({name.casefold() for name in found.values()}) == len(names)
    assert found["ba se"] == "ba_se"
    assert found["sweep.csv"] != "sweep.csv"
    assert safe_name("Ақтөбе, 2030", "base+dear") == "Ақтөбе__2030-base+dear"


def test_a_new_folder_is_nobody_elses(tmp_path: Path) -> None:
    """Two runs in one second get two folders."""
    found = [new_folder(tmp_path / "runs", "a") for _ in range(3)]
    assert [path.name for path in found] == ["a", "a-2", "a-3"]


@pytest.mark.slow
def test_folders_of_a_sweep_stay_apart_and_inside(tmp_path: Path) -> None:
    """Every scenario has its own folder, whatever it is called."""
    tiny = shipped()
    names = ["base", "ba se", "ba/se", "sweep.csv", "../../up"]
    row = tiny.table("scenarios").iloc[[0]]
    rows = pd.concat([row.assign(scenario=name) for name in names], ignore_index=True)
    found = aumaq.sweep(
        tiny.replace(scenarios=rows), jobs=2, folder=tmp_path / "deep" / "er" / "sweep"
    )
    assert found.is_complete
    there = {
        path.name: path.is_dir() for path in (tmp_path / "deep/er/sweep").iterdir()
    }
    assert sum(there.values()) == len(names)
    assert not there["sweep.csv"]
    assert [path.name for path in tmp_path.rglob("*up")] == ["_.._up"]


@pytest.mark.parametrize("keys", ["", "tls_ca_file = 'x'", "tls = 1", "nonsense"])
def test_a_cluster_is_never_less_safe_than_asked(tmp_path: Path, keys: str) -> None:
    """A security file that does not say it all is an error, not no security."""
    file = tmp_path / "tls.toml"
    file.write_text(keys)
    with pytest.raises(aumaq.OptionError, match=r"tls\.toml"):
        aumaq.sweep(shipped(), dask="tls://127.0.0.1:1", dask_security=file)


def test_two_who_make_one_new_file_do_not_replace_each_other(tmp_path: Path) -> None:
    """The second is told, whether it is a file or a folder."""
    target = tmp_path / "x.xlsx"

    def late() -> None:
        with draft_of(target) as own:
            own.write_text("late")
            target.write_text("early")

    with pytest.raises(ExportError, match="exists already"):
        late()
    assert target.read_text() == "early"
