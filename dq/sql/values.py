"""How values compare and read as text, as SQL does it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Context, Decimal
from functools import cmp_to_key

from dq.sql.function import Call

__all__ = ["EXACT", "as_float", "as_text_value", "compare", "duck_text", "in_order", "spark_text"]


EXACT = Context(prec=76)
"""Room for the product of any two decimals."""


def compare(a: object, b: object) -> int:
    """-1, 0 or 1 for two values that are not None.

    As in SQL a date compares with a timestamp as its midnight, an ISO text with a date as
    that date, a decimal with a double as a double; NaN equals itself and is above all.
    """
    left, right = _alike(a, b)
    if left == right:
        return 0
    if isinstance(left, float) or isinstance(right, float):
        if left != left:
            return 0 if right != right else 1
        if right != right:
            return -1
    return -1 if left < right else 1  # type: ignore[operator]


def _alike(a: object, b: object) -> tuple[object, object]:
    kind_a, kind_b = type(a), type(b)
    if kind_a is kind_b:
        return a, b
    if kind_a is float or kind_b is float:
        return as_float(a), as_float(b)
    if isinstance(a, date) or isinstance(b, date):
        return _as_datetime(a), _as_datetime(b)
    return a, b


def as_float(value: object) -> object:
    """A number as a double; other values as they are."""
    return float(value) if isinstance(value, int | Decimal) else value


def _as_datetime(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def in_order(values: Sequence[object]) -> list[object]:
    """The values sorted as SQL sorts them."""
    return sorted(values, key=cmp_to_key(compare))


def as_text_value(x: object) -> str:
    """A value as text, the same as the engines write it."""
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, float):
        return repr(x) if math.isfinite(x) else str(x)
    if isinstance(x, Decimal):
        return format(x, "f")
    if isinstance(x, datetime):
        text = x.isoformat(sep=" ")
        return text.rstrip("0") if x.microsecond else text
    return x.isoformat() if isinstance(x, date) else str(x)


def duck_text(c: Call) -> str:
    """DuckDB's rendering of `as_text_value`."""
    return f"CAST({c[0]} AS VARCHAR)"


def spark_text(c: Call) -> str:
    """Spark writes doubles as Java does (`1.0E7`); rewrite them to `10000000.0`, `1e-05`."""
    if c[0] == "NULL":
        return "CAST(NULL AS STRING)"
    plain = "CAST(CAST(s AS DECIMAL(38, 20)) AS STRING)"
    power = "CAST(substring_index(s, 'E', -1) AS INT)"
    java = (
        "CASE WHEN s = 'NaN' THEN 'nan' WHEN s = 'Infinity' THEN 'inf' "
        "WHEN s = '-Infinity' THEN '-inf' WHEN NOT contains(s, 'E') THEN s "
        f"WHEN {power} BETWEEN -4 AND 15 THEN "
        f"regexp_replace(regexp_replace({plain}, '0+$', ''), '[.]$', '.0') "
        "ELSE concat(regexp_replace(substring_index(s, 'E', 1), '[.]0$', ''), 'e', "
        f"CASE WHEN {power} < 0 THEN '-' ELSE '+' END, "
        f"CASE WHEN abs({power}) < 10 THEN '0' ELSE '' END, CAST(abs({power}) AS STRING)) END"
    )
    return (
        f"CASE WHEN typeof({c[0]}) = 'double' "
        f"THEN transform(array(CAST({c[0]} AS STRING)), s -> {java})[0] "
        f"ELSE CAST({c[0]} AS STRING) END"
    )
