"""What a file is, by its first bytes and not by its name."""

from __future__ import annotations

import re
from pathlib import Path

from dq.sources.compound import CompoundError, CompoundFile
from dq.sources.container import container, damaged
from dq.sources.encoding import byte_order_mark, looks_utf16
from dq.sources.failures import naming
from dq.sources.lines import refuse

__all__ = ["FORMATS", "by_name", "sniff"]

FORMATS = ("csv", "xlsx", "xlsb", "xls", "ods", "html", "json", "parquet", "sqlite")

_NAMES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".ods": "ods",
    ".htm": "html",
    ".html": "html",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
}
_SAMPLE = 64 * 1024
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"PARE", "Parquet (encrypted)"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
)
_PACKED = (
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"\x28\xb5\x2f\xfd", "ZSTD"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|meta|body|table|style|title|div|center|font)\b|<!--", re.I
)
_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_SPREADSHEET_XML = re.compile(rb"<\?xml.{0,2000}?(?:Excel\.Sheet|office:spreadsheet)", re.S)
_JSON = re.compile(rb"\s*(?:\{\s*(?:\"|\}\s*$)|\[\s*(?:[\[{\"\]]|$))")
_TEXT_CONTROL = bytes(c for c in range(32) if c not in (9, 10, 12, 13, 27))


def by_name(path: Path) -> str | None:
    """The format that a file's name promises, None when it promises none."""
    return _NAMES.get(path.suffix.lower())


def sniff(path: Path) -> str:
    """The format of a file: one of `FORMATS`.

    Raises:
        SourceError: It cannot be opened, or is no table of a kind that can be read.
    """
    with naming(path):
        return _format_of(path)


def _format_of(path: Path) -> str:
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if sample.startswith(_ZIP):
        return _zipped(path)
    if sample.startswith(_COMPOUND):
        return _compound(path)
    if sample.startswith(b"PAR1"):
        return "parquet"
    if sample.startswith(b"SQLite format 3\0"):
        return "sqlite"
    for magic, what in _PACKED:
        if sample.startswith(magic):
            raise _packed(what)
    for magic, what in _OTHER:
        if sample.startswith(magic):
            raise _no_table(what)
    return _text(sample)


def _zipped(path: Path) -> str:
    with container(path) as box:
        names, kind = box.names, b""
        if "mimetype" in names:
            with box.open("mimetype") as stream:
                kind = stream.read(200)
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.lower() == "xl/workbook.xml" for name in names):
        return "xlsx"
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise _no_table("OpenDocument")
    if "[Content_Types].xml" in names:
        folders = {"word": "Word", "ppt": "PowerPoint", "visio": "Visio"}
        found = next((what for f, what in folders.items() if f"{f}/" in " ".join(names)), "Office")
        if found == "Office" and any("workbook" in name for name in names):
            return "xlsx"
        raise _no_table(found)
    raise _packed("ZIP")


def _compound(path: Path) -> str:
    try:
        with CompoundFile(path) as compound:
            names = compound.names()
    except CompoundError as error:
        raise damaged() from error
    if "EncryptedPackage" in names:
        raise refuse(
            "The workbook is encrypted with a password.",
            "Open it, remove the password (File, Info, Protect Workbook) and save it again.",
        )
    if "Workbook" in names or "Book" in names:
        return "xls"
    known = {"WordDocument": "Word", "PowerPoint Document": "PowerPoint"}
    raise _no_table(next((what for name, what in known.items() if name in names), "OLE"))


def _text(sample: bytes) -> str:
    mark, encoding = byte_order_mark(sample) or (b"", looks_utf16(sample))
    start = sample[len(mark) :]
    if encoding is not None:
        start = start.decode(encoding, "ignore").encode("utf-8", "ignore")
    start = start.lstrip()
    if start[:5].lower() == b"mime-" and b"multipart/related" in start.lower():
        raise _no_table("MHTML")
    if _SPREADSHEET_XML.match(start):
        raise refuse(
            "This is an Excel 2003 XML spreadsheet.",
            "Open it and save it as XLSX or CSV.",
        )
    if _HTML.match(start) or (start.startswith(b"<") and _TABLE.search(start)):
        return "html"
    if start.startswith(b"<?xml"):
        raise _no_table("XML")
    if _JSON.match(start):
        return "json"
    strange = sum(start.count(code) for code in _TEXT_CONTROL)
    if strange >= 8 and strange * 12 > len(start):
        raise refuse(
            "This is neither a text table nor a workbook: its bytes are not text.",
            "Export the table as CSV or XLSX.",
        )
    return "csv"


def _no_table(what: str) -> Exception:
    return refuse(
        "This is a file of another kind ({what}), not a table.",
        "Export the table as CSV or XLSX.",
        what=what,
    )


def _packed(what: str) -> Exception:
    return refuse(
        "This is a packed file ({what}).",
        "Unpack it and give the file inside.",
        what=what,
    )
