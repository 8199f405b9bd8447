"""Rule cases as data: `cases/<CODE>/<case>.yaml`, small tables with the findings they must give.

The format is described in `cases/README.md`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

CASES = Path(__file__).parent / "cases"
OUTCOMES = ("passed", "failed", "no_evidence", "not_applicable", "errored")

Row = dict[str, str]

_CASE_KEYS = {"about", "settings", "before", "tables", "generate", "expected", "outcomes"}
_SETTING_KEYS = {
    "country", "currency", "language", "as_of", "calendar", "rules", "glossary", "links",
    "conversions", "certified", "decided",
}  # fmt: skip
_BLOCK_KEYS = {"table", "repeat", "start", "row", "cycle", "each"}
_FINDING_KEYS = {"table", "key", "keys", "column", "value", "severity", "args", "times"}
_COMPARED = ("key", "column", "value", "severity")
_CHARACTER = re.compile(r"<U\+([0-9A-F]{4,6})>")
_PLACE = re.compile(r"\{(\w+)(?::(\d+))?\}")
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


class CaseError(ValueError):
    """A case file that breaks the grammar: which file, and what is wrong."""


class FindingLike(Protocol):
    """What is read of a finding (`dq.findings.Finding` has it all)."""

    @property
    def table(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def value(self) -> str | None: ...
    @property
    def severity(self) -> Any: ...
    @property
    def args(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Expected:
    """A finding that must be there. Only the parts in `told` are compared.

    `told` holds key, column, value, severity as far as the case gives them (None: the
    finding must have none); `args` are message arguments that must be among the finding's.
    With `any_times` one or more such findings are right, otherwise exactly one.
    """

    table: str
    told: Mapping[str, str | None]
    args: Mapping[str, str] = field(default_factory=dict)
    any_times: bool = False

    def fits(self, finding: FindingLike) -> bool:
        """Whether the finding is this one."""
        if finding.table != self.table:
            return False
        for name, wanted in self.told.items():
            found = getattr(finding, name)
            if (None if found is None else str(found)) != wanted:
                return False
        return all(finding.args.get(name) == wanted for name, wanted in self.args.items())


@dataclass(frozen=True)
class Case:
    """One case. `tables` are rows of text cells ("" is empty) under `columns`, as in a CSV.

    `before` and `before_columns` are the same of an earlier snapshot, for rules that compare.
    """

    code: str
    name: str
    about: str
    path: Path
    columns: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, list[Row]]
    expected: tuple[Expected, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, list[Row]] = field(default_factory=dict)
    before_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}/{self.name}"


def load_cases(folder: Path = CASES, *codes: str) -> list[Case]:
    """All cases under the folder, or those of the given rules, in order of code and name."""
    paths = sorted(folder.glob("*/*.yaml"))
    return [load_case(path) for path in paths if not codes or path.parent.name in codes]


def load_case(path: Path) -> Case:
    """Read one case file; every departure from the grammar is a CaseError."""
    text = path.read_text(encoding="utf-8")
    try:
        # Tables and expected values stay as written (00123, no, 2026-01-10); settings are typed.
        plain = YAML(typ="base", pure=True).load(text)
        typed = YAML(typ="safe", pure=True).load(text) if "settings:" in text else {}
        return _case(path, plain, (typed or {}).get("settings") or {})
    except (YAMLError, CaseError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(f"{path.parent.name}/{path.name}: {error}") from error


def differences(case: Case, findings: Iterable[FindingLike]) -> list[str]:
    """What the findings lack or have too much, as lines to print; empty when they are right.

    Each expectation takes one finding (`times: any`: one or more), the most specific first.
    """
    left = list(findings)
    lines = []
    for wanted in sorted(case.expected, key=lambda e: (e.any_times, -len(e.told), -len(e.args))):
        taken = [f for f in left if wanted.fits(f)]
        if not taken:
            lines.append(f"missing: {_told(wanted)}")
        for finding in taken if wanted.any_times else taken[:1]:
            left.remove(finding)
    for finding in left:
        parts = [finding.table] + [f"{n}={getattr(finding, n)!r}" for n in _COMPARED[:3]]
        lines.append(f"not expected: {' '.join(parts)}")
    return lines


def _told(wanted: Expected) -> str:
    parts = [wanted.table] + [f"{name}={value!r}" for name, value in wanted.told.items()]
    return " ".join(parts + [f"{name}={value!r}" for name, value in wanted.args.items()])


def _case(path: Path, plain: Mapping[str, Any], settings: Mapping[str, Any]) -> Case:
    _only(plain, _CASE_KEYS, "the case")
    _only(settings, _SETTING_KEYS, "settings")
    columns, tables = _tables(plain["tables"])
    before_columns, before = _tables(plain.get("before") or {})
    for block in plain.get("generate") or []:
        table = block["table"]
        tables[table] += [
            _row(table, columns[table], cells)
            for line in _generated(block)
            for cells in _cells(line)
        ]
    outcomes = dict(plain.get("outcomes") or {})
    for outcome in outcomes.values():
        if outcome not in OUTCOMES:
            raise CaseError(f"{outcome!r} is no outcome; there are {', '.join(OUTCOMES)}")
    expected = tuple(wanted for entry in plain["expected"] for wanted in _expected(entry))
    return Case(
        code=path.parent.name,
        name=path.stem,
        about=" ".join(plain["about"].split()),
        path=path,
        columns=columns,
        tables=tables,
        expected=expected,
        settings=settings,
        outcomes=outcomes,
        before=before,
        before_columns=before_columns,
    )


def _tables(
    given: Mapping[str, str],
) -> tuple[dict[str, tuple[str, ...]], dict[str, list[Row]]]:
    """Columns and rows by table."""
    columns: dict[str, tuple[str, ...]] = {}
    tables: dict[str, list[Row]] = {}
    for table, text in given.items():
        header, *rows = list(_cells(text)) or [[]]
        if not header or len(set(header)) != len(header):
            raise CaseError(f"{table} needs a header of different names")
        columns[table] = tuple(header)
        tables[table] = [_row(table, header, cells) for cells in rows]
    return columns, tables


def _only(mapping: Mapping[str, Any], allowed: set[str], place: str) -> None:
    unknown = sorted(set(mapping) - allowed)
    if unknown:
        raise CaseError(f"{place} has unknown keys: {', '.join(unknown)}")


def _cells(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text), delimiter=";", strict=True)
    return ([_characters(cell) for cell in cells] for cells in reader if cells)


def _characters(cell: str) -> str:
    return _CHARACTER.sub(lambda match: chr(int(match[1], 16)), cell)


def _row(table: str, header: Iterable[str], cells: list[str]) -> Row:
    names = list(header)
    if len(names) != len(cells):
        raise CaseError(f"{table}: {len(cells)} cells under {len(names)} columns: {cells}")
    return dict(zip(names, cells, strict=True))


def _generated(block: Mapping[str, Any]) -> Iterator[str]:
    _only(block, _BLOCK_KEYS, "a generate block")
    each = dict(block.get("each") or {"": [""]})
    cycle = {name: _ranged(items) for name, items in (block.get("cycle") or {}).items()}
    if len(each) != 1:
        raise CaseError("each takes one name")
    [(outer, values)] = each.items()
    number = int(block.get("start", 1))
    for value in _ranged(values):
        for turn in range(int(block["repeat"])):
            places = {name: items[turn % len(items)] for name, items in cycle.items()}
            places |= {outer: value, "i": str(number)}
            yield _filled(block["row"], places)
            number += 1


def _filled(template: str, places: Mapping[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        return places[match[1]].rjust(int(match[2] or 0), "0")

    return _PLACE.sub(fill, template)


def _expected(entry: Mapping[str, Any]) -> Iterator[Expected]:
    _only(entry, _FINDING_KEYS, "an expected finding")
    if entry.get("times", "any") != "any":
        raise CaseError("times can only be `any`")
    told = {name: _text(entry[name]) for name in _COMPARED if name in entry}
    args = {name: _characters(value) for name, value in (entry.get("args") or {}).items()}
    each = [{"key": key} for key in _ranged(entry["keys"])] if "keys" in entry else [{}]
    for key in each:
        yield Expected(entry["table"], told | key, args, "times" in entry)


def _text(value: str) -> str | None:
    return None if value in ("null", "~", "") else _characters(value)


def _ranged(patterns: Iterable[str]) -> list[str]:
    """The list with each `D{01..30}` replaced by D01 to D30."""
    found = []
    for pattern in patterns:
        match = _RANGE.search(pattern)
        if match is None:
            found.append(pattern)
            continue
        before, after, width = pattern[: match.start()], pattern[match.end() :], len(match[1])
        numbers = range(int(match[1]), int(match[2]) + 1)
        found += [f"{before}{number:0{width}}{after}" for number in numbers]
    return found
