"""Date styles: which strptime formats a column of texts is written in.

A style is decided over the whole column, never a cell at a time: `01/02/2024` needs
another value with a day above 12. What cannot be decided is returned as undecided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = [
    "EPOCH",
    "EPOCH_MS",
    "EXCEL",
    "SERIALS",
    "DateStyle",
    "country_order",
    "detect_dates",
    "detect_serials",
    "read_moment",
]

EXCEL = "excel"
"""Days since 1899-12-30 as Excel counts them; the fraction is the time of day."""
EPOCH = "epoch"
"""Seconds since 1970-01-01 UTC."""
EPOCH_MS = "epoch_ms"
"""Milliseconds since 1970-01-01 UTC."""
SERIALS = (EXCEL, EPOCH, EPOCH_MS)

MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW"})
YEAR_FIRST = frozenset({"CN", "JP", "KR", "TW", "HU", "LT", "MN", "IR"})

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    r"(?P<y>\d{4})(?P<s1>[-./])(?P<m>\d{1,2})(?P=s1)(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<s2>[-./])(?P<b>\d{1,2})(?P=s2)(?P<e>\d{4}|\d{2})"
    rf"|(?P<d2>\d{{1,2}})(?P<s3>[-./ ])(?P<n1>{_MONTHS})(?P=s3)(?P<y2>\d{{4}}|\d{{2}})"
    rf"|(?P<n2>{_MONTHS}) (?P<d3>\d{{1,2}}), (?P<y3>\d{{4}})"
    r"|(?P<c>(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))",
    re.IGNORECASE | re.ASCII,
)
_TIME = re.compile(
    r"(?P<gap>T|, | )(?P<h>\d{1,2}):(?P<min>\d{2})"
    r"(?::(?P<sec>\d{2})(?P<dot>\.(?P<f>\d{1,6}))?)?"
    r"(?P<ap> ?[AaPp][Mm])?"
    r"(?P<off>Z| ?(?:UTC|GMT)| ?[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_OFFSET = re.compile(r"(?P<time>:[0-9]{2}(?:[.][0-9]+)?) ?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$")
_PLAUSIBLE = range(1900, 2200)


@dataclass(frozen=True)
class DateStyle:
    """What a column's dates look like.

    `formats` are strptime codes by how often they occur (or one of SERIALS); `undecided`
    are two formats that fit equally well, day first and month first, where neither the
    values nor a hint decide: then `formats` leaves that style out. `decided_by` is values,
    country, order or separator. `matched` and `total` count values, not cells, unless a
    mapping with counts was given.
    """

    formats: tuple[str, ...]
    has_time: bool = False
    offset: bool = False
    matched: int = 0
    total: int = 0
    undecided: tuple[str, ...] = ()
    decided_by: str = "values"

    @property
    def share(self) -> float:
        """Share of the values that some format fits."""
        return self.matched / self.total if self.total else 0.0


@dataclass
class _Slot:
    """Values of one outer shape: separator, length of the year, time part."""

    count: int = 0
    first_above: int = 0
    second_above: int = 0
    impossible: int = 0


@dataclass
class _Seen:
    fixed: Counter[str] = field(default_factory=Counter)
    open: dict[tuple[str, str, str], _Slot] = field(default_factory=dict)
    offset: bool = False
    clock: bool = False
    total: int = 0


def country_order(country: str | None) -> str | None:
    """Order of day, month and year that a country writes: dmy, mdy or ymd."""
    if not country:
        return None
    code = country.upper()
    if code in MONTH_FIRST:
        return "mdy"
    return "ymd" if code in YEAR_FIRST else "dmy"


def detect_dates(
    values: Iterable[str] | Mapping[str, int],
    *,
    order: str | None = None,
    country: str | None = None,
) -> DateStyle | None:
    """Style of the dates among `values` (blank ones are left out); None when there is none.

    `order` (dmy or mdy) and `country` are hints, used only where the values do not decide.
    """
    counts = values if isinstance(values, Mapping) else Counter(values)
    seen = _Seen()
    for value, count in counts.items():
        text = value.strip()
        if text:
            seen.total += count
            _look(text, count, seen)
    if not seen.fixed and not seen.open:
        return None
    hint = order or country_order(country)
    by = "order" if order else "country"
    formats = Counter(seen.fixed)
    undecided: tuple[str, ...] = ()
    decided_by = "values"
    for (separator, year, tail), slot in seen.open.items():
        found, how = _decide(slot, separator, seen.open, hint, by)
        pair = tuple(_ordered(o, separator, year) + tail for o in ("dmy", "mdy"))
        if found is None:
            undecided = pair
        else:
            formats[pair[0] if found == "dmy" else pair[1]] += slot.count - slot.impossible
        decided_by = how if how != "values" else decided_by
    return DateStyle(
        formats=tuple(f for f, _ in formats.most_common()),
        has_time=seen.clock,
        offset=seen.offset,
        matched=sum(formats.values()),
        total=seen.total,
        undecided=undecided,
        decided_by=decided_by,
    )


def _look(text: str, count: int, seen: _Seen) -> None:
    found = _DATE.match(text)
    if found is None:
        return
    tail = ""
    if found.end() < len(text):
        time = _TIME.fullmatch(text, found.end())
        if time is None:
            return
        tail = _time_format(time)
        seen.clock = seen.clock or _is_clock(time)
        seen.offset = seen.offset or time["off"] is not None
    if found["a"]:
        _look_ordered(found, count, tail, seen)
        return
    fixed = _fixed_format(found)
    if fixed:
        seen.fixed[fixed + tail] += count


def _look_ordered(found: re.Match[str], count: int, tail: str, seen: _Seen) -> None:
    first, second = int(found["a"]), int(found["b"])
    if not (first and second) or max(first, second) > 31:
        return
    if len(found["e"]) == 4 and int(found["e"]) not in _PLAUSIBLE:
        return
    year = "%Y" if len(found["e"]) == 4 else "%y"
    slot = seen.open.setdefault((found["s2"], year, tail), _Slot())
    slot.count += count
    if first > 12 and second > 12:
        slot.impossible += count
    elif first > 12:
        slot.first_above += count
    elif second > 12:
        slot.second_above += count


def _fixed_format(found: re.Match[str]) -> str | None:
    if found["y"]:
        if int(found["m"]) > 12 or int(found["d"]) > 31 or int(found["y"]) < 1900:
            return None if int(found["y"]) != 9999 else f"%Y{found['s1']}%m{found['s1']}%d"
        return f"%Y{found['s1']}%m{found['s1']}%d"
    if found["n1"]:
        year = "%Y" if len(found["y2"]) == 4 else "%y"
        return f"%d{found['s3']}%b{found['s3']}{year}"
    if found["n2"]:
        return "%b %d, %Y"
    return "%Y%m%d" if found["c"] else None


def _time_format(time: re.Match[str]) -> str:
    hour = "%I" if time["ap"] else "%H"
    text = f"{time['gap']}{hour}:%M"
    if time["sec"]:
        text += ":%S"
    if time["dot"]:
        text += ".%f"
    if time["ap"]:
        text += " %p" if time["ap"].startswith(" ") else "%p"
    zone = time["off"] or ""
    return text + zone if zone.strip() in {"UTC", "GMT"} else text


def _is_clock(time: re.Match[str]) -> bool:
    parts = (time["h"], time["min"], time["sec"] or "0", time["f"] or "0")
    return bool(time["ap"]) or any(int(p) for p in parts)


def _ordered(order: str, separator: str, year: str) -> str:
    parts = ("%d", "%m", year) if order == "dmy" else ("%m", "%d", year)
    return separator.join(parts)


def _decide(
    slot: _Slot,
    separator: str,
    others: Mapping[tuple[str, str, str], _Slot],
    hint: str | None,
    by: str,
) -> tuple[str | None, str]:
    """The order of a slot, from its own values, those of its separator, a hint, the dot."""
    same = [s for (sep, _, _), s in others.items() if sep == separator]
    for some in ([slot], same):
        day_first = sum(s.first_above for s in some)
        month_first = sum(s.second_above for s in some)
        if day_first and month_first <= day_first // 100:
            return "dmy", "values"
        if month_first and day_first <= month_first // 100:
            return "mdy", "values"
        if day_first or month_first:
            return None, "values"
    if hint in {"dmy", "mdy"}:
        return hint, by
    return ("dmy", "separator") if separator == "." else (None, "values")


def detect_serials(values: Iterable[str] | Mapping[str, int]) -> str | None:
    """EXCEL, EPOCH or EPOCH_MS when every value is such a number; for date columns only."""
    found: set[str] = set()
    for value in values:
        text = value.strip()
        if not text:
            continue
        if re.fullmatch(r"[2-6][0-9]{4}(?:[.][0-9]+)?", text):
            found.add(EXCEL)
        elif re.fullmatch(r"(?:9|[1-3][0-9])[0-9]{8}(?:[.]0+)?", text):
            found.add(EPOCH)
        elif re.fullmatch(r"(?:9|[1-3][0-9])[0-9]{11}(?:[.]0+)?", text):
            found.add(EPOCH_MS)
        else:
            return None
    return found.pop() if len(found) == 1 else None


def read_moment(text: str, formats: Iterable[str]) -> datetime | None:
    """The moment that a text names in the first of the formats that fits it whole."""
    cleaned = _OFFSET.sub(r"\g<time>", text.strip())
    for fmt in formats:
        try:
            return datetime.strptime(cleaned, fmt)
        except ValueError:
            continue
    return None
