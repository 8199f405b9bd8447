"""Columns beside the glossary: in the data and not in it (S101), and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from dq.semantics.lint.issue import Facts, Issue

__all__ = ["fields_absent", "fields_undefined", "words_undefined"]

NAMED = 6
"""Columns that a sentence names."""


def fields_undefined(facts: Facts) -> Iterator[Issue]:
    """S101: columns of the data that the glossary does not explain, one line a table."""
    if facts.columns is None:
        return
    fields = facts.meaning.glossary.fields
    for table, columns in facts.columns.items():
        missing = [c for c in columns if f"{table}.{c}" not in fields]
        if missing:
            more = ", …" if len(missing) > NAMED else ""
            args = {
                "table": table,
                "n": len(missing),
                "columns": ", ".join(missing[:NAMED]) + more,
            }
            yield Issue("S101", "info", table, "undefined", args)


def fields_absent(facts: Facts) -> Iterator[Issue]:
    """S114: a column that the glossary explains and the data do not have."""
    if facts.columns is None:
        return
    for name, spec in facts.meaning.glossary.fields.items():
        if spec.table not in facts.columns:
            yield Issue("S114", "info", name, "table", {"table": spec.table}, spec.place)
        elif spec.column not in facts.columns[spec.table]:
            yield Issue("S114", "warning", name, "column", {"field": name}, spec.place)


def words_undefined(facts: Facts) -> Iterator[Issue]:
    """S117: a report uses a word that no term defines."""
    for word, reports in (facts.undefined or {}).items():
        args = {"word": word, "reports": ", ".join(sorted(reports))}
        yield Issue("S117", "warning", word, "report", args)
