"""Where a database is: its address as people write it, without what is secret.

Secrets stand in environment variables (`${NAME}`); they are filled in only to connect. A
variable is taken as it is, so a password may hold any character.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from dq.errors import ConfigError, Place, UsageError

__all__ = ["SCHEMES", "Address", "is_address"]

SCHEMES = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
}
"""Schemes of addresses, and the kind of database that each names."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_PARAMETERS = ("password", "sslpassword", "passwd")
_BLOT = "***"


def is_address(text: str) -> bool:
    """Whether a word is the address of a database and not the name of a file."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and (scheme in SCHEMES or bool(_VARIABLE.match(text)))


@dataclass(frozen=True)
class Address:
    """An address in its parts; `shown` is the text with `${NAME}` that may be kept and told."""

    shown: str
    kind: str
    host: str
    database: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def label(self) -> str:
        """A name for people: crm@db.example."""
        return f"{self.database}@{self.host}" if self.host else self.database

    def uri(self, **defaults: str) -> str:
        """The whole address, secrets included; parameters that it lacks come from `defaults`."""
        login = quote(self.user or "", safe="")
        if self.password is not None:
            login += f":{quote(self.password, safe='')}"
        query = urlencode({**defaults, **dict(self.parameters)}, quote_via=quote)
        place = f"{login}@{self.host}" if login else self.host
        return f"{self.kind}://{place}/{quote(self.database, safe='')}" + (
            f"?{query}" if query else ""
        )

    def hidden(self, text: str) -> str:
        """The text without the secrets, should a server or driver repeat them."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, _BLOT)
        return text

    @classmethod
    def parse(
        cls,
        template: str,
        environ: Mapping[str, str] | None = None,
        place: Place | None = None,
    ) -> Address:
        """An address, its variables filled in.

        Raises:
            ConfigError: a variable is not set, the address is none, or it holds a password
                written out (UsageError where there is no file to point at).
        """
        fill = _Filler(os.environ if environ is None else environ, place)
        text = template
        if _VARIABLE.match(template):
            text, whole = fill(template), True
        else:
            whole = False
        try:
            parts = urlsplit(text)
        except ValueError:
            raise _off("{address} is no address of a database.", template, place) from None
        kind = SCHEMES.get(parts.scheme)
        if kind is None:
            raise _off("{address} is no address of a database.", template, place)
        login, _, host = parts.netloc.rpartition("@")
        user, colon, password = login.partition(":")
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        given = [password, *(v for k, v in parameters if k.lower() in _SECRET_PARAMETERS)]
        if not whole and any(value and not _VARIABLE.search(value) for value in given):
            raise UsageError(
                "The address of the database holds a password.",
                where=place,
                fix="Put it into an environment variable and write the variable's name here.",
            )
        read = unquote if whole else fill.part
        secret = read(password) if colon else None
        filled = tuple((key, fill(value)) for key, value in parameters)
        fill.secrets += [value for key, value in filled if key.lower() in _SECRET_PARAMETERS]
        return cls(
            shown=template,
            kind=kind,
            host=fill(host),
            database=read(parts.path[1:]),
            user=read(user) or None,
            password=secret,
            parameters=filled,
            secrets=tuple(s for s in {*fill.secrets, secret} if s),
        )


@dataclass
class _Filler:
    """Fills variables in; a secret is what a variable held."""

    environ: Mapping[str, str]
    place: Place | None
    secrets: list[str] = field(default_factory=list)

    def __call__(self, text: str) -> str:
        return _VARIABLE.sub(self._value, text)

    def part(self, text: str) -> str:
        """A part of a url: what is written out is decoded, a variable is taken as it is."""
        pieces = _VARIABLE.split(text)
        return "".join(
            self._named(piece) if number % 2 else unquote(piece)
            for number, piece in enumerate(pieces)
        )

    def _value(self, found: re.Match[str]) -> str:
        return self._named(found[1])

    def _named(self, name: str) -> str:
        if name not in self.environ:
            raise ConfigError(
                "The environment variable {name} is not set.",
                where=self.place,
                fix="Set it before you start dq.",
                name=name,
            )
        value = self.environ[name]
        self.secrets.append(value)
        return value


def _off(message: str, template: str, place: Place | None) -> UsageError:
    return UsageError(
        message,
        where=place,
        fix="Write postgresql://user@host/database, mysql://user@host/database or sqlite:///file.",
        address=template,
    )
