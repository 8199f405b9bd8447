"""What all rules want of the tables at hand, sorted by how it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from dq.checks.context import RuleContext
from dq.checks.rule import Check, Query, Rule, Skip, ValueCheck
from dq.errors import DqError
from dq.findings import Outcome, RuleOutcome

__all__ = ["Plan", "Settings", "make_plan"]

Settings = Mapping[str, Mapping[str, object]]
"""The `rules:` section of dq.yaml: severity, params, enabled by code."""

Item = TypeVar("Item", Check, ValueCheck)


@dataclass
class Plan:
    """Checks by kind, and what becomes known of them on the way.

    `evidence` counts for each (code, table) the records that were judged.
    """

    settings: Settings
    checks: list[tuple[Rule, Check]] = field(default_factory=list)
    values: list[tuple[Rule, ValueCheck]] = field(default_factory=list)
    queries: list[tuple[Rule, Query]] = field(default_factory=list)
    outcomes: list[RuleOutcome] = field(default_factory=list)
    evidence: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def tables(self) -> list[str]:
        """Tables that row and value checks look at."""
        return sorted({c.table for _, c in self.checks} | {c.table for _, c in self.values})

    def of(self, items: Sequence[tuple[Rule, Item]], table: str) -> list[tuple[Rule, Item]]:
        """The checks of one table."""
        return [(rule, check) for rule, check in items if check.table == table]

    def judged(self, rule: Rule, table: str, records: int) -> None:
        """A check of the rule could judge so many records of the table."""
        place = (rule.code, table)
        self.evidence[place] = max(self.evidence.get(place, 0), records)

    def errored(self, rule: Rule, table: str | None, error: Exception) -> None:
        """The rule crashed there: errored, never passed."""
        known = isinstance(error, DqError)
        reason = str(error) if known else f"{type(error).__name__}: {error}"
        self.outcomes.append(
            RuleOutcome(
                rule.code, table, Outcome.ERRORED, reason="outcome.errored", args={"error": reason}
            )
        )

    def severity(self, rule: Rule, own: str | None = None) -> str:
        """As declared in dq.yaml, else the check's own, else the rule's."""
        return self.declared(rule) or own or rule.severity.value

    def declared(self, rule: Rule) -> str | None:
        """The severity that dq.yaml declares, if any."""
        declared = self.settings.get(rule.code, {}).get("severity")
        return str(declared) if declared else None


def make_plan(context: RuleContext, rules: Iterable[Rule], settings: Settings) -> Plan:
    """Ask every rule that is not switched off for its checks."""
    plan = Plan(settings)
    for rule in rules:
        own = settings.get(rule.code, {})
        if own.get("enabled") is False:
            continue
        given = own.get("params", {})
        params = {**rule.params, **(given if isinstance(given, Mapping) else {})}
        try:
            found = list(rule.checks(replace(context, params=params)))
        except Exception as error:  # noqa: BLE001 - whatever a rule raises, the others go on
            plan.errored(rule, None, error)
            continue
        if not found:
            plan.outcomes.append(_skipped(rule, Skip(None, "outcome.not_there")))
        for item in found:
            match item:
                case Check():
                    plan.checks.append((rule, item))
                case ValueCheck():
                    plan.values.append((rule, item))
                case Query():
                    plan.queries.append((rule, item))
                case Skip():
                    plan.outcomes.append(_skipped(rule, item))
    return plan


def _skipped(rule: Rule, skip: Skip) -> RuleOutcome:
    return RuleOutcome(
        rule.code, skip.table, Outcome.NOT_APPLICABLE, reason=skip.reason, args=skip.args
    )
