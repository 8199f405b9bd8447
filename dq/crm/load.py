"""Raw tables to the canonical model: typed, keyed, linked, live apart from dead.

Makes `crm_all.<table>` (all rows, `_live`), `crm.<table>` (live rows), `src.<source>` (each
source typed under its own names), `work.unconverted` (cells that do not convert) and
`work.problems` (what reading the files left behind). Each raw table is read once: typing,
failures, links and what is derived come out of one query a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from dq.crm.bare import bare_sources
from dq.crm.cells import Cells, cells_of
from dq.crm.derive import Completed, complete, needs, open_days
from dq.crm.facts import column_facts
from dq.crm.keys import Keys, find_keys
from dq.crm.loaded import Crm, CrmColumn, CrmTable, LoadSettings
from dq.crm.lookups import Lookups
from dq.crm.mapping import ProjectMapping
from dq.crm.merges import MergeLog, merged_records
from dq.crm.model import entity
from dq.crm.numbering import load_numbered
from dq.crm.parts import Part, PartSettings, build_part, judged_columns, split_off, unread
from dq.crm.problems import load_problems
from dq.engines.base import Engine
from dq.findings import Note
from dq.sql import portable as f
from dq.sql.queries import union_all
from dq.tables import RawTable

__all__ = ["Crm", "CrmColumn", "CrmTable", "LoadSettings", "load"]

_CODE = re.compile("[A-Z]{3}")
_OWN_SCHEMAS = ("raw.", "src.", "crm.", "crm_all.", "work.")


def load(
    engine: Engine,
    raws: Sequence[RawTable],
    mapping: ProjectMapping,
    settings: LoadSettings,
) -> Crm:
    """Load raw tables into the model by the mapping; see the module docstring.

    Tables of an earlier load in the same engine are forgotten first.
    """
    for name in engine.tables():
        if name.startswith(_OWN_SCHEMAS):
            engine.drop(name)
    by_name = {raw.name: raw for raw in raws}
    cells = {raw.name: cells_of(raw) for raw in raws}
    for raw in raws:
        if raw.typed:
            load_numbered(engine, raw)
        else:
            engine.load(f"raw.{raw.name}", raw)
    loading = _Loading(engine, by_name, cells, mapping, settings)
    tables = loading.tables()
    as_of, origin, newest = loading.as_of(tables)
    facts = loading.show(tables, as_of)
    loading.unconverted(tables)
    bare_sources(engine, mapping, by_name, cells, settings.timezone)
    load_problems(engine, raws, {s.source: s.tables[0].table for s in mapping.sources if s.tables})
    currency = settings.currency or _one_currency(tables)
    return Crm(facts, as_of, origin, _about_money(tables), settings, currency, newest)


def _one_currency(tables: Mapping[str, Completed]) -> str | None:
    """The currency that all amounts are in, where the rows name it."""
    named = {done.currency for done in tables.values() if done.currency}
    mixed = any(done.mixed for done in tables.values())
    code = named.pop() if len(named) == 1 and not mixed else ""
    return code if _CODE.fullmatch(code) else None


def _about_money(tables: Mapping[str, Completed]) -> tuple[Note, ...]:
    """Amounts in several currencies are not added: said, for the total is then not known."""
    return tuple(
        Note("money.several_currencies", {"table": name}, "warning", table=name)
        for name, done in tables.items()
        if done.mixed
    )


@dataclass
class _Loading:
    """One load on its way."""

    engine: Engine
    raws: Mapping[str, RawTable]
    cells: Mapping[str, Cells]
    mapping: ProjectMapping
    settings: LoadSettings

    def __post_init__(self) -> None:
        self.keys: Keys = find_keys(self.engine, self.mapping, self.raws, self.cells)
        self.parts = self._parts()
        self.lookups = Lookups(
            self.engine,
            self.parts,
            self._merge_logs(),
            self.keys,
            self.settings.include_deleted,
        )

    def _parts(self) -> dict[str, list[Part]]:
        parts: dict[str, list[Part]] = {}
        for source in self.mapping.sources:
            if source.source not in self.raws:
                continue
            taken: set[str] = set()
            judged = {
                t.table: judged_columns(t, taken)
                for t in sorted(source.tables, key=lambda t: t.lines is not None)
            }
            for table in source.tables:
                settings = PartSettings(
                    zone=self.settings.timezone,
                    prefix=self.keys.own(source.source, table.table),
                    link_prefixes=self.keys.links(table),
                    blank_keys=(source.source, table.table) in self.keys.blank,
                    judged=judged[table.table],
                    beside=split_off(source),
                )
                part = build_part(table, self.cells[source.source], settings)
                parts.setdefault(table.table, []).append(part)
        return parts

    def _merge_logs(self) -> dict[str, str]:
        """For each table with a merge log: the name of a table (merged, survivor)."""
        logs: dict[str, list[MergeLog]] = {}
        for source in self.mapping.sources:
            table = source.merge_table
            if not source.merge_log or table not in self.parts or source.source not in self.raws:
                continue
            cells = self.cells[source.source]
            kept, gone = (cells.text(column) for column in source.merge_log)
            prefix = self.keys.meant(source.source, table)
            logs.setdefault(table, []).append(MergeLog(cells.table, kept, gone, prefix))
        return {table: merged_records(self.engine, table, some) for table, some in logs.items()}

    def tables(self) -> dict[str, Completed]:
        """Write `work.typed_<table>` of every table, those first that others need."""
        made: dict[str, Completed] = {}
        for name in _ordered(self.parts):
            done = complete(self.lookups, name, self.keys, self.settings.currency)
            self.engine.create(f"work.typed_{name}", done.query)
            self._view(name, done, None)
            self.lookups.done.add(name)
            made[name] = done
        return made

    def _view(self, name: str, done: Completed, days: exp.Expr | None) -> None:
        """`crm_all.<table>`: the typed table without what only the load needs."""
        columns: list[exp.Expr] = [f.col(n) for n in done.names]
        if days is not None:
            columns.insert(len(columns) - 2, f.alias(days, "open_days"))
        typed = f.table(f"work.typed_{name}")
        self.engine.view(f"crm_all.{name}", exp.select(*columns).from_(typed))

    def as_of(self, tables: Mapping[str, Completed]) -> tuple[datetime, str, datetime | None]:
        """Business today: declared, else the newest event in the data (never a planned date)."""
        newest = []
        for name, done in tables.items():
            events = [c.name for c in entity(name).columns.values() if c.event]
            known = [c for c in events if done.columns.get(c) in ("date", "timestamp")]
            moments = [f.as_timestamp(f.col(c)) for c in known]
            past = [f.max(f.case((m <= f.lit(self.settings.now), m.copy()))) for m in moments]
            if past:
                last = past[0] if len(past) == 1 else f.greatest(*past)
                newest.append(exp.select(f.alias(last, "m")).from_(f.table(f"crm_all.{name}")))
        last_event = None
        if newest:
            query = exp.select(f.alias(f.max(f.col("m")), "m"))
            union = union_all(newest).subquery("u")
            last_event = self.engine.query(query.from_(union)).to_pylist()[0]["m"]
        if self.settings.as_of is not None:
            return self.settings.as_of, "declared", last_event
        if last_event is not None:
            return last_event, "newest_event", last_event
        return self.settings.now, "today", None

    def show(self, tables: Mapping[str, Completed], as_of: datetime) -> dict[str, CrmTable]:
        """`crm_all` and `crm` views, and what is known of each table."""
        counts = self._counts(tables)
        facts: dict[str, CrmTable] = {}
        for name, done in tables.items():
            days = open_days(done.columns, as_of) if name == "deals" else None
            if days is not None and "open_days" not in done.names:
                self._view(name, done, days)
                done.derived["open_days"] = "integer"
            live = exp.select("*").from_(f.table(f"crm_all.{name}"))
            if not self.settings.include_deleted:
                live = live.where(f.col("_live"))
            self.engine.view(f"crm.{name}", live)
            facts[name] = self._facts(name, done, counts[name])
        return facts

    def _counts(self, tables: Mapping[str, Completed]) -> dict[str, dict[str, int]]:
        """Rows kept, live and merged, and rows before folding, by table."""
        if not tables:
            return {}
        merged = f.all_of(f.not_(f.col("_live")), f.not_null(f.col("merged_into_id")))
        queries: list[exp.Query] = [
            exp.select(
                f.alias(f.lit(name), "name"),
                f.alias(f.count(), "kept"),
                f.alias(f.count_if(f.col("_live")), "live"),
                f.alias(f.count_if(merged), "merged"),
            ).from_(f.table(f"crm_all.{name}"))
            for name in tables
        ]
        rows = self.engine.query(union_all(queries)).to_pylist()
        return {row["name"]: row for row in rows}

    def _facts(self, name: str, done: Completed, counts: Mapping[str, int]) -> CrmTable:
        parts = self.parts[name]
        folded = self._folded(name, parts)
        return CrmTable(
            name=name,
            columns=column_facts(name, parts, done.columns, done.derived),
            sources=tuple(dict.fromkeys(p.mapping.source for p in parts)),
            key_given=any(p.mapping.key for p in parts),
            links=self._links(name),
            read=counts["kept"] + folded,
            live=counts["live"],
            deleted=counts["kept"] - counts["live"] - counts["merged"],
            merged=counts["merged"],
            collapsed=folded,
            marks=name in self.lookups.merges
            or any(p.mapping.deleted or p.mapping.merged_into or p.mapping.in_force for p in parts),
        )

    def _links(self, name: str) -> dict[str, str]:
        """How each relation column names the other side.

        `unlisted`: by a name, and no file lists the other side: its records are those that
        stand in the rows of others.
        """
        found: dict[str, str] = {}
        for part in self.parts[name]:
            for column in part.mapping.columns:
                relation = entity(name).relation(column.target)
                if column.link is None or relation is None:
                    continue
                others = self.parts.get(relation.target, ())
                unlisted = bool(others) and all(p.mapping.collapse for p in others)
                by_name = column.link == "name" and unlisted
                found[column.target] = "unlisted" if by_name else column.link
        return found

    def _folded(self, name: str, parts: Sequence[Part]) -> int:
        """Rows that went into another: identical split-off records, repeated product rows."""
        total = 0
        for part in parts:
            if part.all_rows is None:
                continue
            before = self.engine.query(part.all_rows).to_pylist()[0]["n"]
            kept = (
                exp.select(f.alias(f.count(), "n"))
                .from_(f.table(f"crm_all.{name}"))
                .where(f.col("_source").eq(f.lit(part.mapping.source)))
            )
            total += before - self.engine.query(kept).to_pylist()[0]["n"]
        return total

    def unconverted(self, tables: Mapping[str, Completed]) -> None:
        """`work.unconverted`: table, key, column, value, _source, _row, _deleted."""
        shown: exp.Expr = f.lit(True) if self.settings.include_deleted else f.col("_live")
        selects: list[exp.Query] = [
            exp.select(
                f.alias(f.lit(name), "table"),
                f.alias(f.col("id"), "key"),
                f.alias(f.lit(column), "column"),
                f.alias(f.col(unread(column)), "value"),
                f.col("_source"),
                f.col("_row"),
                f.alias(f.not_(shown.copy()), "_deleted"),
            )
            .from_(f.table(f"work.typed_{name}"))
            .where(f.not_null(f.col(unread(column))))
            for name, done in tables.items()
            for column in done.unread
        ]
        if selects:
            self.engine.create("work.unconverted", union_all(selects))


def _ordered(parts: Mapping[str, Sequence[Part]]) -> list[str]:
    """Tables so that each comes after those it needs, as far as they do not need each other."""
    order: list[str] = []
    open_: set[str] = set()

    def visit(name: str) -> None:
        if name in order or name in open_:
            return
        open_.add(name)
        for other in needs(name, parts):
            visit(other)
        order.append(name)

    for name in sorted(parts):
        visit(name)
    return order
