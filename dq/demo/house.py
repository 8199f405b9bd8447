"""What the whole house shares: goods with their price lists, campaigns, exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from dq.demo.chance import NONE, Bools, Chance, Ints
from dq.demo.columns import Amounts, Days, Text, Words, flags
from dq.demo.lexicon import CURRENCIES, DEPARTMENTS, LANGUAGES, PER_EURO
from dq.demo.text import arrow
from dq.demo.when import END_DAY, START, calendar, day_number, quarter_starts
from dq.demo.world import Block

__all__ = ["BASE_CURRENCY", "CHANNELS", "Campaigns", "Goods", "House", "make_house", "put_house"]

BASE_CURRENCY = "EUR"
CHANNELS = ("search", "email", "social", "event", "listing")
_CAMPAIGN_KINDS = ("ads", "mailing", "ads", "trade show", "listing")
_MODELS = (
    "GTX", "MGX", "Orbit", "Pulse", "Vega", "Lumo", "Tern", "Kite", "Dune", "Fjord", "Quill",
    "Rill",
)  # fmt: skip
_TRIMS = ("Basic", "Pro", "Plus", "Max", "Lite")
_KINDS = ("goods", "software", "service")
_KIND_PRICE = (1.0, 0.6, 0.4)
_STEP = {"EUR": 10, "GBP": 10, "USD": 10, "RUB": 1000, "UAH": 500, "KZT": 5000}
"""Steps of the price lists, in hundredths of the currency."""


@dataclass(frozen=True)
class Goods:
    """Products from the cheapest on: prices by currency in hundredths, one a row."""

    names: tuple[str, ...]
    keys: tuple[str, ...]
    kind: Ints
    prices: Ints
    cost: Ints
    introduced: Ints


@dataclass(frozen=True)
class Campaigns:
    """Campaigns in the order of their keys; programmes stand above others and cost nothing."""

    names: tuple[str, ...]
    language: Ints
    channel: Ints
    started: Ints
    ended: Ints
    budget: Ints
    cost: Ints
    parent: Ints
    running: Ints
    """For each language and day since the start, up to eight campaigns; -1 for none."""

    @property
    def programme(self) -> Ints:
        """1 for the programmes."""
        return np.asarray(self.cost == NONE, dtype=np.int64)


@dataclass(frozen=True)
class House:
    """What all blocks share; `rates` are euros for one unit in millionths, a row a day."""

    goods: Goods
    campaigns: Campaigns
    rate_days: Ints
    rates: Ints

    def rate(self, currency: Ints, days: Ints) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Euros for one unit at the last rate on or before a day."""
        row = np.maximum(np.searchsorted(self.rate_days, days, side="right") - 1, 0)
        return np.asarray(self.rates[row, currency] / 1e6)


def make_house(seed: int) -> House:
    """The house of a seed."""
    chance = Chance(seed, "house")
    days, rates = _rates(chance.part("rates"))
    return House(_goods(chance.part("goods")), _campaigns(chance.part("campaigns")), days, rates)


def _goods(chance: Chance) -> Goods:
    count = len(_MODELS) * len(_TRIMS)
    kind = chance.integers("kind", count, 0, len(_KINDS))
    spread = np.exp(0.7 * np.clip(chance.normal("price", count), -1.9, 1.9))
    euros = np.array(_KIND_PRICE)[kind] * 270.0 * spread
    prices = np.empty((count, len(CURRENCIES)), dtype=np.int64)
    for place, currency in enumerate(CURRENCIES):
        step = _STEP[currency]
        prices[:, place] = np.rint(euros * PER_EURO[currency] * 100 / step) * step - step // 10
    order = np.argsort(prices[:, 0], kind="stable")
    names = [f"{model} {trim}" for model in _MODELS for trim in _TRIMS]
    keys = [f"{name.upper().replace(' ', '-')}-{number + 101}" for number, name in enumerate(names)]
    share = chance.uniform("cost", count, 0.45, 0.7)
    since = calendar("GB").between(
        chance.uniform("since", count), day_number(date(2022, 2, 1)), day_number(date(2023, 12, 20))
    )
    return Goods(
        tuple(names[place] for place in order),
        tuple(keys[place] for place in order),
        kind[order],
        prices[order],
        np.rint(prices[:, 0] * share).astype(np.int64)[order],
        since[order],
    )


