"""A plain reading of the tables finds what was planted of families C and A, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from tests.demo.reading import Table, Tables, agree, keys_with, live, moment, number

LATE = {
    "Коммерческое предложение", "Переговоры", "Подана заявка", "Подведение итогов",
    "Комерційна пропозиція", "Перемовини", "Рахунок надіслано", "Узгодження", "Proposal",
    "Negotiation", "Quote sent", "Terms under discussion", "Спецификация", "Согласование условий",
}  # fmt: skip
REQUIRED = {
    "deals": ("account_id", "owner_id", "stage", "status", "created_at"),
    "contacts": ("full_name",),
    "activities": ("kind", "owner_id", "started_at"),
    "tasks": ("kind", "owner_id", "due_at"),
    "documents": ("deal_id", "kind"),
    "tickets": ("status", "opened_at"),
    "invoices": ("account_id", "issued_at", "amount"),
    "payments": ("invoice_id", "paid_at", "amount"),
    "touches": ("campaign_id", "kind", "touched_at"),
    "requests": ("channel", "created_at"),
}
EMPTY = {"", "-", "n/a", "н/д", "нет", "не указано", "не вказано", "--None--", "немає", "Select",
         "?", "...", "999.00", "0.00", "(no subject)", ".", "уточняется"}  # fmt: skip


def test_required_fields(tables: Tables, faults: Table) -> None:
    for table, columns in REQUIRED.items():
        blank = {row["id"] for row in live(tables, table) if not all(row[c] for c in columns)}
        planted = keys_with(faults, "C101", table)
        if planted:
            agree(blank, faults, "C101", table, also=["C105"])
        else:
            assert not blank, table
    leads = live(tables, "leads")
    unreachable = {row["id"] for row in leads if not row["email"] and not row["phone"]}
    agree(
        unreachable | {row["id"] for row in leads if not (row["source"] and row["status"])},
        faults, "C101", "leads",
    )  # fmt: skip


def test_required_by_stage(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "open"
        and row["stage"] in LATE
        and not (row["amount"] and row["contact_id"] and row["next_step"])
    }
    agree(found, faults, "C102", "deals")


def test_hidden_blanks(tables: Tables, faults: Table) -> None:
    for table, column in (
        ("accounts", "industry"), ("contacts", "title"), ("contacts", "source"),
        ("leads", "interest"), ("leads", "need"), ("leads", "budget"), ("tasks", "subject"),
    ):  # fmt: skip
        found = {row["id"] for row in live(tables, table) if row[column] in EMPTY - {""}}
        agree(found, faults, "C104", table, only=keys_with(faults, "C104", table, column=column))


def test_won_without_amount_or_day(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "won" and not (number(row["amount"]) and row["closed_at"])
    }
    agree(found, faults, "C105", "deals")


def test_lost_without_reason(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "lost" and row["lost_reason"] in ("", "-")
    }
    agree(found, faults, "C106", "deals")


def test_open_without_next_step(tables: Tables, faults: Table) -> None:
    planned = {
        row["deal_id"]
        for row in tables["tasks"]
        if row["status"] == "open" and not row["due_at"].endswith("00:00:00")
    }
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "open"
        and not (row["next_step"] and row["next_step_at"])
        and row["id"] not in planned
    }
    midnight = {row["id"] for row in tables["deals"] if row["next_step_at"].endswith("00:00:00")}
    agree(found | midnight, faults, "C107", "deals")


def test_notes_that_say_nothing(tables: Tables, faults: Table) -> None:
    words = {"позвонил", "ок", "созвонились", "написал письмо", "дзвонив", "зателефонував",
             "написав листа", "called", "ok", "spoke", "sent mail", "связался", "."}  # fmt: skip
    for table in ("activities", "leads"):
        copies = Counter((row["owner_id"], row["note"]) for row in tables[table] if row["note"])
        found = {
            row["id"]
            for row in live(tables, table)
            if row["note"] in words or copies[row["owner_id"], row["note"]] >= 5
        }
        agree(found, faults, "C108", table, also=["A110"])


def test_moved_without_a_trail(tables: Tables, faults: Table) -> None:
    moves = Counter(row["deal_id"] for row in tables["stage_history"])
    seen = {row[c] for row in tables["activities"] for c in ("deal_id", "contact_id", "lead_id")}
    found = {
        row["id"]
        for row in live(tables, "deals")
        if moves[row["id"]] >= 2
        and not {row["id"], row["contact_id"] or "none", row["lead_id"] or "none"} & seen
    }
    agree(found, faults, "C109", "deals", also=["D105"])


def test_short_months(tables: Tables, faults: Table, innocent: Table) -> None:
    def share(truth: dict[str, str]) -> float:
        months = Counter(row[truth["column"]][:7] for row in tables[truth["table"]])
        usual = sorted(months.values())[len(months) // 2]
        return months[truth["value"]] / usual

    planted = [f for f in faults if f["code"] == "C110" and f["kind"] == "planted"]
    assert len(planted) == 5
    assert all(share(fault) < 0.7 for fault in planted)
    assert all(share(fault) < 0.25 for fault in planted if fault["strength"] == "blatant")
    assert all(share(truth) > 0.35 for truth in innocent if truth["code"] == "C110")


def test_columns_with_one_value(tables: Tables, faults: Table) -> None:
    for fault in faults:
        if fault["code"] == "C111" and fault["kind"] == "planted":
            values = Counter(row[fault["column"]] for row in tables[fault["table"]])
            assert values[fault["value"]] >= 0.97 * values.total(), fault


def test_accounts_that_are_not_ready(tables: Tables, faults: Table) -> None:
    people = Counter(row["account_id"] for row in live(tables, "contacts"))
    busy = {row["account_id"] for row in live(tables, "deals") if row["status"] == "open"}
    found = {
        row["id"]
        for row in live(tables, "accounts")
        if row["id"] in busy and (people[row["id"]] < 2 or not row["tax_id"])
    }
    agree(found, faults, "C112", "accounts")


def test_values_of_another_type(tables: Tables, faults: Table) -> None:
    for table, column, convert in (
        ("deals", "amount", number), ("deals", "expected_close_at", moment),
        ("activities", "duration_s", number), ("leads", "budget", number),
    ):  # fmt: skip
        found = {row["id"] for row in tables[table] if row[column] and convert(row[column]) is None}
        agree(found, faults, "A101", table, only=keys_with(faults, "A101", table, column=column))
    cities = {row["id"] for row in tables["accounts"] if "@" in row["city"]}
    agree(cities, faults, "A101", "accounts")
    titles = {row["id"] for row in tables["contacts"] if any(c.isdigit() for c in row["title"])}
    agree(titles, faults, "A101", "contacts")


def test_towns_and_industries_are_spelt_in_one_way(
    tables: Tables, faults: Table, innocent: Table
) -> None:
    true = {(t["table"], t["key"]) for t in innocent if t["code"] in ("A107", "C106")}
    for table, column in (
        ("accounts", "industry"),
        ("accounts", "city"),
        ("leads", "source"),
        ("deals", "lost_reason"),
    ):
        counts = Counter(row[column] for row in tables[table])
        rare = {
            row["id"]
            for row in live(tables, table)
            if row[column] and counts[row[column]] < 4 and (table, row["id"]) not in true
        }
        only = keys_with(faults, "A107", table, column=column)
        agree(rare, faults, "A107", table, only=only, also=["C104", "C106", "D104"])


def test_totals_of_lines(tables: Tables, faults: Table) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["deal_lines"]:
        sums[row["deal_id"]] += number(row["total"]) or 0
    chances = {"won": "100", "lost": "0"}
    off = {
        row["id"]
        for row in live(tables, "deals")
        if (
            row["id"] in sums
            and abs((number(row["amount"]) or 0) - sums[row["id"]]) > Decimal("0.02")
        )
        or row["probability"] != chances.get(row["status"], row["probability"])
    }
    agree(off, faults, "A108", "deals")
    lines = {
        row["id"]
        for row in tables["deal_lines"]
        if number(row["total"])
        != Decimal(row["quantity"]) * Decimal(row["unit_price"]) - Decimal(row["discount"])
    }
    agree(lines, faults, "A108", "deal_lines")
    taxes = {
        row["id"]
        for row in tables["invoices"]
        if not Decimal("0.09")
        < (number(row["tax"]) or 0) / (number(row["amount"]) or 1)
        < Decimal("0.18")
    }
    agree(taxes, faults, "A108", "invoices")


def test_large_amounts(tables: Tables, faults: Table, innocent: Table) -> None:
    groups: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in live(tables, "deals"):
        if amount := number(row["amount"]):
            groups[row["kind"], row["currency"]].append(amount)
    middle = {group: sorted(found)[len(found) // 2] for group, found in groups.items()}
    found = {
        row["id"]
        for row in live(tables, "deals")
        if (number(row["amount"]) or 0) / middle[row["kind"], row["currency"]] > 16
    }
    true = {t["key"] for t in innocent if (t["code"], t["table"]) == ("A106", "deals")}
    agree(found - true, faults, "A106", "deals")
    billed: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["invoices"]:
        billed[row["deal_id"]] += number(row["amount"]) or 0
    amounts = {row["id"]: number(row["amount"]) for row in tables["deals"]}
    assert true & found
    assert all(amounts[key] == billed[key] for key in true & found)


def test_tags_and_notes_that_confess(tables: Tables, faults: Table, innocent: Table) -> None:
    words = ("неверный номер", "не берёт трубку", "дубль", "тест", "невірний номер",
             "не бере слухавку", "wrong number", "invalid number", "duplicate", "test",
             "чужой", "вже є в базі", "somebody else", "уже заводили")  # fmt: skip
    found = {
        row["id"]
        for row in live(tables, "leads")
        if any(word in f"{row['tags']} {row['note']}".lower() for word in words)
    }
    agree(found - {t["key"] for t in innocent if t["code"] == "A110"}, faults, "A110", "leads")
