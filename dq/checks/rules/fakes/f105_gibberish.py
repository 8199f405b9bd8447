"""F105: a name that is gibberish.

Somebody hammered on the keys until the form let him through: "Xkqzvw", «ывапрх». Nobody stands
behind such a record, and it is counted as a lead. Judged are the names of people and
companies, by which letters stand side by side: learnt from names of many countries and from
the table itself, so that Georgian, Kazakh or rare surnames are names. Abbreviations, codes and
addresses are not judged. A name typed with the wrong keyboard layout (Bdfyjd for Иванов) is
named too, with what was meant.

Example: "hjgfkjhg kjhgkjh" among 290 people.
Repair: delete the record; where only the layout was wrong, take the suggestion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext
from dq.checks.rule import CheckLike, Rule, Scope, Skip, ValueCheck
from dq.checks.rules.helpers import number, rows
from dq.checks.rules.values import clear_text, hashed, plain_letters, text_columns
from dq.findings import Severity
from dq.sql import portable as f
from dq.sql.queries import union_all
from dq.text.gibberish import GibberishJudge, Spelling, count_pairs, rare_pairs, spelling

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["RULE", "gibberish_suspect"]

TABLES = ("accounts", "contacts", "deals", "leads", "requests")
KINDS = ("name", "company")
_KNOWN = "[^\\x20-\\x7ea-zа-яіїє«»“”„–—№…]"


def checks(context: RuleContext) -> Iterator[CheckLike]:
    mapped = False
    for table in TABLES:
        facts = context.tables.get(table)
        if facts is None:
            continue
        mapped = mapped or any(text_columns(facts, KINDS))
        yield from hashed(facts, KINDS)
        columns = clear_text(facts, KINDS)
        if not columns:
            continue
        model = _learnt(context, table, columns)
        for column in columns:
            judge = GibberishJudge(model, "company" if column.kind == "company" else "person")
            suspect = gibberish_suspect(f.col(column.name), model)
            yield ValueCheck(table, column.name, judge, suspect)
    if not mapped:
        yield Skip(None, "needs.names")


def gibberish_suspect(cell: exp.Expression, model: Spelling) -> exp.Expression:
    """A predicate that every value with a verdict satisfies: a pair of letters rare in names."""
    text = plain_letters(cell)
    return f.any_of(f.search(text, rare_pairs(model)), f.search(text.copy(), _KNOWN))


@dataclass(frozen=True)
class _Pairs:
    """Batch function: (value) → pair, n of all words of the batch."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Pairs of letters with their counts, the batch's values read once each."""
        import pyarrow as pa

        counts = count_pairs(batch.column(0).to_pylist())
        pairs = {"pair": list(counts), "n": list(counts.values())}
        return pa.RecordBatch.from_pydict(pairs, schema=_pair_schema())


def _pair_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema([("pair", pa.string()), ("n", pa.int64())])


def _learnt(context: RuleContext, table: str, columns: Sequence[ColumnFacts]) -> Spelling:
    """The model with what the table's first rows teach."""
    first = f.col("_row") <= f.lit(number(context.params["learn_rows"]))
    names = [
        exp.select(f.alias(f.col(c.name), "value"))
        .from_(f.table(f"crm.{table}"))
        .where(f.all_of(f.not_null(f.col(c.name)), first.copy()))
        .distinct()
        for c in columns
    ]
    place = f"work.F105_{table}"
    context.engine.map_batches(place, union_all(names), _Pairs(), _pair_schema())
    summed = (
        exp.select(f.col("pair"), f.alias(f.sum(f.col("n")), "n"))
        .from_(f.table(place))
        .group_by(f.col("pair"))
    )
    return spelling({str(r["pair"]): number(r["n"]) for r in rows(context, summed)})


RULE = Rule(
    code="F105",
    slug="gibberish",
    family="F",
    scope=Scope.TABLE,
    severity=Severity.WARNING,
    checks=checks,
    needs=("names of people or companies",),
    params={"learn_rows": 50_000},
    doc=__doc__ or "",
)
