"""Findings to groups and scores: what a person sees first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlglot import exp

from dq.checks.context import TableFacts
from dq.checks.executor.folding import MANY
from dq.crm.load import Crm
from dq.crm.model import TABLES
from dq.engines.base import Engine
from dq.findings import Finding, Group, Outcome, RuleOutcome, Severity, TableSummary
from dq.sql import portable as f

__all__ = ["EXAMPLES", "groups", "severities", "summaries", "suppressed"]

EXAMPLES = 5
"""Records shown of each group; the rest are in findings.parquet."""

_PEOPLE = frozenset({"contacts", "leads"})

MATTERS = 0.01
"""The share of a total from which money decides the order of groups."""

NAMED = 3
"""Values that the sentence about several names."""

GROUP = ("code", "table", "column", "cause")


def _is_open() -> exp.Expression:
    """Not suppressed."""
    return f.is_null(f.col("suppressed"))


def groups(
    engine: Engine,
    facts: Mapping[str, TableFacts],
    outcomes: Sequence[RuleOutcome],
    tables: Sequence[TableSummary] = (),
) -> tuple[Group, ...]:
    """Groups of `work.findings`, worst first; see `_rank`. `tables` give the whole amounts.

    Suppressed findings are counted beside; a group of nothing else is no group.
    """
    judged = {(o.code, o.table): o.checked for o in outcomes}
    examples, many = _examples(engine), _many(engine)
    found = [
        _group(row, facts, judged, examples, many)
        for row in engine.query(_totals()).to_pylist()
        if row["open"]
    ]
    wholes = {table.name: table for table in tables}
    return tuple(sorted(found, key=lambda group: _rank(group, wholes)))


def _rank(group: Group, wholes: Mapping[str, TableSummary]) -> tuple[object, ...]:
    """Errors, warnings, infos; within each what moves a total, then the rest by its share.

    Amounts are compared as shares of their own whole: a lead's budget is not a deal's amount.
    Below a hundredth of it, and where they are not known, the share of records says more.
    """
    failure = group.severity.rank >= Severity.ERROR.rank
    money = _share_of_money(group, wholes)
    return (
        not failure,
        group.severity is Severity.INFO,
        -abs(group.effect or Decimal(0)),
        -money if money >= MATTERS else 0.0,
        -group.severity.rank,
        -_share_of_records(group),
        group.code,
        group.table,
        group.column or "",
        group.cause or "",
    )


def _share_of_records(group: Group) -> float:
    """Records of those judged; of a finding about the whole table what its words count."""
    n, of = group.args.get("n", ""), group.args.get("of", "")
    if not group.records and n.isdecimal() and of.isdecimal() and int(of):
        return int(n) / int(of)
    return group.records / group.of if group.of else 0.0


def _share_of_money(group: Group, wholes: Mapping[str, TableSummary]) -> float:
    """The group's part of the won amount, else of its table's; 0 where it is not known."""
    deals = wholes.get("deals") if group.table in ("deals", "deal_lines") else None
    if group.money_won and deals is not None and deals.money_won:
        return float(abs(group.money_won / deals.money_won))
    own = wholes.get(group.table)
    if group.money and own is not None and own.money:
        return float(abs(group.money / own.money))
    return 0.0


def _totals() -> exp.Query:
    """One row a group; a record that is found twice in a group counts once."""
    keys = [f.col(n) for n in GROUP]
    record = f.coalesce(f.col("key"), f.lit(""))
    rank = f.case(
        *[(f.col("severity").eq(f.lit(s.value)), f.lit(s.rank)) for s in Severity],
        default=f.lit(0),
    )
    once = (
        exp.select(
            *keys,
            f.alias(record, "record"),
            f.alias(f.max(rank), "rank"),
            f.alias(f.max(f.col("money")), "money"),
            f.alias(f.any_true(f.col("won")), "won"),
            f.alias(f.any_true(_is_open()), "open"),
        )
        .from_(f.table("work.findings"))
        .group_by(*[k.copy() for k in keys], record.copy())
    )
    real = f.col("record").neq(f.lit(""))
    counts = f.col("open")
    won = f.all_of(counts, f.coalesce(f.col("won"), f.lit(False)))
    return (
        exp.select(
            *keys,
            f.alias(f.max(f.case((counts, f.col("rank")))), "rank"),
            f.alias(f.count_if(f.all_of(real, counts)), "records"),
            f.alias(f.sum(f.case((counts, f.col("money")))), "money"),
            f.alias(f.sum(f.case((won, f.col("money")))), "money_won"),
            f.alias(f.count_if(won), "records_won"),
            f.alias(f.count(f.case((counts, f.col("won")))), "judged_won"),
            f.alias(f.count_if(counts), "open"),
            f.alias(f.count_if(f.all_of(real, f.not_(counts))), "suppressed"),
        )
        .from_(once.subquery("o"))
        .group_by(*[k.copy() for k in keys])
    )


def _examples(engine: Engine) -> dict[tuple[object, ...], tuple[Finding, ...]]:
    names = [
        "id", "code", "severity", "table", "key", "column", "value", "cause", "args",
        "money", "origin", "file", "sheet", "row",
    ]  # fmt: skip
    place = f.row_number(
        partition=[f.col(n) for n in GROUP],
        order=[f.coalesce(f.col("row"), f.lit(0)), f.coalesce(f.col("key"), f.lit(""))],
    )
    numbered = (
        exp.select(*[f.col(n) for n in names], f.alias(place, "place"))
        .from_(f.table("work.findings"))
        .where(_is_open())
    )
    query = (
        exp.select(*[f.col(n) for n in names], f.col("place"))
        .from_(numbered.subquery("n"))
        .where(f.col("place") <= f.lit(EXAMPLES))
    )
    rows = sorted(engine.query(query).to_pylist(), key=lambda r: r["place"])
    found: dict[tuple[object, ...], list[Finding]] = {}
    for row in rows:
        found.setdefault(tuple(row[n] for n in GROUP), []).append(_example(row))
    return {place: tuple(some) for place, some in found.items()}


def _many(engine: Engine) -> dict[tuple[object, ...], dict[str, str]]:
    """Of groups of several values: how many `values`, and the most frequent as `list`."""
    keys = [f.col(n) for n in GROUP]
    counted = (
        exp.select(*keys, f.alias(f.col("value"), "value"), f.alias(f.count(), "n"))
        .from_(f.table("work.findings"))
        .where(
            f.all_of(
                f.ends_with(f.col("cause"), f.lit(MANY)), f.not_null(f.col("value")), _is_open()
            )
        )
        .group_by(*[k.copy() for k in keys], f.col("value"))
    )
    order = [exp.Ordered(this=f.col("n"), desc=True), f.col("value")]
    ranked = exp.select(
        "*",
        f.alias(f.row_number(partition=[k.copy() for k in keys], order=order), "place"),
        f.alias(f.count_over(partition=[k.copy() for k in keys]), "values"),
    ).from_(counted.subquery("c"))
    first = exp.select("*").from_(ranked.subquery("r")).where(f.col("place") <= f.lit(NAMED))
    found: dict[tuple[object, ...], dict[str, str]] = {}
    for row in sorted(engine.query(first).to_pylist(), key=lambda r: r["place"]):
        args = found.setdefault(tuple(row[n] for n in GROUP), {"values": str(row["values"])})
        value = f"{row['value']} ({row['n']})" if row["n"] > 1 else str(row["value"])
        args["list"] = f"{args['list']}, {value}" if "list" in args else value
        if row["values"] > row["place"] == NAMED:
            args["list"] += ", …"
    return found


def _example(row: Mapping[str, object]) -> Finding:
    return Finding(
        code=str(row["code"]),
        severity=Severity(str(row["severity"])),
        table=str(row["table"]),
        key=_text(row["key"]),
        column=_text(row["column"]),
        value=_text(row["value"]),
        cause=_text(row["cause"]),
        args=_args(row["args"]),
        money=row["money"] if isinstance(row["money"], Decimal) else None,
        origin=_text(row["origin"]),
        file=_text(row["file"]),
        sheet=_text(row["sheet"]),
        row=row["row"] if isinstance(row["row"], int) else None,
        id=str(row["id"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _args(text: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in json.loads(str(text or "{}")).items()}


def _group(
    row: Mapping[str, object],
    facts: Mapping[str, TableFacts],
    judged: Mapping[tuple[str, str | None], int],
    examples: Mapping[tuple[object, ...], tuple[Finding, ...]],
    many: Mapping[tuple[object, ...], Mapping[str, str]],
) -> Group:
    place = tuple(row[n] for n in GROUP)
    some = examples.get(place, ())
    code, table = str(row["code"]), str(row["table"])
    column = _text(row["column"])
    known = facts[table].columns.get(column) if column and table in facts else None
    won = bool(row["judged_won"])
    return Group(
        id="|".join(str(p or "") for p in place),
        code=code,
        severity=list(Severity)[int(str(row["rank"]))],
        table=table,
        column=column,
        cause=_text(row["cause"]),
        records=int(str(row["records"])),
        of=judged.get((code, table)),
        args={**(some[0].args if some else {}), **many.get(place, {})},
        money=_decimal(row["money"]),
        money_won=_decimal(row["money_won"]) if won else None,
        records_won=int(str(row["records_won"])) if won else None,
        examples=some,
        personal=_personal(facts.get(table), table, column),
        header=known.header if known and len(facts[table].sources) < 2 else None,
        suppressed=int(str(row["suppressed"])),
    )


def _personal(facts: TableFacts | None, table: str, column: str | None) -> bool:
    """Whether the group's values are of a person: a personal column, or a person's name.

    A name stands where records themselves are told apart, and in links by name. Of the staff
    it is shown: somebody must be asked.
    """
    if column is None:
        return table in _PEOPLE
    known = facts.columns.get(column) if facts else None
    model = TABLES.get(table)  # rows that no table took are told by their source
    relation = model.relation(column) if model else None
    by_name = facts is not None and facts.links.get(column) in ("name", "unlisted")
    linked = relation is not None and relation.target in _PEOPLE and by_name
    return bool(linked or (known and known.personal))


def _decimal(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def severities(engine: Engine) -> dict[str, int]:
    """Open findings by severity."""
    rows = engine.query(
        exp.select(f.col("severity"), f.alias(f.count(), "n"))
        .from_(f.table("work.findings"))
        .where(_is_open())
        .group_by(f.col("severity"))
    ).to_pylist()
    return {s.value: 0 for s in Severity} | {r["severity"]: r["n"] for r in rows}


def suppressed(engine: Engine) -> int:
    """How many findings are suppressed."""
    query = (
        exp.select(f.alias(f.count(), "n"))
        .from_(f.table("work.findings"))
        .where(f.not_(_is_open()))
    )
    return int(engine.query(query).to_pylist()[0]["n"])


def summaries(
    engine: Engine, crm: Crm, outcomes: Iterable[RuleOutcome]
) -> tuple[TableSummary, ...]:
    """Scores by table: 1 − live records with an error or critical ÷ live records.

    Makes `work.bad_records`: table `t`, key `k`, and whether it is `open` (not suppressed).
    """
    errored = {o.table for o in outcomes if o.outcome is Outcome.ERRORED}
    serious = [s.value for s in Severity if s.rank >= Severity.ERROR.rank]
    bad_keys = (
        exp.select(
            f.alias(f.col("table"), "t"),
            f.alias(f.col("key"), "k"),
            f.alias(f.any_true(_is_open()), "open"),
        )
        .from_(f.table("work.findings"))
        .where(f.all_of(f.in_(f.col("severity"), serious), f.not_null(f.col("key"))))
        .group_by(f.col("table"), f.col("key"))
    )
    engine.create("work.bad_records", bad_keys)
    return tuple(_summary(engine, crm, name, errored) for name in sorted(crm.tables))


def _summary(engine: Engine, crm: Crm, name: str, errored: set[str | None]) -> TableSummary:
    table = crm.tables[name]
    bad = (
        exp.select(f.col("k"), f.col("open"))
        .from_(f.table("work.bad_records"))
        .where(f.col("t").eq(f.lit(name)))
    )
    is_bad = f.coalesce(f.col("open", "b"), f.lit(False))
    money = f.abs(f.as_decimal(f.col("_money", "r")))
    row = engine.query(
        exp.select(
            f.alias(f.count(), "live"),
            f.alias(f.count_if(is_bad), "bad"),
            f.alias(f.count_if(f.not_null(f.col("k", "b"))), "all_bad"),
            f.alias(f.sum(f.col("_money", "r")), "money"),
            f.alias(f.sum(money), "weight"),
            f.alias(
                f.sum(f.case((is_bad.copy(), money.copy()), default=f.lit(None))), "bad_weight"
            ),
            f.alias(f.count_if(f.coalesce(f.col("_won", "r"), f.lit(False))), "won"),
            f.alias(
                f.sum(f.case((f.col("_won", "r"), f.col("_money", "r")), default=f.lit(None))),
                "money_won",
            ),
        )
        .from_(f.table(f"crm.{name}", "r"))
        .join(bad.subquery("b"), on=f.col("id", "r").eq(f.col("k", "b")), join_type="left")
    ).to_pylist()[0]
    live, weight = row["live"], row["weight"]
    incomplete = name in errored or None in errored
    return TableSummary(
        name=name,
        read=table.read,
        live=table.live,
        deleted=table.deleted,
        merged=table.merged,
        collapsed=table.collapsed,
        bad_records=row["bad"],
        score=None if incomplete or not live else 1 - row["bad"] / live,
        score_by_amount=(
            None if incomplete or not weight else float(1 - (row["bad_weight"] or 0) / weight)
        ),
        score_with_suppressed=None if incomplete or not live else 1 - row["all_bad"] / live,
        incomplete=incomplete,
        money=row["money"],
        won=row["won"] if name == "deals" else None,
        money_won=row["money_won"] if name == "deals" else None,
    )
