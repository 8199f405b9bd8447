"""Numbers that state registers and banks give out, with right check digits, many at once.

Each function takes serial numbers, one a record: serials that differ give numbers that differ.
Results are matrices of ASCII digits. Sources of the formulas: order of the Russian tax service
on INN; Bank of Russia 732-P (account key); Cabinet of Ministers of Ukraine (EDRPOU, RNOKPP);
HMRC (VAT number, modulus 97); ISO 13616 (IBAN); Ministry of Justice of Kazakhstan (BIN, IIN).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dq.demo.chance import Bytes, Ints
from dq.demo.text import ascii_digits

__all__ = [
    "bank_account_ru", "bin_kz", "edrpou", "ein_us", "iban", "iin_kz", "inn_company", "inn_person",
    "kpp", "ogrn", "ogrnip", "rnokpp", "vat_gb",
]  # fmt: skip

_ZERO = np.uint8(ord("0"))


def _mixed(serial: Ints, space: int, step: int) -> Ints:
    """Serials spread over a space; `step` has no factor in common with it."""
    return np.asarray((serial * step + space * 17 // 41) % space, dtype=np.int64)


def _sum(cells: Bytes, weights: Sequence[int]) -> Ints:
    digits = cells.astype(np.int64) - int(_ZERO)
    return np.asarray(digits[:, : len(weights)] @ np.array(weights, dtype=np.int64))


def _with(cells: Bytes, check: Ints, width: int = 1) -> Bytes:
    return np.hstack([cells, ascii_digits(check, width)])


def inn_company(region: Ints, serial: Ints) -> Bytes:
    """Ten digits; the first two are the region."""
    body = ascii_digits(region * 10**7 + _mixed(serial, 10**7, 6180339), 9)
    return _with(body, _sum(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def inn_person(region: Ints, serial: Ints) -> Bytes:
    """Twelve digits with two check digits."""
    body = ascii_digits(region * 10**8 + _mixed(serial, 10**8, 61803399), 10)
    body = _with(body, _sum(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return _with(body, _sum(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def kpp(region: Ints, serial: Ints) -> Bytes:
    """Tax office, reason 01 (registered there), number in order."""
    office = _mixed(serial, 49, 30) + 1
    return ascii_digits(((region * 100 + office) * 100 + 1) * 1000 + 1 + serial % 3 // 2, 9)


def ogrn(region: Ints, serial: Ints) -> Bytes:
    """Thirteen digits of a company."""
    year = 2 + _mixed(serial, 22, 7)
    body = ((100 + year) * 100 + region) * 10**7 + _mixed(serial, 10**7, 2718281)
    return _with(ascii_digits(body, 12), body % 11 % 10)


def ogrnip(region: Ints, serial: Ints) -> Bytes:
    """Fifteen digits of a sole trader."""
    year = 4 + _mixed(serial, 20, 7)
    body = ((300 + year) * 100 + region) * 10**9 + _mixed(serial, 10**9, 271828181)
    return _with(ascii_digits(body, 14), body % 13 % 10)


def bank_account_ru(bic: Ints, serial: Ints, sole: Ints) -> Bytes:
    """Twenty digits whose ninth is the key over the bank's number."""
    head = ascii_digits(np.where(sole > 0, 40802810, 40702810), 8)
    tail = ascii_digits(_mixed(serial, 10**11, 61803398877), 11)
    bank = ascii_digits(bic % 1000, 3)
    nought = ascii_digits(np.zeros(len(serial), dtype=np.int64), 1)
    weights = [(7, 1, 3)[place % 3] for place in range(23)]
    # 3 · key must fill the sum of the others up to a multiple of ten; 7 is the inverse of 3.
    key = -_sum(np.hstack([bank, head, nought, tail]), weights) * 7 % 10
    return np.hstack([head, ascii_digits(key, 1), tail])


def edrpou(serial: Ints) -> Bytes:
    """Eight digits of a Ukrainian company; some begin with a zero."""
    first = np.array([0, 2, 3, 3, 4, 4])[serial % 6]
    number = first * 10**6 + _mixed(serial, 10**6, 618033)
    body = ascii_digits(number, 7)
    middle = (number >= 3_000_000) & (number < 6_000_000)
    low, high = (1, 2, 3, 4, 5, 6, 7), (7, 1, 2, 3, 4, 5, 6)
    rest = np.where(middle, _sum(body, high), _sum(body, low)) % 11
    more = np.where(middle, _sum(body, [w + 2 for w in high]), _sum(body, [w + 2 for w in low]))
    return _with(body, np.where(rest == 10, more % 11 % 10, rest))


