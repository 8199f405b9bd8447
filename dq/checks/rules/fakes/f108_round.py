"""F108: sums or durations heaped on round values, beyond what the rest of the table shows.

Calls last what they last: one in sixty ends on a whole minute. A seller seven of whose ten calls
do has typed them in. Compared is the share of round values (whole minutes; sums of a thousand
or more with two digits and zeros behind them) of one owner with that of all others in the same
group: the kind of activity, the kind, status and currency of a deal. A price list in thousands,
an exchange that counts minutes, meetings by the calendar and budgets as people say them are
round for everybody and no heap; one and the same budget in a fifth of one owner's leads is one,
where others rarely have it. Prices of the list do not count. Where no owner is known, a single
whole number of minutes is a heap if it stands alone.

Example: a hundred calls of exactly five minutes by one of three sellers.
Repair: take durations from the telephony and sums from the lines of the deal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.work import priced
from dq.checks.rules.helpers import SYSTEM, count_query, number
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["RULE"]

MINUTE = 60
_SUMS = tuple(10**n for n in range(12, 2, -1))


@dataclass(frozen=True)
class _Target:
    """A column of sums or durations, with the columns within whose values it is compared."""

    table: str
    column: str
    duration: bool
    groups: tuple[str, ...]
    said: bool = False  # sums that people say: one of them over and over is a heap, too


TARGETS = (
    _Target("activities", "duration_s", True, ("kind",)),
    _Target("deals", "amount", False, ("kind", "status", "currency")),
    _Target("leads", "budget", False, (), said=True),
)


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = False
    for target in TARGETS:
        if target.table in context.tables:
            found = True
            yield _target(context, target)
    if not found:
        yield Skip(None, "needs.tables", {"tables": ", ".join(t.table for t in TARGETS)})


def _target(context: RuleContext, target: _Target) -> CheckLike:
    table, column = target.table, target.column
    if not context.has(table, column):
        return Skip(table, "needs.columns", {"columns": f"{table}.{column}"})
    cell = f.as_decimal(f.col(column))
    judged = cell > f.as_decimal(f.lit(0))
    evidence = count_query(f"crm.{table}", judged)
    if not context.filled(table, column):
        return Query(table, nothing_found(), evidence, column)
    if context.filled(table, "owner_id"):
        return Query(table, _by_owner(context, target), evidence, column)
    sql = _alone(context, target) if target.duration else nothing_found()
    return Query(table, sql, evidence, column)


def _values(context: RuleContext, target: _Target) -> exp.Select:
    """id, system columns, x, g (the group), who, and whether x is round (1 or 0)."""
    x = f.as_decimal(f.col(target.column))
    parts = [
        f.coalesce(f.as_text(f.col(c)), f.lit(""))
        for c in target.groups
        if context.filled(target.table, c)
    ]
    who = f.col("owner_id") if context.has(target.table, "owner_id") else f.null("text")
    if target.duration:
        whole: exp.Expression = f.mod(f.as_integer(f.col(target.column)), f.lit(MINUTE)).eq(
            f.lit(0)
        )
    else:
        whole = f.all_of(_two_digits(x), f.not_(priced(context, x)))
    return exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(x, "x"),
        f.alias(f.concat_ws(f.lit(" · "), *parts) if parts else f.lit(""), "g"),
        f.alias(who, "who"),
        f.alias(f.case((whole, f.lit(1)), default=f.lit(0)), "r"),
    ).from_(f.table(f"crm.{target.table}")).where(x > f.as_decimal(f.lit(0)))  # fmt: skip


def _two_digits(x: exp.Expression) -> exp.Expression:
    """Whether a sum of a thousand or more has zeros behind its first two digits."""
    zero = f.as_decimal(f.lit(0))
    steps = [
        (x >= f.as_decimal(f.lit(size)), f.mod(x, f.as_decimal(f.lit(size // 10))).eq(zero))
        for size in _SUMS
    ]
    return f.case(*steps, default=f.lit(False))


def _by_owner(context: RuleContext, target: _Target) -> exp.Query:
    """Round values of owners who have far more of them than all others of the group."""
    values = _values(context, target)
    round_ones = _heaped(values, _odd_owners(context, _round_of(values)), ("g", "who"), "owner")
    if not target.said:
        return round_ones
    name = f"work.F108_{target.table}"
    context.engine.create(name, round_ones)
    same = _heaped(values, _odd_owners(context, _same_of(values)), ("g", "who", "x"), "same")
    columns = [c.alias_or_name for c in same.selects]
    told = exp.select(f.alias(f.col("key"), "told")).from_(f.table(name))
    rest = (
        exp.select(*[f.alias(f.col(c, "h"), c) for c in columns])
        .from_(same.subquery("h"))
        .join(told.subquery("t"), on=f.col("key", "h").eq(f.col("told", "t")), join_type="left")
        .where(f.is_null(f.col("told", "t")))
    )
    first = exp.select(*[f.col(c) for c in columns]).from_(f.table(name))
    return union_all([first, rest])


def _heaped(
    values: exp.Select, owners: exp.Select, keys: tuple[str, ...], cause: str
) -> exp.Select:
    """Findings: the round values that belong to the heaps of these owners."""
    round_ones = exp.select("*").from_(values.copy().subquery("v")).where(f.col("r").eq(f.lit(1)))
    same = [f.col(c, "v").eq(f.col(c, "s")) for c in keys]
    return (
        exp.select(
            f.alias(f.col("id", "v"), "key"),
            *[f.alias(f.col(c, "v"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("x", "v")), "value"),
            f.alias(f.lit(cause), "cause"),
            f.alias(f.as_text(f.round(f.as_decimal(f.col("own", "s")), 3)), "arg_own"),
            f.alias(f.as_text(f.round(f.as_decimal(f.col("rest", "s")), 3)), "arg_rest"),
        )
        .from_(round_ones.subquery("v"))
        .join(owners.subquery("s"), on=f.all_of(*same), join_type="inner")
    )


def _round_of(values: exp.Select) -> exp.Select:
    """g, who, x (none), n, k, all_n, all_k: values and round ones, of an owner and of all."""
    group = [f.col("g")]
    counted = (
        exp.select(
            f.col("g"), f.col("who"), f.alias(f.count(), "n"), f.alias(f.sum(f.col("r")), "k")
        )
        .from_(values.copy().subquery("v"))
        .group_by(f.col("g"), f.col("who"))
    )
    return exp.select(
        *[f.col(c) for c in ("g", "who", "n", "k")],
        f.alias(f.null("decimal"), "x"),
        f.alias(f.sum_over(f.col("n"), group), "all_n"),
        f.alias(f.sum_over(f.col("k"), group), "all_k"),
    ).from_(counted.subquery("c"))


def _same_of(values: exp.Select) -> exp.Select:
    """The same of one value x: how often an owner, and all, have just this one."""
    counted = (
        exp.select(f.col("g"), f.col("who"), f.col("x"), f.alias(f.count(), "k"))
        .from_(values.copy().subquery("v"))
        .group_by(f.col("g"), f.col("who"), f.col("x"))
    )
    k = f.col("k")
    return exp.select(
        *[f.col(c) for c in ("g", "who", "k", "x")],
        f.alias(f.sum_over(k, [f.col("g"), f.col("who")]), "n"),
        f.alias(f.sum_over(k.copy(), [f.col("g")]), "all_n"),
        f.alias(f.sum_over(k.copy(), [f.col("g"), f.col("x")]), "all_k"),
    ).from_(counted.subquery("c"))


def _odd_owners(context: RuleContext, beside: exp.Select) -> exp.Select:
    """g, who, x, own, rest: owners with far more (k of n) than the others of the group."""
    params = context.params
    rest_n = f.col("all_n") - f.col("n")
    rest_k = f.col("all_k") - f.col("k")
    shared = exp.select(
        *[f.col(c) for c in ("g", "who", "x", "n", "k")],
        f.alias(rest_n, "rest_n"),
        f.alias(f.div0(f.col("k"), f.col("n")), "own"),
        f.alias(f.div0(exp.paren(rest_k) + f.lit(1), exp.paren(rest_n) + f.lit(2)), "rest"),
    ).from_(beside.subquery("b"))
    expected = f.as_double(f.col("n")) * f.col("rest")
    spread = f.sqrt(expected * (f.lit(1.0) - f.col("rest")))
    beyond = f.all_of(
        f.not_null(f.col("who")),
        f.col("n") >= f.lit(number(params["least"])),
        f.col("k") >= f.lit(number(params["least_round"])),
        f.col("rest_n") >= f.lit(number(params["least_rest"])),
        f.col("own") >= f.lit(float(str(params["share"]))),
        f.col("own") >= f.col("rest") * f.lit(float(str(params["times"]))),
        f.as_double(f.col("k")) - expected >= spread * f.lit(float(str(params["z"]))),
    )
    return exp.select(*[f.col(c) for c in ("g", "who", "x", "own", "rest")]).from_(
        shared.subquery("s")
    ).where(beyond)  # fmt: skip


def _alone(context: RuleContext, target: _Target) -> exp.Select:
    """Durations of one whole number of minutes that stands out, where owners are not known."""
    params = context.params
    group, same = [f.col("g")], [f.col("g"), f.col("x")]
    counted = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "x", "r", "g")],
        f.alias(f.count_over(same), "k"),
        f.alias(f.count_over(group), "n"),
        f.alias(f.sum_over(f.col("r"), group), "round"),
    ).from_(_values(context, target).subquery("v"))
    rest = f.div0(f.col("round") - f.col("k"), f.col("n") - f.col("k"))
    heap = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM, "x", "r", "k", "n")],
        f.alias(f.div0(f.col("k"), f.col("n")), "own"),
        f.alias(f.coalesce(rest, f.lit(1.0)), "rest"),
    ).from_(counted.subquery("c"))
    beyond = f.all_of(
        f.col("r").eq(f.lit(1)),
        f.col("k") >= f.lit(number(params["least"])),
        f.col("n") - f.col("k") >= f.lit(number(params["least_rest"])),
        f.col("own") >= f.lit(float(str(params["share"]))),
        f.col("own") >= f.col("rest") * f.lit(float(str(params["times"]))),
    )
    return exp.select(
        f.alias(f.col("id"), "key"),
        *[f.col(c) for c in SYSTEM],
        f.alias(f.as_text(f.col("x")), "value"),
        f.alias(f.lit("value"), "cause"),
        f.alias(f.as_text(f.round(f.as_decimal(f.col("own")), 3)), "arg_own"),
        f.alias(f.as_text(f.round(f.as_decimal(f.col("rest")), 3)), "arg_rest"),
    ).from_(heap.subquery("h")).where(beyond)  # fmt: skip


RULE = Rule(
    code="F108",
    slug="round",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("activities.duration_s, deals.amount or leads.budget",),
    params={
        "least": 20,
        "least_round": 10,
        "least_rest": 50,
        "share": 0.2,
        "times": 5,
        "z": 6,
    },
    doc=__doc__ or "",
)
