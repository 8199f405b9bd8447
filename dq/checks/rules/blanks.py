"""What can be a hidden null, as a cheap predicate: which values are worth a look at all."""

from __future__ import annotations

from functools import cache

from sqlglot import exp

from dq.checks.rules.values import tolerant
from dq.sql import portable as f
from dq.text.dictionaries.files import lines
from dq.text.folding import INVISIBLE
from dq.text.hashes import null_hashes

__all__ = ["DAY_ZERO", "empty_suspect"]

DAY_ZERO = "0000|0001|1753|1899|1900|1901|1970"
"""Years in which systems begin to count."""

_FRAME = " \t\u00a0\\-–—−_.…<>()\\[\\]{}«»\"'`#/\\\\|:;,!?=\\~•·\\^\\&*"
_REPEATED = "[^0-9]*0[^1-9]*|[^0-9]*9[^0-8]*"
_NO_MAIL = "(?:no|non|none|na|n|null|нет|no-?_?email|nomail|unknown|x+|0+|noname)@.*"


@cache
def _pattern() -> str:
    phrases = {"na"} | {
        word.strip() for line in lines("empty_words.tsv") for word in line.split("\t")[1].split("|")
    }
    said = "|".join(tolerant(p) for p in sorted(phrases) if p)
    return f"(?i)[{_FRAME}]*(?:{said})?[{_FRAME}]*|{_REPEATED}|{_NO_MAIL}"


def empty_suspect(cell: exp.Expression) -> exp.Expression:
    """A predicate that every hidden null satisfies, whatever its column."""
    return f.any_of(
        f.full_match(cell, _pattern()),
        f.in_(f.lower(cell), null_hashes()),
        f.search(cell, f"[{INVISIBLE}]"),
    )
