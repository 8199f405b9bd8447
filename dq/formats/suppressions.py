"""What is accepted, as a list for people and as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dq.formats.grid import grid
from dq.formats.terminal import Paint, wrap
from dq.formats.words import shown_key
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.store import Suppression

__all__ = ["suppressions_document", "suppressions_text"]

_KEYS = 3
_SOON = 14


def suppressions_text(
    found: Sequence[Suppression],
    today: date,
    t: Translator,
    *,
    width: int,
    paint: Paint,
    vouched: Mapping[int, str] | None = None,
    verbose: bool = False,
) -> str:
    """A line a suppression, with its reason below; `verbose` names every key.

    `vouched` says for each entry of the ledger what vouches for the name in it.
    """
    if not found:
        return t.t("suppress.none") + "\n"
    held = sum(len(s.keys) for s in found if s.holds(today))
    lines = [paint(t.n("suppress.held", held), "bold")]
    names = ("id", "rule", "what", "findings", "until", "by")
    header = [t.t(f"suppress.head.{name}") for name in names]
    rows = [_cells(each, today, t, vouched or {}, verbose=verbose) for each in found]
    shown = grid(rows, width, header=header, right={3}, whole={0, 1, 4}, paint=paint)
    lines.append(shown[0])
    for each, line in zip(found, shown[1:], strict=True):
        lines.append(line)
        said = wrap(isolate(each.because), width, first="    ", rest="    ")
        lines += [paint(words, "dim") for words in said]
    return "\n".join(lines) + "\n"


def _cells(
    each: Suppression, today: date, t: Translator, vouched: Mapping[int, str], *, verbose: bool
) -> list[str]:
    place = isolate(each.table) + (f".{isolate(each.column)}" if each.column else "")
    keys = each.keys if verbose else each.keys[:_KEYS]
    named = [str(shown_key(key, personal=True)) for key in keys if key]
    if len(keys) < len(each.keys):
        named.append("…")
    what = f"{place} {', '.join(named)}".strip()
    mark = f"glossary.vouched.{vouched.get(each.seq)}"
    by = f"{each.author} ({t.t(mark)})" if t.has(mark) else each.author
    return [each.id, each.code, what, t.number(len(each.keys)), _until(each, today, t), by]


def _until(each: Suppression, today: date, t: Translator) -> str:
    if each.lifted is not None:
        return t.t("suppress.was_lifted", day=date.fromisoformat(each.lifted[:10]))
    day = t.day(each.until)
    if each.ended(today):
        return t.t("suppress.was_ended", day=day)
    left = (each.until - today).days
    return t.n("suppress.soon", left, day=day) if left <= _SOON else day


def suppressions_document(
    found: Sequence[Suppression], today: date, vouched: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """All that is known of each suppression; `state` is held, ended or lifted."""
    return {
        "dq": 1,
        "day": today.isoformat(),
        "findings": sum(len(s.keys) for s in found if s.holds(today)),
        "suppressions": [
            {
                "id": each.id,
                "state": "held"
                if each.holds(today)
                else "ended"
                if each.ended(today)
                else "lifted",
                "code": each.code,
                "table": each.table,
                "column": each.column,
                "keys": list(each.keys),
                "because": each.because,
                "author": each.author,
                "vouched": (vouched or {}).get(each.seq),
                "created": each.created,
                "until": each.until.isoformat(),
                "lifted": each.lifted,
                "lifted_by": each.lifted_by,
            }
            for each in found
        ],
    }
