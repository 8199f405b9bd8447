"""Numbers and conversions. Amounts are DECIMAL(18,4); what does not convert is NULL."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from dq.errors import PortabilityError
from dq.sql.function import Call, Function
from dq.sql.values import EXACT, as_text_value, duck_text, in_order, spark_text

__all__ = [
    "abs",
    "as_decimal",
    "as_double",
    "as_integer",
    "as_text",
    "ceil",
    "div0",
    "exp",
    "floor",
    "greatest",
    "least",
    "ln",
    "mod",
    "power",
    "round",
    "round_even",
    "sign",
    "sqrt",
    "to_decimal",
    "to_double",
    "to_integer",
]

_MONEY = "DECIMAL(18, 4)"
_WIDE = "DECIMAL(33, 18)"
_PLACES = 4
_LARGEST = Decimal("99999999999999.9999")
_LARGEST_INTEGER = 2**63 - 1

_DECIMAL_TEXT = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)$"
_INTEGER_TEXT = r"^[+-]?[0-9]+$"
_DOUBLE_TEXT = r"^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$"
_DECIMAL_CHARS = frozenset("0123456789.+-")


def _decimal(value: object) -> Decimal | None:
    """A number as an exact decimal; a double by its shortest text."""
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _scaled(value: Decimal | None, places: int, rounding: str = ROUND_HALF_UP) -> Decimal | None:
    """Rounded to `places`, as DECIMAL(18,4); None when it does not fit."""
    if value is None or value.copy_abs() > _LARGEST + 1:
        return None
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=EXACT)
    if not -_LARGEST <= rounded <= _LARGEST:
        return None
    return rounded.quantize(Decimal("0.0001"), context=EXACT)


def _prepare_round(rounding: str) -> Callable[[object], Callable[[object], object]]:
    def prepare(places: object) -> Callable[[object], object]:
        if not isinstance(places, int) or not 0 <= places <= _PLACES:
            raise PortabilityError(
                "Rounding keeps 0 to 4 digits after the mark.", fix="Write round(x, 2)."
            )
        return lambda x: _scaled(_decimal(x), places, rounding)

    return prepare


def _duck_exact(sql: str) -> str:
    """A number of any type as decimal, doubles by their shortest text."""
    return f"TRY_CAST(CAST({sql} AS VARCHAR) AS {_WIDE})"


def _duck_round(c: Call) -> str:
    return (
        f"CASE WHEN typeof({c[0]}) = 'DOUBLE' "
        f"THEN TRY_CAST(round({_duck_exact(c[0])}, {c[1]}) AS {_MONEY}) "
        f"ELSE TRY_CAST(round({c[0]}, {c[1]}) AS {_MONEY}) END"
    )


def _duck_round_even(c: Call) -> str:
    unit = Decimal(1).scaleb(-c.number(1))

    def halves(x: str) -> str:
        tie = f"abs({x}) % {unit} = {unit / 2}"
        return (
            f"TRY_CAST(CASE WHEN {tie} THEN round({x} * 0.5, {c[1]}) * 2 "
            f"ELSE round({x}, {c[1]}) END AS {_MONEY})"
        )

    return (
        f"CASE WHEN typeof({c[0]}) = 'DOUBLE' THEN {halves(_duck_exact(c[0]))} "
        f"ELSE {halves(c[0])} END"
    )


def _spark_round(name: str) -> Callable[[Call], str]:
    def render(c: Call) -> str:
        text = f"TRY_CAST(CAST({c[0]} AS STRING) AS {_WIDE})"
        return (
            f"CASE WHEN typeof({c[0]}) = 'double' "
            f"THEN TRY_CAST({name}({text}, {c[1]}) AS {_MONEY}) "
            f"ELSE TRY_CAST({name}({c[0]}, {c[1]}) AS {_MONEY}) END"
        )

    return render


def _mod(a: object, b: object) -> object:
    if not b:
        return None
    if isinstance(a, int) and isinstance(b, int):
        rest = math.fmod(a, b) if -(2**53) < a < 2**53 else _big_mod(a, b)
        return int(rest)
    if isinstance(a, float) or isinstance(b, float):
        return math.fmod(float(str(a)), float(str(b)))
    left, right = _decimal(a), _decimal(b)
    return None if left is None or right is None else EXACT.remainder(left, right)


def _big_mod(a: int, b: int) -> int:
    rest = (a if a > 0 else -a) % (b if b > 0 else -b)
    return rest if a > 0 else -rest


def _div0(a: object, b: object) -> float | None:
    dividend, divisor = _double(a), _double(b)
    if not divisor:
        return None
    try:
        return dividend / divisor
    except OverflowError:
        return math.copysign(math.inf, dividend) * math.copysign(1, divisor)


def _double(x: object) -> float:
    return float(x) if isinstance(x, int | float | Decimal) else float(str(x))


def _finite(function: Callable[..., float]) -> Callable[..., float | None]:
    def row(*args: object) -> float | None:
        try:
            result = function(*map(_double, args))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None
        return result if math.isfinite(result) else None

    return row


def _chosen(last: bool) -> Callable[..., object]:
    def row(*values: object) -> object:
        known = in_order([v for v in values if v is not None])
        return known[-1 if last else 0] if known else None

    return row


def _as_integer(x: object) -> int | None:
    if isinstance(x, float) and not math.isfinite(x):
        return None
    whole = int(x) if isinstance(x, int | float | Decimal) else int(str(x))
    return whole if -_LARGEST_INTEGER - 1 <= whole <= _LARGEST_INTEGER else None


def _to_decimal(x: str) -> Decimal | None:
    if not _DECIMAL_CHARS.issuperset(x) or not _DECIMAL_PATTERN(x):
        return None
    return _scaled(Decimal(x), _PLACES)


def _to_integer(x: str) -> int | None:
    return _as_integer(int(x)) if _INTEGER_PATTERN(x) and len(x) < 400 else None


def _to_double(x: str) -> float | None:
    if not _DOUBLE_PATTERN(x):
        return None
    value = float(x)
    return value if math.isfinite(value) else None


def _guarded(pattern: str, cast: str) -> Callable[[Call], str]:
    """TRY_CAST where the text is a plain number: engines differ in what else they take."""

    def render(c: Call) -> str:
        return (
            f"CASE WHEN regexp_matches({c[0]}, {c.quote(pattern)}) "
            f"THEN TRY_CAST({c[0]} AS {cast}) END"
        )

    return render


def _guarded_spark(pattern: str, cast: str) -> Callable[[Call], str]:
    exact = f"^{pattern[1:-1]}\\z"

    def render(c: Call) -> str:
        return f"CASE WHEN {c[0]} RLIKE {c.quote(exact)} THEN TRY_CAST({c[0]} AS {cast}) END"

    return render


def _only_finite(sql: str) -> str:
    """NULL for NaN and the infinities."""
    return f"CASE WHEN abs({sql}) <= 1.7976931348623157e308 THEN {sql} END"


def _math(name: str) -> Callable[[Call], str]:
    def render(c: Call) -> str:
        args = ", ".join(f"CAST({a} AS DOUBLE)" for a in c.args)
        return _only_finite(f"{name}({args})")

    return render


def _matcher(pattern: str) -> Callable[[str], object]:
    import re

    return re.compile(pattern[1:-1]).fullmatch


_DECIMAL_PATTERN = _matcher(_DECIMAL_TEXT)
_INTEGER_PATTERN = _matcher(_INTEGER_TEXT)
_DOUBLE_PATTERN = _matcher(_DOUBLE_TEXT)

abs = Function("abs", "x", duckdb="abs({0})", row=lambda x: -x if x < 0 else x, doc="|x|.")
sign = Function(
    "sign",
    "x",
    duckdb="CAST(sign({0}) AS BIGINT)",
    row=lambda x: (x > 0) - (x < 0),
    doc="-1, 0 or 1.",
)
round = Function(
    "round",
    "x PLACES=0",
    duckdb=_duck_round,
    spark=_spark_round("round"),
    prepare=_prepare_round(ROUND_HALF_UP),
    doc="DECIMAL(18,4) rounded to 0..4 places, halves away from zero; NULL if it does not fit.",
)
round_even = Function(
    "round_even",
    "x PLACES=0",
    duckdb=_duck_round_even,
    spark=_spark_round("bround"),
    prepare=_prepare_round(ROUND_HALF_EVEN),
    doc="DECIMAL(18,4) rounded to 0..4 places, halves to even; NULL if it does not fit.",
)
floor = Function(
    "floor",
    "x",
    duckdb="CAST(floor({0}) AS BIGINT)",
    spark="CAST(floor({0}) AS BIGINT)",
    row=math.floor,
    doc="The largest whole number not above.",
)
ceil = Function(
    "ceil",
    "x",
    duckdb="CAST(ceil({0}) AS BIGINT)",
    spark="CAST(ceil({0}) AS BIGINT)",
    row=math.ceil,
    doc="The smallest whole number not below.",
)
mod = Function(
    "mod",
    "a b",
    duckdb="({0} % NULLIF({1}, 0) + CAST(0 AS DECIMAL(19, 0)))",
    row=_mod,
    doc="Remainder with the sign of the dividend; NULL on 0.",
)
power = Function("power", "x n", duckdb=_math("power"), row=_finite(math.pow), doc="x to the n.")
ln = Function("ln", "x", duckdb=_math("ln"), row=_finite(math.log), doc="Natural logarithm.")
exp = Function("exp", "x", duckdb=_math("exp"), row=_finite(math.exp), doc="e to the x.")
sqrt = Function("sqrt", "x", duckdb=_math("sqrt"), row=_finite(math.sqrt), doc="Square root.")
greatest = Function(
    "greatest",
    "*value",
    duckdb=lambda c: f"greatest({', '.join(c.args)})",
    row=_chosen(last=True),
    sees_null=True,
    doc="The largest value, NULLs left out.",
)
least = Function(
    "least",
    "*value",
    duckdb=lambda c: f"least({', '.join(c.args)})",
    row=_chosen(last=False),
    sees_null=True,
    doc="The smallest value, NULLs left out.",
)
div0 = Function(
    "div0",
    "a b",
    duckdb="(CAST({0} AS DOUBLE) / NULLIF(CAST({1} AS DOUBLE), 0))",
    row=_div0,
    doc="Quotient as a double; NULL on 0.",
)
to_decimal = Function(
    "to_decimal",
    "x",
    duckdb=_guarded(_DECIMAL_TEXT, _MONEY),
    spark=_guarded_spark(_DECIMAL_TEXT, _MONEY),
    row=_to_decimal,
    doc="Text to DECIMAL(18,4), halves away from zero; NULL if not a plain number that fits.",
)
to_integer = Function(
    "to_integer",
    "x",
    duckdb=_guarded(_INTEGER_TEXT, "BIGINT"),
    spark=_guarded_spark(_INTEGER_TEXT, "BIGINT"),
    row=_to_integer,
    doc="Text to a whole number of 64 bits; NULL if it is none.",
)
to_double = Function(
    "to_double",
    "x",
    duckdb=lambda c: _only_finite(_guarded(_DOUBLE_TEXT, "DOUBLE")(c)),
    spark=lambda c: _only_finite(_guarded_spark(_DOUBLE_TEXT, "DOUBLE")(c)),
    row=_to_double,
    doc="Text to a double, exponent allowed; NULL if not a finite number.",
)
as_double = Function(
    "as_double", "x", duckdb="CAST({0} AS DOUBLE)", row=_double, doc="A number as a double."
)
as_decimal = Function(
    "as_decimal",
    "x",
    duckdb=lambda c: (
        f"CASE WHEN typeof({c[0]}) = 'DOUBLE' "
        f"THEN TRY_CAST(round({_duck_exact(c[0])}, 4) AS {_MONEY}) "
        f"ELSE TRY_CAST({c[0]} AS {_MONEY}) END"
    ),
    spark=(
        "CASE WHEN typeof({0}) = 'double' THEN TRY_CAST(CAST({0} AS STRING) AS DECIMAL(18, 4)) "
        "ELSE TRY_CAST({0} AS DECIMAL(18, 4)) END"
    ),
    row=lambda x: _scaled(_decimal(x), _PLACES),
    doc="A number as DECIMAL(18,4), halves away from zero; NULL if it does not fit.",
)
as_integer = Function(
    "as_integer",
    "x",
    duckdb=(
        "CASE WHEN typeof({0}) = 'DOUBLE' THEN TRY_CAST(trunc(CAST({0} AS DOUBLE)) AS BIGINT) "
        "WHEN typeof({0}) = 'BOOLEAN' THEN TRY_CAST({0} AS BIGINT) "
        "ELSE TRY_CAST(trunc(TRY_CAST({0} AS DECIMAL(38, 4))) AS BIGINT) END"
    ),
    spark="TRY_CAST({0} AS BIGINT)",
    row=_as_integer,
    doc="A number (or truth) as a whole number, digits after the mark cut off.",
)
as_text = Function(
    "as_text",
    "x",
    duckdb=duck_text,
    spark=spark_text,
    row=as_text_value,
    doc="Any value as text: ISO dates, plain decimals, doubles in their shortest form.",
)
