"""Raw tables to the canonical model: typed, keyed, linked, live apart from dead.

Makes `crm_all.<table>` (all rows, `_live`), `crm.<table>` (live rows), `src.<source>` for
sources that no canonical table takes, and `work.unconverted` (cells that do not convert).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlglot import exp

from dq.crm import derive
from dq.crm.mapping import OwnColumn, ProjectMapping, SourceMapping, TableMapping
from dq.crm.model import entity
from dq.crm.parts import SYSTEM, Part, build_part, conversion_failures, typed_null
from dq.engines.base import Engine
from dq.findings import Note
from dq.sql import portable as f
from dq.tables import RawTable

__all__ = ["Crm", "CrmColumn", "CrmTable", "LoadSettings", "load"]


@dataclass(frozen=True)
class LoadSettings:
    """What the load must know: business zone and currency, today, and the wall clock."""

    now: datetime
    timezone: str | None = None
    currency: str | None = None
    as_of: datetime | None = None
    include_deleted: bool = False


@dataclass(frozen=True)
class CrmColumn:
    """A column of `crm.<table>`; `header` is its name in the source (None: derived)."""

    name: str
    type: str
    kind: str
    header: str | None
    canonical: bool
    personal: bool = False
    identifying: bool = False


@dataclass(frozen=True)
class CrmTable:
    """A canonical table that is there: read = live + deleted + merged (+ collapsed)."""

    name: str
    columns: Mapping[str, CrmColumn]
    sources: tuple[str, ...]
    key_given: bool
    links: Mapping[str, str]
    read: int
    live: int
    deleted: int
    merged: int
    collapsed: int
    marks: bool = False  # the source says which rows are deleted or merged


@dataclass(frozen=True)
class Crm:
    """The loaded model and its business "today"."""

    tables: Mapping[str, CrmTable]
    as_of: datetime
    as_of_origin: str
    notes: tuple[Note, ...] = ()
    settings: LoadSettings | None = None
    newest_event: datetime | None = None


@dataclass
class _Build:
    """Parts by table while loading."""

    parts: dict[str, list[Part]] = field(default_factory=dict)
    mappings: dict[str, SourceMapping] = field(default_factory=dict)


def load(
    engine: Engine,
    raws: Sequence[RawTable],
    mapping: ProjectMapping,
    settings: LoadSettings,
) -> Crm:
    """Load raw tables into the model by the mapping; see the module docstring."""
    by_name = {raw.name: raw for raw in raws}
    for raw in raws:
        engine.load(f"raw.{raw.name}", raw)
    parts = _parts(mapping, by_name, settings)
    _unconverted(engine, parts, settings)
    merges = _merge_logs(engine, mapping, parts)
    as_of, origin, newest = _as_of(engine, parts, settings)
    tables = {
        name: _table(engine, name, parts, merges, as_of, settings) for name in _order(parts)
    }
    _bare_sources(engine, mapping, by_name, settings)
    return Crm(tables, as_of, origin, (), settings, newest)


def _parts(
    mapping: ProjectMapping, raws: Mapping[str, RawTable], settings: LoadSettings
) -> dict[str, list[Part]]:
    feeding: dict[str, set[str]] = {}
    for source in mapping.sources:
        for table in source.tables:
            feeding.setdefault(table.table, set()).add(source.shape)
    parts: dict[str, list[Part]] = {}
    for source in mapping.sources:
        if source.source not in raws:
            continue
        for table in source.tables:
            prefix = source.source if len(feeding[table.table]) > 1 else None
            part = build_part(
                table, zone=settings.timezone, prefix=prefix, typed=raws[source.source].typed
            )
            parts.setdefault(table.table, []).append(part)
    return parts


def _order(parts: Mapping[str, list[Part]]) -> list[str]:
    return sorted(parts)


def _union(parts: Sequence[Part], columns: Mapping[str, str]) -> exp.Query:
    """All parts under the same columns, absent ones NULL of the column's type."""
    queries = []
    for i, part in enumerate(parts):
        projections = [
            f.col(c) if c in part.types else f.alias(typed_null(kind), c)
            for c, kind in columns.items()
        ]
        projections += [f.col(c) for c in SYSTEM]
        queries.append(exp.select(*projections).from_(part.sql.copy().subquery(f"part{i}")))
    union: exp.Query = queries[0]
    for other in queries[1:]:
        union = exp.union(union, other, distinct=False)
    return union


