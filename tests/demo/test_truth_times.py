"""A plain reading of the tables finds what was planted of families T, F and X, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from dq.semantics.glossary import load_glossary
from tests.demo.reading import END, Table, Tables, agree, keys_with, live, moment, read

ORDERS = {
    "deals": (("created_at", "closed_at"),),
    "leads": (("created_at", "first_response_at"), ("created_at", "converted_at")),
    "contacts": (("created_at", "updated_at"),),
    "tickets": (("opened_at", "first_response_at"), ("opened_at", "resolved_at")),
    "tasks": (("created_at", "completed_at"),),
    "documents": (("sent_at", "opened_at"), ("opened_at", "signed_at")),
    "invoices": (("issued_at", "paid_at"), ("issued_at", "due_at")),
    "accounts": (("created_at", "updated_at"),),
    "activities": (
        ("started_at", "logged_at"),
        ("delivered_at", "read_at"),
        ("read_at", "replied_at"),
    ),
    "users": (("hired_at", "left_at"),),
    "campaigns": (("started_at", "ended_at"),),
    "requests": (("created_at", "first_response_at"),),
}
HAPPENED = {
    "deals": ("created_at", "closed_at"), "contacts": ("created_at", "birth_date"),
    "activities": ("started_at", "logged_at"), "documents": ("sent_at", "opened_at", "signed_at"),
    "invoices": ("issued_at", "paid_at"), "leads": ("created_at", "converted_at"),
    "payments": ("paid_at",), "tickets": ("opened_at", "resolved_at"), "touches": ("touched_at",),
    "stage_history": ("changed_at",), "requests": ("created_at",),
}  # fmt: skip
FOUNDED = datetime(2022, 1, 1)


def test_the_order_of_moments(tables: Tables, faults: Table) -> None:
    for table, orders in ORDERS.items():
        found = set()
        for row in tables[table]:
            for before, after in orders:
                first, second = moment(row[before]), moment(row[after])
                if first and second and second < first:
                    found.add(row["id"])
        if keys_with(faults, "T101", table):
            agree(found, faults, "T101", table, also=["T102"])
        else:
            allowed = {
                f["key"] for f in faults if f["table"] == table and f["code"] in ("T102", "T101")
            }
            assert found <= allowed, f"{table}: {sorted(found - allowed)[:3]}"


def test_moments_to_come_and_before_the_company(
    tables: Tables, faults: Table, innocent: Table
) -> None:
    for table, columns in HAPPENED.items():
        found = set()
        for row in tables[table]:
            for column in columns:
                when = moment(row[column])
                early = datetime(1920, 1, 1) if column == "birth_date" else FOUNDED
                late = datetime(2009, 1, 1) if column == "birth_date" else END
                if when and not early <= when <= late:
                    found.add(row["id"])
        true = {t["key"] for t in innocent if (t["code"], t["table"]) == ("T102", table)}
        found -= true
        if keys_with(faults, "T102", table):
            agree(found, faults, "T102", table, also=["F106"])
        else:
            assert not found, f"{table}: {sorted(found)[:3]}"
    assert {t["column"] for t in innocent if t["code"] == "T102"} >= {"birth_date", "valid_to"}


def test_moves_that_the_stages_do_not_allow(sample: Path, tables: Tables, faults: Table) -> None:
    stages = load_glossary(sample / "glossary.yaml").stages
    pipeline = {row["id"]: row["pipeline"] for row in tables["deals"]}
    wrong, seen = set(), defaultdict(list)
    for row in tables["stage_history"]:
        seen[row["deal_id"]].append(row)
    for deal, rows in seen.items():
        ladder = stages.ladders[pipeline[deal]]
        for row in rows:
            if row["from_stage"]:
                before, after = ladder[row["from_stage"]], ladder[row["to_stage"]]
                if before != after and after not in stages.graph[before]:
                    wrong.add(deal)
        for first, second in pairwise(rows):
            assert first["to_stage"] == second["from_stage"], deal
            assert first["changed_at"] <= second["changed_at"], deal
    agree(wrong, faults, "T103", "deals")


def test_the_last_move_is_the_stage(tables: Tables, faults: Table) -> None:
    last = {row["deal_id"]: row["to_stage"] for row in tables["stage_history"]}
    copies = {f["key"] for f in faults if f["table"] == "deals" and f["code"] in ("D101", "D105")}
    for row in tables["deals"]:
        if row["id"] in last and row["id"] not in copies:
            assert row["stage"] == last[row["id"]], row["id"]


def test_deals_that_stand_still(tables: Tables, faults: Table) -> None:
    since = {row["deal_id"]: moment(row["changed_at"]) for row in tables["stage_history"]}
    longest: dict[tuple[str, str], timedelta] = defaultdict(timedelta)
    rows = defaultdict(list)
    for row in tables["stage_history"]:
        rows[row["deal_id"]].append(row)
    pipeline = {row["id"]: row["pipeline"] for row in tables["deals"]}
    for deal, moves in rows.items():
        for first, second in pairwise(moves):
            spent = (moment(second["changed_at"]) or END) - (moment(first["changed_at"]) or END)
            place = (pipeline[deal], first["to_stage"])
            longest[place] = max(longest[place], spent)
    found = {
        row["id"]
        for row in live(tables, "deals")
        if row["status"] == "open"
        and row["id"] in since
        and END - (since[row["id"]] or END)
        > max(longest[row["pipeline"], row["stage"]], timedelta(90))
    }
    agree(found, faults, "T104", "deals")
    assert len(found) < 0.2 * sum(row["status"] == "open" for row in tables["deals"])


def test_heaps_at_an_hour(tables: Tables, faults: Table) -> None:
    for table, column, hour in (
        ("touches", "touched_at", "03:00:00"), ("documents", "opened_at", "02:00:00"),
        ("tasks", "completed_at", "03:00:00"),
    ):  # fmt: skip
        found = {row["id"] for row in tables[table] if row[column].endswith(hour)}
        rows = [
            f for f in faults if (f["code"], f["table"], f["column"]) == ("T105", table, column)
        ]
        assert {f["key"] for f in rows if f["value"] != hour and f["key"]} == found
        assert sum(f["kind"] == "planted" and f["value"] == hour for f in rows) == 1


def test_gaps_and_tables_gone_stale(tables: Tables, faults: Table) -> None:
    for fault in faults:
        if fault["kind"] != "planted" or fault["key"] or fault["code"] not in ("T105", "T106"):
            continue
        if ":" in fault["value"]:
            continue
        days = {row[fault["column"]][:10] for row in tables[fault["table"]]}
        if fault["code"] == "T106":
            assert max(day for day in days if day < "2027") <= fault["value"]
        else:
            first = datetime.fromisoformat(fault["value"])
            length = int(fault["note"].split()[3])
            gap = {(first + timedelta(days=n)).date().isoformat() for n in range(length)}
            assert not gap & days, fault


def test_a_certified_quarter_was_changed(sample: Path, tables: Tables, faults: Table) -> None:
    then = {row["id"]: row for row in read(sample / "earlier" / "deals_2026Q2.csv")}
    now = {row["id"]: row for row in tables["deals"]}
    inside = {key for key, row in now.items() if "2026-04" <= row["closed_at"] < "2026-07"}
    found = inside ^ then.keys()
    found |= {
        key
        for key in inside & then.keys()
        if (now[key]["amount"], now[key]["closed_at"])
        != (then[key]["amount"], then[key]["closed_at"])
    }
    agree(found, faults, "T107", "deals")
    gone = keys_with(faults, "T107", "deals", note="gone without a mark of deletion")
    assert gone
    assert not gone & now.keys()
    children = {row["deal_id"] for name in ("activities", "stage_history") for row in tables[name]}
    assert not gone & children


def test_phones_and_emails_on_strangers(tables: Tables, faults: Table) -> None:
    found = set()
    for column in ("phone", "email"):
        firms = defaultdict(set)
        rows = defaultdict(list)
        for row in live(tables, "contacts"):
            if row[column]:
                firms[row[column]].add(row["account_id"])
                rows[row[column]].append(row["id"])
        found |= {key for value, keys in rows.items() if len(firms[value]) >= 4 for key in keys}
    agree(found, faults, "F103", "contacts")


def test_made_in_bulk_by_hand(tables: Tables, faults: Table) -> None:
    made = defaultdict(list)
    for row in live(tables, "leads"):
        if not row["created_by"].startswith(("form:", "import:", "api:")):
            made[row["created_by"]].append((moment(row["created_at"]) or END, row["id"]))
    found = set()
    for entries in made.values():
        entries.sort()
        for place in range(len(entries) - 4):
            if entries[place + 4][0] - entries[place][0] <= timedelta(minutes=2):
                found |= {key for _, key in entries[place : place + 5]}
    agree(found, faults, "F104", "leads")


def test_activities_that_cannot_be(tables: Tables, faults: Table, innocent: Table) -> None:
    callers = {row["id"] for row in tables["users"] if row["role"] == "call_centre"}
    missed = {"нет ответа", "занято", "абонент недоступен", "немає відповіді", "зайнято",
              "абонент недоступний", "no answer", "busy", "unavailable"}  # fmt: skip
    found, spoken = set(), defaultdict(list)
    for row in tables["activities"]:
        began = moment(row["started_at"])
        if row["kind"] not in ("call", "meeting") or not row["duration_s"].isdigit() or not began:
            continue
        length = int(row["duration_s"])
        if (length == 0 and row["result"].strip(" *") not in missed) or length > 86_400:
            found.add(row["id"])
        if row["kind"] == "call" and began.hour < 7 and row["owner_id"] not in callers:
            found.add(row["id"])
        if row["owner_id"]:
            spoken[row["owner_id"]].append((began, length, row["id"], row["kind"]))
    joint = {t["key"] for t in innocent if (t["code"], t["column"]) == ("F106", "started_at")}
    for entries in spoken.values():
        entries.sort()
        for (start, length, first, _), (following, _, second, _) in pairwise(entries):
            if following < start + timedelta(seconds=length) and first != second:
                found |= {first, second} - joint
    agree(found, faults, "F106", "activities", also=["A106"])


def test_logged_long_after(tables: Tables, faults: Table, innocent: Table) -> None:
    moved = {t["key"] for t in innocent if t["code"] == "F107"}
    found = set()
    for row in tables["activities"]:
        began, logged = moment(row["started_at"]), moment(row["logged_at"])
        if began and logged and logged - began > timedelta(days=2):
            found.add(row["id"])
    agree(found - moved, faults, "F107", "activities")
    at_once = set()
    for row in tables["tasks"]:
        begun, done = moment(row["created_at"]), moment(row["completed_at"])
        if begun and done and done - begun < timedelta(seconds=30):
            at_once.add(row["id"])
    agree(at_once, faults, "F107", "tasks")


def test_round_durations(tables: Tables, faults: Table) -> None:
    planted = keys_with(faults, "F108", "activities")
    owner = {row["id"]: row["owner_id"] for row in tables["activities"]}
    heapers = {owner[key] for key in planted}
    share = {}
    for user in set(owner.values()):
        calls = [
            row
            for row in tables["activities"]
            if row["owner_id"] == user and row["kind"] == "call" and row["duration_s"].isdigit()
        ]
        if len(calls) > 40:
            share[user] = sum(
                int(row["duration_s"]) % 300 == 0 != int(row["duration_s"]) for row in calls
            ) / len(calls)
    usual = sorted(share.values())[len(share) // 2]
    assert usual < 0.05
    assert all(share[user] > 0.1 for user in heapers)


def test_sales_of_the_last_hours(tables: Tables, faults: Table) -> None:
    closed = {row["id"]: row["closed_at"] for row in tables["deals"]}
    for strength, first, last in (
        ("blatant", "20:00", "23:00"), ("clear", "16:00", "18:00"), ("faint", "14:00", "18:00"),
    ):  # fmt: skip
        planted = keys_with(faults, "F109", "deals", strength=strength)
        assert {closed[key][5:10] for key in planted} <= {"03-31", "06-30", "09-30", "12-31"}
        assert all(first <= closed[key][11:16] < last for key in planted)


def test_contacts_known_to_one_seller(tables: Tables, faults: Table) -> None:
    known = defaultdict(set)
    talks: Counter[str] = Counter()
    for row in tables["activities"]:
        if row["contact_id"] and row["owner_id"]:
            known[row["contact_id"]].add(row["owner_id"])
            talks[row["contact_id"]] += 1
    owner = {row["id"]: row["owner_id"] for row in tables["deals"]}
    for row in tables["deal_contacts"]:
        known[row["contact_id"]].add(owner.get(row["deal_id"], ""))
    found = {
        row["id"]
        for row in live(tables, "contacts")
        if talks[row["id"]] >= 3 and len(known[row["id"]]) == 1
    }
    agree(found, faults, "X101", "contacts", also=["C101"])
