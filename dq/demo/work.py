"""What people do: calls, meetings, letters and tasks around leads and deals."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from dq.demo.clients import language_of
from dq.demo.notes import note_text
from dq.demo.people import LANGUAGES, Words, words
from dq.demo.sales import Path
from dq.demo.when import END, Diary, at_work, workday
from dq.demo.world import Row, World, weighted

__all__ = ["fill_work"]

_KINDS = (("call", 0.45), ("email", 0.27), ("meeting", 0.14), ("message", 0.14))
_LENGTH = {"call": (5.2, 0.6, 25, 2400), "meeting": (8.0, 0.3, 900, 9000)}
_TASKS = (("call", 0.4), ("document", 0.3), ("meeting", 0.15), ("letter", 0.15))


def fill_work(world: World, paths: dict[str, Path]) -> None:
    """Fill activities and tasks; each stage of a deal leaves at least one activity."""
    rng = world.rng("work")
    diary = Diary()
    accounts, contacts = world.by_key("accounts"), world.by_key("contacts")
    goods = [product["name"] for product in world.tables["products"]]
    calls = [user["id"] for user in world.tables["users"] if user["role"] == "call_centre"]
    drafts = [
        _first_call(rng, lead, rng.choice(calls), goods, world)
        for lead in world.tables["leads"]
        if lead["first_response_at"] is not None
    ]
    for deal in world.tables["deals"]:
        path = paths[deal["id"]]
        vocabulary = words(language_of(accounts[deal["account_id"]]))
        contact = contacts[deal["contact_id"]]
        for place, (_, entered) in enumerate(path):
            last = path[place + 1][1] if place + 1 < len(path) else None
            if last is None and deal["status"] != "open":
                break
            for _ in range(weighted(rng, ((1, 0.6), (2, 0.3), (3, 0.1)))):
                end = last or END
                moment = _between(rng, entered, end)
                drafts.append(_about(rng, deal, contact, moment, vocabulary, goods))
                drafts[-1]["before"] = end
        _tasks(world, rng, deal, path, vocabulary)
    drafts.sort(key=lambda draft: (draft["started_at"], draft["deal_id"] or draft["lead_id"]))
    for draft in drafts:
        _book(world, rng, diary, draft)


def _between(rng: random.Random, first: datetime, last: datetime) -> datetime:
    """A working moment after one moment and before another."""
    moment = at_work(rng, workday(rng, first.date(), last.date()))
    if not first < moment < last:
        moment = first + (last - first) * rng.uniform(0.02, 0.3)
        if moment.hour >= 18 or moment.hour < 9:
            moment = first + timedelta(minutes=rng.randint(1, 12), seconds=rng.randint(1, 59))
    return moment.replace(microsecond=0)


def _first_call(
    rng: random.Random, lead: Row, caller: str, goods: list[str], world: World
) -> dict[str, Any]:
    number = int(str(lead["owner_id"])[1:]) - 1
    department = world.tables["users"][number]["department"]
    vocabulary = next(words(code) for code in LANGUAGES if words(code)["department"] == department)
    return {
        "kind": "call",
        "direction": "outgoing",
        "owner_id": caller,
        "deal_id": None,
        "lead_id": lead["id"],
        "started_at": lead["first_response_at"],
        "result": rng.choice(vocabulary["results"]),
        "note": note_text(rng, vocabulary, lead["created_at"], [lead["full_name"]], goods),
        "before": END,
    }


def _about(
    rng: random.Random,
    deal: Row,
    contact: Row,
    moment: datetime,
    vocabulary: Words,
    goods: list[str],
) -> dict[str, Any]:
    name = contact["first_name"]
    return {
        "kind": weighted(rng, _KINDS),
        "direction": "outgoing" if rng.random() < 0.72 else "incoming",
        "owner_id": deal["owner_id"],
        "lead_id": None,
        "contact_id": contact["id"],
        "account_id": deal["account_id"],
        "deal_id": deal["id"],
        "started_at": moment,
        "result": rng.choice(vocabulary["results"]),
        "note": note_text(rng, vocabulary, moment, [name, contact["full_name"]], goods),
    }


def _book(world: World, rng: random.Random, diary: Diary, draft: dict[str, Any]) -> None:
    """Give an activity its length, a free hour of its owner, and the moment of logging."""
    before: datetime = draft.pop("before")
    seconds = None
    moment: datetime = draft.pop("started_at")
    if draft["kind"] in _LENGTH:
        scale, spread, shortest, longest = _LENGTH[draft["kind"]]
        seconds = min(max(int(rng.lognormvariate(scale, spread)), shortest), longest)
        free = diary.book(draft["owner_id"], moment, seconds)
        if free.hour < 20 and free.date() == moment.date() and free < before:
            moment = free
        else:
            draft["kind"], seconds = "message", None
    logged = moment + timedelta(seconds=(seconds or 0) + rng.randint(20, 1500))
    row = world.add(
        "activities",
        id=world.next_id("activities", "V", 7),
        started_at=moment,
        duration_s=seconds,
        logged_at=min(logged, END),
        logged_by=draft["owner_id"],
        **draft,
    )
    if row["kind"] == "email" and row["direction"] == "outgoing":
        row["delivered_at"] = moment + timedelta(seconds=rng.randint(2, 50))
        read = moment + timedelta(seconds=rng.randint(300, 90_000))
        if rng.random() < 0.6 and read < END:
            row["read_at"] = read
            reply = read + timedelta(seconds=rng.randint(200, 90_000))
            row["replied_at"] = reply if rng.random() < 0.4 and reply < END else None


def _tasks(world: World, rng: random.Random, deal: Row, path: Path, vocabulary: Words) -> None:
    for place in range(len(path) - 1):
        created = path[place][1] + timedelta(minutes=rng.randint(3, 50))
        done = path[place + 1][1] - timedelta(minutes=rng.randint(1, 30))
        if done <= created or rng.random() < 0.5:
            continue
        _task(
            world,
            rng,
            deal,
            vocabulary,
            created_at=created,
            due_at=done + timedelta(days=rng.choice((0, 1, 2, 3)), minutes=rng.randint(1, 50)),
            completed_at=done,
            status="done",
        )
    if deal["status"] == "open":
        _task(
            world,
            rng,
            deal,
            vocabulary,
            created_at=min(path[-1][1] + timedelta(minutes=5), END),
            due_at=deal["next_step_at"],
            status="open",
        )


def _task(world: World, rng: random.Random, deal: Row, vocabulary: Words, **cells: object) -> None:
    world.add(
        "tasks",
        id=world.next_id("tasks", "K", 7),
        kind=weighted(rng, _TASKS),
        owner_id=deal["owner_id"],
        deal_id=deal["id"],
        subject=rng.choice(vocabulary["subjects"]),
        postponed_count=weighted(rng, ((0, 0.75), (1, 0.17), (2, 0.08))),
        **cells,
    )
