"""The logs outside the CRM agree with it except where the truth says so."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.demo.reading import END, Table, Tables, moment, number, read


@pytest.fixture(scope="module")
def strangers(sample: Path) -> Table:
    return read(sample / "truth" / "outside.csv")


def keys(strangers: Table, log: str, *kinds: str, column: str = "key") -> set[str]:
    return {row[column] for row in strangers if row["log"] == log and row["kind"] in kinds} - {""}


def test_books_hold_every_won_deal(tables: Tables, logs: Tables, strangers: Table) -> None:
    booked: dict[str, Decimal] = defaultdict(Decimal)
    unknown = set()
    for row in logs["books"]:
        if row["Сделка"]:
            booked[row["Сделка"]] += number(row["Сумма"]) or 0
        else:
            unknown.add(row["Номер"])
    assert unknown == keys(strangers, "books", "only_outside")
    won = {row["id"]: number(row["amount"]) for row in tables["deals"] if row["status"] == "won"}
    assert won.keys() - booked.keys() == keys(strangers, "books", "only_crm", column="crm_key")
    differ = {key for key, amount in won.items() if key in booked and amount != booked[key]}
    assert differ <= keys(strangers, "books", "differs", column="crm_key")
    parts = keys(strangers, "books", "same", column="crm_key")
    assert parts
    assert not parts & differ


def test_books_add_up_to_the_months(logs: Tables) -> None:
    months: dict[str, Decimal] = defaultdict(Decimal)
    for row in logs["books"]:
        day, month, year = row["Дата"].split(".")
        months[f"{year}-{month}"] += number(row["СуммаEUR"]) or 0
        assert day
    stated = {row["month"]: Decimal(row["revenue_eur"]) for row in logs["ledger_months"]}
    assert stated == months


def test_the_switch_knows_every_call(tables: Tables, logs: Tables, strangers: Table) -> None:
    extension = {row["phone_ext"]: row["id"] for row in tables["users"]}
    lines = defaultdict(list)
    for row in logs["telephony"]:
        lines[extension[row["extension"]]].append((moment(row["started"]) or END, row))
    used, alone, differ = set(), set(), set()
    for row in tables["activities"]:
        began = moment(row["started_at"])
        if row["kind"] != "call" or not began:
            continue
        near = [
            line
            for when, line in lines[row["owner_id"]]
            if abs(when - began) <= timedelta(seconds=25) and line["call_id"] not in used
        ]
        if not near:
            alone.add(row["id"])
            continue
        line = min(
            near,
            key=lambda line: abs((number(line["talk_s"]) or 0) - (number(row["duration_s"]) or 0)),
        )
        used.add(line["call_id"])
        if abs((number(line["talk_s"]) or 0) - (number(row["duration_s"]) or 0)) > 8:
            differ.add(row["id"])
    planted = keys(strangers, "telephony", "only_crm", "differs", column="crm_key")
    blank = {row["id"] for row in tables["activities"] if not row["owner_id"]}
    assert alone <= planted | blank
    assert differ <= planted | blank
    only = {row["call_id"] for row in logs["telephony"]} - used
    listed = keys(strangers, "telephony", "only_outside", "differs")
    assert keys(strangers, "telephony", "only_outside") <= only
    assert len(only - listed) <= len(alone)


def test_people_who_took_lists_before_they_left(
    tables: Tables, faults: Table, innocent: Table
) -> None:
    left = {row["id"]: moment(row["left_at"]) for row in tables["users"] if row["left_at"]}
    taken: dict[str, int] = defaultdict(int)
    for row in tables["audit_log"]:
        when, gone = moment(row["happened_at"]) or END, left.get(row["user_id"])
        assert not gone or when <= gone + timedelta(days=1)
        if gone and row["records"] and gone - when < timedelta(days=30):
            taken[row["user_id"]] += int(row["records"])
    found = {user for user, records in taken.items() if records >= 60}
    assert found == {f["key"] for f in faults if f["code"] == "X102"}
    assert {t["key"] for t in innocent if t["code"] == "X102"}.isdisjoint(found)
