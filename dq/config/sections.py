"""Readers of the sections of dq.yaml: an `Item` in, a typed shape out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from dq.config.holidays import COUNTRIES
from dq.config.item import Item
from dq.config.periods import Period, parse_period
from dq.config.shapes import (
    Calendar,
    ControlSettings,
    Defaults,
    EngineSettings,
    InputLimits,
    OutsideSettings,
    RateSettings,
    Relation,
    Retention,
    RuleSettings,
    SourceSettings,
    StoreSettings,
    Tolerance,
    Url,
)
from dq.findings import Severity

__all__ = ["SECTIONS"]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
_NAME = r"[^\W\d]\w*"
_SECRETS = ("password", "passwd", "sslpassword")


def _crm(item: Item) -> str:
    return item.match(
        r"[a-z][a-z0-9_]*", "{key} is {value}, which is no preset.", "Write a word such as amocrm."
    )


def _sources(item: Item) -> Mapping[str, SourceSettings]:
    return {name: _source(name, entry) for name, entry in item.entries().items()}


def _source(name: str, item: Item) -> SourceSettings:
    _check_name(name, item)
    of = item.fields(
        "path",
        "url",
        "table",
        "query",
        "take",
        "format",
        "sheet",
        "header_row",
        "footer",
        "blank_headers",
        "preset",
        "encoding",
        "delimiter",
        "decimal_mark",
        "date_order",
        "timezone",
    )
    path, url, table = _origin(item, of)
    _check_asked(item, of)
    settings: dict[str, Any] = {}
    for key, read in _SOURCE_KEYS.items():
        if key in of:
            settings[key] = read(of[key])
    return SourceSettings(
        name=name, path=path, url=url, table=table, place=item.key_place, **settings
    )


def _check_asked(item: Item, of: Mapping[str, Item]) -> None:
    """Of a database one table or query is read, of which the options of files do not hold."""
    if "url" not in of:
        if "query" in of:
            raise of["query"].error(
                "{key} goes with a url, not with a path.", fix="Leave it out.", at_key=True
            )
        return
    if ("table" in of) == ("query" in of):
        raise item.error(
            "{key} needs a table or a query, and not both.",
            fix="Write table: for all of a table or view, query: for a SELECT.",
            at_key=True,
        )
    for key in _FILE_KEYS:
        if key in of:
            raise of[key].error(
                "{key} goes with a path, not with a url.", fix="Leave it out.", at_key=True
            )


def _take(item: Item) -> str:
    return item.choice("newest", "union")


def _sheet(item: Item) -> str | int:
    return item.integer(low=1) if item.kind == "int" else item.text()


def _header_row(item: Item) -> int | tuple[int, ...]:
    if item.is_list:
        return tuple(row.integer(low=1) for row in item.items())
    return item.integer(low=0)


def _format(item: Item) -> str:
    return item.match(
        "[a-z0-9]+", "{key} is {value}, which is no format.", "Write a word such as csv or xlsx."
    )


def _footer(item: Item) -> int | tuple[str, ...]:
    if item.kind == "int":
        return item.integer(low=0)
    return tuple(word.text() for word in item.one_or_many())


def _encoding(item: Item) -> str:
    name = item.text()
    try:
        codecs.lookup(name)
    except LookupError:
        raise item.error(
            "{key} is {value}, which is no encoding.",
            fix="Write utf-8, cp1251, utf-16 or another name that Python knows.",
            value=name,
        ) from None
    return name


def _delimiter(item: Item) -> str:
    value = str(item.node.value)
    if value in _DELIMITERS:
        return _DELIMITERS[value]
    if item.kind != "str" or len(value) != 1:
        raise item.error(
            "{key} must be one character.",
            fix="Write it in quotes, or as a word: tab, comma, semicolon, pipe.",
        )
    return value


def _decimal_mark(item: Item) -> str:
    return item.choice(",", ".")


def _date_order(item: Item) -> str:
    return item.choice("dmy", "mdy", "ymd")


def _timezone(item: Item) -> str:
    from zoneinfo import ZoneInfo

    name = item.text()
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise item.error(
            "{key} is {value}, which is no time zone.",
            fix="Write a name such as Europe/Kyiv.",
            value=name,
        ) from None
    return name


_FILE_KEYS = (
    "take",
    "format",
    "sheet",
    "header_row",
    "footer",
    "blank_headers",
    "encoding",
    "delimiter",
)

_SOURCE_KEYS: Mapping[str, Callable[[Item], object]] = {
    "query": Item.text,
    "take": _take,
    "format": _format,
    "sheet": _sheet,
    "header_row": _header_row,
    "footer": _footer,
    "blank_headers": Item.flag,
    "preset": _crm,
    "encoding": _encoding,
    "delimiter": _delimiter,
    "decimal_mark": _decimal_mark,
    "date_order": _date_order,
    "timezone": _timezone,
}


def _relations(item: Item) -> tuple[Relation, ...]:
    relations = []
    for name, entry in item.entries().items():
        table, column = _table_and_column(name, entry, at_key=True)
        other_table, other_column = _table_and_column(entry.text(), entry)
        relations.append(Relation(table, column, other_table, other_column))
    return tuple(relations)


def _table_and_column(text: str, item: Item, *, at_key: bool = False) -> tuple[str, str]:
    table, dot, column = text.partition(".")
    if not (table.strip() and dot and column.strip()):
        raise item.error(
            "{value} must be a table and a column, such as deals.product.",
            fix="Write the table, a dot and the column.",
            at_key=at_key,
            value=text,
        )
    return table, column


def _defaults(item: Item) -> Defaults:
    of = item.fields("country", "currency", "language", "timezone")
    return Defaults(
        country=_country(of["country"]) if "country" in of else None,
        currency=of["currency"].match(
            "[A-Z]{3}",
            "{key} is {value}, which is no currency.",
            "Write three capital letters, such as RUB.",
        )
        if "currency" in of
        else None,
        language=of["language"].choice("en", "ru", "uk") if "language" in of else None,
        timezone=_timezone(of["timezone"]) if "timezone" in of else None,
    )


def _country(item: Item) -> str:
    return item.match(
        "[A-Z]{2}",
        "{key} is {value}, which is no country.",
        "Write two capital letters, such as UA.",
    )


def _calendar(item: Item) -> Calendar:
    of = item.fields(
        "work_days",
        "work_hours",
        "holidays",
        "days_off",
        "days_on",
        "fiscal_year_start",
        "week_start",
        "closed",
    )
    settings: dict[str, Any] = {}
    if "work_days" in of:
        days = {_DAYS.index(day.choice(*_DAYS)) + 1 for day in of["work_days"].items()}
        settings["work_days"] = tuple(sorted(days))
    if "work_hours" in of:
        settings["work_from"], settings["work_to"] = _hours(of["work_hours"])
    if "holidays" in of:
        settings["holidays"] = _holidays(of["holidays"])
    for key in ("days_off", "days_on"):
        if key in of:
            settings[key] = tuple(sorted({day.day() for day in of[key].items()}))
    if "fiscal_year_start" in of:
        settings["fiscal_year_start"] = of["fiscal_year_start"].integer(1, 12)
    if "week_start" in of:
        settings["week_start"] = _DAYS.index(of["week_start"].choice("mon", "sat", "sun")) + 1
    if "closed" in of:
        settings["closed"] = _closed(of["closed"])
    return Calendar(**settings)


def _holidays(item: Item) -> str:
    country = _country(item)
    if country not in COUNTRIES:
        raise item.error(
            "dq has no list of the holidays of {value}.",
            fix="It knows those of {known}; days of other countries go under days_off.",
            value=country,
            known=", ".join(COUNTRIES),
        )
    return country


def _closed(item: Item) -> Mapping[str, tuple[Period, ...]]:
    closed = {}
    for name, entry in item.entries().items():
        _table_and_column(name, entry, at_key=True)
        closed[name] = tuple(_period(part) for part in entry.one_or_many())
    return closed


def _period(item: Item) -> Period:
    text = str(item.node.value) if item.kind == "int" else item.text()
    period = parse_period(text)
    if period is None:
        raise item.error(
            "{value} is no period.",
            fix="Write 2026, 2026-Q2, 2026-06, 2026-W23 or 2026-04-01..2026-06-30.",
            value=text,
        )
    return period


def _hours(item: Item) -> tuple[time, time]:
    found = re.fullmatch(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", item.text(), re.ASCII)
    try:
        begin, end = (time.fromisoformat(part.zfill(5)) for part in found.groups() if found)  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise item.error(
            "{key} must be two times of day.", fix="Write them as 09:00-18:00."
        ) from None
    if begin >= end:
        raise item.error("{key} ends before it begins.", fix="Write the earlier time first.")
    return begin, end


def _rates(item: Item) -> RateSettings:
    if not item.is_map:
        return RateSettings(path=item.text())
    of = item.fields("path", "url", "table", "max_age")
    path, url, table = _origin(item, of)
    if "max_age" in of:
        return RateSettings(path, url, table, of["max_age"].duration())
    return RateSettings(path, url, table)


def _rules(item: Item) -> Mapping[str, RuleSettings]:
    rules = {}
    for code, entry in item.entries().items():
        if not re.fullmatch("[A-Z][0-9]{3}", code):
            raise entry.error(
                "{value} is no rule code.",
                fix="Write one such as C107; dq rules lists them.",
                at_key=True,
                value=code,
            )
        of = entry.fields("severity", "params")
        severity = of["severity"].choice(*Severity) if "severity" in of else None
        params = {k: v.value() for k, v in of["params"].entries().items()} if "params" in of else {}
        rules[code] = RuleSettings(
            severity=Severity(severity) if severity else None,
            params=params,
            place=entry.key_place,
        )
    return rules


def _controls(item: Item) -> Mapping[str, ControlSettings]:
    controls = {}
    for name, entry in item.entries().items():
        _check_name(name, entry)
        of = entry.fields("path", "url", "table", "column", "key", "as_of", required=["column"])
        path, url, table = _origin(entry, of)
        controls[name] = ControlSettings(
            name=name,
            column=of["column"].text(),
            path=path,
            url=url,
            table=table,
            key=of["key"].text() if "key" in of else None,
            as_of=of["as_of"].day() if "as_of" in of else None,
        )
    return controls


def _outside(item: Item) -> Mapping[str, OutsideSettings]:
    logs = {}
    for name, entry in item.entries().items():
        _check_name(name, entry)
        of = entry.fields(
            "path", "url", "table", "pairs", "keys", "tolerance", required=["pairs", "keys"]
        )
        path, url, table = _origin(entry, of)
        keys = {ours: theirs.text() for ours, theirs in of["keys"].entries().items()}
        tolerance = {}
        for column, value in of["tolerance"].entries().items() if "tolerance" in of else ():
            if column not in keys:
                raise value.unknown(column, keys)
            tolerance[column] = _tolerance(value)
        logs[name] = OutsideSettings(
            name=name,
            pairs=of["pairs"].text(),
            keys=keys,
            tolerance=tolerance,
            path=path,
            url=url,
            table=table,
        )
    return logs


def _tolerance(item: Item) -> Tolerance:
    if item.is_number:
        return Tolerance(amount=item.number())
    text = item.text()
    if found := re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*%", text):
        return Tolerance(share=Decimal(found[1]) / 100)
    if re.fullmatch("[0-9]+[smhdw]", text):
        return Tolerance(time=item.duration())
    raise item.error(
        "{key} is {value}, which is no tolerance.",
        fix="Write a number, a share such as 0.5%, or a time such as 2m.",
        value=text,
    )


def _engine(item: Item) -> EngineSettings:
    if not item.is_map:
        return EngineSettings(url=_engine_url(item))
    of = item.fields("url", "memory", "threads", "temp")
    settings: dict[str, Any] = {}
    if "url" in of:
        settings["url"] = _engine_url(of["url"])
    if "memory" in of:
        settings["memory"] = of["memory"].size()
    if "threads" in of:
        settings["threads"] = of["threads"].integer(low=1)
    if "temp" in of:
        settings["temp"] = of["temp"].text()
    return EngineSettings(**settings)


def _engine_url(item: Item) -> Url:
    url = _url(item)
    if not re.fullmatch(r"duckdb|local(\[(\d+|\*)\])?|(spark|k8s|yarn|sc)(://\S+)?", url.template):
        raise item.error(
            "{key} names no engine.", fix="Write duckdb, local[2] or spark://host:port."
        )
    return url


def _store(item: Item) -> StoreSettings:
    target = item
    if item.is_map:
        of = item.fields("url", required=["url"])
        target = of["url"]
    url = _url(target)
    if not re.fullmatch(r"sqlite|postgres(ql)?://\S+", url.template):
        raise target.error(
            "{key} names no store.", fix="Write sqlite or postgresql://host/database."
        )
    return StoreSettings(url)


def _limits(item: Item) -> InputLimits:
    of = item.fields("query", "file_size", "rows", "columns", "cell")
    settings: dict[str, Any] = {}
    if "query" in of:
        settings["query"] = of["query"].duration()
    for key in ("file_size", "cell"):
        if key in of:
            settings[key] = of[key].size()
    for key in ("rows", "columns"):
        if key in of:
            settings[key] = of[key].integer(low=1)
    return InputLimits(**settings)


def _retention(item: Item) -> Retention:
    of = item.fields("runs", "snapshots", "quarantine")
    return Retention(**{kind: value.duration() for kind, value in of.items()})


def _origin(item: Item, of: Mapping[str, Item]) -> tuple[str | None, Url | None, str | None]:
    """Where data come from: `path` alone, or `url` with `table`."""
    if ("path" in of) == ("url" in of):
        raise item.error(
            "{key} needs a path or a url, and not both.",
            fix="Write path: for files, url: and table: for a database.",
            at_key=True,
        )
    if "path" in of:
        if "table" in of:
            raise of["table"].error(
                "{key} goes with a url, not with a path.", fix="Leave it out.", at_key=True
            )
        return of["path"].text(), None, None
    return None, _url(of["url"]), of["table"].text() if "table" in of else None


def _url(item: Item) -> Url:
    """A url; a password written out is refused."""
    template = item.template()
    bare = re.sub(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", "", template)
    if "${" in bare:
        raise item.error(
            "{key} holds a variable that is not written out.",
            fix="Write it as dollar, brace, name, brace.",
        )
    try:
        parts = urlsplit(bare)
        asked = [value for key, value in parse_qsl(parts.query) if key.lower() in _SECRETS]
    except ValueError:
        raise item.error(
            "{key} is no url.", fix="Write it as postgresql://host/database."
        ) from None
    if parts.password or any(asked):
        raise item.error(
            "{key} holds a password.",
            fix="Put it into an environment variable and write the variable's name here.",
        )
    return Url(template, item.place)


def _check_name(name: str, item: Item) -> None:
    if not re.fullmatch(_NAME, name):
        raise item.error(
            "The name {value} can hold letters, digits and _ only, and begins with a letter.",
            fix="Write _ in place of other characters.",
            at_key=True,
            value=name,
        )


def _review(item: Item) -> str:
    return item.choice("pair", "solo")


SECTIONS: Mapping[str, Callable[[Item], object]] = {
    "crm": _crm,
    "sources": _sources,
    "relations": _relations,
    "defaults": _defaults,
    "calendar": _calendar,
    "rates": _rates,
    "rules": _rules,
    "controls": _controls,
    "outside": _outside,
    "engine": _engine,
    "store": _store,
    "limits": _limits,
    "retention": _retention,
    "review": _review,
}
"""Every section that dq.yaml may hold; `load_settings` adds those of higher layers."""
