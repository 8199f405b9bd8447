"""Text to values, a column at a time.

A cell that does not convert becomes NULL and is reported with its raw text (rule A101);
nothing is guessed a cell at a time. A text is read in steps, each an expression over the one
before, so that plans can give them names instead of repeating them: `clean`, `helper`,
`value`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.crm.mapping import Conversion
from dq.crm.moments import moment, utc_moment
from dq.sql import portable as f
from dq.text.numbers import CURRENCIES

__all__ = [
    "FALSE_WORDS",
    "TRUE_WORDS",
    "clean",
    "convert",
    "from_typed",
    "helper",
    "trimmed",
    "typed_null",
    "value",
]

TRUE_WORDS = ("true", "yes", "y", "t", "1", "1.0", "да", "так", "истина", "правда", "x")
FALSE_WORDS = ("false", "no", "n", "f", "0", "0.0", "нет", "ні", "ложь", "неправда")

_SPACE = "[ \u00a0\u2009\u202f]*"
_WORDS = "|".join(
    word.replace(".", "[.]")
    for word in sorted(CURRENCIES, key=len, reverse=True)
    if word[0].isalpha()
)
_CURRENCY = f"(?:[{''.join(c for c in CURRENCIES if not c[0].isalpha())}]|{_WORDS})?"
_EXPONENT = r"[+-]?\d[.,]\d+[eEеЕ][+-]?\d{1,3}"
"""What a spreadsheet made of a long number; its comma parts no values."""
_SQL_TYPES = {
    "text": "TEXT",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18, 4)",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def typed_null(kind: str) -> exp.Expr:
    """NULL of one of the model's types."""
    return exp.cast(exp.null(), _SQL_TYPES[kind])


def trimmed(text: exp.Expr) -> exp.Expr:
    """The text without white space at its ends; NULL when nothing is left."""
    return f.nullif(f.trim(text), f.lit(""))


def convert(text: exp.Expr, how: Conversion, zone: str | None = None) -> exp.Expr:
    """A raw text as `how.type`, in one expression; NULL where it does not convert.

    `zone` is the business time zone, used where timestamps carry offsets.
    """
    cleaned = clean(trimmed(text), how)
    return value(cleaned, helper(cleaned, how), how, zone)


def clean(text: exp.Expr, how: Conversion) -> exp.Expr:
    """What of a trimmed text is to be read: one of several values, no words for nothing."""
    if how.split:
        first = trimmed(f.split_part(text, f.lit(how.split), f.lit(1)))
        if how.split == ",":
            first = f.case((f.full_match(text, _EXPONENT), text), default=first)
        text = first
    if how.empty_words:
        words = [w.casefold() for w in how.empty_words]
        text = f.case((f.in_(f.fold(text), words), f.lit(None)), default=text)
    if how.values and how.type != "boolean":
        text = _mapped(text, how)
    return text


def helper(cleaned: exp.Expr, how: Conversion) -> exp.Expr | None:
    """What `value` needs beside the text, if anything.

    For numbers their digits, sign and point; for timestamps with offsets the moment in UTC.
    """
    if how.type in ("integer", "decimal", "double"):
        return _digits(cleaned, how)
    if how.type in ("date", "timestamp"):
        return utc_moment(cleaned, how)
    return None


def value(
    cleaned: exp.Expr, helped: exp.Expr | None, how: Conversion, zone: str | None = None
) -> exp.Expr:
    """The value of a cleaned text; NULL where it does not convert."""
    match how.type:
        case "text":
            return cleaned
        case "boolean":
            return _boolean(cleaned, how)
        case "date":
            return f.date_of(moment(cleaned, helped, how, zone))
        case "timestamp":
            return moment(cleaned, helped, how, zone)
    if helped is None:
        raise ValueError(f"unknown type {how.type!r}")
    if how.type == "decimal":
        return f.to_decimal(helped)
    if how.type == "double":
        return f.to_double(helped)
    return f.to_integer(f.regexp_replace(helped, "[.]0*$", ""))


def from_typed(cell: exp.Expr, have: str, want: str) -> exp.Expr | None:
    """A cell of a source with types of its own as `want`; None where only its text helps.

    `have` is the model's name of the cell's type, or `double`.
    """
    if have == want:
        return cell
    numbers = ("integer", "decimal", "double")
    if want == "text":
        return f.as_text(cell)
    if want == "decimal" and have in numbers:
        return f.as_decimal(cell)
    if want == "double" and have in numbers:
        return f.as_double(cell)
    if want == "integer" and have in numbers:
        return f.case((f.as_double(cell).eq(f.as_double(f.as_integer(cell))), f.as_integer(cell)))
    if want == "date" and have == "timestamp":
        return f.date_of(cell)
    if want == "timestamp" and have == "date":
        return f.as_timestamp(cell)
    return None


def _digits(cleaned: exp.Expr, how: Conversion) -> exp.Expr:
    """Sign, digits and point of a number in the column's style; NULL for other texts.

    Thousands stand apart by spaces, apostrophes or the column's own mark, three digits each
    (two, as India writes them, before the last three): `1,23` is no number where the comma
    groups. A currency or a percent sign may stand around it.
    """
    mark = f"[{how.decimal_mark}]"
    group = f"[ \u00a0\u2009\u202f'{how.grouping.strip()}]"
    grouped = f"[0-9]{{1,3}}(?:{group}[0-9]{{2,3}})*{group}[0-9]{{3}}"
    body = f"(?:{grouped}|[0-9]+)(?:{mark}[0-9]*)?|{mark}[0-9]+"
    money = (
        f"(?i)^{_CURRENCY}{_SPACE}([+-]?){_SPACE}{_CURRENCY}{_SPACE}({body}){_SPACE}"
        f"(?:{_CURRENCY}|%)$"
    )
    digits = f.regexp_replace(f.regexp_extract(cleaned, money, 2), group, "")
    digits = f.concat(f.regexp_extract(cleaned, money, 1), digits)
    plain = cleaned
    if how.decimal_mark != ".":
        digits = f.replace(digits, f.lit(how.decimal_mark), f.lit("."))
        plain = f.replace(cleaned, f.lit(how.decimal_mark), f.lit("."))
    return f.case((f.search(cleaned, f"[^0-9{how.decimal_mark}+-]"), digits), default=plain)


def _mapped(text: exp.Expr, how: Conversion) -> exp.Expr:
    folded = f.fold(text)
    branches = [
        (folded.eq(f.lit(word.casefold())), f.lit(result)) for word, result in how.values.items()
    ]
    if how.default is None:
        return f.case(*branches, default=text)
    return f.case((f.is_null(text), f.lit(None)), *branches, default=f.lit(how.default))


def _boolean(text: exp.Expr, how: Conversion) -> exp.Expr:
    yes: Sequence[str] = TRUE_WORDS
    no: Sequence[str] = FALSE_WORDS
    if how.values:
        yes = [w.casefold() for w, v in how.values.items() if v == "true"]
        no = [w.casefold() for w, v in how.values.items() if v == "false"]
    folded = f.fold(text)
    branches = [
        (f.in_(folded, words), f.lit(truth)) for words, truth in ((yes, True), (no, False)) if words
    ]
    return f.case(*branches) if branches else typed_null("boolean")
