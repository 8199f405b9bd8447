"""The rows that one raw table gives to one canonical table, as a query over the raw table.

A part gives `id`, the mapped and own columns, for columns that can fail to convert the raw
text where they do (`_unread_<column>`), and the system columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from dq.crm.cells import TEXT, Cells, without_days
from dq.crm.mapping import (
    ColumnMapping,
    Conversion,
    LinesRule,
    SourceMapping,
    TableMapping,
)
from dq.crm.model import entity
from dq.crm.staging import staged
from dq.crm.typing import FALSE_WORDS, clean, helper, typed_null, value
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = [
    "SYSTEM",
    "Part",
    "PartSettings",
    "build_part",
    "joined_key",
    "judged_columns",
    "present",
    "split_off",
    "unread",
]

SYSTEM = ("_source", "_row", "_deleted", "_merged")

UTC_KEPT = {("activities", "started_at"), ("touches", "touched_at")}
"""Moments that are also kept in UTC (`<column>_utc`) where the source knows it."""


@dataclass(frozen=True)
class PartSettings:
    """What a part must know beside its mapping.

    `prefix` goes before given keys, `link_prefixes` before the keys that relation columns
    hold. `blank_keys`: some rows have no key of their own. `judged` are the columns whose
    failures this part reports (a raw column that feeds several is judged once). `beside` are
    the records that the same row gives to other tables, by table (see `split_off`).
    """

    zone: str | None = None
    prefix: str | None = None
    link_prefixes: Mapping[str, str] = field(default_factory=dict)
    blank_keys: bool = True
    judged: frozenset[str] = frozenset()
    beside: Mapping[str, TableMapping] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """A query of one source's rows for one table.

    `sql` is for taking all columns, `narrow` the same for taking a few. `types` are the
    columns' types in order; `unread` those with an `_unread_` column; `all_rows` counts rows
    before identical records or repeated product rows were folded.
    """

    mapping: TableMapping
    sql: exp.Query
    narrow: exp.Query
    types: dict[str, str]
    unread: tuple[str, ...]
    all_rows: exp.Query | None = None


def unread(column: str) -> str:
    """Name of the column that holds the texts of `column` that did not convert."""
    return f"_unread_{column}"


def judged_columns(mapping: TableMapping, taken: set[str]) -> frozenset[str]:
    """Columns of a table that can fail to convert and whose raw column is not in `taken`.

    Their raw columns are added to `taken`.
    """
    found: set[str] = set()
    for name, source, how in _readable(mapping):
        if source not in taken and how.type != "text":
            taken.add(source)
            found.add(name)
    return frozenset(found)


def _readable(mapping: TableMapping) -> list[tuple[str, str, Conversion]]:
    columns = [(c.target, c.source, c.conversion) for c in _mapped(mapping) if c.source is not None]
    return columns + [(o.name, o.source, o.conversion) for o in mapping.own]


def split_off(mapping: SourceMapping) -> dict[str, TableMapping]:
    """Tables whose records stand in the same row and have no id of their own, by name."""
    return {t.table: t for t in mapping.tables if t.collapse and not t.key}


def _mapped(mapping: TableMapping) -> list[ColumnMapping]:
    return [c for c in mapping.columns if c.target != "id"]


def _sources(column: ColumnMapping) -> list[str]:
    """Raw columns that a column is read from."""
    return [s for s in (column.source, *column.fallbacks, *column.joined) if s]


def _identity(mapping: TableMapping, text: Callable[[str], exp.Expr]) -> list[exp.Expr]:
    """Texts that make the key of a record without an id; `text` reads a raw column.

    All that the row says of the record. Of one that is split off only what identifies it:
    all its phones and addresses, its names, and its company where it cannot be reached.
    """
    if not mapping.collapse:
        names = {s for _, s, _ in _readable(mapping)}
        names |= {s for column in mapping.columns for s in _sources(column)}
        return [text(name) for name in sorted(names)]
    mapped = {c.target: _sources(c) for c in mapping.columns if _sources(c)}
    model = entity(mapping.table)
    pieces: list[exp.Expr] = []
    reached: list[exp.Expr] = []
    for name, column in model.columns.items():
        if not column.identifying or name not in mapped:
            continue
        texts = [text(source) for source in mapped[name]]
        if column.kind == "phone":
            reached += [f.nullif(f.regexp_replace(t, "[^0-9]", ""), f.lit("")) for t in texts]
        elif column.kind == "email":
            reached += texts
        else:
            pieces.append(texts[0] if len(texts) == 1 else f.coalesce(*texts))
    firm = next((r.column for r in model.relations if r.target == "accounts"), None)
    if firm in mapped:
        named = f.coalesce(*[text(source) for source in mapped[firm]], f.lit(""))
        unreached = f.all_of(*[f.is_null(t) for t in reached]) if reached else f.lit(True)
        pieces.append(f.case((unreached, named)))
    found = [*pieces, *reached]
    return found or [text(s) for sources in mapped.values() for s in sources]


def _digest(folded: Iterable[str]) -> exp.Expr:
    """Digest of cells by the names of their folded texts; each carries its length."""
    pieces: list[exp.Expr] = []
    for name in folded:
        pieces += [f.as_text(f.length(f.col(name))), f.lit(":"), f.col(name)]
    return f.left(f.md5(f.concat(*pieces)), 16)


def build_part(mapping: TableMapping, cells: Cells, settings: PartSettings) -> Part:
    """The query of one (source, table) pair."""
    builder = _Builder(mapping, cells, settings)
    here = present(mapping, cells)
    folding = bool((mapping.lines or mapping.since) and mapping.key)
    all_rows = None
    if folding or mapping.collapse:
        all_rows = exp.select(f.alias(f.count(), "n")).from_(cells.table)
        all_rows = all_rows if here is None else all_rows.where(here)
    return Part(
        mapping,
        builder.query(here, narrow=False),
        builder.query(here, narrow=True),
        builder.types,
        builder.unread,
        all_rows,
    )


def joined_key(parts: Sequence[exp.Expr]) -> exp.Expr:
    """One key of several columns, joined so that no two can run together; NULL if one is."""
    if len(parts) == 1:
        return parts[0]
    pieces: list[exp.Expr] = []
    for part in parts:
        escaped = f.replace(part, f.lit("\\"), f.lit("\\\\"))
        pieces += [f.lit("|"), f.replace(escaped, f.lit("|"), f.lit("\\|"))]
    return f.concat(*pieces[1:])


def present(mapping: TableMapping, cells: Cells) -> exp.Expr | None:
    """Whether a row holds such a record at all; None where every row does."""
    return f.any_of(*[cells.filled(c) for c in mapping.present]) if mapping.present else None


@dataclass
class _Read:
    """One column on its way: its text, cleaned, and its value."""

    name: str
    how: Conversion
    text: exp.Expr
    cleaned: exp.Expr
    value: exp.Expr


class _Builder:
    """Names the steps from raw cells to columns."""

    def __init__(self, mapping: TableMapping, cells: Cells, settings: PartSettings) -> None:
        self.mapping = mapping
        self.settings = settings
        self.cells = cells
        self.types = {"id": "text"}
        self.types |= {c.target: c.conversion.type for c in _mapped(mapping)}
        self.types |= {o.name: o.conversion.type for o in mapping.own}
        self.unread = tuple(n for n in self.types if n in settings.judged)
        self._raw: dict[str, exp.Expr] = {"_row": f.col("_row")}
        self._sources: dict[str, str] = {}
        self._cleaned: dict[str, exp.Expr] = {}
        self._helped: dict[str, exp.Expr] = {}
        self._values: dict[str, exp.Expr] = {}
        self._utc: dict[str, exp.Expr] = {}
        self._reads = [self._column(c) for c in _mapped(mapping)]
        self._reads += [self._read(o.name, [o.source], o.conversion) for o in mapping.own]
        self.types |= dict.fromkeys(self._utc, "timestamp")
        self._key = self._given() if mapping.key else typed_null("text")
        self._made = self._outputs()

    def query(self, here: exp.Expr | None, *, narrow: bool) -> exp.Query:
        """The rows that are there, with their keys."""
        first = [self._raw] if narrow else self._tidied()
        if not self.mapping.key:
            query: exp.Query = self._content(first, here)
        elif not self.settings.blank_keys:
            query = self._query(first, self._key, here)
        else:
            filled = f.all_of(*[self.cells.filled(c) for c in self.mapping.key])
            both = [] if here is None else [here]
            query = union_all(
                [
                    self._query(first, self._key, f.all_of(*both, filled)),
                    self._content(first, f.all_of(*both, f.not_(filled))),
                ]
            )
        if not self.mapping.key:
            return query
        if self.mapping.since:
            query = self._newest(query)
        lines = self.mapping.lines
        return self._folded(query, lines) if lines else query

    def _tidied(self) -> list[dict[str, exp.Expr]]:
        """Raw texts, trimmed only in rows where some text needs it."""
        texts = {
            n: c
            for n, c in self._sources.items()
            if c not in self.cells.tidy
            and self.cells.kind(c) == TEXT
            and self.cells.text(c) == self._raw[n]
        }
        untidy = self.cells.untidy(list(texts.values()))
        if untidy is None:
            return [self._raw]
        marked = {**self._raw, **{n: f.col(c) for n, c in texts.items()}, "_untidy": untidy}
        trims = {
            n: f.nullif(f.case((f.col("_untidy"), f.trim(f.col(n))), default=f.col(n)), f.lit(""))
            for n in texts
        }
        return [marked, {**{n: f.col(n) for n in self._raw}, **trims}]

    def _content(self, first: list[dict[str, exp.Expr]], where: exp.Expr | None) -> exp.Select:
        """Rows whose key is a hash of their cells and, unless they collapse, a number."""
        folded = {
            f"d{i}": f.coalesce(f.fold(piece), f.lit(""))
            for i, piece in enumerate(_identity(self.mapping, self.cells.text))
        }
        digest: dict[str, exp.Expr] = {"_digest": _digest(folded)}
        order = [f.col("_row")]
        number: dict[str, exp.Expr] = {
            "_number": f.row_number(partition=[f.col("_digest")], order=order)
        }
        key = f.concat(f.lit("~"), f.col("_digest"))
        steps: list[dict[str, exp.Expr]] = [{**first[0], **folded}, *first[1:], digest, number]
        if not self.mapping.collapse:
            numbered = f.concat(key, f.lit("-"), f.as_text(f.col("_number")))
            return self._query(steps, numbered, where)
        query = self._query(steps, key, where, {"_number": f.col("_number")})
        return (
            exp.select(*[f.col(n) for n in self._names()])
            .from_(query.subquery("c"))
            .where(f.col("_number").eq(f.lit(1)))
        )

    def _newest(self, query: exp.Query) -> exp.Select:
        """Of several versions of a record the last one."""
        began = next((o.name for o in self.mapping.own if o.source == self.mapping.since), None)
        order: list[exp.Expr] = [f.case((f.col("_deleted"), f.lit(1)), default=f.lit(0))]
        if began is not None:
            order.insert(0, exp.Ordered(this=f.col(began), desc=True, nulls_first=False))
        place = f.row_number(partition=[f.col("id")], order=[*order, f.col("_row")])
        columns = self._names()
        marked = exp.select(*[f.col(n) for n in columns], f.alias(place, "_version"))
        return (
            exp.select(*[f.col(n) for n in columns])
            .from_(marked.from_(query.subquery("p")).subquery("v"))
            .where(f.col("_version").eq(f.lit(1)))
        )

    def _folded(self, query: exp.Query, rule: LinesRule) -> exp.Select:
        """Rows that repeat an id and differ in product columns only become one record."""
        in_lines = {c for c in (rule.product, rule.price, rule.quantity, rule.amount) if c}
        same = [n for n, source, _ in _readable(self.mapping) if source not in in_lines]
        summed = [
            n for n, source, how in _readable(self.mapping)
            if source == rule.amount and how.type == "decimal"
        ]  # fmt: skip
        pieces: list[exp.Expr] = []
        for name in same:
            text = f.coalesce(f.as_text(f.col(name)), f.lit(""))
            pieces += [f.as_text(f.length(text)), f.lit(":"), text]
        record = [f.col("id"), f.col("_same")]
        made: dict[str, exp.Expr] = {
            n: f.as_decimal(f.sum_over(f.col(n), partition=record)) for n in summed
        }
        made |= {unread(n): f.max_over(f.col(unread(n)), partition=record) for n in self.unread}
        copy = f.row_number(partition=record, order=[f.col("_row")])
        columns = self._names()
        steps: list[dict[str, exp.Expr]] = [
            {**{n: f.col(n) for n in columns}, "_same": f.md5(f.concat(f.lit(""), *pieces))},
            {**{n: made.get(n, f.col(n)) for n in columns}, "_copy": copy},
        ]
        return (
            exp.select(*[f.col(n) for n in columns])
            .from_(staged(query.subquery("p"), steps).subquery("q"))
            .where(f.col("_copy").eq(f.lit(1)))
        )

    def _query(
        self,
        first: Sequence[dict[str, exp.Expr]],
        key: exp.Expr,
        where: exp.Expr | None,
        more: Mapping[str, exp.Expr] | None = None,
    ) -> exp.Select:
        steps = [
            *first,
            *[s for s in (self._cleaned, self._helped, self._values) if s],
            {"id": key, **self._made, **(more or {})},
        ]
        return staged(self.cells.table, steps, where)

    def _names(self) -> list[str]:
        return [*self.types, *[unread(n) for n in self.unread], *SYSTEM]

    def _outputs(self) -> dict[str, exp.Expr]:
        made = {read.name: self._linked(read) for read in self._reads} | self._utc
        made |= self._closed_or_planned()
        for read in self._reads:
            if read.name in self.unread:
                failed = f.all_of(f.is_null(read.value), f.not_null(read.cleaned))
                made[unread(read.name)] = f.case((failed, read.text))
        made["_source"] = f.lit(self.mapping.source)
        made["_row"] = f.col("_row")
        made["_deleted"] = self._deleted()
        made["_merged"] = self._merged()
        return made

    def _closed_or_planned(self) -> dict[str, exp.Expr]:
        """One raw date that feeds both is the day of the close once a deal is closed.

        Until then it is the planned one; what was planned for a closed deal is not known.
        """
        sources = {c.target: c.source for c in self.mapping.columns}
        shared = sources.get("closed_at")
        reads = {read.name: read for read in self._reads}
        if shared is None or shared != sources.get("expected_close_at"):
            return {}
        none = typed_null(reads["closed_at"].how.type)
        if "status" not in reads:
            return {"closed_at": none}
        closed = f.coalesce(f.in_(reads["status"].value, ("won", "lost")), f.lit(False))
        return {
            "closed_at": f.case((closed, reads["closed_at"].value), default=none),
            "expected_close_at": f.case(
                (closed.copy(), none.copy()), default=reads["expected_close_at"].value
            ),
        }

    def _linked(self, read: _Read) -> exp.Expr:
        prefix = self.settings.link_prefixes.get(read.name)
        return f.concat(f.lit(prefix), read.value) if prefix else read.value

    def _column(self, column: ColumnMapping) -> _Read:
        how = column.conversion
        other = self._beside(column)
        if other is not None:
            return self._key_beside(column, other)
        if column.constant is not None:
            return self._steps(column.target, f.lit(column.constant), how)
        sources = [s for s in (column.source, *column.fallbacks) if s is not None]
        if not sources and not column.joined:
            empty = typed_null(how.type)
            return _Read(column.target, how, typed_null("text"), empty, empty)
        return self._read(column.target, sources, how, column.joined)

    def _beside(self, column: ColumnMapping) -> TableMapping | None:
        """The record of this very row that a name in it means, if the row gives one."""
        relation = entity(self.mapping.table).relation(column.target)
        other = self.settings.beside.get(relation.target) if relation is not None else None
        if column.link != "name" or other is None or other is self.mapping:
            return None
        label = entity(other.table).name_column
        named = {c.source for c in other.columns if c.target == label}
        return other if column.source in named else None

    def _key_beside(self, column: ColumnMapping, other: TableMapping) -> _Read:
        """The content key of the row's other record: no name need be looked up."""
        texts = [self._text(source) for source in _sources(column)]
        text = texts[0] if len(texts) == 1 else f.coalesce(*texts)
        folded: dict[str, exp.Expr] = {}
        for piece in _identity(other, self._text):
            place = f"c{len(self._cleaned)}"
            self._cleaned[place] = f.coalesce(f.fold(piece), f.lit(""))
            folded[place] = f.col(place)
        key = f.concat(f.lit("~"), _digest(folded))
        place = f"v{len(self._values)}"
        self._values[place] = f.case((f.not_null(text), key))
        return _Read(column.target, column.conversion, text, text, f.col(place))

    def _read(
        self, name: str, sources: Sequence[str], how: Conversion, joined: Sequence[str] = ()
    ) -> _Read:
        typed = None if joined else self.cells.typed(sources, how)
        if typed is not None:
            cells = [self._named(s, f.col(s)) for s in sources]
            cell = cells[0] if len(cells) == 1 else f.coalesce(*cells)
            if how.empty_words:
                place = f"c{len(self._cleaned)}"
                self._cleaned[place] = without_days(cell, how.empty_words)
                cell = f.col(place)
            place = f"v{len(self._values)}"
            self._values[place] = typed(cell, self.settings.zone)
            return _Read(name, how, f.as_text(cell), cell, f.col(place))
        texts = [self._named(s, self.cells.text(s)) for s in sources]
        if joined:
            parts = [self._named(s, self.cells.text(s)) for s in joined]
            texts.append(f.nullif(f.concat_ws(f.lit(" "), *parts), f.lit("")))
        return self._steps(name, texts[0] if len(texts) == 1 else f.coalesce(*texts), how)

    def _steps(self, name: str, text: exp.Expr, how: Conversion) -> _Read:
        cleaned = clean(text, how)
        if not isinstance(cleaned, exp.Column):
            place = f"c{len(self._cleaned)}"
            self._cleaned[place] = cleaned
            cleaned = f.col(place)
        helped = helper(cleaned, how)
        if helped is not None:
            place = f"h{len(self._helped)}"
            self._helped[place] = helped
            helped = f.col(place)
            if (self.mapping.table, name) in UTC_KEPT:
                self._utc[f"{name}_utc"] = helped
        result = value(cleaned, helped, how, self.settings.zone)
        if not isinstance(result, exp.Column):
            place = f"v{len(self._values)}"
            self._values[place] = result
            result = f.col(place)
        return _Read(name, how, text, cleaned, result)

    def _named(self, source: str, cell: exp.Expr) -> exp.Expr:
        """A name for a raw cell, each made once."""
        for name, known in self._raw.items():
            if known == cell:
                return f.col(name)
        name = f"r{len(self._raw)}"
        self._raw[name] = cell
        self._sources[name] = source
        return f.col(name)

    def _text(self, column: str) -> exp.Expr:
        return self._named(column, self.cells.text(column))

    def _given(self) -> exp.Expr:
        key = joined_key([self._text(c) for c in self.mapping.key])
        return f.concat(f.lit(self.settings.prefix), key) if self.settings.prefix else key

    def _deleted(self) -> exp.Expr:
        words = [w.casefold() for w in self.mapping.deleted_values]
        said = [f.in_(f.fold(self._text(c)), words) for c in self.mapping.deleted]
        if self.mapping.in_force is not None:
            said.append(f.in_(f.fold(self._text(self.mapping.in_force)), FALSE_WORDS))
        if not said:
            return f.lit(False)
        return f.any_of(*[f.coalesce(each, f.lit(False)) for each in said])

    def _merged(self) -> exp.Expr:
        """Key of the record that this one went into; a record does not go into itself."""
        if self.mapping.merged_into is None:
            return typed_null("text")
        survivor = self._text(self.mapping.merged_into)
        if self.settings.prefix:
            survivor = f.concat(f.lit(self.settings.prefix), survivor)
        if len(self.mapping.key) != 1:
            return survivor
        return f.nullif(survivor, self._key)
