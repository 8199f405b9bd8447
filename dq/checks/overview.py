"""A look at a table: per column what is filled, how many values, which, of what form.

Four kinds of query, each over as many columns as fit: counts and ends, distinct values, the
most frequent ones, and forms of texts (by the first rows). A wide table of a million rows
takes a dozen queries, not hundreds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from dq.engines.base import Engine
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["SAMPLE_ROWS", "ColumnOverview", "Seen", "TableOverview", "overview"]

AT_ONCE = 64
"""Columns that one query looks at."""

TOP = 5
"""Most frequent values, and forms, told of a column."""

SAMPLE_ROWS = 20_000
"""Rows (by place in the file) whose texts tell the forms of a column."""

SPARSE, HEAVY = 0.05, 0.5
"""Filled below this share a column is nearly blank; a value above it is told as heavy."""

LIKE = 0.95
"""Share of a text column's values that look like numbers or days from which it is told."""

_NUMBERS = frozenset({"integer", "decimal", "double"})
_DAYS = frozenset({"date", "timestamp"})
_NUMERIC = "[-+]?9[9 \u00a0.,]*"
_DAY = r"9{1,4}[-./]9{1,2}[-./]9{1,4}([a ].*)?"
_FORMS = 50
_MASK = (("[0-9]", "9"), ("[A-Za-zА-Яа-яЁёІіЇїЄєҐґ]+", "a"))


@dataclass(frozen=True)
class Seen:
    """A column to look at; `type` is text, integer, decimal, double, date, timestamp, boolean."""

    name: str
    type: str
    kind: str = "text"
    header: str | None = None
    personal: bool = False


@dataclass(frozen=True)
class ColumnOverview:
    """What a column holds. `least` and `most` are values of numbers and days, lengths of texts.

    `top` and `patterns` are the most frequent values and forms (each digit 9, words a) with
    their rows; `warnings` are message keys, each with its args.
    """

    seen: Seen
    rows: int
    filled: int
    distinct: int
    least: str | None = None
    most: str | None = None
    mean: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    patterns: tuple[tuple[str, int], ...] = ()
    unread: int = 0
    warnings: tuple[tuple[str, Mapping[str, object]], ...] = ()


@dataclass(frozen=True)
class TableOverview:
    """A table and its columns in their order."""

    name: str
    rows: int
    columns: tuple[ColumnOverview, ...]
    key: str | None = None
    repeated_keys: int = 0
    sources: tuple[str, ...] = field(default_factory=tuple)


def overview(
    engine: Engine,
    name: str,
    view: str,
    columns: Sequence[Seen],
    *,
    key: str | None = None,
    unread: Mapping[str, int] | None = None,
    sources: Sequence[str] = (),
) -> TableOverview:
    """Look at `view`, a table of the engine.

    Args:
        engine: where the table is.
        name: what it is called.
        view: its name in the engine.
        columns: those to look at.
        key: the column that tells records apart.
        unread: by column, cells of the file that did not convert to the column's type.
        sources: the files that it came from.
    """
    counts = _counts(engine, view, columns)
    filled = [c for c in columns if counts[c.name]["filled"]]
    distinct = _distinct(engine, view, filled)
    telling = [c for c in filled if _repeats(counts[c.name]["filled"], distinct[c.name])]
    tops = _tops(engine, view, telling)
    forms = _forms(engine, view, [c for c in filled if c.type == "text"])
    rows = int(counts["*"]["rows"])
    made = []
    for column in columns:
        facts = counts[column.name]
        one = ColumnOverview(
            seen=column,
            rows=rows,
            filled=int(facts["filled"]),
            distinct=distinct.get(column.name, 0),
            least=_end(facts["least"]),
            most=_end(facts["most"]),
            mean=facts.get("mean"),
            top=tops.get(column.name, ())[:TOP],
            patterns=forms.get(column.name, ()),
            unread=(unread or {}).get(column.name, 0),
        )
        made.append(_warned(one, key))
    repeated = 0
    if key is not None and key in counts:
        repeated = int(counts[key]["filled"]) - distinct.get(key, 0)
    return TableOverview(name, rows, tuple(made), key, repeated, tuple(sources))


def _blocks(columns: Sequence[Seen]) -> Iterator[Sequence[Seen]]:
    for start in range(0, len(columns), AT_ONCE):
        yield columns[start : start + AT_ONCE]


def _counts(engine: Engine, view: str, columns: Sequence[Seen]) -> dict[str, dict[str, Any]]:
    """By column: filled, least, most, mean; under `*` the rows."""
    found: dict[str, dict[str, Any]] = {}
    for block in _blocks(columns) if columns else [()]:
        wanted: list[exp.Expression] = [f.alias(f.count(), "rows")]
        for i, column in enumerate(block):
            cell = f.col(column.name)
            wanted.append(f.alias(f.count(cell), f"c{i}"))
            if column.type == "boolean":
                continue
            measured = f.length(cell) if column.type == "text" else cell
            wanted.append(f.alias(f.min(measured), f"l{i}"))
            wanted.append(f.alias(f.max(measured.copy()), f"m{i}"))
            if column.type in _NUMBERS:
                wanted.append(f.alias(f.sum(f.as_double(f.col(column.name))), f"s{i}"))
        row = engine.query(exp.select(*wanted).from_(f.table(view))).to_pylist()[0]
        found["*"] = {"rows": row["rows"]}
        for i, column in enumerate(block):
            filled, total = row[f"c{i}"], row.get(f"s{i}")
            found[column.name] = {
                "filled": filled,
                "least": row.get(f"l{i}"),
                "most": row.get(f"m{i}"),
                "mean": total / filled if total is not None and filled else None,
            }
    return found


