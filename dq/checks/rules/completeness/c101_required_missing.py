"""C101: a required field is blank.

A deal that belongs to nobody is missing from every report by company; a lead without phone
and e-mail can be called by nobody. Of some fields one is enough (a full name or its parts,
an account or a contact, a phone or an e-mail). Other columns that are filled in part are
listed for information, in tables large enough to judge.

Example: 1,425 open deals without a company, none among the closed ones.
Repair: fill the field, or make it mandatory in the CRM from the stage where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import Check, CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import given, given_and, number, rows
from dq.findings import Severity
from dq.sql import portable as f

__all__ = ["REQUIRED", "RULE"]

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "accounts": ("name", "owner_id"),
    "contacts": ("full_name|first_name|last_name",),
    "leads": ("full_name|company", "phone|email", "created_at"),
    "deals": ("account_id|contact_id", "owner_id", "stage|status", "created_at"),
    "stage_history": ("deal_id", "to_stage", "changed_at"),
    "deal_contacts": ("deal_id", "contact_id"),
    "deal_lines": ("deal_id", "product_id"),
    "products": ("name",),
    "activities": ("owner_id", "started_at", "kind"),
    "tasks": ("owner_id", "due_at"),
    "requests": ("created_at",),
    "campaigns": ("name",),
    "touches": ("touched_at",),
    "invoices": ("amount", "issued_at"),
    "payments": ("amount", "paid_at"),
    "tickets": ("opened_at",),
    "expenses": ("amount", "spent_at"),
    "users": ("name",),
}
"""By table: columns of which one must be filled, alternatives apart by |."""

FEW_STAGES, ELSEWHERE = 3, 0.2
"""Blanks are said to be of these stages alone if the others, without any, are a fifth."""

ONLY_OF_SOME = ("lost_reason", "lost_side", "rejected_reason")
"""Columns that are blank where nothing was lost; other rules judge them."""

SIDE_KINDS = ("category", "city", "country", "number", "money", "duration", "flag", "text")


def checks(context: RuleContext) -> Iterator[CheckLike]:
    given = context.params.get("required")
    required: Mapping[str, Sequence[str]] = given if isinstance(given, Mapping) else REQUIRED
    for name in sorted(context.tables):
        facts = context.tables[name]
        judged: set[str] = set()
        for alternatives in required.get(name, ()):
            columns = [c for c in alternatives.split("|") if c in facts.columns]
            judged.update(columns)
            if columns:
                yield _missing(context, name, columns)
        side = list(_side(context, facts, judged))
        yield from side
        if not judged and not side:
            yield Skip(
                name, "needs.required_columns", {"columns": ", ".join(required.get(name, ()))}
            )


def _missing(context: RuleContext, table: str, columns: list[str]) -> Check:
    having = given(context, table, *columns)
    blank = given_and(context, table, f.all_of(*[f.is_null(f.col(c)) for c in columns]), *columns)
    stages = _only_in(context, table, blank) if len(columns) == 1 else ""
    return Check(
        table,
        blank,
        column=columns[0],
        when=having,
        cause=f.lit("only_in" if stages else "one_of" if len(columns) > 1 else "missing"),
        args={"stages": f.lit(stages), "columns": f.lit(", ".join(columns))},
    )


def _only_in(context: RuleContext, table: str, blank: exp.Expression) -> str:
    """The stages that alone have blanks, when the others have none."""
    if table != "deals" or not context.has("deals", "stage"):
        return ""
    found = rows(
        context,
        exp.select(
            f.alias(f.col("stage"), "stage"),
            f.alias(f.count_if(blank.copy()), "blank"),
            f.alias(f.count(), "n"),
        )
        .from_(f.table("crm.deals"))
        .where(f.not_null(f.col("stage")))
        .group_by(f.col("stage"))
        .order_by(exp.column("stage", quoted=True))
        .limit(50),
    )
    have = [str(r["stage"]) for r in found if number(r["blank"])]
    full = sum(number(r["n"]) for r in found if not number(r["blank"]))
    telling = full >= max(10, ELSEWHERE * sum(number(r["n"]) for r in found))
    return ", ".join(have) if 0 < len(have) <= FEW_STAGES and telling else ""


def _side(context: RuleContext, facts: TableFacts, judged: set[str]) -> Iterator[Check]:
    """Columns that nobody requires, filled in part: for information."""
    least = number(context.params["side_rows"])
    share = float(str(context.params["side_share"]))
    if facts.rows < least:
        return
    for column in facts.columns.values():
        if column.name in (*judged, *ONLY_OF_SOME) or column.sources or not _is_side(column):
            continue
        if share * facts.rows <= column.filled < facts.rows:
            yield Check(
                facts.name,
                f.is_null(f.col(column.name)),
                column=column.name,
                cause=f.lit("side"),
                severity=Severity.INFO,
            )


def _is_side(column: ColumnFacts) -> bool:
    if column.header is None or column.kind not in SIDE_KINDS:
        return False
    return not column.canonical or column.kind in ("category", "city", "country")


RULE = Rule(
    code="C101",
    slug="required_missing",
    family="C",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("any table",),
    params={"side_rows": 100, "side_share": 0.05},
    doc=__doc__ or "",
)
