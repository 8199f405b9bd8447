"""Options that several verbs share, and those of `dq` itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from dq.assess import AssessmentSettings

__all__ = ["State", "assessment_options", "build_settings", "place_of"]

Command = TypeVar("Command", bound=Callable[..., object])

SEVERITIES = ("info", "warning", "error", "critical")


@dataclass(frozen=True)
class State:
    """Options of `dq` itself, handed to every verb."""

    directory: Path
    language: str | None
    quiet: bool
    verbose: bool
    color: bool | None


def place_of(base: Path, word: str) -> Path | str:
    """A file below the folder that is worked in, or a database's address as it is."""
    from dq.sources import is_address

    return word if is_address(word) else base / word


def assessment_options(command: Command) -> Command:
    """--as-of, --country, --currency, --include-deleted, --fail-on."""
    options = [
        click.option(
            "--as-of",
            type=click.DateTime(["%Y-%m-%d"]),
            help="The business day (default: the newest event date in the data).",
        ),
        click.option("--country", metavar="RU|UA|…", help="Country for phones and tax numbers."),
        click.option("--currency", metavar="RUB|UAH|…", help="Currency of the amounts."),
        click.option("--include-deleted", is_flag=True, help="Check deleted records as well."),
        click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            default="error",
            show_default=True,
            help="Exit with 1 from this severity on.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def build_settings(
    language: str,
    as_of: datetime | None,
    country: str | None,
    currency: str | None,
    include_deleted: bool,
    fail_on: str,
) -> AssessmentSettings:
    """What the options say, as settings of an assessment."""
    from datetime import UTC

    from dq.assess import AssessmentSettings
    from dq.findings import Severity

    end = as_of.replace(hour=23, minute=59, second=59) if as_of else None
    return AssessmentSettings(
        now=datetime.now(UTC).replace(tzinfo=None),
        as_of=end,
        country=country.upper() if country else None,
        currency=currency.upper() if currency else None,
        language=language,
        include_deleted=include_deleted,
        fail_on=Severity(fail_on),
    )
