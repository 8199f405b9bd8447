"""The folder of private keys: outside every project, readable by its owner alone."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from dq.errors import IntegrityError, Place, StoreError, UsageError
from dq.files import file_errors, sync_folder
from dq.store.signing import Signer, fingerprint_of

__all__ = ["KeyFolder", "key_folder"]


def key_folder(project: Path, environ: Mapping[str, str] | None = None) -> KeyFolder:
    """The folder that DQ_KEYS names, else dq/keys among the user's settings.

    Raises:
        UsageError: it would lie in the project, whose files are passed on.
    """
    env = os.environ if environ is None else environ
    path = Path(env["DQ_KEYS"]).expanduser() if env.get("DQ_KEYS") else _settings(env)
    path = path.resolve()
    if path.is_relative_to(project.resolve()):
        raise UsageError(
            "The folder of keys lies in the project.",
            where=Place(file=str(path)),
            fix="Name a folder outside it in DQ_KEYS: whoever has the project must not have keys.",
        )
    return KeyFolder(path)


def _settings(env: Mapping[str, str]) -> Path:
    home = Path.home()
    if sys.platform == "win32":
        base = Path(env.get("APPDATA") or home / "AppData" / "Roaming")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    return base / "dq" / "keys"


class KeyFolder:
    """Private keys as PEM files: people's by fingerprint, checkpoint keys by ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def person_file(self, fingerprint: str) -> Path:
        """Where a person's key lies, or would lie."""
        return self.path / f"person-{fingerprint.removeprefix('sha256:')[:32]}.pem"

    def checkpoint_file(self, origin: str) -> Path:
        """Where the key lies that signs the checkpoints of a ledger, or would lie."""
        return self.path / f"checkpoint-{origin.rpartition('/')[2]}.pem"

    def seen_file(self, origin: str) -> Path:
        """Where the newest checkpoint that was signed here of a ledger is remembered."""
        return self.checkpoint_file(origin).with_suffix(".txt")

    def person(self, public: bytes) -> Signer | None:
        """The private key of a public one, if it is here.

        Raises:
            UsageError: others can read it.
            IntegrityError: the file holds another key, or none.
        """
        file = self.person_file(fingerprint_of(public))
        signer = self._load(file)
        if signer is not None and signer.public != public:
            raise IntegrityError("The file holds another key.", where=Place(file=str(file)))
        return signer

    def holds_person(self, public: bytes) -> bool:
        """Whether the private key of a public one is here; its file is not read."""
        return self.person_file(fingerprint_of(public)).is_file()

    def checkpoint(self, origin: str) -> Signer | None:
        """The key that signs the checkpoints of a ledger, if it is here; errors as `person`."""
        return self._load(self.checkpoint_file(origin))

    def keep_person(self, signer: Signer) -> Path:
        """Write a person's key; its file."""
        return self._keep(self.person_file(signer.fingerprint), signer)

    def keep_checkpoint(self, origin: str, signer: Signer) -> Path:
        """Write the key of a ledger's checkpoints; its file."""
        return self._keep(self.checkpoint_file(origin), signer)

    def _load(self, file: Path) -> Signer | None:
        if not file.is_file():
            return None
        with file_errors(file, "read", StoreError):
            if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise UsageError(
                    "Others on this machine can read this key.",
                    where=Place(file=str(file)),
                    fix="Take the right from them: chmod 600, and the folder 700.",
                )
            pem = file.read_bytes()
        return Signer.of_pem(pem, str(file))

    def _keep(self, file: Path, signer: Signer) -> Path:
        """Never over another key; private from the first byte on."""
        with file_errors(file, "write", StoreError):
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(signer.pem())
                handle.flush()
                os.fsync(handle.fileno())
            sync_folder(self.path)
        return file
