"""Numbers, money, shares, days and times as a language writes them (CLDR, through Babel)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

__all__ = ["format_day", "format_moment", "format_money", "format_number", "format_share"]

_DAY = {"en": "d MMM y", "ru": "dd.MM.y", "uk": "dd.MM.y"}
_WHOLE = "#,##0"


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(language)


def format_number(value: int | float | Decimal, language: str) -> str:
    """`3,510,578`, `3 510 578`; at most four decimals, none that are zero."""
    from babel.numbers import format_decimal

    if isinstance(value, (float, Decimal)) and not _finite(value):
        return str(value)
    return format_decimal(value, format=f"{_WHOLE}.####", locale=_locale(language))


def format_money(value: Decimal, currency: str | None, language: str) -> str:
    """An amount, with its currency where one is known; cents only where there are any."""
    from babel.numbers import format_currency, format_decimal, get_currency_symbol

    whole = value == value.to_integral_value()
    digits = _WHOLE if whole else f"{_WHOLE}.00##"
    locale = _locale(language)
    if not currency:
        return format_decimal(value, format=digits, locale=locale)
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        return f"{format_decimal(value, format=digits, locale=locale)}\u00a0{currency}"
    pattern = locale.currency_formats["standard"].pattern.replace(f"{_WHOLE}.00", digits)
    if get_currency_symbol(currency.upper(), locale=locale).isalpha():
        pattern = f"{digits}\u00a0¤"
    return format_currency(
        value, currency.upper(), format=pattern, locale=locale, currency_digits=False
    )


def format_share(share: float, language: str) -> str:
    """A share of 1 as per cent with one decimal; never 0 or 100 for what only comes near."""
    from babel.numbers import format_percent

    locale = _locale(language)
    pattern = locale.percent_formats[None].pattern.replace(_WHOLE, f"{_WHOLE}.#")
    if 0 < share < 0.001:
        return "<" + format_percent(0.001, format=pattern, locale=locale)
    if 0.999 < share < 1:
        return ">" + format_percent(0.999, format=pattern, locale=locale)
    return format_percent(share, format=pattern, locale=locale)


def format_day(value: date, language: str) -> str:
    """`31 Dec 2017`, `31.12.2017`."""
    from babel.dates import format_date

    return format_date(value, format=_DAY[language], locale=_locale(language))


def format_moment(value: datetime, language: str) -> str:
    """`31 Dec 2017 14:05`, `31.12.2017 14:05`."""
    return f"{format_day(value, language)}\u00a0{value:%H:%M}"


def _finite(value: float | Decimal) -> bool:
    return Decimal(value).is_finite()
