"""Findings of a run that is kept: chosen by what they are about, with owner and news."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.checks.origins import user_names
from dq.crm.model import DERIVED, TABLES
from dq.errors import Place, StoreError, UsageError
from dq.findings import Finding, Severity, findings_schema
from dq.runs import Snapshots
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = [
    "COLUMNS",
    "STATES",
    "Chosen",
    "Judged",
    "Wanted",
    "chosen",
    "finding_of",
    "findings_path",
    "is_personal",
    "judged",
    "load_findings",
    "open_chosen",
]

STATES = ("open", "suppressed", "all")

COLUMNS = (*(n for n in findings_schema().names if n != "effect"), "owner", "owner_id", "new")
"""Columns of a list of findings: those of findings.parquet, who answers for the record, and
whether the run before did not have it (NULL: there was none)."""

BLOCK = ("severity", "code", "table", "column")
"""What findings that are listed together share."""

_PEOPLE = frozenset({"contacts", "leads"})
_OWNER = "owner_id"


@dataclass(frozen=True)
class Wanted:
    """Which findings; what is empty narrows nothing.

    `codes` are rules or families (`C105`, `C`); `severity` is the least; `group` the id of a
    group (`C105|deals|amount|`), whose last parts may be left out; `owner` a name or a key;
    `new` those that the run before did not have.
    """

    codes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    severity: str | None = None
    group: str | None = None
    origin: str | None = None
    owner: str | None = None
    new: bool = False
    state: str = "open"


def findings_path(run: Run) -> Path:
    """The file with all findings of a run.

    Raises:
        StoreError: it is not there.
    """
    path = run.path / "findings.parquet"
    if not path.is_file():
        raise StoreError(
            "The findings of the run {run} cannot be read.",
            where=Place(file=str(path)),
            fix="Run dq run again.",
            run=run.run_id,
        )
    return path


def load_findings(engine: Engine, name: str, run: Run) -> None:
    """Make the findings of a run readable under `name`, whatever version of dq wrote them."""
    engine.load(name, findings_path(run))
    there = set(engine.schema(name).names)
    missing = [field for field in findings_schema() if field.name not in there]
    if missing:
        raw = f"{name}_as_written"
        engine.load(raw, findings_path(run))
        nulls = [f.alias(f.null("text"), field.name) for field in missing]
        engine.view(name, exp.select("*", *nulls).from_(f.table(raw)))


def chosen(
    engine: Engine, project: Path, run: Run, wanted: Wanted, before: Run | None
) -> exp.Select:
    """A query of the chosen findings, in no order, with the columns COLUMNS.

    Raises:
        UsageError: a severity, table or state that does not exist; news without a run before.
    """
    _check(wanted, before)
    load_findings(engine, "work.found", run)
    engine.view("work.chosen", _told(engine, project, run, before))
    query = exp.select(*[f.col(n) for n in COLUMNS]).from_(f.table("work.chosen"))
    conditions = _conditions(wanted)
    if conditions:
        query = query.where(f.all_of(*conditions))
    return query


def _order() -> list[exp.Expression]:
    """Worst first, then by rule and column, then as in the file."""
    rank = f.case(
        *[(f.col("severity").eq(f.lit(s.value)), f.lit(s.rank)) for s in Severity],
        default=f.lit(0),
    )
    names = ("code", "table", "column", "file", "row", "key", "id")
    first: list[exp.Expression] = [exp.Ordered(this=rank, desc=True, nulls_first=False)]
    return first + [exp.Ordered(this=f.col(n), nulls_first=True) for n in names]


def _check(wanted: Wanted, before: Run | None) -> None:
    if wanted.severity is not None and wanted.severity not in set(Severity):
        raise UsageError(
            "There is no severity {severity}.",
            fix="Choose one of: {choices}.",
            severity=wanted.severity,
            choices=", ".join(Severity),
        )
    if wanted.state not in STATES:
        raise UsageError("Findings are open, suppressed or all.")
    if wanted.new and before is None:
        raise UsageError(
            "There is no run before this one, so nothing is new.", fix="Run dq run again."
        )


def _told(engine: Engine, project: Path, run: Run, before: Run | None) -> exp.Select:
    """All findings of `work.found` with owner, owner_id and new."""
    own = [n for n in COLUMNS if n in findings_schema().names]
    columns = [f.alias(f.col(n, "w"), n) for n in own]
    query = exp.select().from_(f.table("work.found", "w"))
    owners = _owners(engine, project, run)
    if owners is None:
        columns += [f.alias(f.null("text"), n) for n in ("owner", "owner_id")]
    else:
        columns += [f.alias(f.col(n, "o"), n) for n in ("owner", "owner_id")]
        same = [f.col(n, "w").eq(f.col(k, "o")) for n, k in (("table", "t"), ("key", "k"))]
        query = query.join(owners.subquery("o"), on=f.all_of(*same), join_type="left")
    if before is None:
        columns.append(f.alias(f.null("boolean"), "new"))
    else:
        load_findings(engine, "work.found_before", before)
        known = exp.select(f.alias(f.col("id"), "known")).distinct()
        known = known.from_(f.table("work.found_before"))
        columns.append(f.alias(f.is_null(f.col("known", "b")), "new"))
        query = query.join(
            known.subquery("b"), on=f.col("id", "w").eq(f.col("known", "b")), join_type="left"
        )
    return query.select(*columns)


def _owners(engine: Engine, project: Path, run: Run) -> exp.Query | None:
    """t, k, owner, owner_id: who answers for the records of the run's tables."""
    snapshots = Snapshots(project / ".dq" / "snapshots")
    kept = {name: snapshots.find(digest) for name, digest in run.snapshots.items()}
    users = kept.get("users")
    if users is not None:
        engine.load("work.kept_users", users.path)
    queries = []
    for name, snapshot in sorted(kept.items()):
        if snapshot is None or name == "users":
            continue
        engine.load(f"work.kept_{name}", snapshot.path)
    named = users is not None and _has_names(engine)
    for name, snapshot in sorted(kept.items()):
        if snapshot is None or name == "users":
            continue
        keys = _keyed(engine, name, set(kept))
        if keys is not None:
            queries.append(_owned(name, keys, named))
    return union_all(queries) if queries else None


