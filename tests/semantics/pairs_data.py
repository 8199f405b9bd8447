"""Random small tables for the pairs of predicates, with the values at which they turn.

Every column that a pair names draws from the literals of the pairs that name it, from their
neighbours and from NULL; keys draw from the ids of the tables, from ids of no record and from
NULL. Sizes differ from table to table and seed to seed, and some tables are empty.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from ruamel.yaml import YAML
from sqlglot import exp, parse_one

from dq.crm.model import TABLES

__all__ = ["PAIRS", "as_of", "columns", "random_tables"]

Pair = Mapping[str, Any]

PAIRS: Sequence[Pair] = YAML(typ="safe").load(
    (Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8")
)

_DERIVED = {
    "deals": {"amount_base": "decimal", "open_days": "integer", "last_activity_at": "timestamp"},
    "leads": {"last_activity_at": "timestamp"},
    "accounts": {"last_activity_at": "timestamp"},
}
_TYPES = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "boolean": pa.bool_(),
}
_SIZES = (0, 2, 3, 5, 8, 40, 300, 300, 300, 300)
_NULLS = (0.0, 0.1, 0.3)
_KEYS = 300
_DAYS_OF_REPORT = (
    datetime(2024, 3, 31), datetime(2023, 5, 1), datetime(2024, 9, 1, 12), datetime(2023, 3, 31),
    datetime(2024, 3, 1), datetime(2024, 1, 31), datetime(2024, 12, 31, 23, 59, 59),
)  # fmt: skip
_STEP = Decimal("0.0001")
_MICRO = timedelta(microseconds=1)


@dataclass
class _Literals:
    """What the pairs that name a column hold."""

    numbers: set[Decimal] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    moments: set[datetime] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)


def columns(table: str) -> dict[str, str]:
    """The type of each column of a table, derived ones included."""
    own = {name: column.type for name, column in TABLES[table].columns.items()}
    return own | _DERIVED.get(table, {})


def as_of(seed: int) -> datetime:
    """The day of the report that goes with a seed's tables."""
    return _DAYS_OF_REPORT[seed % len(_DAYS_OF_REPORT)]


def random_tables(seed: int) -> dict[str, pa.Table]:
    """Tables by name, each with the columns that some pair names; the same for the same seed."""
    chance = np.random.default_rng(seed)
    return {table: _table(chance, table, names, as_of(seed)) for table, names in _used().items()}


def _table(
    chance: np.random.Generator, table: str, names: Sequence[str], today: datetime
) -> pa.Table:
    rows, nulls = int(chance.choice(_SIZES)), float(chance.choice(_NULLS))
    # few keys or many: where keys are few a record meets several others, and all their words
    reach = int(chance.choice((4, 40, _KEYS)))
    made: dict[str, pa.Array] = {"id": pa.array([f"k{place}" for place in range(rows)])}
    for name in names:
        kind = columns(table)[name]
        if name == "id":
            continue
        if _is_key(table, name):
            pool: list[Any] = [f"k{place}" for place in range(reach)] + ["x1", "x2"]
        else:
            pool = _pool(name, kind, today)
        values = pa.array(pool, _TYPES[kind]).take(pa.array(chance.integers(len(pool), size=rows)))
        if kind == "timestamp":
            values = _near(chance, values, [a for a in made.values() if a.type == values.type])
        gone = pa.array(chance.random(rows) < nulls)
        made[name] = pa.compute.if_else(gone, pa.scalar(None, values.type), values)
    return pa.table(made)


def _is_key(table: str, name: str) -> bool:
    column = TABLES[table].columns.get(name)
    return column is not None and column.relation is not None


def _near(chance: np.random.Generator, values: pa.Array, others: Sequence[pa.Array]) -> pa.Array:
    """A third of the moments a certain time after another moment of the same row."""
    if not others:
        return values
    steps = [timedelta(days=days) + odd for days in (0, 1, 30) for odd in _odd(timedelta(hours=1))]
    picked = pa.array(steps, pa.duration("us")).take(
        pa.array(chance.integers(len(steps), size=len(values)))
    )
    beside = pa.compute.add(others[int(chance.integers(len(others)))], picked)
    return pa.compute.if_else(pa.array(chance.random(len(values)) < 1 / 3), beside, values)


