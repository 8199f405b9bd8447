"""The planted truth rests on right check digits: they are checked here by other formulas."""

from __future__ import annotations

import re
from functools import reduce

import numpy as np
import phonenumbers
import pytest

from dq.demo import numbers
from dq.demo.text import fixed
from tests.demo.reading import Table, Tables


def luhn_like(text: str, weights: list[int]) -> int:
    return sum(int(a) * b for a, b in zip(text, weights, strict=False)) % 11 % 10


def inn_holds(text: str) -> bool:
    weights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
    if len(text) == 10:
        return luhn_like(text[:9], weights[2:]) == int(text[9])
    first = luhn_like(text[:10], weights[1:]) == int(text[10])
    return first and luhn_like(text[:11], weights) == int(text[11])


def ogrn_holds(text: str) -> bool:
    return int(text[:-1]) % (len(text) - 2) % 10 == int(text[-1])


def iban_holds(text: str) -> bool:
    moved = text[4:] + text[:4]
    digits = "".join(str(ord(c) - 55) if c.isalpha() else c for c in moved)
    return reduce(lambda rest, digit: (rest * 10 + int(digit)) % 97, digits, 0) == 1


def account_holds(bic: str, account: str) -> bool:
    text = bic[6:] + account
    return sum(int(c) * (7, 1, 3)[n % 3] % 10 for n, c in enumerate(text)) % 10 == 0


def vat_holds(text: str) -> bool:
    digits = [int(c) for c in text[2:]]
    total = sum(d * w for d, w in zip(digits, range(8, 1, -1), strict=False))
    return (total + digits[7] * 10 + digits[8]) % 97 == 0


def rnokpp_holds(text: str) -> bool:
    weights = [10, 5, 7, 9, 4, 6, 10, 5, 7]
    return luhn_like(text, weights) == int(text[9])


def edrpou_holds(text: str) -> bool:
    low = list(range(1, 8))
    if "3" <= text[0] <= "5":
        low = [7, *range(1, 7)]
    rest = sum(int(a) * b for a, b in zip(text, low, strict=False)) % 11
    if rest > 9:
        rest = sum(int(a) * (b + 2) for a, b in zip(text, low, strict=False)) % 11
    return rest % 10 == int(text[7]) if rest < 10 else text[7] == "0"


def kz_holds(text: str) -> bool:
    digits = [int(c) for c in text]
    rest = sum(d * w for d, w in zip(digits, range(1, 12), strict=False)) % 11
    if rest == 10:
        rest = sum(d * w for d, w in zip(digits, [*range(3, 12), 1, 2], strict=False)) % 11
    return len(text) == 12 and rest == digits[11]


def ein_holds(text: str) -> bool:
    """Nine digits in the American way; there is no check digit."""
    return re.fullmatch(r"\d{2}-\d{7}", text) is not None


# Numbers of public bodies and the worked examples of the standards themselves.
@pytest.mark.parametrize(
    ("holds", "number"),
    [
        (inn_holds, "7707083893"),
        (inn_holds, "500100732259"),
        (ogrn_holds, "1027700132195"),
        (edrpou_holds, "14360570"),
        (edrpou_holds, "00032129"),
        (iban_holds, "UA213223130000026007233566001"),
        (iban_holds, "GB29NWBK60161331926819"),
        (vat_holds, "GB980780684"),
        (rnokpp_holds, "1759013776"),
        (kz_holds, "941240001151"),
        (iban_holds, "KZ86125KZT5004100100"),
    ],
)
def test_the_checks_accept_known_numbers(holds: object, number: str) -> None:
    assert callable(holds)
    assert holds(number)


SERIAL = np.arange(0, 40_000, 13, dtype=np.int64)


def region(number: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.full(len(SERIAL), number)


@pytest.mark.parametrize(
    ("cells", "holds", "width"),
    [
        (numbers.inn_company(region(2), SERIAL), inn_holds, 10),
        (numbers.inn_person(region(77), SERIAL), inn_holds, 12),
        (numbers.ogrn(region(66), SERIAL), ogrn_holds, 13),
        (numbers.ogrnip(region(66), SERIAL), ogrn_holds, 15),
        (numbers.edrpou(SERIAL), edrpou_holds, 8),
        (numbers.rnokpp(SERIAL), rnokpp_holds, 10),
        (numbers.vat_gb(SERIAL), vat_holds, 11),
        (numbers.ein_us(SERIAL), ein_holds, 10),
        (numbers.bin_kz(SERIAL), kz_holds, 12),
        (numbers.iin_kz(SERIAL), kz_holds, 12),
        (numbers.iban(SERIAL, "UA"), iban_holds, 29),
        (numbers.iban(SERIAL, "GB"), iban_holds, 22),
        (numbers.iban(SERIAL, "KZ"), iban_holds, 20),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_generated_numbers_hold(cells: object, holds: object, width: int) -> None:
    texts = fixed(cells).to_pylist()
    assert callable(holds)
    assert all(len(text) == width and holds(text) for text in texts)
    assert len(set(texts)) == len(texts)


def test_generated_accounts_hold_with_their_bank() -> None:
    bank = np.full(len(SERIAL), 44_525_225)
    accounts = fixed(numbers.bank_account_ru(bank, SERIAL, SERIAL % 2)).to_pylist()
    assert all(account_holds("044525225", account) for account in accounts)


def test_requisites_of_the_sample_hold_except_planted(tables: Tables, faults: Table) -> None:
    spoiled = {(f["key"], f["column"]) for f in faults if f["table"] == "accounts"}
    checked = 0
    for row in tables["accounts"]:
        for column, holds in (
            ("tax_id", TAX[row["country"]]),
            ("registration_id", ogrn_holds if row["country"] == "RU" else len),
            ("bank_account", len if row["country"] in ("RU", "US") else iban_holds),
        ):
            if row[column] and (row["id"], column) not in spoiled:
                assert holds(row[column]), (row["id"], column, row[column])
                checked += 1
        if row["bic"] and (row["id"], "bank_account") not in spoiled:
            assert account_holds(row["bic"], row["bank_account"])
    assert checked > 300


def ukrainian(text: str) -> bool:
    return edrpou_holds(text) if len(text) == 8 else rnokpp_holds(text)


TAX = {"RU": inn_holds, "GB": vat_holds, "UA": ukrainian, "KZ": kz_holds, "US": ein_holds}


def test_phones_of_the_sample_are_possible_except_planted(tables: Tables, faults: Table) -> None:
    spoiled = {(f["table"], f["key"]) for f in faults if f["column"] == "phone"}
    wrong = []
    for table in ("accounts", "contacts", "leads"):
        for row in tables[table]:
            if row["phone"] and (table, row["id"]) not in spoiled:
                parsed = phonenumbers.parse(row["phone"], row.get("country") or "RU")
                if not phonenumbers.is_valid_number(parsed):
                    wrong.append((table, row["id"], row["phone"]))
    assert wrong == []
