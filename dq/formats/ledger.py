"""The ledger for people and as a document: entries, and what checking it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dq.errors import DqError
from dq.formats.terminal import Paint, wrap
from dq.i18n.safe import isolate
from dq.i18n.translator import Translator
from dq.store import Entry, Standing, Verification
from dq.store.keyring import Keyring
from dq.store.signing import short_fingerprint

__all__ = [
    "Checked",
    "Shown",
    "entries_document",
    "entries_text",
    "entry_document",
    "verification_document",
    "verification_text",
]

_MARKS = {
    Standing.APPROVED: ("✓", "good"),
    Standing.UNAPPROVED: ("!", "warning"),
    Standing.REVOKED: ("!", "warning"),
    Standing.FALSE: ("✗", "critical"),
    Standing.TYPED: ("·", "dim"),
}


@dataclass(frozen=True)
class Shown:
    """An entry with what vouches for the name in it."""

    entry: Entry
    standing: Standing


@dataclass(frozen=True)
class Checked:
    """A check of the ledger: what the check found, and the checkpoints it was held against.

    `compared` are name and size of each; `pinned`: whether their key is known from outside the
    ledger; `wrong`: problems of the checkpoints themselves.
    """

    origin: str
    verification: Verification
    compared: Sequence[tuple[str, int]] = ()
    pinned: bool = False
    wrong: Sequence[DqError] = ()

    @property
    def problems(self) -> tuple[DqError, ...]:
        """All that is wrong."""
        return (*self.wrong, *self.verification.problems)


def entries_text(
    shown: Sequence[Shown], total: int, t: Translator, width: int, paint: Paint
) -> str:
    """Entries, newest last: who did what to which object, why, and who vouches for the name."""
    lines = [paint(t.n("ledger.count", total), "bold")]
    for each in shown:
        entry = each.entry
        mark, style = _MARKS[each.standing]
        when = t.moment(datetime.fromisoformat(entry.time))
        what = t.first(f"ledger.action.{entry.action}")
        done = t.t(what) if what else isolate(entry.action)
        head = f"#{entry.seq} · {when} UTC · {isolate(entry.actor.name)} · {done} · "
        head += isolate(entry.object)
        lines.append("")
        lines += wrap(head, width, first=f"{paint(mark, style)} ", rest="    ")
        lines += wrap(isolate(entry.because), width, first="    ", rest="    ")
        lines += [
            paint(line, "dim") for line in wrap(_vouched(each, t), width, first="    ", rest="    ")
        ]
    return "\n".join(lines) + "\n"


def _vouched(shown: Shown, t: Translator) -> str:
    entry = shown.entry
    key = short_fingerprint(entry.mark.key) if entry.mark is not None else ""
    return t.t(
        f"ledger.vouched.{shown.standing.value}",
        key=key,
        host=entry.actor.host,
        user=entry.actor.user,
    )


def entry_document(shown: Shown) -> dict[str, Any]:
    """One entry as a plain object."""
    entry = shown.entry
    mark = entry.mark
    return {
        "seq": entry.seq,
        "time": entry.time,
        "name": entry.actor.name,
        "host": entry.actor.host,
        "user": entry.actor.user,
        "action": entry.action,
        "object": entry.object,
        "because": entry.because,
        "digests": dict(entry.digests),
        "identity": shown.standing.value,
        "key": None if mark is None else mark.key,
    }


def entries_document(
    shown: Sequence[Shown], total: int, origin: str, problems: Sequence[DqError], t: Translator
) -> dict[str, Any]:
    """Entries as a document; `problems` are those that reading them met."""
    return {
        "dq": 1,
        "ledger": origin,
        "size": total,
        "problems": [str(t.error(each)) for each in problems],
        "entries": [entry_document(each) for each in shown],
    }


def verification_text(checked: Checked, t: Translator, width: int, paint: Paint) -> str:
    """What a tired person needs: is it whole, who signed, and what was it compared with."""
    verification = checked.verification
    lines: list[str] = []
    for problem in checked.problems:
        lines += wrap(t.error(problem), width, first=paint("✗ ", "critical"), rest="  ")
    if not checked.problems:
        said = t.n("ledger.whole", verification.size)
        lines += wrap(said, width, first=paint("✓ ", "good"), rest="  ")
        for name, size in checked.compared:
            said = t.n("ledger.compared", size, checkpoint=name)
            lines += wrap(said, width, first=paint("✓ ", "good"), rest="  ")
    if not checked.compared and not checked.wrong:
        lines += wrap(t.t("ledger.not_compared"), width, first="· ", rest="  ")
    elif checked.compared and not checked.pinned:
        lines += wrap(t.t("ledger.not_pinned"), width, first="! ", rest="  ")
    lines += ["", *_standings(verification, t, paint)]
    if verification.keyring is not None:
        lines += _root(verification.keyring, t, width)
    lines += ["", f"{isolate(checked.origin)}  {verification.size}  {verification.root}"]
    return "\n".join(lines) + "\n"


def _standings(verification: Verification, t: Translator, paint: Paint) -> list[str]:
    counted = [(s, n) for s, n in verification.standings.items() if n]
    size = max((len(t.number(n)) for _, n in counted), default=0)
    return [
        f"{paint(_MARKS[s][0], _MARKS[s][1])} {t.number(n).rjust(size)}  "
        f"{t.t(f'ledger.standing.{s.value}')}"
        for s, n in counted
    ]


def _root(keyring: Keyring, t: Translator, width: int) -> list[str]:
    root = keyring.root
    if root is None:
        return []
    by = root.approvals[-1].by if root.approvals else None
    key = "ledger.root.confirmed" if by else "ledger.root.alone"
    short = short_fingerprint(root.fingerprint)
    return ["", *wrap(t.t(key, name=root.person, key=short, by=by or ""), width)]


def verification_document(checked: Checked, t: Translator) -> dict[str, Any]:
    """The same as a document."""
    verification = checked.verification
    root = verification.keyring.root if verification.keyring is not None else None
    return {
        "dq": 1,
        "ledger": checked.origin,
        "size": verification.size,
        "root": verification.root,
        "intact": not checked.problems,
        "problems": [str(t.error(each)) for each in checked.problems],
        "identity": {standing.value: n for standing, n in verification.standings.items()},
        "compared": [{"checkpoint": name, "size": size} for name, size in checked.compared],
        "key_known_from_outside": checked.pinned,
        "root_of_trust": None
        if root is None
        else {
            "person": root.person,
            "fingerprint": root.fingerprint,
            "confirmed_by": root.approvals[-1].by if root.approvals else None,
        },
    }
