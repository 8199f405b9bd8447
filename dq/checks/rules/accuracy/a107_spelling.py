"""A107: one category spelt several ways.

"Google" and "google" are two lines in the report by source, and a filter on one loses the
other. Values of a column are matched against each other and, where at least four of five are
in it, against a dictionary (countries, regions, cities, industries, channels, stages, titles)
or the words that the glossary allows.

Another spelling of the same letters is a finding; a slip of a letter only where it is at least
ten times rarer than its neighbour, or where the dictionary has the neighbour and not it, and
no other column tells the two apart: neither one that each value decides, as the state, nor
postcodes of which a town's rows all begin alike. Names of people and firms are no categories.

Example: technolgy / technology, OnlineStore / Online Store, Орел / Орёл.
Repair: replace the variant by the usual spelling; make the field a list to choose from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip, ValueCheck
from dq.checks.rules.helpers import number, rows
from dq.checks.rules.values import clear_text, count_values, text_columns
from dq.findings import Severity
from dq.sql import portable as f
from dq.text.categories import Variant, contradicted, find_variants
from dq.text.dictionaries.loader import Dictionary, dictionary_for, dictionary_of
from dq.text.scripts import ScriptJudge
from dq.text.verdict import Verdict

__all__ = ["RULE"]

KINDS = ("category", "city", "country")
CODES = ("currency",)
REASONS = ("abbreviation", "accent", "case", "punctuation", "script", "space", "synonym", "typo")
LIMIT = 10_000
"""Columns with more distinct values than this are no list of categories."""

_PARENT_LIMIT = 200
_PARENTS = 8
_TELLS = 0.95
_USUAL = 10

_AREAS = (
    "(?:^|[^A-Z0-9])([A-Z]{1,2})[0-9][0-9A-Z]? ?[0-9][A-Z]{2}(?:$|[^A-Z0-9])",
    "(?:^|[^0-9])([0-9]{3})[0-9]{2,3}(?:$|[^0-9])",
)
"""The area in a postcode: letters of a British one, three digits of five or six."""

_POSTCODE = re.compile("post.?code|postal|zip|индекс|індекс", re.I)
_PLACES = ("text", "address", "postcode", "id", "category", "number")
_AGREED = 3
"""So many rows of a variant in one area, where none of its neighbour's is, are another town."""

Contradicts = Callable[[str, str], bool]


@dataclass(frozen=True)
class _Spelt:
    """Says which values are variants: (value, usual spelling, why, both counts)."""

    variants: tuple[Variant, ...]

    def __call__(self, value: str) -> Verdict | None:
        found = next((v for v in self.variants if v.value == value), None)
        if found is None:
            return None
        args = {
            "usual": found.canonical,
            "count": str(found.count),
            "usual_count": str(found.canonical_count),
        }
        return Verdict(found.reason, detail=value, args=args, suggestion=found.canonical)


def checks(context: RuleContext) -> Iterator[CheckLike]:
    for name in sorted(context.tables):
        facts = context.tables[name]
        mapped = [c for c in text_columns(facts, KINDS) if c.name not in CODES]
        if not mapped:
            yield Skip(name, "needs.category")
        for column in clear_text(facts, KINDS):
            if column.name not in CODES:
                variants = _variants(context, name, column)
                suspect = f.in_(f.col(column.name), [v.value for v in variants])
                yield ValueCheck(name, column.name, _Spelt(variants), suspect)


def _variants(context: RuleContext, table: str, column: ColumnFacts) -> tuple[Variant, ...]:
    counts = count_values(context, table, column, LIMIT)
    if not counts:
        return ()
    known = _dictionary(context, table, column, counts)
    found = [v for v in find_variants(counts, known) if v.certainty == "finding"]
    slips = [v for v in found if v.reason in ("typo", "abbreviation") and v.canonical_count]
    if slips:
        contradicts = _contradicts(context, table, column, slips)
        found = [v for v in find_variants(counts, known, contradicts) if v.certainty == "finding"]
    return (*found, *_other_scripts(counts))


def _other_scripts(counts: Mapping[str, int]) -> Iterator[Variant]:
    """Values with letters of another script that make, repaired, a value of the column."""
    for value, count in counts.items():
        if value.isascii():
            continue
        verdict = ScriptJudge()(value)
        if verdict is None or verdict.cause != "mixed_script":
            continue
        usual = counts.get(verdict.suggestion or "", 0)
        if verdict.suggestion and usual > count:
            yield Variant(value, verdict.suggestion, "script", "finding", count, usual)


