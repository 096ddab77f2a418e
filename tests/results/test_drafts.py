"""What is written appears whole or not at all, and takes nothing with it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyogrio
import pytest
from command import run
from tiny_instances import tiny

import aumaq
from aumaq.instances import ExportError
from aumaq.instances.formats import drafts
from aumaq.instances.interruption import finishing
from aumaq.results.analysis.folder import check_target as check_analysis
from aumaq.results.exports import Written, check_target, write_plan_folder
from aumaq.results.exports.csv_folder import is_plan_file, write_files
from aumaq.results.exports.futures_folder import FILES, check_futures_target
from aumaq.results.exports.projection_tables import (
    check_projection_target as check_projection,
)
from aumaq.results.exports.side_files import INDICATORS_FILE, SIDE
from aumaq.results.plan.plan import Plan
from aumaq.results.studies.choosing import folders
from aumaq.results.studies.choosing.folders import write_plans

KILLED = -signal.SIGKILL
WRITER = """
import os, signal, sys
from pathlib import Path
from aumaq.instances.formats import drafts

target, moment = Path(sys.argv[1]), sys.argv[2]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if moment.startswith("fallback"):
    drafts._exchange = lambda: None
if moment.startswith("within"):
    drafts._is_fixed = lambda path: path.is_dir()
if moment == "fallback, between two renames":
    rename = Path.rename
    def second(self, to):
        if Path(to) == target:
            die()
        return rename(self, to)
    Path.rename = second
if moment == "within, while moved in":
    replace, count = Path.replace, [0]
    def some(self, to):
        count[0] += 1
        if count[0] == 2:
            die()
        return replace(self, to)
    Path.replace = some
with drafts.draft_folder(target) as draft:
    for name in ("a", "b", "c"):
        (draft / name).write_text("new")
    if moment == "half written":
        die()
if moment == "written":
    die()
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Return a plan of the smallest instance."""
    return aumaq.solve(tiny(), gap=0.0)


def state(folder: Path) -> dict[str, str]:
    """Return the files of a folder and what they hold."""
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


OLD = {"a": "old", "b": "old", "gone": "old"}
NEW = dict.fromkeys("abc", "new")


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("half written", OLD),
        ("fallback, between two renames", OLD),
        ("within, while moved in", NEW),
        ("written", NEW),
        pytest.param("fallback, written", NEW, marks=pytest.mark.slow),
        pytest.param("within, written", NEW, marks=pytest.mark.slow),
    ],
)
def test_a_kill_leaves_a_whole_folder(
    tmp_path: Path, moment: str, expected: dict[str, str]
) -> None:
    """Whenever the process is killed, the earlier folder or the new one is there."""
    target = tmp_path / "plan"
    target.mkdir()
    for name, text in OLD.items():
        (target / name).write_text(text)
    command = [sys.executable, "-c", WRITER, str(target), moment]
    ended = subprocess.run(command, check=False).returncode
    assert ended == (KILLED if ", written" not in moment else 0)
    drafts.recover(target)
    drafts.clear(tmp_path)
    assert state(target) == expected
    assert os.listdir(tmp_path) == ["plan"]


def test_drafts_of_the_living_stay(tmp_path: Path) -> None:
    """A draft in use is not cleared away by who writes beside it."""
    with drafts.draft_file(tmp_path / "a") as one:
        one.write_text("a")
        with drafts.draft_file(tmp_path / "b") as other:
            other.write_text("b")
    assert state(tmp_path) == {"a": "a", "b": "b"}


@pytest.mark.parametrize("failure", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_failure_leaves_what_was_there(
    tmp_path: Path, failure: BaseException
) -> None:
    """A full disk is an ExportError that names the target; nothing is changed."""
    target = tmp_path / "plan"
    target.mkdir()
    (target / "a").write_text("old")
    expected = ExportError if isinstance(failure, OSError) else KeyboardInterrupt

    def write() -> None:
        with drafts.draft_folder(target) as draft:
            (draft / "a").write_text("new")
            raise failure

    with pytest.raises(expected) as raised:
        write()
    if isinstance(failure, OSError):
        assert str(raised.value) == f"{target} cannot be written: the disk is full"
    assert state(target) == {"a": "old"}
    assert os.listdir(tmp_path) == ["plan"]


def test_links_stay_and_modes_follow_the_umask(tmp_path: Path) -> None:
    """A link to a target is followed; others read what the umask lets them read."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("later")
    before = os.umask(0o027)
    try:
        with drafts.draft_folder(tmp_path / "link") as draft:
            (draft / "a").write_text("a")
        with drafts.draft_file(tmp_path / "dangling") as file:
            file.write_text("b")
    finally:
        os.umask(before)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "dangling").is_symlink()
    modes = {n: stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("real", "later")}
    assert modes == {"real": 0o750, "later": 0o640}
    assert state(tmp_path / "real") == {"a": "a"}


