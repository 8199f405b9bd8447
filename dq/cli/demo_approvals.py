"""The sample's glossary at work: most of it is approved, some waits, one text was edited since.

The names are typed, so that they show as unverified; nobody's key lies in a sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dq.files import write_atomic

if TYPE_CHECKING:
    from dq.i18n.translator import Translator
    from dq.project import Project

__all__ = ["ANALYST", "EDITED", "SALES_HEAD", "WAITING", "approve_sample"]

ANALYST = "Olena Kovalenko"
SALES_HEAD = "James Carter"

WAITING = ("cac", "client_value", "churn_rate")
"""Terms that the analyst has proposed and the sales head has not approved."""

EDITED = "stalled_deal"
"""The term whose text was changed after its approval."""

_BEFORE: Mapping[str, str] = {
    "for 30 days": "for 21 days",
    "30 дней ничего": "21 день ничего",
    "30 днів нічого": "21 день нічого",
    "INTERVAL 30 DAY": "INTERVAL 21 DAY",
}
"""What the edited text says now, and what it said when it was approved."""


def approve_sample(project: Project, t: Translator) -> None:
    """Propose all definitions by one person and have another approve most of them."""
    from dq.meaning import Desk

    path = project.glossary_path
    text = path.read_text(encoding="utf-8")
    before = text
    for now, then in _BEFORE.items():
        before = before.replace(now, then)
    desk = Desk(project)
    write_atomic(path, before)
    try:
        desk.propose((), every=True, because=t.t("demo.proposed"), by=ANALYST)
        subjects = dict.fromkeys(s.subject for s in desk.meaning().standings.values())
        agreed = [name for name in subjects if name not in WAITING]
        desk.approve(agreed, because=t.t("demo.approved"), by=SALES_HEAD)
    finally:
        write_atomic(path, text)
