"""Since which day a change shows, in which part of the table, and the numbers on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from dq.semantics.drift.counts import Counts, within
from dq.semantics.drift.kinds import Sign
from dq.semantics.drift.limits import LEAST_ROWS
from dq.semantics.drift.tokens import BLANK, is_text, token
from dq.semantics.drift.watch import Watch
from dq.sql import portable as f

if TYPE_CHECKING:
    from dq.engines.base import Engine

__all__ = ["Parts", "Series", "Spot", "common_value", "figures", "series", "spot"]

Array = Any
Parts = tuple[str, Sequence[str]]

LEAST_AFTER = 20
"""Rows after a day without which it is no beginning of a change."""

PART_ROWS = 30

MOST_OF_A_DAY = 0.5
"""Part of a change that may stand on one day."""


@dataclass(frozen=True)
class Series:
    """By day (and part): judged rows `n`, and those `u` that a change has more, or fewer, of."""

    first: date
    n: Array
    u: Array
    parts: tuple[str, ...]

    def total(self) -> tuple[Array, Array]:
        """Both over all parts."""
        return self.n.sum(axis=1), self.u.sum(axis=1)


@dataclass(frozen=True)
class Spot:
    """Where a change begins.

    `rewritten`: older records show it too, so that it has no day. `sudden`: from its first day
    on it is as large as later; otherwise it grows, as trends do, and what is not complete yet.
    `lasting`: it is no heap of one day, as an import makes it.
    """

    since: date
    rows: int
    before: float
    after: float
    rewritten: bool = False
    sudden: bool = True
    lasting: bool = True
    part: str | None = None


def series(
    engine: Engine,
    source: str,
    watch: Watch,
    sign: Sign,
    first: date,
    end: date,
    parts: Parts | None,
    only: str | None = None,
) -> Series:
    """Rows of a column by day over [first, end), and how many show the change."""
    by, cell = f.col(watch.by), f.col(watch.column)
    blanks = sign.kind in ("emptied", "filled")
    shows = f.is_null(cell) if blanks else f.in_(token(watch), _tokens(watch, sign))
    inside = within(watch, first, end)
    if not blanks:
        inside.append(f.not_null(cell.copy()))
    if only is not None and parts is not None:
        inside.append(f.as_text(f.col(parts[0])).eq(f.lit(only)))
    part: exp.Expression = f.lit("")
    if parts is not None and only is None:
        column = f.col(parts[0])
        named = (f.in_(f.as_text(column), tuple(parts[1])), f.as_text(column.copy()))
        part = f.case(named, default=f.lit(""))
    rows = (
        exp.select(
            f.alias(f.days_between(f.lit(first), by.copy()), "day"),
            f.alias(part, "part"),
            f.alias(shows, "shows"),
        )
        .from_(f.table(source), copy=False)
        .where(f.all_of(*inside), copy=False)
    )
    query = (
        exp.select(
            f.col("day"),
            f.col("part"),
            f.alias(f.count(), "n"),
            f.alias(f.count_if(f.col("shows")), "u"),
        )
        .from_(rows.subquery("r", copy=False), copy=False)
        .group_by(f.col("day"), f.col("part"), copy=False)
    )
    found = engine.query(query).to_pydict()
    names = tuple(sorted(set(found["part"])))
    days = (end - first).days
    n, u = np.zeros((days, max(len(names), 1))), np.zeros((days, max(len(names), 1)))
    at = [names.index(p) for p in found["part"]]
    n[found["day"], at], u[found["day"], at] = found["n"], found["u"]
    return Series(first, n, u, names)


def _tokens(watch: Watch, sign: Sign) -> list[str | int]:
    names = sign.values if sign.kind == "vanished" else sign.tokens
    return [name if is_text(watch) else int(name) for name in names]


def spot(found: Series, sign: Sign, reference: Counts, start: date, *, same_data: bool) -> Spot:
    """The likeliest first day, from `start` on, of the change that a series shows.

    `same_data`: the reference is the older part of the same table.
    """
    n, u = found.total()
    begin = (start - found.first).days
    old_n, old_u = float(n[:begin].sum()), float(u[:begin].sum())
    then_n, then_u = _of(reference, sign)
    rewritten = False
    if not same_data:
        now = u[begin:].sum() / max(n[begin:].sum(), 1)
        was, older = then_u / max(then_n, 1), old_u / max(old_n, 1)
        rewritten = bool(old_n >= LEAST_ROWS and abs(older - was) > 0.5 * abs(now - was))
    if rewritten or old_n < LEAST_ROWS:
        old_n, old_u = then_n, then_u
    after_n, after_u = np.cumsum(n[begin:][::-1])[::-1], np.cumsum(u[begin:][::-1])[::-1]
    gone_n, gone_u = after_n[0] - after_n, after_u[0] - after_u
    likely = _likely(old_n + gone_n, old_u + gone_u) + _likely(after_n, after_u)
    likely = np.where((after_n >= LEAST_AFTER) & (n[begin:] > 0), likely, -np.inf)
    place = 0 if rewritten else int(np.argmax(likely))
    before = (old_u + gone_u[place]) / max(old_n + gone_n[place], 1)
    after = after_u[place] / max(after_n[place], 1)
    return Spot(
        since=start + timedelta(days=place),
        rows=int(after_n[place]),
        before=float(before),
        after=float(after),
        rewritten=rewritten,
        sudden=_sudden(n[begin + place :], u[begin + place :], float(before)),
        lasting=_lasting(n[begin + place :], u[begin + place :], float(before)),
        part=None if rewritten else _part(found, begin + place),
    )


def _of(reference: Counts, sign: Sign) -> tuple[float, float]:
    """Judged rows of the reference, and those that show the change."""
    n = reference.n.sum(axis=0)
    blank = sum(int(n[i]) for i, t in enumerate(reference.tokens) if t == BLANK)
    if sign.kind in ("emptied", "filled"):
        return float(n.sum()), float(blank)
    names = sign.values if sign.kind == "vanished" else sign.tokens
    shows = sum(int(n[i]) for i, t in enumerate(reference.tokens) if t in names)
    return float(n.sum() - blank), float(shows)


def _likely(n: Array, u: Array) -> Array:
    """Log-likelihood of u of n at their own share."""
    share = np.clip(u / np.maximum(n, 1), 1e-9, 1 - 1e-9)
    return u * np.log(share) + (n - u) * np.log(1 - share)


def _sudden(n: Array, u: Array, before: float) -> bool:
    """Whether the first quarter of the rows since moved nearly as far as the last one."""
    total = np.cumsum(n)
    if total[-1] < 4 * LEAST_AFTER:
        return True
    first = int(np.searchsorted(total, total[-1] / 4)) + 1
    last = int(np.searchsorted(total, total[-1] * 3 / 4))
    early = u[:first].sum() / max(n[:first].sum(), 1) - before
    late = u[last:].sum() / max(n[last:].sum(), 1) - before
    chance = 2 * (0.25 / max(n[:first].sum(), 1)) ** 0.5
    return bool(
        abs(late) <= chance or (early * late > 0 and abs(early) + chance >= 0.7 * abs(late))
    )


def _lasting(n: Array, u: Array, before: float) -> bool:
    """Whether no single day makes most of the change."""
    beyond = u - before * n
    total = beyond.sum()
    return bool(total != 0 and (beyond / total).max() <= MOST_OF_A_DAY)


def _part(found: Series, at: int) -> str | None:
    """The one part of the table that changed, where the others did not."""
    if len(found.parts) < 2:
        return None
    old_n, new_n = found.n[:at].sum(axis=0), found.n[at:].sum(axis=0)
    if (old_n.sum() < LEAST_ROWS) or (new_n.sum() < LEAST_ROWS):
        return None
    by = found.u[at:].sum(axis=0) / np.maximum(new_n, 1)
    by = np.abs(by - found.u[:at].sum(axis=0) / np.maximum(old_n, 1))
    judged = (old_n >= PART_ROWS) & (new_n >= PART_ROWS)
    if judged.sum() < 2:
        return None
    top = int(np.argmax(np.where(judged, by, -1)))
    others = judged & (np.arange(len(by)) != top)
    alone = bool((by[others] <= 0.2 * by[top]).all())
    return found.parts[top] if alone and found.parts[top] else None


def figures(
    engine: Engine,
    source: str,
    watch: Watch,
    first: date,
    since: date,
    end: date,
    parts: Parts | None,
    only: str | None,
) -> tuple[float | None, float | None]:
    """Medians before a day and from it on: of numbers, of days to a date, of lengths of texts."""
    by, cell = f.col(watch.by), f.col(watch.column)
    if watch.shape == "number":
        value = f.as_double(cell)
    elif watch.shape == "date":
        value = f.as_double(f.days_between(f.col(watch.event), cell))
    else:
        value = f.as_double(f.length(cell))
    inside = within(watch, first, end)
    if only is not None and parts is not None:
        inside.append(f.as_text(f.col(parts[0])).eq(f.lit(only)))
    earlier = by.copy() < f.lit(since)
    row = engine.query(
        exp.select(
            f.alias(f.median(f.case((earlier, value))), "a"),
            f.alias(f.median(f.case((f.not_(earlier.copy()), value.copy()))), "b"),
        )
        .from_(f.table(source))
        .where(f.all_of(*inside))
    ).to_pylist()[0]
    return row["a"], row["b"]


def common_value(
    engine: Engine, source: str, watch: Watch, sign: Sign, first: date, since: date, end: date,
) -> tuple[str, float, float] | None:  # fmt: skip
    """The value that is most frequent under a token since a day; its shares before and since."""
    by, cell = f.col(watch.by), f.col(watch.column)
    inside = [*within(watch, first, end), f.not_null(cell)]
    earlier = by.copy() < f.lit(since)
    text = cell.copy() if watch.shape == "text" else f.as_text(cell.copy())
    rows = (
        exp.select(
            f.alias(text, "v"),
            f.alias(token(watch), "token"),
            f.alias(f.case((earlier, f.lit(1)), default=f.lit(0)), "old"),
        )
        .from_(f.table(source))
        .where(f.all_of(*inside))
    )
    counted = (
        exp.select(
            f.col("v"),
            f.alias(f.sum(f.col("old")), "old"),
            f.alias(f.count(), "n"),
            f.alias(f.max(f.col("token")), "token"),
        )
        .from_(rows.subquery("r"))
        .group_by(f.col("v"))
    )
    wanted = f.lit(sign.tokens[0] if is_text(watch) else int(sign.tokens[0]))
    late = f.col("n") - f.col("old")
    top = engine.query(
        exp.select(f.col("v"), f.col("old"), f.alias(late, "late"))
        .from_(counted.subquery("c"))
        .where(f.col("token").eq(wanted))
        .order_by(exp.column("late", quoted=True).desc(), exp.column("v", quoted=True))
        .limit(1)
    ).to_pylist()
    whole = engine.query(
        exp.select(f.alias(f.sum(f.col("old")), "old"), f.alias(f.count(), "n")).from_(
            rows.copy().subquery("r")
        )
    ).to_pylist()[0]
    if not top or not whole["n"] or whole["old"] is None:
        return None
    old, late_rows = int(whole["old"]), int(whole["n"]) - int(whole["old"])
    share = int(top[0]["old"]) / max(old, 1)
    return str(top[0]["v"]), share, int(top[0]["late"]) / max(late_rows, 1)
