"""F104: many records within seconds, made by one person and not by an import.

Nobody fills in a card in three seconds. Twenty of them in a minute, on the evening before a
review, were made to be counted. A burst is at least eight records of one person with less than
five seconds from one to the next; where the CRM writes minutes only, a dozen in one minute.
Imports and integrations (by their user, source, file or speed, or because bursts of several
people begin in one minute), web forms, the first load of a table, and what hangs on one and
the same deal are none.

Example: a lead each second for a minute, all by one seller.
Repair: ask who made them and from what; delete what nobody can vouch for, and give imports a
user of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Rule, Scope, Skip
from dq.checks.rules.fakes.people import author_column, with_machine
from dq.checks.rules.fakes.work import has_clock, imported, is_message, midnight
from dq.checks.rules.helpers import SYSTEM, count_query, number, rows
from dq.checks.rules.values import nothing_found
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

DAY = 86_400
SPAN = {"second": 1, "minute": 60}
"""Seconds that one value of a column stands for, by what it counts in."""
_WHOLE = 0.9
TABLES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "accounts": ("created_at", ()),
    "activities": ("logged_at", ("deal_id", "lead_id", "contact_id", "account_id")),
    "contacts": ("created_at", ()),
    "deals": ("created_at", ()),
    "leads": ("created_at", ()),
    "tasks": ("created_at", ("deal_id",)),
}
"""Table: when its records were made, and what one press of a button hangs several records on."""


def checks(context: RuleContext) -> Iterator[CheckLike]:
    tables = [t for t in TABLES if t in context.tables]
    if not tables:
        yield Skip(None, "needs.tables", {"tables": ", ".join(TABLES)})
    for table in tables:
        yield _table(context, table)


def _table(context: RuleContext, table: str) -> CheckLike:
    moment, _ = TABLES[table]
    author = author_column(context, table)
    if not context.has(table, moment):
        return Skip(table, "needs.columns", {"columns": f"{table}.{moment}"})
    if author is None:
        return Skip(table, "needs.author", {"table": table})
    judged = f.all_of(f.not_null(f.col(moment)), f.not_null(f.col(author)))
    evidence = count_query(f"crm.{table}", judged)
    if not context.filled(table, moment) or not context.filled(table, author):
        return Query(table, nothing_found(), evidence, moment)
    unit = _unit(context, table, moment) if has_clock(context, table, moment) else None
    if unit is None:
        return Skip(table, "needs.clock", {"columns": f"{table}.{moment}"})
    name = f"work.F104_{table}"
    context.engine.create(name, _chained(context, table, author, unit))
    return Query(table, _bursts(context, table, name, unit), evidence, moment)


def _unit(context: RuleContext, table: str, moment: str) -> str | None:
    """What the column counts in: second or minute; None where it knows hours at best."""
    at = f.col(moment)
    told = rows(
        context,
        exp.select(
            f.alias(f.count_if(f.second(at) > f.lit(0)), "seconds"),
            f.alias(f.count_if(f.minute(at) > f.lit(0)), "minutes"),
        ).from_(f.table(f"crm.{table}")),
    )[0]
    if number(told["seconds"]):
        return "second"
    return "minute" if number(told["minutes"]) else None


def _chained(context: RuleContext, table: str, author: str, unit: str) -> exp.Select:
    """Records of people close to another one's: key, who, at, parent, and their chain (`link`)."""
    moment, parents = TABLES[table]
    at = f.col(moment)
    wanted = [
        f.not_null(at),
        f.not_null(f.col(author)),
        f.not_(midnight(at)),
        f.not_(imported(context, table)),
    ]
    if table == "activities" and context.has(table, "kind"):
        wanted.append(f.not_(is_message(f.col("kind"))))
    hung = [f.col(c) for c in parents if context.filled(table, c)]
    parent = f.coalesce(*hung, f.col("id"))
    columns = ("id", *SYSTEM, "who", "at", "parent")
    own = exp.select(
        *[f.col(c) for c in ("id", *SYSTEM)],
        f.alias(f.col(author), "who"),
        f.alias(at, "at"),
        f.alias(parent, "parent"),
    ).from_(f.table(f"crm.{table}")).where(f.all_of(*wanted))  # fmt: skip
    people = exp.select(*[f.col(c) for c in columns]).from_(
        with_machine(context, own, "who", columns).subquery("p")
    ).where(f.not_(f.col("machine")))  # fmt: skip
    order = [f.col(c) for c in ("at", "_source", "_row")]
    beside = exp.select(
        *[f.col(c) for c in columns],
        f.alias(f.lag(f.col("at"), [f.col("who")], order), "before"),
        f.alias(f.lead(f.col("at"), [f.col("who")], order), "after"),
    ).from_(people.subquery("q"))  # fmt: skip
    gap = f.lit(number(context.params["gap_s"]) if unit == "second" else 1)
    follows = f.coalesce(f.seconds_between(f.col("before"), f.col("at")) < gap, f.lit(False))
    leads = f.coalesce(f.seconds_between(f.col("at"), f.col("after")) < gap.copy(), f.lit(False))
    # One that stands alone is in no chain: what is left is little.
    near = exp.select(
        *[f.col(c) for c in columns],
        f.alias(f.case((follows, f.lit(0)), default=f.lit(1)), "begins"),
    ).from_(beside.subquery("b")).where(f.any_of(follows.copy(), leads))  # fmt: skip
    return exp.select(
        *[f.col(c) for c in columns],
        f.alias(f.sum_over(f.col("begins"), [f.col("who")], order), "link"),
    ).from_(near.subquery("n"))