def _odd(step: timedelta) -> tuple[timedelta, ...]:
    return (timedelta(), _MICRO, -_MICRO, step, -step)


# --- the values of a column --------------------------------------------------------------


@cache
def _used() -> dict[str, tuple[str, ...]]:
    """The columns that pairs name, by table; a name counts for each table of its pair."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in PAIRS:
        trees = [_tree(pair[side]) for side in "ab"]
        tables = {pair["of"]} | {t.name for tree in trees for t in tree.find_all(exp.Table)}
        names = {c.name for tree in trees for c in tree.find_all(exp.Column)}
        for table in tables:
            found[table] |= names & set(columns(table))
    return {table: tuple(sorted(names)) for table, names in sorted(found.items())}


@cache
def _literals() -> dict[str, _Literals]:
    """What each column is compared with, by its name."""
    found: dict[str, _Literals] = defaultdict(_Literals)
    for pair in PAIRS:
        for side in "ab":
            for node in _tree(pair[side]).find_all(exp.Literal):
                for column in _comparison(node).find_all(exp.Column):
                    _gather(node, found[column.name])
        for column_name, words in pair.get("values", {}).items():
            found[column_name.partition(".")[2]].texts |= set(words)
    return found


def _comparison(node: exp.Expr) -> exp.Expr:
    """The comparison in which a literal stands."""
    while isinstance(node.parent, exp.Expr) and not isinstance(node.parent, exp.Connector):
        node = node.parent
        if isinstance(node, exp.Predicate | exp.If):
            break
    return node


def _gather(node: exp.Literal, into: _Literals) -> None:
    parent = node.parent
    if isinstance(parent, exp.Interval):
        unit = parent.text("unit").upper()
        if unit == "DAY":
            into.days.add(int(node.name))
        elif unit in {"MONTH", "YEAR"}:
            into.months.add(int(node.name) * (12 if unit == "YEAR" else 1))
    elif isinstance(parent, exp.Cast):
        into.moments.add(datetime.fromisoformat(node.name))
    elif node.is_string:
        into.texts.add(node.name)
    else:
        into.numbers.add(Decimal(node.name))


@cache
def _tree(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


@cache
def _pool(name: str, kind: str, today: datetime) -> list[Any]:
    near = _literals()[name]
    if kind == "boolean":
        return [True, False]
    if kind == "text":
        return _texts(near.texts)
    if kind in {"integer", "decimal"}:
        return _numbers(near.numbers, whole=kind == "integer")
    moments = _moments(near, today)
    return sorted({m.date() for m in moments}) if kind == "date" else moments


def _numbers(literals: set[Decimal], whole: bool) -> list[Any]:
    """The literals, the places beside them, their halves, doubles and opposites, and a few."""
    plain = {n for n in literals if n == n.quantize(_STEP)} | {Decimal(0), Decimal(1)}
    wide = {v for n in plain for v in (n, n / 2, n * 2, -n, n - 1, n + 1, n + Decimal("0.5"))}
    close = {v for n in plain for v in (n - _STEP, n + _STEP)}
    values = {v.quantize(_STEP) for v in wide | close}
    return sorted({int(v) for v in values}) if whole else sorted(values)


def _texts(literals: set[str]) -> list[str]:
    """The literals without wildcards, and as many texts that differ from them a little."""
    plain = sorted({text.replace("%", "").replace("_", "-") for text in literals} | {""})
    made = {" ", "another"} | {text.replace("-", "_") for text in plain}
    for text in filter(None, plain):
        made |= {text.upper(), text.lower(), f"{text} ", f"{text} and more", f"Old {text}"}
        made |= {f"{text} {other}" for other in plain if text[0].isupper() and other[:1].isupper()}
    others = sorted(made - set(plain))
    return plain * max(1, len(others) // len(plain)) + others


def _moments(near: _Literals, today: datetime) -> list[datetime]:
    whole = {today - timedelta(days=days) for days in near.days | {0, 1, 7, 89, 91, 92}}
    whole |= {_months_before(today, months) for months in near.months | {1}}
    if today.month == 3 and today.day > 28:
        whole |= {datetime(today.year, 2, day) for day in (27, 28)}
    whole |= near.moments | {datetime.combine(date(2024, 6, 15), time())}
    return sorted({m + odd for m in whole for odd in (*_odd(timedelta(hours=9)), timedelta(1))})


def _months_before(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
