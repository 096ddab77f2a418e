"""What of a workbook holds cells, taken out of its archive and made plain.

A workbook is a ZIP archive of XML parts (ECMA-376; Strict is its variant with other
namespaces). Sheets, shared texts and which formats are dates are all that a table
needs; colours, fonts, properties, charts, macros and links to other files are left out
before anything parses them: whatever is broken or hostile in them does not matter.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from aumaq.instances.errors import UnreadableError
from aumaq.instances.formats.files import check_file, check_size, parsing
from aumaq.instances.language.texts import Text, say

MAX_UNPACKED_BYTES = 300_000_000
"""More than this is not unpacked: archives of some MB may hold many GB."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml."
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": MAIN.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": LINKS.encode(),
}
"""Namespaces of Strict Open XML -> those of the usual variant."""
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"


def plain_workbook(path: Path) -> BytesIO:
    """Return a workbook with the cells of another, nothing else of it.

    Raises UnreadableError if the file is no workbook, or too large unpacked.
    """
    check_file(path)
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(OLD):
        raise UnreadableError(
            say(
                "is not a readable Excel workbook: it is an old one (.xls), or has a"
                " password; save it as .xlsx without"
            )
        )
    refusal = say("is not a readable Excel workbook")
    with parsing(refusal), zipfile.ZipFile(path) as archive:
        return _Package(archive).plain()


