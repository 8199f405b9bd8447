"""Numbers that state registers and banks give out, with right check digits.

Sources of the formulas: order of the Russian tax service on INN; Bank of Russia 732-P (account
key); Cabinet of Ministers of Ukraine (EDRPOU, RNOKPP); HMRC (VAT number, modulus 97); ISO 13616
(IBAN).
"""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = [
    "bank_account_ru",
    "edrpou",
    "iban",
    "inn_company",
    "inn_person",
    "kpp",
    "ogrn",
    "ogrnip",
    "phone",
    "rnokpp",
    "vat_gb",
]

_MOBILE = {
    "RU": (903, 905, 906, 909, 910, 912, 915, 916, 917, 919, 921, 922, 925, 926, 929, 960, 963),
    "UA": (50, 63, 66, 67, 68, 73, 93, 95, 96, 97, 98, 99),
    "GB": (7400, 7401, 7411, 7423, 7432, 7446, 7465, 7471, 7488, 7495),
}
_COUNTRY_CODE = {"RU": "7", "UA": "380", "GB": "44"}
_NATIONAL_LENGTH = {"RU": 10, "UA": 9, "GB": 10}


def _digits(rng: random.Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _sum(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))


def inn_company(rng: random.Random, region: str) -> str:
    """Ten digits; the first two are the region."""
    body = region + _digits(rng, 7)
    return body + str(_sum(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def inn_person(rng: random.Random, region: str) -> str:
    """Twelve digits with two check digits."""
    body = region + _digits(rng, 8)
    body += str(_sum(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return body + str(_sum(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def kpp(rng: random.Random, region: str) -> str:
    """Tax office, reason 01 (registered there), number in order."""
    return f"{region}{rng.randint(1, 50):02d}01{rng.choice(('001', '001', '002'))}"


def ogrn(rng: random.Random, region: str) -> str:
    """Thirteen digits of a company."""
    body = f"1{rng.randint(2, 23):02d}{region}{_digits(rng, 7)}"
    return body + str(int(body) % 11 % 10)


def ogrnip(rng: random.Random, region: str) -> str:
    """Fifteen digits of a sole trader."""
    body = f"3{rng.randint(4, 23):02d}{region}{_digits(rng, 9)}"
    return body + str(int(body) % 13 % 10)


def bank_account_ru(rng: random.Random, bic: str) -> str:
    """Twenty digits whose ninth is the key over the bank's number."""
    head, tail = "40702810", _digits(rng, 4) + _digits(rng, 7)
    weights = [(7, 1, 3)[n % 3] for n in range(23)]
    for key in range(10):
        account = f"{head}{key}{tail}"
        if _sum(bic[-3:] + account, weights) % 10 == 0:
            return account
    raise AssertionError("one of ten keys always fits")


def edrpou(rng: random.Random) -> str:
    """Eight digits of a Ukrainian company; some begin with a zero."""
    body = f"{rng.choice((0, 2, 3, 3, 4, 4))}{_digits(rng, 6)}"
    middle = 3_000_000 <= int(body) < 6_000_000
    first = (7, 1, 2, 3, 4, 5, 6) if middle else (1, 2, 3, 4, 5, 6, 7)
    rest = _sum(body, first) % 11
    if rest == 10:
        rest = _sum(body, [weight + 2 for weight in first]) % 11 % 10
    return f"{body}{rest}"


def rnokpp(rng: random.Random) -> str:
    """Ten digits of a Ukrainian person: five count the days to birth."""
    body = f"{rng.randint(22_000, 37_500)}{_digits(rng, 4)}"
    return body + str(_sum(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10)


def vat_gb(rng: random.Random) -> str:
    """GB and nine digits, modulus 97."""
    body = str(rng.randint(1_000_000, 9_999_999))
    check = 97 - _sum(body, (8, 7, 6, 5, 4, 3, 2)) % 97
    return f"GB{body}{check:02d}"


def iban(rng: random.Random, country: str) -> str:
    """A Ukrainian or British account number."""
    if country == "UA":
        bban = f"{rng.choice((300335, 305299, 322001, 334851))}00000{_digits(rng, 14)}"
    else:
        bban = f"{rng.choice(('NWBK', 'BARC', 'LOYD', 'HBUK'))}{_digits(rng, 14)}"
    text = "".join(str(int(char, 36)) for char in f"{bban}{country}00")
    return f"{country}{98 - int(text) % 97:02d}{bban}"


def phone(rng: random.Random, country: str, city_code: str | None = None) -> str:
    """A number in international form; with a city code a landline, else a mobile."""
    size = _NATIONAL_LENGTH[country]
    if city_code is None:
        head = str(rng.choice(_MOBILE[country]))
    elif country == "GB":
        head = city_code + {"20": "7946", "1582": "4"}.get(city_code, "496")
    else:
        head = city_code + "2"
    national = head + _digits(rng, size - len(head))
    return f"+{_COUNTRY_CODE[country]}{national}"
