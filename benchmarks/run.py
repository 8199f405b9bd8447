"""dq beside DuckDB on the same files: `python -m benchmarks.run [--sizes N…] [--repeat N]`.

For each size (deals; five times as many activities) every part runs in a process of its own,
peer and dq by turns, and the medians are printed: seconds of wall clock and of CPU, peak
memory, the ratio to the peer. Timings of different runs are not to be compared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.generate import generate

LOADED = ("raw", "load")
RULES = ("profile", "rules", "group")
Measured = dict[str, float]


def measured(folder: Path, part: str) -> dict[str, object]:
    """One part in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.parts", str(folder), part]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def medians(runs: list[dict[str, object]], kind: str) -> Measured:
    """Median of each part's wall or CPU seconds."""
    names = runs[0][kind]
    assert isinstance(names, dict)
    return {n: median(float(r[kind][n]) for r in runs) for n in names}  # type: ignore[index]


def compared(folder: Path, deals: int, repeat: int) -> dict[str, object]:
    """Peer and dq by turns; their medians."""
    peer, ours = [], []
    for _ in range(repeat):
        peer.append(measured(folder, "peer"))
        ours.append(measured(folder, "dq"))
    return {
        "deals": deals,
        "megabytes": sum(p.stat().st_size for p in folder.glob("*.csv")) / 1e6,
        "rules_judged": ours[0]["rules_judged"],
        "findings": ours[0]["findings"],
        "peak_mib": max(float(str(r["peak_mib"])) for r in ours),
        "peer_peak_mib": max(float(str(r["peak_mib"])) for r in peer),
        **{
            kind: {"peer": medians(peer, kind), "dq": medians(ours, kind)}
            for kind in ("wall", "cpu")
        },
    }


def table(found: list[dict[str, object]]) -> str:
    """The figures as Markdown."""
    lines: list[str] = []
    for one in found:
        lines += [
            f"### {one['deals']:,} deals ({one['megabytes']:,.0f} MB of CSV)",
            "",
            "| | wall s | CPU s |",
            "|---|---|---|",
        ]
        wall, cpu = one["wall"], one["cpu"]
        for who in ("peer", "dq"):
            for name in wall[who]:  # type: ignore[index]
                row = (wall[who][name], cpu[who][name])  # type: ignore[index]
                lines.append(f"| {who}: {name} | {row[0]:.2f} | {row[1]:.2f} |")
        lines += ["", *_ratios(one), ""]
    lines += _growth(found)
    return "\n".join(lines)


def _sum(one: dict[str, object], kind: str, names: tuple[str, ...]) -> float:
    return sum(one[kind]["dq"][n] for n in names)  # type: ignore[index]


def _ratios(one: dict[str, object]) -> list[str]:
    tens = float(str(one["rules_judged"])) / 10
    lines = []
    for kind in ("wall", "cpu"):
        base, scan = (one[kind][w][n] for w, n in (("peer", "read_csv"), ("dq", "scan")))  # type: ignore[index]
        csv_scan = one[kind]["peer"]["csv_scan"]  # type: ignore[index]
        load, rules = _sum(one, kind, LOADED), _sum(one, kind, RULES)
        lines += [
            f"- {kind}: raw + typed + conversion findings ÷ read_csv = {load / base:.2f}",
            f"- {kind}: rules per ten ÷ scan of the CSV = {rules / tens / csv_scan:.2f}",
            f"- {kind}: rules per ten ÷ scan of the typed Parquet = {rules / tens / scan:.2f}",
        ]
    peak = f"{one['peak_mib']:,.0f} MiB (peer {one['peer_peak_mib']:,.0f})"
    return [*lines, f"- peak memory {peak}; {one['findings']:,} findings"]


def _growth(found: list[dict[str, object]]) -> list[str]:
    lines = []
    for small, large in pairwise(found):
        times = int(str(large["deals"])) / int(str(small["deals"]))
        before, after = (_sum(o, "cpu", (*LOADED, *RULES)) for o in (small, large))
        lines.append(
            f"- {small['deals']:,} → {large['deals']:,} deals: ×{times:.0f} rows, "
            f"×{after / before:.1f} CPU"
        )
    return lines


def main() -> None:
    """Generate what is missing, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "dq-bench")
    parser.add_argument("--output", type=Path, help="where to write the figures as Markdown")
    given = parser.parse_args()
    found = []
    for deals in given.sizes:
        folder = given.data / str(deals)
        generate(folder, deals)
        found.append(compared(folder, deals, given.repeat))
    text = table(found)
    print(text)
    if given.output:
        given.output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
