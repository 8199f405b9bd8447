"""Counting: rows by week and token for every watched column of a table, in one query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from dq.semantics.drift.tokens import BLANK, is_text, token
from dq.semantics.drift.watch import Watch
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dq.engines.base import Engine

__all__ = ["WEEK", "Counts", "Window", "count", "within"]

WEEK = 7

AT_ONCE = 40
"""Columns that one query counts."""

Array = Any


@dataclass(frozen=True)
class Window:
    """Days from `first` on, before `end`, in weeks that are counted back from `end`.

    The last week is whole; of the first one a part may lie before `first`.
    """

    first: date
    end: date

    @property
    def weeks(self) -> int:
        """Weeks that have a day in the window."""
        return max(-(-(self.end - self.first).days // WEEK), 0)

    @property
    def start(self) -> date:
        """Where the first week begins."""
        return self.end - timedelta(days=WEEK * self.weeks)


@dataclass(frozen=True)
class Counts:
    """Rows by week (oldest first) and token: `n[week, token]`. BLANK is the blank cells.

    `parts` are the same counts of parts of the table.
    """

    tokens: tuple[str, ...]
    n: NDArray[np.int64]
    parts: Mapping[str, Counts] = field(default_factory=dict)

    def of(self, tokens: Sequence[str]) -> NDArray[np.int64]:
        """The counts under these tokens, 0 for those that are not here."""
        place = {name: i for i, name in enumerate(self.tokens)}
        found = np.zeros((len(self.n), len(tokens)), dtype=np.int64)
        for i, name in enumerate(tokens):
            if name in place:
                found[:, i] = self.n[:, place[name]]
        return found

    def without(self, weeks: int) -> Counts:
        """The same with no rows in the first weeks."""
        later = (np.arange(len(self.n)) >= weeks)[:, None]
        parts = {name: part.without(weeks) for name, part in self.parts.items()}
        return Counts(self.tokens, self.n * later, parts)

    @property
    def rows(self) -> int:
        """All rows, blank cells too."""
        return int(self.n.sum())


def within(watch: Watch, first: date, end: date) -> list[exp.Expression]:
    """Conditions of the records of [first, end) by the column's date."""
    by = f.col(watch.by)
    return [by >= f.lit(first), by.copy() < f.lit(end)]


def count(
    engine: Engine,
    source: str,
    watches: Sequence[Watch],
    window: Window,
    *,
    parts: tuple[str, Sequence[str]] | None = None,
    live: bool = False,
) -> dict[str, Counts]:
    """Counts of every watched column by name, over the records of a window.

    `source` is the table's name in the engine; `parts` cut numbers by a column's values;
    `live`: the source has dead rows too (`crm_all`), which are left out.
    """
    found: dict[str, Counts] = {}
    for start in range(0, len(watches), AT_ONCE):
        block = watches[start : start + AT_ONCE]
        cut = [parts if w.shape == "number" and parts and parts[0] != w.column else None
               for w in block]  # fmt: skip
        union = union_all(
            [
                _counted(source, place, watch, window, cut[place], live)
                for place, watch in enumerate(block)
            ]
        )
        found.update(_read(engine.query(union), block, window.weeks))
    return found


def _counted(
    source: str,
    place: int,
    watch: Watch,
    window: Window,
    parts: tuple[str, Sequence[str]] | None,
    live: bool,
) -> exp.Select:
    """place, week, part, token, n of one column."""
    by = f.col(watch.by)
    days = f.days_between(f.lit(window.start), by)
    week = f.floor(f.div0(days, f.lit(WEEK)))
    inside = within(watch, window.first, window.end)
    if live:
        inside.append(f.col("_live"))
    part: exp.Expression = f.null("text")
    if parts is not None:
        column = f.col(parts[0])
        part = f.case((f.in_(f.as_text(column), tuple(parts[1])), f.as_text(column.copy())))
    rows = (
        exp.select(f.alias(week, "week"), f.alias(part, "part"), f.alias(token(watch), "token"))
        .from_(f.table(source), copy=False)
        .where(f.all_of(*inside), copy=False)
    )
    grouped = (
        exp.select(*[f.col(n) for n in ("week", "part", "token")], f.alias(f.count(), "n"))
        .from_(rows.subquery(f"r{place}", copy=False), copy=False)
        .group_by(*[f.col(n) for n in ("week", "part", "token")], copy=False)
    )
    shown = f.col("token") if is_text(watch) else f.as_text(f.col("token"))
    return exp.select(
        f.alias(f.lit(place), "place"),
        f.col("week"),
        f.col("part"),
        f.alias(f.coalesce(shown, f.lit(BLANK)), "token"),
        f.col("n"),
    ).from_(grouped.subquery(f"g{place}", copy=False), copy=False)


def _read(table: Any, block: Sequence[Watch], weeks: int) -> dict[str, Counts]:
    """The query's rows as one array a column (and part)."""
    place = table.column("place").to_numpy()
    week = table.column("week").to_numpy()
    n = table.column("n").to_numpy()
    names, token_at = _codes(table.column("token"))
    parts, part_at = _codes(table.column("part"))
    found = {}
    for number, watch in enumerate(block):
        mine = np.flatnonzero(place == number)
        pieces = {parts[code]: mine[part_at[mine] == code] for code in np.unique(part_at[mine])}
        whole = _array(names, token_at[mine], week[mine], n[mine], weeks)
        found[watch.column] = Counts(
            whole.tokens,
            whole.n,
            {
                name: _array(names, token_at[rows], week[rows], n[rows], weeks)
                for name, rows in sorted(pieces.items())
                if name is not None and name != BLANK
            },
        )
    return found


def _codes(column: Any) -> tuple[list[str], Array]:
    """Distinct texts ("" for NULL) and each row's place among them."""
    coded = column.combine_chunks().fill_null("").dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy()


def _array(names: Sequence[str], codes: Array, week: Array, n: Array, weeks: int) -> Counts:
    used, at = np.unique(codes, return_inverse=True)
    array = np.zeros((weeks, len(used)), dtype=np.int64)
    np.add.at(array, (week, at), n)
    tokens = [names[int(code)] for code in used]
    order = sorted(range(len(tokens)), key=lambda i: tokens[i])
    return Counts(tuple(tokens[i] for i in order), array[:, order])
