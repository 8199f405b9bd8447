"""A change as the cause and the places of a sentence: `rule.S107.<cause>` in the catalogues."""

from __future__ import annotations

from decimal import Decimal

from dq.findings import Severity
from dq.semantics.drift.find import Change

__all__ = ["args_of", "cause_of", "severity_of"]

_WITH_PART = frozenset({"unit_up", "unit_down", "default", "emptied", "shifted_number"})
"""Causes that have a sentence of their own for one part of a table."""

_NAMED = 3


def cause_of(change: Change) -> str:
    """The sentence that says the change."""
    cause = change.kind
    if cause == "unit":
        cause = "unit_up" if (change.factor or 0) > 1 else "unit_down"
        if change.some is not None and change.part is None:
            cause = f"some_{cause}"
    elif cause == "shifted" and change.before is not None and change.after is not None:
        cause = {"number": "shifted_number", "date": "shifted_days"}.get(change.shape, "shifted")
    elif cause == "shifted" and change.moved:
        cause = "shifted_words"
    return f"{cause}_part" if change.part is not None and cause in _WITH_PART else cause


def severity_of(change: Change) -> Severity:
    """Another unit moves every total of the column: an error."""
    return Severity.ERROR if change.kind == "unit" else Severity.WARNING


def args_of(change: Change) -> dict[str, str]:
    """Places of the sentence, as text."""
    factor = change.factor or 1.0
    given: dict[str, str | None] = {
        "since": change.since.isoformat(),
        "n": str(change.rows),
        "factor": f"{factor if factor >= 1 else 1 / factor:.0f}",
        "before": _number(change.before),
        "after": _number(change.after),
        "share_before": _share(change.share_before),
        "share_after": _share(change.share_after),
        "value": ", ".join(change.values[:_NAMED]) or change.value,
        "other": change.other,
        "part": change.part,
        "part_of": change.part_of,
        "some": _share(change.some),
        "index": None if change.index is None else f"{change.index:.2f}",
        "moved": "; ".join(f"{w}: {a:.0%} → {b:.0%}" for w, a, b in change.moved) or None,
    }
    return {name: text for name, text in given.items() if text is not None}


def _number(value: float | None) -> str | None:
    """Four digits are enough to compare by."""
    if value is None:
        return None
    exact = Decimal(f"{value:.4g}") if abs(value) < 1000 else Decimal(round(value))
    return format(exact, "f")


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"
