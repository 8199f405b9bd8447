"""A plain reading of the tables finds what was planted, all of it, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation

Table = list[dict[str, str]]
Tables = dict[str, Table]
LATE = ("Коммерческое предложение", "Комерційна пропозиція", "Proposal")
LATE += ("Переговоры", "Перемовини", "Negotiation")


def listed(faults: Table, code: str, table: str) -> tuple[set[str], set[str]]:
    """Keys planted for a rule in a table, and those that may be found besides."""
    rows = [f for f in faults if (f["code"], f["table"]) == (code, table)]
    planted = {f["key"] for f in rows if f["kind"] == "planted"}
    return planted, {f["key"] for f in rows} - planted


def agree(found: set[str], faults: Table, code: str, table: str) -> None:
    planted, following = listed(faults, code, table)
    assert planted, f"{code} is not planted in {table}"
    assert planted <= found, f"not found: {sorted(planted - found)}"
    assert found <= planted | following, f"by accident: {sorted(found - planted - following)}"


def number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def live(tables: Tables, table: str) -> Table:
    return [row for row in tables[table] if row.get("is_deleted") != "true"]


def test_won_without_amount_or_day(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "won" and not (row["amount"] and row["closed_at"])
    }
    agree(found, faults, "C105", "deals")


def test_lost_without_reason(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "lost" and not row["lost_reason"]
    }
    agree(found, faults, "C106", "deals")


def test_open_without_next_step(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "open"
        and (not row["next_step"] or row["next_step_at"][11:] in ("", "00:00:00"))
    }
    agree(found, faults, "C107", "deals")


def test_required_by_stage(tables: Tables, faults: Table) -> None:
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "open"
        and row["stage"] in LATE
        and not (row["amount"] and row["next_step"] and row["contact_id"])
    }
    agree(found, faults, "C102", "deals")


def test_moved_without_a_trail(tables: Tables, faults: Table) -> None:
    moves = Counter(row["deal_id"] for row in tables["stage_history"])
    seen = {row[c] for row in tables["activities"] for c in ("deal_id", "contact_id", "lead_id")}
    found = {
        row["id"]
        for row in live(tables, "deals")
        if moves[row["id"]] >= 2
        and not {row["id"], row["contact_id"] or "none", row["lead_id"] or "none"} & seen
    }
    agree(found, faults, "C109", "deals")


def test_accounts_that_are_not_ready(tables: Tables, faults: Table) -> None:
    people = Counter(row["account_id"] for row in live(tables, "contacts"))
    busy = {row["account_id"] for row in live(tables, "deals") if row["status"] == "open"}
    found = {
        row["id"]
        for row in live(tables, "accounts")
        if row["id"] in busy and (people[row["id"]] < 2 or not row["tax_id"])
    }
    agree(found, faults, "C112", "accounts")


def test_totals_of_lines(tables: Tables, faults: Table) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["deal_lines"]:
        sums[row["deal_id"]] += number(row["total"]) or 0
    off = {
        row["id"]
        for row in live(tables, "deals")
        if row["id"] in sums
        and abs((number(row["amount"]) or 0) - sums[row["id"]]) > Decimal("0.02")
    }
    chances = {"won": "100", "lost": "0"}
    off |= {
        row["id"]
        for row in live(tables, "deals")
        if row["probability"] != chances.get(row["status"], row["probability"])
    }
    agree(off, faults, "A108", "deals")
    lines = {
        row["id"]
        for row in tables["deal_lines"]
        if number(row["total"])
        != Decimal(row["quantity"]) * Decimal(row["unit_price"]) - Decimal(row["discount"])
    }
    agree(lines, faults, "A108", "deal_lines")


def test_owners_that_have_left(tables: Tables, faults: Table) -> None:
    left = {row["id"] for row in tables["users"] if row["left_at"]} | {"U777"}
    for table in ("accounts", "contacts"):
        found = {row["id"] for row in live(tables, table) if row["owner_id"] in left}
        agree(found, faults, "R103", table)
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["owner_id"] in left and row["status"] == "open"
    }
    agree(found, faults, "R103", "deals")


def test_circles(tables: Tables, faults: Table) -> None:
    above = {row["id"]: row["parent_id"] for row in tables["accounts"]}
    found = set()
    for start in above:
        place, steps = above[start], 0
        while place and place != start and steps < 60:
            place, steps = above.get(place, ""), steps + 1
        if place == start:
            found.add(start)
    agree(found, faults, "R105", "accounts")


def test_invoices_against_won_deals(tables: Tables, faults: Table) -> None:
    billed: dict[str, Decimal] = defaultdict(Decimal)
    for row in tables["invoices"]:
        billed[row["deal_id"]] += number(row["amount"]) or 0
    status = {row["id"]: row["status"] for row in tables["deals"]}
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "won"
        and abs((number(row["amount"]) or 0) - billed.get(row["id"], Decimal(0))) > 1
    }
    agree(found, faults, "R107", "deals")
    early = {row["id"] for row in tables["invoices"] if status[row["deal_id"]] != "won"}
    agree(early, faults, "R107", "invoices")


def test_sellers_and_goods_without_a_sale(tables: Tables, faults: Table) -> None:
    sold = {row["product_id"] for row in tables["deal_lines"]}
    settled = [row for row in tables["products"] if row["introduced_at"] < "2026-09"]
    agree({row["id"] for row in settled} - sold, faults, "R106", "products")
    owners = {row["owner_id"] for row in tables["deals"]}
    sellers = {
        row["id"]
        for row in tables["users"]
        if row["role"] in ("inside", "field") and row["hired_at"] < "2026-09"
    }
    agree(sellers - owners, faults, "R106", "users")


def test_marked_records(tables: Tables, faults: Table) -> None:
    for table in ("deals", "leads", "contacts", "accounts"):
        found = {row["id"] for row in tables[table] if row["is_deleted"] == "true"}
        agree(found, faults, "D105", table)


def test_copies(tables: Tables, faults: Table) -> None:
    found = set()
    seen: dict[tuple[str, ...], str] = {}
    for row in live(tables, "deals"):
        same = (row["account_id"], row["name"], row["amount"], row["created_at"][:16])
        first = seen.setdefault(same, row["id"])
        if first != row["id"]:
            found |= {first, row["id"]}
    planted, following = listed(faults, "D101", "deals")
    assert found <= planted | following


def test_short_months(tables: Tables, faults: Table) -> None:
    for fault in faults:
        if fault["code"] == "C110":
            months = Counter(row[fault["column"]][:7] for row in tables[fault["table"]])
            usual = sorted(months.values())[len(months) // 2]
            assert months[fault["value"]] < usual / 3, fault
