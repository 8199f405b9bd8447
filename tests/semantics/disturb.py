"""Disturbances of a CRM's tables: from a day on, a column no longer means what it meant.

Pure functions on Arrow tables with canonical columns and `created_at`. Records created before
the day stay as they are, and so does every other column.

    tables = disturbed(years(seed=1), DISTURBANCES[0])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tests.semantics.crm_years import DAY, UNDISTURBED, Traits, traits_of, undisturbed, years

__all__ = ["DAY", "DISTURBANCES", "UNDISTURBED", "Disturbance", "Traits", "disturbed", "traits_of",
           "undisturbed", "years"]  # fmt: skip

Bools = npt.NDArray[np.bool_]
Chance = np.random.Generator
Change = Callable[[pa.Table, str, Bools, Chance], pa.Array]
"""Of a table, a column and the rows created since the day: the column as it becomes."""


@dataclass(frozen=True)
class Disturbance:
    """A change of meaning that nobody entered in the glossary.

    `kind`: unit, category, default or distribution. `strength`: strong or moderate. `says` is
    what a steward would say of it.
    """

    name: str
    table: str
    column: str
    kind: str
    strength: str
    says: str
    change: Change


def disturbed(
    tables: Mapping[str, pa.Table], disturbance: Disturbance, day: datetime = DAY, seed: int = 0
) -> dict[str, pa.Table]:
    """The tables with one column disturbed in the records created on the day or later."""
    table, column = tables[disturbance.table], disturbance.column
    young = pc.greater_equal(table["created_at"], pa.scalar(day, table["created_at"].type))
    since = np.asarray(pc.fill_null(young, False))
    values = disturbance.change(table, column, since, np.random.default_rng([seed, 4]))
    place = table.column_names.index(column)
    whole = values.cast(table.schema.field(column).type)
    return {**tables, disturbance.table: table.set_column(place, column, whole)}


# --- units -------------------------------------------------------------------------------


def scaled(factor: float, share: float = 1.0, department: str | None = None) -> Change:
    """Numbers times a factor, in a share of the records or in one department's."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        rows = _some(since, share, chance)
        if department is not None:
            rows &= np.asarray(pc.fill_null(pc.equal(table["department"], department), False))
        return _numbers(table[column], rows, lambda x: x * factor)

    return change


# --- categories --------------------------------------------------------------------------


def swapped(one: str, other: str) -> Change:
    """Two values exchanged."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        of_one, of_other = (since & np.asarray(_is(old, value)) for value in (one, other))
        return _put(_put(old, of_one, other), of_other, one)

    return change


def renamed(value: str, name: str) -> Change:
    """A value under another name."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        return _put(old, since & np.asarray(_is(old, value)), name)

    return change


def added(value: str, share: float) -> Change:
    """A value that was not there before, in a share of the records that have one."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        return _put(old, _some(since, share, chance) & np.asarray(pc.is_valid(old)), value)

    return change


def vanished(value: str) -> Change:
    """A value no longer used: its records take the others, as often as these are used."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        gone = since & np.asarray(_is(old, value))
        others = old.filter(pa.array(~np.asarray(_is(old, value)))).drop_null()
        drawn = others.take(pa.array(chance.integers(len(others), size=len(old))))
        return pc.if_else(pa.array(gone), drawn, old)

    return change


# --- defaults ----------------------------------------------------------------------------


def defaulted(value: str | float | datetime | None, share: float) -> Change:
    """One value (or none) in a share of the records, whatever they had."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        return _put(_flat(table[column]), _some(since, share, chance), value)

    return change


def month_end(share: float) -> Change:
    """The last day of the month in which the record was made, in a share of the records."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        created = np.asarray(table["created_at"]).astype("datetime64[M]") + 1
        last = (created.astype("datetime64[D]") - 1).astype("datetime64[us]")
        return pc.if_else(
            pa.array(_some(since, share, chance)), pa.array(last), _flat(table[column])
        )

    return change


# --- distributions -----------------------------------------------------------------------


