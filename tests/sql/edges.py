"""Awkward values by domain, and every portable function over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import product

import pyarrow as pa
from sqlglot import exp

from dq.sql import portable as f

MONEY = pa.decimal128(18, 4)

TEXTS = [
    None, "", " ", "\t\n", "\u00a0", "a", "A", "Ромашка", "РОМАШКА", " ООО  «Ромашка» ",
    "ёЁіїєґІЇЄҐ",
    "x\u00a0\u2003y", "straße", "ΟΔΟΣ", "İstanbul", "ﬁ", "a,b,,c", "a\\b", "it's", 'say "x"',
    "%_$1\\1",
    "line\nbreak", "line\r\nbreak\n", "é", "e\u0301", "👨‍👩‍👧", "ab" * 40, "{0} {x}", "-- ; /* */",
    "aXbXc", "\u200b",
    "\x00z", "ᾀῳ", "ß", "2024-01-01", "[x]", "a.b", "^a$", "a|b", "\x1f", "\x85", "٣",
]  # fmt: skip

NUMBER_TEXTS = [
    None, "", "0", "-0", "+5", "1.5", ".5", "5.", ".", "-", "+", "1,5", "1 000", "1_000", "1e3",
    "1E-5", "1e309",
    "-1e309", "1e-400", "NaN", "Infinity", "inf", "0x1F", " 5", "5 ", "5\n", "٣",
    "99999999999999.9999",
    "99999999999999.99995", "100000000000000", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "0.00005", "0.00004999", "-0.00005", "1.00005", "2.00015", "00012",
    "12345678901234567890123456789012345678901234567890", "1.7976931348623157e308", "4.9e-324",
    "1e",
    "0.1", "123456.789", "true", "5d", "5f", "1e+5", "--1", "1.2.3",
]  # fmt: skip

DATE_TEXTS = [
    None, "", " ", "2024-02-29", "2023-02-29", "2024-2-9", "2024-1-1", "24-01-01", "0024-01-01",
    "1000-01-01",
    "0999-12-31", "9999-12-31", "02024-01-01", "2024-01-01 ", " 2024-01-01", "2024-01-01\n",
    "2024-01-01x",
    "2024-13-01", "2024-00-10", "2024-01-32", "2024-04-31", "29.02.2024", "9.2.2024", "31.12.1999",
    "31/12/99",
    "12/31/1999 11:59:59 PM", "1/2/2024 0:30 AM", "1/2/2024 12:30 am", "1/2/2024 13:30 PM",
    "1/2/2024 1:05 pm",
    "2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-01-01 24:00:00", "2024-01-01 23:59:60",
    "2024-01-01 23:59:59", "2024-01-01T23:59:59", "2024-01-01 23:59:59.5",
    "2024-01-01 23:59:59.123456",
    "2024-01-01 23:59:59.1234567", "2024-01-01  23:59:59", "2024-01-01\t23:59:59",
    "2024-01-01 1:2:3",
    "2024-01-01 10:00:00+03:00", "2024-01-01 10:00:00Z", "2024-01-01 10:00:00z",
    "2024-01-01 10:00:00-0330",
    "2024-01-01 10:00:00+03", "2024-01-01 10:00:00 UTC", "9999-12-31 23:00:00-05", "05-Jan-24",
    "5-feb-68",
    "5-FEB-69", "5-Sept-20", "31-Apr-20", "epoch", "infinity", "-Infinity", " infinity ",
    "не закрыта", "٢٠٢٤-01-01",
    "20240229", "2024", "1900-01-01", "1582-10-10", "1700-02-29", "+2024-01-01",
    "2024-01-01 10:00:00+25:00",
    "2024-01-01 10:00:00+14:99",
]  # fmt: skip

FORMATS = [
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S%z", "%d-%b-%y", "%Y%m%d", "%Y",
]  # fmt: skip

DECIMALS = [
    None, *map(Decimal, (
        "0.0000", "0.0001", "-0.0001", "0.5000", "-0.5000", "1.5000", "2.5000", "-2.5000",
        "0.0050", "0.0150",
        "0.0250", "2.6750", "-2.6750", "1.0049", "99999999999999.9999", "-99999999999999.9999",
        "3510578.0000",
        "10005534.0100", "7.0000", "-7.0000", "900719925474.0993",
    )),
]  # fmt: skip

INTEGERS = [None, 0, 1, -1, 2, 3, -3, 7, 10, 100, -100, 2**31, -(2**31), 2**53 + 1, 10**15]

DOUBLES = [
    None, 0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.5, -0.5, 1.5, 2.5, -2.5, 2.675, 1.005, 0.00005,
    -0.00005, 2.00005,
    1e-5, 1.234e-7, 9.999e-5, 1e-4, 123456.789, 9999999.0, 1e7, 12345678.9, 1e15, 1e16, 1.5e16,
    1e20, 1e22,
    -1e22, 1e100, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"), 1 / 3, 100.0,
    3.0,
]  # fmt: skip

MOMENTS = [
    None, *map(datetime.fromisoformat, (
        "2024-01-01", "2024-01-31 12:34:56.789", "2024-02-29 23:59:59.999999", "2023-02-28",
        "2023-03-31",
        "2024-03-31 02:30:00", "2024-10-27 02:30:00", "2024-12-31 23:59:59",
        "2025-01-05 00:00:00.000001",
        "1999-12-31", "1970-01-01", "1969-12-31 23:59:59.5", "1900-02-28", "2000-02-29",
        "1600-02-29 10:00:00",
        "2024-05-31 08:00:00.5", "2100-12-31",
    )),
]  # fmt: skip

DAYS = [
    None, *map(date.fromisoformat, (
        "2024-01-01", "2024-01-31", "2024-02-29", "2023-02-28", "2024-03-31", "2024-10-27",
        "2024-12-29",
        "2024-12-30", "2025-01-01", "1970-01-01", "1969-12-31", "1600-02-29", "2100-12-31",
    )),
]  # fmt: skip

Expressions = Mapping[str, exp.Expr]


def texts() -> pa.Table:
    pairs = list(product(TEXTS, [None, "", "a", "X", ",", "ма", " "]))
    return pa.table(
        {
            "x": pa.array([p[0] for p in pairs], pa.string()),
            "y": pa.array([p[1] for p in pairs], pa.string()),
            "n": pa.array([(i % 9) - 2 for i in range(len(pairs))], pa.int64()),
        }
    )


def text_functions() -> Expressions:
    x, y, n = f.col("x"), f.col("y"), f.col("n")
    patterns = [
        r"^a", r"a$", r".b", r"(?i)ромашка", r"(?i)A", r"[а-яёА-ЯЁіїєґІЇЄҐ]+", r"\bb", r"[^\s]",
        r"\d\d", r"[\[\]]", r"a\.b",
        r"(?s)line.break", r"line.break", r"x{2,}|ab{1}", r"[\]^-]", r"\$1", r"[a-c&&b]", r"\x41",
        r"a|b", r"\\", r"[\-x]", r"\u0430",
    ]  # fmt: skip
    searches = {f"search {p}": f.search(x, p) for p in patterns}
    full = {
        f"full {p}": f.full_match(x, p)
        for p in ("a|ab", "[A-Za-z]*", "(?s).*", ".*", "a,b,,c", r"(a|b)+")
    }
    return searches | full | {
        "blank": f.blank(x), "filled": f.filled(x), "lower": f.lower(x), "upper": f.upper(x),
        "trim": f.trim(x),
        "fold": f.fold(x), "length": f.length(x), "reverse": f.reverse(x), "md5": f.md5(x),
        "substring": f.substring(x, 2, 3), "substring n": f.substring(x, n, n),
        "left": f.left(x, n), "right": f.right(x, n),
        "concat": f.concat(x, "-", y), "concat_ws": f.concat_ws(", ", x, y, None),
        "replace": f.replace(x, y, "<>"),
        "starts_with": f.starts_with(x, y), "ends_with": f.ends_with(x, y),
        "contains": f.contains(x, y),
        "lpad": f.lpad(x, n, "жx"), "split_part": f.split_part(x, ",", 2),
        "split 1": f.split_part(x, "X", 1), "split 4": f.split_part(x, ".", 4),
        "translate": f.translate(x, "aбРX«", "b-p"),
        "replace re": f.regexp_replace(x, r"([a-zа-я])([a-z])", r"\2$\1\\"),
        "replace space": f.regexp_replace(x, r"[ ,]+", ""),
        "extract": f.regexp_extract(x, "[a-zё]+"), "extract 1": f.regexp_extract(x, "(a)(X)?", 2),
        "extract 0": f.regexp_extract(x, "b*", 0), "eq": x.eq(y), "gt": x > y, "lte": x <= y,
        "in": f.in_(x, ["a", "", "it's", "a\\b"]),
        "in null": f.in_(x, ["a", None]), "not in": f.not_(f.in_(x, ["a", y])),
        "between": f.between(x, y, "z"), "distinct": f.distinct_from(x, y),
        "coalesce": f.coalesce(x, y, "-"), "nullif": f.nullif(x, y),
        "case": f.case((x > y, "gt"), (x.eq(y), x), default=y),
        "greatest": f.greatest(x, y, None), "least": f.least(x, y),
        "logic": f.all_of(x.eq("a"), f.any_of(y.eq("a"), f.is_null(y))),
        "is_true": f.is_true(x > y), "not_": f.not_(x > y),
        "literals": f.concat(x, "'\"\\\n\t\r\x00%_{}$1\\1«ё\u2028👍"), "as_text": f.as_text(x),
        "not_null": f.not_null(x), "is_null": f.is_null(x),
    }  # fmt: skip


def number_texts() -> pa.Table:
    return pa.table({"x": pa.array(NUMBER_TEXTS, pa.string())})


def number_text_functions() -> Expressions:
    x = f.col("x")
    return {
        "to_decimal": f.to_decimal(x),
        "to_integer": f.to_integer(x),
        "to_double": f.to_double(x),
    }


def date_texts() -> pa.Table:
    return pa.table({"x": pa.array(DATE_TEXTS, pa.string())})


def date_text_functions() -> Expressions:
    stamps = {f"to_timestamp {fmt}": f.to_timestamp(f.col("x"), fmt) for fmt in FORMATS}
    days = {f"to_date {fmt}": f.to_date(f.col("x"), fmt) for fmt in FORMATS}
    return stamps | days


def numbers() -> pa.Table:
    rows = list(product(DECIMALS, [None, 0, 1, -3, 7, 100])) + [
        (d, n) for d, n in zip(DECIMALS * 2, INTEGERS, strict=False)
    ]
    doubles = [DOUBLES[i % len(DOUBLES)] for i in range(len(rows))]
    return pa.table(
        {
            "d": pa.array([r[0] for r in rows], MONEY),
            "n": pa.array([r[1] for r in rows], pa.int64()),
            "x": pa.array(doubles, pa.float64()),
            "b": pa.array([None if i % 3 == 0 else i % 3 == 1 for i in range(len(rows))]),
        }
    )


LOOSE = frozenset({"ln", "exp", "power", "power half"})
"""The engines' mathematical libraries differ in the last digit."""


