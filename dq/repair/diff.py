"""Two runs side by side: what is new, gone, changed, accepted, shown again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.findings import Finding, Outcome, Severity, Since
from dq.repair.stored import finding_of, load_findings
from dq.runs import Snapshots, list_runs
from dq.sql import portable as f
from dq.sql.queries import union_all

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.engines.base import Engine
    from dq.runs import Run

__all__ = ["CHANGES", "Change", "Diff", "TableScores", "diff_runs", "since_run"]

CHANGES = (
    "new", "returned", "reopened", "changed", "gone", "record_gone", "not_judged", "suppressed",
)  # fmt: skip
"""What may become of a finding between two runs.

new: the earlier run did not have it. returned: nor had the earlier run, but one before it.
reopened: it was suppressed, and is not now. changed: value, cause or severity are others.
gone: no longer found. record_gone: nor is the record there. not_judged: its rule could not
judge the column in the later run, so that nobody knows. suppressed: it was open, and is
accepted now.
"""

EARLIER = 20
"""Runs before the two that are asked whether a new finding was known."""

_JUDGED = frozenset({Outcome.PASSED.value, Outcome.FAILED.value, Outcome.NO_EVIDENCE.value})
_TOLD = ("severity", "value", "cause")


@dataclass(frozen=True)
class Change:
    """How many findings of a rule and column changed alike."""

    change: str
    code: str
    table: str
    column: str | None
    severity: Severity
    findings: int
    examples: tuple[Finding, ...] = ()
    were: tuple[str | None, ...] = ()  # values of the examples in the earlier run

    def told(self) -> Iterator[tuple[Finding, str | None]]:
        """Each example with its value before."""
        return zip(self.examples, self.were, strict=True)


@dataclass(frozen=True)
class TableScores:
    """Score of a table in both runs; None where it is not known."""

    table: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Diff:
    """What changed from the run `before` to the run `after`.

    `comparable` tells whether both had the same rules: else no score is compared. `rows` are
    all findings that changed, with `change`, and `was_value`, `was_severity` before.
    """

    before: Run
    after: Run
    comparable: bool
    changes: tuple[Change, ...]
    unchanged: int
    scores: tuple[TableScores, ...]
    rows: pa.Table

    def count(self, *changes: str) -> int:
        """How many findings changed so."""
        return sum(c.findings for c in self.changes if c.change in changes)


def diff_runs(engine: Engine, project: Path, before: Run, after: Run, *, examples: int = 3) -> Diff:
    """Compare two runs by the identities of their findings."""
    load_findings(engine, "work.before", before)
    load_findings(engine, "work.after", after)
    _once(engine, "before")
    _once(engine, "after")
    _earlier(engine, [r for r in list_runs(project) if r.run_id < before.run_id][-EARLIER:])
    _records(engine, project, after)
    engine.create("work.both", _both())
    _judged(engine, project, before, after)
    engine.create("work.changes", _changes())
    rows = engine.query(_listed())
    same = exp.select(f.alias(f.count(), "n")).from_(f.table("work.changes"))
    same = same.where(f.col("change").eq(f.lit("same")))
    return Diff(
        before=before,
        after=after,
        comparable=rules_of(before) == rules_of(after),
        changes=_grouped(engine, examples),
        unchanged=int(engine.query(same).to_pylist()[0]["n"]),
        scores=_scores(before, after),
        rows=rows,
    )


def rules_of(run: Run) -> str | None:
    """The version of the rules that a run had; None where it was not kept."""
    version: str | None = run.document["versions"].get("rules")
    return version


def _once(engine: Engine, name: str) -> None:
    """Each finding once, under its id: a rule may say several things of one cell."""
    columns = ("code", "table", "column", "key", "severity", "value", "cause", "args", "origin",
               "file", "sheet", "suppressed")  # fmt: skip
    place = f.row_number(
        partition=[f.col("id")],
        order=[f.coalesce(f.col("cause"), f.lit("")), f.coalesce(f.col("value"), f.lit(""))],
    )
    numbered = exp.select("*", f.alias(place, "place")).from_(f.table(f"work.{name}"))
    query = (
        exp.select(f.col("id"), *[f.col(n) for n in columns], f.col("money"), f.col("row"))
        .from_(numbered.subquery("n"))
        .where(f.col("place").eq(f.lit(1)))
    )
    engine.create(f"work.{name}_once", query)


def _earlier(engine: Engine, runs: Sequence[Run]) -> None:
    """`work.earlier`: ids of open findings of earlier runs, each once."""
    queries: list[exp.Query] = []
    for number, run in enumerate(runs):
        if (run.path / "findings.parquet").is_file():
            load_findings(engine, f"work.earlier_{number}", run)
            ids = exp.select(f.alias(f.col("id"), "known"))
            queries.append(ids.from_(f.table(f"work.earlier_{number}")))
    if not queries:
        nothing = exp.select(f.alias(f.col("id"), "known")).from_(f.table("work.before"))
        engine.view("work.earlier", nothing.where(exp.false()))
        return
    engine.create(
        "work.earlier",
        exp.select(f.col("known")).distinct().from_(union_all(queries).subquery("u")),
    )


def _records(engine: Engine, project: Path, run: Run) -> None:
    """`work.records`: table and key of every record that the run has."""
    snapshots = Snapshots(project / ".dq" / "snapshots")
    queries: list[exp.Query] = []
    for name, digest in sorted(run.snapshots.items()):
        kept = snapshots.find(digest)
        if kept is None:
            continue
        engine.load(f"work.now_{name}", kept.path)
        columns = [f.alias(f.lit(name), "t"), f.alias(f.col("id"), "k")]
        queries.append(exp.select(*columns).distinct().from_(f.table(f"work.now_{name}")))
    if queries:
        engine.view("work.records", union_all(queries))
        return
    columns = [f.alias(f.col("table"), "t"), f.alias(f.col("key"), "k")]
    engine.view(
        "work.records", exp.select(*columns).from_(f.table("work.before")).where(exp.false())
    )


def _both() -> exp.Select:
    """Findings of both runs beside each other; which of them are there, and open."""
    names = ("code", "table", "column", "key", "origin", "file", "sheet", "row", "args")
    columns: list[exp.Expression] = [f.alias(f.coalesce(f.col("id", "b"), f.col("id", "a")), "id")]
    columns += [f.alias(f.coalesce(f.col(n, "b"), f.col(n, "a")), n) for n in names]
    columns.append(f.alias(f.coalesce(f.col("money", "b"), f.col("money", "a")), "money"))
    columns += [f.alias(f.col(n, "b"), n) for n in _TOLD]
    columns += [f.alias(f.col(n, "a"), f"was_{n}") for n in _TOLD]
    for side, prefix in (("a", "was"), ("b", "is")):
        there = f.not_null(f.col("id", side))
        columns.append(f.alias(there, f"{prefix}_there"))
        is_open = f.all_of(there.copy(), f.is_null(f.col("suppressed", side)))
        columns.append(f.alias(is_open, f"{prefix}_open"))
    columns.append(f.alias(f.col("suppressed", "b"), "suppressed"))
    return (
        exp.select(*columns)
        .from_(f.table("work.before_once", "a"))
        .join(
            f.table("work.after_once", "b"),
            on=f.col("id", "a").eq(f.col("id", "b")),
            join_type="full",
        )
    )


def _judged(engine: Engine, project: Path, before: Run, after: Run) -> None:
    """`work.judged`: rule, table and column of `work.both` that the later run could judge.

    It could not where the rule crashed or did not apply, nor where the column is gone.
    """
    known = {
        (o["code"], o["table"])
        for o in after.document.get("outcomes", ())
        if o["outcome"] in _JUDGED
    }
    lost = _columns(engine, project, before) - _columns(engine, project, after)
    names = ("code", "table", "column")
    places = exp.select(*[f.col(n) for n in names]).distinct().from_(f.table("work.both"))
    there = [
        f.all_of(*[f.coalesce(f.col(n), f.lit("")).eq(f.lit(row[n] or "")) for n in names])
        for row in engine.query(places).to_pylist()
        if (row["code"], row["table"]) in known and (row["table"], row["column"]) not in lost
    ]
    columns = [
        f.alias(f.coalesce(f.col(n), f.lit("")), short)
        for n, short in zip(names, "ctl", strict=True)
    ]
    query = exp.select(*columns).distinct().from_(f.table("work.both"))
    engine.create("work.judged", query.where(f.any_of(*there) if there else exp.false()))


def _columns(engine: Engine, project: Path, run: Run) -> set[tuple[str, str]]:
    """Table and column of everything that a run kept."""
    snapshots = Snapshots(project / ".dq" / "snapshots")
    found = set()
    for name, digest in run.snapshots.items():
        kept = snapshots.find(digest)
        if kept is not None:
            engine.load("work.columns_of", kept.path)
            found |= {(name, column) for column in engine.schema("work.columns_of").names}
    engine.drop("work.columns_of")
    return found


def _changes() -> exp.Select:
    was, is_now = f.col("was_open", "w"), f.col("is_open", "w")
    differs = f.any_of(
        *[
            f.coalesce(f.col(n, "w"), f.lit("")).neq(f.coalesce(f.col(f"was_{n}", "w"), f.lit("")))
            for n in _TOLD
        ]
    )
    no_key = f.is_null(f.col("key", "w"))
    change = f.case(
        (f.all_of(was, is_now, differs), f.lit("changed")),
        (f.all_of(was.copy(), is_now.copy()), f.lit("same")),
        (f.all_of(is_now.copy(), f.col("was_there", "w")), f.lit("reopened")),
        (f.all_of(is_now.copy(), f.not_null(f.col("known", "e"))), f.lit("returned")),
        (is_now.copy(), f.lit("new")),
        (f.all_of(was.copy(), f.col("is_there", "w")), f.lit("suppressed")),
        (f.all_of(was.copy(), f.is_null(f.col("c", "j"))), f.lit("not_judged")),
        (
            f.all_of(was.copy(), f.not_(no_key), f.is_null(f.col("k", "r"))),
            f.lit("record_gone"),
        ),
        (was.copy(), f.lit("gone")),
        default=f.lit("neither"),
    )
    same_place = [
        f.coalesce(f.col(n, "w"), f.lit("")).eq(f.col(k, "j"))
        for n, k in (("code", "c"), ("table", "t"), ("column", "l"))
    ]
    same_record = [f.col(n, "w").eq(f.col(k, "r")) for n, k in (("table", "t"), ("key", "k"))]
    return (
        exp.select(f.alias(change, "change"), f.alias(f.col("id", "w"), "id"), *_kept())
        .from_(f.table("work.both", "w"))
        .join(
            f.table("work.earlier", "e"),
            on=f.col("id", "w").eq(f.col("known", "e")),
            join_type="left",
        )
        .join(f.table("work.judged", "j"), on=f.all_of(*same_place), join_type="left")
        .join(f.table("work.records", "r"), on=f.all_of(*same_record), join_type="left")
    )


_KEPT = (
    "code", "table", "key", "column", "severity", "value", "cause", "args", "was_severity",
    "was_value", "money", "origin", "file", "sheet", "row", "suppressed",
)  # fmt: skip


def _kept() -> list[exp.Expression]:
    made = []
    for name in _KEPT:
        cell: exp.Expression = f.col(name, "w")
        if name in _TOLD:
            # Of what is gone the list shows what was there.
            cell = f.case((f.col("is_there", "w"), cell), default=f.col(f"was_{name}", "w"))
        made.append(f.alias(cell, name))
    return made


def _listed() -> exp.Select:
    place = f.case(*[(f.col("change").eq(f.lit(c)), f.lit(i)) for i, c in enumerate(CHANGES)])
    rank = f.case(
        *[(f.col("severity").eq(f.lit(s.value)), f.lit(-s.rank)) for s in Severity],
        default=f.lit(0),
    )
    names = ("code", "table", "column", "file", "row", "key")
    order = [place, rank, *[exp.Ordered(this=f.col(n), nulls_first=True) for n in names]]
    return (
        exp.select("*")
        .from_(f.table("work.changes"))
        .where(f.in_(f.col("change"), list(CHANGES)))
        .order_by(*order)
    )


def _grouped(engine: Engine, examples: int) -> tuple[Change, ...]:
    """Changes by kind, rule and column, each with its first findings."""
    keys = ("change", "code", "table", "column", "severity")
    listed = f.in_(f.col("change"), list(CHANGES))
    counted = (
        exp.select(*[f.col(n) for n in keys], f.alias(f.count(), "n"))
        .from_(f.table("work.changes"))
        .where(listed)
        .group_by(*[f.col(n) for n in keys])
    )
    order = [f.coalesce(f.col("row"), f.lit(0)), f.coalesce(f.col("key"), f.lit(""))]
    place = f.row_number(partition=[f.col(n) for n in keys], order=order)
    numbered = (
        exp.select("*", f.alias(place, "place")).from_(f.table("work.changes")).where(listed.copy())
    )
    first = (
        exp.select("*")
        .from_(numbered.subquery("n"))
        .where(f.col("place") <= f.lit(examples))
        .order_by(f.col("place"))
    )
    some: dict[tuple[object, ...], list[Finding]] = {}
    were: dict[tuple[object, ...], list[str | None]] = {}
    for row in engine.query(first).to_pylist():
        some.setdefault(tuple(row[n] for n in keys), []).append(finding_of(row))
        were.setdefault(tuple(row[n] for n in keys), []).append(row["was_value"])
    made = [
        Change(
            change=row["change"],
            code=row["code"],
            table=row["table"],
            column=row["column"],
            severity=Severity(row["severity"]),
            findings=row["n"],
            examples=tuple(some[tuple(row[n] for n in keys)]),
            were=tuple(were[tuple(row[n] for n in keys)]),
        )
        for row in engine.query(counted).to_pylist()
    ]
    return tuple(sorted(made, key=_rank))


def _rank(change: Change) -> tuple[object, ...]:
    place = CHANGES.index(change.change)
    where = (change.code, change.table, change.column or "")
    return place, -change.severity.rank, -change.findings, *where


def _scores(before: Run, after: Run) -> tuple[TableScores, ...]:
    then = {t["name"]: t.get("score") for t in before.document["tables"]}
    now = {t["name"]: t.get("score") for t in after.document["tables"]}
    return tuple(TableScores(n, then.get(n), now.get(n)) for n in sorted({*then, *now}))


def since_run(
    engine: Engine, project: Path, before: Run, rules: str | None
) -> tuple[Since, dict[str, int]]:
    """The findings of `work.findings` beside those of a run, and the new records by group id."""
    load_findings(engine, "work.before", before)
    _earlier(engine, [r for r in list_runs(project) if r.run_id < before.run_id][-EARLIER:])
    is_open = f.is_null(f.col("suppressed"))
    now = exp.select(f.alias(f.col("id"), "now")).distinct()
    now = now.from_(f.table("work.findings")).where(is_open)
    engine.create("work.open_now", now)
    then = exp.select(f.alias(f.col("id"), "then")).distinct().from_(f.table("work.before"))
    engine.create("work.known_then", then)
    news = (
        exp.select(f.alias(f.count(), "new"), f.alias(f.count(f.col("known", "e")), "returned"))
        .from_(f.table("work.open_now", "n"))
        .join(
            f.table("work.known_then", "t"),
            on=f.col("now", "n").eq(f.col("then", "t")),
            join_type="left",
        )
        .join(
            f.table("work.earlier", "e"),
            on=f.col("now", "n").eq(f.col("known", "e")),
            join_type="left",
        )
        .where(f.is_null(f.col("then", "t")))
    )
    open_then = exp.select(f.alias(f.col("id"), "id")).distinct()
    open_then = open_then.from_(f.table("work.before")).where(is_open.copy())
    all_now = exp.select(f.alias(f.col("id"), "all_now")).distinct().from_(f.table("work.findings"))
    lost = (
        exp.select(f.alias(f.count(), "gone"))
        .from_(open_then.subquery("o"))
        .join(
            all_now.subquery("a"), on=f.col("id", "o").eq(f.col("all_now", "a")), join_type="left"
        )
        .where(f.is_null(f.col("all_now", "a")))
    )
    counts = {**engine.query(news).to_pylist()[0], **engine.query(lost).to_pylist()[0]}
    since = Since(
        run_id=before.run_id,
        day=before.started.date(),
        new=counts["new"],
        gone=counts["gone"],
        returned=counts["returned"],
        rules_changed=rules_of(before) != rules,
    )
    return since, _new_by_group(engine)


def _new_by_group(engine: Engine) -> dict[str, int]:
    """Records of each group that the run before did not have."""
    names = ("code", "table", "column", "cause")
    query = (
        exp.select(
            *[f.alias(f.col(n, "w"), n) for n in names],
            f.alias(f.count_distinct(f.coalesce(f.col("key", "w"), f.lit(""))), "n"),
        )
        .from_(f.table("work.findings", "w"))
        .join(
            f.table("work.known_then", "t"),
            on=f.col("id", "w").eq(f.col("then", "t")),
            join_type="left",
        )
        .where(f.all_of(f.is_null(f.col("then", "t")), f.is_null(f.col("suppressed", "w"))))
        .group_by(*[f.col(n, "w") for n in names])
    )
    return {
        "|".join(str(row[n] or "") for n in names): row["n"]
        for row in engine.query(query).to_pylist()
    }
