"""After the sale: invoices, payments, documents and service tickets."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from dq.demo.clients import language_of
from dq.demo.house import money
from dq.demo.people import words
from dq.demo.sales import Path
from dq.demo.when import END, later
from dq.demo.world import Row, World, weighted

__all__ = ["fill_money"]

_PRIORITY = (("low", 0.3), ("normal", 0.5), ("high", 0.2))


def fill_money(world: World, paths: dict[str, Path]) -> None:
    """Fill invoices, payments, documents and tickets; the invoices of a deal sum to its amount."""
    rng = world.rng("money")
    for deal in world.tables["deals"]:
        if deal["status"] == "won":
            _invoices(world, rng, deal)
    for deal in world.tables["deals"]:
        _documents(world, rng, deal, paths[deal["id"]])
    _tickets(world)


def _invoices(world: World, rng: random.Random, deal: Row) -> None:
    parts = weighted(rng, ((1, 0.78), (2, 0.16), (3, 0.06)))
    rest: Decimal = deal["amount"]
    for number in range(parts):
        amount = rest if number == parts - 1 else money(float(deal["amount"]) / parts)
        rest -= amount
        issued = deal["closed_at"].date()
        due = issued + timedelta(days=14 + 30 * number)
        paid = due - timedelta(days=rng.randint(-12, 9))
        done = paid <= END.date() and rng.random() < 0.93
        invoice = world.add(
            "invoices",
            id=world.next_id("invoices", "N"),
            deal_id=deal["id"],
            account_id=deal["account_id"],
            issued_at=issued,
            due_at=due,
            amount=amount,
            tax=money(float(amount) / 6),
            currency=deal["currency"],
            paid_amount=amount if done else Decimal(0),
            paid_at=paid if done else None,
        )
        if done:
            world.add(
                "payments",
                id=world.next_id("payments", "P"),
                invoice_id=invoice["id"],
                paid_at=paid,
                amount=amount,
                currency=deal["currency"],
            )


def _documents(world: World, rng: random.Random, deal: Row, path: Path) -> None:
    kinds = {"proposal": "offer", "negotiation": "contract", "won": "act"}
    for stage, moment in path:
        if stage not in kinds or (stage == "proposal" and rng.random() < 0.15):
            continue
        sent = moment + timedelta(minutes=rng.randint(4, 55), seconds=rng.randint(0, 59))
        opened = sent + timedelta(minutes=rng.randint(3, 2000))
        signed = opened + timedelta(minutes=rng.randint(30, 6000))
        known = stage != "proposal" and signed < END
        world.add(
            "documents",
            id=world.next_id("documents", "DC", 7),
            deal_id=deal["id"],
            kind=kinds[stage],
            sent_at=min(sent, END),
            opened_at=opened if opened < END else None,
            signed_at=signed if known else None,
        )


def _tickets(world: World) -> None:
    """Tickets come from a help desk of its own, which knows clients by name only."""
    rng = world.rng("tickets")
    staff = [row["id"] for row in world.tables["users"] if row["department"] == "Service"]
    accounts = world.by_key("accounts")
    drafts: list[Row] = []
    for deal in world.tables["deals"]:
        if deal["status"] != "won" or rng.random() < 0.35:
            continue
        account = accounts[deal["account_id"]]
        opened = later(rng, deal["closed_at"], rng.randint(5, 120))
        if opened > END - timedelta(days=3):
            continue
        answered = opened + timedelta(seconds=int(rng.lognormvariate(7.8, 0.7)) + 60)
        solved = later(rng, answered, rng.randint(0, 6))
        done = solved < END
        drafts.append(
            {
                "account_id": account["name"],
                "kind": rng.choice(words(language_of(account))["ticket_kinds"]),
                "priority": weighted(rng, _PRIORITY),
                "status": "closed" if done else "open",
                "owner_id": rng.choice(staff),
                "opened_at": opened,
                "first_response_at": answered,
                "resolved_at": solved if done else None,
                "reopened_count": weighted(rng, ((0, 0.85), (1, 0.12), (2, 0.03))),
                "cost": money(rng.lognormvariate(3.6, 0.5)),
                "satisfaction": rng.choice((3, 4, 4, 5, 5)) if done else None,
            }
        )
    for draft in sorted(drafts, key=lambda row: (row["opened_at"], row["account_id"])):
        world.add("tickets", id=world.next_id("tickets", "S"), **draft)
