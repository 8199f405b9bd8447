"""Text functions. Lengths and places count code points; order and equality are by code point."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from dq.errors import PortabilityError
from dq.sql.function import Call, Function
from dq.sql.letters import lower_text, spark_lower, spark_upper, upper_text
from dq.sql.regex import portable_pattern, replacement

__all__ = [
    "WHITE_SPACE",
    "concat",
    "concat_ws",
    "contains",
    "ends_with",
    "fold",
    "full_match",
    "left",
    "length",
    "lower",
    "lpad",
    "md5",
    "regexp_extract",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "search",
    "split_part",
    "starts_with",
    "substring",
    "translate",
    "trim",
    "upper",
]

WHITE_SPACE = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""The characters with Unicode's White_Space property."""

_ODD_SPACE = WHITE_SPACE.replace(" ", "")


def _concat(*parts: str) -> str:
    return "".join(parts)


def _concat_ws(separator: str | None, *parts: str | None) -> str | None:
    if separator is None:
        return None
    return separator.join(p for p in parts if p is not None)


def _fold(x: str) -> str:
    return lower_text(_WHITE_RUN.sub(" ", x).strip(" "))


_WHITE_RUN = re.compile(f"[{WHITE_SPACE}]+")


def _translate(x: str, source: str, target: str) -> str:
    table: dict[int, str | None] = {}
    for i, char in enumerate(source):
        table.setdefault(ord(char), target[i] if i < len(target) else None)
    return x.translate(table)


def _split_part(x: str, separator: str, number: int) -> str:
    parts = x.split(separator)
    return parts[number - 1] if number <= len(parts) else ""


def _check_split(separator: object, number: object) -> None:
    if separator == "" or not isinstance(number, int) or number < 1:
        raise PortabilityError(
            "split_part needs a separator and a part number from 1.",
            fix="Write split_part(x, ',', 1).",
        )


def _check_pad(padding: object) -> None:
    if not padding:
        raise PortabilityError("lpad needs a text to pad with.", fix="Write lpad(x, 5, '0').")


def _pad(x: str, size: int, padding: str) -> str:
    missing = size - len(x)
    if missing <= 0:
        return x[: max(size, 0)]
    return (padding * missing)[:missing] + x


def _substring(x: str, start: int, size: int) -> str:
    first = max(start, 1) - 1
    return x[first : first + max(size, 0)]


def _prepare_search(source: object) -> Callable[[str], object]:
    search_ = portable_pattern(str(source)).python.search
    return lambda x: search_(x) is not None


def _prepare_full(source: object) -> Callable[[str], object]:
    full = portable_pattern(str(source)).python.fullmatch
    return lambda x: full(x) is not None


def _prepare_replace(source: object, target: object) -> Callable[[str], object]:
    pattern = portable_pattern(str(source))
    if pattern.matches_empty:
        raise PortabilityError(
            "The pattern {pattern} also matches the empty text, and engines differ in what they "
            "then replace.",
            fix="Let it match one character at least.",
            pattern=source,
        )
    template = replacement(str(target), pattern.groups)[0]
    return lambda x: pattern.python.sub(template, x)


def _prepare_extract(source: object, group: object) -> Callable[[str], object]:
    pattern = portable_pattern(str(source))
    number = int(str(group))
    if not 0 <= number <= pattern.groups:
        raise PortabilityError(
            "The pattern {pattern} has no group {group}.",
            fix="Put the part that is wanted in parentheses, and count them from 1.",
            pattern=source,
            group=number,
        )

    def extract(x: str) -> str | None:
        found = pattern.python.search(x)
        return None if found is None else found.group(number) or ""

    return extract


def _duck_replace(c: Call) -> str:
    pattern = portable_pattern(c.text(1))
    target = replacement(c.text(2), pattern.groups)[0]
    return f"regexp_replace({c[0]}, {c.quote(pattern.re2)}, {c.quote(target)}, 'g')"


def _spark_replace(c: Call) -> str:
    pattern = portable_pattern(c.text(1))
    target = replacement(c.text(2), pattern.groups)[1]
    return f"regexp_replace({c[0]}, {c.quote(pattern.java)}, {c.quote(target)})"


