"""Deals and how they moved: stages, lines, the people involved."""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from datetime import datetime, timedelta
from decimal import Decimal

from dq.demo.clients import language_of
from dq.demo.house import PER_EURO, money, sellers
from dq.demo.people import words
from dq.demo.when import END, START, at_work, later, workday
from dq.demo.world import Row, World, weighted

__all__ = ["LADDER", "PROBABILITY", "STAGES", "Path", "fill_sales", "reached"]

Path = list[tuple[str, datetime]]
"""Canonical stages of a deal with the moments at which it entered them."""

LADDER = ("new", "qualified", "proposal", "negotiation")
STAGES: dict[str, dict[str, str]] = {
    "ru": {
        "new": "Первичный контакт",
        "qualified": "Квалификация",
        "proposal": "Коммерческое предложение",
        "negotiation": "Переговоры",
        "won": "Успешно реализовано",
        "lost": "Закрыто и не реализовано",
    },
    "uk": {
        "new": "Первинний контакт",
        "qualified": "Кваліфікація",
        "proposal": "Комерційна пропозиція",
        "negotiation": "Перемовини",
        "won": "Успішно реалізовано",
        "lost": "Закрито й не реалізовано",
    },
    "en": {
        "new": "New",
        "qualified": "Qualified",
        "proposal": "Proposal",
        "negotiation": "Negotiation",
        "won": "Closed won",
        "lost": "Closed lost",
    },
}
"""Names of the canonical stages in each department's pipeline."""

PROBABILITY = {"new": 10, "qualified": 30, "proposal": 60, "negotiation": 80, "won": 100, "lost": 0}

_DAYS = {"new": 7.0, "qualified": 14.0, "proposal": 19.0, "negotiation": 15.0}
_LOSS = {"new": 0.12, "qualified": 0.14, "proposal": 0.16, "negotiation": 0.18}
_STALLED = 0.05
_KINDS = (("new", 0.5), ("repeat", 0.35), ("extension", 0.15))
_SCALE = {"new": 8.7, "repeat": 8.9, "extension": 8.3}
_ROUND = {"RUB": "100", "UAH": "50", "GBP": "1"}
_ROLES = ("decision maker", "user", "finance", "technical")


def reached(path: Path) -> str:
    """The last stage of the ladder that the deal was in."""
    return [stage for stage, _ in path if stage in LADDER][-1]


def fill_sales(world: World) -> dict[str, Path]:
    """Fill deals, deal_lines, deal_contacts and stage_history; the paths are by deal key."""
    rng = world.rng("deals")
    people: dict[str, list[Row]] = {}
    for contact in world.tables["contacts"]:
        people.setdefault(contact["account_id"], []).append(contact)
    drafts: list[tuple[datetime, str, Row]] = []
    accounts = sorted(world.tables["accounts"], key=_created)
    for _ in range(world.rows):
        begun = at_work(rng, workday(rng, START, END.date() - timedelta(days=1)))
        account = rng.choice(accounts[: bisect_left(accounts, begun, key=_created)])
        drafts.append((begun, account["id"], account))
    paths: dict[str, Path] = {}
    named: set[tuple[str, str]] = set()
    for created, _, account in sorted(drafts, key=lambda draft: draft[:2]):
        path = _path(rng, created)
        deal = _deal(world, rng, account, path)
        paths[deal["id"]] = path
        while deal["name"] is None or (account["id"], deal["name"]) in named:
            deal["name"] = _name(world, rng, account, created.year)
        named.add((account["id"], deal["name"]))
        _people(world, rng, deal, people[account["id"]])
        if reached(path) in ("proposal", "negotiation") or rng.random() < 0.5:
            _price(world, rng, deal, reached(path))
    _history(world, paths)
    return paths


def _created(account: Row) -> datetime:
    moment: datetime = account["created_at"]
    return moment


def _path(rng: random.Random, created: datetime) -> Path:
    path: Path = [("new", created)]
    speed = math.exp(rng.gauss(0, 0.35))
    for place, stage in enumerate(LADDER):
        if rng.random() < _STALLED / len(LADDER):
            break
        moment = later(rng, path[-1][1], _DAYS[stage] * speed * rng.gammavariate(2.2, 0.45))
        if rng.random() < _LOSS[stage]:
            path.append(("lost", moment))
            break
        path.append((LADDER[place + 1] if stage != LADDER[-1] else "won", moment))
    return [step for step in path if step[1] < END]


