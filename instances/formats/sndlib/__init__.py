"""SNDlib: networks to be designed, as text ("native") and as XML.

A file gives nodes, links without direction that may be used or extended by modules, and
demands between pairs of nodes. Demands that all have one end in common are one
commodity and become an instance; others can be described only.

S. Orlowski, R. Wessaely, M. Pioro, A. Tomaszewski: SNDlib 1.0, Survivable Network
Design Library. Networks 55 (2010).
"""

from __future__ import annotations

from pathlib import Path

from aumaq.instances.errors import InstanceError, Problem, UnreadableError
from aumaq.instances.formats.files import bytes_of, decoded
from aumaq.instances.formats.sndlib.native import SIGN, read_native
from aumaq.instances.formats.sndlib.network import Draft, Network
from aumaq.instances.formats.sndlib.one_commodity import to_instance, why_not
from aumaq.instances.formats.sndlib.xml import NAMESPACE, read_xml
from aumaq.instances.instance import Instance

HEAD = 8_000
"""Bytes that tell whether a file is one of SNDlib: licences stand at the top."""


def matches(path: Path) -> bool:
    """Whether a file begins as one of SNDlib does, in either form."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return False
    return head.startswith(SIGN.encode()) or _is_xml(head)


def _is_xml(head: bytes) -> bool:
    return head.startswith(b"<") and NAMESPACE.encode() in head


def read_network(path: Path) -> Network:
    """Read what a file of SNDlib gives; InstanceError says all that is wrong."""
    draft = Draft(path.name)
    try:
        content = bytes_of(path)
        if _is_xml(content.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD]):
            read_xml(content, draft)
        else:
            read_native(decoded(content), draft)
    except UnreadableError as error:
        raise InstanceError([Problem(path.name, error.text)]) from None
    return draft.network(path.stem)


def read_sndlib(path: Path) -> Instance:
    """Return the water network of a file; InstanceError: wrong, or many commodities."""
    network = read_network(path)
    if told := why_not(network):
        raise InstanceError([Problem(path.name, told)])
    return to_instance(network)


__all__ = ["Network", "matches", "read_network", "read_sndlib", "why_not"]
