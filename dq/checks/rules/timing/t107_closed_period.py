"""T107: a period that was certified, and changed since.

Two people who print "the same" report on two days get two figures, and neither knows why.
The tables of the run in which the period was certified are compared with those of today:
records added to the period, gone from it (deleted, or vanished without a mark), and altered,
with the old value and the new. What no certified figure counts (names, notes, next steps,
"modified") may change; money, dates, outcome, kind and whom it belongs to may not. Dates are
compared by day.

Which periods are closed stands in dq.yaml: `calendar: {closed: {deals.closed_at: 2026-Q2}}`.

Example: 9,900 where 900 was certified.
Repair: undo the change in the CRM, or correct by an entry of the running period; if it is
right, certify the report again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from sqlglot import exp

from dq.checks.context import Certified, RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.helpers import missing, number, repeated, rows
from dq.checks.rules.values import nothing_found
from dq.config import Period
from dq.crm.model import Column, entity
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

NOT_COUNTED = ("updated_at", "last_login_at", "expected_amount", "probability")
"""Columns of a counted kind that no figure of a closed period is made of."""

ENOUGH = 20
"""So many records without one key in common have other keys, not other records."""


@dataclass(frozen=True)
class _Compared:
    """Closed periods of a date column, and the names of the tables to compare."""

    table: str
    column: str
    periods: tuple[Period, ...]
    before: str
    counted: tuple[str, ...]

    @property
    def now(self) -> str:
        return f"crm.{self.table}"

    def inside(self, qualifier: str | None = None) -> exp.Expression:
        """Whether a row lies in one of the periods."""
        found = [self._in(p, qualifier) for p in self.periods]
        return f.coalesce(f.any_of(*found), f.lit(False))

    def named(self, qualifier: str | None = None) -> exp.Expression:
        """The period that a row lies in."""
        branches = [(self._in(p, qualifier), f.lit(p.text)) for p in self.periods]
        return f.case(*branches, default=f.lit(None))

    def _in(self, period: Period, qualifier: str | None) -> exp.Expression:
        moment = f.as_timestamp(f.col(self.column, qualifier))
        first, after = _midnight(period.start), _midnight(period.end)
        return f.all_of(moment >= f.lit(first), moment < f.lit(after))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def checks(context: RuleContext) -> Iterator[CheckLike]:
    if not context.certified:
        yield Skip(None, "needs.certified")
        return
    groups: dict[tuple[str, str, Path | None], list[Period]] = {}
    for one in context.certified:
        groups.setdefault((one.table, one.column, one.before), []).append(one.period)
    for place, (table, column, before) in enumerate(groups):
        periods = groups[table, column, before]
        yield from _compare(context, Certified(table, column, periods[0], before), periods, place)


def _compare(
    context: RuleContext, one: Certified, periods: Sequence[Period], place: int
) -> Iterator[CheckLike]:
    skip = missing(context, one.table, one.column)
    if skip is None and not context.tables[one.table].key_given:
        skip = Skip(one.table, "needs.key", {"table": one.table})
    if skip is not None:
        yield Skip(one.table, skip.reason, skip.args)
        return
    if one.before is None:
        yield Skip(one.table, "needs.earlier", {"period": ", ".join(p.text for p in periods)})
        return
    before = f"work.T107_before_{place}"
    context.engine.load(before, one.before)
    then = context.engine.schema(before).names
    if one.column not in then:
        yield Skip(one.table, "needs.columns", {"columns": f"{one.table}.{one.column}"})
        return
    counted = [
        c.name
        for c in entity(one.table).columns.values()
        if (c.name == one.column or _counts(c)) and c.name in then
        and context.has(one.table, c.name)
    ]  # fmt: skip
    both = _Compared(one.table, one.column, tuple(periods), before, tuple(counted))
    was, still, now = _numbers(context, both)
    if was >= ENOUGH and not still:
        yield Skip(one.table, "needs.same_keys", {"table": one.table})
        return
    evidence = exp.select(f.alias(f.lit(was + now), "n"))
    pairs = f"work.T107_pairs_{place}"
    context.engine.create(pairs, _pairs(context, both, place))
    yield Query(one.table, _gone(both), evidence)
    yield Query(one.table, _added(both), evidence)
    yield Query(one.table, _altered(both, pairs), evidence)


def _counts(column: Column) -> bool:
    """Whether certified figures are made of a column: money, dates, outcome, kind, belonging."""
    if column.name in NOT_COUNTED:
        return False
    kinds = ("money", "number", "category")
    return column.event or column.relation is not None or column.kind in kinds


def _live() -> exp.Expression:
    return f.coalesce(f.col("_live"), f.lit(True))


def _keys(table: str, where: exp.Expression | None = None) -> exp.Select:
    """The keys of a table, each once."""
    query = exp.select(f.alias(f.col("id"), "key")).from_(f.table(table))
    return (query if where is None else query.where(where)).distinct()


def _numbers(context: RuleContext, both: _Compared) -> tuple[int, int, int]:
    """Records in the period then, those of them alive today, records in it today."""
    then = _keys(both.before, f.all_of(_live(), both.inside()))
    still = exp.select(f.alias(f.count(), "all"), f.alias(f.count(f.col("key", "n")), "still"))
    still = still.from_(then.subquery("w")).join(
        _keys(f"crm_all.{both.table}").subquery("n"),
        on=f.col("key", "w").eq(f.col("key", "n")),
        join_type="left",
    )
    row = rows(context, still)[0]
    today = rows(
        context,
        exp.select(f.alias(f.count_if(both.inside()), "n")).from_(f.table(both.now)),
    )[0]
    return number(row["all"]), number(row["still"]), number(today["n"])


# --- gone and added ---------------------------------------------------------------------


def _gone(both: _Compared) -> exp.Query:
    """Records of the period that are not alive any more, with their amount of then."""
    then = (
        exp.select(
            f.alias(f.col("id"), "key"),
            f.alias(f.max(both.named()), "period"),
            f.alias(f.max(f.as_decimal(f.col("_money"))), "_money"),
            f.alias(f.any_true(f.col("_won")), "_won"),
        )
        .from_(f.table(both.before))
        .where(f.all_of(_live(), both.inside()))
        .group_by(f.col("id"))
    )
    dead = (
        exp.select(
            f.alias(f.col("id"), "key"),
            f.alias(f.min(f.col("_source")), "_source"),
            f.alias(f.min(f.col("_row")), "_row"),
        )
        .from_(f.table(f"crm_all.{both.table}"))
        .group_by(f.col("id"))
    )
    cause = f.case((f.not_null(f.col("key", "a")), f.lit("deleted:")), default=f.lit("vanished:"))
    return (
        exp.select(
            f.alias(f.col("key", "w"), "key"),
            f.alias(f.col("_source", "a"), "_source"),
            f.alias(f.col("_row", "a"), "_row"),
            f.alias(f.col("_money", "w"), "_money"),
            f.alias(f.col("_won", "w"), "_won"),
            f.alias(f.concat(cause, f.col("period", "w")), "cause"),
            f.alias(f.col("period", "w"), "arg_period"),
        )
        .from_(then.subquery("w"))
        .join(
            _keys(both.now).subquery("n"),
            on=f.col("key", "w").eq(f.col("key", "n")),
            join_type="left",
        )
        .join(dead.subquery("a"), on=f.col("key", "w").eq(f.col("key", "a")), join_type="left")
        .where(f.is_null(f.col("key", "n")))
    )


def _added(both: _Compared) -> exp.Query:
    """Records of the period that were not alive then."""
    period = both.named("t")
    return (
        exp.select(
            f.alias(f.col("id", "t"), "key"),
            *[f.alias(f.col(c, "t"), c) for c in ("_source", "_row", "_money", "_won")],
            f.alias(f.concat(f.lit("added:"), period), "cause"),
            f.alias(period.copy(), "arg_period"),
        )
        .from_(f.table(both.now, "t"))
        .join(
            _keys(both.before, _live()).subquery("w"),
            on=f.col("id", "t").eq(f.col("key", "w")),
            join_type="left",
        )
        .where(f.all_of(both.inside("t"), f.is_null(f.col("key", "w"))))
    )


# --- altered ----------------------------------------------------------------------------


def _pairs(context: RuleContext, both: _Compared, place: int) -> exp.Query:
    """Records alive then and now, in the period at either time, that differ in what counts.

    `n_<column>` and `w_<column>` are the values of now and of then, as text where they differ.
    """
    twice = f"work.T107_twice_{place}"
    counted = (
        exp.select(f.alias(f.col("id"), "key"), f.alias(f.count(), "copies"))
        .from_(f.table(both.before))
        .where(_live())
        .group_by(f.col("id"))
    )
    context.engine.create(
        twice,
        exp.select(f.col("key")).from_(counted.subquery("c")).where(f.col("copies") > f.lit(1)),
    )
    model = entity(both.table).columns
    types = {
        name: {x.name: x.type for x in context.engine.schema(name)}
        for name in (both.now, both.before)
    }
    chosen: list[exp.Expression] = []
    for column in both.counted:
        new, old = f.col(column, "n"), f.col(column, "w")
        same_type = types[both.now][column] == types[both.before][column]
        differs = _differs(model[column], new, old, same_type)
        chosen += [
            f.alias(differs, f"d_{column}"),
            f.alias(f.case((differs, _shown(new)), default=f.lit(None)), f"n_{column}"),
            f.alias(f.case((differs, _shown(old)), default=f.lit(None)), f"w_{column}"),
        ]
    period = f.coalesce(both.named("w"), both.named("n"))
    wide = (
        exp.select(
            f.alias(f.col("id", "n"), "key"),
            *[f.alias(f.col(c, "n"), c) for c in ("_source", "_row", "_money", "_won")],
            f.alias(period, "period"),
            *chosen,
        )
        .from_(f.table(both.now, "n"))
        .join(
            f.table(both.before, "w"),
            on=f.col("id", "n").eq(f.col("id", "w")),
            join_type="inner",
        )
        .join(
            f.table(repeated(context, both.table), "r"),
            on=f.col("id", "n").eq(f.col("id", "r")),
            join_type="left",
        )
        .join(f.table(twice, "b"), on=f.col("id", "n").eq(f.col("key", "b")), join_type="left")
        .where(
            f.all_of(
                f.coalesce(f.col("_live", "w"), f.lit(True)),
                f.any_of(both.inside("n"), both.inside("w")),
                f.is_null(f.col("id", "r")),
                f.is_null(f.col("key", "b")),
            )
        )
    )
    some = f.any_of(*[f.col(f"d_{c}") for c in both.counted])
    return exp.select("*").from_(wide.subquery("p")).where(some)


def _differs(
    column: Column, new: exp.Expression, old: exp.Expression, same_type: bool
) -> exp.Expression:
    if not same_type:
        return f.distinct_from(_shown(new), _shown(old))
    if column.type in ("date", "timestamp"):
        return f.distinct_from(f.date_of(new), f.date_of(old))
    if column.kind == "category":
        return f.distinct_from(f.fold(new), f.fold(old))
    return f.distinct_from(new, old)


def _shown(cell: exp.Expression) -> exp.Expression:
    """A value as text; decimals without the zeros that only their type adds."""
    text = f.as_text(cell)
    decimal = f.full_match(text, "-?[0-9]+[.][0-9]+")
    return f.case((decimal, f.regexp_replace(text, "[.]?0+$", "")), default=text)


def _altered(both: _Compared, pairs: str) -> exp.Query:
    """One row for each value that is not what it was."""
    lines: list[exp.Query] = [
        exp.select(
            *[f.col(c) for c in ("key", "_source", "_row", "_money", "_won")],
            f.alias(f.lit(column), "column"),
            f.alias(f.col(f"n_{column}"), "value"),
            f.alias(f.concat(f.lit("altered:"), f.col("period")), "cause"),
            f.alias(f.col("period"), "arg_period"),
            f.alias(f.coalesce(f.col(f"w_{column}"), f.lit("")), "arg_old"),
            f.alias(f.coalesce(f.col(f"n_{column}"), f.lit("")), "arg_new"),
        )
        .from_(f.table(pairs))
        .where(f.col(f"d_{column}"))
        for column in both.counted
    ]
    return union_all(lines) if lines else nothing_found()


RULE = Rule(
    code="T107",
    slug="closed_period",
    family="T",
    scope=Scope.HISTORY,
    severity=Severity.ERROR,
    checks=checks,
    needs=("a closed period in dq.yaml", "an earlier run"),
    doc=__doc__ or "",
)