def _distinct(engine: Engine, view: str, columns: Sequence[Seen]) -> dict[str, int]:
    found: dict[str, int] = {}
    for block in _blocks(columns):
        wanted = [f.alias(f.count_distinct(f.col(c.name)), f"d{i}") for i, c in enumerate(block)]
        row = engine.query(exp.select(*wanted).from_(f.table(view))).to_pylist()[0]
        found.update({c.name: row[f"d{i}"] for i, c in enumerate(block)})
    return found


def _repeats(filled: int, distinct: int) -> bool:
    """Whether the most frequent values say something: keys and free texts have none."""
    return distinct <= filled * HEAVY or distinct <= TOP


def _tops(
    engine: Engine, view: str, columns: Sequence[Seen]
) -> dict[str, tuple[tuple[str, int], ...]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for block in _blocks(columns):
        parts = [_top(view, place, column) for place, column in enumerate(block)]
        for row in engine.query(union_all(parts)).to_pylist():
            found.setdefault(block[row["place"]].name, []).append((row["v"], row["n"]))
    order = {name: sorted(values, key=lambda v: (-v[1], v[0])) for name, values in found.items()}
    return {name: tuple(values) for name, values in order.items()}


def _top(view: str, place: int, column: Seen) -> exp.Select:
    text = f.col(column.name) if column.type == "text" else f.as_text(f.col(column.name))
    top = (
        exp.select(f.alias(f.lit(place), "place"), f.alias(text, "v"), f.alias(f.count(), "n"))
        .from_(f.table(view))
        .where(f.not_null(f.col(column.name)))
        .group_by(text.copy())
        .order_by(exp.column("n", quoted=True).desc(), exp.column("v", quoted=True))
        .limit(TOP)
    )
    return exp.select(*[f.col(n) for n in ("place", "v", "n")]).from_(top.subquery(f"t{place}"))


def _forms(
    engine: Engine, view: str, columns: Sequence[Seen]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """Forms of the texts in the first rows: `+9 (999) 999-99-99`, `a@a.a`."""
    found: dict[str, Counter[str]] = {c.name: Counter() for c in columns}
    for block in _blocks(columns):
        parts = [_form(view, place, column) for place, column in enumerate(block)]
        for row in engine.query(union_all(parts)).to_pylist():
            found[block[row["place"]].name][row["p"]] += row["n"]
    return {name: tuple(counts.most_common()) for name, counts in found.items() if counts}


def _form(view: str, place: int, column: Seen) -> exp.Select:
    form: exp.Expression = f.substring(f.col(column.name), f.lit(1), f.lit(60))
    for pattern, sign in _MASK:
        form = f.regexp_replace(form, pattern, sign)
    sample = (
        exp.select(f.alias(form, "p"))
        .from_(f.table(view))
        .where(f.all_of(f.col("_row") <= f.lit(SAMPLE_ROWS), f.not_null(f.col(column.name))))
    )
    top = (
        exp.select(f.alias(f.lit(place), "place"), f.col("p"), f.alias(f.count(), "n"))
        .from_(sample.subquery(f"s{place}"))
        .group_by(f.col("p"))
        .order_by(exp.column("n", quoted=True).desc(), exp.column("p", quoted=True))
        .limit(_FORMS)
    )
    return exp.select(*[f.col(n) for n in ("place", "p", "n")]).from_(top.subquery(f"t{place}"))


def _end(value: object) -> str | None:
    return None if value is None else str(value)


def _warned(one: ColumnOverview, key: str | None) -> ColumnOverview:
    return replace(one, warnings=tuple(_warnings(one, key)), patterns=one.patterns[:TOP])


def _warnings(one: ColumnOverview, key: str | None) -> Iterator[tuple[str, Mapping[str, object]]]:
    seen = one.seen
    if one.unread:
        yield "profile.unread", {"n": one.unread, "type": seen.type}
    if not one.filled:
        yield "profile.blank", {}
        return
    if seen.name == key:
        if one.distinct < one.filled:
            yield "profile.key_repeats", {"n": one.filled - one.distinct}
        if one.filled < one.rows:
            yield "profile.key_blank", {"n": one.rows - one.filled}
        return
    if one.filled < one.rows * SPARSE:
        yield "profile.sparse", {"n": one.filled}
    if one.distinct == 1 and one.rows > 1:
        yield "profile.constant", {"value": one.top[0][0] if one.top else ""}
    elif one.top and one.top[0][1] > one.filled * HEAVY and one.distinct > TOP * 2:
        yield "profile.heavy", {"value": one.top[0][0], "share": one.top[0][1] / one.filled}
    if seen.type == "text" and seen.kind not in ("id", "phone", "tax_id"):
        yield from _likeness(one)


def _likeness(one: ColumnOverview) -> Iterator[tuple[str, Mapping[str, object]]]:
    """A text column whose values look like numbers or days: nobody can add or sort them."""
    told = sum(n for _, n in one.patterns)
    for key, pattern in (("profile.numbers_as_text", _NUMERIC), ("profile.days_as_text", _DAY)):
        like = sum(n for form, n in one.patterns if re.fullmatch(pattern, form))
        if told and like >= told * LIKE:
            yield key, {}
            return
