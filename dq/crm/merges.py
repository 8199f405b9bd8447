"""Which records were merged into which, by the logs that a CRM keeps of its merges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MergeLog", "merged_records"]

_BETWEEN = re.compile(r"[;,|\s]+")


@dataclass(frozen=True)
class MergeLog:
    """A table that names survivors and the records that went into them.

    `kept` and `gone` are the texts of its two columns; a cell of `gone` may hold several
    ids. `prefix` goes before the ids.
    """

    table: exp.Table
    kept: exp.Expr
    gone: exp.Expr
    prefix: str | None


def merged_records(engine: Engine, table: str, logs: Sequence[MergeLog]) -> str:
    """Make and name `work.merged_<table>`: merged (each once), survivor.

    Of several survivors that which was not merged itself; of two records that are said to
    have gone into each other one stays.
    """
    pairs, name = f"work.merges_{table}", f"work.merged_{table}"
    given = [
        exp.select(
            f.alias(log.kept, "kept"),
            f.alias(log.gone, "gone"),
            f.alias(f.lit(log.prefix or ""), "prefix"),
        ).from_(log.table)
        for log in logs
    ]
    some = exp.select("*").from_(union_all(given).subquery("g"))
    some = some.where(f.all_of(f.not_null(f.col("kept")), f.not_null(f.col("gone"))))
    engine.map_batches(pairs, some.distinct(), _Split(), _schema())
    back = f.all_of(
        f.col("merged", "m").eq(f.col("survivor", "b")),
        f.col("survivor", "m").eq(f.col("merged", "b")),
        f.col("merged", "b") > f.col("merged", "m"),
    )
    one_way = (
        exp.select(f.col("merged", "m"), f.col("survivor", "m"))
        .from_(f.table(pairs, "m"))
        .join(f.table(pairs, "b"), on=back, join_type="left")
        .where(f.is_null(f.col("merged", "b")))
        .distinct()
    )
    engine.create(f"{pairs}_one_way", one_way)
    gone = exp.select(f.col("merged")).from_(f.table(f"{pairs}_one_way")).distinct()
    alive = f.case((f.is_null(f.col("merged", "g")), f.col("survivor", "m")))
    survivor = f.coalesce(f.min(alive), f.min(f.col("survivor", "m")))
    engine.create(
        name,
        exp.select(f.alias(f.col("merged", "m"), "merged"), f.alias(survivor, "survivor"))
        .from_(f.table(f"{pairs}_one_way", "m"))
        .join(
            gone.subquery("g"),
            on=f.col("survivor", "m").eq(f.col("merged", "g")),
            join_type="left",
        )
        .group_by(f.col("merged", "m")),
    )
    return name


def _schema() -> pa.Schema:
    """merged, survivor."""
    import pyarrow as pa

    return pa.schema([("merged", pa.string()), ("survivor", pa.string())])


@dataclass(frozen=True)
class _Split:
    """Batch function: (kept, gone, prefix) → one row for each id that `gone` holds."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa

        rows = [
            {"merged": f"{prefix}{one}", "survivor": f"{prefix}{kept}"}
            for kept, gone, prefix in zip(*(c.to_pylist() for c in batch.columns), strict=True)
            for one in _BETWEEN.split(gone.strip())
            if one and one != kept
        ]
        return pa.RecordBatch.from_pylist(rows, schema=_schema())
