"""What holds for every HTML page."""

from __future__ import annotations

import re


def assert_fetches_nothing(page: str) -> None:
    """No element and no style loads anything: the page opens offline."""
    assert not re.search(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=", page)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.DOTALL))
    assert "leaflet" in styles
    assert not re.search(r"url\(|@import", styles)
    assert "sourceMappingURL" not in page
