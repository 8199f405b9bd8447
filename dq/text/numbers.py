"""Number styles: decimal mark, grouping and currency of a column of texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

__all__ = ["CURRENCIES", "NumberStyle", "detect_numbers", "read_number"]

CURRENCIES: Mapping[str, str] = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₴": "UAH", "₸": "KZT",
    "usd": "USD", "eur": "EUR", "rub": "RUB", "rur": "RUB", "uah": "UAH", "kzt": "KZT",
    "byn": "BYN", "gbp": "GBP", "руб": "RUB", "руб.": "RUB", "р.": "RUB", "грн": "UAH",
    "грн.": "UAH", "тг": "KZT", "тг.": "KZT", "тенге": "KZT",
}  # fmt: skip
"""Signs and codes that may stand around an amount, and the currency that they name."""

_SPACES = "\u0020\u00a0\u2009\u202f"
_SIGN = "|".join(re.escape(s) for s in sorted(CURRENCIES, key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<before>{_SIGN})?[{_SPACES}]*"
    rf"(?P<body>[+-]?[0-9][0-9.,'{_SPACES}]*(?:[eE][+-]?[0-9]+)?)"
    rf"[{_SPACES}]*(?P<after>{_SIGN}|%)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[^0-9][0-9]{3})+")


@dataclass(frozen=True)
class NumberStyle:
    """How the numbers of a column are written.

    `grouping` is "" or one of space (any kind of space), comma, point, apostrophe.
    `undecided`: `1,234` alone may be either, and was read as a grouped integer.
    `integers`: no value has a fraction other than zeros. `currencies` are ISO codes seen.
    """

    decimal_mark: str = "."
    grouping: str = ""
    integers: bool = True
    percent: bool = False
    currencies: tuple[str, ...] = ()
    undecided: bool = False
    matched: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """Share of the values that are numbers in this style."""
        return self.matched / self.total if self.total else 0.0


def detect_numbers(values: Iterable[str] | Mapping[str, int]) -> NumberStyle | None:
    """Style of the numbers among `values`, blank ones left out; None when there is none."""
    counts = values if isinstance(values, Mapping) else Counter(values)
    bodies: Counter[str] = Counter()
    currencies: Counter[str] = Counter()
    total = percent = 0
    for value, count in counts.items():
        text = value.strip()
        if not text:
            continue
        total += count
        found = _NUMBER.fullmatch(text)
        if found is None:
            continue
        bodies[_spaced(found["body"])] += count
        sign = (found["before"] or found["after"] or "").lower()
        percent += count if sign == "%" else 0
        if sign in CURRENCIES:
            currencies[CURRENCIES[sign]] += count
    if not bodies:
        return None
    mark, grouping, undecided = _marks(bodies)
    style = NumberStyle(mark, grouping)
    read = {body: _read(body, style) for body in bodies}
    numbers = {body: n for body, n in read.items() if n is not None}
    return NumberStyle(
        decimal_mark=mark,
        grouping=grouping,
        integers=all(n == n.to_integral_value() for n in numbers.values()),
        percent=percent > 0,
        currencies=tuple(c for c, _ in currencies.most_common()),
        undecided=undecided,
        matched=sum(bodies[b] for b in numbers),
        total=total,
    )


def read_number(text: str, style: NumberStyle) -> Decimal | None:
    """The number a text holds in a style; None when it is not one."""
    found = _NUMBER.fullmatch(text.strip())
    return _read(_spaced(found["body"]), style) if found else None


def _thousands(groups: list[str]) -> bool:
    """Groups of three digits, the first shorter or not; groups of two as India writes them."""
    return (
        1 <= len(groups[0]) <= 3
        and len(groups[-1]) == 3
        and all(len(group) in {2, 3} for group in groups[1:-1])
    )


def _spaced(body: str) -> str:
    return re.sub(f"[{_SPACES}]", " ", body).strip()


def _marks(bodies: Mapping[str, int]) -> tuple[str, str, bool]:
    """(decimal mark, grouping, undecided) that fit most of the values."""
    decimal: Counter[str] = Counter()
    group: Counter[str] = Counter()
    either: Counter[str] = Counter()
    for body, count in bodies.items():
        signs = [c for c in body if c in ".,' "]
        if not signs:
            continue
        last = signs[-1]
        if len(set(signs)) > 1:
            group[signs[0]] += count
            if last != signs[0]:
                decimal[last] += count
        elif last in "' " or len(signs) > 1:
            group[last] += count
        elif _GROUPED.fullmatch(body.lstrip("+-")) and not body.lstrip("+-").startswith("0"):
            either[last] += count
        else:
            decimal[last] += count
    mark = _mark(decimal, group, either)
    others = Counter({sign: n for sign, n in (group + either).items() if sign != mark})
    grouping = others.most_common(1)[0][0] if others else ""
    undecided = "," in either and "," not in decimal and "," not in group and grouping == ","
    return mark, grouping, undecided


def _mark(decimal: Counter[str], group: Counter[str], either: Counter[str]) -> str:
    if decimal:
        return decimal.most_common(1)[0][0]
    if "." in group or (not either["."] and not group["."]):
        return "," if "." in group else "."
    return "."


def _read(body: str, style: NumberStyle) -> Decimal | None:
    text = body
    if style.grouping and style.grouping in body:
        whole = body.partition(style.decimal_mark)[0].lstrip("+-")
        groups = whole.split(style.grouping)
        if not _thousands(groups) or style.grouping in body.partition(style.decimal_mark)[2]:
            return None
        text = body.replace(style.grouping, "")
    if style.decimal_mark != ".":
        text = text.replace(style.decimal_mark, ".")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
