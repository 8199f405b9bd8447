"""The known name or key that a missing one was probably meant to be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NearNames", "near_schema"]

_NOT_WORD = re.compile(r"[\W_]+")
_SPELLING_CUTOFF = 88.0
_SPELLING_NAMES = 5_000
"""Above this many names only the squashed form is compared: the cost is names × values."""


def near_schema() -> pa.Schema:
    """value, suggestion."""
    import pyarrow as pa

    return pa.schema([("value", pa.string()), ("suggestion", pa.string())])


def _squash(text: str) -> str:
    """Letters and digits alone, a number without leading zeros and a trailing `.0`."""
    squashed = _NOT_WORD.sub("", re.sub(r"\.0$", "", text.strip())).casefold()
    return squashed.lstrip("0") or squashed


@dataclass(frozen=True)
class NearNames:
    """Batch function: (value) → (value, suggestion) where one name alone is near."""

    names: tuple[str, ...]
    spelling: bool

    @cached_property
    def _squashed(self) -> dict[str, set[str]]:
        index: dict[str, set[str]] = {}
        for name in self.names:
            index.setdefault(_squash(name), set()).add(name)
        return index

    def suggest(self, value: str) -> str | None:
        """The one name that the value was probably meant to be, or None."""
        same = self._squashed.get(_squash(value), set())
        if len(same) == 1:
            return next(iter(same))
        if not self.spelling or len(self.names) > _SPELLING_NAMES or len(value) < 5:
            return None
        from rapidfuzz import fuzz, process

        best = process.extract(
            value.casefold(),
            {n: n.casefold() for n in self.names},
            scorer=fuzz.ratio,
            score_cutoff=_SPELLING_CUTOFF,
            limit=2,
        )
        if not best or (len(best) > 1 and best[0][1] - best[1][1] < 3):
            return None
        return str(best[0][2])

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Suggestions for one batch of values."""
        import pyarrow as pa

        found = [
            {"value": value, "suggestion": suggestion}
            for value in batch.column(0).to_pylist()
            if (suggestion := self.suggest(value)) is not None
        ]
        return pa.RecordBatch.from_pylist(found, schema=near_schema())
