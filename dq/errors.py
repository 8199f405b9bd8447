"""The error tree. Each branch maps once to an exit code.

DqError                 3  could not finish
├── UsageError          2  the command's words are off
│   └── ConfigError     2  dq.yaml, mapping.yaml, glossary.yaml, a preset: with file, line, column
├── SourceError         3  a file or database cannot be read: what, where, what to do
├── EngineError         3  a query failed or ran out of its limits
│   └── PortabilityError 3  a plan uses a function that is not portable
├── LockedError         3  another run holds the project
├── StoreError          3  state or ledger cannot be read or written
└── IntegrityError      4  ledger, certificate or digest do not verify

A message and its fix are English sentences with named places; they are also the keys
under which the message catalogues hold the Russian and Ukrainian sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "ConfigError",
    "DqError",
    "EngineError",
    "IntegrityError",
    "LockedError",
    "Place",
    "PortabilityError",
    "SourceError",
    "StoreError",
    "UsageError",
]


@dataclass(frozen=True)
class Place:
    """Where something is: a spot in a file, or a cell of a table."""

    file: str | None = None
    line: int | None = None
    column: int | str | None = None
    sheet: str | None = None
    row: int | None = None
    table: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        spot = self.file or ""
        if self.sheet:
            spot += f"[{self.sheet}]"
        if self.line is not None:
            spot += f":{self.line}"
            if isinstance(self.column, int):
                spot += f":{self.column}"
        parts = [spot] if spot else []
        if self.table:
            parts.append(self.table)
        if self.key:
            parts.append(self.key)
        if self.row is not None:
            parts.append(f"row {self.row}")
        if isinstance(self.column, str):
            parts.append(self.column)
        return ", ".join(parts)


class DqError(Exception):
    """Something that stops the work, said in a sentence: what, where, what to do."""

    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        message: str,
        *,
        where: Place | None = None,
        fix: str | None = None,
        **args: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix
        self.args_ = args

    def __str__(self) -> str:
        parts = [self.message.format(**self.args_)]
        if self.fix:
            parts.append(self.fix.format(**self.args_))
        text = " ".join(parts)
        place = str(self.where) if self.where else ""
        return f"{place}: {text}" if place else text


class UsageError(DqError):
    """The command's words are off."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file is off; `where` names file, line and column."""


class SourceError(DqError):
    """A file or database cannot be read."""


class EngineError(DqError):
    """A query failed or ran out of its limits."""


class PortabilityError(EngineError):
    """A plan uses a function or construct that not every engine reads the same way."""


class LockedError(DqError):
    """Another process holds the project."""


class StoreError(DqError):
    """The state or the ledger cannot be read or written."""


class IntegrityError(DqError):
    """Something signed or hashed does not verify."""

    exit_code = 4
