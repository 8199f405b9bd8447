"""The planted truth rests on right check digits: they are checked here by other formulas."""

from __future__ import annotations

import random
from functools import reduce

import phonenumbers
import pytest

from dq.demo import numbers

Table = list[dict[str, str]]


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
    ],
)
def test_the_checks_accept_known_numbers(holds: object, number: str) -> None:
    assert callable(holds)
    assert holds(number)


@pytest.mark.parametrize("seed", range(40))
def test_generated_numbers_hold(seed: int) -> None:
    rng = random.Random(seed)
    assert inn_holds(numbers.inn_company(rng, "02"))
    assert inn_holds(numbers.inn_person(rng, "77"))
    assert ogrn_holds(numbers.ogrn(rng, "66"))
    assert ogrn_holds(numbers.ogrnip(rng, "66"))
    assert account_holds("044525225", numbers.bank_account_ru(rng, "044525225"))
    assert edrpou_holds(numbers.edrpou(rng))
    assert rnokpp_holds(numbers.rnokpp(rng))
    assert vat_holds(numbers.vat_gb(rng))
    assert iban_holds(numbers.iban(rng, "UA"))
    assert len(numbers.iban(rng, "UA")) == 29
    assert iban_holds(numbers.iban(rng, "GB"))
    assert len(numbers.iban(rng, "GB")) == 22


def test_requisites_of_the_sample_hold_except_planted(
    tables: dict[str, Table], faults: Table
) -> None:
    spoiled = {(f["key"], f["column"]) for f in faults if f["table"] == "accounts"}
    checked = 0
    for row in tables["accounts"]:
        for column, holds in (
            ("tax_id", {"RU": inn_holds, "GB": vat_holds}.get(row["country"], ukrainian)),
            ("registration_id", ogrn_holds if row["country"] == "RU" else len),
            ("bank_account", iban_holds if row["country"] != "RU" else len),
        ):
            if row[column] and (row["id"], column) not in spoiled:
                assert holds(row[column]), (row["id"], column, row[column])
                checked += 1
        if row["bic"] and (row["id"], "bank_account") not in spoiled:
            assert account_holds(row["bic"], row["bank_account"])
    assert checked > 300


def ukrainian(text: str) -> bool:
    return edrpou_holds(text) if len(text) == 8 else rnokpp_holds(text)


def test_phones_of_the_sample_are_possible_except_planted(
    tables: dict[str, Table], faults: Table
) -> None:
    spoiled = {(f["table"], f["key"]) for f in faults if f["column"] == "phone"}
    wrong = []
    for table in ("accounts", "contacts", "leads"):
        for row in tables[table]:
            if row["phone"] and (table, row["id"]) not in spoiled:
                parsed = phonenumbers.parse(row["phone"], row.get("country") or "RU")
                if not phonenumbers.is_valid_number(parsed):
                    wrong.append((table, row["id"], row["phone"]))
    assert wrong == []
