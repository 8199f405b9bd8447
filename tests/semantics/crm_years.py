"""Two years of a made-up CRM for drift: deals and leads under canonical names, with real habits.

Nothing in it changes its meaning. What a year brings anyway is there: growth, seasons, quiet
weekends, a large customer, a mix that shifts by a per cent or two a month, prices that rise,
noise from week to week; and, as in every CRM, the newest deals are mostly still open, so that
stage, status, closing day and lost reason of young records differ from those of old ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["DAY", "DEPARTMENTS", "END", "SOURCES", "START", "UNDISTURBED", "Traits", "traits_of",
           "undisturbed", "years"]  # fmt: skip

START, DAY, END = datetime(2024, 1, 1), datetime(2025, 7, 1), datetime(2026, 1, 1)
"""The years made, and in them the day after which something may change."""

UNDISTURBED = range(20)
"""Seeds of `undisturbed`."""

ROWS = 50_000
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DEPARTMENTS = {"Sales East": 0.45, "Sales West": 0.28, "Partners": 0.15, "Renewals": 0.12}
SOURCES = {
    "Website": 0.30, "Call": 0.22, "Referral": 0.16, "Advertising": 0.14, "Partner": 0.07,
    "Exhibition": 0.05, "Mailing": 0.04, "Other": 0.02,
}  # fmt: skip
KINDS = {"new": 0.60, "repeat": 0.28, "extension": 0.12}
LEAD_KINDS = {"inbound": 0.30, "outbound": 0.70}
LEAD_STATUSES = {"new": 0.2, "working": 0.25, "nurturing": 0.1, "converted": 0.2, "rejected": 0.25}
LOST_REASONS = {"Price": 0.4, "Competitor": 0.25, "No budget": 0.2, "No answer": 0.1, "Other": 0.05}
INTERESTS = {"Licences": 0.5, "Support": 0.3, "Training": 0.15, "Audit": 0.05}
CURRENCIES = {"EUR": 0.55, "USD": 0.25, "GBP": 0.20}
STAGES = ("new", "qualified", "proposal", "negotiation")
PROBABILITY = (10.0, 30.0, 60.0, 80.0)
WORDS = (
    "call meeting offer price budget director contract draft answer question deadline delivery "
    "lawyer accountant letter reminder discount visit demo sample tender"
).split()
_SECONDS = 86_400


@dataclass(frozen=True)
class Traits:
    """How the years go.

    `growth`, `trend` and `inflation` are per month (0.01 is one per cent): of the number of
    records, of the share of the first source, of the amounts. `season` is the swing of the
    year, `weekend` a weekend day's volume beside a working day's. The large customer has a
    share of the deals from a month on, with amounts several times the usual. `noise` is the
    week's deviation.
    """

    growth: float = 0.0
    season: float = 0.0
    weekend: float = 0.05
    customer: float = 0.0
    customer_times: float = 4.0
    customer_from: float = 0.0
    trend: float = 0.0
    inflation: float = 0.0
    noise: float = 0.0


def traits_of(seed: int) -> Traits:
    """The traits of an undisturbed period: one of six is strong, the others are as they come."""
    chance = np.random.default_rng([seed, 1])
    strong = seed % 6

    def drawn(place: int, low: float, high: float) -> float:
        return high if strong == place else float(chance.uniform(low, (low + high) / 2))

    return Traits(
        growth=drawn(0, 0.0, 0.04),
        season=drawn(1, 0.05, 0.5),
        weekend=drawn(2, 0.02, 0.6),
        customer=drawn(3, 0.0, 0.02),
        customer_times=drawn(3, 2.0, 8.0),
        customer_from=float(chance.uniform(0.0, 20.0)),
        trend=drawn(4, 0.01, 0.02) * (1 if seed % 2 else -1),
        inflation=float(chance.uniform(0.0, 0.006)),
        noise=drawn(5, 0.02, 0.15),
    )


def undisturbed(seed: int, rows: int = ROWS) -> dict[str, pa.Table]:
    """Tables by name in which nothing changed its meaning: no alarm is due."""
    return years(seed, rows, traits_of(seed))


def years(seed: int = 0, rows: int = ROWS, traits: Traits | None = None) -> dict[str, pa.Table]:
    """Deals (as many as `rows`) and leads (as many again), the same for the same arguments."""
    traits = traits or Traits(growth=0.01, season=0.15, trend=0.01, inflation=0.003, noise=0.05)
    return {
        "deals": _deals(np.random.default_rng([seed, 2]), rows, traits),
        "leads": _leads(np.random.default_rng([seed, 3]), rows, traits),
    }


# --- the tables --------------------------------------------------------------------------


def _deals(chance: np.random.Generator, rows: int, traits: Traits) -> pa.Table:
    created = _moments(chance, rows, traits)
    months = _months(created)
    department = _picked(chance, DEPARTMENTS, rows)
    kind = _picked(chance, KINDS, rows)
    large = (chance.random(rows) < traits.customer) & (months >= traits.customer_from)
    scale = np.array([9.0, 8.6, 9.6, 7.8])[department] + np.array([0.2, 0.0, -0.6])[kind]
    amount = np.exp(scale + traits.inflation * months + 0.7 * chance.standard_normal(rows))
    amount = np.where(large, amount * traits.customer_times, amount)
    amount = np.where(chance.random(rows) < 0.4, np.round(amount, -2) + 100, amount)
    planned = created + (chance.gamma(4.0, 14.0, rows) * _SECONDS).astype(np.int64)
    life = np.exp(3.7 + 0.6 * chance.standard_normal(rows))
    closed = _working(created + (life * _SECONDS).astype(np.int64))
    over = closed < _second(END)
    won = chance.random(rows) < 0.42
    age = np.clip((_second(END) - created) / (life * _SECONDS), 0, 0.99)
    reached = np.where(over, 3, (age * 4).astype(np.int64))
    stage = np.where(over, np.where(won, 4, 5), reached)
    blank = chance.random((6, rows))
    account = np.where(large, 0, 1 + (chance.random(rows) ** 1.6 * rows / 6).astype(np.int64))
    return pa.table(
        {
            "id": _names("D", np.arange(rows)),
            "account_id": _names("A", account),
            "owner_id": _names("U", department * 20 + chance.integers(1, 12, rows)),
            "department": _words(list(DEPARTMENTS), department),
            "pipeline": _words(["Direct", "Direct", "Partners", "Renewals"], department),
            "stage": _words([*STAGES, "won", "lost"], stage),
            "status": _words(["open", "won", "lost"], np.where(over, np.where(won, 1, 2), 0)),
            "amount": _money(amount, blank[0] < 0.06),
            "currency": _words(list(CURRENCIES), _picked(chance, CURRENCIES, rows)),
            "cost": _money(amount * chance.uniform(0.4, 0.8, rows), blank[1] < 0.3),
            "probability": _money(np.array([*PROBABILITY, 100.0, 0.0])[stage], blank[2] < 0.02),
            "kind": _words(list(KINDS), kind, blank[3] < 0.03),
            "source": _words(list(SOURCES), _sources(chance, created, traits), blank[4] < 0.05),
            "lost_reason": _words(
                list(LOST_REASONS), _picked(chance, LOST_REASONS, rows), ~over | won
            ),
            "created_at": _stamps(created),
            "expected_close_at": _stamps(planned // _SECONDS * _SECONDS, blank[5] < 0.05),
            "closed_at": _stamps(closed, ~over),
            "next_step": _phrases(chance, rows, 6, over | (chance.random(rows) < 0.15)),
        }
    )


def _leads(chance: np.random.Generator, rows: int, traits: Traits) -> pa.Table:
    created = _moments(chance, rows, traits)
    months = _months(created)
    budget = np.exp(8.5 + traits.inflation * months + 0.9 * chance.standard_normal(rows))
    answered = created + (chance.gamma(1.5, 9.0, rows) * 3600).astype(np.int64)
    young = created > _second(END) - 14 * _SECONDS
    status = np.where(young, 0, _picked(chance, LEAD_STATUSES, rows))
    blank = chance.random((5, rows))
    return pa.table(
        {
            "id": _names("L", np.arange(rows)),
            "kind": _words(list(LEAD_KINDS), _picked(chance, LEAD_KINDS, rows)),
            "source": _words(list(SOURCES), _sources(chance, created, traits), blank[0] < 0.05),
            "status": _words(list(LEAD_STATUSES), status),
            "budget": _money(np.round(budget, -2) + 100, blank[1] < 0.35),
            "interest": _words(list(INTERESTS), _picked(chance, INTERESTS, rows), blank[2] < 0.1),
            "need": _phrases(chance, rows, 14, blank[3] < 0.4),
            "owner_id": _names("U", chance.integers(1, 60, rows)),
            "department": _words(list(DEPARTMENTS), _picked(chance, DEPARTMENTS, rows)),
            "created_at": _stamps(created),
            "first_response_at": _stamps(answered, (status == 0) | (blank[4] < 0.05)),
        }
    )


# --- what they are made of ---------------------------------------------------------------


def _moments(chance: np.random.Generator, rows: int, traits: Traits) -> Ints:
    """Moments of creation in seconds since 1970, sorted; the volume follows the traits."""
    days = np.arange(_second(START) // _SECONDS, _second(END) // _SECONDS)
    since = (days - days[0]) / 30.44
    weeks = chance.standard_normal(len(days) // 7 + 2)
    volume = (1 + traits.growth) ** since
    volume *= 1 + traits.season * np.sin(2 * np.pi * (since - 2) / 12)
    volume *= np.exp(traits.noise * weeks[(days - days[0]) // 7])
    volume *= np.where((days + 3) % 7 >= 5, traits.weekend, 1.0)
    picked = chance.choice(days, rows, p=volume / volume.sum())
    hours = np.clip(chance.normal(13.0, 2.5, rows), 0.0, 23.99)
    return np.sort(picked * _SECONDS + (hours * 3600).astype(np.int64))


def _sources(chance: np.random.Generator, created: Ints, traits: Traits) -> Ints:
    """Sources: the first gains or loses share from month to month, exhibitions have seasons."""
    months, rows = _months(created), len(created)
    of_month = (_month_of_year(created) % 6) == 3  # March and September
    week = (created // _SECONDS // 7) - (created[0] // _SECONDS // 7)
    shares = np.tile(np.array(list(SOURCES.values())), (rows, 1))
    shares[:, 0] *= (1 + traits.trend) ** months
    shares[:, 5] *= np.where(of_month, 1.8, 0.84)
    shares *= np.exp(traits.noise * chance.standard_normal((int(week.max()) + 1, 8)))[week]
    edges = np.cumsum(shares, axis=1)
    spots = chance.random(rows) * edges[:, -1]
    return (edges < spots[:, None]).sum(axis=1).astype(np.int64)


def _picked(chance: np.random.Generator, shares: Mapping[str, float], rows: int) -> Ints:
    weights = np.array(list(shares.values()))
    return chance.choice(len(weights), rows, p=weights / weights.sum()).astype(np.int64)


def _working(moments: Ints) -> Ints:
    """The same hour of the next working day."""
    weekday = (moments // _SECONDS + 3) % 7
    return moments + np.where(weekday >= 5, 7 - weekday, 0) * _SECONDS


def _months(created: Ints) -> Floats:
    return np.asarray((created - _second(START)) / (30.44 * _SECONDS))


def _month_of_year(created: Ints) -> Ints:
    months = created.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months % 12 + 1)


def _second(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def _names(letter: str, numbers: Ints) -> pa.Array:
    text = pa.array(numbers).cast(pa.string())
    return pa.compute.binary_join_element_wise(letter, text, "")


def _words(names: Sequence[str], codes: Ints, blank: Any = None) -> pa.Array:
    return pa.array(names).take(pa.array(codes, mask=blank))


def _money(values: Floats, blank: Any = None) -> pa.Array:
    return pa.array(np.round(values, 2), mask=blank).cast(pa.decimal128(18, 4))


def _stamps(seconds: Ints, blank: Any = None) -> pa.Array:
    return pa.array(seconds * 1_000_000, mask=blank).cast(pa.timestamp("us"))


def _phrases(chance: np.random.Generator, rows: int, most: int, blank: Any) -> pa.Array:
    """Texts of one to twice `most` words, drawn from a thousand."""
    made = [
        " ".join(np.array(WORDS)[chance.integers(len(WORDS), size=count)].tolist())
        for count in chance.integers(1, 2 * most, 1000).tolist()
    ]
    return _words(made, chance.integers(len(made), size=rows), blank)