def _duck_extract(c: Call) -> str:
    pattern = portable_pattern(c.text(1))
    found = f"regexp_extract({c[0]}, {c.quote(pattern.re2)}, {c.number(2)})"
    if c.number(2) == 0 and not pattern.matches_empty:
        return f"NULLIF({found}, '')"
    return f"CASE WHEN regexp_matches({c[0]}, {c.quote(pattern.re2)}) THEN {found} END"


def _spark_extract(c: Call) -> str:
    pattern = portable_pattern(c.text(1))
    found = f"regexp_extract({c[0]}, {c.quote(pattern.java)}, {c.number(2)})"
    if c.number(2) == 0 and not pattern.matches_empty:
        return f"NULLIF({found}, '')"
    return f"CASE WHEN {c[0]} RLIKE {c.quote(pattern.java)} THEN {found} END"


def _duck_trim(c: Call) -> str:
    ends = c.quote(f"^[{WHITE_SPACE}]|[{WHITE_SPACE}]$")
    run = c.quote(f"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+$")
    return (
        f"CASE WHEN regexp_matches({c[0]}, {ends}) "
        f"THEN regexp_replace({c[0]}, {run}, '', 'g') ELSE {c[0]} END"
    )


def _duck_fold(c: Call) -> str:
    odd = c.quote(f"^ | $|  |[{_ODD_SPACE}]")
    run = c.quote(f"[{WHITE_SPACE}]+")
    return (
        f"lower(CASE WHEN regexp_matches({c[0]}, {odd}) "
        f"THEN trim(regexp_replace({c[0]}, {run}, ' ', 'g')) ELSE {c[0]} END)"
    )


def _spark_fold(c: Call) -> str:
    run = c.quote(f"[{WHITE_SPACE}]+")
    return spark_lower(f"trim(regexp_replace({c[0]}, {run}, ' '))", c.quote)


lower = Function(
    "lower",
    "x",
    duckdb="lower({0})",
    spark=lambda c: spark_lower(c[0], c.quote),
    row=lower_text,
    doc="Small letters, one for one.",
)
upper = Function(
    "upper",
    "x",
    duckdb="upper({0})",
    spark=lambda c: spark_upper(c[0], c.quote),
    row=upper_text,
    doc="Capital letters, one for one.",
)
trim = Function(
    "trim",
    "x",
    duckdb=_duck_trim,
    spark=lambda c: (
        f"regexp_replace({c[0]}, " + c.quote(f"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\z") + ", '')"
    ),
    row=lambda x: x.strip(WHITE_SPACE),
    doc="The text without white space (no-break space too) at both ends.",
)
fold = Function(
    "fold",
    "x",
    duckdb=_duck_fold,
    spark=_spark_fold,
    row=_fold,
    doc="For comparing: trimmed, inner white space made one blank, small letters.",
)
length = Function(
    "length",
    "x",
    duckdb="length({0})",
    spark="CAST(char_length({0}) AS BIGINT)",
    row=len,
    doc="Number of code points.",
)
reverse = Function(
    "reverse",
    "x",
    duckdb=(
        "CASE WHEN strlen({0}) = length({0}) THEN reverse({0}) ELSE "
        "array_to_string(list_reverse(regexp_extract_all({0}, '(?s).')), '') END"
    ),
    spark="reverse({0})",
    row=lambda x: x[::-1],
    doc="The code points backwards.",
)
md5 = Function(
    "md5",
    "x",
    duckdb="md5({0})",
    row=lambda x: hashlib.md5(x.encode(), usedforsecurity=False).hexdigest(),
    doc="MD5 of the UTF-8 bytes, as 32 small hexadecimal digits.",
)
substring = Function(
    "substring",
    "x start size",
    duckdb="substring({0}, CAST(greatest({1}, 1) AS BIGINT), CAST(greatest({2}, 0) AS BIGINT))",
    spark="substring({0}, CAST(greatest({1}, 1) AS INT), CAST(greatest({2}, 0) AS INT))",
    row=_substring,
    doc="`size` characters from `start`, the first being 1.",
)
left = Function(
    "left",
    "x size",
    duckdb="left({0}, CAST(greatest({1}, 0) AS BIGINT))",
    spark="left({0}, CAST(greatest({1}, 0) AS INT))",
    row=lambda x, size: x[: max(size, 0)],
    doc="The first characters.",
)
right = Function(
    "right",
    "x size",
    duckdb="right({0}, CAST(greatest({1}, 0) AS BIGINT))",
    spark="right({0}, CAST(greatest({1}, 0) AS INT))",
    row=lambda x, size: x[-size:] if size > 0 else "",
    doc="The last characters.",
)