def test_what_is_no_file_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Devices, folders, the working folder: told, not replaced."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "here" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "below")
    for path, word in (("../../pipe", "device"), ("..", "folder")):
        with pytest.raises(ExportError, match=word), drafts.draft_file(Path(path)):
            pass
    for path in (".", "..", "../../here"):
        with (
            pytest.raises(ExportError, match="working folder"),
            drafts.draft_folder(Path(path)),
        ):
            pass


# -- plan folders --------------------------------------------------------------------


@pytest.mark.slow
def test_whatever_a_solve_writes_may_be_replaced(plan: Plan, tmp_path: Path) -> None:
    """The next solve knows each file as one of a plan folder, and no other file."""
    write_plan_folder(plan, tmp_path / "plan")
    items = list((tmp_path / "plan").iterdir())
    assert {item.name for item in items} >= {*SIDE} - {INDICATORS_FILE}
    assert [item.name for item in items if not is_plan_file(item)] == []
    (tmp_path / "notes.txt").touch()
    assert not is_plan_file(tmp_path / "notes.txt")


def foreign_record(folder: Path) -> None:
    """Leave somebody's own files with our names."""
    (folder / "record.json").write_text('{"my": "vinyl collection"}')
    (folder / "budgets.csv").write_text("month,amount\n1,2\n")


def folder_as_page(folder: Path) -> None:
    """Make report.html a folder with work in it."""
    (folder / "report.html").unlink()
    (folder / "report.html").mkdir()
    (folder / "report.html" / "thesis.txt").write_text("mine")


def note(folder: Path) -> None:
    """Add a note in the folder of the instance."""
    (folder / "instance" / "notes.txt").write_text("mine")


