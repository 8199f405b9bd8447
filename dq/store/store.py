"""The store: state and ledger of a project in one SQLite file.

A decision changes state only together with its ledger entry:

    with store.decide(actor, "suppress", "deals/C107", "agreed with sales") as tx:
        tx.suppress("C107", until=day, table="deals", keys=["D-17"])
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from dq.clock import Clock, iso
from dq.errors import StoreError, UsageError
from dq.store.actor import Actor
from dq.store.database import Database
from dq.store.entry import Entry, canonical_json
from dq.store.keyring import KEY_NEW, Keyring
from dq.store.ledger import Ledger
from dq.store.migrate import Migration, migrate, shipped_migrations
from dq.store.signing import public_text
from dq.store.state import (
    Answer,
    BaselineItem,
    DefinitionStep,
    KeptCheckpoint,
    MappingApproval,
    Suppression,
    check_until,
)
from dq.store.verification import Claim, Verification

__all__ = ["Decision", "Store", "open_store"]

_STEP_COLUMNS = (
    "seq", "object", "step", "digest", "content", "words_digest", "words", "by", "at", "because",
)  # fmt: skip


def open_store(project: Path, clock: Clock, url: str = "sqlite") -> Store:
    """Open the store of a project, made or brought up to date where needed.

    Raises:
        StoreError: it cannot be opened, is damaged, or is newer than this dq.
    """
    if url != "sqlite":
        raise StoreError(
            "This version keeps its store in SQLite only.", fix="Write store: sqlite in dq.yaml."
        )
    return Store(project / ".dq" / "store.db", clock)


class Store:
    """State and ledger. Use as a context manager, or `close`; one a thread."""

    def __init__(
        self, path: Path, clock: Clock, migrations: Sequence[Migration] | None = None
    ) -> None:
        self.path = path
        self._clock = clock
        self._database = Database(path)
        try:
            migrate(
                self._database,
                clock,
                path.parent / "backups",
                shipped_migrations() if migrations is None else migrations,
            )
            self._digest_key = self._secret("digest_key")
            self._ledger = Ledger(self._database)
        except BaseException:
            self._database.close()
            raise

    # --- decisions -------------------------------------------------------------------

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Many decisions in one transaction: all of them, durable at its end, or none.

        One that fails inside, and whose error is caught there, leaves the others.
        """
        try:
            with self._database.transaction():
                yield
        except BaseException:
            self._ledger.forget()
            raise

    @contextmanager
    def decide(
        self,
        actor: Actor,
        action: str,
        obj: str,
        because: str,
        digests: Mapping[str, str] | None = None,
    ) -> Iterator[Decision]:
        """One decision and its ledger entry, in one transaction: both or neither.

        `obj` names what it is about, by keys and not by values. The entry is signed where the
        actor has a signer; a key that the ledger does not know yet is introduced before it.

        Raises:
            UsageError: no reason is given.
            IntegrityError: the ledger is damaged; nothing more is written.
        """
        if not because.strip():
            raise UsageError("A decision needs a reason.", fix="Say why with --because.")
        try:
            with self._database.transaction():
                now = self._clock.now()
                if actor.signer is not None and action != KEY_NEW:
                    self._introduce(actor, now)
                decision = Decision(
                    self._database,
                    seq=self._ledger.next_seq(),
                    time=iso(now),
                    today=now.date(),
                    actor=actor,
                    because=because.strip(),
                    digests=dict(digests or {}),
                    keyed_digest=self.keyed_digest,
                )
                yield decision
                self._append(decision, action, obj)
        except BaseException:
            self._ledger.forget()
            raise

    def introduce(self, actor: Actor) -> bool:
        """Write the key of an actor into the ledger; whether it was new here.

        The first key of a ledger is its root of trust.
        """
        with self._database.transaction():
            return self._introduce(actor, self._clock.now())

    def _introduce(self, actor: Actor, now: datetime) -> bool:
        signer = actor.signer
        if signer is None or self._ledger.knows_key(signer.fingerprint):
            return False
        public = {"public": public_text(signer.public)}
        self._ledger.append(
            Entry(
                seq=self._ledger.next_seq(),
                time=iso(now),
                actor=actor,
                action=KEY_NEW,
                object=f"key/{signer.fingerprint}",
                because="first use of the key",
                digests=public,
            ),
            signer,
        )
        return True

    def _append(self, decision: Decision, action: str, obj: str) -> None:
        actor = decision.actor
        entry = Entry(
            seq=decision.seq,
            time=decision.time,
            actor=actor,
            action=action,
            object=obj,
            because=decision.because,
            digests=decision.digests,
        )
        self._ledger.append(entry, actor.signer)

    # --- state -----------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        """A JSON value that was decided; None when it was not."""
        rows = self._database.run("read_setting", {"name": name})
        return json.loads(rows[0][0]) if rows else None

    def suppressions(self, on: date | None = None) -> tuple[Suppression, ...]:
        """All suppressions ever made, oldest first; with `on` those in force that day."""
        rows = self._database.run("read_suppressions")
        every = (Suppression.of_row(row) for row in rows)
        return tuple(s for s in every if on is None or s.holds(on))

    def answers(self) -> tuple[Answer, ...]:
        """All answers of worklists, those of later runs last."""
        return tuple(Answer(*row) for row in self._database.run("read_answers"))

    def mapping(self, source: str, shape: str) -> MappingApproval | None:
        """The mapping approved for files of this shape."""
        rows = self._database.run("read_mapping", {"source": source, "shape": shape})
        if not rows:
            return None
        source, shape, mapping, digest, approved_by, approved = rows[0]
        return MappingApproval(source, shape, json.loads(mapping), digest, approved_by, approved)

    def baseline(self) -> frozenset[BaselineItem]:
        """What was there on the first day, or was adopted since."""
        return frozenset(BaselineItem(*row) for row in self._database.run("read_baseline"))

    def definition_steps(self) -> tuple[DefinitionStep, ...]:
        """What was proposed and approved of the glossary, oldest first."""
        return tuple(
            DefinitionStep(
                **{**row, "content": json.loads(row["content"]), "words": json.loads(row["words"])},
                alone=bool(alone),
            )
            for *cells, alone in self._database.run("read_definition_steps")
            for row in [dict(zip(_STEP_COLUMNS, cells, strict=True))]
        )

    def keyed_digest(self, value: object) -> str:
        """A digest that only this store can compute: of what may be personal or guessable."""
        digest = hmac.new(self._digest_key, canonical_json(value), sha256).hexdigest()
        return f"hmac-sha256:{digest}"

    # --- ledger ----------------------------------------------------------------------

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Ledger entries from `start` on, oldest first."""
        return self._ledger.entries(start)

    def verify(self, claims: Sequence[Claim] = ()) -> Verification:
        """Check the whole ledger, also against what others have seen of it."""
        return self._ledger.verify(claims)

    @property
    def ledger(self) -> Ledger:
        """The ledger itself: entries, keys, hashes."""
        return self._ledger

    def head(self) -> tuple[int, bytes]:
        """Size and root of the ledger, after the check that is made before an entry.

        Raises:
            IntegrityError: the ledger is damaged.
        """
        with self._database.snapshot():
            self._ledger.next_seq()
            size, _, root = self._ledger.head()
        return size, root

    def keyring(self) -> Keyring:
        """Which keys count, by the ledger."""
        return self._ledger.keyring()

    def checkpoints(self) -> tuple[KeptCheckpoint, ...]:
        """Checkpoints that were written, oldest first."""
        rows = self._database.run("read_checkpoints")
        return tuple(KeptCheckpoint.of_row(row) for row in rows)

    def note_checkpoint(self, size: int, root: bytes, place: str, *, elsewhere: bool) -> None:
        """Remember that a checkpoint was written; `elsewhere`: outside the project."""
        values = {"written": iso(self._clock.now()), "size": size, "root": root}
        with self._database.transaction():
            self._database.run(
                "add_checkpoint", {**values, "place": place, "elsewhere": int(elsewhere)}
            )

    # --- care ------------------------------------------------------------------------

    def backup(self, target: Path | None = None) -> Path:
        """A whole copy of the store (default: in `.dq/backups`); its path."""
        if target is None:
            stamp = self._clock.now().strftime("%Y%m%dT%H%M%S%f")
            target = self.path.parent / "backups" / f"store-{stamp}.db"
        self._database.copy_to(target)
        return target

    def close(self) -> None:
        """Close; closing twice is no error."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _secret(self, name: str) -> bytes:
        rows = self._database.run("read_secret", {"name": name})
        if not rows:
            with self._database.transaction():
                value = secrets.token_bytes(32)
                self._database.run("write_secret", {"name": name, "value": value})
            rows = self._database.run("read_secret", {"name": name})
        return bytes(rows[0][0])