def _dictionary(
    context: RuleContext, table: str, column: ColumnFacts, counts: Mapping[str, int]
) -> Dictionary | None:
    allowed = context.glossary.values(table, column.name) if context.glossary else None
    if allowed:
        return dictionary_of("house", {value: value for value in allowed})
    return dictionary_for(counts)


def _contradicts(
    context: RuleContext, table: str, column: ColumnFacts, slips: list[Variant]
) -> Contradicts:
    """Whether another column, which each value of this one decides, differs for two values."""
    beside: list[Mapping[str, set[str]]] = []
    values = sorted({s for v in slips for s in (v.value, v.canonical)})
    for parent in _parents(context, table, column):
        told = _told(context, table, column.name, parent.name)
        if told < _TELLS:
            continue
        beside.append(_beside(context, table, column.name, f.fold(f.col(parent.name)), values))
    areas = _areas(context, table, column, values)

    def contradicts(value: str, neighbour: str) -> bool:
        if any(contradicted(b.get(value, ()), b.get(neighbour, ())) for b in beside):
            return True
        mine = areas.get(value, {})
        agreed = len(mine) == 1 and sum(mine.values()) >= _AGREED
        return agreed and contradicted(mine, areas.get(neighbour, {}))

    return contradicts


def _parents(context: RuleContext, table: str, column: ColumnFacts) -> list[ColumnFacts]:
    """Columns with fewer values, which values of this one may decide: the state of a city."""
    mine = column.distinct if column.distinct is not None else LIMIT
    some = [
        c
        for c in clear_text(context.tables[table], KINDS)
        if c.name != column.name and c.values and 2 <= len(c.values) <= min(_PARENT_LIMIT, mine)
    ]
    return sorted(some, key=lambda c: (-len(c.values or ()), c.name))[:_PARENTS]


def _told(context: RuleContext, table: str, column: str, parent: str) -> float:
    """Share of the rows of usual values that stand beside their value's most frequent parent."""
    pairs = (
        exp.select(
            f.alias(f.col(column), "v"), f.alias(f.col(parent), "p"), f.alias(f.count(), "n")
        )
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(f.col(column)), f.not_null(f.col(parent))))
        .group_by(f.col(column), f.col(parent))
    )
    best = (
        exp.select(f.alias(f.max(f.col("n")), "top"), f.alias(f.sum(f.col("n")), "n"))
        .from_(pairs.subquery("p"))
        .group_by(f.col("v"))
    )
    usual = f.col("n") >= f.lit(_USUAL)
    row = rows(
        context,
        exp.select(f.alias(f.sum(f.col("top")), "top"), f.alias(f.sum(f.col("n")), "n"))
        .from_(best.subquery("b"))
        .where(usual),
    )[0]
    return number(row["top"]) / number(row["n"]) if number(row["n"]) else 0.0


def _beside(
    context: RuleContext, table: str, column: str, parent: exp.Expression, values: list[str]
) -> dict[str, set[str]]:
    query = (
        exp.select(f.alias(f.col(column), "v"), f.alias(parent, "p"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.in_(f.col(column), values), f.not_null(parent.copy())))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows(context, query):
        found.setdefault(str(row["v"]), set()).add(str(row["p"]))
    return found


def _areas(
    context: RuleContext, table: str, column: ColumnFacts, values: list[str]
) -> dict[str, dict[str, int]]:
    """For towns: the areas of their rows' postcodes with their counts."""
    if column.kind != "city":
        return {}
    codes = [
        f.nullif(f.regexp_extract(f.upper(f.col(c.name)), pattern, 1), f.lit(""))
        for c in clear_text(context.tables[table], _PLACES)
        if c.name == "address" or _POSTCODE.search(f"{c.name} {c.header or ''}")
        for pattern in _AREAS
    ]
    if not codes:
        return {}
    area = f.coalesce(*codes) if len(codes) > 1 else codes[0]
    town = f.col(column.name)
    found = rows(
        context,
        exp.select(f.alias(town, "v"), f.alias(area, "p"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.in_(town.copy(), values), f.not_null(area.copy())))
        .group_by(town.copy(), area.copy()),
    )
    areas: dict[str, dict[str, int]] = {}
    for row in found:
        areas.setdefault(str(row["v"]), {})[str(row["p"])] = number(row["n"])
    return areas


RULE = Rule(
    code="A107",
    slug="spelling",
    family="A",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("a column of categories",),
    folds=dict.fromkeys(REASONS, 5),
    doc=__doc__ or "",
)
