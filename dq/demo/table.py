"""A table while it is made: columns of all rows, and the few cells that were changed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import pyarrow.compute as pc

from dq.demo.chance import NONE, Bools, Ints
from dq.demo.columns import Column, Keys, Style, Words
from dq.demo.text import arrow

__all__ = ["Table"]

T = TypeVar("T")


def _of(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


class Table:
    """Rows of one table of one block.

    Rows are numbered as they were made; rows that are added later get the numbers behind them.
    A cell that was set by hand stands in `changed`, beside the column, which stays as it was.
    """

    def __init__(self, name: str, style: Style, columns: Mapping[str, Column]) -> None:
        self.name = name
        self.style = style
        self.columns = dict(columns)
        self.size = len(next(iter(columns.values())).raw)
        self.changed: dict[str, dict[int, object]] = {column: {} for column in columns}
        self.gone = np.zeros(self.size, dtype=np.bool_)
        self._source: list[int] = []
        self._place: list[float] = []

    def __getitem__(self, column: str) -> Ints:
        """The numbers of a column as it was made, for conditions over all rows."""
        return self.columns[column].raw

    def words(self, column: str) -> Words:
        """A column of words from a list."""
        return _of(Words, self.columns[column])

    def keys(self) -> Keys:
        """The column of keys."""
        return _of(Keys, self.columns["id"])

    def filled(self, column: str) -> Bools:
        """Rows in which the column was made with a value."""
        raw = self.columns[column].raw
        return raw >= 0 if isinstance(self.columns[column], Words) else raw != NONE

    def among(self, column: str, *words: str) -> Bools:
        """Rows whose column was made with one of the words."""
        made = self.words(column)
        known = made.words.to_pylist()
        return np.isin(made.raw, [known.index(word) for word in words if word in known])

    def get(self, row: int, column: str) -> object:
        """A cell as it stands now."""
        changed = self.changed[column]
        if row in changed:
            return changed[row]
        return self.columns[column].value(self.source(row))

    def moment(self, row: int, column: str) -> datetime:
        """A moment as it stands now."""
        return _of(datetime, self.get(row, column))

    def day(self, row: int, column: str) -> date:
        """A day as it stands now."""
        return _of(date, self.get(row, column))

    def amount(self, row: int, column: str) -> Decimal:
        """An amount as it stands now."""
        return _of(Decimal, self.get(row, column))

    def text(self, row: int, column: str) -> str:
        """A cell as it stands now in the file, empty if there is nothing."""
        return self.style.show(self.get(row, column))

    def set(self, row: int, **cells: object) -> None:
        """Change cells of a row."""
        for column, value in cells.items():
            self.changed[column][row] = value

    def source(self, row: int) -> int:
        """The made row that a row is, or is a copy of."""
        return row if row < self.size else self._source[row - self.size]

    def copy(self, row: int, place: float | None = None, **cells: object) -> int:
        """Add a copy of a row as it stands now; `place` says behind which row it goes."""
        new = self.size + len(self._source)
        self._source.append(self.source(row))
        self._place.append(float("inf") if place is None else place)
        for changed in self.changed.values():
            if row in changed:
                changed[new] = changed[row]
        self.set(new, **cells)
        return new

    def move(self, row: int, place: float) -> None:
        """Put an added row behind another place of the file."""
        self._place[row - self.size] = place

    @property
    def added(self) -> int:
        """How many rows were added."""
        return len(self._source)

    def drop(self, rows: Iterable[int] | Ints) -> None:
        """Leave rows out of the file; their keys are not given out again."""
        self.gone[np.asarray(list(rows), dtype=np.int64)] = True

    def rows(self) -> tuple[Ints, Ints]:
        """Row numbers in the order of the file, and the made rows that they come from."""
        made = np.flatnonzero(~self.gone)
        added = np.arange(self.size, self.size + len(self._source))
        numbers = np.concatenate([made, added]).astype(np.int64)
        places = np.concatenate([made.astype(np.float64), self._place])
        order = np.argsort(places, kind="stable")
        sources = np.concatenate([made, np.asarray(self._source, dtype=np.int64)])
        return numbers[order], sources[order].astype(np.int64)

    def texts(self) -> dict[str, Any]:
        """All cells as they go into the file, column by column."""
        numbers, sources = self.rows()
        plain = len(sources) == self.size and not self._source
        place = np.full(self.size + len(self._source), -1, dtype=np.int64)
        place[numbers] = np.arange(len(numbers))
        found = {}
        for name, column in self.columns.items():
            cells = (column if plain else column.take(sources)).texts(self.style)
            found[name] = self._with_changes(cells, self.changed[name], place)
        return found

    def _with_changes(self, cells: Any, changed: Mapping[int, object], place: Ints) -> Any:
        placed = ((int(place[row]), row) for row in changed)
        spots = sorted((spot, row) for spot, row in placed if spot >= 0)
        if not spots:
            return cells
        mask = np.zeros(len(cells), dtype=np.bool_)
        mask[[spot for spot, _ in spots]] = True
        values = [changed[row] for _, row in spots]
        new = [None if value is None else self.style.show(value) for value in values]
        return pc.replace_with_mask(cells, arrow(mask), arrow(new))