class Decision:
    """What one decision changes. Each change adds its digest to the ledger entry."""

    def __init__(
        self,
        database: Database,
        *,
        seq: int,
        time: str,
        today: date,
        actor: Actor,
        because: str,
        digests: dict[str, str],
        keyed_digest: Callable[[object], str],
    ) -> None:
        self.seq = seq
        self.time = time
        self.because = because
        self.digests = digests
        self._database = database
        self._today = today
        self.actor = actor
        self._keyed_digest = keyed_digest

    def set(self, name: str, value: object) -> None:
        """Keep a JSON value under a name."""
        text = canonical_json(value).decode("utf-8")
        self._database.run("write_setting", {"name": name, "value": text, "seq": self.seq})
        self.digests[f"setting.{name}"] = self._keyed_digest(value)

    def suppress(
        self,
        code: str,
        *,
        until: date,
        table: str,
        keys: Sequence[str],
        column: str | None = None,
        because: str | None = None,
    ) -> Suppression:
        """Accept a rule's findings on records of a table until a day, at most 180 days ahead.

        `because` is the reason where it is not that of the whole decision.

        Raises:
            UsageError: the day is past or too far, or no record is named.
        """
        check_until(until, self._today)
        if not keys:
            raise UsageError("A suppression names the records that it is of.")
        return self._suppress(
            Suppression(
                id=self._next_suppression(),
                code=code,
                because=because or self.because,
                author=self.actor.name,
                created=self.time,
                until=until,
                table=table,
                column=column,
                keys=tuple(dict.fromkeys(keys)),
            )
        )

    def _next_suppression(self) -> str:
        made = sum(name.startswith("suppression.") for name in self.digests)
        return f"s{self.seq}.{made + 1}"

    def _suppress(self, suppression: Suppression) -> Suppression:
        scope = {
            "code": suppression.code,
            "table": suppression.table,
            "column": suppression.column,
            "keys": list(suppression.keys),
            "until": suppression.until.isoformat(),
        }
        self._database.run(
            "add_suppression",
            {
                **scope,
                "id": suppression.id,
                "keys": json.dumps(list(suppression.keys), ensure_ascii=False),
                "because": suppression.because,
                "author": suppression.author,
                "created": suppression.created,
                "seq": self.seq,
            },
        )
        self.digests[f"suppression.{suppression.id}"] = self._keyed_digest(scope)
        return suppression

    def lift(self, identity: str) -> None:
        """End a suppression now.

        Raises:
            UsageError: there is none of this id that was not lifted yet.
        """
        values = {"id": identity, "lifted": self.time, "lifted_by": self.actor.name}
        if not self._database.changes("lift_suppression", values):
            raise UsageError(
                "There is no suppression {id} to lift.",
                fix="dq suppress list shows them.",
                id=identity,
            )
        self.digests[f"lifted.{identity}"] = self._keyed_digest(identity)

    def take_out(self, suppression: Suppression, keys: Collection[str]) -> None:
        """End a suppression for some of its records; for the others it goes on as it was.

        Raises:
            UsageError: it was lifted already.
        """
        self.lift(suppression.id)
        left = tuple(key for key in suppression.keys if key not in keys)
        if left:
            self._suppress(replace(suppression, id=self._next_suppression(), keys=left))

    def answer(self, answers: Iterable[Answer]) -> None:
        """Keep what was said in worklists; of a finding of a run the last answer stands."""
        content = []
        for each in answers:
            said = {
                "run": each.run,
                "finding": each.finding,
                "answer": each.answer,
                "reason": each.reason,
                "new_value": each.new_value,
            }
            kept = {"author": self.actor.name, "answered": self.time, "seq": self.seq}
            self._database.run("write_answer", {**said, **kept})
            content.append(said)
        self.digests["answers"] = self._keyed_digest(content)

    def approve_mapping(self, source: str, shape: str, mapping: Mapping[str, Any]) -> str:
        """Remember a mapping for files of this shape; its digest."""
        canonical = canonical_json(mapping)
        digest = f"sha256:{sha256(canonical).hexdigest()}"
        self._database.run(
            "approve_mapping",
            {
                "source": source,
                "shape": shape,
                "mapping": canonical.decode("utf-8"),
                "digest": digest,
                "approved_by": self.actor.name,
                "approved": self.time,
                "seq": self.seq,
            },
        )
        self.digests[f"mapping.{source}"] = digest
        return digest

    def adopt(self, items: Iterable[BaselineItem]) -> int:
        """Take columns, values and stages into the baseline; how many were new."""
        chosen = sorted(set(items))
        new = 0
        for item in chosen:
            new += self._database.changes(
                "adopt",
                {
                    "kind": item.kind,
                    "table": item.table,
                    "column": item.column,
                    "value": item.value,
                    "adopted": self.time,
                    "seq": self.seq,
                },
            )
        content = [[item.kind, item.table, item.column, item.value] for item in chosen]
        self.digests["baseline"] = self._keyed_digest(content)
        return new

    def define(self, steps: Iterable[DefinitionStep]) -> None:
        """Record that definitions are proposed or approved; `by`, `at`, `because` are ours."""
        for step in steps:
            self._database.run(
                "add_definition_step",
                {
                    "seq": self.seq,
                    "object": step.object,
                    "step": step.step,
                    "digest": step.digest,
                    "content": canonical_json(step.content).decode("utf-8"),
                    "words_digest": step.words_digest,
                    "words": canonical_json(step.words).decode("utf-8"),
                    "by": self.actor.name,
                    "at": self.time,
                    "because": self.because,
                    "alone": int(step.alone),
                },
            )
            self.digests[step.object] = step.digest
            self.digests[f"{step.object} words"] = step.words_digest
