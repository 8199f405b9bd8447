"""The command line called in this process: what a user types, and what comes back."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from dq.cli.main import main

__all__ = ["Said", "dq"]


@dataclass(frozen=True)
class Said:
    """Exit code and both streams of one call."""

    code: int
    out: str
    err: str


def dq(*words: str, cwd: Path, language: str = "en") -> Said:
    """Call `dq WORDS…` in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(cwd), _language(language), redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(words))
        except SystemExit as end:
            code = end.code
    return Said(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())


@contextmanager
def _language(language: str) -> Iterator[None]:
    before = os.environ.get("DQ_LANG")
    os.environ["DQ_LANG"] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ["DQ_LANG"]
        else:
            os.environ["DQ_LANG"] = before
