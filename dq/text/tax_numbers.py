"""Check digits of the national numbers of RU, KZ, UA and BY.

Each function takes digits (letters where a number has them) without separators and says
whether form and check digits fit. Sources of the formulas:

- INN: order of the Federal Tax Service MMV-7-6/435 (2012); OGRN, OGRNIP: order of the
  Ministry of Finance 165n (2017); SNILS: Pension Fund resolution 192p (2006);
  KPP: order MMV-7-6/435; account keys: Bank of Russia regulation 515 (1997).
- BIN and IIN: government resolution 565 (2007) and law 223-III of Kazakhstan.
- EDRPOU: State Statistics order on the register; RNOKPP: the register of natural persons.
- UNP: Ministry of Taxes of Belarus, resolution 55 (2002) and later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

__all__ = [
    "account_fits_bic",
    "bic",
    "bin_kz",
    "edrpou",
    "iin_kz",
    "inn",
    "kpp",
    "ogrn",
    "ogrnip",
    "rnokpp",
    "snils",
    "unp",
]

_INN10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
_KZ = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_KZ_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_RNOKPP = (-1, 5, 7, 9, 4, 6, 10, 5, 7)
_UNP = (29, 23, 19, 17, 13, 7, 5, 3)
_UNP_FORM = re.compile(r"[1-7ABCEHKM][0-9ABCEHKMOPT][0-9]{7}")
_UNP_LETTERS = "ABCEHKMOPT"


def _sum(digits: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False))


def _digits(text: str, *sizes: int) -> bool:
    return len(text) in sizes and text.isascii() and text.isdigit() and text.strip("0") != ""


def inn(text: str) -> bool:
    """Taxpayer number of Russia: 10 digits for organisations, 12 for people."""
    if _digits(text, 10):
        return _sum(text, _INN10) % 11 % 10 == int(text[9])
    if _digits(text, 12):
        first = _sum(text, _INN11) % 11 % 10 == int(text[10])
        return first and _sum(text, _INN12) % 11 % 10 == int(text[11])
    return False


def kpp(text: str) -> bool:
    """Registration reason code of Russia: a form only, it has no check digit."""
    return _KPP.fullmatch(text) is not None and text[:2] != "00"


def ogrn(text: str) -> bool:
    """State registration number of an organisation in Russia, 13 digits."""
    return _digits(text, 13) and text[0] in "15" and int(text[:12]) % 11 % 10 == int(text[12])


def ogrnip(text: str) -> bool:
    """State registration number of a sole entrepreneur in Russia, 15 digits."""
    return _digits(text, 15) and text[0] == "3" and int(text[:14]) % 13 % 10 == int(text[14])


def snils(text: str) -> bool:
    """Insurance number of a person in Russia, 11 digits; up to 001-001-998 without a check."""
    if not _digits(text, 11):
        return False
    if int(text[:9]) <= 1001998:
        return True
    rest = _sum(text, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101
    return rest % 100 == int(text[9:])


def bic(text: str) -> bool:
    """Bank code of Russia: nine digits, 04 (banks) or 00, 01, 02 (treasury) in front."""
    return _digits(text, 9) and text[:2] in ("04", "00", "01", "02")


def account_fits_bic(account: str, bank: str) -> bool | None:
    """Whether the key of a Russian account of 20 digits fits its bank's BIC.

    None when either is no account or BIC. Correspondent accounts (301…) and accounts in
    settlement centres (BIC ending in 000, 001, 002) take the region of the BIC instead.
    """
    if not _digits(account, 20) or not bic(bank) or bank[:2] != "04":
        return None
    central = bank[6:] in ("000", "001", "002") or (
        account.startswith("30101") and account[17:] == bank[6:]
    )
    text = ("0" + bank[4:6] if central else bank[6:]) + account
    return sum(int(d) * (7, 1, 3)[i % 3] for i, d in enumerate(text)) % 10 == 0


def _kz_check(text: str) -> bool:
    rest = _sum(text, _KZ) % 11
    if rest == 10:
        rest = _sum(text, _KZ_SECOND) % 11
    return rest < 10 and rest == int(text[11])


def bin_kz(text: str) -> bool:
    """Business number of Kazakhstan: year and month, the kind (4 to 6), then the check digit."""
    if not _digits(text, 12) or not 1 <= int(text[2:4]) <= 12:
        return False
    return text[4] in "456" and _kz_check(text)


def iin_kz(text: str) -> bool:
    """Number of a person in Kazakhstan: date of birth, century and sex, the check digit."""
    if not _digits(text, 12) or text[6] not in "0123456":
        return False
    century = {"0": 1900, "1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
    try:
        date(century[text[6]] + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return False
    return _kz_check(text)


def edrpou(text: str) -> bool:
    """Register code of an organisation in Ukraine, 8 digits."""
    if not _digits(text, 8):
        return False
    middle = 30_000_000 <= int(text) <= 60_000_000
    weights = (7, 1, 2, 3, 4, 5, 6) if middle else (1, 2, 3, 4, 5, 6, 7)
    rest = _sum(text, weights) % 11
    if rest == 10:
        rest = _sum(text, [w + 2 for w in weights]) % 11
    return rest % 10 == int(text[7])


def rnokpp(text: str) -> bool:
    """Tax number of a person in Ukraine, 10 digits; the first five count days from 1900."""
    if not _digits(text, 10):
        return False
    if _sum(text, _RNOKPP) % 11 % 10 != int(text[9]):
        return False
    return date(1899, 12, 31) + timedelta(days=int(text[:5])) < date(2100, 1, 1)


def unp(text: str) -> bool:
    """Payer number of Belarus, nine characters (letters for people, Latin)."""
    if _UNP_FORM.fullmatch(text) is None:
        return False
    if text[0].isdigit() != text[1].isdigit() and text[0].isdigit():
        return False
    values = [int(text[0], 36)]
    values.append(int(text[1]) if text[1].isdigit() else _UNP_LETTERS.index(text[1]))
    values += [int(c) for c in text[2:8]]
    rest = sum(v * w for v, w in zip(values, _UNP, strict=True)) % 11
    return rest < 10 and rest == int(text[8])