def _chains(context: RuleContext, table: str, name: str, unit: str) -> exp.Select:
    """Chains that are long enough: who, link, together, begin, finish, early, rows."""
    moment, _ = TABLES[table]
    least = number(context.params["least" if unit == "second" else "least_minute"])
    grouped = (
        exp.select(
            f.col("who"),
            f.col("link"),
            f.alias(f.count_distinct(f.col("parent")), "parents"),
            f.alias(f.count(), "together"),
            f.alias(f.min(f.col("at")), "begin"),
            f.alias(f.max(f.col("at")), "finish"),
        )
        .from_(f.table(name))
        .group_by(f.col("who"), f.col("link"))
    )
    first = exp.select(
        f.alias(f.min(f.as_timestamp(f.col(moment))), "first"), f.alias(f.count(), "rows")
    ).from_(f.table(f"crm.{table}"))
    early = f.seconds_between(f.col("first", "b"), f.col("begin", "g")) < f.lit(DAY)
    return (
        exp.select(
            *[f.alias(f.col(c, "g"), c) for c in ("who", "link", "together", "begin", "finish")],
            f.alias(early, "early"),
            f.alias(f.col("rows", "b"), "rows"),
        )
        .from_(grouped.subquery("g"))
        .join(first.subquery("b"), join_type="cross")
        .where(f.col("parents", "g") >= f.lit(least))
    )


def _made_by_hand(context: RuleContext, chains: exp.Select, unit: str) -> exp.Select:
    """Chains that are neither an import nor a first load: who, link, together, seconds."""
    loaded = f.case((f.col("early"), f.col("together")), default=f.lit(0))
    minute = f.trunc("minute", f.col("begin"))
    summed = exp.select(
        "*",
        f.alias(f.sum_over(loaded), "loaded"),
        f.alias(f.count_over([minute]), "at_once"),
        f.alias(
            f.min_over(f.col("who"), [minute]).neq(f.max_over(f.col("who"), [minute])), "several"
        ),
    ).from_(chains.subquery("c"))
    seconds = f.seconds_between(f.col("begin"), f.col("finish")) + f.lit(SPAN[unit])
    fast = f.all_of(
        f.col("together") >= f.lit(number(context.params["import_least"])),
        f.col("together") >= seconds * f.lit(number(context.params["import_rate"])),
    )
    parallel = f.all_of(
        f.col("several"), f.col("at_once") >= f.lit(number(context.params["parallel"]))
    )
    first_load = f.all_of(
        f.col("early"),
        f.any_of(
            f.col("loaded") >= f.lit(number(context.params["first_load"])),
            f.div0(f.col("loaded"), f.col("rows")) >= f.lit(_WHOLE),
        ),
    )
    return exp.select(
        *[f.col(c) for c in ("who", "link", "together")], f.alias(seconds.copy(), "seconds")
    ).from_(summed.subquery("s")).where(f.not_(f.any_of(fast, first_load, parallel)))  # fmt: skip


def _bursts(context: RuleContext, table: str, name: str, unit: str) -> exp.Select:
    """Findings: records of chains that a person made."""
    kept = _made_by_hand(context, _chains(context, table, name, unit), unit)
    return (
        exp.select(
            f.alias(f.col("id", "r"), "key"),
            *[f.alias(f.col(c, "r"), c) for c in SYSTEM],
            f.alias(f.as_text(f.col("at", "r")), "value"),
            f.alias(f.lit("burst"), "cause"),
            f.alias(f.as_text(f.col("together", "k")), "arg_together"),
            f.alias(f.as_text(f.col("seconds", "k")), "arg_seconds"),
        )
        .from_(f.table(name, "r"))
        .join(
            kept.subquery("k"),
            on=f.all_of(
                f.col("who", "r").eq(f.col("who", "k")), f.col("link", "r").eq(f.col("link", "k"))
            ),
            join_type="inner",
        )
    )


RULE = Rule(
    code="F104",
    slug="burst",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("when and by whom records were created or logged",),
    params={
        "least": 8,
        "gap_s": 5,
        "least_minute": 12,
        "first_load": 50,
        "import_least": 100,
        "import_rate": 2,
        "parallel": 3,
    },
    doc=__doc__ or "",
)
