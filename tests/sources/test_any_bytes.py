"""Whatever the bytes: raw tables that obey the invariant, or a sentence; never anything else."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dq.errors import SourceError
from dq.sources import ReadOptions, read
from dq.tables import RawTable
from tests.bad_inputs.test_bad_inputs import CASES, check_invariant, make

FORMATS = {
    "csv": ["semicolon", "footer_of_a_report", "line_end_in_quotes", "cp1251", "utf16_with_mark"],
    "xlsx": ["xlsx_plain", "xlsx_accounting_report", "xlsx_two_sheets", "xlsx_error_value"],
    "xls": ["xls_plain", "xls_hidden_merged_and_errors"],
    "xlsb": ["xlsb_hidden_merged_and_errors"],
    "ods": ["ods_hidden_merged_and_errors"],
    "html": ["html_named_xls", "html_two_tables", "html_merged_cells"],
    "json": ["json_lines", "json_array", "json_list_in_an_object"],
    "parquet": ["parquet", "parquet_nested"],
}
MAGIC = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", b"<table>", b'{"', b"[{"]
EASY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@cache
def _bytes(name: str, folder: Path) -> bytes:
    folder.mkdir(exist_ok=True)
    return make(CASES[name], folder).read_bytes()


def check(data: bytes, folder: Path, *, lenient: bool) -> None:
    """Read these bytes and hold the outcome to the promise."""
    path = folder / "file.csv"
    path.write_bytes(data)
    into = folder / "raw"
    tables: list[RawTable] = []
    refusal: SourceError | None = None
    try:
        tables = read(path, into=into, lenient=lenient, options=ReadOptions(max_rows=10_000))
    except SourceError as error:
        refusal = error
    if refusal is not None:
        assert refusal.where is not None
        assert refusal.where.file == str(path)
        assert refusal.fix
        assert str(refusal)
    for table in tables:
        check_invariant(table)
        if not table.typed:
            table.path.unlink()
    assert not into.exists() or not list(into.iterdir())


@given(st.sampled_from(MAGIC), st.binary(max_size=300), st.booleans())
@example(b"", b"\xff\xfe", True)
@example(b"PK\x03\x04", b"", False)
@EASY
def test_random_bytes(tmp_path: Path, magic: bytes, data: bytes, lenient: bool) -> None:
    check(magic + data, tmp_path, lenient=lenient)


@pytest.mark.parametrize("kind", FORMATS)
@given(share=st.floats(0, 1), pick=st.integers(0, 9), lenient=st.booleans())
@EASY
def test_files_cut_anywhere(
    tmp_path: Path, kind: str, share: float, pick: int, lenient: bool
) -> None:
    names = FORMATS[kind]
    data = _bytes(names[pick % len(names)], tmp_path / "whole")
    check(data[: int(len(data) * share)], tmp_path, lenient=lenient)


@pytest.mark.parametrize("kind", FORMATS)
@given(seed=st.integers(0, 2**32), pick=st.integers(0, 9), lenient=st.booleans())
@EASY
def test_files_with_spoiled_bytes(
    tmp_path: Path, kind: str, seed: int, pick: int, lenient: bool
) -> None:
    names = FORMATS[kind]
    data = bytearray(_bytes(names[pick % len(names)], tmp_path / "whole"))
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 2, 5, 20])):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place] = chance.randrange(256)
        else:
            data[place:place] = bytes(chance.choices(b'",;\n\r\0\xd0<>{}[]0a ', k=3))
    check(bytes(data), tmp_path, lenient=lenient)
