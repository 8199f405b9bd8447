"""What findings are told beside what the rules say: their origin, and whether they are accepted."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlglot import exp

from dq.checks.context import TableFacts
from dq.checks.origins import origin_of
from dq.engines.base import Engine
from dq.findings import findings_schema
from dq.sql import portable as f
from dq.sql.queries import union_all
from dq.store import Suppression

__all__ = ["FOUND", "WHOLE", "annotate", "returned"]

FOUND = "work.findings_found"
"""Findings as the rules give them."""

WHOLE = "work.findings_whole"
"""The same with origin and suppression, and the causes that their rules gave them."""

_ACCEPTED = "work.suppressions"
_ENDED = "work.suppressions_ended"
_IDENTITY = ("code", "table", "column", "key")


def annotate(
    engine: Engine,
    tables: Mapping[str, TableFacts],
    suppressions: Sequence[Suppression],
    day: date,
) -> None:
    """Make WHOLE of FOUND, with `origin` and `suppressed` filled.

    A finding is suppressed by its identity: code, table, key and column. Where its record
    stands in the file plays no part.
    """
    made: dict[str, exp.Expression] = {}
    joins: list[tuple[str, exp.Query, exp.Expression]] = []
    origins = _origins(tables)
    if origins is not None:
        made["origin"] = f.col("o", "origins")
        same = [f.col(n, "w").eq(f.col(k, "origins")) for n, k in (("table", "t"), ("key", "k"))]
        joins.append(("origins", origins, f.all_of(*same)))
    with tempfile.TemporaryDirectory(prefix="dq-") as folder:
        held = [s for s in suppressions if s.holds(day)]
        if held:
            _load(engine, _ACCEPTED, held, Path(folder) / "held.parquet")
            made["suppressed"] = f.col("sid", "accepted")
            accepted = exp.select("*").from_(f.table(_ACCEPTED), copy=False)
            joins.append(("accepted", accepted, _same("w", "accepted")))
        if not joins:
            engine.view(WHOLE, exp.select("*").from_(f.table(FOUND)))
            return
        names = [*findings_schema().names, "won"]
        told = exp.select(*[f.alias(made.get(n, f.col(n, "w")), n) for n in names])
        told = told.from_(f.table(FOUND, "w"), copy=False)
        for alias, query, on in joins:
            told = told.join(query.subquery(alias, copy=False), on=on, join_type="left")
        engine.create(WHOLE, told)
        engine.drop(_ACCEPTED)
    engine.drop(FOUND)


def returned(engine: Engine, suppressions: Sequence[Suppression], day: date) -> int:
    """How many open findings of `work.findings` were suppressed until their time was over."""
    ended = [s for s in suppressions if s.ended(day)]
    if not ended:
        return 0
    with tempfile.TemporaryDirectory(prefix="dq-") as folder:
        _load(engine, _ENDED, ended, Path(folder) / "ended.parquet")
        query = (
            exp.select(f.alias(f.count_distinct(f.col("id", "w")), "n"))
            .from_(f.table("work.findings", "w"), copy=False)
            .join(f.table(_ENDED, "e"), on=_same("w", "e"), join_type="inner")
            .where(f.is_null(f.col("suppressed", "w")))
        )
        back = int(engine.query(query).to_pylist()[0]["n"])
        engine.drop(_ENDED)
    return back


def _same(one: str, other: str) -> exp.Expression:
    return f.all_of(
        *[f.coalesce(f.col(name, one), f.lit("")).eq(f.col(name, other)) for name in _IDENTITY]
    )


def _load(engine: Engine, name: str, suppressions: Sequence[Suppression], path: Path) -> None:
    """The identities of suppressed findings as a table; of two for one finding the later day."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    known: dict[tuple[str, str, str, str], str] = {}
    for each in sorted(suppressions, key=lambda s: s.until):
        for key in each.keys:
            known[each.code, each.table, each.column or "", key] = each.id
    columns = [*zip(*known, strict=True), known.values()]
    table = pa.table(
        {
            name: pa.array(list(column), pa.string())
            for name, column in zip((*_IDENTITY, "sid"), columns, strict=True)
        }
    )
    pq.write_table(table, path)
    engine.load(name, path)


def _origins(tables: Mapping[str, TableFacts]) -> exp.Query | None:
    """t, k, o: the origin of each record that has findings, by table and key."""
    told = {name: origin_of(facts) for name, facts in sorted(tables.items())}
    queries = [_origin(name, origin) for name, origin in told.items() if origin is not None]
    return union_all(queries) if queries else None


def _origin(table: str, origin: exp.Expression) -> exp.Select:
    wanted = (
        exp.select(f.alias(f.col("key"), "wanted"))
        .from_(f.table(FOUND), copy=False)
        .where(f.all_of(f.col("table").eq(f.lit(table)), f.not_null(f.col("key"))))
        .distinct()
    )
    records = exp.select(f.alias(f.col("id"), "id"), f.alias(origin.copy(), "origin")).from_(
        f.table(f"crm_all.{table}"), copy=False
    )
    return (
        exp.select(
            f.alias(f.lit(table), "t"),
            f.alias(f.col("id", "r"), "k"),
            f.alias(f.min(f.col("origin", "r")), "o"),
        )
        .from_(records.subquery("r", copy=False), copy=False)
        .join(
            wanted.subquery("n", copy=False),
            on=f.col("id", "r").eq(f.col("wanted", "n")),
            join_type="inner",
        )
        .where(f.not_null(f.col("origin", "r")))
        .group_by(f.col("id", "r"))
    )
