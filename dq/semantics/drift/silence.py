"""Changes that the glossary records are no drift: somebody said that the meaning changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dq.semantics.drift.baseline import Baseline, field_digests

if TYPE_CHECKING:
    from dq.semantics.glossary import Glossary

__all__ = ["recorded"]


def recorded(
    table: str,
    column: str,
    start: date,
    end: date,
    glossary: Glossary | None,
    baseline: Baseline | None,
) -> tuple[str, str] | None:
    """Where the glossary records a change of a column in [start, end): (why, of what).

    `field`: the entry of the column begins then. `entry`: it gives another unit, or other
    values, than on the baseline's day (a first entry is no change: it says what was before).
    `term`: a version of a term that reads the column takes effect then.
    """
    if glossary is None:
        return None
    name = f"{table}.{column}"
    spec = glossary.fields.get(name)
    if spec is not None:
        if spec.since is not None and start <= spec.since < end:
            return ("field", name)
        if baseline is not None:
            before = baseline.fields.get(column)
            if before is not None and before != field_digests(table, glossary).get(column):
                return ("entry", name)
    for term in glossary.terms.values():
        if term.of != table:
            continue
        for version in (*term.versions, *(v for own in term.own.values() for v in own)):
            reads = {c for e in (version.where, version.expr) if e for c in e.columns}
            later = version is not term.versions[0]
            if later and start <= version.effective < end and column in {*reads, version.time}:
                return ("term", term.name)
    return None
