"""Worklists: the open findings of a run, each with its record and the person who has it.

One list an owner, a table or a rule. A list holds the worst findings first, and at most as
many as somebody can work through; what is left out is counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.crm.model import TABLES
from dq.engines import open_engine
from dq.errors import StoreError, UsageError
from dq.files import workspace
from dq.findings import Finding, Severity
from dq.runs import Snapshots
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = ["BY", "MOST", "Choice", "Item", "Worklist", "worklists"]

BY = ("owner", "table", "rule")

MOST = 2000
"""Findings of one list where nobody says otherwise: more of them nobody works through."""

_PEOPLE = "users"


@dataclass(frozen=True)
class Choice:
    """Which findings, and one list of what; empty means all."""

    by: str = "owner"
    owners: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    most: int = MOST


@dataclass(frozen=True)
class Item:
    """One finding to be worked on: with the record's name and the id and name of its owner."""

    finding: Finding
    name: str | None
    owner: str | None
    owner_name: str | None


@dataclass(frozen=True)
class Worklist:
    """The findings of one owner, table or rule; `name` is empty for records without an owner.

    `left_out` counts those beyond the limit.
    """

    by: str
    name: str
    items: tuple[Item, ...]
    left_out: int


def worklists(project: Path, run: Run, choice: Choice) -> Iterator[Worklist]:
    """The lists of a run, in the order of their names, those without an owner last.

    Raises:
        UsageError: `by` is none of `BY`.
        StoreError: the findings or tables of the run are no longer there.
    """
    if choice.by not in BY:
        raise UsageError(
            "There is no worklist by {by}.",
            fix="Choose one of: {choices}.",
            by=choice.by,
            choices=", ".join(BY),
        )
    with workspace() as work:
        engine = open_engine("duckdb", work / "engine")
        try:
            yield from _lists(_rows(engine, project, run, choice), choice)
        finally:
            engine.close()


def _rows(engine: Engine, project: Path, run: Run, choice: Choice) -> Iterator[Mapping[str, Any]]:
    """Findings in the order of lists and of weight."""
    path = run.path / "findings.parquet"
    if not path.is_file():
        raise StoreError(
            "The findings of the run {run} cannot be read.", fix="Run dq run again.", run=run.run_id
        )
    engine.load("work.findings", path)
    known = _load_tables(engine, project, run)
    names = engine.query(exp.select(f.col("table")).from_(f.table("work.findings")).distinct())
    wanted = sorted(row["table"] for row in names.to_pylist())
    queries = [
        _query(name, known, choice) for name in wanted if not choice.tables or name in choice.tables
    ]
    if not queries:
        return
    whole = union_all(queries).subquery("w")
    order = [
        exp.Ordered(this=f.col(name), nulls_first=False, desc=down)
        for name, down in (
            ("list_name", False), ("list", False), ("rank", True), ("money", True), ("code", False),
            ("cause", False), ("table", False), ("row", False), ("key", False), ("column", False),
        )
    ]  # fmt: skip
    for batch in engine.batches(exp.select("*").from_(whole).order_by(*order)):
        yield from batch.to_pylist()


def _load_tables(engine: Engine, project: Path, run: Run) -> dict[str, frozenset[str]]:
    """The run's tables as `kept.<table>`, and their columns."""
    snapshots = Snapshots(project / ".dq" / "snapshots")
    known = {}
    for name, digest in run.snapshots.items():
        kept = snapshots.find(digest)
        if kept is None:
            raise StoreError(
                "The table {table} of the run {run} is no longer kept.",
                fix="Run dq run again.",
                table=name,
                run=run.run_id,
            )
        (file,) = kept.path.glob("*.parquet")
        engine.load(f"kept.{name}", file)
        known[name] = frozenset(engine.schema(f"kept.{name}").names)
    return known


