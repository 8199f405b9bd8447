"""Values of a relation column that name no record: found once, told apart by what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Query
from dq.checks.rules.helpers import SYSTEM, Link, count_query, number, rows
from dq.checks.rules.relations.named import named, unmatched
from dq.checks.rules.relations.near import NearNames, near_schema
from dq.checks.rules.values import nothing_found
from dq.crm.lookups import name_form
from dq.crm.model import entity
from dq.sql import portable as f

__all__ = ["orphan_queries"]

NONE_LEAST = 3
"""If not one of so many different values is found, the two tables do not belong together."""

NAMES_LIMIT = 50_000
"""Targets with more names than this get no near-miss search by spelling."""

KINDS = {"accounts": "company", "contacts": "person", "leads": "person", "users": "person"}
"""How the names of a table are compared."""

SPELT_LIMIT = 2_000
"""More missing values than this are compared without slips of spelling."""


@dataclass(frozen=True)
class _Look:
    """What was found of one relation: different values, those missing, rows with these."""

    link: Link
    place: str
    total: int
    lost: int
    far: int
    rows: int

    @property
    def none(self) -> bool:
        """Whether no value at all is found, nor one like it."""
        return bool(self.far) and self.far == self.total


def orphan_queries(
    context: RuleContext, code: str, found: Sequence[Link], *, dead_too: bool = False
) -> Iterator[Query]:
    """Findings for relations: missing, near (misspelt), and, if `dead_too`, dead.

    A deleted or merged parent is D105's, except where the rule speaks of the parent itself.

    Where more than `partial_share` of the different values are missing, or all of a few, the
    other table is evidently not whole, or has other keys: one finding about it, whatever the
    number of relations that meet nothing there.
    """
    looks = [_look(context, code, link, dead_too) for link in found]
    for target in dict.fromkeys(look.link.target for look in looks):
        here = [look for look in looks if look.link.target == target]
        empty = [look for look in here if _not_whole(context, look)]
        if empty:
            empty += [look for look in here if look.none and look not in empty]
            yield _about_target(target, empty) if len(empty) > 1 else _about_table(empty[0])
        for look in here:
            yield from _records(look, only_near=look in empty)


def _look(context: RuleContext, code: str, link: Link, dead_too: bool) -> _Look:
    place = f"{code}_{link.table}_{link.column}"
    called = _unmatched(context, place, link, dead_too)
    total = number(rows(context, _distinct(f"crm.{link.table}", link.column))[0]["n"])
    lost = number(rows(context, _distinct(f"work.{place}", "value"))[0]["n"])
    if not lost:
        return _Look(link, place, total, 0, 0, 0)
    _near(context, place, link, spelling=lost <= SPELT_LIMIT)
    _lost(context, place, called)
    far = rows(context, _distinct(f"work.{place}_lost", "missing"))[0]
    return _Look(link, place, total, lost, number(far["n"]), number(far["filled"]))


def _not_whole(context: RuleContext, look: _Look) -> bool:
    share = float(str(context.params.get("partial_share", 0.5)))
    least = number(context.params.get("partial_least", 10))
    few = look.none and look.far >= NONE_LEAST
    return few or (look.far >= least and look.far > share * look.total)


def _records(look: _Look, *, only_near: bool) -> Iterator[Query]:
    """The relation's own findings; of a table that is not whole only what is misspelt."""
    link = look.link
    judged = f.lit(False) if only_near else f.not_null(f.col(link.column))
    evidence = count_query(f"crm.{link.table}", judged)
    if not look.lost or (only_near and look.lost == look.far):
        yield Query(link.table, nothing_found(), evidence, link.column)
        return
    sql = _named(look.place, link)
    if only_near:
        sql = sql.where(f.is_null(f.col("missing")))
    yield Query(link.table, sql, evidence, link.column)


def _unmatched(context: RuleContext, place: str, link: Link, dead_too: bool) -> str | None:
    """`work.<place>`: rows that meet no record; and the table of those that name one, if any.

    What several records are called is R102's.
    """
    query = unmatched(context, link, dead_too)
    names = f"work.names_{link.target}"
    if link.by_name:
        if names in context.engine.tables():
            several = exp.select(f.col("n")).from_(f.table(names))
            query = _without(query, several, name_form(f.col("value", "c")))
        context.engine.create(f"work.{place}", query)
        return None
    context.engine.create(f"work.{place}_raw", query)
    called = named(context, f"{place}_raw", link)
    kept = exp.select(*[f.alias(f.col(c, "w"), c) for c in ("id", *SYSTEM, "value", "dead")])
    kept = kept.from_(f.table(f"work.{place}_raw", "w"))
    if called is not None:
        several = exp.select(f.alias(f.col("value"), "n")).from_(f.table(called))
        kept = _without(kept, several, f.col("value", "w"))
    context.engine.create(f"work.{place}", kept)
    return called


