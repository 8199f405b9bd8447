"""VAT numbers of the European Union, Northern Ireland and the United Kingdom.

Forms and check digits follow the European Commission's "VIES: structure of VAT numbers"
and the algorithms that the member states publish. Where a check covers only some ranges
(people's numbers in CZ and LV), only what is sure is called wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

__all__ = ["VAT_COUNTRIES", "vat"]


def _sum(text: str, weights: Sequence[int]) -> int:
    return sum(int(c) * w for c, w in zip(text, weights, strict=False))


def _luhn(text: str) -> bool:
    total = 0
    for i, c in enumerate(reversed(text)):
        n = int(c) * (2 if i % 2 else 1)
        total += n // 10 + n % 10
    return total % 10 == 0


def _iso7064_11_10(text: str) -> bool:
    check = 5
    for c in text:
        check = ((check or 10) * 2 % 11 + int(c)) % 10
    return check == 1


def _at(t: str) -> bool:
    total = sum(n // 10 + n % 10 for n in (int(c) * (1, 2)[i % 2] for i, c in enumerate(t[1:8])))
    return (96 - total) % 10 == int(t[8])


def _be(t: str) -> bool:
    t = t.zfill(10)
    return t[0] in "01" and (97 - int(t[:8]) % 97) == int(t[8:])


def _bg(t: str) -> bool:
    if len(t) == 9:
        rest = _sum(t, range(1, 9)) % 11
        if rest == 10:
            rest = _sum(t, range(3, 11)) % 11
        return rest % 10 == int(t[8])
    person = _sum(t, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(t[9])
    foreigner = _sum(t, (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10 == int(t[9])
    other = (11 - _sum(t, (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return person or foreigner or (other < 10 and other == int(t[9]))


_CY_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)


def _cy(t: str) -> bool:
    total = sum(_CY_ODD[int(c)] if i % 2 == 0 else int(c) for i, c in enumerate(t[:8]))
    return t[:2] != "12" and chr(ord("A") + total % 26) == t[8]


def _cz(t: str) -> bool:
    if len(t) != 8:
        return True
    rest = (11 - _sum(t, (8, 7, 6, 5, 4, 3, 2)) % 11) % 11
    return t[0] != "9" and (rest or 1) % 10 == int(t[7])


def _de(t: str) -> bool:
    return t[0] != "0" and _iso7064_11_10(t)


def _dk(t: str) -> bool:
    return t[0] != "0" and _sum(t, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _ee(t: str) -> bool:
    return _sum(t, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def _el(t: str) -> bool:
    return _sum(t.zfill(9), (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == int(t[-1])


_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"


def _es(t: str) -> bool:
    if t[0] in "XYZ" or t[0].isdigit() or t[0] in "KLM":
        number = {"X": "0", "Y": "1", "Z": "2"}.get(t[0], t[0]) + t[1:8]
        if t[0] in "KLM":
            number = t[1:8]
        return number.isdigit() and t[8] == _DNI[int(number) % 23]
    total = sum(n // 10 + n % 10 for n in (int(c) * (2, 1)[i % 2] for i, c in enumerate(t[1:8])))
    check = (10 - total % 10) % 10
    letter = "JABCDEFGHI"[check]
    return t[8] in (str(check), letter)


def _fi(t: str) -> bool:
    return _sum(t, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def _fr(t: str) -> bool:
    if not _luhn(t[2:]) and not t[2:].startswith("356000000"):
        return False
    return not t[:2].isdigit() or (12 + 3 * (int(t[2:]) % 97)) % 97 == int(t[:2])


def _hu(t: str) -> bool:
    return _sum(t, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


_IE = "WABCDEFGHIJKLMNOPQRSTUV"


def _ie(t: str) -> bool:
    if not t[1].isdigit():
        t = "0" + t[2:7] + t[0] + t[7:]
    extra = _IE.index(t[8]) if t[8:] else 0
    return _IE[(_sum(t[:7], (8, 7, 6, 5, 4, 3, 2)) + 9 * extra) % 23] == t[7]


def _lt(t: str) -> bool:
    size = len(t) - 1
    rest = sum(int(c) * (1 + i % 9) for i, c in enumerate(t[:size])) % 11
    if rest == 10:
        rest = sum(int(c) * (1 + (i + 2) % 9) for i, c in enumerate(t[:size])) % 11
    return t[size - 1] == "1" and rest % 10 == int(t[size])


def _lu(t: str) -> bool:
    return int(t[:6]) % 89 == int(t[6:])


def _lv(t: str) -> bool:
    if t[0] in "0123":
        return True
    return _sum(t, (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)) % 11 == 3


def _mt(t: str) -> bool:
    return _sum(t, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0


def _nl(t: str) -> bool:
    old = _sum(t, (9, 8, 7, 6, 5, 4, 3, 2)) % 11 == int(t[8])
    turned = "".join(str(int(c, 36)) for c in "NL" + t)
    return old or int(turned) % 97 == 1


def _pl(t: str) -> bool:
    return _sum(t, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(t[9])


def _pt(t: str) -> bool:
    return t[0] != "0" and (11 - _sum(t, (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == int(t[8])


def _ro(t: str) -> bool:
    t = t.zfill(10)
    return 10 * _sum(t, (7, 5, 3, 2, 1, 7, 5, 3, 2)) % 11 % 10 == int(t[9])


def _se(t: str) -> bool:
    return _luhn(t[:10]) and 1 <= int(t[10:]) <= 94


def _si(t: str) -> bool:
    rest = 11 - _sum(t, (8, 7, 6, 5, 4, 3, 2)) % 11
    return t[0] != "0" and rest < 11 and rest % 10 == int(t[7])


def _sk(t: str) -> bool:
    return int(t) % 11 == 0


def _gb(t: str) -> bool:
    if not t.isdigit():
        return True
    total = _sum(t, (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97
    return total in (0, 42)


_STATES: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "AT": (r"U\d{8}", _at),
    "BE": (r"[01]?\d{9}", _be),
    "BG": (r"\d{9,10}", _bg),
    "CY": (r"\d{8}[A-Z]", _cy),
    "CZ": (r"\d{8,10}", _cz),
    "DE": (r"\d{9}", _de),
    "DK": (r"\d{8}", _dk),
    "EE": (r"\d{9}", _ee),
    "EL": (r"\d{9}", _el),
    "ES": (r"[ABCDEFGHJNPQRSUVW]\d{7}[A-J0-9]|[KLMXYZ]\d{7}[A-Z]|\d{8}[A-Z]", _es),
    "FI": (r"\d{8}", _fi),
    "FR": (r"[A-HJ-NP-Z0-9]{2}\d{9}", _fr),
    "HR": (r"\d{11}", _iso7064_11_10),
    "HU": (r"\d{8}", _hu),
    "IE": (r"\d{7}[A-W][A-W]?|\d[A-Z+*]\d{5}[A-W]", _ie),
    "IT": (r"\d{11}", _luhn),
    "LT": (r"\d{9}|\d{12}", _lt),
    "LU": (r"\d{8}", _lu),
    "LV": (r"\d{11}", _lv),
    "MT": (r"\d{8}", _mt),
    "NL": (r"\d{9}B\d{2}", _nl),
    "PL": (r"\d{10}", _pl),
    "PT": (r"\d{9}", _pt),
    "RO": (r"[1-9]\d{1,9}", _ro),
    "SE": (r"\d{12}", _se),
    "SI": (r"\d{8}", _si),
    "SK": (r"\d{10}", _sk),
    "XI": (r"\d{9}(?:\d{3})?|GD[0-4]\d\d|HA[5-9]\d\d", _gb),
    "GB": (r"\d{9}(?:\d{3})?|GD[0-4]\d\d|HA[5-9]\d\d", _gb),
}
VAT_COUNTRIES = frozenset(_STATES) | {"GR"}


@cache
def _form(country: str) -> re.Pattern[str]:
    return re.compile(_STATES[country][0], re.ASCII)


def vat(text: str, country: str | None = None) -> str | None:
    """What is wrong with a VAT number, upper case without separators: form, checksum or None.

    The country comes from the two letters in front, else from `country` (GR is EL).
    """
    own = {"GR": "EL"}.get(country or "", country or "")
    prefix = {"GR": "EL"}.get(text[:2], text[:2])
    body = text
    if prefix in _STATES and (own != prefix or not _form(own).fullmatch(text)):
        own, body = prefix, text[2:]
    if own not in _STATES:
        return "form"
    if _form(own).fullmatch(body) is None or body.strip("0") == "":
        return "form"
    return None if _STATES[own][1](body) else "checksum"
