"""people.yaml: who works on the project, in which roles, with which public keys.

    people:
      Ann Lee:
        email: ann@acme.example
        roles: [steward, director]
        keys:
          "ed25519:oV…=": {since: 2026-03-01, revoked: 2026-09-01}

The file says who people are; what counts is in the ledger (`dq.store.keyring`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dq.config import Item, edited, parse_yaml, read_yaml
from dq.errors import UsageError
from dq.files import file_errors, write_atomic
from dq.store.signing import fingerprint_of, public_bytes

__all__ = [
    "FILE_NAME",
    "ROLES",
    "People",
    "Person",
    "PublicKey",
    "add_person_key",
    "load_people",
    "mark_revoked",
]

FILE_NAME = "people.yaml"
ROLES = (
    "steward",
    "analyst",
    "auditor",
    "sales_head",
    "marketing_head",
    "director",
    "seller",
)
_HEAD = """\
# Who works on this project: roles, and the public keys with which they sign.
# dq key new adds a person and a key, dq key approve and dq key revoke say what counts.
"""


@dataclass(frozen=True)
class PublicKey:
    """A person's public key; `text` as people.yaml writes it."""

    text: str
    since: date
    revoked: date | None = None

    @property
    def public(self) -> bytes:
        """Its 32 bytes."""
        return public_bytes(self.text)

    @property
    def fingerprint(self) -> str:
        """`sha256:…` of it."""
        return fingerprint_of(self.public)


@dataclass(frozen=True)
class Person:
    """One who works on the project."""

    name: str
    email: str | None = None
    roles: tuple[str, ...] = ()
    keys: tuple[PublicKey, ...] = ()


@dataclass(frozen=True)
class People:
    """Everybody in people.yaml, in its order; nobody where there is no such file."""

    persons: tuple[Person, ...] = ()

    def find(self, name: str) -> Person | None:
        """The person of a name or an e-mail, in whatever case."""
        wanted = name.strip().casefold()
        for person in self.persons if wanted else ():
            if wanted in {person.name.casefold(), (person.email or "").casefold()}:
                return person
        return None

    def owner(self, fingerprint: str) -> Person | None:
        """Whose key has this fingerprint."""
        for person in self.persons:
            if any(key.fingerprint == fingerprint for key in person.keys):
                return person
        return None


def load_people(project: Path) -> People:
    """Read a project's people.yaml strictly.

    Raises:
        ConfigError: with file, line and column.
    """
    path = project / FILE_NAME
    return _people(read_yaml(path)) if path.exists() else People()


def _people(root: Item) -> People:
    of = root.fields("people")
    persons: list[Person] = []
    taken: dict[str, Item] = {}
    for name, item in of["people"].entries().items() if "people" in of else ():
        _only_once(name, item, taken, at_key=True)
        persons.append(_person(name, item, taken))
    return People(tuple(persons))


def _person(name: str, item: Item, taken: dict[str, Item]) -> Person:
    of = item.fields("email", "roles", "keys")
    email = None
    if "email" in of:
        email = of["email"].match(
            r"[^@\s]+@[^@\s]+", "{key} is {value}, which is no e-mail.", "Write it as name@host."
        )
        if email.casefold() != name.casefold():
            _only_once(email, of["email"], taken)
    roles = [role.choice(*ROLES) for role in of["roles"].one_or_many()] if "roles" in of else []
    keys = of["keys"].entries().items() if "keys" in of else ()
    return Person(
        name, email, tuple(dict.fromkeys(roles)), tuple(_key(k, v, taken) for k, v in keys)
    )


def _key(text: str, item: Item, taken: dict[str, Item]) -> PublicKey:
    try:
        public_bytes(text)
    except ValueError:
        raise item.error(
            "{value} is no public key.",
            fix="It is written as ed25519: and 44 characters; dq key new writes it.",
            at_key=True,
            value=text,
        ) from None
    _only_once(text, item, taken, at_key=True)
    of = item.fields("since", "revoked", required=("since",))
    since = of["since"].day()
    revoked = of["revoked"].day() if "revoked" in of else None
    if revoked is not None and revoked < since:
        raise of["revoked"].error("{key} is before since.")
    return PublicKey(text, since, revoked)


def _only_once(text: str, item: Item, taken: dict[str, Item], *, at_key: bool = False) -> None:
    first = taken.setdefault(text.casefold(), item)
    if first is not item:
        raise item.error(
            "{value} stands here twice, first in line {line}.",
            fix="Keep one of them.",
            at_key=at_key,
            value=text,
            line=first.key_place.line,
        )


def add_person_key(
    project: Path, name: str, key: PublicKey, *, email: str | None = None, roles: Iterable[str] = ()
) -> None:
    """Write a key of a person into people.yaml; the person too where they are not there yet.

    Nothing else in the file is touched. Of a person who is there, `email` and `roles` are set
    where they are given.

    Raises:
        ConfigError: the file, or what it would become, is not valid; nothing is written.
    """
    before = load_people(project)
    person = before.find(name)
    where = ("people", person.name if person else name)
    of_key: dict[str, object] = {"since": key.since}
    changes: list[tuple[tuple[str, ...], object]] = []
    chosen = list(dict.fromkeys(roles))
    if person is None:
        fields = {"email": email, "roles": chosen, "keys": {key.text: of_key}}
        changes.append((where, {name: value for name, value in fields.items() if value}))
    else:
        if email and email != person.email:
            changes.append(((*where, "email"), email))
        if chosen and tuple(chosen) != person.roles:
            changes.append(((*where, "roles"), chosen))
        changes.append(((*where, "keys", key.text), of_key))
    _edit(project, changes)


def mark_revoked(project: Path, fingerprint: str, day: date) -> None:
    """Write into people.yaml since when a key counts no more; of keys not in it, nothing.

    Raises:
        ConfigError: as `add_person_key`.
    """
    person = load_people(project).owner(fingerprint)
    if person is not None:
        (key,) = (key for key in person.keys if key.fingerprint == fingerprint)
        if key.revoked is None:
            day = max(day, key.since)
            _edit(project, [(("people", person.name, "keys", key.text, "revoked"), day)])


def _edit(project: Path, changes: list[tuple[tuple[str, ...], object]]) -> None:
    path = project / FILE_NAME
    text = _HEAD
    if path.exists():
        with file_errors(path, "read"):
            try:
                text = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                raise UsageError("The file is not UTF-8.", fix="Save it as UTF-8.") from None
    made = edited(text, changes, str(path))
    _people(parse_yaml(made.removeprefix("\ufeff"), str(path)))
    write_atomic(path, made.encode("utf-8"))