def _without(query: exp.Select, names: exp.Select, form: exp.Expression) -> exp.Select:
    """The rows that do not bear the name (n) of several records."""
    several = names.where(f.col("copies") > f.lit(1))
    return query.join(several.subquery("a"), on=form.eq(f.col("n", "a")), join_type="left").where(
        f.is_null(f.col("n", "a"))
    )


def _distinct(table: str, column: str) -> exp.Select:
    return exp.select(
        f.alias(f.count_distinct(f.col(column)), "n"), f.alias(f.count(f.col(column)), "filled")
    ).from_(f.table(table))


def _about_table(look: _Look) -> Query:
    """One relation meets nothing, or little, in the other table."""
    args = {"missing": look.far, "total": look.total, "n": look.rows, "target": look.link.target}
    return _one("none" if look.none else "partial", look.link.table, look.link.column, args)


def _about_target(target: str, looks: Sequence[_Look]) -> Query:
    """Several relations meet nothing, or little, in one table."""
    columns = ", ".join(f"{look.link.table}.{look.link.column}" for look in looks)
    args = {"relations": len(looks), "n": sum(look.rows for look in looks), "list": columns}
    return _one("not_whole", target, None, args)


def _one(cause: str, table: str, column: str | None, args: Mapping[str, object]) -> Query:
    """A finding about a table; `n` counts the records that depend on it."""
    one = exp.select(
        f.alias(f.null("text"), "key"),
        f.alias(f.lit(cause), "cause"),
        f.alias(f.lit("warning"), "severity"),
        *[f.alias(f.lit(str(value)), f"arg_{name}") for name, value in args.items()],
        f.alias(f.null("text"), "_source"),
        f.alias(exp.cast(exp.null(), "BIGINT"), "_row"),
        f.alias(f.null("decimal"), "_money"),
        f.alias(f.null("boolean"), "_won"),
    )
    return Query(table, one, exp.select(f.alias(f.lit(1), "n")), column)


def _near(context: RuleContext, place: str, link: Link, *, spelling: bool) -> None:
    """`work.<place>_near`: value, suggestion, for values that look like a known name or key."""
    label = entity(link.target).name_column or "id"
    known = context.tables[link.target].columns
    column = label if link.by_name and label in known else "id"
    names = rows(
        context,
        exp.select(f.alias(f.col(column), "v"))
        .from_(f.table(f"crm.{link.target}"))
        .where(f.not_null(f.col(column)))
        .distinct()
        .order_by(exp.column("v", quoted=True))
        .limit(NAMES_LIMIT + 1),
    )
    listed = tuple(str(r["v"]) for r in names) if len(names) <= NAMES_LIMIT else ()
    values = exp.select(f.col("value")).from_(f.table(f"work.{place}")).distinct()
    kind = KINDS.get(link.target, "name") if spelling and column != "id" else "key"
    context.engine.map_batches(f"work.{place}_near", values, NearNames(listed, kind), near_schema())


def _lost(context: RuleContext, place: str, called: str | None) -> None:
    """`work.<place>_lost`: the unmatched rows with suggestion, near and missing values.

    A name in a column of keys suggests the key of the record that alone is called so.
    """
    suggestion: exp.Expr = f.col("suggestion", "s")
    if called is not None:
        suggestion = f.coalesce(suggestion, f.col("key", "a"))
    near = f.all_of(f.not_(f.col("dead", "w")), f.not_null(suggestion))
    query = (
        exp.select(
            *[f.col(c, "w") for c in ("id", *SYSTEM, "value", "dead")],
            f.alias(suggestion.copy(), "suggestion"),
            f.alias(f.case((near, f.col("value", "w"))), "near"),
            f.alias(
                f.case((f.not_(f.any_of(f.col("dead", "w"), near.copy())), f.col("value", "w"))),
                "missing",
            ),
        )
        .from_(f.table(f"work.{place}", "w"))
        .join(
            f.table(f"work.{place}_near", "s"),
            on=f.col("value", "w").eq(f.col("value", "s")),
            join_type="left",
        )
    )
    if called is not None:
        query = query.join(
            f.table(called, "a"), on=f.col("value", "w").eq(f.col("value", "a")), join_type="left"
        )
    context.engine.create(f"work.{place}_lost", query)


def _named(place: str, link: Link) -> exp.Select:
    """The records with causes: each value that is missing or misspelt one of its own."""
    value = f.col("value")
    return exp.select(
        f.alias(f.col("id"), "key"),
        value,
        f.alias(
            f.case(
                (f.col("dead"), f.lit("dead")),
                (f.not_null(f.col("near")), f.concat(f.lit("near:"), value.copy())),
                default=f.concat(f.lit("missing:"), value.copy()),
            ),
            "cause",
        ),
        f.alias(f.coalesce(f.col("suggestion"), f.lit("")), "arg_suggestion"),
        f.alias(value.copy(), "arg_value"),
        f.alias(f.lit(link.target), "arg_target"),
        *[f.col(c) for c in ("_source", "_row", "_money", "_won")],
    ).from_(f.table(f"work.{place}_lost"))
