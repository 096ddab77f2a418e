"""Generated pages are those of the schema."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_format_page_is_up_to_date() -> None:
    """docs/instance-format.md is what `make docs` writes."""
    script = ROOT / "tools" / "write_format_docs.py"
    run = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert run.returncode == 0, "run `make docs`"
