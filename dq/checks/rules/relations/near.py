"""The known name or key that a missing one was probably meant to be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from dq.text.companies import split_company

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["NearNames", "near_schema"]

_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[\W_]+")
_SPELLING_CUTOFF = 88.0
_SPELLING_NAMES = 5_000
"""Above this many names only the squashed form is compared: the cost is names × values."""


def _one_slip(value: str, name: str) -> bool:
    """Whether two names of people differ by one slip inside one of their words."""
    from rapidfuzz.distance import OSA

    words, others = value.casefold().split(), name.casefold().split()
    if len(words) != len(others):
        return False
    differ = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(differ) != 1:
        return False
    one, other = differ[0]
    ending = one.rstrip("а") == other.rstrip("а") or one.rstrip("a") == other.rstrip("a")
    return (
        not ending
        and min(len(one), len(other)) >= 5
        and one[0] == other[0]
        and OSA.distance(one, other) == 1
    )


def near_schema() -> pa.Schema:
    """value, suggestion."""
    import pyarrow as pa

    return pa.schema([("value", pa.string()), ("suggestion", pa.string())])


def _squash(text: str) -> str:
    """Letters and digits alone, a number without leading zeros and a trailing `.0`."""
    squashed = _NOT_WORD.sub("", re.sub(r"\.0$", "", text.strip())).casefold().replace("ё", "е")
    return squashed.lstrip("0") or squashed


@dataclass(frozen=True)
class NearNames:
    """Batch function: (value) → (value, suggestion) where one name alone is near.

    `kind` says how names are compared: `key` as written, but for signs and leading zeros;
    `name` with slips of spelling too, `company` without the legal form, `person` one slip in
    one word (Egorov is not Orlov). Numbers in a name must be the same: TS-200 is not TS-210.
    """

    names: tuple[str, ...]
    kind: str

    @cached_property
    def _squashed(self) -> dict[str, set[str]]:
        index: dict[str, set[str]] = {}
        for name in self.names:
            index.setdefault(_squash(name), set()).add(name)
        return index

    @cached_property
    def _cores(self) -> dict[str, str]:
        return {name: self._core(name) for name in self.names}

    def _core(self, name: str) -> str:
        return split_company(name).name if self.kind == "company" else name.casefold()

    def suggest(self, value: str) -> str | None:
        """The one name that the value was probably meant to be, or None."""
        same = self._squashed.get(_squash(value), set())
        if len(same) == 1:
            return next(iter(same))
        if self.kind == "key" or len(self.names) > _SPELLING_NAMES or len(value) < 5:
            return None
        from rapidfuzz import fuzz, process

        best = process.extract(
            self._core(value),
            self._cores,
            scorer=fuzz.ratio,
            score_cutoff=_SPELLING_CUTOFF,
            limit=2,
        )
        if not best or (len(best) > 1 and best[0][1] - best[1][1] < 3):
            return None
        found = str(best[0][2])
        if _DIGITS.findall(found) != _DIGITS.findall(value):
            return None
        return found if self.kind != "person" or _one_slip(value, found) else None

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Suggestions for one batch of values."""
        import pyarrow as pa

        found = [
            {"value": value, "suggestion": suggestion}
            for value in batch.column(0).to_pylist()
            if (suggestion := self.suggest(value)) is not None
        ]
        return pa.RecordBatch.from_pylist(found, schema=near_schema())
