"""C102: what a stage requires is not there.

A deal in "proposal" without an amount makes the pipeline look smaller, without a contact or
a next step it is no proposal. The glossary says what each stage needs (`criteria`, fields
with `required_from`); without it, amount, contact and next step are needed from the
proposal on, for open deals.

Example: stage "КП отправлено", amount blank.
Repair: fill the field, or move the deal back to the stage where it truly stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import Check, CheckLike, Rule, Scope
from dq.checks.rules.completeness.stages import first_named, stage_is, stages_from
from dq.checks.rules.helpers import given_and, missing
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["RULE"]

DEFAULT: Mapping[str, tuple[str, ...]] = {"proposal": ("amount", "contact_id", "next_step")}


def checks(context: RuleContext) -> Iterator[CheckLike]:
    skip = missing(context, "deals", "stage")
    if skip:
        yield skip
        return
    needed = _needed(context)
    for column, first in needed.items():
        yield from _required(context, column, first)
    yield from _criteria(context, set(needed))


def _needed(context: RuleContext) -> dict[str, str]:
    """Column → the first stage that requires it; the glossary's word comes first."""
    needed: dict[str, str] = {}
    if context.glossary is not None:
        for name, spec in context.glossary.fields.items():
            table, _, column = name.partition(".")
            if table == "deals" and spec.required_from and context.has("deals", column):
                needed[column] = spec.required_from
    given = context.params.get("required")
    for stage, columns in (given if isinstance(given, Mapping) else DEFAULT).items():
        for column in columns:
            if context.has("deals", column):
                needed.setdefault(column, stage)
    return needed


def _open() -> exp.Expression:
    return f.not_(f.in_(f.coalesce(f.col("status"), f.lit("open")), ["won", "lost"]))


def _required(context: RuleContext, column: str, first: str) -> Iterator[Check]:
    stages = stages_from(context, first, open_only=True)
    at = stage_is(context, stages) if stages else None
    if at is None:
        yield _stages_unknown(context, column)
        return
    open_deal = _open() if context.has("deals", "status") else f.lit(True)
    yield Check(
        "deals",
        f.all_of(at, open_deal, f.is_null(f.col(column))),
        column=column,
        when=given_and(context, "deals", f.not_null(f.col("stage")), column),
        args={"stage": f.lit(first_named(context, stages))},
        value=f.col("stage"),
    )


def _stages_unknown(context: RuleContext, column: str) -> Check:
    return Check("deals", f.lit(False), column=column, when=f.not_null(f.col("stage")))


def _criteria(context: RuleContext, said: set[str]) -> Iterator[Check]:
    """The glossary's own conditions for entering a stage, whole."""
    if context.glossary is None:
        return
    for stage, criterion in context.glossary.stages.criteria.items():
        condition = criterion.enter
        columns = {c.name for c in condition.find_all(exp.Column)}
        if not columns or not context.has("deals", *columns):
            continue
        at = stage_is(context, stages_from(context, stage, open_only=True))
        if at is None:
            continue
        open_deal = _open() if context.has("deals", "status") else f.lit(True)
        # A blank that a required field already reports is said once.
        whole = (
            f.all_of(*[f.not_null(f.col(c)) for c in sorted(columns & said)])
            if (columns & said)
            else f.lit(True)
        )
        failed = f.not_(f.coalesce(condition.copy(), f.lit(False)))
        yield Check(
            "deals",
            f.all_of(at, open_deal, whole, failed),
            column=sorted(columns)[0] if len(columns) == 1 else None,
            when=f.not_null(f.col("stage")),
            cause=f.lit(f"criteria:{stage}"),
            args={"stage": f.lit(stage)},
        )


RULE = Rule(
    code="C102",
    slug="required_by_stage",
    family="C",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("deals.stage",),
    doc=__doc__ or "",
)
