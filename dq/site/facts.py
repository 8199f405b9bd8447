"""What the site says in no language: numbers, codes, keys. Texts are in `texts.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from dq.checks.rules import RULES
from dq.findings import InputFact, Result, RuleOutcome, TableSummary
from dq.repair.history import Point
from dq.site.records import Shelf

__all__ = ["facts_of", "reasons_of"]


def facts_of(
    result: Result, shelves: Mapping[str, Shelf], history: Sequence[Point], limit: int
) -> dict[str, object]:
    """The run, its tables, groups, rules, inputs, origins, and the runs before it."""
    return {
        "run": result.run_id,
        "outcome": result.outcome,
        "started": result.started.isoformat(timespec="seconds"),
        "seconds": round(result.seconds, 1),
        "currency": result.currency,
        "limit": limit,
        "suppressed": result.suppressed,
        "since": _since(result),
        "versions": dict(result.versions),
        "tables": [_table(table) for table in result.tables],
        "groups": _groups(result, shelves),
        "rules": _rules(result),
        "inputs": [_input(fact) for fact in result.inputs],
        "origins": [[o.table, o.origin, o.bad, o.of] for o in result.origins],
        "runs": [_point(point) for point in history],
    }


def reasons_of(outcomes: Iterable[RuleOutcome]) -> list[RuleOutcome]:
    """Outcomes with a reason (why nothing was judged, why it could not finish), each once."""
    found: dict[str, RuleOutcome] = {}
    for outcome in outcomes:
        if outcome.reason:
            found.setdefault(_reason(outcome), outcome)
    return list(found.values())


def _reason(outcome: RuleOutcome) -> str:
    return f"{outcome.reason}\x1f{sorted((name, str(a)) for name, a in outcome.args.items())}"


def _since(result: Result) -> dict[str, object] | None:
    if result.since is None:
        return None
    one = result.since
    return {"run": one.run_id, "new": one.new, "gone": one.gone, "returned": one.returned}


def _table(table: TableSummary) -> dict[str, object]:
    return {
        "name": table.name,
        "read": table.read,
        "live": table.live,
        "deleted": table.deleted,
        "merged": table.merged,
        "bad": table.bad_records,
        "score": _rounded(table.score),
        "scoreAmount": _rounded(table.score_by_amount),
        "scoreSuppressed": _rounded(table.score_with_suppressed),
        "incomplete": table.incomplete,
        "money": _number(table.money),
        "moneyWon": _number(table.money_won),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


def _groups(result: Result, shelves: Mapping[str, Shelf]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, group in enumerate(result.groups):
        shelf = shelves.get(group.table)
        shown = len(shelf.lines.get(number, ())) if shelf else 0
        one: dict[str, object] = {
            "id": group.id,
            "code": group.code,
            "severity": group.severity.value,
            "table": group.table,
            "column": group.column,
            "records": group.records,
            "of": group.of,
            "shown": shown,
            "new": group.new,
            "suppressed": group.suppressed or None,
        }
        found.append({name: value for name, value in one.items() if value is not None})
    return found


def _rules(result: Result) -> list[dict[str, object]]:
    """Every rule with how it ended on each table; the last is the place of its reason."""
    place = {_reason(outcome): i for i, outcome in enumerate(reasons_of(result.outcomes))}
    ended: dict[str, list[list[object]]] = {}
    for one in result.outcomes:
        reason = place[_reason(one)] if one.reason else None
        ended.setdefault(one.code, []).append(
            [one.table, one.outcome.value, one.checked, one.findings, one.records, reason]
        )
    codes = list(dict.fromkeys([*(rule.code for rule in RULES), *sorted(ended)]))
    return [{"code": code, "ended": ended.get(code, [])} for code in codes]


def _input(fact: InputFact) -> dict[str, object]:
    return {
        "file": Path(fact.file).name,
        "sheet": fact.sheet,
        "format": fact.format,
        "encoding": fact.encoding,
        "rows": fact.rows_read,
        "kept": fact.rows_kept,
        "columns": fact.columns,
        "tables": list(fact.tables),
        "unmapped": list(fact.unmapped),
        "sha256": fact.sha256,
    }


def _point(point: Point) -> dict[str, object]:
    return {
        "id": point.run_id,
        "started": point.started.isoformat(timespec="seconds"),
        "asOf": point.as_of.isoformat() if point.as_of else None,
        "outcome": point.outcome,
        "totals": point.totals,
        "suppressed": point.suppressed,
        "scores": {name: _rounded(score) for name, score in point.scores.items()},
        "joins": point.joins,
        "new": point.new,
        "gone": point.gone,
    }
