"""R101: the other side of a link is not there.

A deal whose product, company or campaign is in no list disappears from every report that
joins to that list, and nobody misses it: the total is just smaller.

Example: 1,480 deals name the product `GTXPro`; the list has `GTX Pro`.
Repair: correct the misspelt name, add the missing record, or export the whole list.
"""

from __future__ import annotations

from collections.abc import Iterator

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip
from dq.checks.rules.helpers import blank_links, links
from dq.checks.rules.relations.orphans import orphan_queries
from dq.findings import Severity

__all__ = ["RULE"]


def checks(context: RuleContext) -> Iterator[CheckLike]:
    found = [link for link in links(context) if link.target != "users"]
    blank = [check for link, check in blank_links(context) if link.target != "users"]
    yield from blank
    if not found and not blank:
        yield Skip(None, "needs.relations")
    yield from orphan_queries(context, "R101", found)


RULE = Rule(
    code="R101",
    slug="orphan",
    family="R",
    scope=Scope.TABLE,
    severity=Severity.ERROR,
    checks=checks,
    needs=("any two linked tables",),
    params={"partial_share": 0.5, "partial_least": 10},
    folds={"missing": 1, "near": 10},
    doc=__doc__ or "",
)
