"""Verdicts of value functions over batches of distinct values."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.text.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Judges", "VerdictBatch", "cause_of", "verdict_args", "verdict_schema"]


def verdict_schema() -> pa.Schema:
    """value, judge (which function), cause, args (JSON), severity (NULL: the rule's)."""
    import pyarrow as pa

    return pa.schema(
        [
            ("value", pa.string()),
            ("judge", pa.int64()),
            ("cause", pa.string()),
            ("args", pa.string()),
            ("severity", pa.string()),
        ]
    )


def cause_of(verdict: Verdict) -> str:
    """The group's cause: the verdict's word, and its detail after a colon."""
    return verdict.cause if verdict.detail is None else f"{verdict.cause}:{verdict.detail}"


def verdict_args(verdict: Verdict) -> str:
    """The message's places as a JSON object; a suggestion is the place `suggestion`."""
    args = dict(verdict.args)
    if verdict.suggestion is not None:
        args.setdefault("suggestion", verdict.suggestion)
    return json.dumps(args, ensure_ascii=False, sort_keys=True)


Judge = Callable[[str], Verdict | None]
Judges = dict[int, list[tuple[int, Judge]]]
"""Place of a column → its judges with their numbers."""


@dataclass(frozen=True)
class VerdictBatch:
    """Batch function: (place, value) → one row for each judge of the place that objects."""

    judges: Judges

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Verdicts on one batch of values."""
        import pyarrow as pa

        rows: list[dict[str, object]] = []
        places, values = batch.column("place").to_pylist(), batch.column("value").to_pylist()
        for place, value in zip(places, values, strict=True):
            for number, judge in self.judges[place]:
                verdict = judge(value)
                if verdict is not None:
                    rows.append(
                        {
                            "value": value,
                            "judge": number,
                            "cause": cause_of(verdict),
                            "args": verdict_args(verdict),
                            "severity": verdict.severity,
                        }
                    )
        return pa.RecordBatch.from_pylist(rows, schema=verdict_schema())
