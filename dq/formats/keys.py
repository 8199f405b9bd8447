"""People and their keys, as a list for people and as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from dq.formats.terminal import Paint, wrap
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.store.persons import KeyState, KeyView
from dq.store.signing import short_fingerprint

__all__ = ["keys_document", "keys_text"]

_MARKS = {
    KeyState.ROOT: ("✓", "good"),
    KeyState.CONFIRMED: ("✓", "good"),
    KeyState.APPROVED: ("✓", "good"),
    KeyState.REVOKED: ("✗", "error"),
}


def keys_text(
    views: Sequence[KeyView], t: Translator, *, solo: bool, width: int, paint: Paint
) -> str:
    """A person with roles, and below it each key with its fingerprint and what it is worth."""
    if not views:
        return t.t("key.nobody") + "\n"
    lines: list[str] = []
    last = None
    for view in views:
        if view.person != last:
            roles = ", ".join(view.roles) or t.t("key.no_roles")
            email = f" <{isolate(view.email)}>" if view.email else ""
            lines += wrap(f"{paint(isolate(view.person), 'bold')}{email}: {roles}", width)
            last = view.person
        lines += _key(view, t, width, paint)
    if solo:
        lines += ["", *wrap(t.t("key.solo"), width)]
    return "\n".join(lines) + "\n"


def _key(view: KeyView, t: Translator, width: int, paint: Paint) -> list[str]:
    mark, style = _MARKS.get(view.state, ("!", "warning"))
    day = date.fromisoformat(view.at[:10]) if view.at else ""
    said = t.t(
        f"key.state.{view.state.value}" + ("_by" if view.by else ""),
        by=view.by or "",
        day=day,
        because=view.because or "",
        roles=", ".join(view.approved_roles),
    )
    marks = [] if view.listed else [t.t("key.not_listed")]
    if view.here:
        marks.append(t.t("key.here"))
    parts = [short_fingerprint(view.fingerprint)] if view.fingerprint else []
    line = "  ".join([*parts, "; ".join([said, *marks])])
    return wrap(line, width, first=f"  {paint(mark, style)} ", rest="      ")


def keys_document(views: Sequence[KeyView]) -> dict[str, Any]:
    """The same as a document, with fingerprints in full."""
    return {
        "dq": 1,
        "keys": [{**asdict(v), "roles": list(v.roles), "state": v.state.value} for v in views],
    }