def _joined(parts: list[str]) -> str:
    """The operands joined in a balanced tree: hundreds of them must not nest as deep."""
    if len(parts) <= 16:
        return "(" + " || ".join(parts) + ")"
    middle = len(parts) // 2
    return f"({_joined(parts[:middle])} || {_joined(parts[middle:])})"


concat = Function(
    "concat",
    "*part",
    duckdb=lambda c: _joined(list(c.args)),
    row=_concat,
    doc="The texts joined; NULL if any is NULL.",
)
concat_ws = Function(
    "concat_ws",
    "separator *part",
    duckdb=lambda c: f"concat_ws({', '.join(c.args)})",
    row=_concat_ws,
    sees_null=True,
    doc="The texts that are not NULL, joined by a separator.",
)
replace = Function(
    "replace",
    "x source target",
    duckdb="replace({0}, {1}, {2})",
    row=lambda x, source, target: x.replace(source, target) if source else x,
    doc="Every occurrence of one text replaced by another.",
)
starts_with = Function(
    "starts_with",
    "x part",
    duckdb="starts_with({0}, {1})",
    spark="startswith({0}, {1})",
    row=lambda x, part: x.startswith(part),
    doc="Whether the text begins so.",
)
ends_with = Function(
    "ends_with",
    "x part",
    duckdb="ends_with({0}, {1})",
    spark="endswith({0}, {1})",
    row=lambda x, part: x.endswith(part),
    doc="Whether the text ends so.",
)
contains = Function(
    "contains",
    "x part",
    duckdb="contains({0}, {1})",
    row=lambda x, part: part in x,
    doc="Whether the text holds another.",
)
lpad = Function(
    "lpad",
    "x size PADDING",
    duckdb="lpad({0}, CAST(greatest({1}, 0) AS INTEGER), {2})",
    row=_pad,
    check=_check_pad,
    doc="The text filled from the left to a length, or cut to it.",
)
split_part = Function(
    "split_part",
    "x SEPARATOR NUMBER",
    duckdb="split_part({0}, {1}, {2})",
    row=_split_part,
    check=_check_split,
    doc="The n-th part (from 1) between separators; empty if there are fewer.",
)
translate = Function(
    "translate",
    "x SOURCE TARGET",
    duckdb="translate({0}, {1}, {2})",
    row=_translate,
    doc="Each character of `source` replaced by its counterpart in `target`, or dropped.",
)
search = Function(
    "search",
    "x PATTERN",
    duckdb=lambda c: f"regexp_matches({c[0]}, {c.quote(portable_pattern(c.text(1)).re2)})",
    spark=lambda c: f"({c[0]} RLIKE {c.quote(portable_pattern(c.text(1)).java)})",
    prepare=_prepare_search,
    doc="Whether the pattern is found anywhere.",
)
full_match = Function(
    "full_match",
    "x PATTERN",
    duckdb=lambda c: f"regexp_full_match({c[0]}, {c.quote(portable_pattern(c.text(1)).re2)})",
    spark=lambda c: f"({c[0]} RLIKE {c.quote(portable_pattern(c.text(1)).java_full)})",
    prepare=_prepare_full,
    doc="Whether the pattern matches the whole text.",
)
regexp_replace = Function(
    "regexp_replace",
    "x PATTERN TARGET",
    duckdb=_duck_replace,
    spark=_spark_replace,
    prepare=_prepare_replace,
    doc="Every match of the pattern replaced; groups as \\1.",
)
regexp_extract = Function(
    "regexp_extract",
    "x PATTERN GROUP=0",
    duckdb=_duck_extract,
    spark=_spark_extract,
    prepare=_prepare_extract,
    doc="The first match, or a group of it; NULL when nothing matches.",
)
