"""The settings of a project, as typed values. `docs/dq.yaml.md` explains each key."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

from dq.config.holidays import is_holiday
from dq.config.periods import Period
from dq.errors import ConfigError, Place
from dq.findings import Severity

__all__ = [
    "Calendar",
    "ControlSettings",
    "Defaults",
    "EngineSettings",
    "InputLimits",
    "OutsideSettings",
    "RateSettings",
    "Relation",
    "Retention",
    "RuleSettings",
    "Settings",
    "SourceSettings",
    "StoreSettings",
    "Tolerance",
    "Url",
]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Url:
    """A url as the file has it: what is secret in it is named, not there."""

    template: str
    place: Place | None = field(default=None, compare=False)

    def resolve(self, environ: Mapping[str, str] | None = None) -> str:
        """The url with its variables filled in; never to be logged or stored.

        Raises:
            ConfigError: a variable is not set.
        """
        values = os.environ if environ is None else environ

        def fill(found: re.Match[str]) -> str:
            if found[1] not in values:
                raise ConfigError(
                    "The environment variable {name} is not set.",
                    where=self.place,
                    fix="Set it before you start dq.",
                    name=found[1],
                )
            return values[found[1]]

        return _VARIABLE.sub(fill, self.template)

    def __str__(self) -> str:
        return self.template


@dataclass(frozen=True)
class SourceSettings:
    """One thing that is read: files that match `path`, or a table or query of a database.

    None means: detect it. `header_row` is a row as Excel counts, several for a header that
    takes several, 0 for none. `footer` is a number of lines, or the words that the first
    closing line begins with. `blank_headers` lets columns have no name.
    """

    name: str
    path: str | None = None
    url: Url | None = None
    table: str | None = None
    query: str | None = None
    take: str = "newest"
    format: str | None = None
    sheet: str | int | None = None
    header_row: int | tuple[int, ...] | None = None
    footer: int | tuple[str, ...] | None = None
    blank_headers: bool = False
    preset: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    date_order: str | None = None
    timezone: str | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Relation:
    """Values of `table.column` are found in `other_table.other_column`, many to one."""

    table: str
    column: str
    other_table: str
    other_column: str


@dataclass(frozen=True)
class Defaults:
    """What holds where the data do not say: country, base currency, language, business time."""

    country: str | None = None
    currency: str | None = None
    language: str | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class Calendar:
    """Working time. Days of the week are 1 (Monday) to 7.

    `holidays` names a country; `days_off` and `days_on` are exceptions to it and to the week.
    `closed` gives for a date column (`deals.closed_at`) the periods that were certified:
    what lies in them may change no more.
    """

    work_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    work_from: time = time(9)
    work_to: time = time(18)
    holidays: str | None = None
    days_off: tuple[date, ...] = ()
    days_on: tuple[date, ...] = ()
    fiscal_year_start: int = 1
    week_start: int = 1
    closed: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)

    def day_off(self, day: date) -> bool:
        """Whether a day is declared free, whatever the day of the week."""
        if day in self.days_on:
            return False
        return day in self.days_off or (
            self.holidays is not None and is_holiday(day, self.holidays)
        )

    def works(self, day: date) -> bool:
        """Whether a day is a working one."""
        in_the_week = day.isoweekday() in self.work_days or day in self.days_on
        return in_the_week and not self.day_off(day)


@dataclass(frozen=True)
class RateSettings:
    """Where currency rates come from, and how old one may be."""

    path: str | None = None
    url: Url | None = None
    table: str | None = None
    max_age: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class RuleSettings:
    """What a project changes of a rule; parameters are checked by the rule."""

    severity: Severity | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ControlSettings:
    """A total from outside that reports must tie with."""

    name: str
    column: str
    path: str | None = None
    url: Url | None = None
    table: str | None = None
    key: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Tolerance:
    """How far two values may lie apart: a number, a share (0.005 is 0.5 %), or a time."""

    amount: Decimal | None = None
    share: Decimal | None = None
    time: timedelta | None = None


@dataclass(frozen=True)
class OutsideSettings:
    """A log that is not the CRM's: `pairs` is our table, `keys` maps our columns to its own."""

    name: str
    pairs: str
    keys: Mapping[str, str]
    tolerance: Mapping[str, Tolerance] = field(default_factory=dict)
    path: str | None = None
    url: Url | None = None
    table: str | None = None


@dataclass(frozen=True)
class EngineSettings:
    """What computes: duckdb, local[N] or spark://…; `memory` in bytes."""

    url: Url = Url("duckdb")
    memory: int | None = None
    threads: int | None = None
    temp: str = ".dq/tmp"


@dataclass(frozen=True)
class StoreSettings:
    """Where state and ledger are."""

    url: Url = Url("sqlite")


@dataclass(frozen=True)
class InputLimits:
    """What is refused: a longer query, a larger input file or cell. Sizes in bytes."""

    query: timedelta | None = None
    file_size: int | None = None
    rows: int | None = None
    columns: int = 4096
    cell: int = 128 * 1024


@dataclass(frozen=True)
class Retention:
    """How long things are kept; None is for ever."""

    runs: timedelta | None = None
    snapshots: timedelta | None = None
    quarantine: timedelta | None = None


@dataclass(frozen=True)
class Settings:
    """A project's dq.yaml.

    `folder` is where paths start. `review` is pair or solo: whether a second person must
    approve, or one alone may and the result is marked so. `sections` holds what the readers of
    higher layers made of their own sections.
    """

    folder: Path
    crm: str | None = None
    sources: Mapping[str, SourceSettings] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()
    defaults: Defaults = Defaults()
    calendar: Calendar = Calendar()
    rates: RateSettings | None = None
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    controls: Mapping[str, ControlSettings] = field(default_factory=dict)
    outside: Mapping[str, OutsideSettings] = field(default_factory=dict)
    engine: EngineSettings = EngineSettings()
    store: StoreSettings = StoreSettings()
    limits: InputLimits = InputLimits()
    retention: Retention = Retention()
    review: str = "pair"
    sections: Mapping[str, object] = field(default_factory=dict)
