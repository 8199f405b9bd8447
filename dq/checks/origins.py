"""Where records come from: the import batch, integration, form or user that made them.

Told by the model's columns (`created_by`, `form_id`, `logged_by`, `changed_by`) and by own
columns whose header says so. The most telling one that is filled counts: who made ten
thousand records is an import, whoever pressed the button.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlglot import exp

from dq.checks.context import ColumnFacts, TableFacts
from dq.engines.base import Engine
from dq.findings import OriginSummary
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["MOST", "origin_of", "summed_origins", "user_names"]

MOST = 20
"""Origins told of a table: those with the most bad records."""

_CANONICAL = {
    "form_id": "form",
    "created_by": "user",
    "logged_by": "user",
    "changed_by": "user",
}

_HEADERS: Mapping[str, frozenset[str]] = {
    "import": frozenset(
        {
            "import", "importid", "importbatch", "importname", "importfile", "batch", "batchid",
            "importsequencenumber", "импорт", "idимпорта", "партияимпорта", "пакетимпорта",
            "файлимпорта", "імпорт", "idімпорту", "партіяімпорту", "файлімпорту",
        }
    ),
    "integration": frozenset(
        {
            "integration", "createdvia", "recordsource", "originalrecordsource", "objectsource",
            "hsobjectsource", "hsobjectsourcelabel", "propertyhsobjectsource",
            "propertyhsobjectsourcelabel", "originatingsystem", "originatorid", "recordorigin",
            "интеграция", "созданочерез", "способсоздания", "інтеграція", "створеночерез",
            "спосібстворення",
        }
    ),
    "form": frozenset(
        {
            "form", "formid", "formname", "webform", "форма", "названиеформы", "вебформа",
            "формасайта", "назваформи", "формасайту",
        }
    ),
    "user": frozenset(
        {
            "createdby", "createdbyid", "createdbyuserid", "createdbyname", "creator",
            "creatoruserid", "кемсоздан", "кемсоздана", "кемсоздано", "кемсозданасделка",
            "создатель", "ктосоздал", "кимстворено", "хтостворив", "створювач",
        }
    ),
}  # fmt: skip

_KINDS = tuple(_HEADERS)
_PREFIXES = {"import": "import", "integration": "integration", "api": "integration", "form": "form"}
_OTHER = re.compile(r"[\W_]+")


def origin_of(facts: TableFacts) -> exp.Expression | None:
    """A record's origin as `kind:name`, NULL where it is blank; None: no column tells it."""
    found: list[exp.Expression] = []
    for kind in _KINDS:
        for column in facts.columns.values():
            if column.filled and _kind(column) == kind:
                cell = f.nullif(f.trim(f.as_text(f.col(column.name))), f.lit(""))
                found.append(_told(cell, kind))
    if not found:
        return None
    return found[0] if len(found) == 1 else f.coalesce(*found)


def _told(cell: exp.Expression, kind: str) -> exp.Expression:
    """`kind:name`; where the cell itself begins so (`import:2026-03`), as the cell has it."""
    own = [
        (
            f.starts_with(f.lower(cell.copy()), f.lit(f"{word}:")),
            f.concat(
                f.lit(f"{said}:"),
                f.substring(cell.copy(), f.lit(len(word) + 2), f.length(cell.copy())),
            ),
        )
        for word, said in _PREFIXES.items()
    ]
    return f.case(*own, default=f.concat(f.lit(f"{kind}:"), cell))


def _kind(column: ColumnFacts) -> str | None:
    if column.canonical and column.name in _CANONICAL:
        return _CANONICAL[column.name]
    if column.canonical:
        return None
    names = {_OTHER.sub("", name.casefold()) for name in (column.name, column.header or "")}
    return next((kind for kind in _KINDS if names & _HEADERS[kind]), None)


def summed_origins(engine: Engine, facts: Mapping[str, TableFacts]) -> tuple[OriginSummary, ...]:
    """Bad records by origin, the most first; of tables whose records tell it.

    `work.bad_records` must be there (see `dq.checks.groups.summaries`).
    """
    told = {name: origin_of(table) for name, table in sorted(facts.items())}
    queries = [_summed(name, origin) for name, origin in told.items() if origin is not None]
    if not queries:
        return ()
    rows = engine.query(union_all(queries)).to_pylist()
    rows.sort(key=lambda r: (-r["bad"], -r["of"], r["t"], r["origin"]))
    names: Mapping[str, str] = {}
    if "users" in facts and "name" in facts["users"].columns:
        names = user_names(engine, "crm.users", [r["origin"] for r in rows])
    return tuple(
        OriginSummary(r["t"], r["origin"], r["bad"], r["of"], names.get(r["origin"])) for r in rows
    )


def user_names(engine: Engine, users: str, origins: Iterable[str | None]) -> dict[str, str]:
    """Names of the staff that origins tell by a key (`user:u7`), by the origin."""
    keys = sorted({o.removeprefix("user:") for o in origins if o and o.startswith("user:")})
    if not keys:
        return {}
    query = (
        exp.select(f.col("id"), f.alias(f.min(f.col("name")), "name"))
        .from_(f.table(users))
        .where(f.all_of(f.in_(f.col("id"), keys), f.not_null(f.col("name"))))
        .group_by(f.col("id"))
    )
    return {f"user:{row['id']}": row["name"] for row in engine.query(query).to_pylist()}


def _summed(table: str, origin: exp.Expression) -> exp.Select:
    records = exp.select(f.alias(f.col("id"), "id"), f.alias(origin.copy(), "origin")).from_(
        f.table(f"crm.{table}"), copy=False
    )
    bad = (
        exp.select(f.col("k"))
        .from_(f.table("work.bad_records"), copy=False)
        .where(f.all_of(f.col("t").eq(f.lit(table)), f.col("open")))
    )
    counted = (
        exp.select(
            f.alias(f.col("origin", "r"), "origin"),
            f.alias(f.count_if(f.not_null(f.col("k", "b"))), "bad"),
            f.alias(f.count(), "of"),
        )
        .from_(records.subquery("r", copy=False), copy=False)
        .join(
            bad.subquery("b", copy=False),
            on=f.col("id", "r").eq(f.col("k", "b")),
            join_type="left",
        )
        .where(f.not_null(f.col("origin", "r")))
        .group_by(f.col("origin", "r"))
    )
    worst = (
        exp.select("*")
        .from_(counted.subquery("c", copy=False), copy=False)
        .where(f.col("bad") > f.lit(0))
        .order_by(
            exp.Ordered(this=f.col("bad"), desc=True),
            exp.Ordered(this=f.col("of"), desc=True),
            f.col("origin"),
        )
        .limit(MOST)
    )
    return exp.select(
        f.alias(f.lit(table), "t"), *[f.col(n) for n in ("origin", "bad", "of")]
    ).from_(worst.subquery(f"w_{table}"), copy=False)
