"""Each line of the table of bad inputs: the file, and exactly what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from dq.errors import SourceError
from dq.i18n.catalogue import catalogue
from dq.i18n.language import LANGUAGES
from dq.i18n.template import places
from dq.sources import ReadOptions, read
from dq.tables import ROW, RawTable
from tests.bad_inputs import makers

HERE = Path(__file__).parent
PAGES = ("text.yaml", "workbooks.yaml", "documents.yaml")
Case = Mapping[str, Any]


def _cases() -> Iterator[Case]:
    for page in PAGES:
        yield from YAML(typ="safe").load((HERE / page).read_text(encoding="utf-8"))


CASES = {case["id"]: case for case in _cases()}


def _modes() -> Iterator[Any]:
    for name, case in CASES.items():
        for mode in ("strict", "lenient"):
            if mode in case or "expect" in case:
                yield pytest.param(name, mode, id=f"{name}-{mode}")


def make(case: Case, folder: Path) -> Path:
    """Write the case's file."""
    path = folder / case.get("file", "file.csv")
    if "make" in case:
        path.write_bytes(getattr(makers, case["make"])())
    else:
        parts = case.get("parts") or [{"text": case["text"], "encoding": case.get("encoding")}]
        path.write_bytes(b"".join(_bytes(part) for part in parts))
    return path


def _bytes(part: Mapping[str, Any]) -> bytes:
    if "hex" in part:
        data = bytes.fromhex(part["hex"])
    else:
        data = part["text"].encode(part.get("encoding") or "utf-8")
    return data * part.get("times", 1)


def options_of(case: Case) -> ReadOptions:
    """The case's options."""
    return ReadOptions(**case.get("options", {}))


def rows_of(table: RawTable) -> dict[int, dict[str, Any]]:
    """A table's rows by number."""
    rows = pq.read_table(table.path).to_pylist()
    return {row.pop(ROW, place): row for place, row in enumerate(rows, 1)}


def check_invariant(table: RawTable) -> None:
    """What holds for every raw table."""
    lost = {p.row for p in table.problems if not p.kept}
    assert table.rows_read == table.rows + len(lost)
    file = pq.ParquetFile(table.path)
    assert file.metadata.num_rows == table.rows
    if not table.typed:
        assert tuple(file.schema_arrow.names) == (*table.columns, ROW)
        rows = rows_of(table)
        assert len(rows) == table.rows
        assert list(rows) == sorted(rows)
        assert not lost & rows.keys()
        assert all(p.row in rows for p in table.problems if p.kept)
        assert all(p.column in (None, *table.columns) for p in table.problems)


@pytest.mark.parametrize(("name", "mode"), list(_modes()))
def test_outcome(name: str, mode: str, tmp_path: Path) -> None:
    case = CASES[name]
    expected = case.get("expect") or case[mode]
    path = make(case, tmp_path)
    lenient = mode == "lenient"
    if "refused" in expected:
        with pytest.raises(SourceError) as caught:
            read(path, into=tmp_path / "raw", options=options_of(case), lenient=lenient)
        _check_refusal(caught.value, expected, path)
        assert not list((tmp_path / "raw").glob("*"))
        return
    tables = read(path, into=tmp_path / "raw", options=options_of(case), lenient=lenient)
    found = expected.get("tables", [expected])
    assert len(tables) == len(found)
    for table, wanted in zip(tables, found, strict=True):
        _check_table(table, wanted)


def _check_refusal(error: SourceError, expected: Mapping[str, Any], path: Path) -> None:
    assert error.where is not None
    assert error.where.file == str(path)
    text = str(error).removeprefix(f"{error.where}: ")
    assert text.startswith(expected["refused"])
    assert error.fix
    for place in ("line", "row", "sheet"):
        if place in expected:
            assert getattr(error.where, place) == expected[place]
    for language in LANGUAGES:
        check_said(language, error.message, error.args_)
        check_said(language, error.fix, error.args_)


def check_said(language: str, key: str, args: Mapping[str, Any]) -> None:
    """A message is there in the language, and everything that it names is given."""
    forms = catalogue(language).get(key, () if "." in key.split()[0][:-1] else (key,))
    assert forms, key
    for form in forms:
        assert places(form) <= set(args), (language, key)


def _check_table(table: RawTable, wanted: Mapping[str, Any]) -> None:
    check_invariant(table)
    for language in LANGUAGES:
        for said in (*table.problems, *table.facts.notes):
            check_said(language, said.code, said.args)
        for problem in table.problems:
            check_said(language, f"{problem.code}.fix", problem.args)
    problems = [[p.code.removeprefix("problem."), p.row, p.column] for p in table.problems]
    assert problems == wanted.get("problems", [])
    notes = {n.code: n.setting for n in table.facts.notes}
    expected = [[n] if isinstance(n, str) else n for n in wanted["notes"]]
    assert sorted(notes) == sorted(n[0] for n in expected)
    for code, *setting in expected:
        if setting:
            assert list(notes[code] or ()) == setting
    assert table.rows == wanted["rows"]
    assert table.rows_read == wanted.get("read", wanted["rows"])
    if "columns" in wanted:
        assert list(table.columns) == wanted["columns"]
    if "headers" in wanted:
        assert list(table.facts.headers) == wanted["headers"]
    for fact in ("encoding", "delimiter", "sheet", "format"):
        if fact in wanted:
            assert getattr(table.facts, fact) == wanted[fact]
    if "name" in wanted:
        assert table.name == wanted["name"]
    rows = rows_of(table)
    for row, cells in wanted.get("cells", {}).items():
        assert {name: rows[row][name] for name in cells} == cells


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if "lenient" in case])
def test_declared_settings_make_strict_reading_accept(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    path = make(case, tmp_path)
    if "refused" in case["lenient"]:
        pytest.skip("refused in any case")
    tables = read(path, into=tmp_path / "a", options=options_of(case), lenient=True)
    for table in tables:
        settings = {n.setting[0]: n.setting[1] for n in table.facts.notes if n.setting}
        declared = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
        options = replace(options_of(case), **declared)
        (strict,) = read(path, into=tmp_path / "b", options=options)
        assert strict.columns == table.columns
        assert rows_of(strict) == rows_of(table)
        assert strict.rows_read == table.rows_read
        assert strict.problems == table.problems


def test_at_least_sixty_files() -> None:
    assert len(CASES) >= 60
