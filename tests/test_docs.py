"""Generated pages are those of the schema."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_format_page_is_up_to_date() -> None:
    """docs/instance-format.md and the lists of indicators are of `make docs`."""
    script = ROOT / "tools" / "write_format_docs.py"
    run = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert run.returncode == 0, "run `make docs`"


def test_python_of_the_readme_runs(tmp_path: Path) -> None:
    """The README's lines of Python do what they say, in an empty folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "optimal" in run.stdout
    assert (tmp_path / "runs" / "tiny" / "facilities.csv").is_file()
    assert 'id="map"' in (tmp_path / "runs" / "tiny.html").read_text(encoding="utf-8")