def _query(table: str, known: Mapping[str, frozenset[str]], choice: Choice) -> exp.Query:
    """Open findings of a table with name and owner of their records."""
    columns = known.get(table, frozenset())
    label = TABLES[table].name_column if table in TABLES else None
    name = _maybe(label, columns, "r")
    owner = _maybe("owner_id", columns, "r")
    through = "deals" in known and "deal_id" in columns and "owner_id" in known["deals"]
    if through:
        owner = f.coalesce(owner, f.as_text(f.col("owner_id", "d")))
    person = f.as_text(f.col("name", "u")) if _PEOPLE in known else _nothing()
    ranks = [(f.col("severity", "w").eq(f.lit(s.value)), f.lit(s.rank)) for s in Severity]
    listed = {"owner": owner, "table": f.col("table", "w"), "rule": f.col("code", "w")}[choice.by]
    shown = person if choice.by == "owner" else _nothing()
    least = [s.value for s in Severity if s.rank >= choice.severity.rank]
    where = [
        f.col("table", "w").eq(f.lit(table)),
        f.is_null(f.col("suppressed", "w")),
        f.in_(f.col("severity", "w"), least),
    ]
    if choice.codes:
        where.append(f.in_(f.col("code", "w"), list(choice.codes)))
    kept = (
        "id", "code", "severity", "table", "key", "column", "value", "cause", "args", "money",
        "file", "sheet", "row",
    )  # fmt: skip
    query = exp.select(
        *[f.col(n, "w") for n in kept],
        f.alias(f.case(*ranks), "rank"),
        f.alias(name, "name"),
        f.alias(owner.copy(), "owner"),
        f.alias(person.copy(), "owner_name"),
        f.alias(listed.copy(), "list"),
        f.alias(f.coalesce(shown.copy(), listed.copy()), "list_name"),
    ).from_(f.table("work.findings", "w"))
    if columns:
        query = query.join(
            _once(table, columns), on=f.col("key", "w").eq(f.col("id", "r")), join_type="left"
        )
    if through:
        query = query.join(
            _once("deals", known["deals"], "d"),
            on=f.as_text(f.col("deal_id", "r")).eq(f.col("id", "d")),
            join_type="left",
        )
    if _PEOPLE in known:
        query = query.join(
            _once(_PEOPLE, known[_PEOPLE], "u"),
            on=owner.copy().eq(f.col("id", "u")),
            join_type="left",
        )
    return query.where(f.all_of(*where))


def _once(table: str, columns: frozenset[str], alias: str = "r") -> exp.Expr:
    """Each record of a table once by its key, with what worklists tell of it."""
    label = TABLES[table].name_column if table in TABLES else None
    told = [c for c in ("owner_id", "deal_id", label) if c in columns]
    named = [f.alias(f.min(f.as_text(f.col(c))), str(c)) for c in dict.fromkeys(told)]
    query = exp.select(f.col("id"), *named).from_(f.table(f"kept.{table}")).group_by(f.col("id"))
    return query.subquery(alias)


def _maybe(column: str | None, columns: frozenset[str], table: str) -> exp.Expr:
    return f.as_text(f.col(column, table)) if column in columns and column else _nothing()


def _nothing() -> exp.Expr:
    return exp.cast(exp.null(), "TEXT")


def _lists(rows: Iterator[Mapping[str, Any]], choice: Choice) -> Iterator[Worklist]:
    current: tuple[str, str] | None = None
    items: list[Item] = []
    left_out = 0
    seen: set[str] = set()
    for row in rows:
        if row["id"] in seen:  # a key that stands twice in the file is one record to work on
            continue
        seen.add(row["id"])
        place = (row["list"] or "", row["list_name"] or "")
        if place != current:
            if current is not None and _is_wanted(current, choice):
                yield Worklist(choice.by, current[1], tuple(items), left_out)
            current, items, left_out = place, [], 0
        if len(items) < choice.most:
            items.append(_item(row))
        else:
            left_out += 1
    if current is not None and _is_wanted(current, choice):
        yield Worklist(choice.by, current[1], tuple(items), left_out)


def _is_wanted(place: tuple[str, str], choice: Choice) -> bool:
    owners = {owner.casefold() for owner in choice.owners}
    return not owners or bool(owners & {part.casefold() for part in place})


def _item(row: Mapping[str, Any]) -> Item:
    args = json.loads(row["args"]) if row["args"] else {}
    finding = Finding(
        code=row["code"],
        severity=Severity(row["severity"]),
        table=row["table"],
        key=row["key"],
        column=row["column"],
        value=row["value"],
        cause=row["cause"],
        args={str(k): str(v) for k, v in args.items() if v is not None},
        money=Decimal(row["money"]) if row["money"] is not None else None,
        file=row["file"],
        sheet=row["sheet"],
        row=row["row"],
        id=row["id"] or "",
    )
    return Item(finding, row["name"], row["owner"], row["owner_name"])