def _keyed(engine: Engine, table: str, kept: set[str]) -> exp.Query | None:
    """k, owner_id of a table's records: their own owner, else that of the deal they belong to."""
    columns = engine.schema(f"work.kept_{table}").names
    owner = f.alias(f.min(f.as_text(f.col(_OWNER, "r"))), _OWNER)
    key = f.alias(f.col("id", "r"), "k")
    query = (
        exp.select(key, owner).from_(f.table(f"work.kept_{table}", "r")).group_by(f.col("id", "r"))
    )
    if _OWNER in columns:
        return query
    if "deal_id" not in columns or "deals" not in kept:
        return None
    if _OWNER not in engine.schema("work.kept_deals").names:
        return None
    deals = exp.select(f.alias(f.col("id"), "d"), f.alias(f.min(f.as_text(f.col(_OWNER))), _OWNER))
    deals = deals.from_(f.table("work.kept_deals")).group_by(f.col("id"))
    owner = f.alias(f.min(f.col(_OWNER, "d")), _OWNER)
    return (
        exp.select(key, owner)
        .from_(f.table(f"work.kept_{table}", "r"))
        .join(deals.subquery("d"), on=f.col("deal_id", "r").eq(f.col("d", "d")), join_type="inner")
        .group_by(f.col("id", "r"))
    )


def _has_names(engine: Engine) -> bool:
    return {"id", "name"} <= set(engine.schema("work.kept_users").names)


def _owned(table: str, keys: exp.Query, named: bool) -> exp.Select:
    query = exp.select(
        f.alias(f.lit(table), "t"),
        f.alias(f.col("k", "r"), "k"),
        f.alias(f.col(_OWNER, "r"), _OWNER),
    ).from_(keys.subquery("r"))
    if not named:
        return query.select(f.alias(f.col(_OWNER, "r"), "owner"))
    users = (
        exp.select(f.alias(f.col("id"), "uid"), f.alias(f.min(f.col("name")), "name"))
        .from_(f.table("work.kept_users"))
        .group_by(f.col("id"))
    )
    said = f.coalesce(f.col("name", "u"), f.col(_OWNER, "r"))
    return query.select(f.alias(said, "owner")).join(
        users.subquery("u"), on=f.col(_OWNER, "r").eq(f.col("uid", "u")), join_type="left"
    )


def _conditions(wanted: Wanted) -> list[exp.Expression]:
    found: list[exp.Expression] = []
    if wanted.codes:
        codes = [code.upper() for code in wanted.codes]
        whole = [code for code in codes if len(code) > 1]
        families = [f.starts_with(f.col("code"), f.lit(c)) for c in codes if len(c) == 1]
        found.append(f.any_of(*families, *([f.in_(f.col("code"), whole)] if whole else [])))
    for name, values in (
        ("table", wanted.tables),
        ("column", wanted.columns),
        ("key", wanted.keys),
        ("id", wanted.ids),
    ):
        if values:
            found.append(f.in_(f.col(name), values))
    if wanted.severity is not None:
        least = Severity(wanted.severity).rank
        found.append(f.in_(f.col("severity"), [s.value for s in Severity if s.rank >= least]))
    if wanted.group is not None:
        parts = wanted.group.split("|", 3)
        for name, part in zip(("code", "table", "column", "cause"), parts, strict=False):
            found.append(f.coalesce(f.col(name), f.lit("")).eq(f.lit(part)))
    if wanted.origin is not None:
        found.append(_matches("origin", wanted.origin))
    if wanted.owner is not None:
        found.append(f.any_of(_matches("owner", wanted.owner), _matches(_OWNER, wanted.owner)))
    if wanted.new:
        found.append(f.col("new"))
    if wanted.state != "all":
        is_open = f.is_null(f.col("suppressed"))
        found.append(is_open if wanted.state == "open" else f.not_(is_open))
    return found


