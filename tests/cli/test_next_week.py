"""The run of the next week: what it says of a file that is older or much smaller."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.calls import dq

HEAD = "id,name,stage,amount\n"


def _write(folder: Path, rows: int, *, day: int) -> None:
    path = folder / "deals.csv"
    lines = (f"D{i},Deal {i},won,{100 + i}\n" for i in range(rows))
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    moment = 1_700_000_000 + 86_400 * day
    os.utime(path, (moment, moment))


@pytest.mark.parametrize(
    ("rows", "day", "said"),
    [
        (100, 0, ()),  # the same file once more
        (81, 7, ()),
        (79, 7, ("It has 79 rows; in the last run it had 100.",)),
        (100, -3, ("It was saved on 11 Nov 2023, before the file of the last run (14 Nov 2023).",)),
        (10, -3, ("It has 10 rows", "It was saved on")),
    ],
)
def test_what_is_said_of_the_next_file(
    tmp_path: Path, rows: int, day: int, said: tuple[str, ...]
) -> None:
    _write(tmp_path, 100, day=0)
    assert dq("init", "--from", "deals.csv", cwd=tmp_path).code == 0
    first = dq("run", cwd=tmp_path)
    assert "last run" not in first.out
    _write(tmp_path, rows, day=day)
    text = " ".join(dq("run", cwd=tmp_path).out.split())
    for words in said:
        assert words in text
    assert ("Warning: deals.csv:" in text) is bool(said)
    assert text.count("in the last run") + text.count("of the last run") == len(said)