def _columns(parts: Sequence[Part]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for part in parts:
        for name, kind in part.types.items():
            columns.setdefault(name, kind)
    return columns


def _unconverted(
    engine: Engine, parts: Mapping[str, list[Part]], settings: LoadSettings
) -> None:
    """`work.unconverted`: table, key, column, value, _source, _row, deleted."""
    selects: list[exp.Query] = []
    judged: dict[str, set[str]] = {}
    for table, some in parts.items():
        for i, part in enumerate(some):
            skip = judged.setdefault(part.mapping.source, set())
            failures = conversion_failures(part, settings.timezone, skip)
            if failures is None:
                continue
            name = f"work.unconverted_{table}_{i}"
            engine.create(name, failures.sql)
            selects += [
                exp.select(
                    f.alias(f.lit(table), "table"),
                    f.alias(f.col("id"), "key"),
                    f.alias(f.lit(column), "column"),
                    f.alias(f.col(f"v{n}"), "value"),
                    f.alias(f.lit(part.mapping.source), "_source"),
                    f.col("_row"),
                    f.col("_deleted"),
                )
                .from_(f.table(name))
                .where(f.not_null(f.col(f"v{n}")))
                for n, column in enumerate(failures.columns)
            ]
    if not selects:
        return
    union: exp.Query = selects[0]
    for other in selects[1:]:
        union = exp.union(union, other, distinct=False)
    engine.create("work.unconverted", union)


def _merge_logs(
    engine: Engine, mapping: ProjectMapping, parts: Mapping[str, list[Part]]
) -> dict[str, str]:
    """For each table with a merge log: the name of a table (merged, survivor)."""
    queries: dict[str, list[exp.Query]] = {}
    for source in mapping.sources:
        if not source.merge_log or not source.merge_table or source.merge_table not in parts:
            continue
        survivor, merged = source.merge_log
        queries.setdefault(source.merge_table, []).append(
            exp.select(
                f.alias(f.trim(f.as_text(f.col(merged))), "merged"),
                f.alias(f.trim(f.as_text(f.col(survivor))), "survivor"),
            )
            .from_(f.table(f"raw.{source.source}"))
            .where(f.filled(f.as_text(f.col(merged))))
        )
    names: dict[str, str] = {}
    for table, some in queries.items():
        union: exp.Query = some[0]
        for other in some[1:]:
            union = exp.union(union, other, distinct=False)
        once = (
            exp.select(f.col("merged"), f.alias(f.min(f.col("survivor")), "survivor"))
            .from_(union.subquery("m"))
            .group_by(f.col("merged"))
        )
        names[table] = f"work.merged_{table}"
        engine.create(names[table], once)
    return names


def _as_of(
    engine: Engine, parts: Mapping[str, list[Part]], settings: LoadSettings
) -> tuple[datetime, str, datetime | None]:
    """Business today: declared, else the newest event in the data (never a planned date)."""
    newest: list[datetime] = []
    for table, some in parts.items():
        events = [c.name for c in entity(table).columns.values() if c.event]
        for part in some:
            present = [c for c in events if part.types.get(c) in ("date", "timestamp")]
            if not present:
                continue
            inner = part.sql.copy().subquery("p")
            maxima = [
                f.max(
                    f.case(
                        (f.as_timestamp(f.col(c)) <= f.lit(settings.now), f.as_timestamp(f.col(c))),
                        default=f.lit(None),
                    )
                )
                for c in present
            ]
            query = exp.select(*[f.alias(m, f"m{i}") for i, m in enumerate(maxima)]).from_(inner)
            row = engine.query(query).to_pylist()[0]
            newest += [value for value in row.values() if value is not None]
    last = max(newest) if newest else None
    if settings.as_of is not None:
        return settings.as_of, "declared", last
    if last is not None:
        return last, "newest_event", last
    return settings.now, "today", None


def _table(
    engine: Engine,
    name: str,
    parts: Mapping[str, list[Part]],
    merges: Mapping[str, str],
    as_of: datetime,
    settings: LoadSettings,
) -> CrmTable:
    own_parts = parts[name]
    columns = _columns(own_parts)
    base = _union(own_parts, columns)
    query, derived = derive.complete(
        engine, name, base, columns, parts, merges.get(name), as_of, settings.currency
    )
    engine.create(f"crm_all.{name}", query)
    live = exp.select("*").from_(f.table(f"crm_all.{name}"))
    if not settings.include_deleted:
        live = live.where(f.col("_live"))
    engine.view(f"crm.{name}", live)
    counts = engine.query(
        exp.select(
            f.alias(f.count(), "kept"),
            f.alias(f.count_if(f.col("_live")), "live"),
            f.alias(f.count_if(f.all_of(f.not_(f.col("_live")), f.not_null(f.col("merged_into_id")))), "merged"),
        ).from_(f.table(f"crm_all.{name}"))
    ).to_pylist()[0]
    collapsed = _collapsed(engine, own_parts)
    return CrmTable(
        name=name,
        columns=_column_facts(name, own_parts, columns, derived),
        sources=tuple(dict.fromkeys(p.mapping.source for p in own_parts)),
        key_given=any(p.mapping.key for p in own_parts),
        links=_links(own_parts),
        read=counts["kept"] + collapsed,
        live=counts["live"],
        deleted=counts["kept"] - counts["live"] - counts["merged"],
        merged=counts["merged"],
        collapsed=collapsed,
        marks=name in merges
        or any(p.mapping.deleted or p.mapping.merged_into for p in own_parts),
    )


def _collapsed(engine: Engine, parts: Sequence[Part]) -> int:
    total = 0
    for part in parts:
        if part.all_rows is None:
            continue
        before = engine.query(part.all_rows).to_pylist()[0]["n"]
        after = engine.query(
            exp.select(f.alias(f.count(), "n")).from_(part.sql.copy().subquery("p"))
        ).to_pylist()[0]["n"]
        total += before - after
    return total


def _links(parts: Sequence[Part]) -> dict[str, str]:
    return {c.target: c.link for p in parts for c in p.mapping.columns if c.link is not None}


def _column_facts(
    table: str, parts: Sequence[Part], types: Mapping[str, str], derived: Mapping[str, str]
) -> dict[str, CrmColumn]:
    model = entity(table).columns
    headers: dict[str, str | None] = {}
    own: dict[str, OwnColumn] = {}
    for part in parts:
        for column in part.mapping.columns:
            headers.setdefault(column.target, column.source)
        for extra in part.mapping.own:
            headers.setdefault(extra.name, extra.source)
            own.setdefault(extra.name, extra)
    keyed = _key_header(parts)
    facts: dict[str, CrmColumn] = {}
    for name, kind in types.items():
        known = model.get(name)
        if name == "id":
            facts[name] = CrmColumn(name, kind, "id", keyed, canonical=True)
        elif known is not None:
            facts[name] = CrmColumn(
                name, kind, known.kind, headers.get(name), True, known.personal, known.identifying
            )
        else:
            facts[name] = CrmColumn(name, kind, own[name].kind, headers.get(name), False)
    for name, kind in derived.items():
        facts[name] = CrmColumn(name, kind, "derived", None, True)
    return facts


def _key_header(parts: Sequence[Part]) -> str | None:
    for part in parts:
        if len(part.mapping.key) == 1:
            return part.mapping.key[0]
    return None


def _bare_sources(
    engine: Engine,
    mapping: ProjectMapping,
    raws: Mapping[str, RawTable],
    settings: LoadSettings,
) -> None:
    """`src.<source>`: each source typed under its own names, dead rows included."""
    for source in mapping.sources:
        raw = raws.get(source.source)
        if raw is None:
            continue
        if raw.typed:
            engine.view(f"src.{raw.name}", exp.select("*").from_(f.table(f"raw.{raw.name}")))
            continue
        how = {o.source: o.conversion for o in source.own}
        for table in source.tables:
            how.update({o.source: o.conversion for o in table.own})
            how.update({c.source: c.conversion for c in table.columns if c.source and not c.conversion.values})
        engine.view(f"src.{raw.name}", _typed_source(raw, how, settings))


def _typed_source(raw: RawTable, how: Mapping[str, object], settings: LoadSettings) -> exp.Query:
    from dq.crm.mapping import Conversion
    from dq.crm.typing import convert

    projections: list[exp.Expression] = [f.col("_row")]
    for column in raw.columns:
        conversion = how.get(column)
        text = f.col(column)
        value = convert(text, conversion, settings.timezone) if isinstance(conversion, Conversion) else text
        projections.append(f.alias(value, column))
    return exp.select(*projections).from_(f.table(f"raw.{raw.name}"))