def number_functions() -> Expressions:
    d, n, x, b = f.col("d"), f.col("n"), f.col("x"), f.col("b")
    rounded = {f"round {k}": f.round(d, k) for k in range(5)}
    rounded |= {f"round_even {k}": f.round_even(d, k) for k in range(5)}
    rounded |= {f"round double {k}": f.round(x, k) for k in range(5)}
    rounded |= {f"round_even double {k}": f.round_even(x, k) for k in range(5)}
    return rounded | {
        "abs": f.abs(d), "abs n": f.abs(n), "abs x": f.abs(x), "sign": f.sign(d),
        "sign n": f.sign(n), "floor": f.floor(d), "ceil": f.ceil(d),
        "mod": f.mod(d, n), "mod n": f.mod(n, 7), "mod by": f.mod(n, d), "sqrt": f.sqrt(d),
        "sqrt x": f.sqrt(x), "ln": f.ln(d), "exp": f.exp(n), "power": f.power(d, 2),
        "power half": f.power(n, Decimal("0.5")), "div0": f.div0(d, n), "div0 x": f.div0(x, n),
        "div0 by x": f.div0(n, x), "greatest": f.greatest(d, n, 0),
        "least": f.least(d, n), "as_double": f.as_double(d), "as_double n": f.as_double(n),
        "as_decimal": f.as_decimal(x), "as_decimal n": f.as_decimal(n),
        "as_decimal d": f.as_decimal(d), "as_integer": f.as_integer(d),
        "as_integer x": f.as_integer(x), "as_integer b": f.as_integer(b), "as_text d": f.as_text(d),
        "as_text n": f.as_text(n), "as_text x": f.as_text(x), "as_text b": f.as_text(b),
        "plus": d + n, "minus": d - 1, "times": d * 2, "times d": d * Decimal("0.2"),
        "times x": x * 2, "plus x": d + x, "neg": -d, "gt": d > n, "gt x": x > d,
        "eq x": x.eq(Decimal("0.1")), "eq f": x.eq(f.lit(0.1)), "x gt": x > 0, "lt": n < 0,
        "between": f.between(d, 0, n),
        "in": f.in_(n, [1, 7, None]), "in d": f.in_(d, [Decimal("0.5"), 7]),
        "distinct": f.distinct_from(d, n), "blank d": f.blank(d), "blank b": f.blank(b),
        "filled n": f.filled(n),
        "b": b, "not b": f.not_(b), "b is true": f.is_true(b), "b or": f.any_of(b, n > 0),
        "b and": f.all_of(b, n > 0), "b eq": b.eq(True), "x eq": x.eq(x),
        "x lt": x < f.as_double(d),
        "nullif": f.nullif(n, 0), "coalesce": f.coalesce(d, n, 0),
        "case": f.case((b, d), (n > 0, 1), default=Decimal("0.5")), "null": f.null("decimal"),
        "lit": f.lit(Decimal("-1.50")), "big": f.lit(2**40),
    }  # fmt: skip