class _Package:
    """The parts of an archive that hold cells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self._left = MAX_UNPACKED_BYTES
        if foreign := self._foreign():
            raise UnreadableError(foreign)

    def _foreign(self) -> Text | None:
        """Return what the archive is if it is of another program."""
        if "xl/workbook.bin" in self._names:
            return say(
                "is not a readable Excel workbook: it is a binary one (.xlsb); save it"
                " as .xlsx"
            )
        if "content.xml" in self._names:
            return say(
                "is not a readable Excel workbook: it is an OpenDocument spreadsheet"
                " (.ods); save it as .xlsx"
            )
        return None

    def plain(self) -> BytesIO:
        """Return a workbook of the sheets, the shared texts and formats of dates."""
        self._part("[Content_Types].xml")
        found = self._linked("", "_rels/.rels", "officeDocument")
        main = found[0][1] if found else "xl/workbook.xml"
        folder, file = posixpath.split(main)
        links = posixpath.join(folder, "_rels", f"{file}.rels")
        book = self._tree(main)
        target = dict(self._linked(folder, links, "worksheet"))
        charts = dict(self._linked(folder, links, "chartsheet"))
        sheets: list[tuple[str, str, bytes]] = []
        for sheet in _all(book, "sheet"):
            name = sheet.get("name") or ""
            link = next((v for k, v in sheet.items() if k.endswith("}id")), "")
            if link in target:
                state = sheet.get("state") or "visible"
                sheets.append((name, state, self._part(target[link])))
            elif link not in charts:
                told = say("part of sheet {sheet!r} is missing", sheet=name)
                raise UnreadableError(told)
        texts = [self._part(p) for _, p in self._linked(folder, links, "sharedStrings")]
        styles = self._linked(folder, links, "styles")
        formats = self._formats(styles[0][1]) if styles else ""
        dates = any(
            p.get("date1904") in ("1", "true") for p in _all(book, "workbookPr")
        )
        return _packed(sheets, texts[:1], formats, counts_from_1904=dates)

    def _linked(self, folder: str, part: str, kind: str) -> list[tuple[str, str]]:
        """Return (id, part) of what a part links to, of a kind."""
        if part not in self._names:
            return []
        return [
            (
                link.get("Id") or "",
                posixpath.normpath(
                    posixpath.join("/", folder, link.get("Target") or "")
                ).lstrip("/"),
            )
            for link in _all(self._tree(part), "Relationship")
            if (link.get("Type") or "").endswith(f"/{kind}")
            and link.get("TargetMode") != "External"
        ]

    def _part(self, name: str) -> bytes:
        """Return a part, as the usual variant has it, within the limit of bytes."""
        if name not in self._names:
            raise UnreadableError(say("part {name!r} is missing", name=name))
        with self._archive.open(name) as file:
            content = file.read(self._left + 1)  # what its header says may be untrue
        self._left -= len(content)
        check_size(MAX_UNPACKED_BYTES - self._left, MAX_UNPACKED_BYTES)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise UnreadableError(say("part {name!r} defines entities", name=name))
        if b"purl.oclc.org" in content[:4096]:
            for strict, usual in STRICT.items():
                content = content.replace(strict, usual)
        return content

    def _tree(self, name: str) -> Any:
        return ElementTree.fromstring(self._part(name))

    def _formats(self, name: str) -> str:
        """Return the formats of numbers as a part of styles; none if it is broken."""
        try:
            tree = self._tree(name)
        except (ElementTree.ParseError, UnreadableError):
            return ""
        formats = "".join(
            f"<numFmt numFmtId={_quoted(f.get('numFmtId') or '0')}"
            f" formatCode={_quoted(f.get('formatCode') or '')}/>"
            for f in _all(tree, "numFmt")
            if (f.get("numFmtId") or "").isdecimal()
        )
        cells = "".join(
            f'<xf numFmtId="{_whole(xf.get("numFmtId"))}"/>'
            for part in _all(tree, "cellXfs")
            for xf in _all(part, "xf")
        )
        return (
            f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>'
            f"<cellXfs>{cells}</cellXfs></styleSheet>"
        )


def _whole(text: str | None) -> str:
    return text if text and re.fullmatch(r"\d{1,5}", text) else "0"


def _all(tree: Any, name: str) -> list[Any]:
    """Return the elements of a name, whatever their namespace."""
    return [x for x in tree.iter() if str(x.tag).rsplit("}", 1)[-1] == name]


def _packed(
    sheets: list[tuple[str, str, bytes]],
    texts: list[bytes],
    formats: str,
    *,
    counts_from_1904: bool,
) -> BytesIO:
    """Return a workbook of these parts, stored as they are."""
    parts: dict[str, str | bytes] = {}
    kinds = {"/xl/workbook.xml": "sheet.main"}
    links = {}
    for k, (_, _, content) in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{k}.xml"] = content
        kinds[f"/xl/worksheets/sheet{k}.xml"] = "worksheet"
        links[f"s{k}"] = ("worksheet", f"worksheets/sheet{k}.xml")
    for content in texts:
        parts["xl/sharedStrings.xml"] = content
        kinds["/xl/sharedStrings.xml"] = "sharedStrings"
        links["t"] = ("sharedStrings", "sharedStrings.xml")
    if formats:
        parts["xl/styles.xml"] = formats
        kinds["/xl/styles.xml"] = "styles"
        links["f"] = ("styles", "styles.xml")
    listed = "".join(
        f'<sheet name={_quoted(name)} sheetId="{k}" r:id="s{k}"{_hidden(state)}/>'
        for k, (name, state, _) in enumerate(sheets, start=1)
    )
    parts["xl/workbook.xml"] = (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        f'<workbookPr date1904="{int(counts_from_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = _links(links)
    parts["_rels/.rels"] = _links({"b": ("officeDocument", "xl/workbook.xml")})
    named = "".join(
        f'<Override PartName="{part}" ContentType="{KIND}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    parts["[Content_Types].xml"] = f'{HEAD}<Types xmlns="{TYPES}">{named}</Types>'
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    packed.seek(0)
    return packed


def _hidden(state: str) -> str:
    """Return the attribute of a sheet that people do not see."""
    return ' state="hidden"' if state in ("hidden", "veryHidden") else ""


def _links(links: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in links.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE_LINKS}">{inner}</Relationships>'


def _quoted(text: str) -> str:
    """Return a text as the value of an attribute."""
    # Imported where it is used: it loads a client for the web.
    from xml.sax.saxutils import quoteattr

    return quoteattr(text)
