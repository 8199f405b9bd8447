"""Rules that judge values: which columns, and how few values leave the engine."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.checks.context import ColumnFacts, RuleContext, TableFacts
from dq.checks.executor.verdicts import cause_of
from dq.checks.rule import Query, Skip, ValueCheck
from dq.checks.rules.helpers import SYSTEM, rows
from dq.crm.model import entity
from dq.sql import portable as f
from dq.text.folding import fold_tight
from dq.text.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "PairBatch",
    "clear_text",
    "count_values",
    "hashed",
    "nothing_found",
    "pair_query",
    "pair_schema",
    "plain_letters",
    "text_columns",
    "tolerant",
    "value_check",
    "work_name",
]

Judge = Callable[[str], Verdict | None]
PairJudge = Callable[[str, str], Verdict | None]

_VARIANTS = {
    "a": "aàáâãäåā", "c": "cçćč", "e": "eèéêëēėę", "i": "iìíîïī", "n": "nñńň", "o": "oòóôõöøō",
    "s": "sśšş", "u": "uùúûüūů", "y": "yýÿ", "z": "zźżž", "е": "её", "'": "'’ʼ`",
}  # fmt: skip
_SPECIAL = re.compile(r"([\\.^$*+?{}\[\]()|&~#-])")
_SPACES = "[ \t\r\n\u00a0\u2009\u202f]+"


def text_columns(facts: TableFacts, kinds: Collection[str]) -> Iterator[ColumnFacts]:
    """Text columns of the source of one of the kinds; relations and derived ones left out."""
    for column in facts.columns.values():
        if column.type != "text" or column.header is None or column.kind not in kinds:
            continue
        if column.canonical and entity(facts.name).relation(column.name) is not None:
            continue
        yield column


def clear_text(facts: TableFacts, kinds: Collection[str]) -> list[ColumnFacts]:
    """Text columns of these kinds whose content can be read: not hashed before the export."""
    return [c for c in text_columns(facts, kinds) if not c.pseudonymised]


def hashed(facts: TableFacts, kinds: Collection[str]) -> Iterator[Skip]:
    """One line of information for each column that was hashed before the export."""
    for column in text_columns(facts, kinds):
        if column.pseudonymised:
            place = f"{facts.name}.{column.header or column.name}"
            yield Skip(facts.name, "needs.clear_text", {"columns": place})


def value_check(
    context: RuleContext,
    table: str,
    column: str,
    judge: Judge,
    suspect: exp.Expression | None = None,
    when: exp.Expression | None = None,
) -> ValueCheck:
    """A check of a column's values; where the profile knows them all, only bad ones leave.

    `suspect` must hold for every value that the judge objects to.
    """
    known = context.tables[table].columns[column].values
    if known is not None:
        suspect = f.in_(f.col(column), [v for v, _ in known if judge(v) is not None])
    return ValueCheck(table, column, judge, suspect, when)


def count_values(
    context: RuleContext, table: str, column: ColumnFacts, limit: int
) -> Mapping[str, int] | None:
    """All values of a text column with their counts; None where there are more than `limit`."""
    if column.values is not None:
        return dict(column.values)
    query = (
        exp.select(f.alias(f.col(column.name), "v"), f.alias(f.count(), "n"))
        .from_(f.table(f"crm.{table}"))
        .where(f.not_null(f.col(column.name)))
        .group_by(f.col(column.name))
        .limit(limit + 1)
    )
    found = rows(context, query)
    return None if len(found) > limit else {str(r["v"]): int(str(r["n"])) for r in found}


def tolerant(phrase: str) -> str:
    """A portable regex for a folded phrase as people write it: accents, «ё», any white space."""
    out = []
    for char in phrase:
        if char == " ":
            out.append(_SPACES)
        elif char in _VARIANTS:
            out.append(f"[{_VARIANTS[char]}]")
        else:
            out.append(_SPECIAL.sub(r"\\\1", char))
    return "".join(out)


def plain_letters(cell: exp.Expression) -> exp.Expression:
    """A text in lower case with plain letters, as `fold_tight` makes them («ё» is «е»).

    Long lists of phrases are searched in it: letter classes for accents would make a regex
    many times slower.
    """
    accented, plain = _accents()
    text = f.replace(f.lower(cell), f.lit("ё"), f.lit("е"))
    translated = f.translate(text.copy(), f.lit(accented), f.lit(plain))
    return f.case((f.search(text.copy(), "[ß-ž’ʼ`]"), translated), default=text)


@cache
def _accents() -> tuple[str, str]:
    """Letters with accents and styles of apostrophe, and what `fold_tight` makes of each."""
    pairs = [(chr(code), fold_tight(chr(code))) for code in range(ord("ß"), ord("ž") + 1)]
    pairs = [(char, plain) for char, plain in pairs if len(plain) == 1 and plain != char]
    pairs += [(char, "'") for char in "’ʼ`"]
    return "".join(char for char, _ in pairs), "".join(plain for _, plain in pairs)


def work_name(code: str, table: str, column: str) -> str:
    """A name for a rule's own intermediate table, whatever signs the column's name has."""
    return f"{code}_{table}_{zlib.crc32(column.encode()):08x}"


def nothing_found() -> exp.Select:
    """A query of findings without rows."""
    one = exp.select(f.alias(f.null("text"), "key"))
    return exp.select(f.col("key")).from_(one.subquery("o")).where(f.lit(False))


def pair_schema(args: Sequence[str]) -> pa.Schema:
    """value, other, cause, severity and the message's places `arg_<name>`."""
    import pyarrow as pa

    names = ("value", "other", "cause", "severity", *[f"arg_{a}" for a in args])
    return pa.schema([(name, pa.string()) for name in names])


