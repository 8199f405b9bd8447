"""The selling company itself: people, goods, campaigns, plans, expenses, exchange rates."""

from __future__ import annotations

import math
import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from dq.demo.people import LANGUAGES, Names, Person, words
from dq.demo.when import END, START, at_work, workday
from dq.demo.world import Row, World

__all__ = ["BASE_CURRENCY", "PER_EURO", "fill_house", "money", "sellers"]

BASE_CURRENCY = "EUR"
PER_EURO = {"RUB": 95.0, "UAH": 44.0, "GBP": 0.86, "EUR": 1.0}

_TEAMS = {"ru": 10, "uk": 8, "en": 7}
_LEAVERS = {"ru": (2, 6), "uk": (3,), "en": (2,)}
_MODELS = ("GTX", "MGX", "Orbit", "Pulse", "Vega", "Lumo", "Tern", "Kite")
_TRIMS = ("Basic", "Pro", "Plus", "Max", "Lite")
_KINDS = {"goods": 1.0, "software": 0.6, "service": 0.4}


def money(value: float, step: str = "0.01") -> Decimal:
    """A decimal amount to a step of 0.01 or coarser."""
    return (Decimal(repr(value)) / Decimal(step)).quantize(Decimal(1)) * Decimal(step)


def fill_house(world: World) -> None:
    """Fill users, user_history, products, campaigns, plans, expenses and rates."""
    _users(world)
    _products(world)
    _campaigns(world)
    _plans(world)
    _expenses(world)
    _rates(world)


def sellers(world: World, language: str, first: date, last: date) -> list[Row]:
    """Sellers of a department who worked there all the time from one day to another."""
    department = words(language)["department"]
    return [
        user
        for user in world.tables["users"]
        if user["department"] == department
        and user["role"] in ("inside", "field")
        and user["hired_at"] <= first
        and (user["left_at"] is None or user["left_at"] >= last)
    ]


def _user(world: World, rng: random.Random, person: Person, **cells: object) -> Row:
    ident = world.next_id("users", "U", 3)
    left = cells.get("left_at")
    seen = END if left is None else datetime.combine(left, END.time())  # type: ignore[arg-type]
    return world.add(
        "users",
        id=ident,
        name=person.full,
        phone_ext=str(100 + len(world.tables["users"])),
        last_login_at=at_work(rng, workday(rng, (seen - timedelta(days=6)).date(), seen.date()))
        if left is None
        else seen - timedelta(hours=1, seconds=rng.randint(1, 900)),
        active=left is None,
        **cells,
    )