def rnokpp(serial: Ints) -> Bytes:
    """Ten digits of a Ukrainian person: five count the days to birth."""
    spot = _mixed(serial, 15_500 * 10**4, 61803399)
    body = ascii_digits((22_000 + spot // 10**4) * 10**4 + spot % 10**4, 9)
    return _with(body, _sum(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10)


def vat_gb(serial: Ints) -> Bytes:
    """GB and nine digits, modulus 97."""
    body = ascii_digits(1_000_000 + _mixed(serial, 9_000_000, 5562307), 7)
    check = 97 - _sum(body, (8, 7, 6, 5, 4, 3, 2)) % 97
    head = np.tile(np.frombuffer(b"GB", dtype=np.uint8), (len(serial), 1))
    return np.hstack([head, _with(body, check, 2)])


def _kz(head: Ints, tail: Ints, size: int) -> Bytes:
    """Twelve digits of Kazakhstan; a tail whose check digit would be ten is counted up."""
    first = tuple(range(1, 12))
    second = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
    while True:
        body = ascii_digits(head * 10**size + tail, 11)
        rest = _sum(body, first) % 11
        rest = np.where(rest == 10, _sum(body, second) % 11, rest)
        if not (rest == 10).any():
            return _with(body, rest)
        tail = np.where(rest == 10, (tail + 5003) % 10**size, tail)


def bin_kz(serial: Ints) -> Bytes:
    """Year and month of registration, kind of company, number in order."""
    month = 1 + _mixed(serial, 12, 5)
    year = _mixed(serial, 25, 7)
    return _kz((year * 100 + month) * 100 + 40, _mixed(serial, 10**5, 61803), 5)


def iin_kz(serial: Ints) -> Bytes:
    """Day of birth, century and sex, number in order."""
    year, month, day = (
        60 + _mixed(serial, 38, 11), 1 + _mixed(serial, 12, 5), 1 + _mixed(serial, 28, 9),
    )  # fmt: skip
    sex = 3 + serial % 2
    head = ((year * 100 + month) * 100 + day) * 10 + sex
    return _kz(head, _mixed(serial, 10**4, 6181), 4)


def ein_us(serial: Ints) -> Bytes:
    """An American employer's number: the office's two digits, a dash, seven digits."""
    office = np.array([12, 20, 27, 36, 45, 47, 75, 82, 83, 91])[serial % 10]
    body = ascii_digits(office * 10**7 + _mixed(serial, 10**7, 6180339), 9)
    dash = np.full((len(serial), 1), ord("-"), dtype=np.uint8)
    return np.hstack([body[:, :2], dash, body[:, 2:]])


_BANKS = {
    "UA": ("300335", "305299", "322001", "334851"),
    "GB": ("NWBK", "BARC", "LOYD", "HBUK"),
    "KZ": ("125", "601", "722", "914"),
}
_OWN = {"UA": 19, "GB": 14, "KZ": 13}
"""Digits behind the bank's code."""


def iban(serial: Ints, country: str) -> Bytes:
    """An account number of Ukraine (29 places), Britain (22) or Kazakhstan (20)."""
    banks = np.array([list(code.encode("ascii")) for code in _BANKS[country]], dtype=np.uint8)
    size = _OWN[country]
    zeros = np.zeros((len(serial), max(size - 14, 0)), dtype=np.int64)
    own = ascii_digits(_mixed(serial, 10 ** min(size, 14), 6180339887499), min(size, 14))
    bban = np.hstack([banks[serial % 4], zeros.astype(np.uint8) + _ZERO, own])
    tail = np.frombuffer(f"{country}00".encode("ascii"), dtype=np.uint8)
    rest = np.zeros(len(serial), dtype=np.int64)
    for column in np.hstack([bban, np.tile(tail, (len(serial), 1))]).T.astype(np.int64):
        letter = column >= ord("A")
        value = np.where(letter, column - ord("A") + 10, column - int(_ZERO))
        rest = (rest * np.where(letter, 100, 10) + value) % 97
    head = np.tile(np.frombuffer(country.encode("ascii"), dtype=np.uint8), (len(serial), 1))
    return np.hstack([head, ascii_digits(98 - rest, 2), bban])
