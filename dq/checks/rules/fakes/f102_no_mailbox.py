"""F102: an e-mail address behind which nobody is.

An address of a throw-away service lives for ten minutes: whoever left it does not want to be
found, and the lead is counted all the same. Domains that are set aside for examples, or whose
ending does not exist, reach nobody at all. Free mail and "hide my address" services deliver;
a misspelt domain is A102.

Example: crane@mailinator.com, h.crane@example.com.
Repair: ask for an address that works; keep such addresses out of the form.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.accuracy.a102_email import GOOD
from dq.checks.rules.values import clear_text, hashed, text_columns, value_check
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.mailboxes import MailboxJudge, endings, reserved, throwaway

__all__ = ["RULE", "mailbox_suspect"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    mapped = False
    for name in sorted(context.tables):
        facts = context.tables[name]
        mapped = mapped or any(text_columns(facts, ("email",)))
        yield from hashed(facts, ("email",))
        for column in clear_text(facts, ("email",)):
            suspect = mailbox_suspect(f.col(column.name))
            yield value_check(context, name, column.name, MailboxJudge(), suspect)
    if not mapped:
        yield Skip(None, "needs.kind", {"columns": "email"})


def mailbox_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every such address satisfies: not one whose domain is plainly good."""
    domain = f.lower(f.split_part(cell, f.lit("@"), f.lit(2)))
    known = f.in_(f.regexp_extract(domain, "[^.]+$"), sorted(endings()))
    bad = f.any_of(*[_is(domain, labels) for labels in (2, 3)])
    good = f.all_of(f.full_match(cell, GOOD), known, f.not_(bad))
    return f.all_of(f.contains(cell, f.lit("@")), f.not_(f.coalesce(good, f.lit(False))))


def _is(domain: exp.Expression, labels: int) -> exp.Expression:
    """Whether the last labels of a domain are one that reaches nobody."""
    listed = [d for d in (*throwaway(), *reserved()) if d.count(".") == labels - 1]
    last = f.regexp_extract(domain, "[^.]+" + "[.][^.]+" * (labels - 1) + "$")
    return f.coalesce(f.in_(last, sorted(listed)), f.lit(False))


RULE = Rule(
    code="F102",
    slug="no_mailbox",
    family="F",
    scope=Scope.ROW,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a column of e-mail addresses",),
    doc=__doc__ or "",
)
