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
    """S114: columns that the glossary explains and the data do not have, one line a table."""
    if facts.columns is None:
        return
    absent: dict[str, list[str]] = {}
    tables: list[str] = []
    for spec in facts.meaning.glossary.fields.values():
        if spec.table not in facts.columns:
            if spec.table not in tables:
                tables.append(spec.table)
        elif spec.column not in facts.columns[spec.table]:
            absent.setdefault(spec.table, []).append(spec.column)
    if tables:
        args = {"n": len(tables), "tables": ", ".join(tables)}
        yield Issue("S114", "info", "fields", "table", args)
    for table, columns in absent.items():
        more = ", …" if len(columns) > NAMED else ""
        args = {"table": table, "n": len(columns), "columns": ", ".join(columns[:NAMED]) + more}
        yield Issue("S114", "info", table, "column", args)


def words_undefined(facts: Facts) -> Iterator[Issue]:
    """S117: a report uses a word that no term defines."""
    for word, reports in (facts.undefined or {}).items():
        args = {"word": word, "reports": ", ".join(sorted(reports))}
        yield Issue("S117", "warning", word, "report", args)