def _deal(world: World, rng: random.Random, account: Row, path: Path) -> Row:
    language = language_of(account)
    vocabulary = words(language)
    stage, moment = path[-1]
    created = path[0][1]
    status = stage if stage in ("won", "lost") else "open"
    until = END if status == "open" else moment
    number = len(world.tables["deals"]) + 1
    deal = world.add(
        "deals",
        id=world.next_id("deals", "D"),
        account_id=account["id"],
        owner_id=rng.choice(sellers(world, language, created.date(), until.date()))["id"],
        pipeline=vocabulary["pipeline"],
        stage=STAGES[language][stage],
        status=status,
        currency=vocabulary["currency"],
        probability=PROBABILITY[stage],
        kind=weighted(rng, _KINDS),
        source=rng.choice(vocabulary["sources"]),
        created_at=created,
        expected_close_at=(
            created + timedelta(days=rng.randint(35, 80))
            if status != "open"
            else END + timedelta(days=rng.randint(6, 75))
        ).date(),
        closed_at=moment if status != "open" else None,
    )
    if reached(path) == "negotiation":
        deal["contract_no"] = vocabulary["contract_format"].format(
            year=created.year % 100, number=number
        )
    if status == "lost":
        deal["lost_reason"] = rng.choice(vocabulary["lost_reasons"])
        deal["lost_side"] = weighted(rng, (("client", 0.6), ("seller", 0.25), ("market", 0.15)))
    if status == "open":
        deal["next_step"] = rng.choice(vocabulary["next_steps"])
        deal["next_step_at"] = later(rng, END, rng.randint(1, 14))
    return deal


def _name(world: World, rng: random.Random, account: Row, year: int) -> str:
    vocabulary = words(language_of(account))
    product = rng.choice(world.tables["products"])["name"]
    pattern: str = rng.choice(vocabulary["deal_formats"])
    return pattern.format(product=product, client=account["name"], year=year)


def _price(world: World, rng: random.Random, deal: Row, stage: str) -> None:
    """Give a deal its amount: the sum of its lines, or a lump sum where there are none."""
    target = math.exp(rng.gauss(_SCALE[deal["kind"]], 0.5))
    factor = PER_EURO[deal["currency"]]
    if rng.random() < 0.64:
        deal["amount"] = sum(_lines(world, rng, deal, target, factor), Decimal(0))
    else:
        deal["amount"] = money(target * factor, _ROUND[deal["currency"]])
    amount = float(deal["amount"])
    if stage in ("proposal", "negotiation"):
        deal["cost"] = money(amount * rng.uniform(0.55, 0.8))
    if deal["status"] == "open":
        deal["expected_amount"] = money(amount * deal["probability"] / 100)


def _lines(
    world: World, rng: random.Random, deal: Row, target: float, factor: float
) -> list[Decimal]:
    """Lines worth about the target; all prices include tax, of which each line names its part."""
    count = weighted(rng, ((1, 0.4), (2, 0.35), (3, 0.25)))
    affordable = [row for row in world.tables["products"] if row["list_price"] * 2 < target / count]
    totals = []
    for product in rng.sample(affordable or world.tables["products"], count):
        price = money(float(product["list_price"]) * factor)
        quantity = max(1, round(target * factor / count / float(price)))
        cut = rng.choice((0, 0, 0, 0.05, 0.1))
        discount = money(float(price) * quantity * cut)
        total = price * quantity - discount
        totals.append(total)
        world.add(
            "deal_lines",
            id=world.next_id("deal_lines", "DL", 7),
            deal_id=deal["id"],
            product_id=product["id"],
            quantity=quantity,
            unit_price=price,
            discount=discount,
            tax=money(float(total) / 6),
            total=total,
        )
    return totals


def _people(world: World, rng: random.Random, deal: Row, people: list[Row]) -> None:
    known = [row for row in people if row["created_at"] <= deal["created_at"]] or people[:1]
    chosen = rng.sample(known, min(len(known), rng.choice((1, 1, 2))))
    deal["contact_id"] = chosen[0]["id"]
    for place, contact in enumerate(chosen):
        world.add(
            "deal_contacts",
            deal_id=deal["id"],
            contact_id=contact["id"],
            role=rng.choice(_ROLES),
            is_primary=place == 0,
        )


def _history(world: World, paths: dict[str, Path]) -> None:
    moves: list[Row] = []
    deals = {deal["id"]: deal for deal in world.tables["deals"]}
    accounts = {account["id"]: account for account in world.tables["accounts"]}
    for ident, path in paths.items():
        names = STAGES[language_of(accounts[deals[ident]["account_id"]])]
        before = None
        for stage, moment in path:
            moves.append(
                {
                    "deal_id": ident,
                    "from_stage": before,
                    "to_stage": names[stage],
                    "changed_at": moment,
                    "changed_by": deals[ident]["owner_id"],
                }
            )
            before = names[stage]
    for move in sorted(moves, key=lambda move: (move["changed_at"], move["deal_id"])):
        world.add("stage_history", id=world.next_id("stage_history", "H", 7), **move)
