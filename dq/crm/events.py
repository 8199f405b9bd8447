"""By which date a record of a table counts into a period: the moment of what it records."""

from __future__ import annotations

from collections.abc import Collection, Mapping

__all__ = ["EVENT_DATES", "event_date"]

EVENT_DATES: Mapping[str, tuple[str, ...]] = {
    "activities": ("started_at", "logged_at"),
    "stage_history": ("changed_at",),
    "touches": ("touched_at",),
    "invoices": ("issued_at",),
    "payments": ("paid_at",),
    "documents": ("sent_at",),
    "tickets": ("opened_at",),
    "expenses": ("spent_at",),
}
"""Tables whose records are not dated by `created_at`: the first of these that is there."""


def event_date(table: str, columns: Collection[str]) -> str | None:
    """The date column of a table's records among the columns at hand; None without one."""
    return next((c for c in EVENT_DATES.get(table, ("created_at",)) if c in columns), None)
