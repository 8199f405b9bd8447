"""What verbs that print lists share: width, colour, and where the text goes."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click

from dq.cli.options import State

__all__ = ["emit", "emit_by", "emit_json", "paint_of", "width_of"]


def width_of() -> int:
    """Columns of the terminal; 100 off one."""
    wide = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return min(max(wide, 60), 160)


def paint_of(state: State, output: Path | None) -> Any:
    """Colour for text on a terminal."""
    from dq.formats.terminal import Paint, wants_color

    color = wants_color(sys.stdout) if state.color is None else state.color
    return Paint(color and output is None)


def emit(content: str, output: Path | None) -> None:
    """Write text to a file or to stdout."""
    if output is None:
        click.echo(content.rstrip("\n"))
        return
    from dq.files import write_atomic

    write_atomic(output, content)


def emit_by(write: Callable[[IO[bytes]], object], output: Path | None) -> None:
    """Let a function write bytes to a file or to stdout."""
    if output is None:
        binary = getattr(sys.stdout, "buffer", None)
        kept = io.BytesIO() if binary is None else binary
        sys.stdout.flush()
        write(kept)
        if binary is None:  # a stream of text alone, as in a notebook
            sys.stdout.write(kept.getvalue().decode("utf-8"))
        sys.stdout.flush()
        return
    from dq.files import atomic_write

    with atomic_write(output, text=False) as handle:
        write(handle)


def emit_json(document: object, output: Path | None) -> None:
    """Write a document as JSON."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    emit(text.encode("utf-8", "backslashreplace").decode("utf-8"), output)
