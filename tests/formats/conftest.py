"""The sample result and its words, shared by the tests of all formats."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from dq.findings import (
    Finding,
    Group,
    InputFact,
    Note,
    Outcome,
    Result,
    RuleOutcome,
    Severity,
    TableSummary,
)
from dq.i18n.catalogue import LOCALES, merged
from dq.i18n.translator import Translator

DATA = Path(__file__).parent / "data"


@cache
def _messages(language: str) -> Mapping[str, tuple[str, ...]]:
    """The shipped words and the sample's own rule texts, none of the real rules'."""
    shipped = [LOCALES / f"{part}.{language}.po" for part in ("common", "formats", "repair")]
    return merged([*shipped, DATA / f"sample.{language}.po"], language)


@pytest.fixture(scope="session")
def words() -> Callable[..., Translator]:
    """`words(language, preset=None)`: a translator that knows the sample's rules."""

    def make(language: str, preset: str | None = None) -> Translator:
        return Translator(language, preset, _messages(language), _messages("en"))

    return make


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the tests' data files."""
    return DATA


@pytest.fixture
def sample() -> Result:
    """A result such as a first scan of a real export gives: 21 groups, 4 files, 5 tables."""
    content = yaml.safe_load((DATA / "sample.yaml").read_text(encoding="utf-8"))
    return Result(
        **{
            **content,
            "inputs": tuple(_input(entry) for entry in content["inputs"]),
            "tables": tuple(_table(entry) for entry in content["tables"]),
            "groups": tuple(make_group(entry) for entry in content["groups"]),
            "outcomes": tuple(_outcome(entry) for entry in content["outcomes"]),
        }
    )


@pytest.fixture(scope="session")
def group() -> Callable[..., Group]:
    """`group(code=…, table=…, …)`: one group, in the form of sample.yaml."""

    def make(**entry: Any) -> Group:
        plain = {"code": "C105", "severity": "error", "table": "deals", "records": 3, "of": 10}
        return make_group({**plain, **entry})

    return make


def make_group(entry: Mapping[str, Any]) -> Group:
    entry = dict(entry)
    examples, file = entry.pop("examples", ()), entry.pop("file", None)
    column, cause = entry.pop("column", None), entry.pop("cause", None)
    made = Group(
        id=f"{zlib.crc32(repr((entry['code'], entry['table'], column, cause)).encode()):08x}",
        code=entry.pop("code"),
        severity=Severity(entry.pop("severity")),
        table=entry.pop("table"),
        column=column,
        cause=cause,
        records=entry.pop("records"),
        of=entry.pop("of", None),
    )
    amounts = [name for name in ("money", "money_won", "effect") if name in entry]
    money = {name: Decimal(entry.pop(name)) for name in amounts}
    made = replace(made, **money, **entry)
    return replace(made, examples=tuple(_finding(made, file, *cells) for cells in examples))


def _finding(
    group: Group,
    file: str | None,
    key: str | None,
    value: str | None = None,
    row: int | None = None,
    money: str | None = None,
) -> Finding:
    return Finding(
        code=group.code,
        severity=group.severity,
        table=group.table,
        key=key,
        column=group.column,
        value=value,
        cause=group.cause,
        args=group.args,
        money=Decimal(money) if money else None,
        file=file,
        row=row,
        id=f"{group.id}-{key}",
    )


def _input(entry: dict[str, Any]) -> InputFact:
    empty = {"sheet": None, "encoding": None, "delimiter": None, "sha256": "0" * 64}
    tuples = {name: tuple(entry[name]) for name in ("tables", "unmapped")}
    notes = tuple(_note(note) for note in entry.get("notes", ()))
    return InputFact(**{**empty, **entry, **tuples, "notes": notes})


def _note(entry: dict[str, Any]) -> Note:
    setting = {"setting": tuple(entry["setting"])} if "setting" in entry else {}
    return Note(**{**entry, **setting})


def _table(entry: dict[str, Any]) -> TableSummary:
    money = {name: Decimal(entry[name]) for name in ("money", "money_won") if name in entry}
    return TableSummary(**{**entry, **money})


def _outcome(entry: dict[str, Any]) -> RuleOutcome:
    return RuleOutcome(**{"table": None, **entry, "outcome": Outcome(entry["outcome"])})


@pytest.fixture
def expect(data: Path) -> Callable[[str, str], None]:
    """`expect(name, text)`: the text is exactly that of data/<name>.

    With UPDATE_EXPECTED=1 in the environment the file is written instead; read the diff.
    """

    def compare(name: str, text: str) -> None:
        path = data / name
        if os.environ.get("UPDATE_EXPECTED"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8")

    return compare
