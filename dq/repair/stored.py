"""Findings of a run that is kept: chosen by what they are about, with owner and news."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.crm.model import TABLES
from dq.errors import Place, StoreError, UsageError
from dq.findings import Finding, Severity, findings_schema
from dq.runs import Snapshots
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = [
    "COLUMNS",
    "STATES",
    "Wanted",
    "chosen",
    "finding_of",
    "findings_path",
    "is_personal",
    "load_findings",
]

STATES = ("open", "suppressed", "all")

COLUMNS = (*(n for n in findings_schema().names if n != "effect"), "owner", "owner_id", "new")
"""Columns of a list of findings: those of findings.parquet, who answers for the record, and
whether the run before did not have it (NULL: there was none)."""

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
    """A query of the chosen findings, worst first, with the columns COLUMNS.

    Raises:
        UsageError: a severity, table or state that does not exist; news without a run before.
    """
    _check(wanted, before)
    load_findings(engine, "work.found", run)
    engine.view("work.chosen", _told(engine, project, run, before))
    rank = f.case(
        *[(f.col("severity").eq(f.lit(s.value)), f.lit(s.rank)) for s in Severity],
        default=f.lit(0),
    )
    order: list[exp.Expression] = [exp.Ordered(this=rank, desc=True, nulls_first=False)]
    order += [
        exp.Ordered(this=f.col(n), nulls_first=True)
        for n in ("code", "table", "column", "cause", "file", "row", "key")
    ]
    query = exp.select(*[f.col(n) for n in COLUMNS]).from_(f.table("work.chosen"))
    conditions = _conditions(wanted)
    if conditions:
        query = query.where(f.all_of(*conditions))
    return query.order_by(*order)


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
        if _OWNER not in engine.schema(f"work.kept_{name}").names:
            continue
        queries.append(_owned(name, users is not None and _has_names(engine)))
    return union_all(queries) if queries else None


def _has_names(engine: Engine) -> bool:
    return {"id", "name"} <= set(engine.schema("work.kept_users").names)


def _owned(table: str, named: bool) -> exp.Select:
    owner = f.min(f.as_text(f.col(_OWNER)))
    keys = (
        exp.select(f.alias(f.col("id"), "k"), f.alias(owner, _OWNER))
        .from_(f.table(f"work.kept_{table}"))
        .group_by(f.col("id"))
    )
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
    model = TABLES.get(table)
    if model is None or column not in model.columns:
        return table in _PEOPLE
    relation = model.relation(column)
    return model.columns[column].personal or bool(relation and relation.target in _PEOPLE)


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