def spread(factor: float, wider: float) -> Change:
    """Numbers times a factor, their logarithms `wider` times as far from the middle."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        values = np.asarray(_flat(table[column]).cast(pa.float64()))
        middle = float(np.nanmedian(values[since]))
        return _numbers(
            table[column], since, lambda x: middle * factor * np.power(x / middle, wider)
        )

    return change


def planned(plan: str, share: float) -> Change:
    """The planned day in place of the actual one, where there is both."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old, days = _flat(table[column]), _flat(table[plan])
        both = np.asarray(pc.and_(pc.is_valid(old), pc.is_valid(days)))
        return pc.if_else(pa.array(_some(since, share, chance) & both), days, old)

    return change


def shortened(share: float) -> Change:
    """Texts cut to half their length, in a share of the records."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        words = [None if x is None else x[: (len(x) + 1) // 2] for x in old.to_pylist()]
        return pc.if_else(pa.array(_some(since, share, chance)), pa.array(words, old.type), old)

    return change


def mixed(value: str, share: float) -> Change:
    """A value's share of the known values raised to `share`."""

    def change(table: pa.Table, column: str, since: Bools, chance: Chance) -> pa.Array:
        old = _flat(table[column])
        known = since & np.asarray(pc.is_valid(old))
        now = float(np.asarray(_is(old, value))[known].mean())
        return _put(old, _some(known, max(0.0, (share - now) / (1 - now)), chance), value)

    return change


# --- helpers -----------------------------------------------------------------------------


def _flat(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _some(rows: Bools, share: float, chance: Chance) -> Bools:
    return rows & (chance.random(len(rows)) < share)


def _is(values: pa.Array, value: str) -> pa.Array:
    return pc.fill_null(pc.equal(values, value), False)


def _put(values: pa.Array, rows: Bools, value: object) -> pa.Array:
    if isinstance(value, float):
        new = pa.scalar(value).cast(values.type)
    else:
        new = pa.scalar(value, values.type)
    return pc.if_else(pa.array(rows), new, values)


def _numbers(
    column: pa.ChunkedArray,
    rows: Bools,
    calculate: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]],
) -> pa.Array:
    """Numbers recalculated in some rows, rounded to cents; NULL stays."""
    old = _flat(column)
    values = np.asarray(old.cast(pa.float64()))
    new = np.where(rows & ~np.isnan(values), np.round(calculate(values), 2), 0.0)
    return pc.if_else(
        pa.array(rows & ~np.isnan(values)), pa.array(new).cast(old.type, safe=False), old
    )


def _of(
    table: str, column: str, kind: str, *lines: tuple[str, str, Change, str]
) -> list[Disturbance]:
    return [Disturbance(name, table, column, kind, strength, says, change)
            for name, strength, change, says in lines]  # fmt: skip


