"""Who acts: a person of people.yaml with their key, or only a name that was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dq.errors import UsageError
from dq.files import host_name, user_name

if TYPE_CHECKING:
    from dq.store.signing import Signer

__all__ = ["Actor", "acting", "local_actor"]


@dataclass(frozen=True)
class Actor:
    """Who acts. Without a signer the name is only what was typed on `host` by `user`."""

    name: str
    host: str
    user: str
    signer: Signer | None = field(default=None, compare=False, repr=False)


def local_actor(name: str | None = None) -> Actor:
    """The person at this machine; the system's user where no name is given."""
    user = user_name()
    return Actor(name or user, host_name(), user)


def acting(
    project: Path, name: str | None = None, environ: Mapping[str, str] | None = None
) -> Actor:
    """Who acts in a project: what every verb's `--by NAME` means.

    Args:
        project: the project's folder.
        name: a name or an e-mail. Of a person of people.yaml their name is taken as it stands
            there, and their key where it lies in the folder of keys; any other name is taken as
            typed. None: the person of people.yaml whose key lies here, else the system's user.
        environ: the environment; DQ_KEYS in it names the folder of keys.

    Raises:
        ConfigError: people.yaml is not valid.
        UsageError: no name is given and several people have their keys here; or a key is open
            to others.
    """
    from dq.store.people import FILE_NAME, load_people

    typed = local_actor(name)
    if not (project / FILE_NAME).exists():
        return typed
    from dq.store.keys import key_folder

    people = load_people(project)
    folder = key_folder(project, environ)
    if name is None:
        here = [
            person
            for person in people.persons
            if any(key.revoked is None and folder.holds_person(key.public) for key in person.keys)
        ]
        if len(here) > 1:
            raise UsageError(
                "Several people have their keys here: {names}.",
                fix="Say with --by who you are.",
                names=", ".join(person.name for person in here),
            )
        person = here[0] if here else None
    else:
        person = people.find(name)
    if person is None:
        return typed
    signer = None
    for key in reversed(person.keys):  # the newest that is here
        if key.revoked is None and (signer := folder.person(key.public)) is not None:
            break
    return Actor(person.name, typed.host, typed.user, signer)