def _campaigns(chance: Chance) -> Campaigns:
    names: list[str] = []
    rows: list[tuple[int, int, int, int, int]] = []  # language, channel, started, ended, parent
    for language, department in enumerate(DEPARTMENTS):
        programme = len(rows)
        names.append(f"{department} 2024–2026")
        rows.append((language, -1, START, day_number(date(2026, 12, 31)), NONE))
        picks = chance.part(language)
        for quarter, first in enumerate(quarter_starts()[:11]):
            begun = day_number(first)
            channels = picks.part(quarter).order("channels", len(CHANNELS))[:3]
            shift = picks.part(quarter).integers("shift", 3, 0, 9)
            length = picks.part(quarter).integers("length", 3, 76, 88)
            for place, channel in enumerate(channels):
                names.append(f"{department}: {CHANNELS[channel]}, Q{quarter % 4 + 1} {first.year}")
                started = begun + int(shift[place])
                rows.append(
                    (language, int(channel), started, begun + int(length[place]), programme)
                )
    cells = np.array(rows, dtype=np.int64)
    real = cells[:, 1] >= 0
    budget = np.rint(chance.lognormal("budget", len(rows), 4400.0, 0.4) / 10) * 1000
    cost = np.rint(budget * chance.uniform("cost", len(rows), 0.8, 1.08))
    return Campaigns(
        tuple(names), cells[:, 0], cells[:, 1], cells[:, 2], cells[:, 3],
        np.where(real, budget, NONE).astype(np.int64), np.where(real, cost, NONE).astype(np.int64),
        cells[:, 4], _running(cells, real),
    )  # fmt: skip


def _running(cells: Ints, real: Bools) -> Ints:
    """What runs on a day in a department; between two quarters the last of the one before."""
    days = END_DAY - START + 1
    running = np.full((len(LANGUAGES), days, 8), -1, dtype=np.int64)
    for language in range(len(LANGUAGES)):
        for day in range(days):
            today = START + day
            on = np.flatnonzero(
                real & (cells[:, 0] == language) & (cells[:, 2] <= today) & (cells[:, 3] >= today)
            )[:8]
            running[language, day, : len(on)] = on
    return running


def _rates(chance: Chance) -> tuple[Ints, Ints]:
    """Rates of every weekday, as central banks publish them; the base currency is always 1."""
    days = np.arange(START - 3, END_DAY + 1)
    days = days[(days + 3) % 7 < 5]
    rates = np.full((len(days), len(CURRENCIES)), 1_000_000, dtype=np.int64)
    for place, currency in enumerate(CURRENCIES):
        if currency != BASE_CURRENCY:
            walk = np.exp(np.cumsum(0.003 * chance.normal(currency, len(days))))
            rates[:, place] = np.rint(1e6 / (PER_EURO[currency] * walk))
    return days, rates


def put_house(block: Block, house: House) -> None:
    """Fill products, campaigns, expenses and rates; the first block does it for all."""
    goods, campaigns = house.goods, house.campaigns
    count = len(goods.names)
    block.put(
        "products",
        id=Text(arrow(goods.keys)),
        name=Text(arrow(goods.names)),
        kind=Words(arrow(_KINDS), goods.kind),
        list_price=Amounts(goods.prices[:, 0]),
        cost=Amounts(goods.cost),
        active=flags(np.ones(count)),
        introduced_at=Days(goods.introduced),
        discontinued_at=Days(np.full(count, NONE)),
    )
    _put_campaigns(block, campaigns)
    _put_rates(block, house)
    _put_expenses(block, campaigns)