@dataclass(frozen=True)
class PairBatch:
    """Batch function: (value, other) → one row for each pair the judge objects to."""

    judge: PairJudge
    args: tuple[str, ...]

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Verdicts on one batch of pairs."""
        import pyarrow as pa

        found: list[dict[str, object]] = []
        for value, other in zip(
            batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True
        ):
            verdict = self.judge(value, other)
            if verdict is None:
                continue
            places = {f"arg_{a}": verdict.args.get(a) for a in self.args}
            if verdict.suggestion is not None and "suggestion" in self.args:
                places["arg_suggestion"] = verdict.suggestion
            cause = cause_of(verdict)
            found.append(
                {"value": value, "other": other, "cause": cause, "severity": verdict.severity}
                | places
            )
        return pa.RecordBatch.from_pylist(found, schema=pair_schema(self.args))


def pair_query(
    context: RuleContext,
    name: str,
    table: str,
    column: str,
    source: exp.Select,
    batch: PairBatch,
    suspect: exp.Expression | None = None,
) -> Query:
    """Findings of a judge that must see a second value of the same record.

    `source` gives id, the system columns, `value` and `other` (text, never NULL); `name`
    is the rule's own name for intermediate tables; `suspect` reads `value`.
    """
    wanted = f.not_null(f.col("value"))
    if suspect is not None:
        wanted = f.all_of(wanted, suspect.copy())
    pairs = (
        exp.select(f.col("value"), f.col("other"))
        .from_(source.copy().subquery("s"))
        .where(wanted)
        .distinct()
    )
    context.engine.map_batches(f"work.{name}", pairs, batch, pair_schema(batch.args))
    given = ("value", "cause", "severity", *[f"arg_{a}" for a in batch.args])
    sql = (
        exp.select(
            f.alias(f.col("id", "s"), "key"),
            f.alias(f.lit(column), "column"),
            *[f.alias(f.col(c, "s"), c) for c in SYSTEM],
            *[f.alias(f.col(c, "v"), c) for c in given],
        )
        .from_(source.copy().subquery("s"))
        .join(
            f.table(f"work.{name}", "v"),
            on=f.all_of(
                f.col("value", "s").eq(f.col("value", "v")),
                f.col("other", "s").eq(f.col("other", "v")),
            ),
            join_type="inner",
        )
    )
    evidence = exp.select(f.alias(f.count_if(f.not_null(f.col("value"))), "n")).from_(
        source.copy().subquery("s")
    )
    return Query(table, sql, evidence, column)
