"""One file being read: where it is, where its tables go, what was declared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from dq.sources.options import ReadOptions

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """What every reader is given."""

    path: Path
    into: Path
    options: ReadOptions
    lenient: bool
    size: int
    modified: float
    made: list[Path] = field(default_factory=list)

    def target(self, part: str = "") -> Path:
        """Where the Parquet file of a sheet or table goes: a name of our own making.

        The same file read in the same way goes to the same place.
        """
        told = repr((str(self.path.absolute()), self.size, self.modified, part, self.options))
        digest = hashlib.sha256(f"{told}{self.lenient}".encode("utf-8", "replace")).hexdigest()
        path = self.into / f"{digest[:24]}.parquet"
        self.made.append(path)
        return path

    def forget(self) -> None:
        """Leave none of the files that were made."""
        for path in self.made:
            path.unlink(missing_ok=True)
