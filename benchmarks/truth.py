"""Every rule on the sample CRM: what it finds of what was planted, and what it accuses wrongly.

`python -m benchmarks.truth --seeds A B C --deals N` makes a sample of each seed, runs the whole
assessment, joins its findings to the sample's truth and prints recall by rule and strength,
precision, false alarms for 1,000 clean rows and innocents accused, as Markdown. `--show CODE`
lists instead what was missed and what was accused wrongly, with the records; `--reuse` reads
the findings of the last run in the folder again. How it counts: benchmarks/joined.py.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from benchmarks.joined import STRENGTHS, Line, Said, Score, score
from dq.checks.rules import RULES
from dq.demo.generate import generate
from dq.findings import Outcome, Result, Severity
from dq.project import Project

_SEVERITY = {rule.code: rule.severity for rule in RULES}

PLAIN = ("blatant", "clear")
"""The stronger strengths, in which a rule has no excuse."""

PRECISION, FALSE_PER_THOUSAND, RECALL = 0.95, 1.0, 0.95
HARD = {"F105": 0.90, "F108": 0.90, "F109": 0.90, "A106": 0.90}
"""The aims; and the recall of rules that guess by their nature."""

CERTIFIED = "2026-Q2"
JUDGED = "judged.json"
FINDINGS = "findings.parquet"
_UNPLANTED = ("I101", "I102", "D102", "D103")
"""Not measured here: files that cannot be read, and what the matcher finds; nor family S, whose
conflicts are in truth/conflicts.csv."""


def measured(folder: Path) -> None:
    """Run the assessment on a sample as a house would: after the quarter, then today."""
    shutil.rmtree(folder / ".dq", ignore_errors=True)
    path = folder / "dq.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    then = {
        "dq": settings["dq"],
        "sources": {"deals": {"path": "earlier/deals_2026Q2.csv"}},
        "defaults": settings["defaults"],
    }
    now = {**settings, "calendar": {**settings["calendar"]}}
    now["calendar"]["closed"] = {"deals.closed_at": CERTIFIED}
    for document in (then, now):
        path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
        result = Project(folder).run()
    assert result.findings_path is not None
    shutil.copyfile(result.findings_path, folder / FINDINGS)
    (folder / JUDGED).write_text(json.dumps(_judged(result)), encoding="utf-8")


def _judged(result: Result) -> dict[str, dict[str, int]]:
    """By rule the rows of each table that it judged; a rule that crashed stops the measuring."""
    rows = {table.name: table.read for table in result.tables}
    found: dict[str, dict[str, int]] = {}
    for outcome in result.outcomes:
        if outcome.outcome is Outcome.ERRORED:
            raise SystemExit(f"{outcome.code} crashed on {outcome.table}: {outcome.reason}")
        # What is said of the glossary is said of no table.
        if outcome.outcome in (Outcome.PASSED, Outcome.FAILED) and outcome.table in rows:
            found.setdefault(outcome.code, {})[outcome.table] = rows[outcome.table]
    return found


def truth_of(folder: Path) -> list[Line]:
    """The lines of a sample's truth."""
    names = [field.name for field in fields(Line)]
    found = []
    for name in ("faults", "innocent"):
        with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found += [Line(*(row[n] for n in names)) for row in csv.DictReader(file)]
    return found


def said_in(path: Path) -> list[Said]:
    """The findings of a run."""
    names = [field.name for field in fields(Said)]
    columns = pq.read_table(path, columns=names).to_pydict()
    rows = zip(*(columns[name] for name in names), strict=True)
    return [Said(*("" if cell is None else str(cell) for cell in row)) for row in rows]


def scores(folder: Path, codes: Sequence[str]) -> dict[str, Score]:
    """Every rule's counts on one sample."""
    judged = json.loads((folder / JUDGED).read_text(encoding="utf-8"))
    lines: dict[str, list[Line]] = {}
    for line in truth_of(folder):
        lines.setdefault(line.code, []).append(line)
    said: dict[str, list[Said]] = {}
    for finding in said_in(folder / FINDINGS):
        said.setdefault(finding.code, []).append(finding)
    return {
        code: score(
            lines.get(code, ()),
            said.get(code, ()),
            judged.get(code, {}),
            code,
            informs=_SEVERITY[code] is Severity.INFO,
        )
        for code in codes
    }


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def failures(code: str, one: Score) -> list[str]:
    """Which aims a rule misses."""
    recall, least = one.recall(*PLAIN), HARD.get(code, RECALL)
    wrong = []
    if one.precision is not None and one.precision < PRECISION:
        wrong.append("precision")
    if (one.per_thousand or 0) > FALSE_PER_THOUSAND:
        wrong.append("false alarms")
    if recall is None:
        wrong.append("nothing planted")
    elif any((one.recall(strength) or 0) < least for strength in PLAIN if one.planted[strength]):
        wrong.append("recall")
    return wrong


