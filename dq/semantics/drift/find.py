"""Changes of meaning: the records since a day beside a reference before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from dq.semantics.drift.baseline import Baseline, settled, span_of, year_before
from dq.semantics.drift.counts import Counts, Window, count
from dq.semantics.drift.judge import comparisons, enough
from dq.semantics.drift.kinds import PRIORITY, Sign, sign_of
from dq.semantics.drift.locate import Parts, Spot, common_value, figures, series, spot
from dq.semantics.drift.silence import recorded
from dq.semantics.drift.tokens import ZERO
from dq.semantics.drift.watch import TableLike, Watch, segment_column, watched

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.semantics.glossary import Glossary

__all__ = ["Change", "Found", "since_baseline", "since_day"]

FRESH_DAYS, MOVING_DAYS = 14, 56
"""Newest days that are left out with no baseline: of most columns, and of moving ones. A change
of a moving one must have lasted half as long again, and a value that only the newest have is
no news of it: deals can take a year to close."""

_GROWING = ("new", "vanished")
"""Kinds that may come little by little; of the others a change of meaning has its day."""


@dataclass(frozen=True)
class Change:
    """A column whose values changed their meaning.

    `since` is the first day, `rows` the records judged from it on. `before` and `after` are
    medians (numbers; days to a date; lengths of texts), `share_before` and `share_after` of the
    value that the kind is about, or of blank cells. `part` is the only part of the table that
    changed, by the column `part_of`; `some` the share of the values that did, where it is not
    all.
    `rewritten`: older records changed as well. `recorded`: why the glossary silences it.
    """

    table: str
    column: str
    kind: str
    since: date
    rows: int
    shape: str = "word"
    value: str | None = None
    other: str | None = None
    values: tuple[str, ...] = ()
    factor: float | None = None
    before: float | None = None
    after: float | None = None
    share_before: float | None = None
    share_after: float | None = None
    part_of: str | None = None
    part: str | None = None
    index: float | None = None
    some: float | None = None
    moved: tuple[tuple[str, float, float], ...] = ()
    rewritten: bool = False
    personal: bool = False
    recorded: tuple[str, str] | None = None


@dataclass(frozen=True)
class Found:
    """What a table's columns show: how many records were judged, of how many columns.

    `thin` columns had too few records on one of the sides. `first`: where the current records
    begin.
    """

    table: str
    first: date
    rows: int
    judged: int
    thin: int
    changes: tuple[Change, ...]


def since_baseline(
    engine: Engine,
    table: TableLike,
    baseline: Baseline,
    as_of: date,
    glossary: Glossary | None = None,
    columns: Sequence[str] = (),
) -> Found:
    """The records after a baseline beside it."""
    watches = [
        w for w in watched(table, baseline.known)
        if baseline.comparable(w) and (not columns or w.column in columns)
    ]  # fmt: skip
    return _Search(engine, table, watches, baseline.end, as_of, glossary, baseline).found()


def since_day(
    engine: Engine,
    table: TableLike,
    day: date,
    as_of: date,
    glossary: Glossary | None = None,
    columns: Sequence[str] = (),
) -> Found:
    """The records from a day on beside those of the year before it."""
    watches = [w for w in watched(table) if not columns or w.column in columns]
    return _Search(engine, table, watches, day, as_of, glossary, None).found()


class _Search:
    """One table; `baseline` None: the reference is the older part of the same table."""

    def __init__(
        self,
        engine: Engine,
        table: TableLike,
        watches: Sequence[Watch],
        start: date,
        as_of: date,
        glossary: Glossary | None,
        baseline: Baseline | None,
    ) -> None:
        self.engine = engine
        self.table = table
        self.source = f"crm.{table.name}"
        self.watches = watches
        self.start = start
        self.glossary = glossary
        self.baseline = baseline
        self.parts: Parts | None = segment_column(table)
        days = span_of(engine, self.source, watches, as_of) if watches else None
        self.first, last = days or (start, start - timedelta(days=1))
        self.end = max(last + timedelta(days=1), start)

    def found(self) -> Found:
        """All changes of the table."""
        current, reference = self._current(), self._reference()
        changes, judged, rows = [], 0, 0
        for watch in self.watches:
            then, now = reference[watch.column], current.get(watch.column)
            if now is None:
                continue
            rows = max(rows, now.rows)
            if not enough(then, now):
                continue
            judged += 1
            change = self._judge(watch, then, now)
            if change is not None:
                changes.append(change)
        thin = len(self.watches) - judged
        return Found(self.table.name, self.start, rows, judged, thin, tuple(changes))

    def _end(self, watch: Watch) -> date:
        """Where the records end that are complete enough to be judged."""
        if self.baseline is not None:
            return self.end
        young = MOVING_DAYS if watch.moving else FRESH_DAYS
        return max(self.end - timedelta(days=young), self.start)

    def _current(self) -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        for end in sorted({self._end(w) for w in self.watches} - {self.start}):
            those = [w for w in self.watches if self._end(w) == end]
            window = Window(self.start, end)
            found |= count(self.engine, self.source, those, window, parts=self.parts)
        return found

    def _reference(self) -> Mapping[str, Counts]:
        if self.baseline is not None:
            return self.baseline.counts
        window = year_before(self.start)
        counts = count(self.engine, self.source, self.watches, window, parts=self.parts)
        return settled(counts, self.watches, window, self.first)

    def _judge(self, watch: Watch, then: Counts, now: Counts) -> Change | None:
        sign, part = self._best(watch, then, now), None
        if watch.shape == "number" and (sign is None or sign.kind != "unit" or sign.some):
            for name in sorted(now.parts.keys() & then.parts.keys()):
                if not enough(then.parts[name], now.parts[name]):
                    continue
                own = self._best(watch, then.parts[name], now.parts[name])
                if own is not None and own.kind == "unit" and own.some is None:
                    sign, part = own, name
                    break
        if sign is None:
            return None
        side = then.parts[part] if part else then
        where = self._spot(watch, sign, side, part)
        lasted = (self._end(watch) - where.since).days
        on_its_way = watch.moving and self.baseline is None
        if on_its_way and (lasted < MOVING_DAYS / 2 or sign.kind == "new"):
            return None
        steady = where.sudden or (sign.kind in _GROWING and not watch.moving)
        if not where.rewritten and not (where.lasting and steady):
            return None
        return self._told(watch, sign, side, where, part, now)

    def _best(self, watch: Watch, then: Counts, now: Counts) -> Sign | None:
        """The most telling sign over all lengths of time."""
        signs = [s for s in (sign_of(watch, c) for c in comparisons(then, now)) if s]
        return min(signs, key=lambda s: (PRIORITY.index(s.kind), -s.strength), default=None)

    def _spot(self, watch: Watch, sign: Sign, then: Counts, part: str | None) -> Spot:
        first = year_before(self.start).first
        found = series(self.engine, self.source, watch, sign, first, self.end, self.parts, part)
        return spot(found, sign, then, self.start, same_data=self.baseline is None)

    def _told(
        self, watch: Watch, sign: Sign, then: Counts, where: Spot, part: str | None, now: Counts
    ) -> Change | None:
        """The change with its numbers."""
        part = part or where.part
        change = Change(
            table=watch.table,
            column=watch.column,
            kind=sign.kind,
            since=where.since,
            rows=where.rows,
            shape=watch.shape,
            value=sign.value if watch.shape == "word" else None,
            other=sign.other,
            values=sign.values,
            factor=sign.factor,
            share_before=where.before,
            share_after=where.after,
            part_of=self.parts[0] if self.parts and part else None,
            part=part,
            index=sign.index or None,
            some=sign.some,
            rewritten=where.rewritten,
            personal=watch.personal,
        )
        first = year_before(self.start).first
        if sign.kind == "default" and watch.shape != "word":
            told = self._one_value(watch, sign, change, first)
            if told is None:
                return None
            change = told
        if change.kind in ("unit", "shifted") and watch.shape in ("number", "date", "text"):
            a, b = figures(
                self.engine,
                self.source,
                watch,
                first,
                where.since,
                self._end(watch),
                self.parts,
                part,
            )
            if where.rewritten or a is None:
                a = _middle(then) if watch.shape == "number" else None
            change = replace(change, before=a, after=b)
        if change.kind == "shifted" and watch.shape == "word":
            change = replace(change, moved=_moved(then, now))
        return replace(
            change, recorded=recorded(change.table, change.column, self.start, self.end,
                                      self.glossary, self.baseline)
        )  # fmt: skip

    def _one_value(self, watch: Watch, sign: Sign, change: Change, first: date) -> Change | None:
        """A jump of one token is a default only where it is a jump of one value."""
        found = None
        if watch.shape in ("number", "text"):
            found = common_value(
                self.engine, self.source, watch, sign, first, change.since, self._end(watch)
            )
        jump = (change.share_after or 0.0) - (change.share_before or 0.0)
        if found is None or found[2] - found[1] < 0.7 * jump:
            return replace(change, kind="shifted") if sign.index > 0 else None
        return replace(change, value=found[0], share_before=found[1], share_after=found[2])


def _middle(then: Counts) -> float | None:
    """The median of a reference's positive numbers, as near as its tokens tell."""
    n = then.n.sum(axis=0)
    sizes = sorted((int(t), int(c)) for t, c in zip(then.tokens, n, strict=True)
                   if t and int(t) > ZERO)  # fmt: skip
    if not sizes:
        return None
    total = np.cumsum([c for _, c in sizes])
    place = int(np.searchsorted(total, total[-1] / 2))
    return float(f"{10 ** ((sizes[place][0] + 0.5) / 10):.2g}")


def _moved(then: Counts, now: Counts) -> tuple[tuple[str, float, float], ...]:
    """The three words whose shares moved furthest, with both shares."""
    names = sorted({*then.tokens, *now.tokens} - {""})
    before, after = (x.of(names).sum(axis=0) for x in (then, now))
    before, after = before / max(before.sum(), 1), after / max(after.sum(), 1)
    order = np.argsort(-np.abs(after - before), kind="stable")[:3]
    return tuple((names[i], float(before[i]), float(after[i])) for i in order)