def moments() -> pa.Table:
    pairs = list(product(MOMENTS, MOMENTS))
    return pa.table(
        {
            "t": pa.array([p[0] for p in pairs], pa.timestamp("us")),
            "u": pa.array([p[1] for p in pairs], pa.timestamp("us")),
            "d": pa.array([DAYS[i % len(DAYS)] for i in range(len(pairs))], pa.date32()),
            "n": pa.array([(i * 7) % 50 - 20 for i in range(len(pairs))], pa.int64()),
            "m": pa.array([i % 14 for i in range(len(pairs))], pa.int64()),
        }
    )


def moment_functions() -> Expressions:
    t, u, d, n, m = (f.col(name) for name in "tudnm")
    units = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    truncated = {f"trunc {unit}": f.trunc(unit, t) for unit in units}
    truncated |= {f"trunc date {unit}": f.trunc(unit, d) for unit in units}
    parts = {
        name: getattr(f, name)(t)
        for name in (
            "year",
            "quarter",
            "month",
            "day",
            "weekday",
            "hour",
            "minute",
            "second",
            "date_of",
        )
    }
    parts |= {
        f"{name} date": getattr(f, name)(d)
        for name in ("year", "month", "weekday", "hour", "date_of")
    }
    moment = datetime(2024, 3, 31, 2, 30)
    return truncated | parts | {
        "as_timestamp": f.as_timestamp(d), "days": f.days_between(t, u),
        "days date": f.days_between(d, t), "seconds": f.seconds_between(t, u),
        "seconds date": f.seconds_between(d, t), "add_days": f.add_days(t, n),
        "add_days date": f.add_days(d, -1), "add_months": f.add_months(t, n),
        "add_months date": f.add_months(d, 1), "add_seconds": f.add_seconds(t, n * 4000),
        "make_date": f.make_date(2023, m, n), "make_date 2": f.make_date(f.year(t), m, 29),
        "gt": t > u, "date gt": d > t, "gt lit": t > moment, "date eq": d.eq(date(2024, 2, 29)),
        "eq text": t >= "2024-01-01", "date text": d < "2024-01-01",
        "between": f.between(t, date(2000, 1, 1), moment),
        "in": f.in_(d, [date(2024, 2, 29), None]), "as_text": f.as_text(t),
        "as_text date": f.as_text(d), "greatest": f.greatest(t, u),
        "blank": f.blank(t), "lit": f.lit(moment), "lit d": f.lit(date(1600, 2, 29)),
        "coalesce": f.coalesce(t, u), "distinct": f.distinct_from(t, u),
        "null": f.null("date"), "null t": f.null("timestamp"),
        "nullif": f.nullif(d, date(2024, 1, 1)),
    }  # fmt: skip


DOMAINS = {
    "texts": (texts, text_functions),
    "number texts": (number_texts, number_text_functions),
    "date texts": (date_texts, date_text_functions),
    "numbers": (numbers, number_functions),
    "moments": (moments, moment_functions),
}
