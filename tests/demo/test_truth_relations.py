"""A plain reading of the tables finds what was planted of families R and D, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from itertools import chain
from pathlib import Path

from dq.crm.model import TABLES
from tests.demo.reading import Table, Tables, agree, keys_with, listed, live, number, read

KEYED = {"user_history": ("user_id", "valid_from"), "rates": ("currency", "day")}
KEYED["deal_contacts"] = ("deal_id", "contact_id")
BY_NAME = {("tickets", "account_id")}


def key_of(table: str, row: dict[str, str]) -> str:
    return "|".join(row[name] for name in KEYED.get(table, ("id",)))


def test_keys_are_unique_except_planted(tables: Tables, faults: Table) -> None:
    for name, rows in tables.items():
        counts = Counter(key_of(name, row) for row in rows)
        twice = {key for key, count in counts.items() if count > 1}
        assert twice == listed(faults, "D104", name)[0], name


def test_links_hold_except_planted(tables: Tables, faults: Table) -> None:
    """A key that was planted as an orphan is really absent, and no other is."""
    for name, rows in tables.items():
        loose: dict[str, set[str]] = {}
        for relation in TABLES[name].relations:
            if (name, relation.column) in BY_NAME or relation.column not in rows[0]:
                continue
            keys = {row["id"] for row in tables[relation.target]}
            loose[relation.column] = {
                key_of(name, row)
                for row in rows
                if row[relation.column] and row[relation.column] not in keys
            }
            planted = keys_with(faults, "R101", name, column=relation.column)
            planted |= keys_with(faults, "R104", name, column=relation.column)
            assert planted <= loose[relation.column], f"{name}.{relation.column}"
        found = set(chain.from_iterable(loose.values()))
        if listed(faults, "R101", name)[0]:
            agree(found, faults, "R101", name, also=["R103", "R104"])
        else:
            allowed = set().union(*(listed(faults, code, name)[0] for code in ("R103", "R104")))
            assert found <= allowed, f"{name}: {sorted(found - allowed)[:3]}"


def test_names_that_mean_two_clients(tables: Tables, faults: Table, innocent: Table) -> None:
    def plain(name: str) -> str:
        return name.replace("«", '"').replace("»", '"').upper().strip()

    clients = Counter(plain(row["name"]) for row in live(tables, "accounts"))
    found = {row["id"] for row in tables["tickets"] if clients[plain(row["account_id"])] > 1}
    agree(found, faults, "R102", "tickets")
    lost = {row["id"] for row in tables["tickets"] if clients[plain(row["account_id"])] == 0}
    joint = {t["key"] for t in innocent if (t["code"], t["table"]) == ("R104", "tickets")}
    assert lost <= joint | {f["key"] for f in faults if f["table"] == "tickets"}


def test_owners_that_have_left(tables: Tables, faults: Table) -> None:
    left = {row["id"] for row in tables["users"] if row["left_at"]} | {"U777777"}
    for table in ("accounts", "contacts"):
        found = {row["id"] for row in live(tables, table) if row["owner_id"] in left}
        agree(found, faults, "R103", table, also=["X101"])
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


def test_two_keys_in_a_cell(tables: Tables, faults: Table) -> None:
    for table, column in (("deals", "contact_id"), ("contacts", "account_id")):
        found = {row["id"] for row in tables[table] if set(row[column]) & set(";,/")}
        agree(found, faults, "R104", table)


def test_sellers_and_goods_without_a_sale(tables: Tables, faults: Table) -> None:
    sold = {row["product_id"] for row in tables["deal_lines"]}
    settled = {row["id"] for row in tables["products"] if row["introduced_at"] < "2026-09"}
    agree(settled - sold, faults, "R106", "products")
    owners = {row["owner_id"] for row in tables["deals"]}
    sellers = {
        row["id"]
        for row in tables["users"]
        if row["role"] in ("inside", "field") and row["hired_at"] < "2026-09"
    }
    agree(sellers - owners, faults, "R106", "users")


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


def test_marked_records_on_which_something_alive_hangs(
    tables: Tables, faults: Table, innocent: Table
) -> None:
    columns = {
        "deals": "deal_id", "leads": "lead_id", "contacts": "contact_id", "accounts": "account_id",
    }  # fmt: skip
    for table, column in columns.items():
        dead = {
            row["id"]
            for row in tables[table]
            if row["is_deleted"] == "true" or row["merged_into_id"]
        }
        named = {
            row[column] for other in tables.values() for row in other if row.get(column) in dead
        }
        agree(named, faults, "D105", table)
        alike = {t["key"] for t in innocent if (t["code"], t["table"]) == ("D105", table)}
        assert dead - named <= alike


def test_copies_of_deals(tables: Tables, faults: Table) -> None:
    found = set()
    seen: dict[tuple[str, ...], str] = {}
    for row in live(tables, "deals"):
        name = " ".join(row["name"].upper().split())
        same = (row["account_id"], name, row["amount"], row["created_at"][:13])
        first = seen.setdefault(same, row["id"])
        if first != row["id"]:
            found |= {first, row["id"]}
    planted, following = listed(faults, "D101", "deals")
    again, _ = listed(faults, "D104", "deals")
    assert found <= planted | following | again
    assert len(planted & found) >= 0.6 * len(planted)


def test_each_cluster_is_in_the_tables(sample: Path, tables: Tables) -> None:
    clusters: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in read(sample / "truth" / "duplicates.csv"):
        clusters[row["cluster"]].append((row["table"], row["key"]))
    keys = {(name, row["id"]) for name, rows in tables.items() for row in rows if "id" in row}
    assert len(clusters) > 50
    for cluster, members in clusters.items():
        assert len(set(members)) >= 2, cluster
        assert set(members) <= keys, cluster
    everyone = [member for members in clusters.values() for member in members]
    assert len(everyone) == len(set(everyone))


def test_people_of_a_cluster_share_something(sample: Path, tables: Tables) -> None:
    """Copies can be known: a phone, an e-mail's local part or a name ties them."""
    people = {(table, row["id"]): row for table in ("contacts", "leads") for row in tables[table]}
    clusters: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read(sample / "truth" / "duplicates.csv"):
        if (row["table"], row["key"]) in people:
            clusters[row["cluster"]].append(people[row["table"], row["key"]])

    def traits(row: dict[str, str]) -> set[str]:
        digits = "".join(c for c in row["phone"] if c.isdigit())[-7:]
        local = row["email"].lower().partition("@")[0]
        words = row["full_name"].lower().replace("ё", "е").split()
        return {digits, local, *(word[:2] for word in words)} - {""}

    for cluster, rows in clusters.items():
        first = traits(rows[0])
        assert all(first & traits(row) for row in rows[1:]), cluster


def test_orphans_with_a_near_miss_name_their_neighbour(tables: Tables, faults: Table) -> None:
    products = {row["id"] for row in tables["products"]}
    for fault in faults:
        if fault["code"] == "R101" and fault["note"].startswith("mistyped"):
            assert fault["was"] in fault["note"]
            if fault["column"] == "product_id":
                assert fault["was"] in products