def _put_campaigns(block: Block, campaigns: Campaigns) -> None:
    kinds = np.where(campaigns.channel >= 0, campaigns.channel, len(_CAMPAIGN_KINDS))
    block.put(
        "campaigns",
        id=block.keys("campaigns", np.arange(len(campaigns.names))),
        name=Text(arrow(campaigns.names)),
        channel=Words(arrow((*CHANNELS, "mixed")), kinds),
        kind=Words(arrow((*_CAMPAIGN_KINDS, "programme")), kinds),
        started_at=Days(campaigns.started),
        ended_at=Days(campaigns.ended),
        budget=Amounts(campaigns.budget),
        cost=Amounts(campaigns.cost),
        parent_id=block.keys("campaigns", campaigns.parent),
    )


def _put_rates(block: Block, house: House) -> None:
    places = [place for place, name in enumerate(CURRENCIES) if name != BASE_CURRENCY]
    days = np.repeat(house.rate_days, len(places))
    currency = np.tile(np.array(places), len(house.rate_days))
    block.put(
        "rates",
        currency=Words(arrow(CURRENCIES), currency),
        day=Days(days),
        rate=Amounts(house.rates[:, places].reshape(-1), 6),
    )


_EXPENSES = (
    ("marketing", "materials", "acquire", 735.0),
    ("sales", "travel", "contact", 493.0),
    ("sales", "entertainment", "close", 221.0),
    ("service", "spare parts", "serve", 602.0),
    ("service", "returns", "return", 270.0),
    ("marketing", "campaign", "acquire", 0.0),
)


def _put_expenses(block: Block, campaigns: Campaigns) -> None:
    """Every month two of each kind in each department's currency, and what campaigns cost."""
    chance = block.chance("expenses")
    months = [date(year, month, 1) for year in (2024, 2025, 2026) for month in range(1, 13)]
    months = [month for month in months if day_number(month) <= END_DAY - 25]
    firsts = np.array([day_number(month) for month in months])
    kinds = len(_EXPENSES) - 1
    month = np.repeat(np.arange(len(months)), 2 * kinds * len(LANGUAGES))
    kind = np.tile(np.repeat(np.arange(kinds), 2 * len(LANGUAGES)), len(months))
    language = np.tile(np.arange(len(LANGUAGES)), 2 * kinds * len(months))
    count = len(month)
    lasts = np.append(firsts[1:] - 1, END_DAY)
    spent = calendar("GB").between(chance.uniform("day", count), firsts[month], lasts[month])
    spent = np.minimum(spent, END_DAY)
    own = ("RUB", "UAH", "GBP", "KZT", "USD")
    currency = np.array([CURRENCIES.index(name) for name in own])[language]
    per_euro = np.array([PER_EURO[name] for name in own])[language]
    median = np.array([entry[3] for entry in _EXPENSES])[kind]
    amount = np.rint(chance.lognormal("amount", count, median, 0.4) * per_euro * 100)
    real = np.flatnonzero(campaigns.cost != NONE)
    spent = np.concatenate([spent, np.minimum(campaigns.ended[real], END_DAY)])
    kind = np.concatenate([kind, np.full(len(real), kinds)])
    amount = np.concatenate([amount, campaigns.cost[real]]).astype(np.int64)
    currency = np.concatenate([currency, np.full(len(real), CURRENCIES.index(BASE_CURRENCY))])
    campaign = np.concatenate([np.full(count, NONE), real])
    order = np.lexsort([np.arange(len(spent)), spent])
    due = spent + np.array([10, 14, 30])[chance.integers("due", len(spent), 0, 3)]
    kind = kind[order]
    block.put(
        "expenses",
        id=block.keys("expenses", np.arange(len(spent))),
        area=Words(arrow([entry[0] for entry in _EXPENSES]), kind),
        category=Words(arrow([entry[1] for entry in _EXPENSES]), kind),
        client_stage=Words(arrow([entry[2] for entry in _EXPENSES]), kind),
        campaign_id=block.keys("campaigns", campaign[order]),
        amount=Amounts(amount[order]),
        currency=Words(arrow(CURRENCIES), currency[order]),
        spent_at=Days(spent[order]),
        due_at=Days(due[order]),
    )