@pytest.mark.parametrize(
    ("check", "own"),
    [(check_projection, "settlements.csv"), (check_analysis, "regions.csv")],
)
def test_a_table_of_somebody_is_no_earlier_result(
    tmp_path: Path, check: Callable[[Path], None], own: str
) -> None:
    """A folder with a table that is called as one of ours is not replaced."""
    (tmp_path / own).write_text("mine")
    with pytest.raises(ExportError, match="exists and holds no"):
        check(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("change", [foreign_record, folder_as_page, note])
def test_what_is_not_ours_is_not_replaced(
    plan: Plan, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """A folder that is no plan, or holds more, goes unharmed; the plan is elsewhere."""
    target = tmp_path / "plan"
    write_plan_folder(plan, target)
    change(target)
    with pytest.raises(ExportError, match="nothing was written"):
        check_target(target, instance=plan.instance)
    before = {str(f): f.read_bytes() for f in target.rglob("*") if f.is_file()}
    written = write_plan_folder(plan, target)
    assert {str(f): f.read_bytes() for f in target.rglob("*") if f.is_file()} == before
    assert written.moved
    assert str(written.folder) in written.moved
    assert Plan.read(written.folder).is_verified
    assert {item.name for item in written.folder.iterdir()} >= {"report.html"}


@pytest.mark.slow
def test_a_plan_of_another_instance_stays(plan: Plan, tmp_path: Path) -> None:
    """Only --overwrite replaces it; a plan of the same instance is replaced."""
    head = {"name": "other", "title": "Other", "base_year": 2026}
    other = aumaq.solve(tiny(instance=[head]), gap=0.0)
    plan.to_csv(tmp_path / "plan")
    plan.to_csv(tmp_path / "plan")
    with pytest.raises(ExportError, match="another instance"):
        other.to_csv(tmp_path / "plan")
    assert write_plan_folder(other, tmp_path / "plan", side={}).moved
    assert Plan.read(tmp_path / "plan").instance.name == plan.instance.name
    written = write_plan_folder(other, tmp_path / "plan", side={}, overwrite=True)
    assert not written.troubles
    assert Plan.read(tmp_path / "plan").instance.name == "other"


@pytest.mark.slow
def test_a_plan_of_another_scenario_stays(tmp_path: Path) -> None:
    """Only --overwrite replaces it; what sweeps and futures write is no exception."""
    two = tiny(scenarios=[{"scenario": "base"}, {"scenario": "boom"}])
    folder = tmp_path / "f" / "base"
    aumaq.solve(two, gap=0.0).to_csv(folder)
    boom = two.with_scenario("boom")
    with pytest.raises(ExportError, match=r"another scenario: base"):
        check_target(folder, instance=boom)
    check_target(folder, instance=boom, overwrite=True)
    check_target(folder, instance=boom, scenario="base")
    (folder.parent / "sweep.csv").write_text("scenario")
    folder.rename(folder.with_name("boom"))
    with pytest.raises(ExportError, match=r"another scenario: base"):
        aumaq.sweep(two, ["boom"], folder=folder.parent)
    folder.with_name("boom").rename(folder)
    (folder.parent / "sweep.csv").unlink()
    (folder.parent / FILES[0]).write_text(json.dumps({"folders": {"base": "base"}}))
    check_futures_target(folder.parent, two, ["boom", "base"])
    with pytest.raises(ExportError, match=r"another scenario: base"):
        check_futures_target(folder.parent, two, ["boom"])
    aumaq.write(two, tmp_path / "own")
    done = run("futures", tmp_path / "own", "--scenarios", "boom", "--out",
               folder.parent)  # fmt: skip
    assert "planned for another scenario: base; --overwrite" in done.stderr


def test_futures_replace_their_own_folders_only(plan: Plan, tmp_path: Path) -> None:
    """A plan of the user's below a folder of futures is not one of the futures."""
    folder = tmp_path / "f"
    for name in ("base", "my best plan"):
        plan.to_csv(folder / name)
    for name in FILES:
        (folder / name).write_text(json.dumps({"folders": {"base": "base"}}))
    with pytest.raises(ExportError, match="my best plan"):
        check_futures_target(folder)
    (folder / "my best plan").rename(tmp_path / "safe")
    check_futures_target(folder, plan.instance, ["base"])
    (folder / "base" / "thesis.txt").write_text("mine")
    with pytest.raises(ExportError, match="base"):
        check_futures_target(folder)


@pytest.mark.slow
def test_a_study_replaces_the_plans_of_an_earlier_one(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No plan of the earlier study is left among the new ones, nor anything taken that
    is not its own; without room the earlier study stays, and the new one is elsewhere.
    """
    folder, rows = tmp_path / "front", pd.DataFrame({"point": [1]})

    def write(*names: str) -> Written:
        return write_plans(folder, dict.fromkeys(names, plan), rows, {}, plan.instance)

    assert not write("1", "2", "3").troubles
    assert not write("1", "2").troubles
    assert {p.name for p in folder.iterdir()} == {"1", "2", "plans.csv", "plans.json"}
    plan.to_csv(folder / "my best plan")
    moved = write("1").moved
    assert "my best plan" in moved
    assert {p.parent.name for p in folder.glob("*/record.json")} == {
        "1", "2", "my best plan",
    }  # fmt: skip
    (folder / "my best plan").rename(tmp_path / "safe")

    def full(_: Plan, draft: Path) -> None:
        if draft.parent.name == folder.name:
            raise OSError(28, "No space left on device")
        write_files(plan, draft)

    monkeypatch.setattr(folders, "write_files", full)
    before = sorted(folder.rglob("*"))
    found = write("4")
    assert "the disk is full; written to" in found.moved
    assert sorted(folder.rglob("*")) == before
    assert Plan.read(found.folder / "4").is_verified


def test_a_page_that_fails_does_not_cost_the_plan(plan: Plan, tmp_path: Path) -> None:
    """A fault of the page or an indicator is told; the rest is there."""

    def fails(*_: object) -> None:
        raise KeyError("minutes")

    broken = {**SIDE, "report.html": fails, INDICATORS_FILE: fails}
    found = write_plan_folder(plan, tmp_path / "plan", side=broken)
    (text,) = found.troubles
    assert text == "indicators.csv, report.html could not be made: KeyError: 'minutes'"
    assert found.folder == tmp_path / "plan"
    assert Plan.read(tmp_path / "plan" / "plan.json", plan.instance).is_verified


@pytest.mark.slow
def test_a_full_disk_under_the_page_moves_the_plan(plan: Plan, tmp_path: Path) -> None:
    """The earlier plan stays whole; the new one is elsewhere, without what fails."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left")

    target = tmp_path / "plan"
    write_plan_folder(plan, target)
    before = {file.name: file.stat().st_ino for file in target.iterdir()}
    side = {**SIDE, "report.html": full}
    found = write_plan_folder(plan, target, side=side)
    assert found.moved.startswith(
        f"{target} cannot be written: the disk is full; written"
    )
    assert {file.name: file.stat().st_ino for file in target.iterdir()} == before
    assert Plan.read(found.folder).is_verified


def test_a_full_disk_under_a_geopackage_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What its library says of a disk that is full is a path that cannot be written."""

    def full(*_: object, **__: object) -> None:
        raise pyogrio.errors.FeatureError("no such table: gpkg_contents")

    monkeypatch.setattr(pyogrio, "write_dataframe", full)
    done = run("convert", "tiny", "x.gpkg", folder=tmp_path)
    assert done.returncode == 2
    assert "x.gpkg cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_writing_is_finished_first() -> None:
    """Ctrl-C and SIGTERM wait for the block; the second one does not."""
    script = textwrap.dedent("""
        import os, signal
        from aumaq.instances.interruption import finishing
        for number in (signal.SIGINT, signal.SIGTERM):
            with finishing() as heard:
                os.kill(os.getpid(), number)
                assert heard == [number], heard
        try:
            with finishing():
                os.kill(os.getpid(), signal.SIGINT)
                os.kill(os.getpid(), signal.SIGINT)
            print("not stopped")
        except KeyboardInterrupt:
            print("stopped")
    """)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "stopped\n"
    with finishing() as heard:
        assert heard == []


def test_a_workbook_without_room_is_told(tmp_path: Path) -> None:
    """What writes its sheets says so in its own way; an earlier file stays."""
    etree = pytest.importorskip("lxml.etree")
    target = tmp_path / "plan.xlsx"
    target.write_text("earlier")
    told = pytest.raises(
        ExportError, match=r"plan\.xlsx cannot be .*: the disk is full"
    )
    with told, drafts.draft_file(target):
        raise etree.SerialisationError("IO_ENOSPC")
    with pytest.raises(etree.SerialisationError), drafts.draft_file(target):
        raise etree.SerialisationError("unknown encoding")
    assert target.read_text() == "earlier"
    assert os.listdir(tmp_path) == [target.name]


@pytest.mark.slow
def test_a_folder_made_for_a_plan_goes_where_the_plan_cannot_be_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was there stays, however empty."""
    from aumaq.results.exports import plan_folder

    write_files, made = plan_folder.write_files, tmp_path / "made"

    def refuse(plan: Plan, draft: Path) -> None:
        if draft.name == made.name:
            raise OSError(28, "No space left on device")
        write_files(plan, draft)

    monkeypatch.setattr(plan_folder, "write_files", refuse)
    plan = aumaq.solve(tiny(), gap=0.0)
    for is_new in (False, True):
        made.mkdir(exist_ok=True)
        written = write_plan_folder(plan, made, side={}, is_new=is_new)
        assert Plan.read(written.folder).is_verified
        assert made.exists() != is_new


WORKBOOK_ON_A_FULL_DISK = """
import sys
from pathlib import Path
import openpyxl
from aumaq.instances.formats.drafts import draft_file, save_whole

book = openpyxl.Workbook(write_only=True)
for k in range(3):
    book.create_sheet().append(["x" * 100] * 100)
try:
    with draft_file(Path("FOLDER/none.xlsx")) as draft:
        draft.symlink_to("/dev/full")
        save_whole(book.save, draft)
except Exception as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")
def test_a_full_disk_is_told_once(tmp_path: Path) -> None:
    """Sheets of which a part is not written would end in a traceback each."""
    code = WORKBOOK_ON_A_FULL_DISK.replace("FOLDER", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert "none.xlsx cannot be written: the disk is full" in done.stdout
    assert not done.stderr
