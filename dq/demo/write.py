"""Writes tables as CSV in the styles of the systems that export them.

Arrow writes columns quickly but quotes all strings or none. So cells that need quotes get
their quotes, delimiters and line ends as control characters, which are swapped in the bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from dq.demo.columns import Style
from dq.demo.text import join

__all__ = ["append_columns", "write_rows"]

_SLICE = 25_000
"""Rows that are written at a time."""

_QUOTE, _DELIMITER, _LINE, _RETURN = "\x1c", "\x1d", "\x1e", "\x1f"


def append_columns(path: Path, columns: Mapping[str, Any], style: Style) -> None:
    """Append rows to a file, which begins with the header."""
    cells = pa.table({name: _guarded(column, style) for name, column in columns.items()})
    options = pa.csv.WriteOptions(
        include_header=False, delimiter=style.delimiter, quoting_style="none"
    )
    swap = bytes.maketrans(
        f"{_QUOTE}{_DELIMITER}{_LINE}{_RETURN}".encode(), f'"{style.delimiter}\n\r'.encode()
    )
    begins = not path.exists()
    with path.open("ab") as file:
        if begins:
            head = style.delimiter.join(columns) + "\n"
            file.write(head.encode("utf-8-sig" if style.bom else "utf-8"))
        for first in range(0, len(cells), _SLICE):
            rows = pa.BufferOutputStream()
            pa.csv.write_csv(cells.slice(first, _SLICE), rows, options)
            file.write(rows.getvalue().to_pybytes().translate(swap))


def _guarded(column: Any, style: Style) -> Any:
    """Cells that need quotes, with stand-ins for what the writer would refuse."""
    data = column.buffers()[2]
    letters = np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)
    if not any((letters == ord(char)).any() for char in f'"{style.delimiter}\n\r'):
        return column
    special = pc.match_substring_regex(column, f'["{re.escape(style.delimiter)}\n\r]')
    marked = column.filter(special)
    for char, stand_in in (
        ('"', _QUOTE * 2), (style.delimiter, _DELIMITER), ("\n", _LINE), ("\r", _RETURN),
    ):  # fmt: skip
        marked = pc.replace_substring(marked, char, stand_in)
    quoted = join(_QUOTE, marked, _QUOTE)
    return pc.replace_with_mask(column, special, quoted)


def write_rows(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], style: Style
) -> None:
    """Write a small file whole."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig" if style.bom else "utf-8"))
