"""What is not approved (S104), conflicts (S105), and what cannot be compared (S108)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from dq.semantics.approval import Standing, Status
from dq.semantics.conflicts import Conflict
from dq.semantics.lint.issue import Facts, Issue

NAMED = 5
"""Terms that a sentence names."""

__all__ = ["changed_lately", "departments_differ", "not_comparable", "unapproved"]


def unapproved(facts: Facts) -> Iterator[Issue]:
    """S104: a definition that nobody approved, or that was edited since.

    A text that replaces an approved one is a warning: reports go on with the old one. Those
    that nobody has proposed yet are one line.
    """
    written = []
    for standing in facts.meaning.standings.values():
        if standing.status is Status.WRITTEN:
            written.append(standing)
        elif standing.status is not Status.APPROVED:
            level = "warning" if standing.approved is not None else "info"
            yield Issue(
                "S104", level, standing.object, standing.status.value, _told(standing),
                standing.definition.place if standing.definition else None,
            )  # fmt: skip
    if written:
        subjects = list(dict.fromkeys(s.subject for s in written))
        more = ", …" if len(subjects) > NAMED else ""
        args = {
            "n": len(written),
            "of": len(facts.meaning.standings),
            "names": ", ".join(subjects[:NAMED]) + more,
        }
        yield Issue("S104", "info", "glossary", "written", args)


def _told(standing: Standing) -> dict[str, object]:
    args: dict[str, object] = {"object": standing.object, "subject": standing.subject}
    if standing.proposed is not None:
        args |= {"by": standing.proposed.by, "day": standing.proposed.at[:10]}
    if standing.approved is not None:
        args |= {"approver": standing.approved.by, "approved": standing.approved.at[:10]}
    return args


def departments_differ(facts: Facts) -> Iterator[Issue]:
    """S105: two definitions of one word that select different records or compute otherwise."""
    for conflict in facts.conflicts:
        if conflict.relation in ("equal", "unknown") and not conflict.differs:
            continue
        measured = conflict.measured
        key = "measured" if measured is not None else "proved"
        if conflict.a.department is None:
            key += "_company"
        yield Issue(
            "S105",
            "warning",
            _pair(conflict),
            key,
            _sides(conflict),
            conflict.b.version.place,
        )


def _pair(conflict: Conflict) -> str:
    """The term with the departments that differ: what a suppression names."""
    names = [d for d in (conflict.a.department, conflict.b.department) if d is not None]
    return f"{conflict.term.name}/{' · '.join(names)}"


def _sides(conflict: Conflict) -> dict[str, object]:
    args: dict[str, object] = {
        "term": conflict.term.name,
        "a": conflict.a.department or "",
        "b": conflict.b.department or "",
        "relation": conflict.relation,
    }
    if conflict.measured is not None:
        m = conflict.measured
        args |= {"n_a": m.a.records, "n_b": m.b.records, "n_both": m.both.records}
    return args


def not_comparable(facts: Facts) -> Iterator[Issue]:
    """S108: departments that sell in different ways; their figures do not stand side by side."""
    for pair in facts.incomparable:
        yield Issue(
            "S108",
            "info",
            f"{pair.a} · {pair.b}",
            "models",
            {
                "a": pair.a,
                "b": pair.b,
                "model_a": pair.models[0],
                "model_b": pair.models[1],
                "measures": len(pair.terms),
                "terms": ", ".join(pair.terms[:4]) + (", …" if len(pair.terms) > 4 else ""),
            },
        )


def changed_lately(facts: Facts) -> Iterator[Issue]:
    """S106: a definition in force that took effect within the last twelve months."""
    since = facts.today - timedelta(days=365)
    for term in facts.meaning.glossary.terms.values():
        for whose in (None, *term.own):
            versions = facts.meaning.versions(term.name, whose)
            for old, new in pairwise(versions):
                day = new.version.effective
                if new.department == whose and since < day <= facts.today:
                    args = {
                        "term": term.name if whose is None else f"{term.name}/{whose}",
                        "day": day.isoformat(),
                        "before": old.version.effective.isoformat(),
                    }
                    yield Issue("S106", "info", new.object, "changed", args, new.version.place)
