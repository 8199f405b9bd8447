"""Findings about the glossary itself, or about a column: told by literals, not by records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from dq.checks.context import RuleContext
from dq.checks.rule import CheckLike, Query, Skip
from dq.semantics.lint import Facts, Issue
from dq.sql import portable as f
from dq.sql.queries import union_all

__all__ = ["GLOSSARY", "Told", "checks_of", "facts_of", "issues_query", "told_query"]

GLOSSARY = "glossary"
"""The table under which findings about the glossary itself stand; its keys are definitions."""


@dataclass(frozen=True)
class Told:
    """One finding: its key (None: about the table), cause and places of the sentence."""

    key: str | None
    cause: str
    column: str | None = None
    severity: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)


def told_query(table: str, told: Sequence[Told], judged: int) -> Query:
    """The findings as a query; `judged` definitions or columns were looked at."""
    names = sorted({name for one in told for name in one.args})
    evidence = exp.select(f.alias(f.lit(judged), "n"))
    rows = [_row(one, names) for one in told] or [
        _row(Told(None, ""), names).where(f.lit(1).eq(f.lit(0)))
    ]
    return Query(table, union_all(rows), evidence)


def _row(one: Told, names: Iterable[str]) -> exp.Select:
    cells = {
        "key": one.key,
        "column": one.column,
        "cause": one.cause,
        "severity": one.severity,
        "_source": None,
        **{f"arg_{name}": one.args.get(name) for name in names},
    }
    texts = [f.alias(_text(value), name) for name, value in cells.items()]
    return exp.select(
        *texts,
        f.alias(exp.cast(exp.null(), "BIGINT"), "_row"),
        f.alias(f.null("decimal"), "_money"),
        f.alias(f.null("boolean"), "_won"),
    )


def _text(value: str | None) -> exp.Expr:
    return f.null("text") if value is None else f.lit(value)


def facts_of(context: RuleContext) -> Facts | None:
    """What lint needs, of the run's own tables; None without a glossary."""
    if context.meaning is None:
        return None
    columns = {
        table: tuple(n for n, c in facts.columns.items() if c.kind != "derived")
        for table, facts in context.tables.items()
    }
    return Facts(context.meaning, context.as_of.date(), columns=columns, uses=context.uses)


def issues_query(context: RuleContext, issues: Iterable[Issue], judged: int) -> Query:
    """Lint's issues as findings on the glossary."""
    told = [
        Told(issue.about, issue.key, severity=issue.level, args=_args(context, issue))
        for issue in issues
    ]
    return told_query(GLOSSARY, told, judged)


def checks_of(
    check: Callable[[Facts], Iterator[Issue]],
) -> Callable[[RuleContext], Iterator[CheckLike]]:
    """A rule that tells what one check of lint says; its evidence are the definitions."""

    def checks(context: RuleContext) -> Iterator[CheckLike]:
        facts = facts_of(context)
        if facts is None:
            yield Skip(None, "needs.glossary")
            return
        yield issues_query(context, check(facts), len(facts.meaning.standings))

    return checks


def _args(context: RuleContext, issue: Issue) -> dict[str, str]:
    """Places of the sentence; departments by the label that people read."""
    args = {name: str(value) for name, value in issue.args.items()}
    departments = context.glossary.departments if context.glossary is not None else {}
    for name in _DEPARTMENTS & args.keys():
        known = departments.get(args[name])
        args[name] = (known.label.text(context.language) if known else "") or args[name]
    return args


_DEPARTMENTS = frozenset({"a", "b"})
