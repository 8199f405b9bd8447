"""The cells of a raw table: text as it came, or values of the source's own types."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.crm.mapping import Conversion
from dq.crm.moments import to_business_time
from dq.crm.typing import from_typed, trimmed
from dq.sources.edges import UNTIDY
from dq.sql import portable as f

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.tables import RawTable

__all__ = ["TEXT", "Cells", "cells_of", "without_days"]

_MARK = "\u0001"
_EDGE = f"[{f.WHITE_SPACE}]"
_EDGES = f"(?:^|{_MARK}){_EDGE}|{_EDGE}(?:$|{_MARK})"

Reader = Callable[[exp.Expr, str | None], exp.Expr]
"""Value of a cell, given the business zone."""

_LONG = 18
"""Whole numbers of more digits are ids: engines keep them as text."""

TEXT, DOUBLE, ZONED = "text", "double", "zoned"


@dataclass(frozen=True)
class Cells:
    """How a raw table's cells are read; `kinds` are the types of its columns.

    Columns that are not in `kinds` are text; `zoned` ones are timestamps in UTC. `tidy` text
    columns have no white space at their ends and no empty texts.
    """

    name: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    tidy: frozenset[str] = frozenset()

    @property
    def table(self) -> exp.Table:
        """The raw table."""
        return f.table(self.name)

    def kind(self, column: str) -> str:
        """Type of a column: one of the model's, `double` or `zoned`."""
        return self.kinds.get(column, TEXT)

    def text(self, column: str) -> exp.Expr:
        """The cell as trimmed text; NULL for blank."""
        cell = f.col(column)
        if column in self.tidy:
            return cell
        return trimmed(cell) if self.kind(column) == TEXT else f.as_text(cell)

    def untidy(self, columns: Sequence[str]) -> exp.Expr | None:
        """Whether some text of the row has white space at its ends, asked once a row.

        A search in all texts at once costs half of one search a text.
        """
        texts = [f.col(c) for c in columns if self.kind(c) == TEXT and c not in self.tidy]
        return f.search(f.concat_ws(f.lit(_MARK), *texts), _EDGES) if len(texts) > 2 else None

    def filled(self, column: str) -> exp.Expr:
        """Whether the cell holds anything."""
        cell = f.col(column)
        read = self.kind(column) == TEXT and column not in self.tidy
        return f.filled(cell) if read else f.not_null(cell)

    def typed(self, columns: Sequence[str], how: Conversion) -> Reader | None:
        """How to take the cells' own values; None where they must be read from their text."""
        kinds = {self.kind(c) for c in columns}
        days = bool(kinds) and kinds <= {"date", "timestamp", ZONED}
        plain = not (how.split or how.values or (how.empty_words and not days))
        if len(kinds) != 1 or not plain:
            return None
        kind = kinds.pop()
        if kind == TEXT:
            return None
        if kind == ZONED:
            known = from_typed(f.lit(None), "timestamp", how.type)
            return None if known is None else partial(_from_utc, want=how.type)
        if from_typed(f.lit(None), kind, how.type) is None:
            return None
        return partial(_own, have=kind, want=how.type)


def without_days(cell: exp.Expr, days: Sequence[str]) -> exp.Expr:
    """A date or timestamp, but for days that stand for "not yet"."""
    day = f.as_text(f.date_of(f.as_timestamp(cell.copy())))
    return f.case((f.in_(day, days), f.lit(None)), default=cell)


def _own(cell: exp.Expr, _zone: str | None, *, have: str, want: str) -> exp.Expr:
    return from_typed(cell, have, want) or cell


def _from_utc(cell: exp.Expr, zone: str | None, *, want: str) -> exp.Expr:
    return from_typed(to_business_time(cell, zone), "timestamp", want) or cell


def cells_of(raw: RawTable) -> Cells:
    """The cells of a raw table under the name that the engine knows it by."""
    import pyarrow.parquet as pq

    name = f"raw.{raw.name}"
    if not raw.typed:
        known = (pq.read_metadata(raw.path).metadata or {}).get(UNTIDY)
        if known is None:
            return Cells(name)
        return Cells(name, tidy=frozenset(raw.columns) - frozenset(json.loads(known)))
    schema = pq.read_schema(raw.path)
    kinds = {column.name: _kind(column.type) for column in schema}
    return Cells(name, {column: kind for column, kind in kinds.items() if kind != TEXT})


def _kind(arrow: pa.DataType) -> str:
    """Type of a column once the engine has loaded it."""
    import pyarrow as pa

    if pa.types.is_boolean(arrow):
        return "boolean"
    if pa.types.is_uint64(arrow):
        return TEXT  # it may not fit 64 bits with a sign: engines keep it as text
    if pa.types.is_integer(arrow) or pa.types.is_duration(arrow) or pa.types.is_null(arrow):
        return "integer"
    if pa.types.is_floating(arrow):
        return DOUBLE
    if pa.types.is_decimal(arrow):
        if arrow.scale:
            return "decimal"
        return "integer" if arrow.precision <= _LONG else TEXT
    if pa.types.is_date(arrow):
        return "date"
    if pa.types.is_timestamp(arrow):
        return ZONED if arrow.tz else "timestamp"
    return TEXT
