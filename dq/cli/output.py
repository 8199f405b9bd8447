"""What verbs share: language, colour, width, progress, and where the result goes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dq.errors import DqError, UsageError

if TYPE_CHECKING:
    from dq.cli.options import State
    from dq.findings import Result

__all__ = [
    "BINARY",
    "FORMATS",
    "TABULAR",
    "deliver",
    "error_sentence",
    "language_of",
    "language_of_words",
    "progress_for",
]

FORMATS = ("text", "json", "html", "github", "junit", "sarif", "csv", "xlsx", "parquet")

BINARY = ("xlsx", "parquet")
"""Formats that no terminal shows."""

TABULAR = ("csv", *BINARY)
"""Work files with values in full: the ledger notes that they were taken."""


def language_of(state: State, default: str | None = None) -> str:
    """The language to speak: --lang, DQ_LANG, the project's, the system's."""
    from dq.i18n import pick_language

    return pick_language(state.language, default)


def language_of_words(words: list[str]) -> str:
    """The same for an error that came before options were read."""
    from dq.i18n import pick_language

    asked = None
    for i, word in enumerate(words):
        if word == "--lang" and i + 1 < len(words):
            asked = words[i + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return pick_language(asked, None)


def error_sentence(error: DqError, language: str) -> str:
    """The error as a sentence in the reader's language: place, what, what to do."""
    from dq.i18n import translator

    return translator(language).error(error)


def deliver(
    result: Result,
    state: State,
    *,
    format: str,
    output: Path | None,
    limit: int,
    language: str,
    project: Path | None = None,
) -> None:
    """Render the result to a file, or to stdout; `project`: the folder that it is about."""
    from dq.formats import render
    from dq.formats.terminal import wants_color

    if output is None and format in BINARY:
        raise UsageError("A workbook goes into a file.", fix="Name it with --output FILE.")
    color = wants_color(sys.stdout) if state.color is None else state.color
    color = color and output is None and format == "text"
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    rendered = render(
        result,
        format,
        language=language,
        limit=limit,
        color=color,
        width=min(max(width, 60), 120),
        quiet=state.quiet,
        verbose=state.verbose,
        project=project,
    )
    if output is not None:
        from dq.files import atomic_write

        with atomic_write(output, text=isinstance(rendered, str)) as handle:
            handle.write(rendered)
        return
    if isinstance(rendered, bytes):
        from dq.cli.listing import emit_by

        emit_by(lambda stream: stream.write(rendered), None)
    else:
        click.echo(rendered.rstrip("\n"))


def progress_for(state: State) -> Callable[[str, str], None]:
    """A line on stderr that says what is being done; nothing off a terminal or with --quiet.

    It is called with a part of the work (`read`, `load`, `rules` …) and a detail of it, and
    with two empty texts when all is done.
    """
    if state.quiet or not sys.stderr.isatty():
        return lambda _part, _detail: None
    from dq.formats.progress import Progress
    from dq.i18n import translator
    from dq.i18n.safe import isolate

    t = translator(language_of(state))
    line = Progress(t)

    def show(part: str, detail: str) -> None:
        if not part:
            line.clear()
            return
        key = f"progress.{part}"
        words = t.t(key) if t.has(key) else isolate(part)
        line.label(f"{words} {isolate(detail)}" if detail else words)

    return show
