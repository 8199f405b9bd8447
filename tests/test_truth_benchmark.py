"""The benchmark of the rules counts rightly, on a truth made by hand and on one small sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.joined import Line, Said, Score, score
from benchmarks.truth import failures, measured, scores, shown, table
from dq.demo.generate import LEAST_ROWS, generate


def line(key: str, strength: str, kind: str = "planted", column: str = "amount") -> Line:
    return Line("X999", "deals", key, column, strength, kind)


def said(key: str, severity: str = "warning", column: str = "amount") -> Said:
    return Said("X999", "deals", key, column, severity)


TRUTH = [
    line("D1", "blatant"),
    line("D2", "blatant"),
    line("D2", "blatant", column="cost"),
    line("D3", "clear"),
    line("D4", "clear"),
    line("D5", "faint"),
    line("D6", "", "follows"),
    line("D7", "lookalike", "innocent"),
    line("D8", "lookalike", "innocent"),
    line("D9", "lookalike", "innocent", column="cost"),
    Line("X998", "deals", "D1", "amount", "blatant", "planted"),
]
FOUND = [
    said("D1"),
    said("D1", column="cost"),  # the same record: no second alarm
    said("D2", column="cost"),
    said("D3", "info"),  # found, and no alarm
    said("D6"),  # follows from another fault: true, and nothing planted
    said("D7"),  # accused: an innocent lookalike
    said("D9"),  # a false alarm in another column than the one that only looks wrong
    said("D10", "error"),  # a plain record
    said("D11", "info"),
    Said("X998", "deals", "D2", "amount", "warning"),
]


def test_counts_of_a_truth_made_by_hand() -> None:
    one = score(TRUTH, FOUND, {"deals": 106}, "X999")
    assert one.planted == {"blatant": 3, "clear": 2, "faint": 1}
    assert one.found == {"blatant": 3, "clear": 1, "faint": 0}
    assert (one.true, one.false, one.told) == (3, 3, 1)
    assert (one.innocent, one.accused) == (3, 1)
    assert one.clean == 106 - 6
    assert one.recall("blatant", "clear") == 4 / 5
    assert one.precision == 0.5
    assert one.per_thousand == 30.0
    assert [missed.key for missed in one.missed] == ["D4", "D5"]
    assert [(wrong.key, near and near.key) for wrong, near in one.wrong] == [
        ("D7", "D7"), ("D9", None), ("D10", None),
    ]  # fmt: skip


def test_of_a_rule_that_only_informs_everything_is_an_alarm() -> None:
    one = score(TRUTH, FOUND, {"deals": 106}, "X999", informs=True)
    assert (one.true, one.false, one.told) == (4, 4, 0)


def test_nothing_judged_and_nothing_planted_have_no_rates() -> None:
    one = score([], [], {}, "X999")
    assert (one.recall("blatant"), one.precision, one.per_thousand) == (None, None, None)


@pytest.mark.parametrize(
    ("planted", "value", "cause", "found"),
    [
        ("2025-03-17", "2025-03-15", "gap:2025-03-15", True),
        ("2025-03-17", "2025-03-18", "gap:2025-03-18", False),
        ("2025-03-17", "02:00", "west:02:00", False),
        ("2025-05", "2025-05", "thin:2025-05", True),
        ("2025-05", "2025-06", "thin:2025-06", False),
        ("02:00:00", "01:00, 02:00", "west:01:00, 02:00", True),
        ("02:00:00", "2025-03-15", "gap:2025-03-15", False),
        ("user", "user", "constant", True),
        ("", "", "", True),
    ],
)
def test_faults_of_a_table_are_found_by_column_and_time(
    planted: str, value: str, cause: str, found: bool
) -> None:
    truth = [Line("X999", "touches", "", "touched_at", "clear", "planted", planted)]
    other = Said("X999", "touches", "", "created_at", "warning", value, cause)
    alarm = Said("X999", "touches", "", "touched_at", "warning", value, cause)
    one = score(truth, [other, alarm], {"touches": 10}, "X999")
    assert one.found["clear"] == found
    assert (one.true, one.false) == ((1, 1) if found else (0, 2))
    assert one.clean == 10


def test_sums_and_aims() -> None:
    total = Score()
    for _ in range(2):
        total.add(score(TRUTH, FOUND, {"deals": 106}, "X999"))
    assert (total.planted["blatant"], total.true, total.clean) == (6, 6, 200)
    assert failures("X999", total) == ["precision", "false alarms", "recall"]
    assert table({"X999": total}).splitlines()[2:] == [
        "| X999 | 6 of 6 | 2 of 4 | 0 of 2 | 0.800 | 0.500 | 6 | 30.000 | 2 of 6 | 2 "
        "| precision, false alarms, recall |",
        "",
        "0 of 1 rules reach every aim.",
    ]


@pytest.mark.slow
def test_the_smallest_sample_is_measured_whole(tmp_path: Path) -> None:
    generate(tmp_path, rows=LEAST_ROWS, seed=1)
    measured(tmp_path)
    found = scores(tmp_path, ["C105", "C106", "D104", "T107"])
    for code in ("C105", "D104", "T107"):
        one = found[code]
        assert one.recall("blatant", "clear") == 1.0, code
        assert (one.precision, one.false, one.accused) == (1.0, 0, 0), code
        assert one.innocent >= 4
        assert one.clean > 900
    for missed in found["C106"].missed:
        assert any(missed.key in text for text in shown(tmp_path, found["C106"], 20))
