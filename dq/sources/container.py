"""The zip that a workbook is packed in, opened only if it is safe to unpack."""

from __future__ import annotations

import errno
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.parsers import expat

from dq.errors import SourceError
from dq.sources.lines import refuse

__all__ = [
    "MOST_UNPACKED",
    "Container",
    "container",
    "damaged",
    "macros",
    "parser_of",
]

MOST_UNPACKED = 2 * 1024**3
"""Bytes that a workbook may unpack to."""

_RATIO = 250
_SMALL = 64 * 1024**2
_CHUNK = 1024 * 1024
_MARKS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    expat.ExpatError,
)


class Container:
    """The parts of a packed workbook."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def open(self, name: str) -> IO[bytes]:
        """A part as a stream."""
        return self._archive.open(name)

    def elements(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Local names and attributes of a small XML part's elements; none if it is absent."""
        if name not in self.names:
            return
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            inner = {key.rsplit(":", 1)[-1]: value for key, value in attributes.items()}
            found.append((tag.rsplit(":", 1)[-1], inner))

        parser = parser_of(start)
        with self.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                yield from found
                found.clear()
        parser.Parse(b"", True)
        yield from found

    def check(self) -> None:
        """Reject what must not be unpacked or run.

        Raises:
            SourceError: A zip bomb, macros, encryption, an XML document type.
        """
        infos = self._archive.infolist()
        if len(infos) != len(self.names):
            raise damaged()
        if any(info.flag_bits & 1 for info in infos):
            raise refuse(
                "The workbook is encrypted with a password.",
                "Open it, remove the password (File, Info, Protect Workbook) and save it again.",
            )
        self._check_macros()
        size = sum(info.file_size for info in infos)
        packed = max(sum(info.compress_size for info in infos), 1)
        if size > MOST_UNPACKED or (size > _SMALL and size > packed * _RATIO):
            raise refuse(
                "The workbook would unpack to {n} bytes from {packed}; it is not opened.",
                "Save the table as CSV, or as a new workbook without empty formatted cells.",
                n=size,
                packed=packed,
            )
        for info in infos:
            if info.filename.endswith((".xml", ".rels")):
                self._check_xml(info)

    def _check_macros(self) -> None:
        for name in self.names:
            low = name.lower()
            basic = low.startswith(("basic/", "scripts/")) and not low.endswith(
                ("/", "script-lc.xml", "script-lb.xml")
            )
            if low.endswith("vbaproject.bin") or "/macrosheets/" in low or basic:
                raise macros()

    def _check_xml(self, info: zipfile.ZipInfo) -> None:
        """Read a part to its end, so that its size and checksum are as promised."""
        last = b""
        with self._archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                window = last + chunk
                if any(mark in window for mark in _MARKS):
                    raise refuse(
                        "The workbook's XML declares entities ({part}); it is not opened.",
                        "Save the table in Excel as a new workbook, or as CSV.",
                        part=info.filename,
                    )
                last = chunk[-32:]


@contextmanager
def container(path: Path) -> Iterator[Container]:
    """A workbook's zip; what is broken in it is said as an error of the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Container(archive)
    except _BROKEN as error:
        raise damaged() from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise damaged() from error  # the zip points before its own start


def damaged() -> SourceError:
    """The error of a workbook that cannot be unpacked."""
    return refuse(
        "The workbook is damaged: its container cannot be opened.",
        "Copy or export it again; if it opens in Excel, save it under a new name.",
    )


def macros() -> SourceError:
    """The error of a workbook with macros."""
    return refuse(
        "The workbook holds macros; it is not opened.",
        "Save it as a workbook without macros (XLSX), or as CSV.",
    )


def parser_of(start: Callable[[str, dict[str, str]], None]) -> expat.XMLParserType:
    """An XML parser that calls `start` for each element and stops at a DOCTYPE."""

    def refused(*_: object) -> None:
        raise expat.ExpatError("a document type is not allowed")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refused
    parser.EntityDeclHandler = refused
    return parser
