"""Codes that lost their leading zeros, judged by the lengths that a column's codes have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.rule import Check
from dq.checks.rules.accuracy.countries import country_column
from dq.checks.rules.helpers import number, rows
from dq.crm.headers import header_key
from dq.crm.synonyms import synonyms
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.damage import is_code_header, lost_zeros
from dq.text.tax import tax_kind

__all__ = ["zero_checks"]

_BIC = 9
_DIGITS = "[0-9]+"


@dataclass
class _Lengths:
    """All-digit values of one country by their length, those with a zero first, all values."""

    lengths: dict[int, int] = field(default_factory=dict)
    zero_led: int = 0
    filled: int = 0


def zero_checks(context: RuleContext, facts: TableFacts) -> Iterator[Check]:
    """A check for each column of codes in which values are one digit short.

    Where records name a country, each country is judged by itself: four digits are right in
    Austria and one too few in Germany. The zero that every BIC begins with needs no statistics.
    """
    for column in facts.columns.values():
        if column.header is None or column.pseudonymised or not column.filled:
            continue
        if column.type not in ("text", "integer") or (column.canonical and column.name != "bic"):
            continue
        kind = tax_kind(column.header, context.country)
        if column.name == "bic" or kind == "bic":
            yield _check(facts, column, _BIC, f.lit(True), None)
        elif kind is None and column.kind != "tax_id" and is_code_header(column.header):
            yield from _by_country(context, facts, column)


def _by_country(context: RuleContext, facts: TableFacts, column: ColumnFacts) -> Iterator[Check]:
    fixed = synonyms().says("postcode", header_key(column.header or column.name))
    country = country_column(context, facts.name)
    for name, found in _lengths(context, facts, column, country).items():
        if sum(found.lengths.values()) * 2 < found.filled:
            continue
        lost = lost_zeros(found.lengths, found.zero_led, fixed=fixed)
        if lost is None:
            continue
        here: exp.Expression = f.lit(True)
        if country is not None:
            cell = f.col(country.name)
            here = f.is_null(cell) if name is None else cell.eq(f.lit(name))
        # Without a country, four digits beside 01310 can be another country's.
        mixed = found.zero_led and country is None
        yield _check(facts, column, lost.length, here, Severity.INFO if mixed else None)


def _lengths(
    context: RuleContext, facts: TableFacts, column: ColumnFacts, country: ColumnFacts | None
) -> Mapping[str | None, _Lengths]:
    text = f.as_text(f.col(column.name))
    all_digits = f.full_match(text, _DIGITS)
    size = f.case((all_digits, f.length(text.copy())), default=f.lit(0))
    zero = f.starts_with(text.copy(), f.lit("0"))
    place: exp.Expression = f.col(country.name) if country is not None else f.null("text")
    query = (
        exp.select(
            f.alias(place, "country"),
            f.alias(size, "size"),
            f.alias(f.count(), "n"),
            f.alias(f.count_if(zero), "zero_led"),
        )
        .from_(f.table(f"crm.{facts.name}"))
        .where(f.not_null(f.col(column.name)))
        .group_by(*([place.copy()] if country is not None else []), size.copy())
    )
    found: dict[str | None, _Lengths] = {}
    for row in rows(context, query):
        name = row["country"]
        entry = found.setdefault(None if name is None else str(name), _Lengths())
        entry.filled += number(row["n"])
        if number(row["size"]):
            entry.lengths[number(row["size"])] = number(row["n"])
            entry.zero_led += number(row["zero_led"])
    return dict(sorted(found.items(), key=lambda item: item[0] or ""))


def _check(
    facts: TableFacts,
    column: ColumnFacts,
    length: int,
    here: exp.Expression,
    severity: Severity | None,
) -> Check:
    text = f.as_text(f.col(column.name))
    return Check(
        facts.name,
        f.full_match(text, f"[1-9][0-9]{{{length - 2}}}"),
        column.name,
        when=f.all_of(f.not_null(f.col(column.name)), here),
        cause=f.lit("zeros_lost"),
        args={
            "short": f.lit(str(length - 1)),
            "length": f.lit(str(length)),
            "suggestion": f.concat(f.lit("0"), text.copy()),
        },
        severity=severity,
    )
