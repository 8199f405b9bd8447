"""Lint: what a glossary lacks, contradicts or leaves open. One check a function, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dq.semantics.lint.fields import fields_absent, fields_undefined, words_undefined
from dq.semantics.lint.issue import Facts, Issue
from dq.semantics.lint.meaning import (
    changed_lately,
    departments_differ,
    not_comparable,
    unapproved,
)
from dq.semantics.lint.owners import owner_missing
from dq.semantics.lint.stages import contradictions, stages_incomplete
from dq.semantics.lint.terms import clashes, cycles, incomplete, unused

__all__ = ["CHECKS", "LEVELS", "Facts", "Issue", "lint"]

LEVELS = ("info", "warning", "error")

CHECKS: tuple[Callable[[Facts], Iterator[Issue]], ...] = (
    fields_undefined,
    unapproved,
    departments_differ,
    changed_lately,
    not_comparable,
    owner_missing,
    unused,
    cycles,
    clashes,
    incomplete,
    fields_absent,
    stages_incomplete,
    contradictions,
    words_undefined,
)


def lint(facts: Facts) -> tuple[Issue, ...]:
    """All issues, errors first, then by code and place."""
    found = [issue for check in CHECKS for issue in check(facts)]
    return tuple(
        sorted(
            found,
            key=lambda i: (
                -LEVELS.index(i.level),
                i.code,
                _line(i),
                i.about,
            ),
        )
    )


def _line(issue: Issue) -> int:
    return (issue.place.line or 0) if issue.place else 0
