"""Dates and timestamps, all naive. Arithmetic gives timestamps; `date_of` makes dates of them."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from dq.errors import PortabilityError
from dq.sql.dateformat import date_format
from dq.sql.function import Call, Function

__all__ = [
    "add_days",
    "add_months",
    "add_seconds",
    "as_timestamp",
    "date_of",
    "day",
    "days_between",
    "hour",
    "make_date",
    "minute",
    "month",
    "quarter",
    "second",
    "seconds_between",
    "to_date",
    "to_timestamp",
    "trunc",
    "weekday",
    "year",
]

_UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
_SMALLER = (("second", 0), ("minute", 0), ("hour", 0), ("day", 1), ("month", 1), ("year", 1))
_FIRST = "TIMESTAMP '1000-01-01 00:00:00'"
_SECOND = timedelta(seconds=1)


def _timestamp(x: object) -> datetime:
    if isinstance(x, datetime):
        return x
    if isinstance(x, date):
        return datetime.combine(x, time())
    return datetime.fromisoformat(str(x))


def _date(x: object) -> date:
    return _timestamp(x).date()


def _prepare_timestamp(form: object) -> Callable[[str], object]:
    return date_format(str(form)).parse


def _prepare_date(form: object) -> Callable[[str], object]:
    parse = date_format(str(form)).parse

    def row(x: str) -> date | None:
        parsed = parse(x)
        return None if parsed is None else parsed.date()

    return row


def _duck_parsed(c: Call) -> str:
    form = date_format(c.text(1))
    text = form.duckdb_text(c[0])
    parsed = f"try_strptime({text}, {c.quote(form.source)})"
    last = ""
    if form.zoned:
        parsed = f"CAST({parsed} AS TIMESTAMP)"
        last = f"AND {parsed} < TIMESTAMP '10000-01-01 00:00:00' "
    words = c.quote("(?i)^ *(-?infinity|epoch)")
    return (
        f"CASE WHEN {parsed} >= {_FIRST} {last}AND ({parsed} <> TIMESTAMP '1900-01-01 00:00:00' "
        f"OR NOT regexp_matches({c[0]}, {words})) THEN {parsed} END"
    )


def _spark_parsed(c: Call) -> str:
    return date_format(c.text(1)).spark(c[0], c.quote)


def _prepare_trunc(unit: object) -> Callable[[object], object]:
    if unit not in _UNITS:
        raise PortabilityError(
            "A timestamp is not truncated to {unit} but to one of {units}.",
            fix="Write one of these.",
            unit=unit,
            units=", ".join(_UNITS),
        )

    def row(x: object) -> datetime:
        moment = _timestamp(x)
        if unit == "week":
            return datetime.combine(moment.date() - timedelta(days=moment.weekday()), time())
        if unit == "quarter":
            return datetime(moment.year, moment.month - (moment.month - 1) % 3, 1)
        start = {"microsecond": 0}
        for smaller, least in _SMALLER:
            if smaller == unit:
                break
            start[smaller] = least
        return moment.replace(**start)  # type: ignore[arg-type]

    return row


def _add_months(x: object, months: int) -> datetime | None:
    moment = _timestamp(x)
    year_, month_ = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year_ <= 9999:
        return None
    last = calendar.monthrange(year_, month_ + 1)[1]
    return moment.replace(year=year_, month=month_ + 1, day=min(moment.day, last))


def _add(unit: timedelta) -> Callable[[object, int], datetime | None]:
    def row(x: object, number: int) -> datetime | None:
        try:
            return _timestamp(x) + unit * number
        except OverflowError:
            return None

    return row


def _seconds_between(a: object, b: object) -> int:
    apart = _timestamp(b) - _timestamp(a)
    return apart // _SECOND if apart >= timedelta() else -(-apart // _SECOND)


def _make_date(year_: int, month_: int, day_: int) -> date | None:
    try:
        return date(year_, month_, day_)
    except (ValueError, OverflowError):
        return None


def _part(name: str, value: Callable[[datetime], int], doc: str) -> Function:
    return Function(
        name,
        "x",
        duckdb=f"{name}(CAST({{0}} AS TIMESTAMP))",
        spark=f"CAST({name}(CAST({{0}} AS TIMESTAMP_NTZ)) AS BIGINT)",
        row=lambda x: value(_timestamp(x)),
        doc=doc,
    )


to_timestamp = Function(
    "to_timestamp",
    "x FORMAT",
    duckdb=_duck_parsed,
    spark=_spark_parsed,
    prepare=_prepare_timestamp,
    doc="Text to timestamp by strptime codes; NULL unless all of it matches, year 1000 to 9999.",
)
to_date = Function(
    "to_date",
    "x FORMAT",
    duckdb=lambda c: f"CAST({_duck_parsed(c)} AS DATE)",
    spark=lambda c: f"CAST({_spark_parsed(c)} AS DATE)",
    prepare=_prepare_date,
    doc="Text to date by strptime codes; NULL unless all of it matches, year 1000 to 9999.",
)
as_timestamp = Function(
    "as_timestamp",
    "x",
    duckdb="CAST({0} AS TIMESTAMP)",
    spark="CAST({0} AS TIMESTAMP_NTZ)",
    row=_timestamp,
    doc="A date as its midnight.",
)
date_of = Function(
    "date_of",
    "x",
    duckdb="CAST({0} AS DATE)",
    row=_date,
    doc="The calendar day of a timestamp.",
)
trunc = Function(
    "trunc",
    "UNIT x",
    duckdb="date_trunc({0}, CAST({1} AS TIMESTAMP))",
    spark="CAST(date_trunc({0}, CAST({1} AS TIMESTAMP_NTZ)) AS TIMESTAMP_NTZ)",
    prepare=_prepare_trunc,
    doc="Start of the year, quarter, month, week (Monday), day, hour, minute or second.",
)
year = _part("year", lambda x: x.year, "The year.")
quarter = _part("quarter", lambda x: (x.month + 2) // 3, "The quarter, 1 to 4.")
month = _part("month", lambda x: x.month, "The month, 1 to 12.")
day = _part("day", lambda x: x.day, "The day of the month.")
hour = _part("hour", lambda x: x.hour, "The hour.")
minute = _part("minute", lambda x: x.minute, "The minute.")
second = _part("second", lambda x: x.second, "The whole second.")
weekday = Function(
    "weekday",
    "x",
    duckdb="isodow(CAST({0} AS DATE))",
    spark="CAST(weekday(CAST({0} AS DATE)) + 1 AS BIGINT)",
    row=lambda x: _timestamp(x).isoweekday(),
    doc="The day of the week, 1 for Monday.",
)
days_between = Function(
    "days_between",
    "a b",
    duckdb="date_diff('day', CAST({0} AS DATE), CAST({1} AS DATE))",
    spark="CAST(datediff(CAST({1} AS DATE), CAST({0} AS DATE)) AS BIGINT)",
    row=lambda a, b: (_date(b) - _date(a)).days,
    doc="Calendar days from a to b.",
)
seconds_between = Function(
    "seconds_between",
    "a b",
    duckdb="date_sub('second', CAST({0} AS TIMESTAMP), CAST({1} AS TIMESTAMP))",
    spark="timestampdiff(SECOND, CAST({0} AS TIMESTAMP_NTZ), CAST({1} AS TIMESTAMP_NTZ))",
    row=_seconds_between,
    doc="Whole seconds from a to b.",
)
add_days = Function(
    "add_days",
    "x number",
    duckdb="(CAST({0} AS TIMESTAMP) + to_days(CAST({1} AS INTEGER)))",
    spark="timestampadd(DAY, {1}, CAST({0} AS TIMESTAMP_NTZ))",
    row=_add(timedelta(days=1)),
    doc="The timestamp so many days later.",
)
add_months = Function(
    "add_months",
    "x number",
    duckdb="(CAST({0} AS TIMESTAMP) + to_months(CAST({1} AS INTEGER)))",
    spark="timestampadd(MONTH, {1}, CAST({0} AS TIMESTAMP_NTZ))",
    row=_add_months,
    doc="The timestamp so many months later, at most the last day of that month.",
)
add_seconds = Function(
    "add_seconds",
    "x number",
    duckdb="(CAST({0} AS TIMESTAMP) + to_seconds(CAST({1} AS BIGINT)))",
    spark="timestampadd(SECOND, {1}, CAST({0} AS TIMESTAMP_NTZ))",
    row=_add(_SECOND),
    doc="The timestamp so many seconds later.",
)
make_date = Function(
    "make_date",
    "year month day",
    duckdb="TRY(make_date(CAST({0} AS BIGINT), CAST({1} AS BIGINT), CAST({2} AS BIGINT)))",
    spark="CAST(try_make_timestamp_ntz({0}, {1}, {2}, 0, 0, 0) AS DATE)",
    row=_make_date,
    doc="The date of a year, month and day; NULL if there is none.",
)
