"""Findings that people accept for a time: which, why, who, until when.

Whoever suppresses names findings of a run, and the run must have them: a slip of the pen
hides nothing. What is kept is their identity (code, table, key, column), never their row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from dq.errors import UsageError
from dq.findings import finding_id

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.runs import Run
    from dq.store import Actor, Decision, Store, Suppression

__all__ = [
    "DAYS",
    "Identity",
    "Suppressed",
    "about",
    "accept",
    "found_identities",
    "hold",
    "identities",
    "lift",
    "until_day",
]

DAYS = 90
"""How long a suppression holds where nobody says otherwise."""

_NAMED = 5


class Identity(NamedTuple):
    """What a finding is known by between runs; key "" is the table itself."""

    code: str
    table: str
    column: str | None
    key: str

    @property
    def id(self) -> str:
        """The finding's id."""
        return finding_id(self.code, self.table, self.column, self.key)


@dataclass(frozen=True)
class Suppressed:
    """What one decision accepted: its suppressions, how many findings, and those not there."""

    made: tuple[Suppression, ...]
    findings: int
    renewed: int
    missing: tuple[str, ...] = ()


def until_day(today: date, until: date | None = None, days: int | None = None) -> date:
    """The last day of a suppression: as given, else so many days ahead (default 90).

    Raises:
        UsageError: both are given.
    """
    if until is not None and days is not None:
        raise UsageError("Give the day or the number of days, not both.")
    return until or today + timedelta(days=DAYS if days is None else days)


def found_identities(
    run: Run, wanted: Iterable[str | tuple[str, str, str, str | None]]
) -> tuple[list[Identity], list[str]]:
    """The findings of a run that are meant, and what it does not have.

    A finding is meant by its id, or by code, table, key and column; without a column all
    that the rule found on the record are meant. Each finding comes once.
    """
    known = identities(run)
    by_record: dict[tuple[str, str, str], list[Identity]] = {}
    for identity in known.values():
        record = (identity.code, identity.table, identity.key)
        by_record.setdefault(record, []).append(identity)
    found: dict[Identity, None] = {}
    missing: list[str] = []
    for each in wanted:
        if isinstance(each, str):
            meant = [known[each]] if each in known else []
            name = each
        else:
            code, table, key, column = each
            meant = [
                one
                for one in by_record.get((code, table, key), ())
                if column is None or one.column == column
            ]
            name = " ".join(part for part in each if part)
        found.update(dict.fromkeys(meant))
        if not meant:
            missing.append(name)
    return list(found), missing


def identities(run: Run) -> Mapping[str, Identity]:
    """All findings of a run, by their ids.

    Raises:
        StoreError: they cannot be read.
    """
    table = _read(run)
    columns = [table.column(n).to_pylist() for n in ("id", "code", "table", "column", "key")]
    return {
        id_: Identity(code, name, column, key or "")
        for id_, code, name, column, key in zip(*columns, strict=True)
    }


def _read(run: Run) -> pa.Table:
    import pyarrow.parquet as pq

    from dq.errors import Place, StoreError

    path = run.path / "findings.parquet"
    try:
        return pq.read_table(path, columns=["id", "code", "table", "column", "key"])
    except (OSError, ValueError) as error:
        raise StoreError(
            "The findings of the run {run} cannot be read.",
            where=Place(file=str(path)),
            fix="Run dq run again.",
            run=run.run_id,
        ) from error


def accept(
    store: Store,
    actor: Actor,
    findings: Sequence[Identity],
    *,
    because: str,
    until: date,
    today: date,
) -> Suppressed:
    """Suppress findings in one decision; what suppressed them before is replaced.

    Raises:
        UsageError: no reason, no finding, or a day that is past or too far.
    """
    if not findings:
        raise UsageError("There is nothing to suppress.", fix="dq findings lists what there is.")
    with store.decide(actor, "suppress", about(findings), because) as tx:
        return hold(store, tx, dict.fromkeys(findings, because), until=until, today=today)


def hold(
    store: Store, tx: Decision, findings: Mapping[Identity, str], *, until: date, today: date
) -> Suppressed:
    """Suppress findings, each for its reason, within a decision; see `accept`."""
    groups: dict[tuple[str, str, str | None], dict[str, list[str]]] = {}
    for one, because in findings.items():
        reasons = groups.setdefault((one.code, one.table, one.column), {})
        reasons.setdefault(because, []).append(one.key)
    made = []
    renewed = 0
    for held in store.suppressions(on=today):
        named = groups.get((held.code, held.table, held.column), {})
        again = set(chain.from_iterable(named.values())) & set(held.keys)
        if again:
            tx.take_out(held, again)
            renewed += len(again)
    for (code, table, column), reasons in groups.items():
        for because, keys in reasons.items():
            made.append(
                tx.suppress(
                    code, until=until, table=table, column=column, keys=keys, because=because
                )
            )
    return Suppressed(tuple(made), len(findings), renewed)


def about(findings: Iterable[Identity]) -> str:
    """Tables and rules, for the ledger: no key, for a key may be an e-mail address."""
    places = sorted({f"{one.table}/{one.code}" for one in findings})
    more = [f"and {len(places) - _NAMED} more"] if len(places) > _NAMED else []
    return ", ".join(places[:_NAMED] + more)


def lift(
    store: Store, actor: Actor, names: Sequence[str], *, because: str
) -> tuple[int, tuple[Suppression, ...]]:
    """End suppressions: by their id (s4.1), all of one decision (s4), or a finding's id.

    Returns how many findings are shown again, and what was ended for them.

    Raises:
        UsageError: a name means nothing that could be lifted, or there is no reason.
    """
    current = [s for s in store.suppressions() if s.lifted is None]
    whole: dict[str, Suppression] = {}
    parts: dict[str, set[str]] = {}
    for name in names:
        named = [s for s in current if s.id == name or s.id.split(".")[0] == name]
        whole.update({s.id: s for s in named})
        inside = [(s, key) for s in current for key in s.keys if _id(s, key) == name]
        for each, key in inside:
            parts.setdefault(each.id, set()).add(key)
        if not named and not inside:
            raise UsageError(
                "There is no suppression {id} to lift.",
                fix="dq suppress list shows them.",
                id=name,
            )
    touched = [s for s in current if s.id in whole or s.id in parts]
    shown = 0
    with store.decide(
        actor, "lift", "suppression/" + ", ".join(s.id for s in touched), because
    ) as tx:
        for each in touched:
            if each.id in whole:
                tx.lift(each.id)
                shown += len(each.keys)
            else:
                tx.take_out(each, parts[each.id])
                shown += len(parts[each.id])
    return shown, tuple(touched)


def _id(suppression: Suppression, key: str) -> str:
    return finding_id(suppression.code, suppression.table, suppression.column, key)