def _users(world: World) -> None:
    rng = world.rng("users")
    taken: set[str] = set()
    english = Names("en", taken)
    director = english.person(rng)
    head = _user(
        world,
        rng,
        director,
        role="manager",
        department="Management",
        email=english.email(rng, director, "tillwright-group.com"),
        hired_at=date(2018, 3, 12),
    )
    growth = max(1, world.rows // 4000)
    teams: list[tuple[str, str, str, int]] = [
        (language, words(language)["department"], "field", _TEAMS[language] * growth)
        for language in LANGUAGES
    ]
    teams += [("uk", "Call centre", "call_centre", 5 * growth), ("en", "Marketing", "marketing", 3)]
    teams += [("ru", "Service", "service", 4)]
    for language, department, role, size in teams:
        names = Names(language, taken)
        chief: Row | None = None
        for number in range(size):
            person = names.person(rng)
            leaver = role == "field" and number in _LEAVERS[language]
            hired = workday(rng, date(2022, 1, 10), date(2023, 9, 30))
            own = "manager" if number == 0 else role
            if own == "field" and number % 2:
                own = "inside"
            left = workday(rng, date(2025, 6, 1), date(2026, 3, 1)) if leaver else None
            user = _user(
                world,
                rng,
                person,
                role=own,
                department=department,
                manager_id=(chief or head)["id"],
                email=names.email(rng, person, "tillwright-group.com"),
                hired_at=hired,
                left_at=left,
            )
            chief = chief or user
    _user_history(world, rng)


def _user_history(world: World, rng: random.Random) -> None:
    for number, user in enumerate(world.tables["users"]):
        first, last = user["hired_at"], user["left_at"]
        known = {key: user[key] for key in ("department", "manager_id")}
        if user["role"] == "field" and number % 3 == 0 and last is None:
            moved = workday(rng, date(2024, 6, 1), date(2025, 12, 1))
            world.add(
                "user_history",
                user_id=user["id"],
                valid_from=first,
                valid_to=moved - timedelta(days=1),
                role="inside",
                **known,
            )
            first = moved
        world.add(
            "user_history",
            user_id=user["id"],
            valid_from=first,
            valid_to=last,
            role=user["role"],
            **known,
        )


def _products(world: World) -> None:
    rng = world.rng("products")
    for model in _MODELS:
        for trim in _TRIMS:
            kind = rng.choice(tuple(_KINDS))
            price = money(_KINDS[kind] * math.exp(rng.gauss(5.6, 0.7)), "0.5") + Decimal("0.49")
            since = workday(rng, date(2022, 2, 1), date(2023, 12, 20))
            world.add(
                "products",
                id=f"{model.upper()}-{trim.upper()}-{len(world.tables['products']) + 101}",
                name=f"{model} {trim}",
                kind=kind,
                list_price=price,
                cost=money(float(price) * rng.uniform(0.45, 0.7)),
                active=True,
                introduced_at=since,
            )


def _campaigns(world: World) -> None:
    rng = world.rng("campaigns")
    channels = {"search": "ads", "email": "mailing", "social": "ads", "event": "trade show"}
    for language in LANGUAGES:
        department = words(language)["department"]
        umbrella = world.add(
            "campaigns",
            id=world.next_id("campaigns", "M", 4),
            name=f"{department} 2024–2026",
            channel="mixed",
            kind="programme",
            started_at=START,
            ended_at=date(2026, 12, 31),
        )
        for year, quarter in [(y, q) for y in (2024, 2025, 2026) for q in (1, 2, 3, 4)]:
            first = date(year, quarter * 3 - 2, 1)
            if first > END.date():
                continue
            for channel in rng.sample(sorted(channels), 2):
                budget = money(math.exp(rng.gauss(8.4, 0.4)), "10")
                world.add(
                    "campaigns",
                    id=world.next_id("campaigns", "M", 4),
                    name=f"{department}: {channel}, Q{quarter} {year}",
                    channel=channel,
                    kind=channels[channel],
                    started_at=first + timedelta(days=rng.randint(3, 12)),
                    ended_at=first + timedelta(days=rng.randint(75, 88)),
                    budget=budget,
                    cost=money(float(budget) * rng.uniform(0.8, 1.08)),
                    parent_id=umbrella["id"],
                )


def _plans(world: World) -> None:
    rng = world.rng("plans")
    for user in world.tables["users"]:
        if user["role"] not in ("inside", "field"):
            continue
        for year, quarter in [(y, q) for y in (2024, 2025, 2026) for q in (1, 2, 3, 4)]:
            first = date(year, quarter * 3 - 2, 1)
            following = date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
            if first > END.date() or (user["left_at"] and user["left_at"] < following):
                continue
            period = {
                "period_start": first,
                "period_end": following - timedelta(days=1),
                "owner_id": user["id"],
                "department": user["department"],
            }
            world.add(
                "plans",
                id=world.next_id("plans", "PL", 5),
                term="revenue",
                value=money(math.exp(rng.gauss(10.6, 0.25)), "500"),
                **period,
            )
            world.add(
                "plans",
                id=world.next_id("plans", "PL", 5),
                term="won_deals",
                value=Decimal(rng.randint(6, 18)),
                **period,
            )


def _expenses(world: World) -> None:
    rng = world.rng("expenses")
    areas = (
        ("marketing", "materials", "acquire", 6.6),
        ("sales", "travel", "contact", 6.2),
        ("sales", "entertainment", "close", 5.4),
        ("service", "spare parts", "serve", 6.4),
        ("service", "returns", "return", 5.6),
    )
    month = START
    while month <= END.date():
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        for area, category, stage, scale in areas:
            for _ in range(2):
                spent = workday(rng, month, min(following - timedelta(days=1), END.date()))
                world.add(
                    "expenses",
                    id=world.next_id("expenses", "X", 5),
                    area=area,
                    category=category,
                    client_stage=stage,
                    amount=money(math.exp(rng.gauss(scale, 0.4))),
                    currency=BASE_CURRENCY,
                    spent_at=spent,
                    due_at=spent + timedelta(days=rng.choice((10, 14, 30))),
                )
        month = following
    for campaign in world.tables["campaigns"]:
        if campaign["cost"] is not None:
            spent = min(campaign["ended_at"], END.date())
            world.add(
                "expenses",
                id=world.next_id("expenses", "X", 5),
                area="marketing",
                category="campaign",
                client_stage="acquire",
                campaign_id=campaign["id"],
                amount=campaign["cost"],
                currency=BASE_CURRENCY,
                spent_at=spent,
                due_at=spent + timedelta(days=30),
            )


def _rates(world: World) -> None:
    rng = world.rng("rates")
    level = {currency: rate for currency, rate in PER_EURO.items() if currency != BASE_CURRENCY}
    day = START
    while day <= END.date():
        for currency in sorted(level):
            level[currency] *= math.exp(rng.gauss(0, 0.006))
            world.add(
                "rates",
                currency=currency,
                day=day,
                rate=Decimal(f"{1 / level[currency]:.6f}"),
            )
        day += timedelta(days=7)
