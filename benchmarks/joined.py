"""What a run said, joined to what the sample's truth says: pure counting, no run.

The unit is a record: a rule's findings about one record are one alarm, and a planted fault is
found when its rule names its record. A fault of a whole table (no key) is found when its rule
names the table's column and, where the truth gives a day, a month or an hour, that time. An
alarm is true when the truth lists the record for the rule, as planted or as what rightly
follows from another fault; every other alarm is false, on an innocent lookalike or on a plain
record. What a rule of warnings or errors says for information (severity info) can find a fault,
but is no alarm; of a rule that only informs everything is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

__all__ = ["STRENGTHS", "Line", "Said", "Score", "score"]

STRENGTHS = ("blatant", "clear", "faint")

ABOUT_THEN = 4
"""Days by which a gap may begin before the planted one: a weekend, a holiday."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_HOUR = re.compile(r"\d{2}:\d{2}:\d{2}")


@dataclass(frozen=True)
class Line:
    """A line of the truth; `kind` is planted, follows or innocent."""

    code: str
    table: str
    key: str
    column: str
    strength: str
    kind: str
    value: str = ""
    was: str = ""
    note: str = ""


@dataclass(frozen=True)
class Said:
    """A finding; no key: it is about the table."""

    code: str
    table: str
    key: str
    column: str
    severity: str
    value: str = ""
    cause: str = ""


@dataclass
class Score:
    """Counts of one rule over all samples; adding two adds all counts and lists."""

    planted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRENGTHS, 0))
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRENGTHS, 0))
    true: int = 0
    false: int = 0
    innocent: int = 0
    accused: int = 0
    told: int = 0  # records named for information alone, without a line of the truth
    clean: int = 0  # rows of the tables that the rule judged, without those of its truth
    missed: list[Line] = field(default_factory=list)
    wrong: list[tuple[Said, Line | None]] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another sample too."""
        for strength in STRENGTHS:
            self.planted[strength] += other.planted[strength]
            self.found[strength] += other.found[strength]
        for name in ("true", "false", "innocent", "accused", "told", "clean"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.missed += other.missed
        self.wrong += other.wrong

    def recall(self, *strengths: str) -> float | None:
        """Share of the planted that was found; None if nothing was planted."""
        planted = sum(self.planted[s] for s in strengths)
        return sum(self.found[s] for s in strengths) / planted if planted else None

    @property
    def precision(self) -> float | None:
        """Share of the alarms that are true; None without alarms."""
        alarms = self.true + self.false
        return self.true / alarms if alarms else None

    @property
    def per_thousand(self) -> float | None:
        """False alarms for 1,000 clean rows; None where no rows were judged."""
        return 1000 * self.false / self.clean if self.clean else None


def score(
    truth: Iterable[Line],
    findings: Iterable[Said],
    judged: Mapping[str, int],
    code: str,
    *,
    informs: bool = False,
) -> Score:
    """Count one rule on one sample.

    Args:
        truth: lines of faults and of innocents, of any rule.
        findings: what the run said, of any rule.
        judged: rows of each table that the rule judged.
        code: the rule.
        informs: whether the rule's own severity is info.
    """
    lines = [line for line in truth if line.code == code]
    said: dict[tuple[str, str], list[Said]] = {}
    for finding in findings:
        if finding.code == code:
            said.setdefault((finding.table, finding.key), []).append(finding)
    faults: dict[tuple[str, str], list[Line]] = {}
    alike: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        place = alike if line.kind == "innocent" else faults
        place.setdefault((line.table, line.key), []).append(line)

    def loud(finding: Said) -> bool:
        return informs or finding.severity != "info"

    counts = Score()
    _recall(counts, lines, said)
    _alarms(counts, faults, alike, said, loud)
    _innocents(counts, lines, said, loud)
    of_truth = {place for place in faults if place[1] and place[0] in judged}
    counts.clean = max(0, sum(judged.values()) - len(of_truth))
    return counts


def _recall(
    counts: Score, lines: Sequence[Line], said: Mapping[tuple[str, str], Sequence[Said]]
) -> None:
    for line in lines:
        if line.kind != "planted":
            continue
        counts.planted[line.strength] += 1
        named = said.get((line.table, line.key), ())
        if any(line.key or _one_place(line, finding) for finding in named):
            counts.found[line.strength] += 1
        else:
            counts.missed.append(line)


def _alarms(
    counts: Score,
    faults: Mapping[tuple[str, str], Sequence[Line]],
    alike: Mapping[tuple[str, str], Sequence[Line]],
    said: Mapping[tuple[str, str], Sequence[Said]],
    loud: Callable[[Said], bool],
) -> None:
    for place, named in said.items():
        for alarm in named if not place[1] else [max(named, key=loud)]:
            if any(place[1] or _one_place(line, alarm) for line in faults.get(place, ())):
                counts.true += loud(alarm)
            elif not loud(alarm):
                counts.told += 1
            else:
                counts.false += 1
                near = [line for line in alike.get(place, ()) if _one_place(line, alarm)]
                counts.wrong.append((alarm, near[0] if near else None))


def _innocents(
    counts: Score,
    lines: Sequence[Line],
    said: Mapping[tuple[str, str], Sequence[Said]],
    loud: Callable[[Said], bool],
) -> None:
    for line in lines:
        if line.kind == "innocent":
            counts.innocent += 1
            named = said.get((line.table, line.key), ())
            counts.accused += any(loud(f) and _one_place(line, f) for f in named)


def _one_place(line: Line, finding: Said) -> bool:
    """Whether a line and a finding of one record or table mean the same column and time."""
    if line.column and finding.column and line.column != finding.column:
        return False
    return bool(line.key) or _one_time(line.value, f"{finding.value} {finding.cause}")


def _one_time(planted: str, said: str) -> bool:
    """Whether a text names the planted day (or a few before), month or hour."""
    if _DAY.fullmatch(planted):
        start = date.fromisoformat(planted).toordinal()
        days = (date.fromisoformat(day).toordinal() for day in _DAY.findall(said))
        return any(0 <= start - day <= ABOUT_THEN for day in days)
    if _MONTH.fullmatch(planted) or _HOUR.fullmatch(planted):
        return planted.removesuffix(":00") in said
    return True
