"""Times and sizes of everything that is written of a plan.

``python -m benchmarks country_files PLAN``: a plan folder, of the largest instance at
best. The page is opened in headless Chromium where Playwright and Chromium are there.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aumaq
from aumaq.results.exports import EXPORTS
from aumaq.results.plan.plan import Plan
from aumaq.results.report import write_report
from aumaq.results.store import Store

CHROMIUM = Path("/usr/bin/chromium")
ENDINGS = {"csv": "csv-folder", "parquet": "parquet-folder"}
MOST_MOVES = 40
SET = """([id, value]) => {
  const field = document.getElementById(id), begun = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return performance.now() - begun;
}"""
CLICK = """(path) => {
  const begun = performance.now();
  document.querySelector(path).click();
  document.body.offsetHeight;
  return performance.now() - begun;
}"""
WATCH = """() => {
  window.longest = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    window.longest = Math.max(window.longest, entry.duration);
  })).observe({ entryTypes: ["longtask"] });
}"""


def size_mb(path: Path) -> float:
    """Return the size of a file, or of the files in a folder, MB."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) / 1e6


def measured(title: str, path: Path | None, work: Callable[[], Any]) -> Any:
    """Do it, print a row with processor seconds and MB, return what it returns."""
    begun = time.process_time()
    found = work()
    seconds = time.process_time() - begun
    size = f"{size_mb(path):.2f}" if path is not None else ""
    print(f"| {title} | {seconds:.1f} | {size} |", flush=True)
    return found


def files(source: Path, folder: Path) -> list[Path]:
    """Print the table of files; return the pages that were written."""
    print("| what | processor seconds | MB |\n|---|---|---|")
    plan = measured("read the plan and verify it", source, lambda: Plan.read(source))
    for name, write in EXPORTS.items():
        path = folder / ENDINGS.get(name, f"plan.{name}")
        if name != "html":
            measured(f"export {name}", path, lambda w=write, p=path: w(plan, p, "en"))
    pages = []
    for code in ("en", "kk", "ru"):
        page = folder / f"report-{code}.html"
        pages.append(page)
        measured(
            f"report, {code}", page, lambda p=page, c=code: write_report([plan], p, c)
        )
    both = folder / "report-two.html"
    measured("report on two plans", both, lambda: write_report([plan, plan], both))
    page = folder / "compare.html"
    measured("compare two plans, HTML", page, lambda: _compare(plan, page))
    base = folder / "runs.duckdb"
    store = Store(base)
    key = measured("add to a store", base, lambda: store.add(plan))
    measured("read from the store, verify", base, lambda: store.plan(key))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\npeak memory of all this: {peak:.1f} GB")
    return pages


def _compare(plan: Plan, page: Path) -> None:
    aumaq.compare([plan, plan], ["a", "b"]).to_html(page)


def page_times(path: Path) -> None:
    """Print how long the page takes to open, and to answer."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("playwright is not there; the page is not opened")
        return
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is not there; the page is not opened")
        return
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        for width in (1400, 400):
            page = browser.new_page(viewport={"width": width, "height": 900})
            _one_page(page, path, width)
            page.close()
        browser.close()


def _one_page(page: Any, path: Path, width: int) -> None:
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    begun = time.monotonic()
    page.goto(path.as_uri())
    opened = 1000 * (time.monotonic() - begun)
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    page.evaluate(WATCH)
    box = page.locator("#map").bounding_box()

    def hover() -> float:
        begun = time.monotonic()
        for k in range(MOST_MOVES):
            x = box["x"] + box["width"] * (0.2 + 0.6 * k / MOST_MOVES)
            page.mouse.move(x, box["y"] + box["height"] * (0.35 + 0.2 * k / MOST_MOVES))
        return 1000 * (time.monotonic() - begun) / MOST_MOVES

    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    name = page.evaluate(
        "document.querySelector('#worst button.link')?.textContent ?? ''"
    )
    rows = {
        "open, map drawn": opened,
        "another period": page.evaluate(CLICK, "#steps button:nth-child(2)"),
        "another service": page.evaluate(SET, ["service", "1"]),
        "settlements by minutes": page.evaluate(SET, ["colour", "change"]),
        "search": page.evaluate(SET, ["search", name]),
        "whole map": page.evaluate(CLICK, "#whole"),
        "a move of the pointer on the map": hover(),
        "sort the actions by cost": page.evaluate(
            CLICK, "#actions th:nth-child(7) .sort"
        ),
        "sort the actions by place": page.evaluate(
            CLICK, "#actions th:nth-child(2) .sort"
        ),
        "open a facility": page.evaluate(CLICK, "#actions button.link"),
    }
    page.keyboard.press("Escape")
    page.evaluate("window.longest = 0")
    page.focus("#map")
    for key in ("+", "+", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
        page.wait_for_timeout(500)
    rows["zoom and pan, longest pause"] = page.evaluate("window.longest")
    print(f"\n| page of {width} px | ms |\n|---|---|")
    for title, value in rows.items():
        print(f"| {title} | {value:.0f} |")
    print(f"\nmemory of the page's script: {heap:.0f} MB; console: {wrong or 'empty'}")


def run(*arguments: str) -> None:
    """Print the tables of docs/files.md and docs/report.md."""
    if len(arguments) != 1:
        sys.exit("country_files needs a plan folder")
    source = Path(arguments[0])
    print(f"aumaq {aumaq.__version__}, {source}\n")
    with tempfile.TemporaryDirectory() as folder:
        pages = files(source, Path(folder))
        page_times(pages[0])
