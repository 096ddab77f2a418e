"""Readers of published benchmark files, by suffix. To add one: a file, and a line here.

A reader is a function ``(path) -> Instance``; what is wrong with a file is an
InstanceError.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aumaq.instances.formats.fcnet import read_fcnet
from aumaq.instances.instance import Instance

FORMATS: dict[str, Callable[[Path], Instance]] = {".inc": read_fcnet}