def table(found: Mapping[str, Score]) -> str:
    """The counts as Markdown."""
    head = " | ".join(f"{name}: found of planted" for name in STRENGTHS)
    lines = [
        f"| rule | {head} | recall, two stronger | precision | false | false per 1,000 clean "
        "| innocents accused | info only | misses the aim |",
        "|---" * (len(STRENGTHS) + 8) + "|",
    ]
    for code, one in sorted(found.items()):
        strengths = " | ".join(f"{one.found[s]} of {one.planted[s]}" for s in STRENGTHS)
        lines.append(
            f"| {code} | {strengths} | {_share(one.recall(*PLAIN))} | {_share(one.precision)} "
            f"| {one.false} | {_share(one.per_thousand)} | {one.accused} of {one.innocent} "
            f"| {one.told} | {', '.join(failures(code, one))} |"
        )
    failing = [code for code, one in sorted(found.items()) if failures(code, one)]
    lines += ["", f"{len(found) - len(failing)} of {len(found)} rules reach every aim."]
    return "\n".join(lines)


def shown(folder: Path, one: Score, limit: int) -> Iterator[str]:
    """What was missed and what was accused wrongly, each with its record."""
    wanted = {(line.table, line.key) for line in one.missed}
    wanted |= {(finding.table, finding.key) for finding, _ in one.wrong}
    records = _records(folder, wanted)
    for line in one.missed[:limit]:
        place = f"{line.table} {line.key} {line.column}".rstrip()
        yield f"missed {line.strength}: {place} = {line.value!r} (was {line.was!r}); {line.note}"
        yield f"    {records.get((line.table, line.key), '')}"
    for finding, near in one.wrong[:limit]:
        place = f"{finding.table} {finding.key} {finding.column}".rstrip()
        why = "" if near is None else f"; innocent: {near.note}"
        yield f"false {finding.severity}: {place} = {finding.value!r} ({finding.cause}){why}"
        yield f"    {records.get((finding.table, finding.key), '')}"


def _records(folder: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    found = {}
    for name in sorted({place[0] for place in wanted}):
        with (folder / "in" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            for row in csv.DictReader(file, delimiter=";" if ";" in head else ","):
                place = (name, row.get("id") or "|".join(list(row.values())[:2]))
                if place in wanted:
                    cells = (f"{column}={cell}" for column, cell in row.items() if cell)
                    found[place] = ", ".join(cells)
    return found


def main() -> None:
    """Make the samples that are missing, run, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--deals", type=int, default=50_000)
    parser.add_argument("--show", metavar="CODE", nargs="+", help="list what is missed and false")
    parser.add_argument("--limit", type=int, default=20, help="of what is listed of each sample")
    parser.add_argument("--reuse", action="store_true", help="read the last run's findings again")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "dq-truth")
    parser.add_argument("--output", type=Path, help="where to write the figures as Markdown")
    given = parser.parse_args()
    codes = given.show or [
        rule.code for rule in RULES if rule.code not in _UNPLANTED and rule.family != "S"
    ]
    found = {code: Score() for code in codes}
    for seed in given.seeds:
        folder = given.data / f"{seed}-{given.deals}"
        if not (given.reuse and (folder / FINDINGS).exists()):
            begun = time.perf_counter()
            generate(folder, rows=given.deals, seed=seed)
            measured(folder)
            print(f"seed {seed}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        for code, one in scores(folder, codes).items():
            if given.show:
                print(f"## {code}, seed {seed}", *shown(folder, one, given.limit), sep="\n")
            found[code].add(one)
    text = table(found)
    print(text)
    if given.output:
        seeds = ", ".join(map(str, given.seeds))
        head = f"Seeds {seeds}; {given.deals:,} deals each."
        given.output.write_text(f"{head}\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
