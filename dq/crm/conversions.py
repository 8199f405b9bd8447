"""How the texts of a column become values: what was detected, and what could not be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dq.crm.content import Content
from dq.crm.fit import says_open
from dq.crm.mapping import Conversion
from dq.crm.sample import ColumnSample
from dq.text.dates import DateStyle, detect_dates, detect_serials

__all__ = ["Hints", "Reading", "date_conversion", "number_conversion"]

_END_WORDS = frozenset(
    "end ended until to expires expiry expiration valid till close closed closing finish окончания "
    "окончание закрытия завершения по до закінчення закриття завершення".split()
)
_FAR = re.compile(r"(?<![0-9])(?:20[5-9][0-9]|2[1-9][0-9]{2}|[3-9][0-9]{3})(?![0-9])")


@dataclass(frozen=True)
class Hints:
    """What decides the order of day and month where values do not.

    `order` is the preset's or the language's; `country` the project's.
    """

    order: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class Reading:
    """A conversion, or why there is none: `undecided` are two date formats that both fit.

    `decided_by` is said where it was not the values; `open_words` are the texts and far
    dates that mean "still open".
    """

    conversion: Conversion | None
    undecided: tuple[str, ...] = ()
    decided_by: str = "values"
    open_words: tuple[str, ...] = ()
    ambiguous_numbers: bool = False


def date_conversion(
    content: Content,
    kind: str,
    hints: Hints,
    *,
    empty_words: tuple[str, ...] = (),
    split: str | None = None,
) -> Reading:
    """How a column of dates is read; `kind` is date or timestamp."""
    column = content.column
    if column.arrow_type in {"date", "timestamp"}:
        days = tuple(dict.fromkeys(value[:10] for value in _far_days(column)))
        return Reading(Conversion(type=kind, empty_words=days), open_words=days)
    serial = detect_serials(content.counts)
    if serial and (content.dates is None or content.date < 0.5):
        return Reading(Conversion(type=kind, formats=(serial,), empty_words=empty_words))
    texts = column.moments if content.total else {}
    style = detect_dates(texts, order=hints.order, country=hints.country)
    if style is not None and style.undecided and style.share < 0.5:
        return Reading(None, undecided=style.undecided)
    words = _open_words(content, style)
    conversion = Conversion(
        type=kind,
        formats=style.formats if style else (),
        empty_words=tuple(dict.fromkeys((*empty_words, *words))),
        split=split,
        offset=style.offset if style else False,
    )
    decided = style.decided_by if style else "values"
    return Reading(conversion, decided_by=decided, open_words=words)


def _open_words(content: Content, style: DateStyle | None) -> tuple[str, ...]:
    """Texts such as «не закрыта», and dates from 2050 on in a column that ends something."""
    column = content.column
    words = [v for v in column.counts if says_open(v)]
    if style is not None:
        words += _far_days(column)
    return tuple(words)


def _far_days(column: ColumnSample) -> list[str]:
    """Values from 2050 on in a column that ends something."""
    if not set(column.key.split()) & _END_WORDS:
        return []
    return sorted(v for v in column.all_counts if _FAR.search(v))


def number_conversion(content: Content, kind: str) -> Reading:
    """How a column of numbers is read; `kind` is integer or decimal."""
    style = content.numbers
    if content.column.arrow_type not in {None, "text"} or style is None:
        return Reading(Conversion(type=kind))
    return Reading(
        Conversion(type=kind, decimal_mark=style.decimal_mark, grouping=style.grouping),
        ambiguous_numbers=style.undecided,
    )
