"""OLE compound files (the container of XLS): names of what is inside, and one stream."""

from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType

__all__ = ["CompoundError", "CompoundFile"]

_FREE = 0xFFFFFFFA
_ENTRY = 128


class CompoundError(Exception):
    """The container is damaged."""


class CompoundFile:
    """A compound file opened for reading."""

    def __init__(self, path: Path) -> None:
        self._root = (_FREE, 0)
        self._file = path.open("rb")
        try:
            self._open()
        except BaseException as error:
            self._file.close()
            if isinstance(error, struct.error):
                raise CompoundError from error
            raise

    def __enter__(self) -> CompoundFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def names(self) -> frozenset[str]:
        """Names of all streams and storages."""
        return frozenset(name for name, _, _ in self._entries)

    def check(self) -> None:
        """Follow every stream to its end.

        Raises:
            CompoundError: One of them is cut off.
        """
        for name, start, size in self._entries:
            if size >= self._cutoff or start == self._root[0]:
                self._chain(start, size)
            elif size and len(self.stream(name)) < size:
                raise CompoundError

    def stream(self, *names: str) -> bytes:
        """Bytes of the first stream that is there; empty when none is."""
        for name, start, size in self._entries:
            if name in names:
                if size >= self._cutoff:
                    return self._chain(start, size)[:size]
                return self._small(start, size)
        return b""

    def _open(self) -> None:
        header = self._file.read(512)
        if len(header) < 512:
            raise CompoundError
        shift, small = struct.unpack_from("<HH", header, 30)
        if shift not in (9, 12) or small != 6:
            raise CompoundError
        self._sector = 1 << shift
        self._sectors = self._file.seek(0, 2) // self._sector + 1
        tables, first_directory, self._cutoff, first_small = struct.unpack_from(
            "<I I 4x I I", header, 44
        )
        first_more, _ = struct.unpack_from("<II", header, 68)
        places = [p for p in struct.unpack_from("<109I", header, 76) if p < _FREE]
        while first_more < _FREE and len(places) < min(tables, self._sectors):
            more = struct.unpack(f"<{self._sector // 4}I", self._read(first_more))
            if all(p >= _FREE for p in more[:-1]):
                raise CompoundError
            places += [p for p in more[:-1] if p < _FREE]
            first_more = more[-1]
        self._table: list[int] = []
        for place in places[: min(tables, self._sectors)]:
            self._table += struct.unpack(f"<{self._sector // 4}I", self._read(place))
        self._entries = self._directory(self._chain(first_directory))
        small_table = self._chain(first_small) if first_small < _FREE else b""
        self._small_table = struct.unpack(f"<{len(small_table) // 4}I", small_table)

    def _read(self, sector: int) -> bytes:
        self._file.seek((sector + 1) * self._sector)
        data = self._file.read(self._sector)
        if not data:
            raise CompoundError
        return data.ljust(self._sector, b"\0")

    def _chain(self, start: int, size: int | None = None) -> bytes:
        parts: list[bytes] = []
        most = self._sectors if size is None else min(size // self._sector + 1, self._sectors)
        while start < _FREE and len(parts) < most:
            if start >= len(self._table):
                raise CompoundError
            parts.append(self._read(start))
            start = self._table[start]
        return b"".join(parts)

    def _directory(self, data: bytes) -> list[tuple[str, int, int]]:
        entries = []
        for place in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", data, place + 64)
            start, size = struct.unpack_from("<II", data, place + 116)
            if kind not in (1, 2, 5) or not 2 <= length <= 64:
                continue
            name = data[place : place + length - 2].decode("utf-16-le", "replace")
            if kind == 5:
                self._root = (start, size)
            entries.append((name, start, size))
        return entries

    def _small(self, start: int, size: int) -> bytes:
        container = self._chain(*self._root)
        parts: list[bytes] = []
        size = min(size, len(container))
        while start < len(self._small_table) and len(parts) * 64 < size:
            parts.append(container[start * 64 : start * 64 + 64])
            start = self._small_table[start]
        return b"".join(parts)[:size]
