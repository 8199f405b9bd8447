"""Keys of several sources in one table.

Exports of one shape share their ids: the same id in two of them is the same record twice.
Where sources of different shapes use the same ids for different records, keys get the name
of their source before them (`<source>:<id>`), and so do the links that mean them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from dq.crm.cells import Cells
from dq.crm.mapping import ProjectMapping, SourceMapping, TableMapping
from dq.crm.model import entity
from dq.crm.parts import joined_key, present
from dq.crm.staging import staged
from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all
from dq.tables import RawTable

__all__ = ["Keys", "find_keys"]


@dataclass
class Keys:
    """What the keys of all sources are like.

    `blank` holds the (source, table) pairs in which rows lack a key; `prefixes` gives by
    table the prefix of each source that feeds it, for tables whose ids collide.
    """

    blank: set[tuple[str, str]] = field(default_factory=set)
    prefixes: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    presets: dict[str, str] = field(default_factory=dict)

    def own(self, source: str, table: str) -> str | None:
        """Prefix of the keys that a source gives to a table."""
        return self.prefixes.get(table, {}).get(source)

    def meant(self, source: str, table: str) -> str | None:
        """Prefix of the records of `table` that an id in `source` means.

        The source's own, else that of its workbook, else that of its CRM; None where the
        table's keys have none, or where it cannot be told.
        """
        known = self.prefixes.get(table, {})
        if source in known:
            return known[source]
        for facts in (self.files, self.presets):
            about = facts.get(source)
            found = {p for other, p in known.items() if about and facts.get(other) == about}
            if len(found) == 1:
                return found.pop()
        return None

    def links(self, mapping: TableMapping) -> dict[str, str]:
        """Prefixes of the keys in a table's relation columns."""
        found: dict[str, str] = {}
        for column, target in linked_by_id(mapping):
            prefix = self.meant(mapping.source, target)
            if prefix is not None:
                found[column] = prefix
        return found

    def unclear(self, mapping: TableMapping) -> dict[str, str]:
        """Relation columns (with their tables) whose ids could mean several sources' records."""
        return {
            column: target
            for column, target in linked_by_id(mapping)
            if target in self.prefixes and self.meant(mapping.source, target) is None
        }


def linked_by_id(mapping: TableMapping) -> Iterator[tuple[str, str]]:
    """Relation columns that hold keys, each with the table that they point at."""
    for column in mapping.columns:
        relation = entity(mapping.table).relation(column.target)
        if relation is not None and column.link != "name":
            yield column.target, relation.target


def find_keys(
    engine: Engine,
    mapping: ProjectMapping,
    raws: Mapping[str, RawTable],
    cells: Mapping[str, Cells],
) -> Keys:
    """Look at the key columns of all sources; each is read once."""
    keys = Keys()
    sources = [s for s in mapping.sources if s.source in raws]
    for source in sources:
        keys.files[source.source] = str(raws[source.source].facts.file)
        keys.presets[source.source] = source.preset if source.preset != "generic" else ""
        keys.blank |= _blank(engine, source, cells[source.source])
    feeding: dict[str, list[tuple[SourceMapping, TableMapping]]] = {}
    for source in sources:
        for table in source.tables:
            if table.key:
                feeding.setdefault(table.table, []).append((source, table))
    for name, pairs in feeding.items():
        firsts: dict[str, str] = {}
        for source, _ in pairs:
            firsts.setdefault(source.shape, source.source)
        if len(firsts) > 1 and _collide(engine, pairs, cells):
            keys.prefixes[name] = {s.source: f"{firsts[s.shape]}:" for s, _ in pairs}
    return keys


def _blank(engine: Engine, source: SourceMapping, cells: Cells) -> set[tuple[str, str]]:
    keyed = [t for t in source.tables if t.key]
    if not keyed:
        return set()
    counts = []
    for place, table in enumerate(keyed):
        blank = f.not_(f.all_of(*[cells.filled(c) for c in table.key]))
        here = present(table, cells)
        counted = f.count_if(blank if here is None else f.all_of(here, blank))
        counts.append(f.alias(counted, f"n{place}"))
    row = engine.query(exp.select(*counts).from_(cells.table)).to_pylist()[0]
    return {(source.source, t.table) for place, t in enumerate(keyed) if row[f"n{place}"]}


def _collide(
    engine: Engine,
    pairs: list[tuple[SourceMapping, TableMapping]],
    cells: Mapping[str, Cells],
) -> bool:
    """Whether sources of different shapes have an id in common."""
    queries = []
    for source, table in pairs:
        own = cells[source.source]
        texts = {f"k{i}": own.text(c) for i, c in enumerate(table.key)}
        steps = [texts, {"k": joined_key([f.col(n) for n in texts]), "shape": f.lit(source.shape)}]
        queries.append(staged(own.table, steps, present(table, own)))
    shared = (
        exp.select(f.alias(f.col("k"), "k"))
        .from_(union_all(queries).subquery("u"))
        .where(f.not_null(f.col("k")))
        .group_by(f.col("k"))
        .having(f.min(f.col("shape")) < f.max(f.col("shape")))
        .limit(1)
    )
    return bool(engine.query(shared).num_rows)