def _matches(column: str, text: str) -> exp.Expression:
    """The text alone, whatever its case; of `user:Anna` the part after ":" will do."""
    cell = f.lower(f.coalesce(f.col(column), f.lit("")))
    wanted = f.lit(text.lower())
    if column != "origin":
        return cell.eq(wanted)
    return f.any_of(cell.eq(wanted), f.ends_with(cell.copy(), f.lit(f":{text.lower()}")))


def is_personal(table: str, column: str | None) -> bool:
    """Whether a finding's value may be of a person, by the model: then it is masked."""
    if column is None:
        return table in _PEOPLE
    if column in DERIVED:
        return False
    model = TABLES.get(table)
    if model is None or column not in model.columns:
        return table in _PEOPLE
    relation = model.relation(column)
    return model.columns[column].personal or bool(relation and relation.target in _PEOPLE)


Judged = Mapping[tuple[str, str | None], int]
"""How many records each rule could judge in each table."""


def judged(run: Run) -> Judged:
    """What the rules of a run could judge."""
    outcomes = run.document.get("outcomes", ())
    return {(o["code"], o["table"]): o["checked"] for o in outcomes if o.get("checked")}


def finding_of(row: Mapping[str, Any]) -> Finding:
    """A row of findings.parquet as a value."""
    args = json.loads(row["args"]) if row["args"] else {}
    return Finding(
        code=row["code"],
        severity=Severity(row["severity"]),
        table=row["table"],
        key=row["key"],
        column=row["column"],
        value=row["value"],
        cause=row["cause"],
        args={str(k): str(v) for k, v in args.items() if v is not None},
        money=row.get("money"),
        effect=row.get("effect"),
        origin=row.get("origin"),
        file=row["file"],
        sheet=row["sheet"],
        row=row["row"],
        id=row["id"] or "",
        suppressed=row.get("suppressed"),
    )


@dataclass(frozen=True)
class Chosen:
    """Findings that were chosen, while their engine is open."""

    engine: Engine
    query: exp.Select
    total: int
    schema: pa.Schema

    def ordered(self, most: int = 0) -> exp.Select:
        """The query, worst first; the first so many, 0: all."""
        query = self.query.copy().order_by(*_order())
        return query.limit(most) if most else query

    def rows(self, most: int = 0) -> list[dict[str, Any]]:
        """The first so many, worst first; 0: all."""
        found: list[dict[str, Any]] = self.engine.query(self.ordered(most)).to_pylist()
        return found

    def heads(self, few: int, alone: int) -> list[dict[str, Any]]:
        """The first of each rule, severity and column, with their number as `of`.

        `few` of each; `alone` where all are of one.
        """
        place = [f.col(n) for n in BLOCK]
        order = [exp.Ordered(this=f.col(n), nulls_first=True) for n in ("file", "row", "key", "id")]
        numbered = exp.select(
            "*",
            f.alias(f.row_number(partition=place, order=order), "place"),
            f.alias(f.count_over(partition=[c.copy() for c in place]), "of"),
        ).from_(self.query.copy().subquery("c"))
        first = exp.select("*").from_(numbered.subquery("n")).where(f.col("place") <= f.lit(alone))
        found: list[dict[str, Any]] = self.engine.query(first.order_by(*_order())).to_pylist()
        blocks = {tuple(row[n] for n in BLOCK) for row in found}
        return [row for row in found if len(blocks) == 1 or row["place"] <= few]

    def batches(self, most: int = 0) -> Iterator[pa.RecordBatch]:
        """The same block by block."""
        yield from self.engine.batches(self.ordered(most))

    def by(self, column: str) -> list[dict[str, Any]]:
        """name, findings and records of each value of a column, the most findings first."""
        record = f.concat_ws(f.lit("\x1f"), f.col("table"), f.col("key"))
        counted = (
            exp.select(
                f.alias(f.col(column), "name"),
                f.alias(f.count(), "findings"),
                f.alias(f.count_distinct(record), "records"),
            )
            .from_(self.query.copy().subquery("c"))
            .group_by(f.col(column))
        )
        rows: list[dict[str, Any]] = self.engine.query(counted).to_pylist()
        if column == "origin" and "work.kept_users" in self.engine.tables():
            names = user_names(self.engine, "work.kept_users", [row["name"] for row in rows])
            for row in rows:
                row["person"] = names.get(row["name"])
        return sorted(rows, key=lambda row: (-row["findings"], str(row["name"] or "\uffff")))


def open_chosen(
    engine: Engine, project: Path, run: Run, wanted: Wanted, before: Run | None
) -> Chosen:
    """Choose, count, and be ready to read; see `chosen`."""
    query = chosen(engine, project, run, wanted, before)
    counted = exp.select(f.alias(f.count(), "n")).from_(query.copy().subquery("c"))
    total = int(engine.query(counted).to_pylist()[0]["n"])
    schema = engine.query(query.copy().limit(0)).schema
    return Chosen(engine, query, total, schema)