DISTURBANCES: tuple[Disturbance, ...] = (
    *_of("deals", "amount", "unit",
        ("amount_x100", "strong", scaled(100), "Since July amounts come in cents."),
        ("amount_x100_half", "moderate", scaled(100, 0.5), "One of the two forms sends cents."),
        ("amount_x100_large_department", "strong", scaled(100, department="Sales East"),
         "Sales East enters cents."),
        ("amount_x100_small_department", "moderate", scaled(100, department="Renewals"),
         "The smallest department enters cents."),
        ("amount_x1000", "strong", scaled(1000), "What were thousands are now single units."),
        ("amount_x1000_small_department", "moderate", scaled(1000, department="Renewals"),
         "Renewals no longer counts in thousands."),
        ("amount_by100", "strong", scaled(0.01), "Amounts lost two digits in the new import."),
        ("amount_by100_small_department", "moderate", scaled(0.01, department="Renewals"),
         "Renewals are a hundred times smaller."),
        ("amount_x1000_some", "moderate", scaled(1000, 0.15), "Every seventh amount is in units.")),
    *_of("leads", "budget", "unit",
        ("budget_by1000", "strong", scaled(0.001), "Budgets are given in thousands."),
        ("budget_by1000_some", "moderate", scaled(0.001, 0.3),
         "The new form asks for budgets in thousands.")),
    *_of("deals", "kind", "category",
        ("kind_swapped", "strong", swapped("new", "repeat"), "New and repeat are exchanged.")),
    *_of("deals", "source", "category",
        ("source_swapped", "moderate", swapped("Referral", "Partner"),
         "Referral and partner are exchanged."),
        ("source_renamed", "strong", renamed("Website", "Web site"),
         "The website has another name."),
        ("source_rare_renamed", "moderate", renamed("Mailing", "E-mail"),
         "The mailing has another name."),
        ("source_new", "strong", added("Messenger", 0.3), "Messenger is new and in wide use."),
        ("source_rare_new", "moderate", added("Messenger", 0.05), "Messenger is new."),
        ("source_gone", "strong", vanished("Website"), "Nobody picks the website any more."),
        ("source_rare_gone", "moderate", vanished("Partner"), "Nobody picks the partner.")),
    *_of("deals", "lost_reason", "category",
        ("lost_reason_split", "moderate", added("Price of a competitor", 0.2),
         "A new reason takes from price and competitor.")),
    *_of("deals", "source", "default",
        ("source_default", "strong", defaulted("Website", 0.6), "The form fills in the website."),
        ("source_default_some", "moderate", defaulted("Website", 0.3),
         "One form fills in the website."),
        ("source_emptied", "strong", defaulted(None, 0.6), "The source is no longer asked for."),
        ("source_emptied_some", "moderate", defaulted(None, 0.3), "One form lost its source.")),
    *_of("deals", "amount", "default",
        ("amount_default", "strong", defaulted(1000.0, 0.6), "A thousand stands in most deals."),
        ("amount_default_some", "moderate", defaulted(1000.0, 0.3), "A thousand stands often."),
        ("amount_zero", "strong", defaulted(0.0, 0.6), "New deals begin with an amount of 0."),
        ("amount_zero_some", "moderate", defaulted(0.0, 0.3), "Imported deals have the amount 0.")),
    *_of("deals", "next_step", "default",
        ("next_step_default", "strong", defaulted("call", 0.6), "'call' is filled in."),
        ("next_step_empty_text", "moderate", defaulted("", 0.3),
         "An empty text in place of nothing.")),
    *_of("deals", "expected_close_at", "default",
        ("planned_month_end", "strong", month_end(0.6), "Planned for the end of its month."),
        ("planned_month_end_some", "moderate", month_end(0.3),
         "A third is planned for the end of its month.")),
    *_of("leads", "budget", "default",
        ("budget_emptied", "strong", defaulted(None, 0.6), "Budgets are no longer asked for."),
        ("budget_default", "moderate", defaulted(500.0, 0.3), "The form suggests 500.")),
    *_of("deals", "amount", "distribution",
        ("amount_spread", "strong", spread(1.5, 1.6), "Half as much again, and far apart."),
        ("amount_spread_some", "moderate", spread(1.5, 1.15), "Half as much again.")),
    *_of("deals", "closed_at", "distribution",
        ("closed_planned", "strong", planned("expected_close_at", 1.0),
         "The day of closing is the planned one."),
        ("closed_planned_half", "moderate", planned("expected_close_at", 0.5),
         "Half of the days of closing are the planned ones.")),
    *_of("leads", "need", "distribution",
        ("need_shortened", "strong", shortened(1.0), "The text is cut at half its length."),
        ("need_shortened_half", "moderate", shortened(0.5), "Half of the texts are cut.")),
    *_of("leads", "kind", "distribution",
        ("lead_mix", "strong", mixed("inbound", 0.6), "From 30/70 to 60/40 in a day."),
        ("lead_mix_some", "moderate", mixed("inbound", 0.45), "From 30/70 to 45/55 in a day.")),
    *_of("deals", "source", "distribution",
        ("source_mix", "strong", mixed("Call", 0.5), "Calls from a fifth to a half in a day."),
        ("source_mix_some", "moderate", mixed("Call", 0.37), "Calls from 22 % to 37 % in a day.")),
)  # fmt: skip
"""All of them; the two strengths of one change have the same table, column and kind."""
